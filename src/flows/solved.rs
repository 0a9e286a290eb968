//! Whether a message tells that the problem is gone, be it by a fix or by something else.

use super::talk::{Said, about_fix, is_question};
use super::words::{clauses, first_of, has, is_negated, words};
use super::yes_no::is_unsure;

/// What a thing does that is well.
#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "print", "prints", "printing", "connect", "connects", "connected", "open", "opens", "sync", "syncs", "syncing", "load",
    "loads", "send", "sends", "receive", "receives", "start", "starts", "boot", "boots", "work", "works", "working", "respond",
    "responds", "online", "fine", "ok", "okay", "normal", "good",
];
#[rustfmt::skip]
const SOLVED: &[&str] = &[
    "solved", "resolved", "fixed", "works now", "working now", "works again", "working again", "now works", "now it works",
    "all good now", "fine now", "ok now", "good now", "back to normal", "can be closed", "close the ticket", "close it", "nevermind", "problem is gone", "problem gone", "sorted", "did the trick", "that was it", "that did it",
];
const CONFIRMS: &[&str] = &["confirms it", "confirmed it", "confirms that", "confirmed that"];

/// "Everybody can print again", "now everyone prints", "user confirms it prints".
pub fn works_again(text: &str) -> bool {
    clauses(text).any(|clause| {
        let does = |at: usize| clause.get(at).is_some_and(|word| FUNCTIONS.contains(&word.as_str()));
        let end = clause.len();
        let last = |word: &str| clause.last().is_some_and(|last| last == word);
        let again = end > 1 && (last("again") || last("now")) && does(end - 2);
        let now = end <= 6 && has(&clause, "now") && end > 1 && does(end - 1);
        let confirmed = first_of(&clause, CONFIRMS).is_some() && (0..end).any(does);
        (again || now || confirmed) && !is_negated(&clause)
    })
}

/// Whether the message says that nothing is left to solve.
pub fn is_solved(text: &str) -> bool {
    let text = &text.to_lowercase().replace("never mind", "nevermind");
    let said = words(text);
    let told = first_of(&said, SOLVED).is_some() || works_again(text);
    let well = !matches!(about_fix(text, false), Some(Said::Failed | Said::Partly | Said::Dismissed));
    told && well && !is_question(text) && !is_unsure(text) && !is_negated(&said)
}
