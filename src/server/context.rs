//! Who asks, for which account, and the platform handles that answer needs.
//!
//! Every service and store function takes a [`Ctx`] (or a transaction it opened) first: account, actor, request id, clock and
//! fresh ids come from nowhere else.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    accounts::types::UserRole,
    ai::server::{Gateway, settings::Operator},
    error::AppError,
    ids::{AccountId, LoginSessionId, Timestamp, TokenId, UserId},
    psa::server::Registry,
    server::{
        batches::Batches, cancels::Cancels, crypto::Keyring, db::Db, events::Hub, files::Files, floods::Floods,
        news::News,
    },
};

/// The platform handles of this process, made once at start.
#[derive(Debug)]
pub struct Platform {
    pub db: Db,
    pub hub: Hub,
    /// The text of running turns, on its way to the database.
    pub batches: Batches,
    pub ai: Gateway,
    /// The models that the operator offers to every account.
    pub ai_operator: Operator,
    /// What stored secrets are sealed with.
    pub keys: Keyring,
    pub psa: Registry,
    pub files: Files,
    pub floods: Floods,
    pub cancels: Cancels,
    /// Tickets that changed, until their sessions are told.
    pub news: News,
    /// This process among all that share the database.
    pub node: Uuid,
    /// Turns and deliveries that a shutdown waits for.
    pub work: tokio_util::task::TaskTracker,
    /// Cancelled when the process is asked to stop.
    pub stopping: tokio_util::sync::CancellationToken,
}

/// The person behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    pub user: UserId,
    pub role: UserRole,
}

/// How the person proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    Login(LoginSessionId),
    Token(TokenId),
    /// The command line, on the machine itself.
    Cli,
}

/// One request by one person of one account.
#[derive(Debug, Clone)]
pub struct Ctx {
    pub platform: Arc<Platform>,
    pub account: AccountId,
    pub actor: Actor,
    pub credential: Credential,
    pub request_id: Arc<str>,
}

impl Ctx {
    pub fn db(&self) -> &Db {
        &self.platform.db
    }

    /// Now, as Postgres will store it.
    pub fn now(&self) -> Timestamp {
        now()
    }

    /// A fresh UUIDv7 as whatever id is wanted.
    pub fn fresh<I: From<Uuid>>(&self) -> I {
        Uuid::now_v7().into()
    }

    /// 403 unless the person's role is `least` or more.
    pub fn require(&self, least: UserRole) -> Result<(), AppError> {
        if self.actor.role.at_least(least) {
            Ok(())
        } else {
            Err(AppError::forbidden(format!("This needs the role {least} or higher.")))
        }
    }
}

/// The clock of the process: UTC with the microseconds that Postgres keeps.
pub fn now() -> Timestamp {
    let at = OffsetDateTime::now_utc();
    Timestamp(at.replace_nanosecond(at.nanosecond() / 1000 * 1000).unwrap_or(at))
}
