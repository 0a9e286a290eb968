//! What the tickets page asks for, over the account's ticket system: one file a noun. Nothing of a ticket is kept here.

pub mod change;
pub mod choices;
pub mod new;
pub mod once;
pub mod rest;
pub mod views;
pub mod work;

mod store;
mod writing;

use std::sync::Arc;

use futures::join;

use crate::{
    accounts::types::UserRole,
    error::AppError,
    pilot,
    psa::{
        server::{Provider, PsaError, members},
        types::{Configuration, Listed, Member, Named, ScheduleEntry, Ticket, TicketFilter, TicketSummary, TimeEntry},
    },
    server::context::Ctx,
    tickets::types::{Desk, TicketDetail, TicketList},
};

pub use new::{create, opened};
pub use once::key_of;
pub use writing::written_on;

/// The account's ticket system, for somebody who works on tickets.
async fn desk(ctx: &Ctx) -> Result<Arc<dyn Provider>, AppError> {
    ctx.require(UserRole::L1)?;
    Ok(ctx.platform.psa.of_account(ctx).await?)
}

/// Which ticket system it is, and what it can do.
pub async fn capabilities(ctx: &Ctx) -> Result<Desk, AppError> {
    let desk = desk(ctx).await?;
    Ok(Desk { provider: desk.name().to_owned(), label: desk.label().to_owned(), can: desk.capabilities() })
}

/// How somebody is mapped who is not. `hint`: why members cannot be read.
fn not_mapped(desk: &dyn Provider, hint: Option<&str>) -> String {
    let label = desk.label();
    let why = match hint {
        Some(hint) => format!("FlowPilot cannot tell who you are in {label}. {hint}"),
        None => {
            format!("Nobody of {label} has your e-mail address, so FlowPilot does not know which tickets are yours.")
        }
    };
    format!("{why} An admin can map you by hand under Settings > Ticket system.")
}

/// Why tickets of a member may be missing: without their login name, those that they do not own are not found.
async fn short_of(ctx: &Ctx, desk: &dyn Provider, member: &str) -> Option<String> {
    let members = desk.members(ctx).await.ok()?;
    let hint = members.hint.filter(|_| members.items.iter().all(|one| one.id != member))?;
    Some(format!("Only tickets that they own are sure to be listed. {hint}"))
}

/// Tickets, newest first.
pub async fn list(ctx: &Ctx, mut filter: TicketFilter) -> Result<TicketList, AppError> {
    let desk = desk(ctx).await?;
    let TicketFilter { q, status, board, priority, company, assignee, cursor, .. } = &mut filter;
    for word in [q, status, board, priority, company, assignee, cursor] {
        *word = word.take().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty());
    }
    if filter.assignee.as_deref() == Some("mine") {
        let me = members::of_user(ctx, &*desk, ctx.actor.user).await?;
        let Some(member) = me.member else {
            let hint = not_mapped(&*desk, me.hint.as_deref());
            return Ok(TicketList { hint: Some(hint), ..TicketList::default() });
        };
        filter.assignee = Some(member.id);
    }
    let page = match desk.list(ctx, &filter).await {
        Ok(page) => page,
        // What may not be read leaves the page whole.
        Err(PsaError::Forbidden(why)) => return Ok(TicketList { hint: Some(why), ..TicketList::default() }),
        Err(PsaError::Own(error @ AppError::Forbidden { .. })) => {
            return Ok(TicketList { hint: Some(error.detail()), ..TicketList::default() });
        }
        Err(error) => return Err(error.into()),
    };
    let hint = match filter.assignee.as_deref() {
        None | Some("unassigned") => None,
        Some(member) => short_of(ctx, &*desk, member).await,
    };
    Ok(TicketList { items: page.items, next_cursor: page.next_cursor, hint })
}

/// A ticket with its notes.
pub async fn get(ctx: &Ctx, id: &str) -> Result<Ticket, AppError> {
    Ok(desk(ctx).await?.get(ctx, id).await?)
}

