//! The AI settings and usage of an account: an admin's business. What they mean is the gateway's.

use super::store;
use crate::{
    accounts::types::UserRole,
    ai::{
        server::{settings, usage},
        types::{
            settings::{AiSettingsChange, AiSettingsView, TestReport},
            usage::{UsagePeriod, UsageReport},
        },
    },
    error::AppError,
    server::context::Ctx,
};

pub async fn get(ctx: &Ctx) -> Result<AiSettingsView, AppError> {
    ctx.require(UserRole::Admin)?;
    settings::view(ctx).await
}

pub async fn change(ctx: &Ctx, change: &AiSettingsChange) -> Result<AiSettingsView, AppError> {
    ctx.require(UserRole::Admin)?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let saved = settings::save(ctx, &mut tx, change).await?;
    store::audit(&mut tx, ctx.account, Some(ctx.actor.user), "ai_settings_changed", None, ctx.now()).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Tries the settings as they would be after a change.
pub async fn test(ctx: &Ctx, change: &AiSettingsChange) -> Result<TestReport, AppError> {
    ctx.require(UserRole::Admin)?;
    settings::test(ctx, change).await
}

pub async fn usage(ctx: &Ctx, period: &UsagePeriod) -> Result<UsageReport, AppError> {
    ctx.require(UserRole::Admin)?;
    usage::report(ctx, period).await
}

/// A file's name and its content.
pub async fn usage_table(ctx: &Ctx, period: &UsagePeriod) -> Result<(String, String), AppError> {
    ctx.require(UserRole::Admin)?;
    usage::export(ctx, period).await
}
