//! Followers of a session: whoever looks, from wherever and whenever, sees the same, in order, each thing once.

use std::{cell::Cell, time::Duration};

use flowpilot::pilot::{
    state::{PilotData, apply},
    types::{Session, SessionEvent, Stamped},
};
use reqwest::Method;
use serde_json::json;

use crate::support::{Case, Person, Reader, SseEvent, follow, in_order, names, text, told};

/// Follows a session from after an event.
async fn follower(person: &Person, session: &str, after: i64) -> Reader {
    let request = person.request(Method::GET, &format!("{session}/events")).header("last-event-id", after.to_string());
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200);
    Reader::new(response)
}

/// Reads until the reply so far ends with these words.
async fn hear(reader: &mut Reader, words: &str) -> Vec<SseEvent> {
    let mut so_far = String::new();
    let mut events = Vec::new();
    while !so_far.ends_with(words) {
        let event =
            reader.next().await.unwrap_or_else(|| panic!("the stream ended after “{so_far}”, without “{words}”"));
        so_far.push_str(event.delta());
        events.push(event);
    }
    events
}

/// A turn in whose middle somebody joins, from an event on; what they saw of it.
async fn join_in_mid_turn(case: &mut Case, joiner: &Person, from_snapshot: bool) -> Vec<SseEvent> {
    let (mut stream, call) = case.ask("It keeps asking.").await;
    call.say("One, ");
    hear(&mut stream, "One, ").await;
    let after = if from_snapshot { joiner.look(&case.path).await["last_event_id"].as_i64().unwrap() } else { 0 };
    let mut joined = follower(joiner, &case.path, after).await;
    let mut events = hear(&mut joined, "One, ").await;
    call.say("two, ");
    events.extend(hear(&mut joined, "two, ").await);
    call.say("three.");
    events.extend(hear(&mut joined, "three.").await);
    call.end();
    events.extend(joined.read_until(SseEvent::is_last).await);
    let own = stream.read_until(SseEvent::is_last).await;
    assert_eq!(own.last(), events.last());
    events
}

#[tokio::test]
async fn who_joins_in_mid_turn_gets_every_delta_once() {
    let mut case = Case::new().await;
    let joiner = case.engineer.clone();
    let events = join_in_mid_turn(&mut case, &joiner, false).await;
    in_order(&events);
    assert_eq!(told(&events), "One, two, three.");
    assert_eq!(names(&events), ["turn_started", "message", "message", "turn_done"]);
}

#[tokio::test]
async fn who_joins_on_another_node_gets_every_delta_once() {
    let mut case = Case::new().await;
    let other = case.app.second_node().await;
    let joiner = case.engineer.on(&other);
    let events = join_in_mid_turn(&mut case, &joiner, false).await;
    in_order(&events);
    assert_eq!(told(&events), "One, two, three.");
    assert_eq!(names(&events), ["turn_started", "message", "message", "turn_done"]);
}

#[tokio::test]
async fn a_snapshot_in_mid_turn_leads_to_the_whole_reply() {
    let mut case = Case::new().await;
    let joiner = case.engineer.clone();
    let events = join_in_mid_turn(&mut case, &joiner, true).await;
    in_order(&events);
    assert_eq!(told(&events), "One, two, three.");
    assert_eq!(names(&events), ["message", "turn_done"], "what the snapshot had is not repeated");
}

#[tokio::test]
async fn a_snapshot_in_mid_turn_leads_to_the_whole_reply_on_another_node() {
    let mut case = Case::new().await;
    let other = case.app.second_node().await;
    let joiner = case.engineer.on(&other);
    let events = join_in_mid_turn(&mut case, &joiner, true).await;
    in_order(&events);
    assert_eq!(
        (told(&events).as_str(), names(&events).as_slice()),
        ("One, two, three.", ["message", "turn_done"].as_slice())
    );
}

#[tokio::test]
async fn who_comes_after_the_turn_gets_the_message_in_the_deltas_place() {
    let mut case = Case::new().await;
    let (mut stream, call) = case.ask("It keeps asking.").await;
    // Long enough to be stored in several batches before the turn ends.
    for _ in 0..40 {
        call.say(&"word ".repeat(20));
    }
    call.end();
    let live = stream.read_until(SseEvent::is_last).await;
    let later = follow(&case.engineer, &case.path, 0, SseEvent::is_last).await;
    let (live_deltas, without_deltas): (Vec<_>, Vec<_>) = live.into_iter().partition(|event| event.name == "delta");
    assert_eq!(later, without_deltas);
    assert_eq!(text(&later[2].data["text"]).len(), told(&live_deltas).trim().len());
}

