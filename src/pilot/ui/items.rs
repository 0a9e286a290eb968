//! What questions and checks of the lane have in common: how far saving is, and making a fact of an answer.

use leptos::{prelude::*, task::spawn_local};

use super::{
    own_words::{OwnWords, WordsForm},
    saves::Progress,
    surface::{Surface, use_surface},
};
use crate::{
    error::AppError,
    ids::LaneItemId,
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{Fact, Promotion, SourceType},
    },
    ui::{
        browser,
        button::{Button, IconButton, Tone},
        icon::{Glyph, Icon},
        view,
        when::{When, dynamic},
    },
};

/// Says whether what was typed is on the server, and offers to try again.
#[component]
pub fn SaveState(
    id: LaneItemId,
    /// Saved, and to be sent with the next turn.
    #[prop(into)]
    unsent: Signal<bool>,
) -> impl IntoView {
    let surface = use_surface();
    let retry = move || {
        spawn_local(async move {
            surface.saves.flush().await;
        });
    };
    let progress = Memo::new(move |_| surface.saves.entry(id).map(|entry| entry.progress));
    let shown = move || match progress.get() {
        Some(Progress::Failed(error)) => view! {
            <span class="save-state" data-state="failed" role="alert">
                <Icon glyph=Glyph::Alert/>
                "Not saved: "
                {error.detail()}
                <Button tone=Tone::Quiet small=true on_click=retry>"Try again"</Button>
                <Button tone=Tone::Quiet small=true on_click=move || surface.saves.discard(id)>"Undo"</Button>
            </span>
        }
        .into_any(),
        Some(Progress::Typed | Progress::Saving) => view! {
            <span class="save-state" data-state="saving" role="status">
                <span class="spinner"></span>
                "Saving"
            </span>
        }
        .into_any(),
        None if unsent.get() => view! {
            <span class="save-state" data-state="saved" role="status">
                <Icon glyph=Glyph::Check/>
                "Saved"
            </span>
        }
        .into_any(),
        None => ().into_any(),
    };
    dynamic(move || {
        browser::hand_focus_over(".save-state", format!("#item-{id} :is(button, input, textarea)"));
        shown()
    })
}

impl Surface {
    /// A fact stands on this item.
    pub fn has_fact(self, id: LaneItemId) -> bool {
        self.state.0.facts().with(|facts| facts.iter().any(|fact| fact.source_ref == Some(id)))
    }
}

/// Makes a fact of an answer or a result that none rests on yet.
#[component]
pub fn Promote(id: LaneItemId, source_type: SourceType) -> impl IntoView {
    let surface = use_surface();
    view! {
        <When is=move || surface.changeable.get() && !surface.has_fact(id)>
            <Conclude id source_type label="Add to what we know"/>
        </When>
    }
}

/// What follows from an answer or a result; in a person's own words where nothing follows by itself.
#[component]
pub fn Conclude(id: LaneItemId, source_type: SourceType, label: &'static str) -> impl IntoView {
    let surface = use_surface();
    let words = OwnWords::new(RwSignal::new(false), "concluding", surface.id, id.0);
    let OwnWords { open, busy, .. } = words;
    on_cleanup(move || {
        let stands = |facts: &Vec<Fact>| facts.iter().any(|fact| fact.source_ref == Some(id) && !fact.stale);
        if surface.state.0.facts().try_with_untracked(stands).unwrap_or_default() {
            words.rescue_open(surface, "There is a fact from it already. Your words are in the message box.");
        }
    });
    let promote = move |text: Option<String>| {
        let mark = surface.state.mark();
        let promotion = Promotion { source_type, source_ref: id, text };
        let call = async move {
            let answer = rpc::promote(surface.id, promotion).await;
            if answer.as_ref().is_err_and(is_about_text) {
                let _ = open.try_set(true);
            }
            answer
        };
        words.save(surface, call, move |fact| {
            if let Some(fact) = fact {
                surface.state.absorb_fact(mark, fact);
            }
            words.refocus();
        });
    };
    let own = move |text: String| promote(Some(text));
    let shown = move || match open.get() {
        true => view! {
            <WordsForm
                words
                label="Fact in your own words"
                placeholder="What follows from it, in your own words"
                action="Add"
                save=own
            />
        }
        .into_any(),
        false => view! {
            <Button small=true icon=Glyph::Promote id=words.opener() busy on_click=move || promote(None)>
                {label}
            </Button>
            <IconButton small=true glyph=Glyph::Edit label="Say it in your own words" on_click=move || open.set(true)/>
        }
        .into_any(),
    };
    dynamic(shown)
}

/// The fact's text was not taken, or there was none to be had.
fn is_about_text(error: &AppError) -> bool {
    matches!(error, AppError::Invalid { errors } if errors.iter().any(|error| error.field == "text"))
}

/// In the place of a section's items: what will come, and once the session has begun only that there are none.
#[component]
pub fn Nothing(before: &'static str, since: &'static str) -> impl IntoView {
    let messages = use_surface().state.0.messages();
    let begun = Memo::new(move |_| !messages.with(Vec::is_empty));
    view! { <p class="empty empty--inline">{dynamic(move || if begun.get() { since } else { before })}</p> }
}

/// *3 done*: what has been dealt with, folded.
#[component]
pub fn Done(#[prop(into)] count: Signal<usize>, children: ChildrenFn) -> impl IntoView {
    view! {
        <When is=move || count.get() != 0>
            <details class="done">
                <summary>{count}" done"</summary>
                {children()}
            </details>
        </When>
    }
}
