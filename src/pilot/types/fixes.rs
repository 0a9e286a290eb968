//! Suggested fixes: how they are taken, and whether they worked.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    ids::{FixId, Timestamp},
    words,
};

words! {
    /// Whether a fix worked.
    FixOutcome {
        AppliedSuccess = "applied_success",
        AppliedFailed = "applied_failed",
        AppliedPartial = "applied_partial",
        Dismissed = "dismissed",
    }

    /// A fix's outcome, or that there is none yet.
    FixStatus {
        Proposed = "proposed",
        AppliedSuccess = "applied_success",
        AppliedFailed = "applied_failed",
        AppliedPartial = "applied_partial",
        Dismissed = "dismissed",
    }

    /// How the engineer takes a fix's script.
    Decision {
        OneOff = "one_off",
        DraftTemplate = "draft_template",
        BuildTemplate = "build_template",
        Dismissed = "dismissed",
    }

    /// Language of a script.
    ScriptLanguage {
        Powershell = "powershell",
        Bash = "bash",
        Python = "python",
        Cmd = "cmd",
    }
}

/// The AI's guess at an outcome; the engineer decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OutcomeProposal {
    pub outcome: FixOutcome,
    pub reason: Option<String>,
    pub notes: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Fix {
    pub id: FixId,
    pub title: String,
    pub description: String,
    /// The description as sanitised HTML.
    pub description_html: String,
    /// 0–100.
    pub confidence: i16,
    /// Ids of lane items and facts.
    pub evidence: Vec<Uuid>,
    /// Nothing stands behind it.
    pub unfounded: bool,
    pub risk: Option<String>,
    pub rollback: Option<String>,
    pub template_id: Option<Uuid>,
    pub script: Option<String>,
    pub language: Option<ScriptLanguage>,
    pub status: FixStatus,
    pub user_decision: Option<Decision>,
    pub applied_at: Option<Timestamp>,
    pub verified_at: Option<Timestamp>,
    pub partial_notes: Option<String>,
    pub failure_reason: Option<String>,
    pub ai_outcome_proposal: Option<OutcomeProposal>,
    pub created_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Decided {
    pub fix: Fix,
    pub rendered_script: Option<String>,
    pub draft_template_id: Option<Uuid>,
    pub redirect_path: Option<String>,
}
