//! A turn while it runs, with a model that the test lets talk, stall and break off.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::support::{Case, Reader, SseEvent, follow, in_order, names, read, send, text, told};

async fn rest(mut stream: Reader) -> Vec<SseEvent> {
    stream.read_until(SseEvent::is_last).await
}

#[tokio::test]
async fn a_second_message_is_refused_while_a_turn_runs() {
    let mut case = Case::new().await;
    let (stream, call) = case.ask("It keeps asking.").await;
    let refused = case.engineer.post(&case.at("messages"), json!({ "text": "Hello?" })).await.expect(409);
    let running = case.look().await["turn"].clone();
    assert_eq!((&refused["code"], &refused["turn_id"]), (&json!("turn_in_progress"), &running["id"]));
    assert_eq!(running["status"], "running");
    call.end();
    rest(stream).await;
    assert_eq!(case.look().await["messages"].as_array().unwrap().len(), 2, "the refused one was not taken");
}

#[tokio::test]
async fn right_after_the_end_of_a_turn_all_is_there_and_the_next_may_begin() {
    let case = Case::new().await;
    for n in 1..6 {
        case.script.will_say("I see.");
        let mut stream = send(&case.engineer, &case.path, "It keeps asking.", "").await;
        let end = stream.read_until(|event| event.name == "turn_done").await.pop().unwrap();
        let session = case.look().await;
        assert_eq!((session["messages"].as_array().unwrap().len(), session["turn"].is_null()), (2 * n, true));
        assert_eq!(session["messages"][2 * n - 1]["id"], end.data["message_id"]);
        assert_eq!(session["state_version"], end.data["state_version"]);
    }
}

#[tokio::test]
async fn of_two_messages_at_once_one_starts_a_turn() {
    let mut case = Case::new().await;
    let post = |text: &'static str| {
        let request = case.engineer.request(Method::POST, &case.at("messages"));
        request.json(&json!({ "text": text })).send()
    };
    let (one, other) = tokio::join!(post("one"), post("other"));
    let statuses: BTreeSet<_> = [&one, &other].map(|answer| answer.as_ref().unwrap().status().as_u16()).into();
    assert_eq!(statuses, [200, 409].into());
    case.script.called().await.end();
}

#[tokio::test]
async fn the_same_key_twice_at_once_is_one_turn() {
    let mut case = Case::new().await;
    let (one, other) =
        tokio::join!(send(&case.engineer, &case.path, "hello", "k"), send(&case.engineer, &case.path, "hello", "k"));
    let call = case.script.called().await;
    call.say("I see.");
    call.end();
    let (one, other) = (rest(one).await, rest(other).await);
    assert_eq!((names(&one), one.last()), (names(&other), other.last()));
    assert_eq!(case.look().await["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_same_key_in_mid_turn_joins_it_from_its_start() {
    let mut case = Case::new().await;
    let mut first = send(&case.engineer, &case.path, "hello", "k").await;
    let call = case.script.called().await;
    call.say("I see, ");
    let heard = first.read_until(|event| event.name == "delta").await;
    let mut again = send(&case.engineer, &case.path, "hello", "k").await;
    assert_eq!(again.read_until(|event| event.name == "delta").await, heard);
    call.say("and more.");
    call.end();
    assert_eq!(rest(again).await, rest(first).await);
}

#[tokio::test]
async fn stopping_keeps_what_was_said() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    call.say("Half an answer");
    stream.read_until(|event| event.name == "delta").await;
    case.engineer.post(&case.at("turn/stop"), json!({})).await.expect(200);
    call.hung_up().await;
    let end = rest(stream).await.pop().unwrap();
    assert_eq!((end.name.as_str(), &end.data["stopped"]), ("turn_done", &json!(true)));
    let said = case.look().await["messages"][1].clone();
    assert_eq!((&said["text"], &said["status"]), (&json!("Half an answer"), &json!("stopped")));
}

#[tokio::test]
async fn a_turn_can_be_stopped_from_another_node() {
    let mut case = Case::new().await;
    let elsewhere = case.engineer.on(&case.app.second_node().await);
    let (stream, call) = case.ask("It keeps asking.").await;
    elsewhere.post(&case.at("turn/stop"), json!({})).await.expect(200);
    call.hung_up().await;
    assert_eq!(rest(stream).await.pop().unwrap().data["stopped"], json!(true));
}

#[tokio::test]
async fn markers_of_a_stopped_turn_have_no_effect() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    call.say(r#"Well. [QUESTIONS][{"text": "Does webmail work?"}][/QUESTIONS] And"#);
    stream.read_until(|event| event.name == "delta").await;
    case.engineer.post(&case.at("turn/stop"), json!({})).await.expect(200);
    rest(stream).await;
    assert_eq!(case.look().await["task_lane"]["questions"], json!([]));
}

#[tokio::test]
async fn stopping_where_nothing_runs_is_fine() {
    let case = Case::new().await;
    case.engineer.post(&case.at("turn/stop"), json!({})).await.expect(200);
}

#[tokio::test]
async fn a_model_that_breaks_off_fails_the_turn_and_keeps_both_messages() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    call.say("Half an answer");
    stream.read_until(|event| event.name == "delta").await;
    call.fail("the line went dead");
    let end = rest(stream).await.pop().unwrap();
    assert_eq!((end.name.as_str(), &end.data["problem"]["code"]), ("turn_failed", &json!("ai_unavailable")));
    let session = case.look().await;
    let messages: Vec<_> =
        session["messages"].as_array().unwrap().iter().map(|one| (text(&one["text"]), text(&one["status"]))).collect();
    let failed = |text: &str| (text.to_owned(), "failed".to_owned());
    assert_eq!(messages, [failed("It keeps asking."), failed("Half an answer")]);
    assert_eq!(session["turn"]["status"], "failed");
}

