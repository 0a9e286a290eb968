//! Linking a ticket that there is to the session, and taking it off again.

use leptos::{prelude::*, task::spawn_local};

use super::{
    surface::{Surface, use_surface},
    ticket::Done,
};
use crate::{
    ids::SessionId,
    pilot::{rpc, state::PilotDataStoreFields},
    psa::types::TicketSummary,
    ui::{
        icon::{Glyph, Icon},
        notices::Notices,
        view,
        when::{When, dynamic},
    },
};

/// Links the ticket that was chosen, and says how that went.
type Chooser = Callback<(TicketSummary, Done)>;

/// The dialog that asks for a ticket, drawn by whoever has them.
#[derive(Debug, Clone, Copy)]
pub struct PickTicketDialog(pub fn(RwSignal<bool>, Chooser) -> AnyView);

/// *Link ticket*, and where there is one: *Take off ticket*. It stays the same button, so that the focus is not lost.
#[component]
pub fn LinkTicket() -> impl IntoView {
    let surface = use_surface();
    let Some(PickTicketDialog(dialog)) = use_context() else { return ().into_any() };
    let linked = Memo::new(move |_| surface.state.0.head().with(|head| head.ticket.is_some()));
    let open = surface.linking;
    let chooser: Chooser = Callback::new(move |(ticket, done): (TicketSummary, Done)| {
        spawn_local(async move {
            match rpc::link_ticket(surface.id, Some(ticket.id.clone())).await {
                Ok(()) => {
                    done.run((None,));
                    surface.notices.say(format!("This session is on ticket #{} now.", ticket.id));
                    read_again(surface);
                }
                Err(error) => done.run((Some(error),)),
            }
        });
    });
    let label = move || if linked.get() { "Take off ticket" } else { "Link ticket" };
    let icon = move || {
        let glyph = if linked.get() { Glyph::Unlink } else { Glyph::Link };
        view! { <Icon glyph/> }
    };
    let press = move |_| if linked.get_untracked() { take_off(surface) } else { open.set(true) };
    view! {
        <When is=surface.changeable>
            <button class="btn btn--quiet btn--icon btn--s" type="button" title=label aria-label=label on:click=press>
                {dynamic(icon)}
            </button>
        </When>
        {dialog(open, chooser)}
    }
    .into_any()
}

/// Takes the ticket off the session, and offers the way back. The ticket itself stays as it is.
pub fn take_off(surface: Surface) {
    let Some(ticket) = surface.state.0.head().with_untracked(|head| head.ticket.clone()) else { return };
    let (notices, session) = (surface.notices, surface.id);
    spawn_local(async move {
        if notices.check(rpc::link_ticket(session, None).await).is_some() {
            let said = match &ticket.summary {
                Some(summary) => format!("Ticket #{} ({summary}) is off this session.", ticket.id),
                None => format!("Ticket #{} is off this session.", ticket.id),
            };
            notices.offer(said, "Undo", move || link_again(surface, notices, session, ticket.id.clone()));
            read_again(surface);
        }
    });
}

fn link_again(surface: Surface, notices: Notices, session: SessionId, ticket: String) {
    spawn_local(async move {
        if notices.check(rpc::link_ticket(session, Some(ticket)).await).is_some() {
            read_again(surface);
        }
    });
}

/// Where the session is still on the screen.
fn read_again(surface: Surface) {
    if surface.changeable.try_get_untracked().is_some() {
        surface.reload();
    }
}
