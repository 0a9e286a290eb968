//! Server functions of the tickets page.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::{
    error::AppError,
    pilot::types::Page,
    psa::types::{SessionOnTicket, Ticket, TicketFilter, TicketSummary},
    wire::Json,
};

/// Tickets, newest first.
#[server(endpoint = "tickets/list", input = GetUrl, output = Json)]
pub async fn list_tickets(#[server(default)] filter: TicketFilter) -> Result<Page<TicketSummary>, AppError> {
    crate::tickets::server::list(&crate::server::rpc::ctx().await?, filter).await
}

/// One ticket with its notes, and which sessions there are on it.
#[server(endpoint = "tickets/get", input = GetUrl, output = Json)]
pub async fn get_ticket(id: String) -> Result<(Ticket, Vec<SessionOnTicket>), AppError> {
    crate::tickets::server::get_with_sessions(&crate::server::rpc::ctx().await?, &id).await
}
