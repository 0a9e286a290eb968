//! What slices see: the provider that the caller's account chose, within its budget. What goes to a model is masked, what comes
//! back is restored once it is understood, and every call is recorded.

use std::{sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use tokio::runtime::Handle;

use super::{
    AiError, ChatStream, Provider,
    attempts::Attempts,
    choice::Choice,
    failures::{Edition, Failures, Task},
    masking::{Vault, mask_input, mask_request},
    mcp::{Docs, Documented},
    prompt,
    remote::{Remote, Report, Watch},
    settings::{self, AiSettings},
    usage::{self, CallRecord, budget},
};
use crate::{
    ai::types::{Action, ChatRequest, Tier, settings::Masked},
    error::{AppError, Conflict, Upstream},
    ids::SessionId,
    server::context::Ctx,
};

/// For whom a call is made: its account decides who answers and what it may cost.
#[derive(Debug, Clone)]
pub struct Caller {
    pub ctx: Ctx,
    pub session: Option<SessionId>,
    /// FlowPilot's own flows are wanted, whatever the account chose.
    pub built_in: bool,
}

impl Caller {
    /// Somebody who works on a session.
    pub fn of(ctx: &Ctx, session: SessionId) -> Self {
        Self { ctx: ctx.clone(), session: Some(session), built_in: false }
    }
}

/// An answer, whoever gave it.
#[derive(Debug)]
pub struct Given<O> {
    pub value: O,
    /// Why FlowPilot's own flows answered in the place of the model that was chosen.
    pub stand_in: Option<String>,
}

/// Somebody waits in front of a screen and could be helped without a model.
const fn patience(action: Action) -> Duration {
    Duration::from_secs(match action.tier() {
        Tier::Fast => 20,
        Tier::Standard => 120,
    })
}

/// Why a fallback that is FlowPilot's own answered.
const FALLBACK: &str = "The model could not answer, and this is the fallback.";

/// No model answers, and that is no fault of FlowPilot's.
const fn is_for_others(error: &AppError) -> bool {
    matches!(
        error,
        AppError::Conflict { code: Conflict::BudgetReached, .. }
            | AppError::Upstream { code: Upstream::AiUnavailable, .. }
    )
}

/// Chooses the provider for a call.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// FlowPilot's own, which needs no network and costs nothing.
    own: Arc<dyn Provider>,
    failures: Failures,
}

impl Gateway {
    pub fn new(own: Arc<dyn Provider>) -> Self {
        Self { own, failures: Failures::default() }
    }

    /// Who answers this caller. A chat turn asks first, because what has to be read for it depends on who does.
    pub async fn choose(&self, caller: &Caller) -> Result<Chosen, AppError> {
        let own = || Who::Own(Arc::clone(&self.own));
        let chosen = |who| Chosen { caller: caller.clone(), who };
        if caller.built_in {
            return Ok(chosen(own()));
        }
        let settings = settings::of(&caller.ctx).await?;
        if settings.masks().is_none() {
            return Ok(chosen(own()));
        }
        if let Some(reached) = budget::check(&caller.ctx, caller.session).await? {
            return Err(reached.into());
        }
        Ok(chosen(Who::Models { settings: Box::new(settings), own: Arc::clone(&self.own) }))
    }

    /// One typed JSON call.
    pub async fn json<I: Serialize + Sync, O: DeserializeOwned>(
        &self,
        caller: &Caller,
        action: Action,
        input: &I,
    ) -> Result<O, AppError> {
        self.given(caller, action, input).await.map(|given| given.value)
    }

    async fn given<I: Serialize + Sync, O: DeserializeOwned>(
        &self,
        caller: &Caller,
        action: Action,
        input: &I,
    ) -> Result<Given<O>, AppError> {
        let unusable = |error: serde_json::Error| AiError::Unusable(error.to_string());
        let input = serde_json::to_value(input).map_err(unusable)?;
        let (answer, is_fallback) = match self.choose(caller).await?.who {
            Who::Own(own) => (own.json(action, input).await?.value, false),
            Who::Models { settings, own } => {
                let mut vault = vault(&caller.ctx, caller.session, settings.mask);
                let input = mask_input(&mut vault, action, input);
                let answer = attempts(caller, &settings, &own, None).json(action, input).await?;
                (vault.unmask_value(answer.value), answer.by.is_none())
            }
        };
        let value = serde_json::from_value(answer).map_err(unusable)?;
        Ok(Given { value, stand_in: is_fallback.then(|| FALLBACK.to_owned()) })
    }

    /// The same for what has to be written whatever models do: where none may or can, FlowPilot's own flows write it, and why is
    /// said beside it. Of an edition at which a model has just failed none is asked again, unless that is wanted.
    pub async fn json_in_any_case<I: Serialize + Sync, O: DeserializeOwned>(
        &self,
        caller: &Caller,
        action: Action,
        input: &I,
        edition: Option<Edition>,
    ) -> Result<Given<O>, AppError> {
        let task = match edition {
            // Where the settings cannot be read, the call itself finds out.
            Some(edition) => Task::of(caller, action, edition).await.ok(),
            None => None,
        };
        let now = || caller.ctx.now();
        let known = task.filter(|_| edition.is_some_and(|edition| !edition.again));
        let error = match known.and_then(|task| self.failures.of(task, now())) {
            Some(error) => error,
            None => {
                let (failed, given) = match self.in_time(caller, action, input).await {
                    Ok(given) if given.stand_in.is_none() => return Ok(given),
                    Ok(given) => (unavailable(FALLBACK.to_owned()), Some(given)),
                    Err(error) if is_for_others(&error) => (error, None),
                    Err(error) => return Err(error),
                };
                // Where the budget is used up nobody was asked, and nobody is until there is more of it.
                if let (Some(task), AppError::Upstream { .. }) = (task, &failed) {
                    self.failures.keep(task, now(), &failed);
                }
                match given {
                    Some(given) => return Ok(given),
                    None => failed,
                }
            }
        };
        let own = Caller { built_in: true, ..caller.clone() };
        match self.json(&own, action, input).await {
            Ok(value) => {
                tracing::warn!(ai.action = ?action, error.code = error.code(), "ai.stand_in");
                Ok(Given { value, stand_in: Some(error.detail()) })
            }
            // What the model's trouble was says more.
            Err(_) => Err(error),
        }
    }

