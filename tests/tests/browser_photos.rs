//! Photographs of every kind of page, on a phone and on a laptop, light and dark, for people to look at in
//! `target/photos/`. Each is judged by what can be told without eyes: that something is on it, that nothing stands
//! out at its side, that its paper has the scheme's colour.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::time::Instant;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tests::PATIENCE;
use tests::browser::Browser;
use tests::page::Page;
use tests::process::project;
use tests::product::{Hours, Snapshot, build_site, whole_site, work_folder};
use tests::web_server::WebServer;

/// The site of all agencies.
const WHOLE: [(&str, &str); 4] = [
    ("pilih-instansi", ""),
    ("daftar-status", "diy/cek/status-tte/"),
    ("surat", "sulawesi-tengah/email/surat-permohonan/"),
    ("masalah", "diy/bantuan/masalah/"),
];

/// One agency alone, with its look-up.
const ALONE: [(&str, &str); 15] = [
    ("beranda", ""),
    ("topik", "email/"),
    ("panduan-pendek", "email/masuk-pertama/"),
    ("panduan-panjang", "email/outlook/"),
    ("panduan-layar", "email/hp-android/"),
    ("grafik", "distribusi/rencana-akun/"),
    ("cari-solusi", "bantuan/cari-solusi/"),
    ("cek-email", "cek/cek-email/"),
    ("cek-tte", "cek/cek-tte/"),
    ("uji-passphrase", "cek/uji-passphrase/"),
    ("kontak", "bantuan/kontak/"),
    ("cari", "cari/"),
    ("tanpa-internet", "tanpa-internet/"),
    ("404", "tidak/ada/"),
    ("komponen", "komponen/"),
];

/// Where pictures are looked at: a tab that stands on no page, so that no page's policy forbids it.
struct Darkroom(Page);

impl Darkroom {
    /// What is on the first screen of a picture: `{width, height, paper, colours}`; `paper` is the share of that colour.
    fn look(&self, picture: &[u8], paper: &str, screen: u32) -> Value {
        let picture = STANDARD.encode(picture);
        self.0.document().evaluate(&format!(
            "(async () => {{
                const file = await (await fetch('data:image/png;base64,{picture}')).blob();
                const image = await createImageBitmap(file);
                const canvas = new OffscreenCanvas(image.width, {screen});
                const context = canvas.getContext('2d');
                context.drawImage(image, 0, 0);
                const bytes = new Uint32Array(context.getImageData(0, 0, image.width, {screen}).data.buffer);
                const counts = new Map();
                for (const colour of bytes) counts.set(colour, (counts.get(colour) ?? 0) + 1);
                const [, red, green, blue] = /#(..)(..)(..)/.exec('{paper}').map((hex) => parseInt(hex, 16));
                const paper = (0xff000000 | blue << 16 | green << 8 | red) >>> 0;
                return {{width: image.width, height: image.height, paper: (counts.get(paper) ?? 0) / bytes.length, colours: counts.size}};
            }})()"
        ))
    }
}

/// The colour of paper by the theme's own word.
fn paper(dark: bool) -> String {
    let tokens = project().join("themes/dinas/styles/tokens.css");
    let tokens = std::fs::read_to_string(tokens).unwrap();
    let mut papers = tokens.split("--paper: ").skip(1);
    let paper = papers.nth(usize::from(dark)).unwrap();
    paper[..7].to_owned()
}

fn photograph(
    page: &Page,
    darkroom: &Darkroom,
    name: &str,
    (width, height): (u32, u32),
    dark: bool,
) {
    let words = page
        .document()
        .text("document.querySelector('main').innerText");
    assert!(words.len() > 40, "{name} says nothing: {words:?}");
    let size = || {
        let sizes = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]";
        let sizes = page.document().evaluate(sizes);
        let [width, height] = [0, 1].map(|at| sizes[at].as_u64().unwrap());
        (
            u32::try_from(width).unwrap(),
            u32::try_from(height).unwrap(),
        )
    };
    let (wide, high) = size();
    assert_eq!(wide, width, "{name} is wider than its screen");
    // The whole page on a screen as high as itself: what clings to the screen's foot stands at the page's.
    page.set_device(width, high, dark);
    let picture = page.picture_of("html");
    let tall = u32::from_be_bytes(picture[20..24].try_into().unwrap());
    // The browser lays the page out anew for the picture, and back again; a checker's frame may tell a new height
    // meanwhile: by a line or two.
    let whole = "(async () => { await new Promise(requestAnimationFrame); return document.documentElement.scrollHeight })()";
    let begin = Instant::now();
    loop {
        let high = page.document().evaluate(whole).as_u64().unwrap();
        if u64::from(tall).abs_diff(high) <= 48 {
            break;
        }
        assert!(
            begin.elapsed() < PATIENCE,
            "{name} is {high} pixels high, its picture {tall}"
        );
    }
    page.set_device(width, height, dark);
    let scheme = if dark { "dark" } else { "light" };
    let file = format!("target/photos/{name}-{width}x{height}-{scheme}.png");
    save(&project().join(&file), &picture);
    let seen = darkroom.look(&picture, &paper(dark), height);
    assert_eq!(seen["width"], json!(width), "{file}");
    assert!(tall >= height, "{file} is {tall} pixels high");
    assert!(
        seen["colours"].as_u64().unwrap() > 30,
        "{file} is blank: {seen}"
    );
    assert!(
        seen["paper"].as_f64().unwrap() > 0.05,
        "{file} has not the scheme's paper: {seen}"
    );
}

