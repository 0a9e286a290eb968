//! The ticket of the session: its number, how it stands now, and opening one where there is none.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::surface::{Surface, use_surface};
use crate::{
    error::AppError,
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{Role, TicketLink, TicketState},
    },
    psa::types::NewTicket,
    ui::{
        button::IconButton,
        icon::Glyph,
        sight::seen_again,
        view,
        when::{When, dynamic},
    },
};

/// Opens the ticket under a key, and says how that went.
type Opener = Callback<(NewTicket, String, Done)>;
/// Nothing where it went well.
pub type Done = Callback<(Option<AppError>,)>;
/// Summary and text that it begins with.
type Prefill = Signal<(String, String)>;

/// The dialog that asks for a new ticket, drawn by whoever has it; the text names the draft that is kept of it.
#[derive(Debug, Clone, Copy)]
pub struct NewTicketDialog(pub fn(RwSignal<bool>, Prefill, Opener, String) -> AnyView);

/// The number and the live status; asked for when the page is opened, when it comes into sight again, and when session or ticket
/// changed.
#[component]
pub fn TicketHead() -> impl IntoView {
    let surface = use_surface();
    let ticket = Memo::new(move |_| surface.state.0.head().with(|head| head.ticket.clone()));
    let changed = Memo::new(move |_| surface.state.0.head().with(|head| (head.status, head.ticket_news)));
    let seen = seen_again(Duration::ZERO);
    // The newest answer, and which question it answers.
    let now = RwSignal::new(None::<(u32, TicketState)>);
    Effect::new(move |before: Option<(Option<TicketLink>, u32)>| {
        changed.track();
        seen.track();
        let (former, asked) = before.unwrap_or_default();
        let linked = ticket.get();
        if linked != former {
            // How another one stands says nothing of this one.
            now.set(None);
        }
        if let Some(link) = linked.clone() {
            spawn_local(async move {
                // The page is whole without it.
                let Ok(Some(state)) = rpc::ticket_state(surface.id).await else { return };
                let still = ticket.try_get_untracked().flatten().is_some_and(|now| now == link && now.id == state.id);
                let newer = |now: &Option<(u32, TicketState)>| now.as_ref().is_none_or(|(known, _)| *known < asked);
                if still && now.try_with_untracked(newer) == Some(true) {
                    let _ = now.try_set(Some((asked, state)));
                }
            });
        }
        (linked, asked + 1)
    });
    let here = Memo::new(move |_| now.with(|now| now.as_ref().is_some_and(|(_, state)| state.here)));
    let standing = move || {
        let (_, state) = now.get()?;
        Some(match state.status {
            Some(status) => {
                let class = if state.open { "chip" } else { "chip chip--known" };
                let status = status.replace('_', " ");
                // Long names of a ticket system are cut short on the screen.
                let title = format!("Status of the ticket: {status}");
                view! { <span class=class title=title>{status}</span> }.into_any()
            }
            None => view! { <span class="chip chip--fix" title=state.problem>"status not known"</span> }.into_any(),
        })
    };
    let hint = move || {
        let (_, state) = now.get()?;
        let hint = state.hint?;
        Some(view! { <span class="chip chip--fix" title=hint>"not all was read"</span> })
    };
    view! {
        {dynamic(move || {
            let here = here.get();
            ticket.get().map(|ticket| view! { <TicketChip ticket here/> })
        })}
        {dynamic(standing)}
        {dynamic(hint)}
    }
}

/// Leads to the ticket where it is `here`: of the ticket system that the account uses now. There the same number may be another
/// ticket's.
#[component]
pub fn TicketChip(ticket: TicketLink, here: bool) -> impl IntoView {
    let TicketLink { id, summary, .. } = ticket;
    if !here {
        return view! { <span class="chip chip--accent" title=summary>"#"{id}</span> }.into_any();
    }
    let href = format!("/tickets/{id}");
    view! { <a class="chip chip--accent" href=href title=summary>"#"{id}</a> }.into_any()
}

/// For which ticket and client a suggestion is; nothing where no ticket is linked.
#[component]
pub fn ForTicket() -> impl IntoView {
    for_ticket(use_surface())
}

/// The same for who is drawn elsewhere.
pub fn for_ticket(surface: Surface) -> AnyView {
    dynamic(move || {
        let TicketLink { id, company, .. } = surface.state.0.head().with(|head| head.ticket.clone())?;
        let client = company.filter(|company| !company.is_empty()).map(|company| format!(" · {company}"));
        Some(view! { <small class="for-ticket">"for #"{id}{client}</small> })
    })
}

/// *New ticket*, where the session has none yet.
#[component]
pub fn NewTicketFromSession() -> impl IntoView {
    let surface = use_surface();
    let open = surface.new_ticket;
    let Some(NewTicketDialog(dialog)) = use_context() else { return ().into_any() };
    let prefill = Signal::derive(move || prefill(surface));
    let opener: Opener = Callback::new(move |(new, key, done): (NewTicket, String, Done)| {
        spawn_local(async move {
            match rpc::open_ticket(surface.id, new, key).await {
                Ok(()) => {
                    done.run((None,));
                    surface.notices.say("The ticket is open, and this session is linked to it.");
                    surface.reload();
                }
                Err(error) => done.run((Some(error),)),
            }
        });
    });
    view! {
        <When is=move || surface.may_open_ticket()>
            <IconButton small=true glyph=Glyph::Ticket label="New ticket" on_click=move || open.set(true)/>
        </When>
        {dialog(open, prefill, opener, surface.id.to_string())}
    }
    .into_any()
}

/// Title and first words of the session, as summary and text.
fn prefill(surface: Surface) -> (String, String) {
    let title = surface.state.0.head().with(|head| head.title.clone());
    let said = surface.state.0.messages().with(|messages| {
        messages.iter().find(|message| message.role == Role::User).map(|message| message.text.clone())
    });
    (title, said.unwrap_or_default())
}
