//! The walker's sentences: a senior engineer to a colleague. Short, concrete, the same for the same case; what the last
//! answers tell, what comes next and why.

use super::check::TRIAGE;
use super::findings::Findings;
use super::format::{Fix, Flow, Node};
use super::lane::How;
use super::reply::quote;
use super::start::Choice;
use super::state::State;
use super::walk::{News, Rest, Step, Walk, tried};
use crate::ai::types::{FixProgress, Situation};

const COUNTS: &[&str] = &["No", "One", "Two", "Three", "Four", "Five", "Six"];

/// A walker reads words and nothing else.
pub fn unseen(images: usize) -> Option<String> {
    match images {
        0 => None,
        1 => Some(
            "I cannot look at the image; it stays here for your colleagues. Tell me in words what it shows.".to_owned(),
        ),
        _ => Some(
            "I cannot look at the images; they stay here for your colleagues. Tell me in words what they show."
                .to_owned(),
        ),
    }
}

pub fn begin(choice: Option<&Choice<'_>>, described: bool) -> Vec<String> {
    match choice {
        Some(Choice { flow, runner_up }) => {
            let mut said = vec![format!("I read this as: {}.", flow.title.trim_end_matches('.')), flow.summary.clone()];
            if let Some(other) = runner_up {
                said.push(format!("If it is rather “{}”, say so and I change over.", other.title));
            }
            said
        }
        None if described => vec![
            "No flow of mine fits this description well enough to start from.".to_owned(),
            "So I begin with a few general questions that show where the problem sits.".to_owned(),
        ],
        None => vec!["There is no description of the problem yet, so I begin with a few general questions.".to_owned()],
    }
}

pub fn change_over(from: Option<&Flow>, to: &Flow) -> Vec<String> {
    let left = from.map_or_else(String::new, |flow| format!(" I leave “{}” and go on there.", flow.title));
    vec![format!("That is another problem than I thought: “{}”.{left}", to.title)]
}

/// What the steps since the last turn tell.
pub fn reaction(walk: &Walk<'_>, state: &State, situation: &Situation, news: News) -> Vec<String> {
    let mut said = Vec::new();
    if news.changed {
        let old = state.way.get(news.same).map(|old| old.node.as_str());
        let again = match walk.steps.get(news.same) {
            Some(Step::Item { node, .. }) if Some(node.id()) == old => node.item_text(),
            Some(_) | None => None,
        };
        said.push(match again {
            Some(text) => format!("The answer to “{text}” has changed, so I go on from there."),
            None => "An earlier answer has changed, so I go back to that point.".to_owned(),
        });
        let resting = matches!(walk.rest, Rest::Await(_) | Rest::Propose(_));
        let waiting = situation.fixes.iter().find(|fix| fix.active && fix.progress == FixProgress::Proposed);
        if let Some(fix) = waiting.filter(|_| !resting) {
            let title = &fix.title;
            said.push(format!("“{title}” no longer follows from the answers; dismiss it unless you want it anyway."));
        }
    }
    let fresh = walk.steps.get(news.same..).unwrap_or_default();
    let told: Vec<String> = fresh.iter().filter_map(|step| tell(step, state, situation)).collect();
    // the last answers say where we are; the first ones of many are history
    let skip = told.len().saturating_sub(3);
    said.extend(told.into_iter().skip(skip));
    said
}

fn tell(step: &Step<'_>, state: &State, situation: &Situation) -> Option<String> {
    match step {
        Step::Item { node, told } => match (&told.branch.so, told.how) {
            (_, How::GivenUp) => {
                let so = told.branch.so.as_deref().unwrap_or_default();
                Some(format!("I cannot place the answer to “{}”, so I take it as not sure. {so}", node.item_text()?))
            }
            (Some(so), _) => Some(so.clone()),
            (None, How::Skipped) => Some("That stays open; there is another way on.".to_owned()),
            (None, _) => told.branch.fact.clone(),
        },
        Step::Fix { fix, progress } => {
            // what was noted with an earlier outcome is no reason for this one
            let tried = tried(fix, state, situation);
            let lapsed = tried.is_some_and(|tried| tried.progress != *progress);
            let notes = tried.and_then(|tried| tried.notes.as_deref()).filter(|_| !lapsed);
            let notes = notes.map_or_else(String::new, |notes| format!(" ({})", quote(notes)));
            match progress {
                FixProgress::Partial => Some(format!(
                    "“{}” helped in part{notes}; what is left may have a second cause, so I go on from there.",
                    fix.title
                )),
                FixProgress::Dismissed => Some(format!("“{}” is dismissed, so I go on without it.", fix.title)),
                FixProgress::Failed if lapsed => {
                    Some(format!("“{}” did not last, so I set that cause aside.", fix.title))
                }
                FixProgress::Failed => Some(format!("“{}” did not help{notes}, so I set that cause aside.", fix.title)),
                FixProgress::Proposed | FixProgress::Applied | FixProgress::Worked => None,
            }
        }
        Step::Flow { from, to } if from.slug == TRIAGE => {
            Some(format!("That has a flow of its own: “{}”. I go on there.", to.title))
        }
        Step::Flow { to, .. } => {
            Some(format!("So the problem is really another one: “{}”. I go on with that flow.", to.title))
        }
    }
}

