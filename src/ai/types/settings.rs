//! What an account chose for its AI, as it travels: keys go in and never come out.

use serde::{Deserialize, Serialize};

use super::{Tier, Vendor};
pub use crate::wire::WriteOnly;
use crate::{
    error::AppError,
    ids::{Timestamp, UserId},
    wire::said,
};

impl Vendor {
    /// As people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Builtin => "Built-in",
            Self::Anthropic => "Anthropic",
            Self::Openai => "OpenAI-compatible",
            Self::Gemini => "Google Gemini",
        }
    }

    /// Where it is reached when nothing else is said.
    pub const fn home(self) -> Option<&'static str> {
        match self {
            Self::Builtin => None,
            Self::Anthropic => Some("https://api.anthropic.com"),
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
        }
    }

    /// How many tokens its models are given where nothing else is said, `elsewhere`: at an endpoint that is not the vendor's own.
    pub const fn window(self, elsewhere: bool) -> Option<i64> {
        match self {
            Self::Builtin => None,
            Self::Anthropic | Self::Gemini => Some(200_000),
            // Local servers are run with small windows, and some cut silently what is more.
            Self::Openai if elsewhere => Some(32_000),
            Self::Openai => Some(128_000),
        }
    }

    /// The models of the vendor's own endpoint that are worth suggesting, the best known first. Any other name is taken too.
    pub const fn models(self) -> &'static [&'static str] {
        match self {
            Self::Builtin => &[],
            Self::Anthropic => &["claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5"],
            Self::Openai => &["gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-luna"],
            Self::Gemini => &["gemini-3.8-flash", "gemini-4-argon", "gemini-3.5-flash-lite"],
        }
    }

    /// The model of a tier at the vendor's own endpoint, where nothing else is said.
    pub const fn model(self, tier: Tier) -> &'static str {
        match (self, tier) {
            (Self::Builtin, _) => "flows",
            (Self::Anthropic, Tier::Fast) => "claude-haiku-5-5",
            (Self::Anthropic, Tier::Standard) => "claude-sonnet-5-5",
            (Self::Openai, Tier::Fast) => "gpt-6-luna",
            (Self::Openai, Tier::Standard) => "gpt-6.1-sol",
            (Self::Gemini, Tier::Fast) => "gemini-3.5-flash-lite",
            (Self::Gemini, Tier::Standard) => "gemini-3.8-flash",
        }
    }
}

/// One way to a model, without its key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Connection {
    /// `null`: as the server says; of the fallback: none.
    pub provider: Option<Vendor>,
    /// `null`: the provider's own.
    pub endpoint: Option<String>,
    pub has_key: bool,
    /// The last characters of the key, to tell it from another.
    pub key_ends_in: Option<String>,
    /// `null`: the usual one of the provider.
    pub model_fast: Option<String>,
    pub model_standard: Option<String>,
    /// How many tokens the models take in at once; `null`: what is known of the provider.
    pub context_window: Option<i64>,
    /// The models that are called by this; `null` where nobody is (a fallback that was not chosen).
    pub called: Option<Called>,
}

/// The models of a connection, whoever named them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Called {
    pub fast: CalledModel,
    pub standard: CalledModel,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CalledModel {
    pub model: String,
    /// Without a price its calls have no known cost, and no budget holds them.
    pub price_known: bool,
}

/// Which personal data the gateway masks, beside secrets, which it always does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Masked {
    pub names: bool,
    pub emails: bool,
    pub ip_addresses: bool,
    pub host_names: bool,
}

impl Masked {
    pub const ALL: Self = Self { names: true, emails: true, ip_addresses: true, host_names: true };
}

/// The AI settings of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AiSettingsView {
    pub primary: Connection,
    /// Asked when the first one fails.
    pub fallback: Connection,
    /// Millionths of a US dollar a calendar month (UTC); `null`: no limit.
    pub month_budget: Option<i64>,
    /// Millionths of a US dollar a session; `null`: no limit.
    pub session_budget: Option<i64>,
    /// Whether documentation servers may be asked on chat turns.
    pub mcp: bool,
    pub mask: Masked,
    /// What the server says for accounts that chose nothing.
    pub server: ServerChoice,
    pub updated_by: Option<UserId>,
    pub updated_at: Option<Timestamp>,
}

impl AiSettingsView {
    /// Models that no budget holds, because no price is known for them.
    pub fn unpriced(&self) -> Vec<&str> {
        let called = [&self.primary, &self.fallback].into_iter().filter_map(|one| one.called.as_ref());
        let mut models: Vec<&str> = called
            .flat_map(|called| [&called.standard, &called.fast])
            .filter(|called| !called.price_known)
            .map(|called| called.model.as_str())
            .collect();
        models.sort_unstable();
        models.dedup();
        models
    }
}

/// What the operator of the server set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ServerChoice {
    pub provider: Vendor,
    pub model_fast: String,
    pub model_standard: String,
    /// What it has of each provider for accounts that bring no key and no endpoint of their own.
    pub offers: Vec<Offer>,
}

/// A provider as the operator set it up, without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Offer {
    pub provider: Vendor,
    /// `null`: the provider's own.
    pub endpoint: Option<String>,
    pub has_key: bool,
    pub model_fast: String,
    pub model_standard: String,
    pub context_window: Option<i64>,
}

impl Offer {
    pub fn model(&self, tier: Tier) -> &str {
        match tier {
            Tier::Fast => &self.model_fast,
            Tier::Standard => &self.model_standard,
        }
    }
}

impl Default for ServerChoice {
    fn default() -> Self {
        let model = |tier| Vendor::Builtin.model(tier).to_owned();
        let (model_fast, model_standard) = (model(Tier::Fast), model(Tier::Standard));
        Self { provider: Vendor::Builtin, model_fast, model_standard, offers: Vec::new() }
    }
}

/// Changes to a connection: what is left out stays, `null` goes back to the default (and removes a key).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionChange {
    /// `builtin`, `anthropic`, `openai`, `gemini`
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub provider: Option<Option<String>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Option<String>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub key: Option<Option<WriteOnly>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub model_fast: Option<Option<String>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub model_standard: Option<Option<String>>,
    /// 1,000 to 2,000,000 tokens
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub context_window: Option<Option<i64>>,
}

/// Changes to what is masked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MaskedChange {
    pub names: Option<bool>,
    pub emails: Option<bool>,
    pub ip_addresses: Option<bool>,
    pub host_names: Option<bool>,
}

/// Changes to the AI settings: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AiSettingsChange {
    pub primary: ConnectionChange,
    pub fallback: ConnectionChange,
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub month_budget: Option<Option<i64>>,
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub session_budget: Option<Option<i64>>,
    pub mcp: Option<bool>,
    pub mask: MaskedChange,
}

/// How one model answered to a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Tried {
    /// Of the fallback, not of the first choice.
    pub fallback: bool,
    pub provider: Vendor,
    pub model: String,
    pub ok: bool,
    pub latency_ms: u64,
    /// What went wrong, as the provider said it, and what to change.
    pub error: Option<String>,
}

/// What a test of the connection found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TestReport {
    pub ok: bool,
    pub tried: Vec<Tried>,
}

/// The message for a field, where an error has one.
pub fn field_error(error: Option<&AppError>, field: &str) -> Option<String> {
    let Some(AppError::Invalid { errors }) = error else { return None };
    errors.iter().find(|error| error.field == field).map(|error| error.message.clone())
}
