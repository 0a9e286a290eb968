//! *Hypotheses*: the competing causes, what speaks for and against each, and people's word on them.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::{message::person_name, sources::Evidence, surface::use_surface, ticket::ForTicket};
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
    let ruling = RwSignal::new(false);
    view! {
        <div class="hypothesis" data-status=move || hypothesis.with(|hypothesis| hypothesis.status.as_str())>
            <span>{dynamic(move || hypothesis.with(|hypothesis| hypothesis.text.clone()))}</span>
            {dynamic(chip)}
            <When is=move || !bare()>
                <small>{dynamic(move || hypothesis.with(|hypothesis| hypothesis.because.clone()))}{dynamic(by)}" "<Evidence ids=evidence/></small>
            </When>
            <HypothesisActs hypothesis ruling/>
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
fn HypothesisActs(hypothesis: Memo<Hypothesis>, ruling: RwSignal<bool>) -> impl IntoView {
    let surface = use_surface();
    let out = Memo::new(move |_| hypothesis.with(|one| one.status == HypothesisStatus::RuledOut));
    let decide = move |status, because: Option<String>| {
        let id = hypothesis.with_untracked(|one| one.id);
        let change = HypothesisChange { status, because };
        surface.call(rpc::decide_hypothesis(surface.id, id, change), move |decided| {
            surface.state.absorb_hypothesis(decided);
            let _ = ruling.try_set(false);
        });
    };
    let name = move || hypothesis.with_untracked(|one| one.text.clone());
    let act = move || match (ruling.get(), out.get()) {
        (true, _) => {
            view! { <Because ruling on_save=move |because: String| decide(HypothesisStatus::RuledOut, Some(because))/> }
                .into_any()
        }
        (false, true) => view! {
            <Button small=true tone=Tone::Quiet on_click=move || decide(HypothesisStatus::Open, None)>
                "Reopen"
                <span class="visually-hidden">": "{name()}</span>
            </Button>
        }
        .into_any(),
        (false, false) => view! {
            <Button small=true tone=Tone::Quiet on_click=move || ruling.set(true)>
                "Rule out"
                <span class="visually-hidden">": "{name()}</span>
            </Button>
        }
        .into_any(),
    };
    view! { <When is=move || surface.changeable.get()><span class="hypothesis__acts">{dynamic(act)}</span></When> }
}

/// *Ruled out because…*: the next engineer reads it.
#[component]
fn Because(ruling: RwSignal<bool>, #[prop(into)] on_save: Callback<(String,)>) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    field.on_load(|field| drop(field.focus()));
    let save = move || {
        let because = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        if !because.is_empty() {
            on_save.run((because,));
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
            <textarea
                class="field"
                node_ref=field
                required
                aria-label="Ruled out because"
                placeholder="Ruled out because…"
                on:keydown=move |event| match event.key().as_str() {
                    "Enter" if (event.ctrl_key() || event.meta_key()) && !event.is_composing() => save(),
                    "Escape" => {
                        event.stop_propagation();
                        ruling.set(false);
                    }
                    _ => {}
                }
            ></textarea>
            <footer>
                <small>"It becomes a note, and goes into an escalation."</small>
                <Button tone=Tone::Quiet small=true on_click=move || ruling.set(false)>"Cancel"</Button>
                <Button tone=Tone::Primary small=true submit=true>"Rule out"</Button>
            </footer>
        </form>
    }
}
