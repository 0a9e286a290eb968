//! `/tickets`: search, filters, saved views, pages. The address holds what is looked for, so that it can be kept and shared, and
//! works without the browser bundle.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    components::Outlet,
    hooks::{use_location, use_query_map},
    lazy_route,
    params::ParamsMap,
};

use super::{address::Address, changes::TicketChanges, filters::Filters, new::NewTicketButton, views::Views};
use crate::{
    psa::types::{TicketFilter, TicketSummary},
    tickets::{
        rpc,
        types::{Choices, TicketList},
    },
    ui::{
        icon::{Glyph, Icon},
        keys::ListKeys,
        load::{Empty, Load, Reading, reading},
        sight::seen_again,
        time::Ago,
        when::When,
    },
};

/// A list that nobody saw for so long is read again.
const AWAY: Duration = Duration::from_secs(30);

pub struct TicketsPage {
    tickets: Reading<TicketList>,
    choices: Reading<Choices>,
}

fn filter(query: &ParamsMap) -> TicketFilter {
    let word = |name| query.get(name).filter(|word: &String| !word.trim().is_empty());
    TicketFilter {
        q: word("q"),
        status: word("status"),
        board: word("board"),
        priority: word("priority"),
        company: word("company"),
        assignee: word("assignee"),
        cursor: word("cursor"),
        limit: None,
    }
}

#[lazy_route]
impl LazyRoute for TicketsPage {
    fn data() -> Self {
        let (query, changes) = (use_query_map(), TicketChanges::find());
        let seen = seen_again(AWAY);
        let wanted = Memo::new(move |_| query.with(filter));
        let board = Memo::new(move |_| query.with(|query| query.get("board").filter(|board| !board.is_empty())));
        Self {
            tickets: reading(
                move || (wanted.get(), changes.count(), seen.get()),
                |(filter, ..)| rpc::list_tickets(filter),
            ),
            choices: reading(move || board.get(), rpc::ticket_choices),
        }
    }

    fn view(this: Self) -> AnyView {
        let bar = |choices: Choices| {
            let can = choices.desk.can;
            view! {
                <div class="row tickets__bar">
                    <Views views=choices.views.clone()/>
                    {can.create_tickets.then(|| view! { <NewTicketButton/> })}
                </div>
                <Filters choices/>
            }
            .into_any()
        };
        view! {
            <Title text="Tickets"/>
            <main class="split" id="main" tabindex="-1">
                <div class="page page--wide">
                    <header class="page__head"><h1>"Tickets"</h1></header>
                    <div class="page__body">
                        <div class="stack"><Load from=this.choices children=bar/></div>
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
fn Table(page: TicketList) -> impl IntoView {
    if let Some(hint) = page.hint {
        return view! {
            <div class="notice notice--info">
                <Icon glyph=Glyph::Info/>
                <p>{hint}</p>
            </div>
        }
        .into_any();
    }
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
                        <th scope="col">"Assigned"</th>
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
    let contact = ticket.contact.map(|contact| view! { <small class="muted">" · "{contact}</small> });
    view! {
        <tr role="row" aria-current=current>
            <td role="cell"><span class="muted">"#"{ticket.id}</span></td>
            <td role="cell" class="wide"><a class="table__link" href=link data-row>{ticket.summary}</a></td>
            <td role="cell">{ticket.company}{contact}</td>
            <td role="cell"><StatusChip status=ticket.status open=ticket.open/></td>
            <td role="cell" data-label="Priority">{ticket.priority}</td>
            <td role="cell">{ticket.assignees.join(", ")}</td>
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
    let address = Address::find();
    let later = move || !address.get("cursor").is_empty();
    let first = move || address.with("cursor", "");
    view! {
        <nav class="row" aria-label="Pages">
            <When is=later><a class="btn" href=first>"First page"</a></When>
            {next.map(|next| view! { <a class="btn end" rel="next" href=move || address.with("cursor", &next)>"Next page"</a> })}
        </nav>
    }
}
