//! The vendors. One is one file; here it gets its line in [`model`].

mod anthropic;
mod gemini;
mod openai;

use std::sync::Arc;

use super::{
    choice::Choice,
    model::{Model, Patience},
};
use crate::ai::types::{Tier, Vendor};

/// The model that a choice means for a tier; nothing where FlowPilot's own flows answer.
pub fn model(choice: &Choice, tier: Tier, patience: Option<Patience>) -> Option<Arc<dyn Model>> {
    Some(match choice.vendor {
        Vendor::Builtin => return None,
        Vendor::Anthropic => Arc::new(anthropic::Anthropic::new(choice, tier, patience)),
        Vendor::Openai => Arc::new(openai::Openai::new(choice, tier, patience)),
        Vendor::Gemini => Arc::new(gemini::Gemini::new(choice, tier, patience)),
    })
}
