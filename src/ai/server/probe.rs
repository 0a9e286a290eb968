//! *Test connection*: the shortest call there is, to the model itself.

use async_trait::async_trait;
use futures::StreamExt;

use super::{AiError, call, choice::Choice, model::Said, prompt, providers, settings::Probe};
use crate::ai::types::Tier;

/// Calls the vendor.
#[derive(Debug, Clone, Copy)]
pub struct Direct;

#[async_trait]
impl Probe for Direct {
    async fn probe(&self, choice: &Choice, tier: Tier) -> Result<(), AiError> {
        // FlowPilot's own flows always answer.
        let Some(model) = providers::model(choice, tier, None) else { return Ok(()) };
        let vendor = model.vendor();
        let mut saying = call::ask(model, prompt::hello());
        while let Some(said) = saying.next().await {
            // However it ended: it was reached, with this key and this model.
            if let Said::End { .. } = said? {
                return Ok(());
            }
        }
        Err(AiError::Dropped { vendor })
    }
}
