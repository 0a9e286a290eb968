//! An account, its session and a ConnectWise that speaks the wire format: from entering the keys to the note that was read back.

use flowpilot::{
    accounts::types::UserRole,
    ai::types::Action,
    pilot::server::chores,
    psa::server::simulator::{Mishap, Options, Simulator},
    server::serve,
};
use serde_json::{Value, json};

use crate::support::{Answer, Person, Script, TestApp, eventually, read, text};

const PSA: &str = "/accounts/me/psa";

struct Shop {
    app: TestApp,
    /// Says what the notes are.
    _script: Script,
    simulator: Simulator,
    owner: Person,
    engineer: Person,
    ticket: String,
    session: String,
    /// The status that resolved tickets go to.
    done: String,
}

pub fn keys(simulator: &Simulator) -> Value {
    let options = simulator.options();
    json!({
        "provider": "connectwise", "site": simulator.url(), "company": options.company, "public_key": options.public_key,
        "private_key": options.private_key, "client_id": options.client_id,
    })
}

impl Shop {
    async fn new(options: Options) -> Self {
        let simulator = Simulator::start(options).await.unwrap();
        let (app, script) = TestApp::scripted_with(serve::ticket_systems(true)).await;
        let owner = app.owner_of("Acme MSP").await;
        owner.patch(PSA, keys(&simulator)).await.expect(200);
        let engineer = app.colleague(&owner, UserRole::Engineer).await;
        simulator.add_member("ccolleague", ["Colin", "Colleague"], &engineer.email);
        let ticket = simulator.add_ticket("Outlook asks again and again");
        let board = simulator.ticket(&ticket).unwrap()["board"]["id"].to_string();
        let statuses = owner.get("/accounts/me/psa/statuses").await.expect(200);
        let boards = statuses["boards"].as_array().unwrap();
        let own = boards.iter().find(|one| one["board"]["id"] == board.as_str()).unwrap();
        let named = |status: &&Value| text(&status["name"]).starts_with("Completed");
        let done = text(&own["statuses"].as_array().unwrap().iter().find(named).unwrap()["id"]);
        let chosen = json!({ "board_id": board, "resolved_status_id": done });
        owner.put("/accounts/me/psa/statuses", chosen).await.expect(200);
        let session = engineer.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
        let session = format!("/ai-sessions/{}", text(&session["id"]));
        let cited = json!([{ "kind": "ticket", "id": ticket }]);
        let statement = |section: &str, said: &str| json!({ "section": section, "text": said, "sources": cited });
        let statements = [statement("Problem", "It asked."), statement("Resolution", "The password was cleared.")];
        script.will_answer(Action::ResolutionNote, json!({ "statements": statements }));
        Self { app, _script: script, simulator, owner, engineer, ticket, session, done }
    }

    async fn post(&self) -> Answer {
        let at = |what: &str| format!("{}/resolution-note/{what}", self.session);
        let preview = self.engineer.post(&at("preview"), json!({})).await.expect(200);
        self.engineer.post(&at("post"), json!({ "markdown": preview["markdown"] })).await
    }

    async fn worker(&self) {
        self.app.sql("update postings set next_attempt_at = now(), unsure_until = null").await;
        chores::deliver_due(&self.app.platform).await.unwrap();
    }

    /// Status of the session, whether the ticket is where it should be, and our notes on it.
    async fn stands(&self) -> (String, bool, usize) {
        let session = text(&self.engineer.look(&self.session).await["status"]);
        let ticket = self.simulator.ticket(&self.ticket).unwrap();
        let notes = self.simulator.notes(&self.ticket);
        let ours = notes.iter().filter(|note| text(&note["text"]).contains("The password was cleared.")).count();
        (session, ticket["status"]["id"].as_u64() == self.done.parse().ok(), ours)
    }

    async fn is_resolved(&self) {
        assert_eq!(self.stands().await, ("resolved".to_owned(), true, 1));
        assert!(self.simulator.doubled_notes().is_empty());
    }
}

