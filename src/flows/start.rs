//! Which flow a problem belongs to: at the beginning, and when a message shows it to be another than thought.

use std::sync::Arc;

use super::check::TRIAGE;
use super::complaint::{complains, is_remark, tells_nothing};
use super::format::Flow;
use super::library::Library;
use super::objection::Objection;
use super::printed::is_output;
use super::reply::shorten;
use super::walk::Walk;
use super::words::words;
use crate::ai::types::{ChatRequest, Speaker};

/// A flow that fits a text.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowMatch {
    pub slug: String,
    pub title: String,
    /// 0 to 1.
    pub score: f32,
}

/// Finds the flows that fit a text: best first, nothing when none fits.
pub trait Matcher: Send + Sync {
    fn matches(&self, text: &str) -> Vec<FlowMatch>;
}

/// A match of at least this ends another flow; any match begins one, since the matcher says nothing where nothing fits.
const SWITCH_AT: f32 = 0.5;
/// By so much another flow must fit better than the one being walked.
const LEAD: f32 = 0.2;
/// The same where the message complains of something, but does not say that it is another problem.
const LEAD_OF_A_COMPLAINT: f32 = 0.3;
/// The same where the message itself says that it corrects something.
const LEAD_WHEN_CORRECTING: f32 = 0.1;
/// A second flow this close to the best one is worth a word.
const CLOSE: f32 = 0.12;
/// How much of a text the matcher gets.
const LOOK_AT: usize = 4_000;

/// The flow to begin with.
pub struct Choice<'l> {
    pub flow: &'l Arc<Flow>,
    pub runner_up: Option<&'l Arc<Flow>>,
}

/// What the session says about its problem before any answer: problem, ticket, first and newest message.
pub fn texts_of(request: &ChatRequest) -> Vec<String> {
    let (situation, mut texts) = (&request.situation, Vec::new());
    let mut spoken = request.messages.iter().filter(|message| message.speaker == Speaker::User);
    let first = spoken.next();
    let newest = spoken.next_back();
    let ticket = situation.ticket.as_ref();
    let parts = [
        newest.map(|message| message.text.as_str()),
        first.map(|message| message.text.as_str()),
        situation.problem.as_deref(),
        ticket.map(|ticket| ticket.summary.as_str()),
        ticket.map(|ticket| ticket.text.as_str()),
    ];
    for part in parts.into_iter().flatten().map(|part| shorten(part.trim(), LOOK_AT)) {
        if !part.is_empty() && !texts.contains(&part) {
            texts.push(part);
        }
    }
    texts
}

/// The flow that fits best, each text taken alone and all together; `None` when none fits well enough.
pub fn choose<'l>(
    library: &'l Library,
    matcher: &dyn Matcher,
    texts: &[String],
    excluding: &[String],
) -> Option<Choice<'l>> {
    let together = texts.join("\n");
    let mut queries: Vec<&str> = texts.iter().map(String::as_str).collect();
    if texts.len() > 1 {
        queries.insert(0, &together);
    }
    let mut found: Vec<(&Arc<Flow>, f32)> = Vec::new();
    for query in queries {
        for (flow, score) in matches(library, matcher, query) {
            match found.iter_mut().find(|(other, _)| other.slug == flow.slug) {
                Some((_, best)) => *best = best.max(score),
                None => found.push((flow, score)),
            }
        }
    }
    found.retain(|(flow, _)| !excluding.contains(&flow.slug));
    found.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let (flow, score) = *found.first()?;
    let runner_up = found.get(1).filter(|(_, next)| score - next <= CLOSE).map(|(flow, _)| *flow);
    Some(Choice { flow, runner_up })
}

/// The flow of the problem that a message says it really is. What a message merely mentions is no other problem: it must say
/// that it corrects something, or complain.
pub fn other_problem<'l>(
    library: &'l Library,
    matcher: &dyn Matcher,
    text: &str,
    walk: &Walk<'_>,
) -> Option<&'l Arc<Flow>> {
    let (objection, complaint) = (Objection::of(text, walk.flow()), complains(text));
    let remark = tells_nothing(text) || (is_remark(text) && objection < Some(Objection::Topic));
    let calm = !complaint && objection < Some(Objection::Track);
    if words(text).len() < 3 || is_output(text) || (calm && remark) {
        return None;
    }
    let in_triage = walk.flow().is_some_and(|flow| flow.slug == TRIAGE);
    let (at, lead) = match objection {
        // what it is not, need not fit less
        Some(Objection::Track) => (0.0, f32::NEG_INFINITY),
        Some(Objection::Problem | Objection::Topic) => (0.0, f32::EPSILON),
        Some(Objection::Detail) if complaint => (0.0, LEAD_WHEN_CORRECTING),
        Some(Objection::Detail) => (SWITCH_AT, LEAD),
        None if in_triage => (0.0, LEAD),
        None if complaint => (SWITCH_AT, LEAD_OF_A_COMPLAINT),
        None => return None,
    };
    let found = matches(library, matcher, &shorten(text, LOOK_AT));
    let walked = |slug: &str| walk.flows.iter().any(|flow| flow.slug == slug);
    let own = found.iter().filter(|(flow, _)| walked(&flow.slug)).map(|(_, score)| *score).fold(0.0, f32::max);
    let (best, score) = found.into_iter().find(|(flow, _)| !walked(&flow.slug))?;
    (score >= at && score - own >= lead).then_some(best)
}

fn matches<'l>(library: &'l Library, matcher: &dyn Matcher, text: &str) -> Vec<(&'l Arc<Flow>, f32)> {
    let mut found: Vec<(&Arc<Flow>, f32)> = matcher
        .matches(text)
        .into_iter()
        .filter(|found| found.slug != TRIAGE)
        .filter_map(|found| Some((library.by_slug(&found.slug)?, found.score)))
        .collect();
    found.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    found
}
