//! `/tickets/{id}`: one ticket beside the list. What is changed here is drawn from the ticket as it was read back.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    hooks::{use_params_map, use_query_map},
};

use super::{
    TicketAction,
    changes::TicketChanges,
    focus::keep_focus,
    notes::Notes,
    schedule::Schedule,
    time::TimeSpent,
    told::{Created, Description, Parties, Summary},
    work::{Assignees, Status},
};
use crate::{
    psa::types::{Configuration, Listed, Named, SessionOnTicket, Ticket, TicketStatus, TicketSummary},
    tickets::{
        rpc,
        types::{Desk, TicketDetail},
    },
    ui::{
        icon::{Glyph, Icon},
        load::{Load, Reading, reading},
        notices::{Notices, use_notices},
        split::{self, Split, wasm_split},
        view,
        when::dynamic,
    },
    wire::Ask,
};

pub struct TicketPage {
    id: Memo<String>,
    ticket: Reading<TicketDetail>,
}

impl LazyRoute for TicketPage {
    fn data() -> Self {
        let params = use_params_map();
        let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
        Self { id, ticket: reading(move || Ask::of(rpc::GetTicket { id: id.get() })) }
    }

    async fn view(page: Self) -> AnyView {
        split::page("tickets", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(tickets, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: TicketPage) -> Split<AnyView> {
    keep_focus(this.id);
    let changes = TicketChanges::find();
    let query = use_query_map();
    let list = move || format!("/tickets{}", query.with(|query| query.to_query_string()));
    Ok(view! {
        <aside class="detail" aria-label="Ticket" tabindex="-1">
            <header>
                <a class="btn btn--quiet btn--icon hide-l" href=list aria-label="Back to the list"><Icon glyph=Glyph::Back/></a>
                <strong>"Ticket"</strong>
                <span class="end">
                    <a class="btn btn--quiet btn--icon hide-m" href=list aria-label="Close ticket"><Icon glyph=Glyph::Close/></a>
                </span>
            </header>
            <Load
                from=this.ticket
                way_on=|error| super::way_on(error, "/tickets", "Go to tickets")
                beside=move |()| changes.try_again()
                children=|found| view! { <Detail found/> }.into_any()
            />
        </aside>
    })
}

/// The ticket on the screen, for its parts.
#[derive(Clone, Copy)]
pub struct Shown {
    pub id: StoredValue<String>,
    pub ticket: RwSignal<Ticket>,
    pub desk: StoredValue<Desk>,
    pub statuses: StoredValue<Vec<TicketStatus>>,
    pub members: StoredValue<Vec<Named>>,
    pub me: StoredValue<Option<String>>,
    pub notices: Notices,
    changes: TicketChanges,
}

impl Shown {
    pub fn id(self) -> String {
        self.id.get_value()
    }

    /// The ticket as it was read back; the list beside it is read again.
    pub fn is_now(self, ticket: Ticket) {
        let _ = self.ticket.try_set(ticket);
        self.touched();
    }

    /// The ticket was changed: the list beside it is read again.
    pub fn touched(self) {
        self.changes.now();
    }
}

#[component]
fn Detail(found: TicketDetail) -> impl IntoView {
    let TicketDetail { ticket, sessions, statuses, related, configurations, time_entries, desk, members, me } = found;
    let id = ticket.summary.id.clone();
    let (board, url) = (ticket.summary.board.clone(), ticket.url.clone());
    let slots = desk.can.schedule.then(|| view! { <Schedule found=ticket.schedule.clone()/> });
    let (can, label) = (desk.can, desk.label.clone());
    let shown = Shown {
        id: StoredValue::new(id.clone()),
        ticket: RwSignal::new(ticket),
        desk: StoredValue::new(desk),
        statuses: StoredValue::new(statuses.items),
        members: StoredValue::new(members.items),
        me: StoredValue::new(me),
        notices: use_notices(),
        changes: TicketChanges::find(),
    };
    let titled = |ticket: &Ticket| format!("#{} {}", ticket.summary.id, ticket.summary.summary);
    let first = shown.ticket.with_untracked(titled);
    // The page's head asks once more when this is gone.
    let title = move || shown.ticket.try_with(titled).unwrap_or_else(|| first.clone());
    let link = url.map(|url| view! { <a class="btn" href=url target="_blank" rel="noopener">"Open in "{label}</a> });
    let things = can.configurations.then(|| view! { <Configurations found=configurations/> });
    let others = can.related.then(|| view! { <Related found=related/> });
    let time = can.time_entries.then(|| view! { <TimeSpent shown found=time_entries/> });
    let row =
        |name: &'static str, value: String| (!value.is_empty()).then(|| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! {
        <Title text=title/>
        <div class="body" tabindex="0" role="group" aria-label="Ticket">
            <section class="section">
                <Summary shown/>
            </section>
            <section class="section">
                <h3>"Details"</h3>
                <dl class="props">
                    <dt>"Number"</dt>
                    <dd>"#"{id.clone()}</dd>
                    <dt>"Status"</dt>
                    <dd><Status shown hint=statuses.hint/></dd>
                    {row("Board", board.map(|board| board.name).unwrap_or_default())}
                    <Parties shown/>
                    <dt>"Assigned"</dt>
                    <dd><Assignees shown hint=members.hint/></dd>
                    <dt>"Created"</dt>
                    <dd><Created shown/></dd>
                    <dt>"Sessions"</dt>
                    <dd><Sessions sessions/></dd>
                </dl>
            </section>
            <Description shown/>
            <Notes shown/>
            {slots}
            {time}
            {things}
            {others}
        </div>
        <footer class="row">{TicketAction::draw(id)}{link}</footer>
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

/// Why a list is empty or short.
#[component]
pub fn Hint(hint: Option<String>) -> impl IntoView {
    hint.map(|hint| view! { <p class="muted"><small>{hint}</small></p> })
}

#[component]
fn Configurations(found: Listed<Configuration>) -> impl IntoView {
    let none = (found.items.is_empty() && found.hint.is_none())
        .then(|| view! { <p class="muted">"No device or service is named on this ticket."</p> });
    let thing = |thing: Configuration| {
        let detail = |(name, value): (String, String)| view! { <dt>{name}</dt><dd>{value}</dd> }.into_any();
        let kind = thing.kind.map(|kind| view! { <small class="muted">" "{kind}</small> });
        view! {
            <details class="ticket-thing">
                <summary>{thing.name}{kind}</summary>
                <dl class="props">{thing.details.into_iter().map(detail).collect_view()}</dl>
            </details>
        }
        .into_any()
    };
    view! {
        <section class="section">
            <h3>"Configurations"</h3>
            {none}
            {found.items.into_iter().map(thing).collect_view()}
            <Hint hint=found.hint/>
        </section>
    }
}

#[component]
fn Related(found: Listed<TicketSummary>) -> impl IntoView {
    let query = use_query_map();
    let none = (found.items.is_empty() && found.hint.is_none())
        .then(|| view! { <p class="muted">"No other ticket of this contact or company."</p> });
    let line = move |ticket: TicketSummary| {
        let path = format!("/tickets/{}", ticket.id);
        let to = move || format!("{path}{}", query.with(|query| query.to_query_string()));
        view! {
            <li>
                <a class="link" href=to>"#"{ticket.id}" "{ticket.summary}</a>
                <small class="muted">" "{ticket.status.replace('_', " ")}</small>
            </li>
        }
        .into_any()
    };
    let lines = found.items.into_iter().map(line).collect_view();
    view! {
        <section class="section">
            <h3>"Related tickets"</h3>
            {none}
            <ul class="stack">{lines}</ul>
            <Hint hint=found.hint/>
        </section>
    }
}

/// The chips of a ticket's status, as it is now.
#[component]
pub fn StatusNow(shown: Shown) -> impl IntoView {
    dynamic(move || {
        let (status, open) = shown.ticket.with(|ticket| (ticket.summary.status.clone(), ticket.summary.open));
        view! { <super::list::StatusChip status open/> }
    })
}
