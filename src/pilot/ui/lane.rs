//! The task lane: a column from 1200 px, a drawer below.

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

use super::{
    checks::Checks, fix_card::SuggestedFix, hypotheses::Hypotheses, kept::KeptFromAi, questions::Questions,
    resize::ResizeHandle, surface::use_surface, what_we_know::WhatWeKnow,
};
use crate::{
    pilot::state::PilotDataStoreFields,
    ui::{
        browser,
        button::{Button, IconButton, Tone},
        drawer::{drawer_behaviour, use_drawer},
        icon::Glyph,
        shortcut::Shortcut,
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn LanePanel() -> impl IntoView {
    let drawer = use_drawer();
    drawer_behaviour(drawer, "lane");
    on_cleanup(move || {
        let _ = drawer.try_set(false);
    });
    let surface = use_surface();
    let saving = RwSignal::new(false);
    let blocked = Signal::derive(move || surface.running.get() || surface.outbox.is_sending() || saving.get());
    let send = Callback::new(move |()| {
        if untrack(|| blocked.get() || !surface.changeable.get()) {
            return;
        }
        saving.set(true);
        spawn_local(async move {
            let sent = surface.send_answers().await;
            let _ = saving.try_set(false);
            if sent {
                drawer.set(false);
            }
        });
    });
    // Where one answers, as in the message box.
    let on_key = move |event: KeyboardEvent| {
        let in_item =
            || browser::focused().is_some_and(|field| field.closest(".item").is_ok_and(|item| item.is_some()));
        if Shortcut::SEND.is_pressed(&event) && in_item() {
            event.prevent_default();
            send.run(());
        }
    };
    view! {
        <div class="backdrop" on:click=move |_| drawer.set(false)></div>
        <aside class="lane" id="lane" aria-label="Task lane">
            <ResizeHandle/>
            <LaneHead/>
            <div class="lane__body" tabindex="0" role="group" aria-label="Task lane sections" on:keydown=on_key>
                <WhatWeKnow/>
                <Hypotheses/>
                <Questions/>
                <Checks/>
                <NothingOpen/>
                <SuggestedFix/>
                <SendAnswers send blocked/>
                <KeptFromAi/>
            </div>
            <LaneFoot/>
        </aside>
    }
}

#[component]
fn LaneHead() -> impl IntoView {
    let surface = use_surface();
    let drawer = use_drawer();
    let known = Memo::new(move |_| surface.state.0.facts().with(Vec::len));
    view! {
        <header>
            <h2>"Task lane"</h2>
            <When is=move || surface.running.get()>
                <span class="pip" role="status" title="Thinking"><span class="visually-hidden">"Thinking"</span></span>
            </When>
            <span class="end">
                <When is=move || known.get() != 0><span class="chip chip--known">{known}" known"</span></When>
                <span class="chip">{dynamic(move || surface.count.get().open())}" open"</span>
                <IconButton glyph=Glyph::Close class="hide-l" label="Close task lane" on_click=move || drawer.set(false)/>
            </span>
        </header>
    }
}

/// A quiet hint when facts exist and nothing is open.
#[component]
fn NothingOpen() -> impl IntoView {
    let surface = use_surface();
    let data = surface.state.0;
    let quiet = move || {
        surface.changeable.get()
            && !surface.running.get()
            && surface.count.get().open() == 0
            && surface.count.get().unsent == 0
            && data.fix().with(Option::is_none)
            && !data.facts().with(Vec::is_empty)
    };
    view! {
        <When is=quiet>
            <p class="section empty empty--inline">"Nothing is open. Tell FlowPilot what you see now, or resolve."</p>
        </When>
    }
}

#[component]
fn SendAnswers(send: Callback<()>, blocked: Signal<bool>) -> impl IntoView {
    let surface = use_surface();
    let unsent = Memo::new(move |_| surface.count.get().unsent);
    browser::hand_focus_over(".send-answers", ".lane__body".to_owned());
    let label = move || match unsent.get() {
        1 => "Send 1 answer".to_owned(),
        n => format!("Send {n} answers"),
    };
    let state = move || match (surface.saves.failed(), surface.running.get()) {
        (true, _) => "An answer is not saved",
        (false, true) => "FlowPilot is answering",
        (false, false) => "Saved, not sent yet",
    };
    view! {
        <When is=move || unsent.get() != 0 && surface.changeable.get()>
            <div class="send-answers">
                <small>{dynamic(state)}</small>
                <Button tone=Tone::Primary keys=Shortcut::SEND disabled=blocked on_click=send>{dynamic(label)}</Button>
            </div>
        </When>
    }
}

#[component]
fn LaneFoot() -> impl IntoView {
    let surface = use_surface();
    let blocked = Signal::derive(move || !surface.changeable.get() || surface.running.get());
    view! {
        <footer>
            <Button tone=Tone::Primary disabled=blocked on_click=move || surface.resolve()>"Resolve"</Button>
            <Button disabled=blocked on_click=move || surface.escalate()>"Escalate"</Button>
        </footer>
    }
}

/// Opens the drawer on narrow screens.
#[component]
pub fn TasksButton() -> impl IntoView {
    let surface = use_surface();
    let drawer = use_drawer();
    view! {
        <button
            class="btn btn--primary tasks-button"
            type="button"
            aria-expanded=move || drawer.get().to_string()
            aria-controls="lane"
            on:click=move |_| drawer.set(true)
        >
            "Tasks "
            {dynamic(move || match (surface.running.get(), surface.count.get().open()) {
                (true, _) => view! { <span class="pip"></span> }.into_any(),
                (false, 0) => ().into_any(),
                (false, open) => view! { <span class="dot"></span>{open} }.into_any(),
            })}
        </button>
    }
}
