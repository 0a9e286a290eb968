//! A FlowPilot of its own for each test, and the people who use it.

mod ai;
mod browser;
mod bucket;
mod case;
mod cluster;
mod events;
mod images;
mod people;
mod psa;
mod wait;

use std::{net::SocketAddr, sync::Arc};

use flowpilot::psa::server::Registry;
use flowpilot::{
    ai::server::{Gateway, settings::Operator},
    server::{
        config::{Database, Limits},
        context::Platform,
        crypto::Keyring,
        files::Files,
        router::{AppState, router},
        serve::{self, Connected},
    },
};
use leptos::config::LeptosOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

pub use ai::{Call, Script};
pub use browser::{Browser, cookie_of};
pub use bucket::Bucket;
pub use case::{Case, send, text};
pub use cluster::{empty_database, fresh_database};
pub use events::{Reader, SseEvent, follow, in_order, names, read_stream, told};
pub use images::{SECRET, encoded, exif, halves, photograph, png, png_chunk, with_chunks};
pub use people::{Answer, PASSWORD, Person, read};
pub use psa::{FakePsa, Fault, On, member};
pub use wait::{eventually, soon};

/// What stored secrets are sealed with, on every node.
const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const NO_LIMITS: Limits = Limits { turns_per_minute: 0, writes_per_minute: 0 };

/// A serving FlowPilot with a database of its own.
pub struct TestApp {
    pub address: SocketAddr,
    pub platform: Arc<Platform>,
    pub http: reqwest::Client,
    pub database_url: String,
    files: Files,
}

/// Runs a statement in a database as its cluster's superuser.
pub async fn sql(database_url: &str, statement: &str) {
    let url = database_url.replace("postgres://flowpilot@", "postgres://postgres@");
    let mut admin = PgConnection::connect(&url).await.expect("the database");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await.expect("the change");
    admin.close().await.expect("a clean end");
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with_limits(NO_LIMITS).await
    }

    pub async fn with_limits(limits: Limits) -> Self {
        Self::on(&cluster::fresh_database().await, limits, serve::built_in_ai(), Files::in_memory()).await
    }

    /// A FlowPilot whose operator offers these models.
    pub async fn with_operator(operator: Operator) -> Self {
        let database = cluster::fresh_database().await;
        Self::with(
            &database,
            NO_LIMITS,
            serve::built_in_ai(),
            operator,
            Files::in_memory(),
            KEY,
            serve::ticket_systems(false),
        )
        .await
    }

    /// The same FlowPilot started anew with another key for stored secrets.
    pub async fn with_other_key(&self, key: &str) -> Self {
        let (ai, operator) = (serve::built_in_ai(), Operator::builtin());
        Self::with(&self.database_url, NO_LIMITS, ai, operator, self.files.clone(), key, self.platform.psa.clone())
            .await
    }

    /// A FlowPilot that keeps files there.
    pub async fn with_files(files: Files) -> Self {
        Self::on(&cluster::fresh_database().await, NO_LIMITS, serve::built_in_ai(), files).await
    }

    /// A FlowPilot that asks this AI.
    pub async fn with_ai(ai: Gateway) -> Self {
        Self::on(&cluster::fresh_database().await, NO_LIMITS, ai, Files::in_memory()).await
    }

    /// A FlowPilot whose model says what the test tells it.
    pub async fn scripted() -> (Self, Script) {
        let (ai, script) = ai::scripted();
        let ai = Gateway::new(Arc::new(ai));
        let app = Self::on(&cluster::fresh_database().await, NO_LIMITS, ai, Files::in_memory()).await;
        (app, script)
    }

    /// The same, with these ticket systems to connect to.
    pub async fn scripted_with(psa: Registry) -> (Self, Script) {
        let (ai, script) = ai::scripted();
        let (ai, database) = (Gateway::new(Arc::new(ai)), cluster::fresh_database().await);
        let app = Self::with(&database, NO_LIMITS, ai, Operator::builtin(), Files::in_memory(), KEY, psa).await;
        (app, script)
    }

    /// One more node on the same database, files and ticket systems.
    pub async fn second_node(&self) -> Self {
        let (ai, files, psa) = (serve::built_in_ai(), self.files.clone(), self.platform.psa.clone());
        Self::with(&self.database_url, NO_LIMITS, ai, Operator::builtin(), files, KEY, psa).await
    }

    /// One more node that knows these ticket systems by itself.
    pub async fn second_node_with(&self, psa: Registry) -> Self {
        let (ai, files) = (serve::built_in_ai(), self.files.clone());
        Self::with(&self.database_url, NO_LIMITS, ai, Operator::builtin(), files, KEY, psa).await
    }

    async fn on(database_url: &str, limits: Limits, ai: Gateway, files: Files) -> Self {
        Self::with(database_url, limits, ai, Operator::builtin(), files, KEY, serve::ticket_systems(false)).await
    }

    async fn with(
        database_url: &str,
        limits: Limits,
        ai: Gateway,
        operator: Operator,
        files: Files,
        key: &str,
        psa: Registry,
    ) -> Self {
        let database = Database {
            database_url: Some(database_url.into()),
            direct_url: None,
            data_dir: std::env::temp_dir(),
            connections: 8,
        };
        let connected = Connected::open(&database, false).await.expect("a database");
        let keys = Keyring::open_or_make(Some(&key.into()), &database.data_dir).expect("a key");
        let platform =
            serve::platform(&connected, limits, ai, operator, files.clone(), keys, psa).await.expect("a platform");
        let options = LeptosOptions::builder().output_name("flowpilot").site_root("target/site").build();
        let state = AppState { platform: Arc::clone(&platform), options, metrics: None };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { address, platform, http, database_url: database_url.to_owned(), files }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Changes rows behind FlowPilot's back, as nobody but a test may: over all accounts.
    pub async fn sql(&self, statement: &str) {
        sql(&self.database_url, statement).await;
    }
}
