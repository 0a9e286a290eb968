//! A model that asks and says the same again and again is stopped, with what there is and the ways out.

use serde_json::{Value, json};

use crate::support::{Case, TestApp, text};

const ASKS: &str = "Let us look.\n[QUESTIONS][{\"text\": \"Does webmail work?\"}][/QUESTIONS]";
const ASKS_AGAIN: &str = "Let us look!\n[QUESTIONS][{\"text\": \"does webmail work\"}][/QUESTIONS]";

/// The newest message.
fn newest(session: &Value) -> &Value {
    session["messages"].as_array().and_then(|all| all.last()).expect("a message")
}

#[tokio::test]
async fn what_was_answered_is_not_asked_for_ever() {
    let case = Case::new().await;
    case.turn("It keeps asking.", ASKS).await;
    case.answer(json!("Yes, it works")).await;
    case.promote("Webmail works").await;
    case.turn("", ASKS_AGAIN).await;
    assert_eq!(newest(&case.look().await)["standstill"], json!(null), "once may be an oversight");
    case.turn("I told you.", "And now?\n[QUESTIONS][{\"text\": \"Does webmail work??\"}][/QUESTIONS]").await;
    let now = case.look().await;
    let standstill = &newest(&now)["standstill"];
    assert_eq!(standstill["known"], json!(["Webmail works"]), "{now}");
    assert_eq!(standstill["tried"], json!(["Does webmail work?: answered"]));
    let advice = standstill["advice"].to_string();
    assert!(advice.contains("Escalate") && advice.contains("another way"), "{advice}");
    let questions = now["task_lane"]["questions"].as_array().unwrap();
    assert!(questions.iter().all(|one| one["text"] != "Does webmail work??"), "{questions:?}");
}

#[tokio::test]
async fn the_same_answer_three_times_is_one_too_many_and_stays_so_until_something_new_comes() {
    let case = Case::with_lane().await;
    let fixes = |session: &Value| session["active_fix"]["id"].clone();
    let repeated = case.look().await["messages"][1]["text"].clone();
    let reply = format!(
        "{}\n[ACTIONS][{{\"label\": \"Ping the mail server\"}}][/ACTIONS]\n\
        [SUGGEST_FIX]{{\"title\": \"Clear the saved password\", \"description\": \"Again.\", \"confidence\": 70}}[/SUGGEST_FIX]",
        text(&repeated)
    );
    let mut stopped = Vec::new();
    for _ in 0..3 {
        let before = fixes(&case.look().await);
        case.turn("Go on.", &reply).await;
        let now = case.look().await;
        stopped.push((!newest(&now)["standstill"].is_null(), fixes(&now) == before));
    }
    assert_eq!(stopped, [(false, false), (true, true), (true, true)], "what is repeated changes nothing any more");
    case.turn("Go on.", "Then this.\n[ACTIONS][{\"label\": \"Look at the clock\"}][/ACTIONS]").await;
    let now = case.look().await;
    assert_eq!(
        (&newest(&now)["standstill"], &now["task_lane"]["actions"][0]["label"]),
        (&json!(null), &json!("Look at the clock"))
    );
    case.turn("Go on.", &reply).await;
    assert_eq!(newest(&case.look().await)["standstill"], json!(null), "the count begins anew");
}

#[tokio::test]
async fn answering_what_the_engineer_asks_is_no_circle() {
    let case = Case::new().await;
    case.turn("It keeps asking.", ASKS).await;
    for n in 0..4 {
        let reply = format!("To your point {n}: yes.\n[QUESTIONS][{{\"text\": \"Does webmail work?\"}}][/QUESTIONS]");
        case.turn(&format!("What about {n}?"), &reply).await;
        let now = case.look().await;
        assert_eq!(newest(&now)["standstill"], json!(null));
        assert_eq!(now["task_lane"]["questions"][0]["text"], "Does webmail work?");
    }
}

#[tokio::test]
async fn the_built_in_flows_are_never_taken_for_a_model_in_circles() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;
    for _ in 0..4 {
        engineer.say(&session, "hm").await;
    }
    let now = engineer.look(&session).await;
    assert!(now["messages"].as_array().unwrap().iter().all(|message| message["standstill"].is_null()));
}
