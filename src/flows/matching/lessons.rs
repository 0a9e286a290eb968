//! What the model learns from: the flows' own words, the phrases beside this file, things that are no IT problem, and mixtures of
//! a phrase with the small talk that people put around it.
//!
//! `phrases/*.txt`: a line a phrase, under `[slug]`; `[-]` is what must match nothing; `[~]` is small talk, which says nothing by itself.

use super::super::check::TRIAGE;
use super::super::format::Flow;
use super::chance::Chance;

const PHRASES: &[&str] = &[
    include_str!("phrases/identity.txt"),
    include_str!("phrases/network.txt"),
    include_str!("phrases/files.txt"),
    include_str!("phrases/desk.txt"),
    include_str!("phrases/mail.txt"),
    include_str!("phrases/stories.txt"),
    include_str!("phrases/terse.txt"),
    include_str!("phrases/pairs.txt"),
    include_str!("phrases/more.txt"),
    include_str!("phrases/nothing.txt"),
    include_str!("phrases/chatter.txt"),
];

/// The label of what is no flow's business.
pub const NOTHING: usize = 0;
/// Mixtures made of each phrase.
const MIXTURES: usize = 4;
/// Times it is said that an empty text is nothing.
const EMPTY: usize = 20;

/// A text and what it belongs to: a flow by its place from 1, or [`NOTHING`].
#[derive(Debug, Clone)]
pub struct Lesson {
    pub text: String,
    pub label: usize,
    /// Whether the text does *not* belong there.
    pub not: bool,
    pub weight: f32,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As somebody would say it.
    Said,
    SmallTalk,
    /// A product, a code, a cause: part of what somebody would say.
    Part,
    /// A phrase with small talk around it.
    Mixture,
}

impl Lesson {
    fn new(text: &str, label: usize, weight: f32, kind: Kind) -> Self {
        Self { text: text.to_owned(), label, not: false, weight, kind }
    }
}

/// The flows that can be found, in the order of their labels.
pub fn findable<'f>(flows: impl Iterator<Item = &'f Flow>) -> Vec<&'f Flow> {
    flows.filter(|flow| flow.slug != TRIAGE).collect()
}

/// All lessons but the mixtures.
pub fn lessons(flows: &[&Flow]) -> Vec<Lesson> {
    let mut lessons = phrases(flows);
    for (flow, label) in flows.iter().zip(1..) {
        let mut add = |texts: &[String], weight: f32, kind: Kind| {
            lessons.extend(texts.iter().map(|text| Lesson::new(text, label, weight, kind)));
        };
        add(&flow.says, 1.0, Kind::Said);
        add(&[flow.title.clone(), flow.summary.clone()], 1.0, Kind::Part);
        add(&flow.codes, 0.5, Kind::Part);
        add(&flow.products, 0.3, Kind::Part);
        add(&flow.causes.iter().map(|cause| cause.text.clone()).collect::<Vec<_>>(), 0.3, Kind::Part);
        let excluded =
            flow.excludes.iter().map(|text| Lesson { not: true, ..Lesson::new(text, label, 1.0, Kind::Part) });
        lessons.extend(excluded);
    }
    lessons.extend((0..EMPTY).map(|_| Lesson::new("", NOTHING, 1.0, Kind::Part)));
    lessons
}

/// The phrases of these flows, of nothing, and the small talk.
fn phrases(flows: &[&Flow]) -> Vec<Lesson> {
    let mut lessons = Vec::new();
    for file in PHRASES {
        let mut place = None;
        for line in file.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match (line.strip_prefix('[').and_then(|line| line.strip_suffix(']')), place) {
                (Some("-"), _) => place = Some((NOTHING, Kind::Said)),
                (Some("~"), _) => place = Some((NOTHING, Kind::SmallTalk)),
                (Some(slug), _) => {
                    let label = flows.iter().zip(1..).find(|(flow, _)| flow.slug == slug).map(|(_, label)| label);
                    place = label.map(|label| (label, Kind::Said));
                }
                (None, Some((label, kind))) => lessons.push(Lesson::new(line, label, 1.0, kind)),
                (None, None) => {}
            }
        }
    }
    lessons
}

/// Each phrase again with small talk or matters of everyday life around it: what people write besides their problem is no reason
/// to overlook it.
pub fn mixtures(lessons: &[Lesson]) -> Vec<Lesson> {
    let texts = |wanted: &dyn Fn(&Lesson) -> bool| {
        lessons.iter().filter(|lesson| wanted(lesson)).map(|lesson| lesson.text.as_str()).collect::<Vec<_>>()
    };
    let small_talk = texts(&|lesson| lesson.kind == Kind::SmallTalk);
    let everyday = texts(&|lesson| lesson.kind == Kind::Said && lesson.label == NOTHING);
    let mut chance = Chance::new(7);
    let mut mixtures = Vec::new();
    for lesson in lessons.iter().filter(|lesson| lesson.kind == Kind::Said) {
        for _ in 0..MIXTURES {
            let around = if chance.below(2) == 0 { &everyday } else { &small_talk };
            let (Some(one), Some(other)) = (chance.one(around), chance.one(&small_talk)) else { continue };
            let (said, one, other) = (bare(&lesson.text), bare(one), bare(other));
            let text = match chance.below(3) {
                0 => format!("{one}. {said}. {other}."),
                1 => format!("{other}. {said}. {one}."),
                _ => format!("{other}, but {said}. {one}."),
            };
            mixtures.push(Lesson { text, weight: lesson.weight * 0.25, kind: Kind::Mixture, ..lesson.clone() });
        }
    }
    mixtures
}

fn bare(sentence: &str) -> &str {
    sentence.trim_end_matches(['.', '!', ','])
}
