//! Tickets over REST: listed, opened, worked on, and brought into a session (P4, P6).

use flowpilot::{accounts::types::UserRole, ai::types::Action};
use serde_json::{Value, json};

use crate::support::{Case, Person, TestApp, text};

async fn desk() -> (TestApp, Person, String) {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let ticket = app.ticket(&engineer, "Scanner offline", "It blinks.").await;
    (app, engineer, format!("/tickets/{ticket}"))
}

#[tokio::test]
async fn mine_are_those_that_i_am_assigned_to() {
    let (app, engineer, ticket) = desk().await;
    app.ticket(&engineer, "Another", "").await;
    engineer.put(&format!("{ticket}/assignees/{}", engineer.user), json!({})).await.expect(200);
    let mine = engineer.get("/tickets?assignee=mine").await.expect(200);
    assert_eq!((mine["items"].as_array().map(Vec::len), &mine["hint"]), (Some(1), &Value::Null));
    assert_eq!(mine["items"][0]["summary"], "Scanner offline");
}

#[tokio::test]
async fn who_is_nobody_in_the_ticket_system_is_told_how_to_become_somebody() {
    let (app, engineer, _) = desk().await;
    app.sql(&format!(
        "insert into psa_members (account_id, provider, member_id, mapped_by, mapped_at)
         values ('{}', 'local_desk', '{}', '{}', now())",
        engineer.account, engineer.user, engineer.user
    ))
    .await;
    let mine = engineer.get("/tickets?assignee=mine").await.expect(200);
    assert_eq!(mine["items"], json!([]));
    assert!(text(&mine["hint"]).contains("Settings > Ticket system"), "{mine}");
}

#[tokio::test]
async fn a_status_is_changed_and_read_back() {
    let (_app, engineer, ticket) = desk().await;
    let now = engineer.patch(&ticket, json!({ "status_id": "waiting" })).await.expect(200);
    assert_eq!(now["status_id"], "waiting");
    assert_eq!(engineer.patch(&ticket, json!({ "status_id": "on_fire" })).await.refused(422), "validation");
}

#[tokio::test]
async fn a_status_that_does_not_take_is_said() {
    let (app, engineer, ticket) = desk().await;
    app.sql(
        "create function keep() returns trigger language plpgsql as
            $$ begin new.status := old.status; return new; end $$;
         create trigger keep before update on desk_tickets for each row execute function keep()",
    )
    .await;
    let refused = engineer.patch(&ticket, json!({ "status_id": "waiting" })).await;
    assert_eq!(refused.refused(502), "psa_status_not_verified");
}

#[tokio::test]
async fn a_note_is_internal_unless_it_is_said_that_the_customer_reads_it() {
    let (_app, engineer, ticket) = desk().await;
    let at = format!("{ticket}/notes");
    let note = engineer.post(&at, json!({ "body": "Called her." })).await.expect(200);
    assert_eq!((&note["internal"], &note["kind"]), (&json!(true), &json!("internal")));
    let public = engineer.post(&at, json!({ "body": "We are on it.", "internal": false })).await.expect(200);
    assert_eq!((&public["internal"], &public["kind"]), (&json!(false), &json!("discussion")));
    assert_eq!(engineer.post(&at, json!({ "body": "  " })).await.refused(422), "validation");
}

