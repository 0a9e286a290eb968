//! Sessions and their task lane: start, list, read, answer, archive, reopen.

use flowpilot::accounts::types::UserRole;
use serde_json::{Value, json};

use crate::support::{Case, Person, TestApp, text};

async fn titles(person: &Person, query: &str) -> Vec<String> {
    let page = person.get(&format!("/ai-sessions{query}")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|session| text(&session["title"])).collect()
}

#[tokio::test]
async fn a_new_session_has_a_title_and_neither_messages_nor_a_turn() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.post("/ai-sessions", json!({ "problem": "VPN drops\nsince Monday" })).await.expect(201);
    assert_eq!((&session["title"], &session["status"]), (&json!("VPN drops"), &json!("open")));
    assert_eq!((&session["messages"], &session["last_event_id"]), (&json!([]), &json!(0)));
    assert!(session["turn"].is_null() && session["ticket"].is_null() && session["active_fix"].is_null(), "{session}");
    assert_eq!(session["task_lane"], json!({ "questions": [], "actions": [] }));
}

#[tokio::test]
async fn a_session_on_a_ticket_that_does_not_exist_is_not_started() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let answer = engineer.post("/ai-sessions", json!({ "ticket_id": "4711" })).await.expect(422);
    assert_eq!(answer["errors"][0]["field"], "ticket_id");
    assert_eq!(titles(&engineer, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_first_message_gives_a_session_its_title() {
    let (app, script) = TestApp::scripted().await;
    let engineer = app.engineer().await;
    let session = engineer.post("/ai-sessions", json!({})).await.expect(201);
    let path = format!("/ai-sessions/{}", text(&session["id"]));
    script.will_say("I see.");
    engineer.say(&path, "The printer prints nothing").await;
    assert_eq!(engineer.look(&path).await["title"], "The printer prints nothing");
}

#[tokio::test]
async fn a_title_that_a_person_gave_stays() {
    let case = Case::new().await;
    let renamed = case.engineer.patch(&case.path, json!({ "title": " Outlook at Contoso " })).await.expect(200);
    assert_eq!(renamed["title"], "Outlook at Contoso");
    case.turn("It keeps asking.", "I see.").await;
    assert_eq!(case.look().await["title"], "Outlook at Contoso");
}

#[tokio::test]
async fn what_was_touched_last_is_listed_first() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let first = engineer.session_about("one").await;
    engineer.session_about("two").await;
    assert_eq!(titles(&engineer, "").await, ["two", "one"]);
    engineer.post(&format!("{first}/facts"), json!({ "text": "A note." })).await.expect(201);
    assert_eq!(titles(&engineer, "").await, ["one", "two"]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    for n in 0..5 {
        engineer.session_about(&format!("problem {n}")).await;
    }
    let (mut found, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = engineer.get(&format!("/ai-sessions{query}")).await.expect(200);
        found.push(page["items"].as_array().unwrap().iter().map(|one| text(&one["title"])).collect::<Vec<_>>());
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(found, [vec!["problem 4", "problem 3"], vec!["problem 2", "problem 1"], vec!["problem 0"]]);
}

#[tokio::test]
async fn the_search_finds_words_of_title_problem_and_ticket() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let ticket = app.ticket(&engineer, "Scanner offline", "It blinks.").await;
    engineer.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
    engineer.session_about("Printer\nKyocera in accounts").await;
    for (q, found) in [("scanner", "Scanner offline"), (ticket.as_str(), "Scanner offline"), ("KYOCERA", "Printer")] {
        assert_eq!(titles(&engineer, &format!("?q={q}")).await, [found], "{q}");
    }
}

#[tokio::test]
async fn the_words_of_a_search_may_stand_apart() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    app.ticket(&engineer, "Scanner on floor two is offline", "It blinks.").await;
    engineer.session_about("Kyocera in accounts prints nothing").await;
    assert_eq!(titles(&engineer, "?q=kyocera%20nothing").await, ["Kyocera in accounts prints nothing"]);
    let tickets = engineer.get("/tickets?q=scanner%20%20offline").await.expect(200);
    assert_eq!(tickets["items"][0]["summary"], "Scanner on floor two is offline");
}

#[tokio::test]
async fn wildcards_in_a_search_are_plain_text() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    engineer.session_about("Disk 100% full").await;
    engineer.session_about("Disk 1000 GB").await;
    assert_eq!(titles(&engineer, "?q=100%25").await, ["Disk 100% full"]);
    assert_eq!(titles(&engineer, "?q=_").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_list_can_be_narrowed_to_a_status() {
    let case = Case::new().await;
    case.engineer.session_about("still open").await;
    case.app.sql(&format!("update ai_sessions set status = 'resolved' where id = '{}'", case.id())).await;
    assert_eq!(titles(&case.engineer, "?status=open").await, ["still open"]);
    assert_eq!(titles(&case.engineer, "?status=resolved").await.len(), 1);
}

#[tokio::test]
async fn an_archived_session_leaves_the_list_and_comes_back() {
    let case = Case::new().await;
    let archived = case.engineer.patch(&case.path, json!({ "archived": true })).await.expect(200);
    assert!(archived["archived_at"].is_string());
    assert_eq!(titles(&case.engineer, "").await, Vec::<String>::new());
    let found = async |query: &str| {
        case.engineer.get(&format!("/ai-sessions{query}")).await.expect(200)["items"].as_array().unwrap().len()
    };
    assert_eq!((found("").await, found("?status=open").await, found("?archived=true").await), (0, 0, 1));
    let back = case.engineer.patch(&case.path, json!({ "archived": false })).await.expect(200);
    assert!(back["archived_at"].is_null());
    assert_eq!(titles(&case.engineer, "").await.len(), 1);
}

#[tokio::test]
async fn nobody_lists_a_colleagues_private_sessions() {
    let case = Case::new().await;
    let owner = case.app.owner_of("Rival MSP").await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Admin).await;
    assert_eq!(titles(&colleague, "").await, Vec::<String>::new());
    assert_eq!(titles(&owner, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_shared_session_is_listed_for_both() {
    let case = Case::new().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    case.share_with(&colleague).await;
    assert_eq!(titles(&colleague, "").await, titles(&case.engineer, "").await);
    assert_eq!(colleague.look(&case.path).await["writable"], true);
}

#[tokio::test]
async fn an_escalated_session_is_seen_by_engineers_and_not_by_l1() {
    let case = Case::new().await;
    let engineer = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    let l1 = case.app.colleague(&case.engineer, UserRole::L1).await;
    engineer.get(&case.path).await.expect(404);
    case.app.sql("update ai_sessions set status = 'escalated'").await;
    assert_eq!(engineer.look(&case.path).await["writable"], false);
    l1.get(&case.path).await.expect(404);
}

#[tokio::test]
async fn only_messages_are_windowed_and_older_ones_are_read_in_pages() {
    let case = Case::new().await;
    let insert = format!(
        "insert into messages (account_id, id, session_id, position, role, text, html, status, created_at)
         select '{}', gen_random_uuid(), '{}', n, 'user', 'message ' || n, '', 'done', now() from generate_series(1, 120) n",
        case.engineer.account,
        case.id()
    );
    case.app.sql(&insert).await;
    let texts = |session: &Value| {
        let messages = session["messages"].as_array().unwrap();
        (
            text(&messages[0]["text"]),
            text(&messages[messages.len() - 1]["text"]),
            messages.len(),
            session["has_more"] == true,
        )
    };
    let newest = case.look().await;
    assert_eq!(texts(&newest), ("message 71".to_owned(), "message 120".to_owned(), 50, true));
    let older = case.engineer.look(&format!("{}?before={}", case.path, text(&newest["messages"][0]["id"]))).await;
    assert_eq!(texts(&older), ("message 21".to_owned(), "message 70".to_owned(), 50, true));
    let oldest = case.engineer.look(&format!("{}?before={}", case.path, text(&older["messages"][0]["id"]))).await;
    assert_eq!(texts(&oldest), ("message 1".to_owned(), "message 20".to_owned(), 20, false));
}

#[tokio::test]
async fn answers_and_results_are_saved_and_only_the_items_named_change() {
    let case = Case::with_lane().await;
    let (question, check) = (case.question().await, case.check().await);
    let lane = case.answer(json!("Yes")).await;
    assert_eq!((&lane["questions"][0]["answer"], &lane["questions"][0]["status"]), (&json!("Yes"), &json!("answered")));
    assert_eq!(lane["actions"][0]["status"], "open");
    let results = json!({ "results": [{ "id": check, "result": "fail", "output": "timed out" }] });
    let lane = case.engineer.put(&case.at("task-lane"), results).await.expect(200);
    assert_eq!((&lane["actions"][0]["result"], &lane["actions"][0]["output"]), (&json!("fail"), &json!("timed out")));
    assert_eq!((&lane["questions"][0]["id"], &lane["questions"][0]["answer"]), (&json!(question), &json!("Yes")));
}

#[tokio::test]
async fn null_clears_an_answer_and_a_result() {
    let case = Case::with_lane().await;
    let check = case.check().await;
    let result = |result: Value| json!({ "results": [{ "id": check, "result": result, "output": null }] });
    case.answer(json!("Yes")).await;
    case.engineer.put(&case.at("task-lane"), result(json!("pass"))).await.expect(200);
    case.answer(Value::Null).await;
    let lane = case.engineer.put(&case.at("task-lane"), result(Value::Null)).await.expect(200);
    for item in [&lane["questions"][0], &lane["actions"][0]] {
        assert_eq!(item["status"], "open", "{item}");
        assert!(item["answer"].is_null() && item["result"].is_null() && item["output"].is_null(), "{item}");
    }
}

#[tokio::test]
async fn a_question_and_a_check_can_be_skipped() {
    let case = Case::with_lane().await;
    let (question, check) = (case.question().await, case.check().await);
    let skip =
        json!({ "answers": [{ "id": question, "skipped": true }], "results": [{ "id": check, "result": "skipped" }] });
    let lane = case.engineer.put(&case.at("task-lane"), skip).await.expect(200);
    assert_eq!(
        (&lane["questions"][0]["status"], &lane["actions"][0]["status"]),
        (&json!("skipped"), &json!("skipped"))
    );
}

#[tokio::test]
async fn an_unknown_item_is_named_with_its_place_and_nothing_is_saved() {
    let case = Case::with_lane().await;
    let (question, check, unknown) = (case.question().await, case.check().await, uuid::Uuid::now_v7());
    let change = json!({
        "answers": [{ "id": question, "answer": "Yes" }, { "id": unknown, "answer": "No" }, { "id": check, "answer": "No" }],
        "results": [{ "id": question, "result": "pass" }],
    });
    let refused = case.engineer.put(&case.at("task-lane"), change).await.expect(422);
    let fields: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| text(&error["field"])).collect();
    assert_eq!(fields, ["answers[1].id", "answers[2].id", "results[0].id"]);
    assert_eq!(case.look().await["task_lane"]["questions"][0]["status"], "open");
}

#[tokio::test]
async fn new_answers_alone_make_a_turn_and_are_new_only_once() {
    let case = Case::with_lane().await;
    assert_eq!(case.answer(json!("Yes")).await["questions"][0]["unsent"], true);
    case.turn("", "Thank you.").await;
    let now = case.look().await;
    assert_eq!(now["task_lane"]["questions"][0]["unsent"], false);
    let sent = &now["messages"][2];
    assert_eq!((&sent["text"], &sent["answers"][0]["answer"]), (&json!(""), &json!("Yes")));
    case.engineer.post(&case.at("messages"), json!({ "text": "" })).await.expect(422);
}

#[tokio::test]
async fn the_state_version_rises_with_what_the_ai_goes_by_and_only_then() {
    let case = Case::with_lane().await;
    let mut before = case.state_version().await;
    let mut step = async |what: &str, rises: bool| {
        let now = case.state_version().await;
        assert_eq!(now > before, rises, "{what}: {before} → {now}");
        before = now;
    };
    case.answer(json!("Yes")).await;
    step("an answer", true).await;
    case.answer(json!("Yes")).await;
    step("the same answer again", false).await;
    let note = case.note("A note.").await;
    step("a fact", true).await;
    case.engineer.patch(&note, json!({ "text": "Another." })).await.expect(200);
    step("an edited fact", true).await;
    case.engineer.delete(&note).await;
    step("a deleted fact", true).await;
    case.engineer.post(&format!("{note}/restore"), json!({})).await.expect(200);
    step("a restored fact", true).await;
    case.engineer.patch(&case.path, json!({ "problem": "Another problem" })).await.expect(200);
    step("the problem", true).await;
    case.engineer.patch(&case.path, json!({ "title": "Another title", "archived": true })).await.expect(200);
    step("title and archiving", false).await;
    case.turn("Thanks.", "You are welcome.").await;
    step("messages", false).await;
    let fix = case.fix().await;
    case.engineer.patch(&format!("{fix}/script"), json!({ "script": "cmdkey /delete:x" })).await.expect(200);
    step("a fix's script", true).await;
    case.engineer.post(&format!("{fix}/apply"), json!({})).await.expect(200);
    step("an applied fix", true).await;
    case.engineer.post(&format!("{fix}/apply"), json!({})).await.expect(200);
    step("the same fix again", false).await;
    case.engineer.patch(&format!("{fix}/outcome"), json!({ "outcome": "applied_success" })).await.expect(200);
    step("an outcome", true).await;
}
