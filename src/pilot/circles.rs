//! Whether a model turns in circles: it asks or proposes the same again, and nothing new comes of it (P2.1: markers only propose;
//! this is where proposing ends). Decided by comparing words, so that every node decides the same; how the prose around them
//! changes does not matter.

mod words;

use std::collections::HashSet;

pub use words::{Words, plain};

/// An answer that repeats this often what was there before it is the last of its kind.
pub const MOST: i16 = 2;

/// A fix as it is compared: what it is, and what it rests on.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    pub title: Words,
    pub grounds: HashSet<String>,
}

/// What was there before the answer.
#[derive(Debug, Default)]
pub struct Before {
    /// Questions and checks that were asked for in this session.
    pub asked: Vec<Words>,
    /// Those that were answered, done or skipped.
    pub settled: Vec<Words>,
    /// Facts, and causes with how they stand.
    pub known: Vec<Words>,
    pub fixes: Vec<Proposal>,
    /// The prose of the answer before.
    pub said: Option<Words>,
    /// How often answers have repeated what was there since something new came.
    pub repeats: i16,
}

/// What the answer says.
#[derive(Debug, Default)]
pub struct Answer {
    pub asks: Vec<Words>,
    pub finds: Vec<Words>,
    pub fix: Option<Proposal>,
    pub said: Words,
    /// It says how a fix turned out.
    pub outcome: bool,
    /// Since the answer before, a person answered something, found something out or tried something.
    pub news: bool,
    /// The person asked something.
    pub was_asked: bool,
}

/// What an answer is to what was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeats {
    /// How often what was there has been repeated, this answer included.
    pub count: i16,
    /// This answer does.
    pub again: bool,
}

impl Repeats {
    /// It is enough.
    pub const fn is_a_circle(self) -> bool {
        self.again && self.count >= MOST
    }
}

impl Before {
    pub fn repeats_with(&self, answer: &Answer) -> Repeats {
        // After news, a question with one other word may well be the next one; without any, it is the same again.
        let same = |one: &Words, other: &Words| if answer.news { one.is(other) } else { one.is_like(other) };
        let among = |list: &[Words], text: &Words| list.iter().any(|known| same(known, text));
        let asks_new = answer.asks.iter().any(|text| !among(&self.asked, text) && !among(&self.settled, text));
        let finds_new = answer.finds.iter().any(|text| !among(&self.known, text));
        if answer.outcome || asks_new || finds_new || answer.fix.as_ref().is_some_and(|fix| self.is_new(fix)) {
            return Repeats { count: 0, again: false };
        }
        let says_again = self.said.as_ref().is_some_and(|said| said.is_like(&answer.said));
        // Whoever is told what they wanted to know is not led in a circle, whatever stays open beside it.
        let tells = answer.was_asked && self.said.as_ref().is_none_or(|said| said.is_apart_from(&answer.said));
        let repeats_open = says_again || answer.fix.is_some() || (!answer.asks.is_empty() && !tells);
        // To ask for what was answered is to repeat, even if something else was answered just now.
        let asks_settled = answer.asks.iter().any(|text| among(&self.settled, text));
        match asks_settled || (repeats_open && !answer.news) {
            true => Repeats { count: self.repeats.saturating_add(1), again: true },
            false if answer.news => Repeats { count: 0, again: false },
            // It only talks: that neither brings anything nor repeats.
            false => Repeats { count: self.repeats, again: false },
        }
    }

    /// The same fix on other grounds is another proposal.
    fn is_new(&self, fix: &Proposal) -> bool {
        let mut alike = self.fixes.iter().filter(|known| known.title.is_like(&fix.title)).peekable();
        if alike.peek().is_none() {
            return true;
        }
        let known: HashSet<&String> = alike.flat_map(|known| &known.grounds).collect();
        fix.grounds.iter().any(|ground| !known.contains(ground))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(texts: &[&str]) -> Vec<Words> {
        texts.iter().map(|text| Words::of(text)).collect()
    }

    fn fix(title: &str, grounds: &[&str]) -> Proposal {
        Proposal { title: Words::of(title), grounds: grounds.iter().map(|&id| id.to_owned()).collect() }
    }

    fn before() -> Before {
        Before {
            asked: words(&[
                "Does webmail work?",
                "Who is affected?",
                "Does the Outlook client open the shared calendar in safe mode?",
            ]),
            settled: words(&["Does webmail work?"]),
            known: words(&["Webmail works"]),
            fixes: vec![fix("Clear the saved password", &["f1"])],
            said: Some(Words::of("Let us look at the mailbox.")),
            repeats: 1,
        }
    }

    fn answer(asks: &[&str], said: &str) -> Answer {
        Answer { asks: words(asks), said: Words::of(said), ..Answer::default() }
    }

    #[test]
    fn the_same_again_counts_whatever_the_prose_around_it() {
        for again in [
            answer(&["does webmail work"], "Something else."),
            answer(&["Who is affected?"], "Something else entirely, to go on with."),
            answer(&["Does the Outlook program open the shared calendar in safe mode?"], "Hm."),
            answer(&[], "Let us look at the mailbox!"),
            Answer { fix: Some(fix("Clear saved passwords", &["f1"])), ..answer(&[], "Another word.") },
            Answer { was_asked: true, fix: Some(fix("Clear the saved password", &[])), ..answer(&[], "It is easy.") },
            Answer { news: true, ..answer(&["Does webmail work?"], "Thanks.") },
            Answer { was_asked: true, ..answer(&["Who is affected?"], "Let us look at that mailbox.") },
        ] {
            let found = before().repeats_with(&again);
            assert!(found.is_a_circle() && found.count == 2, "{again:?}: {found:?}");
            assert!(!Before { repeats: 0, ..before() }.repeats_with(&again).is_a_circle(), "once may be an oversight");
        }
    }

    #[test]
    fn what_brings_something_begins_anew() {
        for fresh in [
            answer(&["Does webmail work?", "Since when?"], "Let us look at the mailbox."),
            Answer { finds: words(&["The clock is wrong"]), ..answer(&[], "Let us look at the mailbox.") },
            Answer { outcome: true, ..answer(&["Does webmail work?"], "") },
            Answer { news: true, ..answer(&["Who is affected?"], "Let us look at the mailbox.") },
            Answer {
                news: true,
                ..answer(&["Does the Outlook program open the shared calendar in safe mode?"], "Hm.")
            },
            Answer { fix: Some(fix("Clear the saved password", &["f2"])), ..answer(&[], "Now it fits.") },
            Answer { fix: Some(fix("Repair the profile", &[])), ..answer(&[], "Let us look at the mailbox.") },
        ] {
            assert_eq!(before().repeats_with(&fresh), Repeats { count: 0, again: false }, "{fresh:?}");
        }
    }

    #[test]
    fn whoever_is_told_what_they_asked_is_in_no_circle_but_the_count_stays() {
        for told in [
            Answer { was_asked: true, ..answer(&["Who is affected?"], "Ping asks a computer whether it is there.") },
            answer(&[], "Take your time."),
        ] {
            let found = Before { repeats: 5, ..before() }.repeats_with(&told);
            assert_eq!(found, Repeats { count: 5, again: false });
            assert!(!found.is_a_circle());
        }
    }
}
