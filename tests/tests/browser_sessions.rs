//! A training session in a real browser: the page of those who take part (what there is now, their marks, help), on a clock that the
//! test sets, from a server, from a stick and without script; and its one deck, from the code on the first slide to the last.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::{Value, json};
use tests::{
    browser::Browser,
    camera::codes_on,
    fixture::Fixture,
    page::Page,
    process::{program, project, run},
    product::{site, work_folder},
    quoted::quoted,
    web_server::WebServer,
    workspace::Workspace,
};

const SESSION: &str = "bimtek/email-dan-tte/";
const DECK: &str = "bimtek/email-dan-tte/slide/";
const FILE: &str = "content/bimtek/email-dan-tte.toml";
const PROFILE: &str = "content/instansi/dki-jakarta/instansi.toml";
const FEEDBACK: &str = "https://formulir.contoh.go.id/bimtek";
/// What the page says on top: the line above its title, and the title.
const NOW: &str =
    "['[data-word]', '[data-title]'].map((one) => document.querySelector(one).textContent)";
/// Which entry is said to be now.
const CURRENT: &str =
    "[...document.querySelectorAll('[aria-current=time]')].map((entry) => entry.id)";
const DIALOG: &str = "document.querySelector('dialog').open";

/// From here on, the tab's clock shows this time.
fn set_clock(page: &Page, time: &str) {
    let source = format!(
        "{{ const real = Date.now.bind(Date); const ahead = Date.parse({time:?}) - real(); Date.now = () => real() + ahead; }}"
    );
    page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": source}),
    );
}

/// A session's page at a time of its day, in Jakarta.
fn at(server: &WebServer, time: &str) -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(360, 740, false);
    set_clock(&page, &format!("2026-12-02T{time}:00+07:00"));
    page.goto(&server.url(SESSION));
    (browser, page)
}

fn texts(page: &Page, script: &str) -> Vec<String> {
    let found = page.document().evaluate(script);
    let found = found.as_array().unwrap_or_else(|| panic!("{script}"));
    let text = |one: &Value| one.as_str().unwrap().trim().to_owned();
    found.iter().map(text).collect()
}

fn is(page: &Page, script: &str) -> bool {
    page.document().evaluate(script) == json!(true)
}

/// The titles of the agenda.
fn agenda(page: &Page) -> Vec<String> {
    texts(
        page,
        "[...document.querySelectorAll('[data-acara] h3')].map((title) => title.textContent)",
    )
}

/// A site whose agency asks how it was, and whose session has a gap.
fn asking() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let workspace = Workspace::fresh();
        let profile = workspace.path(PROFILE);
        let text = fs::read_to_string(&profile).unwrap();
        fs::write(
            &profile,
            format!("{text}\n[bimtek]\numpan_balik = {FEEDBACK:?}\n"),
        )
        .unwrap();
        workspace.edit(FILE, "selesai = \"10.00\"", "selesai = \"09.50\"");
        let out = work_folder().join("asking");
        let built = workspace.run(&[
            "build",
            "--instansi",
            "dki-jakarta",
            "--out",
            out.to_str().unwrap(),
        ]);
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        out
    })
}

// --- the participants' page ---------------------------------------------------------------------

