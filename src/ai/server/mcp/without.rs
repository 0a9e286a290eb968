//! A chat turn with documentation: when it fails with it, once more without.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use serde_json::Value;

use crate::ai::{
    server::{AiError, Answer, ChatStream, Provider},
    types::{Action, ChatEvent, ChatRequest},
};

/// The same models, with documentation and without. It lives for one call of a slice: once it had to do without, it goes on so.
#[derive(Debug)]
pub struct Documented {
    with: Arc<dyn Provider>,
    without: Arc<dyn Provider>,
    gave_up: Arc<AtomicBool>,
}

impl Documented {
    pub fn new(with: Arc<dyn Provider>, without: Arc<dyn Provider>) -> Self {
        Self { with, without, gave_up: Arc::default() }
    }
}

/// Whether the documentation may have been the cause. What says clearly that it is something else fails the same without.
const fn may_be_it(error: &AiError) -> bool {
    // Whoever says how long to wait is waited for.
    error.retry_after().is_none()
        && !matches!(
            error,
            AiError::RateLimited { .. }
                | AiError::Unreachable { .. }
                | AiError::OutOfCredit { .. }
                | AiError::BadKey { .. }
                | AiError::UnknownModel { .. }
                | AiError::WrongPath { .. }
                | AiError::NotAnApi { .. }
                | AiError::Tls { .. }
                | AiError::PrivateAddress { .. }
                | AiError::NoVision { .. }
        )
}

/// A turn under way.
struct Turn {
    with: Arc<dyn Provider>,
    without: Arc<dyn Provider>,
    gave_up: Arc<AtomicBool>,
    request: ChatRequest,
    answer: Option<ChatStream>,
}

impl Turn {
    async fn hear(&mut self) -> Result<ChatEvent, AiError> {
        if self.answer.is_none() {
            let who = if self.gave_up.load(Ordering::Relaxed) { &self.without } else { &self.with };
            self.answer = Some(who.chat(self.request.clone()).await?);
        }
        let next = match &mut self.answer {
            Some(answer) => answer.next().await,
            None => None,
        };
        next.unwrap_or_else(|| Err(AiError::Unavailable("it ended its answer half-way".to_owned())))
    }

    /// The next event, and whether it was the last.
    async fn next(&mut self) -> (Result<ChatEvent, AiError>, bool) {
        let error = match self.hear().await {
            Ok(event) => {
                let last = matches!(event, ChatEvent::Done { .. });
                return (Ok(event), last);
            }
            Err(error) => error,
        };
        if self.gave_up.load(Ordering::Relaxed) || !may_be_it(&error) {
            return (Err(error), true);
        }
        self.gave_up.store(true, Ordering::Relaxed);
        tracing::warn!(ai.provider = self.with.name(), error.code = error.code(), error.cause = %error, "mcp.fallback");
        self.answer = None;
        (Ok(ChatEvent::Reset { reason: error.to_string() }), false)
    }
}

#[async_trait]
impl Provider for Documented {
    fn name(&self) -> &'static str {
        self.with.name()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError> {
        let (with, without, gave_up) = (Arc::clone(&self.with), Arc::clone(&self.without), Arc::clone(&self.gave_up));
        if !gave_up.load(Ordering::Relaxed) {
            tracing::info!(ai.provider = self.with.name(), mcp.server = super::NAME, "mcp.turn");
        }
        let turn = Turn { with, without, gave_up, request, answer: None };
        let events = stream::unfold(Some(Box::new(turn)), |turn| async move {
            let mut turn = turn?;
            let (event, last) = turn.next().await;
            Some((event, (!last).then_some(turn)))
        });
        Ok(events.boxed())
    }

    async fn json(&self, action: Action, input: Value) -> Result<Answer, AiError> {
        self.without.json(action, input).await
    }
}
