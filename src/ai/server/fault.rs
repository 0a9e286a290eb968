//! What can go wrong between FlowPilot and a model: typed, with the cause and the setting to change in words for a person.

use std::time::Duration;

use crate::{
    ai::types::Vendor,
    error::{AppError, Upstream},
};

/// What was waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    Connection,
    FirstByte,
    MoreBytes,
}

impl Waiting {
    const fn words(self) -> &'static str {
        match self {
            Self::Connection => "could not be connected to in time",
            Self::FirstByte => "did not begin to answer in time",
            Self::MoreBytes => "fell silent in the middle of its answer",
        }
    }
}

/// Why a model gave no (usable) answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AiError {
    #[error(
        "The AI provider cannot be reached: {0}. Try again; if it stays so, check the endpoint in the AI settings."
    )]
    Unavailable(String),
    #[error("{} cannot be reached at {endpoint}: {detail}. Try again; if it stays so, check the endpoint in the AI settings ({}_BASE_URL).", vendor.spoken(), vendor.prefix())]
    Unreachable { vendor: Vendor, endpoint: String, detail: String },
    #[error("The AI provider's answer could not be used: {0}. Try again.")]
    Unusable(String),
    #[error("{} takes no more calls for now{}. Try again later, or raise the limit of the key's plan.{}", vendor.spoken(), after(*retry_after), told(detail))]
    RateLimited { vendor: Vendor, retry_after: Option<Duration>, detail: String },
    #[error("{} refuses calls because a spending limit is reached or the credit is used up ({detail}). Raise it with the vendor, or choose another provider in the AI settings.", vendor.spoken())]
    OutOfCredit { vendor: Vendor, detail: String },
    #[error("{} is overloaded or has a fault of its own. Try again in a moment.{}", vendor.spoken(), told(detail))]
    Overloaded { vendor: Vendor, retry_after: Option<Duration>, detail: String },
    #[error("{} {}. Try again; if it stays so, check the endpoint in the AI settings ({}_BASE_URL).", vendor.spoken(), waiting.words(), vendor.prefix())]
    TimedOut { vendor: Vendor, waiting: Waiting },
    #[error("The connection to {} broke in the middle of its answer. Try again.", vendor.within())]
    Dropped { vendor: Vendor },
    #[error("{} ended its answer with an error: {detail}. Try again.", vendor.spoken())]
    Broke { vendor: Vendor, detail: String },
    #[error("The answer of {} was longer than it may be and broke off. Ask for less at once, or choose another model in the AI settings.", vendor.within())]
    Truncated { vendor: Vendor },
    #[error("{} refused to answer ({detail}). Say it in other words, or choose another model in the AI settings.", vendor.spoken())]
    Refused { vendor: Vendor, detail: String },
    #[error("{} gave an empty answer. Try again, or choose another model in the AI settings.", vendor.spoken())]
    Empty { vendor: Vendor },
    #[error("{} did not answer in the form it was asked for ({detail}). Try again, or choose a more capable model in the AI settings.", vendor.spoken())]
    InvalidJson { vendor: Vendor, detail: String },
    #[error("{} does not accept the API key. Set a valid one in the AI settings ({}_API_KEY).{}", vendor.spoken(), vendor.prefix(), told(detail))]
    BadKey { vendor: Vendor, detail: String },
    #[error("The API key may not do this at {}: {detail}. Use another key or model in the AI settings ({}_API_KEY).", vendor.within(), vendor.prefix())]
    NotAllowed { vendor: Vendor, detail: String },
    #[error("{} knows no model “{model}”. Correct the model's name in the AI settings ({}_MODEL_FAST, {}_MODEL_STANDARD).{}", vendor.spoken(), vendor.prefix(), vendor.prefix(), told(detail))]
    UnknownModel { vendor: Vendor, model: String, detail: String },
    #[error("There is an API at {endpoint}, but it knows no such path. Correct the endpoint in the AI settings ({}_BASE_URL): {}.{}", vendor.prefix(), usual_end(*vendor), told(detail))]
    WrongPath { vendor: Vendor, endpoint: String, detail: String },
    #[error("What answers at {endpoint} is not the API but a web page or something else. Correct the endpoint in the AI settings ({}_BASE_URL).", vendor.prefix())]
    NotAnApi { vendor: Vendor, endpoint: String },
    #[error("No secure connection to {endpoint} is possible: {detail}. Correct the endpoint in the AI settings ({}_BASE_URL), give it a certificate of a known authority, or let the operator add its own to those that this server trusts.", vendor.prefix())]
    Tls { vendor: Vendor, endpoint: String, detail: String },
    #[error("The endpoint {host} is on a private address, which an account may not call. Use a public endpoint in the AI settings; the operator can allow it by setting {}_BASE_URL.", vendor.prefix())]
    PrivateAddress { vendor: Vendor, host: String },
    #[error("This is more text than the model of {} is given at once. Shorten the message, or choose a model with a larger window; if this one takes in more, write it at “Context window (tokens)” in the AI settings ({}_CONTEXT_WINDOW).", vendor.within(), vendor.prefix())]
    TooLong { vendor: Vendor },
    #[error("The model “{model}” of {} cannot see images. Send the message without, or choose a model with vision in the AI settings.", vendor.within())]
    NoVision { vendor: Vendor, model: String },
    #[error("{} does not accept the request: {detail}. Check model and endpoint in the AI settings.", vendor.spoken())]
    BadRequest { vendor: Vendor, detail: String },
    #[error("Microsoft's documentation cannot be reached: {0}. Try again, or switch it off in the AI settings.")]
    NoDocumentation(String),
    #[error("{first} The fallback did not help: {fallback}")]
    Both { first: Box<AiError>, fallback: Box<AiError> },
}

