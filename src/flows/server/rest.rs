//! Matching over REST v1.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::AppError,
    pilot::types::Problem,
    server::{
        context::Ctx,
        rest::{Json, Query},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(match_flows))
}

#[derive(Debug, Deserialize, IntoParams)]
struct Statement {
    /// The problem, as a person or a ticket says it.
    q: String,
}

/// A flow that fits.
#[derive(Debug, Serialize, ToSchema)]
struct Match {
    slug: String,
    title: String,
    /// 0–1; from about 0.5 the session starts the flow by itself.
    score: f32,
}

/// Flows that fit a problem, best first; empty when nothing does.
#[utoipa::path(get, path = "/flows/match", tag = "flows", params(Statement),
    responses((status = 200, body = Vec<Match>), (status = 401, body = Problem)))]
async fn match_flows(_: Ctx, Query(statement): Query<Statement>) -> Result<Json<Vec<Match>>, AppError> {
    let found = super::matching(&statement.q);
    Ok(Json(found.into_iter().map(|one| Match { slug: one.slug, title: one.title, score: one.score }).collect()))
}
