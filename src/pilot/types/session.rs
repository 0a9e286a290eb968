//! A session, its line in a list, and what one asks to get or change it.

use serde::{Deserialize, Serialize};

use super::{DroppedMarker, Fact, Fix, Hypothesis, Message, Person, Posted, TaskLane, Turn};
use crate::{
    ids::{SessionId, Timestamp},
    pilot::history::{Found, Whose},
    words,
};

words! {
    /// Where a session is in its life.
    SessionStatus {
        Open = "open",
        Posting = "posting",
        Resolved = "resolved",
        Escalated = "escalated",
    }

    /// How a note stands that waits for a person.
    Stuck {
        NotPosted = "not_posted",
        /// It is on the ticket, and not all is as it should be.
        NotVerified = "not_verified",
    }
}

/// The ticket a session is linked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketLink {
    pub provider: String,
    pub id: String,
    pub summary: Option<String>,
    pub company: Option<String>,
}

/// How the ticket of a session stands in the ticket system now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TicketState {
    pub id: String,
    /// The ticket system's own word; `null` where it could not be asked.
    pub status: Option<String>,
    /// Not closed in the ticket system's sense.
    pub open: bool,
    pub company: Option<String>,
    /// It is of the ticket system that the account uses now: `/tickets/{id}` is this ticket and no other.
    pub here: bool,
    /// Why it could not be asked.
    pub problem: Option<String>,
    /// What could not be read of it when it was linked, and why: the session does without.
    pub hint: Option<String>,
}

/// All of a session; only its messages are windowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Session {
    pub id: SessionId,
    pub title: String,
    pub problem: Option<String>,
    pub status: SessionStatus,
    pub state_version: i64,
    pub user: Person,
    /// The caller may change it; otherwise it is read-only for them.
    pub writable: bool,
    /// The caller may open it again once it is closed: its user.
    pub can_reopen: bool,
    /// Colleagues who see it too.
    pub shared_with: Vec<Person>,
    pub ticket: Option<TicketLink>,
    /// None is linked, and the ticket system takes new ones from here.
    pub can_open_ticket: bool,
    /// The newest 50 (or the 50 before `?before=`), oldest first.
    pub messages: Vec<Message>,
    pub has_more: bool,
    pub task_lane: TaskLane,
    pub hypotheses: Vec<Hypothesis>,
    pub facts: Vec<Fact>,
    pub active_fix: Option<Fix>,
    /// Those it replaced, oldest first.
    pub earlier_fixes: Vec<Fix>,
    pub posted: Vec<Posted>,
    /// How many values models were told placeholders for, at the last turn.
    pub masked_values: i32,
    /// Follow events from here; 0 before the first.
    pub last_event_id: i64,
    pub turn: Option<Turn>,
    /// Of the last turn, as long as its events are kept: the AI can be asked for them again.
    #[serde(default)]
    pub dropped_markers: Vec<DroppedMarker>,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One line of the session list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SessionSummary {
    pub id: SessionId,
    pub title: String,
    pub status: SessionStatus,
    pub user: Person,
    /// The caller may change it; otherwise it is read-only for them.
    pub writable: bool,
    pub ticket: Option<TicketLink>,
    /// Of a session that is `posting`: its note did not get through, and nothing happens any more unless somebody tries again.
    #[serde(default)]
    pub stuck: Option<Stuck>,
    /// A fix waits for its outcome.
    pub fix_waiting: bool,
    /// A turn runs right now.
    pub thinking: bool,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Where it says what was searched for; `null` without a search.
    pub found: Option<Found>,
}

/// Which sessions to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
pub struct SessionFilter {
    /// Words in title, problem, ticket, messages or facts, all of them, in any of these places. The last one may be its beginning.
    pub q: Option<String>,
    /// `true`: where they do not fill the page, those follow whose title, ticket or company nearly says it, best first: with
    /// letters wrong, exchanged or left out.
    pub near: Option<bool>,
    pub status: Option<SessionStatus>,
    /// Absent: everything that the caller may see.
    pub whose: Option<Whose>,
    /// The company of the ticket.
    pub client: Option<String>,
    /// Last touched on this day or later, `2026-03-10`, UTC.
    pub from: Option<String>,
    /// Last touched on this day or earlier.
    pub to: Option<String>,
    /// `true`: those that were archived, and no others.
    pub archived: Option<bool>,
    pub cursor: Option<String>,
    /// 1–100; default 30.
    pub limit: Option<u16>,
}

/// Starts a session. It calls no model and makes no message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewSession {
    #[serde(default)]
    pub problem: Option<String>,
    #[serde(default)]
    pub ticket_id: Option<String>,
}

/// Changes to a session itself; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SessionChange {
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub problem: Option<String>,
    #[serde(default)]
    pub archived: Option<bool>,
}
