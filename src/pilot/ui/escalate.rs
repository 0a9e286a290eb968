//! Before an escalation: what became of the fix that was applied (P2.3).

use leptos::{html, prelude::*, task::spawn_local};

use super::{
    fix_banner::left_words,
    own_words::OwnWords,
    surface::{Surface, use_surface},
};
use crate::{
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{ArtifactKind, Fix, FixOutcome},
    },
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        split::{Split, wasm_split},
        view,
        when::{Later, When},
    },
};

/// Asks, when an applied fix has no outcome. Downloaded when it first asks.
#[component]
pub fn AskOutcome() -> impl IntoView {
    let surface = use_surface();
    view! { <Later open=surface.asking load=move || Box::pin(dialog(surface))/> }
}

#[wasm_split(ending, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(surface: Surface) -> Split<AnyView> {
    Ok(view! {
        <Dialog
            open=surface.asking
            label="What became of the fix?"
            class="dialog--s"
            children=move || view! { <Question surface/> }
        />
    })
}

#[component]
fn Question(surface: Surface) -> impl IntoView {
    let busy = RwSignal::new(false);
    let partly = RwSignal::new(false);
    let field = NodeRef::<html::Textarea>::new();
    let fix = surface.state.0.fix().get_untracked();
    let words = fix.as_ref().map(|fix| left_words(surface.id, fix.id));
    let id = fix.as_ref().map(|fix| fix.id);
    Effect::new(move |_| {
        let open = |now: &Fix| Some(now.id) == id && !now.status.is_final();
        if !surface.state.0.fix().with(|now| now.as_ref().is_some_and(open)) && !busy.get_untracked() {
            surface.asking.set(false);
            surface.notices.say("Somebody has just said what became of the fix.");
        }
    });
    let title = fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default();
    let record = move |outcome: FixOutcome, notes: Option<String>| {
        let Some(id) = fix.as_ref().map(|fix| fix.id) else { return };
        busy.set(true);
        let mark = surface.state.mark();
        spawn_local(async move {
            let saved = surface.notices.check(rpc::set_outcome(surface.id, id, outcome, notes).await);
            let _ = busy.try_set(false);
            let Some(fix) = saved else { return };
            if let Some(words) = words {
                words.forget();
            }
            surface.state.absorb_fix(mark, fix);
            surface.asking.set(false);
            let next = match outcome {
                FixOutcome::AppliedSuccess => ArtifactKind::ResolutionNote,
                FixOutcome::AppliedFailed | FixOutcome::AppliedPartial | FixOutcome::Dismissed => {
                    ArtifactKind::EscalationPackage
                }
            };
            surface.ending(next).set(true);
        });
    };
    let record = StoredValue::new_local(record);
    let choose = move |outcome| record.with_value(|record| record(outcome, None));
    let save_partly = move || {
        let notes = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        match notes.is_empty() {
            true => drop(field.get_untracked().map(|field| field.focus())),
            false => record.with_value(|record| record(FixOutcome::AppliedPartial, Some(notes))),
        }
    };
    // Each time that it is there anew.
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    view! {
        <div class="dialog__panel">
            <DialogHead title="What became of the fix?" open=surface.asking/>
            <div class="body">
                <p>"You applied “"{title}"”, and nobody has said whether it worked. The next engineer needs to know."</p>
                <div class="choices">
                    <Button block=true disabled=busy on_click=move || choose(FixOutcome::AppliedFailed)>"It failed"</Button>
                    <Button block=true disabled=busy on_click=move || partly.update(|partly| *partly = !*partly)>"I applied some of it"</Button>
                    <When is=partly>
                        <div class="inline-form">
                            <textarea
                                class="field"
                                node_ref=field
                                required
                                aria-label="What was done and what is left"
                                placeholder="What was done, and what is left"
                                prop:value=words.and_then(OwnWords::kept).unwrap_or_default()
                                on:input:target=move |event| {
                                    if let Some(words) = words {
                                        words.write(event.target().value());
                                    }
                                }
                            ></textarea>
                            <footer>
                                <Button tone=Tone::Fix busy on_click=save_partly>"Go on"</Button>
                            </footer>
                        </div>
                    </When>
                    <Button block=true disabled=busy on_click=move || choose(FixOutcome::Dismissed)>"I never applied it"</Button>
                    <Button block=true tone=Tone::Known disabled=busy on_click=move || choose(FixOutcome::AppliedSuccess)>"It worked – resolve instead"</Button>
                </div>
            </div>
        </div>
    }
}