#[tokio::test]
async fn a_note_goes_to_the_ticket_as_its_member_and_the_ticket_to_its_status() {
    let shop = Shop::new(Options::default()).await;
    assert_eq!(shop.owner.post(&format!("{PSA}/test"), json!({})).await.expect(200)["ok"], true);
    assert_eq!(shop.post().await.expect(200)["status_verified"], true);
    shop.is_resolved().await;
    let notes = shop.simulator.notes(&shop.ticket);
    let note = notes.iter().find(|note| text(&note["text"]).contains("cleared")).unwrap();
    assert_eq!((&note["resolutionFlag"], &note["internalAnalysisFlag"]), (&json!(true), &json!(false)));
    assert_eq!(note["member"]["identifier"], "ccolleague");
}

#[tokio::test]
async fn a_note_whose_answer_is_lost_is_found_and_not_posted_again() {
    let shop = Shop::new(Options::default()).await;
    shop.simulator.fault(Mishap::CutAfter.on("POST", "/notes"));
    // The provider may find it by itself; else the worker does.
    shop.post().await.expect_one_of(&[200, 502]);
    shop.worker().await;
    shop.is_resolved().await;
}

#[tokio::test]
async fn a_tenant_that_collapses_lines_is_understood() {
    let shop = Shop::new(Options { collapses_newlines: true, ..Options::default() }).await;
    shop.post().await.expect(200);
    shop.is_resolved().await;
}

#[tokio::test]
async fn a_note_that_is_too_long_is_told_and_nothing_is_posted() {
    let shop = Shop::new(Options { longest_note: 20, ..Options::default() }).await;
    let refused = shop.post().await;
    assert_eq!(refused.body["code"], "psa_refused", "{}", refused.body);
    let told = text(&refused.body["detail"]);
    assert!(told.contains("Reopen the session") && !told.contains("try again"), "{told}");
    assert_eq!(shop.stands().await, ("posting".to_owned(), false, 0));
}

#[tokio::test]
async fn the_list_of_sessions_tells_a_note_that_waits_for_a_person_until_it_is_reopened() {
    let shop = Shop::new(Options { longest_note: 20, ..Options::default() }).await;
    let stuck = async || shop.engineer.get("/ai-sessions").await.expect(200)["items"][0]["stuck"].clone();
    assert_eq!(stuck().await, Value::Null);
    shop.post().await.expect(502);
    assert_eq!(stuck().await, "not_posted");
    shop.engineer.post(&format!("{}/reopen", shop.session), json!({})).await.expect(200);
    assert_eq!(stuck().await, Value::Null);
}

#[tokio::test]
async fn a_status_that_was_deleted_there_is_told_before_anything_is_posted() {
    let shop = Shop::new(Options::default()).await;
    shop.simulator.delete_status(&shop.done);
    let refused = shop.post().await;
    assert_eq!(refused.body["code"], "psa_refused", "{}", refused.body);
    assert!(text(&refused.body["detail"]).contains("/account/psa"), "{}", refused.body);
    assert_eq!(shop.stands().await, ("posting".to_owned(), false, 0));
}

#[tokio::test]
async fn a_status_that_is_silently_kept_is_told_and_set_by_a_retry() {
    let shop = Shop::new(Options::default()).await;
    shop.simulator.fault(Mishap::Ignored.on("PATCH", "/service/tickets").times(8));
    assert!(!shop.post().await.status.is_success());
    assert_eq!(shop.stands().await, ("posting".to_owned(), false, 1));
    shop.simulator.heal();
    shop.post().await.expect(200);
    shop.is_resolved().await;
}

#[tokio::test]
async fn wrong_keys_are_told_with_the_real_error_and_a_post_waits_for_the_right_ones() {
    let shop = Shop::new(Options::default()).await;
    shop.simulator.change_keys("another", "key-of-the-tenant");
    let tested = shop.owner.post(&format!("{PSA}/test"), json!({})).await.expect(200);
    assert_eq!(tested["ok"], false, "{tested}");
    assert!(text(&shop.post().await.body["detail"]).contains("/account/psa"));
    assert_eq!(shop.stands().await, ("posting".to_owned(), false, 0));
    let right = json!({ "public_key": "another", "private_key": "key-of-the-tenant" });
    shop.owner.patch(PSA, right).await.expect(200);
    shop.post().await.expect(200);
    shop.is_resolved().await;
}