#[test]
fn it_says_what_there_is_now() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    for (width, height) in [(360, 740), (1280, 800)] {
        for (time, said, current) in [
            (
                "2026-11-30T10:00:00+07:00",
                ["Belum mulai. Rabu, 2 Desember 2026", "08.30–12.00 WIB"],
                "",
            ),
            (
                "2026-12-02T07:00:00+07:00",
                ["Hari ini, mulai 08.30 WIB", "Masuk Wi-Fi, buka halaman ini"],
                "",
            ),
            (
                "2026-12-02T08:30:00+07:00",
                [
                    "Sekarang, sampai 09.00 WIB",
                    "Masuk Wi-Fi, buka halaman ini",
                ],
                "acara-masuk-wi-fi-buka-halaman-ini",
            ),
            // A device that was set in another zone tells the same moment.
            (
                "2026-12-02T02:30:00Z",
                [
                    "Sekarang, sampai 10.00 WIB",
                    "Pasang Email Jakgo di HP Android",
                ],
                "acara-pasang-email-jakgo-di-hp-android",
            ),
            (
                "2026-12-02T12:00:00+07:00",
                [
                    "Bimtek ini sudah selesai",
                    "Panduannya tetap bisa Anda buka",
                ],
                "",
            ),
            (
                "2027-01-01T09:00:00+07:00",
                [
                    "Bimtek ini sudah selesai",
                    "Panduannya tetap bisa Anda buka",
                ],
                "",
            ),
        ] {
            let page = browser.page();
            page.set_device(width, height, false);
            page.call(
                "Emulation.setTimezoneOverride",
                json!({"timezoneId": "America/New_York"}),
            );
            set_clock(&page, time);
            let mark = page.mark();
            page.goto(&server.url(SESSION));
            assert_eq!(texts(&page, NOW), said, "{time}");
            let entries = texts(&page, CURRENT);
            let expected: Vec<&str> = Some(current)
                .filter(|id| !id.is_empty())
                .into_iter()
                .collect();
            assert_eq!(entries, expected, "{time}");
            assert!(
                is(&page, "document.documentElement.scrollWidth <= innerWidth"),
                "{time}"
            );
            let place = is(
                &page,
                "document.querySelector('[data-place]').checkVisibility()",
            );
            assert_eq!(
                place,
                said[0].starts_with("Belum") || said[0].starts_with("Hari ini"),
                "{time}"
            );
            assert_eq!(page.complaints_since(mark), [""; 0]);
        }
    }
}

#[test]
fn it_goes_on_by_itself() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = at(&server, "08:59");
    assert_eq!(
        texts(&page, CURRENT),
        ["acara-masuk-wi-fi-buka-halaman-ini"]
    );
    page.document()
        .evaluate("{ const real = Date.now; Date.now = () => real() + 120000; }");
    page.document()
        .wait_for(&format!("{CURRENT}[0].startsWith('acara-cari')"));
    let next = page
        .document()
        .text("document.querySelector('[data-next]').textContent");
    assert_eq!(next, "Berikutnya 09.20: Pasang Email Jakgo di HP Android");
}

#[test]
fn between_two_entries_it_says_what_comes() {
    let server = WebServer::start(asking(), "/", None);
    let (_browser, page) = at(&server, "09:55");
    assert_eq!(texts(&page, NOW), ["Jeda. Lanjut 10.00 WIB", "Istirahat"]);
    assert!(texts(&page, CURRENT).is_empty());
}

#[test]
fn it_leads_to_guides_practice_and_what_the_trainer_named() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = at(&server, "09:30");
    let links = |of: &str| {
        texts(
            &page,
            &format!(
                "[...document.querySelectorAll('{of} .ways a')].map((link) => link.textContent.trim() + ' ' + link.pathname)"
            ),
        )
    };
    let expected = ["Panduan /email/hp-android/", "Pakai iPhone? /email/iphone/"];
    assert_eq!(links("#acara-pasang-email-jakgo-di-hp-android"), expected);
    assert_eq!(
        links(".acara__now"),
        expected,
        "what there is now leads there too"
    );
    assert_eq!(
        links("#acara-tahap-1-aktifkan-akun-tte"),
        [
            "Panduan /tte/aktivasi-akun/",
            "Gladi aktivasi /latihan/aktivasi/"
        ]
    );
    let checks = texts(
        &page,
        "[...document.querySelectorAll('#acara-masuk-wi-fi-buka-halaman-ini label')].map((label) => label.textContent)",
    );
    assert_eq!(
        checks,
        [
            "HP terisi, paket data dan WhatsApp aktif",
            "Alamat Email Jakgo dan kata sandinya",
            "NIP, NRK, dan KTP"
        ]
    );
    let needs = texts(
        &page,
        "[...document.querySelectorAll('#acara-pasang-email-jakgo-di-hp-android .acara__of')].map((word) => word.textContent)",
    );
    assert_eq!(
        needs,
        ["Siapkan"],
        "without a list of its own, what the guide needs"
    );
    page.goto(&server.url("latihan/"));
    let found = page
        .document()
        .text("[...document.links].find((link) => link.pathname === '/bimtek/email-dan-tte/').closest('li').innerText");
    assert!(
        found.contains("Contoh bimtek") && found.contains("Rabu, 2 Desember 2026"),
        "{found}"
    );
}

