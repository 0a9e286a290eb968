//! What an account lets FlowPilot do in its ticket system, enforced here whatever the keys themselves may do.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;

use super::{NewNote, Provider, PsaError};
use crate::{
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
}

impl Leveled {
    pub fn new(inner: Arc<dyn Provider>, levels: Levels) -> Self {
        Self { inner, levels }
    }

    fn may_not(&self, what: &str) -> String {
        let label = self.inner.label();
        format!("This account does not let FlowPilot {what} in {label}. An admin can change that at /account/psa.")
    }

    fn require(&self, allowed: bool, what: &str) -> Result<(), PsaError> {
        if allowed { Ok(()) } else { Err(PsaError::Forbidden(self.may_not(what))) }
    }

    fn read(&self) -> Result<(), PsaError> {
        self.require(self.levels.tickets.reads(), "read tickets")
    }

    fn write(&self) -> Result<(), PsaError> {
        self.require(self.levels.tickets.writes(), "change tickets")
    }

    /// An empty list that says why, where this level does not let it be read.
    fn unless<T>(&self, level: Level, what: &str) -> Option<Listed<T>> {
        (!level.reads()).then(|| Listed { items: Vec::new(), hint: Some(self.may_not(&format!("read {what}"))) })
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

    fn capabilities(&self) -> Capabilities {
        let (own, levels) = (self.inner.capabilities(), &self.levels);
        Capabilities {
            create_tickets: own.create_tickets && levels.tickets.writes(),
            assign: own.assign && levels.tickets.writes(),
            configurations: own.configurations && levels.configurations.reads(),
            related: own.related && levels.tickets.reads(),
            schedule: own.schedule && levels.tickets.reads(),
            time_entries: own.time_entries && levels.time.writes(),
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

    async fn edit(&self, ctx: &Ctx, ticket: &str, change: &TicketChange) -> Result<(), PsaError> {
        self.write()?;
        self.inner.edit(ctx, ticket, change).await
    }

    fn default_status(&self, ending: Ending) -> Option<&'static str> {
        self.inner.default_status(ending)
    }

    async fn boards(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        match self.unless(self.levels.tickets, "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.boards(ctx).await,
        }
    }

    async fn statuses(&self, ctx: &Ctx, board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError> {
        match self.unless(self.levels.tickets, "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.statuses(ctx, board).await,
        }
    }

    async fn priorities(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        match self.unless(self.levels.tickets, "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.priorities(ctx).await,
        }
    }

    async fn members(&self, ctx: &Ctx) -> Result<Listed<Member>, PsaError> {
        match self.unless(self.levels.tickets, "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.members(ctx).await,
        }
    }

    async fn companies(&self, ctx: &Ctx, words: &str) -> Result<Listed<Named>, PsaError> {
        match self.unless(self.levels.companies, "companies") {
            Some(nothing) => Ok(nothing),
            None => self.inner.companies(ctx, words).await,
        }
    }

    async fn contacts(&self, ctx: &Ctx, company: &str) -> Result<Listed<Contact>, PsaError> {
        match self.unless(self.levels.companies, "companies and contacts") {
            Some(nothing) => Ok(nothing),
            None => self.inner.contacts(ctx, company).await,
        }
    }

    async fn configurations(&self, ctx: &Ctx, ticket: &str) -> Result<Listed<Configuration>, PsaError> {
        match self.unless(self.levels.configurations, "configurations") {
            Some(nothing) => Ok(nothing),
            None => self.inner.configurations(ctx, ticket).await,
        }
    }

    async fn related(&self, ctx: &Ctx, ticket: &TicketSummary) -> Result<Listed<TicketSummary>, PsaError> {
        match self.unless(self.levels.tickets, "tickets") {
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
        match self.unless(self.levels.tickets, "tickets") {
            Some(nothing) => Ok(nothing),
            None => self.inner.schedule(ctx, ticket).await,
        }
    }

    async fn time_entries(&self, ctx: &Ctx, ticket: &str) -> Result<Listed<TimeEntry>, PsaError> {
        match self.unless(self.levels.time, "time entries") {
            Some(nothing) => Ok(nothing),
            None => self.inner.time_entries(ctx, ticket).await,
        }
    }

    async fn add_time(&self, ctx: &Ctx, ticket: &str, member: &str, new: &NewTimeEntry) -> Result<String, PsaError> {
        self.require(self.levels.time.writes(), "enter time")?;
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
