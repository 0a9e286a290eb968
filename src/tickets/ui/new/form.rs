//! What is typed into *New ticket*, and what comes of it.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{Opener, Prefill, kept::Kept};
use crate::{
    error::AppError,
    psa::types::{Contact, Named, NewTicket},
    tickets::{
        rpc,
        types::{Choices, PastedText, TicketDraft},
    },
    ui::browser,
};

/// How long one may pause while typing.
const PAUSE: Duration = Duration::from_millis(250);

/// The texts as they were before something else was filled in.
pub type Before = Vec<(RwSignal<String>, String)>;

#[derive(Clone, Copy)]
pub struct Form {
    pub open: RwSignal<bool>,
    prefill: Prefill,
    opener: Opener,
    pub pasted: RwSignal<String>,
    pub summary: RwSignal<String>,
    pub body: RwSignal<String>,
    pub company: RwSignal<String>,
    /// Companies that were found or read, to know their ids by their names.
    pub companies: RwSignal<Vec<Named>>,
    /// The one that is named, where it is known.
    company_id: Memo<Option<String>>,
    pub contact: RwSignal<String>,
    /// Contacts that were found or read, each with its company.
    contacts: RwSignal<Vec<(String, Named)>>,
    pub email: RwSignal<String>,
    pub phone: RwSignal<String>,
    pub priority: RwSignal<String>,
    pub board: RwSignal<String>,
    pub choices: RwSignal<Option<Choices>>,
    /// Why there are no companies or contacts to choose from.
    pub hint: RwSignal<Option<String>>,
    /// What was filled in over something typed.
    pub before: RwSignal<Before>,
    /// What was sent last, and its key: the same again is the same ticket, another one is another.
    sent: StoredValue<Option<(NewTicket, String)>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    pub reading: RwSignal<bool>,
    pub busy: RwSignal<bool>,
    pub error: RwSignal<Option<AppError>>,
    /// Where in this browser it is kept what was typed.
    place: StoredValue<String>,
}

fn filled(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

fn named<'a>(mut all: impl Iterator<Item = &'a Named>, name: &str) -> Option<String> {
    all.find(|one| one.name.eq_ignore_ascii_case(name.trim())).map(|one| one.id.clone())
}

impl Form {
    pub fn new(open: RwSignal<bool>, prefill: Prefill, opener: Opener, place: String) -> Self {
        let (summary, body) = prefill.get_untracked();
        let text = || RwSignal::new(String::new());
        let (company, companies) = (text(), RwSignal::new(Vec::new()));
        let form = Self {
            open,
            prefill,
            opener,
            pasted: text(),
            summary: RwSignal::new(summary),
            body: RwSignal::new(body),
            company,
            companies,
            company_id: Memo::new(move |_| {
                companies.with(|all: &Vec<Named>| company.with(|name| named(all.iter(), name)))
            }),
            contact: text(),
            contacts: RwSignal::new(Vec::new()),
            email: text(),
            phone: text(),
            priority: text(),
            board: text(),
            choices: RwSignal::new(None),
            hint: RwSignal::new(None),
            before: RwSignal::new(Vec::new()),
            sent: StoredValue::new(None),
            timer: StoredValue::new(None),
            reading: RwSignal::new(false),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            place: StoredValue::new(place),
        };
        form.keep_from_now_on();
        Effect::new(move |_| {
            if open.get() && form.choices.with_untracked(Option::is_none) {
                form.ask_choices();
            }
        });
        Effect::new(move |_| {
            if let Some(company) = form.company_id.get() {
                form.ask_contacts(company);
            }
        });
        form
    }

    fn ask_choices(self) {
        self.error.set(None);
        spawn_local(async move {
            match rpc::ticket_choices(None).await {
                Ok(choices) => drop(self.choices.try_set(Some(choices))),
                Err(error) => drop(self.error.try_set(Some(error))),
            }
        });
    }

    fn ask_contacts(self, company: String) {
        spawn_local(async move {
            match rpc::find_contacts(company.clone()).await {
                Ok(found) => {
                    let _ = self.hint.try_set(found.hint);
                    self.contacts.try_update(|known| {
                        known.retain(|(of, _)| *of != company);
                        known.extend(told_apart(found.items).into_iter().map(|one| (company.clone(), one)));
                    });
                }
                Err(error) => drop(self.hint.try_set(Some(error.detail()))),
            }
        });
    }

