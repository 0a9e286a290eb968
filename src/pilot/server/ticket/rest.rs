//! The ticket of a session, over REST v1.

use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::AppError,
    ids::SessionId,
    pilot::{
        server::{sessions, ticket},
        types::{Problem, Session, TicketState},
    },
    psa::types::NewTicket,
    server::{
        context::Ctx,
        rest::{Json, Path, idempotency_key},
    },
    wire::or_default,
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(ticket_state, link_ticket, open_ticket, unlink_ticket))
}

/// How the session's ticket stands in the ticket system now; `null` where none is linked.
#[utoipa::path(get, path = "/ai-sessions/{id}/ticket", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Option<TicketState>), (status = 404, body = Problem)))]
async fn ticket_state(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Option<TicketState>>, AppError> {
    ticket::state(&ctx, id).await.map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
struct TicketId {
    #[serde(default, deserialize_with = "or_default")]
    ticket_id: String,
}

/// Links a ticket. It is read once: text, notes and configurations become context of the session.
#[utoipa::path(put, path = "/ai-sessions/{id}/ticket", tag = "sessions", params(("id" = SessionId, Path)), request_body = TicketId,
    responses((status = 200, body = Session), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn link_ticket(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Json(named): Json<TicketId>,
) -> Result<Json<Session>, AppError> {
    ticket::link(&ctx, id, &named.ticket_id).await?;
    sessions::get(&ctx, id, None).await.map(Json)
}

/// Opens a new ticket and links it. The same `Idempotency-Key` never opens a second one.
#[utoipa::path(post, path = "/ai-sessions/{id}/ticket", tag = "sessions", request_body = NewTicket,
    params(("id" = SessionId, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Session), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn open_ticket(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Json(new): Json<NewTicket>,
) -> Result<Json<Session>, AppError> {
    ticket::open(&ctx, id, new, idempotency_key(&headers)?).await?;
    sessions::get(&ctx, id, None).await.map(Json)
}

/// Takes the ticket off the session. The ticket itself stays as it is.
#[utoipa::path(delete, path = "/ai-sessions/{id}/ticket", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 409, body = Problem)))]
async fn unlink_ticket(ctx: Ctx, Path(id): Path<SessionId>) -> Result<StatusCode, AppError> {
    ticket::unlink(&ctx, id).await.map(|()| StatusCode::NO_CONTENT)
}
