//! *Questions*: free text, or one click where options are given. Saved as one types; sent with the next turn.

use leptos::prelude::*;

use super::{
    items::{Done, Nothing, Promote, SaveState},
    saves::Change,
    surface::use_surface,
};
use crate::{
    pilot::{
        state::PilotDataStoreFields,
        types::{AnswerChange, ItemStatus, Question, SourceType},
    },
    ui::{
        each::Each,
        icon::{Glyph, Icon},
        prose::inline,
        view,
        when::{When, dynamic},
    },
};

/// Still to be answered, or answered and not sent yet.
const fn is_open(question: &Question) -> bool {
    question.unsent || matches!(question.status, ItemStatus::Open)
}

#[component]
pub fn Questions() -> impl IntoView {
    let surface = use_surface();
    let lane = surface.state.0.lane();
    let some = move |open: bool| {
        lane.with(|lane| {
            lane.questions.iter().filter(|question| is_open(question) == open).cloned().collect::<Vec<_>>()
        })
    };
    let (open, done) = (Memo::new(move |_| some(true)), Memo::new(move |_| some(false)));
    view! {
        <section class="section">
            <h3>
                "Questions"
                {dynamic(move || match surface.count.get().open_questions {
                    0 => None,
                    open => Some(view! { <small>{open}" open"</small> }),
                })}
            </h3>
            <Each items=open key=|question| question.id children=|question| view! { <QuestionItem question/> }.into_any()/>
            <When is=move || lane.with(|lane| lane.questions.is_empty())>
                <Nothing
                    before="What FlowPilot needs to know from the user. Describe the problem to get the first ones."
                    since="No question is open."
                />
            </When>
            <Done count=Signal::derive(move || done.with(Vec::len))>
                <Each items=done key=|question| question.id children=|question| view! { <DoneQuestion question/> }.into_any()/>
            </Done>
        </section>
    }
}

#[component]
fn QuestionItem(question: Memo<Question>) -> impl IntoView {
    let Question { id, text, why, .. } = question.get_untracked();
    view! {
        <div class="item" id=format!("item-{id}")>
            <p>{inline(&text)}</p>
            {why.map(|why| view! { <small>{inline(&why)}</small> })}
            <Answer question/>
        </div>
    }
}

#[component]
fn DoneQuestion(question: Memo<Question>) -> impl IntoView {
    let Question { id, text, .. } = question.get_untracked();
    let answer = move || match question.with(|question| question.answer.clone()) {
        Some(answer) => view! { <strong>{answer}</strong> }.into_any(),
        None => view! { <strong class="muted">"skipped"</strong> }.into_any(),
    };
    let skipped = move || question.with(|question| question.answer.is_none());
    view! {
        <details class="item item--done" id=format!("item-{id}") data-result=move || skipped().then_some("skipped")>
            <summary>
                {dynamic(move || view! { <Icon glyph=if skipped() { Glyph::Skip } else { Glyph::Check }/> })}
                <span>{inline(&text)}</span>
                {dynamic(answer)}
            </summary>
            <div>
                <Answer question/>
                <When is=move || !skipped()><Promote id source_type=SourceType::Question/></When>
            </div>
        </details>
    }
}

/// Options and free text. What is on its way goes before what the server has.
#[component]
fn Answer(question: Memo<Question>) -> impl IntoView {
    let surface = use_surface();
    let Question { id, text, options, .. } = question.get_untracked();
    let now = Memo::new(move |_| match surface.saves.entry(id).map(|entry| entry.change) {
        Some(Change::Answer(change)) => (change.answer.flatten().unwrap_or_default(), change.skipped == Some(true)),
        _ => question.with(|question| (question.answer.clone().unwrap_or_default(), question.is_skipped())),
    });
    let locked = Signal::derive(move || !surface.changeable.get());
    // While one types, the field is theirs: what the server makes of the text must not move it.
    let typed = RwSignal::new(None::<String>);
    let put = move |answer: Option<String>, skipped: bool| {
        surface.saves.put(Change::Answer(AnswerChange { id, answer: Some(answer), skipped: Some(skipped) }))
    };
    let write = move |text: String| {
        typed.set(Some(text.clone()));
        put(Some(text).filter(|text| !text.trim().is_empty()), false);
    };
    let choices = options
        .iter()
        .cloned()
        .map(|option| {
            let chosen = {
                let option = option.clone();
                Memo::new(move |_| now.with(|(answer, _)| *answer == option))
            };
            let choose = {
                let option = option.clone();
                move |_| put((!chosen.get_untracked()).then(|| option.clone()), false)
            };
            view! {
                <button class="option" type="button" aria-pressed=move || chosen.get().to_string() disabled=locked on:click=choose>
                    {option}
                </button>
            }
        })
        .collect_view();
    // What is written freely; a chosen option shows as pressed, not as text.
    let free = {
        let options = options.clone();
        let saved =
            move || now.with(|(answer, _)| if options.contains(answer) { String::new() } else { answer.clone() });
        move || typed.get().unwrap_or_else(&saved)
    };
    let placeholder = if options.is_empty() { "Answer" } else { "Or in your own words" };
    view! {
        {(!options.is_empty()).then(|| view! { <div class="options" role="group" aria-label=text.clone()>{choices}</div> })}
        <textarea
            class="field field--line"
            rows="1"
            aria-label=format!("Answer: {text}")
            placeholder=placeholder
            disabled=locked
            prop:value=free
            on:input:target=move |event| write(event.target().value())
            on:blur=move |_| typed.set(None)
        ></textarea>
        <div class="row">
            <button
                class="btn btn--quiet btn--s"
                type="button"
                aria-pressed=move || now.with(|(_, skipped)| skipped.to_string())
                disabled=locked
                on:click=move |_| put(None, !now.with_untracked(|(_, skipped)| *skipped))
            >
                {dynamic(move || now.with(|(_, skipped)| if *skipped { "Skipped" } else { "Skip" }))}
            </button>
            <SaveState id unsent=Signal::derive(move || question.with(|question| question.unsent))/>
        </div>
    }
}
