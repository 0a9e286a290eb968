//! ConnectWise PSA as far as the wire goes: its format, its quirks and its faults, for tests and for `flowpilot psa simulate`.
//!
//! Written from what is documented of ConnectWise, and not from our client: what that one believes is what this one checks.
//! Everything is in memory. No part of FlowPilot that serves people may use it.

mod auth;
mod call;
mod callbacks;
mod conditions;
mod control;
mod faults;
mod fields;
mod hands;
mod line;
mod lists;
mod log;
mod matching;
mod notes;
mod paging;
mod reply;
mod route;
mod seed;
mod serve;
mod tickets;
mod work;
mod world;

#[cfg(test)]
mod tests;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

pub use callbacks::Sent;
pub use faults::{Fault, Mishap};
pub use log::Asked;

use faults::Faults;
use line::{Lines, Scissors};
use world::World;

/// What a status of another board gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForeignStatus {
    /// 400, as some builds do.
    #[default]
    Refused,
    /// 200, and nothing changes, as others do.
    Ignored,
}

/// What a note gets that stands on none of the three tabs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flagless {
    /// 400
    #[default]
    Refused,
    /// It becomes part of the discussion, which the customer sees.
    Discussion,
}

/// Which ConnectWise this is.
#[derive(Debug, Clone)]
pub struct Options {
    /// 0: a free one.
    pub port: u16,
    pub company: String,
    pub public_key: String,
    pub private_key: String,
    pub client_id: String,
    /// Who the keys belong to.
    pub api_member: String,
    /// So many tickets beside the dozen of the shop.
    pub tickets: usize,
    pub foreign_status: ForeignStatus,
    pub flagless: Flagless,
    /// A note may be in the name of another member than the key's.
    pub notes_as_member: bool,
    /// Notes lose their line breaks.
    pub collapses_newlines: bool,
    pub longest_note: usize,
    /// People open it at another address than that of the API, which says "SSL is required." there.
    pub ui_host: bool,
    /// `/system/info` answers anybody.
    pub open_info: bool,
    /// `IsCloud` is the text `"True"`.
    pub cloud_as_text: bool,
    pub metadata_in_lower_case: bool,
    /// Before a callback is sent again.
    pub callback_waits: [Duration; 2],
    /// Writes each request to standard output.
    pub tells: bool,
    /// `/simulator/…` lets another process look into it and break it.
    pub controls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            company: "acme".to_owned(),
            public_key: "pUbLiCkEy0000001".to_owned(),
            private_key: "pRiVaTeKeY000001".to_owned(),
            client_id: "6f1c2b9e-54d8-4c1a-9a57-0c1f3e7d2b44".to_owned(),
            api_member: "flowpilot".to_owned(),
            tickets: 0,
            foreign_status: ForeignStatus::default(),
            flagless: Flagless::default(),
            notes_as_member: true,
            collapses_newlines: false,
            longest_note: 60_000,
            ui_host: false,
            open_info: true,
            cloud_as_text: false,
            metadata_in_lower_case: false,
            callback_waits: [Duration::from_secs(2), Duration::from_secs(4)],
            tells: false,
            controls: false,
        }
    }
}

/// What all requests share.
#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    log: Mutex<Vec<Asked>>,
    sent: Mutex<Vec<Sent>>,
    /// Where the API is: `http://127.0.0.1:40001`.
    api: String,
    waits: [Duration; 2],
    tells: bool,
    controls: bool,
    http: reqwest::Client,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn sent(&self, sent: Sent) {
        lock(&self.sent).push(sent);
    }
}

/// A running ConnectWise. It ends when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    options: Options,
    site: SocketAddr,
    servers: Vec<JoinHandle<io::Result<()>>>,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.servers.iter().for_each(JoinHandle::abort);
    }
}

impl Simulator {
    /// Starts it on a loopback address.
    pub async fn start(options: Options) -> io::Result<Self> {
        let api = TcpListener::bind((Ipv4Addr::LOCALHOST, if options.ui_host { 0 } else { options.port })).await?;
        let address = api.local_addr()?;
        let mut world = World::new(options.clone());
        seed::fill(&mut world);
        rustls::crypto::ring::default_provider().install_default().ok();
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            faults: Mutex::default(),
            log: Mutex::default(),
            sent: Mutex::default(),
            api: format!("http://{address}"),
            waits: options.callback_waits,
            tells: options.tells,
            controls: options.controls,
            http: reqwest::Client::builder().no_proxy().build().map_err(io::Error::other)?,
        });
        let serve = |listener: TcpListener, is_ui: bool| {
            let app = Router::new().fallback(serve::answer).with_state((Arc::clone(&shared), is_ui));
            let service = app.into_make_service_with_connect_info::<Scissors>();
            tokio::spawn(async move { axum::serve(Lines(listener), service).await })
        };
        let (mut site, mut servers) = (address, Vec::new());
        if options.ui_host {
            let ui = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
            site = ui.local_addr()?;
            servers.push(serve(ui, true));
        }
        servers.push(serve(api, false));
        Ok(Self { shared, options, site, servers })
    }

    /// Where people open it: what an account enters as its site.
    pub fn url(&self) -> String {
        format!("http://{}", self.site)
    }

    /// Where the API is.
    pub fn api_url(&self) -> &str {
        &self.shared.api
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What an account enters to be connected to it.
    pub fn card(&self) -> String {
        let Options { company, public_key, private_key, client_id, .. } = &self.options;
        let site = self.url();
        format!(
            "  Site         {site}\n  Company      {company}\n  Public key   {public_key}\n  Private key  {private_key}\n  Client ID    {client_id}"
        )
    }
}

/// Which share of the requests goes wrong: `7:0.2` is a fifth of them, as seed 7 says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtRandom {
    pub seed: u64,
    pub rate: f64,
}

impl FromStr for AtRandom {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (seed, rate) = text.split_once(':')?;
            let (seed, rate) = (seed.parse().ok()?, rate.parse().ok()?);
            (0.0..=1.0).contains(&rate).then_some(Self { seed, rate })
        };
        read().ok_or("It is a number, a colon and a share between 0 and 1: 7:0.2.")
    }
}
