//! The built site in a real browser: without scripts, below a sub-path, on a phone, light and dark.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use serde_json::json;
use tests::browser::Browser;
use tests::page::Page;
use tests::product::{Hours, Snapshot, build_site, pages, pages_and_decks, site, work_folder};
use tests::web_server::WebServer;

fn tab() -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    (browser, page)
}

/// The lines of text that a reader sees in the page's main part.
fn lines(page: &Page) -> Vec<String> {
    let text = page
        .document()
        .text("document.querySelector('main').innerText");
    text.lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn every_page_is_whole_without_scripts() {
    let server = WebServer::start(site(), "/", None);
    let (_with_browser, with) = tab();
    let (_without_browser, without) = tab();
    without.disable_scripts();
    for path in pages(site()) {
        let url = server.url(&path);
        without.goto(&url);
        let bare = lines(&without);
        assert!(
            without
                .document()
                .evaluate("document.querySelectorAll('h1').length")
                == json!(1),
            "{path} has not one h1"
        );
        if without
            .document()
            .evaluate("document.querySelector('[data-island]') !== null")
            == json!(true)
        {
            // A checker: its form is not offered, and the way to go instead is told.
            assert_eq!(without.document().evaluate("[...document.querySelectorAll('[data-island]')].some(island => island.checkVisibility() && island.querySelector('form, iframe')?.checkVisibility())"), json!(false), "{path} shows a form that cannot work");
            assert_eq!(
                without
                    .document()
                    .evaluate("document.querySelector('.island-fallback').checkVisibility()"),
                json!(true),
                "{path} does not say where to go"
            );
            assert!(
                bare.iter()
                    .any(|line| line.contains("memerlukan JavaScript")),
                "{path}: {bare:?}"
            );
            assert_eq!(
                without
                    .document()
                    .evaluate("document.querySelector('.island-fallback a[href]') !== null"),
                json!(true),
                "{path} leads nowhere"
            );
            continue;
        }
        with.goto(&url);
        // Without scripts the search box is a link.
        let search = with
            .document()
            .text("document.querySelector('[data-cari]')?.innerText ?? ''");
        // What only a script can do is offered by the script alone.
        let buttons = with.document().text(
            "[...document.querySelectorAll('main :is(.copy, [data-say], [data-kept], [data-word])')].map(button => button.innerText).join('\\n')",
        );
        let missing: Vec<_> = lines(&with)
            .into_iter()
            .filter(|line| !buttons.lines().any(|button| button.trim() == line))
            .filter(|line| !line.starts_with("Ketuk nomor langkah"))
            .filter(|line| !bare.contains(line) && !search.contains(line.as_str()))
            .collect();
        assert_eq!(missing, [""; 0], "{path} without scripts");
    }
}

#[test]
fn every_page_loads_in_peace_and_fits_a_small_phone() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab();
    page.set_device(320, 640, false);
    for path in pages_and_decks(site()) {
        let mark = page.mark();
        page.goto(&server.url(&path));
        assert_eq!(page.complaints_since(mark), [""; 0], "{path}");
        let foreign: Vec<_> = page
            .requests_since(mark)
            .into_iter()
            .filter(|request| {
                !request.url.starts_with(&server.url("")) && !request.url.starts_with("data:")
            })
            .collect();
        assert!(foreign.is_empty(), "{path} asks others: {foreign:?}");
        let widest = page
            .document()
            .evaluate("document.documentElement.scrollWidth");
        assert!(
            widest.as_u64().unwrap() <= 320,
            "{path} is {widest} px wide"
        );
    }
}

