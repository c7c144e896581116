//! The harness itself, against pages of its own: a test that cannot see a leak proves nothing by seeing none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use tests::PATIENCE;
use tests::browser::Browser;
use tests::escape;
use tests::needle::Needle;
use tests::web_server::WebServer;

/// An open frame, and one shut by sandbox and policy.
const OPEN: &str =
    "<iframe srcdoc='<!doctype html><style>p{}</style><p>Halo</p><input id=isian>'></iframe>";
const SHUT: &str = "<iframe sandbox=allow-scripts srcdoc='<!doctype html><meta http-equiv=Content-Security-Policy content=\"default-src &apos;none&apos;\"><p>Halo</p><input id=isian>'></iframe>";

fn site(page: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("index.html"),
        format!("<!doctype html><title>Uji</title><p id=atas>Atas</p>{page}"),
    )
    .unwrap();
    folder
}

#[test]
fn types_and_clicks_in_a_sandboxed_frame() {
    let folder = site(SHUT);
    let server = WebServer::start(folder.path(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.goto(&server.url(""));
    let frame = page.frame();
    frame.wait_for("document.readyState === 'complete'");
    assert_eq!(
        frame.text("document.querySelector('p').textContent"),
        "Halo"
    );
    frame.click("#isian");
    page.type_text("Aa1 #é");
    assert_eq!(
        frame.text("document.querySelector('#isian').value"),
        "Aa1 #é"
    );
    assert_eq!(
        page.document()
            .text("document.querySelector('#atas').textContent"),
        "Atas"
    );
}

#[test]
fn sees_requests_and_broken_policies() {
    let folder = site(SHUT);
    let server = WebServer::start(folder.path(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.goto(&server.url(""));
    let mark = page.mark();
    page.document().evaluate("fetch('/di-sini')");
    assert!(
        page.requests_since(mark)
            .iter()
            .any(|request| request.url == server.url("di-sini"))
    );
    assert_eq!(page.complaints_since(mark), [""; 0]);
    page.frame()
        .evaluate("fetch('http://127.0.0.1:1/').catch(() => {})");
    page.frame().wait_for("true");
    assert!(
        page.complaints_since(mark)
            .iter()
            .any(|complaint| complaint.contains("Content Security Policy")),
        "{:?}",
        page.complaints_since(mark)
    );
}

#[test]
fn sees_every_channel_of_an_open_frame_and_few_of_a_shut_one() {
    let ready = "document.readyState === 'complete'";
    let open = escape::try_all(site(OPEN).path(), "", ready, &escape::visible(), PATIENCE);
    assert_eq!(
        open.missing(&escape::visible()),
        [""; 0],
        "channels that the harness cannot see"
    );

    // What a policy and a sandbox alone leave open, and our own script must shut.
    let left = [
        "preconnect",
        "dns-prefetch",
        "WebRTC over UDP",
        "WebRTC over TCP",
    ];
    let shut = escape::try_all(site(SHUT).path(), "", ready, &left, PATIENCE);
    assert_eq!(
        shut.missing(&left),
        [""; 0],
        "shut by sandbox and policy alone nowadays"
    );
    for name in [
        "fetch",
        "image",
        "window.open",
        "location of the tab",
        "another tab by BroadcastChannel",
        "late worker",
    ] {
        assert!(
            !shut.reached(name),
            "{name} leaves a frame shut by sandbox and policy"
        );
    }
}

#[test]
fn finds_a_text_however_it_is_written() {
    let needle = Needle::new("nama", "Joko Berani");
    assert!(needle.is_in(b"x JOKO BERANI x"));
    assert!(needle.is_in(b"?q=joko+berani&"));
    assert!(needle.is_in(b"?q=joko%20berani&"));
    assert!(
        needle.is_in(
            &"xx joko berani"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<_>>()
        )
    );
    assert!(!needle.is_in(b"Joko  Berani"));
    let number = Needle::new("nrk", "123456");
    assert!(number.is_in(b"nrk=123456&"));
    assert!(!number.is_in(b"1123456") && !number.is_in(b"1234567"));
}
