//! What the server shows at this moment, and how open pages hear that it changed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

/// What is shown.
#[derive(Clone)]
pub(super) struct State {
    /// Number of what is shown. Begins with the time of day, so that a server started anew never repeats one.
    build: u64,
    /// When it came to be shown.
    since: Instant,
    /// The newest build failed; what is shown is the last good one, if there was any.
    pub(super) failed: bool,
    /// The site with its look-ups. `None` until a build succeeds.
    pub(super) site: Option<Router>,
    /// The server stops.
    ended: bool,
}

/// The one place that holds the [`State`]: the builder sets it, requests and open pages follow it.
#[derive(Clone)]
pub(super) struct Live(Arc<watch::Sender<State>>);

impl Live {
    /// Nothing to show yet.
    pub(super) fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let state = State {
            build: now.map_or(0, |now| now.as_secs() * 1000),
            since: Instant::now(),
            failed: false,
            site: None,
            ended: false,
        };
        Self(Arc::new(watch::Sender::new(state)))
    }

    /// Shows a site just built.
    pub(super) fn show(&self, site: Router) {
        self.0.send_modify(|state| {
            state.build += 1;
            state.since = Instant::now();
            state.failed = false;
            state.site = Some(site);
        });
    }

    /// Tells that a build failed. What was shown goes on being shown.
    pub(super) fn fail(&self) {
        self.0.send_modify(|state| {
            state.failed = true;
            if state.site.is_none() {
                // The waiting page gives way to the one that says why there is nothing.
                state.build += 1;
                state.since = Instant::now();
            }
        });
    }

    /// What is shown at this moment.
    pub(super) fn now(&self) -> State {
        self.0.borrow().clone()
    }

    /// The server stops: open pages are let go, which it would wait for otherwise.
    pub(super) fn end(&self) {
        self.0.send_modify(|state| state.ended = true);
    }

    /// The state and each change of it, as server-sent events.
    pub(super) fn events(&self) -> Response {
        let states = WatchStream::new(self.0.subscribe());
        let events = states.map_while(|state| (!state.ended).then(|| state.event()));
        Sse::new(events.map(Ok::<_, Infallible>))
            .keep_alive(KeepAlive::default())
            .into_response()
    }
}

impl State {
    /// As `reload.js` reads it. The age is in milliseconds: it needs no clock that both agree on.
    fn event(&self) -> Event {
        let age = self.since.elapsed().as_millis();
        let (build, failed) = (self.build, self.failed);
        Event::default().data(format!(
            r#"{{"build":{build},"age":{age},"failed":{failed}}}"#
        ))
    }
}
