//! What is changed in lists of sessions, seen before the lists are read again: renamed, archived and left ones.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    ids::SessionId,
    pilot::{rpc, types::SessionChange},
    ui::{
        browser,
        notices::{Notices, use_notices},
    },
};

/// Counts up when the sessions have changed otherwise than lists know: they read again.
#[derive(Debug, Clone, Copy)]
pub struct Touched(pub RwSignal<usize>);

/// Provides [`Touched`] to all pages.
pub fn provide_touched() {
    provide_context(Touched(RwSignal::new(0)));
}

impl Touched {
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

/// A session's new title, or which session one is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: SessionId,
    pub title: String,
}

/// The changes of one page, from the moment its lists were drawn.
#[derive(Debug, Clone, Copy)]
pub struct Changes {
    /// Archived or left here, or restored where only archived ones are listed.
    gone: RwSignal<Vec<SessionId>>,
    named: RwSignal<Vec<Named>>,
    /// The session that is being renamed.
    pub renaming: RwSignal<Option<Named>>,
    /// The session that is to be left.
    pub leaving: RwSignal<Option<Named>>,
    notices: Notices,
    touched: Touched,
}

impl Changes {
    /// Provides them to the rows below.
    pub fn provide() -> Self {
        let changes = Self {
            gone: RwSignal::new(Vec::new()),
            named: RwSignal::new(Vec::new()),
            renaming: RwSignal::new(None),
            leaving: RwSignal::new(None),
            notices: use_notices(),
            touched: Touched::find(),
        };
        provide_context(changes);
        changes
    }

    pub fn is_gone(self, id: SessionId) -> bool {
        self.gone.with(|gone| gone.contains(&id))
    }

    /// The title that the session was given here.
    pub fn title_of(self, id: SessionId) -> Option<String> {
        self.named.with(|named| named.iter().rev().find(|named| named.id == id).map(|named| named.title.clone()))
    }

    /// The row of a session that was left goes.
    pub fn left(self, id: SessionId) {
        focus_beside(id);
        self.gone.update(|gone| gone.push(id));
    }

    /// The row goes at once, and comes back if it must not, or by *Undo*.
    pub fn archive(self, id: SessionId, archived: bool) {
        focus_beside(id);
        self.gone.update(|gone| gone.push(id));
        let moved = move |done: bool| {
            let here = match done == archived {
                true => self.gone.try_update(|_| ()),
                false => self.gone.try_update(|gone| gone.retain(|known| *known != id)),
            };
            // The lists were read again meanwhile, perhaps before this came true.
            if here.is_none() {
                self.touched.now();
            }
        };
        archive(self.notices, id, archived, moved);
    }

    /// The row shows the new title at once, and the old one again if it must not have it.
    pub fn rename(self, new: Named) {
        let before = self.title_of(new.id);
        self.named.update(|named| named.push(new.clone()));
        spawn_local(async move {
            let change = SessionChange { title: Some(new.title.clone()), ..SessionChange::default() };
            if self.notices.check(rpc::change_session(new.id, change).await).is_none() {
                self.named.try_update(|named| {
                    named.retain(|known| *known != new);
                    named.extend(before.map(|title| Named { id: new.id, title }));
                });
            }
        });
    }
}

/// The row that goes hands the focus on.
fn focus_beside(id: SessionId) {
    let (rows, here) = (browser::all("[data-row]"), format!("/pilot/{id}"));
    let Some(at) = rows.iter().position(|row| row.get_attribute("href").as_ref() == Some(&here)) else { return };
    if let Some(row) = rows.get(at + 1).or_else(|| rows.get(at.checked_sub(1)?)) {
        let _ = row.focus();
    }
}

/// Archives a session and offers the way back, or takes it back. `moved` is told what it is now.
pub fn archive(notices: Notices, id: SessionId, archived: bool, moved: impl Fn(bool) + Copy + Send + Sync + 'static) {
    spawn_local(async move {
        let change = SessionChange { archived: Some(archived), ..SessionChange::default() };
        if notices.check(rpc::change_session(id, change).await).is_none() {
            moved(!archived);
            return;
        }
        moved(archived);
        match archived {
            true => notices.offer("Archived. In Sessions, the filter “Archived” finds it.", "Undo", move || {
                archive(notices, id, false, moved);
            }),
            false => notices.say("Restored."),
        }
    });
}