#[tokio::test]
async fn a_write_in_mid_turn_takes_its_place_in_the_order() {
    let mut case = Case::with_lane().await;
    let (mut stream, call) = case.ask("One moment.").await;
    let start = case.look().await["last_event_id"].as_i64().unwrap();
    let mut here = follower(&case.engineer, &case.path, start).await;
    let other = case.app.second_node().await;
    let mut there = follower(&case.engineer.on(&other), &case.path, start).await;
    call.say("One, ");
    hear(&mut stream, "One, ").await;
    case.answer(json!("Yes")).await;
    let lane = |event: &SseEvent| event.name == "lane";
    let (mut seen_here, mut seen_there) = (here.read_until(lane).await, there.read_until(lane).await);
    call.say("two.");
    call.end();
    seen_here.extend(here.read_until(SseEvent::is_last).await);
    seen_there.extend(there.read_until(SseEvent::is_last).await);
    for seen in [&seen_here, &seen_there] {
        in_order(seen);
        assert_eq!(names(seen), ["lane", "session", "message", "turn_done"]);
        assert!(told(seen).starts_with("One, "), "{}", told(seen));
    }
    assert_eq!(told(&seen_here), "One, two.");
}

#[tokio::test]
async fn a_write_does_not_wait_for_a_reply_that_flows_without_a_pause() {
    let mut case = Case::with_lane().await;
    let (mut stream, call) = case.ask("One moment.").await;
    let start = case.look().await["last_event_id"].as_i64().unwrap();
    let mut here = follower(&case.engineer, &case.path, start).await;
    let other = case.app.second_node().await;
    let mut there = follower(&case.engineer.on(&other), &case.path, start).await;
    let said = Cell::new(0);
    let talk = async {
        let mut beat = tokio::time::interval(Duration::from_millis(10));
        loop {
            beat.tick().await;
            call.say("word ");
            said.set(said.get() + 1);
        }
    };
    let lane = |event: &SseEvent| event.name == "lane";
    let listen = async {
        hear(&mut here, "word ").await;
        case.answer(json!("Yes")).await;
        futures::join!(here.read_until(lane), there.read_until(lane))
    };
    let (mut seen, seen_there) = tokio::select! {
        _ = talk => unreachable!("it never stops"),
        seen = listen => seen,
    };
    call.end();
    seen.extend(here.read_until(SseEvent::is_last).await);
    in_order(&seen);
    in_order(&seen_there);
    assert_eq!(told(&stream.read_until(SseEvent::is_last).await).matches("word ").count(), said.get());
}

#[tokio::test]
async fn the_stream_of_the_turn_leaves_out_what_others_do_meanwhile() {
    let mut case = Case::with_lane().await;
    let (mut stream, call) = case.ask("One moment.").await;
    case.answer(json!("Yes")).await;
    case.note("Only this PC.").await;
    call.say("I see.");
    call.end();
    let events = stream.read_until(SseEvent::is_last).await;
    in_order(&events);
    assert_eq!(names(&events), ["turn_started", "message", "message", "turn_done"]);
}

#[tokio::test]
async fn ten_followers_see_the_same() {
    let mut case = Case::new().await;
    let other = case.app.second_node().await;
    let elsewhere = case.engineer.on(&other);
    let mut followers = Vec::new();
    for n in 0..10 {
        followers.push(follower(if n % 2 == 0 { &case.engineer } else { &elsewhere }, &case.path, 0).await);
    }
    let (mut stream, call) = case.ask("It keeps asking.").await;
    let words: Vec<String> = (0..300).map(|n| format!("word {n}, ")).collect();
    for word in &words {
        call.say(word);
    }
    let mut seen = Vec::new();
    for follower in &mut followers {
        seen.push(hear(follower, "word 299, ").await);
    }
    call.end();
    let own = stream.read_until(SseEvent::is_last).await;
    assert_eq!(told(&own), words.concat());
    for (n, (follower, events)) in followers.iter_mut().zip(&mut seen).enumerate() {
        events.extend(follower.read_until(SseEvent::is_last).await);
        assert!(*events == own, "follower {n} saw something else than who asked");
    }
}

