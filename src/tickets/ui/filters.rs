//! What the list is narrowed down by: words, board, status, priority, company, who works on it.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::components::Form;

use super::address::Address;
use crate::{
    psa::types::{Listed, Named},
    tickets::{rpc, types::Choices},
    ui::{
        browser,
        icon::{Glyph, Icon},
        menu,
        shortcut::{Kbd, Shortcut},
        when::{When, dynamic},
    },
};

#[component]
pub fn Filters(choices: Choices) -> impl IntoView {
    let address = Address::find();
    let Choices { desk, boards, statuses, priorities, members, .. } = choices;
    let plain = |name: String| (name.clone(), name.replace('_', " "));
    let pair = |one: Named| (one.id, one.name);
    let hints = [&boards.hint, &statuses.hint, &priorities.hint, &members.hint].map(Clone::clone);
    let statuses: Vec<_> =
        statuses.items.into_iter().map(plain).chain([("all".to_owned(), "all".to_owned())]).collect();
    let board = desk.can.boards.then(|| {
        let choices: Vec<_> = boards.items.into_iter().map(pair).collect();
        view! { <Choice address name="board" label="Board" any="All boards" choices/> }
    });
    let assignees = desk.can.assign.then(|| view! { <Assignees address members=members.items/> });
    view! {
        <Form method="GET" action="/tickets" attr:class="filters" attr:role="search">
            <label class="search">
                <Icon glyph=Glyph::Search/>
                <input class="field" type="search" name="q" value=move || address.get("q") placeholder="Search tickets" aria-label="Search tickets" aria-keyshortcuts="/" maxlength="500" data-search/>
                <Kbd keys=Shortcut::SEARCH/>
            </label>
            {board}
            <Choice address name="status" label="Status" any="All open" choices=statuses/>
            <Choice address name="priority" label="Priority" any="Any priority" choices=priorities.items.into_iter().map(pair).collect()/>
            <Kept address name="company"/>
            <Kept address name="assignee"/>
            <Companies address/>
            {assignees}
            <button class="btn" type="submit">"Search"</button>
            <When is=move || address.is_filtered()><a class="btn btn--quiet" href="/tickets">"Clear"</a></When>
        </Form>
        <Hints hints=hints.into_iter().flatten().collect()/>
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

#[component]
fn Assignees(address: Address, members: Vec<Named>) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let fixed = [("", "All"), ("mine", "Mine"), ("unassigned", "Unassigned")];
    let members = StoredValue::new(members);
    let options = Signal::derive(move || {
        let sought = words.get().trim().to_lowercase();
        let fits = |one: &&Named| one.name.to_lowercase().contains(&sought);
        members.with_value(|members| members.iter().filter(fits).take(50).cloned().collect())
    });
    let current = Signal::derive(move || {
        let chosen = address.get("assignee");
        let word = fixed.iter().find(|(value, _)| *value == chosen).map(|(_, words)| (*words).to_owned());
        let name = || members.with_value(|all| all.iter().find(|one| one.id == chosen).map(|one| one.name.clone()));
        word.or_else(name).unwrap_or_else(|| "somebody else".to_owned())
    });
    view! {
        <Picker
            address
            name="assignee"
            label="Assignee"
            fixed=fixed.to_vec()
            options
            current
            on_words=move |text| words.set(text)
        />
    }
}

#[component]
fn Companies(address: Address) -> impl IntoView {
    let found = RwSignal::new(Listed::<Named>::default());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let look = move |words: String| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        let wait = Duration::from_millis(if words.is_empty() { 0 } else { 250 });
        let look = move || {
            spawn_local(async move {
                let answer = rpc::find_companies(words).await;
                let _ = found
                    .try_set(answer.unwrap_or_else(|error| Listed { items: Vec::new(), hint: Some(error.detail()) }));
            });
        };
        timer.set_value(set_timeout_with_handle(look, wait).ok());
    };
    let current = Signal::derive(move || {
        let chosen = address.get("company");
        let name = found.with(|found| found.items.iter().find(|one| one.id == chosen).map(|one| one.name.clone()));
        match (chosen.is_empty(), name) {
            (true, _) => "All".to_owned(),
            (false, name) => name.unwrap_or_else(|| "chosen".to_owned()),
        }
    });
    view! {
        <Picker
            address
            name="company"
            label="Company"
            fixed=vec![("", "All")]
            options=Signal::derive(move || found.get().items)
            hint=Signal::derive(move || found.get().hint)
            current
            on_words=look
        />
    }
}

/// A filter with many values: a button with a list of links under it, narrowed down while one types.
#[component]
fn Picker(
    address: Address,
    name: &'static str,
    label: &'static str,
    fixed: Vec<(&'static str, &'static str)>,
    options: Signal<Vec<Named>>,
    current: Signal<String>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    /// Asked with no words when it opens.
    #[prop(into)]
    on_words: Callback<(String,)>,
) -> impl IntoView {
    let id = format!("pick-{name}");
    let link = move |value: String, words: String| {
        let own = value.clone();
        let here = move || (address.get(name) == own).then_some("true");
        view! { <li><a href=move || address.with(name, &value) aria-current=here on:click=move |_| menu::close()>{words}</a></li> }
            .into_any()
    };
    let always = fixed.into_iter().map(|(value, words)| link(value.to_owned(), words.to_owned())).collect_view();
    let found = move || options.get().into_iter().map(|one| link(one.id, one.name)).collect_view();
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            // The form is not sent from here: the first that fits is taken.
            event.prevent_default();
            if let Some(first) = browser::find(&format!("#pick-{name} .picker__found a")) {
                first.click();
            }
        }
    };
    view! {
        <button class="btn" type="button" popovertarget=id.clone() on:click=move |_| on_words.run((String::new(),))>
            {label}": "{dynamic(move || current.get())}
        </button>
        <div class="menu picker" id=id popover="auto" role="group" aria-label=label>
            <input
                class="field"
                type="text"
                placeholder="Type to find"
                aria-label=format!("Find: {label}")
                autocomplete="off"
                on:input:target=move |event| on_words.run((event.target().value(),))
                on:keydown=on_key
            />
            <ul>{always}</ul>
            <ul class="picker__found">{dynamic(found)}</ul>
            {dynamic(move || hint.get().map(|hint| view! { <p class="menu__note">{hint}</p> }))}
        </div>
    }
}
