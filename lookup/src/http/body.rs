//! Request bodies: small, JSON, and of exactly the form that is expected.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use model::lookup::RefusalCode;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use super::answer::Refused;

/// The largest body that is read, in bytes. The router's layer `DefaultBodyLimit` enforces it.
pub const MAX_BYTES: usize = 1024;

/// A body that takes longer to arrive is not waited for.
const MAX_WAIT: Duration = Duration::from_secs(15);

/// Reads the body of a request. What is wrong with it is told without repeating any of it.
pub async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Refused> {
    if !is_json(request.headers()) {
        return Err(Refused::Because(RefusalCode::UnsupportedMediaType));
    }
    let too_large = || Refused::Because(RefusalCode::BodyTooLarge);
    let malformed = || Refused::Because(RefusalCode::MalformedBody);
    let bytes = match tokio::time::timeout(MAX_WAIT, Bytes::from_request(request, &())).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)))) => {
            return Err(too_large());
        }
        Ok(Err(_)) | Err(_) => return Err(malformed()),
    };
    let read = serde_json::from_slice(&bytes).map_err(|_| malformed());
    // Where the connection still holds it, it is cleared with the connection's buffer.
    if let Ok(mut own) = bytes.try_into_mut() {
        own.as_mut().zeroize();
    }
    read
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = value.split_once(';').map_or(value, |(kind, _)| kind);
    kind.trim().eq_ignore_ascii_case("application/json")
}
