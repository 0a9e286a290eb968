//! Sessions over REST v1 (P6): each handler reads the request, calls the service and names the status.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{export, facts, fixes, history, hypotheses, lane, live, sessions, shares, turns};
use crate::{
    error::AppError,
    ids::{FactId, FixId, HypothesisId, MessageId, SessionId, UserId},
    page::Page,
    pilot::history::ExportFormat,
    pilot::types::{
        Decided, Decision, Fact, FactChange, Fix, FixOutcome, Hypothesis, HypothesisChange, LaneChange, NewMessage,
        NewNote, NewSession, NewShare, Person, Problem, Promotion, Session, SessionChange, SessionFilter,
        SessionSummary, TaskLane,
    },
    server::{
        context::Ctx,
        rest::{Json, Path, Query, idempotency_key},
    },
    wire::or_default,
};

mod cost;
mod endings;
mod masked;

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new()
        .routes(routes!(create_session, list_sessions))
        .routes(routes!(get_session, change_session))
        .routes(routes!(reopen_session))
        .routes(routes!(export_session))
        .routes(routes!(post_message))
        .routes(routes!(stop_turn))
        .routes(routes!(follow_events))
        .merge(super::images::rest::router().merge(super::ticket::rest::router()))
        .routes(routes!(change_lane))
        .routes(routes!(list_facts, add_fact))
        .routes(routes!(promote_fact))
        .routes(routes!(edit_fact, delete_fact))
        .routes(routes!(confirm_fact))
        .routes(routes!(restore_fact))
        .routes(routes!(list_fixes))
        .routes(routes!(active_fix))
        .routes(routes!(decide_fix))
        .routes(routes!(apply_fix))
        .routes(routes!(set_outcome))
        .routes(routes!(set_script))
        .routes(routes!(reject_proposal))
        .routes(routes!(list_hypotheses))
        .routes(routes!(decide_hypothesis))
        .routes(routes!(list_shares, add_share, remove_share))
        .merge(endings::router().merge(cost::router()).merge(masked::router()))
}

/// Starts a session. Calls no model and makes no message; the first message starts the first turn.
#[utoipa::path(post, path = "/ai-sessions", tag = "sessions", request_body = NewSession,
    responses((status = 201, body = Session), (status = 422, body = Problem)))]
async fn create_session(ctx: Ctx, Json(new): Json<NewSession>) -> Result<Response, AppError> {
    let id = sessions::create(&ctx, new).await?;
    let session = sessions::get(&ctx, id, None).await?;
    Ok((StatusCode::CREATED, Json(session)).into_response())
}

/// The sessions that the caller may see, last touched first: their own, those shared with them, and those that were escalated.
#[utoipa::path(get, path = "/ai-sessions", tag = "sessions", params(SessionFilter),
    responses((status = 200, body = Page<SessionSummary>)))]
async fn list_sessions(ctx: Ctx, Query(filter): Query<SessionFilter>) -> Result<Json<Page<SessionSummary>>, AppError> {
    history::list(&ctx, filter).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
struct Before {
    /// The oldest message one has: the 50 before it are given.
    before: Option<MessageId>,
}

/// All of a session; messages are the newest 50, or those before `before`.
#[utoipa::path(get, path = "/ai-sessions/{id}", tag = "sessions", params(("id" = SessionId, Path), Before),
    responses((status = 200, body = Session), (status = 404, body = Problem)))]
async fn get_session(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Query(window): Query<Before>,
) -> Result<Json<Session>, AppError> {
    sessions::get(&ctx, id, window.before).await.map(Json)
}

