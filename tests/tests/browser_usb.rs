//! The bundle for a USB stick: unzipped into a folder as people name folders, opened as files, without a network.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::Duration,
};

use serde_json::json;
use tests::quoted::quoted;
use tests::{
    browser::Browser,
    escape,
    needle::files_in,
    page::Page,
    process::{program, run},
    product::{AGENCIES, work_folder},
};

const START: &str = "BUKA PANDUAN.html";
const PASSPHRASE: &str = "panduan/dki-jakarta/cek/uji-passphrase/index.html";
const READY: &str = "document.querySelector('main[data-island][data-ready]')";

/// The stick, written once.
fn stick() -> &'static Path {
    static STICK: OnceLock<PathBuf> = OnceLock::new();
    STICK.get_or_init(|| {
        let out = work_folder().join("situs");
        let output = run(Command::new(program("pandu"))
            .args(["build", "--bundle", "--out"])
            .arg(&out));
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(
            told.contains("situs-usb.zip: ") && told.contains(" KB, opens from a USB stick"),
            "{told}"
        );
        let stick = work_folder().join("USB Dinas (2)");
        if stick.exists() {
            fs::remove_dir_all(&stick).unwrap();
        }
        let zip = File::open(work_folder().join("situs-usb.zip")).unwrap();
        zip::ZipArchive::new(zip).unwrap().extract(&stick).unwrap();
        stick
    })
}

/// The address of a file on the stick, as a browser shows it after a double click.
fn address(file: &str) -> String {
    let path = stick().join(file);
    format!("file://{}", path.to_str().unwrap().replace(' ', "%20"))
}

fn offline(browser: &Browser) -> Page {
    let page = browser.page();
    page.set_offline(true);
    page
}

/// Clicks a link and waits for the page behind it.
fn follow(page: &Page, link: &str) {
    let mark = page.mark();
    page.document().click(link);
    page.wait_for_load(mark);
}

fn title(page: &Page) -> String {
    page.document()
        .text("document.querySelector('h1').textContent")
}

#[test]
fn holds_what_opens_as_files_and_nothing_else() {
    let mut top: Vec<_> = fs::read_dir(stick())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    top.sort();
    assert_eq!(top, ["BACA SAYA.txt", START, "panduan"]);
    let words = fs::read_to_string(stick().join("BACA SAYA.txt")).unwrap();
    assert!(words.contains("Ekstrak") && words.contains("https://pandu.example/"));
    let of_no_use = ["robots.txt", "sitemap.xml", "404.html", "sw.js", "cek.js"];
    for file in files_in(stick()) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let packed = name.ends_with(".br") || name.ends_with(".gz") || name.ends_with(".wasm");
        assert!(!packed && !of_no_use.contains(&name), "{}", file.display());
    }
}

#[test]
fn every_link_leads_to_a_file() {
    let mut followed = 0;
    for file in files_in(stick()) {
        if file.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let html = quoted(&fs::read_to_string(&file).unwrap());
        for piece in html.split(['<', ' ']) {
            assert!(
                !piece.starts_with("integrity="),
                "{}: {piece}",
                file.display()
            );
            let Some(value) = piece
                .strip_prefix("href=\"")
                .or_else(|| piece.strip_prefix("src=\""))
            else {
                continue;
            };
            let value = value.split('"').next().unwrap();
            let elsewhere = value.split('/').next().unwrap().contains(':');
            if elsewhere || value.starts_with('#') {
                continue;
            }
            let path = value.split('#').next().unwrap();
            let target = file.parent().unwrap().join(path);
            assert!(
                !path.starts_with('/') && target.is_file(),
                "{} leads to {value}",
                file.display()
            );
            followed += 1;
        }
    }
    assert!(followed > 3000, "only {followed} links");
}

#[test]
fn two_bundles_are_equal_byte_for_byte() {
    stick();
    let again = work_folder().join("lagi");
    run(Command::new(program("pandu"))
        .args(["build", "--bundle", "--out"])
        .arg(&again));
    let one = fs::read(work_folder().join("situs-usb.zip")).unwrap();
    let two = fs::read(work_folder().join("lagi-usb.zip")).unwrap();
    assert!(one == two);
}

