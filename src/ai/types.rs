//! What a caller says to a model and what it hears back, whichever provider answers.
//!
//! The words here are the gateway's own: slices translate their rows into a [`Situation`], so that providers know no slice.

pub mod masked;
pub mod pictures;
pub mod settings;
mod sources;
pub mod unseen;
pub mod usage;
mod vendor;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use sources::Source;
pub use vendor::Vendor;

/// What a call is for. It decides the tier, and with it the model; it is recorded with every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Chat,
    FactSynthesis,
    ResolutionNote,
    EscalationPackage,
    /// A short title for a session.
    Title,
    /// A ticket's fields out of pasted text.
    TicketParsing,
}

/// How capable (and slow, and dear) a model the action asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Fast,
    Standard,
}

impl Action {
    /// The tier each action runs on.
    pub const fn tier(self) -> Tier {
        match self {
            Self::Chat | Self::ResolutionNote | Self::EscalationPackage => Tier::Standard,
            Self::FactSynthesis | Self::Title | Self::TicketParsing => Tier::Fast,
        }
    }
}

/// Who said a message of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    User,
    Assistant,
}

/// One message of the conversation, markers removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    pub speaker: Speaker,
    /// May be empty where a person only sent images, or answers from the lane.
    pub text: String,
    /// How many images came with it.
    #[serde(default)]
    pub images: usize,
}

/// Everything about the case that is not conversation. LLM providers get it rendered as the volatile reminder,
/// the built-in provider reads it as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Situation {
    /// The session's problem statement, if one was given.
    pub problem: Option<String>,
    pub ticket: Option<TicketText>,
    /// Lane items, open and done, in lane order (questions and checks mixed by `kind`).
    pub items: Vec<LaneItem>,
    pub facts: Vec<KnownFact>,
    pub hypotheses: Vec<Hypothesis>,
    /// Every fix proposed so far, oldest first; at most one is `active`.
    pub fixes: Vec<TriedFix>,
}

/// The linked ticket, as untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketText {
    pub id: String,
    pub summary: String,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    Question,
    Check,
}

/// Result of a diagnostic check: `pass` = as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    Pass,
    Fail,
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneItem {
    pub id: Uuid,
    pub kind: ItemKind,
    /// Text of the question, label of the check.
    pub text: String,
    /// The answer of a question, verbatim.
    pub answer: Option<String>,
    /// The result of a check.
    pub result: Option<CheckOutcome>,
    /// What the check printed, if pasted.
    pub output: Option<String>,
    /// The person chose to skip the question.
    pub skipped: bool,
    /// Answered since the last turn.
    pub fresh: bool,
    /// Some fact already rests on this item as it is answered now.
    pub promoted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFact {
    pub id: Uuid,
    pub text: String,
    /// Confirmed, or supported by a person's own answer, and not stale.
    pub established: bool,
    /// The lane item it rests on.
    pub source_ref: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hypothesis {
    pub id: Uuid,
    pub text: String,
    /// `open`, `supported` or `ruled_out`.
    pub status: String,
}

/// How far a fix got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixProgress {
    /// Proposed, nobody has said that it was done.
    Proposed,
    /// Done, outcome not known yet.
    Applied,
    Worked,
    Failed,
    Partial,
    Dismissed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedFix {
    pub id: Uuid,
    pub title: String,
    pub progress: FixProgress,
    /// What the engineer noted with a partial or failed outcome.
    pub notes: Option<String>,
    pub active: bool,
}

/// One streaming chat turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The conversation, oldest first; the last one is the person's newest message.
    pub messages: Vec<ChatMessage>,
    pub situation: Situation,
    /// The newest images, in the order of their messages.
    #[serde(skip)]
    pub pictures: Vec<pictures::Picture>,
    /// What this provider asked to be kept at the end of the session's last turn.
    pub state: Option<serde_json::Value>,
}

/// Tokens a call used. What was read from or written to the vendor's cache is not in `input_tokens`, whatever the vendor counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_read_tokens: u64,
    pub cache_write_tokens: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, more: Self) {
        self.input_tokens += more.input_tokens;
        self.output_tokens += more.output_tokens;
        self.cache_read_tokens += more.cache_read_tokens;
        self.cache_write_tokens += more.cache_write_tokens;
    }
}

