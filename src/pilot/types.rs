//! The nouns of the session surface as they travel: the same shapes for the browser and for REST (P6).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::types::Colleague,
    error::AppError,
    ids::{
        FactId, FixId, HypothesisId, ImageId, LaneItemId, MessageId, PostingId, SessionId, Timestamp, TurnId, UserId,
    },
    pilot::history::{Found, Whose},
    wire::{or_default, said, take},
    words,
};

pub use crate::page::Page;

words! {
    /// Where a session is in its life.
    SessionStatus {
        Open = "open",
        Posting = "posting",
        Resolved = "resolved",
        Escalated = "escalated",
    }

    /// Who a message is from.
    Role {
        User = "user",
        Assistant = "assistant",
    }

    /// Whether a message is whole.
    MessageStatus {
        Done = "done",
        Failed = "failed",
        Stopped = "stopped",
    }

    /// What an image is, as its content says.
    ImageType {
        Png = "image/png",
        Jpeg = "image/jpeg",
        Gif = "image/gif",
        Webp = "image/webp",
    }

    /// Where a turn is.
    TurnStatus {
        Running = "running",
        Done = "done",
        Failed = "failed",
        Stopped = "stopped",
    }

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

/// A person, as far as colleagues need to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Person {
    pub id: UserId,
    pub name: String,
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

/// What a person sent from the lane with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SentAnswer {
    pub id: LaneItemId,
    pub kind: ItemKind,
    pub label: String,
    /// The answer, or the result and output of a check; `null` for a skipped question.
    pub answer: Option<String>,
}

/// An image of a session: upright, without metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Image {
    pub id: ImageId,
    pub content_type: ImageType,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub url: String,
    pub thumbnail_url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Message {
    pub id: MessageId,
    pub role: Role,
    /// Markers removed. Empty where a person only sent answers from the lane.
    pub text: String,
    /// The text as sanitised HTML.
    pub html: String,
    pub status: MessageStatus,
    pub author: Option<Person>,
    pub images: Vec<ImageId>,
    /// The same images, with what one has to know to draw them.
    #[serde(default)]
    pub attachments: Vec<Image>,
    pub answers: Vec<SentAnswer>,
    pub created_at: Timestamp,
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

/// Who made something: a person, or the AI on a person's behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Maker {
    pub id: UserId,
    pub name: String,
    /// The AI made it, in a turn of this person.
    pub ai: bool,
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

/// The body of every error answer, RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub code: String,
    pub detail: String,
    #[serde(default)]
    pub errors: Vec<crate::error::FieldError>,
}

impl From<&AppError> for Problem {
    fn from(error: &AppError) -> Self {
        Self {
            kind: format!("/problems/{}", error.code()),
            title: error.title().to_owned(),
            status: error.status(),
            code: error.code().to_owned(),
            detail: error.detail(),
            errors: match error {
                AppError::Invalid { errors } => errors.clone(),
                _ => Vec::new(),
            },
        }
    }
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
    pub external_id: Option<String>,
    pub status_verified: Option<bool>,
    pub status_transition_skipped_reason: Option<String>,
    pub problem: Option<Problem>,
    pub posted_by: Person,
    pub created_at: Timestamp,
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
    /// Colleagues who see it too.
    pub shared_with: Vec<Person>,
    pub ticket: Option<TicketLink>,
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
    /// Follow events from here; 0 before the first.
    pub last_event_id: i64,
    pub turn: Option<Turn>,
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

/// Shares a session with a colleague, named by one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewShare {
    #[serde(default)]
    pub user_id: Option<UserId>,
    #[serde(default)]
    pub email: Option<String>,
}

/// With whom a session is shared, and who else there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    pub shared_with: Vec<Person>,
    pub others: Vec<Colleague>,
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

/// A person's message. `text` may be empty where there are images, or new answers in the lane.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewMessage {
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
    /// Ids of images that were added to the session and not sent yet, 6 at most, in their order.
    #[serde(default, deserialize_with = "or_default")]
    pub images: Vec<ImageId>,
    /// Run the last, failed turn again instead of adding a message.
    #[serde(default, deserialize_with = "or_default")]
    pub retry: bool,
    /// Let FlowPilot's own flows answer, whatever the account chose: for when a budget is used up.
    #[serde(default, deserialize_with = "or_default")]
    pub built_in: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Promotion {
    pub source_type: SourceType,
    pub source_ref: LaneItemId,
    #[serde(default)]
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Decided {
    pub fix: Fix,
    pub rendered_script: Option<String>,
    pub draft_template_id: Option<Uuid>,
    pub redirect_path: Option<String>,
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

/// Tokens of a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TurnUsage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_read_tokens: u64,
    pub cache_write_tokens: u64,
}

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
            "message" => Self::Message(Box::new(serde_json::from_value(payload).ok()?)),
            "delta" => Self::Delta { text: take(data, "text")? },
            "turn_reset" => Self::TurnReset { reason: take(data, "reason")? },
            "lane" => Self::Lane(serde_json::from_value(payload).ok()?),
            "fact" => Self::Fact(Box::new(serde_json::from_value(payload).ok()?)),
            "fact_removed" => Self::FactRemoved { id: take(data, "id")? },
            "hypotheses" => Self::Hypotheses(serde_json::from_value(payload).ok()?),
            "fix" => Self::Fix(Box::new(serde_json::from_value(payload).ok()?)),
            "outcome_proposal" => {
                Self::OutcomeProposal { fix_id: take(data, "fix_id")?, proposal: take(data, "proposal")? }
            }
            "marker_dropped" => Self::MarkerDropped { name: take(data, "name")?, reason: take(data, "reason")? },
            "session" => Self::Session {
                status: take(data, "status")?,
                title: take(data, "title")?,
                state_version: take(data, "state_version")?,
            },
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
        let frame = &mut serde_json::from_str(text).ok()?;
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
