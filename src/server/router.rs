//! Every HTTP route on one page: path → handler. REST v1's paths stand with their handlers in the slices' `rest.rs`, which are
//! listed here; server functions under `/rpc` are Leptos' own.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRef, Path, State, WebSocketUpgrade},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::{from_fn, from_fn_with_state},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use leptos::prelude::{LeptosOptions, expect_context, provide_context, use_context, view};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use metrics_exporter_prometheus::PrometheusHandle;
use tower::ServiceExt;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, services::ServeDir, set_header::SetResponseHeaderLayer,
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use super::{
    context::{Ctx, Platform},
    docs, middleware, rest,
};
use crate::{
    accounts::{
        self,
        server::cookie,
        types::{Theme, Visitor},
    },
    app::{App, shell},
    error::AppError,
    flows, pilot,
    server::middleware::Auth,
    tickets,
};

const BODY_LIMIT: usize = 512 * 1024;

/// What handlers can ask for.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub platform: Arc<Platform>,
    pub options: LeptosOptions,
    pub metrics: Option<PrometheusHandle>,
}

#[derive(OpenApi)]
#[openapi(info(title = "FlowPilot", description = "Sessions, facts, fixes and notes over HTTP. Sign in with a personal access token: `Authorization: Bearer fp_…`."),
    servers((url = "/api/v1")), security(("token" = [])), modifiers(&SignedIn))]
struct Document;

/// How one signs in, for the document.
struct SignedIn;

impl Modify for SignedIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("token", token);
    }
}

/// REST v1: handlers and document come from the same list, so they cannot drift.
pub fn api() -> (Router<AppState>, utoipa::openapi::OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(pilot::server::rest::router())
        .merge(tickets::server::rest::router())
        .merge(flows::server::rest::router())
        .merge(accounts::server::rest::router())
        .split_for_parts();
    rest::declare_frame(&mut document);
    (router, document)
}

/// All pages. Listed once a process: while Leptos lists them, readings of pages that are drawn elsewhere would wait for ever
/// (leptos-rs/leptos#4773).
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(|| view! { <App/> }));

/// The whole application.
pub fn router(state: AppState) -> Router {
    let (api, document) = api();
    let document: Arc<utoipa::openapi::OpenApi> = Arc::new(document);
    let page_document = Arc::clone(&document);
    let style = stylesheet(&state.options);
    let platform = Arc::clone(&state.platform);
    let (options, contexts) = (state.options.clone(), Arc::clone(&platform));
    let api = api
        .route("/openapi.json", get(move || async move { Json(Arc::unwrap_or_clone(document)) }))
        .route("/docs", get(move || async move { docs::page(&page_document, &style) }))
        .fallback(rest::no_such_route)
        .method_not_allowed_fallback(rest::wrong_method);
    let pages = Router::new()
        .leptos_routes_with_context(
            &state,
            PAGES.clone(),
            move || page_context(&contexts),
            move || shell(options.clone()),
        )
        .layer(from_fn_with_state(Arc::clone(&platform), middleware::door));
    Router::new()
        .nest("/api/v1", api)
        .route("/live", get(live))
        .route("/assistant", get(|| async { Redirect::permanent("/pilot") }))
        .route(
            "/assistant/{id}",
            get(|Path(id): Path<String>| async move { Redirect::permanent(&format!("/pilot/{id}")) }),
        )
        .merge(pages)
        .layer(from_fn(middleware::server_function_errors))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(Arc::clone(&platform), middleware::authenticate))
        // Below: without signing in.
        .route("/hooks/psa/{token}", post(accounts::server::psa_hook).layer(DefaultBodyLimit::max(BODY_LIMIT)))
        .nest_service(&format!("/{}", state.options.site_pkg_dir), packages(&state.options))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(public)
        .layer(from_fn(middleware::secure))
        .layer(from_fn(middleware::trace))
        .layer(CatchPanicLayer::custom(|_| AppError::internal().into_response()))
        .with_state(state)
}

/// The address of the style sheet, whose name changes with its content.
fn stylesheet(options: &LeptosOptions) -> String {
    let folder = std::fs::read_dir(format!("{}/{}", options.site_root, options.site_pkg_dir));
    let names = folder.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let name =
        names.filter(|name| name.ends_with(".css")).max().unwrap_or_else(|| format!("{}.css", options.output_name));
    format!("/{}/{name}", options.site_pkg_dir)
}

