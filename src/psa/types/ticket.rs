//! Tickets, their notes, and which of them to list.

use serde::{Deserialize, Serialize};

use super::{Assignee, Named};
use crate::ids::{SessionId, Timestamp};

/// One line of a ticket list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketSummary {
    pub id: String,
    pub summary: String,
    pub company: String,
    pub contact: Option<String>,
    /// The ticket system's own word.
    pub status: String,
    pub priority: String,
    /// Not closed in the ticket system's sense.
    pub open: bool,
    pub updated_at: Timestamp,
    /// `null` where the ticket system has no boards.
    pub board: Option<Named>,
    pub status_id: String,
    pub priority_id: Option<String>,
    pub company_id: Option<String>,
    /// Names of who works on it, the owner first.
    pub assignees: Vec<String>,
}

/// A note of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketNote {
    pub id: String,
    pub body: String,
    /// Not visible to the customer.
    pub internal: bool,
    /// `discussion`, `internal`, `resolution` or `time` (written with a time entry).
    pub kind: String,
    pub author: String,
    pub created_at: Timestamp,
}

/// A ticket whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Ticket {
    #[serde(flatten)]
    pub summary: TicketSummary,
    pub body: String,
    pub created_at: Timestamp,
    /// Oldest first, the newest 500.
    pub notes: Vec<TicketNote>,
    /// Where people open it in the ticket system itself.
    pub url: Option<String>,
    pub contact_id: Option<String>,
    pub contact_email: Option<String>,
    pub contact_phone: Option<String>,
    /// The owner first, one row a member.
    pub assigned: Vec<Assignee>,
}

/// Which tickets to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
pub struct TicketFilter {
    /// Words in number, summary, company or contact.
    pub q: Option<String>,
    /// The ticket system's own word; missing: all that are open; `all`: every one.
    pub status: Option<String>,
    /// A board's id; missing: all boards.
    pub board: Option<String>,
    /// A priority's id.
    pub priority: Option<String>,
    /// A company's id.
    pub company: Option<String>,
    /// `mine`, `unassigned` or a member's id; missing: whoever works on it.
    pub assignee: Option<String>,
    pub cursor: Option<String>,
    /// 1–100; default 50.
    pub limit: Option<u16>,
}

/// A ticket to open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewTicket {
    pub summary: String,
    pub body: String,
    /// The company by id, or (on the local desk) by a name of its own.
    pub company_id: Option<String>,
    pub company: Option<String>,
    pub contact_id: Option<String>,
    pub contact: Option<String>,
    pub board_id: Option<String>,
    pub priority_id: Option<String>,
}

/// That a session exists on a ticket, and whose; not its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SessionOnTicket {
    /// `null` where the caller may not open it.
    pub session_id: Option<SessionId>,
    pub user_name: String,
    pub status: String,
}
