//! Tries every way out of the frame in a page and tells which of them were taken.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::channel::{CHANNELS, Channel, Manner, UNSEEN};
use crate::page::Document;
use crate::sink::Sink;
use crate::web_server::WebServer;

/// A page of the same site that passes on whatever another tab gives it: the test's accomplice.
const RELAY: &str = "<!doctype html><title>relay</title><script>
    const pass = url => fetch(url, {mode: 'no-cors'});
    new BroadcastChannel('pandu-test').onmessage = event => pass(event.data);
    addEventListener('storage', event => event.newValue && pass(event.newValue));
    setInterval(() => {
        const url = document.cookie.split('pandu-test=')[1];
        if (url) { document.cookie = 'pandu-test=;max-age=0;path=/'; pass(url); }
    }, 20);
</script>";

/// What arrived through one channel.
#[derive(Debug)]
pub struct Arrival {
    /// Name of the channel.
    pub name: &'static str,
    /// TCP connections opened.
    pub connections: usize,
    /// HTTP requests made.
    pub requests: usize,
    /// UDP packets sent.
    pub packets: usize,
    /// Whether the channel's host name was asked for.
    pub name_asked: bool,
}

/// What came of trying every channel.
pub struct Escapes {
    /// The channels through which something arrived, in the order of [`CHANNELS`].
    pub arrivals: Vec<Arrival>,
    /// How long it took until the last of those that can be seen had arrived, or until patience ended.
    pub took: Duration,
}

impl Escapes {
    /// Those of `names` through which nothing arrived.
    pub fn missing(&self, names: &[&'static str]) -> Vec<&'static str> {
        names
            .iter()
            .copied()
            .filter(|name| !self.reached(name))
            .collect()
    }

    /// Whether anything arrived through the channel of that name.
    pub fn reached(&self, name: &str) -> bool {
        self.arrivals.iter().any(|arrival| arrival.name == name)
    }
}

/// Every channel that shows itself when nothing shuts it.
pub fn visible() -> Vec<&'static str> {
    CHANNELS
        .iter()
        .map(|channel| channel.name)
        .filter(|name| !UNSEEN.contains(name))
        .collect()
}

/// Loads `path` (of the site in `folder`, into which the accomplice is put; or a `file:` address), waits until its frame is
/// `ready`, and tries every channel in it. Ends when all that are `expected` have arrived, else after `patience`.
pub fn try_all(
    folder: &Path,
    path: &str,
    ready: &str,
    expected: &[&str],
    patience: Duration,
) -> Escapes {
    std::fs::write(folder.join("relay.html"), RELAY)
        .expect("the accomplice can be put into the site");
    let server = WebServer::start(folder, "/", None);
    let log = folder.join("net-log.json");
    let browser = Browser::start_plain(&log);
    let relay = browser.page();
    relay.goto(&server.url("relay.html"));

    let sinks: Vec<Sink> = CHANNELS.iter().map(|_| Sink::start()).collect();
    let address = if path.starts_with("file:") {
        path.to_owned()
    } else {
        server.url(path)
    };
    let open = || {
        let page = browser.page();
        page.goto(&address);
        page.frame().wait_for(ready);
        page
    };
    let shared = open();
    let mut others = Vec::new();
    for (channel, sink) in CHANNELS.iter().zip(&sinks) {
        let frame = if channel.manner == Manner::Leaves {
            others.push(open());
            others.last().expect("a page was just opened").frame()
        } else {
            shared.frame()
        };
        attempt(&frame, channel, sink);
    }

    let begun = Instant::now();
    // A name asked for is seen only in the record that a closed browser leaves.
    let awaited = |channel: &Channel| {
        channel.manner != Manner::AsksForName && expected.contains(&channel.name)
    };
    while begun.elapsed() < patience
        && CHANNELS
            .iter()
            .zip(&sinks)
            .any(|(channel, sink)| awaited(channel) && !sink.reached())
    {
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = begun.elapsed();
    drop((relay, shared, others));
    browser.close();
    let log = std::fs::read_to_string(&log).expect("the browser writes down its networking");
    let arrivals = CHANNELS
        .iter()
        .zip(&sinks)
        .map(|(channel, sink)| Arrival {
            name: channel.name,
            connections: sink.connections(),
            requests: sink.requests(),
            packets: sink.packets(),
            name_asked: channel.manner == Manner::AsksForName && log.contains(&channel.host_name()),
        })
        .filter(|arrival| arrival.connections + arrival.packets > 0 || arrival.name_asked)
        .collect();
    Escapes { arrivals, took }
}

fn attempt(frame: &Document, channel: &Channel, sink: &Sink) {
    match frame.try_evaluate(&channel.script(sink)) {
        Ok(_) => {}
        // It has taken the frame away with it: that may be a way out as well.
        Err(error) if channel.manner == Manner::Leaves && error.contains("context") => {}
        Err(error) => panic!("{} could not be tried: {error}", channel.name),
    }
}
