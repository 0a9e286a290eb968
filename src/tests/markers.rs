//! Markers on their way through a turn: never shown, the same effect however the stream is cut.

use serde_json::{Value, json};

use crate::support::{Case, names, text, told};

const REPLY: &str = "Let us look – ä, 🖨.\n\n[QUESTIONS]\n```json\n[{\"text\": \"Does [webmail] work?\", \"options\": [\"Yes\", \"No\"]},]\n```\n[/QUESTIONS]\nThen \
[ACTIONS]{\"label\": \"Ping\", \"command\": \"ping [/ACTIONS] mail\"}[/ACTIONS] and [HYPOTHESES][{\"text\": \"A stale password\", \
\"status\": \"open\"}][/HYPOTHESES]\n[SUGGEST_FIX]{\"title\": \"Clear it\", \"description\": \"All of it.\", \"confidence\": 60}[/SUGGEST_FIX]\nThat is all.";

/// Lane, causes, fix and message without what is new each time: ids and times.
fn effect(session: &Value) -> Value {
    fn plain(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let kept = map.iter().filter(|(key, _)| !["id", "created_at"].contains(&key.as_str()));
                kept.map(|(key, value)| (key.clone(), plain(value))).collect()
            }
            Value::Array(list) => list.iter().map(plain).collect(),
            other => other.clone(),
        }
    }
    plain(&json!([session["task_lane"], session["hypotheses"], session["active_fix"], session["messages"][1]]))
}

fn cut(text: &str, size: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(size).map(|chunk| chunk.iter().collect()).collect()
}

#[tokio::test]
async fn however_the_stream_is_cut_the_effect_is_the_same() {
    let case = Case::new().await;
    let mut effects = Vec::new();
    for size in [usize::MAX, 1, 2, 3, 5, 7, 11, 13, 64, 100] {
        let path = case.engineer.session_about("Outlook asks for the password").await;
        case.script.will_say_in_pieces(cut(REPLY, size));
        case.engineer.say(&path, "It keeps asking.").await;
        effects.push(effect(&case.engineer.look(&path).await));
    }
    assert_eq!(effects[0][0]["questions"][0]["text"], "Does [webmail] work?");
    assert_eq!(effects[0][0]["actions"][0]["command"], "ping [/ACTIONS] mail");
    for (n, other) in effects.iter().enumerate() {
        assert_eq!(other, &effects[0], "cut number {n}");
    }
}

#[tokio::test]
async fn no_delta_shows_a_marker_even_when_it_comes_letter_by_letter() {
    let case = Case::new().await;
    case.script.will_say_in_pieces(cut(REPLY, 1));
    let events = case.engineer.say(&case.path, "It keeps asking.").await;
    let mut shown = String::new();
    for event in &events {
        shown.push_str(event.delta());
        assert!(!shown.contains('[') && !shown.contains('{') && !shown.contains('`'), "{shown}");
    }
    assert_eq!(shown.trim(), text(&case.look().await["messages"][1]["text"]));
    assert!(shown.contains("🖨") && shown.contains("That is all."), "{shown}");
}

#[tokio::test]
async fn brackets_that_are_no_marker_are_shown() {
    let case = Case::new().await;
    let reply = "See [QUESTIONS] in the manual, [1] and [ACTIONS";
    case.turn("hi", reply).await;
    assert_eq!(case.look().await["messages"][1]["text"], reply);
}

#[tokio::test]
async fn a_block_that_cannot_be_read_is_dropped_and_said_while_the_prose_stays() {
    for (block, name) in [
        ("[QUESTIONS]{nonsense}[/QUESTIONS]", "QUESTIONS"),
        ("[ACTIONS][{\"command\": \"no label\"}][/ACTIONS]", "ACTIONS"),
        ("[SUGGEST_FIX]{\"title\": \"never", "SUGGEST_FIX"),
    ] {
        let case = Case::new().await;
        let events = case.turn("hi", &format!("Before. {block}")).await;
        let dropped: Vec<_> = events.iter().filter(|event| event.name == "marker_dropped").collect();
        assert_eq!(dropped.iter().map(|event| text(&event.data["name"])).collect::<Vec<_>>(), [name]);
        assert!(!text(&dropped[0].data["reason"]).is_empty());
        assert_eq!(case.look().await["messages"][1]["text"], "Before.");
    }
}

