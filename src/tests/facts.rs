//! *What we know*: who may say what about a fact, and when it counts.

use flowpilot::ai::types::Action;
use serde_json::{Value, json};

use crate::support::{Case, text};

fn facts(session: &Value) -> Vec<&Value> {
    session["facts"].as_array().expect("facts").iter().collect()
}

#[tokio::test]
async fn a_note_by_hand_is_confirmed_by_its_writer() {
    let case = Case::new().await;
    let fact = case.engineer.post(&case.at("facts"), json!({ "text": " Only this PC. " })).await.expect(201);
    assert_eq!((&fact["text"], &fact["support"]), (&json!("Only this PC."), &json!("confirmed")));
    assert_eq!((&fact["source_type"], &fact["editable"]), (&json!("engineer_note"), &json!(true)));
    assert_eq!(fact["confirmed_by"]["id"], json!(case.engineer.user.to_string()));
    assert_eq!(case.engineer.get(&case.at("facts")).await.expect(200), json!([fact]));
}

#[tokio::test]
async fn a_note_can_be_edited() {
    let case = Case::new().await;
    let note = case.note("Only this PC.").await;
    let edited = case.engineer.patch(&note, json!({ "text": "Both PCs." })).await.expect(200);
    assert_eq!(edited["text"], "Both PCs.");
}

#[tokio::test]
async fn a_note_that_somebody_else_has_edited_is_not_overwritten_unseen() {
    let case = Case::new().await;
    let note = case.note("Only this PC.").await;
    case.engineer.patch(&note, json!({ "text": "Both PCs.", "was": "Only this PC." })).await.expect(200);
    let late = json!({ "text": "Only her PC.", "was": "Only this PC." });
    let refused = case.engineer.patch(&note, late).await.expect(409);
    assert_eq!(refused["code"], "state_changed");
    assert!(text(&refused["detail"]).contains("“Both PCs.”"), "{refused}");
    // Whoever means the same is not held up.
    case.engineer.patch(&note, json!({ "text": "Both PCs.", "was": "Only this PC." })).await.expect(200);
    case.engineer.patch(&note, json!({ "text": "Only her PC.", "was": "Both PCs." })).await.expect(200);
}

#[tokio::test]
async fn promoting_the_same_again_changes_nothing() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let fact = case.promote("Webmail works.").await;
    let version = case.state_version().await;
    assert_eq!(case.promote("Webmail works.").await, fact);
    assert_eq!(case.state_version().await, version);
}

#[tokio::test]
async fn a_fact_from_a_question_is_edited_at_its_source() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let fact = case.promote("Webmail works.").await;
    assert_eq!(fact["editable"], false);
    let path = case.at(&format!("facts/{}", text(&fact["id"])));
    assert_eq!(case.engineer.patch(&path, json!({ "text": "It does not." })).await.refused(403), "forbidden");
}

#[tokio::test]
async fn deleting_takes_a_fact_away_and_restoring_brings_it_back() {
    let case = Case::new().await;
    let note = case.note("Only this PC.").await;
    case.engineer.delete(&note).await.expect(204);
    assert_eq!(facts(&case.look().await), Vec::<&Value>::new());
    let back = case.engineer.post(&format!("{note}/restore"), json!({})).await.expect(200);
    assert_eq!(facts(&case.look().await), [&back]);
}

#[tokio::test]
async fn deleting_and_restoring_can_be_repeated_without_effect() {
    let case = Case::new().await;
    let note = case.note("Only this PC.").await;
    case.engineer.delete(&note).await.expect(204);
    let deleted = case.look().await["last_event_id"].clone();
    case.engineer.delete(&note).await.expect(204);
    assert_eq!(case.look().await["last_event_id"], deleted);
    case.engineer.post(&format!("{note}/restore"), json!({})).await.expect(200);
    let restored = case.look().await["last_event_id"].clone();
    case.engineer.post(&format!("{note}/restore"), json!({})).await.expect(200);
    assert_eq!(case.look().await["last_event_id"], restored);
}

#[tokio::test]
async fn a_fact_does_not_come_back_beside_another_one_from_the_same_answer() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let first = case.at(&format!("facts/{}", text(&case.promote("Webmail works.").await["id"])));
    case.engineer.delete(&first).await.expect(204);
    case.promote("Webmail is fine.").await;
    assert_eq!(case.engineer.post(&format!("{first}/restore"), json!({})).await.refused(409), "state_changed");
    assert_eq!(facts(&case.look().await).len(), 1);
}

