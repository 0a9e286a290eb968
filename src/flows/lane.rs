//! What the lane and the chat say about one node of a flow.

use uuid::Uuid;

use super::answers::read_answer;
use super::format::{Branch, Check, NOT_SURE, Node, Question};
use super::state::{SaidWhat, State};
use crate::ai::types::{CheckOutcome, ItemKind, LaneItem, Situation};

/// What is known about a question or check.
#[derive(Debug, Clone, Copy)]
pub enum Heard<'f> {
    /// Not asked yet, or asked and not answered.
    Nothing { item: Option<Uuid> },
    /// Answered in words that fit no answer, so to be asked once more in other words; `item` once it is.
    Unclear { item: Option<Uuid> },
    /// Answered, done or skipped.
    Told(Told<'f>),
}

#[derive(Debug, Clone, Copy)]
pub struct Told<'f> {
    pub item: Option<Uuid>,
    pub branch: &'f Branch,
    pub how: How,
}

/// How an item came to its branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By an answer; the index of it.
    Answer(usize),
    Result(CheckOutcome),
    /// *Not sure*, or words that mean it.
    Unsure,
    /// By words that could not be read twice.
    GivenUp,
    Skipped,
}

impl How {
    /// Whether something is known from it.
    pub const fn is_firm(self) -> bool {
        matches!(self, Self::Answer(_) | Self::Result(CheckOutcome::Pass | CheckOutcome::Fail))
    }
}

/// What the session says about a node; nothing for fixes and escalations.
pub fn hear<'f>(node: &'f Node, situation: &Situation, state: &State) -> Heard<'f> {
    match node {
        Node::Question(question) => hear_question(question, situation, state),
        Node::Check(check) => hear_check(check, situation, state),
        Node::Fix(_) | Node::Escalate(_) => Heard::Nothing { item: None },
    }
}

/// The lane item with exactly this text, an answered one first.
pub fn find<'s>(situation: &'s Situation, kind: ItemKind, text: &str) -> Option<&'s LaneItem> {
    let mut same = situation.items.iter().filter(|item| item.kind == kind && item.text == text);
    let first = same.next()?;
    if is_open(first) { same.find(|item| !is_open(item)).or(Some(first)) } else { Some(first) }
}

/// The id, if the lane still has its item.
fn present(situation: &Situation, id: Option<Uuid>) -> Option<Uuid> {
    id.filter(|id| situation.items.iter().any(|item| item.id == *id))
}

pub const fn is_open(item: &LaneItem) -> bool {
    item.answer.is_none() && item.result.is_none() && !item.skipped
}

fn hear_question<'f>(question: &'f Question, situation: &Situation, state: &State) -> Heard<'f> {
    let first = find(situation, ItemKind::Question, &question.text);
    // an edited first answer may be readable now, so it comes before the second asking
    if let Some(heard) = first.and_then(|item| read(question, item)) {
        return heard;
    }
    let is_longer = |item: &LaneItem| item.text.len() > question.text.len() && item.text.starts_with(&question.text);
    let again = situation.items.iter().find(|item| is_longer(item));
    let again = again.and_then(|_| find(situation, ItemKind::Question, &question.rephrased()));
    if let Some(heard) = again.and_then(|item| read(question, item)) {
        return heard;
    }
    let told_in_lane = |id| [first, again].into_iter().flatten().any(|item| Some(item.id) == id && !is_open(item));
    let said = state.said.get(&question.text).filter(|said| !told_in_lane(said.item));
    if let Some(said) = said {
        let item = present(situation, said.item);
        match &said.what {
            SaidWhat::Words(text) => {
                if let Some((answer, _)) = read_answer(question, text) {
                    return answered(question, answer, item);
                }
            }
            SaidWhat::GivenUp | SaidWhat::Result(_) => {
                return unsure(question, item, How::GivenUp);
            }
            SaidWhat::Skipped => return unsure(question, item, How::Skipped),
        }
    }
    match (first, again) {
        (_, Some(again)) if again.skipped => unsure(question, Some(again.id), How::Skipped),
        (_, Some(again)) if again.answer.is_some() => unsure(question, Some(again.id), How::GivenUp),
        (_, Some(again)) => Heard::Unclear { item: Some(again.id) },
        (Some(first), None) if first.skipped => unsure(question, Some(first.id), How::Skipped),
        (Some(first), None) if first.answer.is_some() => Heard::Unclear { item: None },
        (first, None) => Heard::Nothing { item: first.map(|item| item.id) },
    }
}

/// The answer of an item, if it has one that can be read.
fn read<'f>(question: &'f Question, item: &LaneItem) -> Option<Heard<'f>> {
    let text = item.answer.as_deref().filter(|_| !item.skipped)?;
    let (answer, _) = read_answer(question, text)?;
    Some(answered(question, answer, Some(item.id)))
}

fn answered(question: &Question, answer: usize, item: Option<Uuid>) -> Heard<'_> {
    match question.answers.get(answer) {
        Some(answer) if answer.option == NOT_SURE => unsure(question, item, How::Unsure),
        Some(chosen) => Heard::Told(Told { item, branch: &chosen.branch, how: How::Answer(answer) }),
        None => Heard::Nothing { item },
    }
}

fn unsure(question: &Question, item: Option<Uuid>, how: How) -> Heard<'_> {
    match question.answers.last() {
        Some(answer) => Heard::Told(Told { item, branch: &answer.branch, how }),
        None => Heard::Nothing { item },
    }
}

fn hear_check<'f>(check: &'f Check, situation: &Situation, state: &State) -> Heard<'f> {
    let item = find(situation, ItemKind::Check, &check.label);
    let id = item.map(|item| item.id);
    let of_lane = item.and_then(|item| item.result.or(item.skipped.then_some(CheckOutcome::Skipped)));
    let said = state.said.get(&check.label);
    let of_chat = said.and_then(|said| match said.what {
        SaidWhat::Result(outcome) => Some(outcome),
        SaidWhat::Skipped | SaidWhat::GivenUp => Some(CheckOutcome::Skipped),
        SaidWhat::Words(_) => None,
    });
    let Some(outcome) = of_lane.or(of_chat) else {
        return Heard::Nothing { item: id };
    };
    let how = if outcome == CheckOutcome::Skipped { How::Skipped } else { How::Result(outcome) };
    Heard::Told(Told { item: id, branch: check.branch(outcome), how })
}
