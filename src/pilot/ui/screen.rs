//! `/pilot/{id}`: loads the session and puts the parts together.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use super::{
    closed::{ClosedBar, PostedNotes},
    commands::offer_session_commands,
    composer::Composer,
    earlier_closings::EarlierClosings,
    ending::EndingDialog,
    escalate::AskOutcome,
    fix_banner::FixBanner,
    head::ChatHead,
    kept_note::forget_verified,
    lane::{LanePanel, TasksButton},
    layout::mirror_in_list,
    script::ScriptPanel,
    surface::{Surface, use_surface},
    transcript::Transcript,
};
use crate::{
    ids::SessionId,
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{ArtifactKind, Session},
    },
    ui::when::dynamic,
    ui::{
        load::{Load, reading},
        view,
    },
    wire::Ask,
};

#[component]
pub fn SessionPage() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<SessionId>().ok()));
    // No session has this one.
    let none = SessionId::from(Uuid::nil());
    let session = reading(move || Ask::of(rpc::LoadSession { id: id.get().unwrap_or(none) }));
    let frame = |inside| {
        view! {
            <Title text="Session"/>
            <main class="page" id="main">
                <div class="page__body">{inside}</div>
            </main>
        }
        .into_any()
    };
    view! { <Load from=session frame children=|session| view! { <Screen session/> }.into_any()/> }.into_any()
}

#[component]
fn Screen(session: Session) -> impl IntoView {
    let surface = Surface::provide(session);
    mirror_in_list(surface);
    offer_session_commands(surface);
    forget_verified(surface);
    let title = move || surface.state.0.head().with(|head| head.title.clone());
    view! {
        <Title text=title/>
        <main class="chat" id="main" tabindex="-1">
            <ChatHead/>
            <nav class="tabs" aria-label="Session">
                <a href=format!("/pilot/{}", surface.id) aria-current="page">"Chat"</a>
            </nav>
            <Transcript/>
            <Foot/>
        </main>
        <LanePanel/>
        <TasksButton/>
        <EndingDialog kind=ArtifactKind::ResolutionNote/>
        <EndingDialog kind=ArtifactKind::EscalationPackage/>
        <AskOutcome/>
        <ScriptPanel/>
    }
}

/// Below the conversation: the fix, and where one writes.
#[component]
fn Foot() -> impl IntoView {
    let surface = use_surface();
    view! {
        <div class="foot">
            <FixBanner/>
            <EarlierClosings/>
            <PostedNotes/>
            {dynamic(move || match surface.changeable.get() {
                true => view! { <Composer/> }.into_any(),
                false => view! { <ClosedBar/> }.into_any(),
            })}
        </div>
    }
}
