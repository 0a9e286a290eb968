//! The conversation. It is laid out from its end, so that new text keeps the end in view, older messages come in above without
//! a jump, and whoever has scrolled up stays where they are.

use leptos::{html, prelude::*};

use super::{
    groups::Messages,
    message::{Avatar, Images},
    outbox::Outgoing,
    surface::use_surface,
};
use crate::{
    error::Conflict,
    pilot::{
        state::{PilotDataStoreFields, TurnState},
        types::Role,
    },
    ui::{
        browser,
        button::{Button, Tone},
        icon::{Glyph, Icon},
        load::Empty,
        prose::GrowingProse,
        view,
        when::{When, dynamic},
    },
};

/// This far from an edge counts as there, in pixels.
const NEAR: i32 = 160;

#[component]
pub fn Transcript() -> impl IntoView {
    let surface = use_surface();
    let data = surface.state.0;
    let scroller = NodeRef::<html::Section>::new();
    let away = RwSignal::new(false);
    let on_scroll = move |_| {
        let Some(scroller) = scroller.get_untracked() else { return };
        // Laid out from the end: the end is 0, further up is negative.
        let from_end = scroller.scroll_top().abs();
        away.set(from_end > NEAR);
        if from_end + scroller.client_height() > scroller.scroll_height() - NEAR {
            surface.load_older();
        }
    };
    let empty = move || {
        data.messages().with(Vec::is_empty)
            && surface.changeable.get()
            && !surface.running.get()
            && surface.outbox.outgoing.with(Option::is_none)
    };
    view! {
        <section
            class="transcript"
            aria-label="Conversation"
            tabindex="0"
            node_ref=scroller
            on:scroll=on_scroll
        >
            <div class="transcript__flow">
                <h2 class="visually-hidden">"Conversation"</h2>
                <OlderButton/>
                <When is=empty>
                    <Empty glyph=Glyph::Sessions title="Say what is wrong">
                        <p>"Write it as you would to a colleague, and paste logs. FlowPilot asks back in the task lane."</p>
                    </Empty>
                </When>
                <Messages/>
                <Pending/>
                <Streaming/>
                <AfterTurn/>
            </div>
        </section>
        <When is=move || away.get()>
            <button
                class="btn jump-to-latest"
                type="button"
                on:click=move |_| {
                    if let Some(scroller) = scroller.get_untracked() {
                        scroller.set_scroll_top(0);
                    }
                }
            >
                <Icon glyph=Glyph::Down/>
                "Latest"
            </button>
        </When>
        <Announcer/>
    }
}

/// The messages before those on the screen.
#[component]
fn OlderButton() -> impl IntoView {
    let surface = use_surface();
    let load = move || surface.load_older();
    view! {
        <When is=move || surface.state.0.has_more().get()>
            <div class="older">
                <Button tone=Tone::Quiet busy=surface.reading_older on_click=load>"Load older messages"</Button>
            </div>
        </When>
    }
}

/// When a notice in the conversation goes with the button that was pressed in it, one writes on.
fn write_on() {
    browser::hand_focus_over(".notice", ".composer textarea".to_owned());
}

/// One's own message until the server's word of it comes; with what to do if it did not get there.
#[component]
fn Pending() -> impl IntoView {
    let surface = use_surface();
    let outbox = surface.outbox;
    dynamic(move || {
        write_on();
        let Outgoing { text, images, error, .. } = outbox.outgoing.get().filter(|_| !outbox.has_come())?;
        if text.is_empty() && images.is_empty() && error.is_none() {
            return None;
        }
        let text = if text.is_empty() && images.is_empty() { "Answers from the lane".to_owned() } else { text };
        let text = (!text.is_empty()).then(|| view! { <div class="prose prose--plain">{text}</div> });
        let failed = error.map(|error| {
            view! {
                <div class="notice notice--danger" role="alert">
                    <Icon glyph=Glyph::Alert/>
                    <p>{error.detail()}</p>
                    <Button small=true icon=Glyph::Retry on_click=move || outbox.resend()>"Try again"</Button>
                    <Button small=true tone=Tone::Quiet icon=Glyph::Edit on_click=move || outbox.take_back()>"Edit"</Button>
                </div>
            }
        });
        let status = if failed.is_some() { "failed" } else { "pending" };
        Some(view! {
            <article class="message" data-status=status>
                <Avatar role=Role::User/>
                <div>
                    <header>"You"<small>{if status == "pending" { "sending…" } else { "not sent" }}</small></header>
                    {text}
                    <Images images/>
                    {failed}
                </div>
            </article>
        })
    })
}

