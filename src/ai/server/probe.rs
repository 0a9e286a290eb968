//! *Test connection*: the shortest call there is, to the model itself.

use async_trait::async_trait;
use futures::StreamExt;

use super::{
    AiError, Meter, call,
    choice::Choice,
    model::{Said, Stop},
    prompt, providers,
    settings::Probe,
};
use crate::ai::types::Tier;

/// Calls the vendor.
#[derive(Debug, Clone, Copy)]
pub struct Direct;

#[async_trait]
impl Probe for Direct {
    async fn probe(&self, choice: &Choice, tier: Tier, meter: &Meter) -> Result<(), AiError> {
        // FlowPilot's own flows always answer.
        let Some(model) = providers::model(choice, tier, None) else { return Ok(()) };
        let vendor = model.vendor();
        let mut saying = call::ask(model, prompt::hello(), meter);
        let mut said_something = false;
        while let Some(said) = saying.next().await {
            match said? {
                Said::Text(text) => said_something |= !text.trim().is_empty(),
                Said::End { stop: Stop::Refused(detail), .. } => return Err(AiError::Refused { vendor, detail }),
                Said::End { stop: Stop::WindowFull, .. } => return Err(AiError::TooLong { vendor }),
                Said::End { stop: Stop::Done, .. } if !said_something => return Err(AiError::Empty { vendor }),
                // One that thinks may not get to its word in so short an answer, but it was reached, with this key and this model.
                Said::Paused(_) | Said::End { .. } => return Ok(()),
            }
        }
        Err(AiError::Dropped { vendor })
    }
}
