//! Notes and time that are written once under their key.

use std::sync::Arc;

use serde_json::json;

use super::{
    desk, not_mapped,
    once::{self, Kind, Try, What},
    store::writes,
};
use crate::{
    error::{AppError, Upstream},
    pilot::server::{posted_on, text},
    psa::{
        server::{NewNote, Provider, PsaError, connectwise::same_text, members},
        types::{Listed, NewTimeEntry, TicketNote, TimeEntry},
    },
    server::context::Ctx,
    tickets::types::NewTicketNote,
};

const NOTE: text::Field = text::Field { name: "body", max: 100_000 };
const TIME_NOTE: text::Field = text::Field { name: "note", max: 10_000 };
const LONGEST: u32 = 1440;

/// Ids of the notes that the tickets page wrote on a ticket.
pub async fn written_on(ctx: &Ctx, provider: &str, ticket: &str) -> Result<Vec<String>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let notes = writes::notes_on(ctx, &mut tx, provider, ticket, None).await?;
    tx.commit().await?;
    Ok(notes)
}

/// Ids of the notes on a ticket that are ours, and not the one of this write.
async fn others(ctx: &Ctx, desk: &dyn Provider, ticket: &str, once: &Try) -> Result<Vec<String>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let mut others = writes::notes_on(ctx, &mut tx, desk.name(), ticket, Some(once.id())).await?;
    tx.commit().await?;
    others.extend(posted_on(ctx, desk, ticket).await?);
    Ok(others)
}

/// Adds a note, in the name of who writes it where the ticket system lets us. The same key never adds a second one.
pub async fn add_note(ctx: &Ctx, id: &str, note: NewTicketNote, key: Option<String>) -> Result<TicketNote, AppError> {
    let desk = desk(ctx).await?;
    let body = NOTE.required(&note.body)?;
    if note.from_customer && !desk.capabilities().customer_notes {
        let said = format!("What a customer says comes to {} by itself. Add it as a note of your own.", desk.label());
        return Err(AppError::invalid("from_customer", said));
    }
    let internal = note.internal && !note.from_customer;
    let what = What::new(Kind::Note, &*desk, id, key, &json!([body, internal, note.from_customer]))?;
    if let Some(kept) = once::done(ctx, &what).await?
        && let Some(found) = desk.note(ctx, id, &kept).await?
    {
        return Ok(found);
    }
    let author = match desk.capabilities().act_as_member {
        true => members::of_user(ctx, &*desk, ctx.actor.user).await?.member.map(|me| me.id),
        false => None,
    };
    let once = Try::begin(ctx, &what).await?;
    let new = NewNote {
        body,
        internal,
        resolution: false,
        from_customer: note.from_customer,
        idempotency_key: once.key(),
        author,
        since: once.since,
        others: Vec::new(),
    };
    let (here, ticket, at_work) = (ctx.clone(), id.to_owned(), once.clone());
    once.run(ctx, async move {
        let others = others(&here, &*desk, &ticket, &at_work).await.map_err(PsaError::Invalid)?;
        put(&here, &*desk, &ticket, &NewNote { others, ..new }, &at_work).await
    })
    .await
}

/// The note as it is on the ticket; added if it is not there.
async fn put(ctx: &Ctx, desk: &dyn Provider, ticket: &str, new: &NewNote, once: &Try) -> Result<TicketNote, PsaError> {
    if let Some(kept) = &once.kept
        && let Some(found) = desk.note(ctx, ticket, kept).await?
    {
        return compared(desk, ticket, new, found);
    }
    // What was never sent is not there, whatever reads like it.
    let found = if once.is_first() { None } else { desk.find_note(ctx, ticket, new).await? };
    let note = match found {
        Some(found) => found,
        None => {
            once.may_send()?;
            match desk.add_note(ctx, ticket, new).await {
                // Perhaps it arrived: then it is there. What was written meanwhile in the same words is known by now.
                Err(PsaError::Unknown(why)) => {
                    let found = match others(ctx, desk, ticket, once).await {
                        Ok(others) => {
                            desk.find_note(ctx, ticket, &NewNote { others, ..new.clone() }).await.ok().flatten()
                        }
                        Err(_) => None,
                    };
                    found.ok_or(PsaError::Unknown(why))?
                }
                other => other?,
            }
        }
    };
    once.keep(ctx, &note).await?;
    match desk.note(ctx, ticket, &note).await? {
        Some(found) => compared(desk, ticket, new, found),
        None => Err(not_the_same(desk, ticket)),
    }
}

/// What is there is what was written, and whoever should see it does, and nobody else.
fn compared(desk: &dyn Provider, ticket: &str, new: &NewNote, found: TicketNote) -> Result<TicketNote, PsaError> {
    let kind = match (new.from_customer, new.internal) {
        (true, _) => "customer",
        (false, true) => "internal",
        (false, false) => "discussion",
    };
    let fits = found.internal == new.internal && found.kind == kind && same_text(&found.body, &new.body);
    if fits { Ok(found) } else { Err(not_the_same(desk, ticket)) }
}

fn not_the_same(desk: &dyn Provider, ticket: &str) -> PsaError {
    let detail = format!(
        "The note was sent to ticket #{ticket}, but what {} shows there is not the same. Look there: once it is deleted, it can be sent anew.",
        desk.label()
    );
    PsaError::Invalid(AppError::Upstream { code: Upstream::PsaRefused, detail })
}

/// Enters time in the name of who asks; the ticket's entries then. The same key never enters it twice; without one the same
/// entry is the same write.
pub async fn add_time(
    ctx: &Ctx,
    id: &str,
    new: NewTimeEntry,
    key: Option<String>,
) -> Result<Listed<TimeEntry>, AppError> {
    let desk = desk(ctx).await?;
    desk.may_enter_time()?;
    if !(1..=LONGEST).contains(&new.minutes) {
        return Err(AppError::invalid("minutes", format!("A time entry has 1 to {LONGEST} minutes.")));
    }
    let note = TIME_NOTE.optional(&new.note)?.unwrap_or_default();
    let new = NewTimeEntry { note, ..new };
    let said = json!([new.started_at.0.unix_timestamp(), new.minutes, new.note]);
    let key = key.or_else(|| Some(once::key_of(&said.to_string())));
    let what = What::new(Kind::Time, &*desk, id, key, &said)?;
    let me = me(ctx, &*desk).await?;
    if let Some(kept) = once::done(ctx, &what).await? {
        let there = desk.time_entries(ctx, id).await?;
        if there.hint.is_some() || there.items.iter().any(|entry| entry.id == kept) {
            return Ok(there);
        }
    }
    let once = Try::begin(ctx, &what).await?;
    let (here, there, ticket, at_work) = (ctx.clone(), Arc::clone(&desk), id.to_owned(), once.clone());
    once.run(ctx, async move {
        at_work.may_send()?;
        // It looks by itself whether the entry is there.
        let entered = there.add_time(&here, &ticket, &me, &new).await?;
        at_work.keep(&here, &entered).await
    })
    .await?;
    Ok(desk.time_entries(ctx, id).await?)
}

async fn me(ctx: &Ctx, desk: &dyn Provider) -> Result<String, AppError> {
    let me = members::of_user(ctx, desk, ctx.actor.user).await?;
    me.member.map(|me| me.id).ok_or_else(|| AppError::forbidden(not_mapped(desk, me.hint.as_deref())))
}
