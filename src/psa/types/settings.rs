//! How an account is connected to its ticket system.

use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// What a closing session does with its ticket.
    Ending {
        Resolved = "resolved",
        Escalated = "escalated",
    }
}

words! {
    /// What FlowPilot may do with one group of the ticket system's records, enforced by FlowPilot itself.
    Level {
        None = "none",
        Read = "read",
        Write = "write",
    }
}

/// The level of each group of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Levels {
    /// Tickets with their notes, statuses and assignees.
    pub tickets: Level,
    pub time: Level,
    /// Companies and contacts.
    pub companies: Level,
    pub configurations: Level,
}

impl Default for Levels {
    fn default() -> Self {
        Self { tickets: Level::Write, time: Level::Write, companies: Level::Read, configurations: Level::Read }
    }
}

impl Level {
    pub const fn reads(self) -> bool {
        matches!(self, Self::Read | Self::Write)
    }

    pub const fn writes(self) -> bool {
        matches!(self, Self::Write)
    }
}
