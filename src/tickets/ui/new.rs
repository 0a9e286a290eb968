//! *New ticket*: out of a pasted text or by hand, on the tickets page and from a session. Downloaded when it is first opened.

use leptos::{ev::SubmitEvent, lazy, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{address::Address, changes::TicketChanges, filters::Hints, reach::Reach};
use crate::{
    error::AppError,
    psa::types::{Named, NewTicket},
    tickets::{
        rpc,
        types::{Choices, PastedText},
    },
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        icon::Glyph,
        load::Problem,
        when::{Later, dynamic},
    },
};

/// Opens the ticket under a key, and says how that went.
pub type Opener = Callback<(NewTicket, String, Done)>;
/// Nothing where it went well.
pub type Done = Callback<(Option<AppError>,)>;

/// The button of the tickets page.
#[component]
pub fn NewTicketButton() -> impl IntoView {
    let open = RwSignal::new(false);
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
        {new_ticket(open, Signal::derive(|| (String::new(), String::new())), opener)}
    }
}

/// The dialog; `prefill` is the summary and the text that it begins with.
pub fn new_ticket(open: RwSignal<bool>, prefill: Signal<(String, String)>, opener: Opener) -> AnyView {
    view! { <Later open load=move || Box::pin(dialog(open, prefill, opener))/> }.into_any()
}

#[lazy]
fn dialog(open: RwSignal<bool>, prefill: Signal<(String, String)>, opener: Opener) -> AnyView {
    // Made once: what was typed is still there when the dialog is opened again.
    let form = Form::new(open, prefill, opener);
    view! { <Dialog open label="New ticket" class="dialog--m" children=move || view! { <Inside form/> }/> }.into_any()
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    opener: Opener,
    pasted: RwSignal<String>,
    summary: RwSignal<String>,
    body: RwSignal<String>,
    company: RwSignal<String>,
    /// Companies that were found or read, to know their ids by their names.
    companies: RwSignal<Vec<Named>>,
    contact: RwSignal<String>,
    contact_id: RwSignal<Option<String>>,
    email: RwSignal<String>,
    phone: RwSignal<String>,
    priority: RwSignal<String>,
    board: RwSignal<String>,
    choices: RwSignal<Option<Choices>>,
    key: StoredValue<String>,
    reading: RwSignal<bool>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<AppError>>,
}

impl Form {
    fn new(open: RwSignal<bool>, prefill: Signal<(String, String)>, opener: Opener) -> Self {
        let (summary, body) = prefill.get_untracked();
        let text = || RwSignal::new(String::new());
        let form = Self {
            open,
            opener,
            pasted: text(),
            summary: RwSignal::new(summary),
            body: RwSignal::new(body),
            company: text(),
            companies: RwSignal::new(Vec::new()),
            contact: text(),
            contact_id: RwSignal::new(None),
            email: text(),
            phone: text(),
            priority: text(),
            board: text(),
            choices: RwSignal::new(None),
            key: StoredValue::new(Uuid::now_v7().to_string()),
            reading: RwSignal::new(false),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
        };
        spawn_local(async move {
            match rpc::ticket_choices(None).await {
                Ok(choices) => drop(form.choices.try_set(Some(choices))),
                Err(error) => drop(form.error.try_set(Some(error))),
            }
        });
        form
    }

    /// Reads the fields out of the pasted text.
    fn read(self) {
        let text = self.pasted.get_untracked();
        self.reading.set(true);
        self.error.set(None);
        spawn_local(async move {
            match rpc::read_text(PastedText { text }).await {
                Ok(read) => {
                    self.summary.set(read.summary);
                    self.body.set(read.body);
                    if let Some(name) = read.company {
                        if let Some(id) = read.company_id {
                            self.companies.update(|all| all.push(Named { id, name: name.clone() }));
                        }
                        self.company.set(name);
                    }
                    if let Some(name) = read.contact {
                        self.contact.set(name);
                        self.contact_id.set(read.contact_id);
                    }
                    if let Some(priority) = read.priority_id {
                        self.priority.set(priority);
                    }
                }
                Err(error) => self.error.set(Some(error)),
            }
            self.reading.set(false);
        });
    }

    fn find_company(self, words: String) {
        self.company.set(words.clone());
        self.contact_id.set(None);
        spawn_local(async move {
            if let Ok(found) = rpc::find_companies(words).await {
                let _ = self.companies.try_set(found.items);
            }
        });
    }

    fn send(self) {
        let filled =
            |text: RwSignal<String>| Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        let company = filled(self.company);
        let called = |one: &&Named| company.as_deref().is_some_and(|name| one.name.eq_ignore_ascii_case(name));
        let company_id = self.companies.with_untracked(|all| all.iter().find(called).map(|one| one.id.clone()));
        let new = NewTicket {
            summary: self.summary.get_untracked(),
            body: self.body.get_untracked(),
            company_id,
            company,
            contact_id: self.contact_id.get_untracked(),
            contact: filled(self.contact),
            contact_email: filled(self.email),
            contact_phone: filled(self.phone),
            board_id: filled(self.board),
            priority_id: filled(self.priority),
        };
        self.busy.set(true);
        self.error.set(None);
        let done = Callback::new(move |(error,): (Option<AppError>,)| {
            let _ = self.busy.try_set(false);
            if error.is_none() {
                self.key.try_update_value(|key| *key = Uuid::now_v7().to_string());
                for text in [self.pasted, self.summary, self.body, self.company, self.contact, self.email, self.phone] {
                    let _ = text.try_set(String::new());
                }
                let _ = self.open.try_set(false);
            }
            let _ = self.error.try_set(error);
        });
        self.opener.run((new, self.key.get_value(), done));
    }
}

#[component]
fn Inside(form: Form) -> impl IntoView {
    let Form { open, pasted, summary, body, company, companies, contact, contact_id, reading, busy, error, .. } = form;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.send();
    };
    let known = move || {
        let option = |one: Named| view! { <option value=one.name></option> }.into_any();
        companies.get().into_iter().map(option).collect_view()
    };
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
                        <input
                            class="field"
                            id="new-ticket-contact"
                            autocomplete="off"
                            maxlength="200"
                            prop:value=move || contact.get()
                            on:input:target=move |event| {
                                contact_id.set(None);
                                contact.set(event.target().value());
                            }
                        />
                    </div>
                </div>
                {dynamic(more)}
                <Problem error=error/>
            </div>
            <footer>
                <span class="end">
                    <Button tone=Tone::Quiet on_click=move || open.set(false)>"Cancel"</Button>
                    <Button tone=Tone::Primary submit=true busy=busy disabled=Signal::derive(move || summary.with(|text| text.trim().is_empty()))>"Open ticket"</Button>
                </span>
            </footer>
        </form>
    }
}

/// What has to be chosen from the ticket system's lists.
#[component]
fn Lists(form: Form, choices: Choices) -> impl IntoView {
    let select =
        |label: &'static str, id: &'static str, any: &'static str, all: Vec<Named>, value: RwSignal<String>| {
            let option = move |one: Named| {
                let own = one.id.clone();
                view! { <option value=one.id selected=move || value.get() == own>{one.name}</option> }.into_any()
            };
            view! {
                <div class="form-field">
                    <label for=id>{label}</label>
                    <select class="field" id=id on:change:target=move |event| value.set(event.target().value())>
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
