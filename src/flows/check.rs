//! The rules of good authoring that `flowpilot flows check` enforces. Each problem is one sentence with its place.
//!
//! A flow arrives here already read ([`super::read`]), so every name in it leads somewhere. This module only judges; it
//! never changes a flow, and the walker does not depend on a flow obeying it.

use std::collections::HashSet;
use std::fmt;

use super::answers::read_answer;
use super::format::{Flow, NOT_SURE, Node, Question, Target};
use super::paths;

/// Something wrong with a flow's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: Option<usize>,
    /// The node or cause it is about.
    pub node: Option<String>,
    /// The rule, as a sentence.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(node) = &self.node {
            write!(f, "{node}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// The flow that may have few causes, since it only finds out where a problem belongs.
pub const TRIAGE: &str = "general-triage";

/// Questions and checks before the first fix or escalation, at most.
const MAX_TO_LEAF: usize = 5;
/// Nodes on the longest walk, at most.
const MAX_WALK: usize = 11;
/// Bytes of one node's texts, at most: a marker block must stay below 64 kB.
const MAX_NODE_BYTES: usize = 24_000;

/// Flows whose first question has to establish who is asking.
#[rustfmt::skip]
const SENSITIVE: &[&str] = &[
    "password-reset", "mfa-lockout", "ad-account-lockout", "bitlocker-recovery", "user-offboarding",
    "shared-mailbox-access", "new-user-setup",
];
#[rustfmt::skip]
const IDENTITY_WORDS: &[&str] = &["identity", "verif", "authoris", "authoriz", "approv", "confirm", "who they"];

/// How a reason would claim something to be excluded.
const EXCLUDED: &[&str] = &["is excluded", "are excluded", "ruled out"];

/// All problems of a source that claims to be the flow `slug` (its file name). `known` are the slugs of the library.
pub fn check(slug: &str, source: &str, known: &HashSet<String>) -> Vec<Problem> {
    let flow = match Flow::parse(source) {
        Ok(flow) => flow,
        Err(problems) => return problems,
    };
    let mut checker = Checker { flow: &flow, problems: Vec::new() };
    checker.head(slug);
    checker.texts();
    checker.answers();
    checker.fixes();
    checker.escalations();
    checker.causes();
    checker.other_flows(known);
    checker.shape();
    checker.identity();
    checker.problems.sort_by_key(|problem| problem.line);
    checker.problems
}

struct Checker<'f> {
    flow: &'f Flow,
    problems: Vec<Problem>,
}

impl<'f> Checker<'f> {
    fn whole(&mut self, message: impl Into<String>) {
        self.problems.push(Problem { line: None, node: None, message: message.into() });
    }

    fn at(&mut self, line: usize, node: &str, message: impl Into<String>) {
        self.problems.push(Problem { line: Some(line), node: Some(node.to_owned()), message: message.into() });
    }

    fn head(&mut self, slug: &str) {
        let flow = self.flow;
        if flow.slug != slug {
            self.whole(format!("`slug` is `{}`, but the file is called `{slug}`.", flow.slug));
        }
        if flow.title.chars().count() > 70 {
            self.whole("`title` may have 70 characters at most.");
        }
        if !(15..=40).contains(&flow.says.len()) && flow.slug != TRIAGE {
            self.whole(format!("`says` has {} phrases, it needs 15 to 40.", flow.says.len()));
        }
        let mut seen = HashSet::new();
        for phrase in &flow.says {
            if !seen.insert(bag_of_words(phrase)) {
                self.whole(format!("`says` has near-copies of \"{phrase}\"."));
            }
        }
    }

    fn texts(&mut self) {
        let (flow, mut seen) = (self.flow, HashSet::new());
        for node in &flow.nodes {
            if let Some(text) = node.item_text()
                && !seen.insert(text.to_lowercase())
            {
                self.at(node.line(), node.id(), "Question texts and check labels are unique in the flow.");
            }
            if let Node::Check(check) = node
                && (check.expect.is_none() || (check.command.is_none() && check.description.is_none()))
            {
                self.at(check.line, &check.id, "A check needs `expect`, and a `command` or a `description`.");
            }
            if let Node::Check(check) = node
                && check.yes.is_some() != check.is_yes_or_no()
            {
                let message = if check.yes.is_some() {
                    "`yes` belongs to a label that can be answered by yes or no, such as \"Is the service running?\"."
                } else {
                    "The label can be answered by yes or no, so `yes` says which result a yes means: `pass` or `fail`."
                };
                self.at(check.line, &check.id, message);
            }
            for branch in node.branches() {
                if branch.fact.as_ref().is_some_and(|fact| !ends_a_sentence(fact)) {
                    self.at(branch.line, node.id(), "A fact is a full sentence with a full stop.");
                }
            }
            if format!("{node:?}").len() > MAX_NODE_BYTES {
                self.at(node.line(), node.id(), "This node is too long for one block of 64 kB.");
            }
        }
    }

