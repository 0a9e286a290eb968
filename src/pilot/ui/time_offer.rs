//! Time spent, offered after a note was posted: looked over, then entered, or not.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::surface::Surface;
use crate::{
    error::AppError,
    pilot::{
        rpc,
        types::{TimeOffer, TimeSpent},
    },
    ui::{
        button::{Button, Tone},
        icon::{Glyph, Icon},
        load::Problem,
        view,
        when::dynamic,
    },
};

/// Asks what the session's clock says. Where no time can be entered, it says why only to who `asked`.
#[component]
pub fn TimeOffering(surface: Surface, #[prop(optional)] asked: bool) -> impl IntoView {
    let offer = RwSignal::new(None::<TimeOffer>);
    Effect::new(move |_| {
        spawn_local(async move {
            let found = rpc::time_offer(surface.id).await;
            // Where nobody asked for it, what goes wrong here is no news.
            let found = if asked { surface.notices.check(found) } else { found.ok() };
            if found.is_some() {
                offer.try_set(found);
            }
        });
    });
    let shown = move || {
        let found = offer.get()?;
        if let (true, Some(reason)) = (asked, found.reason.clone()) {
            return Some(view! { <NotOffered reason/> }.into_any());
        }
        if found.entered_id.is_some() {
            return Some(view! { <Entered minutes=found.minutes/> }.into_any());
        }
        found.offered.then(|| view! { <OfferForm surface found offer/> }.into_any())
    };
    view! { <div aria-live="polite">{dynamic(shown)}</div> }
}

#[component]
fn NotOffered(reason: String) -> impl IntoView {
    view! {
        <p class="notice">
            <Icon glyph=Glyph::Info/>
            {reason}
        </p>
    }
}

#[component]
fn Entered(minutes: u32) -> impl IntoView {
    view! {
        <p class="notice notice--success">
            <Icon glyph=Glyph::Check/>
            {format!("{minutes} min are entered on the ticket.")}
        </p>
    }
}

#[component]
fn OfferForm(surface: Surface, found: TimeOffer, offer: RwSignal<Option<TimeOffer>>) -> impl IntoView {
    let (minutes, note) = (RwSignal::new(found.minutes.to_string()), RwSignal::new(found.note));
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        // What is no number is no number of minutes; the server says so.
        let spent =
            TimeSpent { minutes: minutes.get_untracked().trim().parse().unwrap_or(0), note: note.get_untracked() };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match rpc::add_time(surface.id, spent).await {
                Ok(added) => {
                    surface.notices.signed_in();
                    offer.try_set(Some(added));
                }
                Err(refused) => drop(error.try_set(Some(refused))),
            }
            busy.try_set(false);
        });
    };
    let member = found.member.unwrap_or_default();
    view! {
        <form class="form time-offer" on:submit=add novalidate>
            <p><strong>"Enter the time, too?"</strong>{format!(" As {member}, from the session's own clock.")}</p>
            <div class="form__row">
                <div class="form-field">
                    <label for="time-minutes">"Minutes"</label>
                    <input class="field" id="time-minutes" inputmode="numeric" autocomplete="off"
                        prop:value=move || minutes.get()
                        on:input:target=move |event| minutes.set(event.target().value())/>
                </div>
                <div class="form-field">
                    <label for="time-note">"Note"</label>
                    <input class="field" id="time-note" maxlength="1000" autocomplete="off"
                        prop:value=move || note.get()
                        on:input:target=move |event| note.set(event.target().value())/>
                </div>
            </div>
            <Problem error/>
            <div class="row">
                <Button submit=true tone=Tone::Primary busy>"Add time"</Button>
                <Button on_click=move || offer.set(None)>"Not now"</Button>
            </div>
        </form>
    }
}
