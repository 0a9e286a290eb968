//! What the newest chat message does to a walk: it may answer what is open, tell a fix's outcome, show the problem to be
//! another one, ask to escalate, or only want to know something.

use uuid::Uuid;

use super::answers::{Sureness, read_answer};
use super::complaint::complains;
use super::format::{Check, NOT_SURE, Node, Question};
use super::lane::{Heard, find, hear};
use super::objection::Objection;
use super::printed::is_output;
use super::promote::{WHOLE_ANSWER, mark_of_answer, plain_answer, source_type};
use super::reply::{Promotion, Source, quote, shorten};
use super::small_talk::{is_correction, is_small_talk};
use super::solved::is_solved;
use super::start::other_problem;
use super::state::{Said, SaidWhat};
use super::talk;
use super::turn::{Turn, is_check};
use super::walk::{Rest, Walk, tried};
use super::words::words;
use super::yes_no::{is_unsure, plain_yes_or_no, yes_or_no};
use crate::ai::types::{CheckOutcome, FixProgress, ItemKind, TriedFix};

/// As much of a message as is ever looked at.
const LOOK_AT: usize = 4_000;
/// Letters of a message that become a fact.
const MOST_OF_A_FACT: usize = 500;
/// How often words about a question may be unreadable before it is taken as not sure. A check stays open: that its result could
/// not be read is no reason to say that nobody looked.
const PATIENCE: u32 = 3;

/// Something open that a message could answer.
#[derive(Clone, Copy)]
struct Open<'l> {
    node: &'l Node,
    text: &'l str,
    item: Uuid,
}

impl<'r> Turn<'r> {
    pub(super) fn hear(&mut self, message: &str) {
        let message = &shorten(message, LOOK_AT);
        let walk = self.walk();
        if self.hear_lane(&walk) || message.is_empty() {
            return;
        }
        let small = is_small_talk(message) && !(words(message).len() == 1 && self.asks_whether(&walk));
        let at_the_end = matches!(walk.rest, Rest::Done(_) | Rest::Escalate(_) | Rest::Lost);
        if talk::wants_to_escalate(message) {
            self.state.closed = Some("You asked to hand this over.".to_owned());
            self.first = true;
        } else if small {
            // What is open stays open, and no round was spent on it.
            self.state.turn = self.state.turn.saturating_sub(u32::from(!matches!(walk.rest, Rest::Await(_))));
        } else if at_the_end || self.state.closed.is_some() {
            self.hear_after_the_end(message, &walk);
        } else if let Rest::Await(fix) = walk.rest {
            let fix = tried(fix, &self.state, self.situation());
            self.hear_about_fix(message, &walk, fix);
        } else {
            self.hear_on_the_way(message, &walk);
        }
    }

    /// An answer in the lane that fits nothing may speak of another problem; whether it does. Else it is asked once more.
    fn hear_lane(&mut self, walk: &Walk<'r>) -> bool {
        for (node, again) in walk.open(&self.state, self.situation()) {
            let Node::Question(question) = node else {
                continue;
            };
            let asked_again = find(self.situation(), ItemKind::Question, &question.rephrased());
            if !again || asked_again.is_some() {
                continue;
            }
            let item = find(self.situation(), ItemKind::Question, &question.text);
            let Some(answer) = item.and_then(|item| item.answer.as_deref()) else {
                continue;
            };
            if let Some(flow) = other_problem(self.library, self.matcher, answer, walk) {
                self.change_over(flow);
                return true;
            }
            self.notes.push(format!("I read {}, but cannot tell which answer that is.", quote(answer)));
        }
        false
    }

    /// Whether the result of a check was just asked for by yes or no, so that an "ok" is one.
    fn asks_whether(&self, walk: &Walk<'r>) -> bool {
        let first = self.open_items(walk).first().copied();
        first.is_some_and(|item| is_check(item.node) && self.state.unclear.contains_key(item.text))
    }

