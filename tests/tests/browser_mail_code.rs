//! The code for Thunderbird on Android in a real browser: what a phone reads from it, and that the address does not get out of
//! its frame.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::camera::codes_on;
use tests::escape;
use tests::needle::{Needle, find_in_folder};
use tests::page::{Document, Page};
use tests::product::{self, site, work_folder};
use tests::web_server::WebServer;

const PATH: &str = "email/thunderbird-android/";
const READY: &str = "document.querySelector('main[data-island][data-ready]')";
const ADDRESS: &str = "siti.kencana7788@jakarta.go.id";
const NAME: &str = "Siti \"Iti\" Kéncana";
/// By Thunderbird's own description of its format: one account of one code; TLS is 3, a password 1.
const PAYLOAD: &str = "[1,[1,1],[0,\"email.jakarta.go.id\",993,3,1,\"siti.kencana7788@jakarta.go.id\"],\
    [[[0,\"mail3.jakarta.go.id\",465,3,1,\"siti.kencana7788@jakarta.go.id\"],\
    [\"siti.kencana7788@jakarta.go.id\",\"Siti \\\"Iti\\\" Kéncana\"]]]]";

/// The page on a stick.
fn on_a_stick() -> String {
    product::build_site(&work_folder().join("situs"), &["--bundle"]);
    let stick = work_folder().join("stik");
    if stick.exists() {
        std::fs::remove_dir_all(&stick).unwrap();
    }
    let zip = std::fs::File::open(work_folder().join("situs-usb.zip")).unwrap();
    zip::ZipArchive::new(zip).unwrap().extract(&stick).unwrap();
    let page = stick.join("panduan").join(PATH).join("index.html");
    format!("file://{}", page.display())
}

struct Visit {
    page: Page,
    frame: Document,
    browser: Browser,
}

impl Visit {
    fn begin() -> Self {
        Self::at(&WebServer::start(site(), "/", None).url(PATH))
    }

    fn at(address: &str) -> Self {
        let browser = Browser::start();
        let page = browser.page();
        page.set_device(1280, 800, false);
        page.goto(address);
        page.document()
            .wait_for("document.querySelector('[data-program=kode][data-ready]')");
        let frame = page.frame();
        frame.wait_for(READY);
        Self {
            page,
            frame,
            browser,
        }
    }

    /// Types into a field, in place of what it held.
    fn fill(&self, field: &str, text: &str) {
        self.frame.click(field);
        self.frame
            .evaluate(&format!("document.querySelector('{field}').select()"));
        self.page.press("Backspace");
        self.page.insert_text(text);
    }

    fn make(&self, address: &str, name: &str) {
        self.fill("#kode-alamat", address);
        self.fill("#kode-nama", name);
        self.frame.click("#kode-buat");
    }

    fn wait_for_code(&self) {
        self.frame
            .wait_for("document.querySelector('#kode-gambar').checkVisibility()");
    }

    /// What a phone held before the screen reads.
    fn scanned(&self) -> Vec<String> {
        // The page gives the frame the height that it asks for.
        let height = self.frame.evaluate("document.documentElement.offsetHeight");
        self.page.document().wait_for(&format!(
            "document.querySelector('.sealed__frame').offsetHeight === {height}"
        ));
        self.frame
            .evaluate("document.querySelector('#kode-gambar').scrollIntoView({block: 'center'})");
        let file = work_folder().join("layar.png");
        self.page.screenshot(&file);
        let codes = codes_on(&std::fs::read(&file).unwrap());
        // The page's own code leads to the page.
        codes
            .into_iter()
            .filter(|text| !text.starts_with("https://"))
            .collect()
    }

    /// What is said of a field, and whether the field says so to screen readers.
    fn mistake(&self, field: &str) -> (String, Value) {
        let text = self.frame.text(&format!(
            "document.querySelector('#{field}-salah').innerText"
        ));
        let invalid = self.frame.evaluate(&format!(
            "document.querySelector('#{field}').getAttribute('aria-invalid')"
        ));
        (text, invalid)
    }
}

