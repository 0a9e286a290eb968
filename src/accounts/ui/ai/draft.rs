//! The settings as they are being typed, and the change that they make.

use leptos::prelude::*;

use crate::{
    ai::types::{
        Tier, Vendor,
        settings::{
            AiSettingsChange, AiSettingsView, Connection, ConnectionChange, MaskedChange, Offer, WriteOnly, field_error,
        },
        usage::{self, plain_dollars, read_dollars},
    },
    error::{AppError, FieldError},
};

/// What becomes of the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyDraft {
    #[default]
    Keep,
    Enter,
    Remove,
}

/// What is typed for one provider.
#[derive(Debug, Clone, Default)]
struct Typed {
    endpoint: String,
    key: String,
    key_draft: KeyDraft,
    fast: String,
    standard: String,
    window: String,
}

impl Typed {
    /// As it is stored, as far as it is stored for this provider.
    fn stored(saved: &Connection, provider: &str) -> Self {
        if saved.provider.map(Vendor::as_str).unwrap_or_default() != provider {
            return Self::default();
        }
        Self {
            endpoint: saved.endpoint.clone().unwrap_or_default(),
            fast: saved.model_fast.clone().unwrap_or_default(),
            standard: saved.model_standard.clone().unwrap_or_default(),
            window: saved.context_window.map(grouped).unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// One connection.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionDraft {
    /// `primary` or `fallback`, as it stands in errors.
    pub slot: &'static str,
    /// The provider's word; empty: none of its own.
    pub provider: RwSignal<String>,
    pub endpoint: RwSignal<String>,
    pub key: RwSignal<String>,
    pub key_draft: RwSignal<KeyDraft>,
    pub fast: RwSignal<String>,
    pub standard: RwSignal<String>,
    /// Tokens.
    pub window: RwSignal<String>,
    pub saved: RwSignal<Connection>,
    /// What is typed for the providers that are not chosen now. It is sent to none.
    others: StoredValue<Vec<(String, Typed)>>,
}

/// All of the page.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    pub primary: ConnectionDraft,
    pub fallback: ConnectionDraft,
    pub month: RwSignal<String>,
    pub session: RwSignal<String>,
    pub names: RwSignal<bool>,
    pub emails: RwSignal<bool>,
    pub ip_addresses: RwSignal<bool>,
    pub host_names: RwSignal<bool>,
    pub mcp: RwSignal<bool>,
    pub saved: RwSignal<AiSettingsView>,
    pub error: RwSignal<Option<AppError>>,
}

/// An empty field is none.
fn given(text: String) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A count as people write it: in groups of three digits or not.
fn read_count(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | '.' | '’' | '_') && !c.is_whitespace()).collect();
    digits.parse().ok()
}

/// An address that is only a host is the same with and without the slash at its end.
fn host_bare(address: &str) -> &str {
    let bare = address.trim_end_matches('/');
    let is_host = bare.split_once("://").is_some_and(|(_, rest)| !rest.contains('/'));
    if is_host { bare } else { address }
}

/// A count in groups of three digits.
pub fn grouped(count: i64) -> String {
    usage::grouped(count.unsigned_abs())
}

