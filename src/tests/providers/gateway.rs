//! The gateway as a whole: who answers an account, what is recorded, what a budget does, who stands in.

use flowpilot::ai::{server::settings::Operator, types::Vendor};
use serde_json::{Value, json};

use super::{
    choice,
    dialects::{Ending, Trouble, answer, beginning, ending, failure},
    simulator::{Reply, Simulator},
};
use crate::support::{Person, TestApp, names, soon, text};

const REPLY: [&str; 1] = ["Let us look at it."];

/// A FlowPilot whose operator chose this vendor.
async fn chosen(vendor: Vendor, simulator: &Simulator) -> TestApp {
    TestApp::with_operator(Operator { chosen: Some(choice(vendor, simulator)), ..Operator::builtin() }).await
}

/// The account's usage once it counts so many calls; they are recorded beside the turn.
async fn usage(owner: &Person, calls: i64) -> Value {
    soon("the record of a call", async {
        loop {
            let usage = owner.get("/accounts/me/usage").await.expect(200);
            if usage["totals"]["sums"]["calls"] == calls {
                return usage;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn an_account_without_a_choice_is_answered_by_the_operators_and_every_call_is_recorded() {
    let simulator = Simulator::saying([Reply::events(answer(Vendor::Openai, &REPLY))]).await;
    let app = chosen(Vendor::Openai, &simulator).await;
    let owner = app.owner_of("acme").await;
    let session = owner.session_about("Outlook asks for the password").await;
    let events = owner.say(&session, "It keeps asking").await;
    assert_eq!(events.last().unwrap().name, "turn_done");
    let usage = usage(&owner, 1).await;
    assert_eq!(usage["models"][0]["model"], "large-model");
    assert_eq!(usage["totals"]["sums"]["output_tokens"], 38);
    assert_eq!(usage["totals"]["sessions"], 1);
}

#[tokio::test]
async fn a_budget_that_is_used_up_stops_the_turn_with_a_reason_and_keeps_the_message() {
    let simulator = Simulator::saying([Reply::events(answer(Vendor::Anthropic, &REPLY))]).await;
    let app = chosen(Vendor::Anthropic, &simulator).await;
    let owner = app.owner_of("acme").await;
    owner.patch("/accounts/me/ai", json!({ "session_budget": 0 })).await.expect(200);
    let session = owner.session_about("Outlook asks for the password").await;
    let events = owner.say(&session, "It keeps asking").await;
    let failed = events.last().unwrap();
    assert_eq!((failed.name.as_str(), &failed.data["problem"]["code"]), ("turn_failed", &json!("ai_budget_reached")));
    assert!(simulator.seen().is_empty(), "nothing is asked that may not be paid for");
    assert_eq!(owner.look(&session).await["messages"][0]["text"], "It keeps asking");
    let again = json!({ "retry": true, "built_in": true });
    let events = owner.send(&session, again).await;
    assert_eq!(events.last().unwrap().name, "turn_done", "the built-in flows go on: {:?}", names(&events));
    assert!(simulator.seen().is_empty());
}

#[tokio::test]
async fn the_fallback_of_an_account_answers_when_the_first_choice_cannot() {
    let simulator = Simulator::saying([failure(Vendor::Anthropic, Trouble::BadKey)]).await;
    let app = chosen(Vendor::Anthropic, &simulator).await;
    let owner = app.owner_of("acme").await;
    owner.patch("/accounts/me/ai", json!({ "fallback": { "provider": "builtin" } })).await.expect(200);
    let session = owner.session_about("Outlook asks for the password again and again").await;
    let events = owner.say(&session, "Outlook asks for the password again and again, webmail works").await;
    assert_eq!(events.last().unwrap().name, "turn_done", "{:?}", names(&events));
    let questions = owner.look(&session).await["task_lane"]["questions"].as_array().map(Vec::len);
    assert!(questions.is_some_and(|questions| questions > 0), "the built-in flows ask on");
    let usage = usage(&owner, 1).await;
    assert_eq!(usage["errors"][0]["code"], "bad_key");
}

#[tokio::test]
async fn a_test_of_the_connection_tells_what_the_vendor_says() {
    for vendor in super::VENDORS {
        let simulator =
            Simulator::saying([failure(vendor, Trouble::UnknownModel), Reply::events(answer(vendor, &["OK"]))]).await;
        let app = chosen(vendor, &simulator).await;
        let owner = app.owner_of("acme").await;
        let report = owner.post("/accounts/me/ai/test", json!({})).await.expect(200);
        let errors: Vec<_> =
            report["tried"].as_array().unwrap().iter().filter_map(|tried| tried["error"].as_str()).collect();
        assert!(matches!(errors[..], [error] if error.contains("knows no model")), "{report}");
        assert_eq!(report["ok"], false);
        let again = owner.post("/accounts/me/ai/test", json!({})).await.expect(200);
        assert_eq!(again["ok"], true, "{again}");
    }
}

#[tokio::test]
async fn a_test_that_is_refused_or_answered_with_nothing_did_not_work() {
    for vendor in super::VENDORS {
        for (events, says) in [
            (beginning(vendor) + &ending(vendor, Ending::Refused), "refused to answer"),
            (answer(vendor, &[]), "gave an empty answer"),
        ] {
            let simulator = Simulator::saying([Reply::events(events)]).await;
            let app = chosen(vendor, &simulator).await;
            let owner = app.owner_of("acme").await;
            let report = owner.post("/accounts/me/ai/test", json!({})).await.expect(200);
            assert_eq!(report["ok"], false, "{report}");
            assert!(text(&report["tried"][0]["error"]).contains(says), "{report}");
        }
    }
}

#[tokio::test]
async fn a_password_never_reaches_a_model_and_comes_back_in_what_people_see() {
    for vendor in super::VENDORS {
        let simulator = Simulator::answering(move |seen| {
            let body = seen.body.to_string();
            let at = body.rfind("MASKED-PASSWORD-").expect("a placeholder");
            let code: String = body[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            let (first, rest) = code.split_at(9);
            let marker = format!("[ACTIONS][{{\"label\": \"Sign in with {code}\"}}][/ACTIONS]");
            Reply::events(answer(vendor, &[&format!("I see {first}"), &format!("{rest}, and more. {marker}")]))
        })
        .await;
        let app = chosen(vendor, &simulator).await;
        let owner = app.owner_of("acme").await;
        let session = owner.session_about("Outlook asks for the password").await;
        owner.say(&session, "The password is Hunter2! and it keeps asking").await;
        owner.say(&session, "I typed Hunter2! twice").await;
        let now = owner.look(&session).await;
        assert_eq!(now["messages"][1]["text"], "I see Hunter2!, and more.");
        assert_eq!(now["task_lane"]["actions"][0]["label"], "Sign in with Hunter2!");
        let seen = simulator.seen();
        assert!(seen.len() == 2 && seen.iter().all(|seen| !seen.body.to_string().contains("Hunter2")));
        let kept = owner.get(&format!("{session}/masked-values")).await.expect(200);
        assert_eq!((&kept[0]["kind"], &kept[0]["value"]), (&json!("password"), &json!("Hunter2!")), "{kept}");
        assert_eq!((kept.as_array().map(Vec::len), &now["masked_values"]), (Some(1), &json!(1)));
    }
}
