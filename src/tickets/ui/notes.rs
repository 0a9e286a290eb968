//! The notes of the ticket on the screen, and writing one. What was typed and not sent is kept in this browser.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{detail::Shown, feed};
use crate::{
    tickets::{rpc, types::NewTicketNote},
    ui::{
        browser,
        button::{Button, Tone},
        field::keep_in_step,
        view,
        when::dynamic,
    },
};

#[component]
pub fn Notes(shown: Shown) -> impl IntoView {
    let notes = Memo::new(move |_| shown.ticket.with(|ticket| ticket.notes.len()));
    let entries = Memo::new(move |_| shown.ticket.with(feed::entries));
    let feed = move || {
        let entries = entries.get();
        match entries.is_empty() {
            true => view! { <p class="muted">"No notes yet. A resolved session adds one."</p> }.into_any(),
            false => entries.into_iter().map(feed::draw).collect_view().into_any(),
        }
    };
    let add = shown.desk.with_value(|desk| desk.can.notes).then(|| view! { <AddNote shown/> });
    view! {
        <section class="section" aria-label="Notes">
            <h3>"Notes "<small>{dynamic(move || notes.get())}</small></h3>
            <div aria-live="polite">{dynamic(feed)}</div>
            {add}
        </section>
    }
}

#[component]
fn AddNote(shown: Shown) -> impl IntoView {
    let place = StoredValue::new(format!("fp:ticket-note:{}", shown.id()));
    let text = RwSignal::new(String::new());
    let (public, theirs) = (RwSignal::new(false), RwSignal::new(false));
    let local = shown.desk.with_value(|desk| desk.can.customer_notes);
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
        let (internal, from_customer) = (!public.get_untracked(), theirs.get_untracked());
        let note = NewTicketNote { body: body.clone(), internal, from_customer };
        spawn_local(async move {
            if let Some(note) = shown.notices.check(rpc::add_note(ticket, note, key_now).await) {
                shown.ticket.try_update(|ticket| {
                    ticket.notes.retain(|known| known.id != note.id);
                    ticket.notes.push(note);
                });
                shown.touched();
                // What was typed meanwhile is another note, and stays.
                if browser::recall(&at).as_ref() == Some(&body) {
                    browser::keep(&at, "");
                }
                if text.try_get_untracked().as_ref() == Some(&body) {
                    key.try_set_value(None);
                    let _ = text.try_set(String::new());
                    let _ = (public.try_set(false), theirs.try_set(false));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let choose = move |value: (bool, bool), words: &'static str| {
        let is = move || (public.get(), theirs.get()) == value;
        // For somebody else it is another note.
        let change = move |_| {
            key.set_value(None);
            public.set(value.0);
            theirs.set(value.1);
        };
        let first = value == (false, false);
        view! {
            <label>
                <input type="radio" name="note-audience" checked=first prop:checked=is on:change=change/>
                {words}
            </label>
        }
        .into_any()
    };
    // The local desk sends nothing to anybody: a note can be read there, or not.
    let (seen, to_customer) = match local {
        true => ("Customer can read it", "Add for the customer"),
        false => ("Customer sees it", "Send to the customer"),
    };
    let label = move || match (public.get(), theirs.get()) {
        (_, true) => "Add what the customer said",
        (true, false) => to_customer,
        (false, false) => "Add internal note",
    };
    let unsent = move || {
        (local && public.get()).then(|| view! { <small class="muted">"Kept on the ticket. No e-mail is sent."</small> })
    };
    view! {
        <form class="inline-form" aria-label="Add note" on:submit=send>
            <textarea class="field" node_ref=field aria-label="New note" placeholder="Write a note" on:input:target=move |event| write(event.target().value())></textarea>
            <footer class="row">
                <fieldset class="segmented" aria-label="Who reads it">
                    {choose((false, false), "Internal")}
                    {choose((true, false), seen)}
                    {local.then(|| choose((false, true), "From the customer"))}
                </fieldset>
                {dynamic(unsent)}
                <span class="end">
                    <Button submit=true small=true tone=Tone::Primary busy=busy disabled=Signal::derive(move || text.with(|text| text.trim().is_empty()))>
                        {dynamic(label)}
                    </Button>
                </span>
            </footer>
        </form>
    }
}
