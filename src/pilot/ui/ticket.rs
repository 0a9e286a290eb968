//! The ticket of the session: its number, how it stands now, and opening one where there is none.

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
        when::{When, dynamic},
    },
};

/// Opens the ticket under a key, and says how that went.
type Opener = Callback<(NewTicket, String, Done)>;
/// Nothing where it went well.
pub type Done = Callback<(Option<AppError>,)>;
/// Summary and text that it begins with.
type Prefill = Signal<(String, String)>;

/// The dialog that asks for a new ticket, drawn by whoever has it.
#[derive(Debug, Clone, Copy)]
pub struct NewTicketDialog(pub fn(RwSignal<bool>, Prefill, Opener) -> AnyView);

/// The number and the live status; asked for when the page is opened, and again when the session or its ticket is another one.
#[component]
pub fn TicketHead() -> impl IntoView {
    let surface = use_surface();
    let ticket = Memo::new(move |_| surface.state.0.head().with(|head| head.ticket.clone()));
    let status = Memo::new(move |_| surface.state.0.head().with(|head| head.status));
    let now = RwSignal::new(None::<TicketState>);
    Effect::new(move |_| {
        status.track();
        if ticket.with(Option::is_none) {
            now.set(None);
            return;
        }
        spawn_local(async move {
            // The page is whole without it.
            if let Ok(state) = rpc::ticket_state(surface.id).await {
                let _ = now.try_set(state);
            }
        });
    });
    let standing = move || {
        let state = now.get()?;
        Some(match state.status {
            Some(status) => {
                let class = if state.open { "chip" } else { "chip chip--known" };
                view! { <span class=class title="Status of the ticket">{status.replace('_', " ")}</span> }.into_any()
            }
            None => view! { <span class="chip chip--fix" title=state.problem>"status not known"</span> }.into_any(),
        })
    };
    let hint = move || {
        let hint = now.get()?.hint?;
        Some(view! { <span class="chip chip--fix" title=hint>"not all was read"</span> })
    };
    view! {
        {dynamic(move || ticket.get().map(|ticket| view! { <TicketChip ticket/> }))}
        {dynamic(standing)}
        {dynamic(hint)}
    }
}

#[component]
pub fn TicketChip(ticket: TicketLink) -> impl IntoView {
    view! {
        <a class="chip chip--accent" href=format!("/tickets/{}", ticket.id) title=ticket.summary>
            "#"
            {ticket.id.clone()}
        </a>
    }
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
    let open = RwSignal::new(false);
    let none = Memo::new(move |_| surface.state.0.head().with(|head| head.ticket.is_none() && head.can_open_ticket));
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
        <When is=move || none.get() && surface.changeable.get()>
            <IconButton small=true glyph=Glyph::Ticket label="New ticket" on_click=move || open.set(true)/>
        </When>
        {dialog(open, prefill, opener)}
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