#[tokio::test]
async fn turns_one_after_the_other_reach_a_follower_whole() {
    let case = Case::new().await;
    let mut reader = follower(&case.engineer, &case.path, 0).await;
    let mut events = Vec::new();
    for n in 0..5 {
        case.turn(&format!("message {n}"), &format!("reply {n}")).await;
        events.extend(reader.read_until(SseEvent::is_last).await);
    }
    in_order(&events);
    let said: Vec<_> =
        events.iter().filter(|event| event.name == "message").map(|event| text(&event.data["text"])).collect();
    let expected: Vec<_> = (0..5).flat_map(|n| [format!("message {n}"), format!("reply {n}")]).collect();
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_follower_that_comes_back_goes_on_where_it_was() {
    let case = Case::new().await;
    case.turn("hello", "I see.").await;
    let all = follow(&case.engineer, &case.path, 0, SseEvent::is_last).await;
    for (n, event) in all.iter().enumerate().take(all.len() - 1) {
        let rest = follow(&case.engineer, &case.path, event.id, SseEvent::is_last).await;
        assert_eq!(rest, all[n + 1..], "after event {}", event.id);
    }
}

#[tokio::test]
async fn who_comes_back_after_the_events_are_gone_is_told_to_read_the_session_again() {
    let case = Case::new().await;
    case.turn("hello", "I see.").await;
    let newest = case.look().await["last_event_id"].as_i64().unwrap();
    case.app.sql("update session_events set created_at = now() - interval '8 days'").await;
    flowpilot::pilot::server::chores::prune_events(&case.app.platform).await.unwrap();
    let mut reader = follower(&case.engineer, &case.path, 1).await;
    let told = reader.next().await.unwrap();
    assert_eq!(
        (told.name.as_str(), told.id, &told.data["last_event_id"]),
        ("snapshot_required", newest, &json!(newest))
    );
    case.note("Only this PC.").await;
    let live = reader.read_until(|event| event.name == "session").await;
    assert_eq!(names(&live), ["fact", "session"], "the stream goes on live from there");
}

#[tokio::test]
async fn pruning_leaves_recent_events_and_those_who_follow_from_the_newest() {
    let case = Case::new().await;
    case.turn("hello", "I see.").await;
    let newest = case.look().await["last_event_id"].as_i64().unwrap();
    case.app.sql("update session_events set created_at = now() - interval '8 days'").await;
    case.note("Only this PC.").await;
    flowpilot::pilot::server::chores::prune_events(&case.app.platform).await.unwrap();
    let rest = follow(&case.engineer, &case.path, newest, |event| event.name == "session").await;
    assert_eq!(names(&rest), ["fact", "session"]);
}

#[tokio::test]
async fn a_turn_whose_events_are_gone_cannot_be_replayed_and_says_so() {
    let case = Case::new().await;
    case.script.will_say("I see.");
    crate::support::send(&case.engineer, &case.path, "hello", "k").await.read_until(SseEvent::is_last).await;
    case.app.sql("update session_events set created_at = now() - interval '8 days'").await;
    flowpilot::pilot::server::chores::prune_events(&case.app.platform).await.unwrap();
    let mut again = crate::support::send(&case.engineer, &case.path, "hello", "k").await;
    let events = again.read_until(|_| false).await;
    assert_eq!(names(&events), ["snapshot_required"]);
}

#[tokio::test]
async fn an_id_from_the_future_follows_from_now() {
    let case = Case::new().await;
    case.turn("hello", "I see.").await;
    let mut reader = follower(&case.engineer, &case.path, 1_000_000).await;
    case.note("Only this PC.").await;
    let seen = reader.read_until(|event| event.name == "session").await;
    assert_eq!(names(&seen), ["fact", "session"]);
}

#[tokio::test]
async fn who_follows_hears_that_a_session_is_put_away_and_taken_back() {
    let case = Case::new().await;
    let mut reader = follower(&case.engineer, &case.path, 0).await;
    for change in [json!({ "archived": true }), json!({ "title": "Outlook" }), json!({ "archived": false })] {
        case.engineer.patch(&case.path, change.clone()).await.expect(200);
        let event = reader.next().await.unwrap();
        assert_eq!((event.name.as_str(), &event.data["archived"]), ("session", &change["archived"]));
    }
}

/// What the screen shows after these events.
fn shown(start: &Session, events: &[SseEvent]) -> PilotData {
    let mut data = PilotData::from(start.clone());
    for SseEvent { id, name, data: payload } in events {
        let event = SessionEvent::from_parts(name, payload.clone()).unwrap_or_else(|| panic!("{name}: {payload}"));
        apply(&mut data, Stamped { id: *id, turn_id: None, event });
    }
    data
}

#[tokio::test]
async fn whoever_is_cut_off_at_any_event_of_a_turn_ends_with_the_same_screen() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let start: Session = serde_json::from_value(case.look().await).unwrap();
    let mut live = follower(&case.engineer, &case.path, start.last_event_id).await;
    let fact = json!({ "text": "Webmail works: Yes", "source_type": "question", "source_ref": case.question().await });
    case.script.will_say_in_pieces(vec![
        "So the account ".to_owned(),
        "is fine.\n".to_owned(),
        format!("[PROMOTE]{fact}[/PROMOTE]"),
        r#"[QUESTIONS][{"text": "Since when?"}][/QUESTIONS]Tell me "#.to_owned(),
        r#"[HYPOTHESES][{"text": "A saved password", "status": "open"}][/HYPOTHESES]more."#.to_owned(),
        r#"[SUGGEST_FIX]{"title": "Sign in again", "description": "Do.", "confidence": 60}[/SUGGEST_FIX]"#.to_owned(),
    ]);
    case.engineer.say(&case.path, "It works there.").await;
    let whole = live.read_until(SseEvent::is_last).await;
    let screen = shown(&start, &whole);
    assert_eq!((screen.facts.len(), screen.hypotheses.len(), screen.earlier_fixes.len()), (1, 1, 1), "{whole:?}");
    for cut in 0..whole.len() {
        let after = cut.checked_sub(1).map_or(start.last_event_id, |at| whole[at].id);
        let mut events = whole[..cut].to_vec();
        events.extend(follower(&case.engineer, &case.path, after).await.read_until(SseEvent::is_last).await);
        in_order(&events);
        assert_eq!(shown(&start, &events), screen, "cut off before event {cut}");
    }
}
