//! Filters that a person keeps under a name. They are theirs alone.

use super::store;
use crate::{
    accounts::types::UserRole,
    error::AppError,
    ids::ViewId,
    pilot::server::text,
    server::context::Ctx,
    tickets::types::{NewView, SavedView},
};

const NAME: text::Field = text::Field { name: "name", max: 60 };
const QUERY: text::Field = text::Field { name: "query", max: 2000 };
/// So many are enough to choose from.
const MOST: usize = 50;

/// The person's own, by name.
pub async fn list(ctx: &Ctx) -> Result<Vec<SavedView>, AppError> {
    ctx.require(UserRole::L1)?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let views = store::views(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(views)
}

/// Keeps filters; those of the same name are replaced.
pub async fn save(ctx: &Ctx, new: NewView) -> Result<SavedView, AppError> {
    ctx.require(UserRole::L1)?;
    let name = NAME.required(&new.name)?;
    let query = QUERY.optional(new.query.trim().trim_start_matches('?'))?.unwrap_or_default();
    let mut tx = ctx.db().tenant(ctx).await?;
    let kept = store::views(ctx, &mut tx).await?;
    if kept.len() >= MOST && kept.iter().all(|view| view.name != name) {
        return Err(AppError::invalid("name", format!("You keep {MOST} views already. Delete one first.")));
    }
    let view = store::save_view(ctx, &mut tx, &name, &query).await?;
    tx.commit().await?;
    Ok(view)
}

pub async fn delete(ctx: &Ctx, id: ViewId) -> Result<(), AppError> {
    ctx.require(UserRole::L1)?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let gone = store::delete_view(ctx, &mut tx, id).await?;
    tx.commit().await?;
    if gone { Ok(()) } else { Err(AppError::not_found("view")) }
}
