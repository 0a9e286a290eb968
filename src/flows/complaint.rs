//! Whether a message says that the problem is another one. A remark beside the way ("the disk has 40 GB free", "rebooted, no
//! change") speaks of the same things as a problem does, so what it mentions is not enough: it has to complain, or to say
//! that it corrects something.

use super::answers::is_unsure;
use super::words::{begins_with, find, first_of, has, is_negated, stems, words};

/// What does not go, with the verb behind it.
#[rustfmt::skip]
const NOT: &[&str] = &[
    "cant", "cannot", "can not", "wont", "will not", "unable to", "does not", "doesnt", "do not", "dont", "no longer", "not",
];
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "work", "works", "working", "open", "opens", "opening", "start", "starts", "starting", "connect", "connects", "connecting",
    "load", "loads", "loading", "print", "prints", "printing", "sync", "syncs", "syncing", "show", "appear", "boot", "boots",
    "booting", "respond", "responding", "arrive", "arriving", "accept", "get", "reach", "receive", "send", "see", "hear",
    "turn", "access", "log", "sign", "login", "install", "use", "join", "find", "resolve", "save", "recognized", "found",
];
/// States nobody wishes for.
#[rustfmt::skip]
const BAD: &[&str] = &[
    "error", "errors", "fails", "failing", "failed", "crash", "crashes", "crashing", "crashed", "freezes", "freezing",
    "frozen", "hangs", "stuck", "slow", "broken", "dead", "locked", "blocked", "denied", "refused", "rejected",
    "drops", "dropping", "disconnects", "missing", "lost", "disappeared", "down", "unreachable", "offline", "hacked",
    "stolen", "forgot", "forgotten", "blue screen", "bluescreen", "black screen", "stopped working", "out of space",
    "is full", "expired", "invalid", "prompt loop", "asks for", "prompts", "bounces", "takes forever",
];
/// Of a "no" that complains of nothing.
#[rustfmt::skip]
const NO_COMPLAINT: &[&str] = &[
    "change", "difference", "luck", "success", "effect", "error", "errors", "problem", "problems", "issue", "issues", "idea",
    "clue", "answer", "more", "one", "other", "others", "wait", "longer", "need", "it", "its", "he", "she", "they", "the",
    "this", "that", "i", "we", "a",
];
const WELL: &[&str] = &["ok", "okay", "fine", "good", "normal", "works", "working", "free", "healthy"];
/// What somebody has done or seen done.
#[rustfmt::skip]
const DONE: &[&str] = &[
    "done", "did", "restarted", "rebooted", "changed", "installed", "updated", "replaced", "reset", "renewed", "unlocked",
    "checked", "tested", "cleared", "removed", "ran", "started", "applied", "secured",
];
/// How somebody says outright that this is the wrong track.
#[rustfmt::skip]
const PROTESTS: &[&str] = &[
    "wrong flow", "wrong track", "wrong problem", "not about", "misunderstood", "thats not what", "real problem", "real issue",
    "actual problem", "actual issue",
];

/// Behind "this is about": how much or how often, and not what.
const MEASURES: &[&str] = &["half", "an", "one", "two", "three", "second", "third", "fourth", "fifth", "same", "every"];

/// Whether a message reports that something fails.
pub fn complains(text: &str) -> bool {
    clauses(text).enumerate().any(|(at, clause)| {
        let fails = NOT.iter().any(|not| VERBS.iter().any(|verb| has(&clause, &format!("{not} {verb}"))));
        let bad = first_of(&clause, BAD).is_some() && !is_negated(&clause) && first_of(&clause, WELL).is_none();
        let keeps = |pair: &[String]| matches!(pair, [keeps, verb] if keeps == "keeps" && verb.ends_with("ing"));
        fails || bad || clause.windows(2).any(keeps) || lacks(&clause, at == 0)
    })
}

/// "connected, no network drives". A text that begins with no answers something instead.
fn lacks(clause: &[String], first: bool) -> bool {
    let is_no = |(at, pair): (usize, &[String])| {
        let told = pair.last().is_some_and(|word| !NO_COMPLAINT.contains(&word.as_str()));
        pair.first().is_some_and(|word| word == "no") && told && !(first && at == 0)
    };
    clause.windows(2).enumerate().any(is_no)
}

/// Whether a message only tells what is well, what is not so, what was done, or that its author does not know.
pub fn is_remark(text: &str) -> bool {
    let said = words(text);
    let reassures = first_of(&said, WELL).is_some() || first_of(&said, DONE).is_some();
    reassures || is_unsure(text) || clauses(text).all(|clause| is_negated(&clause))
}

/// Whether a message says outright that the walk is after the wrong problem; it answers nothing then.
pub fn protests(text: &str) -> bool {
    let said = words(text);
    let about = ["this is about", "no its about"].into_iter().find_map(|phrase| find(&said, &words(phrase)));
    let measured = |word: &String| word.starts_with(|c: char| c.is_ascii_digit()) || MEASURES.contains(&word.as_str());
    let other = |at: usize| said.len() > at + 3 && !said.iter().skip(at + 3).take(2).any(measured);
    first_of(&said, PROTESTS).is_some() || about.is_some_and(other)
}

/// "It is not the printer, it is the network", where the flow is about the first.
pub fn denies(text: &str, title: &str) -> bool {
    let title = stems(&words(title));
    let mut clauses = clauses(text);
    let denied = clauses.any(|clause| {
        let begins = begins_with(&clause, &["its not", "it is not", "it isnt", "this is not", "not", "no its not"]);
        begins && stems(&clause).iter().any(|stem| title.contains(stem))
    });
    denied && clauses.any(|clause| begins_with(&clause, &["its", "it is", "this is", "thats", "but", "the", "it"]))
}

fn clauses(text: &str) -> impl Iterator<Item = Vec<String>> {
    text.split([',', '.', ';', '!', '\n'])
        .flat_map(|part| part.split(" but "))
        .map(words)
        .filter(|clause| !clause.is_empty())
}
