//! What is kept from models can be looked at by those who see the session.

use serde_json::json;

use crate::support::{Case, text};

#[tokio::test]
async fn who_sees_a_session_sees_what_is_kept_from_the_ai() {
    let case = Case::with_lane().await;
    let kept = async || case.engineer.get(&case.at("masked-values")).await.expect(200);
    assert_eq!(kept().await, json!([]));
    case.turn("The password is Hunter2! and the card 4111 1111 1111 1111.", "I see.").await;
    case.answer(json!("I typed Hunter2! twice")).await;
    let values = kept().await;
    let told: Vec<_> = values.as_array().unwrap().iter().map(|one| (text(&one["kind"]), text(&one["value"]))).collect();
    let expected = [("password", "Hunter2!"), ("card", "4111 1111 1111 1111")];
    assert_eq!(told, expected.map(|(kind, value)| (kind.to_owned(), value.to_owned())));
    assert!(text(&values[0]["placeholder"]).starts_with("MASKED-PASSWORD-"));
    assert_eq!(kept().await, values, "the placeholders stay");
}
