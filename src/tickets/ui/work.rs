//! Status and assignees of the ticket on the screen, and changing them.

use leptos::{prelude::*, task::spawn_local};

use super::detail::{Hint, Shown, StatusNow};
use crate::{
    error::AppError,
    psa::types::{Assignee, Named, Ticket},
    tickets::{rpc, types::TicketChange},
    ui::{
        button::{Button, IconButton, Tone},
        icon::Glyph,
        view,
        when::dynamic,
    },
};

#[component]
pub fn Status(shown: Shown, hint: Option<String>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let statuses = shown.statuses.get_value();
    if statuses.is_empty() || !shown.desk.with_value(|desk| desk.can.change) {
        return view! { <StatusNow shown/><Hint hint/> }.into_any();
    }
    let now = move || shown.ticket.with(|ticket| ticket.summary.status_id.clone());
    let option = move |(id, name): (String, String)| {
        let own = id.clone();
        view! { <option value=id selected=move || now() == own>{name.replace('_', " ")}</option> }.into_any()
    };
    let mut all: Vec<_> = statuses.into_iter().map(|status| (status.id, status.name)).collect();
    let current =
        shown.ticket.with_untracked(|ticket| (ticket.summary.status_id.clone(), ticket.summary.status.clone()));
    if all.iter().all(|(id, _)| *id != current.0) {
        all.insert(0, current);
    }
    let move_to = move |field: leptos::web_sys::HtmlSelectElement| {
        let change = TicketChange { status_id: Some(field.value()), ..TicketChange::default() };
        busy.set(true);
        spawn_local(async move {
            match shown.notices.check(rpc::change_ticket(shown.id(), change).await) {
                Some(ticket) => shown.is_now(ticket),
                // It stands where the ticket stands.
                None => field.set_value(
                    &shown.ticket.try_get_untracked().map(|ticket| ticket.summary.status_id).unwrap_or_default(),
                ),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <span class="row">
            <StatusNow shown/>
            <select
                class="field ticket-status"
                aria-label="Change status"
                disabled=busy
                prop:value=now
                on:change:target=move |event| move_to(event.target())
            >
                {all.into_iter().map(option).collect_view()}
            </select>
        </span>
        <Hint hint/>
    }
    .into_any()
}

#[component]
pub fn Assignees(shown: Shown, hint: Option<String>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let can = shown.desk.with_value(|desk| desk.can.assign);
    let on_it = Memo::new(move |_| shown.ticket.with(|ticket| ticket.assigned.clone()));
    let run = move |call: std::pin::Pin<Box<dyn Future<Output = Result<Ticket, AppError>>>>| {
        busy.set(true);
        spawn_local(async move {
            if let Some(ticket) = shown.notices.check(call.await) {
                shown.is_now(ticket);
            }
            let _ = busy.try_set(false);
        });
    };
    let assign = move |member: String| run(Box::pin(rpc::assign(shown.id(), member)));
    let take_off = move |member: String| run(Box::pin(rpc::unassign(shown.id(), member)));
    let people = move || {
        let row = |Assignee { member, owner }: Assignee| {
            let Named { id, name } = member;
            let off = can.then(|| {
                let label = format!("Take {name} off");
                view! { <IconButton small=true glyph=Glyph::Close label disabled=busy on_click=move || take_off(id.clone())/> }
            });
            let owner = owner.then(|| view! { <small class="muted">" owner"</small> });
            view! { <li class="row">{name}{owner}{off}</li> }.into_any()
        };
        let all = on_it.get();
        match all.is_empty() {
            true => view! { <span class="muted">"nobody"</span> }.into_any(),
            false => {
                view! { <ul class="ticket-people" aria-label="Assigned">{all.into_iter().map(row).collect_view()}</ul> }
                    .into_any()
            }
        }
    };
    let is_on = move |id: &str| on_it.with(|all| all.iter().any(|one| one.member.id == id));
    let mine = move || {
        let me = shown.me.get_value().filter(|me| can && !is_on(me))?;
        Some(
            view! { <Button small=true tone=Tone::Quiet disabled=busy on_click=move || assign(me.clone())>"Assign to me"</Button> },
        )
    };
    let others = move || {
        let free: Vec<_> = shown.members.get_value().into_iter().filter(|member| can && !is_on(&member.id)).collect();
        let option = |Named { id, name }: Named| view! { <option value=id>{name}</option> }.into_any();
        (!free.is_empty()).then(|| {
            view! {
                <select
                    class="field ticket-assign"
                    aria-label="Assign somebody"
                    disabled=busy
                    on:change:target=move |event| {
                        let field = event.target();
                        let member = field.value();
                        // It asks again: who is on it stands above, and only once they are.
                        field.set_value("");
                        if !member.is_empty() {
                            assign(member);
                        }
                    }
                >
                    <option value="">"Assign…"</option>
                    {free.into_iter().map(option).collect_view()}
                </select>
            }
        })
    };
    view! {
        {dynamic(people)}
        <span class="row">{dynamic(mine)}{dynamic(others)}</span>
        <Hint hint/>
    }
}
