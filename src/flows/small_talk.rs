//! What is said beside the matter: thanks, "one moment", and that an earlier answer was wrong.

use super::words::{begins_with, first_of, words};

/// Words that say nothing of the problem. A message of nothing else is small talk if one of the first of them is in it.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "ok", "okay", "k", "thanks", "thank", "thx", "cheers", "great", "cool", "noted", "alright", "moment", "sec", "hold", "hang",
    "wait", "brb", "hi", "hello", "hey",
];
#[rustfmt::skip]
const FILLING: &[&str] = &[
    "you", "will", "do", "got", "it", "one", "a", "just", "second", "minute", "on", "please", "very", "much", "so", "a", "lot",
    "there", "for", "now", "right", "sure",
];
const WHOLE: &[&str] = &["will do", "one second", "just a second", "just a minute"];
/// Before what somebody is about to do.
const ASSENT: &[&str] = &["ok", "okay", "sure", "right", "alright", "yes", "thanks"];
/// What somebody is about to do.
#[rustfmt::skip]
const ABOUT_TO: &[&str] = &[
    "let me", "ill call", "i will call", "ill check", "i will check", "ill ask", "i will ask", "ill try", "i will try",
    "ill look", "i will look", "ill get back", "calling her", "calling him", "calling them", "calling the", "checking now",
    "checking it", "trying now", "trying it", "trying that", "asking her", "asking him", "asking them", "asking the", "will call",
    "will check", "will ask", "will try", "going to call", "going to check", "going to ask", "going to try", "one sec", "checking with",
];
/// What follows then is told after all.
const TOLD: &[&str] = &["works", "worked", "yes", "no", "is", "again", "fails", "failed"];
#[rustfmt::skip]
const CORRECTIONS: &[&str] = &[
    "i was wrong", "we were wrong", "my mistake", "my bad", "scratch that", "i misspoke", "i meant", "correction", "not true after all",
];

/// Whether a message is thanks, a greeting, or a word that its author is on it. It answers nothing.
pub fn is_small_talk(text: &str) -> bool {
    let said = words(text);
    let tells = said.iter().any(|word| TELLING.contains(&word.as_str()));
    let empty = |word: &String| TELLING.contains(&word.as_str()) || FILLING.contains(&word.as_str());
    let nothing_else = said.len() <= 6 && tells && said.iter().all(empty);
    let assents = said.first().is_some_and(|word| ASSENT.contains(&word.as_str()));
    let rest = said.get(usize::from(assents)..).unwrap_or_default();
    let intends = rest.len() <= 6 && begins_with(rest, ABOUT_TO) && first_of(rest, TOLD).is_none();
    nothing_else || intends || WHOLE.contains(&said.join(" ").as_str())
}

/// Whether a message says that something said before was wrong.
pub fn is_correction(text: &str) -> bool {
    let said = words(text);
    let turns = || first_of(&said, &["wrong", "was", "meant", "not", "other", "actually", "doesnt", "isnt"]).is_some();
    first_of(&said, CORRECTIONS).is_some() || (begins_with(&said, &["sorry", "oh sorry", "actually sorry"]) && turns())
}
