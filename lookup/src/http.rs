//! The look-up over HTTP: four routes, and JSON whatever happens.

pub mod answer;
mod body;
mod client;
mod contract;
pub mod daily;
pub mod limit;
pub mod outcome;
mod question;
mod tte;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::{get, post};
use model::hours;
use model::identifier::mask_address;
use model::lookup::{
    Account, EmailAnswer, EmailQuery, Info, MAX_ACCOUNTS, OpensAt, RefusalCode, TteQuery, WithFact,
};
use model::network::Networks;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::esign::measure::Measure;
use crate::esign::{Esign, EsignError, EsignOptions};
use crate::key::{Digest, KeyError};
use crate::profile::{Profile, ProfileError};
use crate::second_fact::SecondFacts;
use crate::snapshot::Meta;
use crate::snapshot::live::{Live, LiveKeys, SnapshotError};
use crate::snapshot::read::{Found, Snapshot};
use answer::{Refused, refuse, respond, respond_alike};
use contract::Contract;
use daily::{Daily, DailyState};
use limit::{Limiter, Limits, TooMany};
use outcome::Route;
use question::{By, Question};

/// What a look-up service is made of.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// The snapshot that `import` made.
    pub data: PathBuf,
    /// The key file that `import` made.
    pub key: PathBuf,
    /// The agency's profile, `instansi.toml`.
    pub profile: PathBuf,
    /// A snapshot of no more bytes is held in memory; a longer one is answered from where it lies.
    pub memory: u64,
    /// How many questions are answered.
    pub limits: Limits,
    /// Proxies whose word on the client's address is believed.
    pub trusted_proxies: Networks,
    /// The agency's Esign Client Service; none: a certificate's status is the snapshot's.
    pub esign: Option<EsignOptions>,
}

/// Why there can be no service.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The snapshot cannot be used.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The Esign Client Service cannot be asked.
    #[error(transparent)]
    Esign(#[from] EsignError),
}

/// A look-up service for one agency. Clones are the same service.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

struct Shared {
    profile: Profile,
    live: Live,
    limiter: Limiter,
    daily: Daily,
    trusted_proxies: Networks,
    esign: Option<Arc<Esign>>,
    /// What the snapshot was made with that the operator knows of.
    told_facts: Mutex<SecondFacts>,
}

impl Service {
    /// The id of the agency whose people it knows.
    pub fn agency(&self) -> &str {
        &self.shared.profile.agency
    }

    /// What the present snapshot is.
    pub(crate) fn snapshot(&self) -> Meta {
        self.shared.live.current().meta.clone()
    }

    /// Whether the file that lies in the snapshot's place cannot be used, so that an older one answers.
    pub(crate) fn is_snapshot_refused(&self) -> bool {
        self.shared.live.is_refused()
    }

    /// The counts of its limits.
    pub(crate) fn limiter(&self) -> &Limiter {
        &self.shared.limiter
    }

    /// The proxies that are believed.
    pub(crate) fn trusted_proxies(&self) -> &Networks {
        &self.shared.trusted_proxies
    }

    /// The counts of live questions, where there are any.
    pub(crate) fn esign(&self) -> Option<&Measure> {
        self.shared.esign.as_ref().map(|esign| esign.measure())
    }

    /// The day's count.
    pub(crate) fn day(&self) -> DailyState {
        self.shared.daily.state()
    }

    /// Opens profile, key and snapshot, and what a live source needs.
    ///
    /// # Errors
    /// Where one of them cannot be used.
    pub fn open(options: &ServiceOptions) -> Result<Self, ServiceError> {
        let profile = Profile::read(&options.profile)?;
        let live = Live::open(
            &options.data,
            LiveKeys::read(&options.key)?,
            &profile.agency,
            options.memory,
        )?;
        let limiter = Limiter::new(&options.limits);
        let daily = Daily::new(options.limits.daily, profile.zone.offset_seconds());
        let trusted_proxies = options.trusted_proxies.clone();
        let esign = options.esign.as_ref().map(Esign::open).transpose()?;
        let made_with = live.current().meta.second_facts;
        profile.second_facts.warn_of_difference(made_with);
        Ok(Self {
            shared: Arc::new(Shared {
                profile,
                live,
                limiter,
                daily,
                trusted_proxies,
                esign: esign.map(Arc::new),
                told_facts: Mutex::new(made_with),
            }),
        })
    }
}

