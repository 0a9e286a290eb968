//! The resolution note: grounded, cached, approved by a person, posted once (P2.4).

use flowpilot::ai::types::Action;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Case, read, text};

/// Heading, words, and what they rest on: kind and id.
type Written<'a> = (&'a str, &'a str, Option<(&'a str, &'a str)>);

impl Case {
    /// The model writes this note from now on: each statement under its heading, cited or not.
    fn model_writes(&self, statements: &[Written<'_>]) {
        let statements: Vec<_> = statements
            .iter()
            .map(|(section, words, source)| {
                let sources: Vec<_> = source.iter().map(|(kind, id)| json!({ "kind": kind, "id": id })).collect();
                json!({ "section": section, "text": words, "sources": sources })
            })
            .collect();
        self.script.will_answer(Action::ResolutionNote, json!({ "statements": statements }));
    }

    async fn preview(&self) -> Value {
        self.engineer.post(&self.at("resolution-note/preview"), json!({})).await.expect(200)
    }

    async fn post(&self, body: Value) -> Answer {
        self.engineer.post(&self.at("resolution-note/post"), body).await
    }

    async fn post_keyed(&self, key: &str, body: &Value) -> Answer {
        let request = self.engineer.request(Method::POST, &self.at("resolution-note/post"));
        read(request.header("idempotency-key", key).json(body)).await
    }

    /// A session whose note has one grounded statement and one that nothing stands behind.
    async fn half_grounded() -> Self {
        let case = Self::new().await;
        case.turn("It keeps asking.", "I see.").await;
        let message = text(&case.look().await["messages"][0]["id"]);
        case.model_writes(&[
            ("Problem", "Outlook asked again and again.", Some(("message", &message))),
            ("Root cause", "A sync error.", None),
        ]);
        case
    }

    /// The same with everything confirmed; the answer to posting it.
    async fn resolve(&self) -> Value {
        let preview = self.preview().await;
        let all: Vec<_> = preview["statements"].as_array().unwrap().iter().map(|statement| &statement["id"]).collect();
        self.post(json!({ "markdown": preview["markdown"], "confirm_ungrounded": all })).await.expect(200)
    }
}

fn grounded(preview: &Value) -> Vec<bool> {
    preview["statements"].as_array().unwrap().iter().map(|statement| statement["grounded"] == true).collect()
}

#[tokio::test]
async fn all_headings_appear_in_order_whatever_the_model_writes() {
    let case = Case::new().await;
    case.model_writes(&[("Resolution", "Done.", None), ("Elsewhere", "What?", None), ("Problem", " ", None)]);
    let preview = case.preview().await;
    let markdown = text(&preview["markdown"]);
    let headings: Vec<_> = markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, ["Problem", "What we confirmed", "Root cause", "Resolution"]);
    let sections: Vec<_> = preview["statements"].as_array().unwrap().iter().map(|one| text(&one["section"])).collect();
    assert_eq!(sections, ["Problem", "Resolution"], "an unknown heading counts as the first");
}

#[tokio::test]
async fn only_sources_that_exist_ground_a_statement() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let note = text(&case.engineer.post(&case.at("facts"), json!({ "text": "Only here." })).await.expect(201)["id"]);
    let (question, check, session) = (case.question().await, case.check().await, case.look().await);
    let said = |n: usize| text(&session["messages"][n]["id"]);
    case.model_writes(&[
        ("Problem", "a fact", Some(("fact", &note))),
        ("Problem", "an answer", Some(("answer", &question))),
        ("Problem", "what a person said", Some(("message", &said(0)))),
        ("Problem", "what the AI said itself", Some(("message", &said(1)))),
        ("Problem", "a check that nobody did", Some(("check", &check))),
        ("Problem", "an answer that is a question's", Some(("check", &question))),
        ("Problem", "made up", Some(("fact", "0199"))),
        ("Problem", "an unknown kind", Some(("hunch", &note))),
        ("Problem", "nothing", None),
    ]);
    assert_eq!(grounded(&case.preview().await), [true, true, true, false, false, false, false, false, false]);
}

#[tokio::test]
async fn an_unchanged_session_costs_no_second_model_call() {
    let case = Case::half_grounded().await;
    let first = case.preview().await;
    case.model_writes(&[("Problem", "Something else.", None)]);
    let again = case.preview().await;
    assert_eq!((&first["from_cache"], &again["from_cache"]), (&json!(false), &json!(true)));
    assert_eq!(again["markdown"], first["markdown"]);
    let elsewhere = case.engineer.on(&case.app.second_node().await);
    let there = elsewhere.post(&case.at("resolution-note/preview"), json!({})).await.expect(200);
    assert_eq!(there, again);
}

