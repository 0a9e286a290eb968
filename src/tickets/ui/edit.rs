//! *Edit*: what the ticket on the screen says and whose it is. Downloaded when it is first opened. What was typed stays there until
//! it is stored, in this browser too; only what was changed is sent, so that what a colleague changed meanwhile stays.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use serde::{Deserialize, Serialize};

use super::{detail::Shown, reach::Reach};
use crate::{
    accounts::types::Visitor,
    error::AppError,
    psa::types::{Named, Ticket, TicketChange},
    tickets::rpc,
    ui::{
        browser,
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        load::Problem,
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
    wire,
};

#[component]
pub fn EditTicket(shown: Shown) -> impl IntoView {
    let open = RwSignal::new(false);
    let place =
        format!("fp:edit-ticket:{}:{}", use_context::<Visitor>().map(Visitor::whose).unwrap_or_default(), shown.id());
    view! {
        <Button small=true on_click=move || open.set(true)>"Edit"</Button>
        <Later open load=move || Box::pin(dialog(open, shown, place.clone()))/>
    }
}

#[wasm_split(ticket_dialogs, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(open: RwSignal<bool>, shown: Shown, place: String) -> Split<AnyView> {
    // Made once: what was typed is still there when the dialog is opened again.
    let form = Form::new(open, shown, place);
    Ok(view! { <Dialog open label="Edit ticket" class="dialog--m" children=move || view! { <Inside form/> }/> })
}

/// What the fields begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Texts([String; 7]);

impl Texts {
    fn of(ticket: &Ticket) -> Self {
        let summary = &ticket.summary;
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        Self([
            summary.summary.clone(),
            ticket.body.clone(),
            summary.company.clone(),
            or_empty(&summary.contact),
            or_empty(&ticket.contact_email),
            or_empty(&ticket.contact_phone),
            or_empty(&summary.priority_id),
        ])
    }

    /// The same with what was changed from `base` to `wanted`.
    fn with(&self, base: &Self, wanted: &Self) -> Self {
        let mut all = self.clone();
        for ((text, was), now) in all.0.iter_mut().zip(&base.0).zip(&wanted.0) {
            if was != now {
                text.clone_from(now);
            }
        }
        all
    }

    /// What has to be sent to have `wanted` in the place of this.
    fn until(&self, wanted: &Self) -> TicketChange {
        let [summary, body, company, contact, email, phone, priority] = &self.0;
        let [new_summary, new_body, new_company, new_contact, new_email, new_phone, new_priority] = &wanted.0;
        let other = |was: &String, now: &String| (was.trim() != now.trim()).then(|| now.clone());
        let (company, contact) = (other(company, new_company), other(contact, new_contact));
        // A contact is one of the company: another company needs it said again. So does how another contact is reached.
        let contact = contact.or_else(|| company.is_some().then(|| new_contact.clone()));
        let somebody = !new_contact.trim().is_empty();
        let reach = |was: &String, now: &String| {
            other(was, now)
                .or_else(|| (contact.is_some() && !now.trim().is_empty()).then(|| now.clone()))
                .filter(|_| somebody)
        };
        TicketChange {
            summary: other(summary, new_summary),
            body: other(body, new_body),
            priority_id: other(priority, new_priority),
            contact_email: reach(email, new_email),
            contact_phone: reach(phone, new_phone),
            company,
            contact,
            ..TicketChange::default()
        }
    }
}

/// What was typed and is not stored, and what the ticket said then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    base: Texts,
    typed: Texts,
}

#[derive(Clone, Copy)]
struct Form {
    open: RwSignal<bool>,
    shown: Shown,
    base: StoredValue<Texts>,
    fields: StoredValue<[RwSignal<String>; 7]>,
    /// What was typed before somebody else changed the ticket.
    offered: RwSignal<Option<Kept>>,
    place: StoredValue<String>,
    companies: RwSignal<Vec<Named>>,
    priorities: RwSignal<Vec<Named>>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<AppError>>,
}

