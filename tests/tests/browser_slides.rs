//! A guide's slides in a real browser: driven by keys and buttons, in two windows, from a server and from a stick, without script, on paper;
//! and every deck of every agency fits its slides at both sizes that projectors have.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs::File, path::Path, process::Command};

use insta::assert_snapshot;
use serde_json::{Value, json};
use tests::{
    browser::Browser,
    needle::files_in,
    page::Page,
    process::{program, project, run},
    product::{site, whole_site, work_folder},
    web_server::WebServer,
};

const DECK: &str = "email/hp-android/slide/";
/// What projectors show.
const SIZES: [(u32, u32); 2] = [(1280, 720), (1920, 1080)];

/// The number of the slide in view, and how many there are.
fn place(page: &Page) -> (u64, u64) {
    let shown = page.document().evaluate(
        "[...document.querySelectorAll('.slide')].filter((slide) => getComputedStyle(slide).visibility === 'visible').map((slide) => +slide.id)",
    );
    let all = page
        .document()
        .evaluate("document.querySelectorAll('.slide').length");
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), 1, "one slide is in view: {shown:?}");
    (shown[0].as_u64().unwrap(), all.as_u64().unwrap())
}

fn at(page: &Page) -> u64 {
    place(page).0
}

fn is(page: &Page, script: &str) -> bool {
    page.document().evaluate(script) == json!(true)
}

fn wait_for_slide(page: &Page, number: u64) {
    page.document().wait_for(&format!(
        "document.getElementById('{number}').classList.contains('is-now')"
    ));
}

fn open(browser: &Browser, server: &WebServer) -> Page {
    let page = browser.page();
    page.set_device(1280, 720, false);
    page.goto(&server.url(DECK));
    page.document()
        .wait_for("'fitted' in document.documentElement.dataset");
    page
}

const BLACK: &str = "!document.querySelector('.deck__black').hidden";

#[test]
fn keys_and_clickers_drive_the_deck() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    let (first, all) = place(&page);
    assert_eq!(first, 1);
    assert!(all > 8, "only {all} slides");
    for (key, expected) in [
        ("ArrowRight", 2),
        ("PageDown", 3),
        (" ", 4),
        ("ArrowLeft", 3),
        ("PageUp", 2),
        ("End", all),
        ("ArrowRight", all),
        ("Home", 1),
        ("ArrowLeft", 1),
    ] {
        page.press(key);
        assert_eq!(at(&page), expected, "after {key:?}");
    }
    page.type_text("5");
    assert!(is(&page, "!document.querySelector('[data-digits]').hidden"));
    page.press("Enter");
    assert_eq!(at(&page), 5);
    assert_eq!(page.document().text("location.hash"), "#5");
    assert_eq!(
        page.document()
            .text("document.querySelector('[data-at]').textContent"),
        format!("5 / {all}")
    );
    let said = page
        .document()
        .text("document.querySelector('[data-said]').textContent");
    assert!(said.starts_with(&format!("Slide 5 dari {all}: ")), "{said}");
    page.type_text("b");
    assert!(is(&page, BLACK));
    page.type_text(".");
    assert!(!is(&page, BLACK));
    page.type_text("b");
    page.press("ArrowRight");
    assert!(!is(&page, BLACK), "going on ends the black screen");
    assert_eq!(at(&page), 6);
    page.type_text("f");
    page.document()
        .wait_for("document.fullscreenElement !== null");
    page.type_text("f");
    page.document()
        .wait_for("document.fullscreenElement === null");
    assert_eq!(at(&page), 6, "full screen or not, it is the same slide");
    page.type_text("t");
    let clock = "document.querySelector('[data-timer]')";
    assert!(is(&page, &format!("!{clock}.hidden")));
    page.document()
        .wait_for(&format!("{clock}.textContent !== '00.00'"));
    page.type_text("?");
    assert!(is(&page, "document.querySelector('dialog').open"));
    page.press("ArrowRight");
    assert_eq!(at(&page), 6, "the help has keys of its own");
    page.press("Escape");
    page.document()
        .wait_for("!document.querySelector('dialog').open");
}

#[test]
fn an_overview_leads_to_any_slide() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    page.type_text("o");
    assert!(is(
        &page,
        "document.querySelectorAll('.slide').length === [...document.querySelectorAll('.slide')].filter((slide) => getComputedStyle(slide).visibility === 'visible').length"
    ));
    page.press("ArrowRight");
    page.press("ArrowRight");
    page.press("Enter");
    assert_eq!(at(&page), 3);
    page.type_text("o");
    page.document().click("[id='6']");
    assert_eq!(at(&page), 6);
    page.type_text("o");
    page.press("Escape");
    assert_eq!(at(&page), 6);
}

