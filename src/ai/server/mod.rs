//! The gateway between FlowPilot and any model: one trait, the providers behind it, and the rules that hold for all of them.
//!
//! From the inside out: a [`model::Model`] is a vendor's wire format, [`call`] talks over it, [`prompt`] says what is told,
//! [`remote::Remote`] makes a [`Provider`] of them, [`attempts::Attempts`] one that does not give up at once; the [`Gateway`] is
//! what slices see.

mod addresses;
pub mod attempts;
mod call;
pub mod choice;
pub mod endpoint;
mod fault;
pub mod model;
pub mod prices;
pub mod prompt;
pub mod providers;
pub mod remote;
pub mod settings;
pub mod usage;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    ai::types::{Action, By, ChatEvent, ChatRequest, Usage},
    ids::SessionId,
    server::context::Ctx,
};

pub use fault::{AiError, Repeat, Waiting};

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

    /// One chat turn.
    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError>;

    /// One call that takes and answers JSON.
    async fn json(&self, action: Action, input: Value) -> Result<Answer, AiError>;
}

/// For whom a call is made: its account decides who answers and what it may cost, its session what is masked.
#[derive(Debug, Clone)]
pub struct Caller {
    pub ctx: Ctx,
    pub session: Option<SessionId>,
}

impl Caller {
    /// Somebody who works on a session.
    pub fn of(ctx: &Ctx, session: SessionId) -> Self {
        Self { ctx: ctx.clone(), session: Some(session) }
    }
}

/// Chooses the provider for a call.
#[derive(Debug, Clone)]
pub struct Gateway {
    default: Arc<dyn Provider>,
}

impl Gateway {
    pub fn new(default: Arc<dyn Provider>) -> Self {
        Self { default }
    }

    /// Starts a chat turn.
    pub async fn chat(&self, caller: &Caller, request: ChatRequest) -> Result<ChatStream, AiError> {
        tracing::debug!(account.id = %caller.ctx.account, session.id = ?caller.session, "An AI turn begins.");
        self.default.chat(request).await
    }

    /// One typed JSON call.
    pub async fn json<I: Serialize + Sync, O: DeserializeOwned>(
        &self,
        caller: &Caller,
        action: Action,
        input: &I,
    ) -> Result<O, AiError> {
        tracing::debug!(account.id = %caller.ctx.account, session.id = ?caller.session, ?action, "An AI call begins.");
        let unusable = |error: serde_json::Error| AiError::Unusable(error.to_string());
        let answer = self.default.json(action, serde_json::to_value(input).map_err(unusable)?).await?;
        serde_json::from_value(answer.value).map_err(unusable)
    }
}
