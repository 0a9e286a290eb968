//! The table of server functions: each of them is a public address.

use flowpilot::error::AppError;
use serde_json::{Value, json};

use super::{ADMIN, Ids, L1, Least, Line, Nothing, OWNER, Stranger, TheirOwn, VIEWER, World, call, same, world};
use crate::support::read;

fn table(ids: &Ids) -> Vec<Line> {
    let Ids { session: id, message, question, fact, fix, hypothesis, ticket, token, login, member, .. } = ids;
    let open = Least::Anybody;
    let account =
        json!({ "account_name": "Rival", "name": "R", "email": "r@example.test", "password": "correct horse battery" });
    let lines: Vec<(&'static str, Least, Stranger, Value)> = vec![
        ("POST /rpc/accounts/set_up", open, TheirOwn, account),
        (
            "POST /rpc/accounts/log_in",
            open,
            TheirOwn,
            json!({ "email": "r@example.test", "password": "wrong password" }),
        ),
        ("POST /rpc/accounts/log_out", open, TheirOwn, Value::Null),
        ("GET /rpc/accounts/login_ends", VIEWER, TheirOwn, Value::Null),
        ("POST /rpc/accounts/stay_signed_in", VIEWER, TheirOwn, json!({})),
        ("GET /rpc/accounts/tokens", VIEWER, TheirOwn, Value::Null),
        ("POST /rpc/accounts/create_token", VIEWER, TheirOwn, json!({ "name": "script" })),
        ("POST /rpc/accounts/revoke_token", VIEWER, Nothing, json!({ "id": token })),
        ("GET /rpc/accounts/logins", VIEWER, TheirOwn, Value::Null),
        ("POST /rpc/accounts/revoke_login", VIEWER, Nothing, json!({ "id": login })),
        ("GET /rpc/accounts/ai_settings", ADMIN, TheirOwn, Value::Null),
        ("POST /rpc/accounts/change_ai_settings", ADMIN, TheirOwn, json!({ "change": { "month_budget": 50_000_000 } })),
        ("POST /rpc/accounts/test_ai_settings", ADMIN, TheirOwn, json!({ "change": {} })),
        ("GET /rpc/accounts/usage", ADMIN, TheirOwn, json!({ "period[days]": "7" })),
        ("GET /rpc/accounts/load_security", OWNER, TheirOwn, Value::Null),
        ("POST /rpc/accounts/change_security", OWNER, TheirOwn, json!({ "change": { "preset": "strict" } })),
        ("POST /rpc/accounts/revoke_sessions", OWNER, TheirOwn, json!({ "scope": "others" })),
        ("GET /rpc/accounts/audit_log", OWNER, TheirOwn, Value::Null),
        ("GET /rpc/tickets/list", L1, TheirOwn, json!({ "filter[limit]": 5 })),
        ("GET /rpc/tickets/get", L1, Nothing, json!({ "id": ticket })),
        ("GET /rpc/tickets/choices", L1, TheirOwn, Value::Null),
        ("GET /rpc/tickets/statuses", L1, TheirOwn, Value::Null),
        ("GET /rpc/tickets/contacts", L1, Nothing, json!({ "company": message })),
        ("GET /rpc/tickets/companies", L1, TheirOwn, json!({ "q": "con" })),
        ("POST /rpc/tickets/read_text", L1, TheirOwn, json!({ "pasted": { "text": "VPN drops" } })),
        ("POST /rpc/tickets/change", L1, Nothing, json!({ "id": ticket, "change": { "status_id": "waiting" } })),
        ("POST /rpc/tickets/assign", L1, Nothing, json!({ "id": ticket, "member": member })),
        ("POST /rpc/tickets/unassign", L1, Nothing, json!({ "id": ticket, "member": member })),
        ("POST /rpc/tickets/add_note", L1, Nothing, json!({ "id": ticket, "note": { "body": "Called." }, "key": "k" })),
        (
            "POST /rpc/tickets/add_time",
            L1,
            Nothing,
            json!({ "id": ticket, "entry": { "started_at": "2026-03-10T09:00:00Z", "minutes": 20 } }),
        ),
        ("POST /rpc/tickets/save_view", L1, TheirOwn, json!({ "new": { "name": "Mine", "query": "assignee=mine" } })),
        ("POST /rpc/tickets/delete_view", L1, Nothing, json!({ "id": message })),
        ("GET /rpc/pilot/ticket_state", VIEWER, Nothing, json!({ "id": id })),
        ("POST /rpc/pilot/link_ticket", L1, Nothing, json!({ "id": id, "ticket": ticket })),
        (
            "POST /rpc/pilot/open_ticket",
            L1,
            Nothing,
            json!({ "id": id, "new": { "summary": "VPN drops" }, "key": "k" }),
        ),
        ("GET /rpc/pilot/list_sessions", VIEWER, TheirOwn, json!({ "filter[limit]": 5 })),
        ("GET /rpc/pilot/clients", VIEWER, TheirOwn, Value::Null),
        ("GET /rpc/pilot/home", VIEWER, TheirOwn, Value::Null),
        (
            "POST /rpc/pilot/start_session",
            L1,
            TheirOwn,
            json!({ "new": { "problem": "VPN drops" }, "text": "VPN drops", "key": uuid::Uuid::now_v7() }),
        ),
        (
            "POST /rpc/pilot/create_session",
            L1,
            TheirOwn,
            json!({ "new": { "problem": "VPN drops" }, "key": uuid::Uuid::now_v7() }),
        ),
        ("GET /rpc/pilot/load_session", VIEWER, Nothing, json!({ "id": id })),
        ("GET /rpc/pilot/session_cost", VIEWER, Nothing, json!({ "id": id })),
        ("GET /rpc/pilot/older_messages", VIEWER, Nothing, json!({ "id": id, "before": message })),
        ("POST /rpc/pilot/change_session", L1, Nothing, json!({ "id": id, "change": { "title": "Another" } })),
        ("POST /rpc/pilot/reopen", L1, Nothing, json!({ "id": id })),
        ("POST /rpc/pilot/retry_post", L1, Nothing, json!({ "id": id })),
        ("POST /rpc/pilot/send_message", L1, Nothing, json!({ "id": id, "message": { "text": "Hello" }, "key": "k" })),
        ("POST /rpc/pilot/stop_turn", L1, Nothing, json!({ "id": id })),
        ("POST /rpc/pilot/save_lane", L1, Nothing, json!({ "id": id, "change": {} })),
        ("POST /rpc/pilot/add_note", L1, Nothing, json!({ "id": id, "text": "A note." })),
        ("POST /rpc/pilot/edit_fact", L1, Nothing, json!({ "id": id, "fact": fact, "change": { "text": "Another." } })),
        ("POST /rpc/pilot/delete_fact", L1, Nothing, json!({ "id": id, "fact": fact })),
        ("POST /rpc/pilot/restore_fact", L1, Nothing, json!({ "id": id, "fact": fact })),
        ("POST /rpc/pilot/confirm_fact", L1, Nothing, json!({ "id": id, "fact": fact })),
        (
            "POST /rpc/pilot/promote",
            L1,
            Nothing,
            json!({ "id": id, "promotion": { "source_type": "question", "source_ref": question, "text": "x" } }),
        ),
        ("GET /rpc/pilot/fixes", VIEWER, Nothing, json!({ "id": id })),
        ("POST /rpc/pilot/decide_fix", L1, Nothing, json!({ "id": id, "fix": fix, "decision": "one_off" })),
        ("POST /rpc/pilot/apply_fix", L1, Nothing, json!({ "id": id, "fix": fix })),
        (
            "POST /rpc/pilot/set_outcome",
            L1,
            Nothing,
            json!({ "id": id, "fix": fix, "outcome": "applied_failed", "notes": null }),
        ),
        ("POST /rpc/pilot/reject_proposal", L1, Nothing, json!({ "id": id, "fix": fix })),
        (
            "POST /rpc/pilot/decide_hypothesis",
            L1,
            Nothing,
            json!({ "id": id, "hypothesis": hypothesis, "change": { "status": "ruled_out", "because": "No." } }),
        ),
        ("GET /rpc/pilot/masked_values", VIEWER, Nothing, json!({ "id": id })),
        ("GET /rpc/pilot/sharing", VIEWER, Nothing, json!({ "id": id })),
        ("POST /rpc/pilot/add_share", L1, Nothing, json!({ "id": id, "share": { "user_id": message } })),
        ("POST /rpc/pilot/remove_share", L1, Nothing, json!({ "id": id, "user": message })),
        ("POST /rpc/pilot/preview", VIEWER, Nothing, json!({ "id": id, "kind": "resolution_note" })),
        (
            "POST /rpc/pilot/post_artifact",
            L1,
            Nothing,
            json!({ "id": id, "kind": "resolution_note", "post": { "markdown": "## Problem" }, "key": "k" }),
        ),
        // Last: a stranger's own ticket would have the number of ours.
        ("POST /rpc/tickets/create", L1, TheirOwn, json!({ "new": { "summary": "VPN drops" }, "key": "k" })),
    ];
    let lines = lines.into_iter().chain(ticket_system(id, token));
    lines.map(|(route, least, stranger, sent)| Line { route, least, stranger, sent }).collect()
}

