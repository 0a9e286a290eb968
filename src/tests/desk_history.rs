//! The local desk as a desk of its own: who did what, tickets that can be edited, whose they are, and the talk with a customer (P4, P7).

use flowpilot::{accounts::server::demo, accounts::types::UserRole, server::router::context_of};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::{
    psa_settings::{PSA, connection},
    support::{Case, FakePsa, Person, TestApp, text},
};

async fn desk() -> (TestApp, Person, String) {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let new = json!({ "summary": "Scanner offline", "body": "It blinks.", "company": "Contoso", "contact": "Jenny" });
    let ticket = engineer.post("/tickets", new).await.expect(200);
    (app, engineer, format!("/tickets/{}", text(&ticket["id"])))
}

/// What was done, from what, to what: in the order of time.
fn done(ticket: &Value) -> Vec<(String, String, String)> {
    let or_none = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let changes = ticket["changes"].as_array().unwrap().iter();
    changes.map(|one| (or_none(&one["what"]), or_none(&one["was"]), or_none(&one["now"]))).collect()
}

fn so(what: &str, was: &str, now: &str) -> (String, String, String) {
    (what.to_owned(), was.to_owned(), now.to_owned())
}

#[tokio::test]
async fn a_fresh_account_opens_its_first_ticket_and_it_says_who_did() {
    let (_app, engineer, ticket) = desk().await;
    assert_eq!(ticket, "/tickets/1001");
    let read = engineer.get(&ticket).await.expect(200);
    assert_eq!((&read["opened_by"], &read["changes"]), (&json!("Colin Colleague"), &json!([])));
}

#[tokio::test]
async fn every_change_says_who_made_it_from_what_to_what() {
    let (app, engineer, ticket) = desk().await;
    let other = app.colleague(&engineer, UserRole::Owner).await;
    engineer.patch(&ticket, json!({ "status_id": "in_progress" })).await.expect(200);
    other.put(&format!("{ticket}/assignees/{}", engineer.user), json!({})).await.expect(200);
    other.delete(&format!("{ticket}/assignees/{}", engineer.user)).await.expect(204);
    let now = other.patch(&ticket, json!({ "summary": "Scanner dead", "priority_id": "high" })).await.expect(200);
    let name = text(&now["opened_by"]);
    assert_eq!(
        done(&now),
        [
            so("status", "new", "in progress"),
            so("assigned", "-", &name),
            so("unassigned", &name, "-"),
            so("summary", "Scanner offline", "Scanner dead"),
            so("priority", "normal", "high"),
        ]
    );
    let changes = now["changes"].as_array().unwrap();
    assert!(changes.iter().all(|one| one["at"].is_string() && one["by"].is_string()), "{now}");
    app.sql(&format!("update users set name = 'Olga Owner' where id = '{}'", other.user)).await;
    let read = engineer.get(&ticket).await.expect(200);
    let by: Vec<_> = read["changes"].as_array().unwrap().iter().map(|one| one["by"] == "Olga Owner").collect();
    assert_eq!(by, [false, true, true, true, true]);
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let (_app, engineer, ticket) = desk().await;
    let before = engineer.get(&ticket).await.expect(200);
    let same = json!({ "status_id": "new", "summary": "Scanner offline", "company": "contoso", "contact": "jenny" });
    assert_eq!(engineer.patch(&ticket, same).await.expect(200), before);
}

#[tokio::test]
async fn a_change_is_made_whole_or_not_at_all() {
    let (_app, engineer, ticket) = desk().await;
    let before = engineer.get(&ticket).await.expect(200);
    for (wrong, field) in [
        (json!({ "status_id": "waiting", "priority_id": "urgent" }), "priority_id"),
        (json!({ "status_id": "on_fire", "summary": "New" }), "status_id"),
        (json!({ "status_id": "waiting", "summary": "  " }), "summary"),
        (json!({ "status_id": "waiting", "company_id": uuid::Uuid::now_v7() }), "company_id"),
        (json!({ "status_id": "waiting", "contact_id": "nobody" }), "contact_id"),
        (json!({ "status_id": "waiting", "contact_email": "jenny" }), "contact_email"),
        (json!({ "status_id": "waiting", "contact": "", "contact_phone": "555 0134" }), "contact_phone"),
    ] {
        let refused = engineer.patch(&ticket, wrong.clone()).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{wrong}: {refused}");
        assert_eq!(engineer.get(&ticket).await.expect(200), before, "{wrong}");
    }
}

