//! Talks to the look-up over HTTP.
//!
//! Nothing personal stands in a URL.

use std::time::Duration;

use gloo_net::http::{Method, RequestBuilder};
use leptos::prelude::*;
use model::lookup::{EmailAnswer, Info, Refusal, TteAnswer};
use serde::de::DeserializeOwned;
use web_sys::{AbortController, RequestCache};

use super::way::Query;
use crate::json;

/// An answer to a query.
pub enum Reply {
    /// Of `email`.
    Email(EmailAnswer),
    /// Of `tte`.
    Tte(TteAnswer),
}

/// Why there is no answer.
pub enum Failure {
    /// The device is not connected.
    Offline,
    /// No answer within [`PATIENCE`].
    TimedOut,
    /// No look-up answers at that address, or not in its language.
    Unreachable,
    /// It answers, and refuses.
    Refused(Box<Refusal>),
}

/// How long an answer is waited for: slow networks need seconds, and nobody waits a minute.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// What the look-up offers.
///
/// # Errors
/// See [`Failure`].
pub async fn info(api: &str) -> Result<Info, Failure> {
    let (ok, text) = send(Method::GET, &[api, "info"].concat(), None).await?;
    read(ok, &text)
}

/// Asks the look-up.
///
/// # Errors
/// See [`Failure`].
pub async fn ask(api: &str, query: &Query) -> Result<Reply, Failure> {
    let body = json::object(&query.parts()).ok_or(Failure::Unreachable)?;
    let (ok, text) = send(Method::POST, &[api, query.route()].concat(), Some(body)).await?;
    match query.route() {
        "email" => read(ok, &text).map(Reply::Email),
        _ => read(ok, &text).map(Reply::Tte),
    }
}

/// The answer's body as what it must be, or as the refusal it is.
fn read<T: DeserializeOwned>(ok: bool, text: &str) -> Result<T, Failure> {
    if ok {
        json::parse(text).map_err(|_| Failure::Unreachable)
    } else {
        Err(json::parse(text).map_or(Failure::Unreachable, |refusal| {
            Failure::Refused(Box::new(refusal))
        }))
    }
}

/// Whether the answer is a success, and its body; waits no longer than [`PATIENCE`].
async fn send(method: Method, url: &str, body: Option<String>) -> Result<(bool, String), Failure> {
    let abort = AbortController::new().ok();
    let signal = abort.as_ref().map(AbortController::signal);
    let timer =
        abort.and_then(|abort| set_timeout_with_handle(move || abort.abort(), PATIENCE).ok());
    let answer = exchange(method, url, body, signal.as_ref()).await;
    if let Some(timer) = timer {
        timer.clear();
    }
    answer.map_err(|_| {
        if signal.is_some_and(|signal| signal.aborted()) {
            Failure::TimedOut
        } else if !window().navigator().on_line() {
            Failure::Offline
        } else {
            Failure::Unreachable
        }
    })
}

async fn exchange(
    method: Method,
    url: &str,
    body: Option<String>,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<(bool, String), gloo_net::Error> {
    let request = RequestBuilder::new(url)
        .method(method)
        .cache(RequestCache::NoStore)
        .abort_signal(signal);
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(body)?,
        None => request.build()?,
    };
    let response = request.send().await?;
    Ok((response.ok(), response.text().await?))
}
