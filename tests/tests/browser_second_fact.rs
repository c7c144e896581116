//! An agency that demands a second fact, in a real browser against the real look-up: the second field, its mistakes,
//! the one answer to every miss, and practice with cards that name both.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::page::Page;
use tests::product::{AGENCY, LookUp, Snapshot, work_folder};
use tests::workspace::Workspace;

const PROFILE: &str = "content/instansi/dki-jakarta/instansi.toml";

/// The site and the profile of the agency once it demands a second fact.
fn demanding() -> &'static (PathBuf, String) {
    static MADE: OnceLock<(PathBuf, String)> = OnceLock::new();
    MADE.get_or_init(|| {
        let workspace = Workspace::fresh();
        let digits = "nrk_digit = 6\n";
        let facts = "butuh_fakta_kedua = { email = \"nik4\", tte = \"nrk\" }\n";
        workspace.edit(PROFILE, digits, &format!("{digits}{facts}"));
        let site = work_folder().join("situs");
        let out = site.to_str().unwrap();
        let built = workspace.run(&["build", "--instansi", AGENCY, "--out", out]);
        let told = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{told}");
        let profile = std::fs::read_to_string(workspace.path(PROFILE)).unwrap();
        (site, profile)
    })
}

fn look_up() -> LookUp {
    let (site, profile) = demanding();
    Snapshot::practice_of(profile).serve(site)
}

/// A checker: its page, its ids' prefix, a way in, and what is known of one person.
struct Checker {
    path: &'static str,
    prefix: &'static str,
    way: &'static str,
    first: &'static str,
    second: &'static str,
    label: &'static str,
    hint: &'static str,
}

const EMAIL: Checker = Checker {
    path: "cek/cek-email/",
    prefix: "cek-email",
    way: "nrk",
    first: "990001",
    second: "9999",
    label: "4 angka terakhir NIK",
    hint: "KTP",
};

const TTE: Checker = Checker {
    path: "cek/cek-tte/",
    prefix: "cek-tte",
    way: "email",
    first: "jokoberani.p3k@jakarta.go.id",
    second: "990001",
    label: "NRK",
    hint: "6 angka",
};

const BOTH: [Checker; 2] = [EMAIL, TTE];

/// One of the checkers in a browser.
struct Visit {
    page: Page,
    checker: Checker,
    // Closed after the page.
    _browser: Browser,
}

impl Visit {
    fn begin(checker: Checker, lookup: &LookUp, (width, height): (u32, u32)) -> Self {
        let browser = Browser::start();
        let page = browser.page();
        page.set_device(width, height, false);
        page.goto(&lookup.url(checker.path));
        let visit = Self {
            page,
            checker,
            _browser: browser,
        };
        visit.wait_for("document.querySelector('[data-island][data-ready]')");
        visit.wait_for("document.querySelector('#P-data').innerText.includes('LATIHAN')");
        visit.page.document().click(&format!(
            "[data-island] input[type=radio][value={}]",
            visit.checker.way
        ));
        visit
    }

    fn own(&self, script: &str) -> String {
        script.replace("#P-", &format!("#{}-", self.checker.prefix))
    }

    fn evaluate(&self, script: &str) -> Value {
        self.page.document().evaluate(&self.own(script))
    }

    fn text(&self, script: &str) -> String {
        self.page.document().text(&self.own(script))
    }

    fn wait_for(&self, script: &str) {
        self.page.document().wait_for(&self.own(script));
    }

    fn fill(&self, field: &str, text: &str) {
        self.page.document().click(&self.own(field));
        self.evaluate(&format!("document.querySelector('{field}').select()"));
        self.page.press("Backspace");
        self.page.type_text(text);
    }

    fn ask(&self, first: &str, second: &str) {
        self.fill("#P-isian", first);
        self.fill("#P-fakta", second);
        self.page.press("Enter");
    }

    fn answer(&self, state: &str) -> String {
        self.wait_for(&format!(
            "document.querySelector('#P-hasil').dataset.state === '{state}'"
        ));
        self.wait_for("document.activeElement.matches('#P-hasil .panel__title')");
        self.text("document.querySelector('#P-hasil').innerText")
    }

    fn picture(&self, name: &str) {
        let folder = work_folder().join("gambar");
        std::fs::create_dir_all(&folder).unwrap();
        self.page.screenshot(&folder.join(format!("{name}.png")));
    }
}

const SIZES: [(u32, u32); 2] = [(360, 740), (1280, 800)];