/// The routes `POST email`, `POST tte`, `GET info` and `GET openapi.json`, to be nested wherever they shall stand.
///
/// The server must hand in clients' addresses: `into_make_service_with_connect_info::<SocketAddr>()`. Without,
/// all clients share one limit and none is on the intranet.
pub fn router(service: Service) -> Router {
    let mut router = Router::new();
    for route in Route::SERVED {
        let handler = match route {
            Route::Email => post(email),
            Route::Tte => post(tte),
            Route::Info => get(info),
            Route::Contract | Route::Other | Route::Site => get(contract),
        };
        router = router.route(route.path(), handler);
    }
    router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(unknown_route)
        .layer(DefaultBodyLimit::max(body::MAX_BYTES))
        .with_state(service.shared)
}

async fn email(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let client = shared.client(&request);
    let answer = async {
        let WithFact::<EmailQuery> { query, fact } = body::read(request).await?;
        let fact = fact.map(Zeroizing::new);
        shared.admit(client)?;
        let question = Question::of_email(
            &query,
            fact.as_ref().map(|fact| fact.as_str()),
            &shared.profile,
        )?;
        let is_by_name = question.by.is_name();
        let (found, others, _) = look_up(&shared, client, question).await?;
        Ok((accounts(found, is_by_name), accounts(others, is_by_name)))
    };
    respond_alike(Route::Email, answer.await)
}

async fn tte(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let client = shared.client(&request);
    let answer = async {
        let WithFact::<TteQuery> { query, fact } = body::read(request).await?;
        let fact = fact.map(Zeroizing::new);
        shared.admit(client)?;
        let question = Question::of_tte(
            &query,
            fact.as_ref().map(|fact| fact.as_str()),
            &shared.profile,
        )?;
        tte::answer(&shared, client, question).await
    };
    respond_alike(Route::Tte, answer.await)
}

async fn info(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let client = shared.client(&request);
    let answer = async {
        let snapshot = current(&shared).await?;
        let (profile, meta) = (&shared.profile, &snapshot.meta);
        let email_by = profile
            .email_by
            .iter()
            .copied()
            .filter(|&by| shared.is_offered(By::Email(by), meta));
        let tte_by = profile
            .tte_by
            .iter()
            .copied()
            .filter(|&by| shared.is_offered(By::Tte(by), meta));
        Ok(Info {
            agency: meta.agency.clone(),
            practice: meta.practice,
            data_date: meta.data_date.clone(),
            email_by: email_by.collect(),
            tte_by: tte_by.collect(),
            hours: profile.access.as_ref().map(|access| access.hours.text()),
            opens_at: shared.opens_at(client),
            email_fact: profile.second_facts.email,
            tte_fact: profile.second_facts.tte,
        })
    };
    respond(Route::Info, answer.await)
}

async fn contract() -> Response {
    respond(Route::Contract, Ok(Contract::get()))
}

async fn method_not_allowed(request: Request) -> Response {
    let path = request.uri().path();
    let mut routes = Route::SERVED.into_iter();
    let route = routes.find(|route| path.ends_with(route.path()));
    refuse(Refused::Method(route.map_or(Method::GET, Route::method)))
}

async fn unknown_route() -> Response {
    refuse(Refused::Because(RefusalCode::UnknownRoute))
}

impl Shared {
    fn client(&self, request: &Request) -> IpAddr {
        client::address(request, &self.trusted_proxies)
    }

    /// Whether `client` may ask now.
    fn admit(&self, client: IpAddr) -> Result<(), Refused> {
        if let Some(opens_at) = self.opens_at(client) {
            return Err(Refused::Closed(Box::new(opens_at)));
        }
        self.limiter.client(client).map_err(Refused::TooMany)
    }