#[tokio::test]
async fn a_changed_session_gets_a_new_note() {
    let case = Case::half_grounded().await;
    case.preview().await;
    case.note("Only here.").await;
    case.model_writes(&[("Problem", "Something else.", None)]);
    let preview = case.preview().await;
    assert_eq!((&preview["from_cache"], &preview["statements"][0]["text"]), (&json!(false), &json!("Something else.")));
}

#[tokio::test]
async fn a_model_that_is_away_is_told_as_such() {
    let case = Case::new().await;
    let refused = case.engineer.post(&case.at("resolution-note/preview"), json!({})).await;
    assert_eq!(refused.refused(502), "ai_unavailable");
}

#[tokio::test]
async fn unfounded_statements_wait_for_the_engineer() {
    let case = Case::half_grounded().await;
    let preview = case.preview().await;
    let refused = case.post(json!({ "markdown": preview["markdown"] })).await.expect(409);
    assert_eq!((&refused["code"], &refused["statements"]), (&json!("ungrounded_statements"), &json!(["s2"])));
    assert_eq!(case.look().await["status"], "open");
}

#[tokio::test]
async fn a_confirmed_statement_is_posted() {
    let case = Case::half_grounded().await;
    let preview = case.preview().await;
    let posted = case.post(json!({ "markdown": preview["markdown"], "confirm_ungrounded": ["s2"] })).await.expect(200);
    assert_eq!(posted["outcome"], "resolved_local");
}

#[tokio::test]
async fn an_edited_statement_is_the_posters_own_word() {
    let case = Case::half_grounded().await;
    let markdown = text(&case.preview().await["markdown"]).replace("A sync error.", "An old password.");
    case.post(json!({ "markdown": markdown })).await.expect(200);
    assert_eq!(text(&case.look().await["posted"][0]["markdown"]), markdown);
}

#[tokio::test]
async fn a_dropped_statement_needs_no_decision() {
    let case = Case::half_grounded().await;
    let markdown = text(&case.preview().await["markdown"]).replace("- A sync error.\n", "");
    case.post(json!({ "markdown": markdown })).await.expect(200);
}

#[tokio::test]
async fn a_note_of_an_older_state_is_refused() {
    let case = Case::half_grounded().await;
    let preview = case.preview().await;
    case.note("Only here.").await;
    let body = json!({ "markdown": preview["markdown"], "state_version": preview["state_version"], "confirm_ungrounded": ["s2"] });
    assert_eq!(case.post(body).await.refused(409), "state_changed");
    assert_eq!(case.look().await["status"], "open");
}

#[tokio::test]
async fn text_of_any_form_is_posted_as_the_posters_own_words() {
    let case = Case::half_grounded().await;
    assert_eq!(
        case.post(json!({ "markdown": "Restarted the spooler." })).await.expect(200)["outcome"],
        "resolved_local"
    );
    assert_eq!(case.look().await["posted"][0]["markdown"], "Restarted the spooler.");
}

#[tokio::test]
async fn a_session_that_has_nothing_to_say_can_be_resolved_too() {
    let case = Case::new().await;
    case.model_writes(&[]);
    let markdown = case.preview().await["markdown"].clone();
    assert_eq!(case.post(json!({ "markdown": markdown })).await.expect(200)["outcome"], "resolved_local");
}

