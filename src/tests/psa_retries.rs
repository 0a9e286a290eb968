//! A note that did not get through: what is tried again is what was approved, by one hand at a time, whatever else happens.

use std::sync::Arc;

use flowpilot::{
    accounts::types::UserRole,
    pilot::server::chores,
    psa::{server::PsaError, types::TicketStatus},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    psa_delivery::{OnTicket, session, so, unavailable, unknown},
    psa_settings::{PSA, connection},
    support::{Answer, Fault, On, Person, eventually, read, soon, text},
};

const POSTS: &str = "/accounts/me/psa/posts";
const NOTE: &str = "resolution-note/post";

impl OnTicket {
    /// The note as it is shown now.
    async fn shown(&self, session: &str) -> String {
        let preview = self.case.engineer.post(&format!("{session}/resolution-note/preview"), json!({})).await;
        text(&preview.expect(200)["markdown"])
    }

    async fn post_text(&self, markdown: &str) -> Answer {
        self.case.engineer.post(&self.case.at(NOTE), json!({ "markdown": markdown })).await
    }

    /// Posts the note of a session, under a key.
    async fn post_keyed(&self, key: &str) -> Answer {
        let note = json!({ "markdown": self.shown(&self.case.path).await });
        let request = self.case.engineer.request(Method::POST, &self.case.at(NOTE));
        read(request.header("idempotency-key", key).json(&note)).await
    }

    /// *Retry now* in the session.
    async fn retry(&self) -> Answer {
        self.retry_as(&self.case.engineer).await
    }

    async fn retry_as(&self, person: &Person) -> Answer {
        let browser = self.case.app.browser_of(person).await;
        read(browser.request(Method::POST, "/rpc/pilot/retry_post").json(&json!({ "id": self.case.id() }))).await
    }

    /// The worker of the first node, at work beside the test.
    fn worker_beside(&self) -> tokio::task::JoinHandle<()> {
        let platform = Arc::clone(&self.case.app.platform);
        tokio::spawn(async move { chores::deliver_due(&platform).await.unwrap() })
    }

    async fn called(&self, on: On) {
        eventually("the ticket system is called", async || self.psa.inside().calls.contains(&on)).await;
    }

    async fn texts(&self) -> Vec<String> {
        self.psa.notes_on("700").into_iter().map(|note| note.body).collect()
    }
}

#[tokio::test]
async fn a_retry_posts_what_was_approved_and_no_other_text() {
    let on = OnTicket::new().await;
    on.psa.will(On::Summary, Fault::Says(unavailable()));
    let approved = on.shown(&on.case.path).await + "\nIn my own words.";
    on.post_text(&approved).await.expect(502);
    let other = on.post().await;
    assert!(text(&other.body["detail"]).contains("Another text waits"), "{}", other.body);
    assert_eq!(other.refused(409), "session_not_open");
    assert_eq!(on.stands().await, so("posting", "11", 0));
    on.post_text(&approved).await.expect(200);
    assert_eq!(on.texts().await, [approved]);
}

#[tokio::test]
async fn a_session_whose_note_was_not_taken_is_reopened_and_posts_the_shorter_one() {
    let on = OnTicket::new().await;
    let long = PsaError::Refused("The text is longer than 5000 characters".to_owned());
    on.psa.will(On::AddNote, Fault::Says(long));
    on.post().await.expect(502);
    let shorter = on.shown(&on.case.path).await.replace("It asked.", "Asked.");
    assert_eq!(on.post_text(&shorter).await.refused(409), "session_not_open");
    on.case.engineer.post(&on.case.at("reopen"), json!({})).await.expect(200);
    on.post_text(&shorter).await.expect(200);
    assert_eq!(on.texts().await, [shorter]);
}

#[tokio::test]
async fn a_note_that_was_given_up_stays_with_its_session_and_says_so() {
    let on = OnTicket::new().await;
    on.psa.will(On::AddNote, Fault::Says(PsaError::Refused("No.".to_owned())));
    on.post().await.expect(502);
    on.case.engineer.post(&on.case.at("reopen"), json!({})).await.expect(200);
    let given_up = on.case.look().await["posted"][0].clone();
    assert_eq!((&given_up["state"], &given_up["ticket_id"]), (&json!("dropped"), &json!("700")));
    on.post().await.expect(200);
    let states: Vec<_> =
        on.case.look().await["posted"].as_array().unwrap().iter().map(|posted| text(&posted["state"])).collect();
    assert_eq!(states, ["dropped", "verified"]);
}

#[tokio::test]
async fn who_works_on_a_session_tries_again_from_there() {
    let on = OnTicket::new().await;
    on.psa.will(On::SetStatus, Fault::Ignores);
    let approved = on.shown(&on.case.path).await + "\nIn my own words.";
    on.post_text(&approved).await.expect(502);
    assert_eq!(on.case.look().await["posted"][0]["state"], "failed");
    assert_eq!(on.retry().await.expect(200)["outcome"], "resolved");
    assert_eq!(on.stands().await, so("resolved", "12", 1));
    assert_eq!(on.texts().await, [approved]);
    assert_eq!(on.retry().await.refused(409), "session_not_open", "nothing waits any more");
}

