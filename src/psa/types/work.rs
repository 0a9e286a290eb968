//! Who works on a ticket, when, and for how long.

use serde::{Deserialize, Serialize};

use super::Named;
use crate::ids::Timestamp;

/// Somebody who works on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Assignee {
    pub member: Named,
    pub owner: bool,
}

/// A slot in somebody's calendar for a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ScheduleEntry {
    pub id: String,
    pub member: Named,
    /// Both missing: assigned without a slot.
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub done: bool,
}

/// Time that somebody spent on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TimeEntry {
    pub id: String,
    pub member: String,
    pub started_at: Timestamp,
    pub minutes: u32,
    pub note: Option<String>,
}

/// Time to enter on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTimeEntry {
    pub started_at: Timestamp,
    /// 1–1440.
    pub minutes: u32,
    #[serde(default)]
    pub note: String,
}
