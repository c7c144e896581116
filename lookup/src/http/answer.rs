//! Answers: JSON of one size class, never to be stored.
//!
//! Every body is filled with spaces to a multiple of [`SIZE_CLASS`], so that its length does not tell
//! whether somebody was found. A proxy in front must not compress them, which would undo this.

use std::fmt::Display;
use std::hint::black_box;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use model::lookup::{EmailAnswer, Info, OpensAt, Refusal, RefusalCode, TteAnswer};
use serde::Serialize;

use super::limit::TooMany;
use super::outcome::{Handled, Outcome, Route};

/// Length of answers, in bytes; twice it for the rare one that does not fit.
pub const SIZE_CLASS: usize = 1024;

/// Why a request is not answered.
pub enum Refused {
    /// For a reason that says everything.
    Because(RefusalCode),
    /// Outside opening hours.
    Closed(Box<OpensAt>),
    /// Too many questions.
    TooMany(TooMany),
    /// Another method is needed.
    Method(Method),
}

impl Refused {
    /// The service itself fails. The cause, which names nobody, goes to the operator.
    pub fn fault(cause: impl Display) -> Self {
        tracing::error!(%cause, "the look-up failed");
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

    fn outcome(&self) -> Outcome {
        match self {
            Self::Because(code) => Outcome::of_refusal(*code),
            Self::Closed(_) => Outcome::Closed,
            Self::TooMany(too_many) => Outcome::Limited(too_many.limit),
            Self::Method(_) => Outcome::Method,
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
            Self::TooMany(too_many) => {
                refusal.retry_after = Some(too_many.seconds);
                extra = Some((header::RETRY_AFTER, HeaderValue::from(too_many.seconds)));
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

/// What a route answers.
pub trait Answer: Serialize {
    /// Whether anything was found.
    fn is_found(&self) -> bool;
}

impl Answer for EmailAnswer {
    fn is_found(&self) -> bool {
        !self.accounts.is_empty()
    }
}

impl Answer for TteAnswer {
    fn is_found(&self) -> bool {
        self.status.is_some()
    }
}

impl Answer for Info {
    fn is_found(&self) -> bool {
        true
    }
}

/// The response of `route`; it carries, for the log, what became of the request.
pub fn respond<T: Answer>(route: Route, answer: Result<T, Refused>) -> Response {
    let (outcome, mut response) = match answer {
        Ok(answer) => {
            let outcome = if answer.is_found() {
                Outcome::Ok
            } else {
                Outcome::None
            };
            (outcome, json(StatusCode::OK, &answer))
        }
        Err(refused) => (refused.outcome(), refused.into_response()),
    };
    response.extensions_mut().insert(Handled { route, outcome });
    response
}

/// The response of `route` to a question about people. The second answer is about those who were not asked for, or
/// about nobody: it is written like the first and thrown away, so that both together take the same time whoever
/// was found.
pub fn respond_alike<T: Answer>(route: Route, answers: Result<(T, T), Refused>) -> Response {
    let answer = answers.map(|(answer, other)| {
        drop(black_box(serde_json::to_vec(&other)));
        answer
    });
    respond(route, answer)
}

/// The response to a request that meets no route.
pub fn refuse(refused: Refused) -> Response {
    respond::<Info>(Route::Other, Err(refused))
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
