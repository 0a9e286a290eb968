//! What followers of a session see: the events, their names and payloads.

use serde::Serialize;
use serde_json::Value;

use super::{Fact, Fix, Hypothesis, Message, OutcomeProposal, Person, Problem, SessionStatus, TaskLane, TurnUsage};
use crate::{
    ids::{FactId, FixId, MessageId, TurnId},
    wire::{make, take},
};

/// What followers of a session see, in order of the events' ids.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum SessionEvent {
    TurnStarted {
        turn_id: TurnId,
    },
    Message(Box<Message>),
    Delta {
        text: String,
    },
    TurnReset {
        reason: String,
    },
    /// The whole lane.
    Lane(TaskLane),
    Fact(Box<Fact>),
    FactRemoved {
        id: FactId,
    },
    /// All of them.
    Hypotheses(Vec<Hypothesis>),
    Fix(Box<Fix>),
    OutcomeProposal {
        fix_id: FixId,
        proposal: Option<OutcomeProposal>,
    },
    MarkerDropped {
        name: String,
        reason: String,
    },
    Session {
        status: SessionStatus,
        title: String,
        state_version: i64,
        /// See [`super::Session::masked_values`].
        masked_values: i32,
        /// With whom it is shared, where just that changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        shared_with: Option<Vec<Person>>,
        /// Another ticket is linked, or none any more.
        #[serde(skip_serializing_if = "Option::is_none")]
        relinked: Option<bool>,
        /// It is put away, or taken back, where just that changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        archived: Option<bool>,
    },
    /// The ticket changed in the ticket system: how it stands is to be asked for again.
    TicketChanged {
        id: String,
    },
    TurnDone {
        message_id: MessageId,
        state_version: i64,
        usage: TurnUsage,
        stopped: bool,
    },
    TurnFailed {
        problem: Problem,
    },
    /// Too much is gone: read the session again. The stream goes on live from `last_event_id`.
    SnapshotRequired {
        last_event_id: i64,
    },
}

impl SessionEvent {
    /// The event's name on the wire and its payload.
    pub fn into_parts(self) -> (String, Value) {
        match serde_json::to_value(self) {
            Ok(Value::Object(mut map)) => {
                let name = map.get("event").and_then(Value::as_str).unwrap_or_default().to_owned();
                (name, map.remove("data").unwrap_or(Value::Null))
            }
            _ => (String::new(), Value::Null),
        }
    }

    /// The reverse of [`Self::into_parts`]; `None` for a name that this version does not know.
    pub fn from_parts(name: &str, mut payload: Value) -> Option<Self> {
        let data = &mut payload;
        Some(match name {
            "turn_started" => Self::TurnStarted { turn_id: take(data, "turn_id")? },
            "message" => Self::Message(Box::new(make(payload).ok()?)),
            "delta" => Self::Delta { text: take(data, "text")? },
            "turn_reset" => Self::TurnReset { reason: take(data, "reason")? },
            "lane" => Self::Lane(make(payload).ok()?),
            "fact" => Self::Fact(Box::new(make(payload).ok()?)),
            "fact_removed" => Self::FactRemoved { id: take(data, "id")? },
            "hypotheses" => Self::Hypotheses(make(payload).ok()?),
            "fix" => Self::Fix(Box::new(make(payload).ok()?)),
            "outcome_proposal" => {
                Self::OutcomeProposal { fix_id: take(data, "fix_id")?, proposal: take(data, "proposal")? }
            }
            "marker_dropped" => Self::MarkerDropped { name: take(data, "name")?, reason: take(data, "reason")? },
            "session" => Self::Session {
                status: take(data, "status")?,
                title: take(data, "title")?,
                state_version: take(data, "state_version")?,
                masked_values: take(data, "masked_values").unwrap_or_default(),
                shared_with: take(data, "shared_with"),
                relinked: take(data, "relinked"),
                archived: take(data, "archived"),
            },
            "ticket_changed" => Self::TicketChanged { id: take(data, "id")? },
            "turn_done" => Self::TurnDone {
                message_id: take(data, "message_id")?,
                state_version: take(data, "state_version")?,
                usage: take(data, "usage")?,
                stopped: take(data, "stopped")?,
            },
            "turn_failed" => Self::TurnFailed { problem: take(data, "problem")? },
            "snapshot_required" => Self::SnapshotRequired { last_event_id: take(data, "last_event_id")? },
            _ => return None,
        })
    }
}

/// An event with its place in the session's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamped {
    pub id: i64,
    pub turn_id: Option<TurnId>,
    pub event: SessionEvent,
}
