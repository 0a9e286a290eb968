//! *New ticket*: out of a pasted text or by hand, on the tickets page and from a session. Downloaded when it is first opened.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::{address::Address, changes::TicketChanges, filters::Hints, reach::Reach};
use crate::{
    accounts::types::Visitor,
    error::AppError,
    psa::types::{Named, NewTicket},
    tickets::{rpc, types::Choices},
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        icon::Glyph,
        load::Problem,
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
};

mod form;
mod kept;

use form::Form;

/// Opens the ticket under a key, and says how that went.
pub type Opener = Callback<(NewTicket, String, Done)>;
/// Nothing where it went well.
pub type Done = Callback<(Option<AppError>,)>;
/// Summary and text that it begins with.
pub type Prefill = Signal<(String, String)>;

/// The button of the tickets page.
#[component]
pub fn NewTicketButton(open: RwSignal<bool>) -> impl IntoView {
    let (address, changes) = (Address::find(), TicketChanges::find());
    let opener: Opener = Callback::new(move |(new, key, done): (NewTicket, String, Done)| {
        spawn_local(async move {
            match rpc::create_ticket(new, key).await {
                Ok(ticket) => {
                    done.run((None,));
                    changes.now();
                    address.go(format!("/tickets/{}", ticket.summary.id));
                }
                Err(error) => done.run((Some(error),)),
            }
        });
    });
    view! {
        <span class="end">
            <Button tone=Tone::Primary icon=Glyph::Add on_click=move || open.set(true)>"New ticket"</Button>
        </span>
        {new_ticket(open, Signal::derive(|| (String::new(), String::new())), opener, "page".to_owned())}
    }
}

/// The dialog; `prefill` is the summary and the text that it begins with, `from` where it is: each place has a draft of its own.
pub fn new_ticket(open: RwSignal<bool>, prefill: Prefill, opener: Opener, from: String) -> AnyView {
    let place = format!("fp:new-ticket:{}:{from}", use_context::<Visitor>().map(Visitor::whose).unwrap_or_default());
    view! { <Later open load=move || Box::pin(dialog(open, prefill, opener, place.clone()))/> }.into_any()
}

#[wasm_split(ticket_dialogs, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(open: RwSignal<bool>, prefill: Prefill, opener: Opener, place: String) -> Split<AnyView> {
    // Made once: what was typed is still there when the dialog is opened again.
    let form = Form::new(open, prefill, opener, place);
    Ok(view! { <Dialog open label="New ticket" class="dialog--m" children=move || view! { <Inside form/> }/> })
}

#[component]
fn Inside(form: Form) -> impl IntoView {
    let Form { open, pasted, summary, body, company, companies, contact, hint, before, reading, busy, error, .. } =
        form;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.send();
    };
    let known = move || companies.get().into_iter().map(by_name).collect_view();
    let people = move || form.contacts().into_iter().map(by_name).collect_view();
    let hint = move || hint.get().map(|hint| view! { <p class="muted"><small>{hint}</small></p> });
    let more = move || form.choices.get().map(|choices| view! { <Lists form choices/> });
    view! {
        <form class="dialog__panel" on:submit=submit>
            <DialogHead title="New ticket" open/>
            <div class="body">
                <div class="form-field">
                    <label for="new-ticket-pasted">"Paste a mail, a chat or notes of a call"</label>
                    <textarea class="field" id="new-ticket-pasted" prop:value=move || pasted.get() on:input:target=move |event| pasted.set(event.target().value())></textarea>
                    <div class="row">
                        <Button small=true busy=reading disabled=Signal::derive(move || pasted.with(|text| text.trim().is_empty())) on_click=move || form.read()>"Fill in from the text"</Button>
                        <span class="row" role="status">
                            <When is=move || before.with(|before| !before.is_empty())>
                                <small class="muted">"What you had typed was replaced."</small>
                                <Button small=true tone=Tone::Quiet on_click=move || form.undo()>"Undo"</Button>
                            </When>
                        </span>
                    </div>
                </div>
                <div class="form-field">
                    <label for="new-ticket-summary">"Summary"</label>
                    <input class="field" id="new-ticket-summary" required maxlength="200" prop:value=move || summary.get() on:input:target=move |event| summary.set(event.target().value())/>
                </div>
                <div class="form-field">
                    <label for="new-ticket-body">"Description"</label>
                    <textarea class="field" id="new-ticket-body" prop:value=move || body.get() on:input:target=move |event| body.set(event.target().value())></textarea>
                </div>
                <div class="form__row">
                    <div class="form-field">
                        <label for="new-ticket-company">"Company"</label>
                        <input class="field" id="new-ticket-company" list="new-ticket-companies" autocomplete="off" maxlength="200" prop:value=move || company.get() on:input:target=move |event| form.find_company(event.target().value())/>
                        <datalist id="new-ticket-companies">{dynamic(known)}</datalist>
                    </div>
                    <div class="form-field">
                        <label for="new-ticket-contact">"Contact"</label>
                        <input class="field" id="new-ticket-contact" list="new-ticket-contacts" autocomplete="off" maxlength="200" prop:value=move || contact.get() on:input:target=move |event| contact.set(event.target().value())/>
                        <datalist id="new-ticket-contacts">{dynamic(people)}</datalist>
                    </div>
                </div>
                {dynamic(hint)}
                {dynamic(more)}
                <Problem error=error/>
            </div>
            <footer>
                <span class="end">
                    <Button tone=Tone::Quiet on_click=move || form.cancel()>"Cancel"</Button>
                    <Button tone=Tone::Primary submit=true busy=busy disabled=Signal::derive(move || summary.with(|text| text.trim().is_empty()))>"Open ticket"</Button>
                </span>
            </footer>
        </form>
    }
}

fn by_name(one: Named) -> AnyView {
    view! { <option value=one.name></option> }.into_any()
}

/// What has to be chosen from the ticket system's lists.
#[component]
fn Lists(form: Form, choices: Choices) -> impl IntoView {
    let select = |label: &'static str,
                  id: &'static str,
                  any: &'static str,
                  all: Vec<Named>,
                  value: RwSignal<String>| {
        let option = move |one: Named| {
            let own = one.id.clone();
            view! { <option value=one.id selected=move || value.get() == own>{one.name}</option> }.into_any()
        };
        view! {
                <div class="form-field">
                    <label for=id>{label}</label>
                    <select class="field" id=id prop:value=move || value.get() on:change:target=move |event| value.set(event.target().value())>
                        <option value="">{any}</option>
                        {all.into_iter().map(option).collect_view()}
                    </select>
                </div>
            }
            .into_any()
    };
    let hints = [choices.boards.hint, choices.priorities.hint].into_iter().flatten().collect();
    let board = choices
        .desk
        .can
        .boards
        .then(|| select("Board", "new-ticket-board", "Choose a board", choices.boards.items, form.board));
    let reach = choices
        .desk
        .can
        .contact_details
        .then(|| view! { <Reach place="new-ticket" email=form.email phone=form.phone/> });
    view! {
        {reach}
        <div class="form__row">
            {board}
            {select("Priority", "new-ticket-priority", "As usual", choices.priorities.items, form.priority)}
        </div>
        <Hints hints/>
    }
}