    /// Who can be chosen at the company that is named.
    pub fn contacts(self) -> Vec<Named> {
        let Some(company) = self.company_id.get() else { return Vec::new() };
        self.contacts.with(|all| all.iter().filter(|(of, _)| *of == company).map(|(_, one)| one.clone()).collect())
    }

    /// Companies by what was typed, once one pauses.
    pub fn find_company(self, words: String) {
        self.company.set(words.clone());
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        let look = move || {
            spawn_local(async move {
                let found = rpc::find_companies(words.clone()).await;
                // A late answer is not for what stands there now.
                if self.company.try_get_untracked().as_ref() != Some(&words) {
                    return;
                }
                match found {
                    Ok(found) => {
                        let _ = self.hint.try_set(found.hint);
                        let _ = self.companies.try_set(found.items);
                    }
                    Err(error) => drop(self.hint.try_set(Some(error.detail()))),
                }
            });
        };
        self.timer.set_value(set_timeout_with_handle(look, PAUSE).ok());
    }

    /// Reads the fields out of the pasted text.
    pub fn read(self) {
        let text = self.pasted.get_untracked();
        self.reading.set(true);
        self.error.set(None);
        spawn_local(async move {
            match rpc::read_text(PastedText { text }).await {
                Ok(read) => self.fill(read),
                Err(error) => drop(self.error.try_set(Some(error))),
            }
            let _ = self.reading.try_set(false);
        });
    }

    /// What was read goes into its fields; what was not read leaves its field alone.
    fn fill(self, read: TicketDraft) {
        let TicketDraft { summary, body, company_id, company, contact_id, contact, priority_id } = read;
        let record = |id, name: &Option<String>| Some(Named { id: id?, name: name.clone()? });
        if let Some(company) = record(company_id.clone(), &company) {
            self.companies.try_update(|all| {
                all.retain(|one| one.id != company.id);
                all.push(company);
            });
        }
        if let Some((of, contact)) = company_id.zip(record(contact_id, &contact)) {
            self.contacts.try_update(|all| all.push((of, contact)));
        }
        let new = [
            (self.summary, Some(summary)),
            (self.body, Some(body)),
            (self.company, company),
            (self.contact, contact),
            (self.priority, priority_id),
        ];
        let mut before = Vec::new();
        for (field, new) in new {
            let Some(new) = new.filter(|new| !new.trim().is_empty()) else { continue };
            let Some(old) = field.try_get_untracked().filter(|old| *old != new) else { continue };
            before.push((field, old));
            let _ = field.try_set(new);
        }
        // Where nothing was typed, there is nothing to go back to.
        if before.iter().all(|(_, old)| old.trim().is_empty()) {
            before.clear();
        }
        let _ = self.before.try_set(before);
    }

    /// What was typed before something was filled in is there again.
    pub fn undo(self) {
        for (field, old) in self.before.get_untracked() {
            field.set(old);
        }
        self.before.set(Vec::new());
    }

