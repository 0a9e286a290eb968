//! Sessions from outside them: the list with its filters and its search, and what one comes back to.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::{Date, Duration, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};
use uuid::Uuid;

use super::{
    near::Meant,
    search::Wanted,
    store::{
        history::{self, Spot},
        list::{self, Cursor, NEWEST, Saying, Which},
    },
};
use crate::{
    error::AppError,
    ids::{SessionId, Timestamp},
    page::Page,
    pilot::{
        history::{Found, Home, Passage, Place, Waiting, Whose},
        types::{SessionFilter, SessionStatus, SessionSummary, TicketLink},
    },
    server::context::Ctx,
};

/// So many of the newest sessions are looked through for what is nearly meant.
const LOOKED_THROUGH: i64 = 1000;
/// How many lines a part of the front page has.
const SHOWN: i64 = 6;
/// More than anybody leaves waiting.
const MOST_WAITING: i64 = 50;

/// The sessions that the caller may see, last touched first: their own, those shared with them, and for engineers and up those
/// that were escalated.
pub async fn list(ctx: &Ctx, filter: SessionFilter) -> Result<Page<SessionSummary>, AppError> {
    let limit = i64::from(filter.limit.unwrap_or(30).clamp(1, 100));
    let which = Which {
        filter: &filter,
        from: day("from", filter.from.as_deref())?.map(|day| day.midnight().assume_utc().into()),
        until: day("to", filter.to.as_deref())?.map(|day| (day.midnight().assume_utc() + Duration::DAY).into()),
        after: filter.cursor.as_deref().map(read_cursor).transpose()?,
    };
    let wanted = filter.q.as_deref().map(Wanted::read).transpose()?.flatten();
    let mut items = match &wanted {
        None => all(ctx, which, limit + 1).await?,
        Some(wanted) if wanted.is_empty() => Vec::new(),
        Some(wanted) => saying(ctx, which, wanted, limit + 1).await?,
    };
    let more = i64::try_from(items.len()).is_ok_and(|len| len > limit);
    if more {
        items.pop();
    }
    if let Some(wanted) = wanted {
        if filter.near == Some(true) && which.after.is_none() && !wanted.is_empty() {
            add_near(ctx, which, &mut items, limit).await?;
        }
        show_where(ctx, &wanted, &mut items).await?;
    }
    let next_cursor = items.last().filter(|_| more).map(|last| write_cursor(last.updated_at, last.id));
    Ok(Page { items, next_cursor })
}

async fn all(ctx: &Ctx, which: Which<'_>, limit: i64) -> Result<Vec<SessionSummary>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let items = list::list(ctx, &mut tx, which, Saying::Whatever, limit).await?;
    tx.commit().await?;
    Ok(items)
}

/// The sessions in which all words stand. First the newest are looked through: what stands in many is found there at once, and
/// looking it up in the index would be the longest way. Only where these do not fill the page, and are not all, the index is asked.
async fn saying(ctx: &Ctx, which: Which<'_>, wanted: &Wanted, limit: i64) -> Result<Vec<SessionSummary>, AppError> {
    let words = wanted.lookups();
    let mut tx = ctx.db().tenant(ctx).await?;
    let newest = list::list(ctx, &mut tx, which, Saying::Words(&words), limit).await?;
    let full = i64::try_from(newest.len()).is_ok_and(|len| len >= limit);
    let all = full || list::count(ctx, &mut tx, which).await? < NEWEST;
    tx.commit().await?;
    if all {
        return Ok(newest);
    }
    let mut search = ctx.db().search(ctx).await?;
    let ids = list::saying(&mut search, &words).await?;
    search.commit().await?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let items = list::list(ctx, &mut tx, which, Saying::In(&ids), limit).await?;
    tx.commit().await?;
    Ok(items)
}

/// Fills the page with the sessions that are called something like what was typed, the nearest first.
async fn add_near(ctx: &Ctx, which: Which<'_>, items: &mut Vec<SessionSummary>, limit: i64) -> Result<(), AppError> {
    let room = usize::try_from(limit).unwrap_or_default().saturating_sub(items.len());
    if room == 0 {
        return Ok(());
    }
    let meant = Meant::read(which.filter.q.as_deref().unwrap_or_default());
    let mut tx = ctx.db().tenant(ctx).await?;
    let names = list::names(ctx, &mut tx, which, LOOKED_THROUGH).await?;
    let near = names.into_iter().filter_map(|(id, name)| Some((meant.distance(&name)?, id)));
    let mut near: Vec<_> = near.filter(|(_, id)| items.iter().all(|item| item.id.0 != *id)).collect();
    // Stable: of equally near ones the newest.
    near.sort_by_key(|(letters, _)| *letters);
    let ids: Vec<Uuid> = near.into_iter().take(room).map(|(_, id)| id).collect();
    if !ids.is_empty() {
        let mut more = list::list(ctx, &mut tx, which, Saying::In(&ids), limit).await?;
        more.sort_by_key(|item| ids.iter().position(|id| *id == item.id.0));
        items.extend(more);
    }
    tx.commit().await?;
    Ok(())
}

