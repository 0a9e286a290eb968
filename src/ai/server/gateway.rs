//! What slices see: the provider that the caller's account chose, within its budget. What goes to a model is masked, what comes
//! back is restored once it is understood, and every call is recorded.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use tokio::runtime::Handle;

use super::{
    AiError, ChatStream, Provider,
    attempts::Attempts,
    choice::Choice,
    masking::{Vault, mask_request},
    remote::{Remote, Report, Watch},
    settings,
    usage::{self, CallRecord, budget},
};
use crate::{
    ai::types::{Action, ChatRequest, settings::Masked, usage::CallOutcome},
    error::AppError,
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

/// Chooses the provider for a call.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// FlowPilot's own, which needs no network and costs nothing.
    own: Arc<dyn Provider>,
}

impl Gateway {
    pub fn new(own: Arc<dyn Provider>) -> Self {
        Self { own }
    }

    /// Starts a chat turn.
    pub async fn chat(&self, caller: &Caller, mut request: ChatRequest) -> Result<Talk, AppError> {
        let (provider, mask) = self.provider(caller).await?;
        let mut vault = vault(&caller.ctx, caller.session, mask.unwrap_or_default());
        if mask.is_some() {
            // A long log takes a moment, and others wait for this thread.
            let masked = tokio::task::spawn_blocking(move || {
                mask_request(&mut vault, &mut request);
                (vault, request)
            });
            (vault, request) = masked.await.map_err(|_| AppError::internal())?;
        }
        Ok(Talk { events: provider.chat(request).await?, vault })
    }

    /// One typed JSON call.
    pub async fn json<I: Serialize + Sync, O: DeserializeOwned>(
        &self,
        caller: &Caller,
        action: Action,
        input: &I,
    ) -> Result<O, AppError> {
        let unusable = |error: serde_json::Error| AiError::Unusable(error.to_string());
        let input = serde_json::to_value(input).map_err(unusable)?;
        let (provider, mask) = self.provider(caller).await?;
        let answer = match mask {
            None => provider.json(action, input).await?.value,
            Some(personal) => {
                let mut vault = vault(&caller.ctx, caller.session, personal);
                let input = vault.mask_value(input);
                vault.unmask_value(provider.json(action, input).await?.value)
            }
        };
        Ok(serde_json::from_value(answer).map_err(unusable)?)
    }

    /// Who answers this caller, and what is masked for it; nothing where FlowPilot's own flows answer.
    async fn provider(&self, caller: &Caller) -> Result<(Arc<dyn Provider>, Option<Masked>), AppError> {
        if caller.built_in {
            return Ok((Arc::clone(&self.own), None));
        }
        let settings = settings::of(&caller.ctx).await?;
        let (primary, fallback) = settings.choices();
        let Some(first) = remote(caller, primary) else { return Ok((Arc::clone(&self.own), None)) };
        if let Some(reached) = budget::check(&caller.ctx, caller.session).await? {
            return Err(reached.into());
        }
        let fallback = fallback.map(|choice| remote(caller, choice).unwrap_or_else(|| Arc::clone(&self.own)));
        Ok((Arc::new(Attempts::new(first, fallback)), settings.masks()))
    }
}

/// A chat turn under way, and what the model is not told in it. What is heard holds placeholders until it is restored.
pub struct Talk {
    pub events: ChatStream,
    pub vault: Vault,
}

/// A session's placeholders, which nobody can tell who has not the key of this FlowPilot.
pub fn vault(ctx: &Ctx, session: Option<SessionId>, personal: Masked) -> Vault {
    let salt = ctx.platform.keys.digest(b"masked values", session.map(|id| id.0).unwrap_or_default().as_bytes());
    Vault::new(salt, personal)
}

/// The models of a choice, watched; nothing where FlowPilot's own flows answer.
fn remote(caller: &Caller, choice: &Choice) -> Option<Arc<dyn Provider>> {
    let remote = Remote::new(choice)?.watched(Arc::new(Recorder(caller.clone())));
    Some(Arc::new(remote))
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
                let (outcome, error) = match &report.outcome {
                    Ok(()) => (CallOutcome::Done, None),
                    Err(None) => (CallOutcome::Stopped, None),
                    Err(Some(error @ AiError::Refused { .. })) => (CallOutcome::Refused, Some(error.code())),
                    Err(Some(error)) => (CallOutcome::Failed, Some(error.code())),
                };
                let call = CallRecord {
                    session,
                    action: report.action,
                    vendor: report.by.vendor,
                    model: &report.by.model,
                    usage: report.usage,
                    latency: report.latency,
                    first_byte: report.first_byte,
                    outcome,
                    error_code: error,
                };
                if let Err(error) = usage::record(&ctx, &call).await {
                    tracing::error!(ai.vendor = report.by.vendor.as_str(), error.cause = %error, "A call to a model could not be recorded.");
                }
            },
            &runtime,
        );
    }
}
