//! Single keys: `/` goes to the search, `j` and `k` move in lists, `z` takes back, `?` shows help. They sleep while one types and while a dialog
//! is open, and are with ⌘K and ⌘G the only ones taken from the browser beside those of the controls themselves.
//!
//! Pages take part by attributes: `data-search` on a search field, `data-row` on what a list moves over (a link, so that Enter
//! opens it), `aria-current` on the row, or around it, that is open.

use leptos::{
    ev,
    prelude::*,
    web_sys::{HtmlElement, KeyboardEvent},
};

use super::{
    browser,
    commands::Commands,
    notices::{Notices, use_notices},
    shortcut::{Kbd, Shortcut, on_shortcut},
    view,
};

/// Listens for the keys that work on every page.
pub fn listen(commands: Commands, help: RwSignal<bool>) {
    let notices = use_notices();
    on_shortcut(Shortcut::PALETTE, move || commands.show());
    Effect::new(move |_| {
        let listening = window_event_listener(ev::keydown, move |event| {
            // Where nothing has the focus.
            commands.type_ahead(&event);
            on_key(&event, commands, notices, help);
        });
        on_cleanup(move || listening.remove());
    });
}

fn on_key(event: &KeyboardEvent, commands: Commands, notices: Notices, help: RwSignal<bool>) {
    let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing());
    if !plain || event.default_prevented() || browser::is_typing() || browser::find("dialog[open]").is_some() {
        return;
    }
    match event.key().as_str() {
        "/" => {
            event.prevent_default();
            match browser::find("[data-search]") {
                Some(search) => drop(search.focus()),
                // A page without a search of its own.
                None => commands.show(),
            }
        }
        "j" => step(event, true),
        "k" => step(event, false),
        "z" => notices.undo(),
        "?" => help.set(true),
        _ => {}
    }
}

/// Moves the focus to the next or previous row.
fn step(event: &KeyboardEvent, forward: bool) {
    let rows: Vec<_> = browser::all("[data-row]").into_iter().filter(browser::is_visible).collect();
    let focused = browser::focused().and_then(|focused| rows.iter().position(|row| *row == focused));
    // Where no row has the focus, the one that is open beside the list.
    let is_open = |row: &HtmlElement| matches!(row.closest("[aria-current]"), Ok(Some(_)));
    let there = match (focused.or_else(|| rows.iter().position(is_open)), forward) {
        (Some(at), true) => at + 1,
        (Some(at), false) => at.saturating_sub(1),
        (None, _) => 0,
    };
    if let Some(row) = rows.get(there) {
        event.prevent_default();
        let _ = row.focus();
    }
}

/// Under a list: the keys that move in it.
#[component]
pub fn ListKeys() -> impl IntoView {
    view! {
        <small class="list-keys key-hints" aria-hidden="true">
            <span><Kbd keys=Shortcut::NEXT/><Kbd keys=Shortcut::PREVIOUS/>"move"</span>
            <span><Kbd keys=Shortcut::ENTER/>"open"</span>
        </small>
    }
}
