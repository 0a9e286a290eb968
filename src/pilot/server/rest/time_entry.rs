//! Time spent in a session, over REST v1.

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::AppError,
    ids::SessionId,
    pilot::{
        server::time_entry,
        types::{Problem, TimeOffer, TimeSpent},
    },
    server::{
        context::Ctx,
        rest::{Json, Path},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(offer_time, add_time))
}

/// What the session's own clock says, once its note is on the ticket; or why no time can be entered.
#[utoipa::path(get, path = "/ai-sessions/{id}/time-entry", tag = "notes", params(("id" = SessionId, Path)),
    responses((status = 200, body = TimeOffer), (status = 404, body = Problem)))]
async fn offer_time(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<TimeOffer>, AppError> {
    time_entry::offer(&ctx, id).await.map(Json)
}

/// Enters the time on the ticket, in the name of who posted the note. Once a closing: again, it gives what is there.
#[utoipa::path(post, path = "/ai-sessions/{id}/time-entry", tag = "notes", params(("id" = SessionId, Path)),
    request_body = TimeSpent,
    responses((status = 200, body = TimeOffer), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn add_time(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Json(spent): Json<TimeSpent>,
) -> Result<Json<TimeOffer>, AppError> {
    time_entry::add(&ctx, id, &spent).await.map(Json)
}
