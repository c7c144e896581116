//! How many questions are answered: to one client, by name, about one identifier.
//!
//! Three limits stand one behind the other. Each is an allowance: so many at once, then one every so often.
//! Nobody is locked out; who asks too much waits, and is told how long.
//!
//! | limit | counts | stops |
//! |---|---|---|
//! | client | every question of an address (IPv6: of a /64) | one machine that tries numbers |
//! | names | questions by name of an address, besides | one machine that tries a list of names |
//! | identifier | questions about one person, from anybody | a crowd of machines that watches one person |
//!
//! Why the defaults are as they are: a training hall or an office has one address, and mobile networks put
//! hundreds of telephones behind one (CGNAT). Sixty people who all press Periksa at once are answered at
//! once. In a day an address asks 2,000 questions (and as many more at first, when it has not asked
//! before), which is a busy office and not a harvest: staff numbers of six digits are so dense that one in
//! fifteen hits. A name is asked for rarely, and a list of common names is quickly made; so names have a
//! tenth of that. About one person, twenty questions come at once and then twenty an hour: more than a
//! person and a help desk ever ask, and more than namesakes do.
//!
//! An office with one address for thousands of people can be named (`[batas.bersama]`): its addresses then
//! have an allowance of their own, larger and as bounded.
//!
//! An identifier is counted by its keyed digest, before anybody looks whether the roster has it: being
//! refused tells nothing of being known. Whoever wants to can use up somebody else's twenty questions; it
//! costs them their own allowance, and the person waits three minutes.
//!
//! Tables have an upper size. Where one is full, those are forgotten who have asked least of late (see
//! [`Table`]): a flood of addresses can't free anybody who has used up an allowance.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::network::Networks;

use super::daily::DailyLimits;
use crate::key::Digest;

/// So many at once, then one more every so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many may come at once.
    pub burst: NonZeroU32,
    /// Time after which there may be one more.
    pub every: Duration,
}

impl Allowance {
    /// `number` at once and as many again, evenly spread, in every `time`.
    pub fn spread(number: NonZeroU32, time: Duration) -> Self {
        Self {
            burst: number,
            every: time / number.get(),
        }
    }
}

/// How many questions are answered.
#[derive(Clone, Debug)]
pub struct Limits {
    /// To one client.
    pub client: Allowance,
    /// To one client in a day.
    pub client_day: NonZeroU32,
    /// Networks in which many people share an address.
    pub shared_networks: Networks,
    /// To one address of those networks.
    pub shared: Allowance,
    /// To one address of those networks in a day.
    pub shared_day: NonZeroU32,
    /// To one client by name.
    pub names: Allowance,
    /// To one client by name in a day.
    pub names_day: NonZeroU32,
    /// About one identifier, to all clients together.
    pub identifier: Allowance,
    /// How many clients and how many identifiers are remembered.
    pub entries: NonZeroUsize,
    /// To all clients together in a day.
    pub daily: DailyLimits,
}

/// `number`, or one where it is none.
const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

const DAY: Duration = Duration::from_secs(86_400);

impl Default for Limits {
    /// See the module's text for the reasons.
    fn default() -> Self {
        Self {
            client: Allowance {
                burst: at_least_one(60),
                every: Duration::from_secs(3),
            },
            client_day: at_least_one(2000),
            shared_networks: Networks::default(),
            shared: Allowance {
                burst: at_least_one(600),
                every: Duration::from_secs(1),
            },
            shared_day: at_least_one(20_000),
            names: Allowance {
                burst: at_least_one(20),
                every: Duration::from_secs(30),
            },
            names_day: at_least_one(200),
            identifier: Allowance::spread(at_least_one(20), Duration::from_secs(3600)),
            entries: NonZeroUsize::MIN.saturating_add(99_999),
            daily: DailyLimits::default(),
        }
    }
}

/// Which limit a question met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Of the client's questions.
    Client,
    /// Of the client's questions by name.
    Names,
    /// Of questions about this identifier.
    Identifier,
}

/// A question that is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// The limit it met. Never told to the client.
    pub limit: Limit,
    /// Seconds to wait, at least one.
    pub seconds: u32,
}

