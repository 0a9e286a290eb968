//! What another server quotes of the key that it was sent.

use secrecy::{ExposeSecret, SecretString};

const STAND_IN: &str = "[key]";
/// So much of a key in a row says something of it; what is shorter, vendors print themselves to tell keys apart.
const TELLING: usize = 8;
/// A key that is shorter is a word that some local servers want instead of one.
const SHORTEST: usize = 4;

/// The text with every part of the key that tells something replaced.
pub fn without_key(text: &str, key: Option<&SecretString>) -> String {
    let key: Vec<char> = key.map(|key| key.expose_secret().trim().chars().collect()).unwrap_or_default();
    let text: Vec<char> = text.chars().collect();
    if key.len() < SHORTEST {
        return text.into_iter().collect();
    }
    let whole = key.len() < TELLING;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = common(rest, &key);
        let quoted = match whole {
            false => length >= TELLING,
            // It may be a part of an ordinary word.
            true => length == key.len() && stands_alone(&text, at, length),
        };
        if quoted {
            if !out.ends_with(STAND_IN) {
                out.push_str(STAND_IN);
            }
            at += length;
        } else {
            out.extend(rest.first());
            at += 1;
        }
    }
    out
}

/// How many characters of the text's beginning stand somewhere in the key in a row.
fn common(text: &[char], key: &[char]) -> usize {
    let from = |start: usize| text.iter().zip(key.iter().skip(start)).take_while(|(one, other)| one == other).count();
    (0..key.len()).map(from).max().unwrap_or_default()
}

fn stands_alone(text: &[char], at: usize, length: usize) -> bool {
    let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
    !is_word(at.checked_sub(1).and_then(|before| text.get(before))) && !is_word(text.get(at + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_key_nothing_stays_that_tells_something() {
        let key = "sk-live-0123456789abcdefghijklmnop";
        for (said, left) in [
            (format!("Bearer {key} may not do this"), "Bearer [key] may not do this"),
            (format!("{key}{key}"), "[key]"),
            ("key sk-live-01234567... is unknown".to_owned(), "key [key]... is unknown"),
            ("it ends in ijklmnop, it begins with sk-live".to_owned(), "it ends in [key], it begins with sk-live"),
            (format!("\"{}\u{fffd}{}\"", &key[..12], &key[20..]), "\"[key]\u{fffd}[key]\""),
            ("No such model: live".to_owned(), "No such model: live"),
        ] {
            assert_eq!(without_key(&said, Some(&SecretString::from(key))), left);
        }
    }

    #[test]
    fn a_short_key_is_hidden_where_it_stands_alone_and_a_stand_in_is_no_key() {
        let hide = |text: &str, key: &str| without_key(text, Some(&SecretString::from(key)));
        assert_eq!(hide("Bearer ollama: ollama2 is no model", "ollama"), "Bearer [key]: ollama2 is no model");
        assert_eq!(hide("exit: x", "x"), "exit: x");
        assert_eq!(hide("Bearer  spaced-key-1 ", " spaced-key-1\n"), "Bearer  [key] ");
        assert_eq!(without_key("no key at all", None), "no key at all");
    }
}