#[test]
fn both_fields_are_read_and_every_miss_reads_the_same() {
    let lookup = look_up();
    for size in SIZES {
        for checker in BOTH {
            let visit = Visit::begin(checker, &lookup, size);
            let Checker {
                prefix,
                first,
                second,
                label,
                hint,
                ..
            } = visit.checker;
            let needed = visit.text("document.querySelector('main').innerText");
            assert!(needed.contains("Siapkan dua hal: "), "{needed}");
            let field = "document.querySelector('#P-fakta')";
            assert_eq!(visit.text(&format!("{field}.labels[0].innerText")), label);
            for (name, value) in [
                ("inputmode", "numeric"),
                ("autocomplete", "off"),
                ("spellcheck", "false"),
                ("type", "text"),
            ] {
                let script = format!("{field}.getAttribute('{name}')");
                assert_eq!(visit.text(&script), value, "{name}");
            }
            let described = format!(
                "document.getElementById({field}.getAttribute('aria-describedby')).innerText"
            );
            assert!(visit.text(&described).contains(hint));
            visit.picture(&format!("{prefix}-{}-kosong", size.0));

            let mark = visit.page.mark();
            visit.ask(first, second);
            let found = visit.answer("found");
            assert!(found.contains("LATIHAN"), "{found}");
            let sent = visit.page.requests_since(mark);
            let asked: Vec<&str> = sent.iter().map(|it| it.url.as_str()).collect();
            assert!(
                asked
                    .iter()
                    .all(|url| !url.contains(first) && !url.contains(second)),
                "{asked:?}"
            );

            // A second fact of nobody, one of somebody else, and an unknown person: the same words.
            let (somebody_elses, unknown) = match prefix {
                "cek-email" => ("9998", "990099"),
                _ => ("990002", "tidak.ada@jakarta.go.id"),
            };
            let nobodys = if prefix == "cek-email" {
                "1234"
            } else {
                "990099"
            };
            let misses = [(first, nobodys), (first, somebody_elses), (unknown, second)].map(
                |(first, second)| {
                    visit.ask(first, second);
                    visit.answer("not-found")
                },
            );
            assert!(misses[0].contains("milik orang yang sama"), "{}", misses[0]);
            assert_eq!(misses[0], misses[1]);
            assert_eq!(misses[0], misses[2]);
            visit.picture(&format!("{prefix}-{}-tidak-ditemukan", size.0));
        }
    }
}

#[test]
fn what_is_wrong_is_told_of_both_fields_before_anything_is_sent() {
    let lookup = look_up();
    for size in SIZES {
        for checker in BOTH {
            let visit = Visit::begin(checker, &lookup, size);
            let (first, second) = (visit.checker.first, visit.checker.second);
            let links = "[...document.querySelectorAll('#P-ringkasan p:not([hidden]) a')].map(link => link.hash)";
            let wrong = |field: &str| {
                let script =
                    format!("document.querySelector('{field}').getAttribute('aria-invalid')");
                visit.evaluate(&script) == json!("true")
            };
            let prefix = visit.checker.prefix;
            for (typed, expected) in [
                (("", ""), ["isian", "fakta"].as_slice()),
                (("", second), &["isian"]),
                ((first, "12"), &["fakta"]),
                ((first, "9901012802909999"), &["fakta"]),
            ] {
                let mark = visit.page.mark();
                visit.ask(typed.0, typed.1);
                visit.wait_for("document.activeElement.id === '#P-ringkasan'.slice(1)");
                assert!(visit.text("document.title").starts_with("Kesalahan: "));
                let expected: Vec<String> = expected
                    .iter()
                    .map(|id| format!("#{prefix}-{id}"))
                    .collect();
                assert_eq!(visit.evaluate(links), json!(expected), "{typed:?}");
                for field in ["#P-isian", "#P-fakta"] {
                    let is_wrong = expected.contains(&visit.own(field));
                    assert_eq!(wrong(field), is_wrong, "{field} {typed:?}");
                }
                // What was typed is kept, nothing was sent, and each link leads to its field.
                let values =
                    "[...document.querySelectorAll('#P-isian, #P-fakta')].map(it => it.value)";
                assert_eq!(visit.evaluate(values), json!([typed.0, typed.1]));
                assert!(visit.page.requests_since(mark).is_empty());
                for id in &expected {
                    visit.page.document().click(&format!("[href='{id}']"));
                    visit.wait_for(&format!("document.activeElement.matches('{id}')"));
                }
                if expected.len() == 2 {
                    visit.evaluate("scrollTo(0, 0)");
                    visit.picture(&format!("{prefix}-{}-kesalahan", size.0));
                }
            }
            visit.ask(first, second);
            visit.answer("found");
            assert!(!wrong("#P-isian") && !wrong("#P-fakta"));
            assert!(!visit.text("document.title").starts_with("Kesalahan"));
        }
    }
}

