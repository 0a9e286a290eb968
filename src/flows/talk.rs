//! What a chat message wants, where it is no answer to a question: the outcome of a fix, the result of a check, to skip, to
//! escalate, to know more. Cautious: a message that might mean two things means none of them.

use super::format::{Check, YesMeans};
use super::printed;
use super::small_talk::is_small_talk;
use super::solved::{does_well, works_again};
use super::words::{begins_with, clauses, find, first_of, has, is_negated, is_negator, share, stems, words};
use super::yes_no::{is_unsure, plain_yes_or_no, yes_or_no};
use crate::ai::types::CheckOutcome;

/// What a message says about a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Worked,
    Failed,
    Partly,
    Dismissed,
    /// Done, and no word of whether it helped.
    JustApplied,
}

#[rustfmt::skip]
const PARTLY: &[&str] = &[
    "partly", "partially", "in part", "some of it", "half of it", "only for some", "works for some", "better but",
    "works but", "worked but", "fixed but", "helped a bit", "helped a little", "helped somewhat", "not completely",
    "not fully", "not entirely", "not all of it", "mostly", "improved but", "online but",
];
#[rustfmt::skip]
const FAILED: &[&str] = &[
    "didnt help", "did not help", "doesnt help", "does not help", "hasnt helped", "didnt work", "did not work",
    "doesnt work", "does not work", "didnt fix", "did not fix", "doesnt fix", "didnt solve", "did not solve",
    "not fixed", "isnt fixed", "not working", "not really working", "isnt working", "still not", "still broken", "still the same",
    "still failing", "still fails", "still happening", "still happens", "still asks", "still prompts", "still prompting",
    "still getting", "still cant", "still cannot", "still doesnt", "still there", "same problem", "same error",
    "same issue", "same result", "same as before", "no change", "no difference", "no luck", "no success", "no effect",
    "no improvement", "not solved", "not resolved", "isnt solved", "isnt resolved", "unsolved", "unchanged",
    "made no difference", "nothing changed", "it failed", "that failed", "fix failed", "failed", "no help", "no better",
    "not any better", "came back", "is back again", "its back", "it is back", "back again", "never worked",
    "but same thing", "still same thing", "same thing again", "same thing happens", "prompt is back", "problem is back",
    "error is back", "offline again", "broken again", "crashed again", "still dont", "full again", "happened again", "happens again", "without success", "without any success",
    "without effect", "without any effect", "without luck", "without any luck", "without any change",
];
#[rustfmt::skip]
const WORKED: &[&str] = &[
    "worked", "works", "it works", "works now", "working now", "working again", "works again", "fixed", "solved",
    "resolved", "did the trick", "that did it", "that was it", "problem is gone", "problem gone", "all good", "sorted",
    "back to normal", "success", "successful", "successfully", "it helped", "that helped", "is gone",
    "up and running", "back online",
];
/// Behind "it came back": it was not the problem that came.
const BACK_WELL: &[&str] = &["back online", "back to normal", "back up", "back to work", "up and running", "all good"];
const TROUBLES: &[&str] =
    &["error", "errors", "issue", "issues", "problem", "problems", "prompt", "prompts", "crashes"];
#[rustfmt::skip]
const DISMISSED: &[&str] = &[
    "dismiss", "wont do", "will not do", "dont want to", "do not want to", "cant do that", "cannot do that", "cant apply",
    "cannot apply", "not possible", "not allowed", "cant be done", "cannot be done", "skip the fix", "skip this fix",
    "skip it", "skip", "another fix", "other fix", "different fix", "next fix",
];
/// Not now is not no.
const LATER: &[&str] = &["now", "yet", "today", "later", "until", "till", "tomorrow", "meeting", "moment"];
/// The same of a bare no wherever it stands; "no, now it crashes" speaks of what happens.
const NOT_NOW: &[&str] = &["not now", "not yet", "later", "tomorrow", "until", "till"];
#[rustfmt::skip]
const APPLIED: &[&str] = &[
    "done", "did it", "i did", "did that", "applied", "i ran", "ran it", "ran the script", "executed", "carried out",
];

