//! The published site, served as plain files: pre-compressed where it is, cached as long as it may be.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::services::{ServeDir, ServeFile};

/// Serves the folder `dist`: `index.html` for folders, `404.html` for what is not there.
pub fn router(dist: &Path) -> Router {
    let not_found = ServeFile::new(dist.join("404.html"))
        .precompressed_br()
        .precompressed_gzip();
    let files = ServeDir::new(dist)
        .precompressed_br()
        .precompressed_gzip()
        .not_found_service(not_found);
    Router::new()
        .fallback_service(files)
        .layer(from_fn(add_headers))
}

/// What is made to be read by phones and mail programs, under names that say too little: path, type.
const TYPES: [(&str, &str); 4] = [
    (".mobileconfig", "application/x-apple-aspen-config"),
    (".webmanifest", "application/manifest+json"),
    (".conf", "text/plain; charset=utf-8"),
    ("/Caddyfile", "text/plain; charset=utf-8"),
];

/// The type of a file of the site that its name alone doesn't tell.
pub fn content_type(path: &str) -> Option<HeaderValue> {
    let known = TYPES.iter().find(|(end, _)| path.ends_with(end));
    known.map(|(_, kind)| HeaderValue::from_static(kind))
}

async fn add_headers(request: Request, next: Next) -> Response {
    // Names of files under assets/ change with their content.
    let is_asset = request
        .uri()
        .path()
        .split('/')
        .any(|segment| segment == "assets");
    let kind = content_type(request.uri().path());
    let mut response = next.run(request).await;
    let is_there = matches!(
        response.status(),
        StatusCode::OK | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT
    );
    let cache = if is_asset && is_there {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = response.headers_mut();
    if let Some(kind) = kind.filter(|_| is_there) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}
