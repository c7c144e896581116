//! Uji Passphrase in a real browser: what it tells, and that nothing gets out of its frame.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;
use tests::escape;
use tests::needle::Needle;
use tests::product::site;
use tests::sealed::{READY, Visit};

const PATH: &str = "cek/uji-passphrase/";
const GOOD: &str = "Xk7#mP2qLz9&vT4w";

fn begin() -> Visit {
    Visit::begin(site(), PATH)
}

/// Waits until each rule stands as told; `ok` and `bad` may be written before the rules' names.
fn rules(visit: &Visit, expected: &[(&str, &str)]) {
    for (rule, state) in expected {
        visit.frame.wait_for(&format!(
            "document.querySelector('#uji-aturan [data-rule={rule}]').dataset.state === '{state}'"
        ));
    }
}

fn shown(visit: &Visit, selector: &str) -> String {
    visit.frame.text(&format!(
        "document.querySelector('{selector}')?.innerText ?? ''"
    ))
}

#[test]
fn the_checklist_follows_what_is_typed() {
    let visit = begin();
    let idle = [
        "minimal",
        "huruf-besar",
        "huruf-kecil",
        "angka",
        "karakter-khusus",
        "dilarang",
        "sama",
    ]
    .map(|rule| (rule, "idle"));
    rules(&visit, &idle);
    visit.fill("#uji-isian", "aa1");
    rules(
        &visit,
        &[
            ("minimal", "bad"),
            ("huruf-besar", "bad"),
            ("huruf-kecil", "ok"),
            ("angka", "ok"),
            ("karakter-khusus", "bad"),
            ("dilarang", "ok"),
        ],
    );
    // The only special character is a forbidden one: it counts as none, and is named.
    visit.fill("#uji-isian", "Aa1]aaaa");
    rules(
        &visit,
        &[
            ("minimal", "ok"),
            ("huruf-besar", "ok"),
            ("karakter-khusus", "bad"),
            ("dilarang", "bad"),
        ],
    );
    assert!(
        shown(&visit, "#uji-dilarang").contains(']'),
        "{}",
        shown(&visit, "#uji-dilarang")
    );
    // A space is kept, counted, and said to be uncertain.
    visit.fill("#uji-isian", "Aa1! aaaa ");
    rules(
        &visit,
        &[
            ("minimal", "ok"),
            ("karakter-khusus", "ok"),
            ("dilarang", "ok"),
        ],
    );
    assert!(
        shown(&visit, "#uji-ragu").contains("spasi"),
        "{}",
        shown(&visit, "#uji-ragu")
    );
    visit.fill("#uji-isian", GOOD);
    visit.fill("#uji-ulang", "Xk7");
    visit.page.press("Enter");
    rules(&visit, &[("sama", "bad")]);
    visit.fill("#uji-ulang", GOOD);
    rules(&visit, &idle.map(|(rule, _)| (rule, "ok")));
}

#[test]
fn strength_in_three_words_with_a_reason() {
    let visit = begin();
    for (typed, level) in [
        ("Jakarta1!", "lemah"),
        ("xK7#mP2q", "cukup"),
        ("Qwerty12345!@#$%", "lemah"),
        (GOOD, "kuat"),
        ("Indonesia1945!!", "lemah"),
        // Long as it is, one letter is one letter.
        ("a".repeat(300).as_str(), "lemah"),
        // Hard to guess, and refused by BSrE's form.
        ("ember-layar5-tikus-pagar", "cukup"),
    ] {
        visit.fill("#uji-isian", typed);
        visit.frame.wait_for(&format!(
            "document.querySelector('#uji-kekuatan').dataset.level === '{level}'"
        ));
        let told = shown(&visit, "#uji-kekuatan").to_lowercase();
        assert!(
            told.contains(level) && told.len() > level.len() + 10,
            "a word and a reason: {told}"
        );
    }
}

#[test]
fn mistakes_are_summed_up_and_success_is_announced() {
    let visit = begin();
    visit.fill("#uji-isian", "Aa1]aaaa");
    visit.page.press("Enter");
    visit
        .frame
        .wait_for("document.activeElement.id === 'uji-ringkasan'");
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').value"),
        "Aa1]aaaa"
    );
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-hasil').getAttribute('role')"),
        "status"
    );

    visit.fill("#uji-isian", GOOD);
    visit.fill("#uji-ulang", GOOD);
    visit.frame.click("#uji-lihat");
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').type"),
        "text"
    );
    assert!(shown(&visit, "#uji-lihat").contains("Sembunyikan"));
    visit.frame.click("#uji-periksa");
    visit.frame.wait_for(
        "document.querySelector('#uji-hasil')?.innerText.includes('memenuhi semua aturan')",
    );
    // Checked, it is hidden again, and kept.
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').type"),
        "password"
    );
    assert_eq!(
        visit
            .frame
            .text("document.querySelector('#uji-isian').value"),
        GOOD
    );
}

#[test]
fn works_in_airplane_mode_without_a_request_or_a_trace() {
    let using = |visit: &Visit| {
        visit.fill("#uji-isian", GOOD);
        visit.fill("#uji-ulang", GOOD);
        visit.page.press("Enter");
        visit.frame.wait_for(
            "document.querySelector('#uji-hasil')?.innerText.includes('memenuhi semua aturan')",
        );
    };
    begin().assert_leaves_no_trace(site(), using, &[Needle::new("passphrase", GOOD)]);
}

#[test]
fn leaving_the_page_clears_it() {
    let visit = begin();
    visit.fill("#uji-isian", GOOD);
    visit.fill("#uji-ulang", GOOD);
    let typed = "[...document.querySelectorAll('input')].map(field => field.value)";
    assert_eq!(visit.away_and_back().evaluate(typed), json!(["", ""]));
}

#[test]
fn no_way_out_and_every_way_out_once_unprotected() {
    escape::assert_sealed(site(), PATH, READY);
}