/// What is asked now, and how much is in the lane.
pub fn ask(open: &[(&Node, bool)], first: bool, asked_before: bool) -> Vec<String> {
    let Some((node, again)) = open.first() else {
        return Vec::new();
    };
    let mut said = Vec::new();
    let lead = match (asked_before, first) {
        (true, _) => "Still open",
        (false, true) => "First",
        (false, false) if *again => "Once more",
        (false, false) => "Next",
    };
    match node {
        Node::Question(question) => {
            said.push(format!("{lead}: {}", full_stop(&question.text)));
            if *again {
                let options: Vec<&str> = question.answers.iter().map(|answer| answer.option.as_str()).collect();
                said.push(format!("Please pick one of these: {}.", options.join(" / ")));
            } else if !asked_before {
                said.extend(question.why.clone());
            }
        }
        Node::Check(check) => {
            said.push(format!("{lead}, a check: {}", full_stop(&check.label)));
            if !asked_before {
                said.extend(check.why.clone());
                let expect = check.expect.as_deref().map(|expect| expect.trim_end_matches('.'));
                said.extend(expect.map(|expect| format!("As expected: {expect}.")));
            }
        }
        Node::Fix(_) | Node::Escalate(_) => {}
    }
    said.push(match open.len() {
        1 => "One item is open in the lane.".to_owned(),
        2 => "Two items are open in the lane; answering both at once saves a round.".to_owned(),
        more => {
            let count = COUNTS.get(more).map_or_else(|| more.to_string(), |word| (*word).to_owned());
            format!("{count} items are open in the lane; answering them together saves rounds.")
        }
    });
    said
}

pub fn propose(fix: &Fix, cause: Option<&str>, confidence: u8, unfounded_steps: bool) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(cause.map(|cause| format!("The most likely cause now: {}.", cause.trim_end_matches('.'))));
    said.push(format!("I suggest: {} (confidence {confidence} %).", fix.title.trim_end_matches('.')));
    if unfounded_steps {
        said.push("I am less sure than usual, because some steps on the way have no clear answer.".to_owned());
    }
    said.push(sentence("Risk", &fix.risk));
    said.push("Steps and rollback are in the suggested fix; mark afterwards whether it worked.".to_owned());
    said
}

pub fn awaiting(fix_title: &str, applied: bool) -> Vec<String> {
    let rest = if applied {
        "is applied, and its outcome is open. Mark in the banner whether it worked; if not, I go on to the next cause."
    } else {
        "is waiting for you. Apply it, or dismiss it and I go on to the next cause; nothing else is open."
    };
    vec![format!("“{fix_title}” {rest}")]
}

pub fn done(title: &str, fix: Option<&Fix>, cause: Option<&str>) -> Vec<String> {
    let mut said = vec![format!("“{title}” worked.")];
    said.extend(cause.map(|cause| format!("So the cause was: {}.", cause.trim_end_matches('.'))));
    said.extend(fix.map(|fix| fix.resolution.clone()));
    said.push("Nothing is left open; Resolve writes the note for the customer.".to_owned());
    said
}

/// The way out, with everything the next engineer needs; in paragraphs.
pub fn escalate(
    reason: &str,
    to: Option<&str>,
    findings: &Findings<'_>,
    state: &State,
    situation: &Situation,
    untried: &[&Fix],
) -> [Vec<String>; 3] {
    let to = to.map_or_else(String::new, |to| format!(" (to: {})", to.trim_end_matches('.')));
    let facts = findings.facts();
    let newest = facts.get(facts.len().saturating_sub(4)..).unwrap_or_default();
    let found = match newest {
        [] => "Nothing has been established yet.".to_owned(),
        facts => format!("Found: {}", facts.join(" ")),
    };
    let mut settled = Vec::new();
    let ruled_out = findings.ruled_out();
    if !ruled_out.is_empty() {
        settled.push(format!("Ruled out: {}.", ruled_out.join("; ")));
    }
    let supported = findings.supported();
    if !supported.is_empty() {
        settled.push(format!("Still possible: {}.", supported.join("; ")));
    }
    let tried: Vec<&str> = situation
        .fixes
        .iter()
        .filter(|fix| !state.settled.contains(&fix.id))
        .filter(|fix| matches!(fix.progress, FixProgress::Failed | FixProgress::Partial | FixProgress::Worked))
        .map(|fix| fix.title.as_str())
        .collect();
    if !tried.is_empty() {
        settled.push(format!("Tried without solving it: {}.", tried.join("; ")));
    }
    if !untried.is_empty() {
        let titles: Vec<&str> = untried.iter().map(|fix| fix.title.as_str()).collect();
        settled.push(format!("Not tried: {}.", titles.join("; ")));
    }
    settled.push("Escalate in the lane hands all of it over.".to_owned());
    [vec![format!("Here I would escalate{to}."), reason.to_owned()], vec![found], settled]
}

pub fn escalate_again(reason: &str, closed_early: bool) -> Vec<String> {
    let on = if closed_early { " To go on all the same, write “continue”." } else { "" };
    vec![
        "The way from here is still to escalate.".to_owned(),
        reason.to_owned(),
        format!(
            "If something new turns up, change that answer in the lane or describe it, and I take it from there.{on}"
        ),
    ]
}

/// A text that ends as a sentence does.
fn full_stop(text: &str) -> String {
    let text = text.trim();
    let end = if text.ends_with(['.', '?', '!', ':']) { "" } else { "." };
    format!("{text}{end}")
}

/// `Risk: Low. …` from `Low: …`.
fn sentence(label: &str, text: &str) -> String {
    let text = text.trim();
    let end = if text.ends_with(['.', ')']) { "" } else { "." };
    format!("{label}: {text}{end}")
}
