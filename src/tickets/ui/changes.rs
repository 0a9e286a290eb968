//! That a ticket was changed beside the list: the list is read again.

use leptos::prelude::*;

/// Counts up with each change.
#[derive(Debug, Clone, Copy)]
pub struct TicketChanges(RwSignal<usize>);

/// Provides [`TicketChanges`] to all pages.
pub fn provide_ticket_changes() {
    provide_context(TicketChanges(RwSignal::new(0)));
}

impl TicketChanges {
    /// The page's own; where there is none, nobody hears it.
    pub fn find() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(0)))
    }

    pub fn count(self) -> usize {
        self.0.get()
    }

    pub fn now(self) {
        self.0.update(|count| *count += 1);
    }
}