/// The reply while it is made.
#[component]
fn Streaming() -> impl IntoView {
    let surface = use_surface();
    let data = surface.state.0;
    let shown = Memo::new(move |_| data.streaming().with(Option::is_some));
    let empty = Memo::new(move |_| data.streaming().with(|text| text.as_deref().is_none_or(str::is_empty)));
    let text = Signal::derive(move || data.streaming().get().unwrap_or_default());
    let status = move || if surface.running.get() { "streaming" } else { "failed" };
    let body = move || match empty.get() {
        true => view! { <p class="row muted" role="status"><span class="spinner"></span>"Thinking"</p> }.into_any(),
        false => view! { <GrowingProse text/> }.into_any(),
    };
    view! {
        <When is=move || shown.get()>
            <article class="message" data-status=status aria-busy=move || surface.running.get().then_some("true")>
                <Avatar role=Role::Assistant/>
                <div>
                    <header>"FlowPilot"</header>
                    {dynamic(body)}
                </div>
            </article>
        </When>
    }
}

/// What is to be said of the last turn: that it failed, or that a part of it could not be read.
#[component]
fn AfterTurn() -> impl IntoView {
    let surface = use_surface();
    let data = surface.state.0;
    let failed = move || {
        write_on();
        let TurnState::Failed(problem) = data.turn().get() else { return None };
        Some(view! {
            <div class="message">
                <span></span>
                <div class="notice notice--danger" role="alert">
                    <Icon glyph=Glyph::Alert/>
                    <p>{problem.detail.clone()}</p>
                    <Button
                        icon=Glyph::Retry
                        busy=Signal::derive(move || surface.outbox.is_sending())
                        disabled=Signal::derive(move || !surface.changeable.get())
                        on_click=move || surface.outbox.retry_turn(false)
                    >
                        "Try again"
                    </Button>
                    {(problem.code == Conflict::BudgetReached.as_str()).then(|| {
                        view! {
                            <Button
                                disabled=Signal::derive(move || !surface.changeable.get() || surface.outbox.is_sending())
                                on_click=move || surface.outbox.retry_turn(true)
                            >
                                "Go on with the built-in assistant"
                            </Button>
                        }
                    })}
                </div>
            </div>
        })
    };
    let dropped = Memo::new(move |_| {
        data.dropped().with(|dropped| dropped.iter().map(|it| it.reason.clone()).collect::<Vec<_>>())
    });
    let unread = move || {
        write_on();
        let reasons = dropped.get();
        (!reasons.is_empty() && !surface.running.get()).then(|| {
            view! {
                <div class="message">
                    <span></span>
                    <div class="notice notice--warning">
                        <Icon glyph=Glyph::Alert/>
                        <p>"A part of this answer was left out: "{reasons.join("; ")}</p>
                        <Button
                            small=true
                            disabled=Signal::derive(move || !surface.changeable.get() || surface.outbox.is_sending())
                            on_click=move || surface.outbox.say("A part of your last answer was left out. Please give it again.".to_owned())
                        >
                            "Ask again"
                        </Button>
                    </div>
                </div>
            }
        })
    };
    view! {
        {dynamic(failed)}
        {dynamic(unread)}
    }
}

/// Reads each finished reply out, once and whole.
#[component]
fn Announcer() -> impl IntoView {
    let surface = use_surface();
    let data = surface.state.0;
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<bool>| {
        let running = surface.running.get();
        if before == Some(true) && !running {
            let last = data.messages().with_untracked(|messages| {
                messages.last().filter(|message| message.role == Role::Assistant).map(|message| message.text.clone())
            });
            said.set(spoken(&last.unwrap_or_default()));
        }
        running
    });
    view! { <div class="visually-hidden" role="status" aria-live="polite">{said}</div> }
}

/// Markdown without the marks that nobody wants to hear.
fn spoken(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("```"));
    let bare: Vec<_> =
        lines.map(|line| line.trim_start_matches(['#', ' ']).replace("**", "").replace('`', "")).collect();
    bare.join("\n")
}