    /// Whether it can be asked by this now.
    fn is_offered(&self, by: By, meta: &Meta) -> bool {
        let demanded = by.demanded(self.profile.second_facts);
        let is_known_by_it = demanded == by.demanded(meta.second_facts)
            && demanded.is_none_or(|fact| by.is_added_to_by(fact));
        by.is_offered(meta) && is_known_by_it && !(by.is_name() && self.daily.state().names_closed)
    }

    /// Counts a question that `client` may ask, under the limits of names and identifiers. Invented people,
    /// for practice, have nothing to protect, and a whole hall asks for the same few.
    fn count(
        &self,
        client: IpAddr,
        by: By,
        digest: &Digest,
        is_practice: bool,
    ) -> Result<(), TooMany> {
        if !is_practice {
            if by.is_name() {
                self.limiter.name(client)?;
            }
            self.limiter.identifier(digest)?;
        }
        self.daily.count();
        Ok(())
    }

    /// The present snapshot. Where it is the first that was made with other second facts, the operator is told.
    fn snapshot(&self) -> Arc<Snapshot> {
        let snapshot = self.live.current();
        let made_with = snapshot.meta.second_facts;
        let told = {
            let mut told = self
                .told_facts
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *told, made_with)
        };
        if told != made_with {
            self.profile.second_facts.warn_of_difference(made_with);
        }
        snapshot
    }

    /// When it opens to `client`; none where it is open.
    fn opens_at(&self, client: IpAddr) -> Option<OpensAt> {
        let access = self.profile.access.as_ref()?;
        if access.intranet.contains(client) {
            return None;
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        match access
            .hours
            .state_at(i64::try_from(now).unwrap_or(i64::MAX))
        {
            hours::State::Open => None,
            hours::State::Closed(opens_at) => Some(opens_at),
        }
    }
}

/// The people asked for, and the snapshot that says so: one more than are listed, so that the answer can say
/// that there are more.
async fn look_up(
    shared: &Arc<Shared>,
    client: IpAddr,
    question: Question,
) -> Result<(Vec<Found>, Vec<Found>, Arc<Snapshot>), Refused> {
    let by = question.by;
    in_background(shared, move |shared, snapshot| {
        if !shared.is_offered(by, &snapshot.meta) {
            return Err(Refused::Because(RefusalCode::NotOffered));
        }
        // Under the key of the very snapshot that is searched: a rotation may come between two questions.
        let digest = question.digest(&snapshot.key);
        let counted = question.digest_of_first(&snapshot.key);
        shared
            .count(client, by, &counted, snapshot.meta.practice)
            .map_err(Refused::TooMany)?;
        let is_name = by.is_name();
        let limit = if is_name { MAX_ACCOUNTS + 1 } else { 1 };
        let (found, others) = snapshot.find(&digest, limit).map_err(Refused::fault)?;
        Ok((found, others, snapshot))
    })
    .await
}

async fn current(shared: &Arc<Shared>) -> Result<Arc<Snapshot>, Refused> {
    in_background(shared, |_, snapshot| Ok(snapshot)).await
}

/// Runs `work` on the present snapshot where waiting for the disk holds nobody up.
async fn in_background<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared, Arc<Snapshot>) -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    let shared = Arc::clone(shared);
    tokio::task::spawn_blocking(move || work(&shared, shared.snapshot()))
        .await
        // What a panic says may hold anything; where it was is told by the panic hook.
        .unwrap_or_else(|_| Err(Refused::fault("a task ended before its time")))
}

/// The answer about mailboxes.
fn accounts(found: Vec<Found>, is_by_name: bool) -> EmailAnswer {
    let found = found.into_iter();
    let mut accounts: Vec<Account> = found.filter_map(|f| account(f, is_by_name)).collect();
    let more = accounts.len() > MAX_ACCOUNTS;
    accounts.truncate(MAX_ACCOUNTS);
    EmailAnswer { accounts, more }
}

/// What is answered of a person; the address masked where only the name was known.
fn account(found: Found, is_masked: bool) -> Option<Account> {
    let address = if is_masked {
        mask_address(&found.address)
    } else {
        found.address
    };
    Some(Account {
        address,
        status: found.mail?,
    })
}