#[tokio::test]
async fn a_field_that_no_ticket_has_is_refused() {
    let (_app, engineer, ticket) = desk().await;
    assert_eq!(engineer.patch(&ticket, json!({ "priority": "high" })).await.refused(400), "malformed");
}

#[tokio::test]
async fn an_edited_description_says_what_it_said_before() {
    let (_app, engineer, ticket) = desk().await;
    let now = engineer.patch(&ticket, json!({ "body": "It is dark.\n\n> It blinks." })).await.expect(200);
    assert_eq!(now["body"], "It is dark.\n\n> It blinks.");
    assert_eq!(done(&now), [so("description", "It blinks.", "-")]);
}

#[tokio::test]
async fn a_session_keeps_what_it_was_told_of_its_ticket() {
    let mut case = Case::new().await;
    let ticket = case.app.ticket(&case.engineer, "Scanner offline", "It blinks.").await;
    case.engineer.put(&case.at("ticket"), json!({ "ticket_id": ticket })).await.expect(200);
    let edit = json!({ "summary": "Dark", "body": "It is dark." });
    case.engineer.patch(&format!("/tickets/{ticket}"), edit).await.expect(200);
    assert_eq!(case.look().await["ticket"]["summary"], "Scanner offline");
    let (_stream, call) = case.ask("What now?").await;
    let told = call.request.situation.ticket.clone().expect("a ticket").text;
    assert!(told.contains("It blinks.") && !told.contains("It is dark."), "{told}");
}

#[tokio::test]
async fn another_company_has_other_contacts() {
    let (_app, engineer, ticket) = desk().await;
    let now = engineer.patch(&ticket, json!({ "company": "Fabrikam" })).await.expect(200);
    assert_eq!((&now["company"], &now["contact"]), (&json!("Fabrikam"), &Value::Null));
    assert_eq!(done(&now), [so("company", "Contoso", "Fabrikam"), so("contact", "Jenny", "-")]);
}

#[tokio::test]
async fn a_contact_belongs_to_the_company_of_the_ticket() {
    let (_app, engineer, ticket) = desk().await;
    let contoso = engineer.get(&ticket).await.expect(200);
    let other = json!({ "summary": "Other", "company": "Fabrikam", "contact": "Luis" });
    let other = engineer.post("/tickets", other).await.expect(200);
    for wrong in [
        json!({ "summary": "x", "company_id": contoso["company_id"], "contact_id": other["contact_id"] }),
        json!({ "summary": "x", "company": "Contoso", "contact_id": other["contact_id"] }),
        json!({ "summary": "x", "company_id": contoso["company_id"], "contact_id": uuid::Uuid::now_v7() }),
    ] {
        let refused = engineer.post("/tickets", wrong.clone()).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], "contact_id", "{wrong}: {refused}");
    }
    let alone = json!({ "summary": "x", "contact_id": other["contact_id"] });
    let alone = engineer.post("/tickets", alone).await.expect(200);
    assert_eq!((&alone["company"], &alone["contact"]), (&json!("Fabrikam"), &json!("Luis")));
    assert_eq!(engineer.patch(&ticket, json!({ "contact_id": other["contact_id"] })).await.refused(422), "validation");
}

#[tokio::test]
async fn a_contact_has_an_address_and_a_phone_on_all_of_their_tickets() {
    let (_app, engineer, ticket) = desk().await;
    let reach = json!({ "contact_email": "jenny@contoso.example", "contact_phone": "+1 415 555 0148" });
    let now = engineer.patch(&ticket, reach).await.expect(200);
    let both = [so("contact_email", "-", "jenny@contoso.example"), so("contact_phone", "-", "+1 415 555 0148")];
    assert_eq!(done(&now), both);
    let next =
        json!({ "summary": "Next", "company": "Contoso", "contact": "jenny", "contact_phone": "+1 415 555 0149" });
    let next = engineer.post("/tickets", next).await.expect(200);
    let reach = (&next["contact_email"], &next["contact_phone"]);
    assert_eq!(reach, (&json!("jenny@contoso.example"), &json!("+1 415 555 0149")));
    assert_eq!(done(&next), [so("contact_phone", "+1 415 555 0148", "+1 415 555 0149")]);
    let contacts = format!("/companies/{}/contacts", text(&next["company_id"]));
    let listed = engineer.get(&contacts).await.expect(200);
    assert_eq!(listed["items"][0]["phone"], "+1 415 555 0149");
    let gone = engineer.patch(&ticket, json!({ "contact_email": "" })).await.expect(200);
    assert_eq!(gone["contact_email"], Value::Null);
}

