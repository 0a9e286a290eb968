//! What a session cost, over REST v1.

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ai::types::usage::SessionCost,
    error::AppError,
    ids::SessionId,
    pilot::{server::sessions, types::Problem},
    server::{
        context::Ctx,
        rest::{Json, Path},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(session_cost))
}

/// What the session cost so far, in millionths of a US dollar; `null` where no paid model was asked.
#[utoipa::path(get, path = "/ai-sessions/{id}/cost", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionCost), (status = 404, body = Problem)))]
async fn session_cost(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<SessionCost>, AppError> {
    sessions::cost(&ctx, id).await.map(Json)
}
