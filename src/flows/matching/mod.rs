//! Finds the flow that a text is about: a linear model over words, neighbouring words and what words stand for (`words.txt`),
//! learnt at start from the flows' own words and from `phrases/`. It reads no state and has no effect.
//!
//! **Score.** How probable it is that the text is about this flow: of held-out phrases with a best score of 0.9 or more 98 %
//! were right, from 0.75 87 %, from 0.5 66 %, from 0.25 50 %. So 0.5 is enough to start a flow; two flows that share it, 0.45 to
//! 0.4, are worth a question. The scores of one text sum to at most 1, so a lead of one flow over another is comparable too.
//! A text that is less than 0.8 likely to be an IT problem matches nothing, nor does one that only names a thing.
//!
//! **Chosen by measurement**: 929 held-out phrases and 521 things that are no IT problem; right flow first / among three / first
//! with 5 % of the 521 matched; p95 of a query. All had the same phrases, "+c" the concepts of `words.txt` too.
//! - this: 93 / 99 / 86 %, 0.02 ms, about 6 MB, one small crate (`frostem`) besides `strsim`
//! - tantivy, best phrase against best nothing, +c: 88 / 97 / 79 %, 0.7 ms, 118 crates; one document a flow: 83 / 94 / 51 %
//! - bm25 crate, likewise: 88 / 98 / 71 %, 6.4 ms; one document a flow: 82 / 94 / 52 %; probly-search +c: 88 / 97 / 58 %, 8 ms
//! - Postgres `ts_rank`, a document a flow, +c: 86 / 96 / 48 %, 4 ms; best phrase, +c: 86 / 97 / 64 %, 25 ms; `pg_trgm`: 77 / 92 / 65 %, 81 ms

mod chance;
mod codes;
mod features;
mod lessons;
mod model;
mod text;
mod words;

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use super::format::Flow;
use super::start::{FlowMatch, Matcher};
use features::{Found, Reading};
use lessons::{Kind, Lesson, NOTHING};
use model::{Examples, Model};
use words::{Word, Words};

/// A text that is less likely than this to be an IT problem at all matches nothing.
const IT_AT_LEAST: f32 = 0.8;
/// Nor does one whose best flow is less likely than this.
const BEST_AT_LEAST: f32 = 0.25;
/// Things that several flows are about. A text that names one of these and no trouble matches nothing: "printer" is asked
/// about, "printer offline" is not.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "printer", "email", "mail", "computer", "pc", "laptop", "windows", "server", "internet", "network",
    "outlook", "office", "excel", "word", "password", "login", "account",
];
/// Words that say that there is trouble, and not which.
#[rustfmt::skip]
const ANY_TROUBLE: &[&str] =
    &["problem", "issue", "trouble", "help", "error", "question", "ticket", "please", "hello", "hi", "something", "about"];
/// Matches below this are not worth a word.
const WORTH: f32 = 0.001;
/// Matches returned at most.
const AT_MOST: usize = 5;
/// Unknown words of a text that are looked up as misspelt at most.
const CORRECTIONS: usize = 64;

/// Finds flows. Costs a moment to build and some megabytes; build it once.
pub struct Index {
    flows: Vec<(String, String)>,
    words: Words,
    reading: Reading,
    things: HashSet<Word>,
    any_trouble: HashSet<Word>,
    model: Model,
}

impl Index {
    /// An index of these flows; `general-triage` is never found.
    pub fn build<F: Borrow<Flow>>(flows: &[F]) -> Self {
        let flows = lessons::findable(flows.iter().map(Borrow::borrow));
        Self::learn(
            flows.iter().map(|flow| (flow.slug.clone(), flow.title.clone())).collect(),
            lessons::lessons(&flows),
        )
    }

    /// An index of flows (slug and title) by what is said about them.
    fn learn(flows: Vec<(String, String)>, mut lessons: Vec<Lesson>) -> Self {
        let mut words = Words::new();
        let reading = Reading::new(&mut words);
        let rare = rare_words(&mut words, &lessons);
        let mut set = |list: &[&str]| list.iter().map(|word| words.learn(word)).collect();
        let (things, any_trouble) = (set(THINGS), set(ANY_TROUBLE));
        lessons.extend(lessons::mixtures(&lessons));
        let mut examples = Examples::default();
        for lesson in lessons {
            // In mixtures a rare word is left unknown, so that the model learns to do with unknown ones.
            let unknown = |word: &Word| lesson.kind == Kind::Mixture && rare.contains(word);
            let mut find = |spelling: &str| words.find(spelling).filter(|word| !unknown(word));
            let sentences = text::sentences(&lesson.text);
            let found: Vec<Found> =
                sentences.iter().map(|sentence| reading.sentence(&words, sentence, &mut find)).collect();
            examples.push(Found::merge(&found).finish(), lesson.label, lesson.not, lesson.weight);
        }
        let model = Model::learn(examples, flows.len() + 1);
        Self { flows, words, reading, things, any_trouble, model }
    }