#[tokio::test]
async fn a_deleted_fact_can_neither_be_edited_nor_confirmed() {
    let case = Case::new().await;
    let note = case.note("Only this PC.").await;
    case.engineer.delete(&note).await.expect(204);
    assert_eq!(case.engineer.patch(&note, json!({ "text": "x" })).await.refused(409), "fact_deleted");
    assert_eq!(case.engineer.post(&format!("{note}/confirm"), json!({})).await.refused(409), "fact_deleted");
}

#[tokio::test]
async fn what_the_ai_promotes_on_its_own_is_only_proposed_until_somebody_confirms_it() {
    let case = Case::new().await;
    case.turn("hi", r#"[PROMOTE]{"text": "The profile is broken.", "source_type": "ai_synthesis"}[/PROMOTE]"#).await;
    let fact = facts(&case.look().await)[0].clone();
    assert_eq!((&fact["support"], &fact["created_by"]["ai"]), (&json!("proposed"), &json!(true)));
    let confirm = case.at(&format!("facts/{}/confirm", text(&fact["id"])));
    let confirmed = case.engineer.post(&confirm, json!({})).await.expect(200);
    assert_eq!(confirmed["support"], "confirmed");
    assert_eq!(confirmed["confirmed_by"]["id"], json!(case.engineer.user.to_string()));
}

#[tokio::test]
async fn confirming_twice_changes_nothing() {
    let case = Case::new().await;
    let note = case.note("Only this PC.").await;
    let before = case.look().await;
    case.engineer.post(&format!("{note}/confirm"), json!({})).await.expect(200);
    assert_eq!(case.look().await["facts"], before["facts"]);
}

#[tokio::test]
async fn an_answer_is_promoted_in_the_words_given() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let fact = case.promote("Webmail works.").await;
    assert_eq!((&fact["text"], &fact["support"]), (&json!("Webmail works."), &json!("supported")));
    assert_eq!((&fact["quote"], &fact["source_ref"]), (&json!("Yes"), &json!(case.question().await)));
}

#[tokio::test]
async fn without_words_the_model_concludes_in_the_persons_own_or_nobody_does() {
    let plain = "Asked “Does webmail work?”, the answer was: Yes";
    for (concluded, text) in [
        ("Asked whether webmail works, the user says: Yes", "Asked whether webmail works, the user says: Yes"),
        ("Webmail works for the user.", plain),
        ("Yes, and the mailbox is corrupt.", plain),
    ] {
        let case = Case::with_lane().await;
        case.answer(json!("Yes")).await;
        case.script.will_answer(Action::FactSynthesis, json!({ "fact": concluded }));
        let body = json!({ "source_type": "question", "source_ref": case.question().await });
        let fact = case.engineer.post(&case.at("facts/promote"), body).await.expect(200);
        assert_eq!((&fact["text"], &fact["support"]), (&json!(text), &json!("supported")));
    }
}

#[tokio::test]
async fn where_nothing_can_be_concluded_nothing_is() {
    let case = Case::with_lane().await;
    case.answer(json!("Not sure")).await;
    case.script.will_answer(Action::FactSynthesis, json!({ "fact": null }));
    let body = json!({ "source_type": "question", "source_ref": case.question().await });
    assert_eq!(case.engineer.post(&case.at("facts/promote"), body).await.refused(422), "validation");
    assert_eq!(facts(&case.look().await), Vec::<&Value>::new());
}

#[tokio::test]
async fn what_was_not_answered_cannot_be_promoted() {
    let case = Case::with_lane().await;
    let (question, check) = (case.question().await, case.check().await);
    let wrong = [
        json!({ "source_type": "question", "source_ref": question, "text": "x" }),
        json!({ "source_type": "diagnostic_check", "source_ref": check, "text": "x" }),
        json!({ "source_type": "question", "source_ref": check, "text": "x" }),
        json!({ "source_type": "question", "source_ref": uuid::Uuid::now_v7(), "text": "x" }),
        json!({ "source_type": "engineer_note", "source_ref": question, "text": "x" }),
    ];
    for body in wrong {
        assert_eq!(
            case.engineer.post(&case.at("facts/promote"), body.clone()).await.refused(422),
            "validation",
            "{body}"
        );
    }
}

