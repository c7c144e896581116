//! The development server: shows the site while it is written.
//!
//! 1. the port is taken first, so that a busy one is told before minutes of building
//! 2. `watch` tells what changed; the first "change" is everything
//! 3. `builder` builds the WASM client, the site and (`practice`) the look-ups, on a thread of its own
//! 4. `live` holds what is shown, and tells open pages of it
//! 5. `router` answers requests from there
//!
//! Everything is made below `target/pandu`, never in `dist`. No request is logged.

mod builder;
mod live;
mod practice;
mod router;
mod watch;

use std::fs;
use std::future::pending;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::build::BuildError;
use crate::web_app::WebAppError;
use builder::Builder;
use live::Live;
use watch::Changes;

/// Requests under way when the server stops get this long to end.
const FAREWELL: Duration = Duration::from_secs(2);

/// What to serve, and where.
pub struct ServeOptions {
    /// The project: the folder that holds `content/` and `themes/`.
    pub root: PathBuf,
    /// Where to listen. Port 0 takes a free one.
    pub host_port: SocketAddr,
    /// Only this agency, at the site's root; otherwise all there are.
    pub agency: Option<String>,
}

/// Why nothing is served, in one sentence each, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another program listens there.
    #[error("port {port} is in use; stop that program or pass --port {}", port.checked_add(1).unwrap_or(8080))]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// Ports below 1024 belong to the system's administrator.
    #[error("port {port} may only be used by an administrator; pass --port 8080")]
    PortForbidden {
        /// The port.
        port: u16,
    },
    /// The address is not this computer's, or the system refuses for another reason.
    #[error("cannot listen on {address} ({source}); pass another --host or --port")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A full or read-only disk, or a folder of somebody else's.
    #[error(
        "cannot write to {} ({source}); make that folder writable, or copy the project to a disk that is",
        folder.display()
    )]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Changes cannot be noticed.
    #[error(
        "cannot watch the project for changes ({0}); close other programs that watch many files, or raise the system's limit (fs.inotify.max_user_watches and max_user_instances)"
    )]
    Watch(#[from] notify::Error),
    /// The WASM client cannot be built, and no edit would help.
    #[error(transparent)]
    WebApp(#[from] WebAppError),
    /// The site cannot be built, and no edit would help.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The system ended the server, or denied it a thread.
    #[error("the server stopped ({0}); run this command again")]
    Stopped(#[from] io::Error),
}

/// Serves until ctrl-c or SIGTERM. Prints the address on a line of its own on standard output once
/// there is something to see; everything else goes to standard error.
///
/// Mistakes in content, theme or code do not end it: they are printed, and what was shown before goes on
/// being shown.
///
/// # Errors
/// What no edit of the project's files can mend: see [`ServeError`].
pub async fn run(options: ServeOptions) -> Result<(), ServeError> {
    let listener = listen(options.host_port).await?;
    let address = listener.local_addr()?;
    let root = options.root.canonicalize()?;
    let folder = root.join("target/pandu");
    fs::create_dir_all(&folder)
        .and_then(|()| tempfile::tempfile_in(&folder).map(drop))
        .map_err(|source| ServeError::NotWritable { folder, source })?;
    // Before the first build, so that nothing saved during it is missed.
    let changes = Changes::watch(&root)?;

    let live = Live::new();
    let (first, mut ready) = oneshot::channel();
    let builder = Builder::new(root, options.agency, live.clone());
    // Not one of the runtime's threads: those are waited for at the end, and a build may take minutes.
    thread::Builder::new()
        .name("builder".to_owned())
        .spawn(move || builder.follow(&changes, first))?;

    let (stop, stopped) = oneshot::channel::<()>();
    let app = router::router(live.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app)
        .with_graceful_shutdown(async move { stopped.await.unwrap_or_default() });
    let mut server = tokio::spawn(server.into_future());

    tokio::select! {
        outcome = &mut ready => match outcome {
            Ok(outcome) => outcome?,
            Err(_) => return Err(io::Error::other("the builder failed").into()),
        },
        () = asked_to_stop() => return Ok(()),
    }
    announce(address)?;
    tokio::select! {
        outcome = &mut server => return outcome.map_err(io::Error::other)?.map_err(ServeError::from),
        () = asked_to_stop() => {}
    }
    live.end();
    let _ = stop.send(());
    // Whoever has not finished by then is cut off with the process.
    let _ = tokio::time::timeout(FAREWELL, server).await;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let port = address.port();
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            ErrorKind::AddrInUse => ServeError::PortInUse { port },
            ErrorKind::PermissionDenied => ServeError::PortForbidden { port },
            _ => ServeError::Listen { address, source },
        })
}

/// Prints the address as one types it into a browser.
fn announce(mut address: SocketAddr) -> io::Result<()> {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let mut out = io::stdout().lock();
    writeln!(out, "http://{address}")?;
    out.flush()?;
    eprintln!("Press Ctrl-C to stop.");
    Ok(())
}

/// Ends at ctrl-c or, where the system has it, SIGTERM.
async fn asked_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = pending::<Option<()>>();
    tokio::select! {
        () = interrupted => {}
        _ = terminated => {}
    }
}
