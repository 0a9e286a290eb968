//! How long people stay signed in, who is signed in, and what happened in the account: an owner's business.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::types::UserRole,
    error::FieldError,
    ids::{LoginSessionId, Timestamp, UserId},
    page::Page,
    wire::said,
    words,
};

/// How long nothing may be done, in minutes: 15 minutes to 30 days.
pub const IDLE_MINUTES: RangeInclusive<i64> = 15..=30 * DAY;
/// How long a login may be at all, in minutes: an hour to 90 days.
pub const ABSOLUTE_MINUTES: RangeInclusive<i64> = HOUR..=90 * DAY;
/// This long before the end of a login its person is told.
pub const NOTICE_SECONDS: i64 = 5 * 60;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

words! {
    /// How strict the lifetimes of logins are.
    Preset {
        Strict = "strict",
        Standard = "standard",
        Custom = "custom",
    }

    /// Whose logins end.
    RevokeScope {
        /// All but the one of who asks.
        Others = "others",
        Everyone = "everyone",
    }
}

/// How long a login lives, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Lifetimes {
    /// Without anything being done.
    pub idle_minutes: i32,
    /// At all.
    pub absolute_minutes: i32,
}

impl Preset {
    /// Its lifetimes; a custom one has those that were chosen.
    pub const fn lifetimes(self) -> Option<Lifetimes> {
        match self {
            Self::Strict => Some(Lifetimes { idle_minutes: 30, absolute_minutes: 720 }),
            Self::Standard => Some(Lifetimes::STANDARD),
            Self::Custom => None,
        }
    }

    /// The one with these lifetimes.
    pub fn of(lifetimes: Lifetimes) -> Self {
        let same = |preset: &&Self| preset.lifetimes() == Some(lifetimes);
        Self::ALL.iter().find(same).copied().unwrap_or(Self::Custom)
    }
}

impl Lifetimes {
    /// What holds where nothing was chosen: 3 days and 14 days.
    pub const STANDARD: Self = Self { idle_minutes: 4320, absolute_minutes: 20160 };

    /// These minutes, or what is wrong with them, field by field.
    pub fn checked(idle: i64, absolute: i64) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.to_owned(), message });
        let between = |bounds: &RangeInclusive<i64>| {
            format!("Choose a time from {} to {}.", spoken(*bounds.start()), spoken(*bounds.end()))
        };
        if !IDLE_MINUTES.contains(&idle) {
            wrong("idle_minutes", between(&IDLE_MINUTES));
        } else if ABSOLUTE_MINUTES.contains(&absolute) && idle > absolute {
            let most = spoken(absolute);
            wrong("idle_minutes", format!("This cannot be longer than the longest sign-in, which is {most}."));
        }
        if !ABSOLUTE_MINUTES.contains(&absolute) {
            wrong("absolute_minutes", between(&ABSOLUTE_MINUTES));
        }
        match (i32::try_from(idle), i32::try_from(absolute)) {
            (Ok(idle_minutes), Ok(absolute_minutes)) if errors.is_empty() => {
                Ok(Self { idle_minutes, absolute_minutes })
            }
            _ => Err(errors),
        }
    }
}

/// Minutes in the largest unit that takes them whole: `30 minutes`, `12 hours`, `14 days`.
pub fn spoken(minutes: i64) -> String {
    let (amount, unit) = match minutes {
        minutes if minutes > 0 && minutes % DAY == 0 => (minutes / DAY, "day"),
        minutes if minutes > 0 && minutes % HOUR == 0 => (minutes / HOUR, "hour"),
        minutes => (minutes, "minute"),
    };
    if amount == 1 { format!("1 {unit}") } else { format!("{amount} {unit}s") }
}

/// How long people of the account stay signed in, and who is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Security {
    pub preset: Preset,
    /// The lifetimes of the next login.
    #[serde(flatten)]
    pub lifetimes: Lifetimes,
    /// The account's live logins, the one seen last first; 500 at most.
    pub sessions: Vec<LiveLogin>,
}

/// Changes to it: what is left out stays, `null` goes back to the default. A preset sets both times; with `custom` they are
/// given beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SecurityChange {
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub preset: Option<Option<Preset>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub idle_minutes: Option<Option<i64>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub absolute_minutes: Option<Option<i64>>,
}

/// Where somebody of the account is signed in now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LiveLogin {
    pub id: LoginSessionId,
    pub user_id: UserId,
    pub user_name: String,
    pub role: UserRole,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// It ends then at the latest.
    pub expires_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// The one that asks.
    pub current: bool,
}

/// Which logins to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RevokeSessions {
    pub scope: RevokeScope,
}

/// How many live logins were ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Revoked {
    pub revoked: i64,
}

/// What somebody did that matters afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: Uuid,
    pub at: Timestamp,
    /// Their name; `null` for the command line and FlowPilot itself.
    pub actor: Option<String>,
    pub action: String,
    /// What it was done to, by name where it has one.
    pub subject: Option<String>,
    pub details: Value,
}

/// Which entries of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[serde(default)]
pub struct AuditFilter {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 30 where it is left out.
    pub limit: Option<i64>,
}

/// Everything on the page of the account's security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityOverview {
    pub security: Security,
    pub history: Page<AuditEntry>,
}

/// How long the login of who asks will live if nothing is done, in seconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeLeft {
    pub idle_seconds: i64,
    pub absolute_seconds: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(idle: i64, absolute: i64) -> Vec<String> {
        Lifetimes::checked(idle, absolute).err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn lifetimes_keep_their_bounds_and_idle_is_never_above_absolute() {
        for (idle, absolute) in [(15, 60), (60, 60), (43_200, 129_600), (4320, 20_160)] {
            assert!(wrong(idle, absolute).is_empty(), "{idle} {absolute}");
        }
        assert_eq!(wrong(14, 60), ["idle_minutes"]);
        assert_eq!(wrong(43_201, 129_600), ["idle_minutes"]);
        assert_eq!(wrong(61, 60), ["idle_minutes"]);
        assert_eq!(wrong(15, 59), ["absolute_minutes"]);
        assert_eq!(wrong(15, 129_601), ["absolute_minutes"]);
        assert_eq!(wrong(-1, i64::MAX), ["idle_minutes", "absolute_minutes"]);
    }

    #[test]
    fn presets_are_within_the_bounds_and_known_by_their_lifetimes() {
        for preset in [Preset::Strict, Preset::Standard] {
            let lifetimes = preset.lifetimes().unwrap_or(Lifetimes::STANDARD);
            assert!(wrong(lifetimes.idle_minutes.into(), lifetimes.absolute_minutes.into()).is_empty());
            assert_eq!(Preset::of(lifetimes), preset);
        }
        assert_eq!(Preset::of(Lifetimes { idle_minutes: 31, absolute_minutes: 720 }), Preset::Custom);
    }

    #[test]
    fn times_are_told_in_the_largest_unit_that_takes_them_whole() {
        let told = [1, 15, 60, 90, 720, 1440, 4320].map(spoken);
        assert_eq!(told, ["1 minute", "15 minutes", "1 hour", "90 minutes", "12 hours", "1 day", "3 days"]);
    }
}
