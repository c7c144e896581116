//! Uji Passphrase in a real browser: what it tells, and that nothing gets out of its frame.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;
use tests::browser::Browser;
use tests::escape;
use tests::page::{Document, Page};
use tests::product::site;
use tests::web_server::WebServer;

const PATH: &str = "cek/uji-passphrase/";
const READY: &str = "document.querySelector('main[data-island][data-ready]')";
const GOOD: &str = "Xk7#mP2qLz9&vT4w";

struct Visit {
    page: Page,
    frame: Document,
    _browser: Browser,
}

impl Visit {
    fn begin() -> Self {
        let browser = Browser::start();
        let page = browser.page();
        page.goto(&WebServer::start(site(), "/", None).url(PATH));
        page.document()
            .wait_for("document.querySelector('[data-island][data-ready]')");
        let frame = page.frame();
        frame.wait_for(READY);
        Self {
            page,
            frame,
            _browser: browser,
        }
    }

    /// Types into a field of the frame, in place of what it held.
    fn fill(&self, field: &str, text: &str) {
        self.frame.click(field);
        self.frame
            .evaluate(&format!("document.querySelector('{field}').select()"));
        self.page.press("Backspace");
        self.page.type_text(text);
        assert_eq!(
            self.frame
                .text(&format!("document.querySelector('{field}').value")),
            text
        );
    }

    /// Waits until each rule stands as told; `ok` and `bad` may be written before the rules' names.
    fn rules(&self, expected: &[(&str, &str)]) {
        for (rule, state) in expected {
            self.frame.wait_for(&format!("document.querySelector('#uji-aturan [data-rule={rule}]').dataset.state === '{state}'"));
        }
    }

    fn shown(&self, selector: &str) -> String {
        self.frame.text(&format!(
            "document.querySelector('{selector}')?.innerText ?? ''"
        ))
    }
}

#[test]
fn the_checklist_follows_what_is_typed() {
    let visit = Visit::begin();
    let idle = [
        "minimal",
        "huruf-besar",
        "huruf-kecil",
        "angka",
        "karakter-khusus",
        "dilarang",
        "sama",
    ]
    .map(|rule| (rule, "idle"));
    visit.rules(&idle);
    visit.fill("#uji-isian", "aa1");
    visit.rules(&[
        ("minimal", "bad"),
        ("huruf-besar", "bad"),
        ("huruf-kecil", "ok"),
        ("angka", "ok"),
        ("karakter-khusus", "bad"),
        ("dilarang", "ok"),
    ]);
    // The only special character is a forbidden one: it counts as none, and is named.
    visit.fill("#uji-isian", "Aa1]aaaa");
    visit.rules(&[
        ("minimal", "ok"),
        ("huruf-besar", "ok"),
        ("karakter-khusus", "bad"),
        ("dilarang", "bad"),
    ]);
    assert!(
        visit.shown("#uji-dilarang").contains(']'),
        "{}",
        visit.shown("#uji-dilarang")
    );
    // A space is kept, counted, and said to be uncertain.
    visit.fill("#uji-isian", "Aa1! aaaa ");
    visit.rules(&[
        ("minimal", "ok"),
        ("karakter-khusus", "ok"),
        ("dilarang", "ok"),
    ]);
    assert!(
        visit.shown("#uji-ragu").contains("spasi"),
        "{}",
        visit.shown("#uji-ragu")
    );
    visit.fill("#uji-isian", GOOD);
    visit.fill("#uji-ulang", "Xk7");
    visit.page.press("Enter");
    visit.rules(&[("sama", "bad")]);
    visit.fill("#uji-ulang", GOOD);
    visit.rules(&idle.map(|(rule, _)| (rule, "ok")));
}