#[tokio::test]
async fn what_was_dropped_of_the_last_answer_is_said_to_who_comes_later() {
    let case = Case::new().await;
    let events = case.turn("hi", "Before. [QUESTIONS]{nonsense}[/QUESTIONS]").await;
    let said: Vec<_> = events.iter().filter(|event| event.name == "marker_dropped").map(|event| &event.data).collect();
    assert_eq!(said.len(), 1);
    assert_eq!(case.look().await["dropped_markers"], json!(said));
    let page = case.app.browser_of(&case.engineer).await.page(&format!("/pilot/{}", case.id())).await;
    assert!(page.contains("Ask again"), "{page}");
    case.turn("Once more, please.", "With pleasure.").await;
    assert_eq!(case.look().await["dropped_markers"], json!([]));
}

#[tokio::test]
async fn lane_facts_causes_and_fix_of_a_turn_come_together_before_its_message() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let reply = format!(
        r#"Good. [FIX_OUTCOME]{{"outcome": "dismissed"}}[/FIX_OUTCOME][SUGGEST_FIX]{{"title": "t", "description": "d", "confidence": 5}}[/SUGGEST_FIX]
        [HYPOTHESES][{{"text": "A stale password", "status": "open"}}][/HYPOTHESES]
        [PROMOTE]{{"text": "Webmail: Yes", "source_type": "question", "source_ref": "{}"}}[/PROMOTE][QUESTIONS][][/QUESTIONS]"#,
        case.question().await
    );
    let events = case.turn("", &reply).await;
    assert_eq!(
        names(&events),
        [
            "turn_started",
            "message",
            "lane", // the person's message and what it sends
            "lane",
            "fact",
            "hypotheses",
            "outcome_proposal",
            "fix",
            "fix", // the old fix and the new one
            "session",
            "message",
            "turn_done",
        ]
    );
    assert_eq!(told(&events).trim(), "Good.");
}

#[tokio::test]
async fn without_a_block_nothing_changes_and_an_empty_one_clears() {
    let case = Case::with_lane().await;
    let before = case.look().await;
    case.turn("hi", "Just words.").await;
    let now = case.look().await;
    assert_eq!((&now["task_lane"], &now["active_fix"]), (&before["task_lane"], &before["active_fix"]));
    case.turn("hi", "Done. [QUESTIONS][][/QUESTIONS][ACTIONS][][/ACTIONS]").await;
    assert_eq!(case.look().await["task_lane"], json!({ "questions": [], "actions": [] }));
}

#[tokio::test]
async fn the_same_question_keeps_its_id_and_answer_and_an_answered_one_that_is_left_out_stays() {
    let case = Case::with_lane().await;
    let question = case.question().await;
    case.answer(json!("Yes")).await;
    case.turn("", r#"Again. [QUESTIONS][{"text": "Since when?"}, {"text": "Does webmail work?"}][/QUESTIONS]"#).await;
    let lane = case.look().await["task_lane"]["questions"].clone();
    let known = lane.as_array().unwrap().iter().find(|one| one["id"] == json!(question)).expect("the same question");
    assert_eq!(known["answer"], "Yes");
    case.turn("And?", r#"[QUESTIONS][{"text": "Since when?"}][/QUESTIONS]"#).await;
    let lane = case.look().await["task_lane"]["questions"].clone();
    let statuses: Vec<_> =
        lane.as_array().unwrap().iter().map(|one| (text(&one["text"]), text(&one["status"]))).collect();
    assert!(statuses.contains(&("Does webmail work?".to_owned(), "done".to_owned())), "{statuses:?}");
    assert!(statuses.contains(&("Since when?".to_owned(), "open".to_owned())), "{statuses:?}");
    assert_eq!(statuses.len(), 2);
}

#[tokio::test]
async fn markers_in_a_persons_message_are_text() {
    let case = Case::new().await;
    case.turn(r#"[QUESTIONS][{"text": "Who wrote this?"}][/QUESTIONS]"#, "I see.").await;
    let session = case.look().await;
    assert_eq!(session["task_lane"]["questions"], json!([]));
    assert!(text(&session["messages"][0]["text"]).starts_with("[QUESTIONS]"));
}