    pub fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        let company_id = self.company_id.get_untracked();
        let contact = filled(self.contact);
        let chosen = company_id.as_deref().zip(contact.as_deref()).and_then(|(company, name)| {
            self.contacts
                .with_untracked(|all| named(all.iter().filter(|(of, _)| of == company).map(|(_, one)| one), name))
        });
        let new = NewTicket {
            summary: self.summary.get_untracked(),
            body: self.body.get_untracked(),
            company_id,
            company: filled(self.company),
            contact_id: chosen,
            contact,
            contact_email: filled(self.email),
            contact_phone: filled(self.phone),
            board_id: filled(self.board),
            priority_id: filled(self.priority),
        };
        self.busy.set(true);
        self.error.set(None);
        let place = self.place.get_value();
        let done = Callback::new(move |(error,): (Option<AppError>,)| {
            let _ = self.busy.try_set(false);
            if error.is_none() {
                // Also where the page has gone on meanwhile.
                browser::keep(&place, "");
                self.clear();
                let _ = self.open.try_set(false);
            }
            let _ = self.error.try_set(error);
        });
        let key = self.key_of(&new);
        self.keep();
        self.opener.run((new, key, done));
    }

    fn key_of(self, new: &NewTicket) -> String {
        let before = self.sent.get_value().filter(|(sent, _)| sent == new).map(|(_, key)| key);
        let key = before.unwrap_or_else(|| Uuid::now_v7().to_string());
        self.sent.set_value(Some((new.clone(), key.clone())));
        key
    }

    /// What was typed is thrown away.
    pub fn cancel(self) {
        self.clear();
        self.error.set(None);
        self.open.set(false);
    }

    /// In the order in which they are kept.
    const fn texts(self) -> [RwSignal<String>; 9] {
        let Self { pasted, summary, body, company, contact, email, phone, priority, board, .. } = self;
        [summary, body, pasted, company, contact, email, phone, priority, board]
    }

    /// What was typed on an earlier page is there again, and what is typed here will be.
    fn keep_from_now_on(self) {
        if let Some(kept) = Kept::recall(&self.place.get_value()) {
            for (field, text) in self.texts().into_iter().zip(kept.texts) {
                field.set(text);
            }
            self.companies.set(kept.companies);
            self.contacts.set(kept.contacts);
            self.sent.set_value(kept.sent);
        }
        Effect::new(move |before: Option<()>| {
            self.texts().iter().for_each(Track::track);
            if before.is_some() {
                self.keep();
            }
        });
    }

    fn keep(self) {
        let (summary, body) = self.prefill.get_untracked();
        let texts = self.texts().map(|field| field.get_untracked());
        let company = self.company_id.get_untracked();
        let of_it = |id: &String| Some(id) == company.as_ref();
        let kept = Kept {
            companies: self.companies.with_untracked(|all| all.iter().filter(|one| of_it(&one.id)).cloned().collect()),
            contacts: self.contacts.with_untracked(|all| all.iter().filter(|(of, _)| of_it(of)).cloned().collect()),
            sent: self.sent.get_value(),
            texts,
        };
        kept.keep(&self.place.get_value(), [summary, body]);
    }

    /// The next ticket begins as the first one did.
    fn clear(self) {
        let (summary, body) = self.prefill.try_get_untracked().unwrap_or_default();
        let _ = self.summary.try_set(summary);
        let _ = self.body.try_set(body);
        for text in [self.pasted, self.company, self.contact, self.email, self.phone, self.priority, self.board] {
            let _ = text.try_set(String::new());
        }
        let _ = self.companies.try_set(Vec::new());
        let _ = self.contacts.try_set(Vec::new());
        let _ = self.hint.try_set(None);
        let _ = self.before.try_set(Vec::new());
        self.sent.try_set_value(None);
    }
}

/// Contacts by their names; two of one name by what else is known of them.
fn told_apart(contacts: Vec<Contact>) -> Vec<Named> {
    let same = |name: &str| contacts.iter().filter(|one| one.name.eq_ignore_ascii_case(name)).count();
    let shown = |one: &Contact| match (same(&one.name), one.email.as_ref().or(one.phone.as_ref())) {
        (..2, _) => one.name.clone(),
        (_, Some(reach)) => format!("{} ({reach})", one.name),
        (_, None) => format!("{} (no. {})", one.name, one.id),
    };
    contacts.iter().map(|one| Named { id: one.id.clone(), name: shown(one) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_contacts_of_one_name_are_told_apart() {
        let contact = |id: &str, name: &str, email: Option<&str>| Contact {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.map(str::to_owned),
            phone: None,
        };
        let all = [
            contact("1", "Sam Reilly", Some("sam@fabrikam.test")),
            contact("2", "sam reilly", None),
            contact("3", "Petra Holm", Some("petra@fabrikam.test")),
        ];
        let shown: Vec<_> = told_apart(all.to_vec()).into_iter().map(|one| one.name).collect();
        assert_eq!(shown, ["Sam Reilly (sam@fabrikam.test)", "sam reilly (no. 2)", "Petra Holm"]);
    }
}