/// What is pressed, and what is ticked.
const MARKS: &str = "[...document.querySelectorAll('.acara__list [aria-pressed=true], .acara__list input:checked')].map((one) => one.closest('[data-acara]').id + ' ' + (one.dataset.say || one.parentNode.textContent.trim()))";
const FIRST: &str = "acara-masuk-wi-fi-buka-halaman-ini";

/// Says "sudah" of what there is now, in the card on top, and ticks a point.
fn mark_two(page: &Page) {
    page.document().click(".acara__now [data-say=sudah]");
    page.document()
        .click(&format!("#{FIRST} .acara__check li:nth-child(3) input"));
    assert_eq!(
        texts(page, MARKS),
        [
            format!("{FIRST} sudah"),
            format!("{FIRST} NIP, NRK, dan KTP")
        ]
    );
    let count = "document.querySelector('[data-count]').textContent";
    assert_eq!(page.document().text(count), "1 dari 8 acara sudah.");
}

#[test]
fn marks_stay_on_the_device_until_they_are_cleared() {
    let server = WebServer::start(site(), "/", None);
    let (browser, page) = at(&server, "08:40");
    let mark = page.mark();
    mark_two(&page);
    page.document().click("#acara-istirahat [data-say=sudah]");
    page.document().click("#acara-istirahat [data-say=sudah]");
    assert_eq!(texts(&page, MARKS).len(), 2, "said again, it is taken back");
    // The browser fetches the icons that the manifest names when it likes.
    let icon = |url: &str| url.contains("/ikon-");
    let asked = page.requests_since(mark).into_iter();
    let asked: Vec<_> = asked.filter(|request| !icon(&request.url)).collect();
    assert!(asked.is_empty(), "nothing is sent: {asked:?}");
    page.reload();
    assert_eq!(
        texts(&page, MARKS),
        [
            format!("{FIRST} sudah"),
            format!("{FIRST} NIP, NRK, dan KTP")
        ]
    );
    let kept = page.document().evaluate("Object.entries(localStorage)");
    assert_eq!(
        kept,
        json!([[
            format!("pandu.bimtek./{SESSION}"),
            format!("{{\"{FIRST}\":\"sudah\",\"{FIRST} NIP, NRK, dan KTP\":1}}")
        ]])
    );
    // Another tab of the same page hears of it.
    let other = browser.page();
    other.goto(&server.url(SESSION));
    page.document().click("[data-clear]");
    assert!(texts(&page, MARKS).is_empty());
    assert_eq!(page.document().evaluate("localStorage.length"), json!(0));
    assert!(is(&page, "document.querySelector('[data-own]').hidden"));
    other.document().wait_for(&format!("!{MARKS}.length"));
}

#[test]
fn marks_last_as_long_as_the_page_where_nothing_may_be_stored() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(360, 740, false);
    set_clock(&page, "2026-12-02T08:40:00+07:00");
    let refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('refused', 'SecurityError'); }})";
    page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": refuse}),
    );
    let mark = page.mark();
    page.goto(&server.url(SESSION));
    mark_two(&page);
    page.document().click("[data-clear]");
    assert!(texts(&page, MARKS).is_empty());
    assert_eq!(page.complaints_since(mark), [""; 0]);
}

#[test]
fn what_somebody_else_kept_there_does_no_harm() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = at(&server, "08:40");
    for kept in ["5", "[1", "\"x\"", "null", "{\"acara-lama\":\"sudah\"}"] {
        page.document().evaluate(&format!(
            "localStorage['pandu.bimtek./{SESSION}'] = {kept:?}"
        ));
        let mark = page.mark();
        page.reload();
        assert!(texts(&page, MARKS).is_empty(), "{kept}");
        assert_eq!(page.complaints_since(mark), [""; 0], "{kept}");
    }
}

