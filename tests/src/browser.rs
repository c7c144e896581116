//! A real Chromium with a new, empty profile.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cdp::Connection;
use crate::page::Page;
use crate::wait_until;

/// What makes headless runs alike: no first-run pages, nothing that the browser does of its own accord, and no page
/// that still glides on while it is clicked.
const QUIET: [&str; 5] = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--force-prefers-reduced-motion",
];

/// A running browser; closed when dropped.
pub struct Browser {
    cdp: Rc<RefCell<Connection>>,
    process: Child,
    profile: TempDir,
}

impl Browser {
    /// Starts a browser that does nothing of its own accord.
    pub fn start() -> Self {
        Self::start_with(&QUIET)
    }

    /// Starts one for sites that are kept on the device. It does not put pages away for the way back: Chromium 156 crashes
    /// where such a page belongs to a worker that another takes the place of (its reports name `ServiceWorkerBfcache`).
    pub fn start_for_workers() -> Self {
        let flags = [&QUIET[..], &["--disable-features=BackForwardCache"]].concat();
        Self::start_with(&flags)
    }

    /// Starts a browser as people have it: it opens connections ahead of time and speaks QUIC. Only its maker's
    /// services are out of reach. `log` is where it writes its own record of all networking, complete once it
    /// is closed.
    pub fn start_plain(log: &Path) -> Self {
        let log = format!("--log-net-log={}", log.display());
        Self::start_with(&[
            &log,
            "--host-resolver-rules=MAP *.google.com ~NOTFOUND, MAP *.googleapis.com ~NOTFOUND, MAP *.gvt1.com ~NOTFOUND",
        ])
    }

    fn start_with(flags: &[&str]) -> Self {
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let process = Command::new(program())
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
            ])
            .args(flags)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let told = profile.path().join("DevToolsActivePort");
        let (port, path) = wait_until("the browser's debugging port", || {
            let text = std::fs::read_to_string(&told).ok()?;
            let (port, path) = text.split_once('\n')?;
            Some((port.parse().ok()?, path.trim().to_owned())).filter(|(_, path)| !path.is_empty())
        });
        Self {
            cdp: Rc::new(RefCell::new(Connection::open(port, &path))),
            process,
            profile,
        }
    }

    /// Opens an empty tab, as in a browser that keeps no site on the device: what the worker asks for and stores would
    /// mix with what a page does by itself.
    pub fn page(&self) -> Page {
        let page = self.tab();
        page.call(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({"source": "Object.defineProperty(Navigator.prototype, 'serviceWorker', {get() {}})"}),
        );
        page
    }

    /// Opens an empty tab in which sites may be kept. Nothing in it is stopped at its start to be watched from there: a
    /// worker that is stopped keeps pages waiting that need it, and a frame that is stopped while its page is left can
    /// keep the whole tab from answering.
    pub fn page_with_worker(&self) -> Page {
        let page = self.tab();
        let filter = json!([{"type": "service_worker", "exclude": true}, {}]);
        page.call(
            "Target.setAutoAttach",
            json!({"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true, "filter": filter}),
        );
        page
    }

    fn tab(&self) -> Page {
        let target = self
            .cdp
            .borrow_mut()
            .call("", "Target.createTarget", json!({"url": "about:blank"}))
            .expect("a tab opens");
        self.attached(&target["targetId"])
    }

    fn attached(&self, target: &Value) -> Page {
        let mut cdp = self.cdp.borrow_mut();
        let attached = cdp
            .call(
                "",
                "Target.attachToTarget",
                json!({"targetId": target, "flatten": true}),
            )
            .expect("a tab can be watched");
        let session = attached["sessionId"]
            .as_str()
            .expect("a session has an id")
            .to_owned();
        cdp.watch(&session);
        drop(cdp);
        Page::new(Rc::clone(&self.cdp), session)
    }

    /// The window that a page has opened, by the end of its address.
    pub fn window(&self, address: &str) -> Page {
        let target = wait_until("the window", || {
            let mut cdp = self.cdp.borrow_mut();
            let targets = cdp.call("", "Target.getTargets", json!({})).ok()?;
            let targets = targets["targetInfos"].as_array()?.clone();
            let found = targets.iter().find(|target| {
                target["url"]
                    .as_str()
                    .is_some_and(|url| url.ends_with(address))
            })?;
            Some(found["targetId"].clone())
        });
        self.attached(&target)
    }

    /// The folder in which the browser keeps whatever it keeps.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// Closes the browser as a person does, so that it writes down what it would, and gives its profile.
    pub fn close(mut self) -> PathBuf {
        // It may be gone before it replies.
        let _ = self
            .cdp
            .borrow_mut()
            .send("", "Browser.close", Value::Object(Default::default()));
        wait_until("the browser to close", || {
            self.process
                .try_wait()
                .expect("the browser can be waited for")
        });
        // Kept: who asked for it looks into it. The system's own tidying takes it away later.
        let profile = tempfile::tempdir().expect("a folder for the profile");
        std::mem::replace(&mut self.profile, profile).keep()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.cdp.borrow_mut().send("", "Browser.close", json!({}));
        for _ in 0..300 {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The browser's program: the environment's `CHROME`, else the first known name on the `PATH`.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("CHROME") {
        return named.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
        .expect("a browser is needed: run `tests/run`, which installs one, or set CHROME to its program")
}
