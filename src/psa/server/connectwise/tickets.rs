//! Tickets: found, read whole, opened.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    ConnectWise,
    call::Call,
    conditions::{Condition, Field},
    discovery, listed, number, paging,
    patch::reference,
    rights, ticket_number, wire,
    work::scheduled,
};
use crate::{
    error::AppError,
    ids::Timestamp,
    page::Page,
    psa::{
        server::PsaError,
        types::{Assignee, Listed, NewTicket, Ticket, TicketFilter, TicketSummary},
    },
    server::context::Ctx,
};

const TICKETS: &str = "/service/tickets";
const LINE: &str = "id,summary,board/id,board/name,status/id,status/name,priority/id,priority/name,company/id,company/name,contact/id,contact/name,contactName,owner/id,owner/identifier,owner/name,resources,closedFlag,_info/lastUpdated";
const WHOLE: &str = "id,summary,board/id,board/name,status/id,status/name,priority/id,priority/name,company/id,company/name,contact/id,contact/name,contactName,contactPhoneNumber,contactEmailAddress,owner/id,owner/identifier,owner/name,resources,closedFlag,_info/lastUpdated,_info/dateEntered";
const LONGEST_SUMMARY: usize = 100;
const LONGEST_CONTACT: usize = 62;
const LONGEST_KEY: usize = 100;
const RELATED: u32 = 20;
/// More words narrow nothing down.
const MOST_WORDS: usize = 8;

/// Names of members by their identifier, for `resources`.
type Names = HashMap<String, String>;

fn invalid(field: &str, what: &str) -> PsaError {
    PsaError::Invalid(AppError::invalid(
        field,
        format!("ConnectWise does not know this {what}. Choose one from the list."),
    ))
}

/// The number behind a filter or reference.
fn known(field: &'static str, id: &str) -> Result<i64, PsaError> {
    number(id).ok_or_else(|| invalid(field, field.trim_end_matches("_id")))
}

/// Words that a ticket has in number, summary, company or contact.
fn words(q: &str) -> Condition {
    Condition::all(q.split_whitespace().take(MOST_WORDS).map(|word| {
        let mut places = vec![
            Field("summary").contains(word),
            Field("company/name").contains(word),
            Field("contactName").contains(word),
        ];
        places.extend(number(word.trim_start_matches('#')).map(|id| Field("id").is(id)));
        Condition::any(places)
    }))
}

/// A status by its id or, over several boards, by its name.
fn in_status(status: &str) -> Condition {
    let by_name = Field("status/name").is(status);
    match number(status) {
        Some(id) => Condition::any([Field("status/id").is(id), by_name]),
        None => by_name,
    }
}

/// The ticket is this member's: they own it or have an entry in its schedule.
fn of_member(id: i64, identifier: Option<&str>) -> Condition {
    let mut ways = vec![Field("owner/id").is(id)];
    // A name with a comma in it would be two.
    if let Some(name) = identifier.filter(|name| !name.contains(',')) {
        ways.push(Field("resources").is(name));
        ways.push(Field("resources").begins_and_ends(&format!("{name},"), ""));
        ways.push(Field("resources").begins_and_ends("", &format!(", {name}")));
        ways.push(Field("resources").has_inside(&format!(", {name},")));
    }
    Condition::any(ways)
}

fn of_nobody() -> Condition {
    let without = Condition::any([Field("resources").is_null(), Field("resources").is("")]);
    Condition::all([Field("owner").is_null(), without])
}

/// At most so many characters, with a sign that there was more.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}

