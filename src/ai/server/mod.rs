//! The gateway between FlowPilot and any model: one trait, the providers behind it, and the rules that hold for all of them.
//!
//! From the inside out: a [`model::Model`] is a vendor's wire format, [`call`] talks over it, [`prompt`] says what is told,
//! [`remote::Remote`] makes a [`Provider`] of them, [`attempts::Attempts`] one that does not give up at once; the [`Gateway`] is
//! what slices see: it takes the provider that the account chose, within its budget, and records every call.

mod addresses;
pub mod attempts;
mod call;
pub mod choice;
pub mod endpoint;
mod failures;
mod fault;
mod gateway;
pub mod masking;
pub mod mcp;
pub mod model;
pub mod prices;
mod probe;
pub mod prompt;
pub mod providers;
pub mod remote;
pub mod settings;
pub mod usage;

use std::fmt;

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde_json::Value;

use crate::ai::types::{Action, By, ChatEvent, ChatRequest, Usage};

pub use call::Meter;
pub use failures::Edition;
pub use fault::{AiError, Repeat, Waiting};
pub use gateway::{Caller, Chosen, Gateway, Given, Talk, vault};

/// A streaming answer. It ends after [`ChatEvent::Done`] or an error; dropping it cancels the call.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, AiError>>;

/// A JSON answer with what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub value: Value,
    pub usage: Usage,
    /// Who answered, where that is a model.
    pub by: Option<By>,
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self { value, usage: Usage::default(), by: None }
    }
}

/// One way to get answers. A provider never keeps state of a session: what it needs again it hands back with `Done`.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// Its name in settings, logs and metrics.
    fn name(&self) -> &'static str;

    /// Whether a model answers: it is told the whole conversation, and it may turn in circles. FlowPilot's own flows keep to what
    /// they kept for themselves, and come to an end.
    fn is_model(&self) -> bool {
        true
    }

    /// One chat turn.
    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError>;

    /// One call that takes and answers JSON.
    async fn json(&self, action: Action, input: Value) -> Result<Answer, AiError>;
}
