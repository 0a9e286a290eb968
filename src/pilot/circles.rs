//! Whether a model turns in circles: it asks what was answered, or says the same again, and nothing new comes of it (P2.1: markers
//! only propose; this is where proposing ends). Decided by comparing texts, so that every node decides the same.

use std::collections::HashSet;

/// An answer that repeats this often in a row what was there before it is the last of its kind.
pub const MOST: i16 = 2;

/// A text as it is compared: letters and digits in lower case, one space between words. A question with another full stop is
/// the same question.
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

/// What was there before the answer, all of it as it is compared.
#[derive(Debug, Default)]
pub struct Before {
    /// Questions and checks that were asked for in this session.
    pub asked: HashSet<String>,
    /// Those that were answered, done or skipped.
    pub settled: HashSet<String>,
    /// Facts, causes with how they stand, and fixes.
    pub known: HashSet<String>,
    /// The prose of the answer before.
    pub said: Option<String>,
    /// How often in a row answers repeated what was there.
    pub repeats: i16,
}

/// What the answer says, as it is compared.
#[derive(Debug, Default)]
pub struct Answer {
    pub asks: Vec<String>,
    pub finds: Vec<String>,
    pub said: String,
    /// It says how a fix turned out.
    pub outcome: bool,
    /// A person answered something in the lane for it.
    pub heard_news: bool,
}

impl Before {
    /// How often in a row answers have repeated what was there, this one included.
    pub fn repeats_with(&self, answer: &Answer) -> i16 {
        let brings = answer.outcome
            || answer.asks.iter().any(|text| !self.asked.contains(text) && !self.settled.contains(text))
            || answer.finds.iter().any(|text| !self.known.contains(text));
        let asks_again = answer.asks.iter().any(|text| self.settled.contains(text));
        let says_again = !answer.heard_news && self.said.as_ref() == Some(&answer.said);
        if !brings && (asks_again || says_again) { self.repeats.saturating_add(1) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> HashSet<String> {
        texts.iter().map(|text| plain(text)).collect()
    }

    fn before() -> Before {
        Before {
            asked: set(&["Does webmail work?", "Who is affected?"]),
            settled: set(&["Does webmail work?"]),
            known: set(&["Webmail works"]),
            said: Some(plain("Let us look.")),
            repeats: 1,
        }
    }

    fn answer(asks: &[&str], said: &str) -> Answer {
        Answer { asks: asks.iter().map(|text| plain(text)).collect(), said: plain(said), ..Answer::default() }
    }

    #[test]
    fn the_same_is_the_same_however_it_is_dressed() {
        assert_eq!(plain(" Does  WEBMAIL work?! "), plain("does webmail—work"));
        assert_ne!(plain("Does webmail work?"), plain("Does webmail work now?"));
        assert_eq!(plain("…"), "");
    }

    #[test]
    fn asking_what_was_answered_or_saying_the_same_again_counts() {
        assert_eq!(before().repeats_with(&answer(&["does webmail work"], "Something else.")), 2);
        assert_eq!(before().repeats_with(&answer(&["Who is affected?"], "Let us look!")), 2);
        assert_eq!(before().repeats_with(&answer(&[], "Let us look.")), 2);
    }

    #[test]
    fn what_brings_something_or_answers_somebody_does_not() {
        for fresh in [
            answer(&["Does webmail work?", "Since when?"], "Let us look."),
            answer(&["Who is affected?"], "Ping asks a computer whether it is there."),
            Answer { finds: vec![plain("The clock is wrong")], ..answer(&[], "Let us look.") },
            Answer { outcome: true, ..answer(&["Does webmail work?"], "") },
            Answer { heard_news: true, ..answer(&["Who is affected?"], "Let us look.") },
        ] {
            assert_eq!(before().repeats_with(&fresh), 0, "{fresh:?}");
        }
    }
}