#[tokio::test]
async fn the_same_key_adds_one_note_and_opens_one_ticket() {
    let (_app, engineer, ticket) = desk().await;
    let mut notes = Vec::new();
    let mut tickets = Vec::new();
    for _ in 0..2 {
        let post = |path: String, body: Value| {
            engineer.request(reqwest::Method::POST, &path).header("idempotency-key", "k").json(&body)
        };
        let note = post(format!("{ticket}/notes"), json!({ "body": "Once." }));
        notes.push(text(&crate::support::read(note).await.expect(200)["id"]));
        let new = post("/tickets".to_owned(), json!({ "summary": "Once" }));
        tickets.push(text(&crate::support::read(new).await.expect(200)["id"]));
    }
    assert_eq!((notes[0].clone(), tickets[0].clone()), (notes[1].clone(), tickets[1].clone()));
    let read = engineer.get(&ticket).await.expect(200);
    assert_eq!(read["notes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_ticket_without_a_summary_or_of_an_unknown_company_is_refused() {
    let (_app, engineer, _) = desk().await;
    assert_eq!(engineer.post("/tickets", json!({ "body": "x" })).await.refused(422), "validation");
    let nowhere = json!({ "summary": "x", "company_id": uuid::Uuid::now_v7() });
    assert_eq!(engineer.post("/tickets", nowhere).await.refused(422), "validation");
}

#[tokio::test]
async fn time_is_entered_in_ones_own_name() {
    let (_app, engineer, ticket) = desk().await;
    let entry = json!({ "started_at": "2026-03-10T09:00:00Z", "minutes": 20, "note": "Cable" });
    let all = engineer.post(&format!("{ticket}/time-entries"), entry).await.expect(200);
    assert_eq!((&all["items"][0]["member"], &all["items"][0]["minutes"]), (&json!("Colin Colleague"), &json!(20)));
    let none = json!({ "started_at": "2026-03-10T09:00:00Z", "minutes": 0 });
    assert_eq!(engineer.post(&format!("{ticket}/time-entries"), none).await.refused(422), "validation");
}

#[tokio::test]
async fn views_are_their_persons_own() {
    let (app, engineer, _) = desk().await;
    let other = app.colleague(&engineer, UserRole::Engineer).await;
    let view = json!({ "name": "Waiting", "query": "?status=waiting" });
    let saved = engineer.post("/tickets/views", view.clone()).await.expect(200);
    assert_eq!(saved["query"], "status=waiting");
    let again = engineer.post("/tickets/views", json!({ "name": "Waiting", "query": "status=new" })).await.expect(200);
    assert_eq!(again["id"], saved["id"]);
    assert_eq!(other.get("/tickets/views").await.expect(200), json!([]));
    let at = format!("/tickets/views/{}", text(&saved["id"]));
    assert_eq!(other.delete(&at).await.refused(404), "not_found");
    engineer.delete(&at).await.expect(204);
    assert_eq!(engineer.get("/tickets/views").await.expect(200), json!([]));
}

#[tokio::test]
async fn a_pasted_text_is_read_by_the_model_and_by_rules_without_one() {
    let (app, engineer, _) = desk().await;
    let pasted = json!({ "text": "Printer in accounts is dead\nSince this morning." });
    let plain = engineer.post("/tickets/read-text", pasted.clone()).await.expect(200);
    assert_eq!((&plain["summary"], &plain["company"]), (&json!("Printer in accounts is dead"), &Value::Null));
    drop(app);

    let case = Case::new().await;
    case.app.ticket(&case.engineer, "Earlier", "").await;
    let read = json!({
        "summary": "Printer dead", "description": "Since this morning.", "company": "contoso", "contact": "Jenny", "priority": "High"
    });
    case.script.will_answer(Action::TicketParsing, read);
    let draft = case.engineer.post("/tickets/read-text", pasted).await.expect(200);
    assert!(draft["company_id"].is_string(), "{draft}");
    assert_eq!((&draft["contact"], &draft["priority_id"]), (&json!("Jenny"), &json!("high")));
}

#[tokio::test]
async fn a_session_opens_its_ticket_and_tells_how_it_stands() {
    let case = Case::new().await;
    assert_eq!(case.engineer.get(&case.at("ticket")).await.expect(200), Value::Null);
    let before = case.state_version().await;
    let new = json!({ "summary": "Outlook asks", "company": "Contoso" });
    let session = case.engineer.post(&case.at("ticket"), new.clone()).await.expect(200);
    assert_eq!((&session["ticket"]["id"], &session["ticket"]["company"]), (&json!("1001"), &json!("Contoso")));
    assert!(case.state_version().await > before);
    let state = case.engineer.get(&case.at("ticket")).await.expect(200);
    assert_eq!((&state["status"], &state["open"]), (&json!("new"), &json!(true)));
    assert_eq!(case.engineer.post(&case.at("ticket"), new).await.refused(409), "ticket_linked");
}

#[tokio::test]
async fn opening_a_sessions_ticket_again_under_its_key_is_answered_as_before() {
    let case = Case::new().await;
    let open = async |key: &str, summary: &str| {
        let post = case.engineer.request(reqwest::Method::POST, &case.at("ticket")).header("idempotency-key", key);
        crate::support::read(post.json(&json!({ "summary": summary }))).await
    };
    let key = "k".repeat(200);
    for _ in 0..2 {
        assert_eq!(open(&key, "Outlook asks").await.expect(200)["ticket"]["id"], "1001");
    }
    assert_eq!(open(&key, "Outlook crashes").await.refused(409), "idempotency_key_reused");
    assert_eq!(open("another", "Outlook asks").await.refused(409), "ticket_linked");
    assert_eq!(case.engineer.get("/tickets").await.expect(200)["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn of_two_tickets_opened_at_once_the_first_stays_linked() {
    let case = Case::new().await;
    let open = async || case.engineer.post(&case.at("ticket"), json!({ "summary": "Outlook asks" })).await;
    let (one, other) = futures::join!(open(), open());
    let (linked, refused) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!(refused.refused(409), "ticket_linked");
    assert_eq!(case.look().await["ticket"]["id"], linked.expect(200)["ticket"]["id"]);
}

#[tokio::test]
async fn a_ticket_is_linked_and_taken_off_again() {
    let case = Case::new().await;
    let ticket = case.app.ticket(&case.engineer, "Scanner offline", "It blinks.").await;
    let linked = case.engineer.put(&case.at("ticket"), json!({ "ticket_id": ticket })).await.expect(200);
    assert_eq!(linked["ticket"]["summary"], "Scanner offline");
    let unknown = case.engineer.put(&case.at("ticket"), json!({ "ticket_id": "4711" })).await;
    assert_eq!(unknown.refused(422), "validation");
    case.engineer.delete(&case.at("ticket")).await.expect(204);
    assert_eq!(case.look().await["ticket"], Value::Null);
}

#[tokio::test]
async fn a_ticket_that_cannot_be_asked_fails_no_page() {
    let case = Case::new().await;
    let ticket = case.app.ticket(&case.engineer, "Scanner offline", "It blinks.").await;
    case.engineer.put(&case.at("ticket"), json!({ "ticket_id": ticket })).await.expect(200);
    case.app.sql("delete from desk_tickets").await;
    let state = case.engineer.get(&case.at("ticket")).await.expect(200);
    assert_eq!((&state["id"], &state["status"]), (&json!(ticket), &Value::Null));
    assert!(state["problem"].is_string(), "{state}");
}

#[tokio::test]
async fn internal_notes_of_a_ticket_are_told_to_the_ai_and_not_to_the_customer() {
    let mut case = Case::new().await;
    let ticket = case.app.ticket(&case.engineer, "Scanner offline", "It blinks.").await;
    let note = json!({ "body": "The customer is difficult." });
    case.engineer.post(&format!("/tickets/{ticket}/notes"), note).await.expect(200);
    case.engineer.put(&case.at("ticket"), json!({ "ticket_id": ticket })).await.expect(200);
    let (_stream, call) = case.ask("What now?").await;
    let told = call.request.situation.ticket.clone().expect("a ticket").text;
    assert!(told.contains("It blinks.") && told.contains("The customer is difficult."), "{told}");
}
