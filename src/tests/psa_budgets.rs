//! How often a page asks the ticket system, and that one which slows down or says no never fails a page.

use std::time::{Duration, Instant};

use flowpilot::{
    accounts::types::UserRole,
    psa::server::simulator::{Mishap, Options, Simulator},
    server::serve,
};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    psa_settings::PSA,
    support::{Browser, Person, TestApp, text},
};

const TICKETS: &str = "GET /service/tickets";

struct Shop {
    app: TestApp,
    simulator: Simulator,
    owner: Person,
    engineer: Person,
    page: Browser,
}

impl Shop {
    async fn new() -> Self {
        let simulator = Simulator::start(Options::default()).await.unwrap();
        let (app, _) = TestApp::scripted_with(serve::ticket_systems(true)).await;
        let owner = app.owner_of("Acme MSP").await;
        let options = simulator.options();
        let keys = json!({
            "provider": "connectwise", "site": simulator.url(), "company": options.company,
            "public_key": options.public_key, "private_key": options.private_key, "client_id": options.client_id,
        });
        owner.patch(PSA, keys).await.expect(200);
        let engineer = app.colleague(&owner, UserRole::Engineer).await;
        simulator.add_member("ccolleague", ["Colin", "Colleague"], &engineer.email);
        let page = app.browser_of(&engineer).await;
        Self { app, simulator, owner, engineer, page }
    }

    /// With all lists that are kept.
    async fn warm() -> Self {
        let shop = Self::new().await;
        shop.page.page("/tickets").await;
        shop.calls();
        shop
    }

    /// What the ticket system was asked since the last look, in order of the alphabet.
    fn calls(&self) -> Vec<String> {
        let asked = self.simulator.requests();
        self.simulator.forget_requests();
        let mut calls: Vec<_> = asked.iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect();
        calls.sort_unstable();
        calls
    }
}

#[tokio::test]
async fn with_the_lists_at_hand_the_tickets_page_asks_once() {
    let shop = Shop::warm().await;
    let page = shop.page.page("/tickets").await;
    assert!(page.contains("Outlook asks for password"));
    assert_eq!(shop.calls(), [TICKETS]);
    shop.page.page("/tickets?assignee=mine&board=1&q=outlook").await;
    assert_eq!(shop.calls(), [TICKETS]);
}

#[tokio::test]
async fn a_ticket_beside_the_list_asks_once_for_each_of_its_parts() {
    let shop = Shop::warm().await;
    shop.page.page("/tickets/48213").await;
    assert_eq!(
        shop.calls(),
        [
            "GET /company/configurations",
            "GET /schedule/entries",
            TICKETS, // the list
            TICKETS, // those related
            "GET /service/tickets/48213",
            "GET /service/tickets/48213/allNotes",
            "GET /service/tickets/48213/configurations",
            "GET /time/entries",
        ]
    );
}

#[tokio::test]
async fn a_session_from_a_ticket_reads_it_once_and_its_header_asks_once() {
    let shop = Shop::warm().await;
    let session = shop.engineer.post("/ai-sessions", json!({ "ticket_id": "48213" })).await.expect(201);
    assert_eq!(
        shop.calls(),
        [
            "GET /company/configurations",
            "GET /schedule/entries",
            "GET /service/tickets/48213",
            "GET /service/tickets/48213/allNotes",
            "GET /service/tickets/48213/configurations",
        ]
    );
    let path = format!("/ai-sessions/{}", text(&session["id"]));
    shop.page.page(&format!("/pilot/{}", text(&session["id"]))).await;
    assert_eq!(shop.calls(), Vec::<String>::new(), "the page itself waits for nobody");
    let state = shop.engineer.get(&format!("{path}/ticket")).await.expect(200);
    assert_eq!((&state["status"], &state["here"]), (&json!("New"), &json!(true)));
    assert_eq!(shop.calls(), ["GET /service/tickets/48213"]);
}

#[tokio::test]
async fn lists_are_read_once_however_many_ask_on_however_many_nodes() {
    let shop = Shop::new().await;
    let other = shop.app.node_with(serve::ticket_systems(true)).await;
    let far = other.browser_of(&shop.engineer).await;
    let here = (0..5).map(|_| shop.page.page("/tickets"));
    let there = (0..5).map(|_| far.page("/tickets"));
    for page in join_all(here.map(futures::FutureExt::boxed).chain(there.map(futures::FutureExt::boxed))).await {
        assert!(page.contains("Outlook asks for password"));
    }
    let calls = shop.calls();
    for list in ["/service/boards", "/service/boards/1/statuses", "/service/priorities", "/system/members"] {
        let list = format!("GET {list}");
        assert_eq!(calls.iter().filter(|call| **call == list).count(), 1, "{list}: {calls:?}");
    }
    assert_eq!(calls.iter().filter(|call| *call == TICKETS).count(), 10);
    shop.page.page("/tickets").await;
    assert_eq!(shop.calls(), [TICKETS], "and not again while they are fresh");
}

#[tokio::test]
async fn a_ticket_system_that_asks_for_a_pause_slows_the_page_and_does_not_fail_it() {
    let shop = Shop::warm().await;
    shop.simulator.fault(Mishap::Throttled(1));
    let began = Instant::now();
    let lists = join_all((0..12).map(|_| shop.engineer.get("/tickets"))).await;
    for list in lists {
        assert_ne!(list.expect(200)["items"], json!([]));
    }
    assert!(began.elapsed() >= Duration::from_secs(1));
    shop.simulator.fault(Mishap::Throttled(1));
    assert!(shop.page.page("/tickets").await.contains("Outlook asks for password"));
}

#[tokio::test]
async fn a_role_that_may_not_read_tickets_leaves_an_empty_page_that_says_which_permission_it_takes() {
    let shop = Shop::warm().await;
    shop.simulator.fault(Mishap::Forbidden.on("GET", "/service/tickets").forever());
    let list = shop.engineer.get("/tickets").await.expect(200);
    assert_eq!((&list["items"], &list["next_cursor"]), (&json!([]), &Value::Null));
    assert!(text(&list["hint"]).contains("Service Desk > Service Tickets"), "{list}");
    for page in ["/tickets", "/pilot"] {
        let page = shop.page.page(page).await;
        assert!(!page.contains("error-panel"), "{page}");
    }
}

#[tokio::test]
async fn the_home_of_the_pilot_is_whole_for_viewers_and_while_the_ticket_system_is_away() {
    let shop = Shop::warm().await;
    let viewer = shop.app.colleague(&shop.owner, UserRole::Viewer).await;
    let page = shop.app.browser_of(&viewer).await.page("/pilot").await;
    assert!(!page.contains("error-panel") && !page.contains("Or take a ticket"), "{page}");
    assert_eq!(shop.calls(), Vec::<String>::new());
    shop.simulator.fault(Mishap::Html(503).always());
    let page = shop.page.page("/pilot").await;
    assert!(!page.contains("error-panel") && page.contains("Open tickets cannot be shown right now"), "{page}");
}
