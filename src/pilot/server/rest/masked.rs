//! What is kept from models, over REST v1.

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ai::types::masked::MaskedValue,
    error::AppError,
    ids::SessionId,
    pilot::{server::masked, types::Problem},
    server::{
        context::Ctx,
        rest::{Json, Path},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(masked_values))
}

/// The values of the session that models are told placeholders for.
#[utoipa::path(get, path = "/ai-sessions/{id}/masked-values", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Vec<MaskedValue>), (status = 404, body = Problem)))]
async fn masked_values(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Vec<MaskedValue>>, AppError> {
    masked::values(&ctx, id).await.map(Json)
}
