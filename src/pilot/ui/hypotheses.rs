//! *Hypotheses*: the competing causes and what speaks for and against each.

use leptos::prelude::*;

use super::{sources::Evidence, surface::use_surface};
use crate::{
    pilot::{
        state::PilotDataStoreFields,
        types::{Hypothesis, HypothesisStatus},
    },
    ui::{
        each::Each,
        when::{When, dynamic},
    },
};

#[component]
pub fn Hypotheses() -> impl IntoView {
    let surface = use_surface();
    let all = Signal::derive(move || surface.state.0.hypotheses().get());
    view! {
        <section class="section">
            <h3>"Hypotheses"</h3>
            <Each items=all key=|hypothesis| hypothesis.id children=|hypothesis| view! { <HypothesisRow hypothesis/> }.into_any()/>
            <When is=move || all.with(Vec::is_empty)>
                <p class="empty empty--inline">"Competing causes appear here once there is something to weigh."</p>
            </When>
        </section>
    }
}

#[component]
fn HypothesisRow(hypothesis: Signal<Hypothesis>) -> impl IntoView {
    let chip = move || match hypothesis.with(|hypothesis| hypothesis.status) {
        HypothesisStatus::Open => view! { <span class="chip">"open"</span> },
        HypothesisStatus::Supported => view! { <span class="chip chip--known">"supported"</span> },
        HypothesisStatus::RuledOut => view! { <span class="chip">"ruled out"</span> },
    };
    let evidence = Signal::derive(move || hypothesis.with(|hypothesis| hypothesis.evidence.clone()));
    let bare = move || hypothesis.with(|hypothesis| hypothesis.because.is_none() && hypothesis.evidence.is_empty());
    view! {
        <div class="hypothesis" data-status=move || hypothesis.with(|hypothesis| hypothesis.status.as_str())>
            <span>{dynamic(move || hypothesis.with(|hypothesis| hypothesis.text.clone()))}</span>
            {dynamic(chip)}
            <When is=move || !bare()>
                <small>{dynamic(move || hypothesis.with(|hypothesis| hypothesis.because.clone()))}" "<Evidence ids=evidence/></small>
            </When>
        </div>
    }
}
