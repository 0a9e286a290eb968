//! Images that wait in the start box, which has no session to send them to: kept while one looks elsewhere, and handed to the
//! session that begins with them.

use leptos::prelude::*;

use crate::{ids::SessionId, ui::browser::File};

/// Files by the session they are for; `None`: for the one that is started next. In every page's context.
#[derive(Debug, Clone, Copy)]
pub struct Handed(StoredValue<Vec<(Option<SessionId>, Vec<File>)>>);

/// Provides [`Handed`] to all pages.
pub fn provide_handed() {
    provide_context(Handed(StoredValue::new(Vec::new())));
}

impl Handed {
    /// The page's own; where there is none, nothing is kept.
    pub fn find() -> Self {
        use_context().unwrap_or_else(|| Self(StoredValue::new(Vec::new())))
    }

    /// In the place of those that were there.
    pub fn put(self, to: Option<SessionId>, files: Vec<File>) {
        self.0.try_update_value(|all| {
            all.retain(|(other, _)| *other != to);
            all.push((to, files));
        });
    }

    pub fn get(self, of: Option<SessionId>) -> Vec<File> {
        let files = |all: &Vec<(Option<SessionId>, Vec<File>)>| {
            all.iter().find(|(other, _)| *other == of).map(|(_, files)| files.clone())
        };
        self.0.try_with_value(files).flatten().unwrap_or_default()
    }
}