fn after(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(" (for {} s)", wait.as_secs().max(1)))
}

/// The vendor's own words, where it found some.
fn told(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(" It said: “{detail}”.") }
}

/// Where the path of a call is joined on.
const fn usual_end(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Openai | Vendor::Builtin => "it usually ends in /v1",
        Vendor::Gemini => "it usually ends in /v1beta",
        Vendor::Anthropic => "it is what stands before /v1/messages",
    }
}

/// Whether asking the same again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    No,
    /// Chance had a part in it; twice is no chance.
    Once,
    Yes,
}

impl AiError {
    /// The machine-readable word for it, for records and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) | Self::Unreachable { .. } => "unavailable",
            Self::Unusable(_) => "unusable",
            Self::RateLimited { .. } => "rate_limited",
            Self::OutOfCredit { .. } => "out_of_credit",
            Self::Overloaded { .. } => "overloaded",
            Self::TimedOut { .. } => "timed_out",
            Self::Dropped { .. } => "dropped",
            Self::Broke { .. } => "error_event",
            Self::Truncated { .. } => "truncated",
            Self::Refused { .. } => "refused",
            Self::Empty { .. } => "empty",
            Self::InvalidJson { .. } => "invalid_json",
            Self::BadKey { .. } => "bad_key",
            Self::NotAllowed { .. } => "not_allowed",
            Self::UnknownModel { .. } => "unknown_model",
            Self::WrongPath { .. } => "wrong_path",
            Self::NotAnApi { .. } => "not_an_api",
            Self::Tls { .. } => "tls",
            Self::PrivateAddress { .. } => "private_address",
            Self::TooLong { .. } => "too_long",
            Self::NoVision { .. } => "no_vision",
            Self::BadRequest { .. } => "bad_request",
            Self::NoDocumentation(_) => "no_documentation",
            Self::Both { fallback, .. } => fallback.code(),
        }
    }

    /// Whether asking the same again may help.
    pub const fn repeat(&self) -> Repeat {
        match self {
            Self::Unavailable(_)
            | Self::Unreachable { .. }
            | Self::RateLimited { .. }
            | Self::Overloaded { .. }
            | Self::Dropped { .. }
            | Self::Broke { .. } => Repeat::Yes,
            Self::TimedOut { .. } | Self::Truncated { .. } | Self::Empty { .. } | Self::InvalidJson { .. } => {
                Repeat::Once
            }
            Self::Unusable(_)
            | Self::OutOfCredit { .. }
            | Self::Refused { .. }
            | Self::BadKey { .. }
            | Self::NotAllowed { .. }
            | Self::UnknownModel { .. }
            | Self::WrongPath { .. }
            | Self::NotAnApi { .. }
            | Self::Tls { .. }
            | Self::PrivateAddress { .. }
            | Self::TooLong { .. }
            | Self::NoVision { .. }
            | Self::BadRequest { .. }
            | Self::NoDocumentation(_)
            | Self::Both { .. } => Repeat::No,
        }
    }

    /// With what a server said put in other words.
    #[must_use]
    pub fn with_details(mut self, change: &impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::Unavailable(detail)
            | Self::Unusable(detail)
            | Self::NoDocumentation(detail)
            | Self::Unreachable { detail, .. }
            | Self::OutOfCredit { detail, .. }
            | Self::Broke { detail, .. }
            | Self::Refused { detail, .. }
            | Self::InvalidJson { detail, .. }
            | Self::NotAllowed { detail, .. }
            | Self::RateLimited { detail, .. }
            | Self::Overloaded { detail, .. }
            | Self::BadKey { detail, .. }
            | Self::UnknownModel { detail, .. }
            | Self::WrongPath { detail, .. }
            | Self::Tls { detail, .. }
            | Self::BadRequest { detail, .. } => *detail = change(detail),
            Self::Both { first, fallback } => {
                for error in [first, fallback] {
                    **error = error.as_ref().clone().with_details(change);
                }
            }
            Self::TimedOut { .. }
            | Self::Dropped { .. }
            | Self::Truncated { .. }
            | Self::Empty { .. }
            | Self::NotAnApi { .. }
            | Self::PrivateAddress { .. }
            | Self::TooLong { .. }
            | Self::NoVision { .. } => {}
        }
        self
    }

    /// How long the vendor asks to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Overloaded { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// With how long the vendor asks to wait, where it says so.
    #[must_use]
    pub fn waiting(mut self, asked: Option<Duration>) -> Self {
        if let Self::RateLimited { retry_after, .. } | Self::Overloaded { retry_after, .. } = &mut self {
            *retry_after = asked.or(*retry_after);
        }
        self
    }
}

impl From<AiError> for AppError {
    fn from(error: AiError) -> Self {
        tracing::warn!(error.code = error.code(), error.cause = %error, "An AI call failed.");
        Self::Upstream { code: Upstream::AiUnavailable, detail: error.to_string() }
    }
}
