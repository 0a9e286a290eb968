//! `/tickets/{id}`: one ticket beside the list.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    hooks::{use_params_map, use_query_map},
    lazy_route,
};

use super::{TicketAction, list::StatusChip};
use crate::{
    psa::types::{SessionOnTicket, Ticket, TicketNote},
    tickets::rpc,
    ui::{
        icon::{Glyph, Icon},
        load::{Load, Reading, reading},
        time::Stamp,
    },
};

type Found = (Ticket, Vec<SessionOnTicket>);

pub struct TicketPage {
    ticket: Reading<Found>,
}

#[lazy_route]
impl LazyRoute for TicketPage {
    fn data() -> Self {
        let params = use_params_map();
        let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
        Self { ticket: reading(move || id.get(), rpc::get_ticket) }
    }

    fn view(this: Self) -> AnyView {
        let query = use_query_map();
        let list = move || format!("/tickets{}", query.with(|query| query.to_query_string()));
        view! {
            <aside class="detail" aria-label="Ticket">
                <header>
                    <a class="btn btn--quiet btn--icon hide-l" href=list aria-label="Back to the list"><Icon glyph=Glyph::Back/></a>
                    <strong>"Ticket"</strong>
                    <span class="end">
                        <a class="btn btn--quiet btn--icon hide-m" href=list aria-label="Close ticket"><Icon glyph=Glyph::Close/></a>
                    </span>
                </header>
                <Load from=this.ticket children=|found| view! { <Detail found/> }.into_any()/>
            </aside>
        }
        .into_any()
    }
}

#[component]
fn Detail(found: Found) -> impl IntoView {
    let (ticket, sessions) = found;
    let Ticket { summary, body, created_at, notes, .. } = ticket;
    view! {
        <Title text=format!("#{} {}", summary.id, summary.summary)/>
        <div class="body" tabindex="0" role="group" aria-label="Ticket">
            <section class="section">
                <h2>{summary.summary}</h2>
            </section>
            <section class="section">
                <h3>"Details"</h3>
                <dl class="props">
                    <dt>"Number"</dt>
                    <dd>"#"{summary.id.clone()}</dd>
                    <dt>"Status"</dt>
                    <dd><StatusChip status=summary.status open=summary.open/></dd>
                    <dt>"Company"</dt>
                    <dd>{summary.company}</dd>
                    {summary.contact.map(|contact| view! { <dt>"Contact"</dt><dd>{contact}</dd> })}
                    <dt>"Priority"</dt>
                    <dd>{summary.priority}</dd>
                    <dt>"Created"</dt>
                    <dd><Stamp at=created_at.0/></dd>
                    <dt>"Sessions"</dt>
                    <dd><Sessions sessions/></dd>
                </dl>
            </section>
            <section class="section">
                <h3>"Description"</h3>
                <div class="prose prose--plain">{body}</div>
            </section>
            <Notes notes/>
        </div>
        <footer>{TicketAction::draw(summary.id)}</footer>
    }
}

/// That there are sessions, and whose; those one may open are links.
#[component]
fn Sessions(sessions: Vec<SessionOnTicket>) -> impl IntoView {
    if sessions.is_empty() {
        return view! { <span class="muted">"none yet"</span> }.into_any();
    }
    let session = |session: SessionOnTicket| {
        let said = format!("{} by {}", session.status, session.user_name);
        match session.session_id {
            Some(id) => view! { <a class="link" href=format!("/pilot/{id}")>{said}</a> }.into_any(),
            None => view! { <span>{said}</span> }.into_any(),
        }
    };
    sessions.into_iter().map(session).collect_view().into_any()
}

#[component]
fn Notes(notes: Vec<TicketNote>) -> impl IntoView {
    let count = notes.len();
    let rows = notes.into_iter().map(|note| view! { <Note note/> }).collect_view();
    view! {
        <section class="section">
            <h3>"Notes "<small>{count}</small></h3>
            {if count == 0 { view! { <p class="muted">"No notes yet. A resolved session adds one."</p> }.into_any() } else { rows.into_any() }}
        </section>
    }
}

#[component]
fn Note(note: TicketNote) -> impl IntoView {
    let class = if note.internal { "ticket-note ticket-note--internal" } else { "ticket-note" };
    let internal = note.internal.then(|| view! { <span class="chip chip--fix">"internal"</span> });
    let resolution = (note.kind == "resolution").then(|| view! { <span class="chip chip--known">"resolution"</span> });
    view! {
        <article class=class>
            <header>
                {note.author}
                <small><Stamp at=note.created_at.0/></small>
                {internal}
                {resolution}
            </header>
            <div class="prose prose--plain">{note.body}</div>
        </article>
    }
}
