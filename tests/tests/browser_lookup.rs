//! Cek Email and Cek TTE in a real browser against the real look-up: every state, by every way in.
//!
//! Each test visits as a person does: the way is chosen and the field filled by mouse and keyboard.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::json;
use tests::PATIENCE;
use tests::browser::Browser;
use tests::page::{Mark, Page};
use tests::process::project;
use tests::product::{Hours, LookUp, Snapshot, only_day, site};

/// One of the two checkers.
#[derive(Clone, Copy)]
struct Checker {
    path: &'static str,
    prefix: &'static str,
    /// A way in, and what to type that is found, is not found, and cannot be.
    way: &'static str,
    known: &'static str,
    unknown: &'static str,
    invalid: &'static str,
    found: &'static str,
    not_found: &'static str,
}

const EMAIL: Checker = Checker {
    path: "cek/cek-email/",
    prefix: "cek-email",
    way: "nip",
    known: "199002282023211999",
    unknown: "197703142003121986",
    invalid: "19900228202321199",
    found: "Email dinas Anda ditemukan",
    not_found: "Email tidak ditemukan",
};

const TTE: Checker = Checker {
    path: "cek/cek-tte/",
    prefix: "cek-tte",
    way: "nik",
    known: "9901012802909999",
    unknown: "3171010101900001",
    invalid: "990101280290999",
    found: "Status TTE Anda",
    not_found: "Data TTE tidak ditemukan",
};

const BOTH: [Checker; 2] = [EMAIL, TTE];

/// A person at one of the checkers.
struct Visit {
    page: Page,
    checker: Checker,
    arrived: Mark,
    // Closed after the page.
    _browser: Browser,
}

impl Visit {
    fn begin(checker: Checker, lookup: &LookUp) -> Self {
        let visit = Self::arrive(checker, lookup, |_| {});
        visit.see_start();
        visit
    }

    /// Opens the page on a screen so many pixels wide, and holds its program back; gives the held request.
    fn before_its_code(checker: Checker, lookup: &LookUp, width: u32) -> (Self, String) {
        let browser = Browser::start();
        let page = browser.page();
        page.set_device(width, 740, false);
        page.hold_requests("*.wasm");
        let arrived = page.mark();
        // The load event need not wait for the code.
        page.call("Page.navigate", json!({"url": lookup.url(checker.path)}));
        let held = page.held_request(arrived);
        page.document().wait_for(
            "document.querySelector('[data-island] button[type=submit]:not([disabled])')",
        );
        let visit = Self {
            page,
            checker,
            arrived,
            _browser: browser,
        };
        (visit, held)
    }

    /// Waits until the island has started.
    fn see_start(&self) {
        self.wait_for("document.querySelector('[data-island][data-ready]')");
        // The region that announces results must be there before there is a result.
        self.evaluate("document.querySelector('#P-hasil').isTheFirst = true");
    }

    /// Opens the page, `prepared` before it loads; does not wait for the island.
    fn arrive(checker: Checker, lookup: &LookUp, prepare: impl Fn(&Page)) -> Self {
        let browser = Browser::start();
        let page = browser.page();
        prepare(&page);
        let arrived = page.mark();
        page.goto(&lookup.url(checker.path));
        Self {
            page,
            checker,
            arrived,
            _browser: browser,
        }
    }

    /// Evaluates a script in which `#P-` stands for the checker's own prefix.
    fn evaluate(&self, script: &str) -> serde_json::Value {
        self.page.document().evaluate(&self.own(script))
    }

    fn wait_for(&self, script: &str) {
        self.page.document().wait_for(&self.own(script));
    }

    fn text(&self, script: &str) -> String {
        self.page.document().text(&self.own(script))
    }

    fn own(&self, script: &str) -> String {
        script.replace("#P-", &format!("#{}-", self.checker.prefix))
    }

