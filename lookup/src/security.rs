//! Headers that tell browsers what is not done with anything served here.
//!
//! Pages bring their own Content-Security-Policy in themselves; `frame-ancestors` counts only in a header.
//! Strict-Transport-Security (RFC 6797) belongs to whoever speaks TLS: this server, or the proxy in front.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

const HEADERS: [(HeaderName, &str); 6] = [
    (
        HeaderName::from_static("content-security-policy"),
        "frame-ancestors 'none'",
    ),
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
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
    let only_tls = speaks_tls.then_some(ONLY_TLS);
    for (name, value) in HEADERS.into_iter().chain(only_tls) {
        let value = HeaderValue::from_static(value);
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
