//! The bundled flows, parsed once, and the older versions of them that sessions still walk.
//!
//! It also answers for the session's rules what a flow itself says: whether a fact's text is the flow's own.

use std::collections::HashMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::answers::read_answer;
use super::check::Problem;
use super::format::{Branch, Check, Flow, Node, Question};
use crate::ai::types::CheckOutcome;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/flows/library");

/// What a person said about a lane item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemAnswer<'a> {
    /// To a question, verbatim.
    Answer(&'a str),
    /// Of a check.
    Result(CheckOutcome),
}

/// All flows that can be walked.
#[derive(Debug, Default)]
pub struct Library {
    flows: Vec<Arc<Flow>>,
    by_hash: HashMap<String, Arc<Flow>>,
    /// Questions and checks by the text they have in the lane, of all versions.
    items: HashMap<String, Vec<(Arc<Flow>, String)>>,
}

impl Library {
    /// The flows of this build. A file that is no flow is left out; a test keeps that from happening.
    pub fn embedded() -> Self {
        Self::from_sources(embedded_sources().map(|(_, source)| source)).0
    }

    /// A library of these sources, and what is wrong with those that are no flow.
    pub fn from_sources<'s>(sources: impl IntoIterator<Item = &'s str>) -> (Self, Vec<Problem>) {
        let (mut library, mut problems) = (Self::default(), Vec::new());
        for source in sources {
            match Flow::parse(source) {
                Ok(flow) => library.add(Arc::new(flow), true),
                Err(found) => problems.extend(found),
            }
        }
        library.flows.sort_by(|one, other| one.slug.cmp(&other.slug));
        (library, problems)
    }

    /// Adds older versions, as (hash, source), so that sessions go on with the version they began with. A source that
    /// does not have its hash, or is no flow to this build, is left out: its sessions go on with the current version.
    #[must_use]
    pub fn with_versions(mut self, versions: impl IntoIterator<Item = (String, String)>) -> Self {
        for (hash, source) in versions {
            if self.by_hash.contains_key(&hash) || Flow::hash_of(&source) != hash {
                continue;
            }
            if let Ok(flow) = Flow::parse(&source) {
                self.add(Arc::new(flow), false);
            }
        }
        self
    }

    fn add(&mut self, flow: Arc<Flow>, current: bool) {
        for node in &flow.nodes {
            let here = (Arc::clone(&flow), node.id().to_owned());
            if let Some(text) = node.item_text() {
                self.items.entry(text.to_owned()).or_default().push(here.clone());
            }
            if let Node::Question(question) = node {
                self.items.entry(question.rephrased()).or_default().push(here);
            }
        }
        self.by_hash.insert(flow.hash.clone(), Arc::clone(&flow));
        if current {
            self.flows.push(flow);
        }
    }

    /// The current version of every flow, by slug.
    pub fn flows(&self) -> &[Arc<Flow>] {
        &self.flows
    }

    pub fn by_slug(&self, slug: &str) -> Option<&Arc<Flow>> {
        self.flows.iter().find(|flow| flow.slug == slug)
    }

    /// A version of a flow, current or old.
    pub fn by_hash(&self, hash: &str) -> Option<&Arc<Flow>> {
        self.by_hash.get(hash)
    }

    /// The branch that an answer to a lane item takes, in each flow version that has the item, newest first.
    fn branches<'l>(&'l self, item_text: &str, answer: &ItemAnswer<'_>) -> Vec<&'l Branch> {
        let homes = self.items.get(item_text).map(Vec::as_slice).unwrap_or_default();
        let branches = homes.iter().filter_map(|(flow, id)| match (flow.node(id)?, answer) {
            (Node::Question(question), ItemAnswer::Answer(text)) => branch_of_answer(question, text),
            (Node::Check(check), ItemAnswer::Result(outcome)) => Some(check.branch(*outcome)),
            _ => None,
        });
        branches.collect()
    }

    /// Whether `fact` is what a flow itself concludes from this answer or result. Such a fact restates the person's own
    /// answer in the author's words (P2.2: `supported`).
    pub fn is_own_fact(&self, item_text: &str, answer: &ItemAnswer<'_>, fact: &str) -> bool {
        let own = self.branches(item_text, answer).iter().any(|branch| branch.fact.as_deref() == Some(fact));
        own || matches!(answer, ItemAnswer::Result(outcome) if plain_result(item_text, *outcome) == fact)
    }

    /// What a flow concludes from this answer or result, if it concludes anything.
    pub fn own_fact(&self, item_text: &str, answer: &ItemAnswer<'_>) -> Option<&str> {
        self.branches(item_text, answer).into_iter().find_map(|branch| branch.fact.as_deref())
    }

    /// Which result of the check `label` a fact is about: the walker reads results in the chat and promotes them.
    pub fn outcome_of_fact(&self, label: &str, fact: &str) -> Option<CheckOutcome> {
        [CheckOutcome::Pass, CheckOutcome::Fail]
            .into_iter()
            .find(|outcome| self.is_own_fact(label, &ItemAnswer::Result(*outcome), fact))
    }
}

/// Slug and source of every flow of this build; a start stores them as versions.
pub fn embedded_sources() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.files().filter_map(|file| {
        let slug = file.path().file_name()?.to_str()?.strip_suffix(".toml")?;
        Some((slug, file.contents_utf8()?))
    })
}

/// The fact of a result where no flow has words for it.
pub fn plain_result(label: &str, outcome: CheckOutcome) -> String {
    match outcome {
        CheckOutcome::Pass => format!("Checked “{label}”: the result is as expected."),
        CheckOutcome::Fail => format!("Checked “{label}”: the result is not as expected."),
        CheckOutcome::Skipped => format!("“{label}” was not checked."),
    }
}

fn branch_of_answer<'q>(question: &'q Question, text: &str) -> Option<&'q Branch> {
    let (at, _) = read_answer(question, text)?;
    question.answers.get(at).map(|answer| &answer.branch)
}

impl Check {
    /// What follows from a result.
    pub const fn branch(&self, outcome: CheckOutcome) -> &Branch {
        match outcome {
            CheckOutcome::Pass => &self.pass,
            CheckOutcome::Fail => &self.fail,
            CheckOutcome::Skipped => &self.skipped,
        }
    }
}

impl Question {
    /// The question in other words, for when an answer could not be read: a different text, so a different lane item.
    pub fn rephrased(&self) -> String {
        let options: Vec<&str> = self.answers.iter().map(|answer| answer.option.as_str()).collect();
        format!("{} (please pick one: {})", self.text, options.join(" / "))
    }
}
