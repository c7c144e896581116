//! What the theme does in a real browser: steps are ticked off, the way is always in sight, a guide is passed on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;
use tests::browser::Browser;
use tests::page::Page;
use tests::product::{build_site, site, whole_site, work_folder};
use tests::quoted::quoted;
use tests::web_server::WebServer;

/// One page of each kind.
const KINDS: [&str; 12] = [
    "",
    "email/",
    "email/hp-android/",
    "email/outlook/",
    "tte/aktivasi-akun/",
    "bantuan/cari-solusi/",
    "bantuan/masalah/",
    "bantuan/kontak/",
    "cek/cek-tte/",
    "cari/",
    "tanpa-internet/",
    "tidak/ada/",
];
/// A guide with a table of contents and many steps.
const GUIDE: &str = "tte/aktivasi-akun/";
const TICKED: &str = "[...document.querySelectorAll('.langkah__tick')].map(box => box.checked)";
const SAID: &str = "document.querySelector('.langkah__state p').textContent";

fn tab(width: u32, height: u32) -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(width, height, false);
    (browser, page)
}

/// Ticks the first and the third step with the keyboard alone.
fn tick_two(page: &Page) {
    let document = page.document();
    document.wait_for("document.querySelector('.langkah__tick')");
    for step in [0, 2] {
        document.evaluate(&format!(
            "document.querySelectorAll('.langkah__tick')[{step}].focus()"
        ));
        page.press(" ");
    }
    assert_eq!(
        document.evaluate(&format!("{TICKED}.slice(0, 4)")),
        json!([true, false, true, false])
    );
}

#[test]
fn steps_are_ticked_off_and_remembered_until_they_change() {
    let folder = work_folder().join("ticks");
    build_site(&folder, &[]);
    let server = WebServer::start(&folder, "/", None);
    let (_browser, page) = tab(360, 740);
    page.goto(&server.url(GUIDE));
    page.document()
        .wait_for("document.querySelector('.langkah__tick')");
    let hint = page.document().text(SAID);
    assert!(hint.contains("Ketuk nomor"), "{hint}");
    tick_two(&page);
    let said = page.document().text(SAID);
    assert!(
        said.starts_with("2 dari ") && said.ends_with(" selesai"),
        "{said}"
    );
    // Named for those who don't see the numeral.
    let named = page.accessible();
    assert!(
        named.contains(&("checkbox".to_owned(), "Langkah 3 selesai".to_owned())),
        "{named:?}"
    );

    page.reload();
    page.document()
        .wait_for("document.querySelector('.langkah__tick')");
    assert_eq!(
        page.document().evaluate(&format!("{TICKED}.slice(0, 4)")),
        json!([true, false, true, false])
    );
    // Kept are ids of steps, and nothing that was typed or is known of the person.
    let kept = page
        .document()
        .text("Object.entries(localStorage).flat().join(' ')");
    assert!(kept.len() < 200 && !kept.contains('@'), "{kept}");
    page.goto(&server.url("tte/buat-passphrase/"));
    page.document()
        .wait_for("document.querySelector('.langkah__tick')");
    assert_eq!(
        page.document()
            .evaluate(&format!("{TICKED}.includes(true)")),
        json!(false)
    );

    // A step is written anew: what was ticked is forgotten.
    let file = folder.join(GUIDE).join("index.html");
    let html = quoted(&std::fs::read_to_string(&file).unwrap());
    let changed = html.replacen(
        "<div class=\"langkah__do\">",
        "<div class=\"langkah__do\">Dahulu, ",
        1,
    );
    assert_ne!(html, changed);
    std::fs::write(&file, changed).unwrap();
    page.goto(&server.url(GUIDE));
    page.document()
        .wait_for("document.querySelector('.langkah__do').textContent.startsWith('Dahulu') && document.querySelector('.langkah__tick')");
    assert_eq!(
        page.document()
            .evaluate(&format!("{TICKED}.includes(true)")),
        json!(false)
    );

    // "Ulangi dari awal" clears the list and the storage.
    tick_two(&page);
    page.document()
        .evaluate("document.querySelector('.langkah__state button').id = 'ulangi'");
    page.document().click("#ulangi");
    assert_eq!(
        page.document().evaluate(&format!(
            "{TICKED}.includes(true) || localStorage.length > 0"
        )),
        json!(false)
    );
}

