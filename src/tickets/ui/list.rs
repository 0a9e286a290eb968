//! `/tickets`: search, status, pages. The address holds what is looked for, so that it can be kept and shared, and works
//! without the browser bundle.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    components::{Form, Outlet},
    hooks::{use_location, use_query_map},
    lazy_route,
    params::ParamsMap,
};

use crate::{
    pilot::types::Page,
    psa::types::{TicketFilter, TicketSummary},
    tickets::rpc,
    ui::{
        icon::{Glyph, Icon},
        keys::ListKeys,
        load::{Empty, Load, Reading, reading},
        shortcut::{Kbd, Shortcut},
        time::Ago,
        when::When,
    },
};

/// The words of the built-in desk. Other ticket systems bring their own with their issue.
const STATUSES: [&str; 7] = ["new", "in_progress", "waiting", "resolved", "escalated", "closed", "all"];

type Tickets = Page<TicketSummary>;

pub struct TicketsPage {
    tickets: Reading<Tickets>,
}

fn filter(query: &ParamsMap) -> TicketFilter {
    let word = |name| query.get(name).filter(|word: &String| !word.trim().is_empty());
    TicketFilter { q: word("q"), status: word("status"), cursor: word("cursor"), ..TicketFilter::default() }
}

#[lazy_route]
impl LazyRoute for TicketsPage {
    fn data() -> Self {
        let query = use_query_map();
        let wanted = Memo::new(move |_| query.with(filter));
        Self { tickets: reading(move || wanted.get(), rpc::list_tickets) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <Title text="Tickets"/>
            <main class="split" id="main" tabindex="-1">
                <div class="page page--wide">
                    <header class="page__head"><h1>"Tickets"</h1></header>
                    <div class="page__body">
                        <Filters/>
                        <Load from=this.tickets children=|page| view! { <Table page/> }.into_any()/>
                    </div>
                </div>
                <Outlet/>
            </main>
        }
        .into_any()
    }
}

#[component]
fn Filters() -> impl IntoView {
    let query = use_query_map();
    let q = move || query.with(|query| query.get("q").unwrap_or_default());
    let status = move || query.with(|query| query.get("status").unwrap_or_default());
    let option = move |word: &'static str| {
        view! { <option value=word selected=move || status() == word>{word.replace('_', " ")}</option> }
    };
    view! {
        <Form method="GET" action="/tickets" attr:class="filters" attr:role="search">
            <label class="search">
                <Icon glyph=Glyph::Search/>
                <input class="field" type="search" name="q" value=q placeholder="Search tickets" aria-label="Search tickets" aria-keyshortcuts="/" data-search/>
                <Kbd keys=Shortcut::SEARCH/>
            </label>
            <select class="field" name="status" aria-label="Status">
                <option value="">"All open"</option>
                {STATUSES.map(option).into_iter().collect_view()}
            </select>
            <button class="btn" type="submit">"Search"</button>
        </Form>
    }
}

#[component]
fn Table(page: Tickets) -> impl IntoView {
    if page.items.is_empty() {
        return view! {
            <Empty glyph=Glyph::Ticket title="No tickets">
                <p>"Nothing fits what you look for. Search for other words, or look at all open tickets."</p>
                <a class="btn" href="/tickets">"All open tickets"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = page.items.into_iter().map(|ticket| view! { <Row ticket/> }).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Tickets">
            <table class="table table--cards" role="table">
                <thead>
                    <tr role="row">
                        <th scope="col">"Ticket"</th>
                        <th scope="col">"Summary"</th>
                        <th scope="col">"Company"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Priority"</th>
                        <th scope="col">"Changed"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        <Pages next=page.next_cursor/>
        <ListKeys/>
    }
    .into_any()
}

#[component]
fn Row(ticket: TicketSummary) -> impl IntoView {
    let location = use_location();
    let path = format!("/tickets/{}", ticket.id);
    let link = {
        let path = path.clone();
        move || path.clone() + &location.query.with(ParamsMap::to_query_string)
    };
    let current = move || location.pathname.with(|here| *here == path).then_some("true");
    view! {
        <tr role="row" aria-current=current>
            <td role="cell"><span class="muted">"#"{ticket.id}</span></td>
            <td role="cell" class="wide"><a class="table__link" href=link data-row>{ticket.summary}</a></td>
            <td role="cell">{ticket.company}</td>
            <td role="cell"><StatusChip status=ticket.status open=ticket.open/></td>
            <td role="cell" data-label="Priority">{ticket.priority}</td>
            <td role="cell"><Ago at=ticket.updated_at.0/></td>
        </tr>
    }
}

#[component]
pub fn StatusChip(status: String, open: bool) -> impl IntoView {
    let class = if open { "chip chip--accent" } else { "chip chip--known" };
    view! { <span class=class>{status.replace('_', " ")}</span> }
}

#[component]
fn Pages(next: Option<String>) -> impl IntoView {
    let query = use_query_map();
    let link = move |cursor: Option<String>| {
        let mut query = query.get();
        query.remove("cursor");
        if let Some(cursor) = cursor {
            query.insert("cursor", cursor);
        }
        format!("/tickets{}", query.to_query_string())
    };
    let first = move || query.with(|query| query.get("cursor").is_none());
    view! {
        <nav class="row" aria-label="Pages">
            <When is=move || !first()><a class="btn" href=link(None)>"First page"</a></When>
            {next.map(|next| view! { <a class="btn end" rel="next" href=link(Some(next))>"Next page"</a> })}
        </nav>
    }
}
