//! The settings as they are being typed, and the change that they make.

use leptos::prelude::*;

use crate::{
    ai::types::{
        Vendor,
        settings::{
            AiSettingsChange, AiSettingsView, Connection, ConnectionChange, MaskedChange, WriteOnly, field_error,
        },
        usage::{plain_dollars, read_dollars},
    },
    error::{AppError, FieldError},
};

/// What becomes of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDraft {
    Keep,
    Enter,
    Remove,
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

/// A count in groups of three digits.
pub fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut told = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
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
        }
    }

    fn take(self, saved: Connection) {
        self.provider.set(saved.provider.map(Vendor::as_str).unwrap_or_default().to_owned());
        self.endpoint.set(saved.endpoint.clone().unwrap_or_default());
        self.key.set(String::new());
        self.key_draft.set(KeyDraft::Keep);
        self.fast.set(saved.model_fast.clone().unwrap_or_default());
        self.standard.set(saved.model_standard.clone().unwrap_or_default());
        self.window.set(saved.context_window.map(grouped).unwrap_or_default());
        self.saved.set(saved);
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
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_as_it_is_shown_and_as_people_write_it() {
        for (count, shown) in [(999, "999"), (1_000, "1,000"), (32_000, "32,000"), (2_000_000, "2,000,000")] {
            assert_eq!((grouped(count).as_str(), read_count(shown)), (shown, Some(count)));
        }
        assert_eq!((read_count("32 000"), read_count("32000"), read_count("32k")), (Some(32_000), Some(32_000), None));
    }
}
