//! The ConnectWise provider over a ConnectWise that speaks its wire format with its quirks and faults.

mod bad_input;
mod callbacks;
mod find;
mod lists;
mod notes;
mod throttle;
mod tickets;
mod work;

use std::time::Duration;

use flowpilot::{
    psa::{
        server::{
            ConnectWiseKeys, NewNote, PsaError,
            connectwise::{ConnectWise, Options, Patience},
            simulator::{self, Asked, Simulator},
        },
        types::NewTicket,
    },
    server::{
        context::{Ctx, now},
        router::context_of,
    },
};

use crate::support::TestApp;

/// A FlowPilot, a ConnectWise, and somebody's connection between them.
pub struct Desk {
    pub app: TestApp,
    pub simulator: Simulator,
    pub connectwise: ConnectWise,
    pub ctx: Ctx,
}

/// What an account would enter.
pub fn keys(simulator: &Simulator) -> ConnectWiseKeys {
    let options = simulator.options();
    ConnectWiseKeys {
        site: simulator.url().parse().unwrap(),
        company: options.company.clone(),
        public_key: options.public_key.clone(),
        private_key: options.private_key.clone().into(),
        client_id: options.client_id.clone().into(),
    }
}

pub fn quick() -> Options {
    let patience = Patience {
        answer: Duration::from_secs(2),
        call: Duration::from_secs(6),
        tries: 3,
        first_wait: Duration::from_millis(5),
    };
    Options { trusted: true, patience }
}

impl Desk {
    pub async fn new() -> Self {
        Self::of(simulator::Options::default()).await
    }

    pub async fn of(options: simulator::Options) -> Self {
        let simulator = Simulator::start(options).await.unwrap();
        let app = TestApp::start().await;
        let owner = app.owner_of("Acme MSP").await;
        let ctx = context_of(&app.platform, owner.account, owner.user);
        let connectwise = ConnectWise::new(keys(&simulator), quick());
        Self { app, simulator, connectwise, ctx }
    }

    /// The requests since the last look.
    pub fn asked(&self) -> Vec<Asked> {
        let asked = self.simulator.requests();
        self.simulator.forget_requests();
        asked
    }

    /// Method and path of each request since the last look.
    pub fn calls(&self) -> Vec<String> {
        self.asked().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }

    /// The writes since the last look.
    pub fn writes(&self) -> Vec<String> {
        self.calls().into_iter().filter(|call| !call.starts_with("GET")).collect()
    }

    /// Everything that is kept is read.
    pub async fn warm(&self) {
        use flowpilot::psa::server::Provider;
        self.connectwise.statuses(&self.ctx, None).await.unwrap();
        self.connectwise.priorities(&self.ctx).await.unwrap();
        self.connectwise.members(&self.ctx).await.unwrap();
        self.simulator.forget_requests();
    }
}

/// A note for customers about the resolution.
pub fn resolution(body: &str) -> NewNote {
    NewNote {
        body: body.to_owned(),
        internal: false,
        resolution: true,
        from_customer: false,
        idempotency_key: "one".to_owned(),
        author: None,
        since: now(),
        others: Vec::new(),
    }
}

pub fn new_ticket(summary: &str) -> NewTicket {
    NewTicket { summary: summary.to_owned(), company_id: Some("250".to_owned()), ..NewTicket::default() }
}

/// What went wrong, when it should.
#[track_caller]
pub fn why<T: std::fmt::Debug>(outcome: Result<T, PsaError>) -> String {
    outcome.expect_err("an error").to_string()
}

#[track_caller]
pub fn says(text: &str, parts: &[&str]) {
    assert!(parts.iter().all(|part| text.contains(part)), "{parts:?} in: {text}");
}
