//! An answer to a question for a secret is one, though it looks like any other word: *What is the PIN of the safe?* *884213*.
//!
//! A question asks for a secret where the secret is what it names, not where one occurs in it: *What is the password of …?*, *Local
//! admin password?*, *Tell me the WLAN key*, but not *Is the password expired?*, *Which browser saved the password?* or *Which key do
//! you press?*

use super::{
    checks::{self, Hit},
    placeholder,
};

/// What a secret is called; the answer may be any word.
const SURE: &[&str] =
    &["password", "passwort", "kennwort", "passphrase", "passcode", "pwd", "psk", "contraseña", "wachtwoord"];
/// What may be called so and is none; the answer has to look like one.
const PERHAPS: &[&str] = &["pin", "token", "secret", "key", "schlüssel", "code"];
/// Before *key* or *code*: it is what one signs in, unlocks or licenses with.
const OF_KEYS: &[&str] = &[
    "wlan",
    "wifi",
    "fi",
    "wpa",
    "wpa2",
    "wpa3",
    "wep",
    "network",
    "netzwerk",
    "api",
    "access",
    "security",
    "recovery",
    "bitlocker",
    "encryption",
    "private",
    "shared",
    "ssh",
    "product",
    "license",
    "licence",
    "activation",
    "unlock",
    "door",
    "alarm",
    "admin",
    "secret",
    "client",
    "host",
    "pin",
];
const WHICH: &[&str] = &["what", "which", "wie", "was", "welches", "welche", "welcher", "welchen"];
const IS: &[&str] = &["is", "s", "was", "are", "were", "ist", "war", "lautet", "heißt"];
const THE: &[&str] = &[
    "the", "your", "his", "her", "their", "its", "our", "a", "this", "that", "das", "der", "die", "den", "dein", "ihr",
    "ihre", "euer", "eure",
];
const TELL: &[&str] = &[
    "tell", "give", "share", "send", "provide", "name", "enter", "type", "paste", "nenne", "nennen", "sage", "sagen",
    "gib", "geben",
];
const MAY: &[&str] = &["can", "could", "would", "will", "may", "kannst", "können", "könntest", "könnten"];
const TO_US: &[&str] = &["me", "us", "mir", "uns", "what", "in"];
/// A question that begins so asks for something else.
const ELSE: &[&str] = &[
    "is", "are", "was", "were", "does", "do", "did", "has", "have", "had", "should", "must", "how", "when", "why",
    "where", "who", "whose", "if", "whether", "after", "before", "since", "ist", "sind", "hat", "haben", "wurde",
    "wann", "warum", "wer", "wo", "seit",
];
/// What goes between the beginning and the name of the secret names something else.
const BETWEEN: &[&str] = &[
    "after", "before", "with", "without", "about", "of", "for", "in", "on", "at", "by", "during", "when", "if", "from",
    "to", "wrong", "happens", "happened", "mit", "ohne", "nach", "vor", "bei", "für", "von",
];
/// What may follow the name.
const AFTER: &[&str] = &[
    "of",
    "for",
    "to",
    "on",
    "in",
    "from",
    "at",
    "by",
    "that",
    "which",
    "the",
    "you",
    "he",
    "she",
    "they",
    "we",
    "i",
    "did",
    "do",
    "have",
    "has",
    "please",
    "now",
    "currently",
    "von",
    "vom",
    "für",
    "des",
    "der",
    "zum",
    "zur",
    "im",
    "am",
    "haben",
    "hat",
];
/// Before the value in an answer.
const FILLER: &[&str] = &[
    "the", "answer", "was", "is", "it", "its", "s", "it’s", "user", "customer", "engineer", "person", "says", "said",
    "replied", "answered", "they", "he", "she", "i", "we", "that", "should", "be", "set", "to", "password", "passwort",
    "kennwort", "pin", "key", "code", "es", "ist", "war", "lautet", "das", "die", "der", "think",
];
/// Answers of one word that tell no secret, beside those that never do.
const PLAIN: &[&str] = &[
    "nobody",
    "everyone",
    "nothing",
    "something",
    "later",
    "pending",
    "known",
    "works",
    "working",
    "forgot",
    "weiß",
    "niemand",
    "sure",
    "maybe",
    "idk",
    "dunno",
    "personal",
    "private",
    "confidential",
    "geheim",
    "skip",
    "skipped",
    "pass",
    "fail",
];

/// What a question's answer has to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    Word,
    /// What has a digit, or looks like a password otherwise.
    Odd,
}

/// The secret that an answer tells to the question it answers.
pub fn secret<'a>(question: &str, answer: &'a str) -> Option<&'a str> {
    let wants = sentences(question).into_iter().find_map(asks)?;
    value(wants, question, answer)
}

