//! The session list: search, status, one line a session, more on demand.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use super::{head::StatusChip, layout::Sessions};
use crate::{
    pilot::{
        rpc,
        types::{Page, SessionFilter, SessionStatus, SessionSummary},
    },
    ui::{
        button::{Button, Tone},
        each::Each,
        field::SearchField,
        icon::{Glyph, Icon},
        keys::ListKeys,
        load::{Load, reading},
        notices::use_notices,
        time::Ago,
        view,
        when::{When, dynamic},
    },
    wire::Ask,
};

#[component]
pub fn SessionList(sessions: Sessions) -> impl IntoView {
    let first =
        reading(move || Ask::of(rpc::ListSessions { filter: sessions.filter.get() }).again(sessions.touched.count()));
    view! {
        <aside class="list" aria-label="Sessions">
            <header>
                <a class="btn btn--primary" href="/pilot?new">
                    <Icon glyph=Glyph::Add/>
                    "New session"
                </a>
                <Search sessions/>
                <StatusFilter sessions/>
            </header>
            <Load from=first children=move |page| view! { <Lines page sessions/> }.into_any()/>
            <ListKeys/>
        </aside>
    }
}

#[component]
fn Search(sessions: Sessions) -> impl IntoView {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let search = move |words: String| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        let look = move || {
            let q = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
            sessions.filter.update(|filter| filter.q = q);
        };
        timer.set_value(set_timeout_with_handle(look, Duration::from_millis(250)).ok());
    };
    let words = Signal::derive(move || sessions.filter.with(|filter| filter.q.clone().unwrap_or_default()));
    view! { <SearchField label="Search sessions" value=words on_input=search/> }
}

#[component]
fn StatusFilter(sessions: Sessions) -> impl IntoView {
    let choice = move |(status, word): (Option<SessionStatus>, &'static str)| {
        let pressed = move || sessions.filter.with(|filter| filter.status == status).to_string();
        view! {
            <button
                class="option"
                type="button"
                aria-pressed=pressed
                on:click=move |_| sessions.filter.update(|filter| filter.status = status)
            >
                {word}
            </button>
        }
    };
    let choices = [(None, "All"), (Some(SessionStatus::Open), "Open"), (Some(SessionStatus::Resolved), "Resolved")];
    view! {
        <div class="options" role="group" aria-label="Status">{choices.map(choice).into_iter().collect_view()}</div>
    }
}

/// The lines of the first page and of those fetched after it.
#[component]
fn Lines(page: Page<SessionSummary>, sessions: Sessions) -> impl IntoView {
    let notices = use_notices();
    let lines = RwSignal::new(page.items);
    let cursor = RwSignal::new(page.next_cursor);
    let busy = RwSignal::new(false);
    let more = move || {
        let filter = SessionFilter { cursor: cursor.get_untracked(), ..sessions.filter.get_untracked() };
        busy.set(true);
        spawn_local(async move {
            if let Some(page) = notices.check(rpc::list_sessions(filter).await) {
                lines.try_update(|lines| {
                    let new = page.items.into_iter().filter(|new| lines.iter().all(|known| known.id != new.id));
                    let new: Vec<_> = new.collect();
                    lines.extend(new);
                });
                let _ = cursor.try_set(page.next_cursor);
            }
            let _ = busy.try_set(false);
        });
    };
    let filtered = move || sessions.filter.with(|filter| filter.q.is_some() || filter.status.is_some());
    let nothing = move || match filtered() {
        true => view! { <p>"No session fits. Search for other words, or look at all of them."</p> },
        false => view! { <p>"Your sessions gather here. Start one with the problem or from a ticket."</p> },
    };
    view! {
        <ul>
            <Each items=Memo::new(move |_| lines.get()) key=|line| line.id children=move |line| view! { <Line line sessions/> }.into_any()/>
        </ul>
        <When is=move || lines.with(Vec::is_empty)>
            <div class="empty">{dynamic(nothing)}</div>
        </When>
        <When is=move || cursor.with(Option::is_some)>
            <div class="list__more"><Button tone=Tone::Quiet block=true busy on_click=more>"Load more"</Button></div>
        </When>
    }
}

#[component]
fn Line(line: Memo<SessionSummary>, sessions: Sessions) -> impl IntoView {
    let path = use_location().pathname;
    let line = Memo::new(move |_| sessions.fresh(line.get()));
    let link = line.with_untracked(|line| format!("/pilot/{}", line.id));
    let here = link.clone();
    let current = move || path.with(|path| *path == here).then_some("page");
    let marks = move || {
        let line = line.get();
        view! {
            {line.ticket.as_ref().map(|ticket| view! { <span class="chip chip--accent">"#"{ticket.id.clone()}</span> })}
            <StatusChip status=line.status stuck=line.stuck/>
            {line.thinking.then(|| view! { <span class="pip" title="Thinking"></span> })}
            {(line.fix_waiting && line.status == SessionStatus::Open).then(|| view! { <span class="chip chip--fix">"fix waiting"</span> })}
            <span>{line.ticket.and_then(|ticket| ticket.company)}</span>
            <Ago at=line.updated_at.0/>
        }
    };
    view! {
        <li>
            <a class="list__item" href=link aria-current=current data-row>
                <strong>{dynamic(move || line.with(|line| line.title.clone()))}</strong>
                <small>{dynamic(marks)}</small>
            </a>
        </li>
    }
}