#[test]
fn the_form_stands_before_its_code_and_nothing_jumps() {
    let lookup = look_up();
    for checker in BOTH {
        let browser = Browser::start();
        let page = browser.page();
        page.set_device(360, 740, false);
        page.hold_requests("*.wasm");
        let arrived = page.mark();
        page.call("Page.navigate", json!({"url": lookup.url(checker.path)}));
        let held = page.held_request(arrived);
        let document = page.document();
        document.wait_for(
            "document.querySelector('[data-island] button[type=submit]:not([disabled])')",
        );
        let places = "JSON.stringify([...document.querySelectorAll('[data-island] :is(fieldset, label, input, button, .note)')].map(e => { const b = e.getBoundingClientRect(); return [e.tagName, b.x + scrollX, b.y + scrollY, b.width, b.height].map(n => n.toFixed?.(0) ?? n) }))";
        let before = document.text(places);
        let field = format!("#{}-fakta", checker.prefix);
        document.click(&field);
        page.type_text(checker.second);
        page.release(&held);
        document.wait_for("document.querySelector('[data-island][data-ready]')");
        document.wait_for(&format!(
            "document.querySelector('#{}-data').innerText.includes('LATIHAN')",
            checker.prefix
        ));
        assert_eq!(document.text(places), before);
        let value = format!("document.querySelector('{field}').value");
        assert_eq!(document.text(&value), checker.second);
        assert_eq!(
            document.evaluate(&format!("document.activeElement.matches('{field}')")),
            json!(true)
        );
    }
}

#[test]
fn practice_cards_name_the_second_fact_and_reach_what_they_promise() {
    let lookup = look_up();
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(1280, 800, false);
    page.goto(&lookup.url("latihan/kartu/"));
    let cards = page.document().evaluate(
        "[...document.querySelectorAll('.lembar__card[data-dengan]')].map(card => [card.dataset.di, card.dataset.dengan,
        ...[...card.querySelectorAll('.lembar__value code')].map(code => code.textContent), card.querySelector('[data-hasil]').textContent])",
    );
    let folder = work_folder().join("gambar");
    std::fs::create_dir_all(&folder).unwrap();
    page.screenshot(&folder.join("kartu-1280.png"));
    page.set_paper(true);
    page.call(
        "Emulation.setDeviceMetricsOverride",
        json!({"width": 733, "height": 1062, "deviceScaleFactor": 1, "mobile": false}),
    );
    let cut = page.document().evaluate("[...document.querySelectorAll('.lembar__card')].filter(card => card.scrollHeight > card.clientHeight + 1 || card.scrollWidth > card.clientWidth + 1).map(card => card.id)");
    assert_eq!(cut, json!([]), "cards that their sheet cuts off");
    std::fs::write(folder.join("kartu.pdf"), page.pdf()).unwrap();
    page.set_paper(false);
    page.set_device(1280, 800, false);
    let cards = cards.as_array().unwrap();
    assert!(cards.len() > 20, "{} cards", cards.len());
    for place in ["cek-tte", "cek-email"] {
        page.goto(&lookup.url(&format!("latihan/{place}/")));
        let document = page.document();
        document.wait_for("document.querySelector('[data-island][data-ready]')");
        document.wait_for("document.querySelector('.note').innerText.includes('LATIHAN')");
        for card in cards.iter().filter(|card| card[0] == place) {
            let parts: Vec<&str> = card
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it.as_str().unwrap())
                .collect();
            let [_, way, first, second, result] = parts[..] else {
                panic!("{card} does not name both facts")
            };
            document.click(&format!("[data-island] input[type=radio][value={way}]"));
            for (id, typed) in [("isian", first), ("fakta", second)] {
                let field = format!("#{place}-{id}");
                document.click(&field);
                document.evaluate(&format!("document.querySelector('{field}').select()"));
                page.press("Backspace");
                page.insert_text(typed);
            }
            page.press("Enter");
            let state = format!("document.querySelector('#{place}-hasil').dataset.state");
            document.wait_for(&format!("!['empty', 'checking'].includes({state})"));
            if document.text(&state) == "found" {
                document
                    .wait_for("document.querySelector('.panel__passage').childElementCount > 0");
            }
            let shown = document.text("document.querySelector('[data-island]').innerText");
            assert!(shown.contains(result), "{card} shows:\n{shown}");
        }
    }
}
