//! Usage by model and by person, and what went wrong.

use leptos::prelude::*;

use super::{
    count,
    tiles::{UNKNOWN, money, seconds},
};
use crate::ai::types::{
    Vendor,
    usage::{ErrorUsage, ModelUsage, PersonUsage, Sums},
};
use crate::ui::view;

/// A table under a heading; on a phone each row is a card.
#[component]
fn Listed(title: &'static str, columns: &'static [&'static str], rows: Vec<AnyView>) -> impl IntoView {
    let heads = columns.iter().map(|name| {
        let class = (*name == "Cost").then_some("number");
        view! { <th scope="col" class=class>{*name}</th> }
    });
    let heads = heads.collect_view();
    view! {
        <section class="settings">
            <h2>{title}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=title>
                <table class="table table--cards" role="table">
                    <thead><tr role="row">{heads}</tr></thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn share(sums: &Sums) -> String {
    sums.cache_share().map_or_else(|| UNKNOWN.to_owned(), |share| format!("{share} %"))
}

#[component]
pub fn Models(models: Vec<ModelUsage>) -> impl IntoView {
    let row = |used: ModelUsage| {
        let sums = used.sums;
        let sent = sums.input_tokens + sums.cache_read_tokens + sums.cache_write_tokens;
        view! {
            <tr role="row">
                <td role="cell" class="wide"><strong>{used.model}</strong></td>
                <td role="cell">{Vendor::label_of(&used.provider)}</td>
                <td role="cell" data-label="Calls">{count(sums.calls)}</td>
                <td role="cell" data-label="Failed">{count(sums.failed)}</td>
                <td role="cell" data-label="Tokens sent">{count(sent)}</td>
                <td role="cell" data-label="Tokens written">{count(sums.output_tokens)}</td>
                <td role="cell" data-label="From the cache">{share(&sums)}</td>
                <td role="cell" data-label="Average time">{seconds(used.average_latency_ms)}</td>
                <td role="cell" data-label="Cost" class="number">{money(sums.known_cost())}</td>
            </tr>
        }
        .into_any()
    };
    let columns = &[
        "Model",
        "Provider",
        "Calls",
        "Failed",
        "Tokens sent",
        "Tokens written",
        "From the cache",
        "Average time",
        "Cost",
    ];
    view! { <Listed title="By model" columns rows=models.into_iter().map(row).collect()/> }
}

#[component]
pub fn People(people: Vec<PersonUsage>) -> impl IntoView {
    let row = |used: PersonUsage| {
        let sums = used.sums;
        view! {
            <tr role="row">
                <td role="cell" class="wide"><strong>{used.name}</strong></td>
                <td role="cell" data-label="Sessions">{count(used.sessions)}</td>
                <td role="cell" data-label="Calls">{count(sums.calls)}</td>
                <td role="cell" data-label="Failed">{count(sums.failed)}</td>
                <td role="cell" data-label="From the cache">{share(&sums)}</td>
                <td role="cell" data-label="Cost" class="number">{money(sums.known_cost())}</td>
            </tr>
        }
        .into_any()
    };
    let columns = &["Person", "Sessions", "Calls", "Failed", "From the cache", "Cost"];
    view! { <Listed title="By person" columns rows=people.into_iter().map(row).collect()/> }
}

#[component]
pub fn Failures(errors: Vec<ErrorUsage>) -> impl IntoView {
    if errors.is_empty() {
        return ().into_any();
    }
    let row = |failure: ErrorUsage| {
        view! {
            <tr role="row">
                <td role="cell" class="wide"><strong>{failure.code.replace('_', " ")}</strong></td>
                <td role="cell" data-label="Calls">{count(failure.calls)}</td>
            </tr>
        }
        .into_any()
    };
    let rows = errors.into_iter().map(row).collect();
    view! { <Listed title="What went wrong" columns=&["Error", "Calls"] rows/> }.into_any()
}
