//! What people type stays where it belongs: after a full run through the product, no log line, no URL and
//! no written file holds an identifier, an address or a passphrase.
//!
//! The people are this test's own, so that a number found anywhere can only have come from this run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

use rust_xlsxwriter::Workbook;
use tests::browser::Browser;
use tests::needle::{Needle, find_in_folder};
use tests::page::Page;
use tests::process::{program, project};
use tests::product::{AGENCY, Hours, LookUp, Snapshot, site};
use tests::web_server::WebServer;

const NIP: &str = "198402292009121987";
const NRK: &str = "734918";
const NIK: &str = "9971036902840987";
const NAME: &str = "Wirasaba Kertanegara";
const ADDRESS: &str = "wirasaba.kertanegara@jakarta.go.id";
const UNKNOWN_NIP: &str = "197703142003121986";
const UNKNOWN_NIK: &str = "9966046703770986";
const UNKNOWN_NAME: &str = "Purnawarman Sriwedari";
const UNKNOWN_ADDRESS: &str = "purnawarman.sriwedari@jakarta.go.id";
const INVALID_NIP: &str = "19770314200312198";
const PASSPHRASE: &str = "Zq9&Kebun-Angin3";
const FORBIDDEN_PASSPHRASE: &str = "Zq9]Kebun^Angin3";
const REMARK: &str = "Password Default: Kencana-7788";

fn needles() -> Vec<Needle> {
    [
        ("NIP", NIP),
        ("NRK", NRK),
        ("NIK", NIK),
        ("name", NAME),
        ("address", ADDRESS),
        ("unknown NIP", UNKNOWN_NIP),
        ("unknown NIK", UNKNOWN_NIK),
        ("unknown name", UNKNOWN_NAME),
        ("unknown address", UNKNOWN_ADDRESS),
        ("invalid NIP", INVALID_NIP),
        ("passphrase", PASSPHRASE),
        ("forbidden passphrase", FORBIDDEN_PASSPHRASE),
        ("remark", REMARK),
    ]
    .map(|(name, text)| Needle::new(name, text))
    .into()
}

/// Names of the needles in a text; the text itself is not printed.
fn found_in(text: &str) -> Vec<&'static str> {
    needles()
        .iter()
        .filter(|needle| needle.is_in(text.as_bytes()))
        .map(Needle::name)
        .collect()
}

fn spreadsheet(file: &Path, rows: &[&[&str]]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet
                .write_string(
                    u32::try_from(row).unwrap(),
                    u16::try_from(column).unwrap(),
                    *text,
                )
                .unwrap();
        }
    }
    book.save(file).unwrap();
}

/// A roster of one, and the table of numbers.
fn roster(folder: &Path, address: &str) -> (PathBuf, PathBuf) {
    let (roster, identities) = (folder.join("roster.xlsx"), folder.join("identitas.xlsx"));
    let header = [
        "PERANGKAT DAERAH",
        "NRK",
        "NAMA",
        "EMAIL",
        "STATUS EMAIL",
        "STATUS TTE",
        "Keterangan",
    ];
    spreadsheet(
        &roster,
        &[
            &header,
            &[
                "Dinas Contoh",
                NRK,
                NAME,
                address,
                "Email Baru",
                "TTE Terbit",
                REMARK,
            ],
        ],
    );
    spreadsheet(&identities, &[&["NRK", "NIP", "NIK"], &[NRK, NIP, NIK]]);
    (roster, identities)
}

/// Asks one checker, and waits for the answer.
fn ask(page: &Page, lookup: &LookUp, checker: &str, way: &str, text: &str, state: &str) {
    page.goto(&lookup.url(&format!("cek/{checker}/")));
    page.document()
        .wait_for("document.querySelector('[data-island][data-ready]')");
    page.document()
        .click(&format!("[data-island] input[value={way}]"));
    page.document().click(&format!("#{checker}-isian"));
    page.type_text(text);
    page.press("Enter");
    page.document().wait_for(&format!(
        "document.querySelector('#{checker}-hasil').dataset.state === '{state}'"
    ));
}

