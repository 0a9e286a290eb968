//! Facts that cannot both be true, as far as words tell: the same statement with and without a *not*, with opposite words, or
//! with another measure. Pointed out to people, never resolved.

use std::collections::HashMap;

use crate::{ids::FactId, pilot::types::Fact};

/// Words that turn a statement round.
const NEGATIONS: &[&str] = &["not", "no", "never", "none", "nothing", "without", "neither", "cannot"];
/// Words that carry no statement.
const SMALL: &[&str] = &[
    "a", "an", "the", "is", "are", "was", "were", "be", "been", "do", "does", "did", "has", "have", "had", "it", "its",
    "of", "to", "in", "on", "at", "and", "that", "this", "there", "any", "still", "now", "can", "could", "will",
];
/// Of each pair the second is the first turned round.
const OPPOSITES: &[(&str, &str)] = &[
    ("online", "offline"),
    ("enabled", "disabled"),
    ("enable", "disable"),
    ("connected", "disconnected"),
    ("locked", "unlocked"),
    ("running", "stopped"),
    ("works", "fails"),
    ("work", "fail"),
    ("worked", "failed"),
    ("reachable", "unreachable"),
    ("available", "unavailable"),
    ("valid", "expired"),
    ("installed", "missing"),
    ("same", "different"),
    ("open", "closed"),
    ("correct", "wrong"),
];
const UNITS: &[&str] = &[
    "%", "percent", "kb", "mb", "gb", "tb", "ms", "s", "seconds", "minutes", "hours", "days", "weeks", "times",
    "users", "mbit", "mbps",
];

/// What a statement is about, and which way it goes.
#[derive(Debug, PartialEq, Eq)]
struct Claim {
    /// Sorted words, without small words, negations and measures.
    about: Vec<String>,
    turned: bool,
    measures: Vec<String>,
}

impl Claim {
    fn of(text: &str) -> Self {
        let text = text.chars().map(lower).collect::<String>().replace(['’', '\''], "'").replace("n't", " not");
        let words: Vec<&str> = text
            .split(|c: char| !(is_letter(c) || matches!(c, '-' | '.' | '%' | '_' | '\\' | '/' | '@')))
            .map(|word| word.trim_matches(|c| matches!(c, '.' | '-' | '/')))
            .filter(|word| !word.is_empty())
            .collect();
        let mut claim = Self { about: Vec::new(), turned: false, measures: Vec::new() };
        for (n, word) in words.iter().enumerate() {
            if NEGATIONS.contains(word) {
                claim.turned = !claim.turned;
            } else if let Some((word, _)) = OPPOSITES.iter().find(|(_, opposite)| opposite == word) {
                claim.turned = !claim.turned;
                claim.about.push(stem(word).to_owned());
            } else if is_measure(word, words.get(n + 1).copied()) {
                claim.measures.push((*word).to_owned());
            } else if !SMALL.contains(word) {
                claim.about.push(stem(word).to_owned());
            }
        }
        claim.about.sort_unstable();
        claim
    }

    fn contradicts(&self, other: &Self) -> bool {
        let measured = !self.measures.is_empty() && !other.measures.is_empty();
        self.turned != other.turned || (measured && self.measures != other.measures)
    }
}

/// Letters and digits of all scripts, as far as that goes without the tables of Unicode, which every visitor would download.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c >= 'À' && !matches!(c, '×' | '÷' | '\u{2000}'..='\u{206f}'))
}

/// Small letters of Latin, Greek and Cyrillic.
fn lower(c: char) -> char {
    match c {
        'À'..='Þ' | 'Α'..='Ω' | 'А'..='Я' if c != '×' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
        c => c.to_ascii_lowercase(),
    }
}

/// A number with its unit: `12 GB`, `12gb`, `90%`.
fn is_measure(word: &str, next: Option<&str>) -> bool {
    let number = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = word.get(number.len()..).unwrap_or_default();
    !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit() || c == '.')
        && (UNITS.contains(&unit) || (unit.is_empty() && next.is_some_and(|next| UNITS.contains(&next))))
}

/// *connects* and *connect* are the same here.
fn stem(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

/// Pairs of facts that contradict each other, older first. Stale facts claim nothing.
pub fn contradictions(facts: &[Fact]) -> Vec<(FactId, FactId)> {
    let mut by_subject: HashMap<Vec<String>, Vec<(FactId, Claim)>> = HashMap::new();
    let mut found = Vec::new();
    for fact in facts.iter().filter(|fact| !fact.stale) {
        let mut claim = Claim::of(&fact.text);
        if claim.about.is_empty() {
            continue;
        }
        let known = by_subject.entry(std::mem::take(&mut claim.about)).or_default();
        found.extend(known.iter().filter(|(_, other)| other.contradicts(&claim)).map(|(id, _)| (*id, fact.id)));
        known.push((fact.id, claim));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clash(one: &str, other: &str) -> bool {
        let (one, other) = (Claim::of(one), Claim::of(other));
        one.about == other.about && one.contradicts(&other)
    }

    #[test]
    fn the_same_statement_with_and_without_a_not_is_a_contradiction() {
        assert!(clash("The VPN connects.", "The VPN does not connect"));
        assert!(clash("Webmail works", "Webmail doesn't work."));
        assert!(clash("The printer is online", "The printer is offline"));
        assert!(clash("The account is locked", "The account is not locked"));
        assert!(clash("12 GB free on C:", "2 GB free on C:"));
    }

    #[test]
    fn what_says_the_same_or_something_else_is_none() {
        assert!(!clash("The printer is not online", "The printer is offline"));
        assert!(!clash("Webmail works", "Outlook does not work"));
        assert!(!clash("PC-12 is offline", "PC-13 is online"));
        assert!(!clash("Floor 3 has no Wi-Fi", "Floor 4 has Wi-Fi"));
        assert!(!clash("It happens since Monday", "It happens since Monday"));
    }
}
