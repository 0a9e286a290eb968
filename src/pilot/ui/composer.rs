//! Where one writes. Enter sends, Shift+Enter breaks the line, and nothing is sent while an input method composes.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};

use super::surface::use_surface;
use crate::{
    pilot::rpc,
    ui::{
        button::{Button, Tone},
        field::keep_in_step,
        icon::Glyph,
        when::dynamic,
    },
};

/// Enter that means *send*.
pub fn is_send(event: &KeyboardEvent) -> bool {
    // 229: some input methods report the key that ends a composition as this.
    event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != 229
}

#[component]
pub fn Composer() -> impl IntoView {
    let surface = use_surface();
    let outbox = surface.outbox;
    let field = NodeRef::<html::Textarea>::new();
    keep_in_step(field, outbox.draft.into(), move |text| outbox.write(text));
    let saving = RwSignal::new(false);
    let blocked = Signal::derive(move || surface.running.get() || outbox.is_sending() || saving.get());
    let nothing = move || outbox.draft.with(|draft| draft.trim().is_empty()) && surface.count.get().unsent == 0;
    let send = move || {
        if blocked.get_untracked() || untrack(nothing) {
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
    let hint = move || match (blocked.get(), surface.count.get().unsent) {
        (true, _) => "FlowPilot is answering. You can write on; stop it or wait to send.".to_owned(),
        (false, 0) => String::new(),
        (false, 1) => "One new answer goes with it.".to_owned(),
        (false, unsent) => format!("{unsent} new answers go with it."),
    };
    view! {
        <form
            class="composer"
            aria-label="Message"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                send();
            }
        >
            <textarea
                aria-label="Message"
                rows="1"
                placeholder="What do you see? Paste logs."
                node_ref=field
                on:input:target=move |event| outbox.write(event.target().value())
                on:keydown=move |event| {
                    if is_send(&event) {
                        event.prevent_default();
                        send();
                    }
                }
            ></textarea>
            <footer>
                <small>{dynamic(hint)}</small>
                <span class="end">
                    <span class="kbd hide-s">"⌘↵"</span>
                    {dynamic(move || match surface.running.get() {
                        true => view! { <StopButton/> }.into_any(),
                        false => view! {
                            <Button submit=true tone=Tone::Primary disabled=Signal::derive(move || blocked.get() || nothing())>
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