#[test]
fn who_needs_help_shows_it_to_the_trainer() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = at(&server, "09:30");
    page.document().click(".acara__now [data-say=bantuan]");
    assert!(is(&page, DIALOG));
    let big = page
        .document()
        .evaluate("parseFloat(getComputedStyle(document.querySelector('.acara__shout')).fontSize)");
    assert!(big.as_f64().unwrap() >= 40.0, "{big}");
    let said = page
        .document()
        .text("document.querySelector('dialog').innerText");
    for words in [
        "Saya butuh bantuan",
        "Pasang Email Jakgo di HP Android",
        "Unit Pengelola Layanan TIK",
        "0813-1358-8684",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let problems = page
        .document()
        .text("document.querySelector('[data-problem]').href");
    assert_eq!(problems, server.url("email/hp-android/#masalah"));
    page.goto(&problems);
    assert!(is(&page, "!!document.getElementById('masalah')"));
    page.goto(&server.url(SESSION));
    assert_eq!(
        texts(&page, MARKS),
        ["acara-pasang-email-jakgo-di-hp-android bantuan"]
    );
    page.document()
        .click("#acara-pasang-email-jakgo-di-hp-android [data-say=bantuan]");
    assert!(is(&page, DIALOG), "who asks again is helped again");
    page.document().click("[data-helped]");
    assert!(!is(&page, DIALOG));
    assert!(texts(&page, MARKS).is_empty());
    // What belongs to no guide has no list of problems.
    page.document().click("#acara-istirahat [data-say=bantuan]");
    assert!(is(&page, "document.querySelector('[data-problem]').hidden"));
    page.press("Escape");
    assert!(!is(&page, DIALOG));
}

#[test]
fn without_script_the_agenda_says_it() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(360, 740, false);
    page.disable_scripts();
    page.goto(&server.url(SESSION));
    let said = page
        .document()
        .text("document.querySelector('main').innerText");
    for words in [
        "Rabu, 2 Desember 2026",
        "08.30–12.00 WIB",
        "09.20–10.00",
        "Istirahat",
        "HP terisi",
        "Jika ada masalah",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    for words in [
        "Saya sudah",
        "Saya butuh bantuan",
        "Hapus tanda",
        "disimpan di perangkat",
    ] {
        assert!(!said.contains(words), "{words}: {said}");
    }
}

#[test]
fn it_asks_nobody_else_and_is_passed_by() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    for path in [SESSION, DECK] {
        let mark = page.mark();
        page.goto(&server.url(path));
        let foreign = page.requests_since(mark).into_iter();
        let foreign: Vec<_> = foreign
            .filter(|request| !request.url.starts_with(&server.url("")))
            .collect();
        assert!(foreign.is_empty(), "{foreign:?}");
        let robots = page
            .document()
            .text("document.querySelector('meta[name=robots]').content");
        assert_eq!(robots, "noindex");
    }
}

#[test]
fn it_is_kept_for_a_hall_without_network() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start_for_workers();
    let page = browser.page_with_worker();
    page.goto(&server.url(SESSION));
    page.document()
        .wait_for("caches.keys().then(names => names.some(name => name.endsWith(' utuh')))");
    page.set_offline(true);
    let mut paths = vec![SESSION.to_owned()];
    page.goto(&server.url(SESSION));
    paths.extend(texts(
        &page,
        "[...new Set([...document.querySelectorAll('.acara__list .ways a')].map((link) => link.pathname.slice(1)))]",
    ));
    assert!(paths.len() > 8, "{paths:?}");
    for path in paths {
        page.goto(&server.url(&path));
        assert_eq!(
            page.document().text("location.pathname"),
            format!("/{path}"),
            "shown is another page"
        );
        assert!(is(&page, "!!document.querySelector('h1')"), "{path}");
    }
}

// --- the deck -----------------------------------------------------------------------------------

fn deck(server: &WebServer) -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(1280, 720, false);
    page.goto(&server.url(DECK));
    page.document()
        .wait_for("'fitted' in document.documentElement.dataset");
    (browser, page)
}