#[tokio::test]
async fn the_same_key_gets_the_first_answer() {
    let case = Case::half_grounded().await;
    let body = json!({ "markdown": case.preview().await["markdown"], "confirm_ungrounded": ["s2"] });
    let first = case.post_keyed("once", &body).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(case.post_keyed("once", &body).await, first);
    assert_eq!(case.look().await["posted"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_key_twice_at_once_gets_the_same_answer() {
    let case = Case::half_grounded().await;
    let body = json!({ "markdown": case.preview().await["markdown"], "confirm_ungrounded": ["s2"] });
    let (one, other) = tokio::join!(case.post_keyed("once", &body), case.post_keyed("once", &body));
    assert_eq!((one.status, &one), (StatusCode::OK, &other));
}

#[tokio::test]
async fn two_who_post_at_once_resolve_it_once() {
    let case = Case::half_grounded().await;
    let body = json!({ "markdown": case.preview().await["markdown"], "confirm_ungrounded": ["s2"] });
    let (one, other) = tokio::join!(case.post_keyed("one", &body), case.post_keyed("other", &body));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:?} {other:?}");
    assert_eq!(case.look().await["posted"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_is_posted_while_the_ai_answers() {
    let mut case = Case::half_grounded().await;
    let body = json!({ "markdown": case.preview().await["markdown"], "confirm_ungrounded": ["s2"] });
    let request = case.engineer.request(Method::POST, &case.at("messages")).json(&json!({ "text": "One more thing" }));
    let stream = request.send().await.unwrap();
    let call = case.script.called().await;
    assert_eq!(case.post(body.clone()).await.refused(409), "turn_in_progress");
    call.end();
    crate::support::read_stream(stream).await;
    case.post(body).await.expect(200);
}

#[tokio::test]
async fn a_closed_session_takes_no_change() {
    let case = Case::with_lane().await;
    case.turn("It works.", r#"[FIX_OUTCOME]{"outcome": "applied_success"}[/FIX_OUTCOME]"#).await;
    let (note, question, fix) = (case.note("Only here.").await, case.question().await, case.fix().await);
    let deleted = case.note("Not this.").await;
    case.engineer.delete(&deleted).await.expect(204);
    case.model_writes(&[("Problem", "It asked.", None)]);
    case.resolve().await;
    let before = case.look().await;
    let promotion = json!({ "source_type": "question", "source_ref": question, "text": "x" });
    let at = |rest: &str| case.at(rest);
    let writes = [
        (Method::POST, at("messages"), json!({ "text": "hello" })),
        (Method::PUT, at("task-lane"), json!({ "answers": [{ "id": question, "answer": "No" }] })),
        (Method::POST, at("facts"), json!({ "text": "x" })),
        (Method::POST, at("facts/promote"), promotion),
        (Method::PATCH, note.clone(), json!({ "text": "x" })),
        (Method::DELETE, note.clone(), json!({})),
        (Method::POST, format!("{note}/confirm"), json!({})),
        (Method::POST, format!("{deleted}/restore"), json!({})),
        (Method::POST, format!("{fix}/decision"), json!({ "decision": "one_off" })),
        (Method::POST, format!("{fix}/apply"), json!({})),
        (Method::PATCH, format!("{fix}/outcome"), json!({ "outcome": "applied_success" })),
        (Method::PATCH, format!("{fix}/script"), json!({ "script": "x" })),
        (Method::DELETE, format!("{fix}/outcome-proposal"), json!({})),
        (Method::PATCH, case.path.clone(), json!({ "problem": "Another" })),
        (Method::POST, at("resolution-note/post"), json!({ "markdown": before["posted"][0]["markdown"] })),
    ];
    for (method, path, body) in writes {
        let answer = case.engineer.call(method.clone(), &path, body).await;
        assert_eq!(answer.refused(409), "session_not_open", "{method} {path}");
    }
    assert_eq!(case.look().await, before);
}

#[tokio::test]
async fn a_closed_session_can_be_renamed_archived_and_read() {
    let case = Case::half_grounded().await;
    case.resolve().await;
    case.engineer.patch(&case.path, json!({ "title": "Done with Outlook" })).await.expect(200);
    case.engineer.patch(&case.path, json!({ "archived": true })).await.expect(200);
    case.engineer.get(&case.at("facts")).await.expect(200);
    let session = case.look().await;
    assert_eq!((&session["title"], &session["status"]), (&json!("Done with Outlook"), &json!("resolved")));
}

#[tokio::test]
async fn a_reopened_session_goes_on_and_ends_again() {
    let case = Case::half_grounded().await;
    case.resolve().await;
    let open = case.engineer.post(&case.at("reopen"), json!({})).await.expect(200);
    assert_eq!(open["status"], "open");
    case.note("It came back.").await;
    case.resolve().await;
    assert_eq!(case.look().await["posted"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_open_session_cannot_be_reopened() {
    let case = Case::new().await;
    assert_eq!(case.engineer.post(&case.at("reopen"), json!({})).await.refused(409), "session_open");
}

#[tokio::test]
async fn whom_a_session_is_shared_with_cannot_reopen_it() {
    let case = Case::half_grounded().await;
    let colleague = case.app.colleague(&case.engineer, flowpilot::accounts::types::UserRole::Engineer).await;
    case.share_with(&colleague).await;
    case.resolve().await;
    colleague.post(&case.at("reopen"), json!({})).await.refused(403);
}
