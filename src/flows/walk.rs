//! Where a session stands in its flow. The walk is derived anew each turn: from the start, through every question and check
//! that has an answer and every fix that has an outcome, to the first node that has none.
//!
//! So a changed answer changes the walk by itself, an answered question is passed at once, and nothing has to be kept in
//! step with the lane.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use super::format::{Cause, Escalation, Fix, Flow, Node, Target};
use super::lane::{Heard, How, Told, hear};
use super::library::Library;
use super::paths::reachable_from;
use super::state::{By, Link, Passed, State};
use crate::ai::types::{FixProgress, Situation, TriedFix};

/// A session's way through its flows.
#[derive(Debug)]
pub struct Walk<'l> {
    /// The flows walked since the problem was last understood anew; the current one last.
    pub flows: Vec<&'l Arc<Flow>>,
    /// The chain of the state, as it is now.
    pub chain: Vec<Link>,
    pub steps: Vec<Step<'l>>,
    pub rest: Rest<'l>,
}

/// What a turn brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// So many steps are as they were.
    pub same: usize,
    /// An answer that was passed before is another one now, or gone.
    pub changed: bool,
    pub moved: bool,
}

/// A node that was passed.
#[derive(Debug, Clone, Copy)]
pub enum Step<'l> {
    Item {
        node: &'l Node,
        told: Told<'l>,
    },
    Fix {
        fix: &'l Fix,
        progress: FixProgress,
    },
    /// Another flow took over.
    Flow {
        from: &'l Flow,
        to: &'l Flow,
    },
}

/// An answered item with its flow.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'l> {
    pub flow: &'l Flow,
    pub node: &'l Node,
    pub told: Told<'l>,
}

/// Where the walk rests.
#[derive(Debug, Clone, Copy)]
pub enum Rest<'l> {
    /// A question or check without an answer.
    Ask {
        node: &'l Node,
        item: Option<Uuid>,
        again: bool,
    },
    /// A fix nobody has seen yet.
    Propose(&'l Fix),
    /// A fix without an outcome.
    Await(&'l Fix),
    /// A fix that worked; `None` for one that no flow proposed.
    Done(Option<&'l Fix>),
    Escalate(&'l Escalation),
    /// The flow leads nowhere from here.
    Lost,
}

/// Walks as far as the session's answers lead.
pub fn walk<'l>(library: &'l Library, state: &State, situation: &Situation) -> Walk<'l> {
    let begin = state.chain.iter().rposition(|link| link.by == By::Match).unwrap_or_default();
    let chain = state.chain.get(..=begin).unwrap_or_default().to_vec();
    let mut walk = Walk { flows: Vec::new(), chain, steps: Vec::new(), rest: Rest::Lost };
    let mut flow = walk.chain.last().and_then(|link| version(library, link));
    while let Some(current) = flow.take() {
        walk.flows.push(current);
        let target = walk.through(current, state, situation);
        let Some(slug) = target.filter(|slug| walk.flows.iter().all(|flow| flow.slug != *slug)) else {
            break;
        };
        let known = state.chain.get(walk.chain.len()).filter(|link| link.slug == slug && link.by == By::Goto);
        if let Some(next) = known.and_then(|link| version(library, link)).or_else(|| library.by_slug(slug)) {
            walk.chain.push(Link { slug: next.slug.clone(), hash: next.hash.clone(), by: By::Goto });
            walk.steps.push(Step::Flow { from: current, to: next });
            flow = Some(next);
        }
    }
    walk.treat_what_is_left(state, situation);
    let unknown = walk.flows.is_empty();
    if worked(state, situation).is_some_and(|fix| !unknown && walk.last_fix_is_not(&fix.title)) {
        walk.rest = Rest::Done(None);
    }
    walk
}

fn version<'l>(library: &'l Library, link: &Link) -> Option<&'l Arc<Flow>> {
    library.by_hash(&link.hash).or_else(|| library.by_slug(&link.slug))
}

/// The active fix, if it solved the problem at hand.
fn worked<'s>(state: &State, situation: &'s Situation) -> Option<&'s TriedFix> {
    let current = |fix: &&TriedFix| !state.settled.contains(&fix.id) && !state.relapsed.contains(&fix.id);
    situation.fixes.iter().rev().find(|fix| fix.active && fix.progress == FixProgress::Worked).filter(current)
}

/// The newest proposal of a fix.
pub fn tried<'s>(fix: &Fix, state: &State, situation: &'s Situation) -> Option<&'s TriedFix> {
    situation.fixes.iter().rev().find(|tried| tried.title == fix.title && !state.settled.contains(&tried.id))
}

/// Whether the answers that are there lead from this place to the fix.
fn leads_to<'f>(flow: &'f Flow, mut to: &'f Target, fix: &Fix, state: &State, situation: &Situation) -> bool {
    let mut seen = HashSet::new();
    while let Target::Node(id) = to
        && seen.insert(id)
        && let Some(node) = flow.node(id)
    {
        to = match node {
            Node::Fix(other) if other.id == fix.id => return true,
            Node::Fix(other) => &other.failed,
            Node::Question(_) | Node::Check(_) => match hear(node, situation, state) {
                Heard::Told(told) => &told.branch.goto,
                Heard::Nothing { .. } | Heard::Unclear { .. } => return false,
            },
            Node::Escalate(_) => return false,
        };
    }
    false
}

