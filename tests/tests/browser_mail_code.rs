//! The code for Thunderbird on Android in a real browser: what a phone reads from it, and that the address does not get out of
//! its frame.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::camera::codes_on;
use tests::escape;
use tests::needle::Needle;
use tests::product::{self, site, work_folder};
use tests::sealed::{READY, Visit};
use tests::web_server::WebServer;

const PATH: &str = "email/thunderbird-android/";
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

fn begin() -> Visit {
    Visit::begin(site(), PATH)
}

fn make(visit: &Visit, address: &str, name: &str) {
    visit.fill("#kode-alamat", address);
    visit.fill("#kode-nama", name);
    visit.frame.click("#kode-buat");
}

fn wait_for_code(visit: &Visit) {
    visit
        .frame
        .wait_for("document.querySelector('#kode-gambar').checkVisibility()");
}

/// What a phone held before the screen reads.
fn scanned(visit: &Visit) -> Vec<String> {
    // The page gives the frame the height that it asks for.
    let height = visit
        .frame
        .evaluate("document.documentElement.offsetHeight");
    visit.page.document().wait_for(&format!(
        "document.querySelector('.sealed__frame').offsetHeight === {height}"
    ));
    visit
        .frame
        .evaluate("document.querySelector('#kode-gambar').scrollIntoView({block: 'center'})");
    let file = work_folder().join("layar.png");
    visit.page.screenshot(&file);
    let codes = codes_on(&std::fs::read(&file).unwrap());
    // The page's own code leads to the page.
    codes
        .into_iter()
        .filter(|text| !text.starts_with("https://"))
        .collect()
}

/// What is said of a field, and whether the field says so to screen readers.
fn mistake(visit: &Visit, field: &str) -> (String, Value) {
    let text = visit.frame.text(&format!(
        "document.querySelector('#{field}-salah').innerText"
    ));
    let invalid = visit.frame.evaluate(&format!(
        "document.querySelector('#{field}').getAttribute('aria-invalid')"
    ));
    (text, invalid)
}

#[test]
fn a_phone_reads_the_account_from_the_screen_in_every_colour_scheme() {
    let visit = begin();
    for dark in [false, true] {
        visit.page.set_device(1280, 800, dark);
        make(&visit, " Siti.Kencana7788@Jakarta.go.id ", NAME);
        wait_for_code(&visit);
        assert_eq!(scanned(&visit), [PAYLOAD], "dark: {dark}");
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
        scanned(&visit),
        [""; 0],
        "a code that does not fit what is typed"
    );
    visit.page.press("Enter");
    wait_for_code(&visit);
    assert_eq!(
        scanned(&visit),
        [PAYLOAD.replace("Siti \\\"Iti\\\" Kéncana", "")]
    );
}

#[test]
fn a_phone_reads_it_from_a_phones_screen_too() {
    let visit = begin();
    visit.page.set_device(360, 740, true);
    make(&visit, ADDRESS, NAME);
    wait_for_code(&visit);
    assert_eq!(scanned(&visit), [PAYLOAD]);
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
    let visit = begin();
    for (address, word) in [
        ("", "Isi alamat"),
        ("siti", "@jakarta.go.id"),
        ("siti kencana@jakarta.go.id", "spasi"),
        ("siti@gmail.com", "alamat dinas"),
    ] {
        make(&visit, address, "");
        let (text, invalid) = mistake(&visit, "kode-alamat");
        assert!(text.contains(word), "{address}: {text}");
        assert_eq!(invalid, json!("true"));
        assert_eq!(visit.frame.text("document.activeElement.id"), "kode-alamat");
        assert_eq!(scanned(&visit), [""; 0]);
    }
    make(&visit, ADDRESS, &"panjang ".repeat(12));
    let (text, _) = mistake(&visit, "kode-nama");
    assert!(text.contains("Pendekkan"), "{text}");
    assert_eq!(mistake(&visit, "kode-alamat"), (String::new(), Value::Null));
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
    let using = |visit: &Visit| {
        make(visit, ADDRESS, NAME);
        wait_for_code(visit);
        assert_eq!(scanned(visit), [PAYLOAD]);
    };
    let typed = [
        Needle::new("address", ADDRESS),
        Needle::new("name", "Kéncana"),
    ];
    begin().assert_leaves_no_trace(site(), using, &typed);
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
    let visit = begin();
    make(&visit, ADDRESS, NAME);
    wait_for_code(&visit);
    let frame = visit.away_and_back();
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
    make(&visit, ADDRESS, NAME);
    wait_for_code(&visit);
    assert_eq!(scanned(&visit), [PAYLOAD]);
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
