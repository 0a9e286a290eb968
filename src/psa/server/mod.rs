//! The gateway to ticket systems: one trait, the providers behind it, and the registry that chooses.

pub mod local_desk;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{
    error::{AppError, Upstream},
    page::Page,
    psa::types::{Ticket, TicketFilter, TicketSummary},
    server::context::Ctx,
};

/// Why a ticket system did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum PsaError {
    #[error("There is no ticket #{0}.")]
    NotFound(String),
    #[error("The ticket system refused: {0}")]
    Refused(String),
    #[error("The ticket system cannot be reached right now: {0}")]
    Unavailable(String),
    #[error("{0}")]
    Invalid(AppError),
}

impl PsaError {
    /// Whether the same call may work later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<PsaError> for AppError {
    fn from(error: PsaError) -> Self {
        match error {
            PsaError::NotFound(_) => Self::not_found("ticket"),
            PsaError::Invalid(error) => error,
            PsaError::Refused(_) => Self::Upstream { code: Upstream::PsaRefused, detail: error.to_string() },
            PsaError::Unavailable(_) => Self::Upstream { code: Upstream::PsaUnavailable, detail: error.to_string() },
        }
    }
}

impl From<sqlx::Error> for PsaError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(AppError::from(error).detail())
    }
}

/// A note to add to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    pub body: String,
    /// Not visible to the customer.
    pub internal: bool,
    /// It tells how the ticket was resolved.
    pub resolution: bool,
    /// The same key never makes a second note.
    pub idempotency_key: String,
}

/// One ticket system.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// Its name in links, settings and logs.
    fn name(&self) -> &'static str;

    /// Tickets, newest first.
    async fn list(&self, ctx: &Ctx, filter: TicketFilter) -> Result<Page<TicketSummary>, PsaError>;

    /// A ticket with its notes.
    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError>;

    /// The id of the note that was added under this key, if it was.
    async fn find_note(&self, ctx: &Ctx, ticket: &str, idempotency_key: &str) -> Result<Option<String>, PsaError>;

    /// Adds a note and gives its id.
    async fn add_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError>;

    /// Moves the ticket to a status. Whether it arrived there is for the caller to read back.
    async fn set_status(&self, ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError>;

    /// The status a resolved ticket goes to; `Err` says why none is known.
    fn resolved_status(&self) -> Result<&'static str, &'static str>;

    /// The status an escalated ticket goes to; `Err` says why none is known.
    fn escalated_status(&self) -> Result<&'static str, &'static str>;
}

/// The ticket systems of this installation.
#[derive(Debug, Clone)]
pub struct Registry {
    desk: Arc<dyn Provider>,
}

impl Registry {
    pub fn new(desk: Arc<dyn Provider>) -> Self {
        Self { desk }
    }

    /// The ticket system that the account works with.
    pub fn of_account(&self, _ctx: &Ctx) -> Arc<dyn Provider> {
        Arc::clone(&self.desk)
    }

    /// A ticket system by the name in a session's link.
    pub fn by_name(&self, name: &str) -> Option<Arc<dyn Provider>> {
        (self.desk.name() == name).then(|| Arc::clone(&self.desk))
    }
}
