//! What is written into a ticket system from the tickets page is written once under its key, on the local desk and in ConnectWise,
//! whatever becomes of the answer.

use flowpilot::{
    accounts::types::UserRole,
    psa::server::{
        PsaError,
        simulator::{Mishap, Options, Simulator},
    },
    server::serve,
    tickets::server::once,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    psa_end_to_end::keys,
    psa_settings::{PSA, connection},
    support::{Answer, FakePsa, Fault, On, Person, TestApp, eventually, read, soon, text},
};

/// An account whose tickets are in a ConnectWise that speaks the wire format.
struct Played {
    app: TestApp,
    simulator: Simulator,
    engineer: Person,
    ticket: String,
}

impl Played {
    async fn new(options: Options) -> Self {
        let simulator = Simulator::start(options).await.unwrap();
        let (app, _) = TestApp::scripted_with(serve::ticket_systems(true)).await;
        let owner = app.owner_of("Acme MSP").await;
        owner.patch(PSA, keys(&simulator)).await.expect(200);
        let engineer = app.colleague(&owner, UserRole::Engineer).await;
        simulator.add_member("ccolleague", ["Colin", "Colleague"], &engineer.email);
        let ticket = simulator.add_ticket("Outlook asks again and again");
        Self { app, simulator, engineer, ticket }
    }

    fn at(&self, what: &str) -> String {
        format!("/tickets/{}/{what}", self.ticket)
    }

    async fn note(&self, key: &str, body: &str) -> Answer {
        with_key(&self.engineer, &self.at("notes"), key, json!({ "body": body })).await
    }

    /// How many notes of this text are on the ticket.
    fn notes(&self, body: &str) -> usize {
        self.simulator.notes(&self.ticket).iter().filter(|note| note["text"] == body).count()
    }

    /// How often something was sent to this address so far.
    fn sent(&self, path: &str) -> usize {
        self.simulator.requests().iter().filter(|asked| asked.method == "POST" && asked.path.ends_with(path)).count()
    }
}

/// The same in memory, where ticket 700 is.
async fn faked() -> (TestApp, FakePsa, Person) {
    let psa = FakePsa::new();
    let (app, _) = TestApp::scripted_with(psa.registry()).await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(PSA, connection()).await.expect(200);
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    psa.inside().members.push(crate::support::member("6", "Colin Colleague", &engineer.email));
    (app, psa, engineer)
}