/// What a message says about a fix. `bare`: whether yes and no count, since it was asked whether it worked.
pub fn about_fix(text: &str, bare: bool) -> Option<Said> {
    let said = words(text);
    if said.is_empty() || is_question(text) {
        return None;
    }
    let some = first_of(&said, &["half of them", "some of them", "most of them"]).is_some()
        && said.iter().any(|word| does_well(word));
    if some || first_of(&said, PARTLY).is_some() {
        return Some(Said::Partly);
    }
    if is_small_talk(text) {
        return None;
    }
    // Of what went wrong before it went right, only what follows counts.
    if let Some(at) = ["at first", "initially"].iter().find_map(|phrase| find(&said, &words(phrase))) {
        let since = said.get(at..).unwrap_or_default();
        return FAILED.iter().any(|phrase| has(since, phrase)).then_some(Said::Failed);
    }
    if FAILED.iter().any(|phrase| has(&said, phrase) && !is_back_well(&said, phrase)) {
        return Some(Said::Failed);
    }
    let rid = is_rid(&said);
    if rid || works_again(text) || (first_of(&said, WORKED).is_some() && !works_elsewhere(text)) {
        if is_unsure(text) {
            return None;
        }
        // "it never really worked", "nothing is fixed"; but "no, wait, it works" has its negation as a first word
        let rest = said.get(usize::from(begins_with(&said, &["no"]))..).unwrap_or_default();
        return Some(if is_denied(rest) && !rid && !has(&said, "no more") { Said::Failed } else { Said::Worked });
    }
    let later = first_of(&said, LATER).is_some();
    let unable = |phrase: &str| phrase.starts_with("ca") || phrase == "not possible";
    if said.len() <= 12 && DISMISSED.iter().any(|phrase| has(&said, phrase) && !(later && unable(phrase))) {
        return Some(Said::Dismissed);
    }
    let at_its_end = said.last().is_some_and(|word| LATER.contains(&word.as_str()));
    // "no errors" and "no longer asks" are no no
    let untroubled = said.get(1).is_some_and(|word| word == "longer" || TROUBLES.contains(&word.as_str()));
    let now = first_of(&said, NOT_NOW).is_none();
    match yes_or_no(text)
        .filter(|yes| bare && now && !is_unsure(text) && said.len() <= 6 && (*yes || !(at_its_end || untroubled)))
    {
        Some(true) => return Some(Said::Worked),
        Some(false) => return Some(Said::Failed),
        None => {}
    }
    let applied = begins_with(&said, &["done", "all done"]) || (first_of(&said, APPLIED).is_some() && said.len() <= 8);
    applied.then_some(Said::JustApplied)
}

/// Whether words like "it works" are turned round; "no errors" and what it works without do not.
fn is_denied(said: &[String]) -> bool {
    let of_trouble = |at: usize| said.get(at + 1).is_some_and(|word| TROUBLES.contains(&word.as_str()));
    let denies = |(at, word): &(usize, &String)| is_negator(word) && *word != "without" && !of_trouble(*at);
    said.iter().enumerate().filter(denies).count() % 2 == 1
}

/// Whether a phrase like "it's back" says that the service is, and not the problem: "it's back online".
fn is_back_well(said: &[String], phrase: &str) -> bool {
    let at = |phrase: &str| find(said, &words(phrase));
    let back = at(phrase).filter(|_| phrase.contains("back"));
    back.is_some_and(|back| BACK_WELL.iter().any(|well| at(well).is_some_and(|at| at >= back)))
}

/// "No errors any more", "no more prompts".
fn is_rid(said: &[String]) -> bool {
    let any_more =
        |trouble: &str| ["any more", "anymore"].iter().any(|more| has(said, &format!("no {trouble} {more}")));
    TROUBLES.iter().any(|trouble| any_more(trouble) || has(said, &format!("no more {trouble}")))
}

