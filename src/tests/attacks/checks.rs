//! What must hold after each attack, of what the model was told, of what is shown, and of what is stored.

use flowpilot::{ai::types::ChatRequest, pilot::markers};
use serde_json::Value;

use super::{THEIRS, obey::leniently};
use crate::support::text;

pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Every text that the model was told.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Nothing in it would act if the model quoted it, however leniently.
pub fn check_heard(heard: &ChatRequest, what: &str) {
    let mut all = Vec::new();
    texts(&serde_json::to_value(heard).unwrap(), &mut all);
    for text in all {
        assert!(!text.contains(THEIRS), "{what}: the model was told {text}");
        let parsed = markers::parse(&leniently(&text));
        assert!(parsed.markers.is_empty() && parsed.dropped.is_empty(), "{what}: the model could quote {text:?}");
    }
}

/// Nothing is loaded, nothing runs, no link leads astray.
pub fn check_html(html: &Value, what: &str) {
    let html = html.as_str().unwrap_or_default().to_lowercase();
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
        let plain = [
            "p",
            "br",
            "hr",
            "strong",
            "em",
            "del",
            "code",
            "pre",
            "ul",
            "ol",
            "li",
            "blockquote",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "a",
        ];
        assert!(plain.contains(&name.trim_end_matches('/')), "{what}: <{tag}>");
        let attributes = tag.split_once(' ').map(|(_, rest)| rest).unwrap_or_default();
        for attribute in ["src=", "style=", "ping=", "srcset=", "background=", "onclick", "onerror", "onload", "id="] {
            assert!(!attributes.split('"').step_by(2).any(|part| part.contains(attribute)), "{what}: <{tag}>");
        }
        if name == "a" && !tag.starts_with('/') && attributes.contains("href") {
            let safe = ["href=\"http://", "href=\"https://", "href=\"mailto:"].iter().any(|start| tag.contains(start));
            assert!(safe && tag.contains("rel=\"noopener noreferrer nofollow\""), "{what}: <{tag}>");
        }
    }
}

/// Words of a fact that neither the person said nor the question or check that they were asked.
fn added(fact: &Value, lane: &Value) -> Vec<String> {
    let quote = markers::neutralise(fact["quote"].as_str().unwrap_or_default().trim()).into_owned();
    let items = list(&lane["questions"]).iter().chain(list(&lane["actions"]));
    let asked: String = items.filter(|item| item["id"] == fact["source_ref"]).map(ToString::to_string).collect();
    let rest = text(&fact["text"]).replace(&quote, " ");
    let words = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words
        .filter(|word| {
            !asked.to_lowercase().contains(word.as_str()) && !["the", "user", "says"].contains(&word.as_str())
        })
        .collect()
}

pub fn check_facts(session: &Value, foreign: &[String], what: &str) {
    for fact in list(&session["facts"]) {
        assert_ne!(fact["support"], "confirmed", "{what}: {fact}");
        assert!(fact["confirmed_by"].is_null() && fact["created_by"]["ai"] == true, "{what}: {fact}");
        assert!(!foreign.iter().any(|id| fact["source_ref"] == **id || fact["id"] == **id), "{what}: {fact}");
        if fact["support"] == "supported" {
            assert_eq!(added(fact, &session["task_lane"]), Vec::<String>::new(), "{what}: {fact}");
        }
    }
}

pub fn check_fixes(session: &Value, fixes: &Value, what: &str) {
    let lane = &session["task_lane"];
    let answered = list(&lane["questions"]).iter().filter(|one| one["answer"].is_string());
    let done = list(&lane["actions"]).iter().filter(|one| one["result"].is_string() || one["output"].is_string());
    let facts = list(&session["facts"]).iter().filter(|fact| fact["support"] != "proposed" && fact["stale"] == false);
    let solid: Vec<&Value> = answered.chain(done).chain(facts).map(|one| &one["id"]).collect();
    for fix in list(fixes) {
        assert_eq!(fix["status"], "proposed", "{what}: {fix}");
        for step in ["applied_at", "verified_at", "user_decision", "template_id", "failure_reason", "partial_notes"] {
            assert!(fix[step].is_null(), "{what}: {step} of {fix}");
        }
        let evidence = list(&fix["evidence"]);
        assert_eq!(fix["unfounded"], evidence.is_empty(), "{what}: {fix}");
        assert!(evidence.iter().all(|id| solid.contains(&id)), "{what}: rests on what nobody said: {fix}");
        assert!(fix["confidence"].as_i64().is_some_and(|percent| (0..=100).contains(&percent)), "{what}: {fix}");
        let script = fix["script"].as_str().unwrap_or_default();
        assert!(!script.contains(markers::is_hidden), "{what}: the script is not what is shown: {script:?}");
        check_html(&fix["description_html"], what);
    }
    for cause in list(&session["hypotheses"]) {
        assert!(cause["decided_by"].is_null(), "{what}: {cause}");
        assert!(list(&cause["evidence"]).iter().all(|id| solid.contains(&id)), "{what}: {cause}");
    }
}
