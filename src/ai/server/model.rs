//! One vendor's wire format: how a prompt becomes a request, what each event of the answer says, what a failure means.
//!
//! A vendor is one file that implements [`Model`]; it opens no connection and keeps no state. `call.rs` does the talking for all
//! of them, so that time limits, cancelling, limits of size and the check of addresses are the same everywhere.
//!
//! Why wire formats of our own, over `reqwest` and an SSE parser: `genai` 0.7 came closest (marks for the cache by message, usage,
//! headers of failures), but it is bound to Anthropic's version 2023-06-01, and what a failure means would still have to be
//! read out of each vendor's body, as would refusals and errors in mid-stream. `rig-core` 0.46 has an error type and a retry layer
//! of its own and brings a framework for agents that nothing here needs; `async-openai` speaks one vendor, in types stricter than
//! what local servers send. What decides for us (one address guard, limits for silence and size, bytes that are the same from turn
//! to turn, tests at every byte) sits below what these crates offer, and a wire format is about 250 lines. `sse-stream` does the parsing:
//! it is kept, small, and takes any cut of the bytes.

use std::{fmt, time::Duration};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::Url;

use super::{
    AiError,
    fault::Waiting,
    mcp::{Sources, ToolCall},
    prompt::Prompt,
};
use crate::ai::types::{Source, Usage, Vendor};

/// One model at one endpoint.
pub trait Model: Send + Sync + fmt::Debug {
    fn vendor(&self) -> Vendor;

    /// The model's name, as the vendor knows it.
    fn name(&self) -> &str;

    /// How many tokens of prompt it is given at most.
    fn window(&self) -> usize;

    /// Where it is called, and whether the operator vouches for that address.
    fn line(&self) -> &Line;

    /// Whether the vendor connects to documentation servers itself.
    fn connects(&self) -> bool {
        false
    }

    /// The request that asks for a streamed answer to `prompt`.
    fn request(&self, prompt: &Prompt) -> Result<Request, AiError>;

    /// Hears one event of the answer: what it adds to the text; the rest goes into `heard`.
    fn hear(&self, event: &str, heard: &mut Heard) -> Result<Option<String>, AiError>;

    /// What an answer that is no success means.
    fn fault(&self, failure: &Failure) -> AiError;
}

/// How to reach a model.
#[derive(Debug, Clone)]
pub struct Line {
    pub endpoint: String,
    /// What the server must not be heard to quote either.
    pub key: Option<SecretString>,
    pub trusted: bool,
    pub patience: Patience,
}

impl Line {
    /// The endpoint as people may read it: an operator may have written a name and password into it.
    pub fn shown(&self) -> String {
        match url::Url::parse(&self.endpoint) {
            Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
                let _ = url.set_username("");
                let _ = url.set_password(None);
                url.as_str().trim_end_matches('/').to_owned()
            }
            _ => self.endpoint.clone(),
        }
    }
}

/// How long is waited for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub first_byte: Duration,
    pub more_bytes: Duration,
    /// From one piece of text to the next, whatever else is heard.
    pub word: Duration,
}

/// What is sent.
#[derive(Debug)]
pub struct Request {
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Value,
}

/// What has been heard of an answer beside its text.
#[derive(Debug, Default)]
pub struct Heard {
    pub usage: Usage,
    /// What was said up to now is in the usage. Whoever counts the rest takes this away.
    pub counted: bool,
    pub stop: Option<Stop>,
    /// Tools that are to be called, as far as they have been named.
    pub calls: Vec<ToolCall>,
    /// The answer of a vendor that looks things up itself.
    pub course: Course,
    /// Nothing more will come.
    pub over: bool,
    /// What was said before the first call, as it came, where the vendor wants it back unchanged.
    pub before: Vec<Value>,
}

