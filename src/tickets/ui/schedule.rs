//! Who works on the ticket on the screen when.

use leptos::prelude::*;
use time::OffsetDateTime;

use super::detail::Hint;
use crate::{
    psa::types::{Listed, ScheduleEntry},
    ui::{
        time::{Hour, Stamp, day_of},
        view,
        when::dynamic,
    },
};

#[component]
pub fn Schedule(found: Listed<ScheduleEntry>) -> impl IntoView {
    let none = (found.items.is_empty() && found.hint.is_none())
        .then(|| view! { <p class="muted">"Nobody has planned time for this ticket."</p> });
    let line = |entry: ScheduleEntry| {
        let done = entry.done.then(|| view! { " "<span class="chip chip--known">"done"</span> });
        view! {
            <li>
                {entry.member.name}
                " "
                <small class="muted"><Slot from=entry.starts_at.map(|at| at.0) to=entry.ends_at.map(|at| at.0)/></small>
                {done}
            </li>
        }
        .into_any()
    };
    let lines = found.items.into_iter().map(line).collect_view();
    view! {
        <section class="section">
            <h3>"Schedule"</h3>
            {none}
            <ul class="stack" aria-label="Schedule">{lines}</ul>
            <Hint hint=found.hint/>
        </section>
    }
}

/// From when to when; the day is named again only where it is another one.
#[component]
fn Slot(from: Option<OffsetDateTime>, to: Option<OffsetDateTime>) -> impl IntoView {
    match (from, to) {
        (Some(from), Some(to)) => {
            let end = move || match day_of(from) == day_of(to) {
                true => view! { <Hour at=to/> }.into_any(),
                false => view! { <Stamp at=to/> }.into_any(),
            };
            view! { <Stamp at=from/>" – "{dynamic(end)} }.into_any()
        }
        (Some(from), None) => view! { "from "<Stamp at=from/> }.into_any(),
        (None, Some(to)) => view! { "until "<Stamp at=to/> }.into_any(),
        (None, None) => "no time set".into_any(),
    }
}
