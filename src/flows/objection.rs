//! Whether a message says that the walk is after the wrong problem, and how plainly.

use std::sync::Arc;

use super::format::Flow;
use super::words::{begins_with, clauses, find, first_of, stems, words};

#[rustfmt::skip]
const PROTESTS: &[&str] = &[
    "wrong flow", "wrong track", "wrong problem", "misunderstood", "thats not what", "that is not what",
];
#[rustfmt::skip]
const ANOTHER: &[&str] = &[
    "different problem", "different issue", "another problem", "another issue", "other problem", "something else", "unrelated",
];
const NOT_IT: &[&str] = &["not the problem", "not the issue", "isnt the problem", "isnt the issue"];
#[rustfmt::skip]
const TOPIC: &[&str] = &[
    "its not about", "it is not about", "this is not about", "real problem", "real issue", "actual problem", "actual issue",
];
/// Behind "this is about": how much, how often or how far, and not what.
#[rustfmt::skip]
const MEASURES: &[&str] = &[
    "half", "one", "two", "three", "second", "third", "fourth", "fifth", "same", "every", "to", "all", "right", "what", "as",
];
/// The same behind an article: "about a good week", "about an hour".
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "second", "minute", "hour", "day", "week", "fortnight", "month", "quarter", "year", "third", "half", "fifth", "tenth",
    "dozen", "hundred", "thousand", "couple", "few", "lot", "bit", "gig", "gb", "mb", "percent", "metre", "meter", "mile",
];
const CORRECTS: &[&str] = &["actually", "in fact", "turns out", "instead", "i meant", "correction", "rather"];

/// What a message objects to, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Objection {
    /// Something of what was said: "actually, ...", "DNS is not the problem".
    Detail,
    /// What it is about, where the message may name just what is walked: only a flow that fits better is another problem.
    Topic,
    /// This problem, whatever it is instead.
    Problem,
    /// The whole track: such a message answers nothing.
    Track,
}

impl Objection {
    /// The strongest objection of a message to the flow being walked.
    pub fn of(text: &str, flow: Option<&Arc<Flow>>) -> Option<Self> {
        let said = words(text);
        let title = flow.map(|flow| stems(&words(&flow.title))).unwrap_or_default();
        let has_one = |phrases: &[&str]| first_of(&said, phrases).is_some();
        let not_it = first_of(&said, NOT_IT).and_then(|phrase| said.get(..find(&said, &words(phrase))?));
        match () {
            () if has_one(PROTESTS) => Some(Self::Track),
            () if has_one(ANOTHER) || not_it.is_some_and(|before| is_it(before, &title)) => Some(Self::Problem),
            () if has_one(TOPIC) || says_what_about(&said) || denies(text, &title) => Some(Self::Topic),
            () if has_one(CORRECTS) || not_it.is_some() => Some(Self::Detail),
            () => None,
        }
    }
}

/// Whether what is said last before "is not the problem" is the problem of the title.
fn is_it(before: &[String], title: &[String]) -> bool {
    let subject = before.get(before.len().saturating_sub(3)..).unwrap_or_default();
    let it = subject.iter().any(|word| matches!(word.as_str(), "it" | "its" | "this" | "that" | "thats"));
    it || stems(subject).iter().any(|stem| title.contains(stem))
}

/// "This is about the printer", but not "this is about a week old".
fn says_what_about(said: &[String]) -> bool {
    let about = ["this is about", "no its about"].into_iter().find_map(|phrase| find(said, &words(phrase)));
    let rest = about.and_then(|at| said.get(at + 3..)).unwrap_or_default();
    let (measures, skipped, told) = match rest {
        [article, told @ ..] if matches!(article.as_str(), "a" | "an") => (UNITS, 2, told),
        [article, told @ ..] if article == "the" => (MEASURES, 1, told),
        told => (MEASURES, 1, told),
    };
    let measured = |word: &String| word.starts_with(|c: char| c.is_ascii_digit()) || measures.contains(&word.as_str());
    !told.is_empty() && !told.iter().take(skipped).any(measured)
}

/// "It is not the printer, it is the network", where the title has the first.
fn denies(text: &str, title: &[String]) -> bool {
    let mut clauses = clauses(text);
    let denied = clauses.any(|clause| {
        let begins = begins_with(&clause, &["its not", "it is not", "it isnt", "this is not", "not", "no its not"]);
        begins && stems(&clause).iter().any(|stem| title.contains(stem))
    });
    denied && clauses.any(|clause| begins_with(&clause, &["its", "it is", "this is", "thats", "but", "the", "it"]))
}
