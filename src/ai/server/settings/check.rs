//! A change put onto what is stored, and everything that can be wrong with the two together. All that is wrong is said at once.

use secrecy::SecretString;
use url::Url;

use super::{Operator, Slot, store::Row};
use crate::{
    ai::{
        server::{choice::WINDOWS, endpoint},
        types::{
            Vendor,
            settings::{AiSettingsChange, ConnectionChange, WriteOnly},
        },
    },
    error::{AppError, FieldError},
};

/// A million dollars: more is a slip of the finger.
const MAX_BUDGET: i64 = 1_000_000_000_000;
const MAX_KEY: usize = 2_000;
const MAX_ENDPOINT: usize = 500;
const MAX_MODEL: usize = 200;
/// How much of a key is shown, and how long it must be for that to tell little of it.
const SHOWN: usize = 4;
const LONG_ENOUGH: usize = 16;

/// A connection as it is stored or will be.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub vendor: Option<Vendor>,
    pub endpoint: Option<Url>,
    pub key: Key,
    pub fast: Option<String>,
    pub standard: Option<String>,
    /// Tokens.
    pub window: Option<i64>,
}

#[derive(Debug, Clone, Default)]
pub enum Key {
    #[default]
    None,
    Stored {
        sealed: Vec<u8>,
        ends_in: Option<String>,
    },
    New(SecretString),
}

/// The last characters of a key, where it is long enough to show any.
pub fn ends_in(key: &str) -> Option<String> {
    let length = key.chars().count();
    (length >= LONG_ENOUGH).then(|| key.chars().skip(length - SHOWN).collect())
}

/// What is stored with the change made.
pub fn merge(operator: &Operator, stored: Row, change: &AiSettingsChange) -> Result<Row, AppError> {
    let mut errors = Vec::new();
    let row = Row {
        primary: Checking { operator, slot: Slot::Primary, errors: &mut errors }.merge(stored.primary, &change.primary),
        fallback: Checking { operator, slot: Slot::Fallback, errors: &mut errors }
            .merge(stored.fallback, &change.fallback),
        month_budget: budget("month_budget", stored.month_budget, change.month_budget, &mut errors),
        session_budget: budget("session_budget", stored.session_budget, change.session_budget, &mut errors),
        mcp: change.mcp.unwrap_or(stored.mcp),
        mask: crate::ai::types::settings::Masked {
            names: change.mask.names.unwrap_or(stored.mask.names),
            emails: change.mask.emails.unwrap_or(stored.mask.emails),
            ip_addresses: change.mask.ip_addresses.unwrap_or(stored.mask.ip_addresses),
            host_names: change.mask.host_names.unwrap_or(stored.mask.host_names),
        },
        ..stored
    };
    if errors.is_empty() { Ok(row) } else { Err(AppError::Invalid { errors }) }
}

fn budget(field: &str, stored: Option<i64>, change: Option<Option<i64>>, errors: &mut Vec<FieldError>) -> Option<i64> {
    let wanted = change.unwrap_or(stored);
    if wanted.is_some_and(|budget| !(0..=MAX_BUDGET).contains(&budget)) {
        let message = "A budget is between $0 and $1,000,000; leave it empty for no limit.".to_owned();
        errors.push(FieldError { field: field.to_owned(), message });
    }
    wanted
}

struct Checking<'a> {
    operator: &'a Operator,
    slot: Slot,
    errors: &'a mut Vec<FieldError>,
}

