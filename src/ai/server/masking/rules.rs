//! Looks for values by the rules of the table. Each pattern takes time linear in the text; none looks back.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    cards,
    checks::{self, Hit},
    placeholder::{self, Start},
    table::{RULES, Rule},
};
use crate::ai::types::{masked::MaskedKind, settings::Masked};

/// A value in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub range: Range<usize>,
    pub kind: MaskedKind,
}

static COMPILED: LazyLock<Vec<(Regex, &Rule)>> =
    LazyLock::new(|| RULES.iter().filter_map(|rule| Some((Regex::new(rule.pattern).ok()?, rule))).collect());

const fn wanted(kind: MaskedKind, personal: Masked) -> bool {
    match kind {
        MaskedKind::Email => personal.emails,
        MaskedKind::IpAddress => personal.ip_addresses,
        MaskedKind::HostName => personal.host_names,
        MaskedKind::Name => personal.names,
        MaskedKind::PrivateKey
        | MaskedKind::Password
        | MaskedKind::Login
        | MaskedKind::Token
        | MaskedKind::Key
        | MaskedKind::Card
        | MaskedKind::Identity
        | MaskedKind::LookAlike => true,
    }
}

/// Everything that a rule takes for a value; spans may overlap.
pub fn find(text: &str, personal: Masked) -> Vec<Span> {
    let mut spans = private_keys(text);
    spans.extend(cards::find(text));
    for (pattern, rule) in COMPILED.iter().filter(|(_, rule)| wanted(rule.kind, personal)) {
        for found in pattern.captures_iter(text) {
            let Some(value) = found.name("v").or_else(|| found.get(0)) else { continue };
            let range = if rule.bare { bare(text, value.range()) } else { value.range() };
            let hit = Hit {
                before: text.get(..range.start).unwrap_or_default(),
                value: text.get(range.clone()).unwrap_or_default(),
                after: text.get(range.end..).unwrap_or_default(),
            };
            if !hit.value.is_empty() && (rule.check)(hit) {
                spans.push(Span { range, kind: rule.kind });
            }
        }
    }
    spans
}

/// The value without the quotes around it, or without what ends the sentence.
fn bare(text: &str, range: Range<usize>) -> Range<usize> {
    let value = text.get(range.clone()).unwrap_or_default();
    for (open, close) in [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('„', '“'), ('„', '”'), ('«', '»')]
    {
        if let Some(inner) = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            let start = range.start + open.len_utf8();
            return start..start + inner.len();
        }
    }
    let left = value.trim_start_matches(['"', '\'', '`', '“', '„', '«', '*', '(']);
    let inner = left.trim_end_matches(['.', ',', ';', ':', ')', ']', '}', '>', '"', '\'', '`', '”', '“', '»', '\\']);
    let start = range.start + value.len() - left.len();
    start..start + inner.len()
}

/// PEM blocks with their armour, also where the end is cut off. By hand: how far one goes depends on what follows.
fn private_keys(text: &str) -> Vec<Span> {
    const BEGIN: &str = "-----BEGIN ";
    let mut spans = Vec::new();
    for (at, _) in text.match_indices(BEGIN) {
        let head = text.get(at + BEGIN.len()..).unwrap_or_default();
        let Some(named) = head.find("-----").filter(|end| *end <= 40) else { continue };
        if !head.get(..named).is_some_and(|name| name.contains("PRIVATE KEY")) {
            continue;
        }
        let body = at + BEGIN.len() + named + 5;
        let rest = text.get(body..).unwrap_or_default();
        let dashes = rest.find("-----");
        let whole = dashes.and_then(|dashes| {
            let tail = rest.get(dashes..)?.strip_prefix("-----END ")?;
            tail.find("-----").filter(|end| *end <= 40).map(|end| body + dashes + 9 + end + 5)
        });
        let end =
            whole.unwrap_or_else(|| body + key_lines(rest.get(..dashes.unwrap_or(rest.len())).unwrap_or_default()));
        spans.push(Span { range: at..end, kind: MaskedKind::PrivateKey });
    }
    spans
}

/// How much of a text is lines of a key whose end is missing.
fn key_lines(text: &str) -> usize {
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\\');
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        let said = line.trim();
        let header = said
            .split_once(": ")
            .is_some_and(|(name, _)| ["Proc-Type", "DEK-Info", "Comment", "Version"].contains(&name));
        if !(said.is_empty() || header || said.chars().all(base64)) {
            let word = said.split_whitespace().next().unwrap_or_default();
            let starts = word.len() >= 32 && word.chars().all(base64);
            return if starts { length + line.find(word).unwrap_or_default() + word.len() } else { length };
        }
        length += line.len();
    }
    length
}

/// A value that means the same wherever it stands, so that it is hidden there too: no plain word.
pub fn is_telling(value: &str) -> bool {
    let length = value.chars().count();
    let plain =
        value.chars().skip(1).all(|c| c.is_lowercase() || !c.is_alphabetic()) && value.chars().all(char::is_alphabetic);
    let number = value.chars().all(|c| c.is_ascii_digit());
    !plain && !matches!(placeholder::start(value), Start::Yes(_)) && if number { length >= 8 } else { length >= 4 }
}

/// Whether a value found in a text is no part of a longer word.
pub fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let runs_on = |outside: Option<char>, edge: Option<char>| {
        outside.is_some_and(char::is_alphanumeric) && edge.is_some_and(char::is_alphanumeric)
    };
    let value = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let after = text.get(range.end..).and_then(|tail| tail.chars().next());
    !runs_on(before, value.chars().next()) && !runs_on(after, value.chars().next_back())
}

/// Whether the field of this name holds a secret.
pub fn names_a_secret(name: &str, value: &str) -> bool {
    const NAMES: [&str; 9] =
        ["password", "passwd", "passwort", "passphrase", "pwd", "secret", "apikey", "accesstoken", "privatekey"];
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    NAMES.iter().any(|secret| name.ends_with(secret))
        && !checks::is_stand_in(value)
        && !value.is_empty()
        && placeholder::start(value) != Start::Yes(value.len())
}

#[cfg(test)]
pub(super) fn compiled() -> usize {
    COMPILED.len()
}
