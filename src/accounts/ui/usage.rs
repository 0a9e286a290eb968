//! `/account/usage`: what the AI cost, by day, model and person. Numbers, never content.

mod chart;
mod tables;
mod tiles;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, components::Form, hooks::use_query_map, params::ParamsMap};

use self::{
    chart::Chart,
    tables::{Failures, Models, People},
    tiles::Tiles,
};
use super::tabs::SettingsTabs;
use crate::{
    accounts::rpc,
    ai::types::usage::{UsagePeriod, UsageReport, grouped},
    ui::{
        icon::{Glyph, Icon},
        load::{Empty, Load, Reading, reading},
        split::{self, Split, wasm_split},
        view,
    },
    wire::Ask,
};

const SPANS: [(&str, &str); 4] = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")];

pub struct UsagePage {
    usage: Reading<UsageReport>,
}

fn period(query: &ParamsMap) -> UsagePeriod {
    let word = |name| query.get(name).filter(|word: &String| !word.trim().is_empty());
    UsagePeriod { from: word("from"), to: word("to"), days: word("days") }
}

impl LazyRoute for UsagePage {
    fn data() -> Self {
        let query = use_query_map();
        let wanted = Memo::new(move |_| query.with(period));
        Self { usage: reading(move || Ask::of(rpc::Usage { period: wanted.get() })) }
    }

    async fn view(page: Self) -> AnyView {
        split::page("account", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(this: UsagePage) -> Split<AnyView> {
    Ok(view! {
        <Title text="AI usage"/>
        <main class="page" id="main" tabindex="-1">
            <header class="page__head"><h1>"AI usage"</h1></header>
            <SettingsTabs/>
            <div class="page__body">
                <Load from=this.usage children=|report| view! { <Usage report/> }.into_any()/>
            </div>
        </main>
    })
}

#[component]
fn Usage(report: UsageReport) -> impl IntoView {
    let (from, to) = (report.from.clone(), report.to.clone());
    if report.totals.sums.calls == 0 {
        return view! {
            <Picker from to/>
            <Empty glyph=Glyph::Info title="No calls in this period">
                <p>"Once a model is asked, this page shows what it cost, by day, model and person."</p>
                <a class="btn" href="/account/ai">"AI settings"</a>
            </Empty>
        }
        .into_any();
    }
    let unpriced = report.totals.sums.unpriced;
    let note = format!(
        "Costs are made of the vendors' prices of {}. What was not counted, because an answer broke off or its server counts nothing, is estimated.",
        report.prices_of
    );
    let left_out = (unpriced > 0).then(|| {
        let calls = if unpriced == 1 { "1 call went".to_owned() } else { format!("{} calls went", count(unpriced)) };
        format!(" {calls} to models without a known price (—) and are in no sum.")
    });
    view! {
        <Picker from to/>
        <Tiles totals=report.totals/>
        <Chart days=report.days/>
        <Models models=report.models/>
        <People people=report.people/>
        <Failures errors=report.errors/>
        <p class="muted usage-note">{note}{left_out}</p>
    }
    .into_any()
}

/// A count of a row; it is never below zero.
fn count(number: i64) -> String {
    grouped(number.unsigned_abs())
}

#[component]
fn Picker(from: String, to: String) -> impl IntoView {
    let query = use_query_map();
    let span = move |(days, label): (&'static str, &'static str)| {
        let chosen = move || {
            query.with(|query| match period(query) {
                UsagePeriod { from: None, to: None, days: None } => days == "30",
                UsagePeriod { from: None, to: None, days: Some(chosen) } => chosen == days,
                _ => false,
            })
        };
        view! { <a href=format!("/account/usage?days={days}") aria-current=move || chosen().then_some("true")>{label}</a> }
    };
    let table = format!("/api/v1/accounts/me/usage.csv?from={from}&to={to}");
    view! {
        <div class="filters usage-picker">
            <nav class="segmented" aria-label="Period">{SPANS.map(span).into_iter().collect_view()}</nav>
            <Form method="GET" action="/account/usage" attr:class="row">
                <input class="field" type="date" name="from" value=from aria-label="First day" required/>
                <input class="field" type="date" name="to" value=to aria-label="Last day" required/>
                <button class="btn" type="submit">"Show"</button>
            </Form>
            <a class="btn end" href=table rel="external" download>
                <Icon glyph=Glyph::Download/>
                "CSV"
            </a>
        </div>
    }
}
