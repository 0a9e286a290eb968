//! Tickets over REST v1.

use axum::http::{HeaderMap, StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{change, new, work};
use crate::{
    error::AppError,
    pilot::types::Problem,
    psa::types::{
        Configuration, Listed, NewTicket, NewTimeEntry, ScheduleEntry, Ticket, TicketFilter, TicketNote, TicketSummary,
        TimeEntry,
    },
    server::{
        context::Ctx,
        rest::{Json, Path, Query, idempotency_key},
    },
    tickets::types::{NewTicketNote, PastedText, TicketChange, TicketDraft, TicketList},
};

mod lists;
mod views;

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read_text))
        .routes(routes!(get, edit))
        .routes(routes!(add_note))
        .routes(routes!(assign, unassign))
        .routes(routes!(configurations))
        .routes(routes!(related))
        .routes(routes!(schedule))
        .routes(routes!(time_entries, add_time))
        .merge(lists::router().merge(views::router()))
}

/// Tickets, newest first. Without a status: those that are open; `all` for every one.
#[utoipa::path(get, path = "/tickets", tag = "tickets", params(TicketFilter),
    responses((status = 200, body = TicketList), (status = 401, body = Problem)))]
async fn list(ctx: Ctx, Query(filter): Query<TicketFilter>) -> Result<Json<TicketList>, AppError> {
    super::list(&ctx, filter).await.map(Json)
}

/// Opens a ticket. The same `Idempotency-Key` never opens a second one.
#[utoipa::path(post, path = "/tickets", tag = "tickets", request_body = NewTicket,
    params(("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Ticket), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn create(ctx: Ctx, headers: HeaderMap, Json(ticket): Json<NewTicket>) -> Result<Json<Ticket>, AppError> {
    super::create(&ctx, ticket, idempotency_key(&headers)?).await.map(Json)
}

/// Reads a ticket out of a pasted text. Nothing is opened.
#[utoipa::path(post, path = "/tickets/read-text", tag = "tickets", request_body = PastedText,
    responses((status = 200, body = TicketDraft), (status = 422, body = Problem)))]
async fn read_text(ctx: Ctx, Json(pasted): Json<PastedText>) -> Result<Json<TicketDraft>, AppError> {
    new::read_text(&ctx, pasted).await.map(Json)
}

/// One ticket with its notes.
#[utoipa::path(get, path = "/tickets/{id}", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Ticket), (status = 404, body = Problem)))]
async fn get(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Ticket>, AppError> {
    super::get(&ctx, &id).await.map(Json)
}

/// Changes the ticket, all of it or nothing, and reads it back: 502 where a status did not take. Beside the status only where the
/// ticket system can `edit`.
#[utoipa::path(patch, path = "/tickets/{id}", tag = "tickets", params(("id" = String, Path)), request_body = TicketChange,
    responses((status = 200, body = Ticket), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn edit(ctx: Ctx, Path(id): Path<String>, Json(wanted): Json<TicketChange>) -> Result<Json<Ticket>, AppError> {
    change::change(&ctx, &id, wanted).await.map(Json)
}

/// Adds a note: internal unless `internal` is false, and the customer's own with `from_customer`. The same `Idempotency-Key` never adds a second one.
#[utoipa::path(post, path = "/tickets/{id}/notes", tag = "tickets", request_body = NewTicketNote,
    params(("id" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = TicketNote), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn add_note(
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(note): Json<NewTicketNote>,
) -> Result<Json<TicketNote>, AppError> {
    work::add_note(&ctx, &id, note, idempotency_key(&headers)?).await.map(Json)
}

/// Puts a member on the ticket. The first one becomes its owner.
#[utoipa::path(put, path = "/tickets/{id}/assignees/{member}", tag = "tickets", params(("id" = String, Path), ("member" = String, Path)),
    responses((status = 200, body = Ticket), (status = 404, body = Problem)))]
async fn assign(ctx: Ctx, Path((id, member)): Path<(String, String)>) -> Result<Json<Ticket>, AppError> {
    work::assign(&ctx, &id, &member).await.map(Json)
}

/// Takes a member off the ticket.
#[utoipa::path(delete, path = "/tickets/{id}/assignees/{member}", tag = "tickets", params(("id" = String, Path), ("member" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn unassign(ctx: Ctx, Path((id, member)): Path<(String, String)>) -> Result<StatusCode, AppError> {
    work::unassign(&ctx, &id, &member).await.map(|_| StatusCode::NO_CONTENT)
}

/// The devices and services that the ticket is about.
#[utoipa::path(get, path = "/tickets/{id}/configurations", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Listed<Configuration>), (status = 404, body = Problem)))]
async fn configurations(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Listed<Configuration>>, AppError> {
    super::configurations(&ctx, &id).await.map(Json)
}

/// Other tickets of the same contact or company, newest first.
#[utoipa::path(get, path = "/tickets/{id}/related", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Listed<TicketSummary>), (status = 404, body = Problem)))]
async fn related(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Listed<TicketSummary>>, AppError> {
    super::related(&ctx, &id).await.map(Json)
}

/// Who works on the ticket when.
#[utoipa::path(get, path = "/tickets/{id}/schedule", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Listed<ScheduleEntry>), (status = 404, body = Problem)))]
async fn schedule(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Listed<ScheduleEntry>>, AppError> {
    super::schedule(&ctx, &id).await.map(Json)
}

/// The time that the ticket took so far.
#[utoipa::path(get, path = "/tickets/{id}/time-entries", tag = "tickets", params(("id" = String, Path)),
    responses((status = 200, body = Listed<TimeEntry>), (status = 404, body = Problem)))]
async fn time_entries(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Listed<TimeEntry>>, AppError> {
    super::time_entries(&ctx, &id).await.map(Json)
}

/// Enters time in the caller's name; all entries then. The same `Idempotency-Key` never enters it twice; without one the same
/// entry is the same.
#[utoipa::path(post, path = "/tickets/{id}/time-entries", tag = "tickets", request_body = NewTimeEntry,
    params(("id" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Listed<TimeEntry>), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
async fn add_time(
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(entry): Json<NewTimeEntry>,
) -> Result<Json<Listed<TimeEntry>>, AppError> {
    work::add_time(&ctx, &id, entry, idempotency_key(&headers)?).await.map(Json)
}
