//! Nothing an engineer needs to close a ticket depends on a model that may not, or cannot, answer.

use flowpilot::ai::{server::settings::Operator, types::Vendor};
use serde_json::{Value, json};

use super::{
    choice,
    dialects::{Trouble, answer, failure},
    simulator::{Reply, Simulator},
};
use crate::support::{Person, TestApp, text};

const NOTE: &str = r#"{"statements": [{"section": "Problem", "text": "The model's own words.", "sources": []}]}"#;

/// A session that the built-in flows began, with one answer, of an account whose models are `simulator`'s.
async fn begun(simulator: &Simulator, settings: Value) -> (TestApp, Person, String) {
    let operator = Operator { chosen: Some(choice(Vendor::Anthropic, simulator)), ..Operator::builtin() };
    let app = TestApp::with_operator(operator).await;
    let owner = app.owner_of("acme").await;
    owner.patch("/accounts/me/ai", settings).await.expect(200);
    let session = owner.session_about("Outlook asks for the password again and again").await;
    let said = json!({ "text": "Outlook asks for the password again and again", "built_in": true });
    owner.send(&session, said).await;
    let question = text(&owner.look(&session).await["task_lane"]["questions"][0]["id"]);
    let answers = json!({ "answers": [{ "id": question, "answer": "Only this one user" }] });
    owner.put(&format!("{session}/task-lane"), answers).await.expect(200);
    (app, owner, session)
}

async fn promote(owner: &Person, session: &str) -> Value {
    let question = owner.look(session).await["task_lane"]["questions"][0]["id"].clone();
    let promotion = json!({ "source_type": "question", "source_ref": question });
    owner.post(&format!("{session}/facts/promote"), promotion).await.expect(200)
}

async fn preview(owner: &Person, session: &str, kind: &str) -> Value {
    owner.post(&format!("{session}/{kind}/preview"), json!({})).await.expect(200)
}

#[tokio::test]
async fn with_no_budget_left_facts_and_documents_are_written_by_the_built_in_assistant_which_says_so() {
    let simulator = Simulator::saying([Reply::events(answer(Vendor::Anthropic, &[NOTE]))]).await;
    let (_app, owner, session) = begun(&simulator, json!({ "session_budget": 0 })).await;
    let fact = promote(&owner, &session).await;
    assert!(text(&fact["text"]).contains("Only this one user"), "{fact}");
    for kind in ["resolution-note", "escalation-package"] {
        let written = preview(&owner, &session, kind).await;
        assert!(text(&written["stand_in"]).contains("budget"), "{written}");
        assert!(!written["statements"].as_array().unwrap().is_empty(), "{written}");
    }
    assert!(simulator.seen().is_empty(), "nothing is asked that may not be paid for");
    let package = preview(&owner, &session, "escalation-package").await;
    let posted = json!({ "markdown": package["markdown"], "state_version": package["state_version"] });
    let outcome = owner.post(&format!("{session}/escalation-package/post"), posted).await.expect(200);
    assert_eq!(outcome["outcome"], "escalated_local");
}

#[tokio::test]
async fn a_wrong_key_keeps_nobody_from_closing() {
    let simulator = Simulator::saying([failure(Vendor::Anthropic, Trouble::BadKey)]).await;
    let (_app, owner, session) = begun(&simulator, json!({})).await;
    promote(&owner, &session).await;
    let written = preview(&owner, &session, "resolution-note").await;
    assert!(text(&written["stand_in"]).contains("API key"), "{written}");
    owner.patch("/accounts/me/ai", json!({ "fallback": { "provider": "builtin" } })).await.expect(200);
    let written = preview(&owner, &session, "resolution-note").await;
    assert!(text(&written["stand_in"]).contains("fallback"), "{written}");
}

#[tokio::test]
async fn a_model_that_failed_at_a_document_is_asked_for_it_again_only_when_somebody_wants_that() {
    let simulator = Simulator::saying([
        failure(Vendor::Anthropic, Trouble::BadKey),
        failure(Vendor::Anthropic, Trouble::OutOfCredit),
        Reply::events(answer(Vendor::Anthropic, &[NOTE])),
    ])
    .await;
    let (_app, owner, session) = begun(&simulator, json!({})).await;
    let first = preview(&owner, &session, "resolution-note").await;
    assert_eq!(preview(&owner, &session, "resolution-note").await, first);
    assert_eq!(simulator.seen().len(), 1, "whoever looks again is shown the same at once");
    let tried = owner.post(&format!("{session}/resolution-note/preview?again=true"), json!({})).await.expect(200);
    assert!(text(&tried["stand_in"]).contains("spending limit"), "{tried}");
    assert_eq!(preview(&owner, &session, "resolution-note").await["stand_in"], tried["stand_in"]);
    assert_eq!(simulator.seen().len(), 2);
    promote(&owner, &session).await;
    let moved = preview(&owner, &session, "resolution-note").await;
    assert_eq!(moved["stand_in"], Value::Null, "of another state it is asked as ever: {moved}");
}

#[tokio::test]
async fn what_stood_in_is_never_kept_as_a_models_and_still_posted_as_it_was_shown() {
    let simulator = Simulator::saying([Reply::events(answer(Vendor::Anthropic, &[NOTE]))]).await;
    let (app, owner, session) = begun(&simulator, json!({ "session_budget": 0 })).await;
    let stand_in = preview(&owner, &session, "resolution-note").await;
    owner.patch("/accounts/me/ai", json!({ "session_budget": null })).await.expect(200);
    let models = preview(&owner, &session, "resolution-note").await;
    assert_eq!((&models["stand_in"], &models["from_cache"]), (&Value::Null, &json!(false)));
    assert_eq!(models["statements"][0]["text"], "The model's own words.");
    assert_eq!(preview(&owner, &session, "resolution-note").await["from_cache"], true);
    assert_eq!(stand_in["state_version"], models["state_version"]);
    // Somebody still looks at the first one.
    let posted = json!({ "markdown": stand_in["markdown"], "state_version": stand_in["state_version"] });
    owner.post(&format!("{session}/resolution-note/post"), posted).await.expect(200);
    let own_words = "do $$ begin if exists (select from postings where statements::text like '%\"own-%') then
        raise 'what was shown is taken for somebody''s own words'; end if; end $$";
    app.sql(own_words).await;
    assert_eq!(simulator.seen().len(), 1);
}
