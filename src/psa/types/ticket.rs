//! Tickets, their notes, and which of them to list.

use serde::{Deserialize, Serialize};

use super::{Assignee, Listed, Named, ScheduleEntry};
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
    /// `discussion`, `internal`, `resolution`, `customer` (what the customer said) or `time` (written with a time entry).
    pub kind: String,
    pub author: String,
    /// Who reads it; `null` where that is not known, and for what stays inside.
    pub to: Option<String>,
    /// Who wrote down what the customer said.
    pub recorded_by: Option<String>,
    pub created_at: Timestamp,
}

/// What somebody changed about a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChangeMade {
    pub id: String,
    /// `status`, `assigned`, `unassigned`, `summary`, `description`, `priority`, `company`, `contact`, `contact_email` or
    /// `contact_phone`.
    pub what: String,
    /// What was there before, as people read it; of a description the beginning.
    pub was: Option<String>,
    /// What is there since; not repeated for a description.
    pub now: Option<String>,
    /// Who did it: a person, or *Sample data*.
    pub by: String,
    pub at: Timestamp,
}

impl ChangeMade {
    /// What was done, to stand behind who did it.
    pub fn said(&self) -> String {
        let (was, now) = (self.was.as_deref().unwrap_or_default(), self.now.as_deref().unwrap_or_default());
        let what = match self.what.as_str() {
            "assigned" => return format!("assigned {now}"),
            "unassigned" => return format!("took {was} off"),
            "description" => return "changed the description".to_owned(),
            "contact_email" => "contact's e-mail",
            "contact_phone" => "contact's phone",
            other => other,
        };
        match (was.is_empty(), now.is_empty()) {
            (true, _) => format!("set the {what} to {now}"),
            (_, true) => format!("took off the {what}, which was {was}"),
            _ => format!("changed the {what} from {was} to {now}"),
        }
    }
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
    /// Who works on it when, where the ticket system keeps that.
    pub schedule: Listed<ScheduleEntry>,
    /// Who opened it, where that is known: a person, or *Sample data*.
    pub opened_by: Option<String>,
    /// Oldest first, the newest 500. Empty where the ticket system does not tell.
    pub changes: Vec<ChangeMade>,
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
    /// Of the same company.
    pub contact_id: Option<String>,
    pub contact: Option<String>,
    /// Where the ticket system lets FlowPilot keep them: see `contact_details` of its capabilities.
    pub contact_email: Option<String>,
    pub contact_phone: Option<String>,
    pub board_id: Option<String>,
    pub priority_id: Option<String>,
}

/// Changes to a ticket; what is missing stays. Beside the status, only where the ticket system can `edit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TicketChange {
    pub status_id: Option<String>,
    pub summary: Option<String>,
    pub body: Option<String>,
    pub priority_id: Option<String>,
    /// The company by id or by name; an empty name takes it off. Another company has other contacts: where none is said, there is
    /// none then.
    pub company_id: Option<String>,
    pub company: Option<String>,
    /// Of the company; an empty name takes the contact off.
    pub contact_id: Option<String>,
    pub contact: Option<String>,
    /// Of the contact, on all of their tickets; empty: none.
    pub contact_email: Option<String>,
    pub contact_phone: Option<String>,
}

impl TicketChange {
    /// The first field that is said beside the status.
    pub fn edits(&self) -> Option<&'static str> {
        let said = [
            ("summary", &self.summary),
            ("body", &self.body),
            ("priority_id", &self.priority_id),
            ("company_id", &self.company_id),
            ("company", &self.company),
            ("contact_id", &self.contact_id),
            ("contact", &self.contact),
            ("contact_email", &self.contact_email),
            ("contact_phone", &self.contact_phone),
        ];
        said.into_iter().find(|(_, value)| value.is_some()).map(|(name, _)| name)
    }
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
