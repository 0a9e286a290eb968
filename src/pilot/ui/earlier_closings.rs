//! What the session ended with before it was reopened: folded, and readable whether it is open again or not.

use leptos::prelude::*;

use super::{closed::Arrival, message::person_name, surface::use_surface};
use crate::{
    pilot::{
        note,
        state::PilotDataStoreFields,
        types::{Posted, SessionStatus},
    },
    ui::{
        icon::{Glyph, Icon},
        prose::Prose,
        time::Stamp,
        view,
        when::{When, dynamic},
    },
};

/// The notes of the closings before the one that the session is in, of all of them, oldest first.
fn earlier(status: SessionStatus, posted: &[Posted]) -> &[Posted] {
    match (status, posted.split_last()) {
        (SessionStatus::Open, _) | (_, None) => posted,
        // It is shown as what the session ended with.
        (_, Some((_, before))) => before,
    }
}

#[component]
pub fn EarlierClosings() -> impl IntoView {
    let data = use_surface().state.0;
    let status = Memo::new(move |_| data.head().with(|head| head.status));
    let notes = Memo::new(move |_| data.posted().with(|posted| earlier(status.get(), posted).to_vec()));
    let newest_first = move || notes.get().into_iter().rev().map(|posted| view! { <Closing posted/> }).collect_view();
    view! {
        <When is=move || notes.with(|notes| !notes.is_empty())>
            <details class="answers posted-note">
                <summary>
                    "Earlier closings "
                    <span class="chip">{dynamic(move || notes.with(Vec::len))}</span>
                </summary>
                <div class="body" tabindex="0" role="group" aria-label="Earlier closings">
                    {dynamic(newest_first)}
                </div>
            </details>
        </When>
    }
}

#[component]
fn Closing(posted: Posted) -> impl IntoView {
    let name = note::title(posted.kind);
    let at = match posted.ticket_id {
        Some(id) => format!("for #{id}"),
        None => "kept here: no ticket was linked".to_owned(),
    };
    let problem = posted.problem.map(|problem| (Glyph::Alert, "notice notice--danger", problem.detail));
    let skipped = posted.status_transition_skipped_reason.map(|reason| (Glyph::Info, "notice", reason));
    let said = problem.into_iter().chain(skipped).map(|(glyph, class, words)| {
        view! {
            <div class=class>
                <Icon glyph/>
                <p>{words}</p>
            </div>
        }
    });
    view! {
        <article class="closing" aria-label=name>
            <header>
                <strong>{name}</strong>
                <Arrival state=posted.state/>
                <small>{at}", by "{person_name(&posted.posted_by)}", "<Stamp at=posted.created_at.0/></small>
            </header>
            {said.collect_view()}
            <Prose html=posted.html/>
        </article>
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::pilot::types::{ArtifactKind, Person};

    fn posted(n: u128) -> Posted {
        Posted {
            id: Uuid::from_u128(n).into(),
            kind: ArtifactKind::ResolutionNote,
            markdown: String::new(),
            html: String::new(),
            done: true,
            state: None,
            ticket_id: None,
            external_id: None,
            status_verified: None,
            status_transition_skipped_reason: None,
            problem: None,
            posted_by: Person { id: Uuid::from_u128(1).into(), name: "Jo Kim".to_owned() },
            created_at: datetime!(2026-03-10 10:42 UTC).into(),
        }
    }

    #[test]
    fn a_reopened_session_has_all_its_notes_behind_it_and_a_closed_one_all_but_the_last() {
        let notes = [posted(11), posted(12)];
        let count = |status, notes| earlier(status, notes).len();
        assert_eq!(count(SessionStatus::Open, &notes[..]), 2);
        for status in [SessionStatus::Posting, SessionStatus::Resolved, SessionStatus::Escalated] {
            assert_eq!(earlier(status, &notes), &notes[..1]);
            assert_eq!((count(status, &notes[..1]), count(status, &[])), (0, 0));
        }
    }
}