    fn answers(&mut self) {
        for question in self.flow.questions() {
            let (line, id) = (question.line, question.id.as_str());
            if !(2..=5).contains(&question.answers.len()) {
                self.at(line, id, "A question has 2 to 5 answers.");
            }
            if question.answers.last().is_none_or(|answer| answer.option != NOT_SURE) {
                self.at(line, id, "The last answer of a question is exactly \"Not sure\".");
            }
            let mut seen = HashSet::new();
            for answer in &question.answers {
                if !seen.insert(answer.option.to_lowercase()) {
                    self.at(answer.branch.line, id, "The options of a question differ from each other.");
                }
                if answer.branch.fact.is_none() && answer.option != NOT_SURE {
                    let message = format!("The answer \"{}\" needs a fact: what is now known.", answer.option);
                    self.at(answer.branch.line, id, message);
                }
            }
            for (at, answer) in question.answers.iter().enumerate() {
                for words in answer.says.iter().chain(&answer.described).chain([&answer.option]) {
                    let read = read_answer(question, words).map(|(read, _)| read);
                    if read != Some(at) {
                        let other = read.and_then(|read| question.answers.get(read));
                        let other = other.map_or("no answer", |answer| answer.option.as_str());
                        let message = format!("\"{words}\" is read as \"{other}\", not as \"{}\".", answer.option);
                        self.at(answer.branch.line, id, message);
                    }
                }
            }
            if let Some(number) = uncovered_number(question) {
                self.at(line, id, format!("No answer takes the number {number}."));
            }
        }
        for check in self.flow.checks() {
            for (name, branch) in [("pass", &check.pass), ("fail", &check.fail)] {
                if branch.fact.is_none() {
                    self.at(branch.line, &check.id, format!("`{name}` needs a fact: what is now known."));
                }
            }
        }
    }

    fn fixes(&mut self) {
        let mut titles = HashSet::new();
        for fix in self.flow.fixes() {
            let (line, id) = (fix.line, fix.id.as_str());
            if !titles.insert(fix.title.to_lowercase()) {
                self.at(line, id, "The titles of a flow's fixes differ from each other.");
            }
            if fix.title.chars().count() > 80 {
                self.at(line, id, "A fix's title may have 80 characters at most.");
            }
            if !["Low", "Medium", "High"].iter().any(|level| fix.risk.starts_with(level)) {
                self.at(line, id, "`risk` begins with Low, Medium or High.");
            }
            if fix.language.is_some() != fix.script.is_some() {
                self.at(line, id, "`language` and `script` come together.");
            }
            if !ends_a_sentence(&fix.resolution) {
                self.at(line, id, "`resolution` is a full sentence with a full stop.");
            }
        }
        let causes: HashSet<&str> = self.flow.fixes().map(|fix| fix.cause.as_str()).collect();
        if causes.len() < 2 && self.flow.slug != TRIAGE {
            self.whole("A flow has at least two fixes with different causes.");
        }
    }

    /// Walks come to an escalation by different ways, so what is excluded only the walker knows.
    fn escalations(&mut self) {
        for node in &self.flow.nodes {
            if let Node::Escalate(escalation) = node
                && EXCLUDED.iter().any(|claim| escalation.reason.to_lowercase().contains(claim))
            {
                let message = "A reason claims nothing to be excluded: the walker says itself what is ruled out.";
                self.at(escalation.line, &escalation.id, message);
            }
        }
    }

