//! Single keys: `/` goes to the search, `j` and `k` move in lists, `?` shows help. They sleep while one types, and are the only
//! ones taken from the browser beside those of the controls themselves.
//!
//! Pages take part by attributes: `data-search` on a search field, `data-row` on what a list moves over (a link, so that Enter
//! opens it).

use leptos::{ev, prelude::*, web_sys::KeyboardEvent};

use super::{
    browser,
    dialog::{Dialog, DialogHead},
};

/// A key and what it does.
pub type Key = (&'static str, &'static str);

/// Listens for single keys, and is the help dialog for `?`.
#[component]
pub fn Keys(keys: &'static [Key], help: RwSignal<bool>) -> impl IntoView {
    Effect::new(move |_| {
        let listening = window_event_listener(ev::keydown, move |event| on_key(&event, help));
        on_cleanup(move || listening.remove());
    });
    view! {
        <Dialog
            open=help
            label="Keyboard"
            class="dialog--s"
            children=move || {
                view! {
                    <div class="dialog__panel">
                        <DialogHead title="Keyboard" open=help/>
                        <div class="body">
                            <div class="keys">
                                <dl>
                                    {keys
                                        .iter()
                                        .map(|(key, does)| {
                                            view! { <div><dt>{*does}</dt><dd><kbd class="kbd">{*key}</kbd></dd></div> }
                                        })
                                        .collect_view()}
                                </dl>
                            </div>
                        </div>
                    </div>
                }
            }
        />
    }
}

fn on_key(event: &KeyboardEvent, help: RwSignal<bool>) {
    let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing());
    if !plain || browser::is_typing() || browser::find("dialog[open]").is_some() {
        return;
    }
    match event.key().as_str() {
        "/" => {
            if let Some(search) = browser::find("[data-search]") {
                event.prevent_default();
                let _ = search.focus();
            }
        }
        "j" => step(event, true),
        "k" => step(event, false),
        "?" => help.set(true),
        _ => {}
    }
}

/// Moves the focus to the next or previous row.
fn step(event: &KeyboardEvent, forward: bool) {
    let rows: Vec<_> = browser::all("[data-row]").into_iter().filter(browser::is_visible).collect();
    let here = browser::focused().and_then(|focused| rows.iter().position(|row| *row == focused));
    let there = match (here, forward) {
        (Some(at), true) => at + 1,
        (Some(at), false) => at.saturating_sub(1),
        (None, _) => rows.iter().position(|row| row.has_attribute("aria-current")).unwrap_or(0),
    };
    if let Some(row) = rows.get(there) {
        event.prevent_default();
        let _ = row.focus();
    }
}
