//! A provider over a vendor's models: one call, once. What is repeated and who stands in is decided in `attempts.rs`.

use std::{collections::VecDeque, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    AiError, Answer, ChatStream, Provider,
    call::{self, Meter, Saying},
    choice::Choice,
    mcp::{self, Docs, Lookups, ToolCall, Tools, Used},
    model::{Course, Model, Patience, Said, Stop, says},
    prompt::{self, Prompt},
    providers,
};
use crate::ai::types::{Action, By, ChatEvent, ChatRequest, Source, Tier, Usage, Vendor};

/// A call that has ended, however it did; for records of what was used.
#[derive(Debug)]
pub struct Report {
    pub action: Action,
    pub by: By,
    /// What was used: counted by the vendor, and estimated where it broke off before that or nobody counts.
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
    /// What chat turns may look things up in.
    docs: Option<Docs>,
}

impl Remote {
    /// The models of a choice; nothing where FlowPilot's own flows answer.
    pub fn new(choice: &Choice) -> Option<Self> {
        Self::with_patience(choice, None)
    }

    /// The same, with other time limits than the usual ones.
    pub fn with_patience(choice: &Choice, patience: Option<Patience>) -> Option<Self> {
        let model = |tier| providers::model(choice, tier, patience);
        Some(Self {
            vendor: choice.vendor,
            fast: model(Tier::Fast)?,
            standard: model(Tier::Standard)?,
            watch: None,
            docs: None,
        })
    }

    /// Tells `watch` of every call.
    #[must_use]
    pub fn watched(self, watch: Arc<dyn Watch>) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// Lets chat turns look things up.
    #[must_use]
    pub fn with_docs(self, docs: Docs) -> Self {
        Self { docs: Some(docs), ..self }
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
            meter: Meter::default(),
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
    /// Of the request that is under way.
    meter: Meter,
    began: Instant,
    first_byte: Option<Duration>,
    outcome: Result<(), Option<AiError>>,
}

impl Account {
    /// Asks the model, at this account's cost.
    fn ask(&mut self, model: &Arc<dyn Model>, prompt: Prompt) -> Saying {
        self.settle();
        call::ask(Arc::clone(model), prompt, &self.meter)
    }

    /// What is known to have been used up to now, in the requests before and in the one that is under way.
    fn so_far(&self) -> Usage {
        let mut used = self.usage;
        used += self.meter.so_far();
        used
    }

    fn heard(&mut self) {
        self.first_byte.get_or_insert_with(|| self.began.elapsed());
    }

    /// How the answer ended: whole, or with what it lacks.
    fn end(&mut self, stop: Stop, said_something: bool) -> Result<(), AiError> {
        self.settle();
        let vendor = self.by.vendor;
        match stop {
            Stop::Done if said_something => Ok(()),
            Stop::Done | Stop::Calls(_) => Err(AiError::Empty { vendor }),
            Stop::Truncated | Stop::Paused => Err(AiError::Truncated { vendor }),
            Stop::Refused(detail) => Err(AiError::Refused { vendor, detail }),
            Stop::WindowFull => Err(AiError::TooLong { vendor }),
        }
    }

