//! ConnectWise as the simulator plays it.

use async_trait::async_trait;
use flowpilot::{
    psa::{
        server::{
            ConnectWiseKeys, Provider,
            connectwise::{ConnectWise, Options as Reach},
            simulator::{Options, Simulator},
        },
        types::NewTicket,
    },
    server::{context::Ctx, router::context_of},
};

use super::{World, desk::BODY};
use crate::support::TestApp;

/// ConnectWise, played.
pub struct Played {
    simulator: Simulator,
    _app: TestApp,
    ctx: Ctx,
    desk: ConnectWise,
}

/// A provider with the keys that the simulator takes.
pub fn connected(simulator: &Simulator) -> ConnectWise {
    let options = simulator.options();
    let keys = ConnectWiseKeys {
        site: simulator.url().parse().unwrap(),
        company: options.company.clone(),
        public_key: options.public_key.clone(),
        private_key: options.private_key.clone().into(),
        client_id: options.client_id.clone().into(),
    };
    ConnectWise::new(keys, Reach { trusted: true, ..Reach::default() })
}

impl Played {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let engineer = app.engineer().await;
        let ctx = context_of(&app.platform, engineer.account, engineer.user);
        let simulator = Simulator::start(Options::default()).await.unwrap();
        let desk = connected(&simulator);
        Self { simulator, _app: app, ctx, desk }
    }
}

#[async_trait]
impl World for Played {
    fn desk(&self) -> &dyn Provider {
        &self.desk
    }

    fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    async fn ticket(&self, summary: &str) -> String {
        self.simulator.add_ticket(summary)
    }

    async fn new_ticket(&self, summary: &str) -> NewTicket {
        let company_id = Some("250".to_owned());
        NewTicket { summary: summary.to_owned(), body: BODY.to_owned(), company_id, ..NewTicket::default() }
    }

    async fn delete_ticket(&self, ticket: &str) {
        self.simulator.delete_ticket(ticket);
    }

    async fn delete_note(&self, _ticket: &str, note: &str) {
        self.simulator.delete_note(note);
    }

    async fn notes(&self, ticket: &str) -> Vec<(String, bool, bool)> {
        let ours = self.simulator.notes(ticket).into_iter().filter(|note| note["externalFlag"] == false);
        let read = |note: serde_json::Value| {
            let resolution = note["resolutionFlag"] == true;
            let internal = note["detailDescriptionFlag"] != true && !resolution;
            (note["text"].as_str().unwrap().to_owned(), internal, resolution)
        };
        ours.map(read).collect()
    }

    async fn status(&self, ticket: &str) -> String {
        self.simulator.ticket(ticket).unwrap()["status"]["id"].to_string()
    }

    fn another_status(&self) -> &'static str {
        "17"
    }

    fn foreign_status(&self) -> &'static str {
        "27"
    }

    fn members(&self) -> [String; 2] {
        ["12".to_owned(), "13".to_owned()]
    }

    async fn ticket_with_secret(&self) -> Option<(String, &'static str)> {
        Some(("48213".to_owned(), "Tr0ub4dor"))
    }
}
