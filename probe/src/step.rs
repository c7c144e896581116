//! What a peer is asked for at one time, its limits, and what goes wrong meanwhile.

use std::{
    fmt, io,
    time::{Duration, Instant},
};

use crate::{Finding, visible::shown};

/// What a peer is asked for at one time; each has its own limit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its name is looked up.
    Resolve,
    /// A connection is opened.
    Connect,
    /// TLS is agreed on.
    Tls,
    /// It says its first words.
    Greeting,
    /// It says what it can do.
    Capabilities,
    /// It agrees to begin TLS.
    StartTls,
    /// It answers over HTTP.
    Answer,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "its name was looked up",
            Self::Connect => "a connection was opened",
            Self::Tls => "TLS was being agreed on",
            Self::Greeting => "its greeting was awaited",
            Self::Capabilities => "it was asked what it can do",
            Self::StartTls => "it was asked to begin TLS",
            Self::Answer => "it was asked over HTTP",
        })
    }
}

/// What a peer may take: a time for all, half of it for one step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    total: Duration,
    end: Instant,
    step_end: Instant,
    step: Step,
}

impl Limits {
    /// Begins now, with the look-up of the name.
    pub fn begin(total: Duration) -> Self {
        let now = Instant::now();
        Self {
            total,
            end: now + total,
            step_end: now + total / 2,
            step: Step::Resolve,
        }
    }

    /// The next step begins now.
    pub fn step(&mut self, step: Step) {
        self.step = step;
        self.step_end = Instant::now() + self.total / 2;
    }

    /// What is left for this step; none where its time is over.
    pub fn left(&self) -> Option<Duration> {
        let end = self.end.min(self.step_end);
        end.checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())
    }

    /// Which limit was met.
    pub fn met(&self) -> String {
        if self.step_end <= self.end {
            format!("within {} s", (self.total / 2).as_secs_f64())
        } else {
            format!("before its {} s in all were over", self.total.as_secs_f64())
        }
    }

    /// What a failed reading or writing means.
    pub fn finding(&self, error: &io::Error) -> Finding {
        let step = self.step;
        if error.get_ref().is_some_and(|inner| inner.is::<Flood>()) {
            return flood(step);
        }
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Finding::failure(
                "silent",
                format!(
                    "The host accepts the connection, but no whole answer came {} while {step}.",
                    self.met()
                ),
                "Look whether the service hangs, and whether a firewall between holds its answers back. \
                 A port that expects the other kind of encryption is silent too: compare port and encryption with the profile.",
            ),
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Finding::failure(
                "closed",
                format!("The host closed the connection while {step}."),
                "Read the service's log for the reason; it may refuse this network, or be overloaded.",
            ),
            _ => Finding::failure(
                "broken",
                format!(
                    "The connection broke while {step}: {}.",
                    shown(&error.to_string())
                ),
                "Try again; where it stays, read the service's log for the reason.",
            ),
        }
    }

    /// The step that is being taken.
    pub fn current(&self) -> Step {
        self.step
    }
}

/// A peer sent more than any sound answer holds.
#[derive(Debug)]
pub(crate) struct Flood;

impl fmt::Display for Flood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too much data")
    }
}

impl std::error::Error for Flood {}

/// The finding for it.
pub(crate) fn flood(step: Step) -> Finding {
    Finding::failure(
        "flood",
        format!("The host sends data without end while {step}; the connection was given up."),
        "Look which program really listens at this port.",
    )
}
