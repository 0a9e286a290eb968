//! One line of the form: label, input, hint and what is wrong with it, tied together.

use leptos::prelude::*;

use crate::ui::{
    icon::{Glyph, Icon},
    view,
    when::dynamic,
};

#[component]
pub fn Line(
    #[prop(into)] id: String,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] numeric: bool,
    /// What holds where nothing is typed.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(into)] error: Signal<Option<String>>,
    /// The list of suggestions.
    #[prop(optional)]
    list: Option<String>,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || match (error.with(Option::is_some), hint.with(Option::is_some)) {
            (true, true) => Some(format!("{error_id} {hint_id}")),
            (true, false) => Some(error_id.clone()),
            (false, true) => Some(hint_id.clone()),
            (false, false) => None,
        }
    };
    view! {
        <div class="form-field">
            <label for=id.clone()>{label}</label>
            <input
                class="field"
                id=id
                type=kind
                value=value.get_untracked()
                prop:value=move || value.get()
                inputmode=numeric.then_some("decimal")
                autocomplete=if kind == "password" { "new-password" } else { "off" }
                autocapitalize="off"
                spellcheck="false"
                placeholder=move || placeholder.get()
                list=list
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:input:target=move |event| value.set(event.target().value())
            />
            {dynamic(move || hint.get().map(|hint| view! { <small id=hint_id.clone()>{hint}</small> }))}
            <FieldProblem id=error_id error/>
        </div>
    }
}

/// What is wrong with the field beside it.
#[component]
pub fn FieldProblem(id: String, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    dynamic(move || {
        error.get().map(|error| {
            view! {
                <p class="form-field__error" id=id.clone()>
                    <Icon glyph=Glyph::Alert/>
                    {error}
                </p>
            }
        })
    })
}
