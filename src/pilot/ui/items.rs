//! What questions and checks of the lane have in common: how far saving is, and making a fact of an answer.

use leptos::{prelude::*, task::spawn_local};

use super::{
    saves::Progress,
    surface::{Surface, use_surface},
};
use crate::{
    ids::LaneItemId,
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{Promotion, SourceType},
    },
    ui::{
        button::{Button, Tone},
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
    /// What is missing before it can be saved.
    #[prop(optional)]
    incomplete: Option<&'static str>,
) -> impl IntoView {
    let surface = use_surface();
    let retry = move || {
        spawn_local(async move {
            surface.saves.flush().await;
        });
    };
    let progress = Memo::new(move |_| surface.saves.entry(id).map(|entry| entry.progress));
    dynamic(move || match progress.get() {
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
        Some(Progress::Typed) if incomplete.is_some() => {
            view! { <span class="save-state">{incomplete}</span> }.into_any()
        }
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
    let busy = RwSignal::new(false);
    let promote = move || {
        busy.set(true);
        spawn_local(async move {
            let promotion = Promotion { source_type, source_ref: id, text: None };
            if let Some(fact) = surface.notices.check(rpc::promote(surface.id, promotion).await) {
                surface.state.absorb_fact(fact);
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <When is=move || surface.changeable.get() && !surface.has_fact(id)>
            <Button small=true icon=Glyph::Promote busy on_click=promote>"Add to what we know"</Button>
        </When>
    }
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