#[test]
fn a_phone_reads_the_account_from_the_screen_in_every_colour_scheme() {
    let visit = Visit::begin();
    for dark in [false, true] {
        visit.page.set_device(1280, 800, dark);
        visit.make(" Siti.Kencana7788@Jakarta.go.id ", NAME);
        visit.wait_for_code();
        assert_eq!(visit.scanned(), [PAYLOAD], "dark: {dark}");
    }
    // Large enough for an arm's length, and its modules not blurred.
    let side = visit
        .frame
        .evaluate("document.querySelector('#kode-gambar').getBoundingClientRect().width");
    assert!(side.as_f64().unwrap() >= 240.0, "{side}");
    let next = visit.frame.text("document.activeElement.innerText");
    assert!(
        next.contains("Pindai"),
        "the focus is at the next step: {next}"
    );
    let steps = visit
        .frame
        .text("document.querySelector('#kode-hasil').innerText");
    assert!(
        steps.contains("Impor pengaturan") && steps.contains("kata sandi"),
        "{steps}"
    );
    // Without a name, by the keyboard.
    visit.fill("#kode-nama", "");
    assert_eq!(
        visit.scanned(),
        [""; 0],
        "a code that does not fit what is typed"
    );
    visit.page.press("Enter");
    visit.wait_for_code();
    assert_eq!(
        visit.scanned(),
        [PAYLOAD.replace("Siti \\\"Iti\\\" Kéncana", "")]
    );
}

#[test]
fn a_phone_reads_it_from_a_phones_screen_too() {
    let visit = Visit::begin();
    visit.page.set_device(360, 740, true);
    visit.make(ADDRESS, NAME);
    visit.wait_for_code();
    assert_eq!(visit.scanned(), [PAYLOAD]);
    let wider = "document.documentElement.scrollWidth > innerWidth";
    assert_eq!(visit.frame.evaluate(wider), json!(false));
    assert_eq!(visit.page.document().evaluate(wider), json!(false));
    let side = visit
        .frame
        .evaluate("document.querySelector('#kode-gambar').getBoundingClientRect().width");
    assert!(side.as_f64().unwrap() >= 240.0, "{side}");
}

#[test]
fn mistakes_are_told_at_their_field() {
    let visit = Visit::begin();
    for (address, word) in [
        ("", "Isi alamat"),
        ("siti", "@jakarta.go.id"),
        ("siti kencana@jakarta.go.id", "spasi"),
        ("siti@gmail.com", "alamat dinas"),
    ] {
        visit.make(address, "");
        let (text, invalid) = visit.mistake("kode-alamat");
        assert!(text.contains(word), "{address}: {text}");
        assert_eq!(invalid, json!("true"));
        assert_eq!(visit.frame.text("document.activeElement.id"), "kode-alamat");
        assert_eq!(visit.scanned(), [""; 0]);
    }
    visit.make(ADDRESS, &"panjang ".repeat(12));
    let (text, _) = visit.mistake("kode-nama");
    assert!(text.contains("Pendekkan"), "{text}");
    assert_eq!(visit.mistake("kode-alamat"), (String::new(), Value::Null));
    // Every field has a name, and what is said of it belongs to it.
    let named = visit.frame.text(
        "[...document.querySelectorAll('input')].map(field => field.labels[0].innerText).join()",
    );
    assert_eq!(named, "Alamat email Anda,Nama Anda");
    let described = visit.frame.text(
        "[...document.querySelectorAll('input')].map(field => field.getAttribute('aria-describedby').split(' ').every(id => document.getElementById(id))).join()",
    );
    assert_eq!(described, "true,true");
}

