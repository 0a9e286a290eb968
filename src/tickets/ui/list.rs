//! `/tickets`: search, filters, saved views, pages. The address holds what is looked for, so that it can be kept and shared, and
//! works without the browser bundle.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    components::Outlet,
    hooks::{use_location, use_query_map},
    params::ParamsMap,
};

use super::{address::Address, changes::TicketChanges, filters::Filters, new::NewTicketButton, views::Views};
use crate::{
    psa::types::{Named, TicketFilter, TicketSummary},
    tickets::{
        rpc,
        types::{Choices, TicketList},
    },
    ui::{
        button::{Button, Tone},
        icon::{Glyph, Icon},
        keys::ListKeys,
        load::{Empty, Load, Reading, reading},
        sight::seen_again,
        split::{self, Split, wasm_split},
        time::Ago,
        view,
        when::{When, dynamic},
    },
    wire::Ask,
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

impl LazyRoute for TicketsPage {
    fn data() -> Self {
        let (query, changes) = (use_query_map(), TicketChanges::find());
        let seen = seen_again(AWAY);
        let wanted = Memo::new(move |_| query.with(filter));
        let board = Memo::new(move |_| query.with(|query| query.get("board").filter(|board| !board.is_empty())));
        Self {
            tickets: reading(move || {
                Ask::of(rpc::ListTickets { filter: wanted.get() }).again(changes.count() + seen.get() + changes.tries())
            }),
            // Once: what was typed and not sent stays. Another board has other statuses, and the filters ask for those.
            choices: reading(move || {
                Ask::of(rpc::TicketChoices { board: board.get_untracked() }).again(changes.tries())
            }),
        }
    }

    async fn view(page: Self) -> AnyView {
        split::page("tickets", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(tickets, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: TicketsPage) -> Split<AnyView> {
    // Is *New ticket* open, can there be one, and whose tickets are listed.
    let (creating, creatable) = (RwSignal::new(false), RwSignal::new(false));
    let listed = RwSignal::new(Vec::new());
    let bar = move |choices: Choices| {
        let can = choices.desk.can;
        Effect::new(move |_| creatable.set(can.create_tickets));
        view! {
            <div class="row tickets__bar">
                <Views views=choices.views.clone()/>
                {can.create_tickets.then(|| view! { <NewTicketButton open=creating/> })}
            </div>
            <Filters choices listed/>
        }
        .into_any()
    };
    Ok(view! {
        <Title text="Tickets"/>
        <main class="split" id="main" tabindex="-1">
            <div class="page page--wide">
                <header class="page__head"><h1>"Tickets"</h1></header>
                <div class="page__body">
                    <div class="stack"><Load from=this.choices children=bar/></div>
                    <Load
                        from=this.tickets
                        way_on=|error| super::way_on(error, "/sessions", "Go to sessions")
                        beside=move |()| this.choices.refetch()
                        children=move |page| view! { <Table page creating creatable listed/> }.into_any()
                    />
                </div>
            </div>
            <Outlet/>
        </main>
    })
}

#[component]
fn Table(
    page: TicketList,
    creating: RwSignal<bool>,
    creatable: RwSignal<bool>,
    listed: RwSignal<Vec<Named>>,
) -> impl IntoView {
    let named = |ticket: &TicketSummary| Some(Named { id: ticket.company_id.clone()?, name: ticket.company.clone() });
    let companies: Vec<_> = page.items.iter().filter_map(named).collect();
    Effect::new(move |_| listed.set(companies.clone()));
    let told = page.hint.is_some();
    let hint = page.hint.map(|hint| {
        view! {
            <div class="notice notice--info">
                <Icon glyph=Glyph::Info/>
                <p>{hint}</p>
            </div>
        }
    });
    if page.items.is_empty() && told {
        return hint.into_any();
    }
    if page.items.is_empty() {
        return view! { <Nothing creating creatable/> }.into_any();
    }
    let rows = page.items.into_iter().map(|ticket| view! { <Row ticket/> }).collect_view();
    view! {
        {hint}
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

/// Nothing fits, or there is nothing yet.
#[component]
fn Nothing(creating: RwSignal<bool>, creatable: RwSignal<bool>) -> impl IntoView {
    let address = Address::find();
    dynamic(move || match address.is_filtered() {
        true => view! {
            <Empty glyph=Glyph::Ticket title="No tickets">
                <p>"Nothing fits what you look for. Search for other words, or look at all open tickets."</p>
                <a class="btn" href="/tickets">"All open tickets"</a>
            </Empty>
        }
        .into_any(),
        false => view! {
            <Empty glyph=Glyph::Ticket title="No open tickets">
                <p>"Tickets that are open are listed here. Those that are closed are found under the status “all”."</p>
                <When is=creatable>
                    <Button tone=Tone::Primary icon=Glyph::Add on_click=move || creating.set(true)>"New ticket"</Button>
                </When>
            </Empty>
        }
        .into_any(),
    })
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
            <td role="cell"><span class="muted">"#"{ticket.id.clone()}</span></td>
            <td role="cell" class="wide"><a class="table__link" href=link data-row=ticket.id>{ticket.summary}</a></td>
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
