//! The main job over REST: from the first words to a posted note.

use serde_json::{Value, json};

use crate::support::{Person, TestApp};

fn open_items<'v>(session: &'v Value, list: &str) -> Vec<&'v Value> {
    let items = session["task_lane"][list].as_array().expect("a list");
    items.iter().filter(|item| item["status"] == "open").collect()
}

/// Answers everything open with its first option, checks as they fail, and sends it, until a fix is there.
async fn walk_to_a_fix(engineer: &Person, session: &str) -> Value {
    for _ in 0..12 {
        let now = engineer.look(session).await;
        if now["active_fix"]["status"] == "proposed" {
            return now;
        }
        let answers: Vec<_> = open_items(&now, "questions")
            .iter()
            .map(|item| json!({ "id": item["id"], "answer": item["options"][0] }))
            .collect();
        let results: Vec<_> =
            open_items(&now, "actions").iter().map(|item| json!({ "id": item["id"], "result": "fail" })).collect();
        engineer
            .put(&format!("{session}/task-lane"), json!({ "answers": answers, "results": results }))
            .await
            .expect(200);
        engineer.say(session, "").await;
    }
    panic!("no fix within twelve turns: {}", engineer.look(session).await);
}

#[tokio::test]
async fn an_engineer_takes_a_problem_to_a_resolved_session() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;

    let events = engineer.say(&session, "Outlook asks for the password again and again, webmail works").await;
    let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"turn_started"), Some(&"turn_done")), "{names:?}");
    assert!(events.windows(2).all(|pair| pair[0].id < pair[1].id), "ids rise");
    let deltas: String =
        events.iter().filter(|event| event.name == "delta").filter_map(|event| event.data["text"].as_str()).collect();
    assert!(!deltas.is_empty() && !deltas.contains("[QUESTIONS]"), "{deltas}");

    let now = walk_to_a_fix(&engineer, &session).await;
    let fix = &now["active_fix"];
    assert_eq!(fix["unfounded"], false, "{fix}");
    assert!(now["facts"].as_array().unwrap().iter().all(|fact| fact["support"] == "supported"), "{}", now["facts"]);

    let path = format!("{session}/suggested-fixes/{}", fix["id"].as_str().unwrap());
    engineer.post(&format!("{path}/apply"), json!({})).await.expect(200);
    let outcome = engineer.patch(&format!("{path}/outcome"), json!({ "outcome": "applied_success" })).await.expect(200);
    assert!(outcome["verified_at"].is_string(), "{outcome}");

    let preview = engineer.post(&format!("{session}/resolution-note/preview"), json!({})).await.expect(200);
    let statements = preview["statements"].as_array().unwrap();
    assert!(statements.iter().all(|statement| statement["grounded"] == true), "{preview}");
    let headings: Vec<_> =
        preview["markdown"].as_str().unwrap().lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, ["Problem", "What we confirmed", "Root cause", "Resolution"]);
    for heading in headings {
        assert!(
            statements.iter().any(|statement| statement["section"] == heading),
            "nothing under {heading}: {preview}"
        );
    }
    let again = engineer.post(&format!("{session}/resolution-note/preview"), json!({})).await.expect(200);
    assert_eq!((&again["from_cache"], &again["markdown"]), (&json!(true), &preview["markdown"]));

    let body = json!({ "markdown": preview["markdown"], "state_version": preview["state_version"] });
    let posted = engineer.post(&format!("{session}/resolution-note/post"), body.clone()).await.expect(200);
    assert_eq!(posted["outcome"], "resolved_local");
    assert_eq!(engineer.look(&session).await["status"], "resolved");
    assert_eq!(engineer.post(&format!("{session}/resolution-note/post"), body).await.refused(409), "session_not_open");
}

#[tokio::test]
async fn what_the_first_message_tells_stands_in_the_lane_as_an_answer() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let words = "Outlook asks for the password again and again, webmail works";
    let session = engineer.session_about(words).await;
    let events = engineer.say(&session, words).await;
    assert!(events.iter().all(|event| event.name != "marker_dropped"), "{events:?}");

    let now = engineer.look(&session).await;
    let questions = now["task_lane"]["questions"].as_array().unwrap();
    let answered: Vec<_> = questions.iter().filter(|question| question["status"] == "answered").collect();
    let [question] = answered.as_slice() else { panic!("{questions:?}") };
    assert_eq!(question["answer"], words);
    let facts = now["facts"].as_array().unwrap();
    let [fact] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((&fact["support"], &fact["source_ref"]), (&json!("supported"), &question["id"]));
    assert!(!open_items(&now, "questions").is_empty(), "the walk goes on: {questions:?}");

    // Whoever meant it otherwise says so in the lane, and nothing is asked twice.
    let answer = json!({ "answers": [{ "id": question["id"], "answer": "No, the password is refused" }] });
    engineer.put(&format!("{session}/task-lane"), answer).await.expect(200);
    assert_eq!(engineer.look(&session).await["facts"][0]["stale"], true);
    engineer.say(&session, "").await;
    let now = engineer.look(&session).await;
    let told: Vec<_> = now["facts"].as_array().unwrap().iter().map(|fact| &fact["stale"]).collect();
    assert_eq!(told, [&json!(false)], "the fact is said anew");
    let texts: Vec<_> =
        now["task_lane"]["questions"].as_array().unwrap().iter().map(|question| &question["text"]).collect();
    assert_eq!(texts.iter().filter(|text| **text == &question["text"]).count(), 1);
}

