//! Notes on their way to a whole ticket system: where its board sends the ticket, whose name they bear, and every way in which a
//! ticket system can fail. Each session has its note once, or says that it has not.

use std::time::Duration;

use flowpilot::{accounts::types::UserRole, ai::types::Action, pilot::server::chores, psa::server::PsaError};
use serde_json::{Value, json};

use crate::{
    psa_settings::{PSA, connection},
    support::{Answer, Case, FakePsa, Fault, On, Person, TestApp, member, text},
};

pub const STATUSES: &str = "/accounts/me/psa/statuses";
const POSTS: &str = "/accounts/me/psa/posts";

/// A session on ticket 700 of a connected account.
pub struct OnTicket {
    pub case: Case,
    pub psa: FakePsa,
    pub owner: Person,
}

impl OnTicket {
    pub async fn new() -> Self {
        let psa = FakePsa::new();
        let (app, script) = TestApp::scripted_with(psa.registry()).await;
        let owner = app.owner_of("Acme MSP").await;
        owner.patch(PSA, connection()).await.expect(200);
        owner.put(STATUSES, json!({ "board_id": "1", "resolved_status_id": "12" })).await.expect(200);
        let engineer = app.colleague(&owner, UserRole::Engineer).await;
        psa.inside().members.push(member("6", "Colin Colleague", &engineer.email));
        let path = session(&engineer).await;
        let statement =
            json!({ "section": "Problem", "text": "It asked.", "sources": [{ "kind": "ticket", "id": "700" }] });
        script.will_answer(Action::ResolutionNote, json!({ "statements": [statement] }));
        script.will_answer(Action::EscalationPackage, json!({ "statements": [statement] }));
        Self { case: Case { app, script, engineer, path }, psa, owner }
    }

    pub async fn post_as(&self, kind: &str) -> Answer {
        let engineer = &self.case.engineer;
        let preview = engineer.post(&self.case.at(&format!("{kind}/preview")), json!({})).await.expect(200);
        engineer.post(&self.case.at(&format!("{kind}/post")), json!({ "markdown": preview["markdown"] })).await
    }

    pub async fn post(&self) -> Answer {
        self.post_as("resolution-note").await
    }

    /// What the worker does when the time has come.
    pub async fn worker(&self) {
        self.case.app.sql("update postings set next_attempt_at = now(), unsure_until = null").await;
        chores::deliver_due(&self.case.app.platform).await.unwrap();
    }

    /// What was sent without an answer has arrived by now, or never will.
    pub async fn half_a_minute(&self) {
        let sql = "update postings set time_claimed_until = time_claimed_until - interval '31 seconds'";
        self.case.app.sql(sql).await;
    }

    /// Seconds until the next try; `None`: there is none.
    async fn next_try(&self) -> Option<i64> {
        let mut tx = self.case.app.platform.db.for_account(self.owner.account).await.unwrap();
        sqlx::query_scalar(
            "select round(extract(epoch from next_attempt_at - now()))::int8 from postings where status = 'queued'",
        )
        .fetch_optional(&mut *tx)
        .await
        .unwrap()
    }

    /// Status of the session, status of the ticket, notes on it.
    pub async fn stands(&self) -> (String, String, usize) {
        (text(&self.case.look().await["status"]), self.psa.status_of("700"), self.psa.notes_on("700").len())
    }

    /// Why the last post did not get through.
    pub async fn problem(&self) -> String {
        text(&self.case.look().await["posted"][0]["problem"]["detail"])
    }
}

pub async fn session(engineer: &Person) -> String {
    let session = engineer.post("/ai-sessions", json!({ "ticket_id": "700" })).await.expect(201);
    format!("/ai-sessions/{}", text(&session["id"]))
}

pub fn so(session: &str, ticket: &str, notes: usize) -> (String, String, usize) {
    (session.to_owned(), ticket.to_owned(), notes)
}

pub fn unavailable() -> PsaError {
    PsaError::Unavailable("500 Internal Server Error".to_owned())
}

pub fn unknown() -> PsaError {
    PsaError::Unknown("timed out".to_owned())
}