    fn choose(&self, way: &str) {
        self.page
            .document()
            .click(&format!("[data-island] input[type=radio][value={way}]"));
        assert_eq!(
            self.text("document.querySelector('input[type=radio]:checked').value"),
            way
        );
    }

    fn fill(&self, text: &str) {
        self.page.document().click(&self.own("#P-isian"));
        self.page.type_text(text);
        assert_eq!(self.typed(), text);
    }

    fn ask(&self, way: &str, text: &str) {
        self.choose(way);
        self.fill(text);
        self.page.press("Enter");
    }

    fn typed(&self) -> String {
        self.text("document.querySelector('#P-isian').value")
    }

    fn result(&self) -> String {
        self.text("document.querySelector('#P-hasil').innerText")
    }

    /// Waits for an answer, checks that it is announced and focused, and gives its text.
    fn answer(&self, state: &str) -> String {
        self.wait_for(&format!(
            "document.querySelector('#P-hasil').dataset.state === '{state}'"
        ));
        self.wait_for("document.activeElement.matches('#P-hasil .panel__title')");
        assert_eq!(
            self.evaluate("document.querySelector('#P-hasil').isTheFirst"),
            json!(true),
            "the region that announces was replaced"
        );
        assert_eq!(
            self.text("document.querySelector('#P-hasil').getAttribute('role')"),
            "status"
        );
        let urgent = !matches!(state, "found" | "not-found" | "several");
        assert_eq!(
            self.evaluate(
                "document.querySelector('#P-hasil .panel').getAttribute('role') === 'alert'"
            ),
            json!(urgent)
        );
        assert!(!self.text("document.title").starts_with("Kesalahan"));
        self.result()
    }

    fn requests(&self, since: Mark) -> Vec<String> {
        self.page
            .requests_since(since)
            .into_iter()
            .map(|request| format!("{} {}", request.method, request.url))
            .collect()
    }

    /// Nothing has gone wrong that no test caused.
    fn end(self) {
        assert_eq!(self.page.complaints_since(self.arrived), [""; 0]);
    }
}

fn practice() -> LookUp {
    Snapshot::practice(Hours::Always).serve(site())
}

#[test]
fn empty() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        assert_eq!(
            visit.text("document.querySelector('#P-hasil').dataset.state"),
            "empty"
        );
        assert_eq!(visit.result().trim(), "");
        assert_eq!(
            visit.evaluate("document.querySelector('button[type=submit]').disabled"),
            json!(false)
        );
        // The practice data is plainly marked as such, with its date, once the look-up has told what it is.
        visit.wait_for("document.querySelector('#P-data').innerText.includes(' per ')");
        let note = visit.text("document.querySelector('#P-data').innerText");
        assert!(note.contains("LATIHAN") && note.contains(" per "), "{note}");
        visit.end();
    }
}

#[test]
fn found() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.ask(checker.way, checker.known);
        let answer = visit.answer("found");
        assert!(
            answer.contains(checker.found) && answer.contains("LATIHAN"),
            "{answer}"
        );
        assert_eq!(visit.typed(), checker.known);
        // The passage about this status is the page's own, and its ids are not in the page twice.
        assert_eq!(
            visit.evaluate("document.querySelectorAll('#P-hasil [data-status]').length"),
            json!(1)
        );
        assert_eq!(
            visit.evaluate("document.querySelectorAll('#P-hasil .panel__passage [id]').length"),
            json!(0)
        );
        visit.end();
    }
}

#[test]
fn found_by_every_other_way() {
    let lookup = practice();
    for (checker, way, text, shown) in [
        (EMAIL, "nrk", people::NRK, people::ADDRESS),
        (EMAIL, "nama", people::NAME, "•••"),
        (TTE, "email", people::ADDRESS, TTE.found),
    ] {
        let visit = Visit::begin(checker, &lookup);
        visit.ask(way, text);
        let answer = visit.answer("found");
        assert!(answer.contains(shown), "{way}: {answer}");
        assert_eq!(visit.typed(), text);
        visit.end();
    }
}

