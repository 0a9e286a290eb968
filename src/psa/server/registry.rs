//! Which ticket system an account works with.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    ConnectWiseKeys, Provider, PsaError,
    leveled::Leveled,
    settings::{self, Opening},
};
use crate::{
    error::{AppError, Upstream},
    ids::{AccountId, Timestamp},
    psa::types::Levels,
    server::context::Ctx,
};

/// Makes a provider of an account's keys.
pub trait Connect: Send + Sync + fmt::Debug {
    /// `trusted`: also in the server's own network.
    fn connect(&self, keys: ConnectWiseKeys, trusted: bool) -> Result<Arc<dyn Provider>, PsaError>;
}

/// A connection as it is stored.
#[derive(Debug)]
pub(super) struct Connected {
    pub provider: String,
    /// Which tenant it is, whatever the keys.
    pub connection: String,
    pub state: State,
    pub levels: Levels,
    pub wanted: Opening,
}

/// A state of the settings. Revisions begin anew when an account disconnects and connects again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub connected_at: Timestamp,
    pub revision: i64,
}

/// A provider that was made, and of which state of the settings.
#[derive(Debug)]
struct Kept {
    state: State,
    provider: Arc<dyn Provider>,
}

/// The ticket systems of this installation.
#[derive(Debug, Clone)]
pub struct Registry {
    desk: Arc<dyn Provider>,
    connect: Arc<dyn Connect>,
    local_sites: bool,
    /// One an account: what a provider keeps in memory is worth keeping.
    kept: Arc<Mutex<HashMap<AccountId, Kept>>>,
}

impl Registry {
    pub fn new(desk: Arc<dyn Provider>, connect: Arc<dyn Connect>) -> Self {
        Self { desk, connect, local_sites: false, kept: Arc::default() }
    }

    /// Lets accounts connect to sites in the server's own network, without https: for demos and tests on one machine.
    #[must_use]
    pub fn with_local_sites(self, local_sites: bool) -> Self {
        Self { local_sites, ..self }
    }

    pub fn local_sites(&self) -> bool {
        self.local_sites
    }

    /// A provider of these keys, without an account's levels.
    pub(super) fn connect(&self, keys: ConnectWiseKeys) -> Result<Arc<dyn Provider>, PsaError> {
        self.connect.connect(keys, self.local_sites)
    }

    /// The ticket system that the account works with.
    pub async fn of_account(&self, ctx: &Ctx) -> Result<Arc<dyn Provider>, PsaError> {
        match settings::connected(ctx).await? {
            Some(connected) => self.provider(ctx, connected),
            None => Ok(Arc::clone(&self.desk)),
        }
    }

    /// A ticket system by the name and the connection of a session's link; an error where the account is not connected to it any
    /// more: what has the link's number in another tenant is another ticket.
    pub async fn by_name(
        &self,
        ctx: &Ctx,
        name: &str,
        connection: Option<&str>,
    ) -> Result<Arc<dyn Provider>, PsaError> {
        if name == self.desk.name() {
            return Ok(Arc::clone(&self.desk));
        }
        let connected = settings::connected(ctx).await?.filter(|connected| connected.provider == name);
        let why = match connected {
            Some(connected) if connection == Some(&connected.connection) => return self.provider(ctx, connected),
            Some(_) => "This ticket is of a former connection of the account, to another site or company. Link the session to a ticket anew (reopen it first where its note waits), or an admin connects the former company again at /account/psa.".to_owned(),
            None => format!(
                "The account is not connected to {name} any more. An admin can connect it again at /account/psa."
            ),
        };
        Err(PsaError::Own(AppError::Upstream { code: Upstream::PsaRefused, detail: why }))
    }

    fn provider(&self, ctx: &Ctx, connected: Connected) -> Result<Arc<dyn Provider>, PsaError> {
        let state = connected.state;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(&ctx.account).filter(|known| known.state == state) {
            return Ok(Arc::clone(&known.provider));
        }
        let inner = self.connect(connected.wanted.keys(ctx)?)?;
        let provider: Arc<dyn Provider> = Arc::new(Leveled::new(inner, connected.levels, connected.connection));
        kept.insert(ctx.account, Kept { state, provider: Arc::clone(&provider) });
        Ok(provider)
    }

    /// What was made for an account that is not connected any more.
    pub fn forget(&self, account: AccountId) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }
}
