//! Bad input: each with a message that says what is wrong, a proper status, and nothing changed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Case, read};

/// Where people type: method, path below the session, and the body around a text.
async fn fields(case: &Case) -> Vec<(Method, String, fn(&str, Value) -> Value, String)> {
    let (note, fix, question) = (case.note("A note.").await, case.fix().await, case.question().await);
    vec![
        (Method::POST, case.at("messages"), |_, text| json!({ "text": text }), String::new()),
        (Method::POST, case.at("facts"), |_, text| json!({ "text": text }), String::new()),
        (Method::PATCH, note, |_, text| json!({ "text": text }), String::new()),
        (Method::PATCH, case.path.clone(), |_, text| json!({ "title": text }), String::new()),
        (Method::PATCH, case.path.clone(), |_, text| json!({ "problem": text }), String::new()),
        (Method::PUT, case.at("task-lane"), |id, text| json!({ "answers": [{ "id": id, "answer": text }] }), question),
        (Method::PATCH, format!("{fix}/script"), |_, text| json!({ "script": text }), String::new()),
        (Method::POST, case.at("resolution-note/post"), |_, text| json!({ "markdown": text }), String::new()),
    ]
}

/// Every field gets this value, and answers with this status; the session stays as it is.
async fn each_refuses(value: Value, status: u16) {
    let case = Case::with_lane().await;
    let fields = fields(&case).await;
    let before = case.look().await;
    for (method, path, body, id) in fields {
        let answer = case.engineer.call(method.clone(), &path, body(&id, value.clone())).await;
        let place = format!("{method} {path}");
        assert_eq!(answer.status.as_u16(), status, "{place}: {}", answer.body);
        explained(&answer, &place);
    }
    assert_eq!(case.look().await, before);
}

/// A problem with words for a person.
#[track_caller]
fn explained(answer: &Answer, place: &str) {
    let problem = &answer.body;
    assert_eq!(problem["status"], json!(answer.status.as_u16()), "{place}: {problem}");
    for member in ["type", "title", "code", "detail"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {place}: {problem}");
    }
    if answer.status.as_u16() == 422 {
        assert!(
            problem["errors"][0]["field"].is_string() && problem["errors"][0]["message"].is_string(),
            "{place}: {problem}"
        );
    }
}

#[tokio::test]
async fn nothing_but_white_space_is_empty() {
    each_refuses(json!(" \n\t "), 422).await;
}

#[tokio::test]
async fn nothing_is_empty_too() {
    let case = Case::with_lane().await;
    let script = format!("{}/script", case.fix().await);
    for body in [json!({}), json!({ "text": null, "script": null, "markdown": null })] {
        for (method, path) in [
            (Method::POST, case.at("messages")),
            (Method::POST, case.at("facts")),
            (Method::PATCH, script.clone()),
            (Method::POST, case.at("resolution-note/post")),
        ] {
            let answer = case.engineer.call(method.clone(), &path, body.clone()).await;
            explained(&answer, &path);
            assert_eq!(answer.refused(422), "validation", "{method} {path} {body}");
        }
    }
}

#[tokio::test]
async fn binary_data_is_no_text() {
    each_refuses(json!("a\u{0}b"), 422).await;
}

#[tokio::test]
async fn a_megabyte_is_too_large() {
    each_refuses(json!("x".repeat(1 << 20)), 413).await;
}

#[tokio::test]
async fn what_is_longer_than_its_field_is_too_large() {
    each_refuses(json!("x".repeat(100_001)), 413).await;
}

#[tokio::test]
async fn a_number_is_no_text() {
    each_refuses(json!(7), 400).await;
}

#[tokio::test]
async fn a_new_session_takes_no_bad_problem() {
    let case = Case::new().await;
    let start = async |problem: Value| case.engineer.post("/ai-sessions", json!({ "problem": problem })).await;
    assert_eq!(start(json!("a\u{1b}[0m")).await.refused(422), "validation");
    assert_eq!(start(json!("x".repeat(1 << 20))).await.refused(413), "too_large");
    assert_eq!(start(json!(["VPN"])).await.refused(400), "malformed");
}

