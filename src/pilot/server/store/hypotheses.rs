//! Rows of `hypotheses`.

use uuid::Uuid;

use crate::{
    ids::{FactId, HypothesisId, SessionId, UserId},
    pilot::types::{Hypothesis, HypothesisStatus, Person},
    server::{context::Ctx, db::TenantTx},
};

struct Row {
    id: HypothesisId,
    text: String,
    status: HypothesisStatus,
    because: Option<String>,
    evidence: Vec<Uuid>,
    decided_by: Option<UserId>,
    decided_by_name: Option<String>,
}

/// The competing causes, in order.
pub async fn all(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Vec<Hypothesis>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select h.id as "id: HypothesisId", h.text, h.status as "status: HypothesisStatus", h.because, h.evidence,
                  h.decided_by as "decided_by: UserId", u.name as "decided_by_name?"
             from hypotheses h left join users u on u.account_id = h.account_id and u.id = h.decided_by
            where h.account_id = $1 and h.session_id = $2 order by h.position, h.id"#,
        ctx.account.0,
        session.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Hypothesis {
            id: row.id,
            text: row.text,
            status: row.status,
            because: row.because,
            evidence: row.evidence,
            decided_by: row.decided_by.zip(row.decided_by_name).map(|(id, name)| Person { id, name }),
        })
        .collect())
}

/// The note in which a person said why they ruled a cause out.
pub async fn decided_note(ctx: &Ctx, tx: &mut TenantTx, id: HypothesisId) -> Result<Option<FactId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select decided_note as "note: FactId" from hypotheses where account_id = $1 and id = $2"#,
        ctx.account.0,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await
    .map(Option::flatten)
}

/// Writes a person's word on a cause.
pub async fn decide(ctx: &Ctx, tx: &mut TenantTx, cause: &Hypothesis, note: Option<FactId>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update hypotheses set status = $3, because = $4, evidence = $5, decided_by = $6, decided_note = $7
          where account_id = $1 and id = $2",
        ctx.account.0,
        cause.id.0,
        cause.status.as_str(),
        cause.because,
        &cause.evidence,
        ctx.actor.user.0,
        note.map(|note| note.0),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
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
    let decided_by: Vec<_> = all.iter().map(|one| one.decided_by.as_ref().map(|person| person.id.0)).collect();
    sqlx::query!(
        "insert into hypotheses (account_id, session_id, id, position, text, status, because, evidence, decided_by)
         select $1, $2, h.id, (h.position - 1)::int, h.text, h.status, h.because,
                coalesce((select array_agg(e::uuid) from jsonb_array_elements_text(h.evidence) e), '{}'), h.decided_by
           from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::uuid[])
                with ordinality as h (id, text, status, because, evidence, decided_by, position)
         on conflict on constraint hypotheses_pk do update
            set position = excluded.position, status = excluded.status, because = excluded.because, evidence = excluded.evidence,
                decided_by = excluded.decided_by,
                decided_note = case when excluded.decided_by is not null then hypotheses.decided_note end",
        ctx.account.0,
        session.0,
        &ids,
        &texts,
        &statuses,
        &because as &[Option<String>],
        &evidence,
        &decided_by as &[Option<Uuid>],
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