/// Names of who works on a ticket, from what a list tells: the owner first.
fn assignees(ticket: &wire::Ticket, names: &Names) -> Vec<String> {
    let owner = ticket.owner.as_ref().filter(|owner| owner.id.is_some());
    let mut found: Vec<String> = owner.map(wire::Reference::label).into_iter().collect();
    for identifier in ticket.resources.as_deref().unwrap_or_default().split(',').map(str::trim) {
        let is_owner =
            owner.and_then(|owner| owner.identifier.as_deref()).is_some_and(|own| own.eq_ignore_ascii_case(identifier));
        if identifier.is_empty() || is_owner {
            continue;
        }
        let name = names.get(&identifier.to_lowercase()).cloned().unwrap_or_else(|| identifier.to_owned());
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn summary_of(ticket: wire::Ticket, names: &Names) -> TicketSummary {
    let assignees = assignees(&ticket, names);
    let board = ticket.board.id.is_some().then(|| ticket.board.named());
    let label =
        |reference: &Option<wire::Reference>| reference.as_ref().map(wire::Reference::label).unwrap_or_default();
    let id = |reference: &Option<wire::Reference>| reference.as_ref().and_then(wire::Reference::id);
    let contact = ticket.contact.as_ref().map(wire::Reference::label).or_else(|| ticket.contact_name.clone());
    TicketSummary {
        id: ticket.id.to_string(),
        company: label(&ticket.company),
        company_id: id(&ticket.company),
        contact: contact.filter(|name| !name.trim().is_empty()),
        status: ticket.status.label(),
        status_id: ticket.status.id().unwrap_or_default(),
        priority: label(&ticket.priority),
        priority_id: id(&ticket.priority),
        open: ticket.closed_flag != Some(true),
        updated_at: ticket.info.last_updated.unwrap_or(Timestamp(time::OffsetDateTime::UNIX_EPOCH)),
        summary: ticket.summary.unwrap_or_default(),
        board,
        assignees,
    }
}

impl ConnectWise {
    /// Names for `resources`. Without them a list shows identifiers, which is no reason to fail.
    async fn names(&self, ctx: &Ctx) -> Names {
        let members = self.kept_members(ctx).await.unwrap_or_default();
        members.items.into_iter().map(|member| (member.identifier.to_lowercase(), member.name)).collect()
    }

    async fn condition(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<Condition, PsaError> {
        let mut all = Vec::new();
        match filter.status.as_deref().map(str::trim).filter(|status| !status.is_empty()) {
            None => all.push(Field("closedFlag").is(false)),
            Some("all") => {}
            Some(status) => all.push(in_status(status)),
        }
        let set = |value: &'_ Option<String>| value.clone().filter(|value| !value.is_empty());
        for (field, path, id) in [
            ("board", "board/id", set(&filter.board)),
            ("priority", "priority/id", set(&filter.priority)),
            ("company", "company/id", set(&filter.company)),
        ] {
            if let Some(id) = id {
                all.push(Field(path).is(known(field, &id)?));
            }
        }
        match set(&filter.assignee).as_deref() {
            None => {}
            Some("unassigned") => all.push(of_nobody()),
            Some(member) => {
                let id = known("assignee", member)?;
                let members = self.kept_members(ctx).await.unwrap_or_default().items;
                let identifier = members.iter().find(|one| one.id == member).map(|one| one.identifier.as_str());
                all.push(of_member(id, identifier));
            }
        }
        all.push(words(filter.q.as_deref().unwrap_or_default()));
        if let Some(cursor) = set(&filter.cursor) {
            let unknown = || PsaError::Invalid(AppError::malformed("The cursor is not one that this list gave."));
            all.push(Field("id").below(number(&cursor).ok_or_else(unknown)?));
        }
        Ok(Condition::All(all))
    }

    pub(super) async fn list_tickets(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
        let limit = filter.limit.unwrap_or(50).clamp(1, 100);
        let condition = self.condition(ctx, filter).await?;
        // One more than is shown tells whether there are more; going on from the last id misses and repeats none.
        let call = Call::get(TICKETS, rights::TICKETS).that(&condition).order_by("id desc").fields(LINE);
        let call = call.page_size(u32::from(limit) + 1);
        let (mut rows, _) = paging::page::<wire::Ticket>(&self.client, &call).await?;
        let more = rows.len() > usize::from(limit);
        rows.truncate(limit.into());
        let next_cursor = rows.last().filter(|_| more).map(|last| last.id.to_string());
        let names = self.names(ctx).await;
        Ok(Page { items: rows.into_iter().map(|row| summary_of(row, &names)).collect(), next_cursor })
    }

    pub(super) async fn read_ticket(&self, id: i64, fields: &str) -> Result<wire::Ticket, PsaError> {
        let call = Call::get(format!("{TICKETS}/{id}"), rights::TICKETS).fields(fields).of_ticket(id);
        self.client.send(&call).await?.json()
    }

    pub(super) async fn ticket_line(&self, ctx: &Ctx, id: &str) -> Result<TicketSummary, PsaError> {
        let ticket = self.read_ticket(ticket_number(id)?, LINE).await?;
        Ok(summary_of(ticket, &self.names(ctx).await))
    }

    /// The ticket, its notes and who works on it: three calls at once.
    pub(super) async fn whole_ticket(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError> {
        let number = ticket_number(id)?;
        let (ticket, notes, entries) =
            futures::join!(self.read_ticket(number, WHOLE), self.told(number), self.entries_if_allowed(number));
        let ticket = ticket?;
        let (body, notes) = notes?.apart(ticket.info.date_entered);
        let entries = entries?;
        let assigned = self.assigned(ctx, &ticket, entries.as_deref().ok()).await;
        let contact_id = ticket.contact.as_ref().and_then(wire::Reference::id);
        let created_at = ticket.info.date_entered.or(ticket.info.last_updated);
        let (contact_email, contact_phone) =
            (ticket.contact_email_address.clone(), ticket.contact_phone_number.clone());
        let mut summary = summary_of(ticket, &Names::new());
        summary.assignees = assigned.iter().map(|one| one.member.name.clone()).collect();
        Ok(Ticket {
            body,
            created_at: created_at.unwrap_or(summary.updated_at),
            summary,
            notes,
            url: self.address_of(number),
            contact_id,
            contact_email: contact_email.filter(|text| !text.is_empty()),
            contact_phone: contact_phone.filter(|text| !text.is_empty()),
            assigned,
            schedule: scheduled(number, entries),
            opened_by: None,
            changes: Vec::new(),
        })
    }

    /// Who works on it; where the role may not read the schedule, what the ticket itself tells.
    pub(super) async fn assigned(
        &self,
        ctx: &Ctx,
        ticket: &wire::Ticket,
        entries: Option<&[wire::Entry]>,
    ) -> Vec<Assignee> {
        match entries {
            Some(entries) => on_ticket(ticket.owner.as_ref(), entries),
            None => self.resources(ctx, ticket).await,
        }
    }

    /// Who works on it, as far as the ticket itself tells: by name.
    async fn resources(&self, ctx: &Ctx, ticket: &wire::Ticket) -> Vec<Assignee> {
        let members = self.kept_members(ctx).await.unwrap_or_default().items;
        let entries: Vec<wire::Entry> = ticket
            .resources
            .as_deref()
            .unwrap_or_default()
            .split(',')
            .filter_map(|identifier| members.iter().find(|one| one.identifier.eq_ignore_ascii_case(identifier.trim())))
            .map(|member| {
                let member =
                    wire::Reference { id: number(&member.id), identifier: None, name: Some(member.name.clone()) };
                wire::Entry { member, ..wire::Entry::default() }
            })
            .collect();
        on_ticket(ticket.owner.as_ref(), &entries)
    }

    /// Where people open a ticket.
    fn address_of(&self, ticket: i64) -> Option<String> {
        let mut url = self.client.keys().site.clone();
        let host = discovery::ui_host(url.host_str()?).to_owned();
        url.set_host(Some(&host)).ok()?;
        url.set_path("/v4_6_release/services/system_io/Service/fv_sr100_request.rails");
        url.set_fragment(None);
        url.set_query(Some(&format!("service_recid={ticket}")));
        Some(url.into())
    }

    async fn made_before(&self, key: &str) -> Result<Option<String>, PsaError> {
        let call = Call::get(TICKETS, rights::TICKETS).that(&Field("externalXRef").is(key)).fields("id").page_size(1);
        let (rows, _) = paging::page::<wire::Ticket>(&self.client, &call).await?;
        Ok(rows.first().map(|ticket| ticket.id.to_string()))
    }

    pub(super) async fn open_ticket(&self, new: &NewTicket, key: &str) -> Result<String, PsaError> {
        let summary = new.summary.split_whitespace().collect::<Vec<_>>().join(" ");
        if summary.is_empty() {
            return Err(PsaError::Invalid(AppError::invalid("summary", "Say in a few words what it is about.")));
        }
        let company = new.company_id.as_deref().ok_or_else(|| {
            PsaError::Invalid(AppError::invalid(
                "company_id",
                "Choose the company: ConnectWise takes no ticket without one.",
            ))
        })?;
        // The key's own form is nobody's business: a long one is told by its digest.
        let key = if key.chars().count() > LONGEST_KEY {
            BASE64_STANDARD.encode(Sha256::digest(key.as_bytes()))
        } else {
            key.to_owned()
        };
        let short = cut(&summary, LONGEST_SUMMARY);
        let parts = [if short == summary { "" } else { new.summary.trim() }, new.body.trim()];
        let told = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        let mut body = json!({ "summary": short, "company": reference(known("company_id", company)?) });
        if !told.is_empty() {
            body["initialDescription"] = told.into();
        }
        for (field, name, id) in [
            ("board", "board_id", &new.board_id),
            ("priority", "priority_id", &new.priority_id),
            ("contact", "contact_id", &new.contact_id),
        ] {
            if let Some(id) = id {
                body[field] = reference(known(name, id)?);
            }
        }
        if let (None, Some(contact)) = (&new.contact_id, &new.contact) {
            body["contactName"] = cut(contact.trim(), LONGEST_CONTACT).into();
        }
        if !key.is_empty() {
            body["externalXRef"] = key.as_str().into();
            if let Some(id) = self.made_before(&key).await? {
                return Ok(id);
            }
        }
        let made = self.client.send(&Call::post(TICKETS, rights::TICKETS, body)).await;
        match made.and_then(|answer| super::client::id_of(&answer)) {
            // Whether it arrived can be seen.
            Err(PsaError::Unknown(why)) if !key.is_empty() => match self.made_before(&key).await {
                Ok(Some(id)) => Ok(id),
                Ok(None) | Err(_) => Err(PsaError::Unknown(why)),
            },
            other => other,
        }
    }

    pub(super) async fn related_tickets(
        &self,
        ctx: &Ctx,
        ticket: &TicketSummary,
    ) -> Result<Listed<TicketSummary>, PsaError> {
        let same = match (ticket.company_id.as_deref().and_then(number), &ticket.contact) {
            (Some(company), _) => Field("company/id").is(company),
            (None, Some(contact)) => Field("contactName").is(contact.as_str()),
            (None, None) => return Ok(Listed::default()),
        };
        let condition = same.and(Field("id").is_not(ticket_number(&ticket.id)?));
        let call =
            Call::get(TICKETS, rights::TICKETS).that(&condition).order_by("id desc").fields(LINE).page_size(RELATED);
        let rows = paging::page::<wire::Ticket>(&self.client, &call).await.map(|(rows, _)| rows);
        let names = self.names(ctx).await;
        listed(&call, rows.map(|rows| rows.into_iter().map(|row| summary_of(row, &names)).collect()))
    }
}

/// Who works on a ticket: the owner, then who has an entry in its schedule; one row a member.
fn on_ticket(owner: Option<&wire::Reference>, entries: &[wire::Entry]) -> Vec<Assignee> {
    let owner = owner.filter(|owner| owner.id.is_some());
    let mut found: Vec<Assignee> =
        owner.map(|owner| Assignee { member: owner.named(), owner: true }).into_iter().collect();
    for member in entries.iter().map(|entry| entry.member.named()) {
        if !member.id.is_empty() && found.iter().all(|known| known.member.id != member.id) {
            found.push(Assignee { member, owner: false });
        }
    }
    found
}
