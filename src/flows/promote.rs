//! Which facts a turn promotes: every answer and result that no fact rests on yet, in the flow's own words where it has any.

use super::format::{Branch, Node};
use super::lane::{Heard, hear};
use super::library::{ItemAnswer, Library, plain_result};
use super::reply::{Promotion, Source, shorten};
use super::state::{State, fingerprint};
use super::walk::Walk;
use super::yes_no::is_unsure;
use crate::ai::types::{CheckOutcome, ItemKind, LaneItem, Situation};

/// Output up to this long stands in its fact whole.
const WHOLE_OUTPUT: usize = 4_000;
/// The longest answer that the lane takes; what is said in the chat may be longer.
pub const WHOLE_ANSWER: usize = 10_000;

/// A fact where no flow has words for it begins so, and has this before what was answered.
const ASKED: &str = "Asked “";
const ANSWERED: &str = "”, the answer was: ";

/// Promotions for what the lane says and no fact does. Remembers them in the state.
pub fn from_lane(library: &Library, walk: &Walk<'_>, state: &mut State, situation: &Situation) -> Vec<Promotion> {
    let mut promotions = Vec::new();
    for item in situation.items.iter().filter(|item| !item.promoted && !item.skipped) {
        let Some((answer, mark)) = answer_of(item) else {
            continue;
        };
        if state.promoted.get(&item.id) == Some(&mark) {
            continue;
        }
        let own = own_branch(walk, item, state, situation).and_then(|branch| branch.fact.clone());
        let library_has = || library.own_fact(&item.text, &answer).map(str::to_owned);
        let text = own.or_else(library_has).unwrap_or_else(|| plain_fact(item, &answer));
        promotions.push(Promotion { text, source_type: source_type(item.kind), source: Source::Item(item.id) });
        state.promoted.insert(item.id, mark);
    }
    promotions
}

/// The answer of an item, and a mark that changes with it.
fn answer_of(item: &LaneItem) -> Option<(ItemAnswer<'_>, String)> {
    match item.kind {
        ItemKind::Question => {
            let text = item.answer.as_deref().filter(|text| !text.trim().is_empty())?;
            Some((ItemAnswer::Answer(text), mark_of_answer(text)))
        }
        ItemKind::Check => {
            let outcome = item.result.filter(|outcome| *outcome != CheckOutcome::Skipped)?;
            let output = item.output.as_deref().unwrap_or_default();
            Some((ItemAnswer::Result(outcome), fingerprint(&format!("{outcome:?} {output}"))))
        }
    }
}

pub fn mark_of_answer(text: &str) -> String {
    fingerprint(text.trim())
}

/// The branch the walk takes for this very item.
fn own_branch<'l>(walk: &Walk<'l>, item: &LaneItem, state: &State, situation: &Situation) -> Option<&'l Branch> {
    let nodes = walk.flows.iter().rev().flat_map(|flow| flow.nodes.iter());
    nodes.filter(|node| is_of(node, item)).find_map(|node| match hear(node, situation, state) {
        Heard::Told(told) if told.item == Some(item.id) && told.how.is_firm() => Some(told.branch),
        Heard::Told(_) | Heard::Nothing { .. } | Heard::Unclear { .. } => None,
    })
}

/// Whether an item of the lane is this node, be it in other words.
fn is_of(node: &Node, item: &LaneItem) -> bool {
    let Some(text) = node.item_text().filter(|text| item.text.starts_with(text)) else {
        return false;
    };
    let rephrased = || matches!(node, Node::Question(question) if question.rephrased() == item.text);
    text == item.text || rephrased()
}

pub const fn source_type(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Question => "question",
        ItemKind::Check => "diagnostic_check",
    }
}

/// The fact where no flow has words for it: it contains the person's own.
fn plain_fact(item: &LaneItem, answer: &ItemAnswer<'_>) -> String {
    match answer {
        ItemAnswer::Answer(text) => plain_answer(&item.text, text),
        ItemAnswer::Result(outcome) => {
            let fact = plain_result(&item.text, *outcome);
            let output = item.output.as_deref().map(str::trim).filter(|output| !output.is_empty());
            match output.filter(|output| output.chars().count() <= WHOLE_OUTPUT) {
                Some(output) => format!("{fact} Output: {output}"),
                None => fact,
            }
        }
    }
}

/// The answer in the person's own words.
pub fn plain_answer(question: &str, answer: &str) -> String {
    format!("{ASKED}{question}{ANSWERED}{}", shorten(answer.trim(), WHOLE_ANSWER))
}

/// The question behind such a fact, where the answer was that one does not know.
pub fn unknown(fact: &str) -> Option<&str> {
    let (question, answer) = fact.strip_prefix(ASKED)?.rsplit_once(ANSWERED)?;
    is_unsure(answer).then_some(question)
}
