//! What the ticket on the screen says, as it is now: its summary, whose it is, its description.

use leptos::prelude::*;

use super::{detail::Shown, edit::EditTicket, feed::paragraphs, reach::links};
use crate::ui::{time::Stamp, view, when::dynamic};

#[component]
pub fn Summary(shown: Shown) -> impl IntoView {
    let summary = Memo::new(move |_| shown.ticket.with(|ticket| ticket.summary.summary.clone()));
    let edit = shown.desk.with_value(|desk| desk.can.edit).then(|| view! { <EditTicket shown/> });
    view! {
        <div class="row ticket-head">
            <h2>{dynamic(move || summary.get())}</h2>
            {edit}
        </div>
    }
}

/// Company, contact and priority, for the list of what is known.
#[component]
pub fn Parties(shown: Shown) -> impl IntoView {
    dynamic(move || {
        let (summary, email, phone) = shown
            .ticket
            .with(|ticket| (ticket.summary.clone(), ticket.contact_email.clone(), ticket.contact_phone.clone()));
        let company = (!summary.company.is_empty()).then(|| view! { <dt>"Company"</dt><dd>{summary.company}</dd> });
        let contact =
            summary.contact.map(|contact| view! { <dt>"Contact"</dt><dd>{contact}" "{links(email, phone)}</dd> });
        view! {
            {company}
            {contact}
            <dt>"Priority"</dt>
            <dd>{summary.priority}</dd>
        }
    })
}

/// When it was opened, and by whom.
#[component]
pub fn Created(shown: Shown) -> impl IntoView {
    let (at, by) = shown.ticket.with_untracked(|ticket| (ticket.created_at, ticket.opened_by.clone()));
    view! {
        <Stamp at=at.0/>
        {by.map(|by| view! { <small class="muted">" by "{by}</small> })}
    }
}

#[component]
pub fn Description(shown: Shown) -> impl IntoView {
    let body = Memo::new(move |_| shown.ticket.with(|ticket| ticket.body.clone()));
    let told = move || match body.get() {
        body if body.is_empty() => view! { <p class="muted">"Nothing was written."</p> }.into_any(),
        body => paragraphs(&body),
    };
    view! {
        <section class="section">
            <h3>"Description"</h3>
            {dynamic(told)}
        </section>
    }
}
