//! Anthropic pauses in the middle of an answer that looks things up, and goes on once it is given back what it said.

use std::sync::Arc;

use flowpilot::ai::{
    server::{mcp, settings::Operator},
    types::Vendor,
};
use serde_json::{Value, json};

use super::{
    choice,
    dialects::{Ending, answer, beginning, delta, ending, pause},
    simulator::{End, Reply, Seen, Simulator},
};
use crate::support::{Person, TestApp, names, send};

const VENDOR: Vendor = Vendor::Anthropic;

async fn app(model: &Simulator) -> (TestApp, Person) {
    let operator = Operator {
        chosen: Some(choice(VENDOR, model)),
        // Anthropic connects by itself: nobody calls it from here.
        docs: Arc::new(mcp::Server::at("http://127.0.0.1:1".to_owned())),
        ..Operator::builtin()
    };
    let app = TestApp::with_operator(operator).await;
    let owner = app.owner_of("acme").await;
    owner.patch("/accounts/me/ai", json!({ "mcp": true })).await.expect(200);
    (app, owner)
}

fn event(value: &Value) -> String {
    format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap())
}

fn block(index: u32, block: &Value) -> String {
    event(&json!({ "type": "content_block_start", "index": index, "content_block": block }))
}

/// It says something, asks for a page, and pauses before it has it.
fn paused() -> Reply {
    let call = json!({ "type": "mcp_tool_use", "id": "t1", "name": "microsoft_docs_fetch", "server_name": "mslearn", "input": {} });
    let input = |part: &str| {
        let delta = json!({ "type": "input_json_delta", "partial_json": part });
        event(&json!({ "type": "content_block_delta", "index": 2, "delta": delta }))
    };
    let asked = [
        event(&json!({ "type": "content_block_stop", "index": 1 })),
        block(2, &call),
        input("{\"url\": \"https://learn.mic"),
        input("rosoft.com/exchange/x\"}"),
    ];
    Reply::events(beginning(VENDOR) + &delta(VENDOR, "Let me ") + &delta(VENDOR, "look.") + &asked.concat() + &pause())
}

/// What was asked for, and the rest of the answer.
fn rest() -> String {
    let found = json!({ "type": "mcp_tool_result", "tool_use_id": "t1", "is_error": false,
        "content": [{ "type": "text", "text": "# Exchange and passwords" }] });
    let start = json!({ "type": "message_start", "message": { "usage": { "input_tokens": 120, "output_tokens": 1,
        "cache_creation_input_tokens": 0, "cache_read_input_tokens": 80 } } });
    let text = block(1, &json!({ "type": "text", "text": "" }));
    event(&start) + &block(0, &found) + &text + &delta(VENDOR, "Clear it.")
}

fn offers(seen: &Seen) -> bool {
    seen.body.get("mcp_servers").is_some()
}

#[tokio::test]
async fn an_answer_that_pauses_goes_on_from_what_it_said_and_both_parts_are_paid() {
    let model = Simulator::saying([paused(), Reply::events(rest() + &ending(VENDOR, Ending::Done))]).await;
    let (_app, owner) = app(&model).await;
    let session = owner.session_about("Outlook asks for the password").await;
    let events = owner.say(&session, "It keeps asking").await;
    assert!(!names(&events).contains(&"turn_reset"), "{:?}", names(&events));
    let message = owner.look(&session).await["messages"][1].clone();
    assert_eq!(message["text"], "Let me look.\n\nClear it.");
    let page = json!([{ "title": "Exchange and passwords", "url": "https://learn.microsoft.com/exchange/x" }]);
    assert_eq!(message["sources"], page, "it was asked for before the pause and read behind it");
    let used = events.last().unwrap().data["usage"].clone();
    assert_eq!((&used["input_tokens"], &used["output_tokens"]), (&json!(240), &json!(76)));
    let [first, mut second] = [0, 1].map(|at| model.seen()[at].body.clone());
    let said = second["messages"].as_array_mut().unwrap().pop().unwrap();
    assert_eq!(first, second, "all else is sent again as it was");
    let blocks = json!([
        { "type": "thinking", "thinking": "", "signature": "abc" },
        { "type": "text", "text": "Let me look." },
        { "type": "mcp_tool_use", "id": "t1", "name": "microsoft_docs_fetch", "server_name": "mslearn",
          "input": { "url": "https://learn.microsoft.com/exchange/x" } }]);
    assert_eq!(said, json!({ "role": "assistant", "content": blocks }));
}

#[tokio::test]
async fn what_was_said_before_each_pause_is_given_back_once() {
    let again = Reply::events(rest() + &pause());
    let model = Simulator::saying([paused(), again, Reply::events(answer(VENDOR, &[" That is all."]))]).await;
    let (_app, owner) = app(&model).await;
    let session = owner.session_about("Outlook asks for the password").await;
    owner.say(&session, "It keeps asking").await;
    assert_eq!(owner.look(&session).await["messages"][1]["text"], "Let me look.\n\nClear it. That is all.");
    let last = model.seen()[2].body["messages"].as_array().unwrap().last().unwrap().clone();
    let kinds: Vec<_> = last["content"].as_array().unwrap().iter().map(|block| block["type"].clone()).collect();
    assert_eq!(kinds, ["thinking", "text", "mcp_tool_use", "mcp_tool_result", "text"]);
}

#[tokio::test]
async fn an_answer_that_pauses_again_and_again_is_given_without_documentation() {
    let model = Simulator::answering(|seen| match offers(seen) {
        true => paused(),
        false => Reply::events(answer(VENDOR, &["Clear it."])),
    })
    .await;
    let (_app, owner) = app(&model).await;
    let session = owner.session_about("Outlook asks for the password").await;
    let events = owner.say(&session, "It keeps asking").await;
    assert!(names(&events).contains(&"turn_reset"), "what it said between is taken back");
    assert_eq!(owner.look(&session).await["messages"][1]["text"], "Clear it.");
    assert_eq!(model.seen().iter().filter(|seen| offers(seen)).count(), 6);
}

#[tokio::test]
async fn a_turn_is_stopped_behind_a_pause_as_anywhere_else() {
    let mut model = Simulator::saying([paused(), Reply::events(rest()).and_then(End::Hang)]).await;
    let (_app, owner) = app(&model).await;
    let session = owner.session_about("Outlook asks for the password").await;
    let mut stream = send(&owner, &session, "It keeps asking", "").await;
    stream.read_until(|event| event.delta().contains("Clear it.")).await;
    owner.post(&format!("{session}/turn/stop"), json!({})).await;
    stream.read_until(|event| event.name == "turn_done").await;
    for _ in 0..2 {
        model.let_go().await;
    }
    let message = owner.look(&session).await["messages"][1].clone();
    assert_eq!((&message["status"], &message["text"]), (&json!("stopped"), &json!("Let me look.\n\nClear it.")));
}
