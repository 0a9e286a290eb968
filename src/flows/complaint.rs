//! Whether a message complains. A remark beside the way ("the disk has 40 GB free", "rebooted, no change") speaks of the same
//! things as a problem does, so what it mentions is not enough: it has to complain, or to object to what is being walked.

use super::words::{clauses, first_of, has, is_negated, is_negator, words};
use super::yes_no::is_unsure;

/// What does not go, with the verb behind it.
#[rustfmt::skip]
const NOT: &[&str] = &[
    "cant", "cannot", "can not", "wont", "will not", "unable to", "does not", "doesnt", "do not", "dont", "no longer", "not",
    "couldnt", "nobody can", "no one can", "isnt able to", "not able to",
];
/// The same of a thing; of a person it is a habit, or what was left undone.
#[rustfmt::skip]
const NOT_OF_ITSELF: &[&str] = &[
    "isnt", "arent", "wasnt", "werent", "hasnt", "havent", "didnt", "wouldnt", "nothing", "never",
];
const PERSONS: &[&str] = &["i", "we", "you", "he", "she", "they", "user", "users", "who", "customer", "colleague"];
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "work", "works", "working", "open", "opens", "opening", "start", "starts", "starting", "connect", "connects", "connecting",
    "load", "loads", "loading", "print", "prints", "printing", "sync", "syncs", "syncing", "show", "appear", "boot", "boots",
    "booting", "respond", "responding", "arrive", "arriving", "accept", "get", "reach", "receive", "send", "see", "hear",
    "turn", "access", "log", "sign", "login", "install", "use", "join", "find", "resolve", "save", "recognized", "found",
    "worked", "arrived", "arrives", "responds", "appears",
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
/// Whether a message reports that something fails.
pub fn complains(text: &str) -> bool {
    clauses(text).enumerate().any(|(at, clause)| {
        let fails = NOT.iter().any(|not| VERBS.iter().any(|verb| has(&clause, &format!("{not} {verb}"))));
        let fails = fails || (1..clause.len()).any(|at| fails_of_itself(&clause, at) || nothing_goes(&clause, at));
        let bad = first_of(&clause, BAD).is_some() && !is_negated(&clause) && !is_well(&clause);
        let keeps = |pair: &[String]| matches!(pair, [keeps, verb] if keeps == "keeps" && verb.ends_with("ing"));
        fails || bad || clause.windows(2).any(keeps) || lacks(&clause, at == 0)
    })
}

/// "Outlook isn't syncing", "nothing prints", "the mails didn't arrive", where the verb stands at `at`. "She never prints" and
/// "it isn't open" complain of nothing.
fn fails_of_itself(clause: &[String], at: usize) -> bool {
    let is_one_of = |at: Option<usize>, words: &[&str]| {
        at.and_then(|at| clause.get(at)).is_some_and(|word| words.contains(&word.as_str()))
    };
    let of_thing = !is_one_of(at.checked_sub(2), PERSONS);
    let didnt = at > 1 && is_one_of(at.checked_sub(1), &["didnt", "wouldnt"]);
    let bent = clause.get(at).is_some_and(|verb| ["s", "ing", "ed"].iter().any(|ending| verb.ends_with(ending)));
    is_one_of(Some(at), VERBS) && is_one_of(at.checked_sub(1), NOT_OF_ITSELF) && of_thing && (didnt || bent)
}

/// "Nothing is working", "nothing seems to load", where the verb stands at `at`; "nothing is open" complains of nothing.
fn nothing_goes(clause: &[String], at: usize) -> bool {
    let between = ["is", "was", "really", "even", "seems", "to", "will", "would"];
    let mut before = clause.iter().take(at).rev().map(String::as_str);
    let (Some(verb), Some(last)) = (clause.get(at), before.next()) else { return false };
    let goes = match last {
        "to" | "will" | "would" => true,
        "really" | "even" => verb.ends_with('s') || verb.ends_with("ing"),
        _ => verb.ends_with("ing"),
    };
    let subject = before.find(|word| !between.contains(word));
    goes && VERBS.contains(&verb.as_str()) && between.contains(&last) && subject == Some("nothing")
}

/// Whether something is said to be well; "isn't really working" says the opposite.
pub fn is_well(clause: &[String]) -> bool {
    let negated = |at: usize| clause.iter().take(at).rev().take(2).any(|word| is_negator(word));
    clause.iter().enumerate().any(|(at, word)| WELL.contains(&word.as_str()) && !negated(at))
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
    let reassures = clauses(text).any(|clause| is_well(&clause));
    reassures || tells_nothing(text) || first_of(&words(text), DONE).is_some()
}

/// Whether a message only tells what is not so, or that its author does not know: what it names is not the problem.
pub fn tells_nothing(text: &str) -> bool {
    is_unsure(text) || clauses(text).all(|clause| is_negated(&clause))
}
