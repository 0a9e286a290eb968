//! Rows of `session_shares`: with whom its user shares a session.

use crate::{
    ids::{SessionId, UserId},
    pilot::types::Person,
    server::{context::Ctx, db::TenantTx},
};

/// With whom the session is shared, in the order in which it was.
pub async fn all(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Vec<Person>, sqlx::Error> {
    sqlx::query_as!(
        Person,
        r#"select u.id, u.name from session_shares s join users u on u.account_id = s.account_id and u.id = s.user_id
            where s.account_id = $1 and s.session_id = $2 order by s.created_at, u.id"#,
        ctx.account.0,
        session.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Shares the session; sharing again is fine.
pub async fn add(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, with: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into session_shares (account_id, session_id, user_id, shared_by, created_at) values ($1, $2, $3, $4, $5)
         on conflict on constraint session_shares_pk do nothing",
        ctx.account.0,
        session.0,
        with.0,
        ctx.actor.user.0,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Takes a share back; whether there was one.
pub async fn remove(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, with: UserId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "delete from session_shares where account_id = $1 and session_id = $2 and user_id = $3",
        ctx.account.0,
        session.0,
        with.0,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
}
