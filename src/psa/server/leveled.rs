//! What an account lets FlowPilot do in its ticket system, enforced here whatever the keys themselves may do: told as ours to
//! forbid, with the level to change.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;

use super::{NewNote, Provider, PsaError};
use crate::{
    error::AppError,
    page::Page,
    psa::types::{
        Assignee, Capabilities, Configuration, Contact, Ending, Level, Levels, Listed, Member, Named, NewTicket,
        NewTimeEntry, ScheduleEntry, Ticket, TicketChange, TicketFilter, TicketNote, TicketStatus, TicketSummary,
        TimeEntry,
    },
    server::context::Ctx,
};

/// A ticket system behind the account's levels.
#[derive(Debug)]
pub struct Leveled {
    inner: Arc<dyn Provider>,
    levels: Levels,
    connection: String,
}

/// One of the levels, by its name on the settings page.
type Group = (&'static str, Level);

impl Leveled {
    pub fn new(inner: Arc<dyn Provider>, levels: Levels, connection: String) -> Self {
        Self { inner, levels, connection }
    }

    fn may_not(&self, what: &str, (name, level): Group) -> String {
        let label = self.inner.label();
        format!(
            "This account does not let FlowPilot {what} in {label}: “{name}” is on {level}. An admin can change that at /account/psa."
        )
    }

    fn require(&self, allowed: bool, what: &str, group: Group) -> Result<(), PsaError> {
        if allowed { Ok(()) } else { Err(PsaError::Own(AppError::forbidden(self.may_not(what, group)))) }
    }

    const fn tickets(&self) -> Group {
        ("Tickets and notes", self.levels.tickets)
    }

    const fn time(&self) -> Group {
        ("Time entries", self.levels.time)
    }

    const fn companies(&self) -> Group {
        ("Companies and contacts", self.levels.companies)
    }

    fn read(&self) -> Result<(), PsaError> {
        self.require(self.levels.tickets.reads(), "read tickets", self.tickets())
    }

    fn write(&self) -> Result<(), PsaError> {
        self.require(self.levels.tickets.writes(), "change tickets", self.tickets())
    }

    /// An empty list that says why, where this level does not let it be read.
    fn unless<T>(&self, group: Group, what: &str) -> Option<Listed<T>> {
        let why = || self.may_not(&format!("read {what}"), group);
        (!group.1.reads()).then(|| Listed { items: Vec::new(), hint: Some(why()) })
    }
}

#[async_trait]
impl Provider for Leveled {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn label(&self) -> &'static str {
        self.inner.label()
    }

    fn connection(&self) -> Option<&str> {
        Some(&self.connection)
    }

    /// What may not be written is not offered; lists that may not be read stay, to say why they are empty.
    fn capabilities(&self) -> Capabilities {
        let (own, levels) = (self.inner.capabilities(), &self.levels);
        Capabilities {
            create_tickets: own.create_tickets && levels.tickets.writes(),
            change: own.change && levels.tickets.writes(),
            notes: own.notes && levels.tickets.writes(),
            assign: own.assign && levels.tickets.writes(),
            related: own.related && levels.tickets.reads(),
            schedule: own.schedule && levels.tickets.reads(),
            enter_time: own.enter_time && levels.time.writes(),
            edit: own.edit && levels.tickets.writes(),
            customer_notes: own.customer_notes && levels.tickets.writes(),
            contact_details: own.contact_details && levels.companies.writes(),
            ..own
        }
    }

    async fn test(&self, ctx: &Ctx) -> Result<String, PsaError> {
        self.inner.test(ctx).await
    }

    async fn list(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
        self.read()?;
        self.inner.list(ctx, filter).await
    }

    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError> {
        self.read()?;
        self.inner.get(ctx, id).await
    }

    async fn summary(&self, ctx: &Ctx, id: &str) -> Result<TicketSummary, PsaError> {
        self.read()?;
        self.inner.summary(ctx, id).await
    }

    async fn create(&self, ctx: &Ctx, new: &NewTicket, key: &str) -> Result<String, PsaError> {
        self.write()?;
        self.inner.create(ctx, new, key).await
    }

    async fn find_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<Option<String>, PsaError> {
        self.read()?;
        self.inner.find_note(ctx, ticket, note).await
    }

    async fn add_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError> {
        self.write()?;
        self.inner.add_note(ctx, ticket, note).await
    }

    async fn note(&self, ctx: &Ctx, ticket: &str, note: &str) -> Result<Option<TicketNote>, PsaError> {
        self.read()?;
        self.inner.note(ctx, ticket, note).await
    }

    async fn set_status(&self, ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError> {
        self.write()?;
        self.inner.set_status(ctx, ticket, status).await
    }

    async fn status_is_there(&self, ctx: &Ctx, ticket: &TicketSummary, status: &str) -> Result<bool, PsaError> {
        self.read()?;
        self.inner.status_is_there(ctx, ticket, status).await
    }

    async fn edit(&self, ctx: &Ctx, ticket: &str, change: &TicketChange) -> Result<(), PsaError> {
        self.write()?;
        self.inner.edit(ctx, ticket, change).await
    }

    fn default_status(&self, ending: Ending) -> Option<&'static str> {
        self.inner.default_status(ending)
    }

    async fn boards(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        match self.unless(self.tickets(), "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.boards(ctx).await,
        }
    }

    async fn statuses(&self, ctx: &Ctx, board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError> {
        match self.unless(self.tickets(), "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.statuses(ctx, board).await,
        }
    }

    async fn priorities(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        match self.unless(self.tickets(), "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.priorities(ctx).await,
        }
    }

    async fn members(&self, ctx: &Ctx) -> Result<Listed<Member>, PsaError> {
        match self.unless(self.tickets(), "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.members(ctx).await,
        }
    }

    async fn companies(&self, ctx: &Ctx, words: &str) -> Result<Listed<Named>, PsaError> {
        match self.unless(self.companies(), "companies") {
            Some(nothing) => Ok(nothing),
            None => self.inner.companies(ctx, words).await,
        }
    }

    async fn contacts(&self, ctx: &Ctx, company: &str) -> Result<Listed<Contact>, PsaError> {
        match self.unless(self.companies(), "companies and contacts") {
            Some(nothing) => Ok(nothing),
            None => self.inner.contacts(ctx, company).await,
        }
    }

    async fn configurations(&self, ctx: &Ctx, ticket: &str) -> Result<Listed<Configuration>, PsaError> {
        match self.unless(("Configurations", self.levels.configurations), "configurations") {
            Some(nothing) => Ok(nothing),
            None => self.inner.configurations(ctx, ticket).await,
        }
    }

    async fn related(&self, ctx: &Ctx, ticket: &TicketSummary) -> Result<Listed<TicketSummary>, PsaError> {
        match self.unless(self.tickets(), "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.related(ctx, ticket).await,
        }
    }

    async fn assignees(&self, ctx: &Ctx, ticket: &str) -> Result<Vec<Assignee>, PsaError> {
        self.read()?;
        self.inner.assignees(ctx, ticket).await
    }

    async fn assign(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        self.write()?;
        self.inner.assign(ctx, ticket, member).await
    }

    async fn unassign(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        self.write()?;
        self.inner.unassign(ctx, ticket, member).await
    }

    async fn schedule(&self, ctx: &Ctx, ticket: &str) -> Result<Listed<ScheduleEntry>, PsaError> {
        match self.unless(self.tickets(), "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.schedule(ctx, ticket).await,
        }
    }

    async fn time_entries(&self, ctx: &Ctx, ticket: &str) -> Result<Listed<TimeEntry>, PsaError> {
        match self.unless(self.time(), "time entries") {
            Some(nothing) => Ok(nothing),
            None => self.inner.time_entries(ctx, ticket).await,
        }
    }

    fn may_enter_time(&self) -> Result<(), PsaError> {
        self.require(self.levels.time.writes(), "enter time", self.time())?;
        self.inner.may_enter_time()
    }

    async fn add_time(&self, ctx: &Ctx, ticket: &str, member: &str, new: &NewTimeEntry) -> Result<String, PsaError> {
        self.may_enter_time()?;
        self.inner.add_time(ctx, ticket, member, new).await
    }

    async fn watch(&self, ctx: &Ctx, address: &str) -> Result<String, PsaError> {
        self.inner.watch(ctx, address).await
    }

    async fn unwatch(&self, ctx: &Ctx, id: &str) -> Result<(), PsaError> {
        self.inner.unwatch(ctx, id).await
    }

    async fn heard(&self, ctx: &Ctx, headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, PsaError> {
        self.inner.heard(ctx, headers, body).await
    }
}
