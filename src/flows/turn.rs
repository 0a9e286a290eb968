//! One turn of the built-in provider: hears the newest message, walks, and writes the reply.
//!
//! A pure function of the request and the flows. What it writes are proposals in marker form; the session's rules decide
//! what becomes of them.

use uuid::Uuid;

use super::findings::Findings;
use super::format::{Fix, Flow, Node};
use super::lane::is_open;
use super::library::Library;
use super::promote;
use super::reply::{Page, Promotion, Reply};
use super::start::{Matcher, choose, texts_of};
use super::state::{By, Link, State};
use super::voice;
use super::walk::{News, Rest, Walk, outcome, walk};
use crate::ai::types::{ChatRequest, FixProgress, Situation, Speaker};

/// A walk ends within this many turns.
const MAX_TURNS: u32 = 12;
/// Turns that count, at most, when the problem proves to be another one: it deserves its own questions.
const AFTER_A_CHANGE: u32 = 3;

const TOO_LONG: &str =
    "Twelve rounds have not brought it to an end, so a second pair of eyes is faster than another question.";
const LOST: &str = "The flows that could fit are walked to their end without finding the cause.";
const NOTHING_KNOWN: &str =
    "Nothing could be established: there is no clear answer and no result, so any fix would be a guess.";

/// Answers the newest message of a session.
pub fn respond(library: &Library, matcher: &dyn Matcher, request: &ChatRequest) -> Reply {
    let mut turn = Turn::begin(library, matcher, request);
    let newest = request.messages.last().filter(|message| message.speaker == Speaker::User);
    turn.notes.extend(voice::unseen(newest.map_or(0, |message| message.images)));
    if turn.is_new() {
        turn.start(&[]);
    } else {
        turn.hear(newest.map_or("", |message| message.text.trim()));
    }
    turn.conclude()
}

/// A turn under way.
pub(super) struct Turn<'r> {
    pub library: &'r Library,
    pub matcher: &'r dyn Matcher,
    pub request: &'r ChatRequest,
    pub state: State,
    /// What is to be said before anything else.
    pub notes: Vec<String>,
    /// Questions that the description answered before they were asked.
    pub described: Vec<&'r Node>,
    /// What the message made known.
    pub promotions: Vec<Promotion>,
    /// What the message says of the active fix: outcome word, reason, notes.
    pub outcome: Option<(&'static str, String, Option<String>)>,
    /// The first turn of a flow.
    pub first: bool,
    /// The message got its answer in the notes.
    pub answered: bool,
}

impl<'r> Turn<'r> {
    fn begin(library: &'r Library, matcher: &'r dyn Matcher, request: &'r ChatRequest) -> Self {
        let mut state = State::read(request.state.as_ref());
        state.turn = state.turn.saturating_add(1);
        // what the lane has taken over, the lane decides from now on
        let items = &request.situation.items;
        let answered = |item| items.iter().any(|other| other.id == item && !is_open(other));
        state.said.retain(|text, said| match said.item {
            Some(item) => !answered(item),
            None => items.iter().all(|other| other.text != *text),
        });
        Self {
            library,
            matcher,
            request,
            state,
            notes: Vec::new(),
            described: Vec::new(),
            promotions: Vec::new(),
            outcome: None,
            first: false,
            answered: false,
        }
    }