    /// A request of the call has ended, however it did: a call that looks things up makes several.
    fn settle(&mut self) {
        let call::Used { usage, estimated } = self.meter.take();
        if usage == Usage::default() {
            return;
        }
        self.usage += usage;
        tracing::info!(
            ai.action = ?self.action,
            ai.vendor = self.by.vendor.as_str(),
            ai.model = %self.by.model,
            ai.prompt = %self.by.prompt,
            ai.cache.read = usage.cache_read_tokens,
            ai.cache.written = usage.cache_write_tokens,
            ai.input = usage.input_tokens,
            ai.output = usage.output_tokens,
            ai.estimated = estimated,
            "ai.cache"
        );
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.settle();
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
    model: Arc<dyn Model>,
    saying: Saying,
    account: Account,
    said_something: bool,
    state: Option<Value>,
    /// What the model was asked, where it may have to be asked to go on.
    prompt: Option<Prompt>,
    /// How often the vendor paused.
    pauses: usize,
    looking: Option<Looking>,
    /// The same without the images of earlier turns: a model that was chosen since may not see.
    blind: Option<Prompt>,
    /// What is ready to be handed out before more is listened to.
    ready: VecDeque<ChatEvent>,
    /// What was said last of what it has used.
    told: Usage,
}

/// Where we look things up for the model: what was looked up, and what it has said since it was asked last.
struct Looking {
    lookups: Lookups,
    said: String,
    between: bool,
}

impl Chat {
    /// The next event, and whether it was the last.
    async fn next(&mut self) -> (Result<ChatEvent, AiError>, bool) {
        let vendor = self.account.by.vendor;
        loop {
            if let Some(event) = self.ready.pop_front() {
                let last = matches!(event, ChatEvent::Done { .. });
                return (Ok(event), last);
            }
            let ended = match self.saying.next().await {
                Some(Ok(Said::Text(text))) => {
                    let text = ChatEvent::Text(self.text(text));
                    let used = self.account.so_far();
                    if used == std::mem::replace(&mut self.told, used) {
                        return (Ok(text), false);
                    }
                    self.ready.push_back(text);
                    return (Ok(ChatEvent::Used(used)), false);
                }
                Some(Ok(Said::End { stop: Stop::Calls(calls), .. })) if self.looking.is_some() => {
                    self.look_up(calls).await
                }
                Some(Ok(Said::Paused(course))) => self.go_on(course),
                Some(Ok(Said::End { stop, sources })) => {
                    let ended = self.account.end(stop, self.said_something);
                    ended.map(|()| self.end(sources))
                }
                Some(Err(error)) => Err(error),
                None => Err(AiError::Dropped { vendor }),
            };
            if let (Err(AiError::NoVision { .. }), Some(prompt)) = (&ended, self.blind.take()) {
                self.prompt = self.prompt.take().map(|_| prompt.clone());
                self.saying = self.account.ask(&self.model, prompt);
                continue;
            }
            if let Err(error) = ended {
                self.account.outcome = Err(Some(error.clone()));
                return (Err(error), true);
            }
        }
    }

    fn text(&mut self, text: String) -> String {
        self.account.heard();
        let mut apart = false;
        if let Some(looking) = &mut self.looking {
            looking.said.push_str(&text);
            // What was said before something was looked up is a paragraph of its own.
            apart = std::mem::take(&mut looking.between) && self.said_something;
        }
        self.said_something |= !text.trim().is_empty();
        if apart { format!("\n\n{text}") } else { text }
    }

    /// Looks up what the model asks for, and asks it to go on.
    async fn look_up(&mut self, calls: Vec<ToolCall>) -> Result<(), AiError> {
        let (Some(looking), Some(prompt)) = (&mut self.looking, &mut self.prompt) else { return Ok(()) };
        let results = looking.lookups.look_up(&calls).await;
        let results = results.ok_or_else(|| mcp::too_often(self.account.by.vendor))?;
        prompt.used.push(Used { said: std::mem::take(&mut looking.said), calls, results });
        looking.between = true;
        self.saying = self.account.ask(&self.model, prompt.clone());
        Ok(())
    }

    /// The vendor paused: it goes on when it is asked again, and given back what it said so far.
    fn go_on(&mut self, course: Box<Course>) -> Result<(), AiError> {
        self.pauses += 1;
        let prompt = self.prompt.as_mut().filter(|_| self.pauses <= mcp::MOST_ROUNDS);
        let prompt = prompt.ok_or_else(|| mcp::too_often(self.account.by.vendor))?;
        tracing::info!(ai.vendor = self.account.by.vendor.as_str(), ai.pauses = self.pauses, "ai.paused");
        prompt.paused = Some(course);
        self.saying = self.account.ask(&self.model, prompt.clone());
        Ok(())
    }

