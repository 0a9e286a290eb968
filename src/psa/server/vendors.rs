//! The ticket systems that accounts can connect to.

use std::sync::Arc;

use super::{
    Connect, ConnectWiseKeys, Provider, PsaError,
    connectwise::{ConnectWise, Options},
};

/// All that this version knows.
#[derive(Debug, Clone, Copy)]
pub struct Vendors;

impl Connect for Vendors {
    fn connect(&self, keys: ConnectWiseKeys, trusted: bool) -> Result<Arc<dyn Provider>, PsaError> {
        Ok(Arc::new(ConnectWise::new(keys, Options { trusted, ..Options::default() })))
    }
}