#[test]
fn stray_signs_and_case_are_ignored() {
    let lookup = practice();
    let visit = Visit::begin(EMAIL, &lookup);
    let spaced = format!(" {} {} ", &EMAIL.known[..8], &EMAIL.known[8..]);
    visit.ask("nip", &spaced);
    visit.answer("found");
    assert_eq!(visit.typed(), spaced);
    visit.end();
}

#[test]
fn several() {
    let lookup = practice();
    for (name, title, listed) in [
        (people::NAME_OF_THREE, "Ada 3 orang", 3),
        (people::NAME_OF_SEVEN, "lebih dari 5 orang", 5),
    ] {
        let visit = Visit::begin(EMAIL, &lookup);
        visit.ask("nama", name);
        let answer = visit.answer("several");
        assert!(answer.contains(title), "{answer}");
        assert_eq!(
            visit.evaluate("document.querySelectorAll('#P-hasil .accounts > li').length"),
            json!(listed)
        );
        assert_eq!(visit.typed(), name);
        visit.end();
    }
}

#[test]
fn not_found() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.ask(checker.way, checker.unknown);
        let answer = visit.answer("not-found");
        assert!(answer.contains(checker.not_found), "{answer}");
        assert!(
            visit
                .evaluate("document.querySelector('#P-hasil a[href^=http]') !== null")
                .as_bool()
                .unwrap(),
            "says whom to ask"
        );
        assert_eq!(visit.typed(), checker.unknown);
        visit.end();
    }
}

#[test]
fn invalid_is_said_before_anything_is_sent() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        let title = visit.text("document.title");
        for (typed, said) in [("", "Isi "), (checker.invalid, "angka")] {
            let mark = visit.page.mark();
            visit.ask(checker.way, typed);
            visit.wait_for("document.activeElement.id === '#P-ringkasan'.slice(1)");
            assert_eq!(visit.text("document.title"), format!("Kesalahan: {title}"));
            assert_eq!(
                visit.text("document.querySelector('#P-hasil').dataset.state"),
                "invalid"
            );
            assert_eq!(
                visit.text("document.querySelector('#P-ringkasan').getAttribute('role')"),
                "alert"
            );
            let message = visit.text("document.querySelector('#P-kesalahan').innerText");
            assert!(message.contains(said), "{message}");
            let summary = visit.text("document.querySelector('#P-ringkasan').innerText");
            let message = message.trim().trim_start_matches("Kesalahan:").trim();
            assert!(
                summary.contains(message),
                "{summary} does not say: {message}"
            );
            assert_eq!(
                visit.text("document.querySelector('#P-isian').getAttribute('aria-invalid')"),
                "true"
            );
            assert!(
                visit
                    .text("document.querySelector('#P-isian').getAttribute('aria-describedby')")
                    .contains("kesalahan")
            );
            assert_eq!(visit.typed(), typed);
            assert_eq!(visit.requests(mark), [""; 0], "something was sent");
            // The summary's link leads to the field.
            visit
                .page
                .document()
                .click(&visit.own("#P-ringkasan p:not([hidden]) a"));
            visit.wait_for("document.activeElement.id === '#P-isian'.slice(1)");
        }
        // Mended, it is found, and nothing of the mistake remains.
        visit.evaluate("document.querySelector('#P-isian').select()");
        visit.page.type_text(checker.known);
        visit.page.press("Enter");
        visit.answer("found");
        assert_eq!(visit.text("document.title"), title);
        assert_eq!(visit.evaluate("document.querySelector('#P-kesalahan') === null || document.querySelector('#P-kesalahan').hidden"), json!(true));
        visit.end();
    }
}

