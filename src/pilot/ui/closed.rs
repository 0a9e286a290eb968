//! A session that takes no more words: why, what was posted, and the way back.

use leptos::{prelude::*, task::spawn_local};

use super::{head::StatusChip, surface::use_surface};
use crate::{
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{ArtifactKind, DeliveryState, Posted, SessionStatus},
    },
    ui::{
        button::Button,
        icon::{Glyph, Icon},
        prose::Prose,
        time::Stamp,
        when::dynamic,
    },
};

/// In the composer's place while the session is not open, or not ours.
#[component]
pub fn ClosedBar() -> impl IntoView {
    let surface = use_surface();
    let head = Memo::new(move |_| surface.state.0.head().get());
    let busy = RwSignal::new(false);
    let reopen = move || {
        busy.set(true);
        spawn_local(async move {
            if surface.notices.check(rpc::reopen(surface.id).await).is_some() {
                surface.reload();
            }
            let _ = busy.try_set(false);
        });
    };
    let last = move || surface.state.0.posted().with(|posted| posted.last().cloned());
    let stuck = move |status| status == SessionStatus::Posting && last().is_some_and(|posted| posted.problem.is_some());
    let post_again = move || {
        if let Some(posted) = untrack(last) {
            surface.ending(posted.kind).set(true);
        }
    };
    dynamic(move || {
        let head = head.get();
        let why = match head.status {
            SessionStatus::Open => format!("You can read this session. {} works on it.", head.user.name).into_any(),
            SessionStatus::Posting => on_its_way(last().as_ref()).into_any(),
            SessionStatus::Resolved | SessionStatus::Escalated => match last() {
                Some(posted) => view! {
                    {if posted.external_id.is_some() { "Posted by " } else { "Closed by " }}
                    {posted.posted_by.name}
                    ", "
                    <Stamp at=posted.created_at.0/>
                }
                .into_any(),
                None => "This session is closed.".into_any(),
            },
        };
        let closed = matches!(head.status, SessionStatus::Resolved | SessionStatus::Escalated);
        view! {
            <div class="closed-bar">
                <StatusChip status=head.status/>
                <p>{why}</p>
                {(closed && head.writable).then(|| view! { <Button busy on_click=reopen>"Reopen"</Button> })}
                {stuck(head.status)
                    .then(|| view! { <Button on_click=post_again>"Post again"</Button> })}
            </div>
        }
    })
}

/// Where the note is, and what comes next.
fn on_its_way(posted: Option<&Posted>) -> &'static str {
    let troubled = posted.is_some_and(|posted| posted.problem.is_some());
    match posted.and_then(|posted| posted.state) {
        Some(DeliveryState::Failed) => "It did not get through, and waits for you.",
        Some(DeliveryState::Posted) => "The note is on the ticket; the rest is tried again by itself.",
        _ if troubled => "It is not on the ticket yet; it is tried again by itself.",
        _ => "It is on its way to the ticket.",
    }
}

/// What this session ended with, to be read; and what of it has not arrived yet.
#[component]
pub fn PostedNotes() -> impl IntoView {
    let surface = use_surface();
    let shown = Memo::new(move |_| surface.state.0.head().with(|head| head.status != SessionStatus::Open));
    let last = Memo::new(move |_| surface.state.0.posted().with(|posted| posted.last().cloned()));
    dynamic(move || {
        let posted = last.get().filter(|_| shown.get())?;
        Some(view! { <PostedNote posted/> })
    })
}

#[component]
fn PostedNote(posted: Posted) -> impl IntoView {
    let name = match posted.kind {
        ArtifactKind::ResolutionNote => "Resolution note",
        ArtifactKind::EscalationPackage => "Escalation package",
    };
    let skipped = posted.status_transition_skipped_reason.map(|reason| {
        view! {
            <p class="notice">
                <Icon glyph=Glyph::Info/>
                {reason}
            </p>
        }
    });
    // What did not get through is not hidden.
    let troubled = posted.problem.is_some();
    let problem = posted.problem.map(|problem| {
        view! {
            <p class="notice notice--danger">
                <Icon glyph=Glyph::Alert/>
                {problem.detail}
            </p>
        }
    });
    view! {
        <details class="answers posted-note" open=troubled>
            <summary>{name}</summary>
            <div class="body">
                <Prose html=posted.html/>
                {skipped}
                {problem}
            </div>
        </details>
    }
}