fn save(file: &Path, picture: &[u8]) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, picture).unwrap();
}

/// Asks a checker, so that its answer is on the picture.
fn ask(page: &Page, path: &str) {
    let (way, number) = match path {
        "cek/cek-email/" => ("nip", "199002282023211999"),
        "cek/cek-tte/" => ("nik", "9901012802909999"),
        "cek/uji-passphrase/" => {
            page.document()
                .wait_for("document.querySelector('[data-island][data-ready]')");
            let frame = page.frame();
            frame.click("#uji-isian");
            page.type_text("Aa1]aaaa");
            frame.wait_for("document.querySelector('#uji-aturan [data-state=ok], #uji-aturan li:not([data-state=idle])')");
            return;
        }
        "komponen/" => {
            // A frame tells its height once it comes into sight.
            page.document().wait_for("(() => { const frame = document.querySelector('iframe'); frame.scrollIntoView(); return frame.style.height })()");
            page.document().evaluate("scrollTo(0, 0)");
            return;
        }
        _ => return,
    };
    page.document()
        .wait_for("document.querySelector('[data-island][data-ready]')");
    page.document()
        .click(&format!("[data-island] input[type=radio][value={way}]"));
    page.document().click("[data-island] .input");
    page.type_text(number);
    page.press("Enter");
    page.document()
        .wait_for("document.querySelector('.result').dataset.state === 'found'");
}

#[test]
fn every_kind_of_page_is_photographed() {
    let folder = work_folder().join("site");
    build_site(&folder, &["--komponen"]);
    let alone = Snapshot::practice(Hours::Always).serve(&folder);
    let whole = WebServer::start(whole_site(), "/", None);
    let browser = Browser::start();
    // The page in front is the one that is painted.
    let darkroom = Darkroom(browser.page());
    let page = browser.page();
    page.call("Emulation.setScrollbarsHidden", json!({"hidden": true}));
    for size in [(360, 740), (1280, 800)] {
        for dark in [false, true] {
            page.set_device(size.0, size.1, dark);
            for (name, path) in WHOLE {
                page.goto(&whole.url(path));
                photograph(&page, &darkroom, name, size, dark);
            }
            for (name, path) in ALONE {
                page.goto(&alone.url(path));
                ask(&page, path);
                photograph(&page, &darkroom, name, size, dark);
            }
        }
    }
}

#[test]
fn every_agencys_gallery_loads_in_peace() {
    let folder = work_folder().join("whole-site-with-galleries");
    tests::process::run(
        std::process::Command::new(tests::process::program("pandu"))
            .args(["build", "--komponen", "--out"])
            .arg(&folder),
    );
    let server = WebServer::start(&folder, "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(320, 640, false);
    for agency in tests::product::AGENCIES {
        let mark = page.mark();
        page.goto(&server.url(&format!("{agency}/komponen/#langkah")));
        assert_eq!(page.complaints_since(mark), [""; 0], "{agency}");
        let document = page.document();
        let wide = document.evaluate("document.documentElement.scrollWidth > innerWidth && [...document.querySelectorAll('main *')].filter(part => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest('.table, pre')).map(part => part.className || part.tagName).slice(0, 5)");
        assert_eq!(wide, json!(false), "{agency}");
        assert_eq!(
            document.evaluate(
                "Math.abs(document.querySelector('#langkah').getBoundingClientRect().top) < 120"
            ),
            json!(true),
            "{agency}: the row of `langkah` is not shown"
        );
        let empty = document.evaluate("[...document.querySelectorAll('.gallery__example')].filter(example => example.offsetHeight < 10).map(example => example.closest('.gallery').id)");
        assert_eq!(empty, json!([]), "{agency}: examples that show nothing");
    }
}
