//! Answers: JSON of one size class, never to be stored.
//!
//! Every body is filled with spaces to a multiple of [`SIZE_CLASS`], so that its length does not tell
//! whether somebody was found. A proxy in front must not compress them, which would undo this.

use std::fmt::Display;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use model::lookup::{OpensAt, Refusal, RefusalCode};
use serde::Serialize;

/// Length of answers, in bytes; twice it for the rare one that does not fit.
pub const SIZE_CLASS: usize = 1024;

/// Why a request is not answered.
pub enum Refused {
    /// For a reason that says everything.
    Because(RefusalCode),
    /// Outside opening hours.
    Closed(Box<OpensAt>),
    /// Too many requests; the next may come after so many seconds.
    TooMany(u32),
    /// Another method is needed.
    Method(Method),
}

impl Refused {
    /// The service itself fails. The cause, which names nobody, goes to the operator.
    pub fn fault(cause: impl Display) -> Self {
        eprintln!("error: the look-up failed: {cause}");
        Self::Because(RefusalCode::Fault)
    }

    fn code(&self) -> RefusalCode {
        match self {
            Self::Because(code) => *code,
            Self::Closed(_) => RefusalCode::Closed,
            Self::TooMany(_) => RefusalCode::TooManyRequests,
            Self::Method(_) => RefusalCode::MethodNotAllowed,
        }
    }

    fn into_response(self) -> Response {
        let code = self.code();
        let mut refusal = Refusal {
            code,
            message: code.message().to_owned(),
            opens_at: None,
            retry_after: None,
        };
        let mut extra = None;
        match self {
            Self::Because(_) => {}
            Self::Closed(opens_at) => refusal.opens_at = Some(*opens_at),
            Self::TooMany(seconds) => {
                refusal.retry_after = Some(seconds);
                extra = Some((header::RETRY_AFTER, HeaderValue::from(seconds)));
            }
            Self::Method(allowed) => {
                extra = HeaderValue::from_str(allowed.as_str())
                    .ok()
                    .map(|allowed| (header::ALLOW, allowed));
            }
        }
        let mut response = json(status(code), &refusal);
        response.headers_mut().extend(extra);
        response
    }
}

fn status(code: RefusalCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The response for an answer or a refusal.
pub fn respond<T: Serialize>(answer: Result<T, Refused>) -> Response {
    match answer {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(refused) => refused.into_response(),
    }
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    // Our own types always serialise; an empty object is a fault that clients understand as one.
    let (status, mut body) = match serde_json::to_vec(value) {
        Ok(body) => (status, body),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec()),
    };
    body.resize(body.len().next_multiple_of(SIZE_CLASS), b' ');
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