impl Form {
    fn new(open: RwSignal<bool>, shown: Shown, place: String) -> Self {
        let base = shown.ticket.with_untracked(Texts::of);
        let fields = base.0.clone().map(RwSignal::new);
        let form = Self {
            open,
            shown,
            base: StoredValue::new(base),
            fields: StoredValue::new(fields),
            offered: RwSignal::new(None),
            place: StoredValue::new(place),
            companies: RwSignal::new(Vec::new()),
            priorities: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
        };
        form.keep_from_now_on();
        spawn_local(async move {
            match rpc::ticket_choices(None).await {
                Ok(choices) => drop(form.priorities.try_set(choices.priorities.items)),
                Err(error) => drop(form.error.try_set(Some(error))),
            }
        });
        Effect::new(move |_| {
            if open.get() && form.typed() == form.base.get_value() {
                form.begin(shown.ticket.with_untracked(Texts::of));
            }
        });
        form
    }

    fn typed(self) -> Texts {
        Texts(self.fields.get_value().map(|field| field.get_untracked()))
    }

    /// The fields as the ticket has them now.
    fn begin(self, texts: Texts) {
        self.base.set_value(texts.clone());
        self.fill(&texts);
    }

    /// What was typed on an earlier page is there again, or offered; and what is typed here will be.
    fn keep_from_now_on(self) {
        let kept = browser::recall(&self.place.get_value()).and_then(|text| wire::read::<Kept>(&text).ok());
        match kept {
            Some(kept) if kept.base == self.base.get_value() => self.fill(&kept.typed),
            kept => self.offered.set(kept),
        }
        Effect::new(move |before: Option<()>| {
            self.fields.get_value().iter().for_each(Track::track);
            if before.is_some() {
                self.keep();
            }
        });
    }

    fn keep(self) {
        let kept = Kept { base: self.base.get_value(), typed: self.typed() };
        let same = kept.base == kept.typed;
        // What is offered stays until somebody decides, or types something else.
        if same && self.offered.with_untracked(Option::is_some) {
            return;
        }
        let text = if same { String::new() } else { wire::write(&kept).unwrap_or_default() };
        browser::keep(&self.place.get_value(), &text);
    }

    fn fill(self, texts: &Texts) {
        for (field, text) in self.fields.get_value().into_iter().zip(&texts.0) {
            field.set(text.clone());
        }
    }

    /// What was typed before goes over what the ticket says now, or is forgotten.
    fn decide(self, take: bool) {
        let Some(Kept { base, typed }) = self.offered.get_untracked() else { return };
        self.offered.set(None);
        if take {
            self.fill(&self.typed().with(&base, &typed));
        }
        self.keep();
    }

    /// What was typed is thrown away.
    fn cancel(self) {
        self.offered.set(None);
        self.error.set(None);
        self.begin(self.base.get_value());
        self.keep();
        self.open.set(false);
    }

    fn find_company(self, words: String) {
        spawn_local(async move {
            if let Ok(found) = rpc::find_companies(words).await {
                let _ = self.companies.try_set(found.items);
            }
        });
    }

