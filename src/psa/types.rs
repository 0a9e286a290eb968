//! Tickets as every ticket system has them. Ids are strings.

use serde::{Deserialize, Serialize};

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
}

/// A note of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketNote {
    pub id: String,
    pub body: String,
    /// Not visible to the customer.
    pub internal: bool,
    /// `discussion`, `internal` or `resolution`.
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
    pub notes: Vec<TicketNote>,
}

/// Which tickets to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
pub struct TicketFilter {
    /// Words in number, summary, company or contact.
    pub q: Option<String>,
    /// The ticket system's own word; missing: all that are open.
    pub status: Option<String>,
    pub cursor: Option<String>,
    /// 1–100; default 50.
    pub limit: Option<u16>,
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