#[test]
fn checking() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.page.hold_requests("*/api/v1/*");
        let mark = visit.page.mark();
        visit.ask(checker.way, checker.known);
        let held = visit.page.held_request(mark);
        visit.wait_for("document.querySelector('#P-hasil').dataset.state === 'checking'");
        assert!(
            visit
                .text("document.querySelector('button[type=submit]').innerText")
                .contains("Memeriksa")
        );
        assert_eq!(
            visit.text(
                "document.querySelector('button[type=submit]').getAttribute('aria-disabled')"
            ),
            "true"
        );
        assert_eq!(visit.typed(), checker.known);
        // Impatience asks no second time.
        visit.page.press("Enter");
        visit
            .page
            .document()
            .click("[data-island] button[type=submit]");
        visit.page.release(&held);
        visit.answer("found");
        assert_eq!(visit.requests(mark).len(), 1, "{:?}", visit.requests(mark));
        assert!(
            visit
                .text("document.querySelector('button[type=submit]').innerText")
                .contains("Periksa")
        );
        visit.end();
    }
}

#[test]
fn closed() {
    let lookup = Snapshot::practice(Hours::Closed).serve(site());
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.ask(checker.way, checker.known);
        let answer = visit.answer("closed");
        assert!(answer.contains("sedang tutup"), "{answer}");
        assert!(
            answer.contains(only_day()) && answer.contains("08.00 WIB"),
            "{answer}"
        );
        assert_eq!(visit.typed(), checker.known);
    }
}

#[test]
fn too_many_tries() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.choose(checker.way);
        visit.fill(checker.unknown);
        // Someone behind the same address asks until the look-up has had enough.
        let url = lookup.url(&format!(
            "api/v1/{}",
            if checker.prefix == EMAIL.prefix {
                "email"
            } else {
                "tte"
            }
        ));
        let body = json!({ checker.way: checker.unknown }).to_string();
        let refused = || {
            let sent = ureq::post(&url)
                .header("content-type", "application/json")
                .send(&body);
            matches!(sent, Err(ureq::Error::StatusCode(429)))
        };
        assert!(
            (0..200).any(|_| refused()),
            "200 requests in a row were all answered"
        );
        // They go on asking, since the allowance grows back while the button is pressed.
        let (begin, enough) = (Instant::now(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !enough.load(Ordering::Relaxed) && begin.elapsed() < PATIENCE {
                    refused();
                }
            });
            visit
                .page
                .document()
                .click("[data-island] button[type=submit]");
            let answer = visit.answer("too-many");
            enough.store(true, Ordering::Relaxed);
            assert!(
                answer.contains("Terlalu banyak") && answer.contains("detik"),
                "{answer}"
            );
        });
        assert_eq!(visit.typed(), checker.unknown);
    }
}

#[test]
fn offline() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.page.set_offline(true);
        visit.ask(checker.way, checker.known);
        let answer = visit.answer("offline");
        assert!(answer.contains("tidak terhubung"), "{answer}");
        assert_eq!(visit.typed(), checker.known);
        // Back on the network, the same try succeeds.
        visit.page.set_offline(false);
        visit
            .page
            .document()
            .click("[data-island] button[type=submit]");
        visit.answer("found");
    }
}

#[test]
fn server_gone() {
    for checker in BOTH {
        let mut lookup = practice();
        let visit = Visit::begin(checker, &lookup);
        lookup.running.kill();
        visit.ask(checker.way, checker.known);
        let answer = visit.answer("fault");
        assert!(answer.contains("terganggu"), "{answer}");
        assert_eq!(visit.typed(), checker.known);
    }
}

#[test]
fn server_fault() {
    let lookup = practice();
    for checker in BOTH {
        // What a web server in front says when the look-up behind it has died: no JSON.
        for (status, content_type, body) in [
            (502, "text/html", "<h1>Bad Gateway</h1>"),
            (200, "application/json", "{\"acc"),
            (
                500,
                "application/json",
                "{\"code\":\"fault\",\"message\":\"x\"}",
            ),
        ] {
            let visit = Visit::begin(checker, &lookup);
            visit.page.hold_requests("*/api/v1/*");
            let mark = visit.page.mark();
            visit.ask(checker.way, checker.known);
            visit
                .page
                .answer(&visit.page.held_request(mark), status, content_type, body);
            let answer = visit.answer("fault");
            assert!(answer.contains("terganggu"), "{answer}");
            assert_eq!(visit.typed(), checker.known);
        }
    }
}

