//! The file in the body of a request: as the body itself, or as the field `file` of a form.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, header},
};
use futures::StreamExt;

use crate::{
    error::AppError,
    pilot::images::{FILE_LIMIT, TOO_LARGE},
};

/// Room for what a form has around its file.
pub const BODY_LIMIT: usize = FILE_LIMIT + 64 * 1024;
/// Of a body that is too large so much is read and thrown away: who is still sending would not hear the answer.
const HEARD_OUT: usize = 64 << 20;

/// The file that was sent.
pub async fn file(request: Request) -> Result<Bytes, AppError> {
    let (parts, body) = request.into_parts();
    match essence(&parts.headers).as_str() {
        "multipart/form-data" => {
            let bytes = read(&parts.headers, body, BODY_LIMIT).await?;
            of_form(Request::from_parts(parts, Body::from(bytes))).await
        }
        kind if kind.starts_with("image/") => read(&parts.headers, body, FILE_LIMIT).await,
        kind => Err(AppError::UnsupportedMedia {
            detail: format!(
                "Send the image itself with its content type, as image/png, or multipart/form-data with a field `file`{}.",
                if kind.is_empty() { String::new() } else { format!(", not {kind}") }
            ),
        }),
    }
}

fn essence(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, AppError> {
    let too_large = || AppError::TooLarge { detail: TOO_LARGE.to_owned() };
    let told = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|length| length > HEARD_OUT) {
        return Err(too_large());
    }
    let (mut bytes, mut seen) = (Vec::with_capacity(told.unwrap_or_default().min(limit)), 0_usize);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| AppError::malformed("The file did not arrive whole. Send it again."))?;
        seen += chunk.len();
        match seen {
            seen if seen <= limit => bytes.extend_from_slice(&chunk),
            seen if seen <= HEARD_OUT => bytes = Vec::new(),
            _ => break,
        }
    }
    if seen > limit { Err(too_large()) } else { Ok(bytes.into()) }
}

async fn of_form(request: Request) -> Result<Bytes, AppError> {
    let unread = |_| AppError::malformed("The form cannot be read.");
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|_| AppError::malformed("The form names no boundary."))?;
    while let Some(field) = form.next_field().await.map_err(unread)? {
        if field.name() == Some("file") {
            return field.bytes().await.map_err(unread);
        }
    }
    Err(AppError::invalid("file", "The form has no field `file` with an image in it."))
}
