//! Connections from strangers: HTTP/1.1 and HTTP/2 on one port, each bounded in time, in size and in number.
//!
//! | bound | value | against |
//! |---|---|---|
//! | head of a request | 16 KiB, 64 fields, within 15 s | slow and oversized heads |
//! | no request under way | 30 s | idle connections |
//! | age of a connection | 10 minutes, then no new request | those that never end |
//! | connections of one client | 512 (a hall of eighty browsers); a trusted proxy has no such bound | one machine that takes all |
//! | connections in all | 8,192 | many machines |
//! | requests at once on one HTTP/2 connection | 64 | rapid resets (CVE-2023-44487) |
//!
//! A connection beyond a number is closed at once, unanswered: whoever has one goes on undisturbed. The
//! system's limit of open files (`ulimit -n`, `LimitNOFILE=` of systemd) should be 16,384 or more.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use model::network::Networks;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::http::limit::subscriber;

/// Time for the head of a request, from the connection or from the request's first byte.
const HEAD_TIME: Duration = Duration::from_secs(15);
const HEAD_BYTES: usize = 16 * 1024;
const HEAD_FIELDS: usize = 64;
/// Time that a connection may rest without a request.
const IDLE_TIME: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_secs(3);
const AGE: Duration = Duration::from_secs(600);
/// Time for the rest of an answer after a connection was told to end.
const LAST_ANSWER: Duration = Duration::from_secs(60);
const STREAMS: u32 = 64;
const MOST: usize = 8192;
const MOST_OF_CLIENT: usize = 512;

/// Accepts connections until `stopping` turns true, then waits until all are answered.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    trusted_proxies: Networks,
    stopping: watch::Receiver<bool>,
) {
    let gate = Arc::new(Gate {
        trusted_proxies,
        inside: Mutex::default(),
    });
    let mut connections = JoinSet::new();
    let mut stop = stopping.clone();
    let mut stop = pin!(async move {
        // An error means that nobody can say it any more, which is the end too.
        let _ = stop.wait_for(|&stopping| stopping).await;
    });
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    if let Some(ticket) = gate.enter(peer.ip()) {
                        let connection = connection(stream, peer, app.clone(), stopping.clone());
                        connections.spawn(async move {
                            connection.await;
                            drop(ticket);
                        });
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

fn is_of_the_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Who has how many connections.
struct Gate {
    trusted_proxies: Networks,
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
        let is_proxy = self.trusted_proxies.contains(peer);
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let own = inside.of.get(&client).copied().unwrap_or(0);
        if inside.all >= MOST || (own >= MOST_OF_CLIENT && !is_proxy) {
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

/// What a connection does now.
struct Activity {
    under_way: usize,
    since: Instant,
    has_asked: bool,
}

impl Activity {
    /// Whether it rests for too long: less is given to one that has not asked anything yet.
    fn is_idle(&self) -> bool {
        let time = if self.has_asked { IDLE_TIME } else { HEAD_TIME };
        self.under_way == 0 && self.since.elapsed() >= time
    }
}

fn change(activity: &Mutex<Activity>, by: impl FnOnce(&mut Activity)) {
    let mut activity = activity.lock().unwrap_or_else(PoisonError::into_inner);
    by(&mut activity);
    activity.since = Instant::now();
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    mut stopping: watch::Receiver<bool>,
) {
    // Answers are small and whole: they need not wait for more.
    let _ = stream.set_nodelay(true);
    let activity = Arc::new(Mutex::new(Activity {
        under_way: 0,
        since: Instant::now(),
        has_asked: false,
    }));
    let service = {
        let activity = Arc::clone(&activity);
        hyper::service::service_fn(move |request: Request<Incoming>| {
            let (app, activity) = (app.clone(), Arc::clone(&activity));
            async move {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                change(&activity, |activity| {
                    activity.has_asked = true;
                    activity.under_way += 1;
                });
                let response: Result<Response, Infallible> = app.oneshot(request).await;
                change(&activity, |activity| activity.under_way -= 1);
                response
            }
        })
    };
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(16 * 1024)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(IDLE_TIME)
        .keep_alive_timeout(HEAD_TIME);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let end = async {
        let start = Instant::now();
        while start.elapsed() < AGE {
            tokio::time::sleep(LOOK_EVERY).await;
            if activity
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_idle()
            {
                return false;
            }
        }
        true
    };
    // What a broken connection says is of no use to anybody, and may hold what was sent.
    let stop = async {
        let _ = stopping.wait_for(|&stopping| stopping).await;
    };
    let may_finish = tokio::select! {
        _ = connection.as_mut() => return,
        has_asked = end => has_asked,
        () = stop => true,
    };
    let has_asked = activity
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .has_asked;
    if may_finish || has_asked {
        connection.as_mut().graceful_shutdown();
        let _ = tokio::time::timeout(LAST_ANSWER, connection).await;
    }
}