/// An answer in the middle of which the vendor's own connector looks things up. Where the vendor pauses, it wants all of it back
/// before it goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// As the vendor sent them.
    pub blocks: Vec<Value>,
    /// What the last block asks for, in pieces of JSON.
    pub input: String,
    pub sources: Sources,
    /// Text before and after a look-up does not run together.
    pub between: bool,
}

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    Done,
    /// It waits for what these tools say.
    Calls(Vec<ToolCall>),
    /// The vendor wants to be asked again before it goes on.
    Paused,
    Truncated,
    Refused(String),
    /// The prompt was more than it takes.
    WindowFull,
}

/// What a streamed answer yields: text, and at the end how it ended.
#[derive(Debug)]
pub enum Said {
    Text(String),
    /// It goes on once the vendor is asked again and given this back.
    Paused(Box<Course>),
    End {
        stop: Stop,
        sources: Vec<Source>,
    },
}

/// An answer that is no success.
#[derive(Debug)]
pub struct Failure {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Failure {
    /// The body as JSON; some send a list of one, some plain words. A page is for browsers.
    pub fn new(status: u16, headers: HeaderMap, body: &str) -> Self {
        let body = body.trim();
        let nothing = body.is_empty() || body.starts_with('<');
        let body = serde_json::from_str(body).unwrap_or_else(|_| if nothing { Value::Null } else { json!(body) });
        let body = match body {
            Value::Array(mut list) if !list.is_empty() => list.swap_remove(0),
            other => other,
        };
        Self { status, headers, body }
    }

    /// What the vendor says is wrong.
    pub fn message(&self) -> String {
        message(&self.body)
    }

    /// The same, empty where it says nothing.
    pub fn said(&self) -> String {
        said(&self.body).unwrap_or_default()
    }