#[test]
fn steps_are_ticked_off_where_nothing_may_be_stored() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab(360, 740);
    let refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('refused', 'SecurityError'); }})";
    page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": refuse}),
    );
    let mark = page.mark();
    page.goto(&server.url(GUIDE));
    tick_two(&page);
    assert!(page.document().text(SAID).starts_with("2 dari "));
    assert_eq!(page.complaints_since(mark), [""; 0]);
}

#[test]
fn the_menu_closes_on_escape_and_beside_it() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab(360, 740);
    page.goto(&server.url(GUIDE));
    let document = page.document();
    let is_open = "document.querySelector('#masthead-menu').checkVisibility()";
    assert_eq!(document.evaluate(is_open), json!(false));
    document.click(".nav__menu");
    document.wait_for(is_open);
    page.press("Escape");
    document.wait_for(&format!("!{is_open}"));
    document.click(".nav__menu");
    document.wait_for(is_open);
    document.click("#kontak-bantuan-judul");
    document.wait_for(&format!("!{is_open}"));
    // On a wide screen there is nothing to open: the links stand in the masthead.
    page.set_device(1280, 800, false);
    document.wait_for(is_open);
    assert_eq!(
        document.evaluate("document.querySelector('.nav__menu').checkVisibility()"),
        json!(false)
    );
}

#[test]
fn the_bottom_bar_is_there_on_phones_and_covers_nothing() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab(360, 740);
    for (width, height) in [(320, 640), (360, 740)] {
        page.set_device(width, height, false);
        for path in KINDS {
            page.goto(&server.url(path));
            let document = page.document();
            let words = document.text("document.querySelector('.bottom-bar').innerText");
            for word in ["Beranda", "Cari", "Cek Email", "Cek TTE", "Bantuan"] {
                assert!(words.contains(word), "{path} at {width}: {words}");
            }
            // Whatever takes the focus stands clear of the bar, and so does the page's last line.
            let covered = document.evaluate(
                "(() => {
                const bar = document.querySelector('.bottom-bar');
                const top = bar.getBoundingClientRect().top;
                const stops = [...document.querySelectorAll('main :is(a, button, summary, input), footer a')];
                const hidden = stops.filter((stop) => {
                    if (!stop.checkVisibility({visibilityProperty: true})) return false;
                    stop.focus();
                    const box = stop.getBoundingClientRect();
                    return box.height < 300 && box.bottom > top + 1;
                }).map((stop) => stop.outerHTML.slice(0, 120));
                scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'});
                const foot = document.querySelector('footer').getBoundingClientRect().bottom;
                return foot > top + 1 ? [...hidden, 'footer'] : hidden; })()",
            );
            assert_eq!(covered, json!([]), "{path} at {width}");
        }
    }
    // Not where there is room above, nor where it would take too much of the height.
    for (width, height) in [(1280, 800), (640, 400)] {
        page.set_device(width, height, false);
        page.goto(&server.url(GUIDE));
        assert_eq!(
            page.document()
                .evaluate("document.querySelector('.bottom-bar').checkVisibility()"),
            json!(false),
            "{width} × {height}"
        );
    }
    // Where one is, is marked.
    page.set_device(360, 740, false);
    page.goto(&server.url("cari/"));
    assert_eq!(
        page.document()
            .text("document.querySelector('.bottom-bar [aria-current=page]').textContent"),
        "Cari"
    );
}

