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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::body::Body;
    use model::lookup::{EmailQuery, TteQuery};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn read_as<T: DeserializeOwned>(kind: &[u8], body: &[u8]) -> Result<T, Refused> {
        let request = Request::builder()
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_vec()))
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(read(request))
    }

    fn is_refused<T>(read: &Result<T, Refused>, code: RefusalCode) -> bool {
        matches!(read, Err(Refused::Because(refused)) if *refused == code)
    }

    /// What bodies are made of, whole and broken.
    fn body() -> impl Strategy<Value = Vec<u8>> {
        let pieces: [&[u8]; 16] = [
            b"{",
            b"}",
            b"[",
            b"\"nip\"",
            b"\"nama\"",
            b"\"email\"",
            b":",
            b",",
            b"\"198001312005011999\"",
            b"198001312005011999",
            b"null",
            b"\"\\ud800\"",
            b"\"\\u0000\"",
            b"1e999",
            b"\xff",
            b" ",
        ];
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..20)
                .prop_map(|pieces| pieces.concat()),
        ]
    }

    proptest! {
        /// Any body is read or refused as malformed, and nothing is read out of what is no JSON.
        #[test]
        fn any_body_is_read_or_refused(body in body()) {
            let is_json = serde_json::from_slice::<Value>(&body).is_ok();
            let read = read_as::<EmailQuery>(b"application/json", &body);
            prop_assert!(is_refused(&read, RefusalCode::MalformedBody) || (read.is_ok() && is_json));
            let read = read_as::<TteQuery>(b"application/json", &body);
            prop_assert!(is_refused(&read, RefusalCode::MalformedBody) || (read.is_ok() && is_json));
        }

        /// Text comes out as it went in, whatever it holds.
        #[test]
        fn text_comes_out_as_it_went_in(text in "\\PC{0,80}") {
            let body = serde_json::to_vec(&[&text]).unwrap();
            let read = read_as::<Vec<String>>(b"application/json; charset=utf-8", &body);
            prop_assert!(read.is_ok_and(|read| read == [text]));
        }

        /// No other content type is read at all.
        #[test]
        fn other_types_are_refused(kind in "[!-~]{0,30}") {
            prop_assume!(!kind.to_ascii_lowercase().starts_with("application/json"));
            let read = read_as::<Value>(kind.as_bytes(), b"{}");
            prop_assert!(is_refused(&read, RefusalCode::UnsupportedMediaType));
        }
    }
}
