//! The turn engine: once, in order, for everybody, whatever is repeated or cut.

use reqwest::Method;
use serde_json::json;

use crate::support::{Reader, TestApp, read, read_stream};

const PROBLEM: &str = "Outlook asks for the password again and again";

#[tokio::test]
async fn the_same_key_replays_the_turn_and_another_body_is_refused() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about(PROBLEM).await;
    let send = |text: &str| {
        let request = engineer.request(Method::POST, &format!("{session}/messages")).header("idempotency-key", "k1");
        request.json(&json!({ "text": text })).send()
    };
    let first = read_stream(send("hello").await.unwrap()).await;
    let again = read_stream(send("hello").await.unwrap()).await;
    let without_deltas: Vec<_> = first.iter().filter(|event| event.name != "delta").cloned().collect();
    assert_eq!(again, without_deltas, "once the message is stored, replays get every other event");
    assert_eq!(send("other").await.unwrap().status().as_u16(), 409);
    assert_eq!(engineer.look(&session).await["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn following_from_a_snapshot_misses_and_repeats_nothing() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about(PROBLEM).await;
    engineer.say(&session, "it keeps asking").await;
    let from_start = follow(&engineer, &session, 0, |event| event.name == "turn_done").await;
    let middle = engineer.look(&session).await["last_event_id"].as_i64().unwrap();
    assert_eq!(from_start.last().unwrap().id, middle);
    engineer.post(&format!("{session}/facts"), json!({ "text": "A note." })).await.expect(201);
    let rest = follow(&engineer, &session, middle, |event| event.name == "session").await;
    assert_eq!(rest.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["fact", "session"]);
}

async fn follow(
    person: &crate::support::Person,
    session: &str,
    after: i64,
    until: impl Fn(&crate::support::SseEvent) -> bool,
) -> Vec<crate::support::SseEvent> {
    let request = person.request(Method::GET, &format!("{session}/events")).header("last-event-id", after.to_string());
    let mut reader = Reader::new(request.send().await.unwrap());
    let mut events = Vec::new();
    while let Some(event) = reader.next().await {
        let last = until(&event);
        events.push(event);
        if last {
            break;
        }
    }
    events
}

#[tokio::test]
async fn a_follower_on_another_node_sees_the_same_events_in_order() {
    let app = TestApp::start().await;
    let other = app.second_node().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about(PROBLEM).await;
    let (there, path) = (engineer.on(&other), session.clone());
    let following = tokio::spawn(async move { follow(&there, &path, 0, |event| event.name == "turn_done").await });
    let here = engineer.say(&session, "it keeps asking").await;
    let there = following.await.unwrap();
    assert!(there.windows(2).all(|pair| pair[0].id < pair[1].id));
    let message = |events: &[crate::support::SseEvent]| {
        events
            .iter()
            .filter(|event| event.name == "message")
            .map(|event| event.data["text"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(message(&there), message(&here));
}

#[tokio::test]
async fn an_empty_message_without_new_answers_is_refused() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about(PROBLEM).await;
    for text in [json!(""), json!("  "), json!(null)] {
        let refused = engineer.post(&format!("{session}/messages"), json!({ "text": text })).await;
        assert_eq!(refused.refused(422), "validation");
    }
    engineer.say(&session, "it keeps asking").await;
    assert_eq!(engineer.post(&format!("{session}/messages"), json!({ "text": "  " })).await.refused(422), "validation");
}

#[tokio::test]
async fn a_turn_whose_node_is_gone_fails_and_can_be_tried_again() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about(PROBLEM).await;
    let id: uuid::Uuid = session.rsplit('/').next().unwrap().parse().unwrap();
    leave_a_turn_behind(&app, &engineer, id).await;
    assert_eq!(engineer.look(&session).await["turn"]["status"], "running");
    flowpilot::pilot::server::chores::give_up_orphans(&app.platform, 0.0).await.unwrap();
    let now = engineer.look(&session).await;
    assert_eq!((&now["turn"]["status"], &now["messages"][0]["status"]), (&json!("failed"), &json!("failed")));
    assert!(now["turn"]["problem"]["detail"].as_str().unwrap().contains("try again"));
    let request = engineer.request(Method::POST, &format!("{session}/messages")).json(&json!({ "retry": true }));
    let events = read_stream(request.send().await.unwrap()).await;
    assert_eq!(events.last().unwrap().name, "turn_done");
    let now = engineer.look(&session).await;
    assert_eq!((now["messages"].as_array().unwrap().len(), &now["messages"][0]["status"]), (2, &json!("done")));
}

#[tokio::test]
async fn a_turn_that_this_very_node_lost_is_given_up_too() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about(PROBLEM).await;
    let id: uuid::Uuid = session.rsplit('/').next().unwrap().parse().unwrap();
    leave_a_turn_behind(&app, &engineer, id).await;
    app.sql(&format!("update turns set node_id = '{}'", app.platform.node)).await;
    flowpilot::pilot::server::chores::give_up_orphans(&app.platform, 15.0).await.unwrap();
    assert_eq!(engineer.look(&session).await["turn"]["status"], "failed");
}

#[tokio::test]
async fn starting_a_session_twice_with_one_key_is_one_session() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let browser = app.browser_of(&engineer).await;
    let start = json!({ "new": {}, "text": "it keeps asking", "key": uuid::Uuid::now_v7() });
    let call = || read(browser.request(Method::POST, "/rpc/pilot/start_session").json(&start));
    let (one, other) = tokio::join!(call(), call());
    assert_eq!(
        (one.expect(200), engineer.get("/ai-sessions").await.expect(200)["items"].as_array().unwrap().len()),
        (other.expect(200), 1)
    );
}

#[tokio::test]
async fn a_session_whose_first_message_follows_is_made_once_for_a_key_and_says_nothing_yet() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let browser = app.browser_of(&engineer).await;
    let new = json!({ "new": { "problem": "it keeps asking" }, "key": uuid::Uuid::now_v7() });
    let call = || read(browser.request(Method::POST, "/rpc/pilot/create_session").json(&new));
    let (one, other) = (call().await.expect(200), call().await.expect(200));
    assert_eq!(one, other);
    let session = engineer.get(&format!("/ai-sessions/{}", one.as_str().unwrap())).await.expect(200);
    assert_eq!((&session["problem"], &session["messages"]), (&json!("it keeps asking"), &json!([])));
}

/// What a node leaves that dies just after it has taken a message.
async fn leave_a_turn_behind(app: &TestApp, engineer: &crate::support::Person, session: uuid::Uuid) {
    let (message, turn) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    let ctx = flowpilot::server::router::context_of(&app.platform, engineer.account, engineer.user);
    let mut tx = ctx.db().tenant(&ctx).await.unwrap();
    sqlx::query(
        "with m as (
             insert into messages (account_id, id, session_id, position, role, text, html, status, author_id, created_at)
             values ($1, $4, $2, 1, 'user', 'it keeps asking', '', 'done', $3, now()))
         update ai_sessions set last_event_id = 1 where account_id = $1 and id = $2",
    )
    .bind(engineer.account.0)
    .bind(session)
    .bind(engineer.user.0)
    .bind(message)
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query(
        "insert into turns (account_id, id, session_id, started_by, idempotency_key, request_hash, user_message_id, node_id,
                heartbeat_at, started_at)
         values ($1, $5, $2, $3, 'dead', '', $4, gen_random_uuid(), now() - interval '1 h', now())",
    )
    .bind(engineer.account.0)
    .bind(session)
    .bind(engineer.user.0)
    .bind(message)
    .bind(turn)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}
