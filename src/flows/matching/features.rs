//! What is to be weighed about a text: its words, neighbouring words, what they stand for, what is said to be fine, and how much
//! of the text speaks of IT at all.

use std::collections::HashSet;

use super::text::Sentence;
use super::words::{Concept, Word, Words};

/// One thing about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    Word(Word),
    /// Two words, one after the other but for empty ones.
    Pair(Word, Word),
    Concept(Concept),
    /// Said to be in order: "the Wi-Fi here is fast".
    Fine(Concept),
    /// Two concepts in one clause.
    Together(Concept, Concept),
    /// How many words speak of IT, and how many do not for each that does; both coarse.
    Share(u8, u8),
}

impl Feature {
    /// How much it counts beside the others. Found by cross-validation; the neighbourhood is flat.
    pub const fn size(self) -> f32 {
        match self {
            Self::Concept(_) | Self::Fine(_) => 1.5,
            Self::Word(_) | Self::Share(..) => 1.0,
            Self::Pair(..) => 0.7,
            Self::Together(..) => 0.5,
        }
    }
}

/// Words without a meaning of their own.
const EMPTY: &[&str] = &[
    "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "for", "from", "with", "by", "as", "is", "are", "was",
    "were", "be", "been", "am", "it", "its", "this", "that", "these", "those", "i", "me", "my", "mine", "we", "us",
    "our", "you", "your", "he", "him", "his", "she", "her", "they", "them", "their", "there", "here", "so", "if",
    "then", "than", "when", "while", "which", "who", "what", "has", "have", "had", "do", "does", "did", "will",
    "would", "can", "could", "should", "may", "might", "just", "also", "very", "some", "any", "s", "t", "re", "m",
    "ll", "ve", "d",
];
/// Words that say that something is in order.
const FINE: &[&str] = &[
    "fine",
    "ok",
    "okay",
    "good",
    "alright",
    "works",
    "well",
    "normal",
    "normally",
    "perfect",
    "perfectly",
    "stable",
    "fast",
];
/// Words that take that back.
const NOT_FINE: &[&str] = &[
    "not",
    "no",
    "never",
    "nothing",
    "cannot",
    "only",
    "slow",
    "error",
    "fail",
    "fails",
    "failed",
    "hardly",
    "until",
    "usually",
    "before",
    "yesterday",
    "used",
    "if",
    "when",
];

/// What may stand between "not" and what it is not: "it is not the printer".
const ARTICLES: &[&str] = &["the", "a", "an", "my", "our", "his", "her", "about"];
/// Words that may follow there.
const DENIED_AT_MOST: usize = 3;

/// Finds the features of texts.
pub struct Reading {
    not: HashSet<Word>,
    articles: HashSet<Word>,
    empty: HashSet<Word>,
    fine: HashSet<Word>,
    not_fine: HashSet<Word>,
}

/// The features of a sentence, and the counts that make the feature of the whole text.
#[derive(Debug, Default, Clone)]
pub struct Found {
    pub features: Vec<Feature>,
    about_it: usize,
    other: usize,
}

impl Found {
    /// The features of several sentences as those of one text.
    pub fn merge(sentences: &[Self]) -> Self {
        let mut all = Self::default();
        for sentence in sentences {
            all.features.extend(&sentence.features);
            all.about_it += sentence.about_it;
            all.other += sentence.other;
        }
        all
    }

    /// Sorted, each once, with the share that speaks of IT.
    pub fn finish(mut self) -> Vec<Feature> {
        let about_it = match self.about_it {
            0 => 0,
            1 => 1,
            2 => 2,
            3 | 4 => 3,
            _ => 4,
        };
        let other = match self.other {
            0 => 0,
            other if other <= self.about_it => 1,
            other if other <= 3 * self.about_it => 2,
            _ => 3,
        };
        self.features.push(Feature::Share(about_it, other));
        self.features.sort_unstable();
        self.features.dedup();
        self.features
    }
}

impl Reading {
    pub fn new(words: &mut Words) -> Self {
        let mut set = |list: &[&str]| list.iter().map(|word| words.learn(word)).collect();
        Self {
            not: set(&["not"]),
            articles: set(ARTICLES),
            empty: set(EMPTY),
            fine: set(FINE),
            not_fine: set(NOT_FINE),
        }
    }

    /// Whether this word has no meaning of its own.
    pub fn is_empty(&self, word: Word) -> bool {
        self.empty.contains(&word)
    }

    /// What a sentence says, its words known through `find`.
    pub fn sentence(&self, words: &Words, sentence: &Sentence, find: &mut dyn FnMut(&str) -> Option<Word>) -> Found {
        let mut found = Found::default();
        for clause in sentence {
            let known: Vec<Option<Word>> = clause.iter().map(|word| find(word)).collect();
            let concepts = self.concepts(words, clause, &known, &mut found);
            let has = |set: &HashSet<Word>| known.iter().flatten().any(|word| set.contains(word));
            let fine = has(&self.fine) && !has(&self.not_fine);
            if self.denies(&known) {
                found.features.extend(concepts.into_iter().map(Feature::Fine));
                continue;
            }
            let mut last = None;
            for word in known.iter().filter(|word| word.is_none_or(|word| !self.empty.contains(&word))) {
                found.features.extend(word.map(Feature::Word));
                found.features.extend(last.zip(*word).map(|(last, word)| Feature::Pair(last, word)));
                last = *word;
            }
            for (at, concept) in concepts.iter().enumerate() {
                found.features.push(Feature::Concept(*concept));
                found.features.extend(fine.then_some(Feature::Fine(*concept)));
                found.features.extend(concepts.iter().skip(at + 1).map(|other| Feature::Together(*concept, *other)));
            }
        }
        found
    }

    /// "It is not the printer": what the clause names is not the matter.
    fn denies(&self, known: &[Option<Word>]) -> bool {
        let is = |word: Option<Word>, set: &HashSet<Word>| word.is_some_and(|word| set.contains(&word));
        let denial = known
            .iter()
            .zip(known.iter().skip(1))
            .position(|(word, next)| is(*word, &self.not) && is(*next, &self.articles));
        denial.is_some_and(|at| (1..=DENIED_AT_MOST).contains(&(known.len() - at - 2)))
    }

    /// What the words of a clause stand for; counts which of them speak of IT.
    fn concepts(&self, words: &Words, clause: &[String], known: &[Option<Word>], found: &mut Found) -> Vec<Concept> {
        let mut concepts = Vec::new();
        let mut about_it_to = 0;
        for (at, (spelling, word)) in clause.iter().zip(known).enumerate() {
            for (concept, length) in words.terms(known.get(at..).unwrap_or_default()) {
                concepts.push(concept);
                if !words.is_everyday(concept) {
                    about_it_to = about_it_to.max(at + length);
                }
            }
            let empty = spelling.starts_with('@') || word.is_some_and(|word| self.empty.contains(&word));
            if at < about_it_to && !empty {
                found.about_it += 1;
            } else if !empty && (word.is_some() || is_word(spelling)) {
                found.other += 1;
            }
        }
        concepts.sort_unstable();
        concepts.dedup();
        concepts
    }
}

/// Not a name with a number, an abbreviation or the like.
fn is_word(spelling: &str) -> bool {
    spelling.len() >= 3 && spelling.bytes().all(|byte| byte.is_ascii_lowercase())
}