#[tokio::test]
async fn who_only_reads_a_session_does_not_try_again() {
    let on = OnTicket::new().await;
    on.psa.will(On::SetStatus, Fault::Ignores);
    on.post().await.expect(502);
    let reader = on.case.app.colleague(&on.owner, UserRole::Viewer).await;
    on.case.share_with(&reader).await;
    on.retry_as(&reader).await.expect(403);
    assert_eq!(on.stands().await, so("posting", "11", 1));
}

#[tokio::test]
async fn a_repeat_of_a_retry_gets_its_answer() {
    let on = OnTicket::new().await;
    on.psa.will(On::SetStatus, Fault::Says(unavailable()));
    on.post_keyed("first").await.expect(502);
    let retried = on.post_keyed("second").await.expect(200);
    assert_eq!(on.post_keyed("second").await.expect(200), retried);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_retry_that_meets_a_reopened_session_posts_nothing() {
    let on = OnTicket::new().await;
    on.psa.will(On::AddNote, Fault::Says(PsaError::Refused("No.".to_owned())));
    on.post().await.expect(502);
    let post = text(&on.owner.get(POSTS).await.expect(200)["items"][0]["id"]);
    // Somebody reopens it, and is not done yet.
    let mut reopening = on.case.app.beside().await;
    let reopen = "update ai_sessions set status = 'open', closing = closing + 1";
    sqlx::raw_sql(reopen).execute(&mut reopening).await.unwrap();
    let (owner, path) = (on.owner.clone(), format!("{POSTS}/{post}/retry"));
    let retry = tokio::spawn(async move { owner.post(&path, json!({})).await });
    on.case.app.somebody_waits().await;
    sqlx::raw_sql("commit").execute(&mut reopening).await.unwrap();
    assert_eq!(soon("the answer", retry).await.unwrap().refused(409), "session_not_open");
    assert_eq!(on.stands().await, so("open", "11", 0));
}

#[tokio::test]
async fn a_note_that_arrived_unheard_before_the_session_was_reopened_is_not_posted_again() {
    let on = OnTicket::new().await;
    on.psa.will(On::AddNote, Fault::DoneBut(unknown()));
    on.post().await.expect(502);
    // It is there for hours, as the clock of the ticket system has it.
    on.psa.inside().notes[0].1.created_at.0 -= time::Duration::hours(3);
    on.psa.will(On::Summary, Fault::Says(PsaError::Forbidden("The role may not do this.".to_owned())));
    on.worker().await;
    on.case.engineer.post(&on.case.at("reopen"), json!({})).await.expect(200);
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_note_on_the_wrong_tab_is_told_and_not_posted_once_more() {
    let on = OnTicket::new().await;
    on.psa.will(On::AddNote, Fault::DoneBut(unknown()));
    on.post().await.expect(502);
    on.psa.inside().notes[0].1.internal = true;
    on.worker().await;
    assert!(on.problem().await.contains("is internal, and should be"), "{}", on.problem().await);
    assert_eq!(on.stands().await, so("posting", "11", 1));
}

#[tokio::test]
async fn two_sessions_that_say_the_same_at_once_have_a_note_each() {
    let on = OnTicket::new().await;
    let gate = on.psa.hold(On::AddNote, "700");
    let (engineer, path, note) = (on.case.engineer.clone(), on.case.at(NOTE), on.shown(&on.case.path).await);
    let first = tokio::spawn(async move { engineer.post(&path, json!({ "markdown": note })).await });
    on.called(On::AddNote).await;
    // The note of the first is there, and the first does not know it yet.
    let other = session(&on.case.engineer).await;
    let note = json!({ "markdown": on.shown(&other).await });
    on.case.engineer.post(&format!("{other}/{NOTE}"), note).await.expect(200);
    gate.close();
    soon("the first answer", first).await.unwrap().expect(502);
    on.worker().await;
    let ids = |session: Value| session["posted"][0]["external_id"].clone();
    let (one, two) = (ids(on.case.look().await), ids(on.case.engineer.look(&other).await));
    assert!(one.is_string() && one != two, "{one} {two}");
    assert_eq!(on.stands().await, so("resolved", "12", 2));
}

#[tokio::test]
async fn a_slow_ticket_system_does_not_hand_a_note_to_two_nodes() {
    let on = OnTicket::new().await;
    on.psa.will(On::AddNote, Fault::Says(unknown()));
    on.post().await.expect(502);
    on.psa.inside().calls.clear();
    let (adding, moving) = (on.psa.hold(On::AddNote, "700"), on.psa.hold(On::SetStatus, "700"));
    on.case.app.sql("update postings set next_attempt_at = now(), unsure_until = null").await;
    let worker = on.worker_beside();
    on.called(On::AddNote).await;
    // It took so long that the right to the delivery is almost over.
    on.case.app.sql("update postings set claimed_until = now() + interval '2 seconds'").await;
    adding.close();
    on.called(On::SetStatus).await;
    on.case.app.sql("update postings set claimed_until = claimed_until - interval '10 seconds'").await;
    on.psa.inside().calls.clear();
    let other = on.case.app.second_node().await;
    chores::deliver_due(&other.platform).await.unwrap();
    assert!(on.psa.inside().calls.is_empty(), "{:?}", on.psa.inside().calls);
    moving.close();
    soon("the worker", worker).await.unwrap();
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_delivery_that_was_taken_over_calls_nobody_any_more() {
    let on = OnTicket::new().await;
    let gate = on.psa.hold(On::AddNote, "700");
    let (engineer, path, note) = (on.case.engineer.clone(), on.case.at(NOTE), on.shown(&on.case.path).await);
    let first = tokio::spawn(async move { engineer.post(&path, json!({ "markdown": note })).await });
    on.called(On::AddNote).await;
    on.case.app.sql("update postings set attempts = attempts + 1").await;
    gate.close();
    soon("the answer", first).await.unwrap().expect(502);
    assert_eq!(on.stands().await, so("posting", "11", 1));
}

#[tokio::test]
async fn the_dead_ticket_system_of_one_account_does_not_hold_up_another() {
    let on = OnTicket::new().await;
    // Sixty notes of another account, all of them older.
    let rival = on.case.app.owner_of("Rival MSP").await;
    rival.patch(PSA, connection()).await.expect(200);
    on.psa.ticket("701", "1", "Help Desk", "11");
    let theirs = rival.post("/ai-sessions", json!({ "ticket_id": "701" })).await.expect(201);
    on.psa.will(On::Summary, Fault::Says(unavailable()));
    let at = |what: &str| format!("/ai-sessions/{}/resolution-note/{what}", text(&theirs["id"]));
    let shown = rival.post(&at("preview"), json!({})).await.expect(200);
    let unfounded: Vec<&Value> = shown["statements"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    rival
        .post(&at("post"), json!({ "markdown": shown["markdown"], "confirm_ungrounded": unfounded }))
        .await
        .expect(502);
    let copies =
        "insert into postings (account_id, id, session_id, closing, kind, markdown, html, statements, approved,
            state_version, idempotency_key, posted_by, ticket_provider, ticket_id, next_attempt_at, created_at)
        select account_id, gen_random_uuid(), session_id, n, kind, markdown, html, statements, approved,
            state_version, n::text, posted_by, ticket_provider, ticket_id, now() - interval '1 hour', created_at
          from postings, generate_series(100, 160) n";
    on.case.app.sql(copies).await;
    on.psa.will(On::SetStatus, Fault::Says(unavailable()));
    on.post().await.expect(502);
    on.case.app.sql("update postings set next_attempt_at = now() where closing < 100").await;
    let dead = on.psa.hold(On::Summary, "701");
    let worker = on.worker_beside();
    eventually("the note arrives", async || on.case.look().await["status"] == "resolved").await;
    worker.abort();
    dead.close();
}

#[tokio::test]
async fn an_account_wide_status_that_is_gone_stops_the_post_before_anything_is_posted() {
    let on = OnTicket::new().await;
    on.owner.put("/accounts/me/psa/statuses", json!({ "board_id": "1", "resolved_status_id": null })).await.expect(200);
    on.owner.patch("/accounts/me/preferences", json!({ "cw_resolved_status_id": "22" })).await.expect(200);
    on.psa.inside().statuses.retain(|status| status.id != "22");
    assert_eq!(on.post().await.refused(502), "psa_refused");
    let why = on.problem().await;
    assert!(why.contains("is not there any more") && why.contains("/account/psa"), "{why}");
    assert_eq!(on.stands().await, so("posting", "11", 0));
}

#[tokio::test]
async fn a_ticket_on_a_board_that_is_not_listed_goes_where_that_board_was_told() {
    let on = OnTicket::new().await;
    let there = TicketStatus {
        id: "32".to_owned(),
        name: "Done".to_owned(),
        board_id: Some("1".to_owned()),
        closed: true,
        takes_time: true,
    };
    on.psa.inside().statuses.push(there);
    on.owner.put("/accounts/me/psa/statuses", json!({ "board_id": "1", "resolved_status_id": "32" })).await.expect(200);
    // The board is not in use any more, and its tickets are.
    on.psa.inside().unlisted = Some("1".to_owned());
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "32", 1));
}

#[tokio::test]
async fn what_is_not_known_of_a_board_is_not_said_to_be_not_chosen() {
    let on = OnTicket::new().await;
    on.owner.put("/accounts/me/psa/statuses", json!({ "board_id": "1", "resolved_status_id": null })).await.expect(200);
    on.owner.patch("/accounts/me/preferences", json!({ "cw_resolved_status_id": "22" })).await.expect(200);
    on.psa.inside().unlisted = Some("1".to_owned());
    let posted = on.post().await.expect(200);
    let why = text(&posted["status_transition_skipped_reason"]);
    assert!(why.contains("Help Desk") && why.contains("inactive") && !why.contains("No status is chosen"), "{why}");
}
