//! What can be done with the session on the screen, and finding sessions: for the command palette. The list is downloaded with
//! the palette.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};

use super::{
    changes::Touched,
    opened::{last_opened_first, remember},
    surface::Surface,
    ticket_link::take_off,
};
use crate::{
    error::AppError,
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{SessionFilter, SessionStatus, SessionSummary},
    },
    ui::{
        browser,
        commands::{Command, Listing, Source, offer_commands},
        drawer::{is_wide, use_drawer},
        icon::Glyph,
        shortcut::Shortcut,
        split::{Split, wasm_split},
    },
};

/// Offers what can be done with the session while it is on the screen, and counts it as opened.
pub fn offer_session_commands(surface: Surface) {
    let beside = Beside { drawer: use_drawer(), touched: Touched::find() };
    Effect::new(move |_| remember(surface.id));
    offer_commands(move || Box::pin(async move { session_commands(surface, beside).await.ok() }));
}

/// What the commands reach beside the session.
#[derive(Clone, Copy)]
struct Beside {
    drawer: RwSignal<bool>,
    touched: Touched,
}

#[wasm_split(palette, wasm_split_path = leptos::wasm_split, fallible)]
fn session_commands(surface: Surface, beside: Beside) -> Split<Listing> {
    Ok(Arc::new(move || commands(surface, beside)))
}

/// Only what can be done now. For Resolve there is deliberately no key.
fn commands(surface: Surface, Beside { drawer, touched }: Beside) -> Vec<Command> {
    let data = surface.state.0;
    let (changeable, running) = (surface.changeable.get(), surface.running.get());
    let in_lane = move |then: fn(Surface)| {
        if !is_wide() {
            drawer.set(true);
        }
        // When the drawer has taken the focus.
        set_timeout(move || then(surface), std::time::Duration::ZERO);
    };
    let beside_lane = move |then: fn(Surface)| {
        drawer.set(false);
        // When the rest of the page is there again.
        set_timeout(move || then(surface), std::time::Duration::ZERO);
    };
    let can_send = changeable && !running && !surface.outbox.is_sending() && surface.count.get().unsent != 0;
    let linked = data.head().with(|head| head.ticket.is_some());
    let (writable, archived) = data.head().with(|head| (head.writable, head.archived));
    let file = |format: &str| format!("/api/v1/ai-sessions/{}/export?format={format}", surface.id);
    let has_script = data.fix().with(|fix| fix.as_ref().is_some_and(|fix| fix.script.is_some()));
    let all = [
        changeable.then(|| {
            Command::act(Glyph::Send, "Focus message box", move || {
                beside_lane(|_| focus(".composer textarea"));
            })
            .also("write chat type")
        }),
        can_send.then(|| Command::act(Glyph::Send, "Send answers", move || send_answers(surface)).keys(Shortcut::SEND)),
        running.then(|| {
            Command::act(Glyph::Stop, "Stop the answer", move || surface.call(rpc::stop_turn(surface.id), |()| ()))
        }),
        changeable.then(|| {
            Command::act(Glyph::Add, "Add note", move || in_lane(|surface| surface.adding_note.set(true))).also("fact")
        }),
        writable.then(|| {
            Command::act(Glyph::Edit, "Rename session", move || beside_lane(|surface| surface.renaming.set(true)))
                .also("title")
        }),
        writable.then(|| match archived {
            true => Command::act(Glyph::Restore, "Restore session", move || surface.archive(false, touched))
                .also("unarchive back"),
            false => Command::act(Glyph::Archive, "Archive session", move || surface.archive(true, touched))
                .also("put away hide"),
        }),
        surface.mine.then(|| {
            Command::act(Glyph::Share, "Share session", move || beside_lane(|surface| surface.sharing.set(true)))
                .also("colleague invite people")
        }),
        Some(Command::leave(Glyph::Download, "Export as Markdown", file("markdown")).also("download file session")),
        Some(Command::leave(Glyph::Download, "Export as JSON", file("json")).also("download file session")),
        surface.shared.get().then(|| {
            Command::act(Glyph::SignOut, "Leave session", move || beside_lane(Surface::leave)).also("share take off me")
        }),
        Some(
            Command::act(Glyph::Lane, "Open task lane", move || in_lane(|_| focus(".lane__body")))
                .also("tasks questions checks facts"),
        ),
        surface.may_open_ticket().then(|| {
            Command::act(Glyph::Ticket, "New ticket", move || beside_lane(|surface| surface.new_ticket.set(true)))
                .also("open create")
        }),
        (changeable && !linked)
            .then(|| Command::act(Glyph::Link, "Link ticket", move || surface.linking.set(true)).also("attach number")),
        (changeable && linked).then(|| {
            Command::act(Glyph::Unlink, "Take off ticket", move || take_off(surface)).also("unlink detach remove")
        }),
        has_script.then(|| {
            Command::act(Glyph::Script, "Show script", move || surface.script_open.set(true))
                .keys(Shortcut::SCRIPT)
                .also("fix code")
        }),
        (changeable && !running)
            .then(|| Command::act(Glyph::Check, "Resolve", move || surface.resolve()).also("close note finish")),
        (changeable && !running).then(|| {
            Command::act(Glyph::Send, "Escalate", move || surface.escalate()).also("hand over package next engineer")
        }),
    ];
    all.into_iter().flatten().collect()
}

fn focus(selector: &str) {
    if let Some(element) = browser::find(selector) {
        let _ = element.focus();
    }
}

fn send_answers(surface: Surface) {
    spawn_local(async move {
        if !surface.send_answers().await {
            surface
                .notices
                .say("Not sent: an answer in the task lane could not be saved. Try again there, or undo it.");
        }
    });
}

/// How many sessions are looked at for those opened last, and how many are shown.
const LOOKED_AT: u16 = 50;
const RECENT: usize = 6;
const FOUND: u16 = 8;

/// Sessions by words; before one is typed, those opened last.
pub fn session_source() -> Source {
    Source { name: "Sessions", recent: Some("Recent sessions"), find: |words| Box::pin(find(words)) }
}

async fn find(words: String) -> Result<Vec<Command>, AppError> {
    let recent = words.is_empty();
    let limit = Some(if recent { LOOKED_AT } else { FOUND });
    let words = words.trim_start_matches('#').to_owned();
    let filter =
        SessionFilter { q: Some(words).filter(|_| !recent), near: Some(true), limit, ..SessionFilter::default() };
    let sessions = rpc::list_sessions(filter).await?.items;
    if !recent {
        return Ok(sessions.into_iter().map(go_to).collect());
    }
    let here = window().location().pathname().unwrap_or_default();
    let others = last_opened_first(sessions).into_iter().map(go_to).filter(|command| command.id() != here);
    Ok(others.take(RECENT).collect())
}

fn go_to(session: SessionSummary) -> Command {
    let ticket = session.ticket.as_ref().map(|ticket| format!("#{}", ticket.id));
    let company = session.ticket.and_then(|ticket| ticket.company);
    let status =
        Some(session.status).filter(|status| *status != SessionStatus::Open).map(|status| status.as_str().to_owned());
    let beside: Vec<_> = [ticket, company, status].into_iter().flatten().collect();
    Command::go(Glyph::Sessions, session.title, format!("/pilot/{}", session.id)).beside(beside.join(" · "))
}
