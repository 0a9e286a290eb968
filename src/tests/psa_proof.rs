//! The proof that nothing is lost and nothing doubled, in small: posts over two nodes to a ConnectWise that fails at random.
//! `end2end/soak/posts.mjs` is the same with a thousand posts and processes that are killed.

use flowpilot::{
    accounts::types::UserRole,
    ai::types::Action,
    pilot::server::chores,
    psa::server::simulator::{Options, Simulator},
    server::serve,
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::support::{Person, TestApp, text};

const POSTS: usize = 60;
/// Where tickets go, by board.
const TARGETS: [(i64, i64); 2] = [(1, 19), (2, 29)];

struct Proof {
    simulator: Simulator,
    app: TestApp,
    other: TestApp,
    owner: Person,
    engineer: Person,
    /// Ticket and session of each post.
    sessions: Vec<(String, String)>,
}

/// What sessions say, held against what is there.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    lost: usize,
    doubled: usize,
    unreported: usize,
}

impl Proof {
    async fn new() -> Self {
        let simulator = Simulator::start(Options { tickets: POSTS, ..Options::default() }).await.unwrap();
        let (app, script) = TestApp::scripted_with(serve::ticket_systems(true)).await;
        let other = app.second_node().await;
        let owner = app.owner_of("Acme MSP").await;
        let engineer = app.colleague(&owner, UserRole::Engineer).await;
        let options = simulator.options();
        let connection = json!({
            "provider": "connectwise", "site": simulator.url(), "company": options.company,
            "public_key": options.public_key, "private_key": options.private_key, "client_id": options.client_id,
        });
        owner.patch("/accounts/me/psa", connection).await.expect(200);
        for (board, status) in TARGETS {
            let chosen = json!({ "board_id": board.to_string(), "resolved_status_id": status.to_string() });
            owner.put("/accounts/me/psa/statuses", chosen).await.expect(200);
        }
        let said = json!({ "section": "Problem", "text": "It asked.", "sources": [] });
        script.will_answer(Action::ResolutionNote, json!({ "statements": [said] }));
        let mut sessions = Vec::new();
        for n in 0..POSTS {
            let ticket = (100_000 + n).to_string();
            let session = engineer.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
            sessions.push((ticket, format!("/ai-sessions/{}", text(&session["id"]))));
        }
        Self { simulator, app, other, owner, engineer, sessions }
    }

    /// Posts the note of a session on one of the nodes.
    async fn post(&self, n: usize) {
        let session = &self.sessions[n].1;
        let engineer = if n.is_multiple_of(2) { self.engineer.clone() } else { self.engineer.on(&self.other) };
        let preview = self.engineer.post(&format!("{session}/resolution-note/preview"), json!({})).await.expect(200);
        let unfounded: Vec<&Value> = preview["statements"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        let wanted = json!({ "markdown": preview["markdown"], "confirm_ungrounded": unfounded });
        let posted = engineer.post(&format!("{session}/resolution-note/post"), wanted).await;
        posted.expect_one_of(&[200, 202, 502]);
    }

    /// What the workers of both nodes do when their time has come; how many still wait.
    async fn work(&self) -> i64 {
        let due = "update postings set next_attempt_at = now(), unsure_until = null
                    where status = 'queued' and (claimed_until is null or claimed_until < now())";
        self.app.sql(due).await;
        let (one, two) =
            tokio::join!(chores::deliver_due(&self.app.platform), chores::deliver_due(&self.other.platform));
        one.and(two).unwrap();
        let mut tx = self.app.platform.db.for_account(self.owner.account).await.unwrap();
        let waiting = "select count(*) from postings where status = 'queued'";
        sqlx::query_scalar(waiting).fetch_one(&mut *tx).await.unwrap()
    }

    async fn count(&self) -> Count {
        let mut count = Count::default();
        for (ticket, session) in &self.sessions {
            let session = self.engineer.look(session).await;
            let here = self.simulator.ticket(ticket).unwrap();
            let ours = self.simulator.notes(ticket).iter().filter(|note| note["externalFlag"] == false).count();
            let target = TARGETS.iter().find(|(board, _)| here["board"]["id"] == *board).unwrap().1;
            let done = session["status"] == "resolved";
            let says = session["status"] == "posting" && session["posted"][0]["problem"].is_object();
            count.doubled += usize::from(ours > 1);
            count.lost += usize::from(ours == 0 && !says);
            count.unreported += usize::from(done && here["status"]["id"] != target || !done && !says);
        }
        count
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_a_failing_connectwise_each_note_arrives_once_or_says_that_it_did_not() {
    let proof = Proof::new().await;
    proof.simulator.random(11, 0.3);
    stream::iter(0..POSTS).for_each_concurrent(8, |n| proof.post(n)).await;
    for _ in 0..30 {
        if proof.work().await == 0 {
            break;
        }
    }
    let nothing = Count::default();
    assert_eq!(proof.count().await, nothing, "while ConnectWise fails");
    proof.simulator.heal();
    let posts = proof.owner.get("/accounts/me/psa/posts?limit=100").await.expect(200);
    for post in posts["items"].as_array().unwrap().iter().filter(|post| post["can_retry"] == true) {
        let again = format!("/accounts/me/psa/posts/{}/retry", text(&post["id"]));
        proof.owner.post(&again, json!({})).await.expect_one_of(&[200, 409]);
    }
    while proof.work().await > 0 {}
    assert_eq!(proof.count().await, nothing, "when it is well again");
    for (_, session) in &proof.sessions {
        assert_eq!(proof.engineer.look(session).await["status"], "resolved");
    }
    let broken = proof.simulator.requests().iter().filter(|asked| asked.fault.is_some()).count();
    assert!(broken > POSTS, "{broken} requests went wrong");
}