    /// A field of the error, as text.
    pub fn field(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// How long to wait, as headers say it.
    pub fn retry_after(&self) -> Option<Duration> {
        let header = |name: &str| self.headers.get(name)?.to_str().ok().map(str::trim);
        let number = |name: &str| header(name)?.parse::<f64>().ok();
        if let Some(seconds) = number("retry-after-ms").map(|ms| ms / 1000.0).or_else(|| number("retry-after")) {
            return Duration::try_from_secs_f64(seconds).ok();
        }
        // Or a date, by the server's own clock where it tells the time.
        let date = |name: &str| OffsetDateTime::parse(header(name)?, &Rfc2822).ok();
        let wait = date("retry-after")? - date("date").unwrap_or_else(OffsetDateTime::now_utc);
        Some(wait.try_into().unwrap_or_default())
    }

    /// It is about the model, and not about the path that was called.
    fn is_about(&self, model: &str) -> bool {
        let message = self.said();
        let is_apart = |c: char| c.is_whitespace() || "\"'`“”‘’(),".contains(c);
        let is_named = message.split(is_apart).any(|word| word.trim_end_matches([':', ';']) == model);
        (is_named || says(&message, &["model"])) && !says(&message, &["post /"])
    }

    /// What a status means with every vendor, after what is special to one has been looked for.
    pub fn usual(&self, model: &dyn Model) -> AiError {
        let (vendor, detail) = (model.vendor(), self.message());
        // Some servers call it a fault of theirs.
        if matches!(self.status, 400 | 415 | 422 | 500 | 501) && refuses_images(&detail) {
            return AiError::NoVision { vendor, model: model.name().to_owned() };
        }
        let (said, endpoint) = (|| self.said(), || model.line().shown());
        match self.status {
            // The key is good, but not from here or for this.
            401 if says(&detail, &["ip address", "organization"]) => AiError::NotAllowed { vendor, detail },
            401 => AiError::BadKey { vendor, detail: said() },
            402 => AiError::OutOfCredit { vendor, detail },
            403 => AiError::NotAllowed { vendor, detail },
            404 if self.is_about(model.name()) => {
                AiError::UnknownModel { vendor, model: model.name().to_owned(), detail: said() }
            }
            // An API says so in words; anything else that knows no such page is not the API.
            404 | 405 if !self.body.is_null() => AiError::WrongPath { vendor, endpoint: endpoint(), detail: said() },
            300..=399 | 404 | 405 => AiError::NotAnApi { vendor, endpoint: endpoint() },
            408 | 504 => AiError::TimedOut { vendor, waiting: Waiting::FirstByte },
            413 => AiError::TooLong { vendor },
            429 => AiError::RateLimited { vendor, retry_after: self.retry_after(), detail: said() },
            409 | 500.. => AiError::Overloaded { vendor, retry_after: self.retry_after(), detail: said() },
            _ if says(&detail, &["too long", "context length", "context window", "too many tokens", "token count"]) => {
                AiError::TooLong { vendor }
            }
            _ => AiError::BadRequest { vendor, detail },
        }
    }
}

/// The model sees nothing, in the words of many servers.
fn refuses_images(detail: &str) -> bool {
    let refuses = ["support", "cannot", "invalid content", "expected", "not allowed", "not enabled", "missing data"];
    says(detail, &["multimodal", "mmproj"]) || says(detail, &["image", "vision"]) && says(detail, &refuses)
}

/// The message of an error object, whatever its shape, in a length that fits a sentence.
pub fn message(body: &Value) -> String {
    said(body).unwrap_or_else(|| "no reason given".to_owned())
}

/// The same, where there is one.
pub fn said(body: &Value) -> Option<String> {
    let error = body.get("error").filter(|error| !error.is_null()).unwrap_or(body);
    let detail = &error["detail"];
    let text = [error, &error["message"], detail].into_iter().find_map(Value::as_str).map(ToOwned::to_owned);
    let text = text.or_else(|| Some(detail.as_array()?.iter().map(flaw).collect::<Vec<_>>().join("; ")))?;
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    let plain = plain.trim().trim_end_matches('.');
    (!plain.is_empty()).then(|| plain.to_owned())
}

/// One of several things that are wrong with a request, as FastAPI tells them: where and what.
fn flaw(flaw: &Value) -> String {
    let place = flaw["loc"].as_array().map(Vec::as_slice).unwrap_or_default();
    let place: Vec<String> =
        place.iter().map(|step| step.as_str().map_or_else(|| step.to_string(), ToOwned::to_owned)).collect();
    let what = flaw["msg"].as_str().unwrap_or_default();
    if place.is_empty() { what.to_owned() } else { format!("{}: {what}", place.join(".")) }
}

/// Whether a message holds one of the words.
pub fn says(message: &str, words: &[&str]) -> bool {
    let message = message.to_lowercase();
    words.iter().any(|word| message.contains(word))
}

/// A number of an answer, if it is there.
pub fn number(value: &Value, pointer: &str) -> Option<u64> {
    value.pointer(pointer).and_then(Value::as_u64)
}

/// An event as JSON.
pub fn event(vendor: Vendor, data: &str) -> Result<Value, AiError> {
    serde_json::from_str(data)
        .map_err(|_| AiError::Broke { vendor, detail: "a part of its answer is not JSON".to_owned() })
}

/// An address below the endpoint.
pub fn address(vendor: Vendor, endpoint: &str, path: &str) -> Result<Url, AiError> {
    Url::parse(&format!("{}{path}", endpoint.trim_end_matches('/')))
        .map_err(|_| AiError::NotAnApi { vendor, endpoint: endpoint.to_owned() })
}

/// Headers of a request, the key among them; it is marked so that it is never printed.
pub fn headers(
    vendor: Vendor,
    key: Option<&SecretString>,
    name: &'static str,
    before: &str,
) -> Result<HeaderMap, AiError> {
    let mut headers = HeaderMap::new();
    if let Some(key) = key {
        let mut value = HeaderValue::from_str(&format!("{before}{}", key.expose_secret().trim()))
            .map_err(|_| AiError::BadKey { vendor, detail: String::new() })?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}