#[tokio::test]
async fn promoting_an_item_again_rewrites_its_fact() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let first = case.promote("Webmail works.").await;
    let again = case.promote("Webmail works everywhere.").await;
    assert_eq!((&again["id"], &again["text"]), (&first["id"], &json!("Webmail works everywhere.")));
    assert_eq!(facts(&case.look().await), [&again]);
}

#[tokio::test]
async fn who_confirmed_a_fact_did_not_confirm_what_it_says_later() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let first = case.promote("Webmail works.").await;
    let confirm = case.at(&format!("facts/{}/confirm", text(&first["id"])));
    case.engineer.post(&confirm, json!({})).await.expect(200);
    let again = case.promote("Webmail works everywhere.").await;
    assert_eq!((&again["support"], &again["confirmed_by"]), (&json!("supported"), &Value::Null));
}

#[tokio::test]
async fn a_changed_answer_makes_its_fact_stale_until_it_is_promoted_again() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    case.promote("Webmail works.").await;
    case.answer(json!("No")).await;
    assert_eq!(facts(&case.look().await)[0]["stale"], true);
    let again = case.promote("Webmail does not work.").await;
    assert_eq!((&again["stale"], &again["quote"]), (&json!(false), &json!("No")));
}

#[tokio::test]
async fn a_fact_that_was_deleted_while_its_answer_changed_comes_back_stale() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let path = case.at(&format!("facts/{}", text(&case.promote("Webmail works.").await["id"])));
    case.engineer.delete(&path).await.expect(204);
    case.answer(json!("No")).await;
    let back = case.engineer.post(&format!("{path}/restore"), json!({})).await.expect(200);
    assert_eq!(back["stale"], true);
}

#[tokio::test]
async fn confirming_does_not_mend_a_fact_whose_answer_changed() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let confirm = case.at(&format!("facts/{}/confirm", text(&case.promote("Webmail works.").await["id"])));
    case.answer(json!("No")).await;
    assert_eq!(case.engineer.post(&confirm, json!({})).await.expect(200)["stale"], true);
}

#[tokio::test]
async fn a_promotion_of_an_answer_that_changed_meanwhile_is_not_taken() {
    let mut case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let (mut stream, call) = case.ask("").await;
    case.answer(json!("No")).await;
    let promote = json!({ "text": "Webmail: Yes", "source_type": "question", "source_ref": case.question().await });
    call.say(&format!("[PROMOTE]{promote}[/PROMOTE]"));
    call.end();
    stream.read_until(crate::support::SseEvent::is_last).await;
    assert_eq!(facts(&case.look().await), Vec::<&Value>::new());
}

#[tokio::test]
async fn the_model_alone_answers_no_question() {
    let case = Case::with_lane().await;
    let promote = json!({ "text": "Webmail works.", "source_type": "question", "source_ref": case.question().await });
    case.turn("Good morning.", &format!("[PROMOTE]{promote}[/PROMOTE]")).await;
    let now = case.look().await;
    assert_eq!(
        (&facts(&now)[0]["support"], &now["task_lane"]["questions"][0]["status"]),
        (&json!("proposed"), &json!("open"))
    );
}

#[tokio::test]
async fn a_stale_fact_is_no_source_of_a_note() {
    let case = Case::with_lane().await;
    case.answer(json!("Yes")).await;
    let fact = case.promote("Webmail works.").await;
    let statement =
        json!({ "section": "Problem", "text": "Webmail works.", "sources": [{ "kind": "fact", "id": fact["id"] }] });
    case.script.will_answer(Action::ResolutionNote, json!({ "statements": [statement] }));
    let preview = async || case.engineer.post(&case.at("resolution-note/preview"), json!({})).await.expect(200);
    assert_eq!(preview().await["statements"][0]["grounded"], true);
    case.answer(json!("No")).await;
    assert_eq!(preview().await["statements"][0]["grounded"], false);
}

#[tokio::test]
async fn a_proposed_fact_is_no_source_of_a_note() {
    let case = Case::new().await;
    case.turn("hi", r#"[PROMOTE]{"text": "The profile is broken.", "source_type": "ai_synthesis"}[/PROMOTE]"#).await;
    let fact = facts(&case.look().await)[0]["id"].clone();
    let statement =
        json!({ "section": "Problem", "text": "It is broken.", "sources": [{ "kind": "fact", "id": fact }] });
    case.script.will_answer(Action::ResolutionNote, json!({ "statements": [statement] }));
    let preview = case.engineer.post(&case.at("resolution-note/preview"), json!({})).await.expect(200);
    assert_eq!(preview["statements"][0]["grounded"], false);
}
