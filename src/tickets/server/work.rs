//! Working on a ticket: who is on it, notes and time. What was written is read back.

use super::desk;
pub use super::writing::{add_note, add_time};
use crate::{
    error::{AppError, Upstream},
    psa::types::Ticket,
    server::context::Ctx,
};

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
