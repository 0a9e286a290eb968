//! The one live connection of a browser: what it says and hears.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{SessionEvent, Stamped};
use crate::{
    error::AppError,
    ids::SessionId,
    wire::{parse, take},
};

/// What the browser says over its one live connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum LiveRequest {
    /// Follow this session (instead of the one before) from after this event.
    Follow { session_id: SessionId, after: i64 },
    /// Nothing more for now.
    Unfollow,
}

/// What the browser hears over its one live connection.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveFrame {
    Event {
        session_id: SessionId,
        stamped: Box<Stamped>,
    },
    /// Following is not possible (any more), and why.
    Refused {
        session_id: SessionId,
        error: AppError,
    },
}

impl LiveFrame {
    /// Reads a frame; `None` for one that this version does not know.
    pub fn read(text: &str) -> Option<Self> {
        let frame = &mut parse(text).ok()?;
        let session_id = take(frame, "session_id")?;
        match take::<String>(frame, "hear")?.as_str() {
            "event" => {
                let stamped = &mut take::<Value>(frame, "stamped")?;
                let event = SessionEvent::from_parts(&take::<String>(stamped, "event")?, take(stamped, "data")?)?;
                let stamped = Stamped { id: take(stamped, "id")?, turn_id: take(stamped, "turn_id")?, event };
                Some(Self::Event { session_id, stamped: Box::new(stamped) })
            }
            "refused" => Some(Self::Refused { session_id, error: take(frame, "error")? }),
            _ => None,
        }
    }
}
