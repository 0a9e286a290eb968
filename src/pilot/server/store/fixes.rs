//! Rows of `suggested_fixes` and `fix_steps`.

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    ids::{FixId, SessionId, Timestamp},
    pilot::types::{Decision, Fix, FixStatus, OutcomeProposal, ScriptLanguage},
    server::{context::Ctx, db::TenantTx},
};

struct Row {
    id: FixId,
    title: String,
    description: String,
    description_html: String,
    confidence: i16,
    evidence: Vec<Uuid>,
    risk: Option<String>,
    rollback: Option<String>,
    template_id: Option<Uuid>,
    script: Option<String>,
    language: Option<ScriptLanguage>,
    status: FixStatus,
    user_decision: Option<Decision>,
    applied_at: Option<Timestamp>,
    verified_at: Option<Timestamp>,
    partial_notes: Option<String>,
    failure_reason: Option<String>,
    outcome_proposal: Option<Json<OutcomeProposal>>,
    created_at: Timestamp,
    superseded_at: Option<Timestamp>,
}

impl From<Row> for Fix {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            title: row.title,
            description: row.description,
            description_html: row.description_html,
            confidence: row.confidence,
            unfounded: row.evidence.is_empty(),
            evidence: row.evidence,
            risk: row.risk,
            rollback: row.rollback,
            template_id: row.template_id,
            script: row.script,
            language: row.language,
            status: row.status,
            user_decision: row.user_decision,
            applied_at: row.applied_at,
            verified_at: row.verified_at,
            partial_notes: row.partial_notes,
            failure_reason: row.failure_reason,
            ai_outcome_proposal: row.outcome_proposal.map(|proposal| proposal.0),
            created_at: row.created_at,
            superseded_at: row.superseded_at,
        }
    }
}

/// Every fix of the session, newest first.
pub async fn all(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Vec<Fix>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, title, description, description_html, confidence, evidence, risk, rollback, template_id, script,
                  language as "language: ScriptLanguage", status as "status: FixStatus", user_decision as "user_decision: Decision",
                  applied_at as "applied_at: Timestamp", verified_at as "verified_at: Timestamp", partial_notes, failure_reason,
                  outcome_proposal as "outcome_proposal: Json<OutcomeProposal>", created_at,
                  superseded_at as "superseded_at: Timestamp"
             from suggested_fixes where account_id = $1 and session_id = $2 order by created_at desc, id desc limit 200"#,
        ctx.account.0,
        session.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Fix::from).collect())
}

/// The fix that is not superseded.
pub async fn active(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Option<Fix>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, title, description, description_html, confidence, evidence, risk, rollback, template_id, script,
                  language as "language: ScriptLanguage", status as "status: FixStatus", user_decision as "user_decision: Decision",
                  applied_at as "applied_at: Timestamp", verified_at as "verified_at: Timestamp", partial_notes, failure_reason,
                  outcome_proposal as "outcome_proposal: Json<OutcomeProposal>", created_at,
                  superseded_at as "superseded_at: Timestamp"
             from suggested_fixes where account_id = $1 and session_id = $2 and superseded_at is null"#,
        ctx.account.0,
        session.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(Fix::from))
}

/// One fix of the session.
pub async fn get(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, id: FixId) -> Result<Option<Fix>, sqlx::Error> {
    Ok(all(ctx, tx, session).await?.into_iter().find(|fix| fix.id == id))
}

/// Stores a new fix. The one active before has to be superseded first.
pub async fn insert(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    fix: &Fix,
    parameters: Option<&Value>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into suggested_fixes (account_id, id, session_id, title, description, description_html, confidence, evidence,
                risk, rollback, template_id, script, language, parameters, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        ctx.account.0,
        fix.id.0,
        session.0,
        fix.title,
        fix.description,
        fix.description_html,
        fix.confidence,
        &fix.evidence,
        fix.risk,
        fix.rollback,
        fix.template_id,
        fix.script,
        fix.language.map(ScriptLanguage::as_str),
        parameters,
        fix.created_at.0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Writes where a fix stands.
pub async fn update(ctx: &Ctx, tx: &mut TenantTx, fix: &Fix) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update suggested_fixes set status = $3, user_decision = $4, applied_at = $5, verified_at = $6, partial_notes = $7,
                failure_reason = $8, outcome_proposal = $9, superseded_at = $10, script = $11
          where account_id = $1 and id = $2",
        ctx.account.0,
        fix.id.0,
        fix.status.as_str(),
        fix.user_decision.map(Decision::as_str),
        fix.applied_at.map(|at| at.0),
        fix.verified_at.map(|at| at.0),
        fix.partial_notes,
        fix.failure_reason,
        fix.ai_outcome_proposal.as_ref().map(Json) as _,
        fix.superseded_at.map(|at| at.0),
        fix.script,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Records who said what about a fix. `by_person` false: the AI, on the person's behalf.
pub async fn step(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    fix: FixId,
    step: &str,
    notes: Option<&str>,
    by_person: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into fix_steps (account_id, id, session_id, fix_id, step, notes, actor_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        ctx.account.0,
        Uuid::now_v7(),
        session.0,
        fix.0,
        step,
        notes,
        by_person.then_some(ctx.actor.user.0),
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
