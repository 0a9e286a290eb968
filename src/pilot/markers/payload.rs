//! What the blocks say, typed: the drafts, and the rules by which JSON becomes one.
//!
//! Texts are trimmed and must not be empty; what is to be run (`command`, `script`) stays as it was written. Where a
//! list is meant one object will do, where an object is meant a list of one. Unknown fields are ignored;
//! a field of the wrong type or an unknown word makes its item invalid.

use serde::de::{DeserializeOwned, Error, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Marker, MarkerName, json};
use crate::pilot::types::{FixOutcome, HypothesisStatus, ScriptLanguage, SourceType};

/// A question for the lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionDraft {
    #[serde(deserialize_with = "text")]
    pub text: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub why: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    pub options: Vec<String>,
}

/// A diagnostic check for the lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionDraft {
    #[serde(deserialize_with = "text")]
    pub label: String,
    #[serde(default, deserialize_with = "verbatim")]
    pub command: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub expect: Option<String>,
}

/// A fact to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromoteDraft {
    #[serde(deserialize_with = "text")]
    pub text: String,
    pub source_type: SourceType,
    /// The lane item's id, as the model wrote it.
    #[serde(default, deserialize_with = "optional_text")]
    pub source_ref: Option<String>,
}

/// A competing cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HypothesisDraft {
    #[serde(deserialize_with = "text")]
    pub text: String,
    pub status: HypothesisStatus,
    #[serde(default, deserialize_with = "optional_text")]
    pub because: Option<String>,
    /// Ids of facts and lane items, as the model wrote them.
    #[serde(default, deserialize_with = "texts")]
    pub evidence: Vec<String>,
}

/// A fix to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixDraft {
    #[serde(deserialize_with = "text")]
    pub title: String,
    #[serde(deserialize_with = "text")]
    pub description: String,
    /// In percent: rounded and clamped to 0–100.
    #[serde(deserialize_with = "percent")]
    pub confidence: u8,
    /// Ids of facts and lane items, as the model wrote them.
    #[serde(default, deserialize_with = "texts")]
    pub evidence: Vec<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub risk: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub rollback: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub template_id: Option<String>,
    #[serde(default, deserialize_with = "verbatim")]
    pub script: Option<String>,
    #[serde(default, deserialize_with = "language")]
    pub language: Option<ScriptLanguage>,
    /// Any JSON; the service holds it against the script's parameters.
    #[serde(default)]
    pub parameters: Option<Value>,
}

/// How the fix turned out, as the model understood it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeDraft {
    pub outcome: FixOutcome,
    #[serde(default, deserialize_with = "optional_text")]
    pub reason: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub notes: Option<String>,
}

/// Reads the payload of the block `name`.
pub(super) fn read(name: MarkerName, payload: &str) -> Option<Marker> {
    let value = json::read(payload)?;
    Some(match name {
        MarkerName::Questions => Marker::Questions(list(value)?),
        MarkerName::Actions => Marker::Actions(list(value)?),
        MarkerName::Promote => Marker::Promote(list(value)?),
        MarkerName::Hypotheses => Marker::Hypotheses(list(value)?),
        MarkerName::SuggestFix => Marker::SuggestFix(Box::new(single(value)?)),
        MarkerName::FixOutcome => Marker::FixOutcome(single(value)?),
    })
}

/// The valid items; none are fine only where none were written.
fn list<T: DeserializeOwned>(value: Value) -> Option<Vec<T>> {
    let values = entries(value);
    let empty = values.is_empty();
    let items: Vec<T> = values.into_iter().filter_map(item).collect();
    (empty || !items.is_empty()).then_some(items)
}

fn single<T: DeserializeOwned>(value: Value) -> Option<T> {
    let [value] = <[Value; 1]>::try_from(entries(value)).ok()?;
    item(value)
}

fn entries(value: Value) -> Vec<Value> {
    if let Value::Array(values) = value { values } else { vec![value] }
}

/// Only an object is an item: serde would also take a struct's fields from a list.
fn item<T: DeserializeOwned>(value: Value) -> Option<T> {
    value.is_object().then(|| serde_json::from_value(value).ok()).flatten()
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    optional_text(from)?.ok_or_else(|| D::Error::custom("empty text"))
}

fn optional_text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(verbatim(from)?.map(|text| text.trim().to_owned()))
}

fn verbatim<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.filter(|text| !text.trim().is_empty()))
}

/// Empty texts are left out; a number stands for its digits, a single text for a list of one.
fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let values = entries(Option::deserialize(from)?.unwrap_or_else(|| Value::Array(Vec::new())));
    let text = |value: &Value| match value.as_str() {
        Some(text) => Some(text.trim().to_owned()),
        None => value.as_number().map(ToString::to_string),
    };
    let texts = values.iter().map(text).collect::<Option<Vec<_>>>();
    let mut texts = texts.ok_or_else(|| D::Error::custom("neither text nor number"))?;
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// A number, also as text and with a percent sign.
fn percent<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let value = Value::deserialize(from)?;
    let number = match value.as_str() {
        Some(text) => text.trim().trim_end_matches('%').trim_end().parse().ok(),
        None => value.as_f64(),
    };
    let number = number.filter(|number: &f64| number.is_finite());
    let number = number.ok_or_else(|| D::Error::custom("not a number"))?;
    Ok((0..=100).rfind(|&whole| f64::from(whole) - 0.5 <= number).unwrap_or(0))
}

/// In any case: models write `PowerShell`.
fn language<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ScriptLanguage>, D::Error> {
    let word = optional_text(from)?.map(|word| word.to_ascii_lowercase());
    word.map(|word| ScriptLanguage::deserialize(word.into_deserializer())).transpose()
}
