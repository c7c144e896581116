//! Tries every way out of the frame in a page and tells which of them were taken.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::browser::Browser;
use crate::channel::{CHANNELS, Channel, Manner, UNSEEN};
use crate::needle::files_in;
use crate::page::Document;
use crate::product::work_folder;
use crate::quoted::quoted;
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

    /// What arrived, but for the known empty connections.
    pub fn beyond_the_known(&self) -> Vec<&Arrival> {
        let arrivals = self.arrivals.iter();
        arrivals
            .filter(|arrival| {
                !EMPTY_CONNECTIONS.contains(&arrival.name) || arrival.requests + arrival.packets > 0
            })
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

/// Chromium opens a connection to where a frame is told to go before it holds that against the page's policy,
/// and then refuses: nothing is sent over it, but somebody hears the knock. No policy and no script prevents
/// it, since `location` can't be taken away; only the frame's own script, named by its hash, could do it.
const EMPTY_CONNECTIONS: [&str; 3] = ["location", "location.replace", "navigation API"];

/// Shows that nothing gets out of the sealed frame of a page; and that everything would, were it not sealed.
///
/// # Panics
/// Where something gets out, or the test has gone blind.
pub fn assert_sealed(site: &Path, path: &str, ready: &str) {
    // Taken away: sandbox, both policies, the script that locks. Then everything gets out,
    // which shows that each channel works, that the sinks listen, and how long to wait.
    let open = copy_of(site, "tanpa-pelindung");
    unprotect(&open, path);
    let unprotected = try_all(&open, path, ready, &visible(), PATIENCE);
    assert_eq!(
        unprotected.missing(&visible()),
        [""; 0],
        "an unprotected frame lets these out no more: the test has gone blind"
    );

    let shut = copy_of(site, "terlindung");
    let patience = (unprotected.took * 2).max(Duration::from_secs(10));
    let protected = try_all(&shut, path, ready, &visible(), patience);
    let escapes = protected.beyond_the_known();
    assert!(escapes.is_empty(), "ways out of the frame: {escapes:#?}");
}

fn copy_of(site: &Path, name: &str) -> PathBuf {
    let copy = work_folder().join(name);
    if copy.exists() {
        std::fs::remove_dir_all(&copy).expect("an earlier copy can be removed");
    }
    for file in files_in(site) {
        let to = copy.join(file.strip_prefix(site).expect("the file is the site's"));
        std::fs::create_dir_all(to.parent().expect("a file has a folder"))
            .expect("folders can be made");
        std::fs::copy(&file, to).expect("files can be copied");
    }
    copy
}

/// Removes the sandbox, both policies and the lock from the page of a site.
fn unprotect(site: &Path, path: &str) {
    let file = site.join(path).join("index.html");
    let page = quoted(&std::fs::read_to_string(&file).expect("the site has the page"));
    let page = without(&page, "<meta http-equiv=\"Content-Security-Policy\"", ">");
    let page = without(
        &page,
        "&lt;meta http-equiv=&quot;Content-Security-Policy&quot;",
        "&gt;",
    );
    let page = without(&page, "sandbox=\"", "\"");
    // The lock is the first line of the frame's script.
    let (before, script) = page
        .split_once("&lt;script&gt;")
        .expect("the frame has a script");
    let (lock, rest) = script.split_once('\n').expect("the lock is a line");
    assert!(lock.contains("RTCPeerConnection") && !rest.contains("RTCPeerConnection"));
    let page = format!("{before}&lt;script&gt;{rest}");
    std::fs::write(file, page).expect("the page can be written");
}

/// A page without the one passage that begins with `start` and goes up to the next `end`.
fn without(page: &str, start: &str, end: &str) -> String {
    let (before, after) = page
        .split_once(start)
        .unwrap_or_else(|| panic!("the page has no {start}"));
    let (_, after) = after
        .split_once(end)
        .unwrap_or_else(|| panic!("what begins with {start} does not end"));
    assert!(!after.contains(start), "the page has several {start}");
    format!("{before}{after}")
}
