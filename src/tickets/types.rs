//! What the tickets page shows and takes, beside the tickets themselves.

use serde::{Deserialize, Serialize};

use crate::{
    ids::ViewId,
    psa::types::{
        Capabilities, Configuration, Listed, Named, SessionOnTicket, Ticket, TicketStatus, TicketSummary, TimeEntry,
    },
};

pub use crate::psa::types::TicketChange;

/// Some tickets, and how to ask for those after them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketList {
    pub items: Vec<TicketSummary>,
    /// Opaque; `null` on the last page.
    pub next_cursor: Option<String>,
    /// Why nothing is listed, or not all, and who can change that.
    pub hint: Option<String>,
}

/// The ticket system that the account works with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Desk {
    /// `local_desk`, `connectwise`.
    pub provider: String,
    /// Its name for people.
    pub label: String,
    #[serde(flatten)]
    pub can: Capabilities,
}

/// What one can choose from on the tickets page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub desk: Desk,
    pub boards: Listed<Named>,
    /// Of the board that was asked for, or of all boards, each name once.
    pub statuses: Listed<String>,
    /// The board that was asked for.
    pub board: Option<String>,
    pub priorities: Listed<Named>,
    pub members: Listed<Named>,
    /// Who the person is in the ticket system.
    pub me: Option<String>,
    pub views: Vec<SavedView>,
}

/// Filters under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SavedView {
    pub id: ViewId,
    pub name: String,
    /// What stands in the address of the page behind the question mark.
    pub query: String,
}

/// Filters to keep. The same name again replaces them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NewView {
    pub name: String,
    pub query: String,
}

/// A ticket with what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketDetail {
    pub ticket: Ticket,
    pub sessions: Vec<SessionOnTicket>,
    /// Those that the ticket can go to.
    pub statuses: Listed<TicketStatus>,
    pub related: Listed<TicketSummary>,
    pub configurations: Listed<Configuration>,
    pub time_entries: Listed<TimeEntry>,
    pub desk: Desk,
    /// Who can be put on it.
    pub members: Listed<Named>,
    /// Who the person is in the ticket system.
    pub me: Option<String>,
}

/// A note to add. The customer reads it only where that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewTicketNote {
    pub body: String,
    pub internal: bool,
    /// The customer said it, and who adds it writes it down for them: never internal.
    pub from_customer: bool,
}

impl Default for NewTicketNote {
    fn default() -> Self {
        Self { body: String::new(), internal: true, from_customer: false }
    }
}

/// What somebody pasted: a mail, a chat, notes of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PastedText {
    pub text: String,
}

/// A ticket as it was read out of a text, for a person to look over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketDraft {
    pub summary: String,
    pub body: String,
    /// The company that is called so; `null` where none is.
    pub company_id: Option<String>,
    pub company: Option<String>,
    pub contact_id: Option<String>,
    pub contact: Option<String>,
    pub priority_id: Option<String>,
}