#[test]
fn buttons_are_there_for_mouse_and_touch_and_fade() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    page.document().click("[data-do=next]");
    assert_eq!(at(&page), 2);
    page.document().click("[data-do=back]");
    assert_eq!(at(&page), 1);
    let scheme = "getComputedStyle(document.body).backgroundColor";
    let light = page.document().text(scheme);
    page.document().click("[data-do=scheme]");
    let dark = page.document().text(scheme);
    assert_ne!(light, dark);
    page.document().click("[data-do=scheme]");
    assert_eq!(page.document().text(scheme), light);
    page.document().evaluate("document.activeElement.blur()");
    page.document()
        .wait_for("getComputedStyle(document.querySelector('.deck__bar')).opacity === '0'");
    let swipe = |from: u32, to: u32| {
        for (kind, x) in [("touchStart", from), ("touchMove", to)] {
            page.call(
                "Input.dispatchTouchEvent",
                json!({"type": kind, "touchPoints": [{"x": x, "y": 300}]}),
            );
        }
        page.call(
            "Input.dispatchTouchEvent",
            json!({"type": "touchEnd", "touchPoints": []}),
        );
    };
    page.call(
        "Emulation.setTouchEmulationEnabled",
        json!({"enabled": true}),
    );
    swipe(900, 300);
    wait_for_slide(&page, 2);
    swipe(300, 900);
    wait_for_slide(&page, 1);
}

#[test]
fn a_link_leads_to_a_slide_and_a_reload_stays_there() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = browser.page();
    page.goto(&server.url(&format!("{DECK}#4")));
    assert_eq!(at(&page), 4);
    page.press("ArrowRight");
    page.reload();
    assert_eq!(at(&page), 5);
    page.goto(&server.url(&format!("{DECK}?x#900")));
    let (at, all) = place(&page);
    assert_eq!(at, all, "a number beyond the last is the last");
}

#[test]
fn nothing_is_asked_for_once_it_is_open() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    let mark = page.mark();
    page.set_offline(true);
    let (_, all) = place(&page);
    for number in 2..=all {
        page.press("PageDown");
        assert_eq!(at(&page), number);
    }
    for key in ["o", "o", "b", "b", "d", "t", "?"] {
        page.type_text(key);
    }
    let mut asked = page.requests_since(mark);
    // The browser fetches the page's icon when it likes.
    asked.retain(|request| !request.url.contains("/assets/ikon-"));
    assert!(asked.is_empty(), "{asked:?}");
    let mut complaints = page.complaints_since(mark);
    complaints.retain(|complaint| !complaint.contains("/assets/ikon-"));
    assert_eq!(complaints, [""; 0]);
}

/// Both windows, each driving the other, and reloaded.
fn two_windows(browser: &Browser, page: &Page) {
    page.press("ArrowRight");
    page.type_text("s");
    let speaker = browser.window("#pembicara");
    wait_for_slide(&speaker, 2);
    page.press("PageDown");
    wait_for_slide(&speaker, 3);
    let next = "document.querySelector('.is-next').id";
    assert_eq!(speaker.document().text(next), "4");
    speaker.press("PageDown");
    wait_for_slide(page, 4);
    speaker.type_text("b");
    page.document().wait_for(BLACK);
    speaker.type_text("b");
    page.document()
        .wait_for("document.querySelector('.deck__black').hidden");
    speaker.reload();
    wait_for_slide(&speaker, 4);
    page.press("ArrowRight");
    wait_for_slide(&speaker, 5);
    page.reload();
    wait_for_slide(page, 5);
    speaker.press("ArrowRight");
    wait_for_slide(page, 6);
    // The speaker's window greets once a second: then both know each other again.
    page.document()
        .wait_for("new Promise((done) => setTimeout(() => done(true), 1500))");
    page.press("End");
    let last = at(page);
    wait_for_slide(&speaker, last);
    assert!(is(&speaker, "document.querySelector('[data-lost]').hidden"));
    page.goto("about:blank");
}

#[test]
fn the_speakers_window_follows_and_leads() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    two_windows(&browser, &page);
}

