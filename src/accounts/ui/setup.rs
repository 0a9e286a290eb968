//! The first visit: whoever comes first becomes the owner.

use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use crate::{
    accounts::rpc::SetUp,
    ui::{
        button::{Button, Tone},
        field::Field,
        icon::{Glyph, Icon},
        load::Problem,
        split::{self, Split, wasm_split},
        view,
    },
};

pub struct SetupPage;

impl LazyRoute for SetupPage {
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
fn draw(_page: SetupPage) -> Split<AnyView> {
    Ok(view! {
        <Title text="Set up"/>
        <main class="auth" id="main"><SetupForm/></main>
    })
}

#[component]
fn SetupForm() -> impl IntoView {
    let set_up = ServerAction::<SetUp>::new();
    let error = Signal::derive(move || set_up.value().get().and_then(Result::err));
    view! {
        <section class="card auth__card auth__card--wide">
            <p class="auth__logo"><img src="/favicon.svg" alt=""/>"FlowPilot"</p>
            <div>
                <h1>"Set up FlowPilot"</h1>
                <p>"You become the owner. Everything else can be changed later."</p>
            </div>
            <ActionForm action=set_up>
                <div class="form">
                    <Problem error/>
                    <Field name="account_name" label="Company" autocomplete="organization" autofocus=true/>
                    <div class="form__row">
                        <Field name="name" label="Your name" autocomplete="name"/>
                        <Field name="email" label="E-mail" kind="email" autocomplete="username"/>
                    </div>
                    <Field
                        name="password"
                        label="Password"
                        kind="password"
                        autocomplete="new-password"
                        min_length="12"
                        hint="At least 12 characters. A sentence is fine."
                    />
                    <div class="notice">
                        <Icon glyph=Glyph::Info/>
                        <p>"The built-in AI needs no key and no network."</p>
                    </div>
                    <Button submit=true block=true tone=Tone::Primary busy=set_up.pending()>"Create account"</Button>
                </div>
            </ActionForm>
        </section>
    }
}
