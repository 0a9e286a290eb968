//! Escalation: the package, its way into the ticket, and what the built-in AI writes in it (P2.3, P2.4, P2.6).

use flowpilot::{accounts::types::UserRole, ai::types::Action};
use serde_json::{Value, json};

use crate::support::{Case, TestApp, eventually, text};

const HEADINGS: [&str; 5] =
    ["Problem", "What we've confirmed", "What we've tried", "Current hypothesis", "Suggested next steps"];

impl Case {
    async fn package(&self) -> Value {
        self.engineer.post(&self.at("escalation-package/preview"), json!({})).await.expect(200)
    }

    async fn escalate(&self) -> Value {
        self.script.will_answer(Action::EscalationPackage, json!({ "statements": [] }));
        let body = json!({ "markdown": self.package().await["markdown"] });
        self.engineer.post(&self.at("escalation-package/post"), body).await.expect(200)
    }
}

#[tokio::test]
async fn all_five_headings_appear_whatever_the_model_writes() {
    let case = Case::new().await;
    case.script.will_answer(Action::EscalationPackage, json!({ "statements": [] }));
    let markdown = text(&case.package().await["markdown"]);
    let headings: Vec<_> = markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, HEADINGS);
}

#[tokio::test]
async fn the_package_of_a_session_without_a_ticket_stays_here() {
    let case = Case::with_lane().await;
    assert_eq!(case.escalate().await["outcome"], "escalated_local");
    let session = case.look().await;
    assert_eq!(
        (&session["status"], &session["posted"][0]["kind"]),
        (&json!("escalated"), &json!("escalation_package"))
    );
}

#[tokio::test]
async fn the_package_reaches_the_ticket_as_an_internal_note_and_moves_its_status() {
    let (app, script) = TestApp::scripted().await;
    let engineer = app.engineer().await;
    let ticket = app.ticket(&engineer, "Scanner offline", "It blinks.").await;
    let session = engineer.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
    let path = format!("/ai-sessions/{}", text(&session["id"]));
    script.will_answer(Action::EscalationPackage, json!({ "statements": [] }));
    let preview = engineer.post(&format!("{path}/escalation-package/preview"), json!({})).await.expect(200);
    let post = json!({ "markdown": preview["markdown"], "state_version": preview["state_version"] });
    let posted = engineer.post(&format!("{path}/escalation-package/post"), post).await.expect(200);
    assert_eq!((&posted["outcome"], &posted["status_verified"]), (&json!("escalated"), &json!(true)));
    let there = engineer.get(&format!("/tickets/{ticket}")).await.expect(200);
    assert_eq!(there["status"], "escalated");
    assert_eq!((&there["notes"][0]["internal"], &there["notes"][0]["body"]), (&json!(true), &preview["markdown"]));
}

#[tokio::test]
async fn an_escalated_session_is_seen_by_engineers_and_not_by_l1() {
    let case = Case::with_lane().await;
    let (engineer, l1) = (
        case.app.colleague(&case.engineer, UserRole::Engineer).await,
        case.app.colleague(&case.engineer, UserRole::L1).await,
    );
    engineer.get(&case.path).await.refused(404);
    case.escalate().await;
    assert_eq!(engineer.get(&case.path).await.expect(200)["writable"], false);
    engineer.post(&case.at("facts"), json!({ "text": "Mine." })).await.refused(403);
    l1.get(&case.path).await.refused(404);
}

#[tokio::test]
async fn a_reopened_session_ends_a_second_time_in_a_closing_of_its_own() {
    let case = Case::with_lane().await;
    case.escalate().await;
    case.engineer.post(&case.at("reopen"), json!({})).await.expect(200);
    case.script.will_answer(Action::ResolutionNote, json!({ "statements": [] }));
    let note = case.engineer.post(&case.at("resolution-note/preview"), json!({})).await.expect(200);
    let post = json!({ "markdown": note["markdown"] });
    let posted = case.engineer.post(&case.at("resolution-note/post"), post).await.expect(200);
    assert_eq!(posted["outcome"], "resolved_local");
    let kinds: Vec<_> = case.look().await["posted"].as_array().unwrap().iter().map(|one| text(&one["kind"])).collect();
    assert_eq!(kinds, ["escalation_package", "resolution_note"]);
}

#[tokio::test]
async fn the_built_in_package_tells_what_was_confirmed_tried_suspected_and_is_left() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let path = engineer.session_about("Outlook asks for the password again and again").await;
    engineer.say(&path, "It keeps asking for the password, webmail works.").await;
    let lane = engineer.look(&path).await["task_lane"].clone();
    let question = lane["questions"].as_array().unwrap().iter().find(|one| one["status"] == "open").cloned();
    let answers = question.map(|one| json!({ "id": one["id"], "answer": one["options"][0] }));
    let results: Vec<_> = lane["actions"].as_array().unwrap().iter().take(1).collect();
    let results: Vec<_> = results.iter().map(|one| json!({ "id": one["id"], "result": "fail" })).collect();
    let change = json!({ "answers": answers.into_iter().collect::<Vec<_>>(), "results": results });
    engineer.put(&format!("{path}/task-lane"), change).await.expect(200);
    engineer.say(&path, "").await;
    let package = engineer.post(&format!("{path}/escalation-package/preview"), json!({})).await.expect(200);
    let statements = package["statements"].as_array().unwrap();
    for heading in ["Problem", "What we've confirmed", "Current hypothesis", "Suggested next steps"] {
        assert!(statements.iter().any(|one| one["section"] == heading), "{heading}: {package}");
    }
    assert!(statements.iter().all(|one| one["grounded"] == true), "{package}");
}

#[tokio::test]
async fn a_session_whose_sharer_is_taken_off_while_they_wait_still_gets_its_answer() {
    let mut case = Case::with_lane().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    case.share_with(&colleague).await;
    let owner = std::mem::replace(&mut case.engineer, colleague.clone());
    let (stream, call) = case.ask("And now?").await;
    case.engineer = owner;
    let off = format!("{}?user_id={}", case.at("shares"), colleague.user);
    case.engineer.delete(&off).await.expect(204);
    call.say("Restart it.");
    call.end();
    drop(stream);
    eventually("the turn is over", async || case.look().await["turn"].is_null()).await;
    let session = case.look().await;
    let last = session["messages"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["text"], &session["turn"]), (&json!("Restart it."), &Value::Null));
}
