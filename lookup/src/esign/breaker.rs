//! The circuit breaker: a service that fails is left alone for a while, then asked once whether it is well again.
//!
//! | state | is asked | ends |
//! |---|---|---|
//! | closed | yes | after so many failures in a row, or at once where the password is refused |
//! | open | no | after the pause |
//! | half open | by one | closed where that one is answered, open again where not |
//!
//! Where the service itself says how long it wants rest (`Retry-After`), nobody asks until then, in any state.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;

use super::reply::Trouble;

pub(super) struct Breaker {
    failures: NonZeroU32,
    pause: Duration,
    /// 1 while it is open or half open.
    open: Gauge,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Failures in a row.
    failed: u32,
    /// Open until then, half open after that; none: closed.
    until: Option<Instant>,
    /// One asks whether it is well again.
    is_tried: bool,
    /// It wants rest until then.
    rests: Option<Instant>,
}

/// Leave to ask once. What came of it must be said; one that is dropped says nothing of the service.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    is_trial: bool,
}

impl Breaker {
    pub fn new(failures: NonZeroU32, pause: Duration, open: Gauge) -> Self {
        Self {
            failures,
            pause,
            open,
            state: Mutex::default(),
        }
    }

    /// Leave to ask at `now`; none where it is left alone.
    pub fn admit(&self, now: Instant) -> Option<Pass<'_>> {
        self.with(|state| {
            if state.rests.is_some_and(|until| now < until) {
                return None;
            }
            let is_trial = match state.until {
                None => false,
                Some(until) if now < until || state.is_tried => return None,
                Some(_) => true,
            };
            state.is_tried |= is_trial;
            Some(Pass {
                breaker: self,
                is_trial,
            })
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pass<'_> {
    /// It answered.
    pub fn succeeded(self) {
        let was_open = self.breaker.with(|state| {
            state.failed = 0;
            state.until.take().is_some()
        });
        if was_open {
            self.breaker.open.set(0);
            tracing::info!("esign answers again and is asked again");
        }
    }

    /// It did not answer until `now`, or not as it should.
    pub fn failed(self, trouble: &Trouble, now: Instant) {
        let breaker = self.breaker;
        let opens = breaker.with(|state| {
            if let Some(rest) = trouble.rest() {
                state.rests = state.rests.max(Some(now + rest));
            }
            if !trouble.is_of_the_service() {
                // It speaks, and refuses this one question.
                state.failed = 0;
                return false;
            }
            state.failed = state.failed.saturating_add(1);
            let is_open = state.until.is_some();
            let too_many = state.failed >= breaker.failures.get() || trouble.is_lasting();
            // Those still under way when it opened don't keep it open.
            if self.is_trial || (!is_open && too_many) {
                state.until = Some(now + breaker.pause);
            }
            !is_open && too_many
        });
        if opens {
            breaker.open.set(1);
            tracing::warn!(
                cause = trouble.name(),
                seconds = breaker.pause.as_secs(),
                "esign is left alone: {trouble}; answers are the snapshot's meanwhile"
            );
        } else if !trouble.is_of_the_service() {
            self.succeeded();
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_trial {
            self.breaker.with(|state| state.is_tried = false);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn breaker(failures: u32) -> (Breaker, impl Fn(u64) -> Instant) {
        let failures = NonZeroU32::new(failures).unwrap();
        let breaker = Breaker::new(failures, Duration::from_secs(30), Gauge::default());
        let start = Instant::now();
        (breaker, move |seconds| start + Duration::from_secs(seconds))
    }

    #[test]
    fn opens_after_failures_in_a_row_and_lets_one_through_after_the_pause() {
        let (breaker, at) = breaker(3);
        let fail = |seconds| {
            let pass = breaker.admit(at(seconds)).unwrap();
            pass.failed(&Trouble::Connect, at(seconds));
        };
        fail(0);
        fail(0);
        breaker.admit(at(0)).unwrap().succeeded();
        fail(0);
        fail(0);
        fail(1);
        assert_eq!(breaker.open.get(), 1);
        assert!(breaker.admit(at(30)).is_none());
        let trial = breaker.admit(at(31)).unwrap();
        assert!(breaker.admit(at(31)).is_none(), "one is enough");
        trial.failed(&Trouble::Timeout, at(33));
        assert!(breaker.admit(at(62)).is_none(), "open again");
        drop(breaker.admit(at(63)).unwrap());
        // One that says nothing holds nobody up.
        let trial = breaker.admit(at(63)).unwrap();
        trial.succeeded();
        assert_eq!(breaker.open.get(), 0);
        assert!(breaker.admit(at(63)).is_some() && breaker.admit(at(63)).is_some());
    }

    #[test]
    fn those_under_way_do_not_keep_it_open() {
        let (breaker, at) = breaker(1);
        let (first, second) = (breaker.admit(at(0)).unwrap(), breaker.admit(at(0)).unwrap());
        first.failed(&Trouble::Connect, at(0));
        second.failed(&Trouble::Connect, at(29));
        assert!(breaker.admit(at(30)).is_some());
    }

    #[test]
    fn it_rests_as_long_as_it_wants() {
        let (breaker, at) = breaker(9);
        let throttled = Trouble::Throttled(Some(Duration::from_secs(7)));
        breaker.admit(at(0)).unwrap().failed(&throttled, at(0));
        assert!(breaker.admit(at(6)).is_none());
        assert!(breaker.admit(at(7)).is_some());
        assert_eq!(breaker.open.get(), 0);
    }

    #[test]
    fn a_refused_password_is_not_tried_again_and_again() {
        let (breaker, at) = breaker(9);
        let pass = breaker.admit(at(0)).unwrap();
        pass.failed(&Trouble::Unauthorised, at(0));
        assert!(breaker.admit(at(29)).is_none());
    }

    #[test]
    fn a_refused_person_is_no_failure_of_the_service() {
        let (breaker, at) = breaker(1);
        for _ in 0..3 {
            let pass = breaker.admit(at(0)).unwrap();
            pass.failed(&Trouble::Refused, at(0));
        }
        let pass = breaker.admit(at(0)).unwrap();
        pass.failed(&Trouble::Connect, at(0));
        let trial = breaker.admit(at(30)).unwrap();
        trial.failed(&Trouble::Refused, at(30));
        assert_eq!(breaker.open.get(), 0, "a trial that is refused is answered");
    }
}
