//! QR codes that lead from a desk and from paper to a phone: read as a camera reads them, by a reader that is no part of the project.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

use resvg::{tiny_skia, usvg};
use serde_json::json;
use tests::browser::Browser;
use tests::camera::codes_on;
use tests::page::Page;
use tests::product::{pages, site, whole_site};
use tests::quoted::quoted;
use tests::web_server::WebServer;

/// Where a page's code stands.
const CODE: &str = ".share__code svg";
/// A guide with a drawn screen, one with a table, one that is its agency's heaviest.
const GUIDES: [&str; 3] = [
    "email/outlook/",
    "email/setelan-server/",
    "bantuan/cari-solusi/",
];

fn html(site: &Path, page: &str) -> String {
    quoted(&std::fs::read_to_string(site.join(page).join("index.html")).unwrap())
}

/// What stands between two pieces of a text, the first time.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?
        .1
        .split_once(end)
        .map(|(piece, _)| piece)
}

fn canonical(html: &str) -> &str {
    between(html, "<link rel=\"canonical\" href=\"", "\"").unwrap()
}

/// A page's code as a picture: black on white, as its style has it.
fn drawn(html: &str) -> Option<Vec<u8>> {
    let code = between(html, "<div class=\"share__code\">", "</div>")?;
    let svg = between(code, "<svg ", "</svg>").unwrap();
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" fill=\"none\" stroke=\"#000\" shape-rendering=\"crispEdges\" {svg}</svg>"
    );
    let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).unwrap();
    let scale = 5.0;
    let side = (tree.size().width() * scale).ceil() as u32;
    let mut picture = tiny_skia::Pixmap::new(side, side).unwrap();
    picture.fill(tiny_skia::Color::WHITE);
    let transform = tiny_skia::Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut picture.as_mut());
    Some(picture.encode_png().unwrap())
}

#[test]
fn every_guides_code_holds_its_address() {
    let mut guides = 0;
    for page in pages(whole_site()) {
        let html = html(whole_site(), &page);
        let is_guide = html.contains("<div class=\"share\">");
        let picture = drawn(&html);
        assert_eq!(picture.is_some(), is_guide, "{page}");
        if let Some(picture) = picture {
            assert_eq!(codes_on(&picture), [canonical(&html)], "{page}");
            assert!(canonical(&html).ends_with(&format!("/{page}")), "{page}");
            guides += 1;
        }
    }
    assert!(guides > 100, "only {guides} guides");
}

fn tab() -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    (browser, page)
}

#[test]
fn a_phone_reads_it_from_a_laptops_screen_in_every_colour_scheme() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab();
    for guide in GUIDES {
        for dark in [false, true] {
            page.set_device(1280, 800, dark);
            page.goto(&server.url(guide));
            page.document().evaluate(&format!(
                "document.querySelector({CODE:?}).scrollIntoView({{block: 'center'}})"
            ));
            let file = tests::product::work_folder().join("screen.png");
            page.screenshot(&file);
            let told = canonical(&html(site(), guide)).to_owned();
            assert_eq!(
                codes_on(&std::fs::read(&file).unwrap()),
                [told],
                "/{guide}, dark: {dark}"
            );
        }
    }
    // Colours that are forced on the page leave it as it is.
    page.call(
        "Emulation.setEmulatedMedia",
        json!({"features": [{"name": "forced-colors", "value": "active"}, {"name": "prefers-color-scheme", "value": "dark"}]}),
    );
    assert_eq!(codes_on(&page.picture_of(CODE)).len(), 1);
}

#[test]
fn it_has_a_name_and_stays_off_phones() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab();
    page.set_device(1280, 800, false);
    page.goto(&server.url(GUIDES[0]));
    let names = page.accessible();
    let named = names
        .iter()
        .any(|(role, name)| role == "image" && name == "Kode QR");
    assert!(named, "{names:?}");
    // Three centimetres at least, without the light zone of four modules on each side.
    let side = "(() => { const code = document.querySelector('.share__code svg'); const whole = code.viewBox.baseVal.width; return code.getBoundingClientRect().width / whole * (whole - 8); })()";
    let dots = page.document().evaluate(side).as_f64().unwrap();
    assert!(dots > 3.0 * 96.0 / 2.54, "{dots} px");
    page.set_device(360, 740, false);
    page.goto(&server.url(GUIDES[0]));
    let shown = "document.querySelector('.share__code').checkVisibility()";
    assert_eq!(page.document().evaluate(shown), json!(false));
}

#[test]
fn a_phone_reads_it_from_paper_where_the_address_stands_beside_it() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab();
    let folder = tempfile::tempdir().unwrap();
    for guide in GUIDES {
        for dark in [false, true] {
            page.set_device(1280, 800, dark);
            page.goto(&server.url(guide));
            let told = canonical(&html(site(), guide)).to_owned();
            page.set_paper(true);
            let words = page
                .document()
                .text("document.querySelector('.share').innerText");
            page.set_paper(false);
            assert!(words.contains(&told), "/{guide}: {words}");
            let pdf = folder.path().join("panduan.pdf");
            std::fs::write(&pdf, page.pdf()).unwrap();
            let sheets = folder
                .path()
                .join(format!("{dark}-{}", guide.replace('/', "-")));
            let drawn = Command::new("pdftoppm")
                .args(["-r", "150", "-png"])
                .args([&pdf, &sheets])
                .status()
                .expect("pdftoppm is needed: run `tests/run`, which installs it");
            assert!(drawn.success());
            let prefix = sheets.file_name().unwrap().to_str().unwrap();
            let read: Vec<String> = std::fs::read_dir(folder.path())
                .unwrap()
                .map(|file| file.unwrap().path())
                .filter(|file| {
                    file.file_name()
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .starts_with(prefix)
                })
                .flat_map(|sheet| codes_on(&std::fs::read(sheet).unwrap()))
                .collect();
            assert_eq!(read, [told], "/{guide}, dark: {dark}");
        }
    }
}
