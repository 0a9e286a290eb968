//! Above the conversation: ticket, title (renamed in place), company, connection, status, and what can be done with all of it.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    changes::Touched,
    leave::LeaveDialog,
    live::LiveIndicator,
    session_menu::{SessionMenu, Subject},
    share::ShareDialog,
    surface::use_surface,
    ticket::{NewTicketFromSession, TicketHead},
    ticket_link::LinkTicket,
};
use crate::{
    ids::SessionId,
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{Posted, SessionChange, SessionStatus, Stuck},
    },
    ui::{
        browser,
        button::IconButton,
        icon::Glyph,
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn ChatHead() -> impl IntoView {
    let surface = use_surface();
    let ticket = Memo::new(move |_| surface.state.0.head().with(|head| head.ticket.clone()));
    let status = Memo::new(move |_| surface.state.0.head().with(|head| head.status));
    let stuck = Memo::new(move |_| surface.state.0.posted().with(|posted| posted.last().and_then(Posted::stuck)));
    let archived = Memo::new(move |_| surface.state.0.head().with(|head| head.archived));
    let renaming = surface.renaming;
    let touched = Touched::find();
    // By whomever: lists have it or have it no more.
    Effect::new(move |before: Option<bool>| {
        let archived = archived.get();
        if before.is_some_and(|before| before != archived) {
            touched.now();
        }
        archived
    });
    let client = move || {
        let client = ticket.get()?.company.filter(|company| !company.is_empty())?;
        Some(view! { <small class="chat__client truncate" title=client.clone()>{client.clone()}</small> })
    };
    let subject = Subject {
        id: surface.id,
        writable: Signal::derive(move || surface.state.0.head().with(|head| head.writable)),
        archived: archived.into(),
        rename: Callback::new(move |()| renaming.set(true)),
        archive: Callback::new(move |(to,): (bool,)| surface.archive(to, touched)),
        shared: surface.shared.into(),
        leave: Callback::new(move |()| surface.leave()),
    };
    let navigate = use_navigate();
    let left = move |_: (SessionId,)| {
        // It would be refused until the list is there.
        surface.let_go();
        touched.now();
        navigate("/sessions", NavigateOptions::default());
    };
    view! {
        <header class="chat__head">
            <div class="chat__about">
                <TicketHead/>
                {dynamic(client)}
                <span class="chat__state">
                    {dynamic(move || archived.get().then(|| view! { <span class="chip">"archived"</span> }))}
                    {dynamic(move || view! { <StatusChip status=status.get() stuck=stuck.get()/> })}
                </span>
            </div>
            <SessionTitle editing=renaming/>
            <span class="end">
                <LiveIndicator/>
                <NewTicketFromSession/>
                <LinkTicket/>
                <Share/>
                <SessionMenu subject place="head" label="Actions for this session"/>
                <LeaveDialog asked=surface.leaving left=Callback::new(left)/>
            </span>
        </header>
    }
}

/// Who else is on the session. Its user can change that.
#[component]
fn Share() -> impl IntoView {
    let surface = use_surface();
    let open = surface.sharing;
    let others = Memo::new(move |_| surface.state.0.head().with(|head| head.shared_with.len()));
    let owner = move || surface.state.0.head().with(|head| head.user.name.clone());
    if !surface.mine {
        return view! { <small class="hide-s">"of "{dynamic(owner)}</small> }.into_any();
    }
    view! {
        <IconButton small=true glyph=Glyph::Share label="Share session" on_click=move || open.set(true)/>
        <When is=move || others.get() != 0>
            <small class="hide-s">{dynamic(move || others.get())}" on it"</small>
        </When>
        <ShareDialog open/>
    }
    .into_any()
}

/// A status other than open, in its colour and words; of one that is `posting`, that its note did not get through.
#[component]
pub fn StatusChip(status: SessionStatus, stuck: Option<Stuck>) -> impl IntoView {
    let (class, said) = match (status, stuck) {
        (SessionStatus::Open, _) => return ().into_any(),
        (SessionStatus::Posting, Some(Stuck::NotPosted)) => ("chip chip--danger", "not posted"),
        (SessionStatus::Posting, Some(Stuck::NotVerified)) => ("chip chip--danger", "not verified"),
        (SessionStatus::Posting, None) => ("chip chip--accent", "posting"),
        (SessionStatus::Resolved, _) => ("chip chip--known", "resolved"),
        (SessionStatus::Escalated, _) => ("chip", "escalated"),
    };
    view! { <span class=class>{said}</span> }.into_any()
}

#[component]
fn SessionTitle(editing: RwSignal<bool>) -> impl IntoView {
    let surface = use_surface();
    let title = move || surface.state.0.head().with(|head| head.title.clone());
    dynamic(move || match editing.get() {
        true => view! { <TitleField editing/> }.into_any(),
        false => view! { <h1 title=title>{dynamic(title)}</h1> }.into_any(),
    })
}

#[component]
fn TitleField(editing: RwSignal<bool>) -> impl IntoView {
    let surface = use_surface();
    let field = NodeRef::<html::Input>::new();
    let before = surface.state.0.head().with_untracked(|head| head.title.clone());
    field.on_load(|field| {
        let _ = field.focus();
        field.select();
    });
    on_cleanup(move || {
        if editing.try_get_untracked() == Some(false) {
            browser::refocus(None, vec![".chat__head .menu-button".to_owned()]);
        }
    });
    let save = {
        let before = before.clone();
        move || {
            let title = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
            editing.set(false);
            if title.is_empty() || title == before {
                return;
            }
            let change = SessionChange { title: Some(title.clone()), ..SessionChange::default() };
            surface.state.0.head().update(|head| head.title = title);
            let back = before.clone();
            surface.call(
                async move {
                    let saved = rpc::change_session(surface.id, change).await;
                    if saved.is_err() {
                        surface.state.0.head().update(|head| head.title = back);
                    }
                    saved
                },
                |()| (),
            );
        }
    };
    let on_key = {
        let save = save.clone();
        move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" if !event.is_composing() => save(),
            "Escape" if !event.is_composing() => editing.set(false),
            _ => {}
        }
    };
    view! {
        <input
            class="field"
            node_ref=field
            value=before
            maxlength="200"
            aria-label="Title of the session"
            on:keydown=on_key
            on:blur=move |_| {
                if editing.get_untracked() {
                    save();
                }
            }
        />
    }
}
