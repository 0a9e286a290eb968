//! The suggested fix above the message box, with the one question that matters now (P2.3).

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::{
    fix_card::{Confidence, standing},
    own_words::OwnWords,
    script::ScriptButton,
    surface::{Surface, use_surface},
    ticket::ForTicket,
};
use crate::{
    error::AppError,
    ids::{FixId, SessionId},
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{Fix, FixOutcome, FixStatus, OutcomeProposal},
    },
    ui::{
        browser,
        button::{Button, Tone},
        drawer::{is_wide, use_drawer},
        prose::inline,
        time::Stamp,
        view,
        when::{When, dynamic},
    },
};

/// The id of the button that asks what is left.
const PARTLY: &str = "fix-partly";

/// What the banner asks.
#[derive(Debug, Clone, PartialEq)]
enum Ask {
    Apply,
    DidItWork,
    /// The AI's own guess.
    Confirm(OutcomeProposal),
    Worked,
    Failed,
    Nothing,
}

fn ask(fix: &Fix) -> Ask {
    match (fix.status, &fix.ai_outcome_proposal, fix.applied_at) {
        (FixStatus::AppliedSuccess, ..) => Ask::Worked,
        (FixStatus::AppliedFailed, ..) => Ask::Failed,
        (FixStatus::Dismissed, ..) => Ask::Nothing,
        (_, Some(proposal), _) => Ask::Confirm(proposal.clone()),
        (FixStatus::Proposed, None, None) => Ask::Apply,
        (FixStatus::Proposed | FixStatus::AppliedPartial, None, _) => Ask::DidItWork,
    }
}

#[component]
pub fn FixBanner() -> impl IntoView {
    let surface = use_surface();
    let fix = Memo::new(move |_| surface.state.0.fix().get());
    let partly = RwSignal::new(None);
    Effect::new(move |_| {
        // What an earlier page kept is shown again.
        let fix = fix.get_untracked().filter(|fix| matches!(ask(fix), Ask::DidItWork | Ask::Confirm(_)));
        if let Some(id) = fix.map(|fix| fix.id).filter(|id| left_words(surface.id, *id).kept().is_some()) {
            partly.set(Some(id));
        }
    });
    dynamic(move || {
        let fix = fix.get().filter(|_| surface.changeable.get())?;
        let steps = Steps { surface, fix: StoredValue::new(fix.clone()), busy: RwSignal::new(false), partly };
        let id = fix.id;
        let state = standing(&fix).0;
        let inside = match ask(&fix) {
            Ask::Apply => view! { <Apply fix steps/> }.into_any(),
            Ask::DidItWork => view! { <DidItWork fix steps/> }.into_any(),
            Ask::Confirm(proposal) => view! { <ConfirmGuess fix proposal steps/> }.into_any(),
            Ask::Worked => view! { <Worked fix/> }.into_any(),
            Ask::Failed => view! { <Failed fix/> }.into_any(),
            Ask::Nothing => return None,
        };
        Some(view! {
            <section class="banner" aria-label="Suggested fix" tabindex="-1" data-state=state>
                {inside}
                <ForTicket/>
                <When is=move || steps.partly.get() == Some(id)><WhatIsLeft steps/></When>
            </section>
        })
    })
}

/// What can be done with the fix, one call at a time.
#[derive(Debug, Clone, Copy)]
struct Steps {
    surface: Surface,
    fix: StoredValue<Fix>,
    busy: RwSignal<bool>,
    /// The fix of which is asked what is left.
    partly: RwSignal<Option<FixId>>,
}

/// What is left of a fix, as far as it is written.
pub fn left_words(session: SessionId, fix: FixId) -> OwnWords {
    OwnWords::new(RwSignal::new(false), "leaving", session, fix.0)
}

impl Steps {
    fn words(self) -> OwnWords {
        left_words(self.surface.id, self.fix.with_value(|fix| fix.id))
    }

