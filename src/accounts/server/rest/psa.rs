//! The ticket system of an account over REST v1.

use axum::http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts::server::psa,
    error::AppError,
    ids::PostingId,
    page::Page,
    pilot::types::{Delivery, DeliveryFilter, Problem},
    psa::types::{Mapping, MemberChange, PsaChange, PsaSettings, PsaTest, StatusChange, Statuses},
    server::{
        context::Ctx,
        rest::{Json, Path, Query},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new()
        .routes(routes!(get_psa, change_psa, disconnect_psa))
        .routes(routes!(test_psa))
        .routes(routes!(list_members))
        .routes(routes!(map_member, unmap_member))
        .routes(routes!(list_statuses, choose_status))
        .routes(routes!(list_posts))
        .routes(routes!(retry_post))
}

/// Which ticket system the account works with, without its keys.
#[utoipa::path(get, path = "/accounts/me/psa", tag = "account",
    responses((status = 200, body = PsaSettings), (status = 403, body = Problem)))]
async fn get_psa(ctx: Ctx) -> Result<Json<PsaSettings>, AppError> {
    psa::get(&ctx).await.map(Json)
}

/// Connects, or changes the connection; what is left out stays. Keys are stored encrypted, belong to the site and company they
/// are entered for, and are never returned.
#[utoipa::path(patch, path = "/accounts/me/psa", tag = "account", request_body = PsaChange,
    responses((status = 200, body = PsaSettings), (status = 403, body = Problem), (status = 422, body = Problem),
        (status = 502, body = Problem)))]
async fn change_psa(ctx: Ctx, Json(change): Json<PsaChange>) -> Result<Json<PsaSettings>, AppError> {
    psa::change(&ctx, &change).await.map(Json)
}

/// Back to the local desk. Keys, member mapping and chosen statuses are deleted; sessions keep their notes and links.
#[utoipa::path(delete, path = "/accounts/me/psa", tag = "account",
    responses((status = 204), (status = 403, body = Problem)))]
async fn disconnect_psa(ctx: Ctx) -> Result<StatusCode, AppError> {
    psa::disconnect(&ctx).await.map(|()| StatusCode::NO_CONTENT)
}

/// Asks the ticket system for a sign of life, with the settings as they would be after a change. Nothing is stored.
#[utoipa::path(post, path = "/accounts/me/psa/test", tag = "account", request_body = PsaChange,
    responses((status = 200, body = PsaTest), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn test_psa(ctx: Ctx, Json(change): Json<PsaChange>) -> Result<Json<PsaTest>, AppError> {
    psa::test(&ctx, &change).await.map(Json)
}

/// Members of the ticket system and people of the account, mapped to each other or not.
#[utoipa::path(get, path = "/accounts/me/psa/members", tag = "account",
    responses((status = 200, body = Mapping), (status = 403, body = Problem), (status = 502, body = Problem)))]
async fn list_members(ctx: Ctx) -> Result<Json<Mapping>, AppError> {
    psa::mapping(&ctx).await.map(Json)
}

/// Says by hand who a member is.
#[utoipa::path(put, path = "/accounts/me/psa/members/{member}", tag = "account", params(("member" = String, Path)),
    request_body = MemberChange,
    responses((status = 200, body = Mapping), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
async fn map_member(
    ctx: Ctx,
    Path(member): Path<String>,
    Json(change): Json<MemberChange>,
) -> Result<Json<Mapping>, AppError> {
    psa::map(&ctx, &member, change.user_id).await.map(Json)
}

/// Goes back to finding the member by e-mail address.
#[utoipa::path(delete, path = "/accounts/me/psa/members/{member}", tag = "account", params(("member" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn unmap_member(ctx: Ctx, Path(member): Path<String>) -> Result<StatusCode, AppError> {
    psa::unmap(&ctx, &member).await.map(|()| StatusCode::NO_CONTENT)
}

/// Boards with their statuses, and where tickets of ended sessions go.
#[utoipa::path(get, path = "/accounts/me/psa/statuses", tag = "account",
    responses((status = 200, body = Statuses), (status = 403, body = Problem), (status = 502, body = Problem)))]
async fn list_statuses(ctx: Ctx) -> Result<Json<Statuses>, AppError> {
    psa::statuses(&ctx).await.map(Json)
}

/// Chooses where tickets of a board go, or of all boards that chose nothing (the preferences `cw_resolved_status_id` and
/// `cw_escalated_status_id`).
#[utoipa::path(put, path = "/accounts/me/psa/statuses", tag = "account", request_body = StatusChange,
    responses((status = 200, body = Statuses), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn choose_status(ctx: Ctx, Json(change): Json<StatusChange>) -> Result<Json<Statuses>, AppError> {
    psa::choose_status(&ctx, &change).await.map(Json)
}

/// Notes on their way to the ticket system: what is not done first, then the newest.
#[utoipa::path(get, path = "/accounts/me/psa/posts", tag = "account", params(DeliveryFilter),
    responses((status = 200, body = Page<Delivery>), (status = 403, body = Problem)))]
async fn list_posts(ctx: Ctx, Query(filter): Query<DeliveryFilter>) -> Result<Json<Page<Delivery>>, AppError> {
    psa::posts(&ctx, &filter).await.map(Json)
}

/// Tries a note again that did not get through; only what is missing is done.
#[utoipa::path(post, path = "/accounts/me/psa/posts/{post}/retry", tag = "account", params(("post" = PostingId, Path)),
    responses((status = 200, body = Delivery), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn retry_post(ctx: Ctx, Path(post): Path<PostingId>) -> Result<Json<Delivery>, AppError> {
    psa::retry_post(&ctx, post).await.map(Json)
}
