//! What an account has chosen: one row, made with the first change.

use super::store;
use crate::{
    accounts::types::{Preferences, PreferencesChange, UserRole},
    error::AppError,
    server::context::Ctx,
};

/// A status id of a ticket system is short.
const MAX_ID: usize = 100;

pub async fn get(ctx: &Ctx) -> Result<Preferences, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let preferences = store::preferences(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(preferences)
}

/// Changes what is named. What concerns daily work is an engineer's to choose, the ticket system an admin's.
pub async fn change(ctx: &Ctx, change: &PreferencesChange) -> Result<Preferences, AppError> {
    ctx.require(UserRole::Engineer)?;
    let statuses = [
        ("cw_resolved_status_id", &change.cw_resolved_status_id),
        ("cw_escalated_status_id", &change.cw_escalated_status_id),
    ];
    if statuses.iter().any(|(_, id)| id.is_some()) {
        ctx.require(UserRole::Admin)?;
    }
    for (field, id) in statuses {
        if let Some(Some(id)) = id
            && (id.trim().is_empty() || id.len() > MAX_ID || id.chars().any(char::is_control))
        {
            return Err(AppError::invalid(field, "This is no id of a status. Leave it out, or send null for none."));
        }
    }
    let mut tx = ctx.db().tenant(ctx).await?;
    let preferences = store::change_preferences(ctx, &mut tx, change).await?;
    store::audit(&mut tx, ctx.account, Some(ctx.actor.user), "preferences_changed", None, ctx.now()).await?;
    tx.commit().await?;
    Ok(preferences)
}
