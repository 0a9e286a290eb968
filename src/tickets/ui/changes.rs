//! That a ticket was changed beside the list, or could not be read and is tried again: the list is read again.

use leptos::prelude::*;

/// Counts up with each change, and with each new try.
#[derive(Debug, Clone, Copy)]
pub struct TicketChanges {
    changes: RwSignal<usize>,
    tries: RwSignal<usize>,
}

/// Provides [`TicketChanges`] to all pages.
pub fn provide_ticket_changes() {
    provide_context(TicketChanges::none());
}

impl TicketChanges {
    fn none() -> Self {
        Self { changes: RwSignal::new(0), tries: RwSignal::new(0) }
    }

    /// The page's own; where there is none, nobody hears it.
    pub fn find() -> Self {
        use_context().unwrap_or_else(Self::none)
    }

    pub fn count(self) -> usize {
        self.changes.get()
    }

    pub fn now(self) {
        self.changes.update(|count| *count += 1);
    }

    /// How often somebody tried again.
    pub fn tries(self) -> usize {
        self.tries.get()
    }

    pub fn try_again(self) {
        self.tries.update(|count| *count += 1);
    }
}
