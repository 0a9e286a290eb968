//! Notices a model that turns in circles and ends it: what it repeats is not asked again, and what there is stands in the
//! conversation, with the ways out.

use std::collections::HashSet;

use super::{
    store::{facts, fixes, hypotheses, lane, messages},
    text,
    write::Write,
};
use crate::{
    error::AppError,
    ids::{Timestamp, TurnId},
    pilot::{
        circles::{Answer, Before, Proposal, Words, plain},
        markers::TurnMarkers,
        types::{CheckResult, Fix, FixStatus, ItemKind, ItemStatus, Standstill},
    },
};

/// How many answers are looked back.
const LOOK_BACK: i64 = 20;
/// So much of each is told at a standstill.
const MOST_TOLD: usize = 8;

/// What an answer repeats.
#[derive(Debug, Default)]
pub struct Course {
    /// What it asks for, as it is compared.
    pub asked: Vec<String>,
    /// How often in a row answers repeated what was there.
    pub repeats: i16,
    /// It is enough.
    pub standstill: Option<Standstill>,
}

/// Compares an answer that is about to be applied with all that was there before it.
pub async fn notice(
    write: &mut Write<'_>,
    turn: TurnId,
    markers: &TurnMarkers,
    prose: &str,
    person_said: &str,
) -> Result<Course, AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let items = lane::all(ctx, write.tx(), id).await?;
    let answers = messages::answered(ctx, write.tx(), id, LOOK_BACK).await?;
    let facts = facts::all(ctx, write.tx(), id, true).await?;
    let causes = hypotheses::all(ctx, write.tx(), id).await?;
    let fixes = fixes::all(ctx, write.tx(), id).await?;
    let cause = |text: &str, status: &str| Words::of(text).about(status);
    let known = facts.iter().map(|fact| Words::of(&fact.text));
    let known = known.chain(causes.iter().map(|one| cause(&one.text, one.status.as_str())));
    let grounds: HashSet<String> = items
        .iter()
        .filter(|item| item.words().is_some())
        .map(|item| item.id.to_string())
        .chain(facts.iter().filter(|fact| !fact.deleted && fact.view().is_source()).map(|fact| fact.id.to_string()))
        .collect();
    let asked = answers.iter().flat_map(|answer| &answer.asked).map(|text| Words::of(text));
    let before = Before {
        asked: asked.chain(items.iter().map(|item| Words::of(&item.text))).collect(),
        settled: items.iter().filter(|item| item.is_dealt_with()).map(|item| Words::of(&item.text)).collect(),
        known: known.collect(),
        fixes: fixes
            .iter()
            .map(|fix| Proposal {
                title: Words::of(&fix.title),
                grounds: fix.evidence.iter().map(ToString::to_string).collect(),
            })
            .collect(),
        said: answers.first().map(|answer| Words::of(&answer.text)),
        repeats: answers.first().map_or(0, |answer| answer.repeats),
    };
    let questions = markers.questions.iter().flatten().map(|draft| &draft.text);
    let asks: Vec<&String> = questions.chain(markers.actions.iter().flatten().map(|draft| &draft.label)).collect();
    let finds = markers.promotes.iter().map(|draft| Words::of(&draft.text));
    let finds = finds.chain(markers.hypotheses.iter().flatten().map(|one| cause(&one.text, one.status.as_str())));
    let heard = items.iter().any(|item| item.sent_in_turn == Some(turn));
    let since = answers.first().map(|answer| answer.created_at);
    let answer = Answer {
        asks: asks.iter().map(|text| Words::of(text)).collect(),
        finds: finds.collect(),
        fix: markers.fix.as_ref().map(|fix| Proposal {
            title: Words::of(&text::TITLE.cut(&fix.title)),
            grounds: fix.evidence.iter().map(|id| id.trim().to_lowercase()).filter(|id| grounds.contains(id)).collect(),
        }),
        said: Words::of(prose),
        outcome: markers.outcome.is_some(),
        news: heard || since.is_some_and(|since| is_news(since, &items, &facts, &fixes)),
        was_asked: person_said.contains('?'),
    };
    let repeats = before.repeats_with(&answer);
    let standstill = repeats.is_a_circle().then(|| {
        tracing::warn!(session.id = %id, turn.id = %turn, ai.repeats = repeats.count, "A model turns in circles.");
        standstill(&facts, &items, &fixes)
    });
    let asked = asks.into_iter().map(|text| plain(text)).collect();
    Ok(Course { asked, repeats: repeats.count, standstill })
}

/// Whether people answered something, found something out or tried something since.
fn is_news(since: Timestamp, items: &[lane::Item], facts: &[facts::Row], fixes: &[Fix]) -> bool {
    let after = |at: Option<Timestamp>| at.is_some_and(|at| at > since);
    items.iter().any(|item| after(item.answered_at))
        || facts.iter().any(|fact| after(fact.confirmed_at) || (!fact.by_ai && after(Some(fact.created_at))))
        || fixes.iter().any(|fix| {
            let dismissed = fix.superseded_at.filter(|_| fix.status == FixStatus::Dismissed);
            after(fix.applied_at) || after(fix.verified_at) || after(dismissed)
        })
}

/// What is known, what was tried, and the ways out.
fn standstill(facts: &[facts::Row], items: &[lane::Item], fixes: &[Fix]) -> Standstill {
    Standstill {
        known: facts
            .iter()
            .filter(|fact| !fact.deleted && fact.view().is_source())
            .map(|fact| fact.text.clone())
            .rev()
            .take(MOST_TOLD)
            .collect(),
        tried: items
            .iter()
            .filter_map(done)
            .chain(fixes.iter().rev().filter_map(|fix| tried(&fix.title, fix.status)))
            .rev()
            .take(MOST_TOLD)
            .collect(),
        advice: advice(items.iter().filter(|item| item.status == ItemStatus::Open).count()),
    }
}

/// What was asked or checked, with what came of it.
fn done(item: &lane::Item) -> Option<String> {
    let what = match (item.status, item.kind, item.result) {
        (ItemStatus::Open, ..) => return None,
        _ if !item.is_dealt_with() => return None,
        _ if item.is_skipped() => "skipped",
        (_, ItemKind::Question, _) => "answered",
        (_, ItemKind::Check, Some(CheckResult::Pass)) => "as expected",
        (_, ItemKind::Check, Some(CheckResult::Fail)) => "not as expected",
        (_, ItemKind::Check, None | Some(CheckResult::Skipped)) => return None,
    };
    Some(format!("{}: {what}", item.text))
}

fn tried(title: &str, status: FixStatus) -> Option<String> {
    let outcome = match status {
        FixStatus::Proposed => return None,
        FixStatus::AppliedSuccess => "worked",
        FixStatus::AppliedFailed => "did not help",
        FixStatus::AppliedPartial => "helped in part",
        FixStatus::Dismissed => "dismissed",
    };
    Some(format!("{title}: {outcome}"))
}

fn advice(open: usize) -> Vec<String> {
    let mut advice = vec![
        "Ask in another way: say what you saw last, what changed before it began, or what you want to know next."
            .to_owned(),
    ];
    match open {
        0 => {}
        1 => advice.push("Answer or skip what is open in the task lane.".to_owned()),
        more => advice.push(format!("Answer or skip the {more} that are open in the task lane.")),
    }
    advice.push("Escalate: the next engineer gets all of this.".to_owned());
    advice.push("If it happens often, an admin can choose a more capable model in the AI settings.".to_owned());
    advice
}