async fn with_key(person: &Person, path: &str, key: &str, body: Value) -> Answer {
    read(person.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
}

/// What was sent without an answer has arrived by now, or never will.
async fn half_a_minute(app: &TestApp) {
    app.sql("update ticket_writes set unsure_until = unsure_until - interval '31 seconds'").await;
}

const UNKNOWN: fn() -> PsaError = || PsaError::Unknown("timed out".to_owned());

#[tokio::test]
async fn the_same_key_adds_one_note_to_connectwise() {
    let shop = Played::new(Options::default()).await;
    let first = shop.note("k", "Called her.").await.expect(200);
    let again = shop.note("k", "Called her.").await.expect(200);
    assert_eq!((&first["id"], shop.notes("Called her.")), (&again["id"], 1));
    shop.note("l", "Called her.").await.expect(200);
    assert_eq!(shop.notes("Called her."), 2, "another key is another note");
}

#[tokio::test]
async fn a_note_that_arrives_late_is_not_sent_twice() {
    let shop = Played::new(Options::default()).await;
    shop.simulator.fault(Mishap::Html(503).on("POST", "/notes"));
    assert_eq!(shop.note("k", "Called her.").await.refused(502), "psa_unavailable");
    let sent = shop.sent("/notes");
    assert_eq!(shop.note("k", "Called her.").await.refused(502), "psa_unavailable");
    assert_eq!(shop.sent("/notes"), sent, "it may still be on its way");
    shop.simulator.add_note(&shop.ticket, &json!({ "text": "Called her.", "internalAnalysisFlag": true })).unwrap();
    shop.note("k", "Called her.").await.expect(200);
    assert_eq!((shop.notes("Called her."), shop.sent("/notes")), (1, sent));
}

#[tokio::test]
async fn a_note_that_never_arrived_is_sent_after_half_a_minute() {
    let shop = Played::new(Options::default()).await;
    shop.simulator.fault(Mishap::Html(503).on("POST", "/notes"));
    shop.note("k", "Called her.").await.expect(502);
    half_a_minute(&shop.app).await;
    shop.note("k", "Called her.").await.expect(200);
    assert_eq!(shop.notes("Called her."), 1);
}

#[tokio::test]
async fn a_note_that_reads_the_same_and_was_there_before_is_another_one() {
    let shop = Played::new(Options::default()).await;
    shop.simulator.add_note(&shop.ticket, &json!({ "text": "Called her.", "internalAnalysisFlag": true })).unwrap();
    shop.note("k", "Called her.").await.expect(200);
    assert_eq!(shop.notes("Called her."), 2);
}

#[tokio::test]
async fn the_same_words_of_another_key_are_not_taken_for_a_note_whose_answer_was_lost() {
    let shop = Played::new(Options::default()).await;
    shop.note("k", "Called her.").await.expect(200);
    shop.simulator.fault(Mishap::Html(503).on("POST", "/notes"));
    shop.note("l", "Called her.").await.expect(502);
    half_a_minute(&shop.app).await;
    shop.note("l", "Called her.").await.expect(200);
    assert_eq!(shop.notes("Called her."), 2);
}

#[tokio::test]
async fn the_same_words_that_somebody_else_wrote_meanwhile_are_not_taken_for_a_note_that_was_lost() {
    let (app, psa, engineer) = faked().await;
    let note = |key: &'static str| {
        let engineer = engineer.clone();
        async move { with_key(&engineer, "/tickets/700/notes", key, json!({ "body": "Called her." })).await }
    };
    psa.will(On::AddNote, Fault::Says(UNKNOWN()));
    let gate = psa.hold(On::AddNote, "700");
    let lost = tokio::spawn(note("k"));
    eventually("the first note is sent", async || psa.inside().calls.contains(&On::AddNote)).await;
    psa.hold(On::AddNote, "700").close();
    let theirs = note("l").await.expect(200);
    gate.close();
    soon("the first answer", lost).await.unwrap().expect(502);
    half_a_minute(&app).await;
    let ours = note("k").await.expect(200);
    assert!(ours["id"] != theirs["id"] && psa.notes_on("700").len() == 2, "{ours} {theirs}");
}

#[tokio::test]
async fn other_words_under_the_same_key_are_refused_and_not_lost() {
    let shop = Played::new(Options::default()).await;
    shop.note("k", "Called her.").await.expect(200);
    assert_eq!(shop.note("k", "Called him.").await.refused(409), "idempotency_key_reused");
    let public = json!({ "body": "Called her.", "internal": false });
    let refused = with_key(&shop.engineer, &shop.at("notes"), "k", public).await;
    assert_eq!(refused.refused(409), "idempotency_key_reused");
    assert_eq!(shop.notes("Called him."), 0);
}

#[tokio::test]
async fn a_note_that_was_refused_can_be_shortened_under_its_key() {
    let shop = Played::new(Options { longest_note: 20, ..Options::default() }).await;
    assert_eq!(shop.note("k", "Called her, and then him too.").await.refused(502), "psa_refused");
    shop.note("k", "Called both.").await.expect(200);
    assert_eq!(shop.notes("Called both."), 1);
}

#[tokio::test]
async fn line_breaks_are_the_ticket_systems_business_and_a_deleted_note_is_sent_anew() {
    let (_app, psa, engineer) = faked().await;
    psa.inside().writes = |text| text.replace('\n', "");
    let note = json!({ "body": "Called her.\nShe agrees.", "internal": false });
    for _ in 0..2 {
        with_key(&engineer, "/tickets/700/notes", "k", note.clone()).await.expect(200);
    }
    assert_eq!(psa.notes_on("700").len(), 1);
    psa.inside().notes.clear();
    with_key(&engineer, "/tickets/700/notes", "k", note).await.expect(200);
    assert_eq!(psa.notes_on("700").len(), 1);
}