const ALL: &str = "document.querySelectorAll('.slide').length";
const SLIDE: &str = "+document.querySelector('.slide.is-now').id";

/// What the codes on a slide say.
fn codes(page: &Page, number: &Value) -> Vec<String> {
    page.document()
        .evaluate(&format!("location.hash = '#{number}'"));
    page.document().wait_for(&format!("{SLIDE} === {number}"));
    codes_on(&page.picture_of(&format!("[id='{number}'] .slide__code svg")))
}

#[test]
fn one_deck_shows_the_whole_agenda_in_its_order() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = deck(&server);
    let slides = page.document().evaluate(
        "[...document.querySelectorAll('.slide')].map((slide) => ({
            n: slide.id, kind: slide.className.match(/slide--(\\w+)/)[1], until: slide.dataset.until || '',
            over: slide.querySelector('.slide__over')?.textContent.trim() ?? '', title: slide.querySelector('h1, h2').textContent.trim(),
            foot: slide.querySelector('.slide__foot span:last-child').textContent,
        }))",
    );
    let slides = slides.as_array().unwrap();
    for (index, slide) in slides.iter().enumerate() {
        assert_eq!(slide["n"], json!((index + 1).to_string()));
        assert_eq!(slide["foot"], slide["n"]);
    }
    let kinds: Vec<&str> = slides
        .iter()
        .map(|slide| slide["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds[..3],
        ["title", "agenda", "entry"],
        "title, agenda, then the first entry"
    );
    assert_eq!(kinds.iter().filter(|kind| **kind == "closing").count(), 1);
    assert_eq!(kinds.last(), Some(&"closing"));
    // The first slide of each entry says when it is: these are the agenda, in its order.
    let begins = slides.iter().filter(|slide| {
        let over = slide["over"].as_str().unwrap();
        over.starts_with(|c: char| c.is_ascii_digit()) && slide["kind"] != "page"
    });
    let begins: Vec<String> = begins
        .filter(|slide| slide["title"] != "Tautan")
        .map(|slide| slide["title"].as_str().unwrap().to_owned())
        .collect();
    let practice: Vec<&str> = slides
        .iter()
        .filter(|slide| slide["over"] == "LATIHAN")
        .map(|slide| slide["title"].as_str().unwrap())
        .collect();
    assert_eq!(practice.len(), 4, "{practice:?}");
    // Planned ends only ever grow.
    let ends: Vec<&str> = slides
        .iter()
        .map(|slide| slide["until"].as_str().unwrap())
        .filter(|until| !until.is_empty())
        .collect();
    assert!(ends.is_sorted(), "{ends:?}");
    assert_eq!(
        (ends.first(), ends.last()),
        (Some(&"09.00"), Some(&"12.00"))
    );
    let words = page
        .document()
        .text("document.getElementById('2').textContent");
    page.goto(&server.url(SESSION));
    let agenda = agenda(&page);
    assert_eq!(begins, agenda);
    assert!(agenda.iter().all(|title| words.contains(title)), "{words}");
}

#[test]
fn each_guides_slides_are_those_of_its_own_deck() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = deck(&server);
    let titles = "[...document.querySelectorAll('.slide')].map((slide) => slide.querySelector('h1, h2').textContent.trim())";
    let whole = texts(&page, titles);
    for guide in [
        "email/hp-android/",
        "tte/aktivasi-akun/",
        "tte/buat-passphrase/",
        "tte/pakai-tte/",
    ] {
        page.goto(&server.url(&format!("{guide}slide/")));
        let mut own = texts(&page, titles);
        assert_eq!(own.pop().as_deref(), Some("Masih buntu? Tanyakan"));
        // The first bears the title of the entry, which may be its own.
        let own = &own[1..];
        assert!(
            whole.windows(own.len()).any(|run| run == own),
            "{guide} is not there as a whole"
        );
    }
}

