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
    "there", "again", "for", "now", "right",
];
const WHOLE: &[&str] =
    &["will do", "got it", "one second", "one minute", "a minute", "a second", "just a second", "just a minute"];
/// What somebody is about to do.
#[rustfmt::skip]
const ABOUT_TO: &[&str] = &[
    "let me", "ill call", "i will call", "ill check", "i will check", "ill ask", "i will ask", "ill try", "i will try",
    "ill look", "i will look", "ill get back", "calling", "checking", "trying", "asking", "will call", "will check", "will ask",
    "will try", "going to call", "going to check", "going to ask", "going to try",
];
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
    nothing_else || WHOLE.contains(&said.join(" ").as_str()) || (said.len() <= 6 && begins_with(&said, ABOUT_TO))
}

/// Whether a message says that something said before was wrong.
pub fn is_correction(text: &str) -> bool {
    let said = words(text);
    first_of(&said, CORRECTIONS).is_some()
        || (begins_with(&said, &["sorry", "oh sorry", "actually sorry"]) && said.len() > 2)
}