#[test]
fn strength_in_three_words_with_a_reason() {
    let visit = Visit::begin();
    for (typed, level) in [
        ("Jakarta1!", "lemah"),
        ("xK7#mP2q", "cukup"),
        ("Qwerty12345!@#$%", "lemah"),
        (GOOD, "kuat"),
        ("Indonesia1945!!", "lemah"),
        // Long as it is, one letter is one letter.
        ("a".repeat(300).as_str(), "lemah"),
        // Hard to guess, and refused by BSrE's form.
        ("ember-layar5-tikus-pagar", "cukup"),
    ] {
        visit.fill("#uji-isian", typed);
        visit.frame.wait_for(&format!(
            "document.querySelector('#uji-kekuatan').dataset.level === '{level}'"
        ));
        let told = visit.shown("#uji-kekuatan").to_lowercase();
        assert!(
            told.contains(level) && told.len() > level.len() + 10,
            "a word and a reason: {told}"
        );
    }
}

#[test]
fn mistakes_are_summed_up_and_success_is_announced() {
    let visit = Visit::begin();
    visit.fill("#uji-isian", "Aa1]aaaa");
    visit.page.press("Enter");
    visit
        .frame
        .wait_for("document.activeElement.id === 'uji-ringkasan'");
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').value"),
        "Aa1]aaaa"
    );
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-hasil').getAttribute('role')"),
        "status"
    );

    visit.fill("#uji-isian", GOOD);
    visit.fill("#uji-ulang", GOOD);
    visit.frame.click("#uji-lihat");
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').type"),
        "text"
    );
    assert!(visit.shown("#uji-lihat").contains("Sembunyikan"));
    visit.frame.click("#uji-periksa");
    visit.frame.wait_for(
        "document.querySelector('#uji-hasil')?.innerText.includes('memenuhi semua aturan')",
    );
    // Checked, it is hidden again, and kept.
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').type"),
        "password"
    );
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').value"),
        GOOD
    );
}

#[test]
fn works_in_airplane_mode_without_a_request_or_a_trace() {
    let visit = Visit::begin();
    visit.page.document().evaluate(
        "window.heard = []; addEventListener('message', event => heard.push(event.data)); 0",
    );
    let mark = visit.page.mark();
    visit.page.set_offline(true);
    visit.fill("#uji-isian", GOOD);
    visit.fill("#uji-ulang", GOOD);
    visit.page.press("Enter");
    visit.frame.wait_for(
        "document.querySelector('#uji-hasil')?.innerText.includes('memenuhi semua aturan')",
    );
    visit.page.set_offline(false);
    // A request of the test's own, seen, shows that earlier ones would have been.
    visit
        .page
        .document()
        .evaluate("fetch(location.href).catch(() => {})");
    let requests = visit.page.requests_since(mark);
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(requests[0].url.ends_with(PATH));
    assert_eq!(visit.page.complaints_since(mark), [""; 0]);

    // The page around the frame has heard of nothing but a height and that it runs.
    let heard = visit.page.document().evaluate("heard");
    for message in heard.as_array().unwrap() {
        assert!(message.is_number() || message.is_boolean(), "{message}");
    }
    let kept = visit.page.document().evaluate("(async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length, location.hash])()");
    assert_eq!(kept, json!([0, 0, "", 0, 0, ""]));
    for storage in [
        "localStorage.length",
        "sessionStorage.length",
        "document.cookie",
        "caches.keys()",
        "indexedDB.databases()",
    ] {
        assert!(
            visit.frame.try_evaluate(storage).is_err(),
            "the frame can reach {storage}"
        );
    }
    assert_eq!(
        visit.frame.text("origin"),
        "null",
        "the frame shares an origin with the site"
    );
}

#[test]
fn leaving_the_page_clears_it() {
    let visit = Visit::begin();
    visit.fill("#uji-isian", GOOD);
    visit.fill("#uji-ulang", GOOD);
    // Away by a link of the page, and back.
    visit.page.document().click("header a.brand");
    visit
        .page
        .document()
        .wait_for(&format!("!location.pathname.endsWith('{PATH}')"));
    visit.page.document().evaluate("history.back()");
    visit
        .page
        .document()
        .wait_for(&format!("location.pathname.endsWith('{PATH}')"));
    visit.page.frame().wait_for(READY);
    assert_eq!(
        visit
            .page
            .frame()
            .evaluate("[...document.querySelectorAll('input')].map(field => field.value)"),
        json!(["", ""])
    );
}

#[test]
fn no_way_out_and_every_way_out_once_unprotected() {
    escape::assert_sealed(site(), PATH, READY);
}
