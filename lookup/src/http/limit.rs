//! How many requests a client may send.
//!
//! Mobile networks and training halls share addresses, so nobody is locked out: who sends too many waits
//! some seconds.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many requests a client may send: `burst` at once, then one `every` so long.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests that may come at once.
    pub burst: NonZeroU32,
    /// Time in which one more is allowed.
    pub every: Duration,
}

impl Default for Limits {
    /// 60 at once (a training hall shares one address), then one every three seconds.
    fn default() -> Self {
        Self {
            burst: NonZeroU32::MIN.saturating_add(59),
            every: Duration::from_secs(3),
        }
    }
}

/// Keeps count of clients' requests, in memory only.
pub struct Limiter {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    checks: AtomicU32,
}

/// Clients that have not asked of late are forgotten after so many checks.
const FORGET_EVERY: u32 = 4096;

impl Limiter {
    /// Counts under `limits`. No time between requests counts as a nanosecond.
    pub fn new(limits: &Limits) -> Self {
        let every = limits.every.max(Duration::from_nanos(1));
        let quota = Quota::with_period(every).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
        let limiter = RateLimiter::keyed(quota.allow_burst(limits.burst));
        Self {
            limiter,
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts one request of `client`.
    ///
    /// # Errors
    /// Where it is one too many: the seconds to wait, at least one.
    pub fn check(&self, client: IpAddr) -> Result<(), u32> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(&subscriber(client))
            .map_err(|refused| {
                let wait = refused
                    .wait_time_from(self.clock.now())
                    .as_millis()
                    .div_ceil(1000);
                u32::try_from(wait).unwrap_or(u32::MAX).max(1)
            })
    }
}

/// Whom an address belongs to: with IPv6 everybody has a whole /64.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn counts_by_subscriber() {
        let limiter = Limiter::new(&Limits {
            burst: NonZeroU32::new(2).unwrap(),
            every: Duration::from_secs(60),
        });
        let check = |client: &str| limiter.check(client.parse().unwrap());
        assert_eq!(check("203.0.113.1"), Ok(()));
        assert_eq!(check("203.0.113.1"), Ok(()));
        assert_eq!(check("203.0.113.1"), Err(60));
        assert_eq!(check("203.0.113.2"), Ok(()));
        assert_eq!(check("2001:db8::1"), Ok(()));
        assert_eq!(check("2001:db8::2"), Ok(()));
        assert_eq!(check("2001:db8::3"), Err(60));
        assert_eq!(check("2001:db8:0:1::3"), Ok(()));
    }
}