impl Checking<'_> {
    fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: format!("{}.{field}", self.slot.name()), message: message.into() });
    }

    fn merge(&mut self, stored: Wanted, change: &ConnectionChange) -> Wanted {
        let vendor = match &change.provider {
            None => stored.vendor,
            Some(None) => None,
            Some(Some(word)) => self.vendor(word),
        };
        let Some(vendor) = vendor.filter(|vendor| *vendor != Vendor::Builtin) else {
            if !self.errors.iter().any(|error| error.field == format!("{}.provider", self.slot.name())) {
                self.nothing_else(change);
            }
            return Wanted { vendor, ..Wanted::default() };
        };
        // Models and endpoint of one vendor mean nothing to another.
        let moved = stored.vendor != Some(vendor);
        let kept = if moved { Wanted { key: stored.key.clone(), ..Wanted::default() } } else { stored.clone() };
        let endpoint = match &change.endpoint {
            None => kept.endpoint,
            Some(None) => None,
            Some(Some(text)) => self.endpoint(vendor, text),
        };
        let wanted = Wanted {
            vendor: Some(vendor),
            key: self.key(&stored, vendor, endpoint.as_ref(), change.key.as_ref()),
            fast: self.model("model_fast", kept.fast, change.model_fast.as_ref()),
            standard: self.model("model_standard", kept.standard, change.model_standard.as_ref()),
            window: self.window(kept.window, change.context_window),
            endpoint,
        };
        self.complete(vendor, &wanted);
        wanted
    }

    fn vendor(&mut self, word: &str) -> Option<Vendor> {
        let found = Vendor::ALL.into_iter().find(|vendor| vendor.as_str() == word);
        if found.is_none() {
            let known = Vendor::ALL.map(Vendor::as_str).join(", ");
            self.wrong("provider", format!("There is no such provider. These are known: {known}."));
        }
        found
    }

    /// Without a vendor there is nothing that the rest could be of.
    fn nothing_else(&mut self, change: &ConnectionChange) {
        let said = [
            ("endpoint", matches!(change.endpoint, Some(Some(_)))),
            ("key", matches!(change.key, Some(Some(_)))),
            ("model_fast", matches!(change.model_fast, Some(Some(_)))),
            ("model_standard", matches!(change.model_standard, Some(Some(_)))),
            ("context_window", matches!(change.context_window, Some(Some(_)))),
        ];
        for (field, _) in said.into_iter().filter(|(_, said)| *said) {
            self.wrong(field, "Choose a provider that takes one first.");
        }
    }

    fn endpoint(&mut self, vendor: Vendor, text: &str) -> Option<Url> {
        if text.len() > MAX_ENDPOINT {
            self.wrong("endpoint", "This address is too long.");
            return None;
        }
        // The operator's own endpoint is as good when an account names it.
        let operators = self.operator.of(vendor).and_then(|choice| choice.endpoint.clone());
        if operators.is_some() && Url::parse(text.trim()).ok() == operators {
            return operators;
        }
        match endpoint::of_account(vendor, text) {
            Ok(url) => Some(url),
            Err(message) => {
                self.wrong("endpoint", message);
                None
            }
        }
    }

    fn key(
        &mut self,
        stored: &Wanted,
        vendor: Vendor,
        endpoint: Option<&Url>,
        change: Option<&Option<WriteOnly>>,
    ) -> Key {
        match change {
            Some(None) => Key::None,
            Some(Some(key)) => {
                let key = key.0.trim();
                if key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                    self.wrong("key", "This is no key: it is empty, too long, or has characters that no key has.");
                }
                Key::New(key.to_owned().into())
            }
            None => {
                // A key that could be sent elsewhere could be read there by whoever may change settings.
                let place = |vendor, endpoint: Option<&Url>| (Some(vendor), endpoint.map(Url::origin));
                let before = (stored.vendor, stored.endpoint.as_ref().map(Url::origin));
                if matches!(stored.key, Key::Stored { .. }) && place(vendor, endpoint) != before {
                    self.wrong(
                        "key",
                        "The stored key belongs to the former provider and endpoint. Enter the key for the new one, or remove it.",
                    );
                }
                stored.key.clone()
            }
        }
    }

    fn model(&mut self, field: &str, stored: Option<String>, change: Option<&Option<String>>) -> Option<String> {
        let name = match change {
            None => return stored,
            Some(None) => return None,
            Some(Some(name)) => name.trim(),
        };
        if name.is_empty() || name.len() > MAX_MODEL || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
            self.wrong(field, "This is no name of a model. Write it as the provider does, without spaces.");
        }
        Some(name.to_owned())
    }

    fn window(&mut self, stored: Option<i64>, change: Option<Option<i64>>) -> Option<i64> {
        let wanted = change.unwrap_or(stored);
        if wanted.is_some_and(|window| !WINDOWS.contains(&window)) {
            self.wrong(
                "context_window",
                "A context window is between 1,000 and 2,000,000 tokens; leave it empty for what is known of the provider.",
            );
        }
        wanted
    }

    /// What is missing for a call.
    fn complete(&mut self, vendor: Vendor, wanted: &Wanted) {
        let operator = self.operator.of(vendor);
        let offered = operator.is_some_and(|theirs| wanted.endpoint.is_none() || wanted.endpoint == theirs.endpoint);
        let own_server = vendor == Vendor::Openai && wanted.endpoint.is_some();
        if matches!(wanted.key, Key::None) && !offered && !own_server {
            self.wrong("key", format!("{} needs a key.", vendor.label()));
        }
        if own_server && !offered && wanted.fast.is_none() && wanted.standard.is_none() {
            self.wrong("model_standard", "Name the model that this endpoint serves.");
        }
    }
}
