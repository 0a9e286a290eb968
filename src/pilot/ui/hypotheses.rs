//! *Hypotheses*: the competing causes, what speaks for and against each, and people's word on them.

use leptos::prelude::*;

use super::{
    message::person_name,
    own_words::{OwnWords, WordsForm},
    sources::Evidence,
    surface::use_surface,
    ticket::ForTicket,
};
use crate::{
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{Hypothesis, HypothesisChange, HypothesisStatus},
    },
    ui::{
        button::{Button, Tone},
        each::Each,
        view,
        when::{When, dynamic},
    },
};

/// More causes than this that are ruled out are folded away: what is still possible matters more.
const SHOWN: usize = 2;

#[component]
pub fn Hypotheses() -> impl IntoView {
    let surface = use_surface();
    let all = Memo::new(move |_| surface.state.0.hypotheses().get());
    let is_out = |one: &Hypothesis| one.status == HypothesisStatus::RuledOut;
    let out = Memo::new(move |_| {
        let out = all.get().into_iter().filter(is_out).collect::<Vec<_>>();
        if out.len() > SHOWN { out } else { Vec::new() }
    });
    let standing = Memo::new(move |_| {
        let folded = out.with(|out| !out.is_empty());
        all.get().into_iter().filter(|one| !(folded && is_out(one))).collect::<Vec<_>>()
    });
    view! {
        <section class="section">
            <h3>"Hypotheses"</h3>
            <ForTicket/>
            <Rows of=standing/>
            <When is=move || out.with(|out| !out.is_empty())>
                <details class="done">
                    <summary>{dynamic(move || out.with(Vec::len))}" ruled out"</summary>
                    <Rows of=out/>
                </details>
            </When>
            <When is=move || all.with(Vec::is_empty)>
                <p class="empty empty--inline">"Competing causes appear here once there is something to weigh."</p>
            </When>
        </section>
    }
}

#[component]
fn Rows(of: Memo<Vec<Hypothesis>>) -> impl IntoView {
    view! { <Each items=of key=|one| one.id children=|hypothesis| view! { <HypothesisRow hypothesis/> }.into_any()/> }
}

#[component]
fn HypothesisRow(hypothesis: Memo<Hypothesis>) -> impl IntoView {
    let surface = use_surface();
    let chip = move || match hypothesis.with(|hypothesis| hypothesis.status) {
        HypothesisStatus::Open => view! { <span class="chip">"open"</span> },
        HypothesisStatus::Supported => view! { <span class="chip chip--known">"supported"</span> },
        HypothesisStatus::RuledOut => view! { <span class="chip">"ruled out"</span> },
    };
    let evidence = Signal::derive(move || hypothesis.with(|hypothesis| hypothesis.evidence.clone()));
    let bare = move || hypothesis.with(|hypothesis| hypothesis.because.is_none() && hypothesis.evidence.is_empty());
    let by = move || {
        hypothesis
            .with(|one| one.decided_by.as_ref().map(|by| format!(" – {} by {}", word(one.status), person_name(by))))
    };
    let id = hypothesis.with_untracked(|one| one.id);
    let words = OwnWords::new(RwSignal::new(false), "ruling", surface.id, id.0);
    Effect::new(move |_| {
        if surface.changeable.get_untracked() {
            words.open_again();
        }
    });
    on_cleanup(move || {
        let hypotheses = surface.state.0.hypotheses();
        if hypotheses.try_with_untracked(|all| all.iter().all(|one| one.id != id)).unwrap_or_default() {
            words.rescue_open(surface, "That cause is no longer weighed. Your words are in the message box.");
        }
    });
    view! {
        <div class="hypothesis" data-status=move || hypothesis.with(|hypothesis| hypothesis.status.as_str())>
            <span>{dynamic(move || hypothesis.with(|hypothesis| hypothesis.text.clone()))}</span>
            {dynamic(chip)}
            <When is=move || !bare()>
                <small>{dynamic(move || hypothesis.with(|hypothesis| hypothesis.because.clone()))}{dynamic(by)}" "<Evidence ids=evidence/></small>
            </When>
            <HypothesisActs hypothesis words/>
        </div>
    }
}

const fn word(status: HypothesisStatus) -> &'static str {
    match status {
        HypothesisStatus::RuledOut => "ruled out",
        HypothesisStatus::Open | HypothesisStatus::Supported => "reopened",
    }
}

#[component]
fn HypothesisActs(hypothesis: Memo<Hypothesis>, words: OwnWords) -> impl IntoView {
    let surface = use_surface();
    let out = Memo::new(move |_| hypothesis.with(|one| one.status == HypothesisStatus::RuledOut));
    let decide = move |status, because: Option<String>| {
        let id = hypothesis.with_untracked(|one| one.id);
        rpc::decide_hypothesis(surface.id, id, HypothesisChange { status, because })
    };
    let rule_out = move |because: String| {
        let mark = surface.state.mark();
        words.save(surface, decide(HypothesisStatus::RuledOut, Some(because)), move |decided| {
            if let Some(decided) = decided {
                surface.state.absorb_hypothesis(mark, decided);
            }
        });
    };
    let reopen = move || {
        let mark = surface.state.mark();
        surface.call(decide(HypothesisStatus::Open, None), move |decided| {
            surface.state.absorb_hypothesis(mark, decided);
            words.refocus();
        });
    };
    let name = move || hypothesis.with_untracked(|one| one.text.clone());
    let act = move || match (words.open.get(), out.get()) {
        // The next engineer reads it.
        (true, _) => view! {
            <WordsForm
                words
                label="Ruled out because"
                placeholder="Ruled out because…"
                action="Rule out"
                hint="It becomes a note, and goes into an escalation."
                save=rule_out
            />
        }
        .into_any(),
        (false, true) => view! {
            <Button small=true tone=Tone::Quiet id=words.opener() on_click=reopen>
                "Reopen"
                <span class="visually-hidden">": "{name()}</span>
            </Button>
        }
        .into_any(),
        (false, false) => view! {
            <Button small=true tone=Tone::Quiet id=words.opener() on_click=move || words.open.set(true)>
                "Rule out"
                <span class="visually-hidden">": "{name()}</span>
            </Button>
        }
        .into_any(),
    };
    view! { <When is=move || surface.changeable.get()><span class="hypothesis__acts">{dynamic(act)}</span></When> }
}
