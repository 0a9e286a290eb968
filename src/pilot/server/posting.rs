//! *Confirm & post*: what a person approved is written to the outbox first, then delivered ([`super::delivery`]).

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    artifacts,
    delivery::deliver,
    store::{postings, turns},
    text,
    write::Write,
};
use crate::{
    accounts::types::UserRole,
    error::{AppError, Conflict, Upstream},
    ids::{PostingId, SessionId},
    pilot::{
        note::{compare, from_markdown, to_the_letter},
        types::{ArtifactKind, PostOutcome, PostRequest, PostResult, Preview, Problem, SessionStatus, Statement},
    },
    server::{context::Ctx, markdown},
};

/// A post answers within this time; after that events tell the rest.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Posts the document. On a session whose post failed this does what is still missing.
pub async fn post(
    ctx: &Ctx,
    id: SessionId,
    kind: ArtifactKind,
    request: PostRequest,
    key: Option<String>,
) -> Result<PostResult, AppError> {
    ctx.require(UserRole::L1)?;
    let named = key.as_deref().is_some_and(|key| !key.trim().is_empty());
    let key = text::idempotency_key(key)?;
    text::DOCUMENT.required(&request.markdown)?;
    // To the letter what the person saw and confirmed.
    let shown = request.markdown;
    let mut write = Write::lock(ctx, id).await?;
    if let Some(known) = postings::keyed(ctx, write.tx(), id, &key).await?
        && (!known.can_be_retried() || known.closing != write.session.closing)
    {
        return answer(known);
    }
    if write.session.status == SessionStatus::Posting {
        return retry(write, kind, &shown, named.then_some(key.as_str())).await;
    }
    require_quiet(&mut write, &key).await?;
    require_version(&write, request.state_version)?;
    drop(write);

    // The model is asked outside of any transaction; whether the state moved meanwhile is checked afterwards.
    let previews = artifacts::shown_before(ctx, id, kind).await?;
    let mut write = Write::lock(ctx, id).await?;
    if let Some(known) = postings::keyed(ctx, write.tx(), id, &key).await? {
        // The same post was sent twice at once, and the other one was faster.
        return answer(known);
    }
    require_quiet(&mut write, &key).await?;
    // The state may have moved before the preview was made, and after.
    require_version(&write, request.state_version)?;
    for preview in &previews {
        require_version(&write, Some(preview.state_version))?;
    }
    let version = write.session.state_version;
    let statements = approved(kind, &shown, &previews, &request.confirm_ungrounded)?;
    enqueue(write, kind, shown, &statements, version, key).await
}

/// The session is as it was when the document was shown.
fn require_version(write: &Write<'_>, shown: Option<i64>) -> Result<(), AppError> {
    if shown.is_none_or(|version| version == write.session.state_version) {
        return Ok(());
    }
    Err(AppError::conflict(
        Conflict::StateChanged,
        "The session changed since this note was shown. Look at the newer one, then post.",
    ))
}

/// The session is open, and no turn is about to change it.
async fn require_quiet(write: &mut Write<'_>, key: &str) -> Result<(), AppError> {
    write.require_open()?;
    let (ctx, id) = (write.ctx, write.session.id);
    let (running, _) = turns::running_and_keyed(ctx, write.tx(), id, key).await?;
    match running {
        None => Ok(()),
        Some(running) => Err(AppError::Conflict {
            code: Conflict::TurnInProgress,
            detail: "FlowPilot is still answering. Wait for it, or stop it, before you post.".to_owned(),
            subject: Some(running.id.0),
            statements: Vec::new(),
        }),
    }
}

/// What is posted, compared statement by statement with what was shown.
fn approved(
    kind: ArtifactKind,
    shown: &str,
    previews: &[Preview],
    confirmed: &[String],
) -> Result<Vec<Statement>, AppError> {
    let written = from_markdown(kind, shown);
    // Of two documents, the one that was looked at is the one that more of it is from.
    let compared = previews
        .iter()
        .map(|preview| compare(&preview.statements, &written, confirmed))
        .min_by_key(|compared| compared.own)
        .ok_or_else(AppError::internal)?;
    if compared.unconfirmed.is_empty() {
        return Ok(compared.statements);
    }
    Err(AppError::Conflict {
        code: Conflict::UngroundedStatements,
        detail: "Some statements have no source. Confirm, edit or drop each of them first.".to_owned(),
        subject: None,
        statements: compared.unconfirmed,
    })
}

