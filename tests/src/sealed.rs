//! A person at a page whose island stands in a sealed frame: fills its fields, leaves, and finds out what is left of them.

use std::path::Path;

use serde_json::json;

use crate::browser::Browser;
use crate::needle::{Needle, find_in_folder};
use crate::page::{Document, Page};
use crate::web_server::WebServer;

/// True in the frame once its program runs.
pub const READY: &str = "document.querySelector('main[data-island][data-ready]')";

/// The page in a tab of a browser of its own, and the frame in it.
pub struct Visit {
    /// The page around the frame.
    pub page: Page,
    /// What stands in it.
    pub frame: Document,
    browser: Browser,
}

impl Visit {
    /// At a page of a site, once its program runs.
    pub fn begin(site: &Path, path: &str) -> Self {
        Self::at(&WebServer::start(site, "/", None).url(path))
    }

    /// At an address, once its program runs.
    pub fn at(address: &str) -> Self {
        let browser = Browser::start();
        let page = browser.page();
        page.set_device(1280, 800, false);
        page.goto(address);
        page.document()
            .wait_for("document.querySelector('.sealed[data-ready]')");
        let frame = page.frame();
        frame.wait_for(READY);
        Self {
            page,
            frame,
            browser,
        }
    }

    /// Types into a field of the frame, in place of what it held.
    pub fn fill(&self, field: &str, text: &str) {
        self.frame.click(field);
        self.frame
            .evaluate(&format!("document.querySelector('{field}').select()"));
        self.page.press("Backspace");
        self.page.type_text(text);
        let held = format!("document.querySelector('{field}').value");
        assert_eq!(self.frame.text(&held), text);
    }

    /// Asserts that a person can use the form without a network, and that nothing of what they typed gets out of the frame
    /// or stays behind.
    pub fn assert_leaves_no_trace(self, site: &Path, using: impl FnOnce(&Self), typed: &[Needle]) {
        let document = self.page.document();
        document.evaluate(
            "window.heard = []; addEventListener('message', event => heard.push(event.data)); 0",
        );
        let began = document.evaluate("history.length");
        let mark = self.page.mark();
        self.page.set_offline(true);
        using(&self);
        self.page.set_offline(false);
        // A request of the test's own, seen, shows that earlier ones would have been.
        document.evaluate("fetch('?tampak').catch(() => {})");
        let requests = self.page.requests_since(mark);
        assert_eq!(requests.len(), 1, "{requests:?}");
        assert!(requests[0].url.ends_with("?tampak"));
        assert_eq!(self.page.complaints_since(mark), [""; 0]);

        // The page around the frame has heard of nothing but a height and that it runs.
        let heard = document.evaluate("heard");
        for message in heard.as_array().expect("a list") {
            assert!(message.is_number() || message.is_boolean(), "{message}");
        }
        let kept = document.evaluate("(async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length, location.hash, location.search, history.length, JSON.stringify(history.state)])()");
        assert_eq!(kept, json!([0, 0, "", 0, 0, "", "", began, "null"]));
        let page =
            document.text("document.title + location.href + document.documentElement.outerHTML");
        let said = self.page.log_since(mark).join("\n");
        for needle in typed {
            let name = needle.name();
            assert!(!needle.is_in(page.as_bytes()), "{name} in the page");
            assert!(!needle.is_in(said.as_bytes()), "{name} in the log");
        }
        for storage in [
            "localStorage.length",
            "sessionStorage.length",
            "document.cookie",
            "caches.keys()",
            "indexedDB.databases()",
        ] {
            assert!(
                self.frame.try_evaluate(storage).is_err(),
                "the frame can reach {storage}"
            );
        }
        assert_eq!(
            self.frame.text("origin"),
            "null",
            "the frame shares an origin with the site"
        );

        // Nor has the browser written it down; an address it was seen at shows that it writes, and that the search finds.
        let seen = self.browser.page();
        seen.goto(&WebServer::start(site, "/", None).url("penanda-yang-terlihat/"));
        let profile = self.browser.close();
        let marker = Needle::new("marker", "penanda-yang-terlihat");
        assert!(
            !find_in_folder(&[marker], &profile).is_empty(),
            "the search finds nothing that is there"
        );
        let written = find_in_folder(typed, &profile);
        std::fs::remove_dir_all(&profile).expect("the profile can be removed");
        assert_eq!(written, [""; 0], "written by the browser");
    }

    /// Follows a link of the page away and comes back: the frame as it then is.
    pub fn away_and_back(&self) -> Document {
        let document = self.page.document();
        let path = document.text("location.pathname");
        document.click("header a.brand");
        document.wait_for(&format!("location.pathname !== '{path}'"));
        document.evaluate("history.back()");
        document.wait_for(&format!("location.pathname === '{path}'"));
        let frame = self.page.frame();
        frame.wait_for(READY);
        frame
    }
}
