//! Whether a message tells that the problem is gone, be it by a fix or by something else.

use super::talk::{Said, about_fix, is_question};
use super::words::{clauses, first_of, has, is_negated};
use super::yes_no::is_unsure;

/// What a thing does that is well.
#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "print", "prints", "printing", "connect", "connects", "open", "opens", "sync", "syncs", "syncing", "load", "loads", "send",
    "sends", "receive", "receives", "start", "starts", "boot", "boots", "work", "works", "working", "respond", "responds",
    "online", "fine", "ok", "okay", "normal", "good",
];
/// A clause with one of these tells no good news, whatever else stands in it.
#[rustfmt::skip]
const TROUBLED: &[&str] = &[
    "fail", "fails", "failing", "failed", "refuses", "stopped", "stops", "trouble", "problem", "problems", "error", "errors",
    "hangs", "crashes", "slow", "takes", "forever", "tries", "trying", "unable", "then", "needs", "need", "wants", "must", "should",
    "asks", "prompts", "i", "im", "we",
];
#[rustfmt::skip]
const SOLVED: &[&str] = &[
    "works now", "working now", "works again", "working again", "now works", "now it works", "all good now", "fine now",
    "back to normal", "can be closed", "close the ticket", "did the trick", "that was it", "that did it", "is solved", "is fixed",
    "is resolved", "its solved", "its fixed", "got solved", "was solved", "was fixed", "fixed it", "solved it", "fixed by",
    "solved by",
];
/// The same in a clause with one other word at most.
const ALONE: &[&str] = &["solved", "fixed", "resolved", "sorted", "nevermind"];
const CONFIRMS: &[&str] = &["confirms it", "confirmed it", "confirms that", "confirmed that"];

/// Whether the word tells that a thing does what it should.
pub fn does_well(word: &str) -> bool {
    FUNCTIONS.contains(&word)
}

/// "Everybody can print again", "now everyone prints", "user confirms it prints".
pub fn works_again(text: &str) -> bool {
    clauses(text).any(|clause| {
        let does = |at: usize| clause.get(at).is_some_and(|word| does_well(word));
        let end = clause.len();
        let last = |word: &str| clause.last().is_some_and(|last| last == word);
        let again = end > 1 && (last("again") || last("now")) && does(end - 2);
        let now = end <= 6 && has(&clause, "now") && end > 1 && does(end - 1);
        let confirmed = first_of(&clause, CONFIRMS).is_some() && (0..end).any(does);
        (again || now || confirmed) && is_untroubled(&clause)
    })
}

fn is_untroubled(clause: &[String]) -> bool {
    !is_negated(clause) && !clause.iter().any(|word| TROUBLED.contains(&word.as_str()))
}

/// Whether the message says that nothing is left to solve.
pub fn is_solved(text: &str) -> bool {
    let text = &text.to_lowercase().replace("never mind", "nevermind");
    let tells = |clause: &Vec<String>| {
        let alone = clause.len() <= 2 && first_of(clause, ALONE).is_some();
        (alone || first_of(clause, SOLVED).is_some()) && is_untroubled(clause)
    };
    let told = works_again(text) || clauses(text).any(|clause| tells(&clause));
    let well = !matches!(about_fix(text, false), Some(Said::Failed | Said::Partly | Said::Dismissed));
    told && well && !is_question(text) && !is_unsure(text)
}
