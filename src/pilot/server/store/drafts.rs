//! Rows of `draft_templates`: scripts that wait to become templates.

use uuid::Uuid;

use crate::{
    ids::SessionId,
    pilot::types::{Fix, ScriptLanguage},
    server::{context::Ctx, db::TenantTx},
};

/// Queues the fix's script as it is now and gives the draft's id; a fix has one draft at most, and a pending one takes the
/// newer text.
pub async fn queue(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    fix: &Fix,
    script: &str,
) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar!(
        "insert into draft_templates (account_id, id, session_id, fix_id, script, language, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict on constraint draft_templates_fix_unique do update
            set script = case when draft_templates.status = 'pending' then excluded.script else draft_templates.script end
         returning id",
        ctx.account.0,
        Uuid::now_v7(),
        session.0,
        fix.id.0,
        script,
        fix.language.map(ScriptLanguage::as_str),
        ctx.actor.user.0,
        ctx.now().0,
    )
    .fetch_one(&mut **tx)
    .await
}