#[test]
fn leads_from_the_first_file_to_a_copied_port() {
    let browser = Browser::start();
    let page = offline(&browser);
    page.call(
        "Browser.grantPermissions",
        json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}),
    );
    let mark = page.mark();
    page.goto(&address(START));
    assert!(
        page.document()
            .text("document.body.innerText")
            .contains("Ekstrak Semua")
    );
    follow(&page, "main a.button");
    assert_eq!(
        page.document()
            .evaluate("document.querySelectorAll('[data-instansi]').length"),
        json!(AGENCIES.len())
    );
    follow(&page, "[data-instansi=dki-jakarta]");
    follow(&page, "main a[href$='email/hp-android/index.html']");
    assert!(title(&page).contains("Android"), "{}", title(&page));
    let button = "button.copy[data-copy='443']";
    page.document().click(button);
    page.document().wait_for(&format!(
        "document.querySelector({button:?}).textContent.includes('Disalin')"
    ));
    assert_eq!(
        page.document().text("navigator.clipboard.readText()"),
        "443"
    );
    // The choice is remembered on a stick, too.
    page.goto(&address("panduan/index.html"));
    page.document()
        .wait_for("!document.querySelector('#lanjut').hidden");
    follow(&page, ".lanjut__go");
    let complaints = page.complaints_since(mark);
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn no_page_complains_or_asks_the_network() {
    let browser = Browser::start();
    let page = offline(&browser);
    let pages = files_in(stick());
    let pages = pages.iter().filter(|file| {
        file.extension().is_some_and(|extension| extension == "html")
            // One agency's pages are of every kind.
            && (file.components().any(|part| part.as_os_str() == "dki-jakarta")
                || file.parent().unwrap() == stick()
                || file.parent().unwrap().parent().unwrap() == stick())
    });
    let mut opened = 0;
    for file in pages {
        let name = file.strip_prefix(stick()).unwrap().to_str().unwrap();
        let mark = page.mark();
        page.goto(&address(name));
        let complaints = page.log_since(mark);
        assert!(complaints.is_empty(), "{name}: {complaints:#?}");
        for request in page.requests_since(mark) {
            assert!(request.url.starts_with("file:"), "{name}: {request:?}");
        }
        opened += 1;
    }
    assert!(opened > 30, "only {opened} pages");
}

#[test]
fn a_look_up_leads_to_the_real_page_and_offers_no_form() {
    let browser = Browser::start();
    let page = offline(&browser);
    page.goto(&address("panduan/dki-jakarta/cek/cek-tte/index.html"));
    let document = page.document();
    assert_eq!(
        document.text("document.querySelector('main a.button').href"),
        "https://pandu.example/dki-jakarta/cek/cek-tte/"
    );
    assert_eq!(
        document.evaluate("document.querySelector('main form, main input')"),
        json!(null)
    );
    assert!(
        document.evaluate("document.querySelector('main a.button').checkVisibility()")
            == json!(true)
    );
}

#[test]
fn the_passphrase_test_runs_and_lets_nothing_out() {
    let browser = Browser::start();
    let page = offline(&browser);
    let mark = page.mark();
    page.goto(&address(PASSPHRASE));
    let frame = page.frame();
    frame.wait_for(READY);
    frame.click("#uji-isian");
    page.type_text("Xk7#mP2qLz9&vT4w");
    frame.wait_for("document.querySelector('#uji-kekuatan').dataset.level === 'kuat'");
    let complaints = page.log_since(mark);
    assert!(complaints.is_empty(), "{complaints:#?}");
    drop(page);

    // Every way out that `browser_passphrase` knows, from a file. What it tells there of the three holds here.
    let folder = work_folder().join("kaki-tangan");
    fs::create_dir_all(&folder).unwrap();
    let patience = Duration::from_secs(10);
    let tried = escape::try_all(
        &folder,
        &address(PASSPHRASE),
        READY,
        &escape::visible(),
        patience,
    );
    let escapes = tried.beyond_the_known();
    assert!(escapes.is_empty(), "ways out of the frame: {escapes:#?}");
}
