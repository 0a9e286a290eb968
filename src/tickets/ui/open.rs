//! A handful of open tickets to start from. The page is whole without them: who may not see tickets sees nothing here, and where they
//! cannot be read that is one line.

use leptos::prelude::*;

use super::list::StatusChip;
use crate::{
    error::AppError,
    psa::types::{TicketFilter, TicketSummary},
    tickets::{rpc, types::TicketList},
    ui::load::{Load, reading},
    ui::view,
    wire::Ask,
};

const SHOWN: u16 = 6;

#[component]
pub fn OpenTickets() -> impl IntoView {
    let wanted = TicketFilter { limit: Some(SHOWN), ..TicketFilter::default() };
    let tickets = reading(move || Ask::of(rpc::ListTickets { filter: wanted.clone() }));
    let instead = |error: &AppError| match error {
        AppError::Forbidden { .. } => Some(().into_any()),
        AppError::Unauthenticated { .. } => None,
        error => {
            let why = format!("Open tickets cannot be shown right now. {}", error.detail());
            Some(view! { <p class="muted">{why}</p> }.into_any())
        }
    };
    let list = |page: TicketList| {
        if let Some(hint) = page.hint {
            return view! { <p class="muted">{hint}</p> }.into_any();
        }
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
    view! { <Load from=tickets instead children=list/> }
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