#[test]
fn its_codes_lead_to_the_session_and_to_practice() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = deck(&server);
    let html = quoted(&fs::read_to_string(site().join(SESSION).join("index.html")).unwrap());
    let address = html
        .split_once("rel=\"canonical\" href=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    assert!(address.ends_with(SESSION), "{address}");
    let last = page.document().evaluate(ALL);
    assert_eq!(codes(&page, &json!(1)), [address]);
    assert_eq!(
        codes(&page, &last),
        [address],
        "nobody asks how it was: the page once more"
    );
    let practice = page.document().evaluate("[...document.querySelectorAll('.slide--page')].filter((slide) => slide.textContent.includes('LATIHAN')).map((slide) => +slide.id)");
    let root = address.strip_suffix(SESSION).unwrap();
    let found: Vec<String> = practice
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|number| codes(&page, number))
        .collect();
    let expected = ["cek-email", "aktivasi", "uji-passphrase", "cek-tte"]
        .map(|name| format!("{root}latihan/{name}/"));
    assert_eq!(found, expected);
    assert!(!html.contains("Tanpa nama") && !html.contains("tanpa nama"));
}

#[test]
fn it_asks_how_it_was_only_where_the_profile_says_where() {
    let server = WebServer::start(asking(), "/", None);
    let (_browser, page) = deck(&server);
    let last = page.document().evaluate(ALL);
    assert_eq!(codes(&page, &last), [FEEDBACK]);
    let said = page
        .document()
        .text(&format!("document.getElementById('{last}').innerText"));
    assert!(
        said.contains("Tanpa nama") && said.contains("Unit Pengelola Layanan TIK"),
        "{said}"
    );
    page.goto(&server.url(SESSION));
    let link = "[...document.links].find((link) => link.textContent.includes('tanpa nama')).href";
    assert_eq!(page.document().text(link), FEEDBACK);
}

#[test]
fn keys_lead_from_the_first_slide_to_the_last() {
    let server = WebServer::start(site(), "/", None);
    let (browser, page) = deck(&server);
    let mark = page.mark();
    let all = page.document().evaluate(ALL).as_u64().unwrap();
    assert!(all > 40, "only {all} slides");
    for number in 2..=all {
        page.press("PageDown");
        assert_eq!(page.document().evaluate(SLIDE), json!(number));
    }
    page.press("PageDown");
    assert_eq!(page.document().evaluate(SLIDE), json!(all));
    page.goto(&server.url(&format!("{DECK}?x#20")));
    assert_eq!(page.document().evaluate(SLIDE), json!(20));
    page.press("Home");
    page.type_text("s");
    let speaker = browser.window("#pembicara");
    speaker.document().wait_for(&format!("{SLIDE} === 1"));
    assert!(
        is(&speaker, "document.querySelector('[data-planned]').hidden"),
        "the title belongs to no entry"
    );
    speaker.press("PageDown");
    speaker.press("PageDown");
    page.document().wait_for(&format!("{SLIDE} === 3"));
    let until = speaker
        .document()
        .text("document.querySelector('[data-planned]').innerText");
    assert_eq!(until, "Acara ini sampai 09.00");
    let note = speaker
        .document()
        .text("document.querySelector('.is-now .slide__notes').innerText");
    assert!(note.starts_with("Tampilkan slide pertama"), "{note}");
    assert_eq!(page.complaints_since(mark), [""; 0]);
}