/// The same with what surrounds it, and which sessions there are on it.
pub async fn detail(ctx: &Ctx, id: &str) -> Result<TicketDetail, AppError> {
    let desk = desk(ctx).await?;
    let ticket = desk.get(ctx, id).await?;
    let (summary, can) = (&ticket.summary, desk.capabilities());
    let related = async { if can.related { desk.related(ctx, summary).await } else { Ok(Listed::default()) } };
    let things =
        async { if can.configurations { desk.configurations(ctx, &summary.id).await } else { Ok(Listed::default()) } };
    let time =
        async { if can.time_entries { desk.time_entries(ctx, &summary.id).await } else { Ok(Listed::default()) } };
    let statuses = desk.statuses(ctx, summary.board.as_ref().map(|board| &*board.id));
    let sessions = pilot::server::on_ticket(ctx, &*desk, &summary.id);
    let (related, things, time, statuses, sessions, (members, me)) =
        join!(related, things, time, statuses, sessions, people(ctx, &*desk));
    let members = if can.assign { members } else { Listed::default() };
    let named = |member: Member| Named { id: member.id, name: member.name };
    Ok(TicketDetail {
        desk: Desk { provider: desk.name().to_owned(), label: desk.label().to_owned(), can },
        members: Listed { items: members.items.into_iter().map(named).collect(), hint: members.hint },
        me,
        sessions: sessions?,
        statuses: or_hint(statuses),
        related: or_hint(related),
        configurations: or_hint(things),
        time_entries: or_hint(time),
        ticket,
    })
}

/// Everybody of the ticket system, read once, and who of them asks.
async fn people(ctx: &Ctx, desk: &dyn Provider) -> (Listed<Member>, Option<String>) {
    let members = or_hint(desk.members(ctx).await);
    let me = members::of_user_among(ctx, desk, members.clone(), ctx.actor.user).await;
    (members, me.ok().and_then(|me| me.member).map(|me| me.id))
}

/// A list beside the thing itself: where it cannot be read, that is said in its place.
fn or_hint<T>(answer: Result<Listed<T>, PsaError>) -> Listed<T> {
    answer.unwrap_or_else(|error| Listed { items: Vec::new(), hint: Some(AppError::from(error).detail()) })
}

/// Other tickets of the same contact or company.
pub async fn related(ctx: &Ctx, id: &str) -> Result<Listed<TicketSummary>, AppError> {
    let desk = desk(ctx).await?;
    let ticket = desk.summary(ctx, id).await?;
    if !desk.capabilities().related {
        return Ok(Listed::default());
    }
    Ok(desk.related(ctx, &ticket).await?)
}

/// What the ticket is about.
pub async fn configurations(ctx: &Ctx, id: &str) -> Result<Listed<Configuration>, AppError> {
    let desk = desk(ctx).await?;
    if !desk.capabilities().configurations {
        return desk.summary(ctx, id).await.map(|_| Listed::default()).map_err(Into::into);
    }
    Ok(desk.configurations(ctx, id).await?)
}

/// Who works on it when.
pub async fn schedule(ctx: &Ctx, id: &str) -> Result<Listed<ScheduleEntry>, AppError> {
    let desk = desk(ctx).await?;
    if !desk.capabilities().schedule {
        return desk.summary(ctx, id).await.map(|_| Listed::default()).map_err(Into::into);
    }
    Ok(desk.schedule(ctx, id).await?)
}

/// The time it took so far.
pub async fn time_entries(ctx: &Ctx, id: &str) -> Result<Listed<TimeEntry>, AppError> {
    let desk = desk(ctx).await?;
    if !desk.capabilities().time_entries {
        return desk.summary(ctx, id).await.map(|_| Listed::default()).map_err(Into::into);
    }
    Ok(desk.time_entries(ctx, id).await?)
}
