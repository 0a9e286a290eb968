//! What a model is told: the prompts, as files beside this one, and how a conversation and a case are put behind them.
//!
//! What comes first never changes (the files, then the conversation as it grew), so that a vendor's cache can keep it: no time, no
//! id and no counter stands in it. What changes each turn is the reminder, behind the newest message and in no later call. Text that
//! is not FlowPilot's own is made safe by [`neutralise`] and wrapped in a `fp:` element; it is data there, whatever it says.

mod forms;
mod history;
mod safe;
mod situation;

use std::sync::LazyLock;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    AiError,
    mcp::{Tool, Tools, Used},
    model::Course,
};
use crate::ai::types::{Action, ChatRequest, Speaker, Vendor, pictures::Picture};

pub use forms::{Form, check};
pub use safe::neutralise;

/// Room for one answer, the model's thoughts included.
const CHAT_ANSWER: u32 = 16_000;
const JSON_ANSWER: u32 = 8_000;

/// One request to a model, in no vendor's words.
#[derive(Debug, Clone)]
pub struct Prompt {
    pub system: &'static str,
    /// Oldest first; the first and the newest are the person's.
    pub turns: Vec<Turn>,
    /// What holds now and may not hold at the next turn: goes behind the newest text, and into no cache.
    pub reminder: Option<String>,
    /// What the model may look things up with, and what it has looked up for this answer already.
    pub tools: Tools,
    pub used: Vec<Used>,
    /// Where the answer paused, as far as it had come.
    pub paused: Option<Box<Course>>,
    /// The JSON that is asked for.
    pub form: Option<Form>,
    pub max_tokens: u32,
}

impl Prompt {
    /// About how many tokens all of it is.
    pub fn size(&self) -> usize {
        let turn =
            |turn: &Turn| turn.pictures.len() * PICTURE + turn.texts.iter().map(|text| tokens(text)).sum::<usize>();
        let used = |used: &Used| {
            let calls = used.calls.iter().map(|call| tokens(&call.arguments.to_string()));
            tokens(&used.said) + calls.chain(used.results.iter().map(|text| tokens(text))).sum::<usize>()
        };
        let tool = |tool: &Tool| tokens(&tool.description) + tokens(&tool.schema.to_string());
        let tools = match &self.tools {
            Tools::Functions(tools) => tools.iter().map(tool).sum(),
            Tools::None | Tools::Connector(_) => 0,
        };
        let reminder = self.reminder.as_deref().map_or(0, tokens);
        let form = self.form.as_ref().map_or(0, |form| tokens(&form.schema.to_string()));
        let blocks = self.paused.iter().flat_map(|course| &course.blocks).map(|block| tokens(&block.to_string()));
        let said = self.turns.iter().map(turn).chain(self.used.iter().map(used)).chain(blocks).sum::<usize>();
        tokens(self.system) + said + reminder + form + tools
    }
}

/// What one side said until the other spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub speaker: Speaker,
    /// Stand before the texts.
    pub pictures: Vec<Picture>,
    pub texts: Vec<String>,
}

const fn system(action: Action) -> &'static str {
    match action {
        Action::Chat => include_str!("session.md"),
        Action::FactSynthesis => include_str!("fact.md"),
        Action::ResolutionNote => include_str!("resolution.md"),
        Action::EscalationPackage => include_str!("escalation.md"),
        Action::Title => include_str!("title.md"),
        Action::TicketParsing => include_str!("ticket.md"),
    }
}

const ACTIONS: [Action; 6] = [
    Action::Chat,
    Action::FactSynthesis,
    Action::ResolutionNote,
    Action::EscalationPackage,
    Action::Title,
    Action::TicketParsing,
];

/// The version of the prompts: a hash of their files.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        for action in ACTIONS {
            hash.update(system(action).len().to_le_bytes());
            hash.update(system(action));
        }
        hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    });
    &VERSION
}

/// About how many tokens so many bytes of text are; rather too many, so that nothing is sent that does not fit.
pub const fn about(bytes: usize) -> usize {
    bytes.div_ceil(3)
}

fn tokens(text: &str) -> usize {
    about(text.len())
}

/// About how many tokens an image is.
const PICTURE: usize = 2_000;

/// A chat turn for a model that takes in `window` tokens.
pub fn chat(request: &ChatRequest, vendor: Vendor, window: usize) -> Result<Prompt, AiError> {
    let system = system(Action::Chat);
    let reminder = situation::render(&request.situation);
    let answer = usize::try_from(CHAT_ANSWER).unwrap_or_default().min(window / 4);
    let taken = tokens(system) + tokens(&reminder) + answer;
    // A small window sees only the newest images.
    let unseen = request.pictures.len().saturating_sub(window / 4 / PICTURE);
    let pictures = request.pictures.get(unseen..).unwrap_or_default();
    let last = request.messages.len().saturating_sub(1);
    let seen = pictures.iter().filter(|picture| picture.message == last).count();
    let newest = request.messages.last().map_or(0, |message| tokens(&message.text) + seen * PICTURE);
    if taken + newest > window {
        return Err(AiError::TooLong { vendor });
    }
    // A share of the window and not what the reminder leaves of it: that changes with each turn, and what is left out would too.
    // Where the reminder leaves less, it is rounded, so that it seldom changes.
    let left = window - taken;
    let budget = (window / 2).min(left - left % (window / 16).max(1));
    let turns = history::turns(&request.messages, pictures, budget, left);
    let max_tokens = u32::try_from(answer).unwrap_or(CHAT_ANSWER);
    let (reminder, used, paused) = (Some(reminder), Vec::new(), None);
    Ok(Prompt { system, turns, reminder, tools: Tools::None, used, paused, form: None, max_tokens })
}

/// A page or a list of pages that was looked up, as a model is shown it: data, and at most about so many characters.
pub fn document(text: &str, most: usize) -> String {
    safe::framed("document", "from=\"learn.microsoft.com\"", &safe::cut(text, most))
}

/// Somebody else's words on one line.
pub fn one_line(text: &str) -> String {
    safe::line(text)
}

/// The shortest prompt there is, to see whether a model answers.
pub fn hello() -> Prompt {
    let hello = Turn { speaker: Speaker::User, pictures: Vec::new(), texts: vec!["Say OK.".to_owned()] };
    let (tools, used) = (Tools::None, Vec::new());
    let system = "Answer with the word OK.";
    Prompt { system, turns: vec![hello], reminder: None, tools, used, paused: None, form: None, max_tokens: 256 }
}

/// A call that takes and answers JSON.
pub fn json(action: Action, input: Value, vendor: Vendor, window: usize) -> Result<Prompt, AiError> {
    let system = system(action);
    let text = forms::input(input);
    let answer = usize::try_from(JSON_ANSWER).unwrap_or_default().min(window / 4);
    if tokens(system) + tokens(&text) + answer > window {
        return Err(AiError::TooLong { vendor });
    }
    let turns = vec![Turn { speaker: Speaker::User, pictures: Vec::new(), texts: vec![text] }];
    let max_tokens = u32::try_from(answer).unwrap_or(JSON_ANSWER);
    let (tools, used) = (Tools::None, Vec::new());
    Ok(Prompt { system, turns, reminder: None, tools, used, paused: None, form: forms::form(action), max_tokens })
}