#[test]
fn no_answer_in_time() {
    let lookup = practice();
    let visit = Visit::begin(EMAIL, &lookup);
    visit.page.hold_requests("*/api/v1/*");
    visit.ask(EMAIL.way, EMAIL.known);
    let answer = visit.answer("timeout");
    assert!(answer.contains("Jawaban tidak kunjung datang"), "{answer}");
    assert_eq!(visit.typed(), EMAIL.known);
}

#[test]
fn a_way_that_the_roster_lacks_is_not_offered() {
    // Without the second table the roster has no NIP and no NIK.
    let lookup = Snapshot::import(
        Hours::Always,
        &project().join("content/contoh/roster-latihan.xlsx"),
        None,
        true,
    )
    .serve(site());
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        let option = format!(
            "document.querySelector('input[type=radio][value={}]')",
            checker.way
        );
        visit.wait_for(&format!("{option}.disabled"));
        assert!(
            visit
                .text(&format!("{option}.closest('label').innerText"))
                .contains("Belum tersedia")
        );
        assert_ne!(
            visit.text("document.querySelector('input[type=radio]:checked').value"),
            checker.way,
            "another way is chosen instead"
        );
        visit.end();
    }
}

#[test]
fn the_form_is_there_before_its_code_and_nothing_jumps() {
    let lookup = practice();
    for checker in BOTH {
        let places = "JSON.stringify([...document.querySelectorAll('[data-island] :is(fieldset, label, input, button, .note), main h2:not(.panel__title)')].map(e => { const b = e.getBoundingClientRect(); return [e.tagName, b.x + scrollX, b.y + scrollY, b.width, b.height].map(n => n.toFixed?.(0) ?? n) }))";
        let (visit, held) = Visit::before_its_code(checker, &lookup, 360);
        let before = visit.text(places);
        // What is typed meanwhile is kept.
        visit.choose(checker.way);
        visit.fill(checker.known);
        visit.page.release(&held);
        visit.see_start();
        visit.wait_for("document.querySelector('#P-data')?.innerText");
        assert_eq!(visit.text(places), before, "something moved");
        assert_eq!(visit.typed(), checker.known);
        assert_eq!(
            visit.text("document.querySelector('input[type=radio]:checked').value"),
            checker.way
        );
        visit
            .page
            .document()
            .click("[data-island] button[type=submit]");
        visit.answer("found");
    }
}

#[test]
fn asked_before_its_code_is_there_it_says_so_and_answers_later() {
    let lookup = practice();
    for checker in BOTH {
        let (visit, held) = Visit::before_its_code(checker, &lookup, 360);
        visit.ask(checker.way, checker.known);
        visit.wait_for("document.querySelector('#P-hasil').innerText.includes('sedang dimuat')");
        assert_eq!(
            visit.text("document.querySelector('#P-hasil').getAttribute('role')"),
            "status"
        );
        assert_eq!(visit.typed(), checker.known);
        visit.page.release(&held);
        visit.wait_for("document.querySelector('#P-hasil').dataset.state === 'found'");
        visit.wait_for("document.activeElement.matches('#P-hasil .panel__title')");
        assert!(
            !visit.result().contains("sedang dimuat"),
            "{}",
            visit.result()
        );
        assert_eq!(visit.typed(), checker.known);
        assert!(
            visit
                .text("location.href")
                .ends_with(&format!("/{}", checker.path))
        );
        // Nothing was tried that the page's policy had to prevent.
        visit.end();
    }
}