/// What a fix is not for: where it works there, or for so long, nothing is said of the fix.
#[rustfmt::skip]
const ELSEWHERE: &[&str] = &[
    "phone", "phones", "mobile", "other", "others", "another", "different", "colleague", "colleagues", "else", "one", "home",
    "browser", "webmail", "hotspot", "while", "moment", "minute", "minutes", "hour", "hours", "day", "days",
];

/// What nobody misses, besides troubles.
#[rustfmt::skip]
const BOTHERS: &[&str] = &[
    "asking", "prompting", "crashing", "freezing", "hanging", "failing", "dropping", "disconnecting", "waiting", "entering",
    "restarting", "restart", "reboot", "hitch", "trouble", "delay", "delays", "lag", "warning", "warnings", "message", "messages",
    "interruption", "interruptions",
];

/// "Works on her phone", "worked for the others": of the fix that says nothing; "works for her" and "nothing works on her
/// phone" do.
fn works_elsewhere(text: &str) -> bool {
    let said = &words(text);
    let is_one_of = |word: Option<&String>, words: &[&str]| word.is_some_and(|word| words.contains(&word.as_str()));
    let there = |clause: &[String], at: usize| {
        let (before, behind) = clause.split_at(at);
        let mut place = behind.iter().skip(2).take(3).take_while(|word| *word != "and");
        let prepositions = ["on", "for", "in", "with", "from", "via", "over", "at"];
        is_one_of(behind.first(), &["works", "worked"])
            && (is_one_of(behind.get(1), &["elsewhere", "there", "until"])
                || (is_one_of(behind.get(1), &prepositions) && place.any(|word| is_one_of(Some(word), ELSEWHERE))))
            && !before.iter().skip(1).chain(before.first().filter(|word| *word != "no")).any(|word| is_negator(word))
    };
    let sure = begins_with(said, &["yes"]) || first_of(said, &["fixed", "solved", "gone"]).is_some();
    let of_here = first_of(said, &["now", "again"]).is_some();
    let elsewhere = |clause: &[String]| !of_here && (0..clause.len()).any(|at| there(clause, at));
    !sure && clauses(text).any(|clause| works_without(&clause) || elsewhere(&clause))
}

/// "Works without the dock" says what is at fault; "works without errors" says that the fix helped.
fn works_without(clause: &[String]) -> bool {
    let Some(without) = clause.iter().position(|word| word == "without") else { return false };
    let praised = |word: &String| TROUBLES.contains(&word.as_str()) || BOTHERS.contains(&word.as_str());
    first_of(clause, &["works", "worked"]).is_some()
        && !clause.iter().skip(without + 1).take(4).any(praised)
        && !clause.iter().enumerate().any(|(at, word)| at != without && is_negator(word) && (at > 0 || word != "no"))
}

#[rustfmt::skip]
const PASS: &[&str] = &[
    "as expected", "pass", "passed", "passes", "looks good", "looks fine", "looks right", "looks ok", "all good",
    "is fine", "is ok", "is normal", "healthy", "matches", "its fine", "all fine", "looks normal", "no errors",
];
#[rustfmt::skip]
const FAIL: &[&str] = &[
    "not as expected", "fail", "failed", "fails", "unexpected", "looks wrong", "doesnt match", "does not match",
    "not ok", "not fine", "not normal", "looks bad", "not good", "unhealthy", "other than expected",
];

/// How somebody says that the result is still to come.
const TO_COME: &[&str] =
    &["will", "ill", "let me", "going to", "moment", "minute", "wait", "later", "sec", "checking", "hold"];