#[test]
fn works_in_airplane_mode_without_a_request_or_a_trace() {
    let visit = Visit::begin();
    visit.page.document().evaluate(
        "window.heard = []; addEventListener('message', event => heard.push(event.data)); 0",
    );
    let mark = visit.page.mark();
    visit.page.set_offline(true);
    visit.make(ADDRESS, NAME);
    visit.wait_for_code();
    assert_eq!(visit.scanned(), [PAYLOAD]);
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
    let kept = visit.page.document().evaluate("(async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length, location.hash, location.search, history.length, JSON.stringify(history.state)])()");
    let began = history_length(&visit);
    assert_eq!(kept, json!([0, 0, "", 0, 0, "", "", began, "null"]));
    let needles = [
        Needle::new("address", ADDRESS),
        Needle::new("name", "Kéncana"),
    ];
    let page = visit
        .page
        .document()
        .text("document.title + location.href + document.documentElement.outerHTML");
    for needle in &needles {
        assert!(
            !needle.is_in(page.as_bytes()),
            "{} in the page",
            needle.name()
        );
    }
    for line in visit.page.log_since(mark) {
        assert!(needles.iter().all(|needle| !needle.is_in(line.as_bytes())));
    }
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
    assert_eq!(visit.frame.text("origin"), "null");

    // Nor has the browser written it down.
    let seen = visit.browser.page();
    seen.goto(&WebServer::start(site(), "/", None).url("penanda-yang-terlihat/"));
    let profile = visit.browser.close();
    let marker = Needle::new("marker", "penanda-yang-terlihat");
    assert!(
        !find_in_folder(&[marker], &profile).is_empty(),
        "the search finds nothing that is there"
    );
    let written = find_in_folder(&needles, &profile);
    std::fs::remove_dir_all(&profile).unwrap();
    assert_eq!(written, [""; 0], "written by the browser");
}

/// How long the history of a tab is that has opened one page.
fn history_length(visit: &Visit) -> Value {
    let other = visit.browser.page();
    other.goto(&WebServer::start(site(), "/", None).url(PATH));
    other.document().evaluate("history.length")
}

#[test]
fn the_frame_has_its_height_however_late_its_page_listens() {
    let browser = Browser::start();
    let page = browser.page();
    // So high that the frame is in sight: it has said its height, to nobody, once it was painted twice.
    page.set_device(360, 4000, false);
    page.hold_requests("*/sealed-*.js");
    let arrived = page.mark();
    let server = WebServer::start(site(), "/", None);
    // The load event waits for the script that is held.
    page.call("Page.navigate", json!({"url": server.url(PATH)}));
    let held = page.held_request(arrived);
    let frame = page.frame();
    frame.wait_for("document.readyState === 'complete'");
    frame.evaluate(
        "new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))",
    );
    page.release(&held);
    page.document()
        .wait_for("document.querySelector('[data-program=kode][data-ready]')");
    let height = frame.evaluate("document.documentElement.offsetHeight");
    page.document().wait_for(&format!(
        "document.querySelector('.sealed__frame').style.height === '{height}px'"
    ));
}

#[test]
fn leaving_the_page_clears_it() {
    let visit = Visit::begin();
    visit.make(ADDRESS, NAME);
    visit.wait_for_code();
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
    let frame = visit.page.frame();
    frame.wait_for(READY);
    assert_eq!(
        frame.evaluate("[...document.querySelectorAll('input')].map(field => field.value)"),
        json!(["", ""])
    );
    let line = "[document.querySelector('#kode-hasil').hidden, document.querySelector('#kode-garis').getAttribute('d') || '']";
    assert_eq!(frame.evaluate(line), json!([true, ""]));
}

#[test]
fn from_a_stick_it_works_too_and_lets_nothing_out() {
    let address = on_a_stick();
    let visit = Visit::at(&address);
    visit.page.set_offline(true);
    visit.make(ADDRESS, NAME);
    visit.wait_for_code();
    assert_eq!(visit.scanned(), [PAYLOAD]);
    drop(visit);
    let folder = work_folder().join("kaki-tangan");
    std::fs::create_dir_all(&folder).unwrap();
    let patience = std::time::Duration::from_secs(10);
    let tried = escape::try_all(&folder, &address, READY, &escape::visible(), patience);
    let escapes = tried.beyond_the_known();
    assert!(escapes.is_empty(), "ways out of the frame: {escapes:#?}");
}

#[test]
fn its_page_is_kept_on_the_device_with_its_program() {
    let worker = std::fs::read_to_string(site().join("sw.js")).unwrap();
    assert!(
        worker.contains("\"email/thunderbird-android/\""),
        "the page is not kept"
    );
    for file in ["assets/kode-", "assets/sealed-"] {
        assert!(worker.contains(file), "{file} is not kept");
    }
}

#[test]
fn no_way_out_and_every_way_out_once_unprotected() {
    escape::assert_sealed(site(), PATH, READY);
}
