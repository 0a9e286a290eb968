//! The two documents a session can end with: previewed sentence by sentence, posted, kept.

use serde::{Deserialize, Serialize};

use super::{DeliveryState, Person, Problem, Stuck};
use crate::{
    ids::{PostingId, Timestamp},
    wire::or_default,
    words,
};

words! {
    /// The two documents a session can end with.
    ArtifactKind {
        ResolutionNote = "resolution_note",
        EscalationPackage = "escalation_package",
    }

    /// What a statement of a note rests on.
    SourceKind {
        Message = "message",
        Ticket = "ticket",
        Fact = "fact",
        Answer = "answer",
        Check = "check",
        Fix = "fix",
        ScriptRun = "script_run",
    }

    /// How a post ended.
    PostOutcome {
        Resolved = "resolved",
        ResolvedLocal = "resolved_local",
        Escalated = "escalated",
        EscalatedLocal = "escalated_local",
        Posting = "posting",
    }
}

/// A source of a statement. Ticket ids are strings, all others UUIDs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Source {
    pub kind: SourceKind,
    pub id: String,
}

/// One sentence of a note with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Statement {
    pub id: String,
    /// The heading it stands under.
    pub section: String,
    pub text: String,
    pub sources: Vec<Source>,
    /// False: nothing valid stands behind it; posting asks for a decision.
    pub grounded: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Preview {
    pub statements: Vec<Statement>,
    pub markdown: String,
    pub state_version: i64,
    pub from_cache: bool,
    /// Why the built-in assistant wrote it in the place of a model.
    #[serde(default)]
    pub stand_in: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PostRequest {
    #[serde(default, deserialize_with = "or_default")]
    pub markdown: String,
    #[serde(default)]
    pub state_version: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub confirm_ungrounded: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PostResult {
    pub outcome: PostOutcome,
    pub external_id: Option<String>,
    pub status_verified: Option<bool>,
    pub status_transition_skipped_reason: Option<String>,
}

/// What was posted at the end of a closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Posted {
    pub id: PostingId,
    pub kind: ArtifactKind,
    pub markdown: String,
    pub html: String,
    /// Delivered, verified where there is a ticket.
    pub done: bool,
    /// Where it is on its way to the ticket; `null`: no ticket was linked.
    pub state: Option<DeliveryState>,
    /// That ticket.
    pub ticket_id: Option<String>,
    pub external_id: Option<String>,
    pub status_verified: Option<bool>,
    pub status_transition_skipped_reason: Option<String>,
    pub problem: Option<Problem>,
    pub posted_by: Person,
    pub created_at: Timestamp,
}

impl Posted {
    /// Nothing happens any more unless somebody tries again.
    pub fn stuck(&self) -> Option<Stuck> {
        let given_up = self.state == Some(DeliveryState::Failed);
        given_up.then(|| if self.external_id.is_some() { Stuck::NotVerified } else { Stuck::NotPosted })
    }
}
