//! The log: to standard error, one line an event, never anything that tells who asked, from where, or about whom.
//!
//! | event | level | fields |
//! |---|---|---|
//! | `request` | INFO | `route` (email, tte, info, openapi, other, site), `outcome` (see [`Outcome`]), `ms` |
//! | `serving` | INFO | `agency`, `data_date`, `people`, `practice` |
//! | `answering from a new snapshot` | INFO | `data_date`, `people` |
//! | `going on with the previous snapshot` | WARN | `cause` |
//! | `the key file was read again` | INFO | `versions` |
//! | `going on with the versions of the key that are known` | WARN | `cause` |
//! | `… is not offered: the profile demands …` | WARN | |
//! | `alarm: …` | WARN | `answered` |
//! | `a table of the limits is full…` | WARN | `entries` |
//! | `esign is left alone…` | WARN | `cause` (a class), `seconds` |
//! | `esign answers again…` | INFO | |
//! | `esign gives a status that is none of the nine…` | WARN | |
//! | `stopping`, `stopped` | INFO | |
//! | `the look-up failed`, `the program broke` | ERROR | `cause`, `place` |
//!
//! Libraries below cannot write into it: what they would say is not ours to vouch for. Neither can a panic's
//! message, of which only the place in the source is written.

use std::panic;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::http::outcome::{Handled, Outcome, Route};
use crate::metrics::Metrics;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// To be read: `2026-11-23T01:02:03.000004Z  INFO request route=email outcome=ok ms=0.4`.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// From now on everything is logged to standard error. Only the first call has an effect.
pub fn log_to_stderr(format: LogFormat) {
    let ours = Targets::new().with_target("lookup", LevelFilter::INFO);
    let registry = tracing_subscriber::registry().with(ours);
    let layer = fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(false);
    let first = match format {
        LogFormat::Text => registry.with(layer).try_init(),
        LogFormat::Json => {
            let layer = layer
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false);
            registry.with(layer).try_init()
        }
    };
    if first.is_ok() {
        panic::set_hook(Box::new(|info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "the program broke");
        }));
    }
}

/// Logs and counts what became of a request.
pub async fn request(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let response = next.run(request).await;
    let handled = response.extensions().get::<Handled>();
    let Handled { route, outcome } = handled.copied().unwrap_or_else(|| Handled {
        route: Route::Site,
        outcome: of_file(response.status()),
    });
    let took = start.elapsed();
    metrics.count(Handled { route, outcome }, took);
    let ms = (took.as_secs_f64() * 10_000.0).round() / 10.0;
    tracing::info!(%route, %outcome, ms, "request");
    response
}

/// What became of a request for a file.
fn of_file(status: StatusCode) -> Outcome {
    match status {
        StatusCode::NOT_FOUND => Outcome::None,
        StatusCode::METHOD_NOT_ALLOWED => Outcome::Method,
        status if status.is_client_error() => Outcome::Malformed,
        status if status.is_server_error() => Outcome::Fault,
        _ => Outcome::Ok,
    }
}