/// Title, problem, archiving; what is missing stays.
#[utoipa::path(patch, path = "/ai-sessions/{id}", tag = "sessions", params(("id" = SessionId, Path)), request_body = SessionChange,
    responses((status = 200, body = Session), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn change_session(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Json(change): Json<SessionChange>,
) -> Result<Json<Session>, AppError> {
    sessions::change(&ctx, id, change).await?;
    sessions::get(&ctx, id, None).await.map(Json)
}

/// Opens a closed session again.
#[utoipa::path(post, path = "/ai-sessions/{id}/reopen", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Session), (status = 409, body = Problem)))]
async fn reopen_session(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Session>, AppError> {
    sessions::reopen(&ctx, id).await?;
    sessions::get(&ctx, id, None).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
struct As {
    /// Markdown where it is missing.
    format: Option<ExportFormat>,
}

/// The whole session as a file: everything in it, with all messages.
#[utoipa::path(get, path = "/ai-sessions/{id}/export", tag = "sessions", params(("id" = SessionId, Path), As),
    responses((status = 200, content_type = "text/markdown", body = String), (status = 404, body = Problem)))]
async fn export_session(ctx: Ctx, Path(id): Path<SessionId>, Query(query): Query<As>) -> Result<Response, AppError> {
    let file = export::export(&ctx, id, query.format.unwrap_or(ExportFormat::Markdown)).await?;
    let head = [
        (header::CONTENT_TYPE, file.kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        // It is a person's own view of a session, and changes with it.
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, Body::from_stream(file.content)).into_response())
}

/// Sends a message and answers with the events of the turn that it starts. The same `Idempotency-Key` replays that turn.
#[utoipa::path(post, path = "/ai-sessions/{id}/messages", tag = "turns", request_body = NewMessage,
    params(("id" = SessionId, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn post_message(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Json(message): Json<NewMessage>,
) -> Result<Response, AppError> {
    turns::start(&ctx, id, message, idempotency_key(&headers)?).await.map(live::turn_stream)
}

/// Stops the turn that runs; what it said so far stays.
#[utoipa::path(post, path = "/ai-sessions/{id}/turn/stop", tag = "turns", params(("id" = SessionId, Path)),
    responses((status = 200, body = Session), (status = 404, body = Problem)))]
async fn stop_turn(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Session>, AppError> {
    turns::stop(&ctx, id).await?;
    sessions::get(&ctx, id, None).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
struct After {
    /// The same as the header `Last-Event-ID`, for clients that cannot set it.
    last_event_id: Option<i64>,
}

/// Follows a session from `Last-Event-ID` (0: from its start).
#[utoipa::path(get, path = "/ai-sessions/{id}/events", tag = "turns",
    params(("id" = SessionId, Path), ("last-event-id" = Option<i64>, Header), After),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 404, body = Problem)))]
async fn follow_events(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Query(query): Query<After>,
) -> Result<Response, AppError> {
    let header =
        match headers.get("last-event-id") {
            None => None,
            Some(value) => {
                Some(value.to_str().ok().and_then(|text| text.trim().parse().ok()).ok_or_else(|| {
                    AppError::malformed("Last-Event-ID is the number of the last event that was seen.")
                })?)
            }
        };
    let events = live::follow(&ctx, id, header.or(query.last_event_id).unwrap_or(0)).await?;
    Ok(live::session_stream(&ctx, id, events))
}

/// Saves answers and results; only the items named change, `null` clears.
#[utoipa::path(put, path = "/ai-sessions/{id}/task-lane", tag = "lane", params(("id" = SessionId, Path)), request_body = LaneChange,
    responses((status = 200, body = TaskLane), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change_lane(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Json(change): Json<LaneChange>,
) -> Result<Json<TaskLane>, AppError> {
    lane::change(&ctx, id, change).await.map(Json)
}

#[utoipa::path(get, path = "/ai-sessions/{id}/facts", tag = "facts", params(("id" = SessionId, Path)),
    responses((status = 200, body = Vec<Fact>)))]
