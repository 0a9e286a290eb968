//! Images over REST v1 (P6). They come out with everything that keeps a browser from taking them for something else.

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Part, body};
use crate::{
    error::AppError,
    ids::{ImageId, SessionId},
    pilot::types::{Image, Problem},
    server::{
        context::Ctx,
        rest::{Json, Path},
    },
};

pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    // Only here may a body be as large as a file.
    let upload = OpenApiRouter::new().routes(routes!(add_image)).layer(DefaultBodyLimit::max(body::BODY_LIMIT));
    upload.routes(routes!(get_image)).routes(routes!(get_thumbnail))
}

/// An image in a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
struct ImageForm {
    #[schema(value_type = String, format = Binary)]
    file: Bytes,
}

/// Takes an image in for a message that is sent next: PNG, JPEG, GIF or WebP of 10 MB and 40 megapixels at most. Metadata goes.
#[utoipa::path(post, path = "/ai-sessions/{id}/images", tag = "images", params(("id" = SessionId, Path)),
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"),
        (ImageForm = "multipart/form-data"))),
    responses((status = 201, body = Image), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
async fn add_image(ctx: Ctx, Path(id): Path<SessionId>, request: Request) -> Result<Response, AppError> {
    super::may_add(&ctx, id).await?;
    let image = super::add(&ctx, id, body::file(request).await?).await?;
    Ok((StatusCode::CREATED, Json(image)).into_response())
}

/// The image.
#[utoipa::path(get, path = "/ai-sessions/{id}/images/{image}", tag = "images",
    params(("id" = SessionId, Path), ("image" = ImageId, Path)),
    responses((status = 200, content_type = "image/*", body = Vec<u8>), (status = 404, body = Problem)))]
async fn get_image(ctx: Ctx, Path((id, image)): Path<(SessionId, ImageId)>) -> Result<Response, AppError> {
    give(&ctx, id, image, Part::Whole).await
}

/// The image, made small.
#[utoipa::path(get, path = "/ai-sessions/{id}/images/{image}/thumbnail", tag = "images",
    params(("id" = SessionId, Path), ("image" = ImageId, Path)),
    responses((status = 200, content_type = "image/*", body = Vec<u8>), (status = 404, body = Problem)))]
async fn get_thumbnail(ctx: Ctx, Path((id, image)): Path<(SessionId, ImageId)>) -> Result<Response, AppError> {
    give(&ctx, id, image, Part::Small).await
}

async fn give(ctx: &Ctx, session: SessionId, image: ImageId, part: Part) -> Result<Response, AppError> {
    let (kind, bytes) = super::read(ctx, session, image, part).await?;
    let headers = [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The style is the browser's own, for an image in a tab of its own.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    Ok((headers, bytes).into_response())
}
