//! What models may cost, what they never get to see, and where they may look things up.

use leptos::prelude::*;

use super::{draft::Draft, line::Line};
use crate::ui::{
    icon::{Glyph, Icon},
    view,
    when::dynamic,
};

#[component]
pub fn Budgets(draft: Draft) -> impl IntoView {
    let hint = |text: &'static str| Signal::derive(move || Some(text.to_owned()));
    let unpriced = move || {
        let models = draft.saved.with(|saved| saved.unpriced().join(", "));
        (!models.is_empty()).then(|| {
            view! {
                <div class="notice notice--warning" role="status">
                    <Icon glyph=Glyph::Alert/>
                    <p>"No price is known for "<strong>{models}</strong>": what such calls cost is not counted, and no budget stops them."</p>
                </div>
            }
        })
    };
    let no_limit = || Signal::derive(|| "No limit".to_owned());
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Budgets"</h2>
                    <p>"When one is used up, a message says so; the built-in assistant carries on, nothing is lost."</p>
                </div>
            </header>
            {dynamic(unpriced)}
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
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2 id="masking">"Masking"</h2>
                    <p>"Passwords, keys, tokens, card and id numbers are kept from models where their form or the words around them tell what they are; images are seen as they are. These can be kept from models, too:"</p>
                </div>
            </header>
            <div class="checks" role="group" aria-labelledby="masking">
                <Switch label="Names of people" value=draft.names/>
                <Switch label="E-mail addresses" value=draft.emails/>
                <Switch label="IP addresses" value=draft.ip_addresses/>
                <Switch label="Host names" value=draft.host_names/>
            </div>
            <p class="muted">"Names are found in greetings, signatures and profile folders, as sign-in names, and beside words such as user, caller or called. A name that only stands in a sentence is not found."</p>
        </section>
    }
}

#[component]
pub fn Documentation(draft: Draft) -> impl IntoView {
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2 id="documentation">"Documentation"</h2>
                    <p>
                        "In chats, models may search and read Microsoft’s own documentation; the pages stand under the answer. What they search for, in words about the problem, goes to Microsoft; what is masked does not."
                    </p>
                </div>
            </header>
            <div class="checks" role="group" aria-labelledby="documentation">
                <Switch label="Look things up at Microsoft Learn" value=draft.mcp/>
            </div>
        </section>
    }
}

#[component]
fn Switch(label: &'static str, value: RwSignal<bool>) -> impl IntoView {
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
}
