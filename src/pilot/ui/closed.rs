//! A session that takes no more words: why, what was posted, and the way back.

use leptos::{prelude::*, task::spawn_local};

use super::{head::StatusChip, surface::use_surface};
use crate::{
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{ArtifactKind, Posted, SessionStatus},
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
            SessionStatus::Posting => "It is on its way to the ticket.".into_any(),
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
    let problem = posted.problem.map(|problem| {
        view! {
            <p class="notice notice--danger">
                <Icon glyph=Glyph::Alert/>
                {problem.detail}
            </p>
        }
    });
    view! {
        <details class="answers posted-note">
            <summary>{name}</summary>
            <div class="body">
                <Prose html=posted.html/>
                {skipped}
                {problem}
            </div>
        </details>
    }
}
