//! A filter with many values: a button with a list of links under it, narrowed down while one types.

use std::time::Duration;

use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::super::address::Address;
use crate::{
    psa::types::{Listed, Named},
    tickets::rpc,
    ui::{menu, view, when::dynamic},
};

/// How long one may pause while typing.
const PAUSE: Duration = Duration::from_millis(250);

/// What was found, and for which words.
type Found = (String, Listed<Named>);

#[component]
pub fn Assignees(address: Address, members: Vec<Named>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let fixed = [("", "All"), ("mine", "Mine"), ("unassigned", "Unassigned")];
    let members = StoredValue::new(members);
    let found = Signal::derive(move || {
        let words = typed.get();
        let sought = words.trim().to_lowercase();
        let fits = |one: &&Named| one.name.to_lowercase().contains(&sought);
        let items: Vec<_> = members.with_value(|members| members.iter().filter(fits).take(50).cloned().collect());
        (words, Listed::from(items))
    });
    let current = Signal::derive(move || {
        let chosen = address.get("assignee");
        let word = fixed.iter().find(|(value, _)| *value == chosen).map(|(_, words)| (*words).to_owned());
        let name = || members.with_value(|all| all.iter().find(|one| one.id == chosen).map(|one| one.name.clone()));
        word.or_else(name).unwrap_or_else(|| "somebody else".to_owned())
    });
    view! { <Picker address name="assignee" label="Assignee" fixed=fixed.to_vec() typed found current/> }
}

/// `listed` are companies of the tickets in the list: the one that is chosen has its name there.
#[component]
pub fn Companies(address: Address, listed: RwSignal<Vec<Named>>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let found: RwSignal<Found> = RwSignal::new(Found::default());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let look = move |words: String| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        let wait = if words.is_empty() { Duration::ZERO } else { PAUSE };
        let look = move || {
            spawn_local(async move {
                let answer = rpc::find_companies(words.clone()).await;
                // A late answer is not for what stands there now.
                if typed.try_get_untracked().as_ref() == Some(&words) {
                    let nothing =
                        |error: crate::error::AppError| Listed { items: Vec::new(), hint: Some(error.detail()) };
                    let _ = found.try_set((words, answer.unwrap_or_else(nothing)));
                }
            });
        };
        timer.set_value(set_timeout_with_handle(look, wait).ok());
    };
    // Kept while other lists come, which may have nothing of the company.
    let known = Memo::new(move |before: Option<&Option<Named>>| {
        let chosen = address.get("company");
        let named = |all: &Vec<Named>| all.iter().find(|one| one.id == chosen).cloned();
        let before = before.cloned().flatten().filter(|before| before.id == chosen);
        before.or_else(|| found.with(|(_, found)| named(&found.items))).or_else(|| listed.with(named))
    });
    let current = Signal::derive(move || match (address.get("company").is_empty(), known.get()) {
        (true, _) => "All".to_owned(),
        (false, known) => known.map_or_else(|| "chosen".to_owned(), |known| known.name),
    });
    view! { <Picker address name="company" label="Company" fixed=vec![("", "All")] typed found current on_words=look/> }
}

#[component]
fn Picker(
    address: Address,
    name: &'static str,
    label: &'static str,
    fixed: Vec<(&'static str, &'static str)>,
    typed: RwSignal<String>,
    #[prop(into)] found: Signal<Found>,
    current: Signal<String>,
    /// Asked with no words when it opens.
    #[prop(optional, into)]
    on_words: Option<Callback<(String,)>>,
) -> impl IntoView {
    let id = format!("pick-{name}");
    let (menu, field) = (NodeRef::<html::Div>::new(), NodeRef::<html::Input>::new());
    let write = move |words: String| {
        typed.set(words.clone());
        if let Some(on_words) = on_words {
            on_words.run((words,));
        }
    };
    let toggled = move |_| {
        let is_open = menu.get_untracked().is_some_and(|menu| menu.matches(":popover-open").unwrap_or(false));
        if let Some(field) = field.get_untracked().filter(|_| is_open) {
            field.set_value("");
            write(String::new());
            let _ = field.focus();
        }
    };
    let link = move |value: String, words: String| {
        let own = value.clone();
        let here = move || (address.get(name) == own).then_some("true");
        view! { <li><a href=move || address.with(name, &value) aria-current=here on:click=move |_| menu::close()>{words}</a></li> }
            .into_any()
    };
    let always = fixed.into_iter().map(|(value, words)| link(value.to_owned(), words.to_owned())).collect_view();
    let links = move || found.get().1.items.into_iter().map(|one| link(one.id, one.name)).collect_view();
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() != "Enter" || event.is_composing() {
            return;
        }
        // The form is not sent from here: the first that fits is taken, once there is an answer to these words.
        event.prevent_default();
        let words = typed.get_untracked();
        let first = found.with_untracked(|(of, found)| (*of == words).then(|| found.items.first().cloned()).flatten());
        if let Some(first) = first.filter(|_| !words.trim().is_empty()) {
            menu::close();
            address.set(name, &first.id);
        }
    };
    view! {
        <button class="btn" type="button" popovertarget=id.clone()>{label}": "{dynamic(move || current.get())}</button>
        <div class="menu picker" id=id popover="auto" role="group" aria-label=label node_ref=menu on:toggle=toggled>
            <input
                class="field"
                type="text"
                node_ref=field
                placeholder="Type to find"
                aria-label=format!("Find: {label}")
                autocomplete="off"
                on:input:target=move |event| write(event.target().value())
                on:keydown=on_key
            />
            <ul>{always}</ul>
            <ul class="picker__found">{dynamic(links)}</ul>
            {dynamic(move || found.get().1.hint.map(|hint| view! { <p class="menu__note">{hint}</p> }))}
        </div>
    }
}
