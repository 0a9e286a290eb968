//! What can be made to go wrong with the ticket system in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use flowpilot::psa::server::PsaError;
use tokio::sync::Semaphore;

/// A call that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum On {
    Test,
    Summary,
    AddNote,
    SetStatus,
    /// Before it looks whether the entry is there.
    LookForTime,
    AddTime,
    Watch,
    Members,
}

/// What goes wrong.
pub enum Fault {
    /// It says this, and has done nothing.
    Says(PsaError),
    /// It has done it, and says this.
    DoneBut(PsaError),
    /// It does nothing, and says nothing of it.
    Ignores,
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fault")
    }
}

/// What is held up, by ticket, until it is let go.
pub type Held = Arc<Mutex<HashMap<(On, String), Arc<Semaphore>>>>;
