//! With whom a session is shared (P2.6).

use flowpilot::accounts::types::UserRole;
use serde_json::json;

use crate::support::{Case, follow};

#[tokio::test]
async fn a_colleague_it_is_shared_with_sees_and_works_on_the_session() {
    let case = Case::with_lane().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    colleague.get(&case.path).await.refused(404);
    let share = json!({ "email": colleague.email.to_uppercase() });
    case.engineer.post(&case.at("shares"), share).await.expect(201);
    assert_eq!(colleague.get(&case.path).await.expect(200)["writable"], true);
    colleague.post(&case.at("facts"), json!({ "text": "I know this one." })).await.expect(201);
    assert_eq!(case.look().await["shared_with"][0]["id"], json!(colleague.user));
}

#[tokio::test]
async fn only_the_sessions_user_is_offered_to_reopen_it_and_only_they_can() {
    let case = Case::with_lane().await;
    case.app.sql(&format!("update ai_sessions set status = 'resolved' where id = '{}'", case.id())).await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    case.share_with(&colleague).await;
    assert_eq!(colleague.get(&case.path).await.expect(200)["can_reopen"], false);
    colleague.post(&case.at("reopen"), json!({})).await.refused(403);
    assert_eq!(case.look().await["can_reopen"], true);
    case.engineer.post(&case.at("reopen"), json!({})).await.expect(200);
}

#[tokio::test]
async fn a_share_is_taken_back_by_the_sessions_user_or_left_by_the_colleague() {
    let case = Case::with_lane().await;
    let (one, other) = (
        case.app.colleague(&case.engineer, UserRole::Engineer).await,
        case.app.colleague(&case.engineer, UserRole::Viewer).await,
    );
    for colleague in [&one, &other] {
        case.share_with(colleague).await;
    }
    let off = |who| format!("{}?user_id={who}", case.at("shares"));
    one.delete(&off(other.user)).await.refused(403);
    other.delete(&off(other.user)).await.expect(204);
    case.engineer.delete(&off(one.user)).await.expect(204);
    one.get(&case.path).await.refused(404);
    other.get(&case.path).await.refused(404);
}

#[tokio::test]
async fn who_has_the_session_open_is_told_with_whom_it_is_shared() {
    let case = Case::with_lane().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    let before = case.look().await["last_event_id"].as_i64().expect("an id");
    case.share_with(&colleague).await;
    case.engineer.delete(&format!("{}?user_id={}", case.at("shares"), colleague.user)).await.expect(204);
    let told = follow(&case.engineer, &case.path, before, |event| event.data["shared_with"] == json!([])).await;
    let shared: Vec<_> = told.iter().map(|event| &event.data["shared_with"]).collect();
    assert_eq!(shared[0][0]["id"], json!(colleague.user));
    assert_eq!((shared.len(), shared[1]), (2, &json!([])));
}

#[tokio::test]
async fn only_the_sessions_user_shares_it_and_only_within_the_account() {
    let case = Case::with_lane().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    let stranger = case.app.owner_of("Rival MSP").await;
    case.share_with(&colleague).await;
    let share = |who: &crate::support::Person| json!({ "user_id": who.user });
    colleague.post(&case.at("shares"), share(&case.engineer)).await.refused(403);
    case.engineer.post(&case.at("shares"), share(&stranger)).await.refused(422);
    case.engineer.post(&case.at("shares"), json!({ "email": stranger.email })).await.refused(422);
    case.engineer.post(&case.at("shares"), share(&case.engineer)).await.refused(422);
    case.engineer.post(&case.at("shares"), json!({})).await.refused(422);
}

#[tokio::test]
async fn a_closed_session_can_still_be_shared() {
    let case = Case::with_lane().await;
    case.app.sql(&format!("update ai_sessions set status = 'resolved' where id = '{}'", case.id())).await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Viewer).await;
    case.share_with(&colleague).await;
    colleague.get(&case.path).await.expect(200);
}
