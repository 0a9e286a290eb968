//! What the tickets page asks for, over the account's ticket system.

pub mod rest;

use crate::{
    accounts::types::UserRole,
    error::AppError,
    page::Page,
    pilot,
    psa::types::{SessionOnTicket, Ticket, TicketFilter, TicketSummary},
    server::context::Ctx,
};

/// Tickets, newest first.
pub async fn list(ctx: &Ctx, filter: TicketFilter) -> Result<Page<TicketSummary>, AppError> {
    ctx.require(UserRole::L1)?;
    Ok(ctx.platform.psa.of_account(ctx).await?.list(ctx, &filter).await?)
}

/// A ticket with its notes.
pub async fn get(ctx: &Ctx, id: &str) -> Result<Ticket, AppError> {
    ctx.require(UserRole::L1)?;
    Ok(ctx.platform.psa.of_account(ctx).await?.get(ctx, id).await?)
}

/// The same, and which sessions there are on it.
pub async fn get_with_sessions(ctx: &Ctx, id: &str) -> Result<(Ticket, Vec<SessionOnTicket>), AppError> {
    let ticket = get(ctx, id).await?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    let sessions = pilot::server::on_ticket(ctx, desk.name(), &ticket.summary.id).await?;
    Ok((ticket, sessions))
}
