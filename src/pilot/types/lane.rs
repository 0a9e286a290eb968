//! The task lane: questions and checks, and how a person changes them.

use serde::{Deserialize, Serialize};

use crate::{
    ids::LaneItemId,
    wire::{or_default, said},
    words,
};

words! {
    /// Question or check: both live in the task lane.
    ItemKind {
        Question = "question",
        Check = "check",
    }

    /// How far a lane item is.
    ItemStatus {
        Open = "open",
        Answered = "answered",
        Skipped = "skipped",
        Done = "done",
    }

    /// Result of a check. `pass` means: as expected, so this cause is unlikely.
    CheckResult {
        Pass = "pass",
        Fail = "fail",
        Skipped = "skipped",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Question {
    pub id: LaneItemId,
    pub text: String,
    pub why: Option<String>,
    pub options: Vec<String>,
    pub answer: Option<String>,
    pub status: ItemStatus,
    /// The AI has not been told of this answer yet.
    pub unsent: bool,
}

impl Question {
    /// It was skipped; also once the AI has left it behind, when its status is *done*.
    pub fn is_skipped(&self) -> bool {
        self.answer.is_none() && self.status != ItemStatus::Open
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Check {
    pub id: LaneItemId,
    pub label: String,
    pub command: Option<String>,
    pub description: Option<String>,
    pub expect: Option<String>,
    pub result: Option<CheckResult>,
    pub output: Option<String>,
    pub status: ItemStatus,
    /// The AI has not been told of this result yet.
    pub unsent: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TaskLane {
    pub questions: Vec<Question>,
    pub actions: Vec<Check>,
}

/// A change to the lane: only the items named change, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LaneChange {
    #[serde(default, deserialize_with = "or_default")]
    pub answers: Vec<AnswerChange>,
    #[serde(default, deserialize_with = "or_default")]
    pub results: Vec<ResultChange>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AnswerChange {
    pub id: LaneItemId,
    /// Absent: the answer stays; `null` clears it.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub answer: Option<Option<String>>,
    /// Absent or `null`: as the answer says.
    #[serde(default)]
    pub skipped: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ResultChange {
    pub id: LaneItemId,
    /// Absent: the result stays; `null` clears it.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub result: Option<Option<CheckResult>>,
    /// Absent: the output stays; `null` clears it, and with a cleared result it goes too.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub output: Option<Option<String>>,
}
