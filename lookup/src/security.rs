//! Headers that tell browsers what is not done with anything served here.
//!
//! Pages bring their own Content-Security-Policy in themselves; `frame-ancestors` counts only in a header.
//! Strict-Transport-Security (RFC 6797) belongs to whoever speaks TLS: this server, or the proxy in front.

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// On everything.
const ALWAYS: (HeaderName, &str) = (HeaderName::from_static("x-content-type-options"), "nosniff");

/// On pages and answers. Not on what pages load, of which a telephone would have to fetch them each time.
const ON_DOCUMENTS: [(HeaderName, &str); 4] = [
    (
        HeaderName::from_static("content-security-policy"),
        "frame-ancestors 'none'",
    ),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// For a year, a browser that came by TLS comes by TLS.
const ONLY_TLS: (HeaderName, &str) = (
    HeaderName::from_static("strict-transport-security"),
    "max-age=31536000",
);

/// Adds them to whatever is served; `speaks_tls` where this server does.
pub async fn add_headers(State(speaks_tls): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_loaded = !kind.starts_with("text/html") && !kind.starts_with("application/json");
    let only_tls = (speaks_tls && !is_loaded).then_some(ONLY_TLS);
    let on_documents = ON_DOCUMENTS.into_iter().filter(|_| !is_loaded);
    for (name, value) in std::iter::once(ALWAYS).chain(on_documents).chain(only_tls) {
        let value = HeaderValue::from_static(value);
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
