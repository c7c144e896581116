//! What it is all for: a person on a cheap phone comes to the home page and leaves with the port number copied.
//! Prints how long each part took and what it weighed (`cargo test --release -p tests --test browser_journey -- --nocapture`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Instant;

use serde_json::json;
use tests::{
    browser::Browser,
    page::Page,
    product::{Hours, Snapshot, site},
};

/// What the way may weigh in all: two pages of at most 14,000 bytes each, headers, and the icon that the browser may
/// fetch to see whether the site can be installed.
const BYTES: u64 = 30_000;

#[test]
fn from_the_home_page_to_the_copied_port_on_a_cheap_phone() {
    let served = Snapshot::practice(Hours::Always).serve(site());
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(360, 740, false);
    page.set_slow();
    page.call(
        "Browser.grantPermissions",
        json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}),
    );
    let (start, mark) = (Instant::now(), page.mark());
    let mut said = Vec::new();
    let mut stage = |page: &Page, what: &str| {
        let painted = page.document().wait_for(
            "Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime)",
        );
        said.push(format!(
            "{what}: {:.1} s after the start, first words {painted} ms after the tap, {} bytes so far",
            start.elapsed().as_secs_f64(),
            page.bytes_since(mark),
        ));
    };

    page.goto(&served.url(""));
    stage(&page, "home page loaded");

    let tapped = page.mark();
    page.tap("main a[href='email/hp-android/']");
    page.wait_for_load(tapped);
    stage(&page, "guide loaded");

    let button = "button.copy[data-copy='443']";
    page.document().click(button);
    page.document().wait_for(&format!(
        "document.querySelector({button:?}).textContent.includes('Disalin')"
    ));
    stage(&page, "port copied");
    let copied = page.document().text("navigator.clipboard.readText()");
    println!("{}", said.join("\n"));

    assert_eq!(copied, "443");
    let bytes = page.bytes_since(mark);
    assert!(bytes <= BYTES, "{bytes} bytes, {BYTES} allowed");
}
