//! `/account/security`: how long people of the account stay signed in, who is signed in, and what happened. For owners; what
//! others get instead says the server.

mod history;
mod lifetimes;
mod people;
mod span;

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use self::{history::History, lifetimes::LifetimesForm, people::People};
use super::tabs::SettingsTabs;
use crate::{
    accounts::{rpc, types::security::SecurityOverview},
    ui::{
        load::{Load, Reading, reading},
        notices::use_notices,
        split::{self, Split, wasm_split},
        view,
    },
    wire::Ask,
};

pub struct SecurityPage {
    overview: Reading<SecurityOverview>,
}

impl LazyRoute for SecurityPage {
    fn data() -> Self {
        Self { overview: reading(|| Ask::of(rpc::LoadSecurity {})) }
    }

    async fn view(page: Self) -> AnyView {
        split::page("account", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: SecurityPage) -> Split<AnyView> {
    Ok(view! {
        <Title text="Security"/>
        <main class="page page--narrow" id="main" tabindex="-1">
            <header class="page__head"><h1>"Security"</h1></header>
            <SettingsTabs/>
            <div class="page__body">
                <Load from=this.overview children=|overview| view! { <Overview overview/> }.into_any()/>
            </div>
        </main>
    })
}

/// Each part keeps what it shows, so that a change to one leaves what is typed or focused in another.
#[component]
fn Overview(overview: SecurityOverview) -> impl IntoView {
    let notices = use_notices();
    let SecurityOverview { security, history } = overview;
    let (sessions, history) = (RwSignal::new(security.sessions), RwSignal::new(history));
    let refresh = Callback::new(move |()| {
        spawn_local(async move {
            if let Some(fresh) = notices.check(rpc::load_security().await) {
                sessions.try_set(fresh.security.sessions);
                history.try_set(fresh.history);
            }
        });
    });
    view! {
        <LifetimesForm lifetimes=security.lifetimes on_saved=refresh/>
        <People sessions on_revoked=refresh/>
        <History history/>
    }
}