/// Keeps count of questions, in memory only.
pub struct Limiter {
    start: Instant,
    clients: Table<IpAddr, 2>,
    shared_networks: Networks,
    shared: Table<IpAddr, 2>,
    names: Table<IpAddr, 2>,
    identifiers: Table<u128, 1>,
}

impl Limiter {
    /// Counts under `limits`.
    pub fn new(limits: &Limits) -> Self {
        let of_day = |number| Rule::new(Allowance::spread(number, DAY));
        let table = |first, day| Table::new([Rule::new(first), of_day(day)], limits.entries);
        Self {
            start: Instant::now(),
            clients: table(limits.client, limits.client_day),
            shared_networks: limits.shared_networks.clone(),
            shared: table(limits.shared, limits.shared_day),
            names: table(limits.names, limits.names_day),
            identifiers: Table::new([Rule::new(limits.identifier)], limits.entries),
        }
    }

    /// Counts one question of `client`.
    ///
    /// # Errors
    /// Where it is one too many.
    pub fn client(&self, client: IpAddr) -> Result<(), TooMany> {
        let table = if self.shared_networks.contains(client) {
            &self.shared
        } else {
            &self.clients
        };
        self.check(table, subscriber(client), Limit::Client)
    }

    /// Counts one question by name of `client`.
    ///
    /// # Errors
    /// Where it is one too many.
    pub fn name(&self, client: IpAddr) -> Result<(), TooMany> {
        self.check(&self.names, subscriber(client), Limit::Names)
    }

    /// Counts one question about the identifier of this digest.
    ///
    /// # Errors
    /// Where it is one too many.
    pub fn identifier(&self, digest: &Digest) -> Result<(), TooMany> {
        let (half, _) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        self.check(
            &self.identifiers,
            u128::from_be_bytes(*half),
            Limit::Identifier,
        )
    }

    fn check<K: Copy + Eq + Hash, const N: usize>(
        &self,
        table: &Table<K, N>,
        key: K,
        limit: Limit,
    ) -> Result<(), TooMany> {
        let now = nanoseconds(self.start.elapsed());
        table.check(key, now).map_err(|wait| TooMany {
            limit,
            seconds: u32::try_from(wait.div_ceil(1_000_000_000))
                .unwrap_or(u32::MAX)
                .max(1),
        })
    }

    /// Networks in which many people share an address.
    pub fn shared_networks(&self) -> &Networks {
        &self.shared_networks
    }

    /// What each table holds.
    pub fn sizes(&self) -> [(&'static str, Size); 4] {
        [
            ("client", self.clients.size()),
            ("shared", self.shared.size()),
            ("names", self.names.size()),
            ("identifier", self.identifiers.size()),
        ]
    }
}

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Entries remembered now.
    pub entries: usize,
    /// Entries that had to be forgotten before their time since the start.
    pub forgotten: u64,
}

/// Whom an address belongs to: with IPv6 everybody has a whole /64.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// An allowance as the generic cell rate algorithm (ITU-T I.371) counts it; times in nanoseconds.
#[derive(Clone, Copy)]
struct Rule {
    /// What one question costs.
    period: u64,
    /// How far somebody may run ahead and still ask one more.
    tolerance: u64,
}

impl Rule {
    fn new(allowance: Allowance) -> Self {
        let period = nanoseconds(allowance.every).max(1);
        Self {
            period,
            tolerance: period.saturating_mul(u64::from(allowance.burst.get()) - 1),
        }
    }

    /// The time to wait where a question at `now` is one too many, of somebody who is paid up at `paid`.
    fn wait(self, paid: u64, now: u64) -> u64 {
        paid.saturating_sub(now).saturating_sub(self.tolerance)
    }
}

/// Who has asked how much, of at most so many keys. For each rule a key has the time at which all it asked
/// is paid up: from then on it is as good as unknown.
///
/// A full table forgets first whoever is paid up, which changes nothing, and then those who will be soonest,
/// an eighth of all. Whoever has used up an allowance is the last to be forgotten.
struct Table<K, const N: usize> {
    rules: [Rule; N],
    most: usize,
    paid: Mutex<HashMap<K, [u64; N]>>,
    forgotten: AtomicU64,
}