async fn list_facts(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Vec<Fact>>, AppError> {
    facts::list(&ctx, id).await.map(Json)
}

/// Adds a note by hand; it is confirmed.
#[utoipa::path(post, path = "/ai-sessions/{id}/facts", tag = "facts", params(("id" = SessionId, Path)), request_body = NewNote,
    responses((status = 201, body = Fact), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add_fact(ctx: Ctx, Path(id): Path<SessionId>, Json(new): Json<NewNote>) -> Result<Response, AppError> {
    let fact = facts::add_note(&ctx, id, new.text).await?;
    Ok((StatusCode::CREATED, Json(fact)).into_response())
}

/// Makes a fact of one answer or result.
#[utoipa::path(post, path = "/ai-sessions/{id}/facts/promote", tag = "facts", params(("id" = SessionId, Path)), request_body = Promotion,
    responses((status = 200, body = Fact), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn promote_fact(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Json(promotion): Json<Promotion>,
) -> Result<Json<Fact>, AppError> {
    facts::promote(&ctx, id, promotion).await.map(Json)
}

/// Rewrites a note or synthesis; facts from questions and checks are edited at their source.
#[utoipa::path(patch, path = "/ai-sessions/{id}/facts/{fact}", tag = "facts", request_body = FactChange,
    params(("id" = SessionId, Path), ("fact" = FactId, Path)),
    responses((status = 200, body = Fact), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn edit_fact(
    ctx: Ctx,
    Path((id, fact)): Path<(SessionId, FactId)>,
    Json(change): Json<FactChange>,
) -> Result<Json<Fact>, AppError> {
    facts::edit(&ctx, id, fact, change).await.map(Json)
}

/// Deletes softly.
#[utoipa::path(delete, path = "/ai-sessions/{id}/facts/{fact}", tag = "facts",
    params(("id" = SessionId, Path), ("fact" = FactId, Path)), responses((status = 204), (status = 409, body = Problem)))]
async fn delete_fact(ctx: Ctx, Path((id, fact)): Path<(SessionId, FactId)>) -> Result<StatusCode, AppError> {
    facts::delete(&ctx, id, fact).await.map(|()| StatusCode::NO_CONTENT)
}

/// A person vouches for it.
#[utoipa::path(post, path = "/ai-sessions/{id}/facts/{fact}/confirm", tag = "facts",
    params(("id" = SessionId, Path), ("fact" = FactId, Path)), responses((status = 200, body = Fact), (status = 409, body = Problem)))]
async fn confirm_fact(ctx: Ctx, Path((id, fact)): Path<(SessionId, FactId)>) -> Result<Json<Fact>, AppError> {
    facts::confirm(&ctx, id, fact).await.map(Json)
}

/// Takes a deletion back.
#[utoipa::path(post, path = "/ai-sessions/{id}/facts/{fact}/restore", tag = "facts",
    params(("id" = SessionId, Path), ("fact" = FactId, Path)), responses((status = 200, body = Fact), (status = 409, body = Problem)))]
async fn restore_fact(ctx: Ctx, Path((id, fact)): Path<(SessionId, FactId)>) -> Result<Json<Fact>, AppError> {
    facts::restore(&ctx, id, fact).await.map(Json)
}

/// Every fix of the session, newest first.
#[utoipa::path(get, path = "/ai-sessions/{id}/suggested-fixes", tag = "fixes", params(("id" = SessionId, Path)),
    responses((status = 200, body = Vec<Fix>)))]
async fn list_fixes(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Vec<Fix>>, AppError> {
    fixes::list(&ctx, id).await.map(Json)
}

/// The fix that is not superseded; 404 when there is none.
#[utoipa::path(get, path = "/ai-sessions/{id}/suggested-fixes/active", tag = "fixes", params(("id" = SessionId, Path)),
    responses((status = 200, body = Fix), (status = 404, body = Problem)))]
async fn active_fix(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Fix>, AppError> {
    fixes::active(&ctx, id).await.map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
struct DecisionBody {
    decision: Decision,
    #[serde(default)]
    script: Option<String>,
}

/// How the engineer takes the fix's script.
#[utoipa::path(post, path = "/ai-sessions/{id}/suggested-fixes/{fix}/decision", tag = "fixes", request_body = DecisionBody,
    params(("id" = SessionId, Path), ("fix" = FixId, Path)),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn decide_fix(
    ctx: Ctx,
    Path((id, fix)): Path<(SessionId, FixId)>,
    Json(body): Json<DecisionBody>,
) -> Result<Json<Decided>, AppError> {
    fixes::decide(&ctx, id, fix, body.decision, body.script).await.map(Json)
}

/// *I did this.* Safe to repeat.
#[utoipa::path(post, path = "/ai-sessions/{id}/suggested-fixes/{fix}/apply", tag = "fixes",
    params(("id" = SessionId, Path), ("fix" = FixId, Path)), responses((status = 200, body = Fix), (status = 409, body = Problem)))]
