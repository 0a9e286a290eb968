//! Rows of `hypotheses`.

use crate::{
    ids::{HypothesisId, SessionId},
    pilot::types::{Hypothesis, HypothesisStatus},
    server::{context::Ctx, db::TenantTx},
};

/// The competing causes, in order.
pub async fn all(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Vec<Hypothesis>, sqlx::Error> {
    sqlx::query_as!(
        Hypothesis,
        r#"select id as "id: HypothesisId", text, status as "status: HypothesisStatus", because, evidence
             from hypotheses where account_id = $1 and session_id = $2 order by position, id"#,
        ctx.account.0,
        session.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Replaces all of them; those that keep their id stay the same row.
pub async fn replace(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, all: &[Hypothesis]) -> Result<(), sqlx::Error> {
    let ids: Vec<_> = all.iter().map(|one| one.id.0).collect();
    sqlx::query!(
        "delete from hypotheses where account_id = $1 and session_id = $2 and id <> all ($3)",
        ctx.account.0,
        session.0,
        &ids
    )
    .execute(&mut **tx)
    .await?;
    if all.is_empty() {
        return Ok(());
    }
    let texts: Vec<_> = all.iter().map(|one| one.text.clone()).collect();
    let statuses: Vec<_> = all.iter().map(|one| one.status.as_str().to_owned()).collect();
    let because: Vec<_> = all.iter().map(|one| one.because.clone()).collect();
    // Arrays of arrays must be rectangular in Postgres, so the evidence travels as JSON.
    let evidence: Vec<_> = all.iter().map(|one| serde_json::json!(one.evidence)).collect();
    sqlx::query!(
        "insert into hypotheses (account_id, session_id, id, position, text, status, because, evidence)
         select $1, $2, h.id, (h.position - 1)::int, h.text, h.status, h.because,
                coalesce((select array_agg(e::uuid) from jsonb_array_elements_text(h.evidence) e), '{}')
           from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
                with ordinality as h (id, text, status, because, evidence, position)
         on conflict on constraint hypotheses_pk do update
            set position = excluded.position, status = excluded.status, because = excluded.because, evidence = excluded.evidence",
        ctx.account.0,
        session.0,
        &ids,
        &texts,
        &statuses,
        &because as &[Option<String>],
        &evidence,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