impl<'l> Walk<'l> {
    /// Walks through one flow. Gives the slug of the flow that takes over, if one does.
    fn through(&mut self, flow: &'l Flow, state: &State, situation: &Situation) -> Option<&'l str> {
        let (mut seen, mut at) = (HashSet::new(), flow.node(&flow.start));
        self.rest = Rest::Lost;
        while let Some(node) = at.filter(|node| seen.insert(node.id())) {
            let target = match node {
                Node::Question(_) | Node::Check(_) => match hear(node, situation, state) {
                    Heard::Told(told) => {
                        self.steps.push(Step::Item { node, told });
                        &told.branch.goto
                    }
                    Heard::Nothing { item } => {
                        self.rest = Rest::Ask { node, item, again: false };
                        return None;
                    }
                    Heard::Unclear { item } => {
                        self.rest = Rest::Ask { node, item, again: true };
                        return None;
                    }
                },
                Node::Fix(fix) => match progress(fix, state, situation) {
                    Err(rest) => {
                        self.rest = rest;
                        return None;
                    }
                    Ok(progress) => {
                        self.steps.push(Step::Fix { fix, progress });
                        &fix.failed
                    }
                },
                Node::Escalate(escalation) => {
                    self.rest = Rest::Escalate(escalation);
                    return None;
                }
            };
            match target {
                Target::Node(id) => at = flow.node(id),
                Target::Flow(slug) => return Some(slug),
            }
        }
        None
    }

    /// Before it gives up after a fix, the walk goes on to the causes that are still supported and whose fix an answer leads to.
    /// Not where the last answer itself names a cause: then the author sends that one to somebody else.
    fn treat_what_is_left(&mut self, state: &State, situation: &Situation) {
        let concluded = matches!(self.steps.last(), Some(Step::Item { told, .. })
            if told.how.is_firm() && !told.branch.supports.is_empty());
        if concluded || !self.gives_up() {
            return;
        }
        let mut left = self.untried(state, situation);
        left.retain(|fix| self.is_led_to(fix, state, situation));
        for fix in left {
            match progress(fix, state, situation) {
                Err(rest) => {
                    self.rest = rest;
                    return;
                }
                Ok(progress) => self.steps.push(Step::Fix { fix, progress }),
            }
        }
    }

    /// Whether an answer that names its cause leads to the fix with nothing left to ask between: what an author put behind an
    /// approval or a test is not proposed without it.
    fn is_led_to(&self, fix: &Fix, state: &State, situation: &Situation) -> bool {
        let Some(flow) = self.flow() else { return false };
        let passages = self.aside(state, situation).into_iter().chain(self.told());
        passages
            .filter(|passage| passage.flow.hash == flow.hash && passage.told.how.is_firm())
            .filter(|passage| passage.told.branch.supports.contains(&fix.cause))
            .any(|passage| leads_to(flow, &passage.told.branch.goto, fix, state, situation))
    }

    const fn gives_up(&self) -> bool {
        matches!(self.rest, Rest::Escalate(_) | Rest::Lost)
    }

    /// The fixes passed in the flow the walk is in now.
    fn treated(&self) -> impl Iterator<Item = &'l Fix> {
        let here = self.steps.iter().rev().take_while(|step| !matches!(step, Step::Flow { .. }));
        here.filter_map(|step| if let Step::Fix { fix, .. } = step { Some(*fix) } else { None })
    }

