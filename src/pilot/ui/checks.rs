//! *Diagnostic checks*: the command, what to expect, and what came out.

use leptos::prelude::*;

use super::{
    items::{Done, Nothing, Promote, SaveState},
    saves::Change,
    sources::result_text,
    surface::use_surface,
};
use crate::{
    pilot::{
        state::PilotDataStoreFields,
        types::{Check, CheckResult, ItemStatus, ResultChange, SourceType},
    },
    ui::{
        copy::CopyButton,
        each::Each,
        icon::{Glyph, Icon},
        prose::inline,
        view,
        when::{When, dynamic},
    },
};

/// Still to be done, or done and not sent yet.
const fn is_open(check: &Check) -> bool {
    check.unsent || matches!(check.status, ItemStatus::Open)
}

#[component]
pub fn Checks() -> impl IntoView {
    let surface = use_surface();
    let lane = surface.state.0.lane();
    let some = move |open: bool| {
        lane.with(|lane| lane.actions.iter().filter(|check| is_open(check) == open).cloned().collect::<Vec<_>>())
    };
    let (open, done) = (Memo::new(move |_| some(true)), Memo::new(move |_| some(false)));
    view! {
        <section class="section">
            <h3>
                "Diagnostic checks"
                {dynamic(move || match surface.count.get().open_checks {
                    0 => None,
                    open => Some(view! { <small>{open}" open"</small> }),
                })}
            </h3>
            <Each items=open key=|check| check.id children=|check| view! { <CheckItem check/> }.into_any()/>
            <When is=move || lane.with(|lane| lane.actions.is_empty())>
                <Nothing
                    before="Commands to run, with what to expect from them. They come with the answers."
                    since="No check is open."
                />
            </When>
            <Done count=Signal::derive(move || done.with(Vec::len))>
                <Each items=done key=|check| check.id children=|check| view! { <DoneCheck check/> }.into_any()/>
            </Done>
        </section>
    }
}

#[component]
fn CheckItem(check: Memo<Check>) -> impl IntoView {
    let Check { id, label, description, .. } = check.get_untracked();
    view! {
        <div class="item" id=format!("item-{id}")>
            <p>{inline(&label)}</p>
            {description.map(|description| view! { <small>{inline(&description)}</small> })}
            <CommandLine check/>
            <ResultFields check/>
        </div>
    }
}

#[component]
fn DoneCheck(check: Memo<Check>) -> impl IntoView {
    let Check { id, label, .. } = check.get_untracked();
    let result = Memo::new(move |_| check.with(|check| check.result));
    let glyph = move || match result.get() {
        Some(CheckResult::Pass) => Glyph::Check,
        Some(CheckResult::Fail) => Glyph::Fail,
        Some(CheckResult::Skipped) | None => Glyph::Skip,
    };
    view! {
        <details
            class="item item--done"
            id=format!("item-{id}")
            data-result=move || result.get().unwrap_or(CheckResult::Skipped).as_str()
        >
            <summary>
                {dynamic(move || view! { <Icon glyph=glyph()/> })}
                <span>{inline(&label)}</span>
                <strong>{dynamic(move || check.with(result_text))}</strong>
            </summary>
            <div>
                <CommandLine check/>
                <ResultFields check/>
                <When is=move || matches!(result.get(), Some(CheckResult::Pass | CheckResult::Fail))>
                    <Promote id source_type=SourceType::DiagnosticCheck/>
                </When>
            </div>
        </details>
    }
}

#[component]
fn CommandLine(check: Memo<Check>) -> impl IntoView {
    let Check { command, expect, .. } = check.get_untracked();
    let command = command.map(|command| {
        view! {
            <div class="command">
                <div class="code" tabindex="0" role="group" aria-label="Command">{command.clone()}</div>
                <CopyButton text=command what="command"/>
            </div>
        }
    });
    view! {
        {command}
        {expect.map(|expect| view! { <small>"Expect "<code>{expect}</code></small> })}
    }
}

/// *Pass*, *Fail*, *Skip*, and the output.
#[component]
fn ResultFields(check: Memo<Check>) -> impl IntoView {
    let surface = use_surface();
    let Check { id, label, .. } = check.get_untracked();
    let now = Memo::new(move |_| match surface.saves.entry(id).map(|entry| entry.change) {
        Some(Change::Result(change)) => (change.result.flatten(), change.output.flatten()),
        _ => check.with(|check| (check.result, check.output.clone())),
    });
    let locked = Signal::derive(move || !surface.changeable.get());
    let pasting = RwSignal::new(false);
    let has_output = move || now.with(|(_, output)| output.is_some());
    let waits = Memo::new(move |_| now.with(|(result, output)| result.is_none() && output.is_some()) && !locked.get());
    let put = move |result, output| {
        surface.saves.put(Change::Result(ResultChange { id, result: Some(result), output: Some(output) }))
    };
    let choice = move |(result, word, class): (CheckResult, &'static str, &'static str)| {
        let chosen = Memo::new(move |_| now.with(|(now, _)| *now == Some(result)));
        let choose =
            move |_| put((!chosen.get_untracked()).then_some(result), now.with_untracked(|(_, output)| output.clone()));
        view! {
            <button class=class type="button" aria-pressed=move || chosen.get().to_string() disabled=locked on:click=choose>
                {word}
            </button>
        }
    };
    let choices = [
        (CheckResult::Pass, "Pass", "option option--pass"),
        (CheckResult::Fail, "Fail", "option option--fail"),
        (CheckResult::Skipped, "Skip", "option"),
    ]
    .map(choice);
    // While one types, the field is theirs: what the server makes of the text must not move it.
    let typed = RwSignal::new(None::<String>);
    let write = move |text: String| {
        typed.set(Some(text.clone()));
        put(now.with_untracked(|(result, _)| *result), Some(text).filter(|text| !text.trim().is_empty()));
    };
    view! {
        <div class="options" role="group" aria-label=format!("Result: {label}")>
            {choices.into_iter().collect_view()}
            <When is=move || !pasting.get() && !has_output() && !locked.get()>
                <button class="option" type="button" on:click=move |_| pasting.set(true)>"Paste output"</button>
            </When>
        </div>
        <When is=move || pasting.get() || has_output()>
            <textarea
                class="field field--code"
                aria-label=format!("Output: {}", check.with_untracked(|check| check.label.clone()))
                aria-describedby=move || waits.get().then(|| format!("result-{id}"))
                placeholder="What the command printed"
                disabled=locked
                prop:value=move || typed.get().unwrap_or_else(|| now.with(|(_, output)| output.clone().unwrap_or_default()))
                on:blur=move |_| typed.set(None)
                on:input:target=move |event| write(event.target().value())
            ></textarea>
        </When>
        <div class="row">
            <When is=waits>
                <small id=format!("result-{id}") role="status">"Choose Pass or Fail to send it."</small>
            </When>
            <SaveState id unsent=Signal::derive(move || check.with(|check| check.unsent))/>
        </div>
    }
}
