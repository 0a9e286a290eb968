//! A person's own settings: colours, tokens, logins, the way out.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use super::{logins::Logins, tabs::SettingsTabs, theme::ThemeSwitch, tokens::Tokens, use_me};
use crate::{
    accounts::{
        rpc::{self, LogOut},
        types::{AccessToken, LoginSession},
    },
    ui::{
        button::Button,
        icon::Glyph,
        load::{Reading, reading},
        split::{self, Split, wasm_split},
        view,
    },
    wire::Ask,
};

pub struct SettingsPage {
    tokens: Reading<Vec<AccessToken>>,
    logins: Reading<Vec<LoginSession>>,
}

impl LazyRoute for SettingsPage {
    fn data() -> Self {
        Self { tokens: reading(|| Ask::of(rpc::Tokens {})), logins: reading(|| Ask::of(rpc::Logins {})) }
    }

    async fn view(page: Self) -> AnyView {
        split::page("account", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: SettingsPage) -> Split<AnyView> {
    Ok(view! {
        <Title text="Settings"/>
        <main class="page page--narrow" id="main" tabindex="-1">
            <header class="page__head"><h1>"Settings"</h1></header>
            <SettingsTabs/>
            <div class="page__body">
                <Profile/>
                <Tokens tokens=this.tokens/>
                <Logins logins=this.logins/>
            </div>
        </main>
    })
}

#[component]
fn Profile() -> impl IntoView {
    let who = use_me().map(|me| {
        view! {
            <dl class="props">
                <dt>"Name"</dt>
                <dd>{me.name}</dd>
                <dt>"E-mail"</dt>
                <dd>{me.email}</dd>
                <dt>"Company"</dt>
                <dd>{me.account_name}</dd>
                <dt>"Role"</dt>
                <dd>{me.role.as_str()}</dd>
            </dl>
        }
    });
    view! {
        <section class="settings">
            <header>
                <div><h2>"You"</h2></div>
                // A plain form: the page is loaded anew, and with it goes all that belonged to the login.
                <form method="post" action=LogOut::url()>
                    <Button submit=true icon=Glyph::SignOut>"Sign out"</Button>
                </form>
            </header>
            {who}
        </section>
        <section class="settings">
            <header><div><h2>"Colours"</h2></div></header>
            <ThemeSwitch/>
        </section>
    }
}
