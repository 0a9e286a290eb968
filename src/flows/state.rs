//! What the walker keeps between two turns of a session, as JSON beside the conversation.
//!
//! Most of a walk is derived anew each turn from the lane's current answers and the fixes' outcomes; here is only what those
//! do not say. Anything unreadable counts as nothing: the walk then starts anew, passing what the lane has answers for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ai::types::CheckOutcome;

const VERSION: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    v: u32,
    /// Turns of this walk, this one included.
    pub turn: u32,
    /// The flows walked, the current one last.
    pub chain: Vec<Link>,
    /// What was said in the chat about a question or check, by its text in the lane.
    pub said: BTreeMap<String, Said>,
    /// How often the chat's words about a question or check could not be read, by its text.
    pub unclear: BTreeMap<String, u32>,
    /// The steps of the last turn's walk, to see what is new and what was changed.
    pub way: Vec<Passed>,
    /// Which answer of a lane item was promoted already, so that a fact somebody removed stays removed.
    pub promoted: BTreeMap<Uuid, String>,
    /// Fixes that belong to a problem already closed.
    pub settled: Vec<Uuid>,
    /// Fixes that worked at first and then did not.
    pub relapsed: Vec<Uuid>,
    /// Why the walk ended although its flow had more to ask.
    pub closed: Option<String>,
}

/// A flow in the chain: its version stays the one it began with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub slug: String,
    pub hash: String,
    pub by: By,
}

/// How the walk came to a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// It fitted the problem, or the message that showed the problem to be another.
    Match,
    /// Another flow led here.
    Goto,
}

/// What the chat said about a lane item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The lane item, where it was in the lane.
    pub item: Option<Uuid>,
    pub what: SaidWhat,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaidWhat {
    /// An answer, as long as answers are looked at.
    Words(String),
    Result(CheckOutcome),
    Skipped,
    /// Words that could not be read, more than once.
    GivenUp,
}

/// One step of a walk, as far as the next turn has to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub node: String,
    /// Which branch was taken.
    pub key: String,
}

impl State {
    /// The state a turn begins with.
    pub fn read(value: Option<&Value>) -> Self {
        let read = value.and_then(|value| serde_json::from_value::<Self>(value.clone()).ok());
        let fresh = Self { v: VERSION, ..Self::default() };
        read.filter(|state| state.v == VERSION).unwrap_or(fresh)
    }

    pub fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// A new problem: forgets the walk, keeps what was said and promoted.
    pub fn begin_anew(&mut self, fixes_so_far: impl Iterator<Item = Uuid>) {
        self.settled = fixes_so_far.collect();
        self.turn = 1;
        self.chain.clear();
        self.way.clear();
        self.unclear.clear();
        self.closed = None;
    }
}

/// A short fingerprint of an answer.
pub fn fingerprint(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
