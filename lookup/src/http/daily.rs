//! How many questions were answered today, and what happens where they are too many for a day.
//!
//! Each limit of [`super::limit`] holds for one address or one person. A harvest from thousands of addresses
//! stays below all of them and shows in the day's sum only. That sum refuses nobody by itself: it rings an
//! alarm (one warning a day in the log, and a metric) so that a person looks. Where it reaches the second,
//! higher number, questions by name are no longer offered until midnight: they are the only ones that
//! answer to what can be guessed from a list, and there are other ways to ask. `GET info` says so too, so
//! that the form offers the other ways.
//!
//! The defaults are for an agency of some 70,000 people: on an ordinary day some per cent of them ask,
//! on the day of an announcement a third. An agency of another size should set its own.

use std::num::NonZeroU64;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

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
    today: Mutex<Today>,
}

#[derive(Clone, Copy, Default)]
struct Today {
    /// Days since 1970-01-01 in the agency's zone.
    day: i64,
    answered: u64,
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
        Self {
            limits,
            offset_seconds,
            today: Mutex::default(),
        }
    }

    /// Counts one answer. The alarm is told when it begins to ring, once a day, and so is the closing of names.
    pub fn count(&self) {
        let state = self.with(now(), |today| {
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
        self.with(now(), |_| {})
    }

    fn with(&self, now: i64, change: impl FnOnce(&mut Today)) -> DailyState {
        let day = now.saturating_add(self.offset_seconds).div_euclid(86_400);
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.day != day {
            *today = Today { day, answered: 0 };
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

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_end_at_the_agencys_midnight() {
        let limits = DailyLimits {
            alarm: NonZeroU64::new(2).unwrap(),
            close_names: NonZeroU64::new(3),
        };
        let daily = Daily::new(limits, 7 * 3600);
        let at = |now| {
            let state = daily.with(now, |today| today.answered += 1);
            (state.answered, state.alarm, state.names_closed)
        };
        let midnight = 86_400 * 20_000 - 7 * 3600;
        assert_eq!(at(midnight), (1, false, false));
        assert_eq!(at(midnight + 86_399), (2, true, false));
        assert_eq!(at(midnight + 86_399), (3, true, true));
        assert_eq!(at(midnight + 86_400), (1, false, false));
    }

    #[test]
    fn names_may_stay_open() {
        let limits = DailyLimits {
            close_names: None,
            ..DailyLimits::default()
        };
        let daily = Daily::new(limits, 0);
        let state = daily.with(0, |today| today.answered = u64::MAX);
        assert!(state.alarm && !state.names_closed);
    }
}
