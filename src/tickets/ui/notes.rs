//! The notes of the ticket on the screen, and writing one. What was typed and not sent is kept in this browser.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::detail::Shown;
use crate::{
    psa::types::TicketNote,
    tickets::{rpc, types::NewTicketNote},
    ui::{
        browser,
        button::{Button, Tone},
        field::keep_in_step,
        time::Stamp,
        when::dynamic,
    },
};

/// The desk of FlowPilot itself.
const LOCAL_DESK: &str = "local_desk";

#[component]
pub fn Notes(shown: Shown) -> impl IntoView {
    let notes = Memo::new(move |_| shown.ticket.with(|ticket| ticket.notes.clone()));
    let feed = move || {
        let notes = notes.get();
        match notes.is_empty() {
            true => view! { <p class="muted">"No notes yet. A resolved session adds one."</p> }.into_any(),
            false => notes.into_iter().map(|note| view! { <Note note/> }.into_any()).collect_view().into_any(),
        }
    };
    let add = shown.desk.with_value(|desk| desk.can.notes).then(|| view! { <AddNote shown/> });
    view! {
        <section class="section" aria-label="Notes">
            <h3>"Notes "<small>{dynamic(move || notes.with(Vec::len))}</small></h3>
            <div aria-live="polite">{dynamic(feed)}</div>
            {add}
        </section>
    }
}

#[component]
fn Note(note: TicketNote) -> impl IntoView {
    let class = if note.internal { "ticket-note ticket-note--internal" } else { "ticket-note" };
    let internal = note.internal.then(|| view! { <span class="chip chip--fix">"internal"</span> });
    let resolution = (note.kind == "resolution").then(|| view! { <span class="chip chip--known">"resolution"</span> });
    view! {
        <article class=class>
            <header>
                {note.author}
                <small><Stamp at=note.created_at.0/></small>
                {internal}
                {resolution}
            </header>
            <div class="prose prose--plain">{note.body}</div>
        </article>
    }
}

#[component]
fn AddNote(shown: Shown) -> impl IntoView {
    let place = StoredValue::new(format!("fp:ticket-note:{}", shown.id()));
    let text = RwSignal::new(String::new());
    let public = RwSignal::new(false);
    let busy = RwSignal::new(false);
    // A repeat after a failure is the same note; other words are another one.
    let key = StoredValue::new(None::<String>);
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(kept) = browser::recall(&place.get_value()) {
            text.set(kept);
        }
    });
    let write = move |new: String| {
        browser::keep(&place.get_value(), &new);
        text.set(new);
        key.set_value(None);
    };
    keep_in_step(field, text.into(), write);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let body = text.get_untracked();
        if body.trim().is_empty() || busy.get_untracked() {
            return;
        }
        let key_now = key.get_value().unwrap_or_else(|| Uuid::now_v7().to_string());
        key.set_value(Some(key_now.clone()));
        busy.set(true);
        // By the time the answer comes, another ticket may be on the screen.
        let (ticket, at) = (shown.id(), place.get_value());
        let note = NewTicketNote { body: body.clone(), internal: !public.get_untracked() };
        spawn_local(async move {
            if let Some(note) = shown.notices.check(rpc::add_note(ticket, note, key_now).await) {
                shown.ticket.try_update(|ticket| {
                    ticket.notes.retain(|known| known.id != note.id);
                    ticket.notes.push(note);
                });
                // What was typed meanwhile is another note, and stays.
                if browser::recall(&at).as_ref() == Some(&body) {
                    browser::keep(&at, "");
                }
                if text.try_get_untracked().as_ref() == Some(&body) {
                    key.try_set_value(None);
                    let _ = text.try_set(String::new());
                    let _ = public.try_set(false);
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let choose = move |value: bool, words: &'static str| {
        // For somebody else it is another note.
        let change = move |_| {
            public.set(value);
            key.set_value(None);
        };
        view! {
            <label>
                <input type="radio" name="note-audience" checked=!value prop:checked=move || public.get() == value on:change=change/>
                {words}
            </label>
        }
        .into_any()
    };
    // The local desk sends nothing to anybody: a note can be read there, or not.
    let kept_here = shown.desk.with_value(|desk| desk.provider == LOCAL_DESK);
    let (seen, to_customer) = match kept_here {
        true => ("Customer can read it", "Add note for the customer"),
        false => ("Customer sees it", "Send to the customer"),
    };
    let label = move || if public.get() { to_customer } else { "Add internal note" };
    view! {
        <form class="inline-form" aria-label="Add note" on:submit=send>
            <textarea class="field" node_ref=field aria-label="New note" placeholder="Write a note" on:input:target=move |event| write(event.target().value())></textarea>
            <footer class="row">
                <fieldset class="segmented" aria-label="Who reads it">
                    {choose(false, "Internal")}
                    {choose(true, seen)}
                </fieldset>
                <span class="end">
                    <Button submit=true small=true tone=Tone::Primary busy=busy disabled=Signal::derive(move || text.with(|text| text.trim().is_empty()))>
                        {dynamic(label)}
                    </Button>
                </span>
            </footer>
        </form>
    }
}
