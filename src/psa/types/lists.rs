//! What a ticket system offers to choose from.

use serde::{Deserialize, Serialize};

/// Something of the ticket system, by id and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// A list of the ticket system. One that may not be read comes empty, with why: never as a failed page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// Why it is empty or short, and who can change that.
    pub hint: Option<String>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), hint: None }
    }
}

impl<T> From<Vec<T>> for Listed<T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, hint: None }
    }
}

/// A status of one board. The same name on two boards has two ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketStatus {
    pub id: String,
    pub name: String,
    /// `null` where the ticket system has no boards.
    pub board_id: Option<String>,
    /// The ticket system calls tickets in it closed. Real ones have closing statuses that do not say so.
    pub closed: bool,
    /// Time can be entered on tickets in it.
    pub takes_time: bool,
}

/// Somebody who works in the ticket system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Member {
    pub id: String,
    /// The login name there.
    pub identifier: String,
    pub name: String,
    /// Every address the ticket system knows of them.
    pub emails: Vec<String>,
}

/// Somebody at a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Contact {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// A device or service that a ticket is about. Never the secrets that a ticket system may keep with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Configuration {
    pub id: String,
    pub name: String,
    pub kind: Option<String>,
    /// What is known of it, to be read: ("Serial number", "5CG1…").
    pub details: Vec<(String, String)>,
}

/// What a ticket system can do; the surface hides what it cannot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Capabilities {
    pub boards: bool,
    pub create_tickets: bool,
    /// Tickets can be moved to another status.
    pub change: bool,
    /// Notes can be added.
    pub notes: bool,
    pub assign: bool,
    pub configurations: bool,
    pub related: bool,
    pub schedule: bool,
    /// Time entries are listed.
    pub time_entries: bool,
    /// Time can be entered.
    pub enter_time: bool,
    /// Notes can be posted in another member's name.
    pub act_as_member: bool,
    pub webhooks: bool,
    /// Summary, description, priority, company and contact of a ticket can be changed.
    pub edit: bool,
    /// E-mail and phone of a contact can be kept.
    pub contact_details: bool,
    /// What a customer said can be written down as theirs.
    pub customer_notes: bool,
}
