//! What a question, a fix or a piece of prose says, apart from how it says it.

use std::collections::BTreeSet;

/// Words that carry nothing by which two questions could be told apart.
const EMPTY: &str = "a an the is are was were be been being am do does did done has have had can could would will shall should may \
    might must please you your yours it its this that these those there they them their he she his her we i me my our us of to \
    for at with by from in and or but also just now still currently again really right then so if as already once more let lets \
    try tell say s re ve ll d m doesn isn don didn couldn won hasn aren wasn weren wouldn shouldn haven hadn";
/// Words that turn a sentence round.
const NEGATIVE: &str = "no not never without nobody none nothing cannot t";
/// Words that ask for something else each.
const ASKING: &str = "who when where why";

/// A text as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    plain: String,
    /// What has to be the same: numbers, what turns a sentence round, what it asks for.
    must: BTreeSet<String>,
    rest: BTreeSet<String>,
}

/// A text as it is kept: letters and digits in lower case, one space between words. A question with another full stop is the same
/// question.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase));
    }
    plain
}

fn stands_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

/// The word without its ending: users and user, opens and opened.
fn stem(word: &str) -> &str {
    let ends =
        |ending: &str| word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 3 && !stem.ends_with('s'));
    ["ing", "ed", "es", "s"].into_iter().find_map(ends).unwrap_or(word)
}

impl Words {
    pub fn of(text: &str) -> Self {
        let plain = plain(text);
        let (mut must, mut rest) = (BTreeSet::new(), BTreeSet::new());
        for word in plain.split(' ').filter(|word| !word.is_empty()) {
            if stands_in(NEGATIVE, word) {
                must.insert("not".to_owned());
            } else if stands_in(ASKING, word) || word.chars().any(char::is_numeric) {
                must.insert(word.to_owned());
            } else if !stands_in(EMPTY, word) {
                rest.insert(stem(word).to_owned());
            }
        }
        Self { plain, must, rest }
    }

    /// The same, said of something: a cause that is ruled out is not the cause that was open.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        self.must.insert(format!("about {what}"));
        self
    }

    fn shared(&self, other: &Self) -> (usize, usize) {
        (self.rest.intersection(&other.rest).count(), self.rest.len().max(other.rest.len()))
    }

    /// The same words, however dressed.
    pub fn is(&self, other: &Self) -> bool {
        let same = self.must == other.must && self.rest == other.rest;
        same && (!self.rest.is_empty() || self.plain == other.plain)
    }

    /// Mostly the same words: four of five.
    pub fn is_like(&self, other: &Self) -> bool {
        let (shared, of) = self.shared(other);
        self.is(other) || (self.must == other.must && of > 0 && shared * 5 >= of * 4)
    }

    /// Says something else for the most part.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        let (shared, of) = self.shared(other);
        shared * 2 < of
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_set, prelude::*};

    use super::*;

    #[test]
    fn the_same_is_the_same_however_it_is_dressed() {
        for (one, other) in [
            (" Does  WEBMAIL work?! ", "does webmail—work"),
            ("Does webmail work?", "Does the webmail still work now?"),
            ("Which users are affected?", "Which user is affected"),
            ("It doesn't open", "It does not open."),
            ("Who?", "who"),
        ] {
            assert!(Words::of(one).is(&Words::of(other)), "{one} / {other}");
        }
    }

    #[test]
    fn what_asks_for_something_else_is_not_the_same() {
        for (one, other) in [
            ("Does webmail work?", "Does Outlook work?"),
            ("When did it begin?", "Where did it begin?"),
            (
                "Does the server at 10.0.0.1 answer a ping from the client?",
                "Does the server at 10.0.0.2 answer a ping from the client?",
            ),
            ("The user can open the shared mailbox", "The user cannot open the shared mailbox"),
            ("What now?", "And then?"),
        ] {
            assert!(!Words::of(one).is_like(&Words::of(other)), "{one} / {other}");
        }
        assert!(
            !Words::of("A stale password").about("open").is_like(&Words::of("A stale password").about("ruled_out"))
        );
    }

    #[test]
    fn one_word_of_five_makes_no_other_question() {
        let one = Words::of("Does the Outlook client open the shared calendar in safe mode?");
        let other = Words::of("Does the Outlook program open the shared calendar in safe mode?");
        assert!(one.is_like(&other) && !one.is(&other));
    }

    proptest! {
        #[test]
        fn case_order_and_marks_never_matter(words in btree_set("[a-z]{4,8}", 2..9), mark in "[ ,.!?;]{1,3}") {
            let plain: Vec<&str> = words.iter().map(String::as_str).collect();
            let dressed: Vec<String> = words.iter().rev().map(|word| word.to_uppercase()).collect();
            prop_assert!(Words::of(&plain.join(" ")).is(&Words::of(&dressed.join(&mark))));
        }

        #[test]
        fn being_alike_goes_both_ways_and_what_is_the_same_is_alike(one in "[a-c0-2 ]{0,24}", other in "[a-c0-2 ]{0,24}") {
            let (one, other) = (Words::of(&one), Words::of(&other));
            prop_assert_eq!(one.is_like(&other), other.is_like(&one));
            prop_assert!(!one.is(&other) || one.is_like(&other));
            prop_assert!(one.is(&one));
        }
    }
}
