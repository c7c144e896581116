//! How many questions were answered today, and what happens where they are too many for a day.
//!
//! Each limit of [`super::limit`] holds for one address or one person. A harvest from thousands of addresses
//! stays below all of them and shows in the day's sum only. That sum refuses nobody by itself: it rings an
//! alarm (one warning a day in the log, and a metric) so that a person looks. Where it reaches the second,
//! higher number, questions by name are no longer offered until midnight: they are the only ones that
//! answer to what can be guessed from a list, and there are other ways to ask. `GET info` says so too, so
//! that the form offers the other ways.
//!
//! The day is that of the system's clock, which may be set or jump. A jump is told from the passing of time by a
//! clock that only counts on ([`Instant`]). Whatever day it leads to, the sum goes on and ends at the next
//! midnight that is reached by waiting: neither does a clock that is set forward free anybody from the limits,
//! nor does one that is set back ring the alarm again, and a day in a wrong year is forgotten the night after.
//!
//! The defaults are for an agency of some 70,000 people: on an ordinary day some per cent of them ask,
//! on the day of an announcement a third. An agency of another size should set its own.

use std::num::NonZeroU64;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How many answers a day are unusual.
#[derive(Clone, Copy, Debug)]
pub struct DailyLimits {
    /// From this number on the alarm rings.
    pub alarm: NonZeroU64,
    /// From this number on nothing is answered by name; none: names are never closed.
    pub close_names: Option<NonZeroU64>,
}

impl Default for DailyLimits {
    /// 20,000 and 50,000; see the module's text for the reasons.
    fn default() -> Self {
        Self {
            alarm: NonZeroU64::MIN.saturating_add(19_999),
            close_names: Some(NonZeroU64::MIN.saturating_add(49_999)),
        }
    }
}

/// The day's count, in memory only: a restart begins at zero.
pub struct Daily {
    limits: DailyLimits,
    /// East of UTC: days end at the agency's midnight.
    offset_seconds: i64,
    start: Instant,
    today: Mutex<Today>,
}

#[derive(Clone, Copy)]
struct Today {
    /// Days since 1970-01-01 in the agency's zone.
    day: i64,
    answered: u64,
    /// When it was last looked at.
    seen: Now,
}

/// A moment on both clocks.
#[derive(Clone, Copy)]
struct Now {
    /// Seconds since 1970, on a clock that may be set.
    wall: i64,
    /// Since the start, on one that only counts on.
    running: Duration,
}

impl Now {
    /// Whether the wall clock did something else since `earlier` than go on. Clocks that are kept right by and by
    /// gain or lose less than a thousandth, and leap seconds are smeared or counted twice.
    fn has_jumped(self, earlier: Self) -> bool {
        let passed = self.running.saturating_sub(earlier.running).as_secs();
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        let shown = self.wall.saturating_sub(earlier.wall);
        shown.saturating_sub(passed).saturating_abs() > 60_i64.saturating_add(passed / 1000)
    }
}

/// The day's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyState {
    /// Questions answered today.
    pub answered: u64,
    /// Whether the alarm rings.
    pub alarm: bool,
    /// Whether names are closed.
    pub names_closed: bool,
}

impl Daily {
    /// Counts days that end at midnight `offset_seconds` east of UTC.
    pub fn new(limits: DailyLimits, offset_seconds: i64) -> Self {
        let start = Instant::now();
        Self::at(limits, offset_seconds, start, now(start))
    }

    fn at(limits: DailyLimits, offset_seconds: i64, start: Instant, now: Now) -> Self {
        let today = Today {
            day: day(now, offset_seconds),
            answered: 0,
            seen: now,
        };
        Self {
            limits,
            offset_seconds,
            start,
            today: Mutex::new(today),
        }
    }

    /// Counts one answer. The alarm is told when it begins to ring, once a day, and so is the closing of names.
    pub fn count(&self) {
        let state = self.with(now(self.start), |today| {
            today.answered = today.answered.saturating_add(1);
        });
        if state.answered == self.limits.alarm.get() {
            tracing::warn!(
                answered = state.answered,
                "alarm: unusually many questions were answered today; see which limits are met in the metrics"
            );
        }
        if Some(state.answered) == self.limits.close_names.map(NonZeroU64::get) {
            tracing::warn!(
                answered = state.answered,
                "alarm: questions by name are closed until midnight"
            );
        }
    }

    /// The state now.
    pub fn state(&self) -> DailyState {
        self.with(now(self.start), |_| {})
    }

