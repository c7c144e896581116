//! The server of `lookup serve`: listens, routes, and ends without breaking off what it is answering.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connections::{self, ConnectionLimits, Connections};
use crate::http::{Service, router};
use crate::log;
use crate::metrics::{self, Metrics};
use crate::security;
use crate::signals::{Hangups, Stops};
use crate::site;
use crate::tls::{Certificate, TlsError, TlsFiles};

/// What to serve, and where.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Where to listen; port 0 lets the system choose one.
    pub listen: SocketAddr,
    /// Where metrics and health are served; none: nowhere.
    pub metrics: Option<SocketAddr>,
    /// The published site to serve along with the look-up.
    pub site: Option<PathBuf>,
    /// Certificate and key; none: no TLS.
    pub tls: Option<TlsFiles>,
    /// How many connections there may be, and how long they may take.
    pub connections: ConnectionLimits,
    /// How it stops.
    pub stopping: Stopping,
}

/// How a server stops: first it says so (`/readyz`) and still answers, so that a balancer can turn elsewhere; then
/// it takes no new requests; then it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopping {
    /// How long it still answers.
    pub drain: Duration,
    /// How long it then waits for answers that are under way.
    pub grace: Duration,
}

impl Default for Stopping {
    fn default() -> Self {
        Self {
            drain: Duration::ZERO,
            grace: Duration::from_secs(10),
        }
    }
}

/// Where a server is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It wants requests.
    Serving,
    /// It wants no more, and still answers.
    Draining,
    /// It takes no more.
    Stopping,
}

/// Why a server cannot run.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Another program listens there.
    #[error("port {} is in use; stop that program or pass {flag} {}:{}", address.port(), address.ip(), address.port().wrapping_add(1).max(1024))]
    InUse {
        /// Where.
        address: SocketAddr,
        /// The flag that says where.
        flag: &'static str,
    },
    /// The system does not let it listen there.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// There is no such site.
    #[error("{}: there is no site in this folder (no index.html); make it with `pandu build`", .0.display())]
    NoSite(PathBuf),
    /// It cannot speak TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Serves the look-up under `/api/v1` and, for a site of several agencies, under `/<id>/api/v1`; and the site if
/// there is one; until ctrl-c or SIGTERM. Calls `ready` with the address once it listens.
///
/// # Errors
/// Where it cannot listen, there is no site, or the server breaks.
pub async fn serve(
    service: Service,
    options: &ServeOptions,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let (agency, meta) = (service.agency().to_owned(), service.snapshot());
    let own = format!("/{}/api/v1", service.agency());
    let exempt = vec![
        service.trusted_proxies().clone(),
        service.limiter().shared_networks().clone(),
    ];
    let routes = router(service.clone());
    let mut app = Router::new()
        .nest("/api/v1", routes.clone())
        .nest(&own, routes);
    if let Some(dist) = &options.site {
        if !dist.join("index.html").is_file() {
            return Err(ServeError::NoSite(dist.clone()));
        }
        app = app.fallback_service(site::router(dist));
    }
    let measured = Arc::new(Metrics::of(&service));
    let app = app.layer(from_fn_with_state(Arc::clone(&measured), log::request));
    let app = app.layer(from_fn_with_state(
        options.tls.is_some(),
        security::add_headers,
    ));
    let certificate = options.tls.as_ref().map(Certificate::open).transpose()?;
    let tls = certificate
        .as_ref()
        .map(Certificate::acceptor)
        .transpose()?;
    let address = options.listen;
    let listener = listen(address, "--listen").await?;
    let (phase, phases) = watch::channel(Phase::Serving);
    let watched = match options.metrics {
        Some(address) => Some(listen(address, "--metrics").await?),
        None => None,
    };
    // It ends with the last request, not with the first sign of stopping.
    let mut machines = JoinSet::new();
    if let Some(listener) = watched {
        let routes = metrics::router(Arc::clone(&measured), service, phases.clone());
        machines.spawn(axum::serve(listener, routes).into_future());
    }
    let (mut stops, hangups) = (Stops::new(), Hangups::new());
    ready(
        listener
            .local_addr()
            .map_err(|source| ServeError::Listen { address, source })?,
    );

    tracing::info!(
        agency,
        data_date = meta.data_date,
        people = meta.people,
        practice = meta.practice,
        "serving"
    );
    let served = Connections {
        app,
        tls,
        limits: options.connections,
        exempt,
        metrics: measured,
    };
    let server = connections::serve(listener, served, phases);
    let following = async {
        match &certificate {
            Some(certificate) => certificate.follow(hangups).await,
            None => ignore(hangups).await,
        }
    };
    let Stopping { drain, grace } = options.stopping;
    let stop = async {
        stops.next().await;
        if !drain.is_zero() {
            tracing::info!("stopping soon: requests are still answered");
            phase.send_replace(Phase::Draining);
            tokio::time::sleep(drain).await;
        }
        tracing::info!("stopping: no new requests, those being answered are finished");
        phase.send_replace(Phase::Stopping);
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        () = server => tracing::info!("stopped"),
        () = stop => tracing::warn!("stopped; some requests took too long and were broken off"),
        () = following => {}
    }
    Ok(())
}

/// Without TLS there is nothing to read again: the snapshot is looked at every second.
async fn ignore(mut hangups: Hangups) {
    loop {
        hangups.next().await;
        tracing::info!(
            "SIGHUP: there is no certificate to read again; snapshots are noticed by themselves"
        );
    }
}

async fn listen(address: SocketAddr, flag: &'static str) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::InUse { address, flag },
            _ => ServeError::Listen { address, source },
        })
}
