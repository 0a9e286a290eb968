//! Answers and results, saved as they are typed.

use super::{
    store::{facts, lane},
    text,
    write::Write,
};
use crate::{
    error::{AppError, FieldError},
    ids::{LaneItemId, SessionId},
    pilot::types::{AnswerChange, CheckResult, ItemKind, ItemStatus, LaneChange, ResultChange, SessionEvent, TaskLane},
    server::context::Ctx,
};

/// Changes the items named and gives the lane. Facts that rested on a changed answer become stale.
pub async fn change(ctx: &Ctx, id: SessionId, change: LaneChange) -> Result<TaskLane, AppError> {
    let mut write = Write::lock_open(ctx, id).await?;
    let mut items = lane::all(ctx, write.tx(), id).await?;
    let before = items.clone();
    let mut errors = Vec::new();
    for (n, answer) in change.answers.iter().enumerate() {
        let field = format!("answers[{n}]");
        if let Some(item) = find(&mut items, answer.id, ItemKind::Question, &field, &mut errors) {
            collect(set_answer(ctx, item, answer), &field, &mut errors)?;
        }
    }
    for (n, result) in change.results.iter().enumerate() {
        let field = format!("results[{n}]");
        if let Some(item) = find(&mut items, result.id, ItemKind::Check, &field, &mut errors) {
            collect(set_result(ctx, item, result), &field, &mut errors)?;
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid { errors });
    }
    let changed: Vec<_> =
        items.iter().zip(&before).filter(|(now, was)| differs(now, was)).map(|(now, _)| now.clone()).collect();
    if changed.is_empty() {
        return Ok(lane::view(&items));
    }
    lane::save(ctx, write.tx(), id, &changed).await?;
    write.moved();
    let view = lane::view(&items);
    write.emit(None, SessionEvent::Lane(view.clone()));
    let ids: Vec<_> = changed.iter().map(|item| item.id).collect();
    make_stale(&mut write, &ids).await?;
    write.commit().await?;
    Ok(view)
}

fn find<'a>(
    items: &'a mut [lane::Item],
    id: LaneItemId,
    kind: ItemKind,
    field: &str,
    errors: &mut Vec<FieldError>,
) -> Option<&'a mut lane::Item> {
    let found = items.iter_mut().find(|item| item.id == id && item.kind == kind);
    if found.is_none() {
        let message = format!("There is no such {kind} in this session's lane (any more).");
        errors.push(FieldError { field: format!("{field}.id"), message });
    }
    found
}

/// Puts a field's own error under the item's path; anything else ends the request.
fn collect(result: Result<(), AppError>, field: &str, errors: &mut Vec<FieldError>) -> Result<(), AppError> {
    match result {
        Err(AppError::Invalid { errors: found }) => {
            errors.extend(
                found.into_iter().map(|error| FieldError { field: format!("{field}.{}", error.field), ..error }),
            );
            Ok(())
        }
        other => other,
    }
}

fn set_answer(ctx: &Ctx, item: &mut lane::Item, change: &AnswerChange) -> Result<(), AppError> {
    let (answer, status) = match (&change.answer, change.skipped) {
        (_, Some(true)) => (None, ItemStatus::Skipped),
        (Some(Some(answer)), _) => (Some(text::ANSWER.required(answer)?), ItemStatus::Answered),
        (Some(None), _) => (None, ItemStatus::Open),
        (None, Some(false)) if item.answer.is_none() => (None, ItemStatus::Open),
        (None, _) => return Ok(()),
    };
    if item.answer != answer || item.is_dealt_with() != (status != ItemStatus::Open) {
        item.answer = answer;
        touch(ctx, item, status);
    }
    Ok(())
}

/// Output without a result says nothing yet: the check stays open.
fn set_result(ctx: &Ctx, item: &mut lane::Item, change: &ResultChange) -> Result<(), AppError> {
    let result = change.result.unwrap_or(item.result);
    let output = match &change.output {
        Some(Some(output)) => text::OUTPUT.printed(output)?,
        Some(None) => None,
        None if change.result == Some(None) => None,
        None => item.output.clone(),
    };
    let status = match result {
        Some(CheckResult::Skipped) => ItemStatus::Skipped,
        Some(CheckResult::Pass | CheckResult::Fail) => ItemStatus::Answered,
        None => ItemStatus::Open,
    };
    if item.result != result || item.output != output {
        item.result = result;
        item.output = output;
        touch(ctx, item, status);
    }
    Ok(())
}

fn touch(ctx: &Ctx, item: &mut lane::Item, status: ItemStatus) {
    // An item that the AI has left behind stays done, whatever its answer becomes.
    item.status = if item.status == ItemStatus::Done && status != ItemStatus::Open { ItemStatus::Done } else { status };
    item.answered_at = (status != ItemStatus::Open).then(|| ctx.now());
    item.sent_in_turn = None;
}

fn differs(now: &lane::Item, was: &lane::Item) -> bool {
    now.answer != was.answer || now.result != was.result || now.output != was.output || now.status != was.status
}

/// Facts that rest on these items are no source of a note until somebody promotes them again; deleted ones too, should they be
/// brought back.
async fn make_stale(write: &mut Write<'_>, items: &[LaneItemId]) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let stale = facts::make_stale(ctx, write.tx(), id, items).await?;
    if stale.is_empty() {
        return Ok(());
    }
    for fact in facts::all(ctx, write.tx(), id, false).await?.iter().filter(|fact| stale.contains(&fact.id)) {
        write.emit(None, SessionEvent::Fact(Box::new(fact.view())));
    }
    Ok(())
}
