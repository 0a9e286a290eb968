//! Notes on their way to the ticket: read back, posted once, nothing lost (P2.4).

use flowpilot::{ai::types::Action, pilot::server::chores};
use serde_json::{Value, json};

use crate::support::{Answer, Case, TestApp, text};

/// The ticket system keeps its status, and says nothing about it.
const SILENTLY_REFUSES: &str = "create function keep() returns trigger language plpgsql as
        $$ begin new.status := old.status; return new; end $$;
    create trigger keep before update on desk_tickets for each row execute function keep()";
const NO_LONGER: &str = "drop trigger keep on desk_tickets; drop function keep()";
/// The ticket system breaks when a status is set: the note is on the ticket by then.
const BREAKS_HALF_WAY: &str = "create function keep() returns trigger language plpgsql as
        $$ begin if new.status <> old.status then raise 'gone'; end if; return new; end $$;
    create trigger keep before update on desk_tickets for each row execute function keep()";

/// A session on a ticket whose note can be posted.
struct OnTicket {
    case: Case,
    ticket: String,
}

impl OnTicket {
    async fn new() -> Self {
        let (app, script) = TestApp::scripted().await;
        let engineer = app.engineer().await;
        let ticket = app.ticket(&engineer, "Outlook asks again and again", "Since Monday.").await;
        let session = engineer.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
        let path = format!("/ai-sessions/{}", text(&session["id"]));
        let statement =
            json!({ "section": "Problem", "text": "It asked.", "sources": [{ "kind": "ticket", "id": ticket }] });
        script.will_answer(Action::ResolutionNote, json!({ "statements": [statement] }));
        Self { case: Case { app, script, engineer, path }, ticket }
    }

    async fn post(&self) -> Answer {
        let preview = self.case.engineer.post(&self.case.at("resolution-note/preview"), json!({})).await.expect(200);
        self.case.engineer.post(&self.case.at("resolution-note/post"), json!({ "markdown": preview["markdown"] })).await
    }

    /// What the worker does when the time has come.
    async fn worker(&self) {
        self.case.app.sql("update postings set next_attempt_at = now()").await;
        chores::deliver_due(&self.case.app.platform).await.unwrap();
    }

    async fn ticket(&self) -> Value {
        self.case.engineer.get(&format!("/tickets/{}", self.ticket)).await.expect(200)
    }

    /// Status of the session, status of the ticket, notes on it.
    async fn stands(&self) -> (String, String, usize) {
        let ticket = self.ticket().await;
        (text(&self.case.look().await["status"]), text(&ticket["status"]), ticket["notes"].as_array().unwrap().len())
    }
}

fn so(session: &str, ticket: &str, notes: usize) -> (String, String, usize) {
    (session.to_owned(), ticket.to_owned(), notes)
}

#[tokio::test]
async fn a_posted_note_is_on_the_ticket_and_the_status_was_read_back() {
    let on = OnTicket::new().await;
    let posted = on.post().await.expect(200);
    assert_eq!((&posted["outcome"], &posted["status_verified"]), (&json!("resolved"), &json!(true)));
    assert_eq!(on.stands().await, so("resolved", "resolved", 1));
    let note = &on.ticket().await["notes"][0];
    assert_eq!((&note["id"], &note["internal"]), (&posted["external_id"], &json!(false)));
}

#[tokio::test]
async fn a_status_that_is_silently_refused_is_an_error_the_engineer_sees() {
    let on = OnTicket::new().await;
    on.case.app.sql(SILENTLY_REFUSES).await;
    assert_eq!(on.post().await.refused(502), "psa_status_not_verified");
    assert_eq!(on.stands().await, so("posting", "new", 1));
    let posted = on.case.look().await["posted"][0].clone();
    assert_eq!((&posted["done"], &posted["problem"]["code"]), (&json!(false), &json!("psa_status_not_verified")));
    assert!(posted["external_id"].is_string(), "the note's id is kept: {posted}");
}

#[tokio::test]
async fn posting_again_does_only_what_is_missing() {
    let on = OnTicket::new().await;
    on.case.app.sql(SILENTLY_REFUSES).await;
    on.post().await.expect(502);
    on.case.app.sql(NO_LONGER).await;
    assert_eq!(on.post().await.expect(200)["outcome"], "resolved");
    assert_eq!(on.stands().await, so("resolved", "resolved", 1));
}

#[tokio::test]
async fn a_session_whose_note_is_being_posted_takes_no_change() {
    let on = OnTicket::new().await;
    on.case.app.sql(SILENTLY_REFUSES).await;
    on.post().await.expect(502);
    on.case.app.sql("update postings set status = 'queued'").await;
    for path in ["facts", "messages", "reopen"] {
        let answer = on.case.engineer.post(&on.case.at(path), json!({ "text": "x" })).await;
        assert_eq!(answer.refused(409), "session_not_open", "{path}");
    }
    on.case.engineer.patch(&on.case.path, json!({ "title": "Another" })).await.expect(200);
}