/// The bundle: its file names change with its content, so it may be kept for ever. Compressed at build.
fn packages(options: &LeptosOptions) -> Router {
    let folder = format!("{}/{}", options.site_root, options.site_pkg_dir);
    let kept = if options.hash_files { "public, max-age=31536000, immutable" } else { "no-cache" };
    Router::new()
        .fallback_service(ServeDir::new(folder).precompressed_br().precompressed_gzip())
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static(kept)))
}

/// Files of `public/`, else the application's own *not found* page.
async fn public(
    State(options): State<LeptosOptions>,
    State(platform): State<Arc<Platform>>,
    request: axum::extract::Request,
) -> Response {
    let file = axum::http::Request::builder().uri(request.uri().clone()).body(axum::body::Body::empty());
    if let Ok(file) = file
        && let Ok(found) =
            ServeDir::new(&*options.site_root).append_index_html_on_directories(false).oneshot(file).await
        && found.status() == StatusCode::OK
    {
        return found.into_response();
    }
    not_found_page(options, platform, request).await
}

async fn not_found_page(options: LeptosOptions, platform: Arc<Platform>, request: axum::extract::Request) -> Response {
    let render =
        leptos_axum::render_app_to_stream_with_context(move || page_context(&platform), move || shell(options.clone()));
    let mut response = render(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// What pages and server functions find in their context: the platform, who asks, the theme of the cookie, and, for pages, a
/// policy that allows their own scripts and nobody else's.
fn page_context(platform: &Arc<Platform>) {
    provide_context(Arc::clone(platform));
    let parts = use_context::<Parts>();
    let theme = parts.as_ref().and_then(|parts| cookie(&parts.headers, "fp_theme")?.parse::<Theme>().ok());
    provide_context(theme.unwrap_or(Theme::System));
    provide_context(parts.and_then(|parts| parts.extensions.get::<Visitor>().cloned()).unwrap_or_default());
    if let Some(nonce) = leptos::nonce::use_nonce()
        && let Ok(policy) = HeaderValue::from_str(&middleware::page_policy(&nonce))
    {
        expect_context::<ResponseOptions>().insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

async fn live(upgrade: WebSocketUpgrade, axum::Extension(auth): axum::Extension<Auth>) -> Response {
    match auth {
        Auth::Person(ctx) => upgrade
            .max_message_size(4096)
            .on_upgrade(move |socket| pilot::server::live::serve_socket(ctx, socket))
            .into_response(),
        Auth::Nobody(reason) => AppError::signed_out(reason).into_response(),
    }
}

async fn ready(State(platform): State<Arc<Platform>>) -> Response {
    if platform.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping").into_response();
    }
    match tokio::time::timeout(Duration::from_secs(2), platform.db.ping()).await {
        Ok(Ok(())) => "ready".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached").into_response(),
    }
}

async fn metrics(State(metrics): State<Option<PrometheusHandle>>, State(platform): State<Arc<Platform>>) -> Response {
    metrics::gauge!("flowpilot_followed_sessions")
        .set(f64::from(u32::try_from(platform.hub.followed()).unwrap_or(u32::MAX)));
    match metrics {
        Some(metrics) => {
            metrics.run_upkeep();
            metrics.render().into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// An error as a page that needs nothing else to work, for when the application cannot render.
pub fn plain_page(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{0}</title>\
         <h1>{0}</h1><p>{1}</p><p><a href=\"\">Try again</a></p></html>",
        text(error.title()),
        text(&error.detail())
    );
    (status, Html(page)).into_response()
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").finish_non_exhaustive()
    }
}

/// Made for a request by nobody: the CLI and tests.
pub fn context_of(platform: &Arc<Platform>, account: crate::ids::AccountId, user: crate::ids::UserId) -> Ctx {
    Ctx {
        platform: Arc::clone(platform),
        account,
        actor: super::context::Actor { user, role: crate::accounts::types::UserRole::Owner },
        credential: super::context::Credential::Cli,
        request_id: uuid::Uuid::now_v7().to_string().into(),
    }
}
