//! *Confirm & post*: what a person approved goes to the ticket, the status follows, and both are read back (P2.4).
//!
//! The outbox row is written first. A delivery may die anywhere and be repeated: it looks for the note under its key before it
//! adds one, and does only what is missing.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    artifacts,
    store::{
        postings::{self, Claim},
        turns,
    },
    text,
    write::Write,
};
use crate::{
    accounts::types::UserRole,
    error::{AppError, Conflict, Upstream},
    ids::{PostingId, SessionId},
    pilot::{
        note::{compare, from_markdown},
        types::{ArtifactKind, PostOutcome, PostRequest, PostResult, Preview, Problem, SessionStatus, Statement},
    },
    psa::{
        server::{NewNote, Provider, PsaError},
        types::Ending,
    },
    server::{context::Ctx, markdown},
};

/// A post answers within this time; after that events tell the rest.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How long a delivery may take before another node may take it over, in seconds.
const CLAIM_SECONDS: f64 = 60.0;
/// A delivery is over before anybody may take it over.
const BRING_WITHIN: Duration = Duration::from_secs(45);
const MAX_ATTEMPTS: i32 = 8;

/// Posts the document. On a session whose post failed this does what is still missing.
pub async fn post(
    ctx: &Ctx,
    id: SessionId,
    kind: ArtifactKind,
    request: PostRequest,
    key: Option<String>,
) -> Result<PostResult, AppError> {
    ctx.require(UserRole::L1)?;
    let key = text::idempotency_key(key)?;
    text::DOCUMENT.required(&request.markdown)?;
    // To the letter what the person saw and confirmed.
    let shown = request.markdown;
    let mut write = Write::lock(ctx, id).await?;
    if let Some(known) = postings::keyed(ctx, write.tx(), id, &key).await?
        && !known.can_be_retried()
    {
        return answer(known);
    }
    if write.session.status == SessionStatus::Posting {
        return retry(write, kind).await;
    }
    require_quiet(&mut write, &key).await?;
    require_version(&write, request.state_version)?;
    drop(write);

    // The model is asked outside of any transaction; whether the state moved meanwhile is checked afterwards.
    let preview = artifacts::preview(ctx, id, kind).await?;
    let mut write = Write::lock(ctx, id).await?;
    if let Some(known) = postings::keyed(ctx, write.tx(), id, &key).await? {
        // The same post was sent twice at once, and the other one was faster.
        return answer(known);
    }
    require_quiet(&mut write, &key).await?;
    // The state may have moved before the preview was made, and after.
    require_version(&write, request.state_version)?;
    require_version(&write, Some(preview.state_version))?;
    let version = preview.state_version;
    let statements = approved(kind, &shown, &preview, &request.confirm_ungrounded)?;
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
    preview: &Preview,
    confirmed: &[String],
) -> Result<Vec<Statement>, AppError> {
    let compared = compare(&preview.statements, &from_markdown(kind, shown), confirmed);
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
    let target = match &link {
        None => None,
        Some(link) => ctx.platform.psa.by_name(ctx, &link.provider).await.ok().map(|desk| target(&*desk, kind)),
    };
    let row = postings::Row {
        id: ctx.fresh(),
        session_id: write.session.id,
        closing: write.session.closing,
        kind,
        html: markdown::to_html(&shown),
        approved: Sha256::digest(&shown).to_vec(),
        markdown: shown,
        idempotency_key: key,
        posted_by: ctx.actor.user,
        posted_by_name: String::new(),
        status: if link.is_some() { "queued" } else { "done" }.to_owned(),
        ticket_provider: link.as_ref().map(|link| link.provider.clone()),
        ticket_id: link.as_ref().map(|link| link.id.clone()),
        target_status: target.and_then(Result::ok).map(ToOwned::to_owned),
        external_id: None,
        status_verified: None,
        skipped_reason: target.and_then(Result::err).map(ToOwned::to_owned),
        problem: None,
        attempts: 0,
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

/// The status the ticket goes to, or why it goes nowhere.
fn target(desk: &dyn Provider, kind: ArtifactKind) -> Result<&'static str, &'static str> {
    let ending = match kind {
        ArtifactKind::ResolutionNote => Ending::Resolved,
        ArtifactKind::EscalationPackage => Ending::Escalated,
    };
    desk.default_status(ending).ok_or("No status is configured for tickets of ended sessions.")
}

async fn retry(mut write: Write<'_>, kind: ArtifactKind) -> Result<PostResult, AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let closing = write.session.closing;
    match postings::of_closing(ctx, write.tx(), session, closing).await? {
        Some(row) if row.can_be_retried() && row.kind == kind => {
            postings::requeue(ctx, write.tx(), row.id).await?;
            write.commit().await?;
            deliver_within(ctx, row.id).await
        }
        _ => {
            write.require_open()?;
            Err(AppError::internal())
        }
    }
}

const fn closed(kind: ArtifactKind) -> SessionStatus {
    match kind {
        ArtifactKind::ResolutionNote => SessionStatus::Resolved,
        ArtifactKind::EscalationPackage => SessionStatus::Escalated,
    }
}

/// What a posting comes to, whatever has become of its session since.
fn answer(row: postings::Row) -> Result<PostResult, AppError> {
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

fn failure(problem: &Problem) -> AppError {
    let code = problem.code.parse().unwrap_or(Upstream::PsaUnavailable);
    AppError::Upstream { code, detail: problem.detail.clone() }
}

async fn deliver_within(ctx: &Ctx, id: PostingId) -> Result<PostResult, AppError> {
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

/// Why a delivery did not get through.
enum Refused {
    Psa(PsaError),
    NotVerified(String),
    App(AppError),
}

impl From<PsaError> for Refused {
    fn from(error: PsaError) -> Self {
        Self::Psa(error)
    }
}
impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}
impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::App(error.into())
    }
}

/// Delivers one posting, or does what is left of it. Safe to repeat, on any node.
pub async fn deliver(ctx: &Ctx, id: PostingId) -> Result<PostResult, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let claimed = postings::claim(ctx, &mut tx, id, CLAIM_SECONDS).await?;
    let row = postings::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("posting"))?;
    tx.commit().await?;
    let Some(claim) = claimed else {
        // Somebody else delivers it right now.
        return answer(row);
    };
    let brought = tokio::time::timeout(BRING_WITHIN, bring(ctx, &row, claim)).await;
    let (problem, again) = match brought {
        Ok(Ok(verified)) => return finish(ctx, &row, claim, verified).await,
        Ok(Err(Refused::App(error))) => (Problem::from(&error), true),
        Ok(Err(Refused::Psa(error))) => {
            let again = error.is_transient();
            (Problem::from(&AppError::from(error)), again)
        }
        Ok(Err(Refused::NotVerified(detail))) => {
            (Problem::from(&AppError::Upstream { code: Upstream::PsaStatusNotVerified, detail }), false)
        }
        Err(_) => {
            let detail = "The ticket system did not answer in time.".to_owned();
            (Problem::from(&AppError::Upstream { code: Upstream::PsaUnavailable, detail }), true)
        }
    };
    give_up_for_now(ctx, &row, claim, problem, again).await
}

