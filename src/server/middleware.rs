//! What happens to every request before its handler: an id, who asks, whether a browser may be made to ask, how often, and
//! the headers that keep a page from doing what it should not.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    accounts::{self, server::Door},
    error::{AppError, SignedOut},
    server::context::{Credential, Ctx, Platform},
};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Who asks, in the request's extensions.
#[derive(Debug, Clone)]
pub enum Auth {
    Person(Ctx),
    Nobody(SignedOut),
}

/// Gives the request an id, a span and a log line.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let id: Arc<str> = Uuid::now_v7().to_string().into();
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    // The end of a hook's address is a secret.
    let path = match request.uri().path() {
        path if path.starts_with("/hooks/") => "/hooks/",
        path => path,
    };
    let span = tracing::info_span!("request", request.id = %id, http.method = %request.method(), http.path = path);
    let started = std::time::Instant::now();
    async move {
        let mut response = next.run(request).await;
        let status = response.status();
        metrics::counter!("flowpilot_requests_total", "status" => status.as_u16().to_string()).increment(1);
        metrics::histogram!("flowpilot_request_seconds").record(started.elapsed().as_secs_f64());
        if status.is_server_error() {
            tracing::warn!(http.status = status.as_u16(), "A request failed.");
        } else {
            tracing::debug!(
                http.status = status.as_u16(),
                http.seconds = started.elapsed().as_secs_f64(),
                "A request was answered."
            );
        }
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID.clone(), value);
        }
        response
    }
    .instrument(span)
    .await
}

/// The id of a request, as it stands in the log and in `x-request-id`.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

/// Finds out who asks, refuses forged and flooding writes.
pub async fn authenticate(State(platform): State<Arc<Platform>>, mut request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>().map(|id| Arc::clone(&id.0)).unwrap_or_default();
    let auth =
        match accounts::server::authenticate(&platform, request.uri().path(), request.headers(), request_id).await {
            Ok(auth) => auth,
            Err(error) => return refuse(&error, &request),
        };
    if let Err(error) = check(&platform, &auth, &request) {
        return refuse(&error, &request);
    }
    request.extensions_mut().insert(auth);
    next.run(request).await
}

fn check(platform: &Platform, auth: &Auth, request: &Request) -> Result<(), AppError> {
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let upgrades = request.headers().contains_key(header::UPGRADE);
    let by_cookie = !matches!(auth, Auth::Person(ctx) if matches!(ctx.credential, Credential::Token(_)));
    if (writes || upgrades) && by_cookie {
        check_origin(request.headers(), matches!(auth, Auth::Person(_)))?;
    }
    if let Auth::Person(ctx) = auth
        && writes
    {
        platform.floods.write(ctx.account, ctx.actor.user)?;
    }
    Ok(())
}

/// A browser says where a write comes from. One that came with a cookie and does not say so is refused.
fn check_origin(headers: &HeaderMap, signed_in: bool) -> Result<(), AppError> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let own = match (text(&header::ORIGIN), text(&HeaderName::from_static("sec-fetch-site"))) {
        (Some(origin), _) => {
            let host =
                text(&HeaderName::from_static("x-forwarded-host")).or_else(|| text(&header::HOST)).unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        }
        (None, Some(site)) => site == "same-origin",
        (None, None) => !signed_in,
    };
    if own { Ok(()) } else { Err(AppError::forbidden("This request did not come from FlowPilot's own pages.")) }
}

fn refuse(error: &AppError, request: &Request) -> Response {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_page = !request.uri().path().starts_with("/api/");
    if is_page && accept.is_some_and(|accept| accept.contains("text/html")) {
        return super::router::plain_page(error);
    }
    if request.uri().path().starts_with(SERVER_FUNCTIONS) {
        return with_status(error, serde_json::to_vec(error).unwrap_or_default().into());
    }
    error.clone().into_response()
}

/// Lets a page be rendered only for who may have it, and tells it who that is.
pub async fn door(State(platform): State<Arc<Platform>>, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(SERVER_FUNCTIONS) {
        return next.run(request).await;
    }
    let Some(auth) = request.extensions().get::<Auth>() else { return AppError::internal().into_response() };
    match accounts::server::door(&platform, auth, request.uri()).await {
        Ok(Door::Open(visitor)) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Ok(Door::Elsewhere(address)) => Redirect::to(&address).into_response(),
        Err(error) => refuse(&error, &request),
    }
}

const SERVER_FUNCTIONS: &str = "/rpc/";
/// An error of a server function is a few sentences.
const ERROR_LIMIT: usize = 64 * 1024;

/// Gives a server function's error the status that goes with it, where Leptos says 500 to all of them. A plain form's error has
/// become a redirect to the page it came from, and stays one.
pub async fn server_function_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let failed = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !failed {
        return response;
    }
    let Ok(body) = to_bytes(response.into_body(), ERROR_LIMIT).await else {
        return AppError::internal().into_response();
    };
    match serde_json::from_slice(&body) {
        Ok(error) => with_status(&error, body.into()),
        Err(_) => AppError::internal().into_response(),
    }
}

/// The error as the browser's half of a server function reads it, under the status and headers of its problem.
fn with_status(error: &AppError, body: Body) -> Response {
    let (mut parts, _) = error.clone().into_response().into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.insert(SERVER_FN_ERROR_HEADER, HeaderValue::from_static("true"));
    Response::from_parts(parts, body)
}

/// Headers of every answer. The content security policy of pages needs their nonce and is set where they are rendered.
pub async fn secure(request: Request, next: Next) -> Response {
    let https = request.headers().get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// The policy of a page whose scripts carry this nonce.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
}