#[tokio::test]
async fn a_note_is_posted_as_its_member_and_the_board_says_where_the_ticket_goes() {
    let on = OnTicket::new().await;
    assert_eq!(on.post().await.expect(200)["status_verified"], true);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
    assert_eq!(on.psa.inside().authors, [Some("6".to_owned())]);
}

#[tokio::test]
async fn where_a_board_chose_nothing_the_namesake_of_the_accounts_choice_counts() {
    let on = OnTicket::new().await;
    on.owner.put(STATUSES, json!({ "board_id": "1", "resolved_status_id": null })).await.expect(200);
    on.owner.patch("/accounts/me/preferences", json!({ "cw_resolved_status_id": "22" })).await.expect(200);
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn without_a_choice_the_ticket_keeps_its_status_and_the_answer_says_where_to_choose() {
    let on = OnTicket::new().await;
    let posted = on.post_as("escalation-package").await.expect(200);
    let why = text(&posted["status_transition_skipped_reason"]);
    assert!(why.contains("Help Desk") && why.contains("/account/psa"), "{why}");
    assert_eq!(on.stands().await, so("escalated", "11", 1));
    assert!(on.psa.notes_on("700")[0].internal);
}

#[tokio::test]
async fn a_chosen_status_that_is_gone_stops_the_post_before_anything_is_posted() {
    let on = OnTicket::new().await;
    on.psa.inside().statuses.retain(|status| status.id != "12");
    assert_eq!(on.post().await.refused(502), "psa_refused");
    assert_eq!(on.stands().await, so("posting", "11", 0));
    let why = on.problem().await;
    assert!(why.contains("Help Desk") && why.contains("/account/psa"), "{why}");
    // Another one is chosen: the same post goes there.
    on.owner.put(STATUSES, json!({ "board_id": "1", "resolved_status_id": "13" })).await.expect(200);
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "13", 1));
}

#[tokio::test]
async fn a_retry_keeps_its_status_unless_somebody_chose_another() {
    let on = OnTicket::new().await;
    on.psa.will(On::SetStatus, Fault::Says(unavailable()));
    on.post().await.expect(502);
    on.owner.put(STATUSES, json!({ "board_id": "1", "resolved_status_id": "13" })).await.expect(200);
    on.worker().await;
    assert_eq!(on.stands().await, so("resolved", "13", 1));
}

#[tokio::test]
async fn a_ticket_that_is_gone_is_told_and_nothing_is_posted() {
    let on = OnTicket::new().await;
    on.psa.inside().tickets.clear();
    assert_eq!(on.post().await.refused(502), "psa_refused");
    assert!(on.problem().await.contains("Ticket #700 is not there any more"), "{}", on.problem().await);
    assert!(on.psa.notes_on("700").is_empty());
    on.case.engineer.post(&on.case.at("reopen"), json!({})).await.expect(200);
}

