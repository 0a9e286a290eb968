//! Time spent in a session, offered to be entered on its ticket.

use serde::{Deserialize, Serialize};

use crate::{ids::Timestamp, wire::or_default};

/// What a session's own clock says, for who ended it to look over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TimeOffer {
    /// It can be entered now.
    pub offered: bool,
    /// Why it cannot, and who can change that.
    pub reason: Option<String>,
    pub ticket_id: Option<String>,
    /// In whose name.
    pub member: Option<String>,
    pub started_at: Option<Timestamp>,
    /// 1–1440; pauses longer than a quarter of an hour count as that.
    pub minutes: u32,
    pub note: String,
    /// It is on the ticket, under this id.
    pub entered_id: Option<String>,
}

/// Time to enter, as the person left it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TimeSpent {
    /// 1–1440
    #[serde(default)]
    pub minutes: u32,
    /// Empty: the session's title.
    #[serde(default, deserialize_with = "or_default")]
    pub note: String,
}
