//! The time that the ticket on the screen took, and entering some.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::detail::{Hint, Shown};
use crate::{
    ids::Timestamp,
    psa::types::{Listed, NewTimeEntry, TimeEntry},
    tickets::rpc,
    ui::{
        button::Button,
        time::{Stamp, now},
        view,
        when::dynamic,
    },
};

#[component]
pub fn TimeSpent(shown: Shown, found: Listed<TimeEntry>) -> impl IntoView {
    let entries = RwSignal::new(found.items);
    let unread = found.hint.is_some();
    let total = move || {
        let minutes: u32 = entries.with(|all| all.iter().map(|entry| entry.minutes).sum());
        (minutes != 0).then(|| format!("{} h {} min", minutes / 60, minutes % 60))
    };
    let rows = move || {
        let row = |entry: TimeEntry| {
            view! {
                <li>
                    {entry.member}", "{entry.minutes}" min "
                    <small class="muted"><Stamp at=entry.started_at.0/></small>
                    {entry.note.map(|note| view! { <div class="prose prose--plain">{note}</div> })}
                </li>
            }
            .into_any()
        };
        match entries.get() {
            all if all.is_empty() && unread => ().into_any(),
            all if all.is_empty() => view! { <p class="muted">"No time has been entered yet."</p> }.into_any(),
            all => view! { <ul class="stack" aria-label="Time entries">{all.into_iter().map(row).collect_view()}</ul> }
                .into_any(),
        }
    };
    let add = shown.desk.with_value(|desk| desk.can.enter_time).then(|| view! { <AddTime shown entries/> });
    view! {
        <section class="section" aria-label="Time">
            <h3>"Time "<small>{dynamic(total)}</small></h3>
            {dynamic(rows)}
            {add}
            <Hint hint=found.hint/>
        </section>
    }
}

#[component]
fn AddTime(shown: Shown, entries: RwSignal<Vec<TimeEntry>>) -> impl IntoView {
    let busy = RwSignal::new(false);
    // The same entry sent again after a failure began at the same time, so that it is found.
    let began = StoredValue::new(None::<(u32, Timestamp)>);
    let (minutes, note) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let value = |field: NodeRef<html::Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let Ok(spent) = value(minutes).trim().parse::<u32>() else { return };
        let fresh = || (spent, Timestamp(now() - time::Duration::minutes(i64::from(spent))));
        let began_at = began.get_value().filter(|(before, _)| *before == spent).unwrap_or_else(fresh);
        began.set_value(Some(began_at));
        let entry = NewTimeEntry { started_at: began_at.1, minutes: spent, note: value(note) };
        let (ticket, sent) = (shown.id(), [(minutes, value(minutes)), (note, value(note))]);
        busy.set(true);
        spawn_local(async move {
            if let Some(all) = shown.notices.check(rpc::add_time(ticket, entry).await) {
                let _ = entries.try_set(all.items);
                began.try_set_value(None);
                // What was typed meanwhile stays.
                for (field, sent) in sent {
                    if let Some(field) = field.try_get_untracked().flatten().filter(|field| field.value() == sent) {
                        field.set_value("");
                    }
                }
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <form class="row" aria-label="Enter time" on:submit=send>
            <input class="field ticket-minutes" node_ref=minutes type="number" min="1" max="1440" required aria-label="Minutes" placeholder="min"/>
            <input class="field ticket-what" node_ref=note maxlength="10000" aria-label="What was done" placeholder="What was done"/>
            <Button submit=true small=true busy=busy>"Enter time"</Button>
        </form>
    }
}
