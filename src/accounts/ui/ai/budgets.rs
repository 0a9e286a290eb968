//! What models may cost, and what they never get to see.

use leptos::prelude::*;

use super::{draft::Draft, line::Line};

#[component]
pub fn Budgets(draft: Draft) -> impl IntoView {
    let hint = |text: &'static str| Signal::derive(move || Some(text.to_owned()));
    let no_limit = || Signal::derive(|| "No limit".to_owned());
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Budgets"</h2>
                    <p>"When one is used up, a message says so; the built-in assistant carries on, nothing is lost."</p>
                </div>
            </header>
            <div class="form__row">
                <Line
                    id="month-budget"
                    label="US dollars a month"
                    numeric=true
                    value=draft.month
                    placeholder=no_limit()
                    hint=hint("All sessions together, by calendar month (UTC).")
                    error=draft.error_of("month_budget".to_owned())
                />
                <Line
                    id="session-budget"
                    label="US dollars a session"
                    numeric=true
                    value=draft.session
                    placeholder=no_limit()
                    hint=hint("Stops a single session that runs away.")
                    error=draft.error_of("session_budget".to_owned())
                />
            </div>
        </section>
    }
}

#[component]
pub fn Masking(draft: Draft) -> impl IntoView {
    let switch = |label: &'static str, value: RwSignal<bool>| {
        view! {
            <label class="checkbox">
                <input
                    type="checkbox"
                    checked=value.get_untracked()
                    prop:checked=move || value.get()
                    on:change:target=move |event| value.set(event.target().checked())
                />
                {label}
            </label>
        }
    };
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2 id="masking">"Masking"</h2>
                    <p>"Passwords, keys, tokens, card and id numbers never reach a model. These can be kept from it, too:"</p>
                </div>
            </header>
            <div class="checks" role="group" aria-labelledby="masking">
                {switch("Names of people", draft.names)}
                {switch("E-mail addresses", draft.emails)}
                {switch("IP addresses", draft.ip_addresses)}
                {switch("Host names", draft.host_names)}
            </div>
        </section>
    }
}
