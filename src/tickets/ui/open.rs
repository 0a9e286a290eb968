//! A handful of open tickets to start from.

use leptos::prelude::*;

use super::list::StatusChip;
use crate::{
    psa::types::{TicketFilter, TicketSummary},
    tickets::rpc,
    ui::load::{Load, reading},
};

const SHOWN: u16 = 6;

#[component]
pub fn OpenTickets() -> impl IntoView {
    let wanted = TicketFilter { limit: Some(SHOWN), ..TicketFilter::default() };
    let tickets = reading(move || wanted.clone(), rpc::list_tickets);
    let list = |page: crate::tickets::types::TicketList| {
        if page.items.is_empty() {
            return ().into_any();
        }
        let rows = page.items.into_iter().map(|ticket| view! { <Line ticket/> }).collect_view();
        view! {
            <section>
                <h3>"Or take a ticket"</h3>
                <ul class="start__tickets">{rows}</ul>
            </section>
        }
        .into_any()
    };
    view! { <Load from=tickets children=list/> }
}

#[component]
fn Line(ticket: TicketSummary) -> impl IntoView {
    view! {
        <li>
            <a href=format!("/tickets/{}", ticket.id)>
                <span class="chip chip--accent">"#"{ticket.id.clone()}</span>
                <strong>{ticket.summary}</strong>
                <small>{ticket.company}</small>
                <StatusChip status=ticket.status open=ticket.open/>
            </a>
        </li>
    }
}
