//! The frame of REST v1: problem+json for every error, typed extractors, and the OpenAPI document.

use axum::{
    Json as AxumJson,
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Path as AxumPath, Query as AxumQuery, Request, rejection::BytesRejection,
    },
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::openapi::{
    self, Content, OpenApi, Ref, RefOr, ResponseBuilder,
    path::{Parameter, ParameterIn},
};

use crate::{
    error::AppError,
    server::{context::Ctx, middleware::Auth},
};

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("/problems/{}", self.code()),
            "title": self.title(),
            "status": self.status(),
            "code": self.code(),
            "detail": self.detail(),
        });
        if let Value::Object(map) = &mut body {
            match &self {
                Self::Invalid { errors } => drop(map.insert("errors".to_owned(), json!(errors))),
                Self::Conflict { subject, statements, .. } => {
                    if let Some(subject) = subject {
                        map.insert("turn_id".to_owned(), json!(subject));
                    }
                    if !statements.is_empty() {
                        map.insert("statements".to_owned(), json!(statements));
                    }
                }
                _ => {}
            }
        }
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, AxumJson(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Self::TooMany { retry_after_seconds } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds));
        }
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        match parts.extensions.get::<Auth>() {
            Some(Auth::Person(ctx)) => Ok(ctx.clone()),
            Some(Auth::Nobody(reason)) => Err(AppError::signed_out(*reason)),
            None => Err(AppError::internal()),
        }
    }
}

/// A JSON body; what is wrong with it is said with its place.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("application/json");
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" && !essence.ends_with("+json") {
            return Err(AppError::UnsupportedMedia {
                detail: format!("Send the body as application/json, not as {essence}."),
            });
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(inner) if inner.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                AppError::TooLarge { detail: "The request is too large: 512 kB at most.".to_owned() }
            }
            other => AppError::malformed(other.body_text()),
        })?;
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // serde would also take the values of an object without their names, as a list.
        if bytes.trim_ascii_start().starts_with(b"[") {
            return Err(AppError::malformed("The body is a list, where an object with names is expected."));
        }
        serde_json::from_slice(bytes).map(Self).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                AppError::malformed(format!("The JSON does not have the expected form: {error}."))
            }
            _ => AppError::malformed(format!("The body is not JSON: {error}.")),
        })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        AxumJson(self.0).into_response()
    }
}

/// Ids in the path. What is no id names nothing.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        AxumPath::from_request_parts(parts, state)
            .await
            .map(|AxumPath(ids)| Self(ids))
            .map_err(|_| AppError::not_found("resource"))
    }
}

/// The query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        AxumQuery::from_request_parts(parts, state)
            .await
            .map(|AxumQuery(query)| Self(query))
            .map_err(|rejection| AppError::malformed(format!("{}.", rejection.body_text())))
    }
}

/// The caller's key that makes a repeat safe.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, AppError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key
        .to_str()
        .map_err(|_| AppError::malformed("The Idempotency-Key has characters that no header should have."))?;
    Ok(Some(key.to_owned()))
}

/// What the frame answers for every route, declared here once: nobody is signed in, the role is too low, too many writes, a body
/// or a query that cannot be read, an id that names nothing, our own fault, a
/// part that is away.
pub fn declare_frame(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (false, &mut item.get),
            (true, &mut item.post),
            (true, &mut item.put),
            (true, &mut item.patch),
            (true, &mut item.delete),
        ];
        for (writes, operation) in operations {
            let Some(operation) = operation else { continue };
            let (body, named) = (operation.request_body.is_some(), path.contains('{'));
            let reads = body || operation.parameters.iter().flatten().any(in_query);
            let answers = [
                (true, "401", "Nobody is signed in."),
                (true, "403", "The person may not do this."),
                (true, "500", "Something went wrong on our side."),
                (true, "503", "A part that is needed is away; try again in a moment."),
                (reads, "400", "The request cannot be read."),
                (named, "404", "There is no such thing, or it is somebody else's."),
                (body, "413", "The body is too large."),
                (body, "415", "The body is of a type that is not taken."),
                (writes, "429", "Too many requests; `Retry-After` says when to try again."),
            ];
            for (_, status, words) in answers.into_iter().filter(|(applies, ..)| *applies) {
                operation.responses.responses.entry(status.to_owned()).or_insert_with(|| problem(words));
            }
        }
    }
}

fn in_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}

fn problem(words: &str) -> RefOr<openapi::Response> {
    let schema = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(words).content("application/problem+json", schema).build().into()
}

/// A 404 for what is under `/api` and no route.
pub async fn no_such_route() -> AppError {
    AppError::not_found("address in this API")
}

/// A 405 for the wrong method on a route.
pub async fn wrong_method() -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let problem = json!({
        "type": "/problems/method_not_allowed",
        "title": "The address does not take this method",
        "status": status.as_u16(),
        "code": "method_not_allowed",
        "detail": "This address exists, but not for this method. /api/v1/docs says which it takes.",
    });
    let kind = HeaderValue::from_static("application/problem+json");
    (status, [(header::CONTENT_TYPE, kind)], AxumJson(problem)).into_response()
}