#[test]
fn it_does_so_from_a_stick() {
    let stick = stick();
    let file = stick
        .join("panduan/dki-jakarta")
        .join(DECK)
        .join("index.html");
    let browser = Browser::start();
    let page = browser.page();
    page.set_offline(true);
    let mark = page.mark();
    page.goto(&format!(
        "file://{}",
        file.to_str().unwrap().replace(' ', "%20")
    ));
    assert_eq!(at(&page), 1);
    two_windows(&browser, &page);
    assert_eq!(page.complaints_since(mark), Vec::<String>::new());
}

/// The bundle, unzipped.
fn stick() -> std::path::PathBuf {
    let out = work_folder().join("situs");
    run(Command::new(program("pandu"))
        .args(["build", "--bundle", "--out"])
        .arg(&out));
    let stick = work_folder().join("USB Bimtek");
    if stick.exists() {
        std::fs::remove_dir_all(&stick).unwrap();
    }
    let zip = File::open(work_folder().join("situs-usb.zip")).unwrap();
    zip::ZipArchive::new(zip).unwrap().extract(&stick).unwrap();
    stick
}

/// Words that only stand in a trainer's note of the deck's guide.
const NOTE: &str = "Tinggalkan slide ini sampai semua selesai mengisi.";

#[test]
fn a_note_is_shown_to_the_speaker_and_to_nobody_else() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    let step = page.document().text(&format!(
        "[...document.querySelectorAll('.slide')].find((slide) => slide.textContent.includes('{NOTE}')).id"
    ));
    let title = format!("document.getElementById('{step}').querySelector('h2').textContent");
    assert_eq!(
        page.document().text(&title),
        "Layar setelan server di Gmail",
        "the note stands beside its step's drawing"
    );
    let seen = "document.body.innerText";
    page.goto(&server.url(&format!("{DECK}?#{step}")));
    wait_for_slide(&page, step.parse().unwrap());
    page.type_text("s");
    let speaker = browser.window("#pembicara");
    wait_for_slide(&speaker, step.parse().unwrap());
    assert!(speaker.document().text(seen).contains(NOTE));
    assert!(!page.document().text(seen).contains(NOTE));
    let others: Vec<_> = files_in(site())
        .into_iter()
        .filter(|file| {
            let bytes = std::fs::read(file).unwrap();
            bytes
                .windows(NOTE.len())
                .any(|words| words == NOTE.as_bytes())
        })
        .collect();
    // The guide's own deck, and that of the session in which it is taught.
    let decks = ["bimtek/email-dan-tte/slide/", DECK];
    assert_eq!(
        others,
        decks.map(|deck| site().join(deck).join("index.html"))
    );
}

#[test]
fn a_window_that_is_held_back_is_told() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    page.document().evaluate("window.open = () => null");
    page.type_text("s");
    let told = page
        .document()
        .text("document.querySelector('[data-told]').innerText");
    assert!(told.contains("Izinkan pop-up"), "{told}");
}

#[test]
fn without_script_it_is_a_long_page() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = browser.page();
    page.set_device(1280, 720, false);
    page.disable_scripts();
    page.goto(&server.url(DECK));
    let seen = page.document().evaluate(
        "(() => {
            const slides = [...document.querySelectorAll('.slide')];
            const tops = slides.map((slide) => slide.getBoundingClientRect().top);
            return {
                ordered: tops.every((top, index) => !index || top > tops[index - 1] + 50),
                bar: getComputedStyle(document.querySelector('.deck__bar')).display,
                wide: document.documentElement.scrollWidth,
                back: document.querySelector('.deck__back a').href,
                notes: [...document.querySelectorAll('.slide__notes')].every((notes) => !notes.offsetHeight),
            };
        })()",
    );
    assert_eq!(seen["ordered"], json!(true));
    assert_eq!(seen["bar"], json!("none"));
    assert!(seen["wide"].as_u64().unwrap() <= 1280, "{seen}");
    assert_eq!(seen["notes"], json!(true));
    assert_eq!(seen["back"], json!(server.url("email/hp-android/")));
}

#[test]
fn paper_has_one_slide_a_page() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    let (_, slides) = place(&page);
    let pdf = page.pdf();
    let pdf = String::from_utf8_lossy(&pdf);
    let pages = pdf.matches("/Type /Page\n").count();
    assert_eq!(pages as u64, slides);
    // A4 across, in points.
    assert!(
        pdf.contains("/MediaBox [0 0 841.9"),
        "the paper lies across"
    );
}

/// Every deck of the site.
fn decks(site: &Path) -> Vec<String> {
    let files = files_in(site).into_iter().filter_map(|file| {
        let path = file.strip_prefix(site).ok()?.to_str()?.to_owned();
        path.strip_suffix("index.html")
            .filter(|path| path.ends_with("/slide/"))
            .map(str::to_owned)
    });
    files.collect()
}

