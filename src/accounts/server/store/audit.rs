//! The audit log: written with what it tells of, read by owners, never changed.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    accounts::types::security::AuditEntry,
    ids::{AccountId, Timestamp, UserId},
    server::{context::Ctx, db::TenantTx},
};

/// Records what matters afterwards.
pub async fn audit(
    tx: &mut TenantTx,
    account: AccountId,
    actor: Option<UserId>,
    action: &str,
    subject: Option<&str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    insert(tx, account, actor, action, subject, json!({}), now).await
}

/// Records what the caller did, with more to tell than what it was done to.
pub async fn audit_with(ctx: &Ctx, tx: &mut TenantTx, action: &str, details: Value) -> Result<(), sqlx::Error> {
    insert(tx, ctx.account, Some(ctx.actor.user), action, None, details, ctx.now()).await
}

async fn insert(
    tx: &mut TenantTx,
    account: AccountId,
    actor: Option<UserId>,
    action: &str,
    subject: Option<&str>,
    details: Value,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into audit_log (account_id, id, at, actor_id, action, subject, details) values ($1, $2, $3, $4, $5, $6, $7)",
        account.0,
        Uuid::now_v7(),
        now.0,
        actor.map(|user| user.0),
        action,
        subject,
        details,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The newest entries, or those before one. People and tokens are named; ids sort by time.
pub async fn entries(
    ctx: &Ctx,
    tx: &mut TenantTx,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AuditEntry>, sqlx::Error> {
    sqlx::query_as!(
        AuditEntry,
        r#"select e.id, e.at, who.name as "actor?", e.action, coalesce(t.name, u.name, e.subject) as subject, e.details
             from (select * from audit_log
                    where account_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3) e
             left join users who on who.account_id = e.account_id and who.id = e.actor_id
             left join access_tokens t on t.account_id = e.account_id and t.id::text = e.subject
             left join users u on u.account_id = e.account_id and u.id::text = e.subject
            order by e.id desc"#,
        ctx.account.0,
        before,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}
