//! People's word on the competing causes: ruled out, because…, and open again.

use super::{
    facts,
    store::{hypotheses, sessions},
    text,
    write::Write,
};
use crate::{
    error::AppError,
    ids::{HypothesisId, SessionId},
    pilot::types::{Hypothesis, HypothesisChange, HypothesisStatus, Person, SessionEvent},
    server::context::Ctx,
};

/// The competing causes, in order.
pub async fn list(ctx: &Ctx, id: SessionId) -> Result<Vec<Hypothesis>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let all = hypotheses::all(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(all)
}

/// Rules a cause out, or opens it again. The reason becomes a note of *What we know*, so that it can be cited; reopening takes
/// that note away. The AI does not undo a person's word by repeating itself.
pub async fn decide(
    ctx: &Ctx,
    id: SessionId,
    hypothesis: HypothesisId,
    change: HypothesisChange,
) -> Result<Hypothesis, AppError> {
    let because = change.because.as_deref().map(|text| text::REASON.optional(text)).transpose()?.flatten();
    let mut write = Write::lock_open(ctx, id).await?;
    let mut all = hypotheses::all(ctx, write.tx(), id).await?;
    let at = all.iter().position(|one| one.id == hypothesis).ok_or_else(|| AppError::not_found("hypothesis"))?;
    let mut cause = all.remove(at);
    let note = hypotheses::decided_note(ctx, write.tx(), hypothesis).await?;
    match (change.status, because) {
        (HypothesisStatus::Supported, _) => {
            return Err(AppError::invalid(
                "status",
                "What supports a cause are facts. Add what you know as a note; rule out or reopen the cause here.",
            ));
        }
        (HypothesisStatus::RuledOut, None) => {
            return Err(AppError::invalid("because", "Say why this cannot be the cause."));
        }
        (HypothesisStatus::RuledOut, Some(because)) => {
            if cause.decided_by.is_some() && cause.because.as_ref() == Some(&because) {
                return Ok(cause);
            }
            let said = format!("Ruled out: {} – {because}", cause.text.trim_end_matches('.'));
            let new = facts::note(&mut write, text::FACT.cut(&said)).await?;
            if let Some(old) = note {
                facts::remove(&mut write, old).await?;
                cause.evidence.retain(|id| *id != old.0);
            }
            cause.evidence.push(new.0);
            (cause.status, cause.because) = (HypothesisStatus::RuledOut, Some(because));
            cause.decided_by = Some(me(ctx));
            hypotheses::decide(ctx, write.tx(), &cause, Some(new)).await?;
        }
        (HypothesisStatus::Open, _) => {
            if cause.status == HypothesisStatus::Open {
                return Ok(cause);
            }
            if let Some(old) = note {
                facts::remove(&mut write, old).await?;
                cause.evidence.retain(|id| *id != old.0);
            }
            (cause.status, cause.because) = (HypothesisStatus::Open, None);
            cause.decided_by = Some(me(ctx));
            hypotheses::decide(ctx, write.tx(), &cause, None).await?;
        }
    }
    // Read back for the names of people.
    let all = hypotheses::all(ctx, write.tx(), id).await?;
    let stored = all.iter().find(|one| one.id == hypothesis).cloned().unwrap_or(cause);
    write.moved();
    write.emit(None, SessionEvent::Hypotheses(all));
    write.commit().await?;
    Ok(stored)
}

fn me(ctx: &Ctx) -> Person {
    Person { id: ctx.actor.user, name: String::new() }
}