#[test]
fn every_deck_fits_at_both_sizes_and_is_at_peace() {
    let browser = Browser::start();
    let server = WebServer::start(whole_site(), "/", None);
    let decks = decks(whole_site());
    assert!(decks.len() > 80, "only {} decks", decks.len());
    let page = browser.page();
    let mut wrong: Vec<Value> = Vec::new();
    for (width, height) in SIZES {
        page.set_device(width, height, false);
        for deck in &decks {
            let mark = page.mark();
            page.goto(&server.url(deck));
            let found = page.document().wait_for(
                "'fitted' in document.documentElement.dataset && {
                    over: [...document.querySelectorAll('.slide[data-over]')].map((slide) => slide.id + ': ' + slide.dataset.over),
                    small: [...document.querySelectorAll('.slide__text, .slide__fields')].filter((text) => parseFloat(getComputedStyle(text).fontSize) < innerHeight / 24.5).length,
                    twice: [...document.querySelectorAll('[id]')].length - new Set([...document.querySelectorAll('[id]')].map((one) => one.id)).size,
                }",
            );
            let complaints = page.complaints_since(mark);
            if found["over"] != json!([])
                || found["small"] != json!(0)
                || found["twice"] != json!(0)
                || !complaints.is_empty()
            {
                wrong.push(json!([deck, height, found, complaints]));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        serde_json::to_string_pretty(&wrong).unwrap()
    );
}

#[test]
fn a_guide_becomes_these_slides() {
    let (browser, server) = (Browser::start(), WebServer::start(site(), "/", None));
    let page = open(&browser, &server);
    let slides = page.document().text(
        "[...document.querySelectorAll('.slide')].map((slide) => {
            const parts = [...slide.querySelectorAll('.slide__over, h1, h2, .slide__lead, .slide__body p, .slide__body li, .slide__body dt, .slide__body dd')];
            const words = parts.filter((part) => !part.closest('.layar')).map((part) => part.textContent.replace(/\\s+/g, ' ').trim());
            return slide.id + ' ' + slide.className.replace(/slide--|slide |is-\\w+/g, '').trim() + '\\n' + words.filter(Boolean).map((line) => '  ' + line).join('\\n');
        }).join('\\n')",
    );
    assert_snapshot!(slides);
}

#[test]
fn photographs() {
    let browser = Browser::start();
    let server = WebServer::start(whole_site(), "/", None);
    let page = browser.page();
    let guide = "dki-jakarta/email/hp-android/slide/";
    let letter = "dki-jakarta/tte/aktivasi-akun/slide/";
    for (name, deck, kind) in [
        ("judul", guide, "title"),
        ("langkah", guide, "step"),
        ("setelan", guide, "settings"),
        ("layar", guide, "screen"),
        ("teks", guide, "text"),
        ("masalah", guide, "problem"),
        ("penutup", guide, "closing"),
        ("kotak", letter, "alert"),
        ("layar-formulir", letter, "screen"),
        ("langkah-panjang", letter, "step"),
    ] {
        for ((width, height), dark) in SIZES
            .into_iter()
            .zip([false, true])
            .chain(SIZES.into_iter().zip([true, false]))
        {
            page.set_device(width, height, dark);
            page.goto(&server.url(deck));
            let number = page.document().evaluate(&format!(
                "[...document.querySelectorAll('.slide--{kind}')].sort((a, b) => b.textContent.length - a.textContent.length)[0]?.id"
            ));
            let number = number
                .as_str()
                .unwrap_or_else(|| panic!("{deck} has no slide {kind}"));
            page.goto(&server.url(&format!("{deck}?{name}#{number}")));
            page.document()
                .wait_for("'fitted' in document.documentElement.dataset");
            page.document()
                .evaluate("document.documentElement.classList.add('is-idle')");
            let scheme = if dark { "dark" } else { "light" };
            page.screenshot(&project().join(format!(
                "target/photos/slide-{name}-{width}x{height}-{scheme}.png"
            )));
        }
    }
    page.set_device(1280, 720, false);
    page.goto(&server.url(guide));
    page.type_text("o");
    page.screenshot(&project().join("target/photos/slide-semua.png"));
    page.goto(&server.url(&format!("{guide}?pembicara#pembicara")));
    page.screenshot(&project().join("target/photos/slide-pembicara.png"));
}
