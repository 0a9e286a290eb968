//! Signing in: a plain form that works without the browser bundle.

use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map};

use crate::{
    accounts::rpc::LogIn,
    ui::{
        button::{Button, Tone},
        field::Field,
        load::Problem,
        split::{self, Split, wasm_split},
        view,
        when::dynamic,
    },
};

pub struct LoginPage;

impl LazyRoute for LoginPage {
    fn data() -> Self {
        Self
    }

    async fn view(page: Self) -> AnyView {
        split::page("door", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(door, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(_page: LoginPage) -> Split<AnyView> {
    let log_in = ServerAction::<LogIn>::new();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    let why = move || match query.with(|query| query.get("why")).as_deref() {
        Some("session_expired_idle") => Some("You were signed out after a time without activity."),
        Some("session_expired_absolute") => Some("Your sign-in has reached its longest duration."),
        _ => None,
    };
    let error = Signal::derive(move || log_in.value().get().and_then(Result::err));
    Ok(view! {
        <Title text="Sign in"/>
        <main class="auth" id="main">
            <section class="card auth__card">
                <p class="auth__logo"><img src="/favicon.svg" alt=""/>"FlowPilot"</p>
                <div><h1>"Sign in"</h1></div>
                {dynamic(move || why().map(|why| view! { <p class="notice notice--info">{why}</p> }))}
                <ActionForm action=log_in>
                    <div class="form">
                        <Problem error/>
                        <Field name="email" label="E-mail" kind="email" autocomplete="username" autofocus=true/>
                        <Field name="password" label="Password" kind="password" autocomplete="current-password"/>
                        {dynamic(move || next().map(|next| view! { <input type="hidden" name="next" value=next/> }))}
                        <Button submit=true block=true tone=Tone::Primary busy=log_in.pending()>"Sign in"</Button>
                    </div>
                </ActionForm>
            </section>
        </main>
    })
}
