//! An account's own settings over REST v1.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ai, preferences, security};
use crate::{
    accounts::types::{
        Preferences, PreferencesChange,
        security::{AuditEntry, AuditFilter, RevokeSessions, Revoked, Security, SecurityChange},
    },
    ai::types::{
        settings::{AiSettingsChange, AiSettingsView, TestReport},
        usage::{UsagePeriod, UsageReport},
    },
    error::AppError,
    page::Page,
    pilot::types::Problem,
    server::{
        context::Ctx,
        rest::{Json, Query},
    },
};

mod psa;

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new()
        .routes(routes!(get_preferences, change_preferences))
        .routes(routes!(get_ai_settings, change_ai_settings))
        .routes(routes!(test_ai_settings))
        .routes(routes!(get_usage))
        .routes(routes!(export_usage))
        .routes(routes!(get_security, change_security))
        .routes(routes!(revoke_sessions))
        .routes(routes!(get_audit_log))
        .merge(psa::router())
}

/// What the account has chosen; defaults where it has not.
#[utoipa::path(get, path = "/accounts/me/preferences", tag = "account",
    responses((status = 200, body = Preferences), (status = 401, body = Problem)))]
async fn get_preferences(ctx: Ctx) -> Result<Json<Preferences>, AppError> {
    preferences::get(&ctx).await.map(Json)
}

/// Changes what is named; `null` goes back to the default.
#[utoipa::path(patch, path = "/accounts/me/preferences", tag = "account", request_body = PreferencesChange,
    responses((status = 200, body = Preferences), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn change_preferences(ctx: Ctx, Json(change): Json<PreferencesChange>) -> Result<Json<Preferences>, AppError> {
    preferences::change(&ctx, &change).await.map(Json)
}

/// Which AI answers, what it may cost and what is masked. Keys are never returned.
#[utoipa::path(get, path = "/accounts/me/ai", tag = "account",
    responses((status = 200, body = AiSettingsView), (status = 403, body = Problem)))]
async fn get_ai_settings(ctx: Ctx) -> Result<Json<AiSettingsView>, AppError> {
    ai::get(&ctx).await.map(Json)
}

/// Changes what is named; `null` goes back to the default and removes a key. Budgets are in millionths of a US dollar.
#[utoipa::path(patch, path = "/accounts/me/ai", tag = "account", request_body = AiSettingsChange,
    responses((status = 200, body = AiSettingsView), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn change_ai_settings(ctx: Ctx, Json(change): Json<AiSettingsChange>) -> Result<Json<AiSettingsView>, AppError> {
    ai::change(&ctx, &change).await.map(Json)
}

/// Calls each model of the settings, as they would be after a change, and says what it answered. Nothing is stored.
#[utoipa::path(post, path = "/accounts/me/ai/test", tag = "account", request_body = AiSettingsChange,
    responses((status = 200, body = TestReport), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn test_ai_settings(ctx: Ctx, Json(change): Json<AiSettingsChange>) -> Result<Json<TestReport>, AppError> {
    ai::test(&ctx, &change).await.map(Json)
}

/// What calls to models were and cost: numbers, never content. Money is in millionths of a US dollar.
#[utoipa::path(get, path = "/accounts/me/usage", tag = "account", params(UsagePeriod),
    responses((status = 200, body = UsageReport), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn get_usage(ctx: Ctx, Query(period): Query<UsagePeriod>) -> Result<Json<UsageReport>, AppError> {
    ai::usage(&ctx, &period).await.map(Json)
}

/// The same as a table: a line for each day, person, action and model.
#[utoipa::path(get, path = "/accounts/me/usage.csv", tag = "account", params(UsagePeriod),
    responses((status = 200, content_type = "text/csv", body = String), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn export_usage(ctx: Ctx, Query(period): Query<UsagePeriod>) -> Result<Response, AppError> {
    let (name, table) = ai::usage_table(&ctx, &period).await?;
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, table).into_response())
}

/// How long people of the account stay signed in, and who is signed in now; for owners.
#[utoipa::path(get, path = "/accounts/me/security", tag = "account",
    responses((status = 200, body = Security), (status = 403, body = Problem)))]
async fn get_security(ctx: Ctx) -> Result<Json<Security>, AppError> {
    security::get(&ctx).await.map(Json)
}

/// Changes how long the next logins live: by a preset, or by minutes. 15 minutes to 30 days without activity, 1 hour to 90
/// days at all. Logins that there are keep what they began with.
#[utoipa::path(patch, path = "/accounts/me/security", tag = "account", request_body = SecurityChange,
    responses((status = 200, body = Security), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn change_security(ctx: Ctx, Json(change): Json<SecurityChange>) -> Result<Json<Security>, AppError> {
    security::change(&ctx, &change).await.map(Json)
}

/// Signs people of the account out: all but the login that asks, or everyone. Tokens stay.
#[utoipa::path(post, path = "/accounts/me/security/revoke-sessions", tag = "account", request_body = RevokeSessions,
    responses((status = 200, body = Revoked), (status = 403, body = Problem)))]
async fn revoke_sessions(ctx: Ctx, Json(which): Json<RevokeSessions>) -> Result<Json<Revoked>, AppError> {
    security::revoke(&ctx, which.scope).await.map(Json)
}

/// What happened in the account, newest first; for owners.
#[utoipa::path(get, path = "/accounts/me/audit-log", tag = "account", params(AuditFilter),
    responses((status = 200, body = Page<AuditEntry>), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn get_audit_log(ctx: Ctx, Query(filter): Query<AuditFilter>) -> Result<Json<Page<AuditEntry>>, AppError> {
    security::history(&ctx, &filter).await.map(Json)
}
