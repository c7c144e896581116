//! What BSrE said a moment ago: in memory only, under keyed digests, bounded in number and time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::service::SetupError;
use super::{Person, Told};

/// People who are remembered, at most: some hundred bytes each.
const MOST: usize = 10_000;

/// Digest of a question under a key that only this process has, and nothing else is digested with.
pub(super) type Digest = [u8; 32];

pub(super) struct Cache {
    key: Hmac<Sha256>,
    keep: Duration,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    told: HashMap<Digest, (Told, Instant)>,
    /// In the order in which they came, which is that in which they go.
    order: VecDeque<(Instant, Digest)>,
}

impl Cache {
    /// Keeps what it is given for `keep`.
    pub fn new(keep: Duration) -> Result<Self, SetupError> {
        let mut block = [0; 64];
        getrandom::fill(&mut block).map_err(SetupError::Random)?;
        Ok(Self {
            key: Hmac::new(&block.into()),
            keep,
            inside: Mutex::default(),
        })
    }

    /// Under what a person is kept.
    pub fn digest(&self, person: &Person) -> Digest {
        let mut mac = self.key.clone();
        mac.update(&person.body());
        mac.finalize().into_bytes().into()
    }

    /// What was said of this person, if that is not too long ago.
    pub fn get(&self, digest: &Digest) -> Option<Told> {
        let inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let &(told, since) = inside.told.get(digest)?;
        (since.elapsed() < self.keep).then_some(told)
    }

    /// Keeps what was said, and tells how much is kept now.
    pub fn put(&self, digest: Digest, told: Told) -> usize {
        self.put_at(digest, told, Instant::now())
    }

    fn put_at(&self, digest: Digest, told: Told, now: Instant) -> usize {
        if self.keep.is_zero() {
            return 0;
        }
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside { told: all, order } = &mut *inside;
        while let Some(&(since, old)) = order.front() {
            if order.len() < MOST && now.saturating_duration_since(since) < self.keep {
                break;
            }
            order.pop_front();
            // One that was told again since stands further behind, too.
            if all.get(&old).is_some_and(|&(_, kept)| kept == since) {
                all.remove(&old);
            }
        }
        all.insert(digest, (told, now));
        order.push_back((now, digest));
        all.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::SystemTime;

    use model::lookup::ToldStatus;

    use super::*;

    fn told() -> Told {
        Told {
            status: ToldStatus::Unrecognised,
            at: SystemTime::now(),
        }
    }

    fn digest(number: usize) -> Digest {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_le_bytes());
        digest
    }

    #[test]
    fn a_flood_grows_nothing_and_the_oldest_goes_first() {
        let cache = Cache::new(Duration::from_secs(60)).unwrap();
        let now = Instant::now();
        for number in 0..3 * MOST {
            assert!(cache.put_at(digest(number), told(), now) <= MOST);
        }
        assert!(cache.get(&digest(0)).is_none());
        assert!(cache.get(&digest(3 * MOST - 1)).is_some());
        assert_eq!(cache.inside.lock().unwrap().order.len(), MOST);
    }

    #[test]
    fn what_is_old_goes() {
        let cache = Cache::new(Duration::from_secs(60)).unwrap();
        let now = Instant::now();
        assert_eq!(cache.put_at(digest(1), told(), now), 1);
        assert_eq!(cache.put_at(digest(2), told(), now), 2);
        let later = now + Duration::from_secs(59);
        assert_eq!(cache.put_at(digest(1), told(), later), 2);
        // The first was told again, so only the second is gone.
        assert_eq!(
            cache.put_at(digest(3), told(), later + Duration::from_secs(2)),
            2
        );
        assert!(cache.get(&digest(1)).is_some());
        assert!(cache.get(&digest(2)).is_none());
        let long_ago = now.checked_sub(Duration::from_secs(61)).unwrap();
        let cache = Cache::new(Duration::from_secs(60)).unwrap();
        cache.put_at(digest(4), told(), long_ago);
        assert!(cache.get(&digest(4)).is_none());
    }

    #[test]
    fn digests_are_of_this_process_only() {
        let person = Person::of_nik(&model::identifier::Nik::parse("3171016802900007").unwrap());
        let person = person.unwrap();
        let (one, other) = (
            Cache::new(Duration::ZERO).unwrap(),
            Cache::new(Duration::ZERO).unwrap(),
        );
        assert_eq!(one.digest(&person), one.digest(&person));
        assert_ne!(one.digest(&person), other.digest(&person));
        // And nothing is kept where nothing shall be.
        assert_eq!(one.put(one.digest(&person), told()), 0);
    }
}
