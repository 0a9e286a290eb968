//! The suggested fix in the lane: what it does, how sure, what it rests on, and the way back.

use leptos::prelude::*;

use super::{script::ScriptButton, sources::Evidence, surface::use_surface, ticket::ForTicket};
use crate::{
    pilot::{
        state::PilotDataStoreFields,
        types::{Fix, FixStatus},
    },
    ui::{
        icon::{Glyph, Icon},
        prose::{Prose, inline},
        view,
        when::dynamic,
    },
};

/// How a fix stands, in its colour's name and in words.
pub const fn standing(fix: &Fix) -> (&'static str, &'static str) {
    match (fix.status, fix.applied_at.is_some()) {
        (FixStatus::Proposed, false) => ("proposed", "proposed"),
        (FixStatus::Proposed, true) => ("applied", "applied, outcome open"),
        (FixStatus::AppliedPartial, _) => ("partial", "partly worked"),
        (FixStatus::AppliedSuccess, _) => ("worked", "worked"),
        (FixStatus::AppliedFailed, _) => ("failed", "did not work"),
        (FixStatus::Dismissed, _) => ("dismissed", "dismissed"),
    }
}

#[component]
pub fn SuggestedFix() -> impl IntoView {
    let surface = use_surface();
    let fix = Memo::new(move |_| surface.state.0.fix().get());
    let card = move || match fix.get() {
        Some(fix) => view! { <FixCard fix/> }.into_any(),
        None => view! { <p class="empty empty--inline">"Comes when the facts point at one cause."</p> }.into_any(),
    };
    view! {
        <section class="section" id="fix">
            <h3>"Suggested fix"</h3>
            {dynamic(card)}
            <EarlierFixes/>
        </section>
    }
}

#[component]
pub fn Confidence(percent: i16) -> impl IntoView {
    view! {
        <span>{percent}" %"</span>
        <meter class="meter" min="0" max="100" value=percent.to_string() aria-label="Confidence"></meter>
    }
}

#[component]
fn FixCard(fix: Fix) -> impl IntoView {
    let (state, word) = standing(&fix);
    let chip = match state {
        "worked" => "chip chip--known",
        "failed" => "chip chip--danger",
        _ => "chip chip--fix",
    };
    let unfounded = fix.unfounded.then(|| {
        view! {
            <p class="row">
                <span class="chip chip--fix"><Icon glyph=Glyph::Alert/>"unfounded"</span>
                "rests on no fact, answer or check"
            </p>
        }
    });
    let evidence = fix.evidence.clone();
    view! {
        <div class="fixcard" data-state=state>
            <strong>{fix.title}</strong>
            <ForTicket/>
            <div class="row">
                <Confidence percent=fix.confidence/>
                <span class=chip>{word}</span>
                {fix.risk.map(|risk| view! { <span class="chip">"risk: "{inline(&risk)}</span> })}
            </div>
            <Prose html=fix.description_html/>
            {unfounded}
            {(!evidence.is_empty()).then(|| view! { <div class="row">"Rests on "<Evidence ids=evidence/></div> })}
            {fix.partial_notes.map(|notes| view! { <p>"Left: "{notes}</p> })}
            {fix.failure_reason.map(|reason| view! { <p>{reason}</p> })}
            {fix.rollback.map(|rollback| view! { <details><summary>"Way back"</summary><p>{inline(&rollback)}</p></details> })}
            <ScriptButton/>
        </div>
    }
}

#[component]
fn EarlierFixes() -> impl IntoView {
    let surface = use_surface();
    let earlier = Memo::new(move |_| surface.state.0.earlier_fixes().get());
    dynamic(move || {
        let earlier = earlier.get();
        let count = earlier.len();
        (count != 0).then(|| {
            let rows = earlier
                .into_iter()
                .rev()
                .map(|fix| {
                    let (state, word) = standing(&fix);
                    let word = if state == "proposed" { "superseded" } else { word };
                    let thought = fix.ai_outcome_proposal.map(|proposal| super::fix_banner::guess(proposal.outcome));
                    view! {
                        <div class="hypothesis" id=format!("fix-{}", fix.id)>
                            <span>{fix.title}</span>
                            <span class="chip">{word}</span>
                            {fix.partial_notes.map(|notes| view! { <small>"Left: "{notes}</small> })}
                            {fix.failure_reason.map(|reason| view! { <small>{reason}</small> })}
                            {thought.map(|thought| view! { <small>{thought}", nobody decided"</small> })}
                        </div>
                    }
                })
                .collect_view();
            view! {
                <details class="fix-history">
                    <summary>{count}" earlier"</summary>
                    {rows}
                </details>
            }
        })
    })
}
