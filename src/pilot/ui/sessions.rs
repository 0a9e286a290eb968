//! `/sessions`: everything that one may see, searched and filtered. The address holds what is looked for, so that it can be kept
//! and shared, and works without the browser bundle.

use std::time::Duration;

use leptos::{ev::SubmitEvent, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    LazyRoute, NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};

use super::{
    changes::{Changes, Touched},
    rows::{RowDialogs, SessionRows},
};
use crate::{
    pilot::{
        history::Whose,
        rpc,
        types::{Page, SessionFilter, SessionStatus, SessionSummary},
    },
    ui::{
        browser,
        icon::{Glyph, Icon},
        load::{Empty, Load, Reading, reading},
        split::{self, Split, wasm_split},
        view,
        when::{When, dynamic},
    },
    wire::Ask,
};

const HERE: &str = "/sessions";
/// What scrolls.
const MAIN: &str = "#main";
/// What can be looked for, as it is called in the address.
const FILTERS: [&str; 7] = ["q", "status", "whose", "client", "from", "to", "archived"];

const STATUSES: [(&str, &str); 5] = [
    ("", "Any status"),
    (SessionStatus::Open.as_str(), "Open"),
    (SessionStatus::Posting.as_str(), "Posting"),
    (SessionStatus::Resolved.as_str(), "Resolved"),
    (SessionStatus::Escalated.as_str(), "Escalated"),
];
const WHOSE: [(&str, &str); 3] =
    [("", "Everyone’s"), (Whose::Mine.as_str(), "Mine"), (Whose::Shared.as_str(), "Shared with me")];

pub struct SessionsPage {
    sessions: Reading<Page<SessionSummary>>,
    clients: Reading<Vec<String>>,
}

fn filter(query: &ParamsMap) -> SessionFilter {
    let word = |name| query.get(name).filter(|word: &String| !word.trim().is_empty());
    SessionFilter {
        q: word("q"),
        near: None,
        status: word("status").and_then(|status| status.parse().ok()),
        whose: word("whose").and_then(|whose| whose.parse().ok()),
        client: word("client"),
        from: word("from"),
        to: word("to"),
        archived: word("archived").map(|archived| archived == "true"),
        cursor: word("cursor"),
        limit: None,
    }
}

impl LazyRoute for SessionsPage {
    fn data() -> Self {
        let (query, touched) = (use_query_map(), Touched::find());
        let wanted = Memo::new(move |_| query.with(filter));
        Self {
            sessions: reading(move || Ask::of(rpc::ListSessions { filter: wanted.get() }).again(touched.count())),
            clients: reading(|| Ask::of(rpc::Clients {})),
        }
    }

