//! *What we know*, and the competing causes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Maker, Person};
use crate::{
    ids::{FactId, HypothesisId, LaneItemId, Timestamp},
    wire::or_default,
    words,
};

words! {
    /// What a fact comes from.
    SourceType {
        Question = "question",
        DiagnosticCheck = "diagnostic_check",
        EngineerNote = "engineer_note",
        AiSynthesis = "ai_synthesis",
    }

    /// How well a fact is founded.
    Support {
        Confirmed = "confirmed",
        Supported = "supported",
        Proposed = "proposed",
    }

    /// How a competing cause stands.
    HypothesisStatus {
        Open = "open",
        Supported = "supported",
        RuledOut = "ruled_out",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Fact {
    pub id: FactId,
    pub text: String,
    pub source_type: SourceType,
    pub source_ref: Option<LaneItemId>,
    pub support: Support,
    /// What it rests on has changed since.
    pub stale: bool,
    pub editable: bool,
    /// The person's own words it restates.
    pub quote: Option<String>,
    pub created_by: Maker,
    pub confirmed_by: Option<Person>,
    pub confirmed_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl Fact {
    /// May a note be written from it?
    pub const fn is_source(&self) -> bool {
        !self.stale && matches!(self.support, Support::Confirmed | Support::Supported)
    }
}

/// What somebody knows for sure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewNote {
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
}

/// New words for a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FactChange {
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
    /// The words that are to be replaced. Where the fact says something else by now, nothing is changed; without them it always is.
    #[serde(default)]
    pub was: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Promotion {
    pub source_type: SourceType,
    pub source_ref: LaneItemId,
    #[serde(default)]
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Hypothesis {
    pub id: HypothesisId,
    pub text: String,
    pub status: HypothesisStatus,
    pub because: Option<String>,
    /// Ids of lane items and facts.
    pub evidence: Vec<Uuid>,
    /// Who ruled it out or reopened it; null where the AI alone says how it stands.
    pub decided_by: Option<Person>,
}

/// A person's word on a cause: ruled out, with the reason, or open again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HypothesisChange {
    pub status: HypothesisStatus,
    #[serde(default)]
    pub because: Option<String>,
}
