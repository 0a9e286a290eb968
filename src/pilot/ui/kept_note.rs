//! What a person decided about a note, in this browser: until that note is verified on its ticket, however often the page is left
//! and the session reopened.

use leptos::prelude::*;

use super::{
    message::me,
    note_draft::{Line, NoteDraft},
    surface::Surface,
};
use crate::{
    ids::SessionId,
    pilot::{
        state::PilotDataStoreFields,
        types::{ArtifactKind, SessionStatus},
    },
    ui::browser,
    wire,
};

fn place(session: SessionId, kind: ArtifactKind) -> String {
    format!("fp:note:{session}:{kind}")
}

pub fn recall(session: SessionId, kind: ArtifactKind) -> NoteDraft {
    let kept = browser::recall(&place(session, kind)).and_then(|text| wire::read::<Vec<Line>>(&text).ok());
    NoteDraft::resumed(kept.unwrap_or_default())
}

/// Keeps what is decided from now on. What another tab has decided stays while nothing is decided here.
pub fn keep(session: SessionId, kind: ArtifactKind, draft: RwSignal<NoteDraft>) {
    Effect::new(move |before: Option<String>| {
        let decided = draft.with(NoteDraft::decided);
        let now = if decided.is_empty() { String::new() } else { wire::write(&decided).unwrap_or_default() };
        if before.is_some_and(|before| before != now) {
            browser::keep(&place(session, kind), &now);
        }
        now
    });
}

/// What the session ended with, where who looks posted that and it arrived.
pub fn verified(surface: Surface) -> Memo<Option<ArtifactKind>> {
    let me = me().map(|me| me.user_id);
    let data = surface.state.0;
    Memo::new(move |_| {
        let kind = match data.head().with(|head| head.status) {
            SessionStatus::Open | SessionStatus::Posting => return None,
            SessionStatus::Resolved => ArtifactKind::ResolutionNote,
            SessionStatus::Escalated => ArtifactKind::EscalationPackage,
        };
        let arrived = data.posted().with(|posted| {
            posted.last().is_some_and(|last| last.done && last.kind == kind && Some(last.posted_by.id) == me)
        });
        arrived.then_some(kind)
    })
}

/// The words of a note that arrived are nobody's draft any more.
pub fn forget_verified(surface: Surface) {
    let verified = verified(surface);
    Effect::new(move |_| {
        if let Some(kind) = verified.get() {
            browser::keep(&place(surface.id, kind), "");
        }
    });
}
