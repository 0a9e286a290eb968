//! What a test of the connection found: each model with its time, or the provider's own words for what went wrong.

use leptos::prelude::*;

use crate::{
    ai::types::settings::{TestReport, Tried},
    ui::{
        icon::{Glyph, Icon},
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn Report(report: RwSignal<Option<TestReport>>, #[prop(into)] testing: Signal<bool>) -> impl IntoView {
    let found = move || {
        report.get().map(|report| {
            let rows = report.tried.into_iter().map(|tried| view! { <Row tried/> }).collect_view();
            view! { <ul class="test-report">{rows}</ul> }
        })
    };
    view! {
        <div role="status" aria-live="polite">
            <When is=testing><p class="muted">"Calling the models…"</p></When>
            {dynamic(found)}
        </div>
    }
}

#[component]
fn Row(tried: Tried) -> impl IntoView {
    let Tried { fallback, provider, model, ok, latency_ms, error } = tried;
    let (class, glyph) = match ok {
        true => ("notice notice--success", Glyph::Check),
        false => ("notice notice--danger", Glyph::Fail),
    };
    let place = if fallback { "Fallback: " } else { "" };
    let said = error.unwrap_or_else(|| format!("Answered in {latency_ms} ms."));
    view! {
        <li class=class>
            <Icon glyph/>
            <div>
                <p><strong>{place}{provider.label()}" · "{model}</strong></p>
                <p>{said}</p>
            </div>
        </li>
    }
}