#[tokio::test]
async fn a_note_that_reads_otherwise_there_is_told_and_not_sent_again() {
    let (_app, psa, engineer) = faked().await;
    psa.inside().writes = |text| text.chars().take(6).collect();
    for _ in 0..2 {
        let refused = with_key(&engineer, "/tickets/700/notes", "k", json!({ "body": "Called her." })).await;
        assert_eq!(refused.refused(502), "psa_refused");
    }
    assert_eq!(psa.notes_on("700").len(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_ticket_and_its_words_on_the_local_desk_too() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let mut ids = Vec::new();
    for summary in ["Scanner", "Printer"] {
        let at = format!("/tickets/{}/notes", app.ticket(&engineer, summary, "").await);
        let note = with_key(&engineer, &at, "k", json!({ "body": "Once." })).await.expect(200);
        ids.push(text(&note["id"]));
        let other = with_key(&engineer, &at, "k", json!({ "body": "Twice." })).await;
        assert_eq!(other.refused(409), "idempotency_key_reused");
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(with_key(&engineer, "/tickets/01001/notes", "k", json!({ "body": "Once." })).await.status, 404);
}

#[tokio::test]
async fn the_same_key_enters_time_once_on_the_local_desk_and_in_connectwise() {
    let shop = Played::new(Options::default()).await;
    let app = TestApp::start().await;
    let desk = app.engineer().await;
    let at = format!("/tickets/{}/time-entries", app.ticket(&desk, "Scanner", "").await);
    let entry = json!({ "started_at": "2026-03-10T09:00:00Z", "minutes": 20, "note": "Cable" });
    for (person, at) in [(&shop.engineer, shop.at("time-entries")), (&desk, at)] {
        for _ in 0..2 {
            let all = with_key(person, &at, "k", entry.clone()).await.expect(200);
            assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
        }
        let mut other = entry.clone();
        other["minutes"] = json!(30);
        assert_eq!(with_key(person, &at, "k", other).await.refused(409), "idempotency_key_reused");
    }
    assert_eq!(shop.simulator.time_entries(&shop.ticket).len(), 1);
}

#[tokio::test]
async fn time_that_may_have_arrived_is_not_sent_again_for_half_a_minute() {
    let (app, psa, engineer) = faked().await;
    let entry = json!({ "started_at": "2026-03-10T09:00:00Z", "minutes": 20 });
    let at = "/tickets/700/time-entries";
    psa.will(On::AddTime, Fault::DoneBut(UNKNOWN()));
    assert_eq!(engineer.post(at, entry.clone()).await.refused(502), "psa_unavailable");
    psa.inside().calls.clear();
    assert_eq!(engineer.post(at, entry.clone()).await.refused(502), "psa_unavailable");
    assert!(!psa.inside().calls.contains(&On::LookForTime));
    half_a_minute(&app).await;
    engineer.post(at, entry).await.expect(200);
    assert_eq!(psa.inside().times.len(), 1);
}

#[tokio::test]
async fn what_may_have_arrived_is_remembered_when_the_next_try_fails_otherwise() {
    let (app, psa, engineer) = faked().await;
    let entry = |minutes: u32| json!({ "started_at": "2026-03-10T09:00:00Z", "minutes": minutes });
    let at = "/tickets/700/time-entries";
    psa.will(On::AddTime, Fault::DoneBut(UNKNOWN()));
    with_key(&engineer, at, "k", entry(20)).await.expect(502);
    half_a_minute(&app).await;
    psa.will(On::LookForTime, Fault::Says(PsaError::Unavailable("500".to_owned())));
    with_key(&engineer, at, "k", entry(20)).await.expect(502);
    assert_eq!(with_key(&engineer, at, "k", entry(30)).await.refused(409), "idempotency_key_reused");
    with_key(&engineer, at, "k", entry(20)).await.expect(200);
    assert_eq!(psa.inside().times.len(), 1);
}

#[tokio::test]
async fn another_ticket_under_the_same_key_is_refused_and_not_thrown_away() {
    let shop = Played::new(Options::default()).await;
    let app = TestApp::start().await;
    let desk = app.engineer().await;
    for person in [&shop.engineer, &desk] {
        let new = |summary: &str| {
            let mut new = json!({ "summary": summary });
            if person.account == shop.engineer.account {
                new["company_id"] = json!("250");
            }
            new
        };
        let first = with_key(person, "/tickets", "k", new("Scanner")).await.expect(200);
        assert_eq!(with_key(person, "/tickets", "k", new("Scanner")).await.expect(200)["id"], first["id"]);
        assert_eq!(with_key(person, "/tickets", "k", new("Printer")).await.refused(409), "idempotency_key_reused");
    }
}

#[tokio::test]
async fn a_ticket_that_may_have_arrived_is_looked_for_before_it_is_opened_again() {
    let shop = Played::new(Options::default()).await;
    let new = json!({ "summary": "Scanner", "company_id": "250" });
    shop.simulator.fault(Mishap::Html(503).on("POST", "/service/tickets"));
    assert_eq!(with_key(&shop.engineer, "/tickets", "k", new.clone()).await.refused(502), "psa_unavailable");
    let sent = shop.sent("/service/tickets");
    assert_eq!(with_key(&shop.engineer, "/tickets", "k", new.clone()).await.refused(502), "psa_unavailable");
    assert_eq!(shop.sent("/service/tickets"), sent);
    half_a_minute(&shop.app).await;
    with_key(&shop.engineer, "/tickets", "k", new).await.expect(200);
    assert_eq!(shop.simulator.tickets().iter().filter(|ticket| ticket["summary"] == "Scanner").count(), 1);
}

#[tokio::test]
async fn what_names_nothing_is_a_wrong_field_and_what_is_no_field_is_refused() {
    let shop = Played::new(Options::default()).await;
    for (field, id) in [
        ("company_id", "987654"),
        ("company_id", "Contoso"),
        ("contact_id", "987654"),
        ("board_id", "987654"),
        ("priority_id", "987654"),
    ] {
        let mut new = json!({ "summary": "Scanner", "company_id": "250" });
        new[field] = json!(id);
        let refused = shop.engineer.post("/tickets", new).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    let at = format!("/tickets/{}", shop.ticket);
    for status in ["Completed", "987654"] {
        let refused = shop.engineer.patch(&at, json!({ "status_id": status })).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], "status_id", "{refused}");
    }
    let entry = json!({ "started_at": "2026-03-10T09:00:00Z", "minutes": 5, "member": "12" });
    for (path, body) in [
        ("/tickets".to_owned(), json!({ "summary": "x", "priority": "high" })),
        (shop.at("notes"), json!({ "body": "x", "public": true })),
        (shop.at("time-entries"), entry),
    ] {
        assert_eq!(shop.engineer.post(&path, body).await.refused(400), "malformed");
    }
}

#[tokio::test]
async fn keys_are_let_go_of_after_two_weeks() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let at = format!("/tickets/{}/notes", app.ticket(&engineer, "Scanner", "").await);
    for key in ["old", "young"] {
        with_key(&engineer, &at, key, json!({ "body": "Once." })).await.expect(200);
    }
    app.sql("update ticket_writes set created_at = now() - interval '15 days' where key = 'old'").await;
    once::forget_old(&app.platform).await.unwrap();
    with_key(&engineer, &at, "old", json!({ "body": "Anew." })).await.expect(200);
    assert_eq!(
        with_key(&engineer, &at, "young", json!({ "body": "Anew." })).await.refused(409),
        "idempotency_key_reused"
    );
}