#[test]
fn below_a_sub_path_every_link_and_asset_is_found_and_the_checkers_work() {
    let folder = work_folder().join("sub-path");
    build_site(&folder, &["--base-url", "https://contoh.example/sub/path/"]);
    let lookup = Snapshot::practice(Hours::Always).serve(&folder);
    let server = WebServer::start(&folder, "/sub/path/", Some(lookup.address));
    let root = server.url("");
    let (_browser, page) = tab();
    let mut links = BTreeSet::new();
    for path in pages_and_decks(&folder) {
        let mark = page.mark();
        page.goto(&server.url(&path));
        for request in page.requests_since(mark) {
            assert!(
                request.url.starts_with(&root),
                "{path} asks for {}",
                request.url
            );
        }
        let failed = page.document().evaluate("performance.getEntriesByType('resource').filter(entry => entry.responseStatus >= 400).map(entry => entry.name)");
        assert_eq!(failed, json!([]), "{path}");
        let found = page.document().evaluate("[...document.querySelectorAll('a[href], link[href]:not([rel=canonical])')].map(link => link.href).filter(href => new URL(href).host === location.host)");
        links.extend(
            found
                .as_array()
                .unwrap()
                .iter()
                .map(|link| link.as_str().unwrap().to_owned()),
        );
        let canonical = page
            .document()
            .text("document.querySelector('link[rel=canonical]').href");
        // Slides are found through their guide.
        let found_as = path.strip_suffix("slide/").unwrap_or(&path);
        assert_eq!(
            canonical,
            format!("https://contoh.example/sub/path/{found_as}")
        );
    }
    for link in links {
        let path = link
            .strip_prefix(&root)
            .unwrap_or_else(|| panic!("{link} leads out of the sub-path"));
        let (path, anchor) = path.split_once('#').unwrap_or((path, ""));
        let file = if path.is_empty() || path.ends_with('/') {
            folder.join(path).join("index.html")
        } else {
            folder.join(path)
        };
        let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{link}: {error}"));
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            anchor.is_empty()
                || text.contains(&format!("id=\"{anchor}\""))
                || text.contains(&format!("id={anchor}")),
            "{link} has no such place"
        );
    }

    // The look-up answers through the prefix, and the passphrase checker starts.
    for path in ["cek/cek-email/", "cek/cek-tte/", "cek/uji-passphrase/"] {
        page.goto(&server.url(path));
        page.document()
            .wait_for("document.querySelector('[data-island][data-ready]')");
    }
    page.goto(&server.url("cek/cek-email/"));
    page.document()
        .wait_for("document.querySelector('#cek-email-data')?.innerText.includes('LATIHAN')");
    page.document().click("[data-island] input[value=nip]");
    page.document().click("#cek-email-isian");
    page.type_text("197703142003121986");
    page.press("Enter");
    page.document()
        .wait_for("document.querySelector('#cek-email-hasil').dataset.state === 'not-found'");

    // The page for unknown addresses finds its way back from any depth.
    page.goto(&server.url("tidak/ada/di/sini/"));
    let home = page
        .document()
        .text("document.querySelector('header a').href");
    assert_eq!(
        home.replace("https://contoh.example/sub/path/", &root),
        root
    );
}

#[test]
fn from_home_to_the_android_settings_in_two_taps_and_the_port_is_copied() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab();
    page.set_device(360, 740, false);
    page.goto(&server.url(""));
    // First tap: whatever the home page offers under that name.
    page.document().evaluate("[...document.querySelectorAll('main a')].find(link => /android/i.test(link.innerText)).id ||= 'ketukan-pertama'");
    let first = page.document().text("'#' + [...document.querySelectorAll('main a')].find(link => /android/i.test(link.innerText)).id");
    let mark = page.mark();
    page.document().click(&first);
    page.wait_for_load(mark);
    page.document()
        .wait_for("document.querySelector('.setelan')");
    // One tap was enough, and the card stands in the first two screens.
    let top = page
        .document()
        .evaluate("document.querySelector('.setelan').getBoundingClientRect().top")
        .as_f64()
        .unwrap();
    assert!(top < 2.0 * 740.0, "the settings card begins {top} px down");
    let card = page
        .document()
        .text("document.querySelector('.setelan').innerText");
    assert!(
        card.contains("email.jakarta.go.id") && card.contains("443"),
        "{card}"
    );

    page.call(
        "Browser.grantPermissions",
        json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}),
    );
    page.call("Page.bringToFront", json!({}));
    page.document().click(".setelan button[data-copy='443']");
    page.document().wait_for("[...document.querySelectorAll('[role=status]')].some(region => region.textContent.includes('Disalin: 443'))");
    assert_eq!(
        page.document().text("navigator.clipboard.readText()"),
        "443"
    );
}
