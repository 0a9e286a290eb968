//! The connection to a ticket system as it travels: keys go in and never come out.

use serde::{Deserialize, Serialize};

use super::{Capabilities, Level, Levels};
use crate::{
    ids::{Timestamp, UserId},
    wire::{WriteOnly, said},
};

/// Which ticket system an account works with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PsaSettings {
    /// `local_desk`, `connectwise`
    pub provider: String,
    /// Its name for people.
    pub label: String,
    pub capabilities: Capabilities,
    /// `null`: tickets are kept in FlowPilot itself.
    pub connection: Option<PsaConnection>,
}

/// A connection without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PsaConnection {
    pub site: String,
    pub company: String,
    pub public_key: String,
    /// The last characters of the private key, to tell it from another.
    pub key_ends_in: Option<String>,
    pub levels: Levels,
    pub webhooks: Option<Webhooks>,
    pub connected_by: UserId,
    pub connected_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The ticket system calls when a ticket changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Webhooks {
    /// Where FlowPilot is called. The address itself has a secret end.
    pub origin: String,
    /// `null`: not yet.
    pub heard_at: Option<Timestamp>,
}

/// Changes to the connection: what is left out stays. The first one brings all of site, company and keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PsaChange {
    /// `connectwise`
    pub provider: Option<String>,
    /// Where people open it in a browser: `https://na.myconnectwise.net`.
    pub site: Option<String>,
    pub company: Option<String>,
    pub public_key: Option<String>,
    pub private_key: Option<WriteOnly>,
    pub client_id: Option<WriteOnly>,
    pub levels: LevelsChange,
    /// Where the ticket system reaches FlowPilot, `https://flowpilot.example.com`; `null`: it does not call.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<Option<String>>,
}

/// Changes to the levels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct LevelsChange {
    pub tickets: Option<Level>,
    pub time: Option<Level>,
    pub companies: Option<Level>,
    pub configurations: Option<Level>,
}

/// How the ticket system answered to a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PsaTest {
    pub ok: bool,
    /// What was found out, or what went wrong in the ticket system's own words, and what to change.
    pub said: String,
    pub latency_ms: u64,
}
