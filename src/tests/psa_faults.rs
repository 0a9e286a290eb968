//! Every fault at every step, alone and one after the other, with two nodes at work: afterwards each ticket has its note once and
//! its status as chosen. Nothing is lost, nothing is there twice, nothing goes unreported.

use std::time::Duration;

use flowpilot::{accounts::types::UserRole, ai::types::Action, pilot::server::chores, psa::server::PsaError};
use serde_json::json;

use crate::{
    psa_settings::{PSA, connection},
    support::{FakePsa, Fault, On, Person, TestApp, text},
};

const STEPS: [On; 3] = [On::Summary, On::AddNote, On::SetStatus];

/// What can go wrong at a step.
fn faults() -> Vec<fn() -> Fault> {
    vec![
        || Fault::Says(PsaError::Unavailable("503 Service Unavailable".to_owned())),
        || Fault::Says(PsaError::Unknown("timed out".to_owned())),
        || Fault::DoneBut(PsaError::Unknown("timed out".to_owned())),
        || Fault::Says(PsaError::Throttled { after: Duration::from_secs(9) }),
        || Fault::Says(PsaError::Forbidden("The role may not do this.".to_owned())),
        || Fault::Ignores,
    ]
}

struct Shop {
    app: TestApp,
    psa: FakePsa,
    owner: Person,
    engineer: Person,
}

impl Shop {
    async fn new() -> Self {
        let psa = FakePsa::new();
        let (app, script) = TestApp::scripted_with(psa.registry()).await;
        let owner = app.owner_of("Acme MSP").await;
        owner.patch(PSA, connection()).await.expect(200);
        let chosen = json!({ "board_id": "1", "resolved_status_id": "12" });
        owner.put("/accounts/me/psa/statuses", chosen).await.expect(200);
        let engineer = app.colleague(&owner, UserRole::Engineer).await;
        script.will_answer(Action::ResolutionNote, json!({ "statements": [] }));
        Self { app, psa, owner, engineer }
    }

    /// A session on a ticket of its own whose note is posted; its path.
    async fn posted(&self, ticket: &str) -> String {
        self.psa.ticket(ticket, "1", "Help Desk", "11");
        self.psa.inside().calls.clear();
        let session = self.engineer.post("/ai-sessions", json!({ "ticket_id": ticket })).await.expect(201);
        format!("/ai-sessions/{}", text(&session["id"]))
    }

    async fn post(&self, path: &str) -> u16 {
        let preview = self.engineer.post(&format!("{path}/resolution-note/preview"), json!({})).await.expect(200);
        let note = json!({ "markdown": preview["markdown"] });
        self.engineer.post(&format!("{path}/resolution-note/post"), note).await.status.as_u16()
    }
}

#[tokio::test]
async fn whatever_fails_wherever_each_ticket_has_its_note_once_and_its_status() {
    let shop = Shop::new().await;
    let other = shop.app.second_node().await;
    let (mut lost, mut doubled, mut unreported, mut number) = (Vec::new(), Vec::new(), Vec::new(), 1000);
    for step in STEPS {
        for (which, fault) in faults().into_iter().enumerate() {
            for again in [0, 1, 3] {
                number += 1;
                let (ticket, told) = (number.to_string(), format!("{step:?}, fault {which}, {again} more"));
                let path = shop.posted(&ticket).await;
                for _ in 0..=again {
                    shop.psa.will(step, fault());
                }
                let status = shop.post(&path).await;
                // What is not as it should be is said.
                let fine = shop.psa.status_of(&ticket) == "12" && shop.psa.notes_on(&ticket).len() == 1;
                if status == 200 && !fine {
                    unreported.push(told.clone());
                }
                for _ in 0..8 {
                    let due =
                        "update postings set next_attempt_at = now(), unsure_until = null where status = 'queued'";
                    shop.app.sql(due).await;
                    let (one, two) =
                        tokio::join!(chores::deliver_due(&shop.app.platform), chores::deliver_due(&other.platform));
                    one.and(two).unwrap();
                    let waits = shop.owner.get("/accounts/me/psa/posts?limit=1").await.expect(200)["items"][0].clone();
                    if waits["state"] == "failed" {
                        let retry = format!("/accounts/me/psa/posts/{}/retry", text(&waits["id"]));
                        shop.owner.post(&retry, json!({})).await.expect(200);
                    }
                    if waits["state"] == "verified" {
                        break;
                    }
                }
                let session = shop.engineer.look(&path).await;
                match shop.psa.notes_on(&ticket).len() {
                    0 => lost.push(told.clone()),
                    1 => {}
                    _ => doubled.push(told.clone()),
                }
                if session["status"] != "resolved" || shop.psa.status_of(&ticket) != "12" {
                    unreported.push(format!("{told}: {}", session["posted"]));
                }
                shop.psa.is_well();
            }
        }
    }
    println!("lost {}, doubled {}, unreported {}", lost.len(), doubled.len(), unreported.len());
    assert!(lost.is_empty() && doubled.is_empty() && unreported.is_empty(), "{lost:#?} {doubled:#?} {unreported:#?}");
}