/// Puts to each session where it says what was searched for.
async fn show_where(ctx: &Ctx, wanted: &Wanted, items: &mut [SessionSummary]) -> Result<(), AppError> {
    let elsewhere: Vec<Uuid> = items.iter().filter(|item| !wanted.all_in(&item.title)).map(|item| item.id.0).collect();
    let mut spots: HashMap<SessionId, Vec<Spot>> = HashMap::new();
    if !elsewhere.is_empty() {
        let mut tx = ctx.db().tenant(ctx).await?;
        for spot in history::spots(ctx, &mut tx, &elsewhere, &wanted.lookups()).await? {
            spots.entry(spot.session).or_default().push(spot);
        }
        tx.commit().await?;
    }
    for item in items {
        // The title is seen anyway: the passage is about what it does not say.
        let missing = wanted.missing_in(&item.title);
        let ticket = item.ticket.as_ref().map(|ticket| (Place::Ticket, ticket_text(ticket)));
        let others = spots.remove(&item.id).unwrap_or_default().into_iter().map(|spot| (spot.place, spot.text));
        let mut places: Vec<_> = ticket.into_iter().chain(others).collect();
        // Of equally good places the first.
        places.reverse();
        let best = places.into_iter().max_by_key(|(_, text)| missing.count_in(text));
        let passage =
            best.and_then(|(place, text)| wanted.passage(&text, &missing).map(|pieces| Passage { place, pieces }));
        item.found = Some(Found { title: wanted.mark(&item.title), passage });
    }
    Ok(())
}

/// What a list shows of a ticket, for a passage.
fn ticket_text(ticket: &TicketLink) -> String {
    let parts = [Some(format!("#{}", ticket.id)), ticket.summary.clone(), ticket.company.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What the person comes back to. The number of queries is the same whatever there is.
pub async fn home(ctx: &Ctx) -> Result<Home, AppError> {
    let mine =
        SessionFilter { whose: Some(Whose::Mine), status: Some(SessionStatus::Open), ..SessionFilter::default() };
    let any = SessionFilter { whose: Some(Whose::MineOrShared), ..SessionFilter::default() };
    let all = |filter| Which { filter, from: None, until: None, after: None };
    let mut tx = ctx.db().tenant(ctx).await?;
    let mut waiting = history::waiting(ctx, &mut tx, MOST_WAITING).await?;
    let mut open = list::list(ctx, &mut tx, all(&mine), Saying::Whatever, SHOWN + 1).await?;
    let recent = list::list(ctx, &mut tx, all(&any), Saying::Whatever, SHOWN).await?;
    tx.commit().await?;
    let more_open = i64::try_from(open.len()).is_ok_and(|len| len > SHOWN);
    if more_open {
        open.pop();
    }
    waiting.sort_by_key(Waiting::press);
    Ok(Home { waiting, open, more_open, recent })
}

/// The companies that one can filter by.
pub async fn clients(ctx: &Ctx) -> Result<Vec<String>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let clients = list::clients(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(clients)
}

fn day(field: &str, text: Option<&str>) -> Result<Option<Date>, AppError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    match Date::parse(text, format_description!("[year]-[month]-[day]")) {
        // Beyond these, no database keeps a point in time.
        Ok(day) if (1..9999).contains(&day.year()) => Ok(Some(day)),
        _ => Err(AppError::invalid(field, "A day is written as 2026-03-10.")),
    }
}

fn write_cursor(at: Timestamp, id: SessionId) -> String {
    URL_SAFE_NO_PAD.encode(format!("{at} {id}"))
}

fn read_cursor(cursor: &str) -> Result<Cursor, AppError> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (at, id) = text.split_once(' ')?;
        let updated_at = OffsetDateTime::parse(at, &Rfc3339).ok()?;
        Some(Cursor { updated_at: updated_at.into(), id: id.parse().ok()? })
    };
    read().ok_or_else(|| AppError::malformed("The cursor is not one that this list gave."))
}