    /// The answer of a model, if it does not take too long.
    async fn in_time<I: Serialize + Sync, O: DeserializeOwned>(
        &self,
        caller: &Caller,
        action: Action,
        input: &I,
    ) -> Result<Given<O>, AppError> {
        let late = |_| unavailable(format!("The model did not answer within {} s.", patience(action).as_secs()));
        tokio::time::timeout(patience(action), self.given(caller, action, input)).await.map_err(late)?
    }
}

fn unavailable(detail: String) -> AppError {
    AppError::Upstream { code: Upstream::AiUnavailable, detail }
}

/// Who answers a caller.
#[derive(Debug)]
pub struct Chosen {
    caller: Caller,
    who: Who,
}

#[derive(Debug)]
enum Who {
    /// FlowPilot's own flows, which are told everything and cost nothing.
    Own(Arc<dyn Provider>),
    Models {
        settings: Box<AiSettings>,
        own: Arc<dyn Provider>,
    },
}

impl Chosen {
    /// Whether a model answers, at least at first.
    pub fn is_model(&self) -> bool {
        match &self.who {
            Who::Own(own) => own.is_model(),
            Who::Models { .. } => true,
        }
    }

    /// Starts a chat turn.
    pub async fn chat(self, mut request: ChatRequest) -> Result<Talk, AppError> {
        let Self { caller, who } = self;
        let (settings, own) = match who {
            Who::Own(own) => {
                let vault = vault(&caller.ctx, caller.session, Masked::default());
                let is_model = own.is_model();
                return Ok(Talk { events: own.chat(request).await?, vault, prompt: None, is_model });
            }
            Who::Models { settings, own } => (settings, own),
        };
        let mut vault = vault(&caller.ctx, caller.session, settings.mask);
        // A long log takes a moment, and others wait for this thread.
        let masked = tokio::task::spawn_blocking(move || {
            mask_request(&mut vault, &mut request);
            (vault, request)
        });
        let (vault, request) = masked.await.map_err(|_| AppError::internal())?;
        let server = Arc::clone(&caller.ctx.platform.ai_operator.docs);
        let docs = settings.mcp.then(|| Docs { server, vault: vault.clone() });
        let events = attempts(&caller, &settings, &own, docs.as_ref()).chat(request).await?;
        Ok(Talk { events, vault, prompt: Some(prompt::version()), is_model: false })
    }
}

/// The models that an account chose, one after the other.
fn attempts(caller: &Caller, settings: &AiSettings, own: &Arc<dyn Provider>, docs: Option<&Docs>) -> Attempts {
    let (primary, fallback) = settings.choices();
    let models = |choice| remote(caller, choice, docs).unwrap_or_else(|| Arc::clone(own));
    Attempts::new(models(primary), fallback.map(models))
}

/// A chat turn under way, and what the model is not told in it. What is heard holds placeholders until it is restored.
pub struct Talk {
    pub events: ChatStream,
    pub vault: Vault,
    /// The version of the prompts, where a model is asked; once it has answered, it says so itself.
    pub prompt: Option<&'static str>,
    /// A model answers even where none is named.
    pub is_model: bool,
}

/// A session's placeholders, which nobody can tell who has not the key of this FlowPilot.
pub fn vault(ctx: &Ctx, session: Option<SessionId>, personal: Masked) -> Vault {
    let salt = ctx.platform.keys.digest(b"masked values", session.map(|id| id.0).unwrap_or_default().as_bytes());
    Vault::new(salt, personal)
}

/// The models of a choice, watched; nothing where FlowPilot's own flows answer.
fn remote(caller: &Caller, choice: &Choice, docs: Option<&Docs>) -> Option<Arc<dyn Provider>> {
    let watched = || Some(Remote::new(choice)?.watched(Arc::new(Recorder(caller.clone()))));
    let plain: Arc<dyn Provider> = Arc::new(watched()?);
    let Some(docs) = docs else { return Some(plain) };
    let with = Arc::new(watched()?.with_docs(docs.clone()));
    Some(Arc::new(Documented::new(with, plain)))
}

/// Records the calls of a caller, whoever still waits for them.
#[derive(Debug)]
struct Recorder(Caller);

impl Watch for Recorder {
    fn ended(&self, report: Report) {
        let Caller { ctx, session, .. } = self.0.clone();
        // A call may also end because the process does.
        let Ok(runtime) = Handle::try_current() else { return };
        ctx.platform.work.clone().spawn_on(
            async move {
                let (outcome, error_code) = usage::ending(&report.outcome);
                let call = CallRecord {
                    session,
                    action: Some(report.action),
                    vendor: report.by.vendor,
                    model: &report.by.model,
                    usage: report.usage,
                    latency: report.latency,
                    first_byte: report.first_byte,
                    outcome,
                    error_code,
                };
                usage::keep(&ctx, &call).await;
            },
            &runtime,
        );
    }
}
