//! The database wrong, away, too new: said in words at the start, survived in the middle.

use std::sync::Arc;

use flowpilot::{
    ai::server::settings::Operator,
    server::{
        config::{Database, Limits},
        crypto::Keyring,
        files::Files,
        serve::{self, Connected},
    },
};
use serde_json::json;

use crate::support::{Case, SseEvent, TestApp, empty_database, fresh_database, sql};

fn at(url: &str) -> Database {
    Database { database_url: Some(url.into()), direct_url: None, data_dir: "/tmp".into(), connections: 4 }
}

async fn refusal(url: &str) -> String {
    Connected::open(&at(url), false).await.expect_err("a refusal").to_string()
}

#[tokio::test]
async fn an_address_that_is_none_says_how_one_looks() {
    let said = refusal("localhost:5432/flowpilot").await;
    assert!(said.contains("DATABASE_URL is not a Postgres address") && said.contains("postgres://user"), "{said}");
}

#[tokio::test]
async fn a_database_that_is_not_there_says_what_to_check() {
    let said = refusal("postgres://flowpilot@localhost/flowpilot?host=/nowhere").await;
    assert!(said.contains("cannot be reached") && said.contains("Check DATABASE_URL"), "{said}");
}

#[tokio::test]
async fn a_database_name_that_does_not_exist_says_what_to_check() {
    let url = fresh_database().await;
    let (server, _) = url.split_once("/test_").unwrap();
    let host = url.split_once('?').unwrap().1;
    let said = refusal(&format!("{server}/no_such_database?{host}")).await;
    assert_eq!(
        said,
        "Postgres answered, and refused: database \"no_such_database\" does not exist. Check user, password and database name \
         in DATABASE_URL."
    );
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_says_so_and_not_that_one_waited() {
    let said = refusal("postgres://flowpilot@127.0.0.1:1/flowpilot").await;
    assert!(said.contains("onnection refused") && said.contains("that Postgres is running"), "{said}");
}

#[tokio::test]
async fn a_schema_of_a_newer_flowpilot_is_left_alone() {
    let url = fresh_database().await;
    sql(
        &url,
        "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
         values (9999, 'from the future', now(), true, '', 0)",
    )
    .await;
    let said = refusal(&url).await;
    assert!(
        said.contains("newer than this FlowPilot") && said.contains("9999") && said.contains("Start the newer version"),
        "{said}"
    );
}

#[tokio::test]
async fn two_nodes_that_start_at_once_migrate_once() {
    let url = empty_database().await;
    let database = at(&url);
    let (one, other) = tokio::join!(Connected::open(&database, false), Connected::open(&database, false));
    for connected in [one.unwrap(), other.unwrap()] {
        let limits = Limits { turns_per_minute: 0, writes_per_minute: 0 };
        serve::platform(
            &connected,
            limits,
            serve::built_in_ai(),
            Operator::builtin(),
            Files::in_memory(),
            Keyring::fresh().unwrap(),
            serve::ticket_systems(false),
        )
        .await
        .unwrap();
    }
}

/// Every connection of FlowPilot ends, as when Postgres restarts.
const HANG_UP: &str = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

#[tokio::test]
async fn connections_that_break_between_requests_cost_nothing() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    for _ in 0..3 {
        engineer.post("/ai-sessions", json!({})).await.expect(201);
        app.sql(HANG_UP).await;
    }
    engineer.get("/ai-sessions").await.expect(200);
}

#[tokio::test]
async fn connections_that_break_in_mid_turn_cost_nothing() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    call.say("I ");
    stream.read_until(|event| event.name == "delta").await;
    case.app.sql(HANG_UP).await;
    call.say("see.");
    call.end();
    let end = stream.read_until(SseEvent::is_last).await.pop().unwrap();
    assert_eq!(end.name, "turn_done");
    assert_eq!(case.look().await["messages"][1]["text"], "I see.");
}

#[tokio::test]
async fn a_database_that_goes_away_in_mid_turn_fails_the_turn_and_keeps_the_message() {
    let mut case = Case::new().await;
    let name = case.app.database_url.split(['/', '?']).find(|part| part.starts_with("test_")).unwrap().to_owned();
    let elsewhere = case.app.database_url.replace(&name, "postgres");
    let (mut stream, call) = case.ask("It keeps asking.").await;
    sql(&elsewhere, &format!("alter database {name} allow_connections false")).await;
    let hang_up = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    sql(&elsewhere, &hang_up).await;
    call.say("I see.");
    // The turn asks for ids for its words, in vain, and gives up.
    call.hung_up().await;
    sql(&elsewhere, &format!("alter database {name} allow_connections true")).await;
    let end = stream.read_until(SseEvent::is_last).await.pop().unwrap();
    assert_eq!(end.name, "turn_failed");
    assert_eq!(case.look().await["messages"][0]["status"], "failed");
    case.script.will_say("I see.");
    let request = case.engineer.request(reqwest::Method::POST, &case.at("messages")).json(&json!({ "retry": true }));
    let again = crate::support::read_stream(request.send().await.unwrap()).await;
    assert_eq!(again.last().unwrap().name, "turn_done");
}

#[tokio::test]
async fn a_turn_of_a_node_that_lives_is_not_given_up() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    let other = case.app.second_node().await;
    flowpilot::pilot::server::chores::give_up_orphans(&other.platform, 15.0).await.unwrap();
    flowpilot::pilot::server::chores::give_up_orphans(&Arc::clone(&case.app.platform), 0.0).await.unwrap();
    call.say("I see.");
    call.end();
    assert_eq!(stream.read_until(SseEvent::is_last).await.pop().unwrap().name, "turn_done");
}

#[tokio::test]
async fn a_turn_that_was_given_up_meanwhile_changes_nothing_any_more() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    call.say("Half");
    stream.read_until(|event| event.name == "delta").await;
    let other = case.app.second_node().await;
    let mut given_up = case.look().await;
    // Its own node may say in between that it is there.
    for _ in 0..20 {
        case.app.sql("update turns set heartbeat_at = now() - interval '1 hour'").await;
        flowpilot::pilot::server::chores::give_up_orphans(&other.platform, 15.0).await.unwrap();
        given_up = case.look().await;
        if given_up["turn"]["status"] == "failed" {
            break;
        }
    }
    assert_eq!(given_up["turn"]["status"], "failed");
    // It may have noticed by itself.
    call.end_unheard(r#" an answer [QUESTIONS][{"text": "Which?"}][/QUESTIONS]"#);
    let end = stream.read_until(SseEvent::is_last).await.pop().unwrap();
    assert_eq!(end.name, "turn_failed");
    case.app.platform.work.close();
    case.app.platform.work.wait().await;
    assert_eq!(case.look().await, given_up);
}