#[tokio::test]
async fn a_note_that_the_ticket_system_does_not_take_can_be_changed() {
    let on = OnTicket::new().await;
    let long = PsaError::Refused("The text is longer than 5000 characters".to_owned());
    on.psa.will(On::AddNote, Fault::Says(long));
    on.post().await.expect(502);
    let why = on.problem().await;
    assert!(why.contains("5000 characters.") && why.contains("Reopen"), "{why}");
    on.case.engineer.post(&on.case.at("reopen"), json!({})).await.expect(200);
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_note_that_may_have_arrived_is_looked_for_and_not_sent_again_for_half_a_minute() {
    let on = OnTicket::new().await;
    on.psa.will(On::AddNote, Fault::DoneBut(unknown()));
    on.post().await.expect(502);
    assert!(on.next_try().await.unwrap() >= 29, "{:?}", on.next_try().await);
    on.worker().await;
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_note_that_did_not_arrive_is_sent_again_but_not_by_an_impatient_hand() {
    let on = OnTicket::new().await;
    on.psa.will(On::AddNote, Fault::Says(unknown()));
    on.post().await.expect(502);
    // Too early: it may still be on its way.
    assert!(text(&on.post().await.expect(502)["detail"]).contains("half a minute"));
    assert_eq!(on.stands().await, so("posting", "11", 0));
    on.worker().await;
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_pause_that_the_ticket_system_asks_for_is_kept() {
    let on = OnTicket::new().await;
    on.psa.will(On::Summary, Fault::Says(PsaError::Throttled { after: Duration::from_secs(77) }));
    on.post().await.expect(502);
    assert!((75..=77).contains(&on.next_try().await.unwrap()), "{:?}", on.next_try().await);
}

#[tokio::test]
async fn an_hour_of_outage_ends_in_a_posted_note_and_pauses_grow_to_ten_minutes() {
    let on = OnTicket::new().await;
    on.psa.is_down(On::SetStatus);
    on.post().await.expect(502);
    for _ in 0..14 {
        on.worker().await;
    }
    assert!((595..=600).contains(&on.next_try().await.unwrap()), "{:?}", on.next_try().await);
    assert_eq!(on.stands().await, so("posting", "11", 1));
    on.psa.is_well();
    on.worker().await;
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn after_a_day_of_outage_a_person_is_asked() {
    let on = OnTicket::new().await;
    on.psa.is_down(On::SetStatus);
    on.post().await.expect(502);
    on.case.app.sql("update postings set queued_at = now() - interval '25 hours'").await;
    on.worker().await;
    assert_eq!(on.next_try().await, None);
    on.psa.is_well();
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_silently_kept_status_is_an_error_and_the_note_is_not_posted_twice() {
    let on = OnTicket::new().await;
    on.psa.will(On::SetStatus, Fault::Ignores);
    assert_eq!(on.post().await.refused(502), "psa_status_not_verified");
    assert_eq!(on.stands().await, so("posting", "11", 1));
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn line_ends_of_the_ticket_system_are_its_own_business() {
    let on = OnTicket::new().await;
    on.psa.inside().writes = |text| text.replace('\n', "\r\n");
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_note_that_reads_otherwise_is_an_error_that_keeps_its_id() {
    let on = OnTicket::new().await;
    on.psa.inside().writes = |text| text.chars().take(10).collect();
    assert_eq!(on.post().await.refused(502), "psa_status_not_verified");
    assert_eq!(on.stands().await, so("posting", "11", 1));
    assert!(on.problem().await.contains("reads otherwise"));
    on.post().await.expect(502);
    assert_eq!(on.stands().await, so("posting", "11", 1), "not twice");
    // Somebody deletes it there: it is posted anew.
    on.psa.inside().writes = str::to_owned;
    on.psa.inside().notes.clear();
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "12", 1));
}

#[tokio::test]
async fn a_note_that_others_see_who_should_not_is_an_error() {
    let on = OnTicket::new().await;
    on.psa.will(On::SetStatus, Fault::Says(unavailable()));
    on.post().await.expect(502);
    on.psa.inside().notes[0].1.internal = true;
    on.worker().await;
    assert!(on.problem().await.contains("is internal, and should be"), "{}", on.problem().await);
}

#[tokio::test]
async fn the_same_note_of_another_session_is_another_note() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    let path = session(&on.case.engineer).await;
    let preview = on.case.engineer.post(&format!("{path}/resolution-note/preview"), json!({})).await.expect(200);
    let note = json!({ "markdown": preview["markdown"] });
    on.case.engineer.post(&format!("{path}/resolution-note/post"), note).await.expect(200);
    assert_eq!(on.psa.notes_on("700").len(), 2);
}

#[tokio::test]
async fn an_account_that_disconnected_meanwhile_is_told_and_can_connect_again() {
    let on = OnTicket::new().await;
    on.owner.delete(PSA).await.expect(204);
    on.post().await.expect(502);
    assert!(on.problem().await.contains("/account/psa"));
    on.owner.patch(PSA, connection()).await.expect(200);
    on.post().await.expect(200);
    assert_eq!(on.stands().await.0, "resolved");
}

#[tokio::test]
async fn admins_see_what_waits_and_why_and_try_again_without_seeing_the_text() {
    let on = OnTicket::new().await;
    on.psa.will(On::SetStatus, Fault::Ignores);
    on.post().await.expect(502);
    let listed = on.owner.get(POSTS).await.expect(200);
    let post = &listed["items"][0];
    assert_eq!(
        (&post["state"], &post["ticket_id"], &post["can_retry"]),
        (&json!("failed"), &json!("700"), &json!(true))
    );
    assert!(
        text(&post["problem"]["detail"]).contains("stayed") && !listed.to_string().contains("It asked."),
        "{listed}"
    );
    let again = on.owner.post(&format!("{POSTS}/{}/retry", text(&post["id"])), json!({})).await.expect(200);
    assert_eq!((&again["state"], &again["can_retry"]), (&json!("verified"), &json!(false)));
    assert_eq!(on.stands().await, so("resolved", "12", 1));
    let late = on.owner.post(&format!("{POSTS}/{}/retry", text(&post["id"])), json!({})).await;
    assert_eq!(late.refused(409), "session_not_open");
}

#[tokio::test]
async fn the_list_goes_on_where_it_ended() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    let path = session(&on.case.engineer).await;
    let preview = on.case.engineer.post(&format!("{path}/resolution-note/preview"), json!({})).await.expect(200);
    on.psa.inside().tickets.clear();
    let note = json!({ "markdown": preview["markdown"] });
    on.case.engineer.post(&format!("{path}/resolution-note/post"), note).await.expect(502);
    let first = on.owner.get(&format!("{POSTS}?limit=1")).await.expect(200);
    assert_eq!(first["items"][0]["state"], "failed");
    let cursor = text(&first["next_cursor"]);
    let rest = on.owner.get(&format!("{POSTS}?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!((&rest["items"][0]["state"], &rest["next_cursor"]), (&json!("verified"), &Value::Null));
    assert_eq!(on.owner.get(&format!("{POSTS}?cursor=x")).await.refused(400), "malformed");
}

#[tokio::test]
async fn time_is_offered_from_the_sessions_own_clock_and_entered_once() {
    let on = OnTicket::new().await;
    let path = on.case.at("time-entry");
    let early = on.case.engineer.get(&path).await.expect(200);
    assert!(early["offered"] == false && early["reason"].is_string(), "{early}");
    on.case.app.sql("update ai_sessions set created_at = now() - interval '10 minutes'").await;
    on.post().await.expect(200);
    let offer = on.case.engineer.get(&path).await.expect(200);
    assert_eq!((&offer["offered"], &offer["member"]), (&json!(true), &json!("Colin Colleague")), "{offer}");
    assert!((10..=11).contains(&offer["minutes"].as_i64().unwrap()), "{offer}");
    let spent = json!({ "minutes": 12, "note": "Looked into it." });
    let added = on.case.engineer.post(&path, spent.clone()).await.expect(200);
    assert!(added["entered_id"].is_string(), "{added}");
    assert_eq!(on.case.engineer.post(&path, spent).await.expect(200)["entered_id"], added["entered_id"]);
    let times = on.psa.inside().times.clone();
    assert_eq!((times.len(), times[0].1.minutes, times[0].1.member.as_str()), (1, 12, "6"));
}

#[tokio::test]
async fn time_that_may_have_arrived_is_sent_again_as_it_was() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    on.psa.will(On::AddTime, Fault::DoneBut(unknown()));
    on.case.engineer.post(&on.case.at("time-entry"), json!({ "minutes": 12 })).await.expect(502);
    on.half_a_minute().await;
    let again = on.case.engineer.post(&on.case.at("time-entry"), json!({ "minutes": 20 })).await.expect(200);
    assert_eq!(again["minutes"], 12);
    assert_eq!(on.psa.inside().times.len(), 1);
}

#[tokio::test]
async fn who_is_no_member_is_told_why_no_time_is_offered() {
    let on = OnTicket::new().await;
    on.psa.inside().members.clear();
    on.post().await.expect(200);
    let offer = on.case.engineer.get(&on.case.at("time-entry")).await.expect(200);
    assert!(text(&offer["reason"]).contains("/account/psa"), "{offer}");
    let refused = on.case.engineer.post(&on.case.at("time-entry"), json!({ "minutes": 5 })).await;
    assert_eq!(refused.status.as_u16(), 409, "{}", refused.body);
    assert_eq!(
        on.case.engineer.post(&on.case.at("time-entry"), json!({ "minutes": 0 })).await.refused(422),
        "validation"
    );
}