/// The same where only the question that was put last is answered.
pub fn secret_of_last<'a>(said: &str, answer: &'a str) -> Option<&'a str> {
    let last = sentences(said).pop()?;
    value(asks(last)?, last, answer)
}

/// Secrets in a text that repeats questions with their answers, one a line.
pub fn told(text: &str) -> Vec<&str> {
    const LONGEST: usize = 400;
    let lines = text.lines().filter(|line| line.len() <= LONGEST);
    lines
        .filter_map(|line| line.split_once('?'))
        .filter_map(|(question, answer)| {
            let sentence = question.rsplit(['.', '!', ';', '“', '„', '"', '«']).next()?;
            value(asks(sentence)?, sentence, answer)
        })
        .collect()
}

/// What may ask: all that ends as a question, and what stands last.
fn sentences(text: &str) -> Vec<&str> {
    let mut asking = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['?', '.', '!', ';', '\n']) {
        let (sentence, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        if after.starts_with('?') || !rest.chars().any(char::is_alphanumeric) {
            asking.push(sentence);
        }
    }
    asking.push(rest);
    asking.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    asking
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn is_in(word: Option<&String>, list: &[&str]) -> bool {
    word.is_some_and(|word| list.contains(&word.as_str()))
}

/// What the sentence wants, if it is a secret.
fn asks(sentence: &str) -> Option<Wants> {
    let words = words(sentence);
    let begins = beginning(&words)?;
    let named =
        words.iter().enumerate().skip(begins).take(6).find_map(|(at, word)| Some((at, names(&words, at, word)?)));
    let (at, wants) = named?;
    let between = words.get(begins..at).unwrap_or_default();
    if between.iter().any(|word| [BETWEEN, THE].iter().any(|list| list.contains(&word.as_str()))) {
        return None;
    }
    let follows = if is_in(words.get(at + 1), &["code", "number", "phrase"]) { at + 2 } else { at + 1 };
    let ends = words.get(follows).is_none() || (is_in(words.get(follows), IS) && words.get(follows + 1).is_none());
    (ends || is_in(words.get(follows), AFTER)).then_some(wants)
}

/// Where the name of what is asked for begins.
fn beginning(words: &[String]) -> Option<usize> {
    let skip = |at: usize, list: &[&str]| if is_in(words.get(at), list) { at + 1 } else { at };
    let mut at = 0;
    while is_in(words.get(at), &["please", "and", "so", "ok", "then", "also", "bitte", "und"]) {
        at += 1;
    }
    if is_in(words.get(at), WHICH) {
        let is = skip(at + 1, IS);
        // *Which browser saved the password?* is about a browser: without *is* there is no article.
        let named = if is > at + 1 { skip(is, THE) } else { is };
        let possessive = is == at + 1 && words.iter().skip(at).take(4).any(|word| word == "s");
        return (!possessive).then_some(named);
    }
    if is_in(words.get(at), MAY) {
        at = (at + 1..at + 4).find(|at| is_in(words.get(*at), TELL))?;
    } else if is_in(words.get(at), ELSE) {
        return None;
    }
    if is_in(words.get(at), TELL) {
        at = skip(skip(at + 1, TO_US), TO_US);
    }
    Some(skip(at, THE))
}

/// Whether a word is the name of a secret.
fn names(words: &[String], at: usize, word: &str) -> Option<Wants> {
    if SURE.contains(&word) || word.ends_with("passwort") || word.ends_with("kennwort") {
        return Some(Wants::Word);
    }
    let of_keys = at.checked_sub(1).is_some_and(|before| is_in(words.get(before), OF_KEYS));
    let whole = word.strip_suffix("schlüssel").is_some_and(|kind| OF_KEYS.contains(&kind));
    if whole || (of_keys && ["key", "schlüssel"].contains(&word)) {
        return Some(Wants::Word);
    }
    // *Which key do you press?*
    let pressed = is_in(words.get(at + 1), &["do", "did", "you", "to", "on"]) && !of_keys;
    let bare = match word {
        "key" | "schlüssel" => !pressed,
        "code" => of_keys,
        _ => true,
    };
    (PERHAPS.contains(&word) && bare).then_some(Wants::Odd)
}

/// The secret in an answer: its one word, or the last one where the others only lead to it.
fn value<'a>(wants: Wants, question: &str, answer: &'a str) -> Option<&'a str> {
    const EDGES: &[char] = &['"', '\'', '`', '“', '”', '„', '«', '»', ',', ';', ':', '(', ')'];
    let mut parts: Vec<&str> =
        answer.split_whitespace().filter(|part| part.chars().any(char::is_alphanumeric)).collect();
    let last = parts.pop()?;
    let leads = |part: &&str| words(part).iter().all(|word| FILLER.contains(&word.as_str()));
    if !parts.iter().all(leads) {
        return None;
    }
    let value = last.trim_start_matches(EDGES).trim_end_matches(EDGES).trim_end_matches('.');
    let odd =
        value.chars().any(|c| c.is_ascii_digit()) || checks::like_a_password(Hit { before: "", value, after: "" });
    let asked = words(question);
    let says = (4..=128).contains(&value.chars().count())
        && !checks::is_stand_in(value)
        && !PLAIN.contains(&value.to_lowercase().as_str())
        && !asked.contains(&value.to_lowercase())
        && placeholder::all(value).next().is_none();
    (says && (odd || (wants == Wants::Word && parts.is_empty()))).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_questions_for_a_secret_are_secrets() {
        for (question, answer, value) in [
            ("What is the password of the local admin?", "Tannenbaum77", "Tannenbaum77"),
            ("What is the password of the local admin?", "tannenbaum", "tannenbaum"),
            ("What’s the admin password?", "It is Tannenbaum77.", "Tannenbaum77"),
            ("What is the WLAN key?", "Kq7vTR99pLm2", "Kq7vTR99pLm2"),
            ("What is the wi-fi key?", "sonnenblume", "sonnenblume"),
            ("What is the PIN of the safe?", "884213", "884213"),
            ("What is the PIN code?", "4711", "4711"),
            ("Which password did you set?", "Sommer", "Sommer"),
            ("Local admin password?", "\"hunter\"", "hunter"),
            ("Please tell me the password", "hunter", "hunter"),
            ("Can you tell me what the password is?", "hunter", "hunter"),
            ("It asks to sign in. What is Bob's password?", "hunter", "hunter"),
            ("What is the client secret?", "a8Q~longer", "a8Q~longer"),
            ("What is the token?", "12ab34cd", "12ab34cd"),
            ("Wie lautet das Kennwort?", "hunter", "hunter"),
            ("Welches Passwort haben Sie gesetzt?", "hunter", "hunter"),
            ("Wie ist der WLAN-Schlüssel?", "hunter", "hunter"),
            ("What is the alarm code?", "the code is 99113", "99113"),
        ] {
            assert_eq!(secret(question, answer), Some(value), "{question} {answer}");
        }
    }

    #[test]
    fn other_answers_are_not() {
        for (question, answer) in [
            ("What is the password of the local admin?", "unknown"),
            ("What is the password of the local admin?", "The user forgot it"),
            ("What is the password of the local admin?", "no"),
            ("What is the password of the local admin?", "same as on PC-0042"),
            ("Is the password expired?", "Yesterday"),
            ("Does Outlook ask for the password?", "Always"),
            ("Did you enter the password?", "twice"),
            ("When was the password changed?", "Monday"),
            ("Who knows the password?", "Maria"),
            ("Which browser saved the password?", "Firefox"),
            ("Which user's password was reset?", "bob.doe"),
            ("Which password manager do you use?", "KeePass2"),
            ("What is the password policy?", "strict"),
            ("What is the maximum age of the password?", "90days"),
            ("What happens after the password?", "Error1326"),
            ("What is wrong with the password?", "Expired2"),
            ("What does the password prompt say?", "Sign-in1"),
            ("Which key do you press?", "Escape"),
            ("Which key did you press to boot?", "F12F12"),
            ("Which registry key is missing?", "HKLM"),
            ("What is the key?", "Escape"),
            ("Which pin is bent?", "third"),
            ("What error code does it show?", "0x80070005"),
            ("What is the error code?", "0x80070005"),
            ("How long is the password?", "12345"),
            ("Where is the password stored?", "KeePass"),
            ("Since when?", "2026-11-26"),
            ("Which printer?", "HP-M404"),
            ("You mentioned a password. Who set it?", "Maria"),
        ] {
            assert_eq!(secret(question, answer), None, "{question} {answer}");
        }
    }

    #[test]
    fn a_question_with_its_answer_in_one_text_tells_it_too() {
        assert_eq!(told("Asked “What is the PIN of the safe?”, the answer was: 884213"), ["884213"]);
        assert_eq!(told("x\nWhat is the WLAN key? – sonnenblume\ny"), ["sonnenblume"]);
        assert_eq!(told("Asked “Is the password expired?”, the answer was: Yesterday1"), Vec::<&str>::new());
        assert_eq!(secret_of_last("I see. What is the password? Which browser is it?", "Firefox"), None);
        assert_eq!(secret_of_last("Which browser? And what is the password?", "Firefox"), Some("Firefox"));
    }
}