#[test]
fn a_slide_of_its_own_that_is_too_full_is_told_and_a_guides_only_with_the_guide() {
    let point = "Satu hal lagi yang perlu disiapkan peserta sebelum datang ke bimtek ini";
    let points = format!("\"{point}\", ").repeat(14);
    let session = format!(
        "instansi = \"kota-contoh\"\njudul = \"Bimtek\"\nringkasan = \"Bimtek.\"\ntanggal = 2026-12-02\ntempat = \"Aula\"\n\n\
         [[acara]]\nmulai = \"08.30\"\nselesai = \"09.00\"\njudul = \"Siapkan\"\ndaftar = [{points}]\n\n\
         [[acara]]\nmulai = \"09.00\"\nselesai = \"09.30\"\npanduan = \"email/hp.md\"\n"
    );
    let row = format!("- {point}: {point} {point}\n").repeat(12);
    let fixture = Fixture::sound()
        .write_in("content/bimtek/penuh.toml", session)
        .append(
            "email/hp.md",
            &format!("\n## Penuh\n\n::: setelan Penuh\n{row}:::\n"),
        );
    let output = fixture.check(&["--slides"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("warning[overfull-slide]"))
        .collect();
    let [own, guides] = told.as_slice() else {
        panic!("{said}");
    };
    assert!(own.contains("slide 3 of bimtek/penuh/slide/"), "{own}");
    assert!(guides.contains(" of email/hp/slide/"), "{guides}");
    assert!(said.contains("--> content/bimtek/penuh.toml:8:9"), "{said}");
}

#[test]
fn both_work_from_a_stick() {
    let out = work_folder().join("situs");
    run(Command::new(program("pandu"))
        .args(["build", "--bundle", "--instansi", "dki-jakarta", "--out"])
        .arg(&out));
    let stick = work_folder().join("USB Bimtek");
    if stick.exists() {
        fs::remove_dir_all(&stick).unwrap();
    }
    let zip = File::open(work_folder().join("situs-usb.zip")).unwrap();
    zip::ZipArchive::new(zip).unwrap().extract(&stick).unwrap();
    let address = |path: &str| {
        let file = stick.join("panduan").join(path).join("index.html");
        format!("file://{}", file.to_str().unwrap().replace(' ', "%20"))
    };
    let browser = Browser::start();
    let page = browser.page();
    page.set_offline(true);
    set_clock(&page, "2026-12-02T08:40:00+07:00");
    let mark = page.mark();
    page.goto(&address(SESSION));
    mark_two(&page);
    page.reload();
    assert_eq!(texts(&page, MARKS).len(), 2);
    let links = texts(
        &page,
        "[...document.querySelectorAll('.acara .ways a, main > .wrap > p a')].map((link) => link.protocol === 'file:' ? decodeURIComponent(link.pathname) : '')",
    );
    let files: Vec<&String> = links.iter().filter(|link| !link.is_empty()).collect();
    assert!(files.len() > 8, "{links:?}");
    for file in files {
        assert!(Path::new(file).is_file(), "{file} is not on the stick");
    }
    page.goto(&address(DECK));
    page.press("End");
    assert_eq!(
        page.document().evaluate(SLIDE),
        page.document().evaluate(ALL)
    );
    assert_eq!(page.complaints_since(mark), [""; 0]);
}

#[test]
fn photographs() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let photo = |page: &Page, name: &str| {
        page.screenshot(&project().join(format!("target/photos/bimtek-{name}.png")));
    };
    for (width, height, dark) in [
        (360, 740, false),
        (360, 740, true),
        (1280, 800, false),
        (1280, 800, true),
    ] {
        let scheme = if dark { "dark" } else { "light" };
        let page = browser.page();
        page.set_device(width, height, dark);
        set_clock(&page, "2026-12-02T09:30:00+07:00");
        page.goto(&server.url(SESSION));
        photo(&page, &format!("peserta-{width}x{height}-{scheme}"));
        page.document().click(".acara__now [data-say=bantuan]");
        photo(&page, &format!("bantuan-{width}x{height}-{scheme}"));
        page.press("Escape");
        page.document().click(&format!("#{FIRST} [data-say=sudah]"));
        photo(&page, &format!("acara-{width}x{height}-{scheme}"));
        page.document().evaluate("localStorage.clear()");
    }
    for (width, height, dark) in [(1280, 720, false), (1920, 1080, true)] {
        let page = browser.page();
        page.set_device(width, height, dark);
        page.goto(&server.url(DECK));
        let slides = page.document().evaluate("[1, 2, 3, ...['.slide--page', '.slide--closing'].map((kind) => +document.querySelector(kind).id), [...document.querySelectorAll('.slide--title')][1].id]");
        for number in slides.as_array().unwrap() {
            let number = number.to_string().replace('"', "");
            page.goto(&server.url(&format!("{DECK}?{number}#{number}")));
            page.document()
                .wait_for("'fitted' in document.documentElement.dataset");
            page.document()
                .evaluate("document.documentElement.classList.add('is-idle')");
            photo(&page, &format!("slide-{number}-{width}x{height}"));
        }
    }
}