impl<K: Copy + Eq + Hash, const N: usize> Table<K, N> {
    fn new(rules: [Rule; N], most: NonZeroUsize) -> Self {
        Self {
            rules,
            most: most.get(),
            paid: Mutex::default(),
            forgotten: AtomicU64::new(0),
        }
    }

    /// Counts one question of `key` at `now` unless that is too many by any rule: then the time to wait.
    fn check(&self, key: K, now: u64) -> Result<(), u64> {
        let mut all = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= self.most && !all.contains_key(&key) {
            self.make_room(&mut all, now);
        }
        let paid = all.entry(key).or_insert([now; N]);
        let waits = self.rules.iter().zip(paid.iter());
        let wait = waits.map(|(rule, &paid)| rule.wait(paid, now)).max();
        if let Some(wait @ 1..) = wait {
            return Err(wait);
        }
        for (rule, paid) in self.rules.iter().zip(paid) {
            *paid = (*paid).max(now).saturating_add(rule.period);
        }
        Ok(())
    }

    fn make_room(&self, all: &mut HashMap<K, [u64; N]>, now: u64) {
        let last = |paid: &[u64; N]| paid.iter().copied().max().unwrap_or(0);
        all.retain(|_, paid| last(paid) > now);
        let keep = self.most - (self.most / 8).max(1);
        if all.len() <= keep {
            return;
        }
        let mut times: Vec<u64> = all.values().map(last).collect();
        let excess = times.len() - keep;
        let (_, &mut until, _) = times.select_nth_unstable(excess - 1);
        // Many may be paid up at the same time: no more of them go than must.
        let before = all.len();
        let mut left = excess;
        all.retain(|_, paid| {
            let goes = left > 0 && last(paid) <= until;
            left -= usize::from(goes);
            !goes
        });
        let gone = u64::try_from(before - all.len()).unwrap_or(u64::MAX);
        let first = self.forgotten.fetch_add(gone, Ordering::Relaxed) == 0;
        if first {
            tracing::warn!(
                entries = self.most,
                "a table of the limits is full: those who asked least are forgotten from now on; \
                 raise its size if this is no flood"
            );
        }
    }

