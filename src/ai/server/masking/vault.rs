//! The values of one session and their placeholders, for as long as one call lasts.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    ops::Range,
};

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    asked, placeholder,
    rules::{self, Span},
    unmasker::Unmasker,
};
use crate::ai::types::{
    masked::{MaskedKind, MaskedValue},
    settings::Masked,
};

/// What is hidden can change what stands beside it, and make one more rule fit; but not for ever.
const ROUNDS: usize = 4;

/// Values and placeholders. It has no `Debug` of its values: they are never logged.
#[derive(Clone)]
pub struct Vault {
    salt: [u8; 32],
    personal: Masked,
    by_value: HashMap<String, (MaskedKind, String)>,
    by_placeholder: HashMap<String, String>,
    /// In the order in which they were met.
    order: Vec<String>,
    /// Those that may look like any word, and were given as answers to questions for a secret.
    answers: HashSet<String>,
    /// Finds known values where no rule would.
    known: Option<AhoCorasick>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("values", &self.order.len()).finish_non_exhaustive()
    }
}

impl Vault {
    /// An empty one. `salt` belongs to the session, is unknown to models and hard to guess: it keeps placeholders the same through
    /// the session, and different from those of every other.
    pub fn new(salt: impl AsRef<[u8]>, personal: Masked) -> Self {
        Self {
            salt: Sha256::digest(salt).into(),
            personal,
            by_value: HashMap::new(),
            by_placeholder: HashMap::new(),
            order: Vec::new(),
            answers: HashSet::new(),
            known: None,
        }
    }

    /// For texts that are not this account's: what is known here and secrets, but no personal data, of which they hold none.
    #[must_use]
    pub fn secrets_only(self) -> Self {
        Self { personal: Masked::default(), ..self }
    }

    /// Nothing is masked.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The text with placeholders in place of values.
    pub fn mask(&mut self, text: &str) -> String {
        let mut masked = text.to_owned();
        self.mask_all(vec![&mut masked]);
        masked
    }

