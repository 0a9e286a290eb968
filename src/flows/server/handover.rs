//! Where a walk ended with somebody else: what the package for the next engineer begins its next steps with.

use serde_json::Value;

use crate::flows::{
    format::{Escalation, Flow, Node, Target},
    library::Library,
    state::{Passed, State},
};

/// An escalation of a flow, and what led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// To whom, why and with what, in the flow's words.
    pub text: String,
    /// The question, the check's label or the fix's title before it.
    pub after: String,
}

/// Whom the walk handed over to, by the state that its last turn kept.
pub fn of(library: &Library, kept: &Value) -> Option<Handover> {
    let state = State::read(Some(kept));
    let link = state.chain.last()?;
    let flow = library.by_hash(&link.hash).or_else(|| library.by_slug(&link.slug))?;
    let here = state.way.rsplit(|passed| passed.key == "flow").next()?;
    // fixes that a walk still tries after its end come behind the step that led there
    let (node, escalation) = here.iter().find_map(|passed| led_to(flow, passed))?;
    let after = match node {
        Node::Fix(fix) => &fix.title,
        Node::Question(_) | Node::Check(_) | Node::Escalate(_) => node.item_text()?,
    };
    let to = escalation.to.as_deref().map(|to| format!(" to: {}", to.trim_end_matches('.'))).unwrap_or_default();
    Some(Handover { text: format!("Escalate{to}. {}", escalation.reason), after: after.to_owned() })
}

/// The node of a step, with the escalation it led to.
fn led_to<'f>(flow: &'f Flow, passed: &Passed) -> Option<(&'f Node, &'f Escalation)> {
    let node = flow.node(&passed.node)?;
    let target = match node {
        Node::Question(question) => {
            let chosen = passed.key.strip_prefix("answer ").and_then(|at| at.parse::<usize>().ok());
            let answer = chosen.map_or(question.answers.last(), |at| question.answers.get(at));
            &answer?.branch.goto
        }
        Node::Check(check) => match passed.key.as_str() {
            "Pass" => &check.pass.goto,
            "Fail" => &check.fail.goto,
            _ => &check.skipped.goto,
        },
        Node::Fix(fix) => &fix.failed,
        Node::Escalate(_) => return None,
    };
    match target {
        Target::Node(id) => match flow.node(id)? {
            Node::Escalate(escalation) => Some((node, escalation)),
            Node::Question(_) | Node::Check(_) | Node::Fix(_) => None,
        },
        Target::Flow(_) => None,
    }
}
