//! ConnectWise PSA. One [`ConnectWise`] is one account's connection: cheap to clone, and all clones share what was found out of the
//! tenant and the pauses it asks for. Written after the wire facts that are documented; nothing here knows the simulator.
//!
//! `client` sends a `call` to the place that `discovery` found and makes of bad answers what `fault` says; `conditions`, `patch`,
//! `paging` and `wire` are ConnectWise's language; what FlowPilot wants of tickets is said in it by noun.

mod call;
mod callbacks;
mod client;
mod conditions;
mod discovery;
mod fault;
mod lists;
mod notes;
mod paging;
mod patch;
mod rights;
mod status;
mod tickets;
mod wire;
mod work;

use async_trait::async_trait;
use axum::http::HeaderMap;

pub use callbacks::{Told, is_signed};
pub use client::{Options, Patience};
pub use notes::same_text;

use call::Call;
use client::Client;

use super::{ConnectWiseKeys, NewNote, Provider, PsaError};
use crate::{
    page::Page,
    psa::types::{
        Assignee, Capabilities, Configuration, Contact, Listed, Member, Named, NewTicket, NewTimeEntry, ScheduleEntry,
        Ticket, TicketFilter, TicketNote, TicketStatus, TicketSummary, TimeEntry,
    },
    server::context::Ctx,
};

const NAME: &str = "connectwise";

/// One account's connection to its ConnectWise PSA.
#[derive(Debug, Clone)]
pub struct ConnectWise {
    client: Client,
}

/// An id as ConnectWise has them; nothing else may become a part of an address or a filter.
fn number(id: &str) -> Option<i64> {
    id.parse().ok().filter(|number: &i64| *number > 0 && number.to_string() == id)
}

fn ticket_number(id: &str) -> Result<i64, PsaError> {
    number(id).ok_or_else(|| PsaError::NotFound(id.to_owned()))
}

/// The rows of a list or, where the role may not read it, which permission it takes.
fn listed<T>(call: &Call, rows: Result<Vec<T>, PsaError>) -> Result<Listed<T>, PsaError> {
    match rows {
        Ok(rows) => Ok(rows.into()),
        Err(PsaError::Forbidden(_)) => Ok(Listed { items: Vec::new(), hint: Some(fault::hint(call)) }),
        Err(error) => Err(error),
    }
}

impl ConnectWise {
    pub fn new(keys: ConnectWiseKeys, options: Options) -> Self {
        Self { client: Client::new(keys, options) }
    }

    /// Whether the connection works and what it may read, by asking for all of it.
    async fn try_out(&self) -> Result<String, PsaError> {
        // Whoever tests may have given the permission to speak for members.
        *self.client.alone() = None;
        let place = self.client.place_anew().await?;
        let one = |path: &str, right| Call::get(path, right).fields("id").page_size(1);
        let calls = [
            one("/service/boards", rights::BOARDS),
            one("/service/priorities", rights::PRIORITIES),
            one("/system/members", rights::MEMBERS),
            one("/company/companies", rights::COMPANIES),
            one("/company/configurations", rights::DEVICES),
            one("/schedule/entries", rights::SCHEDULE),
            one("/time/entries", rights::TIME),
        ];
        // The keys first: with wrong ones nothing else is worth a call.
        self.rows(&one("/service/tickets", rights::TICKETS)).await?;
        let answers = futures::future::join_all(calls.iter().map(|call| self.rows(call))).await;
        let mut missing = Vec::new();
        for (call, answer) in calls.iter().zip(answers) {
            match answer {
                Err(PsaError::Forbidden(_)) => missing.push(fault::hint(call)),
                Err(error) => return Err(error),
                Ok(()) => {}
            }
        }
        let version = match self.client.send(&Call::get("/system/info", rights::SYSTEM)).await {
            Ok(answer) => answer.json::<wire::SystemInfo>().ok().and_then(|info| info.version),
            Err(_) => None,
        };
        let version = version.or_else(|| place.info.version_code.clone()).unwrap_or_default();
        let company = place.info.company_name.clone().unwrap_or_else(|| self.client.keys().company.clone());
        let mut said = format!("Connected to {company}, ConnectWise PSA {version}").trim_end().to_owned();
        said.push('.');
        for hint in missing {
            said.push(' ');
            said.push_str(&hint);
        }
        Ok(said)
    }

    /// Whether a list is answered with a list: many a server says yes to anything.
    async fn rows(&self, call: &Call) -> Result<(), PsaError> {
        let answer = self.client.send(call).await?;
        answer.json::<Vec<serde::de::IgnoredAny>>().map(drop).map_err(|error| match error {
            PsaError::Refused(_) => fault::not_connectwise(answer.host()),
            other => other,
        })
    }
}

