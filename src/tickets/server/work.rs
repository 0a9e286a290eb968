//! Working on a ticket: who is on it, notes and time. What was written is read back.

use super::{desk, not_mapped};
use crate::{
    error::{AppError, Upstream},
    pilot::server::text,
    psa::{
        server::{NewNote, Provider, PsaError, members},
        types::{Listed, NewTimeEntry, Ticket, TicketNote, TimeEntry},
    },
    server::context::Ctx,
    tickets::types::NewTicketNote,
};

const NOTE: text::Field = text::Field { name: "body", max: 100_000 };
const TIME_NOTE: text::Field = text::Field { name: "note", max: 10_000 };
const LONGEST: u32 = 1440;

/// Puts a member on the ticket; nothing changes where they are on it already.
pub async fn assign(ctx: &Ctx, id: &str, member: &str) -> Result<Ticket, AppError> {
    let desk = desk(ctx).await?;
    desk.assign(ctx, id, member).await?;
    let ticket = desk.get(ctx, id).await?;
    if ticket.assigned.iter().any(|one| one.member.id.eq_ignore_ascii_case(member)) {
        return Ok(ticket);
    }
    let detail = format!("{} took the assignment to ticket #{id} and did not make it. Look there.", desk.label());
    Err(AppError::Upstream { code: Upstream::PsaRefused, detail })
}

/// Takes a member off the ticket; nothing changes where they are not on it.
pub async fn unassign(ctx: &Ctx, id: &str, member: &str) -> Result<Ticket, AppError> {
    let desk = desk(ctx).await?;
    desk.unassign(ctx, id, member).await?;
    let ticket = desk.get(ctx, id).await?;
    if ticket.assigned.iter().all(|one| !one.member.id.eq_ignore_ascii_case(member)) {
        return Ok(ticket);
    }
    let detail = format!("{} did not take the assignee off ticket #{id}. Look there.", desk.label());
    Err(AppError::Upstream { code: Upstream::PsaRefused, detail })
}

/// Adds a note, in the name of who writes it where the ticket system lets us. The same key never adds a second one.
pub async fn add_note(ctx: &Ctx, id: &str, note: NewTicketNote, key: Option<String>) -> Result<TicketNote, AppError> {
    let desk = desk(ctx).await?;
    let body = NOTE.required(&note.body)?;
    if note.from_customer && !desk.capabilities().customer_notes {
        let said = format!("What a customer says comes to {} by itself. Add it as a note of your own.", desk.label());
        return Err(AppError::invalid("from_customer", said));
    }
    let author = match desk.capabilities().act_as_member {
        true => members::of_user(ctx, &*desk, ctx.actor.user).await?.map(|me| me.id),
        false => None,
    };
    let new = NewNote {
        body,
        internal: note.internal && !note.from_customer,
        resolution: false,
        from_customer: note.from_customer,
        idempotency_key: format!("note-{}-{}", ctx.actor.user, text::idempotency_key(key)?),
        author,
        since: ctx.now(),
        others: Vec::new(),
    };
    let added = match desk.add_note(ctx, id, &new).await {
        // Perhaps it arrived: then it is there.
        Err(PsaError::Unknown(why)) => {
            desk.find_note(ctx, id, &new).await?.ok_or(PsaError::Unknown(why)).map_err(AppError::from)?
        }
        other => other?,
    };
    let read = desk.note(ctx, id, &added).await?;
    // A ticket system may have its own idea of line ends.
    let fits = |read: &TicketNote| {
        read.internal == new.internal && read.body.split_whitespace().eq(new.body.split_whitespace())
    };
    read.filter(fits).ok_or_else(|| AppError::Upstream {
        code: Upstream::PsaRefused,
        detail: format!(
            "The note was sent to ticket #{id}, but what {} shows there is not the same. Look there.",
            desk.label()
        ),
    })
}

/// Enters time in the name of who asks; the ticket's entries then.
pub async fn add_time(ctx: &Ctx, id: &str, new: NewTimeEntry) -> Result<Listed<TimeEntry>, AppError> {
    let desk = desk(ctx).await?;
    if !desk.capabilities().time_entries {
        return Err(PsaError::Unsupported("time entries").into());
    }
    if !(1..=LONGEST).contains(&new.minutes) {
        return Err(AppError::invalid("minutes", format!("A time entry has 1 to {LONGEST} minutes.")));
    }
    let note = TIME_NOTE.optional(&new.note)?.unwrap_or_default();
    let me = me(ctx, &*desk).await?;
    desk.add_time(ctx, id, &me, &NewTimeEntry { note, ..new }).await?;
    Ok(desk.time_entries(ctx, id).await?)
}

async fn me(ctx: &Ctx, desk: &dyn Provider) -> Result<String, AppError> {
    let me = members::of_user(ctx, desk, ctx.actor.user).await?;
    me.map(|me| me.id).ok_or_else(|| AppError::forbidden(not_mapped(desk)))
}
