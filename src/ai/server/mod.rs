//! The gateway between FlowPilot and any model: one trait, the providers behind it, and the rules that hold for all of them.

pub mod choice;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    ai::types::{Action, ChatEvent, ChatRequest},
    error::{AppError, Upstream},
};

/// Why a model gave no (usable) answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AiError {
    #[error("The AI provider cannot be reached: {0}")]
    Unavailable(String),
    #[error("The AI provider's answer could not be used: {0}")]
    Unusable(String),
}

impl From<AiError> for AppError {
    fn from(error: AiError) -> Self {
        tracing::warn!(error.cause = %error, "An AI call failed.");
        Self::Upstream { code: Upstream::AiUnavailable, detail: format!("{error}. Try again.") }
    }
}

/// A streaming answer. It ends after [`ChatEvent::Done`] or an error; dropping it cancels the call.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, AiError>>;

/// One way to get answers. A provider never keeps state of a session: what it needs again it hands back with `Done`.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// Its name in settings, logs and metrics.
    fn name(&self) -> &'static str;

    /// One chat turn.
    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError>;

    /// One call that takes and answers JSON.
    async fn json(&self, action: Action, input: Value) -> Result<Value, AiError>;
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
    pub async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError> {
        self.default.chat(request).await
    }

    /// One typed JSON call.
    pub async fn json<I: Serialize + Sync, O: DeserializeOwned>(
        &self,
        action: Action,
        input: &I,
    ) -> Result<O, AiError> {
        let unusable = |error: serde_json::Error| AiError::Unusable(error.to_string());
        let answer = self.default.json(action, serde_json::to_value(input).map_err(unusable)?).await?;
        serde_json::from_value(answer).map_err(unusable)
    }
}
