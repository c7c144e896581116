//! Answers requests: the site and its look-ups, and the two addresses by which pages follow the build.

use std::path::Path;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

use super::live::Live;
use super::practice::Lookup;

const NO_STORE: (HeaderName, HeaderValue) = (CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// The whole server.
pub(super) fn router(live: Live) -> Router {
    Router::new()
        .route(
            "/__pandu/events",
            get(async |State(live): State<Live>| live.events()),
        )
        .route("/__pandu/reload.js", get(script))
        .fallback(shown)
        .with_state(live)
}

/// What is shown once a build succeeded: the files in `out`, and the look-ups beside them.
pub(super) fn site(out: &Path, lookups: Vec<Lookup>) -> Router {
    let missing = ServeFile::new(out.join("404.html"));
    let files = Router::new()
        .fallback_service(ServeDir::new(out).not_found_service(missing))
        .layer(from_fn(as_edited));
    lookups
        .into_iter()
        .fold(files, |site, lookup| site.nest(&lookup.path, lookup.router))
}

/// Pages are never kept, since the next one may differ; the rest is asked for again each time.
async fn as_edited(request: Request, next: Next) -> Response {
    let kind = lookup::content_type(request.uri().path());
    let mut response = next.run(request).await;
    let is_there = response.status().is_success();
    let headers = response.headers_mut();
    if let Some(kind) = kind.filter(|_| is_there) {
        headers.insert(CONTENT_TYPE, kind);
    }
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let keep = if is_page { "no-store" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn script() -> impl IntoResponse {
    let kind = (CONTENT_TYPE, HeaderValue::from_static("text/javascript"));
    ([kind, NO_STORE], include_str!("reload.js"))
}

async fn shown(State(live): State<Live>, request: Request) -> Response {
    let state = live.now();
    match state.site {
        Some(site) => site.oneshot(request).await.into_response(),
        None => {
            let page = if state.failed {
                include_str!("failed.html")
            } else {
                include_str!("waiting.html")
            };
            (StatusCode::SERVICE_UNAVAILABLE, [NO_STORE], Html(page)).into_response()
        }
    }
}
