//! The words the matcher knows: their stems, what they stand for (`words.txt`), and which of them a misspelt word was meant to be.

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};

use super::text;

/// A known word, by its stem.
pub type Word = u32;
/// What words stand for, such as "vpn" or "denied"; a line of `words.txt`.
pub type Concept = u16;

const LEXICON: &str = include_str!("words.txt");
/// Words shorter than this are never corrected.
const SHORTEST_CORRECTED: usize = 4;
/// From this length on two letters may be wrong, and the first one too.
const LONG: usize = 8;

/// All known words.
pub struct Words {
    stemmer: Stemmer,
    by_stem: HashMap<String, Word>,
    /// The spellings seen so far, so that a query rarely needs the stemmer.
    by_spelling: HashMap<String, Word>,
    /// Spellings that a misspelt word may have been meant to be, by their length.
    correct: Vec<Vec<Spelling>>,
    /// The terms of the word list by their first word.
    terms: HashMap<Word, Vec<Term>>,
    /// Whether a concept is a matter of everyday life instead of IT.
    everyday: Vec<bool>,
}

struct Spelling {
    text: Box<str>,
    letters: u32,
    word: Word,
}

struct Term {
    rest: Box<[Word]>,
    concept: Concept,
}

impl Words {
    /// The words of the word list.
    pub fn new() -> Self {
        let mut words = Self {
            stemmer: Stemmer::new(Algorithm::English),
            by_stem: HashMap::new(),
            by_spelling: HashMap::new(),
            correct: Vec::new(),
            terms: HashMap::new(),
            everyday: Vec::new(),
        };
        let lines = LEXICON.lines().filter(|line| !line.starts_with('#'));
        for (concept, (name, terms)) in (0..).zip(lines.filter_map(|line| line.split_once(':'))) {
            words.everyday.push(name.starts_with('~'));
            for term in terms.split(", ") {
                let mut term = text::words(term).map(|word| words.learn(&word)).collect::<Vec<_>>().into_iter();
                if let Some(first) = term.next() {
                    words.terms.entry(first).or_default().push(Term { rest: term.collect(), concept });
                }
            }
        }
        words
    }

    /// How many words are known; those learnt next get this number and the following.
    pub fn count(&self) -> Word {
        Word::try_from(self.by_stem.len()).unwrap_or(Word::MAX)
    }

    /// The word of this spelling, learnt if it is new.
    pub fn learn(&mut self, spelling: &str) -> Word {
        if let Some(word) = self.by_spelling.get(spelling) {
            return *word;
        }
        let next = self.count();
        let word = *self.by_stem.entry(self.stemmer.stem(spelling).into_owned()).or_insert(next);
        self.by_spelling.insert(spelling.to_owned(), word);
        if spelling.len() >= SHORTEST_CORRECTED && is_plain(spelling) {
            if self.correct.len() <= spelling.len() {
                self.correct.resize_with(spelling.len() + 1, Vec::new);
            }
            if let Some(same_length) = self.correct.get_mut(spelling.len()) {
                same_length.push(Spelling { text: spelling.into(), letters: letters(spelling), word });
            }
        }
        word
    }

    /// The known word of this spelling or stem.
    pub fn find(&self, spelling: &str) -> Option<Word> {
        let by_spelling = self.by_spelling.get(spelling);
        by_spelling.or_else(|| self.by_stem.get(self.stemmer.stem(spelling).as_ref())).copied()
    }

    /// The known word that an unknown spelling was probably meant to be.
    pub fn corrected(&self, spelling: &str) -> Option<Word> {
        let length = spelling.len();
        if length < SHORTEST_CORRECTED || !is_plain(spelling) {
            return None;
        }
        let wrong = if length >= LONG { 2 } else { 1 };
        let (here, first) = (letters(spelling), spelling.bytes().next());
        let near = self.correct.iter().skip(length - wrong).take(2 * wrong + 1).flatten().filter(|other| {
            // Each wrong letter changes at most two bits.
            let alike = (other.letters ^ here).count_ones() <= if wrong == 2 { 4 } else { 2 };
            alike && (length >= LONG || other.text.bytes().next() == first)
        });
        near.map(|other| (strsim::osa_distance(spelling, &other.text), other))
            .filter(|(distance, _)| *distance <= wrong)
            .min_by(|(one, first), (other, second)| (one, &first.text).cmp(&(other, &second.text)))
            .map(|(_, other)| other.word)
    }

    /// The terms that begin at the first of these words: what each stands for, and of how many words it is.
    pub fn terms<'w>(&'w self, words: &'w [Option<Word>]) -> impl Iterator<Item = (Concept, usize)> + 'w {
        let (first, rest) = words.split_first().map_or((None, words), |(first, rest)| (*first, rest));
        let terms = first.and_then(|first| self.terms.get(&first)).map(Vec::as_slice).unwrap_or_default();
        let here = terms.iter().filter(move |term| {
            term.rest.len() <= rest.len() && term.rest.iter().zip(rest).all(|(wanted, word)| Some(*wanted) == *word)
        });
        here.map(|term| (term.concept, term.rest.len() + 1))
    }

    /// Whether this concept is a matter of everyday life instead of IT.
    pub fn is_everyday(&self, concept: Concept) -> bool {
        self.everyday.get(usize::from(concept)).copied().unwrap_or_default()
    }
}

fn is_plain(spelling: &str) -> bool {
    spelling.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Which letters a word has, a bit each: words far apart differ here already.
fn letters(spelling: &str) -> u32 {
    spelling.bytes().fold(0, |letters, byte| letters | 1 << (byte & 31))
}
