//! Labelled inputs, and text areas whose text lives in a signal.

use leptos::{html, prelude::*};

use super::{
    icon::{Glyph, Icon},
    shortcut::{Kbd, Shortcut},
    view,
};

/// An input of a plain form, with label, hint and error tied to it.
#[component]
pub fn Field(
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] min_length: Option<&'static str>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let described = hint.map(|_| format!("{name}-hint"));
    view! {
        <div class="form-field">
            <label for=name>{label}</label>
            <input
                class="field"
                id=name
                name=name
                type=kind
                value=value
                required
                autocomplete=autocomplete
                minlength=min_length
                autofocus=autofocus
                aria-describedby=described.clone()
            />
            {hint.map(|hint| view! { <small id=described>{hint}</small> })}
        </div>
    }
}

/// A search field. `data-search` is what `/` goes to.
#[component]
pub fn SearchField(
    label: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<(String,)>,
) -> impl IntoView {
    view! {
        <label class="search">
            <Icon glyph=Glyph::Search/>
            <input
                class="field"
                type="search"
                name="q"
                placeholder=label
                aria-label=label
                aria-keyshortcuts="/"
                data-search
                prop:value=value
                on:input:target=move |event| on_input.run((event.target().value(),))
            />
            <Kbd keys=Shortcut::SEARCH/>
        </label>
    }
}

/// Keeps a text area and `text` the same. What was typed before the page was awake is taken over, not wiped.
pub fn keep_in_step(field: NodeRef<html::Textarea>, text: Signal<String>, write: impl Fn(String) + 'static) {
    Effect::new(move |before: Option<bool>| {
        let text = text.get();
        let Some(field) = field.get() else { return before.unwrap_or(false) };
        let typed = field.value();
        if before != Some(true) && !typed.is_empty() && !text.contains(&typed) {
            write(if text.is_empty() { typed } else { format!("{text}\n\n{typed}") });
        } else if typed != text {
            field.set_value(&text);
        }
        true
    });
}
