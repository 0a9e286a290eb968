//! Ids and points in time, each its own type, so that a fact's id cannot be handed to a function that wants a fix's.
//!
//! Ids are UUIDv7: they sort by the time they were made. Points in time are UTC and travel as RFC 3339.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema))]
        #[cfg_attr(feature = "ssr", sqlx(transparent))]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }
        impl From<$name> for u128 {
            fn from(id: $name) -> Self { id.0.as_u128() }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { text.parse().map(Self) }
        }
    )*};
}

ids! {
    /// One MSP: the tenant.
    AccountId;
    /// A person with a login.
    UserId;
    /// One login of one person in one browser.
    LoginSessionId;
    /// A personal access token for the REST API.
    TokenId;
    /// One troubleshooting conversation.
    SessionId;
    /// One message of a session.
    MessageId;
    /// One image of a session.
    ImageId;
    /// One turn of the AI.
    TurnId;
    /// A question or a check in the task lane.
    LaneItemId;
    /// One statement of *What we know*.
    FactId;
    /// One of the competing causes.
    HypothesisId;
    /// A suggested fix.
    FixId;
    /// One delivery of a note or package.
    PostingId;
    /// Filters of the tickets page that somebody keeps.
    ViewId;
}

/// A point in time, UTC, with the microseconds that Postgres keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", sqlx(transparent), schema(value_type = String, format = DateTime))]
pub struct Timestamp(pub OffsetDateTime);

impl From<OffsetDateTime> for Timestamp {
    fn from(at: OffsetDateTime) -> Self {
        Self(at)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        time::serde::rfc3339::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        time::serde::rfc3339::deserialize(deserializer).map(Self)
    }
}
