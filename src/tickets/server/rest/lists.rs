//! What the ticket system offers to choose from, over REST v1. A list that may not be read comes empty, with why in `hint`.

use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::AppError,
    pilot::types::Problem,
    psa::types::{Contact, Listed, Member, Named, TicketStatus},
    server::{
        context::Ctx,
        rest::{Json, Path, Query},
    },
    tickets::{server::choices, types::Desk},
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new()
        .routes(routes!(capabilities))
        .routes(routes!(boards))
        .routes(routes!(statuses_of))
        .routes(routes!(statuses))
        .routes(routes!(priorities))
        .routes(routes!(members))
        .routes(routes!(companies))
        .routes(routes!(contacts))
}

/// Which ticket system the account works with, and what it can do.
#[utoipa::path(get, path = "/tickets/capabilities", tag = "tickets", responses((status = 200, body = Desk)))]
async fn capabilities(ctx: Ctx) -> Result<Json<Desk>, AppError> {
    crate::tickets::server::capabilities(&ctx).await.map(Json)
}

#[utoipa::path(get, path = "/boards", tag = "tickets", responses((status = 200, body = Listed<Named>)))]
async fn boards(ctx: Ctx) -> Result<Json<Listed<Named>>, AppError> {
    choices::boards(&ctx).await.map(Json)
}

/// The statuses of one board.
#[utoipa::path(get, path = "/boards/{id}/statuses", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Listed<TicketStatus>), (status = 404, body = Problem)))]
async fn statuses_of(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Listed<TicketStatus>>, AppError> {
    choices::statuses_of(&ctx, &id).await.map(Json)
}

/// The statuses of all boards.
#[utoipa::path(get, path = "/statuses", tag = "tickets", responses((status = 200, body = Listed<TicketStatus>)))]
async fn statuses(ctx: Ctx) -> Result<Json<Listed<TicketStatus>>, AppError> {
    choices::statuses(&ctx).await.map(Json)
}

#[utoipa::path(get, path = "/priorities", tag = "tickets", responses((status = 200, body = Listed<Named>)))]
async fn priorities(ctx: Ctx) -> Result<Json<Listed<Named>>, AppError> {
    choices::priorities(&ctx).await.map(Json)
}

/// Everybody who works in the ticket system.
#[utoipa::path(get, path = "/members", tag = "tickets", responses((status = 200, body = Listed<Member>)))]
async fn members(ctx: Ctx) -> Result<Json<Listed<Member>>, AppError> {
    choices::members(&ctx).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
struct Words {
    /// Words in the name.
    q: Option<String>,
}

/// Companies with these words in their name, at most 50.
#[utoipa::path(get, path = "/companies", tag = "tickets", params(Words), responses((status = 200, body = Listed<Named>)))]
async fn companies(ctx: Ctx, Query(words): Query<Words>) -> Result<Json<Listed<Named>>, AppError> {
    choices::companies(&ctx, &words.q.unwrap_or_default()).await.map(Json)
}

/// The contacts of a company.
#[utoipa::path(get, path = "/companies/{id}/contacts", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Listed<Contact>), (status = 404, body = Problem)))]
async fn contacts(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Listed<Contact>>, AppError> {
    choices::contacts(&ctx, &id).await.map(Json)
}
