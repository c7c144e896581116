//! Connections from strangers: HTTP/1.1 and HTTP/2 on one port, each bounded in time, in size and in number.
//!
//! | bound | value, if not configured | against |
//! |---|---|---|
//! | TLS handshake, head of a request | 16 KiB, 64 fields, each within 15 s | slow and oversized heads |
//! | nothing asked and nothing sent | 30 s | idle connections, readers that stop reading |
//! | age of a connection | 10 minutes, then no new request | those that never end |
//! | connections of one client | 512 (a hall of eighty browsers); none for trusted proxies and shared networks | one machine that takes all |
//! | connections in all | 8,192 | many machines |
//! | requests at once on one HTTP/2 connection | 64 | rapid resets (CVE-2023-44487) |
//!
//! A connection beyond a number is closed at once, unanswered, and counted: whoever has one goes on undisturbed.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use model::network::Networks;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::http::limit::subscriber;
use crate::metrics::Metrics;
use crate::serve::Phase;

const HEAD_BYTES: usize = 16 * 1024;
const HEAD_FIELDS: usize = 64;
/// How often one looks whether a connection is idle.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// After so long a connection gets no new request, and after twice as long it ends.
const AGE: Duration = Duration::from_secs(600);
/// Time to tell an idle connection that it ends.
const GOODBYE: Duration = Duration::from_secs(1);
const STREAMS: u32 = 64;

/// How many connections there may be, and how long they may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections in all.
    pub all: usize,
    /// Connections of one client.
    pub of_client: usize,
    /// Time for a handshake, and for the head of a request from its first byte.
    pub head: Duration,
    /// Time that a connection may rest without a request.
    pub idle: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            all: 8192,
            of_client: 512,
            head: Duration::from_secs(15),
            idle: Duration::from_secs(30),
        }
    }
}

/// What connections are served with.
pub struct Connections {
    /// What answers requests.
    pub app: Router,
    /// What speaks TLS; none: they are not encrypted.
    pub tls: Option<TlsAcceptor>,
    /// Their bounds.
    pub limits: ConnectionLimits,
    /// Who may have more of them than one client: proxies, shared networks.
    pub exempt: Vec<Networks>,
    /// Where those turned away are counted.
    pub metrics: Arc<Metrics>,
}

/// Accepts connections until it shall stop, then waits until all are answered.
pub async fn serve(listener: TcpListener, served: Connections, phase: watch::Receiver<Phase>) {
    let served = Arc::new(served);
    let gate = Arc::new(Gate {
        served: Arc::clone(&served),
        inside: Mutex::default(),
    });
    let mut connections = JoinSet::new();
    let mut stop = pin!(stopping(phase.clone()));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    if let Some(ticket) = gate.enter(peer.ip()) {
                        let accepted = accepted_connection(stream, peer, Arc::clone(&served), phase.clone());
                        connections.spawn(async move {
                            accepted.await;
                            drop(ticket);
                        });
                    } else {
                        served.metrics.count_turned_away();
                    }
                }
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    // Out of files or memory: some connections must end first.
                    tracing::error!(cause = %error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Waits until no new request is wanted.
async fn stopping(mut phase: watch::Receiver<Phase>) {
    // An error means that nobody can say it any more, which is the end too.
    let _ = phase.wait_for(|&phase| phase == Phase::Stopping).await;
}

fn is_of_the_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Who has how many connections.
struct Gate {
    served: Arc<Connections>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// A connection's place; given back when it ends.
struct Ticket {
    gate: Arc<Gate>,
    client: IpAddr,
}

impl Gate {
    fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Ticket> {
        let client = subscriber(peer.to_canonical());
        let limits = &self.served.limits;
        let is_exempt = self.served.exempt.iter().any(|known| known.contains(peer));
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let own = inside.of.get(&client).copied().unwrap_or(0);
        if inside.all >= limits.all || (own >= limits.of_client && !is_exempt) {
            return None;
        }
        inside.all += 1;
        inside.of.insert(client, own + 1);
        Some(Ticket {
            gate: Arc::clone(self),
            client,
        })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut inside = self
            .gate
            .inside
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        inside.all = inside.all.saturating_sub(1);
        if let Some(own) = inside.of.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                inside.of.remove(&self.client);
            }
        }
    }
}

/// When something was last asked or sent on a connection.
struct Activity {
    since: Instant,
    has_asked: bool,
}

impl Activity {
    /// Whether it rests for too long: less is given to one that has not asked anything yet.
    fn is_idle(&self, limits: &ConnectionLimits) -> bool {
        let time = if self.has_asked {
            limits.idle
        } else {
            limits.head
        };
        self.since.elapsed() >= time
    }
}

/// A connection's [`Activity`], which requests, answers and whoever watches it share.
#[derive(Clone)]
struct Shared(Arc<Mutex<Activity>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Activity> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn happened(&self) {
        let mut activity = self.lock();
        activity.has_asked = true;
        activity.since = Instant::now();
    }
}

/// An answer's body, each piece of which is a sign of life: a large file may take a slow telephone minutes, and
/// whoever stops reading it is idle.
struct Watched {
    body: Body,
    activity: Shared,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_ready() {
            self.activity.happened();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

async fn accepted_connection(
    stream: TcpStream,
    peer: SocketAddr,
    served: Arc<Connections>,
    phase: watch::Receiver<Phase>,
) {
    // Answers are small and whole: they need not wait for more.
    let _ = stream.set_nodelay(true);
    match &served.tls {
        None => connection(stream, peer, &served, phase).await,
        Some(acceptor) => {
            // What a failed handshake says is of no use to anybody.
            let handshake = tokio::time::timeout(served.limits.head, acceptor.accept(stream));
            if let Ok(Ok(stream)) = handshake.await {
                connection(stream, peer, &served, phase).await;
            }
        }
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    served: &Connections,
    phase: watch::Receiver<Phase>,
) {
    let limits = served.limits;
    let activity = Shared(Arc::new(Mutex::new(Activity {
        since: Instant::now(),
        has_asked: false,
    })));
    let service = {
        let (activity, app) = (activity.clone(), served.app.clone());
        hyper::service::service_fn(move |request: Request<Incoming>| {
            let (app, activity) = (app.clone(), activity.clone());
            async move {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                activity.happened();
                let answer: Result<Response, Infallible> = app.oneshot(request).await;
                answer.map(|response| response.map(|body| Watched { body, activity }))
            }
        })
    };
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(16 * 1024)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(limits.idle)
        .keep_alive_timeout(limits.head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // What a broken connection says is of no use to anybody, and may hold what was sent.
    let is_idle = tokio::select! {
        _ = connection.as_mut() => return,
        () = idle(&activity, &limits) => true,
        () = tokio::time::sleep(AGE) => false,
        () = stopping(phase) => false,
    };
    if is_idle && !activity.lock().has_asked {
        return;
    }
    // No further request; the answers under way are finished as long as somebody reads them.
    connection.as_mut().graceful_shutdown();
    let last = async {
        if is_idle {
            tokio::time::sleep(GOODBYE).await;
        } else {
            tokio::select! {
                () = idle(&activity, &limits) => {}
                () = tokio::time::sleep(AGE) => {}
            }
        }
    };
    tokio::select! {
        _ = connection => {}
        () = last => {}
    }
}

/// Waits until a connection rests for too long.
async fn idle(activity: &Shared, limits: &ConnectionLimits) {
    while !activity.lock().is_idle(limits) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
