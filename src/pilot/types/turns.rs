//! Turns of the AI.

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::{
    ids::{Timestamp, TurnId},
    words,
};

words! {
    /// Where a turn is.
    TurnStatus {
        Running = "running",
        Done = "done",
        Failed = "failed",
        Stopped = "stopped",
    }
}

/// A turn that runs, or the last one where it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Turn {
    pub id: TurnId,
    pub status: TurnStatus,
    pub started_at: Timestamp,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// A block of a reply that could not be read, or not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DroppedMarker {
    pub name: String,
    pub reason: String,
}

/// Tokens of a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TurnUsage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_read_tokens: u64,
    pub cache_write_tokens: u64,
}
