//! A provider with its endpoint, key and models. The key is written and never read: what is stored shows only its end.

use leptos::prelude::*;

use super::{
    draft::{ConnectionDraft, Draft, KeyDraft, grouped},
    line::{FieldProblem, Line},
};
use crate::{
    ai::types::{Tier, Vendor, settings::Offer},
    ui::{
        browser,
        button::{Button, Tone},
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn ConnectionFields(draft: Draft, connection: ConnectionDraft) -> impl IntoView {
    let slot = connection.slot;
    let none = match slot {
        "primary" => {
            format!("As the server says: {}", draft.saved.with_untracked(|saved| saved.server.provider.label()))
        }
        _ => "None".to_owned(),
    };
    let option = move |vendor: Vendor| {
        let selected = move || connection.vendor() == Some(vendor);
        view! { <option value=vendor.as_str() selected=selected>{vendor.label()}</option> }
    };
    let needs = Signal::derive(move || connection.vendor().is_some_and(|vendor| vendor != Vendor::Builtin));
    let about = move || match connection.vendor() {
        None if slot == "primary" => Some(draft.saved.with(|saved| {
            let server = &saved.server;
            format!(
                "Today that is {} with {}. The operator can change it.",
                server.provider.label(),
                server.model_standard
            )
        })),
        Some(Vendor::Builtin) => Some("FlowPilot's own flows: no network, no key, no cost.".to_owned()),
        _ => None,
    };
    let problem = draft.error_of(format!("{slot}.provider"));
    let is_wrong = move || problem.with(Option::is_some);
    let described = move || match is_wrong() {
        true => format!("{slot}-provider-error {slot}-provider-hint"),
        false => format!("{slot}-provider-hint"),
    };
    view! {
        <div class="form-field">
            <label for=format!("{slot}-provider")>{if slot == "primary" { "Provider" } else { "Fallback provider" }}</label>
            <select
                class="field"
                id=format!("{slot}-provider")
                aria-describedby=described
                aria-invalid=move || is_wrong().then_some("true")
                prop:value=move || connection.provider.get()
                on:change:target=move |event| {
                    // What was wrong was so with the provider before.
                    draft.error.set(None);
                    connection.choose(event.target().value());
                }
            >
                <option value="" selected=move || connection.vendor().is_none()>{none}</option>
                {Vendor::ALL.map(option).into_iter().collect_view()}
            </select>
            <small id=format!("{slot}-provider-hint")>{dynamic(about)}</small>
            <FieldProblem id=format!("{slot}-provider-error") error=problem/>
        </div>
        <When is=needs><Details draft connection/></When>
    }
}

#[component]
fn Details(draft: Draft, connection: ConnectionDraft) -> impl IntoView {
    let slot = connection.slot;
    let vendor = Memo::new(move |_| connection.vendor().unwrap_or(Vendor::Openai));
    let offer = Memo::new(move |_| draft.offer(connection));
    let home = move || {
        let offered = offer.with(|offer| offer.as_ref().and_then(|offer| offer.endpoint.clone()));
        offered.unwrap_or_else(|| vendor.get().home().unwrap_or_default().to_owned())
    };
    let usual = move |tier| connection.usual_model(offer.get().as_ref(), tier);
    let suggestions =
        move || vendor.get().models().iter().map(|model| view! { <option value=*model></option> }).collect_view();
    let known_window = move || connection.known_window(offer.get().as_ref()).map(grouped).unwrap_or_default();
    let endpoint_hint = move || {
        (vendor.get() == Vendor::Openai).then(|| {
            "Any service that speaks OpenAI's API. Models on your own network are for the operator to set.".to_owned()
        })
    };
    view! {
        <Key draft connection/>
        <Line
            id=format!("{slot}-endpoint")
            label="Endpoint"
            kind="url"
            value=connection.endpoint
            placeholder=Signal::derive(home)
            hint=Signal::derive(endpoint_hint)
            error=draft.error_of(format!("{slot}.endpoint"))
        />
        <div class="form__row">
            <Line
                id=format!("{slot}-standard")
                label="Model for conversations and notes"
                value=connection.standard
                placeholder=Signal::derive(move || usual(Tier::Standard))
                error=draft.error_of(format!("{slot}.model_standard"))
                list=format!("{slot}-models")
            />
            <Line
                id=format!("{slot}-fast")
                label="Model for small steps"
                value=connection.fast
                placeholder=Signal::derive(move || usual(Tier::Fast))
                error=draft.error_of(format!("{slot}.model_fast"))
                list=format!("{slot}-models")
            />
        </div>
        <datalist id=format!("{slot}-models")>{dynamic(suggestions)}</datalist>
        <Line
            id=format!("{slot}-window")
            label="Context window (tokens)"
            numeric=true
            value=connection.window
            placeholder=Signal::derive(known_window)
            hint=Signal::derive(|| Some("How much the models take in at once. Empty: what the server or FlowPilot knows of them.".to_owned()))
            error=draft.error_of(format!("{slot}.context_window"))
        />
    }
}

#[component]
fn Key(draft: Draft, connection: ConnectionDraft) -> impl IntoView {
    let slot = connection.slot;
    let error = draft.error_of(format!("{slot}.key"));
    let stored = Memo::new(move |_| connection.has_key().then(|| connection.key_draft.get()));
    let hint = move || {
        let hint = match (connection.has_key(), draft.offer(connection), connection.vendor()) {
            (true, ..) => "Leave it empty to keep the one that is stored.",
            (_, Some(Offer { has_key: true, endpoint: None, .. }), _) => "Leave it empty to use the server's key.",
            (_, Some(Offer { has_key: true, .. }), _) => {
                "Leave it empty to use the server's key at the server's endpoint."
            }
            (_, Some(Offer { has_key: false, .. }), _) => {
                "Leave it empty to use the server's endpoint, which wants none."
            }
            (_, None, Some(Vendor::Openai)) => "Leave it empty where the endpoint wants none.",
            (_, None, _) => "Stored encrypted; it is never shown again.",
        };
        Some(hint.to_owned())
    };
    dynamic(move || match stored.get() {
        Some(KeyDraft::Keep) => view! { <StoredKey connection error/> }.into_any(),
        Some(KeyDraft::Remove) => view! {
            <div class="form-field" data-key=slot>
                <span class="form-field__name">"Key"</span>
                <div class="row" role="status">
                    <span>"The key will be removed when you save."</span>
                    <Button small=true on_click=move || decide(connection, KeyDraft::Keep)>"Keep it"</Button>
                </div>
                <FieldProblem id=format!("{slot}-key-error") error/>
            </div>
        }
        .into_any(),
        Some(KeyDraft::Enter) | None => view! {
            <Line
                id=format!("{slot}-key")
                label="Key"
                kind="password"
                value=connection.key
                hint=Signal::derive(hint)
                error
            />
        }
        .into_any(),
    })
}

/// The focus goes from what was pressed to what takes its place.
fn decide(connection: ConnectionDraft, key: KeyDraft) {
    connection.key_draft.set(key);
    let slot = connection.slot;
    browser::refocus(None, vec![format!("#{slot}-key, [data-key={slot}] button")]);
}

#[component]
fn StoredKey(connection: ConnectionDraft, error: Signal<Option<String>>) -> impl IntoView {
    let slot = connection.slot;
    let ends_in = move || connection.saved.with(|saved| saved.key_ends_in.clone());
    let told = move || ends_in().map(|end| view! { " · ends in "<code>{end}</code> });
    view! {
        <div class="form-field" data-key=slot>
            <span class="form-field__name">"Key"</span>
            <div class="row">
                <span>"A key is stored"{dynamic(told)}</span>
                <Button small=true on_click=move || decide(connection, KeyDraft::Enter)>"Replace"</Button>
                <Button small=true tone=Tone::DangerQuiet on_click=move || decide(connection, KeyDraft::Remove)>"Remove"</Button>
            </div>
            <FieldProblem id=format!("{slot}-key-error") error/>
        </div>
    }
}