/// The account's ticket system. Who connects it disconnects it last.
fn ticket_system(session: &str, other: &str) -> [(&'static str, Least, Stranger, Value); 12] {
    let connection = json!({
        "site": "https://na.myconnectwise.net", "company": "acme", "public_key": "pub", "private_key": "0123456789", "client_id": "c",
    });
    [
        ("GET /rpc/pilot/time_offer", VIEWER, Nothing, json!({ "id": session })),
        ("POST /rpc/pilot/add_time", L1, Nothing, json!({ "id": session, "spent": { "minutes": 5 } })),
        ("GET /rpc/accounts/load_psa", ADMIN, TheirOwn, Value::Null),
        ("POST /rpc/accounts/test_psa", ADMIN, TheirOwn, json!({ "change": {} })),
        ("GET /rpc/accounts/psa_members", ADMIN, TheirOwn, Value::Null),
        ("POST /rpc/accounts/map_member", ADMIN, Nothing, json!({ "member": "nobody", "change": null })),
        ("GET /rpc/accounts/psa_statuses", ADMIN, TheirOwn, Value::Null),
        ("POST /rpc/accounts/choose_status", ADMIN, TheirOwn, json!({ "change": { "resolved_status_id": "12" } })),
        ("GET /rpc/accounts/psa_posts", ADMIN, TheirOwn, json!({ "filter[limit]": "5" })),
        ("POST /rpc/accounts/retry_post", ADMIN, Nothing, json!({ "id": other })),
        ("POST /rpc/accounts/change_psa", ADMIN, TheirOwn, json!({ "change": connection })),
        ("POST /rpc/accounts/disconnect_psa", ADMIN, TheirOwn, json!({})),
    ]
}

/// Forms are sent as forms: these few work without scripts.
fn is_form(line: &Line) -> bool {
    matches!(line.path(), "/rpc/accounts/set_up" | "/rpc/accounts/log_in" | "/rpc/accounts/log_out")
}

async fn as_somebody(world: &World, line: &Line, token: Option<&str>) -> (u16, Value) {
    if !is_form(line) {
        return call(world, line, line.path(), &line.sent, token).await;
    }
    let request = world.case.app.http.post(world.case.app.url(line.path()));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = read(request.form(&line.sent)).await;
    (answer.status.as_u16(), answer.body)
}

/// The error's code, which the browser's half must be able to read.
#[track_caller]
fn code(body: Value, route: &str) -> String {
    let read: Result<AppError, _> = serde_json::from_value(body.clone());
    read.unwrap_or_else(|error| panic!("{route}: {body}: {error}")).code().to_owned()
}

#[test]
fn every_server_function_stands_in_the_table() {
    let found = leptos::server_fn::axum::server_fn_paths();
    let routes = found.map(|(path, method)| format!("{method} {path}")).collect();
    same(&routes, &table(&Ids::of_nothing()).iter().map(|line| line.route.to_owned()).collect());
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in() {
    let world = world().await;
    for line in table(&world.ids).iter().filter(|line| line.least != Least::Anybody) {
        let (status, body) = as_somebody(&world, line, None).await;
        assert_eq!((status, code(body, line.route).as_str()), (401, "unauthenticated"), "{}", line.route);
    }
}

#[tokio::test]
async fn what_is_open_to_nobody_tells_them_nothing() {
    let world = world().await;
    let before = world.case.look().await;
    for line in table(&world.ids).iter().filter(|line| line.least == Least::Anybody) {
        let (status, body) = as_somebody(&world, line, None).await;
        let expected = match line.path() {
            "/rpc/accounts/set_up" => 409,
            "/rpc/accounts/log_in" => 422,
            _ => 200,
        };
        assert_eq!(status, expected, "{}: {body}", line.route);
        assert!(!body.to_string().contains(&world.case.engineer.email), "{}: {body}", line.route);
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn a_stranger_of_another_account_sees_nothing_and_changes_nothing() {
    let world = world().await;
    let before = world.case.look().await;
    for line in table(&world.ids).iter().filter(|line| line.least != Least::Anybody) {
        let (status, body) = as_somebody(&world, line, Some(&world.stranger.token)).await;
        match line.stranger {
            Nothing => assert_eq!((status, code(body, line.route).as_str()), (404, "not_found"), "{}", line.route),
            TheirOwn => {
                assert_eq!(status, 200, "{}: {body}", line.route);
                assert!(!body.to_string().contains(&world.ids.session), "{}: {body}", line.route);
            }
        }
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn a_colleague_sees_nothing_of_a_private_session() {
    let world = world().await;
    let before = world.case.look().await;
    let private = |line: &&Line| line.sent.to_string().contains(&world.ids.session);
    for line in table(&world.ids).iter().filter(private) {
        let (status, body) = as_somebody(&world, line, Some(&world.colleague.token)).await;
        assert_eq!((status, code(body, line.route).as_str()), (404, "not_found"), "{}", line.route);
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn a_colleague_cannot_take_tokens_and_logins_away() {
    let world = world().await;
    let theirs = |line: &&Line| line.path().starts_with("/rpc/accounts/revoke_") && line.stranger == Nothing;
    for line in table(&world.ids).iter().filter(theirs) {
        let (status, body) = as_somebody(&world, line, Some(&world.colleague.token)).await;
        assert_eq!((status, code(body, line.route).as_str()), (404, "not_found"), "{}", line.route);
    }
    world.case.engineer.get("/ai-sessions").await.expect(200);
}

#[tokio::test]
async fn a_viewer_reads_what_is_shared_and_changes_nothing() {
    let world = world().await;
    let before = world.case.look().await;
    let theirs =
        |line: &&Line| line.path().contains("/pilot/") || line.path().contains("/tickets/") || line.least == ADMIN;
    for line in table(&world.ids).iter().filter(theirs) {
        let (status, body) = as_somebody(&world, line, Some(&world.viewer.token)).await;
        if line.least == VIEWER {
            assert_eq!(status, 200, "{}: {body}", line.route);
        } else {
            assert_eq!((status, code(body, line.route).as_str()), (403, "forbidden"), "{}", line.route);
        }
    }
    assert_eq!(world.case.look().await, before);
}

#[tokio::test]
async fn what_is_an_owners_is_refused_to_everybody_else() {
    let world = world().await;
    for line in table(&world.ids).iter().filter(|line| line.least == OWNER) {
        for person in [&world.viewer, &world.case.engineer, &world.colleague] {
            let (status, body) = as_somebody(&world, line, Some(&person.token)).await;
            assert_eq!((status, code(body, line.route).as_str()), (403, "forbidden"), "{}", line.route);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let world = world().await;
    let token = Some(world.case.engineer.token.as_str());
    for line in table(&Ids::malformed()).iter().filter(|line| line.sent.to_string().contains("not-an-id")) {
        if line.path().starts_with("/rpc/tickets/") && line.path() != "/rpc/tickets/delete_view" {
            continue; // a ticket's number is a text: 404
        }
        let (status, body) = as_somebody(&world, line, token).await;
        assert_eq!((status, code(body, line.route).as_str()), (400, "malformed"), "{}", line.route);
    }
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let world = world().await;
    for line in table(&world.ids).iter().filter(|line| line.has_body() && !is_form(line)) {
        let request = world.case.app.http.request(line.method(), world.case.app.url(line.path()));
        let answer = read(request.bearer_auth(&world.case.engineer.token).body("{\"id\":")).await;
        assert_eq!(
            (answer.status.as_u16(), code(answer.body, line.route).as_str()),
            (400, "malformed"),
            "{}",
            line.route
        );
    }
}

#[tokio::test]
async fn a_list_without_a_filter_is_the_whole_list() {
    let world = world().await;
    for path in ["/rpc/pilot/list_sessions", "/rpc/tickets/list"] {
        let request = world.case.app.http.get(world.case.app.url(path)).bearer_auth(&world.case.engineer.token);
        let page = read(request).await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{path}: {page}");
    }
}
