//! A model that asks and says the same again and again is stopped, with what there is and the ways out.

use serde_json::{Value, json};

use crate::support::{Case, TestApp, text};

const ASKS: &str = "Let us look.\n[QUESTIONS][{\"text\": \"Does webmail work?\"}][/QUESTIONS]";
const ASKS_AGAIN: &str = "Let us look!\n[QUESTIONS][{\"text\": \"does webmail work\"}][/QUESTIONS]";

/// The newest message.
fn newest(session: &Value) -> &Value {
    session["messages"].as_array().and_then(|all| all.last()).expect("a message")
}

#[tokio::test]
async fn what_was_answered_is_not_asked_for_ever() {
    let case = Case::new().await;
    case.turn("It keeps asking.", ASKS).await;
    case.answer(json!("Yes, it works")).await;
    case.promote("Webmail works").await;
    case.turn("", ASKS_AGAIN).await;
    assert_eq!(newest(&case.look().await)["standstill"], json!(null), "once may be an oversight");
    case.turn("I told you.", "And now?\n[QUESTIONS][{\"text\": \"Does webmail work??\"}][/QUESTIONS]").await;
    let now = case.look().await;
    let standstill = &newest(&now)["standstill"];
    assert_eq!(standstill["known"], json!(["Webmail works"]), "{now}");
    assert_eq!(standstill["tried"], json!(["Does webmail work?: answered"]));
    let advice = standstill["advice"].to_string();
    assert!(advice.contains("Escalate") && advice.contains("another way"), "{advice}");
    let questions = now["task_lane"]["questions"].as_array().unwrap();
    assert!(questions.iter().all(|one| one["text"] != "Does webmail work??"), "{questions:?}");
}

#[tokio::test]
async fn the_same_answer_three_times_is_one_too_many_and_stays_so_until_something_new_comes() {
    let case = Case::with_lane().await;
    let fixes = |session: &Value| session["active_fix"]["id"].clone();
    let repeated = case.look().await["messages"][1]["text"].clone();
    let reply = format!(
        "{}\n[ACTIONS][{{\"label\": \"Ping the mail server\"}}][/ACTIONS]\n\
        [SUGGEST_FIX]{{\"title\": \"Clear the saved password\", \"description\": \"Again.\", \"confidence\": 70}}[/SUGGEST_FIX]",
        text(&repeated)
    );
    let mut stopped = Vec::new();
    for _ in 0..3 {
        let before = fixes(&case.look().await);
        case.turn("Go on.", &reply).await;
        let now = case.look().await;
        stopped.push((!newest(&now)["standstill"].is_null(), fixes(&now) == before));
    }
    assert_eq!(stopped, [(false, false), (true, true), (true, true)], "what is repeated changes nothing any more");
    case.turn("Go on.", "Then this.\n[ACTIONS][{\"label\": \"Look at the clock\"}][/ACTIONS]").await;
    let now = case.look().await;
    assert_eq!(
        (&newest(&now)["standstill"], &now["task_lane"]["actions"][0]["label"]),
        (&json!(null), &json!("Look at the clock"))
    );
    case.turn("Go on.", &reply).await;
    assert_eq!(newest(&case.look().await)["standstill"], json!(null), "the count begins anew");
}

#[tokio::test]
async fn answering_what_the_engineer_asks_is_no_circle() {
    let case = Case::new().await;
    case.turn("It keeps asking.", ASKS).await;
    let told = [
        ("What is webmail?", "It is the mailbox in a browser, without Outlook or anything else that is installed."),
        ("Where do I open it?", "The address is outlook.office.com, any browser will do."),
        ("Do they need another password for that?", "No: they sign in as they do everywhere."),
        ("And on a phone?", "There an app is easier, but a browser works as well."),
    ];
    for (asked, told) in told {
        let reply = format!("{told}\n[QUESTIONS][{{\"text\": \"Does webmail work?\"}}][/QUESTIONS]");
        case.turn(asked, &reply).await;
        let now = case.look().await;
        assert_eq!(newest(&now)["standstill"], json!(null));
        assert_eq!(now["task_lane"]["questions"][0]["text"], "Does webmail work?");
    }
}

/// Whether each of these replies is stopped.
async fn stopped(case: &Case, replies: &[String]) -> Vec<bool> {
    let mut stopped = Vec::new();
    for reply in replies {
        case.turn("Go on.", reply).await;
        stopped.push(!newest(&case.look().await)["standstill"].is_null());
    }
    stopped
}

#[tokio::test]
async fn the_same_question_in_other_prose_and_with_another_word_is_the_same_the_third_time() {
    let case = Case::new().await;
    let asks = |prose: &str, word: &str| {
        let question = format!("Does the Outlook {word} open the shared calendar in safe mode?");
        format!("{prose}\n[QUESTIONS][{{\"text\": \"{question}\"}}][/QUESTIONS]")
    };
    let replies = [asks("Let us look.", "client"), asks("We need this first.", "program"), asks("Tell me.", "client")];
    assert_eq!(stopped(&case, &replies).await, [false, false, true]);
    let two = "Two more.\n[QUESTIONS][{\"text\": \"Who else is affected?\"}, {\"text\": \"Since when?\"}][/QUESTIONS]";
    let replies = [two.to_owned(), asks("And this?", "program"), asks("This?", "client"), asks("So?", "program")];
    assert_eq!(stopped(&case, &replies).await, [false, false, true, true], "something new resets it");
}

#[tokio::test]
async fn what_a_person_found_out_in_between_resets_the_count() {
    let case = Case::new().await;
    let asks = |prose: &str| format!("{prose}\n[QUESTIONS][{{\"text\": \"Does webmail work?\"}}][/QUESTIONS]");
    assert_eq!(stopped(&case, &[asks("Let us look."), asks("First this.")]).await, [false, false]);
    case.note("The clock of the PC is wrong.").await;
    assert_eq!(stopped(&case, &[asks("Good to know."), asks("And?"), asks("Well?")]).await, [false, false, true]);
}

#[tokio::test]
async fn the_same_fix_again_and_again_is_stopped_whatever_is_said_around_it() {
    let case = Case::new().await;
    let proposes = |prose: &str, title: &str| {
        format!(
            "{prose}\n[SUGGEST_FIX]{{\"title\": \"{title}\", \"description\": \"{prose}\", \"confidence\": 70}}[/SUGGEST_FIX]"
        )
    };
    let replies = [
        proposes("This should help.", "Clear the saved password"),
        proposes("I am sure of it now.", "Clear saved passwords"),
        proposes("Nothing else comes to mind.", "Clear the saved password"),
        proposes("Then we go deeper.", "Repair the Outlook profile"),
    ];
    assert_eq!(stopped(&case, &replies).await, [false, false, true, false]);
}

#[tokio::test]
async fn the_built_in_flows_are_never_taken_for_a_model_in_circles() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;
    for _ in 0..4 {
        engineer.say(&session, "hm").await;
    }
    let now = engineer.look(&session).await;
    assert!(now["messages"].as_array().unwrap().iter().all(|message| message["standstill"].is_null()));
}
