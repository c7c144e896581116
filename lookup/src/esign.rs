//! TTE status from BSrE itself: an agency's own Esign Client Service, asked while the person waits.
//!
//! A question's way, in one direction:
//!
//! 1. [`Person`] is what is sent of the one asked about, and only of somebody whom the snapshot knows:
//!    otherwise a stranger could ask BSrE about anybody in the country through this server;
//! 2. `cache` knows who was asked about within the last minute, by a digest under a key of this process;
//! 3. `breaker` says whether the service may be asked now: not after failures in a row, nor while it wants rest;
//! 4. `service` asks: one POST over verified TLS, bounded in time and size;
//! 5. `reply` reads what it says;
//! 6. `measure` counts what became of it.
//!
//! Failures of the way there (429, 503, 504, no connection) are tried again, at most [`TRIES`] times in all and
//! within the time of the answer; a slow service is not asked twice. Where nothing comes of it, the person is
//! told what the snapshot says, with its date.
//!
//! Whoever is found is asked about, whoever is unknown is not: so that the time does not tell, every answer is
//! given [`EsignOptions::answer_time`] after its question (see `http::tte`).
//!
//! Source: Esign Client Service v2, `POST /api/v2/user/check/status`. Its v1 has the NIK in the address, where
//! every proxy's log keeps it: it is not used.

mod breaker;
mod cache;
pub(crate) mod measure;
mod person;
mod reply;
mod secret;
mod service;
mod target;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use model::lookup::ToldStatus;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use breaker::Breaker;
use cache::Cache;
use measure::{Measure, Source};
pub(crate) use person::Person;
use reply::Trouble;
pub use secret::SecretError;
use service::Service;
pub use service::SetupError;
pub use target::{Target, UserName};

/// A question is put to the service at most so often.
const TRIES: u32 = 3;
/// Wait before the second try; before the third twice as long. Up to half of it is left to chance, so that
/// those who failed together don't come back together.
const BACKOFF: Duration = Duration::from_millis(100);
/// Where less than this part of an answer's time is left, the service is not asked: it would not be its fault
/// that it gives no answer in time, and it must not look as if it failed.
const LEAST_PART: u32 = 3;
/// The live answer is there so long before it is told, or it is not waited for.
const MARGIN: Duration = Duration::from_millis(100);

/// How an agency's Esign Client Service is asked.
#[derive(Clone, Debug)]
pub struct EsignOptions {
    /// Where it is.
    pub target: Target,
    /// Who the look-up is there.
    pub user: UserName,
    /// The file with the password, which only its owner may read.
    pub password: PathBuf,
    /// The authority (PEM) that its certificate is of; none: those that the system believes.
    pub ca: Option<PathBuf>,
    /// Time after a question at which its answer is given, whatever it is.
    pub answer_time: Duration,
    /// How long an answer is kept; zero: not at all.
    pub keep: Duration,
    /// Questions put to it at once.
    pub calls: usize,
    /// After so many failures in a row it is left alone.
    pub failures: NonZeroU32,
    /// For how long.
    pub pause: Duration,
}

/// Why it cannot be asked.
#[derive(Debug, Error)]
pub enum EsignError {
    /// The password cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The connection cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// What BSrE said of somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// The status.
    pub status: ToldStatus,
    /// When it was said.
    pub at: SystemTime,
}

/// An agency's Esign Client Service.
pub(crate) struct Esign {
    service: Service,
    answer_time: Duration,
    cache: Cache,
    breaker: Breaker,
    calls: Semaphore,
    measure: Measure,
}

impl Esign {
    /// Reads password and certificates; asks nothing yet.
    ///
    /// # Errors
    /// Where one of them cannot be used.
    pub fn open(options: &EsignOptions) -> Result<Self, EsignError> {
        let credential = secret::credential(&options.user, &options.password)?;
        let measure = Measure::default();
        Ok(Self {
            service: Service::new(
                options.target.clone(),
                credential,
                options.ca.as_deref(),
                options.answer_time / 3,
            )?,
            answer_time: options.answer_time,
            cache: Cache::new(options.keep)?,
            breaker: Breaker::new(options.failures, options.pause, measure.open.clone()),
            calls: Semaphore::new(options.calls.max(1)),
            measure,
        })
    }

    /// Time after a question at which its answer is given.
    pub fn answer_time(&self) -> Duration {
        self.answer_time
    }

    /// What is counted.
    pub fn measure(&self) -> &Measure {
        &self.measure
    }

    /// What BSrE says of a person whom the snapshot knows, asked about at `asked`; none where it says nothing
    /// in time.
    pub async fn ask(self: &Arc<Self>, person: Person, asked: Instant) -> Option<Told> {
        let digest = self.cache.digest(&person);
        if let Some(told) = self.cache.get(&digest) {
            self.measure.answered(Source::Cache);
            return Some(told);
        }
        let deadline = (asked + self.answer_time)
            .checked_sub(MARGIN)
            .unwrap_or(asked);
        let esign = Arc::clone(self);
        // A task of its own: who hangs up breaks off no question, and what comes of it is kept for the next.
        let asking = tokio::spawn(async move {
            let told = esign.call(person, deadline).await?;
            let kept = esign.cache.put(digest, told);
            esign.measure.kept(kept);
            Some(told)
        });
        let told = match timeout_at(deadline, asking).await {
            Ok(Ok(told)) => told,
            Ok(Err(_)) | Err(_) => None,
        };
        self.measure.answered(match told {
            Some(_) => Source::Live,
            None => Source::Snapshot,
        });
        told
    }

    /// Asks the service, again where that may help, until `deadline`.
    async fn call(&self, person: Person, deadline: Instant) -> Option<Told> {
        let least = self.answer_time / LEAST_PART;
        let Ok(Ok(_place)) = timeout_at(deadline, self.calls.acquire()).await else {
            self.measure.left_out("busy");
            return None;
        };
        for attempt in 0..TRIES {
            if Instant::now() + least > deadline {
                self.measure.left_out("late");
                return None;
            }
            let Some(pass) = self.breaker.admit(Instant::now()) else {
                self.measure.left_out("paused");
                return None;
            };
            let start = Instant::now();
            let reply = match timeout_at(deadline, self.service.check(&person)).await {
                Ok(reply) => reply,
                Err(_) => Err(Trouble::Timeout),
            };
            self.measure.called(&reply, start.elapsed());
            let trouble = match reply {
                Ok(status) => {
                    pass.succeeded();
                    return Some(Told {
                        status,
                        at: SystemTime::now(),
                    });
                }
                Err(trouble) => trouble,
            };
            pass.failed(&trouble, Instant::now());
            if !trouble.may_pass() || attempt + 1 == TRIES {
                return None;
            }
            let backoff = BACKOFF * 2_u32.pow(attempt);
            let wait = trouble.rest().unwrap_or_default().max(backoff / 2) + by_chance(backoff / 2);
            if Instant::now() + wait + least > deadline {
                return None;
            }
            sleep(wait).await;
        }
        None
    }
}

/// Any part of `most`; none of it where the system gives no random numbers.
fn by_chance(most: Duration) -> Duration {
    let share = getrandom::u32().unwrap_or(0) >> 16;
    most * share / (1 << 16)
}
