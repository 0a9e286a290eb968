//! `/`: what one comes back to. Start something, see what waits, go on with what is open.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::LazyRoute;

use super::{
    changes::{Changes, Touched},
    rows::{RowDialogs, SessionRows},
    start::StartBox,
};
use crate::{
    pilot::{
        history::{Home, Press, Waiting},
        rpc,
    },
    ui::{
        icon::{Glyph, Icon},
        load::{Empty, Load, Reading, reading},
        split::{self, Split, wasm_split},
        time::Ago,
        view,
    },
    wire::Ask,
};

/// So many of those that wait are seen at once; the others unfold.
const SEEN: usize = 6;

pub struct HomePage {
    home: Reading<Home>,
}

impl LazyRoute for HomePage {
    fn data() -> Self {
        let touched = Touched::find();
        Self { home: reading(move || Ask::of(rpc::Home {}).again(touched.count())) }
    }

    async fn view(page: Self) -> AnyView {
        split::page("home", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(home, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: HomePage) -> Split<AnyView> {
    Ok(view! {
        <Title text="Home"/>
        <main class="page" id="main" tabindex="-1">
            <header class="page__head"><h1>"Home"</h1></header>
            <div class="page__body">
                <section class="stack" aria-label="New session">
                    <h2>"What is wrong?"</h2>
                    <StartBox/>
                </section>
                <Load from=this.home children=|home| view! { <Desk home/> }.into_any()/>
            </div>
        </main>
    })
}

#[component]
fn Desk(home: Home) -> impl IntoView {
    Changes::provide();
    let Home { waiting, open, more_open, recent } = home;
    if recent.is_empty() && open.is_empty() {
        return view! {
            <Empty glyph=Glyph::Sessions title="No sessions yet">
                <p>"Describe a problem above, or take a ticket. What is open and what waits for you stands here then."</p>
                <a class="btn" href="/tickets">"Go to tickets"</a>
            </Empty>
        }
        .into_any();
    }
    let open = match open.is_empty() {
        true => view! { <p class="muted">"Nothing is open. Well done."</p> }.into_any(),
        false => view! { <SessionRows sessions=open place="open"/> }.into_any(),
    };
    let more =
        more_open.then(|| view! { <a class="link" href="/sessions?whose=mine&status=open">"All open sessions"</a> });
    view! {
        <WaitsForYou waiting/>
        <div class="desk">
            <section class="stack">
                <header class="row"><h2>"My open sessions"</h2><span class="end">{more}</span></header>
                {open}
            </section>
            <section class="stack">
                <header class="row"><h2>"Recent"</h2><span class="end"><a class="link" href="/sessions">"All sessions"</a></span></header>
                <SessionRows sessions=recent place="recent"/>
            </section>
        </div>
        <RowDialogs/>
    }
    .into_any()
}

#[component]
fn WaitsForYou(mut waiting: Vec<Waiting>) -> impl IntoView {
    let count = waiting.len();
    let badge = (count > 0).then(|| view! { <span class="badge">{count}</span> });
    let later = waiting.split_off(SEEN.min(count));
    let rows = |waiting: Vec<Waiting>| {
        let rows = waiting.into_iter().map(|waiting| view! { <WaitingRow waiting/> }).collect_view();
        view! { <ul class="sessions">{rows}</ul> }
    };
    let inside = match count {
        0 => view! { <p class="muted">"Nothing. Open questions, fixes without an outcome and what went wrong will stand here."</p> }
            .into_any(),
        _ => rows(waiting).into_any(),
    };
    let more = (!later.is_empty()).then(|| {
        view! {
            <details>
                <summary>{later.len()} " more"</summary>
                {rows(later)}
            </details>
        }
    });
    view! {
        <section class="stack">
            <header class="row"><h2>"Waits for you"</h2>{badge}</header>
            {inside}
            {more}
        </section>
    }
}

#[component]
fn WaitingRow(waiting: Waiting) -> impl IntoView {
    let (glyph, tone) = match waiting.press() {
        Some(Press::Failed) => (Glyph::Alert, "failed"),
        Some(Press::Outcome) => (Glyph::Info, "outcome"),
        Some(Press::Unsent) => (Glyph::Send, "unsent"),
        Some(Press::Suggested) => (Glyph::Promote, "suggested"),
        Some(Press::Asked) | None => (Glyph::Lane, "asked"),
    };
    let why = waiting.reasons().into_iter().map(|reason| reason.text).collect::<Vec<_>>().join(" ");
    let (number, company) = waiting.ticket.map(|ticket| (ticket.id, ticket.company)).unzip();
    view! {
        <li data-press=tone>
            <a class="sessions__link" href=format!("/pilot/{}", waiting.id) data-row>{waiting.title}</a>
            <small class="sessions__when"><Ago at=waiting.updated_at.0/></small>
            <p class="sessions__why"><Icon glyph/><span>{why}</span></p>
            <small class="meta">
                {number.map(|number| view! { <span class="chip chip--accent">"#"{number}</span> })}
                {company.flatten().map(|company| view! { <span>{company}</span> })}
            </small>
        </li>
    }
}
