//! How long logins live, and those of the whole account.

use crate::{
    accounts::types::{
        UserRole,
        security::{Lifetimes, LiveLogin},
    },
    ids::{AccountId, LoginSessionId},
    server::{context::Ctx, db::TenantTx},
};

/// How long the account's next login will live.
pub async fn lifetimes(tx: &mut TenantTx, account: AccountId) -> Result<Lifetimes, sqlx::Error> {
    let found = sqlx::query_as!(
        Lifetimes,
        "select session_idle_minutes as idle_minutes, session_absolute_minutes as absolute_minutes
           from account_settings where account_id = $1",
        account.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.unwrap_or(Lifetimes::STANDARD))
}

/// The same, and nobody else changes them until the transaction ends.
pub async fn lock_lifetimes(ctx: &Ctx, tx: &mut TenantTx) -> Result<Lifetimes, sqlx::Error> {
    sqlx::query!(
        "insert into account_settings (account_id) values ($1) on conflict on constraint account_settings_pk do nothing",
        ctx.account.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query_as!(
        Lifetimes,
        "select session_idle_minutes as idle_minutes, session_absolute_minutes as absolute_minutes
           from account_settings where account_id = $1 for update",
        ctx.account.0
    )
    .fetch_one(&mut **tx)
    .await
}

pub async fn set_lifetimes(ctx: &Ctx, tx: &mut TenantTx, new: Lifetimes) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update account_settings set session_idle_minutes = $2, session_absolute_minutes = $3 where account_id = $1",
        ctx.account.0,
        new.idle_minutes,
        new.absolute_minutes,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Where people of the account are signed in now.
pub async fn live_logins(
    ctx: &Ctx,
    tx: &mut TenantTx,
    current: Option<LoginSessionId>,
) -> Result<Vec<LiveLogin>, sqlx::Error> {
    sqlx::query_as!(
        LiveLogin,
        r#"select l.id, l.user_id, u.name as user_name, u.role as "role: UserRole", l.created_at, l.last_seen_at,
                  l.expires_at, l.user_agent, coalesce(l.id = $2, false) as "current!"
             from login_sessions l join users u on u.account_id = l.account_id and u.id = l.user_id
            where l.account_id = $1 and l.revoked_at is null and u.disabled_at is null and l.expires_at > $3
              and l.last_seen_at + make_interval(mins => l.idle_minutes) > $3
            order by l.last_seen_at desc, l.id desc limit 500"#,
        ctx.account.0,
        current.map(|id| id.0),
        ctx.now().0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Ends the account's logins, all but one or all; how many of them were live.
pub async fn revoke_logins(ctx: &Ctx, tx: &mut TenantTx, but: Option<LoginSessionId>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with ended as (
               update login_sessions set revoked_at = $3
                where account_id = $1 and revoked_at is null and id is distinct from $2 and expires_at > $3
               returning user_id, last_seen_at + make_interval(mins => idle_minutes) > $3 as live)
           select count(*) as "count!"
             from ended join users u on u.account_id = $1 and u.id = ended.user_id
            where live and u.disabled_at is null"#,
        ctx.account.0,
        but.map(|id| id.0),
        ctx.now().0,
    )
    .fetch_one(&mut **tx)
    .await
}
