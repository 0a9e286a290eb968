//! The two ways out: the note or the package is looked over, then posted. Nothing is posted that was not shown.

use leptos::prelude::*;

use super::{
    closed_elsewhere::{ClosedElsewhere, ClosedFoot},
    note_draft::NoteDraft,
    posted::Posted,
    statements::Statements,
    surface::{Surface, use_surface},
    time_offer::TimeOffering,
    way_out::{Ending, Shown, Step, WayOn},
};
use crate::{
    error::AppError,
    pilot::{
        note,
        state::PilotDataStoreFields,
        types::{ArtifactKind, PostOutcome},
    },
    ui::{
        browser,
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        icon::{Glyph, Icon},
        skeleton::Skeleton,
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
};

/// The dialog. What is in it is downloaded when it is first opened, and never drawn on the server.
#[component]
pub fn EndingDialog(kind: ArtifactKind) -> impl IntoView {
    let surface = use_surface();
    view! { <Later open=surface.ending(kind) load=move || Box::pin(dialog(surface, kind))/> }
}

#[wasm_split(ending, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(surface: Surface, kind: ArtifactKind) -> Split<AnyView> {
    let ending = Ending::new(surface, kind);
    Ok(view! { <Dialog open=ending.open label=note::title(kind) children=move || view! { <Inside ending/> }/> })
}

#[component]
fn Inside(ending: Ending) -> impl IntoView {
    let Ending { kind, open, .. } = ending;
    // A ticket may be linked while one looks.
    let target = Memo::new(move |_| {
        ending.surface.state.0.head().with(|head| match &head.ticket {
            Some(ticket) if kind == ArtifactKind::ResolutionNote => format!("to #{} · customer sees it", ticket.id),
            Some(ticket) => format!("to #{} · internal", ticket.id),
            None => "kept here: no ticket is linked".to_owned(),
        })
    });
    // The same step again is no reason to draw what is being typed in anew.
    let shown = Memo::new(move |_| ending.shown());
    let body = move || match shown.get() {
        Shown::Closed(closed) => view! { <ClosedElsewhere ending closed=*closed/> }.into_any(),
        Shown::Step(Step::Loading) => view! { <Skeleton lines=8/> }.into_any(),
        Shown::Step(Step::Looking) => view! { <Looking ending/> }.into_any(),
        Shown::Step(Step::Posting) => view! {
            <ol class="steps" aria-live="polite">
                <li data-state="now"><span class="spinner"></span>"Posting the note and reading it back"</li>
            </ol>
        }
        .into_any(),
        Shown::Step(Step::Posted(result)) => {
            let on_ticket = matches!(result.outcome, PostOutcome::Resolved | PostOutcome::Escalated);
            view! {
                <Posted result/>
                {on_ticket.then(|| view! { <TimeOffering surface=ending.surface/> })}
            }
            .into_any()
        }
        Shown::Step(Step::Failed { error, posting }) => {
            let way_on = ending.way_on(&error, posting);
            view! { <Failed error way_on/> }.into_any()
        }
    };
    view! {
        <div class="note">
            <DialogHead title=note::title(kind) open>
                <span class="chip chip--accent" aria-live="polite">{dynamic(move || target.get())}</span>
                <Freshness ending/>
            </DialogHead>
            <div class="body">{dynamic(body)}</div>
            <footer><NoteFoot ending shown/></footer>
        </div>
    }
}

#[component]
fn Freshness(ending: Ending) -> impl IntoView {
    view! {
        <When is=move || ending.refreshing.get()>
            <span class="save-state" data-state="saving" role="status"><span class="spinner"></span>"Refreshing"</span>
        </When>
    }
}

#[component]
fn Looking(ending: Ending) -> impl IntoView {
    let stand_in = Memo::new(move |_| ending.draft.with(|draft| draft.stand_in.clone()));
    view! {
        <When is=move || ending.moved.get()>
            <div class="notice notice--warning" role="alert">
                <Icon glyph=Glyph::Alert/>
                <p>"The session changed since you looked. This is the text as it is now; read it again before you post."</p>
            </div>
        </When>
        {dynamic(move || stand_in.get().map(|why| view! { <StandIn ending why/> }))}
        <Statements kind=ending.kind draft=ending.draft/>
    }
}

