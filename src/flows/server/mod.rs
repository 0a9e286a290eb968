//! What other slices may ask of the flows: whether a fact is a flow's own, which flow fits a problem, and the built-in provider.

mod handover;
mod notes;
mod provider;
pub mod rest;

use std::sync::OnceLock;

use crate::{
    ai::types::CheckOutcome,
    flows::{
        FlowMatch, Matcher,
        library::{ItemAnswer, Library, embedded_sources},
        matching::Index,
    },
    pilot::types::{CheckResult, ItemKind},
};

pub use handover::Handover;
pub use provider::{Builtin, conclude};

static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();

/// The library with its index, built once a process.
pub struct Knowledge {
    pub library: Library,
    pub index: Index,
}

impl Knowledge {
    fn new(library: Library) -> Self {
        let index = Index::build(library.flows());
        Self { library, index }
    }
}

/// Adds the versions of flows that earlier builds served. Called once, before the first turn; later calls change nothing.
pub fn load(older: Vec<(String, String)>) {
    KNOWLEDGE.get_or_init(|| Knowledge::new(Library::embedded().with_versions(older)));
}

/// The library and its index.
pub fn knowledge() -> &'static Knowledge {
    KNOWLEDGE.get_or_init(|| Knowledge::new(Library::embedded()))
}

/// Hash, slug and text of every bundled flow.
pub fn bundled() -> Vec<(String, String, String)> {
    embedded_sources()
        .map(|(slug, source)| (crate::flows::format::Flow::hash_of(source), slug.to_owned(), source.to_owned()))
        .collect()
}

/// Whom the built-in provider's walk hands over to, by what it kept of the session.
pub fn handover(kept: &serde_json::Value) -> Option<Handover> {
    handover::of(&knowledge().library, kept)
}

/// Flows that fit a problem, best first; nothing when none does.
pub fn matching(text: &str) -> Vec<FlowMatch> {
    knowledge().index.matches(text)
}

/// Whether a fact is what a flow itself says follows from this answer or result.
pub fn own_fact(item: &str, kind: ItemKind, answer: Option<&str>, result: Option<CheckResult>, fact: &str) -> bool {
    let said = match kind {
        ItemKind::Question => answer.map(ItemAnswer::Answer),
        ItemKind::Check => result.map(|result| ItemAnswer::Result(outcome(result))),
    };
    said.is_some_and(|said| knowledge().library.is_own_fact(item, &said, fact))
}

/// Which result of a check a flow's fact is about.
pub fn result_told_by(label: &str, fact: &str) -> Option<CheckResult> {
    knowledge().library.outcome_of_fact(label, fact).map(|outcome| match outcome {
        CheckOutcome::Pass => CheckResult::Pass,
        CheckOutcome::Fail => CheckResult::Fail,
        CheckOutcome::Skipped => CheckResult::Skipped,
    })
}

const fn outcome(result: CheckResult) -> CheckOutcome {
    match result {
        CheckResult::Pass => CheckOutcome::Pass,
        CheckResult::Fail => CheckOutcome::Fail,
        CheckResult::Skipped => CheckOutcome::Skipped,
    }
}
