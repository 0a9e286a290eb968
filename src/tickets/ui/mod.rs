//! The tickets page, and the few open tickets beside the start box.

mod address;
mod changes;
mod commands;
mod detail;
mod edit;
mod feed;
mod filters;
mod focus;
mod list;
mod new;
mod notes;
mod open;
mod pick;
mod reach;
mod schedule;
mod time;
mod told;
mod views;
mod work;

use leptos::prelude::*;

use crate::{
    error::{AppError, Upstream},
    ui::load::WayOn,
};

pub use changes::provide_ticket_changes;
pub use commands::ticket_source;
pub use detail::TicketPage;
pub use list::TicketsPage;
pub use new::new_ticket;
pub use open::OpenTickets;
pub use pick::pick_ticket;

/// What helps where tickets cannot be read.
fn way_on(error: &AppError, to: &'static str, label: &'static str) -> WayOn {
    let away = matches!(error, AppError::Upstream { code: Upstream::PsaUnavailable, .. });
    let advice = "Nothing is lost. Try again in a moment.";
    WayOn { advice: away.then_some(advice), to, label }
}

/// What can be done with a ticket of this id, drawn by whoever knows: *Start session*.
#[derive(Debug, Clone, Copy)]
pub struct TicketAction(pub fn(String) -> AnyView);

impl TicketAction {
    fn draw(id: String) -> AnyView {
        use_context::<Self>().map_or_else(|| ().into_any(), |action| (action.0)(id))
    }
}
