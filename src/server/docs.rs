//! The page to read the API by, made once from the OpenAPI document itself. It needs no script.

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use leptos::prelude::*;
use serde_json::Value;
use utoipa::openapi::OpenApi;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document as a page with the application's style sheet.
pub fn page(document: &OpenApi, stylesheet: &str) -> Response {
    let document = serde_json::to_value(document).unwrap_or_default();
    let html = Owner::new().with(|| body(&document, stylesheet).to_html());
    let mut response = Html(format!("<!doctype html>{html}")).into_response();
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

fn body(document: &Value, stylesheet: &str) -> AnyView {
    let operations: Vec<_> = entries(&document["paths"])
        .flat_map(|(path, item)| METHODS.iter().filter_map(move |method| Some((*method, path, item.get(*method)?))))
        .map(|(method, path, of)| operation(method, path, of))
        .collect();
    let schemas: Vec<_> = entries(&document["components"]["schemas"]).map(|(name, of)| schema(name, of)).collect();
    view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>"API · FlowPilot"</title>
                <link rel="stylesheet" href=stylesheet.to_owned()/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
            </head>
            <body>
                <main class="page">
                    <header class="page__head"><h1>"FlowPilot API"</h1></header>
                    <div class="page__body prose">
                        <p>{text(document, "/info/description")}</p>
                        <p><a href="/api/v1/openapi.json">"openapi.json"</a>" is the document that this page is made from."</p>
                    </div>
                    <div class="page__body api-doc__list"><h2>"Operations"</h2>{operations}<h2>"Schemas"</h2>{schemas}</div>
                </main>
            </body>
        </html>
    }
    .into_any()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn operation(method: &str, path: &str, of: &Value) -> AnyView {
    let parameters: Vec<_> = of["parameters"].as_array().into_iter().flatten().map(parameter).collect();
    let responses: Vec<_> = entries(&of["responses"])
        .map(|(status, answer)| {
            let body = content(answer).map(type_of);
            view! { <tr><td>{status.clone()}</td><td>{body}</td></tr> }
        })
        .collect();
    let body =
        content(&of["requestBody"]).map(|schema| view! { <h3>"Body"</h3><p class="schema">{type_of(schema)}</p> });
    let has_parameters = !parameters.is_empty();
    view! {
        <details class="operation">
            <summary>
                <span class=format!("method method--{method}")>{method.to_uppercase()}</span>
                <code>{format!("/api/v1{path}")}</code>
                <small>{text(of, "/summary")}</small>
            </summary>
            <div>
                <p>{text(of, "/description")}</p>
                {has_parameters.then(|| view! {
                    <h3>"Parameters"</h3>
                    <div class="table-wrap" tabindex="0" role="region" aria-label="Parameters">
                        <table class="table">
                            <thead><tr><th>"Name"</th><th>"In"</th><th>"Type"</th><th>"Meaning"</th></tr></thead>
                            <tbody>{parameters}</tbody>
                        </table>
                    </div>
                })}
                {body}
                <h3>"Answers"</h3>
                <table class="table"><thead><tr><th>"Status"</th><th>"Body"</th></tr></thead><tbody>{responses}</tbody></table>
            </div>
        </details>
    }
    .into_any()
}

fn parameter(of: &Value) -> AnyView {
    let required = if of["required"] == Value::Bool(true) { ", required" } else { "" };
    view! {
        <tr>
            <td><code>{text(of, "/name")}</code></td>
            <td>{text(of, "/in")}{required}</td>
            <td>{type_of(&of["schema"])}</td>
            <td>{text(of, "/description")}</td>
        </tr>
    }
    .into_any()
}

fn content(of: &Value) -> Option<&Value> {
    of["content"].as_object()?.values().next()?.get("schema")
}

fn schema(name: &str, of: &Value) -> AnyView {
    let words: Vec<_> = of["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let words = (!words.is_empty()).then(|| format!("One of: {}.", words.join(", ")));
    let required: Vec<_> = of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields: Vec<_> = entries(&of["properties"])
        .map(|(field, property)| {
            let optional = (!required.contains(&field.as_str())).then_some(" (may be left out)");
            view! { <li>{field.clone()}" "<i>{type_of(property)}</i>{optional}" "<small>{text(property, "/description")}</small></li> }
        })
        .collect();
    view! {
        <details class="operation" id=name.to_owned()>
            <summary><code>{name.to_owned()}</code><small>{text(of, "/description")}</small></summary>
            <div class="schema">{words}<ul>{fields}</ul></div>
        </details>
    }
    .into_any()
}

/// A schema's type in words, with links to the schemas that have a name.
fn type_of(schema: &Value) -> AnyView {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        let place = format!("#{name}");
        return view! { <a href=place>{name}</a> }.into_any();
    }
    if let Some(options) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let last = options.len().saturating_sub(1);
        let options = options.iter().enumerate().map(|(n, one)| view! { {type_of(one)}{(n < last).then_some(" or ")} });
        return options.collect_view().into_any();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    let format = schema["format"].as_str();
    let names: Vec<_> =
        kinds.iter().map(|kind| if *kind == "string" { format.unwrap_or(kind) } else { kind }).collect();
    let names = names.join(" or ");
    if kinds.contains(&"array") {
        return view! { {names}" of "{type_of(&schema["items"])} }.into_any();
    }
    names.into_any()
}
