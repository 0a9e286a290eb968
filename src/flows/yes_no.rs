//! What a text says first: yes, no, or that its author does not know.

use super::words::{begins_with, first_of, has, plain, squeeze, words};

/// Yes and no, whatever follows.
#[rustfmt::skip]
const YES: &[&str] = &[
    "yes", "yep", "yeah", "yup", "yea", "aye", "affirmative", "of course", "it does", "it is", "it did", "it can",
    "they do", "they are", "they can", "they did", "he does", "he can", "she does", "she can", "i think so",
    "thats right", "thats correct", "that is right", "that is correct",
];
#[rustfmt::skip]
const NO: &[&str] = &[
    "no", "nope", "nah", "nay", "not really", "not at all", "not yet", "not anymore", "it doesnt", "it does not",
    "it isnt", "it is not", "it didnt", "it did not", "it cant", "it cannot", "they dont", "they do not", "they cant",
    "they cannot", "he cant", "he cannot", "she cant", "she cannot", "i dont think so",
];
/// Yes and no where they stand alone, or before the first comma or full stop.
#[rustfmt::skip]
const LONE_YES: &[&str] = &[
    "y", "ya", "ja", "correct", "right", "true", "sure", "indeed", "exactly", "definitely", "absolutely", "certainly",
    "ok", "okay", "positive", "confirmed", "does", "is", "always",
];
#[rustfmt::skip]
const LONE_NO: &[&str] = &[
    "n", "never", "negative", "false", "incorrect", "wrong", "not", "none", "neither", "nothing", "nobody", "doesnt",
    "does not", "isnt", "is not", "didnt", "did not", "dont", "do not", "cannot", "cant", "wont", "not so",
];
#[rustfmt::skip]
const UNSURE: &[&str] = &[
    "not sure", "unsure", "dont know", "do not know", "doesnt know", "does not know", "dunno", "no idea", "no clue",
    "unknown", "idk", "cant tell", "cannot tell", "cant say", "cannot say", "unclear", "not certain", "uncertain",
    "maybe", "perhaps", "possibly", "hard to say", "havent checked", "have not checked", "didnt check", "not checked",
    "couldnt check", "could not check", "not known", "dont remember", "do not remember", "cant remember",
    "not applicable", "not clear", "n a",
];
/// What makes a guess of what follows.
pub(super) const GUESSES: &[&str] =
    &["maybe", "perhaps", "possibly", "probably", "think", "guess", "might", "could", "if", "whether"];

/// What a text says at its beginning: `Some(true)` is yes.
pub fn yes_or_no(text: &str) -> Option<bool> {
    let said = words(text);
    let clause = plain(text.split([',', '.', ';', '!', '\n']).next().unwrap_or_default());
    let lone = squeeze(&clause);
    if begins_with(&said, &["it is not only", "it is not just", "it isnt only", "it isnt just", "no one else has"]) {
        return None;
    }
    // "it does not" begins with "it does", so no comes first
    if begins_with(&said, NO) || LONE_NO.contains(&clause.as_str()) || matches!(lone.as_str(), "no" | "nope") {
        return Some(false);
    }
    if begins_with(&said, YES) || LONE_YES.contains(&clause.as_str()) || matches!(lone.as_str(), "yes" | "yep") {
        return Some(true);
    }
    let typo = said.len() == 1 && lone.len() == 3 && lone != "yet" && strsim::osa_distance(&lone, "yes") == 1;
    typo.then_some(true)
}

/// The same of a text whose first clause says nothing else: "yes, it is" and "no, it stopped", but neither "no luck" nor
/// "it is stopped".
pub fn plain_yes_or_no(text: &str) -> Option<bool> {
    let yes = yes_or_no(text).filter(|_| !is_unsure(text))?;
    let said = words(text);
    let clause = words(text.split([',', '.', ';', '!', '\n']).next().unwrap_or_default());
    let (phrases, lone) = if yes { (YES, LONE_YES) } else { (NO, LONE_NO) };
    let plain = is_all(&clause, phrases) || lone.contains(&clause.join(" ").as_str()) || clause.len() == 1;
    (plain && said.len() <= 12 && !has(&said, "but")).then_some(yes)
}

/// Whether these words are some of the phrases and nothing else.
fn is_all(said: &[String], phrases: &[&str]) -> bool {
    let rest_after = |phrase: &&str| begins_with(said, &[*phrase]).then(|| said.get(words(phrase).len()..)).flatten();
    said.is_empty() || phrases.iter().filter_map(rest_after).any(|rest| is_all(rest, phrases))
}

/// Whether a text says that its author does not know.
pub fn is_unsure(text: &str) -> bool {
    let said = words(text);
    matches!(said.join(" ").as_str(), "skip" | "skipped" | "skip it" | "skip this" | "skip this one" | "na" | "pass")
        || begins_with(&said, UNSURE)
        || (said.len() <= 8 && UNSURE.iter().any(|phrase| has(&said, phrase)))
}

/// What follows where a text first says that its author does not know: "dunno, the spooler window won't open".
pub fn beyond_unsure(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once([',', ';', '.', '!', '\n'])?;
    let told = words(rest).len() >= 2 && is_unsure(first) && !is_unsure(rest) && yes_or_no(rest).is_none();
    (told && first_of(&words(text), GUESSES).is_none()).then_some(rest)
}