/// What a streaming turn yields.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatEvent {
    /// More of the answer, markers included.
    Text(String),
    /// Looked up for the answer.
    Source(Source),
    /// What the attempt has used so far, as the vendor counts it: it may be stopped before it is whole.
    Used(Usage),
    /// The attempt failed and is repeated: forget the text so far.
    Reset { reason: String },
    /// The answer is whole.
    Done {
        usage: Usage,
        /// Handed back with the session's next turn.
        state: Option<serde_json::Value>,
        /// Who answered, where that is a model.
        by: Option<By>,
    },
}

/// Which model answered which prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    pub vendor: Vendor,
    pub model: String,
    /// The version of the prompts: a hash of their files.
    pub prompt: String,
}

/// Fact synthesis: what a person's one answer or result lets us conclude.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactInput {
    pub kind: ItemKind,
    /// The question, or the check's label.
    pub item: String,
    /// What a healthy system shows, for a check.
    pub expect: Option<String>,
    pub answer: Option<String>,
    pub result: Option<CheckOutcome>,
    pub output: Option<String>,
}

/// The conclusion; `None`: nothing can be concluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactOutput {
    pub fact: Option<String>,
}

/// Something a note may be written from, with the source to cite for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced {
    pub text: String,
    pub sources: Vec<Citation>,
}

/// A source as it is cited: kind and id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Citation {
    pub kind: String,
    pub id: String,
}

/// Something that nobody has answered or done yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItem {
    pub kind: ItemKind,
    /// The question, or the check's label.
    pub text: String,
    pub sources: Vec<Citation>,
}

/// A cause with how it stands and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub text: String,
    /// `open`, `supported` or `ruled_out`.
    pub status: String,
    pub because: Option<String>,
    pub sources: Vec<Citation>,
}

/// A fix that was at least proposed, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedFix {
    pub title: String,
    pub description: String,
    pub progress: FixProgress,
    pub notes: Option<String>,
    pub sources: Vec<Citation>,
}

/// All that a resolution note or an escalation package may be written from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteInput {
    /// The headings, in order: each statement names one of them.
    pub sections: Vec<String>,
    /// What people said the problem is: ticket, problem statement, and what they said before the first answer.
    pub problem: Vec<Sourced>,
    /// What people said since, oldest first.
    #[serde(default)]
    pub said: Vec<Sourced>,
    pub facts: Vec<Sourced>,
    /// Checks done, with label and result.
    pub checks: Vec<Sourced>,
    /// Questions and checks that are still open; only a package for the next engineer is written from them.
    pub open: Vec<OpenItem>,
    pub causes: Vec<Cause>,
    /// Oldest first.
    pub fixes: Vec<NotedFix>,
    /// Whom the flow that was walked hands over to, why and with what, where it came to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Sourced>,
}

/// One statement as the model wrote it; the server checks its sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftStatement {
    pub section: String,
    pub text: String,
    pub sources: Vec<Citation>,
}

/// The document as structured statements.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteOutput {
    pub statements: Vec<DraftStatement>,
}

/// What a session is about, to be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleInput {
    /// The problem, or the first message.
    pub text: String,
}

/// The title, a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleOutput {
    pub title: String,
}

/// Text somebody pasted: a mail, a chat, notes of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketInput {
    pub text: String,
}

/// What of a ticket the text says. What it does not say stays empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketOutput {
    pub summary: String,
    pub description: String,
    pub company: Option<String>,
    pub contact: Option<String>,
    /// As the text says it; nothing where it does not.
    pub priority: Option<String>,
}