#[tokio::test]
async fn a_note_says_from_whom_and_to_whom_also_when_the_contact_is_another_one_later() {
    let (_app, engineer, ticket) = desk().await;
    let at = format!("{ticket}/notes");
    engineer.post(&at, json!({ "body": "Is it on?", "internal": false })).await.expect(200);
    engineer.post(&at, json!({ "body": "She is difficult." })).await.expect(200);
    engineer.patch(&ticket, json!({ "contact": "Reception" })).await.expect(200);
    let notes = engineer.get(&ticket).await.expect(200)["notes"].clone();
    assert_eq!((&notes[0]["author"], &notes[0]["to"]), (&json!("Colin Colleague"), &json!("Jenny")));
    assert_eq!((&notes[1]["internal"], &notes[1]["to"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn what_the_customer_said_is_written_down_as_theirs() {
    let (_app, engineer, ticket) = desk().await;
    let at = format!("{ticket}/notes");
    let said = json!({ "body": "Yes.\n\n> Is it on?", "from_customer": true });
    let note = engineer.post(&at, said).await.expect(200);
    assert_eq!((&note["author"], &note["recorded_by"]), (&json!("Jenny"), &json!("Colin Colleague")));
    assert_eq!((&note["kind"], &note["internal"]), (&json!("customer"), &json!(false)));
    assert_eq!(note["body"], "Yes.\n\n> Is it on?");
}

#[tokio::test]
async fn only_the_status_is_changed_in_a_ticket_system_that_keeps_the_rest_itself() {
    let psa = FakePsa::new();
    let (app, _) = TestApp::scripted_with(psa.registry()).await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(PSA, connection()).await.expect(200);
    let can = owner.get("/tickets/capabilities").await.expect(200);
    for what in ["edit", "contact_details", "customer_notes"] {
        assert_eq!(can[what], false, "{can}");
    }
    for (wrong, field) in
        [(json!({ "summary": "x", "status_id": "12" }), "summary"), (json!({ "contact": "x" }), "contact")]
    {
        let refused = owner.patch("/tickets/700", wrong).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        assert!(text(&refused["detail"]).contains("ConnectWise PSA"), "{refused}");
    }
    assert_eq!(psa.status_of("700"), "11");
    let said = json!({ "body": "Yes.", "from_customer": true });
    assert_eq!(owner.post("/tickets/700/notes", said).await.refused(422), "validation");
    assert!(psa.notes_on("700").is_empty());
}

#[tokio::test]
async fn signs_that_nobody_types_break_no_list() {
    let (_app, engineer, _) = desk().await;
    for filter in ["q=%00", "q=Scanner%00", "status=new%00", "priority=normal%01", "q=%07&status=all"] {
        let listed = engineer.get(&format!("/tickets?{filter}")).await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{filter}: {listed}");
    }
    let found = engineer.get("/companies?q=%00Con%00").await.expect(200);
    assert_eq!(found["items"][0]["name"], "Contoso");
}

#[tokio::test]
async fn what_comes_with_the_demo_is_told_as_a_sample_and_its_contacts_can_be_reached() {
    let app = TestApp::start().await;
    let platform = app.platform.clone();
    demo::make(&platform.db, |account, user| context_of(&platform, account, user)).await.unwrap();
    let url = app.database_url.replace("postgres://flowpilot@", "postgres://postgres@");
    let mut database = PgConnection::connect(&url).await.unwrap();
    let told: (i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from desk_tickets where sample and opened_by is null),
                (select count(*) from desk_tickets),
                (select count(*) from desk_changes where actor_id is not null),
                (select count(*) from desk_contacts where email is null)",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(told, (15, 15, 0, 0));
}