    fn causes(&mut self) {
        if self.flow.causes.len() < 2 && self.flow.slug != TRIAGE {
            self.whole("A flow tells at least two causes apart.");
        }
        for cause in &self.flow.causes {
            let named = self.flow.nodes.iter().any(|node| {
                let by_branch = |id: &Vec<String>| id.contains(&cause.id);
                matches!(node, Node::Fix(fix) if fix.cause == cause.id)
                    || node.branches().iter().any(|branch| by_branch(&branch.supports) || by_branch(&branch.rules_out))
            });
            if !named {
                self.at(cause.line, &cause.id, "No answer and no fix ever speaks of this cause.");
            }
        }
    }

    fn other_flows(&mut self, known: &HashSet<String>) {
        for node in &self.flow.nodes {
            for (target, line) in node.targets() {
                if let Target::Flow(slug) = target
                    && !known.contains(slug)
                {
                    self.at(line, node.id(), format!("`flow:{slug}` is no flow of the library."));
                }
            }
        }
    }

    fn shape(&mut self) {
        let flow = self.flow;
        if let Some(cycle) = paths::cycle(flow) {
            self.whole(format!("A walk never comes back to where it was, but this one does: {}.", cycle.join(" → ")));
            return;
        }
        let reachable = paths::reachable(flow);
        for node in flow.nodes.iter().filter(|node| !reachable.contains(node.id())) {
            self.at(node.line(), node.id(), "No goto or failed on any walk from `start` leads here.");
        }
        let to_leaf = paths::longest_to_leaf(flow);
        if to_leaf.len() > MAX_TO_LEAF {
            let way = to_leaf.join(" → ");
            self.whole(format!(
                "At most {MAX_TO_LEAF} questions and checks come before the first fix or escalation, here {}: {way}.",
                to_leaf.len()
            ));
        }
        let walk = paths::longest_walk(flow);
        if walk.len() > MAX_WALK {
            let way = walk.join(" → ");
            self.whole(format!(
                "The longest walk, every fix failing, has at most {MAX_WALK} nodes, here {}: {way}.",
                walk.len()
            ));
        }
        if let Some(Node::Fix(fix)) = paths::unsure_walk(flow).last().and_then(|id| flow.node(id))
            && !fix.risk.starts_with("Low")
        {
            self.at(fix.line, &fix.id, "Always \"Not sure\" and skipped leads to this fix, so its risk must be Low.");
        }
    }

    /// Where access is touched, somebody asks first who is asking.
    fn identity(&mut self) {
        if !SENSITIVE.contains(&self.flow.slug.as_str()) {
            return;
        }
        let Some(Node::Question(question)) = self.flow.node(&self.flow.start) else {
            self.whole("This flow touches access, so it begins with a question that verifies who is asking.");
            return;
        };
        let text = question.text.to_lowercase();
        if !IDENTITY_WORDS.iter().any(|word| text.contains(word)) {
            let message = "This flow touches access, so its first question verifies the person or the approval.";
            self.at(question.line, &question.id, message);
        }
        for answer in &question.answers {
            let negative = answer.option == NOT_SURE || answer.option.starts_with("No");
            let to_fix =
                matches!(&answer.branch.goto, Target::Node(id) if matches!(self.flow.node(id), Some(Node::Fix(_))));
            if negative && to_fix {
                let message = format!("\"{}\" must lead to a check or an escalation, never to a fix.", answer.option);
                self.at(answer.branch.line, &question.id, message);
            }
        }
    }
}

fn ends_a_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '?', ')', '`'])
}

/// The words of a phrase, sorted: two phrases with the same are near-copies.
fn bag_of_words(phrase: &str) -> String {
    const SMALL: &[&str] = &["a", "an", "the", "my", "our", "is", "to", "in", "on", "i"];
    let lower = phrase.to_lowercase();
    let mut words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !SMALL.contains(word)).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// A number that no answer of a numeric question takes.
fn uncovered_number(question: &Question) -> Option<f64> {
    if !question.is_numeric() {
        return None;
    }
    let takes = |number: f64| {
        question.answers.iter().any(|answer| {
            (answer.below.is_some() || answer.from.is_some())
                && answer.below.is_none_or(|below| number < below)
                && answer.from.is_none_or(|from| number >= from)
        })
    };
    let bounds = question.answers.iter().flat_map(|answer| [answer.below, answer.from]).flatten();
    let samples = bounds.flat_map(|bound| [bound - 0.5, bound, bound + 0.5]).filter(|number| *number >= 0.0);
    [0.0, 1.0e9].into_iter().chain(samples).find(|number| !takes(*number))
}