/// The result of a check, told in the chat, in words or by the values a command printed. `asked`: it was just asked whether it
/// came out as expected, so yes and no count whatever the label asks.
pub fn result_of(check: &Check, text: &str, asked: bool) -> Option<CheckOutcome> {
    let said = words(text);
    if is_question(text) {
        return None;
    }
    let expect = check.expect.as_deref().unwrap_or_default();
    if let Some((output, remark)) = printed::with_remark(text)
        && !printed::names_a_value(expect, remark)
    {
        return of_both(check, output, remark);
    }
    let printed = printed::result_of(expect, text);
    if printed.is_some() || printed::is_output(text) {
        return printed;
    }
    // Of what it names with its value, neither the words it shares nor what should be say anything.
    let names = printed::names_a_value(expect, text);
    if names && (text.trim().contains('\n') || first_of(&said, &["should", "supposed", "instead of"]).is_some()) {
        return None;
    }
    let outcome = |good: bool| {
        if good { CheckOutcome::Pass } else { CheckOutcome::Fail }
    };
    // In a longer message "is fine" may be said of anything.
    let own = stems(&words(&format!("{} {expect}", check.label)));
    let meant = said.len() <= 6 || stems(&said).iter().any(|stem| own.contains(stem));
    if said.len() <= 12 {
        if meant && first_of(&said, FAIL).is_some() {
            return Some(CheckOutcome::Fail);
        }
        if meant && first_of(&said, PASS).is_some() {
            return Some(outcome(!is_negated(&said) || has(&said, "no errors")));
        }
        // A mere "ok" may only say that the message was read.
        let word = said.first().map_or("", String::as_str);
        if said.len() == 1 && (matches!(word, "good" | "fine" | "normal") || (asked && matches!(word, "ok" | "okay"))) {
            return Some(CheckOutcome::Pass);
        }
        // What a command printed says nothing of what the label asks, and who will look has not looked.
        let first = said.first().map_or("", String::as_str);
        let tells = !matches!(first, "true" | "false") && first_of(&said, TO_COME).is_none();
        let assents = matches!(first, "ok" | "okay" | "sure" | "right" | "none" | "nothing");
        let means_pass = check.yes == Some(YesMeans::Pass);
        if let Some(yes) = plain_yes_or_no(text).filter(|_| tells && !assents && means_pass) {
            return Some(outcome(yes));
        }
        if asked
            && tells
            && let Some(yes) = yes_or_no(text).filter(|_| !is_unsure(text))
        {
            return Some(outcome(yes));
        }
    }
    if printed::says_otherwise(expect, &said) {
        return Some(CheckOutcome::Fail);
    }
    if names { None } else { by_own_words(check, &said) }
}

/// The result by an output and by what is remarked of it. Where they contradict each other there is none, and nobody passes a
/// check with an output that does not show what it should.
fn of_both(check: &Check, output: &str, remark: &str) -> Option<CheckOutcome> {
    let expect = check.expect.as_deref().unwrap_or_default();
    match (printed::result_of(expect, output), result_of(check, remark, false)) {
        (Some(shown), Some(told)) => (shown == told).then_some(shown),
        (None, Some(CheckOutcome::Pass)) => printed::shows(expect, output).then_some(CheckOutcome::Pass),
        (shown, told) => shown.or(told),
    }
}

/// The result whose own words the message shares most of.
fn by_own_words(check: &Check, said: &[String]) -> Option<CheckOutcome> {
    if said.len() > 40 {
        return None;
    }
    let (heard, negated) = (stems(said), is_negated(said));
    let score = |texts: [Option<&String>; 2]| {
        let phrases = texts.into_iter().flatten().map(|text| words(text));
        phrases
            .filter(|phrase| is_negated(phrase) == negated)
            .map(|phrase| share(&heard, &stems(&phrase)))
            .fold(0.0, f64::max)
    };
    let pass = score([check.pass.fact.as_ref(), check.expect.as_ref()]);
    let fail = score([check.fail.fact.as_ref(), None]);
    match () {
        () if pass >= 0.6 && pass - fail >= 0.25 => Some(CheckOutcome::Pass),
        () if fail >= 0.6 && fail - pass >= 0.25 => Some(CheckOutcome::Fail),
        () => None,
    }
}

