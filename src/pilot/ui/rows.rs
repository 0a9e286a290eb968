//! Sessions as rows of a page: title, what the search found, ticket, status, who and when, and the menu.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::{
    changes::{Changes, Named},
    head::StatusChip,
    leave::LeaveDialog,
    message::me,
    session_menu::{SessionMenu, Subject},
};
use crate::{
    accounts::types::UserRole,
    ids::SessionId,
    pilot::{
        history::{Found, Passage, Piece, Place},
        types::{SessionStatus, SessionSummary},
    },
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        time::Ago,
        view,
        when::{When, dynamic},
    },
};

/// The rows. They show what [`Changes`] says of them.
#[component]
pub fn SessionRows(
    sessions: Vec<SessionSummary>,
    /// Tells these rows from others of the same sessions on the page.
    place: &'static str,
) -> impl IntoView {
    let rows = sessions.into_iter().map(|session| view! { <Row session place/> }.into_any()).collect_view();
    view! { <ul class="sessions">{rows}</ul> }
}

#[component]
fn Row(session: SessionSummary, place: &'static str) -> impl IntoView {
    let changes = expect_context::<Changes>();
    let id = session.id;
    let session = StoredValue::new(session);
    view! { <When is=move || !changes.is_gone(id)>{session.with_value(|session| view! { <Line session=session.clone() place/> })}</When> }
}

#[component]
fn Line(session: SessionSummary, place: &'static str) -> impl IntoView {
    let changes = expect_context::<Changes>();
    let (me, role) = me().map(|me| (me.user_id, me.role)).unzip();
    let SessionSummary {
        id,
        title,
        status,
        user,
        writable,
        ticket,
        stuck,
        fix_waiting,
        thinking,
        archived_at,
        updated_at,
        found,
        ..
    } = session;
    let (pieces, passage) = match found {
        Some(Found { title, passage }) => (title, passage),
        None => (vec![Piece { text: title.clone(), hit: false }], None),
    };
    // A viewer sees nothing but what is shared.
    let shared = me != Some(user.id) && (writable || role == Some(UserRole::Viewer));
    let named = {
        let title = title.clone();
        move || Named { id, title: changes.title_of(id).unwrap_or_else(|| title.clone()) }
    };
    let label = format!("Actions for “{title}”");
    let subject = Subject {
        id,
        writable: Signal::stored(writable),
        archived: Signal::stored(archived_at.is_some()),
        rename: Callback::new({
            let named = named.clone();
            move |()| changes.renaming.set(Some(named()))
        }),
        archive: Callback::new(move |(archived,): (bool,)| changes.archive(id, archived)),
        shared: Signal::stored(shared),
        leave: Callback::new(move |()| changes.leaving.set(Some(named()))),
    };
    let shown = move || match changes.title_of(id) {
        Some(title) => title.into_any(),
        None => view! { <Pieces pieces=pieces.clone()/> }.into_any(),
    };
    let (number, company) = ticket.map(|ticket| (ticket.id, ticket.company)).unzip();
    view! {
        <li>
            <a class="sessions__link" href=format!("/pilot/{id}") data-row>{dynamic(shown)}</a>
            <small class="sessions__when"><Ago at=updated_at.0/></small>
            <small class="meta">
                {number.map(|number| view! { <span class="chip chip--accent">"#"{number}</span> })}
                <StatusChip status stuck/>
                {archived_at.map(|_| view! { <span class="chip">"archived"</span> })}
                {thinking.then(|| view! { <span class="pip" title="Thinking"></span> })}
                {(fix_waiting && status == SessionStatus::Open).then(|| view! { <span class="chip chip--fix">"fix waiting"</span> })}
                {company.flatten().map(|company| view! { <span>{company}</span> })}
                {(me != Some(user.id)).then(|| view! { <span>{user.name}</span> })}
            </small>
            {passage.map(|passage| view! { <Where passage/> })}
            <SessionMenu subject place label/>
        </li>
    }
}

/// Where else the search found it.
#[component]
fn Where(passage: Passage) -> impl IntoView {
    let place = match passage.place {
        Place::Ticket => "Ticket",
        Place::Problem => "Problem",
        Place::Fact => "Known",
        Place::Message => "Message",
    };
    view! {
        <p class="sessions__found">
            <small>{place}</small>
            // Text of others may run in the other direction; its own stays inside.
            <bdi><Pieces pieces=passage.pieces/></bdi>
        </p>
    }
}

#[component]
fn Pieces(pieces: Vec<Piece>) -> impl IntoView {
    let piece = |piece: Piece| match piece.hit {
        true => view! { <mark>{piece.text}</mark> }.into_any(),
        false => piece.text.into_any(),
    };
    pieces.into_iter().map(piece).collect_view()
}

/// What is asked about a row.
#[component]
pub fn RowDialogs() -> impl IntoView {
    let changes = expect_context::<Changes>();
    view! {
        <RenameDialog changes/>
        <LeaveDialog asked=changes.leaving left=Callback::new(move |(id,): (SessionId,)| changes.left(id))/>
    }
}

/// Asks for a new title.
#[component]
fn RenameDialog(changes: Changes) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(changes.renaming.with(Option::is_some)));
    Effect::new(move |_| {
        // Only where there is something to forget: a set that changes nothing still wakes the effect above.
        if !open.get() && changes.renaming.with_untracked(Option::is_some) {
            changes.renaming.set(None);
        }
    });
    let inside = move || changes.renaming.get().map(|named| view! { <RenameForm named open/> });
    view! { <Dialog open label="Rename session" class="dialog--s" children=inside/> }
}

#[component]
fn RenameForm(named: Named, open: RwSignal<bool>) -> impl IntoView {
    let changes = expect_context::<Changes>();
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| {
        let _ = field.focus();
        field.select();
    });
    let Named { id, title } = named;
    let before = title.clone();
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let title = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        if !title.is_empty() && title != before {
            changes.rename(Named { id, title });
        }
        open.set(false);
    };
    view! {
        <form class="dialog__panel" on:submit=save>
            <DialogHead title="Rename session" open/>
            <div class="body">
                <div class="form-field">
                    <label for="rename">"Title"</label>
                    <input class="field" id="rename" node_ref=field value=title maxlength="200" required autocomplete="off"/>
                </div>
            </div>
            <footer>
                <span class="end">
                    <Button on_click=move || open.set(false)>"Cancel"</Button>
                    <Button submit=true tone=Tone::Primary>"Rename"</Button>
                </span>
            </footer>
        </form>
    }
}