impl ConnectionDraft {
    fn new(slot: &'static str) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            slot,
            provider: text(),
            endpoint: text(),
            key: text(),
            key_draft: RwSignal::new(KeyDraft::Keep),
            fast: text(),
            standard: text(),
            window: text(),
            saved: RwSignal::new(Connection::default()),
            others: StoredValue::new(Vec::new()),
        }
    }

    fn take(self, saved: Connection) {
        let provider = saved.provider.map(Vendor::as_str).unwrap_or_default().to_owned();
        self.others.set_value(Vec::new());
        self.fill(Typed::stored(&saved, &provider));
        self.provider.set(provider);
        self.saved.set(saved);
    }

    fn fill(self, typed: Typed) {
        self.endpoint.set(typed.endpoint);
        self.key.set(typed.key);
        self.key_draft.set(typed.key_draft);
        self.fast.set(typed.fast);
        self.standard.set(typed.standard);
        self.window.set(typed.window);
    }

    /// Goes to another provider. Endpoint, key and models of one mean nothing to another, and a key must not go where it does not
    /// belong: what is typed stays with its provider and comes back with it.
    pub fn choose(self, provider: String) {
        let before = self.provider.get_untracked();
        if before == provider {
            return;
        }
        let left = Typed {
            endpoint: self.endpoint.get_untracked(),
            key: self.key.get_untracked(),
            key_draft: self.key_draft.get_untracked(),
            fast: self.fast.get_untracked(),
            standard: self.standard.get_untracked(),
            window: self.window.get_untracked(),
        };
        let mut back = None;
        self.others.update_value(|others| {
            others.retain(|(of, _)| *of != before);
            others.push((before, left));
            back = others.iter().find(|(of, _)| *of == provider).map(|(_, typed)| typed.clone());
        });
        self.fill(back.unwrap_or_else(|| self.saved.with_untracked(|saved| Typed::stored(saved, &provider))));
        self.provider.set(provider);
    }

    /// The provider that is chosen here.
    pub fn vendor(self) -> Option<Vendor> {
        self.provider.with(|word| Vendor::ALL.into_iter().find(|vendor| vendor.as_str() == word))
    }

    /// Whether there is a key that could be kept: it belongs to the provider it was stored for.
    pub fn has_key(self) -> bool {
        let vendor = self.vendor();
        self.saved.with(|saved| saved.has_key && saved.provider == vendor)
    }

    /// A key of the account's own would be used.
    fn brings_key(self) -> bool {
        let typed = self.key.with(|key| !key.trim().is_empty());
        match (self.has_key(), self.key_draft.get()) {
            (true, KeyDraft::Remove) => false,
            (has_key, _) => has_key || typed,
        }
    }

    /// What is used of these, where nothing else is typed; the same as the gateway's rules.
    fn uses(self, offers: &[Offer]) -> Option<Offer> {
        let vendor = self.vendor()?;
        let offer = offers.iter().find(|offer| offer.provider == vendor)?;
        let endpoint = given(self.endpoint.get());
        let all_theirs = endpoint.is_none() && !self.brings_key();
        let same = endpoint.as_deref().map(host_bare) == offer.endpoint.as_deref().map(host_bare);
        (all_theirs || same).then(|| offer.clone())
    }

    /// The model that is called where none is named; empty where one has to be.
    pub fn usual_model(self, offer: Option<&Offer>, tier: Tier) -> String {
        let vendor = self.vendor().unwrap_or(Vendor::Openai);
        let other = match tier {
            Tier::Fast => self.standard,
            Tier::Standard => self.fast,
        };
        match (offer, given(self.endpoint.get())) {
            (Some(offer), _) => offer.model(tier).to_owned(),
            (None, None) => vendor.model(tier).to_owned(),
            // A server of one's own serves what it serves.
            (None, Some(_)) => match (given(other.get()), vendor) {
                (Some(model), _) => model,
                (None, Vendor::Openai) => String::new(),
                (None, vendor) => vendor.model(tier).to_owned(),
            },
        }
    }

    /// How much is sent to the models where nothing is said.
    pub fn known_window(self, offer: Option<&Offer>) -> Option<i64> {
        let vendor = self.vendor()?;
        let endpoint = given(self.endpoint.get());
        let elsewhere = endpoint.is_some_and(|endpoint| Some(endpoint.trim_end_matches('/')) != vendor.home());
        offer.map_or_else(|| vendor.window(elsewhere), |offer| offer.context_window)
    }

    fn change(self, errors: &mut Vec<FieldError>) -> ConnectionChange {
        let provider = Some(given(self.provider.get_untracked()));
        if !untrack(|| self.vendor()).is_some_and(|vendor| vendor != Vendor::Builtin) {
            return ConnectionChange { provider, ..ConnectionChange::default() };
        }
        let has_key = untrack(|| self.has_key());
        let key = match (self.key_draft.get_untracked(), given(self.key.get_untracked())) {
            (KeyDraft::Remove, _) if has_key => Some(None),
            (KeyDraft::Keep | KeyDraft::Enter, None) | (KeyDraft::Keep, Some(_)) if has_key => None,
            (_, typed) => Some(typed.map(WriteOnly)),
        };
        let window = given(self.window.get_untracked()).and_then(|text| {
            let read = read_count(&text);
            if read.is_none() {
                let message = "Write a number of tokens, such as 32,000; leave it empty for what is known.".to_owned();
                errors.push(FieldError { field: format!("{}.context_window", self.slot), message });
            }
            read
        });
        ConnectionChange {
            provider,
            endpoint: Some(given(self.endpoint.get_untracked())),
            key,
            model_fast: Some(given(self.fast.get_untracked())),
            model_standard: Some(given(self.standard.get_untracked())),
            context_window: Some(window),
        }
    }
}

