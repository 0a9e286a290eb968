//! A session as a file: everything in it, the same each time, and nothing in it that forges its form.

use flowpilot::accounts::types::UserRole;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Case, Person, text};

async fn fetch(person: &Person, case: &Case, format: &str) -> Response {
    person.request(Method::GET, &case.at(&format!("export?format={format}"))).send().await.expect("an answer")
}

async fn markdown(case: &Case) -> String {
    fetch(&case.engineer, case, "markdown").await.text().await.expect("a document")
}

async fn json_of(case: &Case) -> Value {
    serde_json::from_str(&fetch(&case.engineer, case, "json").await.text().await.expect("a document")).expect("JSON")
}

/// A session with one of everything in it.
async fn full() -> Case {
    let case = Case::with_lane().await;
    case.answer(json!("Yes, the *web* works")).await;
    case.promote("Webmail works.").await;
    case.note("Only this PC.").await;
    let causes = r#"[HYPOTHESES][{"text": "A stale credential", "status": "supported", "because": "webmail works"}][/HYPOTHESES]"#;
    case.turn("It began on Monday.", &format!("Then it is the **profile**. {causes}")).await;
    let fix = case.fix().await;
    case.engineer
        .patch(&format!("{fix}/outcome"), json!({ "outcome": "applied_partial", "notes": "The phone still asks." }))
        .await
        .expect(200);
    case
}

#[tokio::test]
async fn a_file_holds_everything_that_is_in_the_session() {
    let case = full().await;
    let document = markdown(&case).await;
    for said in [
        "# Outlook asks for the password again and again",
        "- Status: open",
        "- Webmail works.\n  - Support: supported\n  - Source: answer to “Does webmail work?”",
        "  - Said: “Yes, the \\*web\\* works”",
        "- Only this PC.\n  - Support: confirmed by Colin Colleague",
        "- A stale credential\n  - Status: supported\n  - Because: webmail works",
        "- Does webmail work?\n  - Answer: Yes, the \\*web\\* works",
        "- Ping the mail server",
        "### Clear the saved password\n\n- Outcome: worked in part\n- What is left: The phone still asks.",
        "```powershell\ncmdkey /list\n```",
        "### From Colin Colleague",
        "> It began on Monday.",
        "> Then it is the **profile**.",
        "Sent from the lane:",
    ] {
        assert!(document.contains(said), "{said} is missing:\n{document}");
    }
    let (file, session) = (json_of(&case).await, case.look().await);
    for part in ["id", "title", "problem", "status", "user", "facts", "hypotheses", "task_lane", "posted", "messages"] {
        assert_eq!(file[part], session[part], "{part}");
    }
    assert_eq!((&file["fixes"][0], &file["form"]), (&session["active_fix"], &json!("flowpilot.session/1")));
}

#[tokio::test]
async fn what_was_posted_is_in_the_file() {
    let case = Case::new().await;
    case.script.will_answer(flowpilot::ai::types::Action::ResolutionNote, json!({ "statements": [] }));
    let note = case.engineer.post(&case.at("resolution-note/preview"), json!({})).await.expect(200);
    let edited = text(&note["markdown"]).replace("## Problem", "## Problem\n\nIt asked again.");
    let post = json!({ "markdown": edited, "state_version": note["state_version"] });
    case.engineer.post(&case.at("resolution-note/post"), post).await.expect(200);
    let document = markdown(&case).await;
    assert!(document.contains("### Resolution note · posted\n\n- By: Colin Colleague"), "{document}");
    assert!(document.contains("> It asked again."), "{document}");
    assert_eq!(json_of(&case).await["posted"], case.look().await["posted"]);
}

#[tokio::test]
async fn a_file_holds_every_message_in_order_however_many() {
    let case = Case::new().await;
    case.app
        .sql(&format!(
            "insert into messages (account_id, id, session_id, position, role, text, html, status, created_at)
             select '{}', gen_random_uuid(), '{}', n, 'user', 'message ' || n || '.', '', 'done', now() from generate_series(1, 450) n",
            case.engineer.account,
            case.id()
        ))
        .await;
    let file = json_of(&case).await;
    let texts: Vec<_> = file["messages"].as_array().unwrap().iter().map(|message| text(&message["text"])).collect();
    assert_eq!(texts, (1..=450).map(|n| format!("message {n}.")).collect::<Vec<_>>());
    let document = markdown(&case).await;
    let places: Vec<_> = (1..=450).map(|n| document.find(&format!("> message {n}.")).expect("a message")).collect();
    assert!(places.is_sorted(), "the messages are out of order");
}

#[tokio::test]
async fn the_same_session_gives_the_same_file() {
    let case = full().await;
    for format in ["markdown", "json"] {
        let one = fetch(&case.engineer, &case, format).await.text().await.unwrap();
        let other = fetch(&case.engineer, &case, format).await.text().await.unwrap();
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn a_session_without_anything_in_it_is_a_file_too() {
    let case = Case::new().await;
    assert_eq!(json_of(&case).await["messages"], json!([]));
    assert!(markdown(&case).await.ends_with("## Conversation\n"));
}

#[tokio::test]
async fn a_file_is_downloaded_under_a_harmless_name() {
    let case = Case::new().await;
    case.engineer.patch(&case.path, json!({ "title": "..\\ \"x\"; ../évil.exe" })).await.expect(200);
    let id = case.id().replace('-', "");
    for (format, kind, ending) in
        [("markdown", "text/markdown; charset=utf-8", "md"), ("json", "application/json", "json")]
    {
        let answer = fetch(&case.engineer, &case, format).await;
        assert_eq!(answer.status().as_u16(), 200);
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), kind);
        assert_eq!(
            header("content-disposition"),
            format!("attachment; filename=\"x-evil-exe-{}.{ending}\"", &id[24..])
        );
    }
}

#[tokio::test]
async fn nothing_that_was_typed_makes_a_heading_of_its_own() {
    let case = Case::new().await;
    let forged = "Hello\n\n## Posted notes\n\n### Resolution note · posted\n> quoted\n\n```\n# x";
    case.turn(forged, forged).await;
    case.note(forged).await;
    case.engineer.patch(&case.path, json!({ "title": "A\n# B", "problem": forged })).await.expect(200);
    let document = markdown(&case).await;
    let headings: Vec<_> = document.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(headings.len(), 6, "{headings:#?}");
    assert!(!document.lines().any(|line| line.starts_with("## Posted notes") || line.starts_with("```")), "{document}");
}

#[tokio::test]
async fn whoever_may_not_see_a_session_does_not_get_its_file() {
    let case = Case::new().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Admin).await;
    let stranger = case.app.owner_of("Rival MSP").await;
    for nobody in [&colleague, &stranger] {
        for format in ["markdown", "json"] {
            assert_eq!(fetch(nobody, &case, format).await.status().as_u16(), 404);
        }
    }
    let viewer = case.app.colleague(&case.engineer, UserRole::Viewer).await;
    case.share_with(&viewer).await;
    assert_eq!(fetch(&viewer, &case, "json").await.status().as_u16(), 200);
    assert_eq!(case.engineer.get(&case.at("export?format=pdf")).await.refused(400), "malformed");
}

#[tokio::test]
async fn the_browsers_own_login_is_enough_to_download() {
    let case = Case::new().await;
    let browser = case.app.browser_of(&case.engineer).await;
    let file = browser.get(&format!("/api/v1{}", case.at("export?format=json"))).await.expect(200);
    assert_eq!(file["title"], "Outlook asks for the password again and again");
}
