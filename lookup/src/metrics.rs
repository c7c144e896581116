//! Metrics and health, for machines of the operator: `/metrics`, `/healthz`, `/readyz`, on an address of their own.
//!
//! Nothing here is reachable from the public address. `/metrics` is OpenMetrics text, which Prometheus reads;
//! it counts classes of requests only and names nobody.
//!
//! | metric | tells |
//! |---|---|
//! | `lookup_requests_total{route,outcome}` | requests, by the classes of the log |
//! | `lookup_request_seconds{route}` | time from the whole head of a request to its answer, a histogram |
//! | `lookup_connections_turned_away_total` | connections beyond a number |
//! | `lookup_snapshot_people` | people in the snapshot that is answered from |
//! | `lookup_snapshot_data_timestamp_seconds` | the date of its data (midnight UTC), as Unix time |
//! | `lookup_limit_entries{limit}` | clients, those of shared networks, clients by name, identifiers that are remembered |
//! | `lookup_limit_forgotten_total{limit}` | those forgotten before their time since a table was full |
//! | `lookup_answered_today` | questions answered since midnight in the agency's zone |
//! | `lookup_alarm` | 1 while these are unusually many |
//! | `lookup_names_closed` | 1 while nothing is answered by name because of that |
//! | `lookup_esign_…` | the live source of a certificate's status, where there is one; see `esign::measure` |
//!
//! `/healthz` answers 200 while the process lives. `/readyz` answers 200 while it wants requests, and 503 from
//! the moment it is told to stop, so that a balancer sends no more before the last are answered.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use crate::http::Service;
use crate::http::outcome::Handled;
use crate::serve::Phase;

type Labels<const N: usize> = [(&'static str, String); N];

/// Upper ends of the histogram's classes, in seconds: a look-up takes less than a millisecond.
const CLASSES: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];

/// What is measured.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels<2>, Counter>,
    seconds: Family<Labels<1>, Histogram>,
    turned_away: Counter,
    people: Gauge,
    data_date: Gauge,
    entries: Family<Labels<1>, Gauge>,
    forgotten: Family<Labels<1>, Counter>,
    answered: Gauge,
    alarm: Gauge,
    names_closed: Gauge,
}

impl Metrics {
    /// Nothing counted yet.
    fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("lookup"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(CLASSES)),
            turned_away: Counter::default(),
            people: Gauge::default(),
            data_date: Gauge::default(),
            entries: Family::default(),
            forgotten: Family::default(),
            answered: Gauge::default(),
            alarm: Gauge::default(),
            names_closed: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests", metrics.requests.clone());
        registry.register("request_seconds", "Time to answer", metrics.seconds.clone());
        registry.register(
            "connections_turned_away",
            "Connections beyond a number",
            metrics.turned_away.clone(),
        );
        registry.register(
            "snapshot_people",
            "People in the snapshot",
            metrics.people.clone(),
        );
        registry.register(
            "snapshot_data_timestamp_seconds",
            "Date of the data",
            metrics.data_date.clone(),
        );
        registry.register(
            "limit_entries",
            "Remembered by the limits",
            metrics.entries.clone(),
        );
        registry.register(
            "limit_forgotten",
            "Forgotten by full tables of the limits",
            metrics.forgotten.clone(),
        );
        registry.register(
            "answered_today",
            "Questions answered since midnight",
            metrics.answered.clone(),
        );
        registry.register(
            "alarm",
            "Whether unusually many were answered today",
            metrics.alarm.clone(),
        );
        registry.register(
            "names_closed",
            "Whether names are closed for today",
            metrics.names_closed.clone(),
        );
        metrics
    }

    /// Nothing counted yet, with a place for what `service` counts itself.
    pub fn of(service: &Service) -> Self {
        let mut metrics = Self::new();
        if let Some(esign) = service.esign() {
            esign.register(&mut metrics.registry);
        }
        metrics
    }

    /// Counts a request.
    pub fn count(&self, handled: Handled, took: Duration) {
        let route = ("route", handled.route.to_string());
        let outcome = ("outcome", handled.outcome.to_string());
        self.requests.get_or_create(&[route.clone(), outcome]).inc();
        self.seconds
            .get_or_create(&[route])
            .observe(took.as_secs_f64());
    }

    /// Counts a connection that was closed unanswered.
    pub fn count_turned_away(&self) {
        self.turned_away.inc();
    }

    /// All of it as text, with the service's present state.
    fn text(&self, service: &Service) -> Option<String> {
        let meta = service.snapshot();
        self.people.set(whole(meta.people));
        if let Some(seconds) = unix_time(&meta.data_date) {
            self.data_date.set(seconds);
        }
        for (name, size) in service.limiter().sizes() {
            let label = [("limit", name.to_owned())];
            self.entries.get_or_create(&label).set(whole(size.entries));
            let forgotten = self.forgotten.get_or_create(&label);
            forgotten.inc_by(size.forgotten.saturating_sub(forgotten.get()));
        }
        let day = service.day();
        self.answered.set(whole(day.answered));
        self.alarm.set(i64::from(day.alarm));
        self.names_closed.set(i64::from(day.names_closed));
        let mut text = String::new();
        encode(&mut text, &self.registry).ok()?;
        Some(text)
    }
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Midnight UTC of a date such as `2025-10-22`, in seconds since 1970.
fn unix_time(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Days from civil: years begin in March, so that leap days end them.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * 86_400)
}

#[derive(Clone)]
struct Watched {
    metrics: Arc<Metrics>,
    service: Service,
    phase: watch::Receiver<Phase>,
}

/// The routes for the operator's machines.
pub fn router(metrics: Arc<Metrics>, service: Service, phase: watch::Receiver<Phase>) -> Router {
    Router::new()
        .route("/metrics", get(text))
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .with_state(Watched {
            metrics,
            service,
            phase,
        })
}

async fn text(State(watched): State<Watched>) -> Response {
    const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match watched.metrics.text(&watched.service) {
        Some(text) => ([(header::CONTENT_TYPE, KIND)], text).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(State(watched): State<Watched>) -> Response {
    if *watched.phase.borrow() != Phase::Serving {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response()
    } else {
        "ready\n".into_response()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Expected values of `date -u -d … +%s`.
    #[test]
    fn dates_are_unix_times() {
        for (date, seconds) in [
            ("1970-01-01", 0),
            ("2025-10-22", 1_761_091_200),
            ("2024-02-29", 1_709_164_800),
            ("2000-03-01", 951_868_800),
        ] {
            assert_eq!(unix_time(date), Some(seconds), "{date}");
        }
        assert_eq!(unix_time("2025-10"), None);
    }
}