#[tokio::test]
async fn time_is_entered_as_the_member() {
    let shop = Shop::new(Options::default()).await;
    shop.post().await.expect(200);
    let path = format!("{}/time-entry", shop.session);
    let offer = shop.engineer.get(&path).await.expect(200);
    assert_eq!(offer["offered"], true, "{offer}");
    shop.engineer.post(&path, json!({ "minutes": 15, "note": "Looked into it." })).await.expect(200);
    shop.engineer.post(&path, json!({ "minutes": 15, "note": "Looked into it." })).await.expect(200);
    let entries = shop.simulator.time_entries(&shop.ticket);
    assert_eq!((entries.len(), &entries[0]["member"]["identifier"]), (1, &json!("ccolleague")), "{entries:?}");
}

#[tokio::test]
async fn the_ticket_system_calls_when_a_ticket_changes_and_is_believed() {
    let shop = Shop::new(Options { tells: true, ..Options::default() }).await;
    let on = json!({ "webhooks": shop.app.url("") });
    shop.owner.patch(PSA, on).await.expect(200);
    assert_eq!(shop.simulator.callbacks().len(), 1);
    shop.owner.patch(PSA, json!({ "webhooks": shop.app.url("") })).await.expect(200);
    assert_eq!(shop.simulator.callbacks().len(), 1, "one address at a time");
    // As somebody there would: over the API, which tells of it.
    shop.post().await.expect(200);
    eventually("the call is heard", async || {
        shop.owner.get(PSA).await.expect(200)["connection"]["webhooks"]["heard_at"].is_string()
    })
    .await;
    shop.owner.delete(PSA).await.expect(204);
    assert!(shop.simulator.callbacks().is_empty());
}

impl Shop {
    /// What a server function tells the engineer.
    async fn page(&self, path: &str) -> Value {
        let request = self.app.http.get(self.app.url(path)).bearer_auth(&self.engineer.token);
        read(request).await.expect(200)
    }
}

#[tokio::test]
async fn the_page_of_a_ticket_says_who_works_on_it_when() {
    let shop = Shop::new(Options::default()).await;
    let page = shop.page("/rpc/tickets/get?id=48214").await;
    let slots = page["ticket"]["schedule"]["items"].as_array().unwrap();
    let names: Vec<_> = slots.iter().map(|slot| text(&slot["member"]["name"])).collect();
    assert_eq!(names, ["John Doe", "Anna Smith"]);
    assert!(slots.iter().all(|slot| slot["starts_at"].is_string() && slot["ends_at"].is_string()), "{page}");
}

#[tokio::test]
async fn the_contacts_of_a_company_can_be_chosen_for_a_new_ticket() {
    let shop = Shop::new(Options::default()).await;
    let company = text(&shop.page("/rpc/tickets/get?id=48214").await["ticket"]["company_id"]);
    let found = shop.page(&format!("/rpc/tickets/contacts?company={company}")).await;
    let contact = &found["items"][0];
    let new = json!({ "summary": "Scanner", "company_id": company, "contact_id": contact["id"], "board_id": "1" });
    let opened = shop.engineer.post("/tickets", new).await.expect(200);
    assert_eq!((&opened["contact_id"], &opened["contact"]), (&contact["id"], &contact["name"]));
}

#[tokio::test]
async fn another_board_has_other_statuses() {
    let shop = Shop::new(Options::default()).await;
    let boards = shop.engineer.get("/boards").await.expect(200);
    let all = shop.page("/rpc/tickets/statuses").await;
    for board in boards["items"].as_array().unwrap() {
        let id = text(&board["id"]);
        let own = shop.page(&format!("/rpc/tickets/statuses?board={id}")).await;
        let listed = shop.engineer.get(&format!("/boards/{id}/statuses")).await.expect(200);
        let mut names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
        names.dedup();
        assert_eq!(own["items"], json!(names));
        assert!(names.iter().all(|name| all["items"].as_array().unwrap().contains(&json!(name))), "{all}");
    }
}
