//! People's word on the competing causes.

use serde_json::{Value, json};

use crate::support::{Answer, Case, text};

const CAUSES: &str = r#"[HYPOTHESES][{"text": "A saved password", "status": "open"}, {"text": "A locked account", "status": "open"}][/HYPOTHESES]"#;

impl Case {
    async fn with_causes() -> Self {
        let case = Self::with_lane().await;
        case.turn("Why?", CAUSES).await;
        case
    }

    async fn cause(&self, text: &str) -> Value {
        let all = self.look().await["hypotheses"].clone();
        all.as_array().unwrap().iter().find(|one| one["text"] == text).cloned().unwrap_or(Value::Null)
    }

    async fn decide(&self, cause: &str, change: Value) -> Answer {
        let id = text(&self.cause(cause).await["id"]);
        self.engineer.patch(&self.at(&format!("hypotheses/{id}")), change).await
    }

    async fn rule_out(&self, cause: &str) -> Value {
        let change = json!({ "status": "ruled_out", "because": "None is saved." });
        self.decide(cause, change).await.expect(200)
    }
}

#[tokio::test]
async fn ruling_out_needs_a_reason_and_keeps_it_as_a_note_that_can_be_cited() {
    let case = Case::with_causes().await;
    case.decide("A saved password", json!({ "status": "ruled_out" })).await.refused(422);
    let cause = case.rule_out("A saved password").await;
    let note = case.look().await["facts"][0].clone();
    assert_eq!((&cause["status"], &cause["evidence"]), (&json!("ruled_out"), &json!([note["id"]])));
    assert_eq!((&note["support"], &note["source_type"]), (&json!("confirmed"), &json!("engineer_note")));
    assert!(text(&note["text"]).contains("None is saved."), "{note}");
    assert_eq!(cause["decided_by"]["id"], json!(case.engineer.user));
}

#[tokio::test]
async fn a_person_cannot_declare_a_cause_supported() {
    let case = Case::with_causes().await;
    case.decide("A saved password", json!({ "status": "supported" })).await.refused(422);
}

#[tokio::test]
async fn reopening_takes_the_reason_back() {
    let case = Case::with_causes().await;
    case.rule_out("A saved password").await;
    let cause = case.decide("A saved password", json!({ "status": "open" })).await.expect(200);
    assert_eq!((&cause["status"], &cause["because"], &cause["evidence"]), (&json!("open"), &Value::Null, &json!([])));
    assert_eq!(case.look().await["facts"], json!([]));
}

#[tokio::test]
async fn the_ai_does_not_undo_what_a_person_ruled_out() {
    let case = Case::with_causes().await;
    let before = case.rule_out("A saved password").await;
    case.turn("And?", CAUSES).await;
    assert_eq!(case.cause("A saved password").await, before);
    case.turn("And?", r#"[HYPOTHESES][{"text": "A locked account", "status": "open"}][/HYPOTHESES]"#).await;
    assert_eq!(case.cause("A saved password").await, before, "left out by the AI");
}

#[tokio::test]
async fn the_ai_rules_out_again_what_a_person_reopened_only_with_something_new() {
    let case = Case::with_causes().await;
    let ruled = |evidence: Value| {
        let cause =
            json!([{ "text": "A saved password", "status": "ruled_out", "because": "x", "evidence": evidence }]);
        format!("[HYPOTHESES]{cause}[/HYPOTHESES]")
    };
    case.turn("And?", &ruled(json!([]))).await;
    case.decide("A saved password", json!({ "status": "open" })).await.expect(200);
    case.turn("And?", &ruled(json!([]))).await;
    assert_eq!(case.cause("A saved password").await["status"], "open");
    case.answer(json!("Yes")).await;
    let question = case.question().await;
    case.turn("And?", &ruled(json!([question]))).await;
    assert_eq!(case.cause("A saved password").await["status"], "ruled_out");
}

#[tokio::test]
async fn a_decision_moves_the_state_and_is_told_to_followers() {
    let case = Case::with_causes().await;
    let before = case.state_version().await;
    case.rule_out("A saved password").await;
    assert_eq!(case.state_version().await, before + 1);
}
