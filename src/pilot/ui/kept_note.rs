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
        let now = draft.with(written);
        if let Some(before) = before.filter(|before| *before != now) {
            let place = place(session, kind);
            // What another tab wrote since is not this one's to empty.
            if !now.is_empty() || browser::recall(&place) == Some(before) {
                browser::keep(&place, &now);
            }
        }
        now
    });
}

/// What was decided; empty where nothing was.
fn written(draft: &NoteDraft) -> String {
    let decided = draft.decided();
    if decided.is_empty() { String::new() } else { wire::write(&decided).unwrap_or_default() }
}

/// Keeps what was decided here, whatever another tab has emptied.
pub fn keep_now(session: SessionId, kind: ArtifactKind, draft: &NoteDraft) {
    browser::keep(&place(session, kind), &written(draft));
}

/// This tab posts the note: what was decided about it is done with once it has arrived.
pub fn posting(session: SessionId, kind: ArtifactKind, draft: &NoteDraft) {
    let (place, now) = (place(session, kind), written(draft));
    if !now.is_empty() {
        browser::keep(&place, &now);
    }
    browser::keep_in_tab(&place, &now);
}

/// Nothing was posted from this tab.
pub fn not_posted(session: SessionId, kind: ArtifactKind) {
    browser::keep_in_tab(&place(session, kind), "");
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

/// The words of a note that arrived are nobody's draft any more; those of another tab are not among them.
pub fn forget_verified(surface: Surface) {
    let verified = verified(surface);
    Effect::new(move |_| {
        let Some(kind) = verified.get() else { return };
        let place = place(surface.id, kind);
        let posted = browser::recall_in_tab(&place);
        if posted.is_some() && posted == browser::recall(&place) {
            browser::keep(&place, "");
        }
        browser::keep_in_tab(&place, "");
    });
}
