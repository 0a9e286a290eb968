//! The reply as text with markers. All payloads go through serde_json; what people wrote appears in prose only through
//! [`quote`], which leaves nothing that could be read as a marker.

use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::findings::Finding;
use super::format::{Fix, Node};
use crate::ai::types::unseen::is_unseen;

/// What the walker answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Prose with markers.
    pub text: String,
    /// To be handed back with the session's next turn.
    pub state: Value,
}

/// Bytes of one block, at most; a block of more than 64 kB would be dropped.
const MAX_BLOCK: usize = 32_000;

/// A reply being written.
#[derive(Debug, Default)]
pub struct Page {
    paragraphs: Vec<String>,
    blocks: Vec<(&'static str, Value)>,
}

/// A fact for the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    pub text: String,
    pub source_type: &'static str,
    pub source: Source,
}

/// What a fact rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// An item of the lane.
    Item(Uuid),
    /// A question that this very reply puts into the lane, by its text.
    Asked(String),
    /// Nothing but what was said: somebody has to confirm it.
    Talk,
}

impl Page {
    /// Adds a paragraph of sentences; empty ones are left out.
    pub fn say<S: AsRef<str>>(&mut self, sentences: impl IntoIterator<Item = S>) {
        let mut paragraph = String::new();
        for sentence in sentences {
            let sentence = sentence.as_ref().trim();
            if !paragraph.is_empty() && !sentence.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(sentence);
        }
        if !paragraph.is_empty() {
            self.paragraphs.push(paragraph);
        }
    }

    pub fn promote(&mut self, promotions: &[Promotion]) {
        let (mut block, mut size) = (Vec::new(), 0);
        for Promotion { text, source_type, source } in promotions {
            if size + text.len() > MAX_BLOCK && !block.is_empty() {
                self.blocks.push(("PROMOTE", Value::Array(std::mem::take(&mut block))));
                size = 0;
            }
            size += text.len();
            block.push(json!({ "text": text, "source_type": source_type, "source_ref": source }));
        }
        if !block.is_empty() {
            self.blocks.push(("PROMOTE", Value::Array(block)));
        }
    }

    pub fn hypotheses(&mut self, findings: &[Finding<'_>]) {
        let all = findings.iter().map(|finding| {
            let mut object = Map::new();
            object.insert("text".to_owned(), json!(finding.cause.text));
            object.insert("status".to_owned(), json!(finding.standing.word()));
            put(&mut object, "because", finding.because.as_ref());
            if !finding.evidence.is_empty() {
                object.insert("evidence".to_owned(), json!(finding.evidence));
            }
            Value::Object(object)
        });
        self.blocks.push(("HYPOTHESES", all.collect()));
    }

    /// The open questions and checks from now on; none clears both.
    pub fn lane(&mut self, open: &[(&Node, bool)]) {
        let (mut questions, mut actions) = (Vec::new(), Vec::new());
        for (node, again) in open {
            let mut object = Map::new();
            match node {
                Node::Question(question) => {
                    let text = if *again { question.rephrased() } else { question.text.clone() };
                    let options: Vec<&str> = question.answers.iter().map(|answer| answer.option.as_str()).collect();
                    object.insert("text".to_owned(), json!(text));
                    put(&mut object, "why", question.why.as_ref());
                    object.insert("options".to_owned(), json!(options));
                    questions.push(Value::Object(object));
                }
                Node::Check(check) => {
                    object.insert("label".to_owned(), json!(check.label));
                    put(&mut object, "command", check.command.as_ref());
                    put(&mut object, "description", check.description.as_ref());
                    put(&mut object, "expect", check.expect.as_ref());
                    actions.push(Value::Object(object));
                }
                Node::Fix(_) | Node::Escalate(_) => {}
            }
        }
        self.blocks.push(("QUESTIONS", Value::Array(questions)));
        self.blocks.push(("ACTIONS", Value::Array(actions)));
    }

    pub fn fix(&mut self, fix: &Fix, confidence: u8, evidence: &[Uuid]) {
        let mut object = Map::new();
        object.insert("title".to_owned(), json!(fix.title));
        object.insert("description".to_owned(), json!(fix.description));
        object.insert("confidence".to_owned(), json!(confidence));
        object.insert("evidence".to_owned(), json!(evidence));
        object.insert("risk".to_owned(), json!(fix.risk));
        object.insert("rollback".to_owned(), json!(fix.rollback));
        put(&mut object, "script", fix.script.as_ref());
        if let Some(language) = fix.language {
            object.insert("language".to_owned(), json!(language.as_str()));
        }
        self.blocks.push(("SUGGEST_FIX", Value::Object(object)));
    }

    pub fn outcome(&mut self, outcome: &str, reason: &str, notes: Option<&str>) {
        let mut object = Map::new();
        object.insert("outcome".to_owned(), json!(outcome));
        object.insert("reason".to_owned(), json!(reason));
        if let Some(notes) = notes {
            object.insert("notes".to_owned(), json!(notes));
        }
        self.blocks.push(("FIX_OUTCOME", Value::Object(object)));
    }

    /// The text of the reply.
    pub fn into_text(self) -> String {
        let mut text = self.paragraphs.join("\n\n");
        for (name, payload) in self.blocks {
            text.push_str(&format!("\n\n[{name}]\n{payload}\n[/{name}]"));
        }
        text.push('\n');
        text
    }
}

fn put(object: &mut Map<String, Value>, key: &str, text: Option<&String>) {
    if let Some(text) = text {
        object.insert(key.to_owned(), json!(text));
    }
}

/// A person's words within prose: short, on one line, without anything that could be a marker or turn the text round.
pub fn quote(text: &str) -> String {
    const LENGTH: usize = 80;
    let spoken = text.chars().filter(|letter| !is_unseen(*letter));
    let mut quoted = String::new();
    for letter in spoken.take(LENGTH * 4) {
        match letter {
            '[' | '{' => quoted.push('('),
            ']' | '}' => quoted.push(')'),
            '`' | '“' | '”' | '"' => quoted.push('\''),
            '*' | '_' | '#' | '|' | '<' | '>' => quoted.push(' '),
            other if other.is_whitespace() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    let words: Vec<&str> = quoted.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= LENGTH {
        return format!("“{line}”");
    }
    let start: String = line.chars().take(LENGTH).collect();
    format!("“{}…”", start.trim_end())
}

/// The first `length` letters of a text.
pub fn shorten(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}
