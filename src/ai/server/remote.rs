//! A provider over a vendor's models: one call, once. What is repeated and who stands in is decided in `attempts.rs`.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    AiError, Answer, ChatStream, Provider,
    call::{self, Saying},
    choice::Choice,
    model::{Model, Patience, Said, Stop},
    prompt, providers,
};
use crate::ai::types::{Action, By, ChatEvent, ChatRequest, Tier, Usage, Vendor};

/// A call that has ended, however it did; for records of what was used.
#[derive(Debug)]
pub struct Report {
    pub action: Action,
    pub by: By,
    /// What is known to have been used; a call that broke off may have used more.
    pub usage: Usage,
    pub latency: Duration,
    /// Until the first of its text.
    pub first_byte: Option<Duration>,
    /// `Err(None)`: nobody waited for the end.
    pub outcome: Result<(), Option<AiError>>,
}

/// Hears of every call that has ended. It must not wait.
pub trait Watch: Send + Sync + fmt::Debug {
    fn ended(&self, report: Report);
}

/// A vendor's models as a provider.
#[derive(Debug)]
pub struct Remote {
    vendor: Vendor,
    fast: Arc<dyn Model>,
    standard: Arc<dyn Model>,
    watch: Option<Arc<dyn Watch>>,
}

impl Remote {
    /// The models of a choice; nothing where FlowPilot's own flows answer.
    pub fn new(choice: &Choice) -> Option<Self> {
        Self::with_patience(choice, None)
    }

    /// The same, with other time limits than the usual ones.
    pub fn with_patience(choice: &Choice, patience: Option<Patience>) -> Option<Self> {
        let model = |tier| providers::model(choice, tier, patience);
        Some(Self { vendor: choice.vendor, fast: model(Tier::Fast)?, standard: model(Tier::Standard)?, watch: None })
    }

    /// Tells `watch` of every call.
    #[must_use]
    pub fn watched(self, watch: Arc<dyn Watch>) -> Self {
        Self { watch: Some(watch), ..self }
    }

    fn model(&self, action: Action) -> Arc<dyn Model> {
        Arc::clone(match action.tier() {
            Tier::Fast => &self.fast,
            Tier::Standard => &self.standard,
        })
    }

    fn account(&self, action: Action, model: &dyn Model) -> Account {
        let by = By { vendor: self.vendor, model: model.name().to_owned(), prompt: prompt::version().to_owned() };
        Account {
            watch: self.watch.clone(),
            action,
            by,
            usage: Usage::default(),
            began: Instant::now(),
            first_byte: None,
            outcome: Err(None),
        }
    }
}

/// Keeps the account of one call and reports it when it is dropped, so that no way out of the call forgets it.
#[derive(Debug)]
struct Account {
    watch: Option<Arc<dyn Watch>>,
    action: Action,
    by: By,
    usage: Usage,
    began: Instant,
    first_byte: Option<Duration>,
    outcome: Result<(), Option<AiError>>,
}

impl Account {
    fn heard(&mut self) {
        self.first_byte.get_or_insert_with(|| self.began.elapsed());
    }

    /// How the answer ended: whole, or with what it lacks.
    fn end(&mut self, usage: Usage, stop: Stop, said_something: bool) -> Result<(), AiError> {
        self.usage = usage;
        tracing::info!(
            ai.action = ?self.action,
            ai.vendor = self.by.vendor.as_str(),
            ai.model = %self.by.model,
            ai.prompt = %self.by.prompt,
            ai.cache.read = usage.cache_read_tokens,
            ai.cache.written = usage.cache_write_tokens,
            ai.input = usage.input_tokens,
            ai.output = usage.output_tokens,
            "ai.cache"
        );
        let vendor = self.by.vendor;
        match stop {
            Stop::Done if said_something => Ok(()),
            Stop::Done => Err(AiError::Empty { vendor }),
            Stop::Truncated => Err(AiError::Truncated { vendor }),
            Stop::Refused(detail) => Err(AiError::Refused { vendor, detail }),
            Stop::WindowFull => Err(AiError::TooLong { vendor }),
        }
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.ended(Report {
                action: self.action,
                by: self.by.clone(),
                usage: self.usage,
                latency: self.began.elapsed(),
                first_byte: self.first_byte,
                outcome: std::mem::replace(&mut self.outcome, Err(None)),
            });
        }
    }
}

/// A chat answer under way.
struct Chat {
    saying: Saying,
    account: Account,
    said_something: bool,
    state: Option<Value>,
}

#[async_trait]
impl Provider for Remote {
    fn name(&self) -> &'static str {
        self.vendor.as_str()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError> {
        let model = self.model(Action::Chat);
        let prompt = prompt::chat(&request, self.vendor, model.window())?;
        let chat = Chat {
            account: self.account(Action::Chat, &*model),
            saying: call::ask(model, prompt),
            said_something: false,
            // Another provider's: it may answer again one day.
            state: request.state,
        };
        let events = stream::unfold(Some(chat), |chat| async move {
            let mut chat = chat?;
            let vendor = chat.account.by.vendor;
            let ended = match chat.saying.next().await {
                Some(Ok(Said::Text(text))) => {
                    chat.account.heard();
                    chat.said_something |= !text.trim().is_empty();
                    return Some((Ok(ChatEvent::Text(text)), Some(chat)));
                }
                Some(Ok(Said::End { usage, stop })) => chat.account.end(usage, stop, chat.said_something),
                Some(Err(error)) => Err(error),
                None => Err(AiError::Dropped { vendor }),
            };
            chat.account.outcome = ended.clone().map_err(Some);
            let Chat { account, state, .. } = chat;
            let done = ChatEvent::Done { usage: account.usage, state, by: Some(account.by.clone()) };
            Some((ended.map(|()| done), None))
        });
        Ok(events.boxed())
    }

    async fn json(&self, action: Action, input: Value) -> Result<Answer, AiError> {
        let model = self.model(action);
        let prompt = prompt::json(action, input, self.vendor, model.window())?;
        let mut account = self.account(action, &*model);
        let answer = complete(call::ask(model, prompt), &mut account).await;
        account.outcome = answer.as_ref().map(|_| ()).map_err(|error| Some(error.clone()));
        Ok(Answer { value: answer?, usage: account.usage, by: Some(account.by.clone()) })
    }
}

/// The whole answer as JSON that holds to its form.
async fn complete(mut saying: Saying, account: &mut Account) -> Result<Value, AiError> {
    let vendor = account.by.vendor;
    let mut text = String::new();
    while let Some(said) = saying.next().await {
        match said? {
            Said::Text(more) => {
                account.heard();
                text += &more;
            }
            Said::End { usage, stop } => {
                account.end(usage, stop, !text.trim().is_empty())?;
                return prompt::check(account.action, &text).map_err(|detail| AiError::InvalidJson { vendor, detail });
            }
        }
    }
    Err(AiError::Dropped { vendor })
}