#[component]
fn StandIn(ending: Ending, why: String) -> impl IntoView {
    view! {
        <div class="notice" role="status">
            <Icon glyph=Glyph::Info/>
            <p>"Written by the built-in assistant: "{why}</p>
            <Button small=true icon=Glyph::Retry on_click=move || ending.try_again()>"Try again"</Button>
        </div>
    }
}

#[component]
fn Failed(error: AppError, way_on: WayOn) -> impl IntoView {
    let calm = (way_on == WayOn::PostAgain)
        .then_some(" Posting again does only what is missing; the note is never posted twice.");
    let title = if way_on == WayOn::Reopen { "Not posted" } else { error.title() };
    view! {
        <div class="notice notice--danger" role="alert">
            <Icon glyph=Glyph::Alert/>
            <p><strong>{title}</strong>". "{error.detail()}{calm}</p>
        </div>
    }
}

#[component]
fn NoteFoot(ending: Ending, shown: Memo<Shown>) -> impl IntoView {
    let Ending { kind, open, draft, refreshing, .. } = ending;
    let undecided = Memo::new(move |_| draft.with(NoteDraft::undecided));
    let untried = Memo::new(move |_| {
        kind == ArtifactKind::EscalationPackage && draft.with(|draft| draft.empty(kind).contains(&note::TRIED))
    });
    let missed = Memo::new(move |_| draft.with(|draft| draft.empty(kind).len()));
    let hint = move || match undecided.get() {
        0 if untried.get() => "Say what you tried, or that nothing was tried.".to_owned(),
        0 if missed.get() != 0 => "Something is missing that a reader will look for; you can post anyway.".to_owned(),
        0 => "What you change is recorded as your own words.".to_owned(),
        1 => "One statement has no source: keep, edit or drop it first.".to_owned(),
        n => format!("{n} statements have no source: keep, edit or drop them first."),
    };
    let close = move || open.set(false);
    dynamic(move || {
        browser::hand_focus_over(".note > footer, .note .notice", "dialog[open] h2".to_owned());
        let step = match shown.get() {
            Shown::Step(step) => step,
            Shown::Closed(closed) => {
                return view! { <ClosedFoot ending can_reopen=closed.can_reopen/> }.into_any();
            }
        };
        match step {
            Step::Loading | Step::Posting => {
                view! { <span class="end"><Button on_click=close>"Close"</Button></span> }.into_any()
            }
            Step::Looking => view! {
                <small>{dynamic(hint)}</small>
                <span class="end">
                    <Button on_click=close>"Cancel"</Button>
                    <Button
                        tone=Tone::Primary
                        disabled=Signal::derive(move || undecided.get() != 0 || untried.get() || refreshing.get())
                        on_click=move || ending.post()
                    >
                        "Confirm & post"
                    </Button>
                </span>
            }
            .into_any(),
            Step::Posted(_) => {
                view! { <span class="end"><Button tone=Tone::Primary on_click=close>"Done"</Button></span> }.into_any()
            }
            Step::Failed { error, posting } => {
                let way_on = match ending.way_on(&error, posting) {
                    WayOn::ReadAgain => {
                        view! { <Button tone=Tone::Primary on_click=move || ending.read(true)>"Try again"</Button> }
                            .into_any()
                    }
                    WayOn::PostAgain => {
                        view! { <Button tone=Tone::Primary on_click=move || ending.post()>"Post again"</Button> }
                            .into_any()
                    }
                    WayOn::Change => {
                        view! { <Button tone=Tone::Primary on_click=move || ending.read(false)>"Change the note"</Button> }
                            .into_any()
                    }
                    WayOn::Reopen => view! {
                        <Button on_click=move || ending.post()>"Post again"</Button>
                        <Button tone=Tone::Primary on_click=move || ending.reopen()>"Reopen and change"</Button>
                    }
                    .into_any(),
                };
                view! {
                    <span class="end">
                        <Button on_click=close>"Close"</Button>
                        {way_on}
                    </span>
                }
                .into_any()
            }
        }
    })
}