async fn enqueue(
    mut write: Write<'_>,
    kind: ArtifactKind,
    shown: String,
    statements: &[Statement],
    state_version: i64,
    key: String,
) -> Result<PostResult, AppError> {
    let ctx = write.ctx;
    let link = write.session.ticket();
    let row = postings::Row {
        id: ctx.fresh(),
        session_id: write.session.id,
        closing: write.session.closing,
        kind,
        html: markdown::to_html(&to_the_letter(&shown)),
        approved: Sha256::digest(&shown).to_vec(),
        markdown: shown,
        idempotency_key: key,
        posted_by: ctx.actor.user,
        posted_by_name: String::new(),
        status: if link.is_some() { "queued" } else { "done" }.to_owned(),
        ticket_provider: link.as_ref().map(|link| link.provider.clone()),
        ticket_id: link.as_ref().map(|link| link.id.clone()),
        ticket_connection: write.session.ticket_connection.clone(),
        target_status: None,
        target_name: None,
        target_from: None,
        external_id: None,
        status_verified: None,
        skipped_reason: None,
        problem: None,
        failures: 0,
        waited: 0.0,
        unsure: None,
        claimed: false,
        created_at: ctx.now(),
    };
    postings::insert(ctx, write.tx(), &postings::NewPosting { row: &row, statements, state_version }).await?;
    if link.is_none() {
        write.session.status = closed(kind);
        let result = answer(row)?;
        write.commit().await?;
        return Ok(result);
    }
    write.session.status = SessionStatus::Posting;
    write.commit().await?;
    deliver_within(ctx, row.id).await
}

/// Tries again what was approved. Whoever was shown another text did not approve it.
async fn retry(
    mut write: Write<'_>,
    kind: ArtifactKind,
    shown: &str,
    key: Option<&str>,
) -> Result<PostResult, AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let closing = write.session.closing;
    let waiting = postings::of_closing(ctx, write.tx(), session, closing).await?;
    let Some(row) = waiting.filter(|row| row.can_be_retried() && row.kind == kind) else {
        write.require_open()?;
        return Err(AppError::internal());
    };
    if row.approved != Sha256::digest(shown).as_slice() {
        return Err(AppError::conflict(
            Conflict::SessionNotOpen,
            "Another text waits to be posted. Retry it as it is, or reopen the session to change it.",
        ));
    }
    postings::requeue(ctx, write.tx(), row.id, key).await?;
    write.commit().await?;
    deliver_within(ctx, row.id).await
}

pub(super) const fn closed(kind: ArtifactKind) -> SessionStatus {
    match kind {
        ArtifactKind::ResolutionNote => SessionStatus::Resolved,
        ArtifactKind::EscalationPackage => SessionStatus::Escalated,
    }
}

/// What a posting comes to, whatever has become of its session since.
pub(super) fn answer(row: postings::Row) -> Result<PostResult, AppError> {
    if let Some(problem) = row.problem.as_ref().filter(|_| !row.claimed) {
        return Err(failure(&problem.0));
    }
    let outcome = match (row.is_done(), row.kind, row.ticket_id.is_some()) {
        (false, _, _) => PostOutcome::Posting,
        (true, ArtifactKind::ResolutionNote, true) => PostOutcome::Resolved,
        (true, ArtifactKind::ResolutionNote, false) => PostOutcome::ResolvedLocal,
        (true, ArtifactKind::EscalationPackage, true) => PostOutcome::Escalated,
        (true, ArtifactKind::EscalationPackage, false) => PostOutcome::EscalatedLocal,
    };
    Ok(PostResult {
        outcome,
        external_id: row.external_id,
        status_verified: row.status_verified,
        status_transition_skipped_reason: row.skipped_reason,
    })
}

pub(super) fn failure(problem: &Problem) -> AppError {
    let detail = problem.detail.clone();
    match problem.code.parse() {
        Ok(code) => AppError::Upstream { code, detail },
        // The account's own levels.
        Err(_) if problem.status == 403 => AppError::forbidden(detail),
        Err(_) => AppError::Upstream { code: Upstream::PsaUnavailable, detail },
    }
}

pub(super) async fn deliver_within(ctx: &Ctx, id: PostingId) -> Result<PostResult, AppError> {
    let worker = {
        let ctx = ctx.clone();
        ctx.platform.work.clone().spawn(async move { deliver(&ctx, id).await })
    };
    match tokio::time::timeout(ANSWER_WITHIN, worker).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(AppError::internal()),
        Err(_) => Ok(PostResult {
            outcome: PostOutcome::Posting,
            external_id: None,
            status_verified: None,
            status_transition_skipped_reason: None,
        }),
    }
}
