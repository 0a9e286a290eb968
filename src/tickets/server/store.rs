//! Rows of `ticket_views`.

pub mod writes;

use crate::{
    ids::ViewId,
    server::{context::Ctx, db::TenantTx},
    tickets::types::SavedView,
};

pub async fn views(ctx: &Ctx, tx: &mut TenantTx) -> Result<Vec<SavedView>, sqlx::Error> {
    sqlx::query_as!(
        SavedView,
        "select id, name, query from ticket_views where account_id = $1 and user_id = $2 order by lower(name), id",
        ctx.account.0,
        ctx.actor.user.0,
    )
    .fetch_all(&mut **tx)
    .await
}

pub async fn save_view(ctx: &Ctx, tx: &mut TenantTx, name: &str, query: &str) -> Result<SavedView, sqlx::Error> {
    sqlx::query_as!(
        SavedView,
        "insert into ticket_views (account_id, id, user_id, name, query, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint ticket_views_name_unique do update set query = excluded.query
         returning id, name, query",
        ctx.account.0,
        ctx.fresh::<ViewId>().0,
        ctx.actor.user.0,
        name,
        query,
        ctx.now().0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Whether there was one.
pub async fn delete_view(ctx: &Ctx, tx: &mut TenantTx, id: ViewId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "delete from ticket_views where account_id = $1 and user_id = $2 and id = $3",
        ctx.account.0,
        ctx.actor.user.0,
        id.0,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() != 0)
}
