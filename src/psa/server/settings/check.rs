//! A change put onto the connection that is stored, and everything that can be wrong with the two together, said at once.

use secrecy::SecretString;
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    error::{AppError, FieldError},
    psa::types::{Levels, LevelsChange, PsaChange},
    server::http_client::is_local,
    wire::WriteOnly,
};

const MAX_SITE: usize = 300;
const MAX_COMPANY: usize = 100;
const MAX_KEY: usize = 500;
/// How much of a key is shown, and how long it must be for that to tell little of it.
const SHOWN: usize = 4;
const LONG_ENOUGH: usize = 12;

/// A connection as it is stored or will be.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub site: Url,
    pub company: String,
    pub public_key: String,
    pub secrets: Secrets,
    pub levels: Levels,
    /// Another site or company: what was chosen for the former one means nothing here.
    pub moved: bool,
}

impl Wanted {
    /// Which tenant it is: the same for the same site and company, whatever the keys.
    pub fn connection(&self) -> String {
        let tenant = format!("{}|{}", self.site.origin().ascii_serialization(), self.company.to_ascii_lowercase());
        Sha256::digest(tenant).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[derive(Debug, Clone)]
pub enum Secrets {
    Stored { sealed: Vec<u8>, ends_in: Option<String> },
    New { private_key: Given, client_id: Given },
}

/// One of the two secrets, new or as it is.
#[derive(Debug, Clone)]
pub enum Given {
    Kept,
    New(SecretString),
}

/// The last characters of a key, where it is long enough to show any.
pub fn ends_in(key: &str) -> Option<String> {
    let length = key.chars().count();
    (length >= LONG_ENOUGH).then(|| key.chars().skip(length - SHOWN).collect())
}

/// What is stored with the change made. `local`: sites in the server's own network are fine.
pub fn merge(stored: Option<Wanted>, change: &PsaChange, local: bool) -> Result<Wanted, AppError> {
    let mut checking = Checking { errors: Vec::new() };
    let wanted = checking.merge(stored, change, local);
    match wanted.filter(|_| checking.errors.is_empty()) {
        Some(wanted) => Ok(wanted),
        None => Err(AppError::Invalid { errors: checking.errors }),
    }
}

/// Where FlowPilot can be called from outside, or what is wrong with it.
pub fn origin(text: &str, local: bool) -> Result<Url, AppError> {
    address(text, local, &OWN).map_err(|message| AppError::invalid("webhooks", message))
}

struct Checking {
    errors: Vec<FieldError>,
}

impl Checking {
    fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    fn merge(&mut self, stored: Option<Wanted>, change: &PsaChange, local: bool) -> Option<Wanted> {
        if let Some(other) = change.provider.as_deref().filter(|provider| *provider != "connectwise") {
            self.wrong("provider", format!("FlowPilot knows no ticket system “{other}”. This is known: connectwise."));
        }
        let site = match &change.site {
            Some(text) => address(text, local, &SITE).map_err(|message| self.wrong("site", message)).ok(),
            None => stored.as_ref().map(|stored| stored.site.clone()),
        };
        let company = self.word("company", change.company.as_deref(), stored.as_ref().map(|s| &s.company), MAX_COMPANY);
        let public_key =
            self.word("public_key", change.public_key.as_deref(), stored.as_ref().map(|s| &s.public_key), MAX_KEY);
        let (private_key, client_id) =
            (self.key("private_key", change.private_key.as_ref()), self.key("client_id", change.client_id.as_ref()));
        if site.is_none() && change.site.is_none() {
            self.wrong("site", "Say where people open the ticket system in a browser.");
        }
        let moved = match (&stored, &site, &company) {
            (Some(stored), Some(site), Some(company)) => {
                stored.site.origin() != site.origin() || !stored.company.eq_ignore_ascii_case(company)
            }
            _ => false,
        };
        self.belonging(stored.as_ref(), public_key.as_deref(), moved, private_key.is_some(), client_id.is_some());
        let secrets = match (private_key, client_id) {
            (None, None) => stored.as_ref().map(|stored| stored.secrets.clone()),
            (private_key, client_id) => Some(Secrets::New {
                private_key: private_key.map_or(Given::Kept, Given::New),
                client_id: client_id.map_or(Given::Kept, Given::New),
            }),
        };
        let levels = levels(stored.as_ref().map(|stored| stored.levels).unwrap_or_default(), change.levels);
        Some(Wanted { site: site?, company: company?, public_key: public_key?, secrets: secrets?, levels, moved })
    }

    /// Keys that could be sent elsewhere could be read there by whoever may change settings.
    fn belonging(
        &mut self,
        stored: Option<&Wanted>,
        public_key: Option<&str>,
        moved: bool,
        private: bool,
        client: bool,
    ) {
        let of_former = "belongs to the former site and company. Enter it again.";
        match stored {
            None => {
                if !private {
                    self.wrong("private_key", "Enter the private key of the API member.");
                }
                if !client {
                    self.wrong("client_id", "Enter the client id of the integration; without one nothing is answered.");
                }
            }
            Some(stored) => {
                if moved && !private {
                    self.wrong("private_key", format!("The stored private key {of_former}"));
                } else if public_key.is_some_and(|key| key != stored.public_key) && !private {
                    self.wrong(
                        "private_key",
                        "The stored private key belongs to the former public key. Enter the new one.",
                    );
                }
                if moved && !client {
                    self.wrong("client_id", format!("The stored client id {of_former}"));
                }
            }
        }
    }

    /// A word that becomes part of the sign-in, where `+` and `:` have a meaning of their own.
    fn word(&mut self, field: &str, given: Option<&str>, stored: Option<&String>, longest: usize) -> Option<String> {
        let Some(word) = given.map(str::trim) else {
            if stored.is_none() {
                let what =
                    if field == "company" { "the company id that people sign in with" } else { "the public key" };
                self.wrong(field, format!("Enter {what}."));
            }
            return stored.cloned();
        };
        if word.is_empty()
            || word.len() > longest
            || !word.bytes().all(|b| b.is_ascii_graphic() && b != b'+' && b != b':')
        {
            self.wrong(field, "This is empty, too long, or has characters that cannot be part of a sign-in.");
            return None;
        }
        Some(word.to_owned())
    }

    fn key(&mut self, field: &str, given: Option<&WriteOnly>) -> Option<SecretString> {
        let key = given?.0.trim();
        if key.is_empty() {
            self.wrong(field, format!("Enter the {}.", field.replace('_', " ")));
        } else if key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.wrong(field, "This is no key: it is too long, or has characters that no key has.");
        }
        Some(key.to_owned().into())
    }
}

fn levels(stored: Levels, change: LevelsChange) -> Levels {
    Levels {
        tickets: change.tickets.unwrap_or(stored.tickets),
        time: change.time.unwrap_or(stored.time),
        companies: change.companies.unwrap_or(stored.companies),
        configurations: change.configurations.unwrap_or(stored.configurations),
    }
}

/// What is said of an address that will not do.
struct Words {
    example: &'static str,
    plain: &'static str,
    inside: &'static str,
    named: &'static str,
}

const SITE: Words = Words {
    example: "It looks like https://na.myconnectwise.net.",
    plain: "Keys are only sent over https.",
    inside: "is in the server's own network, where an account may not send calls. Use the public name of the site.",
    named: "Leave name and password out of the address; the keys have fields of their own.",
};
const OWN: Words = Words {
    example: "FlowPilot's own address, as the ticket system reaches it, looks like https://flowpilot.example.com.",
    plain: "The ticket system calls over https only.",
    inside: "cannot be reached from outside. Use the public name under which FlowPilot is opened.",
    named: "Leave name and password out of FlowPilot's address.",
};

/// The address of a site: its scheme, host and port. A path, as in what was copied from a browser, is left out.
fn address(text: &str, local: bool, words: &Words) -> Result<Url, String> {
    let Words { example, plain, inside, named } = words;
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_SITE {
        return Err(format!("This is not an address. {example}"));
    }
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(&whole).map_err(|_| format!("This is not an address. {example}"))?;
    let host = match (url.scheme(), url.host()) {
        ("https", Some(host)) => host,
        ("http", Some(host)) if local => host,
        ("http", Some(_)) => return Err(format!("{plain} {example}")),
        _ => return Err(format!("This is not an address of a web site. {example}")),
    };
    if !local && is_local(&host) {
        return Err(format!("{host} {inside}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err((*named).to_owned());
    }
    url.set_path("");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}
