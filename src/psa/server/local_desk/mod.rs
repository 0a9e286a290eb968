//! The local desk: tickets kept in FlowPilot itself, for shops without a ticket system and for the first run. Its members are the
//! people of the account. Each file beside this one has the SQL of one kind of record.

mod changes;
mod edit;
mod list;
mod notes;
mod parties;
mod people;
mod tickets;
mod work;

use async_trait::async_trait;
use uuid::Uuid;

use super::{NewNote, Provider, PsaError};
use crate::{
    error::AppError,
    ids::UserId,
    page::Page,
    psa::types::{
        Assignee, Capabilities, Contact, Ending, Listed, Member, Named, NewTicket, NewTimeEntry, Ticket, TicketChange,
        TicketFilter, TicketNote, TicketStatus, TicketSummary, TimeEntry,
    },
    server::context::Ctx,
};

use changes::By;
pub use tickets::{Incoming, open_ticket};

/// The statuses, as they are stored.
const STATUSES: [&str; 6] = ["new", "in_progress", "waiting", "resolved", "escalated", "closed"];
const PRIORITIES: [&str; 4] = ["low", "normal", "high", "critical"];

fn is_open(status: &str) -> bool {
    !matches!(status, "resolved" | "closed")
}

fn named(word: &str) -> Named {
    Named { id: word.to_owned(), name: word.replace('_', " ") }
}

/// A text to look for: what no name and no word can have in it stands for a space.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A ticket's number.
fn number(id: &str) -> Result<i64, PsaError> {
    id.parse().ok().filter(|number: &i64| number.to_string() == id).ok_or_else(|| PsaError::NotFound(id.to_owned()))
}

/// Something else by its id: what is no id names nothing.
fn uuid(id: &str, what: &str) -> Result<Uuid, PsaError> {
    id.parse().map_err(|_| unknown(what))
}

fn unknown(what: &str) -> PsaError {
    PsaError::Invalid(AppError::not_found(what))
}

/// What was done on a sample ticket before anybody came: told as such, in nobody's name.
pub async fn work_on_sample(ctx: &Ctx, ticket: &str, members: &[UserId], status: Option<&str>) -> Result<(), PsaError> {
    let ticket = number(ticket)?;
    for member in members {
        people::assign(ctx, ticket, member.0, By::Sample).await?;
    }
    let change = TicketChange { status_id: status.map(ToOwned::to_owned), ..TicketChange::default() };
    edit::edit(ctx, ticket, &change, By::Sample).await
}

/// The provider. All its data is in the database.
#[derive(Debug, Default)]
pub struct LocalDesk;

#[async_trait]
impl Provider for LocalDesk {
    fn name(&self) -> &'static str {
        "local_desk"
    }

    fn label(&self) -> &'static str {
        "Local desk"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            create_tickets: true,
            change: true,
            notes: true,
            assign: true,
            related: true,
            time_entries: true,
            enter_time: true,
            act_as_member: true,
            edit: true,
            contact_details: true,
            customer_notes: true,
            ..Capabilities::default()
        }
    }

    async fn test(&self, _ctx: &Ctx) -> Result<String, PsaError> {
        Ok("Tickets are kept in FlowPilot itself.".to_owned())
    }

    async fn list(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
        list::page(ctx, filter).await
    }

    async fn summary(&self, ctx: &Ctx, id: &str) -> Result<TicketSummary, PsaError> {
        tickets::summary(ctx, number(id)?).await
    }

    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError> {
        tickets::get(ctx, number(id)?).await
    }

    async fn create(&self, ctx: &Ctx, new: &NewTicket, idempotency_key: &str) -> Result<String, PsaError> {
        tickets::create(ctx, new, idempotency_key).await.map(|number| number.to_string())
    }

    async fn note(&self, ctx: &Ctx, ticket: &str, note: &str) -> Result<Option<TicketNote>, PsaError> {
        notes::one(ctx, number(ticket)?, note).await
    }

    async fn find_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<Option<String>, PsaError> {
        notes::find(ctx, number(ticket)?, note).await
    }

    async fn add_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError> {
        notes::add(ctx, number(ticket)?, note).await
    }

    async fn set_status(&self, ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError> {
        let change = TicketChange { status_id: Some(status.to_owned()), ..TicketChange::default() };
        self.edit(ctx, ticket, &change).await
    }

    async fn edit(&self, ctx: &Ctx, ticket: &str, change: &TicketChange) -> Result<(), PsaError> {
        edit::edit(ctx, number(ticket)?, change, By::Asker).await
    }

    fn default_status(&self, ending: Ending) -> Option<&'static str> {
        Some(match ending {
            Ending::Resolved => "resolved",
            Ending::Escalated => "escalated",
        })
    }

    async fn statuses(&self, _ctx: &Ctx, _board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError> {
        let status = |word: &str| TicketStatus {
            id: word.to_owned(),
            name: word.replace('_', " "),
            board_id: None,
            closed: !is_open(word),
            takes_time: true,
        };
        Ok(STATUSES.map(status).to_vec().into())
    }

    async fn priorities(&self, _ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        Ok(PRIORITIES.map(named).to_vec().into())
    }

    async fn members(&self, ctx: &Ctx) -> Result<Listed<Member>, PsaError> {
        people::members(ctx).await.map(Into::into)
    }

    async fn companies(&self, ctx: &Ctx, words: &str) -> Result<Listed<Named>, PsaError> {
        people::companies(ctx, words).await.map(Into::into)
    }

    async fn contacts(&self, ctx: &Ctx, company: &str) -> Result<Listed<Contact>, PsaError> {
        people::contacts(ctx, uuid(company, "company")?).await.map(Into::into)
    }

    async fn related(&self, ctx: &Ctx, ticket: &TicketSummary) -> Result<Listed<TicketSummary>, PsaError> {
        list::related(ctx, number(&ticket.id)?).await.map(Into::into)
    }

    async fn assignees(&self, ctx: &Ctx, ticket: &str) -> Result<Vec<Assignee>, PsaError> {
        let number = number(ticket)?;
        tickets::summary(ctx, number).await?;
        people::assignees(ctx, number).await
    }

    async fn assign(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        people::assign(ctx, number(ticket)?, uuid(member, "member")?, By::Asker).await
    }

    async fn unassign(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        people::unassign(ctx, number(ticket)?, uuid(member, "member")?).await
    }

    async fn time_entries(&self, ctx: &Ctx, ticket: &str) -> Result<Listed<TimeEntry>, PsaError> {
        let number = number(ticket)?;
        tickets::summary(ctx, number).await?;
        work::all(ctx, number).await.map(Into::into)
    }

    async fn add_time(&self, ctx: &Ctx, ticket: &str, member: &str, new: &NewTimeEntry) -> Result<String, PsaError> {
        work::add(ctx, number(ticket)?, uuid(member, "member")?, new).await
    }
}
