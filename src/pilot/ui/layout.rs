//! Around all session pages: the list stays while what is beside it changes.

use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{changes::Touched, list::SessionList, surface::Surface};
use crate::{
    ids::SessionId,
    pilot::{
        history::Whose,
        state::PilotDataStoreFields,
        types::{FixStatus, Posted, SessionFilter, SessionStatus, SessionSummary, Stuck},
    },
    ui::view,
};

/// What the list shares with the pages beside it.
#[derive(Debug, Clone, Copy)]
pub struct Sessions {
    pub filter: RwSignal<SessionFilter>,
    /// A session was added, or changed otherwise than the list knows.
    pub touched: Touched,
    /// The session on the screen, as its page knows it now.
    shown: RwSignal<Option<Shown>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    id: SessionId,
    title: String,
    status: SessionStatus,
    stuck: Option<Stuck>,
    thinking: bool,
    fix_waiting: bool,
}

impl Sessions {
    /// A session has been made: the list shows it.
    pub fn add(self) {
        self.touched.now();
    }

    /// The line as it is now.
    pub fn fresh(self, mut line: SessionSummary) -> SessionSummary {
        if let Some(shown) = self.shown.get().filter(|shown| shown.id == line.id) {
            line.title = shown.title;
            line.status = shown.status;
            line.stuck = shown.stuck;
            line.thinking = shown.thinking;
            line.fix_waiting = shown.fix_waiting;
        }
        line
    }
}

/// Keeps the list's line of this session as the session itself is.
pub fn mirror_in_list(surface: Surface) {
    let Some(sessions) = use_context::<Sessions>() else { return };
    let data = surface.state.0;
    Effect::new(move |_| {
        let fix_waiting = data.fix().with(|fix| {
            fix.as_ref().is_some_and(|fix| matches!(fix.status, FixStatus::Proposed | FixStatus::AppliedPartial))
        });
        let (title, status) = data.head().with(|head| (head.title.clone(), head.status));
        let stuck = data.posted().with(|posted| posted.last().and_then(Posted::stuck));
        let shown = Shown { id: surface.id, title, status, stuck, thinking: surface.running.get(), fix_waiting };
        if sessions.shown.with_untracked(|before| before.as_ref() != Some(&shown)) {
            sessions.shown.set(Some(shown));
        }
    });
}

#[component]
pub fn PilotLayout() -> AnyView {
    let sessions = Sessions {
        filter: RwSignal::new(SessionFilter { whose: Some(Whose::MineOrShared), ..SessionFilter::default() }),
        touched: Touched::find(),
        shown: RwSignal::new(None),
    };
    provide_context(sessions);
    view! {
        <SessionList sessions/>
        <Outlet/>
    }
    .into_any()
}
