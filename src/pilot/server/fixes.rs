//! Suggested fixes: decisions, outcomes, proposals turned down.

use super::{
    store::{drafts, fixes, sessions},
    text,
    write::Write,
};
use crate::{
    error::{AppError, Conflict},
    ids::{FixId, SessionId},
    pilot::{
        fix::{after_outcome, check_active, check_apply},
        types::{Decided, Decision, Fix, FixOutcome, FixStatus, SessionEvent},
    },
    server::context::Ctx,
};

/// Every fix of the session, newest first.
pub async fn list(ctx: &Ctx, id: SessionId) -> Result<Vec<Fix>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let all = fixes::all(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(all)
}

/// The active fix; 404 when there is none.
pub async fn active(ctx: &Ctx, id: SessionId) -> Result<Fix, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let fix = fixes::active(ctx, &mut tx, id).await?;
    tx.commit().await?;
    fix.ok_or_else(|| AppError::not_found("active fix"))
}

/// A fix that steps can be taken on, locked with its session.
async fn open<'c>(ctx: &'c Ctx, id: SessionId, fix: FixId) -> Result<(Write<'c>, Fix), AppError> {
    let mut write = Write::lock_open(ctx, id).await?;
    let fix = fixes::get(ctx, write.tx(), id, fix).await?.ok_or_else(|| AppError::not_found("fix"))?;
    check_active(fix.superseded_at.is_some())?;
    Ok((write, fix))
}

async fn save(mut write: Write<'_>, fix: Fix, step: &str, notes: Option<&str>) -> Result<Fix, AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    fixes::update(ctx, write.tx(), &fix).await?;
    fixes::step(ctx, write.tx(), id, fix.id, step, notes, true).await?;
    write.moved();
    write.emit(None, SessionEvent::Fix(Box::new(fix.clone())));
    write.commit().await?;
    Ok(fix)
}

/// How the engineer takes the fix's script. `script`: as they edited it.
pub async fn decide(
    ctx: &Ctx,
    id: SessionId,
    fix: FixId,
    decision: Decision,
    script: Option<String>,
) -> Result<Decided, AppError> {
    let script = script.as_deref().map(|script| text::SCRIPT.verbatim(script)).transpose()?;
    let (mut write, mut fix) = open(ctx, id, fix).await?;
    if decision == Decision::Dismissed {
        fix.user_decision = Some(decision);
        let fix = dismiss(write, fix).await?;
        return Ok(Decided { fix, rendered_script: None, draft_template_id: None, redirect_path: None });
    }
    if script.is_some() {
        fix.script = script;
    }
    let Some(rendered) = fix.script.clone() else {
        return Err(AppError::malformed(
            "This fix has neither a template nor a script, so there is no script to decide about.",
        ));
    };
    check_apply(fix.status)?;
    fix.user_decision = Some(decision);
    if decision == Decision::BuildTemplate {
        // Where one reads the script and goes on; nothing is applied by that.
        let path = format!("/pilot/{id}?script");
        let fix = save(write, fix, decision.as_str(), None).await?;
        return Ok(Decided { fix, rendered_script: None, draft_template_id: None, redirect_path: Some(path) });
    }
    let draft = match decision {
        Decision::DraftTemplate => Some(drafts::queue(ctx, write.tx(), id, &fix, &rendered).await?),
        Decision::OneOff | Decision::BuildTemplate | Decision::Dismissed => None,
    };
    fix.applied_at = fix.applied_at.or_else(|| Some(ctx.now()));
    let fix = save(write, fix, decision.as_str(), None).await?;
    Ok(Decided { fix, rendered_script: Some(rendered), draft_template_id: draft, redirect_path: None })
}

async fn dismiss(write: Write<'_>, mut fix: Fix) -> Result<Fix, AppError> {
    fix.status = after_outcome(fix.status, FixOutcome::Dismissed, None)?;
    fix.superseded_at = Some(write.ctx.now());
    fix.ai_outcome_proposal = None;
    save(write, fix, "dismissed", None).await
}

/// *I did this*: safe to repeat, refused once the outcome is final.
pub async fn apply(ctx: &Ctx, id: SessionId, fix: FixId) -> Result<Fix, AppError> {
    let (write, mut fix) = open(ctx, id, fix).await?;
    check_apply(fix.status)?;
    if fix.applied_at.is_some() {
        return Ok(fix);
    }
    fix.applied_at = Some(ctx.now());
    save(write, fix, "applied", None).await
}

/// Whether it worked.
pub async fn set_outcome(
    ctx: &Ctx,
    id: SessionId,
    fix: FixId,
    outcome: FixOutcome,
    notes: Option<String>,
) -> Result<Fix, AppError> {
    let notes = notes.as_deref().map(|notes| text::NOTES.optional(notes)).transpose()?.flatten();
    let (write, mut fix) = open(ctx, id, fix).await?;
    if outcome == FixOutcome::Dismissed {
        return dismiss(write, fix).await;
    }
    fix.status = after_outcome(fix.status, outcome, notes.as_deref())?;
    fix.applied_at = fix.applied_at.or_else(|| Some(ctx.now()));
    fix.ai_outcome_proposal = None;
    match fix.status {
        FixStatus::AppliedPartial => fix.partial_notes.clone_from(&notes),
        FixStatus::AppliedFailed => {
            fix.verified_at = Some(ctx.now());
            fix.failure_reason.clone_from(&notes);
        }
        FixStatus::AppliedSuccess => fix.verified_at = Some(ctx.now()),
        FixStatus::Proposed | FixStatus::Dismissed => {}
    }
    save(write, fix, outcome.as_str(), notes.as_deref()).await
}

/// *Not yet*: the AI's guess at an outcome is turned down, and stays so.
pub async fn reject_proposal(ctx: &Ctx, id: SessionId, fix: FixId) -> Result<Fix, AppError> {
    let (mut write, mut fix) = open(ctx, id, fix).await?;
    if fix.ai_outcome_proposal.take().is_none() {
        return Err(AppError::conflict(Conflict::NoProposal, "There is no proposed outcome to turn down."));
    }
    write.emit(None, SessionEvent::OutcomeProposal { fix_id: fix.id, proposal: None });
    save(write, fix, "proposal_rejected", None).await
}

/// The script as the engineer edited it. Not yet a commitment to run it.
pub async fn set_script(ctx: &Ctx, id: SessionId, fix: FixId, script: String) -> Result<Fix, AppError> {
    let script = text::SCRIPT.verbatim(&script)?;
    let (write, mut fix) = open(ctx, id, fix).await?;
    check_apply(fix.status)?;
    fix.script = Some(script);
    save(write, fix, "script_edited", None).await
}