    /// The first fix of each cause that the answers support and no fix on the way treated. None where the flow gives up before
    /// any fix: it has its reasons, such as somebody who is not verified.
    pub fn untried(&self, state: &State, situation: &Situation) -> Vec<&'l Fix> {
        let Some(flow) = self.flow().filter(|_| !self.gives_up() || self.treated().next().is_some()) else {
            return Vec::new();
        };
        let mut supported: HashSet<&str> = HashSet::new();
        let passages = self.aside(state, situation).into_iter().chain(self.told());
        for passage in passages.filter(|passage| passage.flow.hash == flow.hash && passage.told.how.is_firm()) {
            supported.retain(|cause| !passage.told.branch.rules_out.iter().any(|out| out == cause));
            supported.extend(passage.told.branch.supports.iter().map(String::as_str));
        }
        let mut treated: HashSet<&str> = self.treated().map(|fix| fix.cause.as_str()).collect();
        flow.fixes()
            .filter(|fix| supported.contains(fix.cause.as_str()) && treated.insert(fix.cause.as_str()))
            .collect()
    }

    fn last_fix_is_not(&self, title: &str) -> bool {
        !matches!(self.rest, Rest::Done(Some(fix)) if fix.title == title)
    }

    /// The flow the walk is in now.
    pub fn flow(&self) -> Option<&'l Arc<Flow>> {
        self.flows.last().copied()
    }

    /// Items passed on the way, in order, each with its flow.
    pub fn told(&self) -> impl Iterator<Item = Passage<'l>> {
        let mut flows = self.flows.iter().copied();
        let mut flow = flows.next();
        self.steps.iter().filter_map(move |step| match step {
            Step::Item { node, told } => Some(Passage { flow: flow?, node, told: *told }),
            Step::Flow { .. } => {
                flow = flows.next();
                None
            }
            Step::Fix { .. } => None,
        })
    }

    /// Items that were answered although the walk did not need them.
    pub fn aside(&self, state: &State, situation: &Situation) -> Vec<Passage<'l>> {
        let passed: HashSet<&str> = self.told().filter_map(|passage| passage.node.item_text()).collect();
        let mut aside = Vec::new();
        for flow in &self.flows {
            let others = flow.nodes.iter().filter(|node| node.item_text().is_some_and(|text| !passed.contains(text)));
            for node in others {
                if let Heard::Told(told) = hear(node, situation, state) {
                    aside.push(Passage { flow, node, told });
                }
            }
        }
        aside
    }

    /// What is open in the lane while the walk rests at a question: that one, and what is asked beside it.
    pub fn open(&self, state: &State, situation: &Situation) -> Vec<(&'l Node, bool)> {
        let (Rest::Ask { node: current, again, .. }, Some(flow)) = (self.rest, self.flow()) else {
            return Vec::new();
        };
        let ahead = reachable_from(flow, current.id());
        let beside = current
            .also()
            .iter()
            .chain(self.told().flat_map(|passage| passage.node.also()).filter(|id| ahead.contains(id.as_str())));
        let mut open = vec![(current, again)];
        for node in beside.filter_map(|id| flow.node(id)) {
            if open.iter().any(|(other, _)| other.id() == node.id()) {
                continue;
            }
            match hear(node, situation, state) {
                Heard::Nothing { .. } => open.push((node, false)),
                Heard::Unclear { .. } => open.push((node, true)),
                Heard::Told(_) => {}
            }
        }
        open
    }

    /// Causes of all flows on the way, each once.
    pub fn causes(&self) -> Vec<&'l Cause> {
        let mut causes: Vec<&Cause> = Vec::new();
        for cause in self.flows.iter().flat_map(|flow| &flow.causes) {
            if causes.iter().all(|other| other.text != cause.text) {
                causes.push(cause);
            }
        }
        causes
    }

    /// What is different from the way of the last turn.
    pub fn news(&self, before: &[Passed]) -> News {
        let now = self.way();
        let same = now.iter().zip(before).take_while(|(one, other)| one == other).count();
        let at_fix = match (self.steps.get(same), before.get(same)) {
            (Some(Step::Fix { fix, .. }), Some(old)) => fix.id == old.node,
            _ => false,
        };
        let changed = before.len() > same && !at_fix;
        News { same, changed, moved: now.len() > same || before.len() > same }
    }

    /// The steps as the state keeps them.
    pub fn way(&self) -> Vec<Passed> {
        self.steps.iter().map(Step::passed).collect()
    }
}

impl Step<'_> {
    pub fn passed(&self) -> Passed {
        let (node, key) = match self {
            Self::Item { node, told } => (
                node.id(),
                match told.how {
                    How::Answer(at) => format!("answer {at}"),
                    How::Result(outcome) => format!("{outcome:?}"),
                    How::Unsure | How::GivenUp => "unsure".to_owned(),
                    How::Skipped => "skipped".to_owned(),
                },
            ),
            Self::Fix { fix, progress } => (fix.id.as_str(), format!("{progress:?}")),
            Self::Flow { to, .. } => (to.slug.as_str(), "flow".to_owned()),
        };
        Passed { node: node.to_owned(), key }
    }
}

/// How far a fix got, if it was proposed at all.
pub fn outcome(fix: &Fix, state: &State, situation: &Situation) -> Option<FixProgress> {
    let tried = tried(fix, state, situation)?;
    let relapsed = tried.progress == FixProgress::Worked && state.relapsed.contains(&tried.id);
    Some(if relapsed { FixProgress::Failed } else { tried.progress })
}

/// How far a fix got, if the walk goes on behind it; else where it rests.
fn progress<'l>(fix: &'l Fix, state: &State, situation: &Situation) -> Result<FixProgress, Rest<'l>> {
    let active = tried(fix, state, situation).is_some_and(|tried| tried.active);
    match outcome(fix, state, situation) {
        None => Err(Rest::Propose(fix)),
        Some(FixProgress::Worked) => Err(Rest::Done(Some(fix))),
        Some(FixProgress::Proposed | FixProgress::Applied) if active => Err(Rest::Await(fix)),
        Some(FixProgress::Proposed | FixProgress::Applied) => Err(Rest::Propose(fix)),
        Some(past @ (FixProgress::Failed | FixProgress::Partial | FixProgress::Dismissed)) => Ok(past),
    }
}