    fn send(self) {
        let change = self.base.get_value().until(&self.typed());
        if change.edits().is_none() {
            self.open.set(false);
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let place = self.place.get_value();
        spawn_local(async move {
            match rpc::change_ticket(self.shown.id(), change).await {
                Ok(ticket) => {
                    browser::keep(&place, "");
                    if self.busy.try_get_untracked().is_some() {
                        self.offered.set(None);
                        self.begin(Texts::of(&ticket));
                        self.open.set(false);
                        self.shown.is_now(ticket);
                    }
                }
                Err(error) => drop(self.error.try_set(Some(error))),
            }
            let _ = self.busy.try_set(false);
        });
    }
}

#[component]
fn Inside(form: Form) -> impl IntoView {
    let Form { open, shown, companies, priorities, busy, error, .. } = form;
    let [summary, body, company, contact, email, phone, priority] = form.fields.get_value();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.send();
    };
    let known = move || {
        let option = |one: Named| view! { <option value=one.name></option> }.into_any();
        companies.get().into_iter().map(option).collect_view()
    };
    let choices = move || {
        let option = move |one: Named| {
            let own = one.id.clone();
            view! { <option value=one.id selected=move || priority.get() == own>{one.name}</option> }.into_any()
        };
        priorities.get().into_iter().map(option).collect_view()
    };
    let details = shown.desk.with_value(|desk| desk.can.contact_details);
    let reach = details.then(|| view! { <Reach place="edit-ticket" email phone/> });
    view! {
        <form class="dialog__panel" on:submit=submit>
            <DialogHead title="Edit ticket" open/>
            <div class="body">
                <When is=move || form.offered.with(Option::is_some)>
                    <div class="notice notice--info" role="status">
                        <p>"The ticket was changed since you began to edit it. What you had typed is kept."</p>
                        <Button small=true on_click=move || form.decide(true)>"Take it up"</Button>
                        <Button small=true tone=Tone::Quiet on_click=move || form.decide(false)>"Forget it"</Button>
                    </div>
                </When>
                <div class="form-field">
                    <label for="edit-ticket-summary">"Summary"</label>
                    <input class="field" id="edit-ticket-summary" required maxlength="200" prop:value=move || summary.get() on:input:target=move |event| summary.set(event.target().value())/>
                </div>
                <div class="form-field">
                    <label for="edit-ticket-body">"Description"</label>
                    <textarea class="field" id="edit-ticket-body" prop:value=move || body.get() on:input:target=move |event| body.set(event.target().value())></textarea>
                </div>
                <div class="form__row">
                    <div class="form-field">
                        <label for="edit-ticket-company">"Company"</label>
                        <input
                            class="field"
                            id="edit-ticket-company"
                            list="edit-ticket-companies"
                            autocomplete="off"
                            maxlength="200"
                            prop:value=move || company.get()
                            on:input:target=move |event| {
                                company.set(event.target().value());
                                form.find_company(event.target().value());
                            }
                        />
                        <datalist id="edit-ticket-companies">{dynamic(known)}</datalist>
                    </div>
                    <div class="form-field">
                        <label for="edit-ticket-contact">"Contact"</label>
                        <input class="field" id="edit-ticket-contact" autocomplete="off" maxlength="200" prop:value=move || contact.get() on:input:target=move |event| contact.set(event.target().value())/>
                    </div>
                </div>
                {reach}
                <div class="form-field">
                    <label for="edit-ticket-priority">"Priority"</label>
                    <select class="field" id="edit-ticket-priority" on:change:target=move |event| priority.set(event.target().value())>
                        {dynamic(choices)}
                    </select>
                </div>
                <small class="muted">"A session on this ticket keeps the text that it began with."</small>
                <Problem error=error/>
            </div>
            <footer>
                <span class="end">
                    <Button tone=Tone::Quiet on_click=move || form.cancel()>"Cancel"</Button>
                    <Button tone=Tone::Primary submit=true busy=busy disabled=Signal::derive(move || summary.with(|text| text.trim().is_empty()))>"Save"</Button>
                </span>
            </footer>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(change: impl Fn(&mut [String; 7])) -> Texts {
        let mut all =
            ["Printer", "Since Monday.", "Contoso", "Jenny", "jenny@x.example", "", "normal"].map(ToOwned::to_owned);
        change(&mut all);
        Texts(all)
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let base = texts(|_| ());
        assert_eq!(base.until(&base), TicketChange::default());
        let phone = base.until(&texts(|all| all[5] = "+1 5".to_owned()));
        assert_eq!(phone, TicketChange { contact_phone: Some("+1 5".to_owned()), ..TicketChange::default() });
    }

    #[test]
    fn what_was_typed_goes_over_what_a_colleague_wrote_meanwhile_only_where_it_was_typed() {
        let (base, typed) = (texts(|_| ()), texts(|all| all[1] = "Since Tuesday.".to_owned()));
        let now = texts(|all| all[0] = "Printer hums".to_owned());
        let both = texts(|all| {
            all[0] = "Printer hums".to_owned();
            all[1] = "Since Tuesday.".to_owned();
        });
        assert_eq!(now.with(&base, &typed), both);
    }

    #[test]
    fn another_company_takes_the_contact_along_and_nobody_has_no_address() {
        let base = texts(|_| ());
        let moved = base.until(&texts(|all| all[2] = "Fabrikam".to_owned()));
        let said = [moved.company, moved.contact, moved.contact_email, moved.contact_phone];
        let said = said.each_ref().map(|text| text.as_deref());
        assert_eq!(said, [Some("Fabrikam"), Some("Jenny"), Some("jenny@x.example"), None]);
        let nobody = base.until(&texts(|all| all[3].clear()));
        assert_eq!((nobody.contact.as_deref(), nobody.contact_email), (Some(""), None));
    }
}