    /// The answer is whole.
    fn end(&mut self, sources: Vec<Source>) {
        self.account.outcome = Ok(());
        let ours = self.looking.take().map(|looking| looking.lookups.into_sources()).unwrap_or_default();
        self.ready.extend(sources.into_iter().chain(ours).map(ChatEvent::Source));
        let (usage, by) = (self.account.usage, Some(self.account.by.clone()));
        self.ready.push_back(ChatEvent::Done { usage, state: self.state.take(), by });
    }
}

#[async_trait]
impl Provider for Remote {
    fn name(&self) -> &'static str {
        self.vendor.as_str()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError> {
        let model = self.model(Action::Chat);
        let ours = self.docs.as_ref().filter(|_| !model.connects());
        let room = ours.map_or(0, |_| mcp::room(model.window()));
        let mut prompt = prompt::chat(&request, self.vendor, model.window() - room)?;
        if let Some(docs) = &self.docs {
            prompt.tools = match ours {
                Some(docs) => Tools::Functions(docs.server.tools().await?),
                None => Tools::Connector(docs.server.url().to_owned()),
            };
        }
        let newest = request.messages.len().saturating_sub(1);
        let only_old = !request.pictures.is_empty() && request.pictures.iter().all(|one| one.message != newest);
        let blind = match only_old {
            false => None,
            true => {
                let request = ChatRequest { pictures: Vec::new(), ..request.clone() };
                let blind = prompt::chat(&request, self.vendor, model.window() - room)?;
                Some(Prompt { tools: prompt.tools.clone(), ..blind })
            }
        };
        let looking = ours.map(|docs| Looking {
            lookups: Lookups::new(docs.clone(), model.window()),
            said: String::new(),
            between: false,
        });
        let mut account = self.account(Action::Chat, &*model);
        let again = self.docs.is_some().then(|| prompt.clone());
        let chat = Chat {
            saying: account.ask(&model, prompt),
            account,
            model,
            said_something: false,
            // Another provider's: it may answer again one day.
            state: request.state,
            prompt: again,
            pauses: 0,
            looking,
            blind,
            ready: VecDeque::new(),
            told: Usage::default(),
        };
        let events = stream::unfold(Some(Box::new(chat)), |chat| async move {
            let mut chat = chat?;
            let (event, last) = chat.next().await;
            Some((event, (!last).then_some(chat)))
        });
        Ok(events.boxed())
    }

    async fn json(&self, action: Action, input: Value) -> Result<Answer, AiError> {
        let model = self.model(action);
        let prompt = prompt::json(action, input, self.vendor, model.window())?;
        let mut account = self.account(action, &*model);
        let spoken = Prompt { form: None, ..prompt.clone() };
        let mut answer = complete(account.ask(&model, prompt), &mut account).await;
        // The prompt says what form the answer has; a server that cannot be held to it can still be asked.
        if answer.as_ref().is_err_and(knows_no_forms) {
            tracing::info!(ai.vendor = self.vendor.as_str(), ai.model = model.name(), "ai.without_schema");
            answer = complete(account.ask(&model, spoken), &mut account).await;
        }
        account.settle();
        account.outcome = answer.as_ref().map(|_| ()).map_err(|error| Some(error.clone()));
        Ok(Answer { value: answer?, usage: account.usage, by: Some(account.by.clone()) })
    }
}

/// The server does not take a schema for the answer, as many of the OpenAI-compatible ones do not.
fn knows_no_forms(error: &AiError) -> bool {
    let words = ["response_format", "json_schema", "response format", "json schema"];
    matches!(error, AiError::BadRequest { vendor: Vendor::Openai, detail } if says(detail, &words))
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
            // Nothing is looked up for it.
            Said::Paused(_) => return Err(AiError::Truncated { vendor }),
            Said::End { stop, .. } => {
                account.end(stop, !text.trim().is_empty())?;
                return prompt::check(account.action, &text).map_err(|detail| AiError::InvalidJson { vendor, detail });
            }
        }
    }
    Err(AiError::Dropped { vendor })
}