#[test]
fn without_its_code_it_says_where_to_go_and_keeps_what_was_typed() {
    let lookup = practice();
    for (checker, asked) in [(EMAIL, true), (EMAIL, false), (TTE, true)] {
        let (visit, held) = Visit::before_its_code(checker, &lookup, 360);
        let fallback = "document.querySelector('.island-fallback').checkVisibility({visibilityProperty: true})";
        assert_eq!(visit.evaluate(fallback), json!(false));
        visit.choose(checker.way);
        visit.fill(checker.known);
        if asked {
            visit.page.press("Enter");
        }
        visit.page.answer(&held, 404, "text/plain", "gone");
        visit.wait_for("document.querySelector('[data-island][data-failed]')");
        visit.wait_for(
            "document.querySelector('#P-hasil [role=alert]')?.innerText.includes('gagal dimuat')",
        );
        assert_eq!(visit.evaluate(fallback), json!(true));
        assert!(
            visit
                .text("document.querySelector('.island-fallback').innerText")
                .contains("memerlukan JavaScript")
        );
        assert_eq!(visit.typed(), checker.known);
        for (what, stands) in [
            ("document.querySelector('#P-isian').checkVisibility()", true),
            (
                "document.querySelector('.island-fallback').offsetHeight > 40",
                true,
            ),
            (
                "document.querySelector('.island-fallback a[href]') !== null",
                true,
            ),
            (
                "document.querySelector('[data-island] button[type=submit]').disabled",
                true,
            ),
            (
                "document.querySelector('#P-data').innerText.includes('sedang')",
                false,
            ),
            (
                "document.activeElement.matches('#P-hasil .panel__title')",
                asked,
            ),
            ("document.activeElement.matches('#P-isian')", !asked),
        ] {
            assert_eq!(visit.evaluate(what), json!(stands), "{what}");
        }
    }
}

#[test]
fn only_practice_data_is_called_so() {
    let samples = project().join("content/contoh");
    let lookup = Snapshot::import(
        Hours::Always,
        &samples.join("roster-latihan.xlsx"),
        Some(&samples.join("identitas-latihan.xlsx")),
        false,
    )
    .serve(site());
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.ask(checker.way, checker.known);
        let answer = visit.answer("found");
        let form = visit.text("document.querySelector('[data-island]').innerText");
        assert!(
            !answer.contains("LATIHAN") && !form.contains("LATIHAN") && form.contains("Data per "),
            "{form}"
        );
        visit.end();
    }
}

/// The page's passage tells the status of the one that was found; a badge beside it would say it twice.
#[test]
fn a_status_is_told_once() {
    let lookup = practice();
    let badges = "[...document.querySelectorAll('#P-hasil .accounts .badge')].filter(badge => badge.checkVisibility()).length";
    let visit = Visit::begin(EMAIL, &lookup);
    visit.ask(EMAIL.way, EMAIL.known);
    visit.answer("found");
    assert_eq!(visit.evaluate(badges), json!(0));
    visit
        .page
        .document()
        .click("[data-island] input[value=nama]");
    visit.ask("nama", people::NAME_OF_THREE);
    visit.answer("several");
    assert_eq!(visit.evaluate(badges), json!(3));
    visit.end();
}

#[test]
fn nothing_typed_is_kept_by_the_browser() {
    let lookup = practice();
    for checker in BOTH {
        let visit = Visit::begin(checker, &lookup);
        visit.ask(checker.way, checker.known);
        visit.answer("found");
        let kept = visit.evaluate(
            "(async () => ({
                local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
                databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length, address: location.search + location.hash,
            }))()",
        );
        assert_eq!(
            kept,
            json!({"local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0, "address": ""})
        );
        visit.end();
    }
}

/// People of the practice roster (`content/contoh/README.md`).
mod people {
    pub const NRK: &str = "990001";
    pub const ADDRESS: &str = "jokoberani.p3k@jakarta.go.id";
    pub const NAME: &str = "Joko Berani";
    pub const NAME_OF_THREE: &str = "Siti Makmur";
    pub const NAME_OF_SEVEN: &str = "Budi Ceria";
}