#[test]
fn nothing_typed_is_written_anywhere() {
    let sources = tempfile::tempdir().unwrap();
    let (roster, identities) = roster(sources.path(), ADDRESS);
    let mut lookup =
        Snapshot::import(Hours::Always, &roster, Some(&identities), false).serve(site());
    let browser = Browser::start();
    let page = browser.page();
    let mark = page.mark();

    for (way, text, state) in [
        ("nip", NIP, "found"),
        ("nrk", NRK, "found"),
        ("nama", NAME, "found"),
        ("nip", UNKNOWN_NIP, "not-found"),
        ("nama", UNKNOWN_NAME, "not-found"),
        ("nip", INVALID_NIP, "invalid"),
    ] {
        ask(&page, &lookup, "cek-email", way, text, state);
    }
    for (way, text, state) in [
        ("nik", NIK, "found"),
        ("email", ADDRESS, "found"),
        ("nik", UNKNOWN_NIK, "not-found"),
        ("email", UNKNOWN_ADDRESS, "not-found"),
    ] {
        ask(&page, &lookup, "cek-tte", way, text, state);
    }
    // Requests that the look-up refuses, and fails to read.
    for (route, content_type, body) in [
        (
            "email",
            "application/json",
            format!("{{\"nip\":\"{NIP}\",\"x\":1}}"),
        ),
        ("email", "text/plain", NIP.to_owned()),
        ("tte", "application/json", format!("{{\"nik\":\"{NIK}")),
        (
            "tte",
            "application/json",
            format!("{{\"nik\":\"{}\"}}", NIK.repeat(100)),
        ),
        (
            "tte",
            "application/json",
            format!("{{\"email\":\"{ADDRESS}@\"}}"),
        ),
    ] {
        let refused = ureq::post(&lookup.url(&format!("api/v1/{route}")))
            .header("content-type", content_type)
            .send(&body);
        assert!(
            matches!(refused, Err(ureq::Error::StatusCode(400..=499))),
            "{route} {content_type}: {refused:?}"
        );
    }
    page.goto(&lookup.url("cek/uji-passphrase/"));
    page.document()
        .wait_for("document.querySelector('[data-island][data-ready]')");
    let frame = page.frame();
    frame.wait_for("document.querySelector('main[data-island][data-ready]')");
    for (field, text) in [
        ("#uji-isian", FORBIDDEN_PASSPHRASE),
        ("#uji-ulang", PASSPHRASE),
    ] {
        frame.click(field);
        page.type_text(text);
    }
    frame.click("#uji-lihat");
    page.press("Enter");
    // The server dies while people ask; and something typed still stands in two open tabs at the end.
    let second = browser.page();
    let second_mark = second.mark();
    second.goto(&lookup.url("cek/cek-email/"));
    second
        .document()
        .wait_for("document.querySelector('[data-island][data-ready]')");
    second
        .document()
        .wait_for("document.querySelector('#cek-email-data').innerText");
    lookup.running.kill();
    second.document().click("[data-island] input[value=nip]");
    second.document().click("#cek-email-isian");
    second.type_text(NIP);
    second.press("Enter");
    second
        .document()
        .wait_for("document.querySelector('#cek-email-hasil').dataset.state === 'fault'");

    // What was asked for, and by whose word.
    let mut requests = page.requests_since(mark);
    requests.extend(second.requests_since(second_mark));
    let sent = requests
        .iter()
        .filter(|request| request.method == "POST")
        .count();
    assert!(sent >= 10, "only {sent} requests of the checkers were seen");
    for request in &requests {
        assert_eq!(found_in(&request.url), [""; 0], "in a URL");
        assert_eq!(
            found_in(&request.headers),
            [""; 0],
            "in the headers sent to {}",
            request.url
        );
    }
    // What was said on consoles and printed by the server.
    for line in page
        .log_since(mark)
        .into_iter()
        .chain(second.log_since(second_mark))
    {
        assert_eq!(found_in(&line), [""; 0], "in the browser's log");
    }
    assert_eq!(
        found_in(&lookup.running.printed()),
        [""; 0],
        "printed by the look-up"
    );

    // What was written: by the browser, by the import and the look-up, by the build.
    let seen = browser.page();
    seen.goto(&WebServer::start(site(), "/", None).url("penanda-yang-terlihat/"));
    let profile = browser.close();
    assert!(
        !find_in_folder(&[Needle::new("marker", "penanda-yang-terlihat")], &profile).is_empty(),
        "the search finds nothing that is there"
    );
    let written_by_browser = find_in_folder(&needles(), &profile);
    std::fs::remove_dir_all(&profile).unwrap();
    assert_eq!(written_by_browser, [""; 0], "written by the browser");
    // The snapshot must answer with the address; that alone it may hold.
    let written_by_lookup: Vec<_> = find_in_folder(&needles(), lookup.snapshot.folder())
        .into_iter()
        .filter(|found| *found != format!("{}: address", lookup.snapshot.data().display()))
        .collect();
    assert_eq!(written_by_lookup, [""; 0], "written by the look-up");
    assert_eq!(find_in_folder(&needles(), site()), [""; 0], "in the site");
}

#[test]
fn a_refused_import_names_places_not_people() {
    let folder = tempfile::tempdir().unwrap();
    let (roster, identities) = roster(folder.path(), "wirasaba.kertanegara@jakarta..go.id");
    let output = Command::new(program("lookup"))
        .arg("import")
        .arg("--roster")
        .arg(&roster)
        .arg("--identitas")
        .arg(&identities)
        .arg("--profile")
        .arg(
            project()
                .join("content/instansi")
                .join(AGENCY)
                .join("instansi.toml"),
        )
        .arg("--data")
        .arg(folder.path().join("roster.sqlite"))
        .arg("--key")
        .arg(folder.path().join("roster.key"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let printed = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        printed.contains("row 2, column D"),
        "the place is not named:\n{printed}"
    );
    assert_eq!(found_in(&printed), [""; 0]);
    assert!(
        !printed.to_lowercase().contains("wirasaba"),
        "a part of the address is printed"
    );
}