/// Adds the note unless it is there, moves the status, and reads both back.
async fn bring(ctx: &Ctx, row: &postings::Row, claim: Claim) -> Result<Option<bool>, Refused> {
    let (Some(provider), Some(ticket)) = (&row.ticket_provider, &row.ticket_id) else { return Ok(None) };
    let desk = ctx.platform.psa.by_name(ctx, provider).await?;
    let new = NewNote {
        body: row.markdown.clone(),
        internal: row.kind == ArtifactKind::EscalationPackage,
        resolution: row.kind == ArtifactKind::ResolutionNote,
        idempotency_key: row.id.to_string(),
        author: None,
        since: row.created_at,
        others: Vec::new(),
    };
    let note = match desk.find_note(ctx, ticket, &new).await? {
        Some(note) => note,
        None => desk.add_note(ctx, ticket, &new).await?,
    };
    let mut tx = ctx.db().tenant(ctx).await?;
    postings::keep_external_id(ctx, &mut tx, claim, &note).await?;
    tx.commit().await?;
    if let Some(status) = &row.target_status {
        desk.set_status(ctx, ticket, status).await?;
    }
    let now = desk.get(ctx, ticket).await?;
    if !now.notes.iter().any(|found| found.id == note && found.body == row.markdown) {
        return Err(Refused::NotVerified(format!(
            "The note was sent to ticket #{ticket}, but cannot be read back there."
        )));
    }
    match &row.target_status {
        None => Ok(None),
        Some(status) if now.summary.status == *status => Ok(Some(true)),
        Some(status) => Err(Refused::NotVerified(format!(
            "The note is on ticket #{ticket}, but its status stayed “{}” instead of “{status}”. Post again to try the status once more.",
            now.summary.status
        ))),
    }
}

async fn finish(ctx: &Ctx, row: &postings::Row, claim: Claim, verified: Option<bool>) -> Result<PostResult, AppError> {
    let mut write = Write::lock_as_server(ctx, row.session_id).await?;
    let ours = postings::finish(ctx, write.tx(), claim, verified).await?;
    let stored = postings::get(ctx, write.tx(), row.id).await?.ok_or_else(|| AppError::not_found("posting"))?;
    if !ours {
        return answer(stored);
    }
    if write.session.status == SessionStatus::Posting && write.session.closing == row.closing {
        write.session.status = closed(row.kind);
    }
    let result = answer(stored)?;
    write.commit().await?;
    tracing::info!(session.id = %row.session_id, posting.id = %row.id, "A note was posted and read back.");
    Ok(result)
}

async fn give_up_for_now(
    ctx: &Ctx,
    row: &postings::Row,
    claim: Claim,
    problem: Problem,
    again: bool,
) -> Result<PostResult, AppError> {
    tracing::warn!(posting.id = %row.id, posting.attempts = row.attempts, error.code = problem.code, "A note could not be posted.");
    let retry_in = (again && row.attempts < MAX_ATTEMPTS).then(|| f64::from(row.attempts.clamp(1, 10)).exp2());
    let mut write = Write::lock_as_server(ctx, row.session_id).await?;
    if !postings::fail(ctx, write.tx(), claim, &problem, retry_in).await? {
        return Err(failure(&problem));
    }
    // Whoever follows learns that there is something to read again.
    write.tell_session(None, None);
    write.commit().await?;
    Err(failure(&problem))
}
