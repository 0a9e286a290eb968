//! A session that takes no more words: why, what was posted, and the way back.

use futures::future::LocalBoxFuture;
use leptos::{prelude::*, task::spawn_local};

use super::{
    head::StatusChip,
    surface::{Surface, use_surface},
    time_offer::TimeOffering,
};
use crate::{
    error::{AppError, Upstream},
    pilot::{
        note, rpc,
        state::PilotDataStoreFields,
        types::{DeliveryState, Posted, SessionStatus, Stuck},
    },
    ui::{
        browser,
        button::Button,
        icon::{Glyph, Icon},
        prose::Prose,
        split::{Split, wasm_split},
        time::Stamp,
        view,
        when::{Later, When, dynamic},
    },
};

/// In the composer's place while the session is not open, or not ours.
#[component]
pub fn ClosedBar() -> impl IntoView {
    let surface = use_surface();
    let head = Memo::new(move |_| surface.state.0.head().get());
    let busy = RwSignal::new(false);
    // Reopened: what was pressed is gone, and one can write again.
    on_cleanup(move || {
        if surface.changeable.try_get_untracked() == Some(true) {
            browser::refocus(None, vec![".composer textarea".to_owned()]);
        }
    });
    // Whatever comes of it, the session says how it stands.
    let then_read = move |call: LocalBoxFuture<'static, Result<(), AppError>>| {
        busy.set(true);
        spawn_local(async move {
            surface.notices.check(call.await);
            surface.reload();
            let _ = busy.try_set(false);
        });
    };
    let reopen = move || then_read(Box::pin(rpc::reopen(surface.id)));
    let retry = move || then_read(Box::pin(async move { rpc::retry_post(surface.id).await.map(drop) }));
    let last = move || surface.state.0.posted().with(|posted| posted.last().cloned());
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
        let waiting = last().filter(|posted| head.status == SessionStatus::Posting && posted.problem.is_some());
        let stuck = waiting.as_ref().and_then(Posted::stuck);
        let over = stuck.is_some() || matches!(head.status, SessionStatus::Resolved | SessionStatus::Escalated);
        view! {
            <div class="closed-bar">
                <StatusChip status=head.status stuck/>
                <p>{why}</p>
                {(over && head.can_reopen).then(|| view! { <Button busy on_click=reopen>"Reopen"</Button> })}
                {(waiting.is_some() && head.writable)
                    .then(|| view! { <Button busy on_click=retry>"Retry now"</Button> })}
            </div>
        }
    })
}

/// Where the note is, and what comes next. Why it did not get through stands above in full.
fn on_its_way(posted: Option<&Posted>) -> &'static str {
    let problem = posted.and_then(|posted| posted.problem.as_ref());
    let refused = problem.is_some_and(|problem| problem.code == Upstream::PsaRefused.as_str());
    let troubled = problem.is_some();
    match (posted.and_then(Posted::stuck), posted.and_then(|posted| posted.state)) {
        (Some(Stuck::NotVerified), _) => "The note is on the ticket, but not all is as it should be. It waits for you.",
        (Some(Stuck::NotPosted), _) if refused => "The ticket system refused the note. It waits for you.",
        (Some(Stuck::NotPosted), _) => "The note did not get through, and waits for you.",
        (_, Some(DeliveryState::Posted)) => "The note is on the ticket; the rest is tried again by itself.",
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

/// How far the note has come, in words and colour; nothing where it goes to no ticket.
#[component]
pub fn Arrival(state: Option<DeliveryState>) -> impl IntoView {
    state.map(|state| {
        let (class, said) = match state {
            DeliveryState::Waiting => ("chip chip--fix", "waiting"),
            DeliveryState::Posted => ("chip chip--fix", "posted, not verified yet"),
            DeliveryState::Verified => ("chip chip--known", "verified"),
            DeliveryState::Failed => ("chip chip--danger", "failed"),
            DeliveryState::Dropped => ("chip", "given up"),
        };
        view! { <span class=class>{said}</span> }
    })
}

#[component]
fn PostedNote(posted: Posted) -> impl IntoView {
    let name = note::title(posted.kind);
    let skipped = posted.status_transition_skipped_reason.map(|reason| {
        view! {
            <p class="notice">
                <Icon glyph=Glyph::Info/>
                {reason}
            </p>
        }
    });
    // What did not get through is not hidden, and least of all why.
    let troubled = posted.problem.is_some();
    let problem = posted.problem.map(|problem| {
        view! {
            <div class="notice notice--danger posted-problem" role="group" aria-label="Why it did not get through">
                <Icon glyph=Glyph::Alert/>
                <p>{problem.detail}</p>
            </div>
        }
    });
    let on_ticket = posted.external_id.is_some();
    view! {
        {problem}
        <details class="answers posted-note" open=troubled data-troubled=troubled.then_some("")>
            <summary>
                <span>{name}</span>
                " "
                <Arrival state=posted.state/>
            </summary>
            <div class="body" tabindex="0" role="group" aria-label=name>
                <Prose html=posted.html/>
                {skipped}
            </div>
        </details>
        {on_ticket.then(|| view! { <TimeSpent/> })}
    }
}

/// Time can be entered also where the note arrived when nobody looked.
#[component]
fn TimeSpent() -> impl IntoView {
    let surface = use_surface();
    let asked = RwSignal::new(false);
    let offered = Signal::derive(move || !asked.get() && surface.state.0.head().with(|head| head.writable));
    view! {
        <div class="posted-note">
            <When is=offered>
                <Button small=true on_click=move || asked.set(true)>"Add time"</Button>
            </When>
            <Later
                open=asked
                load=move || {
                    Box::pin(async move {
                        let offering = time_offering(surface).await;
                        let _ = asked.try_set(offering.is_ok());
                        offering
                    })
                }
            />
        </div>
    }
}

#[wasm_split(ending, wasm_split_path = leptos::wasm_split, fallible)]
fn time_offering(surface: Surface) -> Split<AnyView> {
    Ok(view! { <TimeOffering surface asked=true/> })
}
