//! What runs in this process and can be stopped from outside, by id.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The stoppable work of this process.
#[derive(Debug, Clone, Default)]
pub struct Cancels(Arc<Mutex<HashMap<Uuid, CancellationToken>>>);

/// One piece of stoppable work; forgotten when dropped.
#[derive(Debug)]
pub struct Cancellable {
    cancels: Cancels,
    id: Uuid,
    pub token: CancellationToken,
}

impl Cancels {
    /// Makes work with this id stoppable.
    pub fn register(&self, id: Uuid) -> Cancellable {
        let token = CancellationToken::new();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, token.clone());
        Cancellable { cancels: self.clone(), id, token }
    }

    /// Whether this work runs here.
    pub fn has(&self, id: Uuid) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&id)
    }

    /// Stops the work, if it runs here.
    pub fn cancel(&self, id: Uuid) -> bool {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            Some(token) => {
                token.cancel();
                true
            }
            None => false,
        }
    }
}

impl Drop for Cancellable {
    fn drop(&mut self) {
        self.cancels.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