#[async_trait]
impl Provider for ConnectWise {
    fn name(&self) -> &'static str {
        NAME
    }

    fn label(&self) -> &'static str {
        "ConnectWise PSA"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            boards: true,
            create_tickets: true,
            change: true,
            notes: true,
            assign: true,
            configurations: true,
            related: true,
            schedule: true,
            time_entries: true,
            enter_time: true,
            act_as_member: true,
            webhooks: true,
            ..Capabilities::default()
        }
    }

    async fn test(&self, _ctx: &Ctx) -> Result<String, PsaError> {
        self.try_out().await
    }

    async fn list(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
        self.list_tickets(ctx, filter).await
    }

    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError> {
        self.whole_ticket(ctx, id).await
    }

    async fn summary(&self, ctx: &Ctx, id: &str) -> Result<TicketSummary, PsaError> {
        self.ticket_line(ctx, id).await
    }

    async fn create(&self, _ctx: &Ctx, new: &NewTicket, idempotency_key: &str) -> Result<String, PsaError> {
        self.open_ticket(new, idempotency_key).await
    }

    async fn find_note(&self, _ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<Option<String>, PsaError> {
        self.note_like(ticket, note).await
    }

    async fn add_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError> {
        self.post_note(ctx, ticket, note).await
    }

    async fn note(&self, _ctx: &Ctx, ticket: &str, note: &str) -> Result<Option<TicketNote>, PsaError> {
        self.read_note(ticket, note).await
    }

    async fn set_status(&self, ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError> {
        self.move_ticket(ctx, ticket, status).await
    }

    async fn status_is_there(&self, ctx: &Ctx, ticket: &TicketSummary, status: &str) -> Result<bool, PsaError> {
        self.has_status(ctx, ticket, status).await
    }

    async fn boards(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        self.kept_boards(ctx).await
    }

    async fn statuses(&self, ctx: &Ctx, board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError> {
        self.list_statuses(ctx, board).await
    }

    async fn priorities(&self, ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        self.kept_priorities(ctx).await
    }

    async fn members(&self, ctx: &Ctx) -> Result<Listed<Member>, PsaError> {
        self.kept_members(ctx).await
    }

    async fn companies(&self, _ctx: &Ctx, words: &str) -> Result<Listed<Named>, PsaError> {
        self.find_companies(words).await
    }

    async fn contacts(&self, _ctx: &Ctx, company: &str) -> Result<Listed<Contact>, PsaError> {
        self.contacts_of(company).await
    }

    async fn configurations(&self, _ctx: &Ctx, ticket: &str) -> Result<Listed<Configuration>, PsaError> {
        self.devices_of(ticket).await
    }

    async fn related(&self, ctx: &Ctx, ticket: &TicketSummary) -> Result<Listed<TicketSummary>, PsaError> {
        self.related_tickets(ctx, ticket).await
    }

    async fn assignees(&self, ctx: &Ctx, ticket: &str) -> Result<Vec<Assignee>, PsaError> {
        self.who(ctx, ticket).await
    }

    async fn assign(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        self.put_on(ctx, ticket, member).await
    }

    async fn unassign(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        self.take_off(ctx, ticket, member).await
    }

    async fn schedule(&self, _ctx: &Ctx, ticket: &str) -> Result<Listed<ScheduleEntry>, PsaError> {
        self.schedule_of(ticket).await
    }

    async fn time_entries(&self, _ctx: &Ctx, ticket: &str) -> Result<Listed<TimeEntry>, PsaError> {
        self.times_of(ticket).await
    }

    async fn add_time(&self, _ctx: &Ctx, ticket: &str, member: &str, new: &NewTimeEntry) -> Result<String, PsaError> {
        self.enter_time(ticket, member, new).await
    }

    async fn watch(&self, _ctx: &Ctx, address: &str) -> Result<String, PsaError> {
        // The ticket's id is appended by them.
        self.register_callback(&format!("{address}?recordId=")).await
    }

    async fn unwatch(&self, _ctx: &Ctx, id: &str) -> Result<(), PsaError> {
        self.remove_callback(id).await
    }

    async fn heard(&self, _ctx: &Ctx, headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, PsaError> {
        let told = self.verified(headers, body).await?;
        told.map(Some).ok_or_else(|| PsaError::Forbidden("The call is not signed by the tenant.".to_owned()))
    }
}
