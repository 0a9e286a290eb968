//! `/account/psa`: which ticket system the account works with, what FlowPilot may do there, who is who, where tickets go, and
//! what became of every note. What needs the ticket system itself is asked for when the page is there: a slow one holds up
//! nothing.

mod choice;
mod connection;
mod fetched;
mod leave;
mod levels;
mod members;
mod posts;
mod statuses;
mod webhooks;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::LazyRoute;

use self::{
    connection::ConnectionForm, leave::Leave, levels::LevelsForm, members::Members, posts::Posts,
    statuses::StatusesForm, webhooks::WebhooksForm,
};
use super::tabs::SettingsTabs;
use crate::{
    accounts::rpc,
    psa::types::PsaSettings,
    ui::{
        load::{Load, Reading, reading},
        split::{self, Split, wasm_split},
        view,
        when::When,
    },
    wire::Ask,
};

pub struct PsaPage {
    settings: Reading<PsaSettings>,
}

impl LazyRoute for PsaPage {
    fn data() -> Self {
        Self { settings: reading(|| Ask::of(rpc::LoadPsa {})) }
    }

    async fn view(page: Self) -> AnyView {
        split::page("account", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: PsaPage) -> Split<AnyView> {
    Ok(view! {
        <Title text="Ticket system"/>
        <main class="page page--narrow" id="main" tabindex="-1">
            <header class="page__head"><h1>"Ticket system"</h1></header>
            <SettingsTabs/>
            <div class="page__body">
                <Load from=this.settings children=|settings| view! { <Settings settings/> }.into_any()/>
            </div>
        </main>
    })
}

/// Each part keeps what it shows; what all of them go by is what is stored.
#[component]
fn Settings(settings: PsaSettings) -> impl IntoView {
    let saved = RwSignal::new(settings);
    let connected = Signal::derive(move || saved.with(|saved| saved.connection.is_some()));
    view! {
        <ConnectionForm saved/>
        <When is=connected>
            <LevelsForm saved/>
            <StatusesForm/>
            <Members/>
            <WebhooksForm saved/>
        </When>
        <Posts/>
        <When is=connected><Leave saved/></When>
    }
}
