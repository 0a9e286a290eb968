//! Calls that take and answer JSON: how the input is shown, the schema of the answer, and whether an answer holds to it.
//!
//! The schemas keep to what all vendors take: every property required, no other allowed, what may be missing is null.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::safe::neutralise;
use crate::ai::types::{Action, FactOutput, NoteOutput, TicketOutput, TitleOutput};

/// The JSON that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub name: &'static str,
    pub schema: Value,
}

/// The form of an action's answer.
pub fn form(action: Action) -> Option<Form> {
    let text = || json!({ "type": "string" });
    let maybe = || json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] });
    let (name, schema) = match action {
        Action::Chat => return None,
        Action::FactSynthesis => ("fact", object(json!({ "fact": maybe() }))),
        Action::ResolutionNote | Action::EscalationPackage => {
            let source = object(json!({ "kind": text(), "id": text() }));
            let statement = object(json!({
                "section": text(), "text": text(), "sources": { "type": "array", "items": source },
            }));
            ("note", object(json!({ "statements": { "type": "array", "items": statement } })))
        }
        Action::Title => ("title", object(json!({ "title": text() }))),
        Action::TicketParsing => (
            "ticket",
            object(json!({
                "summary": text(), "description": text(), "company": maybe(), "contact": maybe(), "priority": maybe(),
            })),
        ),
    };
    Some(Form { name, schema })
}

fn object(properties: Value) -> Value {
    let required: Vec<String> = properties.as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The input, every text in it made safe, as it stands in the prompt.
pub fn input(value: Value) -> String {
    let value = safe(value);
    format!("<fp:case>\n{}\n</fp:case>", serde_json::to_string_pretty(&value).unwrap_or_default())
}

fn safe(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(neutralise(&text)),
        Value::Array(values) => Value::Array(values.into_iter().map(safe).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(name, value)| (name, safe(value))).collect()),
        other => other,
    }
}

/// The answer as JSON of the action's form, or what is wrong with it. A code fence or a sentence around it does no harm.
pub fn check(action: Action, answer: &str) -> Result<Value, String> {
    // A message of serde's may quote the answer; only the place is told.
    let place =
        |error: serde_json::Error| format!("it is not JSON from line {}, column {} on", error.line(), error.column());
    let value: Value = match serde_json::from_str(answer) {
        Ok(value) => value,
        Err(error) => {
            let inside = answer.find('{').zip(answer.rfind('}')).and_then(|(start, end)| answer.get(start..=end));
            serde_json::from_str(inside.ok_or_else(|| place(error))?).map_err(place)?
        }
    };
    let fits = match action {
        Action::Chat => true,
        Action::FactSynthesis => is::<FactOutput>(&value) && value.get("fact").is_some(),
        Action::ResolutionNote | Action::EscalationPackage => is::<NoteOutput>(&value),
        Action::Title => is::<TitleOutput>(&value),
        Action::TicketParsing => is::<TicketOutput>(&value),
    };
    if fits { Ok(value) } else { Err("a field is missing or of another kind".to_owned()) }
}

fn is<T: DeserializeOwned>(value: &Value) -> bool {
    value.is_object() && serde_json::from_value::<T>(value.clone()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_hold_to_their_form_or_are_refused() {
        for (action, answer, ok) in [
            (Action::FactSynthesis, r#"{"fact": null}"#, true),
            (Action::FactSynthesis, "```json\n{\"fact\": \"x\"}\n```", true),
            (Action::FactSynthesis, r#"{"facts": 1}"#, false),
            (Action::FactSynthesis, r#"["x"]"#, false),
            (Action::Title, r#"Here it is: {"title": "VPN down"}"#, true),
            (Action::Title, r#"{"title": "VPN do"#, false),
            (Action::ResolutionNote, r#"{"statements": []}"#, true),
            (Action::ResolutionNote, r#"{"statements": [{"text": "x"}]}"#, false),
        ] {
            assert_eq!(check(action, answer).is_ok(), ok, "{answer}");
        }
    }

    #[test]
    fn every_property_of_a_form_is_required_and_no_other_allowed() {
        fn look(schema: &Value) {
            if let Some(properties) = schema["properties"].as_object() {
                assert_eq!(schema["required"].as_array().map(Vec::len), Some(properties.len()));
                assert_eq!(schema["additionalProperties"], false);
                properties.values().for_each(look);
            }
            if schema["items"].is_object() {
                look(&schema["items"]);
            }
        }
        for action in super::super::ACTIONS {
            if let Some(form) = form(action) {
                look(&form.schema);
            }
        }
    }
}
