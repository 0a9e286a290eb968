//! Notes on their way to the ticket system, for who looks after the account: where each is, why it waits, and *Retry now*.

use uuid::Uuid;

use super::{
    chores,
    posting::deliver_within,
    store::{deliveries, postings},
    write::Write,
};
use crate::{
    accounts::types::UserRole,
    error::{AppError, Conflict},
    ids::{PostingId, SessionId},
    page::Page,
    pilot::types::{Delivery, DeliveryFilter, PostResult, SessionStatus},
    server::context::Ctx,
};

/// What is not done first, then the newest.
pub async fn posts(ctx: &Ctx, filter: &DeliveryFilter) -> Result<Page<Delivery>, AppError> {
    ctx.require(UserRole::Admin)?;
    let limit = filter.limit.unwrap_or(30).clamp(1, 100);
    let after = filter.cursor.as_deref().map(place).transpose()?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let mut rows = deliveries::list(ctx, &mut tx, after, i64::from(limit) + 1).await?;
    tx.commit().await?;
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    let next_cursor = rows.last().filter(|_| more).map(deliveries::Row::cursor);
    Ok(Page { items: views(ctx, rows).await, next_cursor })
}

async fn views(ctx: &Ctx, rows: Vec<deliveries::Row>) -> Vec<Delivery> {
    let desk = ctx.platform.psa.of_account(ctx).await.ok();
    let is_here = |row: &deliveries::Row| {
        let of = (row.ticket_provider.as_str(), row.ticket_connection.as_deref());
        desk.as_ref().is_some_and(|desk| (desk.name(), desk.connection()) == of)
    };
    rows.into_iter()
        .map(|row| {
            let here = is_here(&row);
            row.view(here)
        })
        .collect()
}

fn place(cursor: &str) -> Result<(bool, Uuid), AppError> {
    let read = cursor.split_once('.').and_then(|(open, id)| Some((open == "1", id.parse().ok()?)));
    read.ok_or_else(|| AppError::malformed("The cursor is not one that this list gave."))
}

/// Tries a note again that did not get through, in the name of who posted it.
pub async fn retry_post(ctx: &Ctx, id: PostingId) -> Result<Delivery, AppError> {
    ctx.require(UserRole::Admin)?;
    let session = look(ctx, id).await?.session_id;
    // How it went is stored with the posting.
    again(Write::lock_as_server(ctx, session).await?, Some(id)).await?.ok();
    let row = look(ctx, id).await?;
    views(ctx, vec![row]).await.pop().ok_or_else(AppError::internal)
}

/// The same for who works on its session: the note that the session waits for.
pub async fn retry_of(ctx: &Ctx, session: SessionId) -> Result<PostResult, AppError> {
    ctx.require(UserRole::L1)?;
    again(Write::lock(ctx, session).await?, None).await?
}

/// Puts what a session waits for back on its way and delivers it; how that went. Whether it is waited for is looked at under the
/// lock: somebody may reopen the session at this moment.
async fn again(mut write: Write<'_>, id: Option<PostingId>) -> Result<Result<PostResult, AppError>, AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let closing = write.session.closing;
    let current = match write.session.status {
        SessionStatus::Posting => postings::of_closing(ctx, write.tx(), session, closing).await?,
        SessionStatus::Open | SessionStatus::Resolved | SessionStatus::Escalated => None,
    };
    let Some(row) = current.filter(|row| id.is_none_or(|id| id == row.id)) else {
        return Err(AppError::conflict(
            Conflict::SessionNotOpen,
            "This note is not waited for any more: it was posted, or its session was reopened since.",
        ));
    };
    postings::requeue(ctx, write.tx(), row.id, None).await?;
    write.tell_session(None, None);
    write.commit().await?;
    let poster = chores::on_behalf(&ctx.platform, ctx.account, row.posted_by);
    Ok(deliver_within(&poster, row.id).await)
}

async fn look(ctx: &Ctx, id: PostingId) -> Result<deliveries::Row, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = deliveries::get(ctx, &mut tx, id).await?;
    tx.commit().await?;
    row.ok_or_else(|| AppError::not_found("note on its way"))
}