#[tokio::test]
async fn an_answer_that_just_ends_fails_the_turn() {
    let mut case = Case::new().await;
    let (stream, call) = case.ask("It keeps asking.").await;
    drop(call);
    assert_eq!(rest(stream).await.pop().unwrap().name, "turn_failed");
}

#[tokio::test]
async fn trying_again_answers_the_message_that_is_there() {
    let mut case = Case::new().await;
    let (stream, call) = case.ask("It keeps asking.").await;
    call.fail("the line went dead");
    rest(stream).await;
    case.script.will_say("I see.");
    let request = case.engineer.request(Method::POST, &case.at("messages")).json(&json!({ "retry": true }));
    let again = rest(Reader::new(request.send().await.unwrap())).await;
    assert_eq!(again.last().unwrap().name, "turn_done");
    let session = case.look().await;
    let said: Vec<_> = session["messages"].as_array().unwrap().iter().map(|one| text(&one["text"])).collect();
    assert_eq!(said, ["It keeps asking.", "I see."]);
    assert!(session["turn"].is_null() && session["messages"][0]["status"] == "done", "{session}");
}

#[tokio::test]
async fn what_did_not_fail_cannot_be_tried_again() {
    let case = Case::new().await;
    case.turn("It keeps asking.", "I see.").await;
    let refused = case.engineer.post(&case.at("messages"), json!({ "retry": true })).await;
    assert_eq!(refused.refused(409), "no_failed_turn");
}

#[tokio::test]
async fn answers_sent_with_a_failed_turn_are_new_again() {
    let mut case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let (stream, call) = case.ask("").await;
    assert_eq!(case.look().await["task_lane"]["questions"][0]["unsent"], false);
    call.fail("the line went dead");
    rest(stream).await;
    assert_eq!(case.look().await["task_lane"]["questions"][0]["unsent"], true);
}

#[tokio::test]
async fn an_attempt_that_starts_over_forgets_what_it_said() {
    let mut case = Case::new().await;
    let (stream, call) = case.ask("It keeps asking.").await;
    call.say(r#"Wrong. [QUESTIONS][{"text": "Which printer?"}][/QUESTIONS]"#);
    call.start_over("The connection broke.");
    call.say(r#"Right. [QUESTIONS][{"text": "Does webmail work?"}][/QUESTIONS]"#);
    call.end();
    let events = rest(stream).await;
    in_order(&events);
    let reset = events.iter().position(|event| event.name == "turn_reset").expect("a word about it");
    assert_eq!(told(&events[reset..]).trim(), "Right.");
    let session = case.look().await;
    assert_eq!(session["messages"][1]["text"], "Right.");
    let questions = session["task_lane"]["questions"].as_array().unwrap();
    assert_eq!(questions.iter().map(|one| text(&one["text"])).collect::<Vec<_>>(), ["Does webmail work?"]);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_stop_the_turn() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    call.say("I ");
    stream.read_until(|event| event.name == "delta").await;
    drop(stream);
    call.say("see.");
    call.end();
    let events = follow(&case.engineer, &case.path, 0, SseEvent::is_last).await;
    assert_eq!(events.last().unwrap().name, "turn_done");
    assert_eq!(case.look().await["messages"][1]["text"], "I see.");
}

#[tokio::test]
async fn a_node_that_is_asked_to_stop_lets_its_turns_finish() {
    let mut case = Case::new().await;
    let (stream, call) = case.ask("It keeps asking.").await;
    case.app.platform.stopping.cancel();
    call.say("I see.");
    call.end();
    assert_eq!(rest(stream).await.pop().unwrap().name, "turn_done");
    case.app.platform.work.close();
    case.app.platform.work.wait().await;
}

#[tokio::test]
async fn an_answer_given_while_the_ai_talks_is_kept_for_the_next_turn() {
    let mut case = Case::with_lane().await;
    let (stream, call) = case.ask("One moment.").await;
    case.answer(json!("Yes")).await;
    call.say(r#"Sure. [QUESTIONS][{"text": "Does webmail work?", "options": ["Yes", "No"]}][/QUESTIONS]"#);
    call.end();
    rest(stream).await;
    let question = case.look().await["task_lane"]["questions"][0].clone();
    assert_eq!((&question["answer"], &question["unsent"]), (&json!("Yes"), &json!(true)));
    let (stream, call) = case.ask("").await;
    assert!(call.request.situation.items.iter().any(|item| item.fresh && item.answer.as_deref() == Some("Yes")));
    call.end();
    rest(stream).await;
}

#[tokio::test]
async fn the_model_is_told_the_conversation_and_the_case() {
    let mut case = Case::with_lane().await;
    case.note("Only this PC.").await;
    let (stream, call) = case.ask("And now?").await;
    let said: Vec<_> = call.request.messages.iter().map(|message| message.text.clone()).collect();
    assert_eq!(said, ["It keeps asking.", "Let us look.", "And now?"]);
    let situation = &call.request.situation;
    assert_eq!((situation.items.len(), situation.facts.len(), situation.fixes.len()), (2, 1, 1));
    assert!(situation.facts[0].established && situation.fixes[0].active);
    call.end();
    rest(stream).await;
}

#[tokio::test]
async fn a_key_that_was_used_for_another_message_is_refused() {
    let case = Case::new().await;
    case.script.will_say("I see.");
    rest(send(&case.engineer, &case.path, "hello", "k").await).await;
    let request = case.engineer.request(Method::POST, &case.at("messages")).header("idempotency-key", "k");
    assert_eq!(read(request.json(&json!({ "text": "other" }))).await.refused(409), "idempotency_key_reused");
}
