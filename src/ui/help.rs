//! All keys on one page. Downloaded when it is first asked for.

use leptos::prelude::*;

use super::{
    dialog::{Dialog, DialogHead},
    shortcut::Shortcut,
    view,
};

/// Keys that work in the same place: each line its keys and what they do.
pub type KeyGroup = (&'static str, &'static [(&'static [Shortcut], &'static str)]);

#[component]
pub fn Help(open: RwSignal<bool>, groups: &'static [KeyGroup], note: &'static str) -> impl IntoView {
    let line = |(keys, does): &'static (&'static [Shortcut], &'static str)| {
        let keys = keys.iter().map(|keys| view! { <kbd class="kbd">{keys.shown()}</kbd> }.into_any()).collect_view();
        view! { <div><dt>{*does}</dt><dd>{keys}</dd></div> }.into_any()
    };
    let group = move |(place, lines): &'static KeyGroup| {
        view! { <section><h3>{*place}</h3><dl>{lines.iter().map(line).collect_view()}</dl></section> }.into_any()
    };
    let inside = move || {
        view! {
            <div class="dialog__panel">
                <DialogHead title="Keyboard" open/>
                <div class="body" tabindex="0" role="group" aria-label="Keys">
                    <div class="keys">{groups.iter().map(group).collect_view()}</div>
                    <p class="muted">{note}</p>
                </div>
            </div>
        }
    };
    view! { <Dialog open label="Keyboard" children=inside/> }
}