    /// The fix that helped in part and is not settled yet.
    fn half_done(&self) -> Option<&'r TriedFix> {
        self.request.situation.fixes.iter().rev().find(|fix| fix.active && fix.progress == FixProgress::Partial)
    }

    /// The problem is gone without a fix of ours. What did it is the engineer's to confirm.
    fn hear_solved(&mut self, message: &str) {
        self.state.turn = self.state.turn.saturating_sub(1);
        self.promotions.push(Promotion {
            text: shorten(message, MOST_OF_A_FACT),
            source_type: "ai_synthesis",
            source: Source::Talk,
        });
        self.notes.push(
            "Good. I put your words under What we know: confirm them there, and the note of Resolve is written from them. \
             If something is still open, just go on."
                .to_owned(),
        );
        self.answered = true;
    }

    fn hear_after_the_end(&mut self, message: &str, walk: &Walk<'r>) {
        let on = ["continue", "go on", "keep going", "carry on"];
        if self.state.closed.is_some() && on.contains(&words(message).join(" ").as_str()) {
            self.state.closed = None;
            self.state.turn = 1;
            self.first = true;
            return;
        }
        if let Rest::Done(_) = walk.rest
            && matches!(talk::about_fix(message, false), Some(talk::Said::Failed | talk::Said::Partly))
        {
            let worked = self.situation().fixes.iter().rev().find(|fix| fix.progress == FixProgress::Worked);
            self.state.relapsed.extend(worked.map(|fix| fix.id));
            self.notes.push("So it did not last; I go on to the next cause.".to_owned());
            return;
        }
        let is_done = matches!(walk.rest, Rest::Done(_));
        if let Some(fix) = self.half_done().filter(|_| talk::about_fix(message, false).is_some()) {
            return self.hear_about_fix(message, walk, Some(fix));
        }
        if !is_done && is_solved(message) {
            return self.hear_solved(message);
        }
        if let Some(flow) = other_problem(self.library, self.matcher, message, walk) {
            self.begin_anew(flow);
        }
    }

    /// The message while a fix waits, or beside it.
    fn hear_about_fix(&mut self, message: &str, walk: &Walk<'r>, fix: Option<&TriedFix>) {
        let Some(fix) = fix else { return };
        let applied = fix.progress != FixProgress::Proposed;
        let said = talk::about_fix(message, applied);
        if said.is_none()
            && let Some(flow) = other_problem(self.library, self.matcher, message, walk)
        {
            self.change_over(flow);
            return;
        }
        let mut propose = |outcome, reason: &str, notes| {
            self.outcome = Some((outcome, format!("{reason} {}", quote(message)), notes));
        };
        let note = match said {
            Some(talk::Said::Worked) => {
                propose("applied_success", "The engineer writes that it worked:", None);
                "You write that it worked. Confirm that in the banner, and nothing is left open."
            }
            Some(talk::Said::Failed) => {
                propose("applied_failed", "The engineer writes that it did not help:", None);
                "You write that it did not help. Confirm that in the banner, and I go on to the next cause."
            }
            Some(talk::Said::Partly) => {
                propose("applied_partial", "The engineer writes that it helped in part:", Some(shorten(message, 500)));
                "You write that it helped in part. Confirm that in the banner, and I go on with what is left."
            }
            Some(talk::Said::Dismissed) => {
                propose("dismissed", "The engineer does not want it:", None);
                "You do not want this fix. Confirm that in the banner, and I go on to the next cause."
            }
            Some(talk::Said::JustApplied) if !applied => {
                "Mark it as applied in the banner, look whether the problem is gone, and mark the outcome."
            }
            Some(talk::Said::JustApplied) | None => {
                if !talk::is_question(message) && words(message).len() >= 4 {
                    self.notes
                        .push("Add it under What we know if it matters: notes are written from there.".to_owned());
                }
                return;
            }
        };
        self.answered = true;
        self.notes.push(note.to_owned());
    }

    fn hear_on_the_way(&mut self, message: &str, walk: &Walk<'r>) {
        let open = self.open_items(walk);
        let Some(first) = open.first().copied() else {
            // nothing has been asked yet: the message goes with the lane's answers or a fix's outcome
            if let Some(flow) = other_problem(self.library, self.matcher, message, walk) {
                self.change_over(flow);
            }
            return;
        };
        // a plain yes or no to a check is not meant for what is asked beside it
        let asked = if is_check(first.node) && plain_yes_or_no(message).is_some() { 1 } else { open.len() };
        let objection = Objection::of(message, walk.flow());
        // who says that this is the wrong track answers none of its questions
        let asked = if objection == Some(Objection::Track) { 0 } else { asked };
        let best = |sureness| open.iter().take(asked).find(|item| self.read(item, message) == Some(sureness)).copied();
        if let Some(item) = best(Sureness::Exact) {
            return self.take(item, message, &open);
        }
        if talk::wants_to_skip(message) && words(message).len() <= 3 {
            return self.skip(first);
        }
        let strong = best(Sureness::Strong);
        if strong.is_none() && objection.is_none() && self.half_done().is_none() && is_solved(message) {
            return self.hear_solved(message);
        }
        let other = other_problem(self.library, self.matcher, message, walk);
        let in_triage = walk.flow().is_some_and(|flow| flow.slug == super::check::TRIAGE);
        let leaves = objection >= Some(Objection::Problem);
        let objects = leaves || (objection.is_some() && complains(message));
        // what fails may be just what was asked for; of a check it is, unless the message says otherwise
        let free = strong.is_none() && (!is_check(first.node) || objection.is_some());
        if let Some(flow) = other.filter(|_| free || in_triage || objects) {
            return self.change_over(flow);
        }
        let beside = self.half_done();
        let weak = best(Sureness::Weak).filter(|_| words(message).len() <= 12);
        if leaves && strong.is_none() {
            self.leave(walk);
        } else if let Some(fix) = beside.filter(|_| {
            // "that worked" is about the fix even where it could pass for a result
            talk::about_fix(message, false).is_some_and(|said| {
                let by_result = strong.is_some_and(|item| is_check(item.node));
                strong.is_none() || (by_result && said == talk::Said::Worked)
            })
        }) {
            self.hear_about_fix(message, walk, Some(fix));
        } else if let Some(item) = strong.or(weak) {
            self.take(item, message, &open);
        } else if talk::wants_to_skip(message) {
            self.skip(first);
        } else if talk::is_question(message) {
            self.explain(first.node);
        } else if is_correction(message) {
            self.notes.push(
                "If that corrects an earlier answer, change it in the lane, where it stands under what is done. What rests on \
                 it follows."
                    .to_owned(),
            );
        } else {
            self.unplaced(first, message);
        }
    }

    fn skip(&mut self, item: Open<'_>) {
        self.state.said.insert(item.text.to_owned(), Said { item: Some(item.item), what: SaidWhat::Skipped });
    }

    fn open_items(&self, walk: &Walk<'r>) -> Vec<Open<'r>> {
        let open = walk.open(&self.state, self.situation());
        let items = open.into_iter().filter_map(|(node, _)| match hear(node, self.situation(), &self.state) {
            Heard::Nothing { item } | Heard::Unclear { item } => {
                Some(Open { node, text: node.item_text()?, item: item? })
            }
            Heard::Told(_) => None,
        });
        items.collect()
    }

    /// How surely the message answers an open item.
    fn read(&self, open: &Open<'_>, message: &str) -> Option<Sureness> {
        let asks = talk::is_question(message) && yes_or_no(message).is_none();
        match open.node {
            Node::Question(question) => {
                let (_, sureness) = read_answer(question, message)?;
                (!asks || sureness == Sureness::Exact).then_some(sureness)
            }
            Node::Check(check) => self.result(check, message).map(|_| Sureness::Strong),
            Node::Fix(_) | Node::Escalate(_) => None,
        }
    }

    fn result(&self, check: &Check, message: &str) -> Option<CheckOutcome> {
        talk::result_of(check, message, self.state.unclear.contains_key(&check.label))
    }

    /// Takes the message as the answer of `item`, and of other open questions that it plainly answers as well.
    fn take(&mut self, item: Open<'r>, message: &str, open: &[Open<'r>]) {
        self.take_one(item, message);
        let plain = yes_or_no(message).is_none() && !is_unsure(message);
        for other in open.iter().filter(|other| plain && other.item != item.item) {
            if let Node::Question(question) = other.node
                && !question.is_numeric()
                && read_answer(question, message).is_some_and(|(_, sureness)| sureness == Sureness::Strong)
            {
                self.take_one(*other, message);
            }
        }
    }

    fn take_one(&mut self, item: Open<'r>, message: &str) {
        let (what, fact) = match item.node {
            Node::Question(question) => {
                let fact = fact_of(question, message).unwrap_or_else(|| plain_answer(item.text, message));
                (SaidWhat::Words(message.to_owned()), Some(fact))
            }
            Node::Check(check) => match self.result(check, message) {
                Some(outcome) => (SaidWhat::Result(outcome), check.branch(outcome).fact.clone()),
                None => return,
            },
            Node::Fix(_) | Node::Escalate(_) => return,
        };
        self.state.said.insert(item.text.to_owned(), Said { item: Some(item.item), what });
        self.state.promoted.insert(item.item, mark_of_answer(message));
        let kind = if is_check(item.node) { ItemKind::Check } else { ItemKind::Question };
        self.promotions.extend(fact.map(|text| Promotion {
            text,
            source_type: source_type(kind),
            source: Source::Item(item.item),
        }));
    }

    /// The engineer says this is not the problem, and not which one is.
    fn leave(&mut self, walk: &Walk<'r>) {
        let walked: Vec<String> = self.state.chain.iter().map(|link| link.slug.clone()).collect();
        if let Some(flow) = walk.flow() {
            self.notes.push(format!("So it is not “{}”.", flow.title));
        }
        self.start(&walked);
    }

    fn explain(&mut self, node: &Node) {
        self.notes.extend(node.why().map(str::to_owned));
        if let Node::Check(check) = node {
            self.notes.extend(check.description.clone());
            self.notes.extend(check.command.as_ref().map(|command| format!("The command: `{command}`")));
        }
    }

    /// What a command printed is kept with its check, whatever it means. Whole or not at all.
    fn keep_output(&mut self, item: Uuid) {
        let newest = self.request.messages.last().map_or("", |message| message.text.trim());
        if newest.chars().nth(WHOLE_ANSWER).is_none() {
            let (text, source_type) = (newest.to_owned(), source_type(ItemKind::Check));
            self.promotions.push(Promotion { text, source_type, source: Source::Item(item) });
        }
    }

    fn unplaced(&mut self, item: Open<'r>, message: &str) {
        // The words beside an image tell what it shows.
        if self.request.messages.last().is_some_and(|message| message.images > 0) {
            return;
        }
        let times = self.state.unclear.entry(item.text.to_owned()).or_default();
        *times += 1;
        let (times, limit) = (*times, if yes_or_no(message).is_some() { PATIENCE - 1 } else { PATIENCE });
        match item.node {
            Node::Check(check) => {
                let expect = check.expect.as_deref().unwrap_or("all is well").trim_end_matches('.');
                let thanks = if is_output(message) {
                    self.keep_output(item.item);
                    "Thanks, the output stands with its check now."
                } else {
                    "I cannot tell a result from that."
                };
                self.notes.push(if times == 1 {
                    format!("{thanks} Is it as expected ({expect})? Yes or no will do.")
                } else {
                    format!("{thanks} The check stays open: choose Pass or Fail in the lane, or write “pass”, “fail” or “skip”.")
                });
            }
            Node::Question(_) if times >= limit => {
                let said = Said { item: Some(item.item), what: SaidWhat::GivenUp };
                self.state.said.insert(item.text.to_owned(), said);
            }
            Node::Question(question) => {
                let options: Vec<&str> = question.answers.iter().map(|answer| answer.option.as_str()).collect();
                let said = quote(message);
                self.notes
                    .push(format!("I read {said}, but cannot tell which answer that is: {}.", options.join(" / ")));
            }
            Node::Fix(_) | Node::Escalate(_) => {}
        }
    }
}

/// The fact a question's author gave for this answer.
pub(super) fn fact_of(question: &Question, message: &str) -> Option<String> {
    let (at, _) = read_answer(question, message)?;
    let answer = question.answers.get(at)?;
    answer.branch.fact.clone().filter(|_| answer.option != NOT_SURE)
}
