//! The table of REST v1.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    ADMIN, ENGINEER, Ids, L1, Least, Line, Nothing, OWNER, Stranger, TheirOwn, VIEWER, World, call, same, world,
};
use crate::support::{read, text};

fn table(ids: &Ids) -> Vec<Line> {
    let lines: [(&'static str, Least, Stranger, Value); 34] = [
        ("POST /ai-sessions", L1, TheirOwn, json!({ "problem": "VPN drops" })),
        ("GET /ai-sessions", VIEWER, TheirOwn, Value::Null),
        ("GET /ai-sessions/{id}", VIEWER, Nothing, Value::Null),
        ("PATCH /ai-sessions/{id}", L1, Nothing, json!({ "title": "Another" })),
        ("POST /ai-sessions/{id}/reopen", L1, Nothing, Value::Null),
        ("GET /ai-sessions/{id}/export", VIEWER, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/messages", L1, Nothing, json!({ "text": "Hello" })),
        ("POST /ai-sessions/{id}/turn/stop", L1, Nothing, Value::Null),
        ("GET /ai-sessions/{id}/events", VIEWER, Nothing, Value::Null),
        (
            "PUT /ai-sessions/{id}/task-lane",
            L1,
            Nothing,
            json!({ "answers": [{ "id": ids.question, "answer": "No" }] }),
        ),
        ("GET /ai-sessions/{id}/facts", VIEWER, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/facts", L1, Nothing, json!({ "text": "A note." })),
        (
            "POST /ai-sessions/{id}/facts/promote",
            L1,
            Nothing,
            json!({ "source_type": "question", "source_ref": ids.question, "text": "x" }),
        ),
        ("PATCH /ai-sessions/{id}/facts/{fact}", L1, Nothing, json!({ "text": "Another." })),
        ("DELETE /ai-sessions/{id}/facts/{fact}", L1, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/facts/{fact}/confirm", L1, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/facts/{fact}/restore", L1, Nothing, Value::Null),
        ("GET /ai-sessions/{id}/suggested-fixes", VIEWER, Nothing, Value::Null),
        ("GET /ai-sessions/{id}/suggested-fixes/active", VIEWER, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/suggested-fixes/{fix}/decision", L1, Nothing, json!({ "decision": "one_off" })),
        ("POST /ai-sessions/{id}/suggested-fixes/{fix}/apply", L1, Nothing, Value::Null),
        ("PATCH /ai-sessions/{id}/suggested-fixes/{fix}/outcome", L1, Nothing, json!({ "outcome": "applied_failed" })),
        ("PATCH /ai-sessions/{id}/suggested-fixes/{fix}/script", L1, Nothing, json!({ "script": "x" })),
        ("DELETE /ai-sessions/{id}/suggested-fixes/{fix}/outcome-proposal", L1, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/resolution-note/preview", VIEWER, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/resolution-note/post", L1, Nothing, json!({ "markdown": "## Problem" })),
        ("POST /ai-sessions/{id}/escalation-package/preview", VIEWER, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/escalation-package/post", L1, Nothing, json!({ "markdown": "## Problem" })),
        ("GET /ai-sessions/{id}/hypotheses", VIEWER, Nothing, Value::Null),
        (
            "PATCH /ai-sessions/{id}/hypotheses/{hypothesis}",
            L1,
            Nothing,
            json!({ "status": "ruled_out", "because": "No password is saved." }),
        ),
        ("GET /ai-sessions/{id}/shares", VIEWER, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/shares", L1, Nothing, json!({ "user_id": ids.session })),
        ("DELETE /ai-sessions/{id}/shares", L1, Nothing, json!({ "user_id": ids.session })),
        ("GET /flows/match", VIEWER, TheirOwn, json!({ "q": "outlook" })),
    ];
    let others: [(&'static str, Least, Stranger, Value); 14] = [
        ("GET /ai-sessions/{id}/cost", VIEWER, Nothing, Value::Null),
        // Its body is a file: tests/images.rs.
        ("POST /ai-sessions/{id}/images", L1, Nothing, Value::Null),
        ("GET /ai-sessions/{id}/images/{image}", VIEWER, Nothing, Value::Null),
        ("GET /ai-sessions/{id}/images/{image}/thumbnail", VIEWER, Nothing, Value::Null),
        ("GET /ai-sessions/{id}/masked-values", VIEWER, Nothing, Value::Null),
        ("GET /tickets", L1, TheirOwn, Value::Null),
        ("GET /tickets/{id}", L1, Nothing, Value::Null),
        ("GET /accounts/me/preferences", VIEWER, TheirOwn, Value::Null),
        ("PATCH /accounts/me/preferences", ENGINEER, TheirOwn, json!({ "templatize_prompt_enabled": false })),
        ("GET /accounts/me/ai", ADMIN, TheirOwn, Value::Null),
        ("PATCH /accounts/me/ai", ADMIN, TheirOwn, json!({ "month_budget": 50_000_000 })),
        ("POST /accounts/me/ai/test", ADMIN, TheirOwn, json!({ "primary": { "provider": "builtin" } })),
        ("GET /accounts/me/usage", ADMIN, TheirOwn, Value::Null),
        ("GET /accounts/me/usage.csv", ADMIN, TheirOwn, Value::Null),
    ];
    let lines = lines.into_iter().chain(others).chain(owners()).chain(ticket_system()).chain(desk());
    lines.map(|(route, least, stranger, sent)| Line { route, least, stranger, sent }).collect()
}

/// Tickets and what one can choose from, and the ticket of a session.
fn desk() -> [(&'static str, Least, Stranger, Value); 26] {
    let entry = json!({ "started_at": "2026-03-10T09:00:00Z", "minutes": 20 });
    [
        ("GET /ai-sessions/{id}/ticket", VIEWER, Nothing, Value::Null),
        ("PUT /ai-sessions/{id}/ticket", L1, Nothing, json!({ "ticket_id": "1001" })),
        ("POST /ai-sessions/{id}/ticket", L1, Nothing, json!({ "summary": "VPN drops" })),
        ("DELETE /ai-sessions/{id}/ticket", L1, Nothing, Value::Null),
        ("POST /tickets/read-text", L1, TheirOwn, json!({ "text": "VPN drops" })),
        ("PATCH /tickets/{id}", L1, Nothing, json!({ "status_id": "waiting" })),
        ("POST /tickets/{id}/notes", L1, Nothing, json!({ "body": "Called." })),
        ("PUT /tickets/{id}/assignees/{member}", L1, Nothing, Value::Null),
        ("DELETE /tickets/{id}/assignees/{member}", L1, Nothing, Value::Null),
        ("GET /tickets/{id}/configurations", L1, Nothing, Value::Null),
        ("GET /tickets/{id}/related", L1, Nothing, Value::Null),
        ("GET /tickets/{id}/schedule", L1, Nothing, Value::Null),
        ("GET /tickets/{id}/time-entries", L1, Nothing, Value::Null),
        ("POST /tickets/{id}/time-entries", L1, Nothing, entry),
        ("GET /tickets/capabilities", L1, TheirOwn, Value::Null),
        ("GET /tickets/views", L1, TheirOwn, Value::Null),
        ("POST /tickets/views", L1, TheirOwn, json!({ "name": "Mine", "query": "assignee=mine" })),
        ("DELETE /tickets/views/{id}", L1, Nothing, Value::Null),
        ("GET /boards", L1, TheirOwn, Value::Null),
        ("GET /boards/{id}/statuses", L1, Nothing, Value::Null),
        ("GET /statuses", L1, TheirOwn, Value::Null),
        ("GET /priorities", L1, TheirOwn, Value::Null),
        ("GET /members", L1, TheirOwn, Value::Null),
        ("GET /companies", L1, TheirOwn, json!({ "q": "con" })),
        ("GET /companies/{id}/contacts", L1, Nothing, Value::Null),
        // Last: a stranger's own ticket would have the number of ours.
        ("POST /tickets", L1, TheirOwn, json!({ "summary": "VPN drops" })),
    ]
}

/// What of the account is its owners' business.
fn owners() -> [(&'static str, Least, Stranger, Value); 4] {
    [
        ("GET /accounts/me/security", OWNER, TheirOwn, Value::Null),
        ("PATCH /accounts/me/security", OWNER, TheirOwn, json!({ "preset": "strict" })),
        ("POST /accounts/me/security/revoke-sessions", OWNER, TheirOwn, json!({ "scope": "others" })),
        ("GET /accounts/me/audit-log", OWNER, TheirOwn, Value::Null),
    ]
}

/// The account's ticket system. Who connects it disconnects it last.
fn ticket_system() -> [(&'static str, Least, Stranger, Value); 13] {
    let connection = json!({
        "site": "https://na.myconnectwise.net", "company": "acme", "public_key": "pub", "private_key": "0123456789", "client_id": "c",
    });
    [
        ("GET /ai-sessions/{id}/time-entry", VIEWER, Nothing, Value::Null),
        ("POST /ai-sessions/{id}/time-entry", L1, Nothing, json!({ "minutes": 5 })),
        ("GET /accounts/me/psa", ADMIN, TheirOwn, Value::Null),
        ("POST /accounts/me/psa/test", ADMIN, TheirOwn, json!({})),
        ("GET /accounts/me/psa/members", ADMIN, TheirOwn, Value::Null),
        ("PUT /accounts/me/psa/members/{member}", ADMIN, Nothing, json!({ "user_id": null })),
        ("DELETE /accounts/me/psa/members/{member}", ADMIN, Nothing, Value::Null),
        ("GET /accounts/me/psa/statuses", ADMIN, TheirOwn, Value::Null),
        ("PUT /accounts/me/psa/statuses", ADMIN, TheirOwn, json!({ "resolved_status_id": "12" })),
        ("GET /accounts/me/psa/posts", ADMIN, TheirOwn, Value::Null),
        ("POST /accounts/me/psa/posts/{post}/retry", ADMIN, Nothing, Value::Null),
        ("PATCH /accounts/me/psa", ADMIN, TheirOwn, connection),
        ("DELETE /accounts/me/psa", ADMIN, TheirOwn, Value::Null),
    ]
}

fn address(line: &Line, ids: &Ids) -> String {
    format!("/api/v1{}", ids.fill(line.path()))
}

async fn as_somebody(world: &World, line: &Line, ids: &Ids, token: Option<&str>) -> (u16, Value) {
    call(world, line, &address(line, ids), &line.sent, token).await
}

#[test]
fn every_route_stands_in_the_table() {
    let (_, document) = flowpilot::server::router::api();
    let document = serde_json::to_value(document).unwrap();
    let mut routes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in
            item.as_object().unwrap().keys().filter(|key| !["parameters", "summary", "servers"].contains(&key.as_str()))
        {
            routes.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    same(&routes, &table(&Ids::of_nothing()).iter().map(|line| line.route.to_owned()).collect());
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in() {
    let world = world().await;
    for line in table(&world.ids) {
        let (status, body) = as_somebody(&world, &line, &world.ids, None).await;
        assert_eq!((status, &body["code"]), (401, &json!("unauthenticated")), "{}", line.route);
    }
}

#[tokio::test]
async fn a_stranger_of_another_account_sees_nothing_and_changes_nothing() {
    let world = world().await;
    let before = world.case.look().await;
    for line in table(&world.ids) {
        let (status, body) = as_somebody(&world, &line, &world.ids, Some(&world.stranger.token)).await;
        match line.stranger {
            Nothing => assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{}", line.route),
            TheirOwn => {
                assert!((200..300).contains(&status), "{}: {status} {body}", line.route);
                assert!(!body.to_string().contains(&world.ids.session), "{}: {body}", line.route);
            }
        }
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn a_strangers_own_session_is_no_way_to_our_facts_and_fixes() {
    let world = world().await;
    let own = world.stranger.session_about("VPN drops").await;
    let ids = Ids { session: own.rsplit('/').next().unwrap().to_owned(), ..world.ids.clone() };
    let before = world.case.look().await;
    let ours = |line: &&Line| ["{fact}", "{fix}", "{hypothesis}", "{image}"].iter().any(|id| line.path().contains(id));
    for line in table(&ids).iter().filter(ours) {
        let (status, body) = as_somebody(&world, line, &ids, Some(&world.stranger.token)).await;
        assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{}", line.route);
    }
    for line in table(&ids).iter().filter(|line| line.sent.to_string().contains(&ids.question)) {
        let (status, _) = as_somebody(&world, line, &ids, Some(&world.stranger.token)).await;
        assert_eq!(status, 422, "{} with our question in its body", line.route);
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn a_colleague_sees_nothing_of_a_private_session() {
    let world = world().await;
    let before = world.case.look().await;
    for line in table(&world.ids).iter().filter(|line| line.path().starts_with("/ai-sessions/{id}")) {
        let (status, body) = as_somebody(&world, line, &world.ids, Some(&world.colleague.token)).await;
        assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{}", line.route);
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn a_viewer_reads_what_is_shared_and_changes_nothing() {
    let world = world().await;
    let before = world.case.look().await;
    for line in table(&world.ids) {
        let (status, body) = as_somebody(&world, &line, &world.ids, Some(&world.viewer.token)).await;
        if line.least == VIEWER {
            assert_eq!(status, 200, "{}: {body}", line.route);
        } else {
            assert_eq!((status, &body["code"]), (403, &json!("forbidden")), "{}", line.route);
        }
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn a_viewer_who_once_worked_on_a_session_only_reads_it() {
    let world = world().await;
    world.case.app.sql(&format!("update users set role = 'viewer' where id = '{}'", world.case.engineer.user)).await;
    for line in table(&world.ids).iter().filter(|line| line.path().starts_with("/ai-sessions/{id}")) {
        let (status, _) = as_somebody(&world, line, &world.ids, Some(&world.case.engineer.token)).await;
        assert_eq!(status, if line.least == VIEWER { 200 } else { 403 }, "{}", line.route);
    }
}

#[tokio::test]
async fn what_is_no_id_names_nothing() {
    let world = world().await;
    let ids = Ids { question: world.ids.question.clone(), ..Ids::malformed() };
    let theirs = |line: &&Line| line.path().contains('{') && line.least != ADMIN;
    for line in table(&ids).iter().filter(theirs) {
        let (status, body) = as_somebody(&world, line, &ids, Some(&world.case.engineer.token)).await;
        assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{}", line.route);
    }
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let world = world().await;
    for line in table(&world.ids).iter().filter(|line| line.has_body()) {
        for body in ["{", "{\"text\": \"x\"", "text=x", "\u{feff}{}", "[]", "\"text\"", "7"] {
            let request = world.case.app.http.request(line.method(), world.case.app.url(&address(line, &world.ids)));
            let request = request.bearer_auth(&world.case.engineer.token).header("content-type", "application/json");
            assert_eq!(read(request.body(body)).await.refused(400), "malformed", "{} with {body}", line.route);
        }
    }
}

#[tokio::test]
async fn only_json_is_taken() {
    let world = world().await;
    for line in table(&world.ids).iter().filter(|line| line.has_body()) {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let request = world.case.app.http.request(line.method(), world.case.app.url(&address(line, &world.ids)));
            let request = request.bearer_auth(&world.case.engineer.token).header("content-type", kind);
            let answer = read(request.body(line.sent.to_string())).await;
            assert_eq!(answer.refused(415), "unsupported_media_type", "{} as {kind}", line.route);
        }
    }
}

#[tokio::test]
async fn the_document_and_its_page_are_there_for_everybody() {
    let world = world().await;
    let document = read(world.case.app.http.get(world.case.app.url("/api/v1/openapi.json"))).await.expect(200);
    assert!(text(&document["openapi"]).starts_with("3."), "{}", document["openapi"]);
    for (route, statuses) in [
        ("/ai-sessions get", ["401", "500", "503"].as_slice()),
        ("/ai-sessions post", &["400", "401", "403", "413", "415", "422", "429", "500"]),
        ("/ai-sessions/{id} get", &["401", "403", "404", "500"]),
        ("/tickets/{id} patch", &["400", "401", "404", "429"]),
    ] {
        let (path, method) = route.split_once(' ').unwrap();
        let answers = document["paths"][path][method]["responses"].as_object().unwrap();
        for status in statuses {
            assert!(answers.contains_key(*status), "{route} may answer {status}, declared are {:?}", answers.keys());
        }
    }
    let page = world.case.app.http.get(world.case.app.url("/api/v1/docs")).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 200);
}
