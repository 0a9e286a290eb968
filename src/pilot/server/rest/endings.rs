//! The two endings of a session over REST v1: previews and posts, and the time it took.

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::AppError,
    ids::SessionId,
    pilot::{
        server::{artifacts, posting, time_entry},
        types::{ArtifactKind, PostOutcome, PostRequest, PostResult, Preview, Problem, TimeOffer, TimeSpent},
    },
    server::{
        context::Ctx,
        rest::{Json, Path, Query, idempotency_key},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new()
        .routes(routes!(preview_note))
        .routes(routes!(post_note))
        .routes(routes!(preview_package))
        .routes(routes!(post_package))
        .routes(routes!(offer_time, add_time))
}

#[derive(Debug, Deserialize, IntoParams)]
struct Again {
    /// `true`: a model is asked even where one failed at this very document a moment ago.
    again: Option<bool>,
}

/// The resolution note as it would be posted now, each statement with its sources.
#[utoipa::path(post, path = "/ai-sessions/{id}/resolution-note/preview", tag = "notes",
    params(("id" = SessionId, Path), Again),
    responses((status = 200, body = Preview), (status = 404, body = Problem), (status = 502, body = Problem)))]
async fn preview_note(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Query(ask): Query<Again>,
) -> Result<Json<Preview>, AppError> {
    artifacts::preview(&ctx, id, ArtifactKind::ResolutionNote, ask.again.unwrap_or_default()).await.map(Json)
}

/// Posts the note, moves the ticket's status and reads both back; without a ticket the session is resolved here.
#[utoipa::path(post, path = "/ai-sessions/{id}/resolution-note/post", tag = "notes", request_body = PostRequest,
    params(("id" = SessionId, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = PostResult), (status = 202, body = PostResult), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn post_note(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Json(request): Json<PostRequest>,
) -> Result<Response, AppError> {
    post(ctx, id, ArtifactKind::ResolutionNote, headers, request).await
}

/// The escalation package as it would be posted now, each statement with its sources.
#[utoipa::path(post, path = "/ai-sessions/{id}/escalation-package/preview", tag = "notes",
    params(("id" = SessionId, Path), Again),
    responses((status = 200, body = Preview), (status = 404, body = Problem), (status = 502, body = Problem)))]
async fn preview_package(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Query(ask): Query<Again>,
) -> Result<Json<Preview>, AppError> {
    artifacts::preview(&ctx, id, ArtifactKind::EscalationPackage, ask.again.unwrap_or_default()).await.map(Json)
}

/// Posts the package as an internal note, moves the ticket's status and reads both back; without a ticket the session is
/// escalated here.
#[utoipa::path(post, path = "/ai-sessions/{id}/escalation-package/post", tag = "notes", request_body = PostRequest,
    params(("id" = SessionId, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = PostResult), (status = 202, body = PostResult), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn post_package(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Json(request): Json<PostRequest>,
) -> Result<Response, AppError> {
    post(ctx, id, ArtifactKind::EscalationPackage, headers, request).await
}

async fn post(
    ctx: Ctx,
    id: SessionId,
    kind: ArtifactKind,
    headers: HeaderMap,
    request: PostRequest,
) -> Result<Response, AppError> {
    let result = posting::post(&ctx, id, kind, request, idempotency_key(&headers)?).await?;
    let status = if result.outcome == PostOutcome::Posting { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(result)).into_response())
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
