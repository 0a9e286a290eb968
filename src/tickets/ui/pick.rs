//! Choosing a ticket that there is, for whoever asks. Downloaded when it is first opened.

use std::time::Duration;

use leptos::{ev::KeyboardEvent, html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::{list::StatusChip, new::Done};
use crate::{
    error::AppError,
    psa::types::{TicketFilter, TicketSummary},
    tickets::{rpc, types::TicketList},
    ui::{
        browser,
        button::Button,
        dialog::{Dialog, DialogHead},
        icon::{Glyph, Icon},
        load::Problem,
        skeleton::Skeleton,
        split::{Split, wasm_split},
        view,
        when::{Later, dynamic},
    },
};

/// Takes the ticket, and says how that went.
pub type Chooser = Callback<(TicketSummary, Done)>;

const SHOWN: u16 = 12;
const PAUSE: Duration = Duration::from_millis(250);

/// The dialog that asks for one.
pub fn pick_ticket(open: RwSignal<bool>, choose: Chooser) -> AnyView {
    view! { <Later open load=move || Box::pin(dialog(open, choose))/> }.into_any()
}

#[wasm_split(ticket_dialogs, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(open: RwSignal<bool>, choose: Chooser) -> Split<AnyView> {
    Ok(view! { <Dialog open label="Link ticket" class="dialog--m" children=move || view! { <Inside open choose/> }/> })
}

/// Open tickets, newest first; once words are typed, all that have them.
fn wanted(words: &str) -> TicketFilter {
    let q = Some(words.trim().trim_start_matches('#').to_owned()).filter(|words| !words.is_empty());
    let status = q.is_some().then(|| "all".to_owned());
    TicketFilter { q, status, limit: Some(SHOWN), ..TicketFilter::default() }
}

#[component]
fn Inside(open: RwSignal<bool>, choose: Chooser) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    // What was found, and for which words.
    let found = RwSignal::new(None::<(String, Result<TicketList, AppError>)>);
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let field = NodeRef::<html::Input>::new();
    // When the dialog has opened and looked for its own place.
    field.on_load(|field| request_animation_frame(move || drop(field.focus())));
    let look = move |wait: Duration| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        let words = typed.get_untracked();
        let look = move || {
            spawn_local(async move {
                let answer = rpc::list_tickets(wanted(&words)).await;
                if typed.try_get_untracked().as_ref() == Some(&words) {
                    let _ = found.try_set(Some((words, answer)));
                }
            });
        };
        timer.set_value(set_timeout_with_handle(look, wait).ok());
    };
    Effect::new(move |_| look(Duration::ZERO));
    let take = move |ticket: TicketSummary| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let done: Done = Callback::new(move |(failed,): (Option<AppError>,)| {
            let _ = busy.try_set(false);
            if failed.is_none() {
                let _ = open.try_set(false);
            }
            let _ = error.try_set(failed);
        });
        choose.run((ticket, done));
    };
    let first = move || {
        let words = typed.get_untracked();
        let answered = found.get_untracked().filter(|(of, _)| *of == words && !words.trim().is_empty());
        answered.and_then(|(_, answer)| answer.ok()?.items.into_iter().next())
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => step(&event, true),
        "ArrowUp" => step(&event, false),
        _ => {}
    };
    // The first that fits is taken, once there is an answer to these words.
    let on_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            if let Some(ticket) = first() {
                take(ticket);
            }
        }
    };
    let results = move || match found.get() {
        None => view! { <Skeleton/> }.into_any(),
        Some((_, Err(error))) => view! {
            <Problem error=Signal::stored(Some(error))/>
            <div class="row"><Button icon=Glyph::Retry on_click=move || look(Duration::ZERO)>"Try again"</Button></div>
        }
        .into_any(),
        Some((words, Ok(list))) if list.items.is_empty() => {
            let said = match words.trim().is_empty() {
                true => "There is no open ticket. Type words or a number to find closed ones too.",
                false => "No ticket has these words or this number.",
            };
            view! { <p class="muted">{list.hint.unwrap_or_else(|| said.to_owned())}</p> }.into_any()
        }
        Some((_, Ok(list))) => {
            let line = move |ticket: TicketSummary| view! { <Line ticket on_take=take/> }.into_any();
            view! { <ul class="pick-ticket" aria-label="Tickets">{list.items.into_iter().map(line).collect_view()}</ul> }
                .into_any()
        }
    };
    let waiting = move || {
        let late = found.with(|found| found.as_ref().is_none_or(|(of, _)| typed.with(|typed| of != typed)));
        (late || busy.get()).then_some("true")
    };
    view! {
        <div class="dialog__panel" data-pick-ticket on:keydown=on_key>
            <DialogHead title="Link ticket" open/>
            <div class="body">
                <label class="search">
                    <Icon glyph=Glyph::Search/>
                    <input
                        class="field"
                        type="search"
                        node_ref=field
                        placeholder="Number or words"
                        aria-label="Find a ticket"
                        autocomplete="off"
                        maxlength="500"
                        on:input:target=move |event| {
                            typed.set(event.target().value());
                            look(PAUSE);
                        }
                        on:keydown=on_enter
                    />
                </label>
                <Problem error/>
                <div aria-busy=waiting aria-live="polite">{dynamic(results)}</div>
            </div>
        </div>
    }
}

#[component]
fn Line(ticket: TicketSummary, #[prop(into)] on_take: Callback<(TicketSummary,)>) -> impl IntoView {
    let TicketSummary { id, summary, company, status, open, .. } = ticket.clone();
    view! {
        <li>
            <button type="button" on:click=move |_| on_take.run((ticket.clone(),))>
                <span class="chip chip--accent">"#"{id}</span>
                <strong>{summary}</strong>
                <small>{company}</small>
                <StatusChip status open/>
            </button>
        </li>
    }
}

/// Down and up between the field and what was found.
fn step(event: &KeyboardEvent, forward: bool) {
    let places = browser::all("[data-pick-ticket] :is(input, .pick-ticket button)");
    let Some(here) = browser::focused().and_then(|focused| places.iter().position(|place| *place == focused)) else {
        return;
    };
    let there = if forward { here + 1 } else { here.saturating_sub(1) };
    if let Some(place) = places.get(there) {
        event.prevent_default();
        let _ = place.focus();
    }
}