#[tokio::test]
async fn ids_that_nothing_has_are_not_found() {
    let case = Case::with_lane().await;
    let unknown = uuid::Uuid::now_v7();
    for (method, path) in [
        (Method::GET, format!("/ai-sessions/{unknown}")),
        (Method::POST, format!("/ai-sessions/{unknown}/messages")),
        (Method::GET, format!("/ai-sessions/{unknown}/events")),
        (Method::GET, format!("{}?before={unknown}", case.path)),
        (Method::PATCH, case.at(&format!("facts/{unknown}"))),
        (Method::DELETE, case.at(&format!("facts/{unknown}"))),
        (Method::POST, case.at(&format!("facts/{unknown}/confirm"))),
        (Method::POST, case.at(&format!("suggested-fixes/{unknown}/apply"))),
        (Method::GET, format!("/tickets/{unknown}")),
        (Method::GET, "/no-such-thing".to_owned()),
    ] {
        let answer = case.engineer.call(method.clone(), &path, json!({ "text": "x" })).await;
        explained(&answer, &path);
        assert_eq!(answer.refused(404), "not_found", "{method} {path}");
    }
}

#[tokio::test]
async fn words_that_do_not_exist_are_malformed() {
    let case = Case::with_lane().await;
    let (question, check, fix) = (case.question().await, case.check().await, case.fix().await);
    for (method, path, body) in [
        (Method::PATCH, format!("{fix}/outcome"), json!({ "outcome": "worked" })),
        (Method::POST, format!("{fix}/decision"), json!({ "decision": "later" })),
        (Method::POST, case.at("facts/promote"), json!({ "source_type": "hearsay", "source_ref": question })),
        (Method::POST, case.at("facts/promote"), json!({ "source_type": "question", "source_ref": "7" })),
        (Method::PUT, case.at("task-lane"), json!({ "results": [{ "id": check, "result": "maybe" }] })),
        (Method::PUT, case.at("task-lane"), json!({ "answers": { "id": question, "answer": "Yes" } })),
        (Method::PATCH, case.path.clone(), json!({ "archived": "yes" })),
    ] {
        let answer = case.engineer.call(method.clone(), &path, body.clone()).await;
        explained(&answer, &path);
        assert_eq!(answer.refused(400), "malformed", "{method} {path} {body}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_malformed() {
    let case = Case::new().await;
    for query in
        ["?limit=many", "?limit=-1", "?limit=99999", "?status=done", "?cursor=%21%21", "?cursor=AAAA", "?q=%00"]
    {
        let answer = case.engineer.get(&format!("/ai-sessions{query}")).await;
        explained(&answer, query);
        assert_eq!(answer.refused(400), "malformed", "{query}");
    }
    assert_eq!(case.engineer.get(&format!("{}?before=the-first", case.path)).await.refused(400), "malformed");
    assert_eq!(case.engineer.get("/flows/match").await.refused(400), "malformed");
}

#[tokio::test]
async fn a_last_event_id_that_is_no_number_is_malformed() {
    let case = Case::new().await;
    for id in ["", "last", "1.5", "99999999999999999999"] {
        let request = case.engineer.request(Method::GET, &case.at("events")).header("last-event-id", id);
        assert_eq!(read(request).await.refused(400), "malformed", "{id}");
    }
}

#[tokio::test]
async fn a_key_that_is_too_long_is_malformed() {
    let case = Case::new().await;
    for path in ["messages", "resolution-note/post"] {
        let request = case.engineer.request(Method::POST, &case.at(path)).header("idempotency-key", "k".repeat(3000));
        let answer = read(request.json(&json!({ "text": "hello", "markdown": "x" }))).await;
        assert_eq!(answer.refused(400), "malformed", "{path}");
    }
}

#[tokio::test]
async fn an_address_asked_in_the_wrong_way_says_so() {
    let case = Case::new().await;
    let answer = case.engineer.delete(&case.path).await;
    explained(&answer, "DELETE of a session");
    assert_eq!(answer.status.as_u16(), 405);
}

#[tokio::test]
async fn an_unknown_address_below_a_session_is_not_found_in_json() {
    let case = Case::new().await;
    explained(&case.engineer.get(&case.at("nothing")).await, "an unknown address");
}
