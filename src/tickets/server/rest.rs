//! Tickets over REST v1.

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::AppError,
    page::Page,
    pilot::types::Problem,
    psa::types::{Ticket, TicketFilter, TicketSummary},
    server::{
        context::Ctx,
        rest::{Json, Path, Query},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// Tickets, newest first. Without a status: those that are open; `all` for every one.
#[utoipa::path(get, path = "/tickets", tag = "tickets", params(TicketFilter),
    responses((status = 200, body = Page<TicketSummary>), (status = 401, body = Problem)))]
async fn list(ctx: Ctx, Query(filter): Query<TicketFilter>) -> Result<Json<Page<TicketSummary>>, AppError> {
    super::list(&ctx, filter).await.map(Json)
}

/// One ticket with its notes.
#[utoipa::path(get, path = "/tickets/{id}", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Ticket), (status = 404, body = Problem)))]
async fn get(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Ticket>, AppError> {
    super::get(&ctx, &id).await.map(Json)
}
