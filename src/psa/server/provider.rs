//! What every ticket system answers to. A new one is one implementation and an arm in the registry; what it cannot do keeps
//! its default here, and [`Capabilities`] say so, so that the surface does not offer it.

use std::fmt;

use async_trait::async_trait;
use axum::http::HeaderMap;

use super::PsaError;
use crate::{
    ids::Timestamp,
    page::Page,
    psa::types::{
        Assignee, Capabilities, Configuration, Contact, Ending, Listed, Member, Named, NewTicket, NewTimeEntry,
        ScheduleEntry, Ticket, TicketChange, TicketFilter, TicketNote, TicketStatus, TicketSummary, TimeEntry,
    },
    server::context::Ctx,
};

/// A note to add to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    pub body: String,
    /// Not visible to the customer.
    pub internal: bool,
    /// It tells how the ticket was resolved.
    pub resolution: bool,
    /// What the customer said, written down by the author.
    pub from_customer: bool,
    /// The same key never makes a second note.
    pub idempotency_key: String,
    /// In whose name, where the ticket system lets us: a member's id.
    pub author: Option<String>,
    /// Since when it may be on the ticket: older notes are other ones, even with the same text.
    pub since: Timestamp,
    /// Notes with these ids are known to be other ones.
    pub others: Vec<String>,
}

/// One ticket system of one account.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// Its name in links, settings and logs: `local_desk`, `connectwise`.
    fn name(&self) -> &'static str;

    /// Its name for people.
    fn label(&self) -> &'static str;

    /// Of which tenant it is, where accounts connect to it: a ticket's id means nothing in another one.
    fn connection(&self) -> Option<&str> {
        None
    }

    fn capabilities(&self) -> Capabilities;

    /// Whether the connection works, with the real error; what it found out, for people to read.
    async fn test(&self, ctx: &Ctx) -> Result<String, PsaError>;

    /// Tickets, newest first. `assignee` is a member's id or `unassigned` here; `mine` was looked up before.
    async fn list(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError>;

    /// A ticket with its notes and who works on it.
    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError>;

    /// The state of a ticket without its notes: for lists of what is open, and to read a status back.
    async fn summary(&self, ctx: &Ctx, id: &str) -> Result<TicketSummary, PsaError>;

    /// Opens a ticket and gives its id. The same key never makes a second one.
    async fn create(&self, ctx: &Ctx, new: &NewTicket, idempotency_key: &str) -> Result<String, PsaError>;

    /// The id of the note that this one would be, if it is there already.
    async fn find_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<Option<String>, PsaError>;

    /// Adds a note and gives its id.
    async fn add_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError>;

    /// A note read back; `None` when it is not there.
    async fn note(&self, ctx: &Ctx, ticket: &str, note: &str) -> Result<Option<TicketNote>, PsaError>;

    /// Moves the ticket to a status, by id. One of another board is refused before the call. Whether it arrived there is for the
    /// caller to read back.
    async fn set_status(&self, ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError>;

    /// Whether the ticket can go to this status now, whatever is kept of lists.
    async fn status_is_there(&self, ctx: &Ctx, ticket: &TicketSummary, status: &str) -> Result<bool, PsaError> {
        let board = ticket.board.as_ref().map(|board| board.id.as_str());
        Ok(self.statuses(ctx, board).await?.items.iter().any(|one| one.id == status))
    }

    /// Changes what a ticket says, all of it or nothing. Only where the capabilities say `edit`; the texts were looked at before.
    async fn edit(&self, _ctx: &Ctx, _ticket: &str, _change: &TicketChange) -> Result<(), PsaError> {
        Err(PsaError::Unsupported("editing of tickets from FlowPilot"))
    }

    /// The status a ticket of an ended session goes to where the account chose none; `None`: there is no such default.
    fn default_status(&self, _ending: Ending) -> Option<&'static str> {
        None
    }

    async fn boards(&self, _ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        Ok(Listed::default())
    }

    /// The statuses of one board, or of all of them. Where each board has its own, all of them are one list by name: the id of
    /// a status is its name then, as [`TicketFilter::status`] takes it.
    async fn statuses(&self, ctx: &Ctx, board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError>;

    async fn priorities(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError>;

    /// Everybody who works there.
    async fn members(&self, ctx: &Ctx) -> Result<Listed<Member>, PsaError>;

    /// Companies with these words in their name; at most 50.
    async fn companies(&self, ctx: &Ctx, words: &str) -> Result<Listed<Named>, PsaError>;

    /// The contacts of a company; at most 200.
    async fn contacts(&self, _ctx: &Ctx, _company: &str) -> Result<Listed<Contact>, PsaError> {
        Ok(Listed::default())
    }

    async fn configurations(&self, _ctx: &Ctx, _ticket: &str) -> Result<Listed<Configuration>, PsaError> {
        Ok(Listed::default())
    }

    /// Other tickets of the same contact or company, newest first; at most 20.
    async fn related(&self, ctx: &Ctx, ticket: &TicketSummary) -> Result<Listed<TicketSummary>, PsaError>;

    /// Who works on it: the owner first, one row a member.
    async fn assignees(&self, ctx: &Ctx, ticket: &str) -> Result<Vec<Assignee>, PsaError>;

    /// Puts a member on the ticket; nothing where they are.
    async fn assign(&self, _ctx: &Ctx, _ticket: &str, _member: &str) -> Result<(), PsaError> {
        Err(PsaError::Unsupported("assignees"))
    }

    /// Takes a member off the ticket; nothing where they are not on it.
    async fn unassign(&self, _ctx: &Ctx, _ticket: &str, _member: &str) -> Result<(), PsaError> {
        Err(PsaError::Unsupported("assignees"))
    }

    async fn schedule(&self, _ctx: &Ctx, _ticket: &str) -> Result<Listed<ScheduleEntry>, PsaError> {
        Ok(Listed::default())
    }

    async fn time_entries(&self, _ctx: &Ctx, _ticket: &str) -> Result<Listed<TimeEntry>, PsaError> {
        Ok(Listed::default())
    }

    /// Why no time can be entered, where none can.
    fn may_enter_time(&self) -> Result<(), PsaError> {
        if self.capabilities().enter_time { Ok(()) } else { Err(PsaError::Unsupported("time entries")) }
    }

    /// Enters time in a member's name and gives its id. The same entry twice is found, not made again.
    async fn add_time(
        &self,
        _ctx: &Ctx,
        _ticket: &str,
        _member: &str,
        _new: &NewTimeEntry,
    ) -> Result<String, PsaError> {
        Err(PsaError::Unsupported("time entries"))
    }

    /// Asks to be called at this address when a ticket changes, and gives the id of that request.
    async fn watch(&self, _ctx: &Ctx, _address: &str) -> Result<String, PsaError> {
        Err(PsaError::Unsupported("webhooks"))
    }

    /// Takes the request back; nothing where it is gone already.
    async fn unwatch(&self, _ctx: &Ctx, _id: &str) -> Result<(), PsaError> {
        Ok(())
    }

    /// What a call of the ticket system is about: a ticket's id, if it is about one. Refused where the signature is wrong.
    async fn heard(&self, _ctx: &Ctx, _headers: &HeaderMap, _body: &[u8]) -> Result<Option<String>, PsaError> {
        Err(PsaError::Unsupported("webhooks"))
    }
}