#[tokio::test]
async fn what_solved_a_problem_without_a_fix_waits_for_a_persons_word() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("printer offline").await;
    engineer.say(&session, "printer offline").await;
    let words = "toner was empty, replaced it, prints again";
    let events = engineer.say(&session, words).await;
    assert!(events.iter().all(|event| event.name != "marker_dropped"), "{events:?}");
    let facts = engineer.look(&session).await["facts"].as_array().unwrap().clone();
    let [fact] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((&fact["text"], &fact["support"]), (&json!(words), &json!("proposed")));
    let path = format!("{session}/facts/{}/confirm", fact["id"].as_str().unwrap());
    engineer.post(&path, json!({})).await.expect(200);
    let preview = engineer.post(&format!("{session}/resolution-note/preview"), json!({})).await.expect(200);
    assert!(preview["markdown"].as_str().unwrap().contains(words), "{preview}");
}

#[tokio::test]
async fn pasted_output_stays_with_its_check_when_the_result_comes_later() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("user locked out of domain").await;
    engineer.say(&session, "user locked out of domain").await;
    engineer.say(&session, "yes, I called back").await;
    let output = "PasswordExpired : False\nEnabled : True\nName : jdoe";
    engineer.say(&session, output).await;
    let check = |session: Value| session["task_lane"]["actions"][0].clone();
    let waiting = check(engineer.look(&session).await);
    let told = ["status", "output", "result"].map(|key| waiting[key].clone());
    assert_eq!(told, [json!("open"), json!(output), Value::Null]);
    let more = "LastLogonDate : 26.11.2026 08:12:44\nCannotChangePassword : False\nSID : S-1-5-21";
    engineer.say(&session, more).await;
    assert_eq!(check(engineer.look(&session).await)["output"], format!("{output}\n{more}"));
    engineer.say(&session, "fail").await;
    let now = engineer.look(&session).await;
    let settled = check(now.clone());
    assert_eq!(settled["result"], "fail");
    assert!(settled["output"].as_str().unwrap().starts_with(output), "{settled}");
    assert!(now["facts"].as_array().unwrap().iter().any(|fact| fact["source_ref"] == settled["id"]), "{now}");
}

#[tokio::test]
async fn resolving_a_session_on_a_ticket_adds_the_note_once_and_moves_the_status() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let number = app.ticket(&engineer, "VPN connects but file server unreachable", "FortiClient says connected.").await;
    let created = engineer.post("/ai-sessions", json!({ "ticket_id": number })).await.expect(201);
    assert_eq!(created["ticket"]["id"], json!(number));
    let session = format!("/ai-sessions/{}", created["id"].as_str().unwrap());
    engineer.say(&session, "Please help with this ticket.").await;
    let now = walk_to_a_fix(&engineer, &session).await;
    let path = format!("{session}/suggested-fixes/{}/outcome", now["active_fix"]["id"].as_str().unwrap());
    engineer.patch(&path, json!({ "outcome": "applied_success" })).await.expect(200);
    let preview = engineer.post(&format!("{session}/resolution-note/preview"), json!({})).await.expect(200);
    let posted =
        engineer.post(&format!("{session}/resolution-note/post"), json!({ "markdown": preview["markdown"] })).await;
    let posted = posted.expect(200);
    assert_eq!((&posted["outcome"], &posted["status_verified"]), (&json!("resolved"), &json!(true)));
    let ticket = engineer.get(&format!("/tickets/{number}")).await.expect(200);
    assert_eq!(ticket["status"], "resolved");
    let notes = ticket["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!((&notes[0]["body"], &notes[0]["kind"]), (&preview["markdown"], &json!("resolution")));
}

#[tokio::test]
async fn a_failed_fix_leads_to_the_next_cause() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;
    engineer.say(&session, "it keeps asking").await;
    let first = walk_to_a_fix(&engineer, &session).await["active_fix"].clone();
    let path = format!("{session}/suggested-fixes/{}/outcome", first["id"].as_str().unwrap());
    engineer.patch(&path, json!({ "outcome": "applied_failed", "notes": "The box came back." })).await.expect(200);
    engineer.say(&session, "That did not help.").await;
    let now = engineer.look(&session).await;
    let moved_on = now["active_fix"]["id"] != first["id"]
        || !open_items(&now, "questions").is_empty()
        || !open_items(&now, "actions").is_empty();
    assert!(moved_on, "{now}");
}

#[tokio::test]
async fn skipping_all_that_can_be_skipped_ends_in_a_fix_or_an_escalation() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;
    engineer.say(&session, "it keeps asking").await;
    for turn in 0..12 {
        let now = engineer.look(&session).await;
        let (questions, checks) = (open_items(&now, "questions"), open_items(&now, "actions"));
        if questions.is_empty() && checks.is_empty() {
            let last = now["messages"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap();
            assert!(now["active_fix"].is_object() || last.to_lowercase().contains("escalate"), "turn {turn}: {last}");
            return;
        }
        let answers: Vec<_> = questions.iter().map(|item| json!({ "id": item["id"], "skipped": true })).collect();
        let results: Vec<_> = checks.iter().map(|item| json!({ "id": item["id"], "result": "skipped" })).collect();
        let change = json!({ "answers": answers, "results": results });
        engineer.put(&format!("{session}/task-lane"), change).await.expect(200);
        engineer.say(&session, "").await;
    }
    panic!("no end within twelve turns: {}", engineer.look(&session).await);
}
