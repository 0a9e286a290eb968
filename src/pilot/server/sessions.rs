//! Sessions: start, read, change, reopen.

use super::{
    store::{facts, fixes, hypotheses, lane, messages, postings, sessions, shares, turns},
    text, ticket,
    write::Write,
};
use crate::{
    accounts::types::UserRole,
    ai::{server::usage, types::usage::SessionCost},
    error::{AppError, Conflict},
    ids::{MessageId, SessionId},
    pilot::types::{Message, NewSession, Session, SessionChange, SessionStatus, TurnStatus},
    psa::{server::Provider, types::SessionOnTicket},
    server::context::Ctx,
};

/// How many messages are read at once.
const WINDOW: i64 = 50;

/// Starts a session: no model is called, no message made. A ticket is read once and kept as it is now.
pub async fn create(ctx: &Ctx, new: NewSession) -> Result<SessionId, AppError> {
    let id = ctx.fresh();
    create_as(ctx, id, new).await?;
    Ok(id)
}

/// The same, once for a key, which is the session's id.
pub async fn create_once(ctx: &Ctx, new: NewSession, key: &str) -> Result<SessionId, AppError> {
    let id: SessionId =
        key.parse().map_err(|_| AppError::malformed("The key of a new session is a UUID made for it."))?;
    // A message may be longer; it comes whole with the turn.
    let new = NewSession { problem: new.problem.map(|problem| text::PROBLEM.cut(&problem)), ..new };
    create_as(ctx, id, new).await?;
    Ok(id)
}

/// The same under an id that the caller made. A session that is there already stays as it is.
async fn create_as(ctx: &Ctx, id: SessionId, new: NewSession) -> Result<(), AppError> {
    ctx.require(UserRole::L1)?;
    let problem = new.problem.as_deref().map(|text| text::PROBLEM.optional(text)).transpose()?.flatten();
    let ticket = match new.ticket_id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => Some(ticket::read(ctx, id).await?),
        None => None,
    };
    let title = match (&problem, &ticket) {
        (Some(problem), _) => text::title_of(problem),
        (None, Some(ticket)) => text::title_of(ticket.link.summary.as_deref().unwrap_or_default()),
        (None, None) => "New session".to_owned(),
    };
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::insert(ctx, &mut tx, id, &title, &NewSession { problem, ticket_id: None }, ticket.as_ref()).await?;
    // One that was there already may be a colleague's.
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    tx.commit().await?;
    Ok(())
}

/// All of a session, with the newest messages or those before `before`. The number of queries is the same whatever its length.
pub async fn get(ctx: &Ctx, id: SessionId, before: Option<MessageId>) -> Result<Session, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    // The row is held while the rest is read, so that snapshot and last_event_id belong together.
    let row = sessions::lock(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let (messages, has_more) = window(ctx, &mut tx, id, before).await?;
    let items = lane::all(ctx, &mut tx, id).await?;
    let facts = facts::all(ctx, &mut tx, id, false).await?;
    let hypotheses = hypotheses::all(ctx, &mut tx, id).await?;
    let (active, mut earlier_fixes): (Vec<_>, Vec<_>) =
        fixes::all(ctx, &mut tx, id).await?.into_iter().partition(|fix| fix.superseded_at.is_none());
    earlier_fixes.reverse();
    let posted = postings::all(ctx, &mut tx, id).await?;
    let last = turns::last(ctx, &mut tx, id).await?;
    let shared_with = shares::all(ctx, &mut tx, id).await?;
    tx.commit().await?;
    let can_reopen = row.writable && row.user_id == ctx.actor.user;
    let can_open_ticket = row.ticket_id.is_none() && row.writable && ticket::can_be_opened(ctx).await;
    // A reply in the making is in its events only: whoever follows from here gets all of it.
    let reply_begins = last.as_ref().and_then(|last| last.reply_begins);
    let (turn, dropped_markers) = last.map(|last| (last.turn, last.dropped)).unzip();
    Ok(Session {
        id,
        user: row.person(),
        ticket: row.ticket(),
        can_open_ticket,
        title: row.title,
        problem: row.problem,
        status: row.status,
        state_version: row.state_version,
        writable: row.writable,
        can_reopen,
        shared_with,
        messages,
        has_more,
        task_lane: lane::view(&items),
        hypotheses,
        facts: facts.iter().map(facts::Row::view).collect(),
        active_fix: active.into_iter().next(),
        earlier_fixes,
        posted: posted.into_iter().map(|posting| posting.view(row.closing)).collect(),
        masked_values: row.masked_values,
        last_event_id: reply_begins.map_or(row.last_event_id, |first| first - 1),
        dropped_markers: dropped_markers.unwrap_or_default(),
        turn: turn.filter(|turn| matches!(turn.status, TurnStatus::Running | TurnStatus::Failed)),
        archived_at: row.archived_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// What the session cost so far.
pub async fn cost(ctx: &Ctx, id: SessionId) -> Result<SessionCost, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    tx.commit().await?;
    usage::of_session(ctx, id).await
}

async fn window(
    ctx: &Ctx,
    tx: &mut crate::server::db::TenantTx,
    id: SessionId,
    before: Option<MessageId>,
) -> Result<(Vec<Message>, bool), AppError> {
    if let Some(before) = before
        && messages::get(ctx, tx, id, before).await?.is_none()
    {
        return Err(AppError::not_found("message"));
    }
    let mut found = messages::window(ctx, tx, id, before, WINDOW + 1).await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|len| len > WINDOW);
    if has_more {
        found.remove(0);
    }
    Ok((found, has_more))
}

/// The messages before one, oldest first, and whether there are more.
pub async fn messages_before(ctx: &Ctx, id: SessionId, before: MessageId) -> Result<(Vec<Message>, bool), AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let found = window(ctx, &mut tx, id, Some(before)).await?;
    tx.commit().await?;
    Ok(found)
}