    fn run(self, call: impl Future<Output = Result<Fix, AppError>> + 'static) {
        let Self { surface, busy, partly, .. } = self;
        let (words, mark) = (self.words(), surface.state.mark());
        busy.set(true);
        let pressed = browser::focused();
        spawn_local(async move {
            let back = match surface.notices.check(call.await) {
                Some(fix) => {
                    let _ = partly.try_set(None);
                    words.forget();
                    // What comes next is asked in its place, by the same button even: none of that may be pressed unseen.
                    if let Some(pressed) = pressed {
                        let _ = pressed.blur();
                    }
                    surface.state.absorb_fix(mark, fix);
                    None
                }
                None => pressed,
            };
            let _ = busy.try_set(false);
            browser::refocus(back, vec![".banner".to_owned(), ".composer textarea".to_owned()]);
        });
    }

    fn apply(self) {
        self.run(rpc::apply_fix(self.surface.id, self.fix.with_value(|fix| fix.id)));
    }

    fn outcome(self, outcome: FixOutcome, notes: Option<String>) {
        self.run(rpc::set_outcome(self.surface.id, self.fix.with_value(|fix| fix.id), outcome, notes));
    }

    fn ask_what_is_left(self) {
        self.partly.set(Some(self.fix.with_value(|fix| fix.id)));
    }

    fn leave_off(self) {
        self.partly.set(None);
        browser::refocus(None, vec![format!("#{PARTLY}"), ".banner".to_owned()]);
    }

    fn not_yet(self) {
        self.run(rpc::reject_proposal(self.surface.id, self.fix.with_value(|fix| fix.id)));
    }
}

#[component]
fn Apply(fix: Fix, steps: Steps) -> impl IntoView {
    let rests = match (fix.unfounded, fix.evidence.len()) {
        (true, _) | (_, 0) => "unfounded: rests on nothing known".to_owned(),
        (_, 1) => "rests on 1 source".to_owned(),
        (_, n) => format!("rests on {n} sources"),
    };
    view! {
        <strong>{fix.title}</strong>
        <span class="meta">
            <span><Confidence percent=fix.confidence/></span>
            <span>{rests}</span>
            {fix.risk.map(|risk| view! { <span>"risk: "{inline(&risk)}</span> })}
            {fix.rollback.map(|rollback| view! { <span>"undo: "{inline(&rollback)}</span> })}
        </span>
        <span class="acts">
            <Button tone=Tone::Fix busy=steps.busy title="I do this now" on_click=move || steps.apply()>"Apply"</Button>
            <StepsButton/>
            <ScriptButton/>
            <Button tone=Tone::Quiet disabled=steps.busy on_click=move || steps.outcome(FixOutcome::Dismissed, None)>"Dismiss"</Button>
        </span>
    }
}

/// Goes to what is to be done, which stands in the lane.
#[component]
fn StepsButton() -> impl IntoView {
    let drawer = use_drawer();
    let show = move || {
        drawer.set(!is_wide());
        request_animation_frame(|| browser::point_at("fix"));
    };
    view! { <Button tone=Tone::Quiet on_click=show>"Show steps"</Button> }
}

#[component]
fn DidItWork(fix: Fix, steps: Steps) -> impl IntoView {
    let partial = fix.status == FixStatus::AppliedPartial;
    view! {
        <strong>{if partial { "Does it work now?" } else { "Did it work?" }}</strong>
        <span class="meta">
            <span>{fix.title}</span>
            {fix.applied_at.map(|at| view! { <span>"applied "<Stamp at=at.0/></span> })}
            {fix.partial_notes.map(|notes| view! { <span>"left: "{notes}</span> })}
        </span>
        <span class="acts">
            <Button tone=Tone::Fix busy=steps.busy on_click=move || steps.outcome(FixOutcome::AppliedSuccess, None)>"Yes"</Button>
            <Button disabled=steps.busy on_click=move || steps.outcome(FixOutcome::AppliedFailed, None)>"No"</Button>
            <Button id=PARTLY disabled=steps.busy on_click=move || steps.ask_what_is_left()>"Partly"</Button>
            <StepsButton/>
            <ScriptButton/>
        </span>
    }
}

/// What the AI takes to have become of a fix.
pub const fn guess(outcome: FixOutcome) -> &'static str {
    match outcome {
        FixOutcome::AppliedSuccess => "FlowPilot thinks it worked",
        FixOutcome::AppliedFailed => "FlowPilot thinks it did not work",
        FixOutcome::AppliedPartial => "FlowPilot thinks it worked in part",
        FixOutcome::Dismissed => "FlowPilot thinks this fix is not for here",
    }
}

