//! The server of `lookup serve`: listens, routes, and ends without breaking off what it is answering.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connections;
use crate::http::{Service, router};
use crate::log;
use crate::metrics::{self, Metrics};
use crate::security;
use crate::site;

/// What to serve, and where.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Where to listen; port 0 lets the system choose one.
    pub listen: SocketAddr,
    /// Where metrics and health are served; none: nowhere.
    pub metrics: Option<SocketAddr>,
    /// The published site to serve along with the look-up.
    pub site: Option<PathBuf>,
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
}

/// Requests that are being answered when it shall end have so long.
const GRACE: Duration = Duration::from_secs(10);

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
    let trusted_proxies = service.trusted_proxies().clone();
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
    let app = app.layer(from_fn(security::add_headers));
    let address = options.listen;
    let listener = listen(address, "--listen").await?;
    let (ending, mut ended) = watch::channel(false);
    let watched = match options.metrics {
        Some(address) => Some(listen(address, "--metrics").await?),
        None => None,
    };
    // It ends with the last request, not with the first sign of stopping.
    let mut machines = JoinSet::new();
    if let Some(listener) = watched {
        let routes = metrics::router(measured, service, ended.clone());
        machines.spawn(axum::serve(listener, routes).into_future());
    }
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
    let server = connections::serve(listener, app, trusted_proxies, ended.clone());
    let stop = async {
        stop_signal().await;
        tracing::info!("stopping: no new requests, those being answered are finished");
        ending.send_replace(true);
        std::future::pending::<()>().await;
    };
    let patience = async {
        let _ = ended.wait_for(|&ended| ended).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = server => tracing::info!("stopped"),
        () = stop => {}
        () = patience => tracing::warn!("stopped; some requests took too long and were broken off"),
    }
    Ok(())
}

async fn listen(address: SocketAddr, flag: &'static str) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::InUse { address, flag },
            _ => ServeError::Listen { address, source },
        })
}

/// Waits for ctrl-c or, where the system has it, SIGTERM. A signal that cannot be listened to never comes.
async fn stop_signal() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut stream) => stream.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        () = interrupted => {}
        _ = terminated => {}
    }
}
