//! Finding tickets, for the command palette.

use crate::{
    error::AppError,
    psa::types::{TicketFilter, TicketSummary},
    tickets::rpc,
    ui::{
        commands::{Command, Source},
        icon::Glyph,
    },
};

const FOUND: u16 = 8;

/// Tickets by words, closed ones too.
pub fn ticket_source() -> Source {
    Source { name: "Tickets", recent: None, find: |words| Box::pin(find(words)) }
}

async fn find(words: String) -> Result<Vec<Command>, AppError> {
    let filter = TicketFilter {
        q: Some(words.trim_start_matches('#').to_owned()),
        status: Some("all".to_owned()),
        limit: Some(FOUND),
        ..TicketFilter::default()
    };
    Ok(rpc::list_tickets(filter).await?.items.into_iter().map(go_to).collect())
}

fn go_to(ticket: TicketSummary) -> Command {
    let beside = format!("#{} · {} · {}", ticket.id, ticket.company, ticket.status.replace('_', " "));
    Command::go(Glyph::Ticket, ticket.summary, format!("/tickets/{}", ticket.id)).beside(beside)
}