#[component]
fn ConfirmGuess(fix: Fix, proposal: OutcomeProposal, steps: Steps) -> impl IntoView {
    let guess = guess(proposal.outcome);
    let OutcomeProposal { outcome, reason, notes } = proposal;
    let said = reason.or_else(|| notes.clone());
    let confirm = move || match (outcome, notes.clone()) {
        (FixOutcome::AppliedPartial, None) => steps.ask_what_is_left(),
        (outcome, notes) => steps.outcome(outcome, notes),
    };
    view! {
        <strong>{guess}</strong>
        <span class="meta">
            <span>{fix.title}</span>
            {said.map(|said| view! { <span>"“"{said}"”"</span> })}
        </span>
        <span class="acts">
            <Button tone=Tone::Fix id=PARTLY busy=steps.busy on_click=confirm>"Confirm"</Button>
            <Button tone=Tone::Quiet disabled=steps.busy on_click=move || steps.not_yet()>"Not yet"</Button>
        </span>
    }
}

#[component]
fn Worked(fix: Fix) -> impl IntoView {
    let surface = use_surface();
    view! {
        <strong>"It worked"</strong>
        <span class="meta">
            <span>{fix.title}</span>
            {fix.verified_at.map(|at| view! { <span>"verified "<Stamp at=at.0/></span> })}
        </span>
        <span class="acts">
            <Button tone=Tone::Known on_click=move || surface.resolve()>"Write the note"</Button>
        </span>
    }
}

#[component]
fn Failed(fix: Fix) -> impl IntoView {
    let surface = use_surface();
    let blocked = Signal::derive(move || surface.running.get() || surface.outbox.is_sending());
    // With something asked, FlowPilot has gone on already.
    let goes_on = Memo::new(move |_| surface.count.get().open() != 0);
    let next = move || match goes_on.get() {
        true => "FlowPilot went on; answer what is open in the task lane.",
        false => "FlowPilot takes this into its next answer.",
    };
    view! {
        <strong>"It did not work"</strong>
        <span class="meta">
            <span>{fix.title}</span>
            <span>{dynamic(next)}</span>
        </span>
        <When is=move || !goes_on.get()>
            <span class="acts">
                <Button disabled=blocked on_click=move || surface.outbox.say("The fix did not work. What next?".to_owned())>
                    "What next?"
                </Button>
            </span>
        </When>
    }
}

/// A partly applied fix needs notes.
#[component]
fn WhatIsLeft(steps: Steps) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    field.on_load(|field| drop(field.focus()));
    let (words, surface, id) = (steps.words(), steps.surface, steps.fix.with_value(|fix| fix.id));
    on_cleanup(move || {
        let another = |now: &Option<Fix>| now.as_ref().is_some_and(|now| now.id != id);
        if surface.state.0.fix().try_with_untracked(another) == Some(true) {
            words.rescue(surface, "Another fix is suggested now. Your words are in the message box.");
        }
    });
    let save = move || {
        let notes = words.kept().unwrap_or_default().trim().to_owned();
        if !notes.is_empty() {
            steps.outcome(FixOutcome::AppliedPartial, Some(notes));
        }
    };
    view! {
        <form
            class="inline-form"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                save();
            }
        >
            <textarea class="field" node_ref=field required aria-label="What was done and what is left"
                placeholder="What was done, and what is left"
                prop:value=words.kept().unwrap_or_default()
                on:input:target=move |event| words.write(event.target().value())
                on:keydown=move |event| match event.key().as_str() {
                    "Escape" if !event.is_composing() => steps.leave_off(),
                    "Enter" if (event.ctrl_key() || event.meta_key()) && !event.is_composing() => {
                        event.prevent_default();
                        save();
                    }
                    _ => {}
                }
            ></textarea>
            <footer>
                <small>"The note and the next engineer get this."</small>
                <Button tone=Tone::Quiet on_click=move || steps.leave_off()>"Cancel"</Button>
                <Button tone=Tone::Fix submit=true busy=steps.busy>"Save"</Button>
            </footer>
        </form>
    }
}