impl Draft {
    pub fn of(saved: AiSettingsView) -> Self {
        let draft = Self {
            primary: ConnectionDraft::new("primary"),
            fallback: ConnectionDraft::new("fallback"),
            month: RwSignal::new(String::new()),
            session: RwSignal::new(String::new()),
            names: RwSignal::new(false),
            emails: RwSignal::new(false),
            ip_addresses: RwSignal::new(false),
            host_names: RwSignal::new(false),
            mcp: RwSignal::new(false),
            saved: RwSignal::new(AiSettingsView::default()),
            error: RwSignal::new(None),
        };
        draft.take(saved);
        draft
    }

    /// Goes on from what is stored now.
    pub fn take(self, saved: AiSettingsView) {
        self.primary.take(saved.primary.clone());
        self.fallback.take(saved.fallback.clone());
        self.month.set(saved.month_budget.map(plain_dollars).unwrap_or_default());
        self.session.set(saved.session_budget.map(plain_dollars).unwrap_or_default());
        self.names.set(saved.mask.names);
        self.emails.set(saved.mask.emails);
        self.ip_addresses.set(saved.mask.ip_addresses);
        self.host_names.set(saved.mask.host_names);
        self.mcp.set(saved.mcp);
        self.saved.set(saved);
    }

    /// What a connection uses of what the server has, as it stands now.
    pub fn offer(self, connection: ConnectionDraft) -> Option<Offer> {
        self.saved.with(|saved| connection.uses(&saved.server.offers))
    }

    /// What is wrong with a field.
    pub fn error_of(self, field: String) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(|error| field_error(error.as_ref(), &field)))
    }

    pub fn change(self) -> Result<AiSettingsChange, AppError> {
        let mut errors = Vec::new();
        let mut budget = |field: &str, text: RwSignal<String>| {
            let text = given(text.get_untracked())?;
            let read = read_dollars(&text);
            if read.is_none() {
                let message = "Write an amount in dollars, such as 50 or 0.25; leave it empty for no limit.".to_owned();
                errors.push(FieldError { field: field.to_owned(), message });
            }
            read
        };
        let (month, session) = (budget("month_budget", self.month), budget("session_budget", self.session));
        let (primary, fallback) = (self.primary.change(&mut errors), self.fallback.change(&mut errors));
        if !errors.is_empty() {
            return Err(AppError::Invalid { errors });
        }
        Ok(AiSettingsChange {
            primary,
            fallback,
            month_budget: Some(month),
            session_budget: Some(session),
            mcp: Some(self.mcp.get_untracked()),
            mask: MaskedChange {
                names: Some(self.names.get_untracked()),
                emails: Some(self.emails.get_untracked()),
                ip_addresses: Some(self.ip_addresses.get_untracked()),
                host_names: Some(self.host_names.get_untracked()),
            },
        })
    }
}

#[cfg(test)]
mod tests;
