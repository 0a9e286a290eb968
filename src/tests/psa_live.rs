//! The ticket system tells of changes, and the pages that show the ticket learn of it: live, on all nodes, without a storm.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    psa_settings::{PSA, connection},
    support::{FakePsa, Person, SseEvent, TestApp, follow, read, text},
};

struct Shop {
    app: TestApp,
    psa: FakePsa,
    owner: Person,
    /// On ticket 700.
    session: String,
    /// Where the ticket system calls.
    hook: String,
}

fn is_news(event: &SseEvent) -> bool {
    event.name == "ticket_changed"
}

impl Shop {
    async fn new() -> Self {
        let psa = FakePsa::new();
        let (app, _) = TestApp::scripted_with(psa.registry()).await;
        let owner = app.owner_of("Acme MSP").await;
        owner.patch(PSA, connection()).await.expect(200);
        let origin = "https://flowpilot.example.com";
        owner.patch(PSA, json!({ "webhooks": origin })).await.expect(200);
        let hook = psa.inside().watched[0].strip_prefix(origin).unwrap().to_owned();
        let session = owner.post("/ai-sessions", json!({ "ticket_id": "700" })).await.expect(201);
        let session = format!("/ai-sessions/{}", text(&session["id"]));
        psa.inside().calls.clear();
        Self { app, psa, owner, session, hook }
    }

    /// The ticket system says that this one changed.
    async fn tells(&self, ticket: u32) {
        let body = json!({ "Action": "updated", "ID": ticket, "Type": "ticket" }).to_string();
        let call = self.app.http.post(self.app.url(&self.hook)).header("x-content-signature", "signed").body(body);
        assert_eq!(read(call).await.status.as_u16(), 204);
    }

    async fn after(&self) -> i64 {
        self.owner.look(&self.session).await["last_event_id"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn pages_on_a_ticket_hear_that_it_changed_and_the_ticket_system_is_not_asked() {
    let shop = Shop::new().await;
    shop.psa.ticket("701", "1", "Help Desk", "11");
    let before = shop.owner.look(&shop.session).await;
    let other = shop.app.second_node().await;
    let far = shop.owner.on(&other);
    shop.tells(701).await;
    shop.tells(700).await;
    let after = before["last_event_id"].as_i64().unwrap();
    for person in [&shop.owner, &far] {
        let heard = follow(person, &shop.session, after, is_news).await;
        assert_eq!(heard.last().unwrap().data, json!({ "id": "700" }));
    }
    assert!(shop.psa.inside().calls.is_empty(), "whoever looks at it asks, and nobody else");
    let now = shop.owner.look(&shop.session).await;
    for still in ["state_version", "updated_at", "title", "status"] {
        assert_eq!(now[still], before[still], "nothing of the session itself changed: {still}");
    }
}

#[tokio::test]
async fn many_changes_of_a_ticket_are_told_at_once_and_once_more() {
    let shop = Shop::new().await;
    let after = shop.after().await;
    join_all((0..40).map(|_| shop.tells(700))).await;
    let count = std::cell::Cell::new(0);
    let twice = |event: &SseEvent| {
        count.set(count.get() + u32::from(is_news(event)));
        count.get() == 2
    };
    let heard = follow(&shop.owner, &shop.session, after, twice).await;
    assert_eq!(heard.len(), 2, "{heard:?}");
    shop.tells(700).await;
    let next = follow(&shop.owner, &shop.session, heard[1].id, is_news).await;
    assert_eq!((next.len(), next[0].id), (1, after + 3), "nothing came between");
}

#[tokio::test]
async fn a_session_on_the_ticket_of_another_account_hears_nothing() {
    let shop = Shop::new().await;
    let rival = shop.app.owner_of("Rival MSP").await;
    rival.patch(PSA, connection()).await.expect(200);
    let theirs = rival.post("/ai-sessions", json!({ "ticket_id": "700" })).await.expect(201);
    let after = shop.after().await;
    shop.tells(700).await;
    follow(&shop.owner, &shop.session, after, is_news).await;
    let now = rival.look(&format!("/ai-sessions/{}", text(&theirs["id"]))).await;
    assert_eq!(now["last_event_id"], theirs["last_event_id"]);
}

#[tokio::test]
async fn a_status_that_somebody_sets_here_is_told_without_a_call_of_the_ticket_system() {
    let shop = Shop::new().await;
    let after = shop.after().await;
    shop.owner.patch("/tickets/700", json!({ "status_id": "12" })).await.expect(200);
    follow(&shop.owner, &shop.session, after, is_news).await;
}

#[tokio::test]
async fn a_ticket_of_the_system_before_is_not_taken_for_one_of_the_system_now() {
    let (app, _) = TestApp::scripted_with(FakePsa::new().registry()).await;
    let owner = app.owner_of("Acme MSP").await;
    let ticket = app.ticket(&owner, "Scanner offline", "It blinks.").await;
    let session = owner.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
    let at = format!("/ai-sessions/{}/ticket", text(&session["id"]));
    let before = owner.get(&at).await.expect(200);
    assert_eq!((&before["here"], &before["status"]), (&json!(true), &json!("new")));
    owner.patch(PSA, connection()).await.expect(200);
    let now = owner.get(&at).await.expect(200);
    assert_eq!((&now["here"], &now["status"], &now["problem"]), (&json!(false), &json!("new"), &Value::Null));
}
