//! The look-ups of one answer: few, short, and in nobody's name.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::{Server, Sources, TOOLS, sources};
use crate::ai::{
    server::{AiError, masking::Vault, prompt},
    types::Source,
};

/// An answer may look up so many things.
pub const MOST_CALLS: usize = 3;
/// And ask the model so many times to go on, whatever it wants to look up then, or however often its vendor pauses.
pub const MOST_ROUNDS: usize = 5;
/// Of each result a model sees so many characters; a small window gets less.
const LONGEST: usize = 8_000;

/// A tool that a model wants to be called.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    pub arguments: Value,
    /// As the vendor sent it, where it wants it back unchanged.
    pub raw: Value,
}

/// One round: what the model said and called, and what came of each call.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    pub said: String,
    pub calls: Vec<ToolCall>,
    pub results: Vec<String>,
}

/// A server, and what is not to be told to a model.
#[derive(Debug, Clone)]
pub struct Docs {
    pub server: Arc<Server>,
    pub vault: Vault,
}

/// The look-ups of one answer.
#[derive(Debug)]
pub struct Lookups {
    docs: Docs,
    longest: usize,
    calls: usize,
    rounds: usize,
    pub sources: Sources,
}

impl Lookups {
    /// For a model that takes in `window` tokens.
    pub fn new(docs: Docs, window: usize) -> Self {
        let docs = Docs { vault: docs.vault.secrets_only(), ..docs };
        Self { docs, longest: longest(window), calls: 0, rounds: 0, sources: Sources::default() }
    }

    /// Looks up what the model asks for; nothing when it has asked often enough.
    pub async fn look_up(&mut self, calls: &[ToolCall]) -> Option<Vec<String>> {
        self.rounds += 1;
        if self.rounds > MOST_ROUNDS {
            return None;
        }
        let mut results = Vec::with_capacity(calls.len());
        for call in calls {
            results.push(self.one(call).await);
        }
        Some(results)
    }

    async fn one(&mut self, call: &ToolCall) -> String {
        self.calls += 1;
        if self.calls > MOST_CALLS {
            return "Nothing more can be looked up in this turn. Answer with what you have.".to_owned();
        }
        if !TOOLS.contains(&call.name.as_str()) {
            return "There is no such tool.".to_owned();
        }
        let url = call.arguments["url"].as_str();
        if url.is_some_and(|url| page(url).is_none()) {
            return "Only pages of https://learn.microsoft.com can be read.".to_owned();
        }
        let page = url.map(ToOwned::to_owned);
        let masked = ToolCall { arguments: self.docs.vault.mask_value(call.arguments.clone()), ..call.clone() };
        let answer = self.docs.server.call(&masked).await;
        let outcome = match &answer {
            Ok(Ok(_)) => "found",
            Ok(Err(_)) => "refused",
            Err(_) => "failed",
        };
        tracing::info!(mcp.tool = %masked.name, mcp.outcome = outcome, "mcp.call");
        match answer {
            Ok(Ok(text)) => {
                self.sources.of_result(&text, page.as_deref());
                prompt::document(&self.docs.vault.mask(&text), self.longest)
            }
            Ok(Err(text)) => prompt::document(&self.docs.vault.mask(&text), 500),
            Err(_) => "The documentation cannot be reached now. Answer without it.".to_owned(),
        }
    }
}

/// How many characters of a result a model sees.
fn longest(window: usize) -> usize {
    LONGEST.min(window / 8)
}

/// Tokens to leave free for what is looked up.
pub fn room(window: usize) -> usize {
    MOST_CALLS * longest(window) / 3
}

/// A page that may be read, and shown as a source.
pub fn page(url: &str) -> Option<Url> {
    sources::page(url)
}

/// The sources of what was looked up.
impl Lookups {
    pub fn into_sources(self) -> Vec<Source> {
        self.sources.into_list()
    }
}

/// It asked again and again.
pub fn too_often(vendor: crate::ai::types::Vendor) -> AiError {
    AiError::Broke { vendor, detail: "it looked things up again and again without answering".to_owned() }
}
