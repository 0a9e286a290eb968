//! The ticket systems that accounts can connect to.

use std::sync::Arc;

use super::{Connect, ConnectWiseKeys, Provider, PsaError};

/// All that this version knows.
#[derive(Debug, Clone, Copy)]
pub struct Vendors;

impl Connect for Vendors {
    fn connect(&self, _keys: ConnectWiseKeys, _trusted: bool) -> Result<Arc<dyn Provider>, PsaError> {
        Err(PsaError::Unsupported("connection in this version"))
    }
}