/// Title, problem and archiving. The problem changes only while the session is open.
pub async fn change(ctx: &Ctx, id: SessionId, change: SessionChange) -> Result<(), AppError> {
    let title = change.title.as_deref().map(|text| text::TITLE.required(text)).transpose()?;
    let problem = change.problem.as_deref().map(|text| text::PROBLEM.required(text)).transpose()?;
    let mut write = Write::lock(ctx, id).await?;
    if let Some(title) = title {
        write.session.title = title;
        "person".clone_into(&mut write.session.titled_by);
    }
    if let Some(problem) = problem
        && write.session.problem.as_deref() != Some(&problem)
    {
        write.require_open()?;
        write.session.problem = Some(problem);
        write.moved();
    }
    if let Some(archived) = change.archived {
        write.session.archived_at = if archived { write.session.archived_at.or_else(|| Some(ctx.now())) } else { None };
    }
    write.commit().await.map(drop)
}

/// Opens a closed session again: a new closing begins. Only its user may.
pub async fn reopen(ctx: &Ctx, id: SessionId) -> Result<(), AppError> {
    let mut write = Write::lock(ctx, id).await?;
    if write.session.user_id != ctx.actor.user {
        return Err(AppError::forbidden(format!("Only {} can reopen this session.", write.session.user_name)));
    }
    let closing = write.session.closing;
    let may = match write.session.status {
        SessionStatus::Resolved | SessionStatus::Escalated => true,
        // A post that was given up must not hold the session for ever.
        SessionStatus::Posting => {
            postings::of_closing(ctx, write.tx(), id, closing).await?.is_some_and(|posting| posting.is_given_up())
        }
        SessionStatus::Open => {
            return Err(AppError::conflict(Conflict::SessionOpen, "This session is open already."));
        }
    };
    if !may {
        let detail = "A note of this session is being posted right now.";
        return Err(AppError::conflict(Conflict::SessionNotOpen, detail));
    }
    write.session.status = SessionStatus::Open;
    write.session.closing += 1;
    write.commit().await.map(drop)
}

/// Which sessions there are on a ticket, and whose.
pub async fn on_ticket(ctx: &Ctx, desk: &dyn Provider, ticket: &str) -> Result<Vec<SessionOnTicket>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let found = sessions::on_ticket(ctx, &mut tx, (desk.name(), desk.connection()), ticket).await?;
    tx.commit().await?;
    Ok(found
        .into_iter()
        .map(|one| SessionOnTicket {
            session_id: one.visible.then_some(one.id),
            user_name: one.user_name,
            status: one.status.to_string(),
        })
        .collect())
}
