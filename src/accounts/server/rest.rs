//! An account's own settings over REST v1.

use utoipa_axum::{router::OpenApiRouter, routes};

use super::preferences;
use crate::{
    accounts::types::{Preferences, PreferencesChange},
    error::AppError,
    pilot::types::Problem,
    server::{context::Ctx, rest::Json},
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(get_preferences, change_preferences))
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
