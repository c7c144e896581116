//! The harness behind the tests of the whole product: a real browser, the real programs, listening servers.
//!
//! 1. [`product`] builds the site and the practice look-up once per test program, with the real binaries.
//! 2. [`process`] runs a binary as a server and keeps all that it prints.
//! 3. [`web_server`] serves a folder under any path, with or without a look-up behind it.
//! 4. [`browser`] starts Chromium with an empty profile; [`page`] drives one tab of it;
//!    both speak to it through [`cdp`].
//! 5. [`sink`] counts whatever arrives at an address; [`channel`] names every way out of a page.
//!    [`escape`] tries them all, [`sealed`] uses what stands in a sealed frame and looks for traces.
//! 6. [`needle`] searches written files for what must not be in them; [`visible`] reads pages as people do,
//!    [`quoted`] as they were before the build squeezed them, [`camera`] the QR codes on a picture.
//! 7. [`authority`] makes certificates, good and bad. [`nginx`] and [`mail_server`] start Debian's servers with them;
//!    [`bad_peer`] does what no server should.
//! 8. [`thunderbird`] sets up an account as a person does, driven by [`marionette`]. It meets the agency's hosts by their
//!    names and by HTTPS.
//! 9. [`fixture`] is a small invented project that a test may spoil; [`workspace`] a copy of the real one.
//!
//! Nothing here sleeps for a fixed time and hopes: everything waits for a condition, up to [`PATIENCE`].

// A harness that cannot go on has found a failed test: panicking is how it says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod authority;
pub mod bad_peer;
pub mod browser;
pub mod camera;
pub mod cdp;
pub mod channel;
pub mod escape;
pub mod fixture;
pub mod mail_server;
pub mod marionette;
pub mod needle;
pub mod nginx;
pub mod page;
pub mod process;
pub mod product;
pub mod quoted;
pub mod sealed;
pub mod sink;
pub mod thunderbird;
pub mod visible;
pub mod web_server;
pub mod workspace;

use std::time::{Duration, Instant};

/// How long a condition may take to come true before the test fails. Generous: the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `condition` gives a value.
///
/// # Panics
/// After [`PATIENCE`], naming `what` was waited for.
pub fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(
            Instant::now() < deadline,
            "waited {PATIENCE:?} in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
