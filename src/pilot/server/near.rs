//! Words as somebody half remembers or mistypes them: letters wrong, exchanged or left out, the last ones not typed yet, in any
//! order. No I/O.

use strsim::generic_damerau_levenshtein;

use super::search;

/// Shorter words have nothing to spare: nearly every text has one like them.
const LOOSE_FROM: usize = 4;
/// From here on, two letters may be wrong.
const LOOSER_FROM: usize = 8;
/// More than anybody types.
const MOST_WORDS: usize = 12;

/// What somebody means, roughly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    words: Vec<Vec<char>>,
}

impl Meant {
    pub fn read(typed: &str) -> Self {
        Self { words: search::words(typed).into_iter().take(MOST_WORDS).map(|word| word.chars().collect()).collect() }
    }

    /// How many letters of a text are not as they are meant; `None` where one of the words is not even nearly in it.
    pub fn distance(&self, text: &str) -> Option<usize> {
        let texts: Vec<Vec<char>> = search::words(text).into_iter().map(|word| word.chars().collect()).collect();
        self.words.iter().map(|word| texts.iter().filter_map(|text| distance(word, text)).min()).sum()
    }
}

/// How far a word is from the beginning of another.
fn distance(word: &[char], text: &[char]) -> Option<usize> {
    if text.starts_with(word) {
        return Some(0);
    }
    // Of a number or code, every sign counts.
    let loose = word.len() >= LOOSE_FROM && word.iter().all(|letter| letter.is_alphabetic());
    let spare = if word.len() >= LOOSER_FROM { 2 } else { 1 };
    if !loose || word.len() > text.len() + spare || !begins_alike(word, text) {
        return None;
    }
    [wrong(word, text, spare), left_out(word, text)].into_iter().flatten().min()
}

/// With the same letter, or with the first two exchanged: the first letter is hardly ever a wrong one.
fn begins_alike(word: &[char], text: &[char]) -> bool {
    word.first() == text.first() || word.iter().take(2).eq(text.iter().take(2).rev())
}

/// How many letters to change, add, take out or exchange with the next one until `text` begins with `word`, if no more than `spare`.
fn wrong(word: &[char], text: &[char], spare: usize) -> Option<usize> {
    let beginnings = (word.len() - spare..=word.len() + spare).filter_map(|length| text.get(..length));
    beginnings.map(|beginning| generic_damerau_levenshtein(word, beginning)).min().filter(|wrong| *wrong <= spare)
}

/// How many letters were left out, where the others stand in `text` in their order and are at least half of it that far.
fn left_out(word: &[char], text: &[char]) -> Option<usize> {
    let mut places = text.iter().enumerate();
    let mut end = 0;
    for typed in word {
        end = places.find(|(_, letter)| *letter == typed)?.0 + 1;
    }
    (end <= word.len() * 2).then(|| end - word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(typed: &str, text: &str) -> Option<usize> {
        Meant::read(typed).distance(text)
    }

    #[test]
    fn words_and_their_beginnings_are_found_in_any_order() {
        assert_eq!(far("password outl", "Outlook asks for the password"), Some(0));
        assert_eq!(far("ÜBER łukasz", "Uber Lukasz"), Some(0));
        assert_eq!(far("password scanner", "Outlook asks for the password"), None);
    }

    #[test]
    fn letters_may_be_wrong_exchanged_too_many_or_missing() {
        for (typed, text, letters) in [
            ("outlok", "Outlook", 1),
            ("oulook", "Outlook", 1),
            ("outlooj", "Outlook", 1),
            ("outllook", "Outlook", 1),
            ("otulook", "Outlook", 1),
            ("uotlook", "Outlook", 1),
            ("pasword", "the password", 1),
            ("printr offlien", "Printer is offline", 2),
            ("authentcatoin", "Authentication", 2),
            ("outlk", "Outlook", 1),
            ("prntr", "Printer", 2),
            ("psswrd", "Password", 2),
            ("pritne", "Printer", 1),
        ] {
            assert_eq!(far(typed, text), Some(letters), "{typed} in {text}");
        }
    }

    #[test]
    fn what_is_only_a_little_alike_is_another_word() {
        for (typed, text) in [
            ("vpn", "Van"),
            ("mail", "Fail"),
            ("outlook", "Outside"),
            ("scanner", "Spooler"),
            ("oask", "Outlook asks"),
            ("pswd", "Printers of sales are down"),
        ] {
            assert_eq!(far(typed, text), None, "{typed} in {text}");
        }
    }

    #[test]
    fn every_sign_of_a_number_or_code_counts() {
        assert_eq!(far("1042", "#1042 Acme"), Some(0));
        assert_eq!(far("1043", "#1042 Acme"), None);
        assert_eq!(far("fs02x", "fs01x"), None);
    }

    #[test]
    fn what_was_pasted_costs_no_more_than_what_is_typed() {
        let pasted = "abcdefgh ".repeat(20_000);
        assert_eq!(Meant::read(&pasted).words.len(), MOST_WORDS);
        assert_eq!(far(&"a".repeat(20_000), "abc"), None);
    }
}
