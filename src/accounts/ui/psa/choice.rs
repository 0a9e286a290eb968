//! One of a few, chosen and stored at once.

use crate::ui::view;
use leptos::prelude::*;

/// A select with its label. What is chosen is handed over; `value` says what holds.
#[component]
pub fn Choice(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    /// The label is read, not seen: what it is about stands beside it.
    #[prop(optional)]
    quiet: bool,
    value: RwSignal<String>,
    /// Word and text.
    options: Vec<(String, String)>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let option = move |(word, text): (String, String)| {
        let own = word.clone();
        let selected = move || value.with(|value| *value == own);
        view! { <option value=word selected=selected>{text}</option> }.into_any()
    };
    let options = options.into_iter().map(option).collect_view();
    let aria = quiet.then(|| label.clone());
    view! {
        <div class="form-field">
            {(!quiet).then(|| view! { <label for=id.clone()>{label}</label> })}
            <select
                class="field"
                id=id
                aria-label=aria
                on:change:target=move |event| {
                    let chosen = event.target().value();
                    value.set(chosen.clone());
                    on_choose.run(chosen);
                }
            >
                {options}
            </select>
        </div>
    }
}
