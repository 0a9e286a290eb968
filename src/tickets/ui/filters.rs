//! What the list is narrowed down by: words, board, status, priority, company, who works on it.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::address::Address;
use crate::{
    psa::types::Named,
    tickets::{rpc, types::Choices},
    ui::{
        icon::{Glyph, Icon},
        shortcut::{Kbd, Shortcut},
        view,
        when::{When, dynamic},
    },
};

mod picker;

use picker::{Assignees, Companies};

/// `listed` are companies of the tickets in the list.
#[component]
pub fn Filters(choices: Choices, listed: RwSignal<Vec<Named>>) -> impl IntoView {
    let address = Address::find();
    let words = RwSignal::new(untrack(|| address.get("q")));
    let address = address.taking(words);
    let Choices { desk, boards, statuses, board: of_board, priorities, members, .. } = choices;
    let pair = |one: Named| (one.id, one.name);
    let hints = [&boards.hint, &statuses.hint, &priorities.hint, &members.hint].map(Clone::clone);
    let statuses = statuses_of(address, of_board.unwrap_or_default(), statuses.items);
    let status = move || {
        let plain = |name: String| (name.clone(), name.replace('_', " "));
        let choices = statuses.get().into_iter().map(plain).chain([("all".to_owned(), "all".to_owned())]).collect();
        view! { <Choice address name="status" label="Status" any="All open" choices/> }
    };
    let board = desk.can.boards.then(|| {
        let choices: Vec<_> = boards.items.into_iter().map(pair).collect();
        view! { <Choice address name="board" label="Board" any="All boards" choices/> }
    });
    let assignees = desk.can.assign.then(|| view! { <Assignees address members=members.items/> });
    let search = move |event: SubmitEvent| {
        event.prevent_default();
        address.set("q", words.get_untracked().trim());
    };
    view! {
        <form class="filters" role="search" aria-label="Tickets" method="get" action="/tickets" on:submit=search>
            <SearchBox address words/>
            {board}
            {dynamic(status)}
            <Choice address name="priority" label="Priority" any="Any priority" choices=priorities.items.into_iter().map(pair).collect()/>
            <Kept address name="company"/>
            <Kept address name="assignee"/>
            <Companies address listed/>
            {assignees}
            <button class="btn" type="submit">"Search"</button>
            <When is=move || address.is_filtered()><a class="btn btn--quiet" href="/tickets">"Clear"</a></When>
        </form>
        <Hints hints=hints.into_iter().flatten().collect()/>
    }
}

/// The statuses of the board that is chosen; those of another one until they are read.
fn statuses_of(address: Address, board: String, statuses: Vec<String>) -> Signal<Vec<String>> {
    let known = RwSignal::new((board, statuses));
    let board = Memo::new(move |_| address.get("board"));
    Effect::new(move |_| {
        let board = board.get();
        if known.with_untracked(|(of, _)| *of == board) {
            return;
        }
        spawn_local(async move {
            let of = Some(board.clone()).filter(|board| !board.is_empty());
            if let Ok(found) = rpc::status_names(of).await
                && address.try_get("board").as_ref() == Some(&board)
            {
                let _ = known.try_set((board, found.items));
            }
        });
    });
    Memo::new(move |_| known.with(|(_, statuses)| statuses.clone())).into()
}

/// What stands in it is what the address says, until one types.
#[component]
fn SearchBox(address: Address, words: RwSignal<String>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |before: Option<bool>| {
        let sought = address.words();
        let Some(field) = field.get() else { return before.unwrap_or(false) };
        match before {
            Some(true) => {
                field.set_value(&sought);
                words.set(sought);
            }
            // What was typed before the page was awake stays.
            _ => words.set(field.value()),
        }
        true
    });
    view! {
        <label class="search">
            <Icon glyph=Glyph::Search/>
            <input
                class="field"
                type="search"
                name="q"
                node_ref=field
                value=untrack(|| address.get("q"))
                placeholder="Search tickets"
                aria-label="Search tickets"
                aria-keyshortcuts="/"
                maxlength="500"
                data-search
                on:input:target=move |event| words.set(event.target().value())
            />
            <Kbd keys=Shortcut::SEARCH/>
        </label>
    }
}

/// What may not be read, said once each.
#[component]
pub fn Hints(mut hints: Vec<String>) -> impl IntoView {
    hints.dedup();
    let hint = |hint: String| {
        view! {
            <div class="notice notice--info">
                <Icon glyph=Glyph::Info/>
                <p>{hint}</p>
            </div>
        }
        .into_any()
    };
    hints.into_iter().map(hint).collect_view()
}

/// A filter that is chosen elsewhere stays when the form is sent.
#[component]
fn Kept(address: Address, name: &'static str) -> impl IntoView {
    dynamic(move || {
        let value = address.get(name);
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value/> })
    })
}

#[component]
fn Choice(
    address: Address,
    name: &'static str,
    label: &'static str,
    any: &'static str,
    mut choices: Vec<(String, String)>,
) -> impl IntoView {
    let chosen = untrack(|| address.get(name));
    if !chosen.is_empty() && choices.iter().all(|(value, _)| *value != chosen) {
        choices.push((chosen.clone(), chosen.replace('_', " ")));
    }
    let option = move |(value, words): (String, String)| {
        let own = value.clone();
        view! { <option value=value selected=move || address.get(name) == own>{words}</option> }.into_any()
    };
    view! {
        <select
            class="field"
            name=name
            aria-label=label
            prop:value=move || address.get(name)
            on:change:target=move |event| address.set(name, &event.target().value())
        >
            <option value="">{any}</option>
            {choices.into_iter().map(option).collect_view()}
        </select>
    }
}
