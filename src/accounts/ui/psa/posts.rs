//! What became of every note: what waits and why, with *Retry now*; never its text.

use leptos::{prelude::*, task::spawn_local};

use super::fetched::{fetched, shown};
use crate::{
    accounts::rpc,
    page::Page,
    pilot::types::{ArtifactKind, Delivery, DeliveryFilter, DeliveryState},
    ui::{
        button::Button,
        each::Each,
        icon::{Glyph, Icon},
        load::Empty,
        notices::use_notices,
        time::{Ago, Stamp},
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn Posts() -> impl IntoView {
    let (answer, load) = fetched(|| rpc::psa_posts(DeliveryFilter::default()));
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Notes on their way"</h2>
                    <p>"Every note is read back after it was posted. What did not get through is tried again, or waits for you."</p>
                </div>
                <Button small=true icon=Glyph::Retry on_click=load>"Refresh"</Button>
            </header>
            {shown(answer, load, |page| view! { <List page/> }.into_any())}
        </section>
    }
}

#[component]
fn List(page: Page<Delivery>) -> impl IntoView {
    if page.items.is_empty() {
        return view! {
            <div class="card">
                <Empty glyph=Glyph::Ticket title="No notes yet">
                    <p>"Resolve or escalate a session that has a ticket: its note is listed here."</p>
                </Empty>
            </div>
        }
        .into_any();
    }
    let notices = use_notices();
    let busy = RwSignal::new(false);
    let (posts, next) = (RwSignal::new(page.items), RwSignal::new(page.next_cursor));
    let older = move || {
        busy.set(true);
        spawn_local(async move {
            let filter = DeliveryFilter { cursor: next.get_untracked(), limit: None };
            if let Some(page) = notices.check(rpc::psa_posts(filter).await) {
                posts.try_update(|posts| posts.extend(page.items));
                next.try_set(page.next_cursor);
            }
            busy.try_set(false);
        });
    };
    let row = move |post: Memo<Delivery>| view! { <Row post posts/> }.into_any();
    view! {
        <ul class="token-list audit-list">
            <Each items=Memo::new(move |_| posts.get()) key=|post: &Delivery| post.id children=row/>
        </ul>
        <When is=move || next.with(Option::is_some)>
            <div class="row">
                <Button icon=Glyph::Down busy on_click=older>"Show older"</Button>
            </div>
        </When>
    }
    .into_any()
}

const fn state(post: &Delivery) -> (&'static str, &'static str) {
    match post.state {
        DeliveryState::Waiting => ("chip chip--fix", "waiting"),
        DeliveryState::Posted => ("chip chip--fix", "posted, not verified yet"),
        DeliveryState::Verified => ("chip chip--known", "verified"),
        DeliveryState::Failed => ("chip chip--danger", "failed"),
        DeliveryState::Dropped => ("chip", "given up: the session was reopened"),
    }
}

#[component]
fn Row(post: Memo<Delivery>, posts: RwSignal<Vec<Delivery>>) -> impl IntoView {
    let notices = use_notices();
    let busy = RwSignal::new(false);
    let retry = move || {
        let id = post.with_untracked(|post| post.id);
        busy.set(true);
        spawn_local(async move {
            if let Some(fresh) = notices.check(rpc::retry_post(id).await) {
                posts.try_update(|posts| {
                    if let Some(known) = posts.iter_mut().find(|post| post.id == id) {
                        *known = fresh;
                    }
                });
            }
            busy.try_set(false);
        });
    };
    let can_retry = Signal::derive(move || post.with(|post| post.can_retry));
    view! {
        <li>
            {dynamic(move || head(&post.get()))}
            {dynamic(move || reason(&post.get()))}
            <When is=can_retry>
                <div class="row">
                    <Button small=true icon=Glyph::Retry busy on_click=retry>"Retry now"</Button>
                </div>
            </When>
        </li>
    }
}

fn head(post: &Delivery) -> AnyView {
    let kind = match post.kind {
        ArtifactKind::ResolutionNote => "Resolution note",
        ArtifactKind::EscalationPackage => "Escalation package",
    };
    let (class, word) = state(post);
    let target = post.target_status.as_ref().map(|target| format!(" · goes to “{target}”"));
    let next = post.next_attempt_at.map(|at| view! { " · next try "<Stamp at=at.0/> }.into_any());
    let number = format!("#{}", post.ticket_id);
    let ticket = if post.here {
        view! { <a class="link" href=format!("/tickets/{}", post.ticket_id)>{number}</a> }.into_any()
    } else {
        // Its number means another ticket, or none, in the one that is used now.
        view! { <span title="In a ticket system that is not connected any more">{number}</span> }.into_any()
    };
    view! {
        <p class="row">
            <strong>{kind}" on "{ticket}</strong>
            <span class=class>{word}</span>
        </p>
        <small>{post.posted_by.name.clone()}" · "<Ago at=post.created_at.0/>{target}{next}</small>
    }
    .into_any()
}

/// Why it did not get through, or why the ticket kept its status.
fn reason(post: &Delivery) -> Option<AnyView> {
    if let Some(problem) = &post.problem {
        let detail = problem.detail.clone();
        return Some(
            view! {
                <p class="notice notice--danger">
                    <Icon glyph=Glyph::Alert/>
                    {detail}
                </p>
            }
            .into_any(),
        );
    }
    let skipped = post.skipped_reason.clone()?;
    Some(
        view! {
            <p class="notice">
                <Icon glyph=Glyph::Info/>
                {skipped}
            </p>
        }
        .into_any(),
    )
}