    pub const fn situation(&self) -> &'r Situation {
        &self.request.situation
    }

    pub fn walk(&self) -> Walk<'r> {
        walk(self.library, &self.state, &self.request.situation)
    }

    fn is_new(&self) -> bool {
        self.walk().flows.is_empty()
    }

    /// Begins with the flow that fits best; `excluding` those that were denied.
    pub fn start(&mut self, excluding: &[String]) {
        let texts = texts_of(self.request);
        let choice = choose(self.library, self.matcher, &texts, excluding);
        self.notes.extend(voice::begin(choice.as_ref(), !texts.is_empty()));
        let triage = || self.library.by_slug(super::check::TRIAGE);
        if let Some(flow) = choice.map(|choice| choice.flow).or_else(triage) {
            self.enter(flow);
        }
    }

    pub fn enter(&mut self, flow: &Flow) {
        self.state.chain.push(Link { slug: flow.slug.clone(), hash: flow.hash.clone(), by: By::Match });
        self.state.way.clear();
        self.first = true;
        self.hear_description();
    }

    /// Leaves the flows being walked for one that fits better.
    pub fn change_over(&mut self, to: &Flow) {
        let walk = self.walk();
        self.notes.extend(voice::change_over(walk.flow().map(AsRef::as_ref), to));
        if let Rest::Await(fix) = walk.rest {
            self.notes.push(format!("“{}” no longer fits; dismiss it unless you want it anyway.", fix.title));
        }
        self.state.turn = self.state.turn.min(AFTER_A_CHANGE);
        self.enter(to);
    }

    /// Another problem after the first one has come to its end.
    pub fn begin_anew(&mut self, flow: &Flow) {
        let walk = self.walk();
        self.notes.extend(voice::change_over(walk.flow().map(AsRef::as_ref), flow));
        self.state.begin_anew(self.situation().fixes.iter().map(|fix| fix.id));
        self.enter(flow);
    }

    fn conclude(mut self) -> Reply {
        let walk = self.walk();
        let situation = self.situation();
        let news = walk.news(&self.state.way);
        self.count(&walk, news);
        let mut page = Page::default();
        let findings = Findings::of(&walk, &self.state, situation);
        let mut promotions = promote::from_lane(self.library, &walk, &mut self.state, situation);
        promotions.append(&mut self.promotions);
        page.say(std::mem::take(&mut self.notes));
        page.say(voice::reaction(&walk, &self.state, situation, news));
        page.promote(&promotions);
        page.hypotheses(&findings.causes);
        self.state.chain.clone_from(&walk.chain);
        self.state.way = walk.way();
        self.rest(&mut page, &walk, &findings, news.moved || self.first);
        if let Some((outcome, reason, notes)) = &self.outcome {
            page.outcome(outcome, reason, notes.as_deref());
        }
        Reply { text: page.into_text(), state: self.state.write() }
    }

    /// Sees to it that a walk ends in time. A corrected answer begins the count anew, and talk about a fix that waits
    /// does not count: there the walk has come to an end.
    fn count(&mut self, walk: &Walk<'_>, news: News) {
        if news.changed || (news.moved && !self.first && self.state.closed.take().is_some()) {
            self.state.turn = 1;
            self.state.closed = None;
        }
        if matches!(walk.rest, Rest::Await(_)) && !news.moved {
            self.state.turn = self.state.turn.saturating_sub(1);
        }
        let goes_on = matches!(walk.rest, Rest::Ask { .. } | Rest::Propose(_));
        if goes_on && self.state.turn >= MAX_TURNS && self.state.closed.is_none() {
            self.state.closed = Some(TOO_LONG.to_owned());
            self.first = true;
        }
    }

    /// Says and shows where the walk rests. `moved`: it was not resting there before.
    fn rest(&mut self, page: &mut Page, walk: &Walk<'_>, findings: &Findings<'_>, moved: bool) {
        let situation = self.situation();
        match (walk.rest, self.state.closed.clone()) {
            (Rest::Done(fix), _) => {
                let active = situation.fixes.iter().rev().find(|fix| fix.active);
                let title = fix.map(|fix| &fix.title).or(active.map(|fix| &fix.title));
                let cause = fix.and_then(|fix| cause_of(walk, fix)).filter(|cause| findings.proves(cause));
                page.say(voice::done(title.map_or("The fix", String::as_str), fix, cause));
                page.lane(&[]);
            }
            (Rest::Escalate(escalation), _) => {
                let to = escalation.to.as_deref();
                self.escalate(page, walk, findings, &escalation.reason, to, moved);
            }
            (Rest::Lost, _) => self.escalate(page, walk, findings, LOST, None, moved),
            (_, Some(reason)) => self.escalate(page, walk, findings, &reason, None, moved),
            (Rest::Ask { item, .. }, None) => {
                let open = walk.open(&self.state, situation);
                let asked_before = item.is_some() && !self.first;
                if !self.answered {
                    page.say(voice::ask(&open, self.first, asked_before));
                }
                let described = self.described.iter().map(|node| (*node, false));
                page.lane(&described.chain(open).collect::<Vec<_>>());
            }
            (Rest::Propose(fix), None) => self.propose(page, walk, findings, fix),
            (Rest::Await(fix), None) => {
                let outcome = outcome(fix, &self.state, situation);
                if !self.answered {
                    page.say(voice::awaiting(&fix.title, outcome == Some(FixProgress::Applied)));
                }
                page.lane(&[]);
            }
        }
    }

    fn propose(&mut self, page: &mut Page, walk: &Walk<'_>, findings: &Findings<'_>, fix: &Fix) {
        let flow = walk.flow();
        let evidence: Vec<Uuid> = flow.map(|flow| findings.evidence_for(flow, fix)).unwrap_or_default();
        if evidence.is_empty() {
            self.escalate(page, walk, findings, NOTHING_KNOWN, None, true);
            return;
        }
        let confidence = findings.confidence_in(walk, fix);
        // a harmless step may be next although its cause was ruled out; then it is not called likely
        let cause = cause_of(walk, fix).filter(|cause| !findings.refutes(cause));
        page.say(voice::propose(fix, cause, confidence, confidence < fix.confidence));
        page.lane(&[]);
        page.fix(fix, confidence, &evidence);
    }

    fn escalate(
        &self,
        page: &mut Page,
        walk: &Walk<'_>,
        findings: &Findings<'_>,
        reason: &str,
        to: Option<&str>,
        whole: bool,
    ) {
        if self.answered {
            // Whoever has just written that it is solved is not told to escalate.
        } else if whole {
            let situation = self.situation();
            let at = match walk.rest {
                Rest::Propose(fix) | Rest::Await(fix) => Some(fix),
                _ => None,
            };
            let mut untried = walk.untried(&self.state, situation);
            untried.retain(|fix| at.is_none_or(|at| at.cause != fix.cause));
            let is_applied = |fix: &&Fix| outcome(fix, &self.state, situation) == Some(FixProgress::Applied);
            untried.splice(..0, at.filter(|fix| !is_applied(fix)));
            for paragraph in voice::escalate(reason, to, findings, &self.state, situation, &untried) {
                page.say(paragraph);
            }
        } else {
            page.say(voice::escalate_again(reason, self.state.closed.is_some()));
        }
        page.lane(&[]);
    }
}

fn cause_of<'w>(walk: &Walk<'w>, fix: &Fix) -> Option<&'w str> {
    walk.flow()?.cause(&fix.cause).map(|cause| cause.text.as_str())
}

/// Whether this is a check, in words for the chat.
pub(super) const fn is_check(node: &Node) -> bool {
    matches!(node, Node::Check(_))
}