#[tokio::test]
async fn what_broke_half_way_is_finished_by_the_worker_without_a_second_note() {
    let on = OnTicket::new().await;
    on.case.app.sql(BREAKS_HALF_WAY).await;
    on.post().await.expect(502);
    assert_eq!(on.stands().await, so("posting", "new", 1));
    on.worker().await;
    assert_eq!(on.stands().await, so("posting", "new", 1), "still broken");
    on.case.app.sql(NO_LONGER).await;
    on.worker().await;
    assert_eq!(on.stands().await, so("resolved", "resolved", 1));
}

#[tokio::test]
async fn a_post_under_way_is_not_taken_twice() {
    let on = OnTicket::new().await;
    on.case.app.sql(BREAKS_HALF_WAY).await;
    on.post().await.expect(502);
    on.case.app.sql("update postings set claimed_until = now() + interval '1 minute'").await;
    assert_eq!(on.post().await.refused(409), "session_not_open");
}

#[tokio::test]
async fn a_post_that_waits_for_its_next_try_can_be_posted_again_at_once() {
    let on = OnTicket::new().await;
    on.case.app.sql(BREAKS_HALF_WAY).await;
    on.post().await.expect(502);
    on.case.app.sql(NO_LONGER).await;
    assert_eq!(on.post().await.expect(200)["outcome"], "resolved");
    assert_eq!(on.stands().await, so("resolved", "resolved", 1));
}

#[tokio::test]
async fn a_session_whose_post_was_given_up_can_be_reopened() {
    let on = OnTicket::new().await;
    on.case.app.sql(SILENTLY_REFUSES).await;
    on.post().await.expect(502);
    on.case.engineer.post(&on.case.at("reopen"), json!({})).await.expect(200);
    on.case.note("A note.").await;
    on.case.app.sql(NO_LONGER).await;
    assert_eq!(on.post().await.expect(200)["outcome"], "resolved");
    assert_eq!(on.stands().await, so("resolved", "resolved", 2));
}

#[tokio::test]
async fn whoever_follows_hears_that_a_post_did_not_get_through() {
    let on = OnTicket::new().await;
    on.case.app.sql(BREAKS_HALF_WAY).await;
    on.post().await.expect(502);
    let before = on.case.look().await["last_event_id"].as_i64().unwrap();
    on.worker().await;
    assert!(on.case.look().await["last_event_id"].as_i64().unwrap() > before);
}

#[tokio::test]
async fn a_delivery_that_was_taken_over_has_no_say_any_more() {
    let on = OnTicket::new().await;
    // Somebody else takes the posting over while this one sets the status, which then fails.
    on.case.app.sql(
        "create function keep() returns trigger language plpgsql security definer as $$ begin
             update postings set attempts = attempts + 1; return old; end $$;
         create trigger keep before update on desk_tickets for each row when (new.status <> old.status) execute function keep()",
    )
    .await;
    on.post().await.expect(502);
    let posted = on.case.look().await["posted"][0].clone();
    assert_eq!((&posted["done"], &posted["problem"]), (&json!(false), &Value::Null), "{posted}");
}

#[tokio::test]
async fn what_a_dead_node_left_is_delivered_by_another() {
    let on = OnTicket::new().await;
    on.case.app.sql(BREAKS_HALF_WAY).await;
    on.post().await.expect(502);
    on.case.app.sql(NO_LONGER).await;
    on.case.app.sql("update postings set next_attempt_at = now(), claimed_by = gen_random_uuid(), claimed_until = now() + interval '1 minute'").await;
    let other = on.case.app.second_node().await;
    chores::deliver_due(&other.platform).await.unwrap();
    assert_eq!(on.stands().await.0, "posting", "somebody is at it");
    on.case.app.sql("update postings set claimed_until = now() - interval '1 second'").await;
    chores::deliver_due(&other.platform).await.unwrap();
    assert_eq!(on.stands().await, so("resolved", "resolved", 1));
}

#[tokio::test]
async fn two_workers_at_once_post_one_note() {
    let on = OnTicket::new().await;
    on.case.app.sql(SILENTLY_REFUSES).await;
    on.post().await.expect(502);
    on.case.app.sql(NO_LONGER).await;
    on.case
        .app
        .sql("update postings set status = 'queued', next_attempt_at = now(); delete from desk_ticket_notes")
        .await;
    let other = on.case.app.second_node().await;
    let (one, two) = tokio::join!(chores::deliver_due(&on.case.app.platform), chores::deliver_due(&other.platform));
    one.and(two).unwrap();
    assert_eq!(on.stands().await, so("resolved", "resolved", 1));
}

#[tokio::test]
async fn a_session_reads_its_ticket_once_and_keeps_it() {
    let on = OnTicket::new().await;
    on.case.app.sql("update desk_tickets set summary = 'Something else'").await;
    assert_eq!(on.case.look().await["ticket"]["summary"], "Outlook asks again and again");
}