    async fn view(page: Self) -> AnyView {
        split::page("sessions", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(sessions, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: SessionsPage) -> Split<AnyView> {
    // Heard, while it is drawn for those who see.
    let said = RwSignal::new(String::new());
    Ok(view! {
        <Title text="Sessions"/>
        <main class="page" id="main" tabindex="-1">
            <header class="page__head">
                <h1>"Sessions"</h1>
                <span class="end">
                    <a class="btn btn--primary" href="/pilot?new"><Icon glyph=Glyph::Add/>"New session"</a>
                </span>
            </header>
            <div class="page__body">
                <Filters clients=this.clients/>
                <p class="visually-hidden" role="status">{dynamic(move || said.get())}</p>
                <Load from=this.sessions children=move |page| view! { <Results page said/> }.into_any()/>
            </div>
        </main>
    })
}

/// The address, and how to go to another one of this page.
#[derive(Clone, Copy)]
struct Address {
    query: Memo<ParamsMap>,
    go: Callback<(ParamsMap, bool)>,
}

impl Address {
    fn new() -> Self {
        let navigate = use_navigate();
        let go = move |(query, replace): (ParamsMap, bool)| {
            let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("{HERE}{}", query.to_query_string()), options);
        };
        Self { query: use_query_map(), go: Callback::new(go) }
    }

    fn get(self, name: &'static str) -> String {
        self.query.with(|query| query.get(name).unwrap_or_default())
    }

    /// The same address with something else looked for, from the first page on.
    fn set(self, name: &'static str, value: String, replace: bool) {
        let mut query = self.query.get_untracked();
        query.remove("cursor");
        query.remove(name);
        if !value.is_empty() {
            query.insert(name, value);
        }
        if query != self.query.get_untracked() {
            self.go.run((query, replace));
        }
    }

    fn is_filtered(self) -> bool {
        self.query
            .with(|query| FILTERS.iter().any(|name| query.get(name).is_some_and(|value| !value.trim().is_empty())))
    }
}

#[component]
fn Filters(clients: Reading<Vec<String>>) -> impl IntoView {
    let address = Address::new();
    let search = NodeRef::<html::Input>::new();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let wait = move || {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
    };
    let look = move |words: String| {
        wait();
        let look = move || address.set("q", words, true);
        timer.set_value(set_timeout_with_handle(look, Duration::from_millis(250)).ok());
    };
    let forget = move || {
        wait();
        if let Some(search) = search.get_untracked() {
            search.set_value("");
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        wait();
        if let Some(search) = search.get_untracked() {
            address.set("q", search.value(), false);
        }
    };
    view! {
        <form class="filters" role="search" aria-label="Sessions" method="get" action=HERE on:submit=submit>
            <Search address field=search on_input=look/>
            <Choice address name="status" label="Status" choices=STATUSES.to_vec()/>
            <Choice address name="whose" label="Whose" choices=WHOSE.to_vec()/>
            <Load
                from=clients
                frame=|_| view! { <select class="field" aria-label="Client" disabled><option>"Any client"</option></select> }.into_any()
                children=move |clients| view! { <Client address clients/> }.into_any()
            />
            <span class="filters__days">
                <Day address name="from" label="From"/>
                <Day address name="to" label="To"/>
            </span>
            <Archived address/>
            <noscript inner_html="<button class=\"btn\" type=\"submit\">Search</button>"></noscript>
            <When is=move || address.is_filtered()>
                <a class="btn btn--quiet" href=HERE on:click=move |_| forget()>"Clear"</a>
            </When>
        </form>
    }
}

/// Looks while one types, a moment after the last letter.
#[component]
fn Search(address: Address, field: NodeRef<html::Input>, #[prop(into)] on_input: Callback<(String,)>) -> impl IntoView {
    // Going back in the history brings earlier words back; what is being typed stays.
    Effect::new(move |_| {
        let words = address.get("q");
        if let Some(field) = field.get()
            && browser::focused().as_ref() != Some(field.as_ref())
            && field.value() != words
        {
            field.set_value(&words);
        }
    });
    let words = untrack(|| address.get("q"));
    view! {
        <label class="search">
            <Icon glyph=Glyph::Search/>
            <input
                class="field"
                type="search"
                name="q"
                node_ref=field
                value=words
                placeholder="Search titles, messages, facts, tickets"
                aria-label="Search sessions"
                aria-keyshortcuts="/"
                autocomplete="off"
                maxlength="500"
                data-search
                on:input:target=move |event| on_input.run((event.target().value(),))
            />
        </label>
    }
}

#[component]
fn Choice(
    address: Address,
    name: &'static str,
    label: &'static str,
    choices: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let option = move |(value, words): (&'static str, &'static str)| {
        view! { <option value=value selected=move || address.get(name) == value>{words}</option> }
    };
    view! {
        <select
            class="field"
            name=name
            aria-label=label
            prop:value=move || address.get(name)
            on:change:target=move |event| address.set(name, event.target().value(), false)
        >
            {choices.into_iter().map(option).collect_view()}
        </select>
    }
}

#[component]
fn Client(address: Address, mut clients: Vec<String>) -> impl IntoView {
    let chosen = untrack(|| address.get("client"));
    if !chosen.is_empty() && !clients.contains(&chosen) {
        clients.insert(0, chosen);
    }
    let option = move |client: String| {
        let value = client.clone();
        let selected = move || address.get("client") == value;
        view! { <option value=client.clone() selected=selected>{client.clone()}</option> }
    };
    view! {
        <select
            class="field"
            name="client"
            aria-label="Client"
            prop:value=move || address.get("client")
            on:change:target=move |event| address.set("client", event.target().value(), false)
        >
            <option value="">"Any client"</option>
            {clients.into_iter().map(option).collect_view()}
        </select>
    }
}

/// One end of the days on which a session was last touched.
#[component]
fn Day(address: Address, name: &'static str, label: &'static str) -> impl IntoView {
    let day = untrack(|| address.get(name));
    view! {
        <label>
            <small>{label}</small>
            <input
                class="field"
                type="date"
                name=name
                value=day
                prop:value=move || address.get(name)
                title="The day of the last change"
                on:change:target=move |event| address.set(name, event.target().value(), false)
            />
        </label>
    }
}

#[component]
fn Archived(address: Address) -> impl IntoView {
    let archived = move || address.get("archived") == "true";
    let choose = move |on: bool| address.set("archived", if on { "true".to_owned() } else { String::new() }, false);
    view! {
        <label class="checkbox">
            <input
                type="checkbox"
                name="archived"
                value="true"
                checked=untrack(archived)
                prop:checked=archived
                on:change:target=move |event| choose(event.target().checked())
            />
            "Archived"
        </label>
    }
}

#[component]
fn Results(page: Page<SessionSummary>, said: RwSignal<String>) -> impl IntoView {
    Changes::provide();
    let address = Address::new();
    let (count, more) = (page.items.len(), page.next_cursor.is_some());
    Effect::new(move |_| {
        said.set(match (count, more) {
            (0, _) => "0 sessions found".to_owned(),
            (1, false) => "1 session found".to_owned(),
            (count, false) => format!("{count} sessions found"),
            (count, true) => format!("{count} sessions on this page, there are more"),
        });
        browser::return_to_place(MAIN);
    });
    if page.items.is_empty() {
        return dynamic(move || {
            match address.is_filtered() {
            true => view! {
                <Empty glyph=Glyph::Search title="No session fits">
                    <p>"Search for other words, or with fewer filters. Archived sessions are found under “Archived”."</p>
                    <a class="btn" href=HERE>"All sessions"</a>
                </Empty>
            }
            .into_any(),
            false => view! {
                <Empty glyph=Glyph::Sessions title="No sessions yet">
                    <p>"Your sessions gather here, and those that colleagues share with you."</p>
                    <a class="btn btn--primary" href="/pilot?new">"New session"</a>
                </Empty>
            }
            .into_any(),
        }
        });
    }
    view! {
        // Whichever way one goes on from here, one comes back to the same place.
        <section class="stack" aria-label="Sessions found" on:click=move |_| browser::keep_place(MAIN)>
            <SessionRows sessions=page.items place="found"/>
            <Pages next=page.next_cursor address/>
            <RowDialogs/>
        </section>
    }
    .into_any()
}

#[component]
fn Pages(next: Option<String>, address: Address) -> impl IntoView {
    let link = move |cursor: Option<String>| {
        let mut query = address.query.get();
        query.remove("cursor");
        if let Some(cursor) = cursor {
            query.insert("cursor", cursor);
        }
        format!("{HERE}{}", query.to_query_string())
    };
    let later = move || !address.get("cursor").is_empty();
    let to_top = move |_| {
        if let Some(main) = browser::find(MAIN) {
            main.set_scroll_top(0);
        }
    };
    view! {
        <nav class="row" aria-label="Pages">
            <When is=later><a class="btn" href=link(None) on:click=to_top>"First page"</a></When>
            {next.map(|next| view! { <a class="btn end" rel="next" href=link(Some(next)) on:click=to_top>"Next page"</a> })}
        </nav>
    }
}
