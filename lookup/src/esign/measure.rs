//! What is counted of live questions, in classes that name nobody.
//!
//! | metric | tells |
//! |---|---|
//! | `lookup_esign_calls_total{outcome}` | questions to the service: `known`, `unrecognised`, or a trouble's name |
//! | `lookup_esign_call_seconds` | their time, a histogram |
//! | `lookup_esign_left_out_total{reason}` | questions not put to it: `paused`, `busy`, `late` |
//! | `lookup_esign_answers_total{source}` | what people were told from: `live`, `cache`, `snapshot` |
//! | `lookup_esign_open` | 1 while it is left alone after failures |
//! | `lookup_esign_kept` | answers in memory |

use std::sync::Once;
use std::time::Duration;

use model::lookup::ToldStatus;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::reply::Trouble;

type Label = [(&'static str, &'static str); 1];

/// Upper ends of the histogram's classes, in seconds.
const CLASSES: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

/// From what somebody was told.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Live,
    Cache,
    Snapshot,
}

/// The counts.
pub(crate) struct Measure {
    calls: Family<Label, Counter>,
    seconds: Histogram,
    left_out: Family<Label, Counter>,
    answers: Family<Label, Counter>,
    pub(super) open: Gauge,
    kept: Gauge,
    unrecognised: Once,
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            seconds: Histogram::new(CLASSES),
            left_out: Family::default(),
            answers: Family::default(),
            open: Gauge::default(),
            kept: Gauge::default(),
            unrecognised: Once::new(),
        }
    }
}

impl Measure {
    /// Shows them in `registry`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "esign_calls",
            "Questions to the Esign Client Service",
            self.calls.clone(),
        );
        registry.register(
            "esign_call_seconds",
            "Time of such a question",
            self.seconds.clone(),
        );
        registry.register(
            "esign_left_out",
            "Questions not put to it",
            self.left_out.clone(),
        );
        registry.register(
            "esign_answers",
            "From what people were told",
            self.answers.clone(),
        );
        registry.register(
            "esign_open",
            "Whether it is left alone after failures",
            self.open.clone(),
        );
        registry.register("esign_kept", "Answers in memory", self.kept.clone());
    }

    /// What became of a question to the service. A word that nobody knows is told once, and not which.
    pub(super) fn called(&self, reply: &Result<ToldStatus, Trouble>, took: Duration) {
        let outcome = match reply {
            Ok(ToldStatus::Known(_)) => "known",
            Ok(ToldStatus::Unrecognised) => {
                self.unrecognised.call_once(|| {
                    tracing::warn!(
                        "esign gives a status that is none of the nine; people are sent to the service desk. \
                         Ask BSrE whether there are new ones"
                    );
                });
                "unrecognised"
            }
            Err(trouble) => trouble.name(),
        };
        self.calls.get_or_create(&[("outcome", outcome)]).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    pub(super) fn left_out(&self, reason: &'static str) {
        self.left_out.get_or_create(&[("reason", reason)]).inc();
    }

    pub(super) fn answered(&self, source: Source) {
        let source = match source {
            Source::Live => "live",
            Source::Cache => "cache",
            Source::Snapshot => "snapshot",
        };
        self.answers.get_or_create(&[("source", source)]).inc();
    }

    pub(super) fn kept(&self, number: usize) {
        self.kept.set(i64::try_from(number).unwrap_or(i64::MAX));
    }
}