#[test]
fn every_kind_of_page_fits_narrow_and_zoomed_and_its_main_actions_a_finger() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab(360, 740);
    let mut paths = KINDS.map(|path| format!("dki-jakarta/{path}")).to_vec();
    paths.extend(["", "mail-go-id/multidomain/surat-permohonan/", "diy/"].map(str::to_owned));
    // 640 × 400: a laptop's 1280 × 800 at 200 %.
    for (width, height) in [(320, 640), (640, 400), (1280, 800)] {
        page.set_device(width, height, false);
        for path in &paths {
            page.goto(&server.url(path));
            let document = page.document();
            let widest = document.evaluate("document.documentElement.scrollWidth");
            assert!(
                widest.as_u64().unwrap() <= u64::from(width),
                "{path} is {widest} px wide at {width}"
            );
            let small = document.evaluate(
                "[...document.querySelectorAll('.bottom-bar a, .nav a, .nav__menu, .way, .copy, .row > summary, .toc summary, .toc a, .crumbs a, .letters a, .az a, .button, .input, .radio, .kartu__card, .cari__choices a, .langkah__tick, .langkah__state button, .footer a')]
                .filter((action) => action.checkVisibility({visibilityProperty: true}))
                .filter((action) => { const box = action.getBoundingClientRect(); return box.height < 43.9; })
                .map((action) => action.outerHTML.slice(0, 120))",
            );
            assert_eq!(small, json!([]), "{path} at {width}");
        }
    }
}

#[test]
fn the_table_of_contents_says_where_one_is() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab(360, 740);
    for (width, height) in [(360, 740), (1280, 800)] {
        page.set_device(width, height, false);
        page.goto(&server.url(GUIDE));
        let document = page.document();
        let section = document.text("document.querySelectorAll('.toc a')[2].textContent");
        document.evaluate("document.getElementById(document.querySelectorAll('.toc a')[2].hash.slice(1)).scrollIntoView({behavior: 'instant'})");
        document.wait_for(&format!(
            "document.querySelector('.toc [aria-current=true]')?.textContent === {section:?}"
        ));
        // In sight, and the heading below it.
        let box_of = |selector: &str, side: &str| {
            document
                .evaluate(&format!(
                    "document.querySelector({selector:?}).getBoundingClientRect().{side}"
                ))
                .as_f64()
                .unwrap()
        };
        assert!(
            box_of(".toc", "top") >= 0.0 && box_of(".toc summary", "bottom") <= f64::from(height)
        );
        if width < 1024 {
            let line = document.text("document.querySelector('.toc summary').innerText");
            assert!(line.contains(&section), "{line}");
            let heading = document.text("document.querySelectorAll('.toc a')[2].hash");
            assert!(box_of(&heading, "top") >= box_of(".toc summary", "bottom"));
            // The list opens over the text, and folds once a section is chosen.
            document.click(".toc summary");
            document.click(".toc li:nth-child(2) a");
            document.wait_for("!document.querySelector('.toc details').open");
        }
    }
}

#[test]
fn a_guide_is_passed_on_with_and_without_scripts() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab(360, 740);
    let shared = "new URL(document.querySelector('.share a').href).searchParams.get('text')";
    {
        let (_browser, bare) = tab(360, 740);
        bare.disable_scripts();
        bare.goto(&server.url(GUIDE));
        let text = bare.document().text(shared);
        assert!(
            text.contains("TTE") && text.ends_with(&format!("https://pandu.example/{GUIDE}")),
            "{text}"
        );
        let link = bare
            .document()
            .text("document.querySelector('.share a').href");
        assert!(link.starts_with("https://wa.me/?text="), "{link}");
    }
    page.goto(&server.url(GUIDE));
    let document = page.document();
    // The tap that would leave for WhatsApp is caught; nothing was fetched before the first.
    document.evaluate("addEventListener('click', (event) => { if (event.target.closest('.share a') && !event.isTrusted) { event.preventDefault(); window.left = true; } })");
    assert_eq!(
        document.evaluate("performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('chat.txt'))"),
        json!(false)
    );
    document.click(".share > a");
    document.wait_for("window.left");
    let chat = std::fs::read_to_string(site().join(GUIDE).join("chat.txt")).unwrap();
    assert_eq!(document.text(shared), chat);

    // Without the network the title and the address go.
    page.goto(&server.url("email/outlook/"));
    let document = page.document();
    document.wait_for("document.querySelector('.copy:not([hidden])')");
    document.evaluate("addEventListener('click', (event) => { if (event.target.closest('.share a') && !event.isTrusted) { event.preventDefault(); window.left = true; } })");
    page.set_offline(true);
    document.click(".share > a");
    document.wait_for("window.left");
    let short = document.text(shared);
    assert!(
        short.ends_with("/email/outlook/") && short.len() < 150,
        "{short}"
    );
    page.set_offline(false);
}
