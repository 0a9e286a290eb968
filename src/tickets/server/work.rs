//! Working on a ticket: its status, who is on it, notes and time. What was written is read back.

use super::desk;
pub use super::writing::{add_note, add_time};
use crate::{
    error::{AppError, Upstream},
    pilot,
    psa::types::Ticket,
    server::context::Ctx,
    tickets::types::TicketChange,
};

/// Changes the ticket and gives it as it is then. A status that did not take is an error.
pub async fn change(ctx: &Ctx, id: &str, change: TicketChange) -> Result<Ticket, AppError> {
    let desk = desk(ctx).await?;
    let Some(status) = change.status_id.as_deref().map(str::trim).filter(|status| !status.is_empty()) else {
        return Ok(desk.get(ctx, id).await?);
    };
    desk.set_status(ctx, id, status).await?;
    // It tells of what others change, not of this.
    pilot::server::ticket_changed(ctx, desk.name(), id);
    let now = desk.get(ctx, id).await?;
    if now.summary.status_id == status {
        return Ok(now);
    }
    let shown = now.summary.status.replace('_', " ");
    Err(AppError::Upstream {
        code: Upstream::PsaStatusNotVerified,
        detail: format!(
            "{} took the change of ticket #{id} and did not make it: the status is still “{shown}”. A rule of the board may not allow the step; look there.",
            desk.label()
        ),
    })
}

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
