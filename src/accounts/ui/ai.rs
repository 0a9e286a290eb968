//! `/account/ai`: which AI answers, with which key, what it may cost and what is masked.

mod budgets;
mod connection;
mod draft;
pub mod line;
mod report;

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use self::{
    budgets::{Budgets, Documentation, Masking},
    connection::ConnectionFields,
    draft::Draft,
    report::Report,
};
use super::tabs::SettingsTabs;
use crate::{
    accounts::rpc,
    ai::types::settings::{AiSettingsView, TestReport},
    error::AppError,
    ui::{
        browser,
        button::{Button, Tone},
        load::{Load, Problem, Reading, reading},
        notices::use_notices,
        split::{self, Split, wasm_split},
        time::Stamp,
        view,
        when::dynamic,
    },
    wire::Ask,
};

pub struct AiSettingsPage {
    settings: Reading<AiSettingsView>,
}

impl LazyRoute for AiSettingsPage {
    fn data() -> Self {
        Self { settings: reading(|| Ask::of(rpc::AiSettings {})) }
    }

    async fn view(page: Self) -> AnyView {
        split::page("account", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: AiSettingsPage) -> Split<AnyView> {
    Ok(view! {
        <Title text="AI settings"/>
        <main class="page page--narrow" id="main" tabindex="-1">
            <header class="page__head"><h1>"AI settings"</h1></header>
            <SettingsTabs/>
            <div class="page__body">
                <Load from=this.settings children=|settings| view! { <SettingsForm settings/> }.into_any()/>
            </div>
        </main>
    })
}

#[component]
fn SettingsForm(settings: AiSettingsView) -> impl IntoView {
    let notices = use_notices();
    let draft = Draft::of(settings);
    let (saving, testing) = (RwSignal::new(false), RwSignal::new(false));
    let report = RwSignal::new(None::<TestReport>);
    // What is wrong with a field is said at the field.
    let refuse = move |error: AppError| match error {
        error @ AppError::Invalid { .. } => {
            draft.error.set(Some(error));
            browser::go_to_wrong_field();
        }
        other => notices.fail(&other),
    };
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        draft.error.set(None);
        // It was about what is no longer there.
        report.set(None);
        let change = match draft.change() {
            Ok(change) => change,
            Err(error) => return refuse(error),
        };
        saving.set(true);
        spawn_local(async move {
            match rpc::change_ai_settings(change).await {
                Ok(saved) => {
                    notices.signed_in();
                    draft.take(saved);
                    notices.say("The AI settings are saved.");
                    // The field of a key makes place for what tells that one is stored.
                    browser::refocus(None, vec![".account-form__end button".to_owned()]);
                }
                Err(error) => refuse(error),
            }
            saving.set(false);
        });
    };
    let test = move || {
        draft.error.set(None);
        report.set(None);
        let change = match draft.change() {
            Ok(change) => change,
            Err(error) => return refuse(error),
        };
        testing.set(true);
        spawn_local(async move {
            match rpc::test_ai_settings(change).await {
                Ok(found) => report.set(Some(found)),
                Err(error) => refuse(error),
            }
            testing.set(false);
        });
    };
    let last_change = move || {
        let at = draft.saved.with(|saved| saved.updated_at)?;
        Some(view! { <small class="muted">"Last changed: "<Stamp at=at.0/></small> })
    };
    view! {
        <form class="form account-form" on:submit=save novalidate>
            <section class="settings" aria-labelledby="primary-name">
                <header>
                    <div>
                        <h2 id="primary-name">"Provider"</h2>
                        <p>"Who answers in every session of this account."</p>
                    </div>
                </header>
                <ConnectionFields draft connection=draft.primary/>
            </section>
            <section class="settings" aria-labelledby="fallback-name">
                <header>
                    <div>
                        <h2 id="fallback-name">"Fallback"</h2>
                        <p>"Asked when the provider does not answer."</p>
                    </div>
                </header>
                <ConnectionFields draft connection=draft.fallback/>
            </section>
            <Budgets draft/>
            <Masking draft/>
            <Documentation draft/>
            <section class="settings account-form__end">
                <Problem error=draft.error/>
                <Report report testing/>
                <div class="row">
                    <Button submit=true tone=Tone::Primary busy=saving>"Save"</Button>
                    <Button busy=testing on_click=test>"Test connection"</Button>
                    <small class="muted">"A test calls each model once, also with what is not saved yet."</small>
                </div>
                {dynamic(last_change)}
            </section>
        </form>
    }
}
