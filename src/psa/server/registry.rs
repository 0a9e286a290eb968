//! Which ticket system an account works with.

use std::sync::Arc;

use super::{Provider, PsaError};
use crate::server::context::Ctx;

/// The ticket systems of this installation.
#[derive(Debug, Clone)]
pub struct Registry {
    desk: Arc<dyn Provider>,
}

impl Registry {
    pub fn new(desk: Arc<dyn Provider>) -> Self {
        Self { desk }
    }

    /// The ticket system that the account works with.
    pub async fn of_account(&self, _ctx: &Ctx) -> Result<Arc<dyn Provider>, PsaError> {
        Ok(Arc::clone(&self.desk))
    }

    /// A ticket system by the name in a session's link; an error where the account is not connected to it any more.
    pub async fn by_name(&self, _ctx: &Ctx, name: &str) -> Result<Arc<dyn Provider>, PsaError> {
        if name == self.desk.name() {
            return Ok(Arc::clone(&self.desk));
        }
        Err(PsaError::Refused(format!(
            "The account is not connected to {name} any more. An admin can connect it again under PSA settings."
        )))
    }
}
