//! Facts that a model promotes: beside a person's own, on answers that change, again and again.

use serde_json::{Value, json};

use crate::support::{Case, text};

fn facts(session: &Value) -> Vec<&Value> {
    session["facts"].as_array().expect("facts").iter().collect()
}

#[tokio::test]
async fn the_ais_promotion_is_supported_only_where_it_repeats_the_answer() {
    for (words, support) in [("The user says: Yes", "supported"), ("Yesterday it worked.", "proposed")] {
        let case = Case::with_lane().await;
        case.answer(json!("Yes")).await;
        let promote = json!({ "text": words, "source_type": "question", "source_ref": case.question().await });
        case.turn("", &format!("[PROMOTE]{promote}[/PROMOTE]")).await;
        assert_eq!(facts(&case.look().await)[0]["support"], support, "{words}");
    }
}

#[tokio::test]
async fn a_promotion_with_a_source_that_does_not_exist_is_dropped_and_said() {
    let case = Case::with_lane().await;
    let promote = json!({ "text": "x", "source_type": "question", "source_ref": uuid::Uuid::now_v7() });
    let events = case.turn("hi", &format!("[PROMOTE]{promote}[/PROMOTE]")).await;
    let dropped: Vec<_> =
        events.iter().filter(|event| event.name == "marker_dropped").map(|event| &event.data["name"]).collect();
    assert_eq!(dropped, [&json!("PROMOTE")]);
    assert_eq!(facts(&case.look().await), Vec::<&Value>::new());
}

#[tokio::test]
async fn a_model_answers_no_question_that_it_asks_in_the_same_breath() {
    let case = Case::with_lane().await;
    let (asked, fact) = ("Does webmail work?", "Webmail works.");
    let questions = json!([{ "text": asked, "options": ["Yes", "No"] }]);
    let reply = format!("[QUESTIONS]{questions}[/QUESTIONS]{}", promotion(fact, asked));
    let events = case.turn("Webmail works.", &reply).await;
    assert!(events.iter().any(|event| event.name == "marker_dropped"), "{events:?}");
    let now = case.look().await;
    assert_eq!(facts(&now), Vec::<&Value>::new());
    let lane = now["task_lane"]["questions"].as_array().unwrap();
    let open = lane.iter().find(|question| question["text"] == asked).expect("the question");
    assert_eq!((&open["status"], &open["answer"]), (&json!("open"), &Value::Null));
}

fn promotion(words: &str, question: &str) -> String {
    let promote = json!({ "text": words, "source_type": "question", "source_ref": question });
    format!("[PROMOTE]{promote}[/PROMOTE]")
}

#[tokio::test]
async fn what_a_person_promoted_no_model_says_otherwise() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let mine = case.promote("Webmail works.").await;
    case.turn("And now?", &promotion("The mailbox is full.", &case.question().await)).await;
    let now = case.look().await;
    let (theirs, ours): (Vec<&Value>, Vec<&Value>) =
        facts(&now).into_iter().partition(|fact| fact["created_by"]["ai"] == true);
    assert_eq!(ours, [&mine]);
    let told: Vec<_> = theirs.iter().map(|fact| (text(&fact["text"]), text(&fact["support"]))).collect();
    assert_eq!(told, [("The mailbox is full.".to_owned(), "proposed".to_owned())]);
}

#[tokio::test]
async fn a_model_adds_nothing_to_a_person_by_repeating_the_answer() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let mine = case.promote("Webmail works.").await;
    case.turn("And now?", &promotion("The user says: Yes", &case.question().await)).await;
    assert_eq!(facts(&case.look().await), [&mine]);
}

#[tokio::test]
async fn a_model_does_not_mend_what_a_person_promoted() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let mine = case.promote("Webmail works.").await["id"].clone();
    case.answer(json!("No")).await;
    case.turn("", &promotion("The user says: No", &case.question().await)).await;
    let now = case.look().await;
    let told: Vec<_> =
        facts(&now).iter().map(|fact| (fact["id"] == mine, text(&fact["text"]), fact["stale"] == true)).collect();
    let expected = [(true, "Webmail works.", true), (false, "The user says: No", false)];
    assert_eq!(told, expected.map(|(mine, words, stale)| (mine, words.to_owned(), stale)));
}

#[tokio::test]
async fn facts_of_one_reply_on_one_answer_all_stay() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let question = case.question().await;
    let claim = |words: &str| json!({ "text": words, "source_type": "question", "source_ref": question });
    let block = json!([claim("The user says: Yes"), claim("The server is fine."), claim("The profile is broken.")]);
    case.turn("", &format!("[PROMOTE]{block}[/PROMOTE]")).await;
    let now = case.look().await;
    let mut told: Vec<_> = facts(&now).iter().map(|fact| (text(&fact["text"]), text(&fact["support"]))).collect();
    told.sort();
    let expected = [
        ("The profile is broken.", "proposed"),
        ("The server is fine.", "proposed"),
        ("The user says: Yes", "supported"),
    ];
    assert_eq!(told, expected.map(|(words, support)| (words.to_owned(), support.to_owned())));
}

#[tokio::test]
async fn what_a_model_concluded_from_an_answer_that_changed_it_says_anew() {
    let case = Case::with_lane().await;
    let question = case.question().await;
    case.answer(json!("Yes")).await;
    case.turn("", &promotion("The user says: Yes", &question)).await;
    let first = facts(&case.look().await)[0]["id"].clone();
    case.answer(json!("No")).await;
    case.turn("", &promotion("The user says: No", &question)).await;
    let now = case.look().await;
    let told: Vec<_> = facts(&now)
        .iter()
        .map(|fact| (&fact["id"], &fact["text"], &fact["stale"], &fact["created_by"]["ai"]))
        .collect();
    assert_eq!(told, [(&first, &json!("The user says: No"), &json!(false), &json!(true))]);
}

#[tokio::test]
async fn who_promotes_what_a_model_proposed_is_who_says_it() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    case.turn("", &promotion("Webmail works.", &case.question().await)).await;
    let proposed = facts(&case.look().await)[0].clone();
    let fact = case.promote("Webmail works.").await;
    assert_eq!((&proposed["created_by"]["ai"], &fact["created_by"]["ai"]), (&json!(true), &json!(false)));
    assert_eq!((&fact["id"], &fact["support"]), (&proposed["id"], &json!("supported")));
}

#[tokio::test]
async fn deleting_one_of_two_facts_on_an_answer_can_be_undone() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let mine = case.at(&format!("facts/{}", text(&case.promote("Webmail works.").await["id"])));
    case.turn("And now?", &promotion("The mailbox is full.", &case.question().await)).await;
    case.engineer.delete(&mine).await.expect(204);
    case.engineer.post(&format!("{mine}/restore"), json!({})).await.expect(200);
    assert_eq!(facts(&case.look().await).len(), 2);
}
