//! Sessions have names that tell them apart.

use flowpilot::ai::types::Action;
use serde_json::json;

use crate::support::{Case, TestApp};

const LONG: &str = "Since Monday morning the people at the front desk cannot print labels any more, the printer shows E-17, and \
                    a restart did not help.";

async fn after_work(case: &Case) -> String {
    case.app.platform.work.close();
    case.app.platform.work.wait().await;
    case.look().await["title"].as_str().unwrap().to_owned()
}

/// A session about a problem that is longer than a title.
async fn long_case() -> Case {
    let (app, script) = TestApp::scripted().await;
    let engineer = app.engineer().await;
    let path = engineer.session_about(LONG).await;
    Case { app, script, engineer, path }
}

#[tokio::test]
async fn a_problem_that_is_longer_than_a_title_is_named_by_the_model() {
    let case = long_case().await;
    case.script.will_say("I see.");
    case.script.will_answer(Action::Title, json!({ "title": "Front desk cannot print labels, E-17" }));
    assert!(case.look().await["title"].as_str().unwrap().starts_with("Since Monday morning"));
    case.engineer.send(&case.path, json!({ "text": LONG })).await;
    assert_eq!(after_work(&case).await, "Front desk cannot print labels, E-17");
}

#[tokio::test]
async fn a_name_that_a_person_gave_stays() {
    let mut case = long_case().await;
    case.script.will_answer(Action::Title, json!({ "title": "Labels" }));
    case.engineer.patch(&case.path, json!({ "title": "The label printer" })).await.expect(200);
    let (_stream, call) = case.ask(LONG).await;
    call.say("I see.");
    call.end();
    assert_eq!(after_work(&case).await, "The label printer");
}

#[tokio::test]
async fn a_model_that_finds_no_name_leaves_the_first_line() {
    let case = long_case().await;
    case.script.will_say("I see.");
    case.engineer.send(&case.path, json!({ "text": LONG })).await;
    assert!(after_work(&case).await.starts_with("Since Monday morning"));
}