    /// Masks texts that belong together: a value that one of them gives away is hidden in all.
    pub fn mask_all(&mut self, mut texts: Vec<&mut String>) {
        for _ in 0..ROUNDS {
            for text in &texts {
                self.learn(text);
            }
            self.look_out();
            let mut changed = false;
            for text in &mut texts {
                if let Some(hidden) = self.hide(text) {
                    **text = hidden;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
    }

    /// Every text of a JSON value. What stands under a name like `password` is hidden whole.
    pub fn mask_value(&mut self, mut value: Value) -> Value {
        self.hide_fields(&mut value);
        let mut texts = Vec::new();
        each_text(&mut value, &mut texts);
        self.mask_all(texts);
        value
    }

    /// The text with the values back in it, save those in addresses.
    pub fn unmask(&self, text: &str) -> String {
        let mut unmasker = self.unmasker();
        let mut restored = unmasker.push(text);
        restored.push_str(&unmasker.finish());
        restored
    }

    /// The same for every text of a JSON value. JSON is to be read first and restored then: what a value holds can never end the
    /// text it stands in.
    pub fn unmask_value(&self, mut value: Value) -> Value {
        let mut texts = Vec::new();
        each_text(&mut value, &mut texts);
        for text in texts {
            *text = self.unmask(text);
        }
        value
    }

    /// The same while it streams.
    pub fn unmasker(&self) -> Unmasker<'_> {
        Unmasker::new(self)
    }

    pub fn value_of(&self, placeholder: &str) -> Option<&str> {
        self.by_placeholder.get(placeholder).map(String::as_str)
    }

    /// All that is masked, as it was met.
    pub fn values(&self) -> Vec<MaskedValue> {
        let entry = |value: &String| {
            let (kind, placeholder) = self.by_value.get(value)?.clone();
            Some(MaskedValue { kind, placeholder, value: value.clone() })
        };
        self.order.iter().filter_map(entry).collect()
    }

    /// What of it people may want to know: values of theirs, not text that only looks like a placeholder.
    pub fn shown(&self) -> Vec<MaskedValue> {
        self.values().into_iter().filter(|value| value.kind != MaskedKind::LookAlike).collect()
    }

    /// Hides a value wherever it stands alone from now on, though it may look like any word.
    pub fn learn_secret(&mut self, value: &str) {
        self.keep(value, MaskedKind::Password);
        self.answers.insert(value.to_owned());
    }

    fn learn(&mut self, text: &str) {
        for value in asked::told(text) {
            self.learn_secret(value);
        }
        for Span { range, kind } in joined(self.found(text)) {
            if let Some(value) = text.get(range) {
                self.keep(value, kind);
            }
        }
    }

    /// What the rules find, without what is hidden already.
    fn found(&self, text: &str) -> Vec<Span> {
        let mut spans = rules::find(text, self.personal);
        let (hidden, alike): (Vec<_>, Vec<_>) = placeholder::all(text)
            .partition(|range| self.value_of(text.get(range.clone()).unwrap_or_default()).is_some());
        spans.extend(alike.into_iter().map(|range| Span { range, kind: MaskedKind::LookAlike }));
        spans.into_iter().flat_map(|span| outside(text, span, &hidden)).collect()
    }

    /// A value's placeholder, made on first sight.
    fn keep(&mut self, value: &str, kind: MaskedKind) -> String {
        if let Some((known, placeholder)) = self.by_value.get(value)
            && *known <= kind
        {
            return placeholder.clone();
        }
        let placeholder = self.fresh(value, kind);
        if let Some((_, old)) = self.by_value.insert(value.to_owned(), (kind, placeholder.clone())) {
            // It stays readable: somebody may have been told it.
            self.by_placeholder.insert(old, value.to_owned());
        } else {
            self.order.push(value.to_owned());
        }
        self.by_placeholder.insert(placeholder.clone(), value.to_owned());
        placeholder
    }

    fn fresh(&self, value: &str, kind: MaskedKind) -> String {
        let code = |n: u32| {
            let hash = Sha256::new_with_prefix(self.salt).chain_update(n.to_be_bytes()).chain_update(value).finalize();
            placeholder::write(kind, &hash)
        };
        let free = |placeholder: &String| self.value_of(placeholder).is_none_or(|known| known == value);
        (0..).map(code).find(free).unwrap_or_default()
    }

    /// Known values are looked for from now on, wherever they stand.
    fn look_out(&mut self) {
        let values: Vec<_> =
            self.order.iter().filter(|value| rules::is_telling(value) || self.answers.contains(*value)).collect();
        self.known = (!values.is_empty())
            .then(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(values).ok())
            .flatten();
    }

    fn hide_fields(&mut self, value: &mut Value) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(|value| self.hide_fields(value)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) if rules::names_a_secret(name, text) => {
                            *text = self.keep(text, MaskedKind::Password);
                        }
                        _ => self.hide_fields(value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// The text with what is known or found in it hidden; `None` where there is nothing.
    fn hide(&mut self, text: &str) -> Option<String> {
        let mut spans = self.found(text);
        if let Some(known) = &self.known {
            let hidden: Vec<_> = placeholder::all(text).collect();
            let bare =
                known.find_iter(text).map(|found| found.range()).filter(|range| rules::stands_alone(text, range));
            let bare = bare.filter(|range| {
                let next = hidden.partition_point(|taken| taken.end <= range.start);
                hidden.get(next).is_none_or(|taken| taken.start >= range.end)
            });
            let kind = |range: &Range<usize>| text.get(range.clone()).and_then(|value| self.by_value.get(value));
            spans.extend(bare.filter_map(|range| Some(Span { kind: kind(&range)?.0, range })));
        }
        if spans.is_empty() {
            return None;
        }
        let mut masked = String::with_capacity(text.len());
        let mut at = 0;
        for Span { range, kind } in joined(spans) {
            masked.push_str(text.get(at..range.start).unwrap_or_default());
            masked.push_str(&self.keep(text.get(range.clone()).unwrap_or_default(), kind));
            at = range.end;
        }
        masked.push_str(text.get(at..).unwrap_or_default());
        Some(masked)
    }
}

/// The parts of a span that no placeholder covers, if they say anything.
fn outside(text: &str, span: Span, hidden: &[Range<usize>]) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut at = span.range.start;
    let first = hidden.partition_point(|taken| taken.end <= at);
    for taken in hidden.iter().skip(first).take_while(|taken| taken.start < span.range.end) {
        parts.push(at..taken.start.max(at));
        at = taken.end;
    }
    parts.push(at..span.range.end.max(at));
    let whole = parts.len() == 1;
    let says = |range: &Range<usize>| {
        !range.is_empty()
            && (whole || text.get(range.clone()).is_some_and(|part| part.chars().any(char::is_alphanumeric)))
    };
    parts.into_iter().filter(says).map(|range| Span { range, kind: span.kind }).collect()
}

/// Spans in order, those that overlap as one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.range.start, std::cmp::Reverse(span.range.end), span.kind));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.range.start < last.range.end => {
                if last.range == span.range {
                    last.kind = last.kind.min(span.kind);
                }
                last.range.end = last.range.end.max(span.range.end);
            }
            _ => joined.push(span),
        }
    }
    joined
}

fn each_text<'v>(value: &'v mut Value, texts: &mut Vec<&'v mut String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter_mut().for_each(|value| each_text(value, texts)),
        Value::Object(fields) => fields.values_mut().for_each(|value| each_text(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
