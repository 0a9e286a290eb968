//! Where one writes. Enter sends, Shift+Enter breaks the line, and nothing is sent while an input method composes.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};

use super::{
    attach::{AttachButton, accept_drops, hold_hint, on_paste},
    attachments::Hold,
    previews::Previews,
    surface::use_surface,
};
use crate::{
    pilot::rpc,
    ui::{
        browser,
        button::{Button, Tone},
        field::keep_in_step,
        icon::Glyph,
        shortcut::{Kbd, Shortcut},
        view,
        when::dynamic,
    },
};

/// Enter that means *send*.
pub fn is_send(event: &KeyboardEvent) -> bool {
    // 229: some input methods report the key that ends a composition as this.
    event.key() == "Enter" && !event.repeat() && !event.shift_key() && !event.is_composing() && event.key_code() != 229
}

/// *Escape* leaves a field in which nothing is written: then the keys are the page's again.
pub fn leave_empty(event: &KeyboardEvent, text: RwSignal<String>) {
    if event.key() == "Escape"
        && text.with_untracked(|text| text.trim().is_empty())
        && let Some(field) = browser::focused()
    {
        let _ = field.blur();
    }
}

#[component]
pub fn Composer() -> impl IntoView {
    let surface = use_surface();
    let outbox = surface.outbox;
    let field = NodeRef::<html::Textarea>::new();
    keep_in_step(field, outbox.draft.into(), move |text| outbox.write(text));
    let saving = RwSignal::new(false);
    let attached = outbox.attached;
    let hold = Memo::new(move |_| attached.hold());
    let waiting = outbox.waiting;
    let blocked = Signal::derive(move || surface.running.get() || outbox.is_sending() || saving.get());
    let nothing = move || {
        outbox.draft.with(|draft| draft.trim().is_empty()) && surface.count.get().unsent == 0 && attached.is_empty()
    };
    let send = move || {
        if blocked.get_untracked() || untrack(nothing) {
            return;
        }
        waiting.set(hold.get_untracked() == Some(Hold::Uploading));
        if hold.get_untracked().is_some() {
            return;
        }
        saving.set(true);
        spawn_local(async move {
            // New answers go with the message: first they have to be saved.
            let saved = surface.saves.flush().await;
            let _ = saving.try_set(false);
            if saved {
                outbox.send();
            } else {
                surface
                    .notices
                    .say("Not sent: an answer in the task lane could not be saved. Try again there, or undo it.");
            }
        });
    };
    Effect::new(move |_| {
        if waiting.get() && hold.get() != Some(Hold::Uploading) {
            waiting.set(false);
            send();
        }
    });
    let dropping = accept_drops(attached);
    // From Send to Stop and back: one writes on.
    let running = move || {
        browser::hand_focus_over(".composer footer .end", ".composer textarea".to_owned());
        surface.running.get()
    };
    let hint = move || match (blocked.get(), hold.get(), surface.count.get().unsent) {
        (true, _, _) => "FlowPilot is answering. You can write on; stop it or wait to send.".to_owned(),
        (_, Some(Hold::Uploading), _) if waiting.get() => "Goes as soon as its images are attached.".to_owned(),
        (_, Some(hold @ (Hold::Failed | Hold::TooMany)), _) => hold_hint(hold).unwrap_or_default().to_owned(),
        (_, _, 0) => String::new(),
        (_, _, 1) => "One new answer goes with it.".to_owned(),
        (_, _, unsent) => format!("{unsent} new answers go with it."),
    };
    view! {
        <form
            class="composer"
            aria-label="Message"
            data-drop=move || dropping.get().then_some("")
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                send();
            }
        >
            <Previews attached/>
            <textarea
                aria-label="Message"
                aria-keyshortcuts=Shortcut::SEND.aria()
                rows="1"
                placeholder="What do you see? Paste logs or a screenshot."
                node_ref=field
                on:input:target=move |event| outbox.write(event.target().value())
                on:paste=move |event| on_paste(&event, attached)
                on:keydown=move |event| {
                    if is_send(&event) {
                        event.prevent_default();
                        send();
                    }
                    leave_empty(&event, outbox.draft);
                }
            ></textarea>
            <footer>
                <AttachButton attached field/>
                <small>{dynamic(hint)}</small>
                <span class="end">
                    <Kbd keys=Shortcut::SEND/>
                    {dynamic(move || match running() {
                        true => view! { <StopButton/> }.into_any(),
                        false => view! {
                            <Button submit=true tone=Tone::Primary disabled=Signal::derive(move || blocked.get() || nothing() || !matches!(hold.get(), None | Some(Hold::Uploading)))>
                                "Send"
                            </Button>
                        }
                        .into_any(),
                    })}
                </span>
            </footer>
        </form>
    }
}

#[component]
fn StopButton() -> impl IntoView {
    let surface = use_surface();
    let busy = RwSignal::new(false);
    let stop = move || {
        busy.set(true);
        spawn_local(async move {
            let _ = surface.notices.check(rpc::stop_turn(surface.id).await);
            let _ = busy.try_set(false);
        });
    };
    view! { <Button icon=Glyph::Stop busy on_click=stop>"Stop"</Button> }
}
