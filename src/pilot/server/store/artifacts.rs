//! Rows of `artifact_previews`: the generated documents by state version, a model's and, apart from it, the built-in provider's where
//! no model could.

use sqlx::types::Json;

use crate::{
    ids::SessionId,
    pilot::types::{ArtifactKind, Statement},
    server::{context::Ctx, db::TenantTx},
};

pub async fn get(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    kind: ArtifactKind,
    state_version: i64,
    stand_in: bool,
) -> Result<Option<Vec<Statement>>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select statements as "statements: Json<Vec<Statement>>" from artifact_previews
            where account_id = $1 and session_id = $2 and kind = $3 and state_version = $4
              and stand_in = $5"#,
        ctx.account.0,
        session.0,
        kind.as_str(),
        state_version,
        stand_in,
    )
    .fetch_optional(&mut **tx)
    .await
    .map(|found| found.map(|json| json.0))
}

/// Stores a document; where another node was faster, theirs stays.
pub async fn insert(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    kind: ArtifactKind,
    state_version: i64,
    stand_in: bool,
    statements: &[Statement],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into artifact_previews (account_id, session_id, kind, state_version, stand_in, statements, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict on constraint artifact_previews_pk do nothing",
        ctx.account.0,
        session.0,
        kind.as_str(),
        state_version,
        stand_in,
        Json(statements) as _,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