pub fn wants_to_skip(text: &str) -> bool {
    let said = words(text);
    let phrases = [
        "skip",
        "skip it",
        "skip this",
        "cant check",
        "cannot check",
        "cant do",
        "cannot do",
        "cant run",
        "cannot run",
        "no access",
        "not possible",
        "cant ask",
        "cannot ask",
        "unable to",
    ];
    said.len() <= 10 && first_of(&said, &phrases).is_some()
}

pub fn wants_to_escalate(text: &str) -> bool {
    let said = words(text);
    let asks = has(&said, "escalate") || has(&said, "hand it over") || has(&said, "hand over");
    asks && said.len() <= 10 && !is_negated(&said) && !is_question(text)
}

/// Whether a message asks something: by its mark, or by its order. "What she gets is a timeout" does not.
pub fn is_question(text: &str) -> bool {
    let said = words(text);
    let asks = [
        "can you",
        "could you",
        "should i",
        "do i",
        "is there",
        "how come",
        "how to",
        "what about",
        "what to",
        "where to",
    ];
    text.trim_end().ends_with('?') || begins_with(&said, &asks) || is_inverted(&said)
}

/// Behind a "which" that goes on from what was said before.
#[rustfmt::skip]
const RELATES: &[&str] = &[
    "means", "meant", "explains", "makes", "made", "seems", "helps", "helped", "works", "worked", "fails", "failed", "shows",
    "showed", "causes", "caused", "fixed", "solved", "resolved", "happens", "happened", "started", "stopped", "sounds", "looks", "proves", "fits", "had", "cant", "wont", "doesnt", "didnt", "isnt", "wasnt",
];

/// "Which is why she cannot print", "which means it is offline"; but "which is it", "which does he use" and "which is the new
/// one" ask.
fn is_relative(rest: &[String]) -> bool {
    let word = |at: usize| rest.get(at).map_or("", String::as_str);
    let behind = |words: &[&str]| words.contains(&word(1));
    let pronoun = behind(&["i", "we", "you", "he", "she", "it", "they"]);
    let thing = behind(&["the", "that", "this", "these", "those"]);
    match word(0) {
        "is" | "are" | "was" | "were" if word(1) == "the" => {
            ["reason", "cause", "case", "problem", "issue", "point", "same"].contains(&word(2))
        }
        "is" | "are" | "was" | "were" => !(pronoun || thing || behind(&["your", "better", "best", "right"])),
        "do" | "does" | "did" | "can" | "could" | "should" | "would" | "will" => !(pronoun || thing),
        "has" | "have" => !pronoun,
        word => RELATES.contains(&word),
    }
}

/// "Which server should I look at", "what is that", "why".
fn is_inverted(said: &[String]) -> bool {
    let Some((first, rest)) = said.split_first() else { return false };
    if !["why", "how", "what", "where", "which", "who", "whats", "wheres", "whos"].contains(&first.as_str()) {
        return false;
    }
    let verbs =
        ["is", "are", "do", "does", "did", "was", "were", "can", "could", "should", "would", "will", "has", "have"];
    let persons = ["i", "we", "you", "he", "she", "it", "they", "the", "that", "this"];
    let is_verb = |word: Option<&String>| word.is_some_and(|word| verbs.contains(&word.as_str()));
    let is_person = |word: Option<&String>| word.is_some_and(|word| persons.contains(&word.as_str()));
    let inverted = |pair: &[String]| is_verb(pair.first()) && is_person(pair.last());
    let subject = rest.first().is_some_and(|word| persons.iter().take(6).any(|person| person == word));
    if first == "which" && (subject || is_relative(rest)) {
        return false;
    }
    first == "why"
        || first.ends_with('s')
        || said.len() <= 3
        || is_verb(rest.first())
        || (!subject && rest.windows(2).take(4).any(inverted))
}