    /// Whether a text names one thing and says nothing of it.
    fn is_vague(&self, text: &str) -> bool {
        let mut thing = None;
        text::words(text).all(|spelling| {
            let Some(word) = self.words.find(&spelling).or_else(|| self.words.corrected(&spelling)) else {
                return false;
            };
            if self.things.contains(&word) {
                return *thing.get_or_insert(word) == word;
            }
            self.any_trouble.contains(&word) || self.reading.is_empty(word)
        })
    }

    /// How probable each label is.
    fn weigh(&self, text: &str) -> Vec<f32> {
        let mut left = CORRECTIONS;
        let mut find = |spelling: &str| {
            self.words.find(spelling).or_else(|| {
                left = left.checked_sub(1)?;
                self.words.corrected(spelling)
            })
        };
        let sentences = text::sentences(text);
        let found: Vec<Found> =
            sentences.iter().map(|sentence| self.reading.sentence(&self.words, sentence, &mut find)).collect();
        let whole = self.model.probabilities(&Found::merge(&found).finish());
        let parts: Vec<Vec<f32>> = found
            .into_iter()
            .zip(&sentences)
            .filter(|(_, sentence)| sentence.iter().map(Vec::len).sum::<usize>() > 1)
            .map(|(found, _)| self.model.probabilities(&found.finish()))
            .collect();
        if parts.len() > 1 { blend(whole, &parts) } else { whole }
    }
}

/// The whole text and its sentences, half each. What no sentence says is not said; a sentence about something else does not
/// make the others less clear.
fn blend(whole: Vec<f32>, sentences: &[Vec<f32>]) -> Vec<f32> {
    let nothing = |labels: &Vec<f32>| labels.get(NOTHING).copied().unwrap_or_default();
    let least = sentences.iter().map(nothing).fold(1.0, f32::min);
    let none = (nothing(&whole) * least).sqrt();
    let (own, all) = (
        (1.0 - nothing(&whole)).max(1e-6),
        sentences.iter().map(|labels| 1.0 - nothing(labels)).sum::<f32>().max(1e-6),
    );
    let mut blended = whole;
    for (label, value) in blended.iter_mut().enumerate() {
        let said: f32 = sentences.iter().filter_map(|labels| labels.get(label)).sum();
        *value = if label == NOTHING { none } else { (1.0 - none) * (*value / own + said / all) / 2.0 };
    }
    blended
}

impl Matcher for Index {
    fn matches(&self, text: &str) -> Vec<FlowMatch> {
        let labels = self.weigh(text);
        let (nothing, flows) = labels.split_first().map_or((1.0, &labels[..]), |(nothing, flows)| (*nothing, flows));
        let mut found: Vec<FlowMatch> = flows
            .iter()
            .zip(&self.flows)
            .filter(|(score, _)| **score >= WORTH)
            .map(|(score, (slug, title))| FlowMatch { slug: slug.clone(), title: title.clone(), score: *score })
            .collect();
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found.truncate(AT_MOST);
        let best = found.first().map_or(0.0, |best| best.score);
        let unlikely = 1.0 - nothing < IT_AT_LEAST || best < BEST_AT_LEAST;
        if unlikely || self.is_vague(text) { Vec::new() } else { found }
    }
}

/// Learns the words of the lessons; returns those that stand in only one and not in the word list.
fn rare_words(words: &mut Words, lessons: &[Lesson]) -> HashSet<Word> {
    let listed = words.count();
    let mut seen: HashMap<Word, usize> = HashMap::new();
    for lesson in lessons {
        let here: HashSet<Word> = text::words(&lesson.text).map(|word| words.learn(&word)).collect();
        for word in here.into_iter().filter(|word| *word >= listed) {
            *seen.entry(word).or_default() += 1;
        }
    }
    seen.into_iter().filter(|(_, seen)| *seen == 1).map(|(word, _)| word).collect()
}

#[cfg(test)]
mod tests;