async fn apply_fix(ctx: Ctx, Path((id, fix)): Path<(SessionId, FixId)>) -> Result<Json<Fix>, AppError> {
    fixes::apply(&ctx, id, fix).await.map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
struct OutcomeBody {
    outcome: FixOutcome,
    #[serde(default)]
    notes: Option<String>,
}

/// Whether it worked.
#[utoipa::path(patch, path = "/ai-sessions/{id}/suggested-fixes/{fix}/outcome", tag = "fixes", request_body = OutcomeBody,
    params(("id" = SessionId, Path), ("fix" = FixId, Path)),
    responses((status = 200, body = Fix), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_outcome(
    ctx: Ctx,
    Path((id, fix)): Path<(SessionId, FixId)>,
    Json(body): Json<OutcomeBody>,
) -> Result<Json<Fix>, AppError> {
    fixes::set_outcome(&ctx, id, fix, body.outcome, body.notes).await.map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
struct ScriptBody {
    #[serde(default, deserialize_with = "or_default")]
    script: String,
}

/// The script as the engineer edited it.
#[utoipa::path(patch, path = "/ai-sessions/{id}/suggested-fixes/{fix}/script", tag = "fixes", request_body = ScriptBody,
    params(("id" = SessionId, Path), ("fix" = FixId, Path)),
    responses((status = 200, body = Fix), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_script(
    ctx: Ctx,
    Path((id, fix)): Path<(SessionId, FixId)>,
    Json(body): Json<ScriptBody>,
) -> Result<Json<Fix>, AppError> {
    fixes::set_script(&ctx, id, fix, body.script).await.map(Json)
}

/// *Not yet*: the AI's guess at an outcome is turned down.
#[utoipa::path(delete, path = "/ai-sessions/{id}/suggested-fixes/{fix}/outcome-proposal", tag = "fixes",
    params(("id" = SessionId, Path), ("fix" = FixId, Path)), responses((status = 204), (status = 409, body = Problem)))]
async fn reject_proposal(ctx: Ctx, Path((id, fix)): Path<(SessionId, FixId)>) -> Result<StatusCode, AppError> {
    fixes::reject_proposal(&ctx, id, fix).await.map(|_| StatusCode::NO_CONTENT)
}

/// The competing causes, in order.
#[utoipa::path(get, path = "/ai-sessions/{id}/hypotheses", tag = "hypotheses", params(("id" = SessionId, Path)),
    responses((status = 200, body = Vec<Hypothesis>)))]
async fn list_hypotheses(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Vec<Hypothesis>>, AppError> {
    hypotheses::list(&ctx, id).await.map(Json)
}

/// A person's word on a cause: `ruled_out` with `because`, or `open` again.
#[utoipa::path(patch, path = "/ai-sessions/{id}/hypotheses/{hypothesis}", tag = "hypotheses", request_body = HypothesisChange,
    params(("id" = SessionId, Path), ("hypothesis" = HypothesisId, Path)),
    responses((status = 200, body = Hypothesis), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn decide_hypothesis(
    ctx: Ctx,
    Path((id, hypothesis)): Path<(SessionId, HypothesisId)>,
    Json(change): Json<HypothesisChange>,
) -> Result<Json<Hypothesis>, AppError> {
    hypotheses::decide(&ctx, id, hypothesis, change).await.map(Json)
}

/// Colleagues who see the session too.
#[utoipa::path(get, path = "/ai-sessions/{id}/shares", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Vec<Person>)))]
async fn list_shares(ctx: Ctx, Path(id): Path<SessionId>) -> Result<Json<Vec<Person>>, AppError> {
    shares::list(&ctx, id).await.map(Json)
}

/// Shares the session with a colleague, named by `user_id` or `email`.
#[utoipa::path(post, path = "/ai-sessions/{id}/shares", tag = "sessions", params(("id" = SessionId, Path)), request_body = NewShare,
    responses((status = 201, body = Person), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn add_share(ctx: Ctx, Path(id): Path<SessionId>, Json(new): Json<NewShare>) -> Result<Response, AppError> {
    let person = shares::add(&ctx, id, new).await?;
    Ok((StatusCode::CREATED, Json(person)).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
struct SharedWith {
    /// The colleague who shall not see it any more; here or in the body.
    user_id: Option<UserId>,
}

/// Takes a share back: its user may, and the colleague may leave.
#[utoipa::path(delete, path = "/ai-sessions/{id}/shares", tag = "sessions", params(("id" = SessionId, Path), SharedWith),
    responses((status = 204), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn remove_share(
    ctx: Ctx,
    Path(id): Path<SessionId>,
    Query(named): Query<SharedWith>,
    request: Request,
) -> Result<StatusCode, AppError> {
    let user = match named.user_id {
        Some(user) => Some(user),
        None => Json::<SharedWith>::from_request(request, &()).await?.0.user_id,
    };
    let user = user.ok_or_else(|| AppError::invalid("user_id", "Name the colleague by user_id."))?;
    shares::remove(&ctx, id, user).await.map(|()| StatusCode::NO_CONTENT)
}