    fn size(&self) -> Size {
        let all = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        Size {
            entries: all.len(),
            forgotten: self.forgotten.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn allowance(burst: u32, seconds: u64) -> Allowance {
        Allowance {
            burst: NonZeroU32::new(burst).unwrap(),
            every: Duration::from_secs(seconds),
        }
    }

    fn table(burst: u32, seconds: u64, most: usize) -> Table<u32, 1> {
        let rule = Rule::new(allowance(burst, seconds));
        Table::new([rule], NonZeroUsize::new(most).unwrap())
    }

    #[test]
    fn counts_by_subscriber() {
        let limiter = Limiter::new(&Limits {
            client: allowance(2, 60),
            ..Limits::default()
        });
        let check = |client: &str| {
            let checked = limiter.client(client.parse().unwrap());
            checked.map_err(|too_many| too_many.seconds)
        };
        assert_eq!(check("203.0.113.1"), Ok(()));
        assert_eq!(check("203.0.113.1"), Ok(()));
        assert_eq!(check("203.0.113.1"), Err(60));
        assert_eq!(check("203.0.113.2"), Ok(()));
        assert_eq!(check("2001:db8::1"), Ok(()));
        assert_eq!(check("2001:db8::2"), Ok(()));
        assert_eq!(check("2001:db8::3"), Err(60));
        assert_eq!(check("2001:db8:0:1::3"), Ok(()));
    }

    #[test]
    fn shared_networks_have_an_allowance_of_their_own() {
        let limiter = Limiter::new(&Limits {
            client: allowance(1, 60),
            shared_networks: Networks::parse(&["203.0.113.0/24"]).unwrap(),
            shared: allowance(3, 60),
            ..Limits::default()
        });
        let answered = |client: &str| {
            let client = client.parse().unwrap();
            (0..9).filter(|_| limiter.client(client).is_ok()).count()
        };
        assert_eq!(answered("203.0.113.1"), 3);
        assert_eq!(answered("198.51.100.1"), 1);
    }

    #[test]
    fn allows_a_burst_and_then_one_by_one() {
        let table = table(3, 10, 9);
        for _ in 0..3 {
            assert_eq!(table.check(1, 0), Ok(()));
        }
        assert_eq!(table.check(1, 0), Err(10 * SECOND));
        assert_eq!(table.check(1, 4 * SECOND), Err(6 * SECOND));
        assert_eq!(table.check(1, 10 * SECOND), Ok(()));
        assert_eq!(table.check(1, 10 * SECOND), Err(10 * SECOND));
        // Whoever rests for long has the burst again, and no more.
        let later = 1000 * SECOND;
        for _ in 0..3 {
            assert_eq!(table.check(1, later), Ok(()));
        }
        assert_eq!(table.check(1, later), Err(10 * SECOND));
    }

    #[test]
    fn the_days_allowance_holds_besides() {
        let limiter = Limiter::new(&Limits {
            client: allowance(100, 1),
            client_day: NonZeroU32::new(5).unwrap(),
            ..Limits::default()
        });
        let client = "203.0.113.1".parse().unwrap();
        for _ in 0..5 {
            assert_eq!(limiter.client(client), Ok(()));
        }
        let refused = limiter.client(client).unwrap_err();
        assert_eq!(refused.limit, Limit::Client);
        assert!((17_270..=17_280).contains(&refused.seconds));
    }

    #[test]
    fn limits_are_counted_apart() {
        let limiter = Limiter::new(&Limits {
            names: allowance(1, 60),
            identifier: allowance(1, 60),
            ..Limits::default()
        });
        let client = "203.0.113.1".parse().unwrap();
        let met = |checked: Result<(), TooMany>| checked.map_err(|too_many| too_many.limit);
        assert_eq!(met(limiter.name(client)), Ok(()));
        assert_eq!(met(limiter.name(client)), Err(Limit::Names));
        assert_eq!(met(limiter.identifier(&[1; 32])), Ok(()));
        assert_eq!(met(limiter.identifier(&[1; 32])), Err(Limit::Identifier));
        assert_eq!(met(limiter.identifier(&[2; 32])), Ok(()));
        assert_eq!(met(limiter.client(client)), Ok(()));
    }

    #[test]
    fn a_flood_frees_nobody_and_grows_nothing() {
        let table = table(5, 60, 100);
        for _ in 0..5 {
            assert_eq!(table.check(0, 0), Ok(()));
        }
        for other in 1..50_000 {
            assert_eq!(table.check(other, SECOND), Ok(()));
            assert!(table.size().entries <= 100);
        }
        assert!(table.check(0, SECOND).is_err(), "is still remembered");
        assert!(table.size().forgotten > 49_000);
    }

    #[test]
    fn whoever_is_paid_up_goes_first() {
        let table = table(5, 60, 8);
        for key in 0..8 {
            assert_eq!(table.check(key, 0), Ok(()));
        }
        assert_eq!(table.check(8, 61 * SECOND), Ok(()));
        assert_eq!(
            table.size(),
            Size {
                entries: 1,
                forgotten: 0
            }
        );
    }

    proptest! {
        /// In any time, no more are answered than the burst and one for every period.
        #[test]
        fn never_more_than_allowed(
            burst in 1_u32..20,
            seconds in 1_u64..100,
            steps in prop::collection::vec(0_u64..50, 1..400),
        ) {
            let table = table(burst, seconds, 4);
            let mut now = 0;
            let mut answered: u64 = 0;
            for step in steps {
                now += step * SECOND;
                answered += u64::from(table.check(7, now).is_ok());
                let most = u64::from(burst) + now / (seconds * SECOND);
                prop_assert!(answered <= most, "{answered} answered by {now}, at most {most}");
            }
        }

        /// Whoever waits as long as told is answered.
        #[test]
        fn the_wait_is_long_enough(burst in 1_u32..20, seconds in 1_u64..100, tries in 1_usize..60) {
            let table = table(burst, seconds, 4);
            let mut now = 0;
            for _ in 0..tries {
                if let Err(wait) = table.check(7, now) {
                    now += wait;
                    prop_assert_eq!(table.check(7, now), Ok(()));
                }
            }
        }
    }
}
