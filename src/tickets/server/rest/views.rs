//! A person's saved views of the tickets page, over REST v1.

use axum::http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::AppError,
    ids::ViewId,
    pilot::types::Problem,
    server::{
        context::Ctx,
        rest::{Json, Path},
    },
    tickets::{
        server::views,
        types::{NewView, SavedView},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(list, save)).routes(routes!(delete))
}

/// The caller's own.
#[utoipa::path(get, path = "/tickets/views", tag = "tickets", responses((status = 200, body = Vec<SavedView>)))]
async fn list(ctx: Ctx) -> Result<Json<Vec<SavedView>>, AppError> {
    views::list(&ctx).await.map(Json)
}

/// Keeps filters under a name; those of the same name are replaced.
#[utoipa::path(post, path = "/tickets/views", tag = "tickets", request_body = NewView,
    responses((status = 200, body = SavedView), (status = 422, body = Problem)))]
async fn save(ctx: Ctx, Json(new): Json<NewView>) -> Result<Json<SavedView>, AppError> {
    views::save(&ctx, new).await.map(Json)
}

#[utoipa::path(delete, path = "/tickets/views/{id}", tag = "tickets", params(("id" = ViewId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(ctx: Ctx, Path(id): Path<ViewId>) -> Result<StatusCode, AppError> {
    views::delete(&ctx, id).await.map(|()| StatusCode::NO_CONTENT)
}