    fn with(&self, now: Now, change: impl FnOnce(&mut Today)) -> DailyState {
        let day = day(now, self.offset_seconds);
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        // Requests that were under way at once may come here in another order.
        if now.running >= today.seen.running {
            if today.day != day && !now.has_jumped(today.seen) {
                today.answered = 0;
            }
            (today.day, today.seen) = (day, now);
        }
        change(&mut today);
        let reached = |number: NonZeroU64| today.answered >= number.get();
        DailyState {
            answered: today.answered,
            alarm: reached(self.limits.alarm),
            names_closed: self.limits.close_names.is_some_and(reached),
        }
    }
}

/// The day of a moment `offset_seconds` east of UTC.
fn day(now: Now, offset_seconds: i64) -> i64 {
    now.wall.saturating_add(offset_seconds).div_euclid(86_400)
}

fn now(start: Instant) -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let wall = since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    });
    Now {
        wall,
        running: start.elapsed(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A day's count beginning at `wall`, whose clock runs by hand.
    struct Clock {
        daily: Daily,
        now: Now,
    }

    impl Clock {
        fn new(wall: i64, limits: DailyLimits) -> Self {
            let running = Duration::ZERO;
            let now = Now { wall, running };
            Self {
                daily: Daily::at(limits, 7 * 3600, Instant::now(), now),
                now,
            }
        }

        fn wait(&mut self, seconds: u32) {
            self.now.wall += i64::from(seconds);
            self.now.running += Duration::from_secs(u64::from(seconds));
        }

        /// The count with one more.
        fn count(&self) -> (u64, bool, bool) {
            let state = self.daily.with(self.now, |today| today.answered += 1);
            (state.answered, state.alarm, state.names_closed)
        }
    }

    const LIMITS: (u64, u64) = (2, 3);

    fn limits((alarm, close_names): (u64, u64)) -> DailyLimits {
        DailyLimits {
            alarm: NonZeroU64::new(alarm).unwrap(),
            close_names: NonZeroU64::new(close_names),
        }
    }

    /// In the agency's zone.
    const MIDNIGHT: i64 = 86_400 * 20_000 - 7 * 3600;

    #[test]
    fn days_end_at_the_agencys_midnight() {
        let mut clock = Clock::new(MIDNIGHT, limits(LIMITS));
        assert_eq!(clock.count(), (1, false, false));
        clock.wait(86_399);
        assert_eq!(clock.count(), (2, true, false));
        assert_eq!(clock.count(), (3, true, true));
        clock.wait(1);
        assert_eq!(clock.count(), (1, false, false));
        // Nobody may ask for days.
        clock.wait(3 * 86_400 + 5);
        assert_eq!(clock.count(), (1, false, false));
    }

    #[test]
    fn a_clock_that_jumps_ends_no_day() {
        for jump in [
            -86_400 * 20_000,
            -90_000,
            -7200,
            7200,
            90_000,
            86_400 * 30_000,
        ] {
            let mut clock = Clock::new(MIDNIGHT + 12 * 3600, limits(LIMITS));
            assert_eq!(clock.count(), (1, false, false));
            assert_eq!(clock.count(), (2, true, false));
            clock.now.wall += jump;
            assert_eq!(clock.count(), (3, true, true), "{jump}");
            // Back again, or not: the next midnight that is waited for ends it.
            clock.now.wall -= jump;
            clock.wait(2 * 3600);
            assert_eq!(clock.count(), (4, true, true), "{jump}");
            clock.now.wall += jump;
            assert_eq!(clock.count(), (5, true, true), "{jump}");
            clock.wait(86_400);
            assert_eq!(clock.count(), (1, false, false), "{jump}");
        }
    }

    /// A clock that is kept right by and by does not jump.
    #[test]
    fn a_clock_that_drifts_ends_days() {
        let mut clock = Clock::new(MIDNIGHT, limits(LIMITS));
        clock.count();
        clock.wait(86_400 - 40);
        clock.now.wall += 50;
        assert_eq!(clock.count(), (1, false, false));
    }

    #[test]
    fn names_may_stay_open() {
        let limits = DailyLimits {
            close_names: None,
            ..DailyLimits::default()
        };
        let clock = Clock::new(0, limits);
        let state = clock
            .daily
            .with(clock.now, |today| today.answered = u64::MAX);
        assert!(state.alarm && !state.names_closed);
    }
}
