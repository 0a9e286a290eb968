//! Ids and points in time, each its own type, so that a fact's id cannot be handed to a function that wants a fix's.
//!
//! Ids are UUIDv7: they sort by the time they were made. Points in time are UTC and travel as RFC 3339.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use time::{Date, Month, OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::wire::IN_BROWSER;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
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
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                uuid(deserializer).map(Self)
            }
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

/// Reads an id; in the browser without the words for what is wrong with it.
fn uuid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    if !IN_BROWSER {
        return Uuid::deserialize(deserializer);
    }
    let text = String::deserialize(deserializer)?;
    let digits = u128::from_str_radix(&text.replace('-', ""), 16).map_err(|_| D::Error::custom("no id"))?;
    Ok(Uuid::from_u128(digits))
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

/// Reads a point in time as the server writes it: `2026-03-10T09:00:00.25Z`. The rest of RFC 3339 is for callers of the API.
fn utc(text: &str) -> Option<OffsetDateTime> {
    let part = |from, to| text.get(from..to)?.parse().ok();
    let month = Month::try_from(part(5, 7)?).ok()?;
    let date = Date::from_calendar_date(text.get(..4)?.parse().ok()?, month, part(8, 10)?).ok()?;
    let fraction = text.get(20..).unwrap_or_default().trim_end_matches('Z');
    let micros = format!("{fraction:0<6}").parse().ok()?;
    Some(date.with_hms_micro(part(11, 13)?, part(14, 16)?, part(17, 19)?, micros).ok()?.assume_utc())
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        time::serde::rfc3339::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !IN_BROWSER {
            return time::serde::rfc3339::deserialize(deserializer).map(Self);
        }
        utc(&String::deserialize(deserializer)?).map(Self).ok_or_else(|| D::Error::custom("no point in time"))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_browser_reads_points_in_time_as_the_server_writes_them() {
        for at in [
            datetime!(2026-03-10 09:00 UTC),
            datetime!(2026-03-10 09:00:07.25 UTC),
            datetime!(1999-12-31 23:59:59.000001 UTC),
        ] {
            assert_eq!(utc(&Timestamp(at).to_string()), Some(at));
        }
        assert_eq!(["", "2026-03-10", "2026-13-10T09:00:00Z"].map(utc), [None, None, None]);
    }
}
