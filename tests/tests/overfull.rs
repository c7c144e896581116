//! `check --slides`: slides that hold more than a hall can read, measured in a real browser, and what is said where none is to be had.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use insta::assert_snapshot;
use tests::{fixture::Fixture, workspace::Workspace};

const TODAY: [&str; 3] = ["check", "--today", "2026-11-23"];

/// A guide of two steps, the second of one endless paragraph.
fn wordy() -> Fixture {
    let sentence =
        "Ketuk tombol biru di kanan bawah layar, lalu tunggu sampai tulisannya berubah. ";
    let text = format!(
        "\n## Cara panjang\n\n::: langkah\n1. Buka aplikasi.\n2. Baca semua ini.\n\n   {}\n:::\n",
        sentence.repeat(20).trim_end()
    );
    Fixture::sound().append("email/hp.md", &text)
}

#[test]
fn a_slide_that_is_too_full_is_told_with_its_place() {
    let workspace = Workspace::fresh().with_content_of(wordy().root());
    let plain = workspace.run(&TODAY);
    let quiet = String::from_utf8(plain.stderr).unwrap();
    assert!(
        !quiet.contains("overfull-slide"),
        "only when asked: {quiet}"
    );
    let output = workspace.run(&[&TODAY[..], &["--slides", "--allow", "long-sentence"]].concat());
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    // By how much depends on the machine's letters.
    let at = text.find(" pixels at ").expect(&text);
    let from = text[..at].rfind(' ').unwrap();
    let pixels: u32 = text[from + 1..at].parse().unwrap();
    assert!(pixels > 100, "{text}");
    assert_snapshot!(text.replace(&format!("{pixels} pixels"), "[n] pixels"));
    let strict = workspace.run(&[&TODAY[..], &["--slides", "--strict"]].concat());
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn slides_that_hold_enough_are_not_told() {
    let workspace = Workspace::fresh().with_content_of(Fixture::sound().root());
    let output = workspace.run(&[&TODAY[..], &["--slides", "--strict"]].concat());
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{text}");
}

#[test]
fn without_a_browser_one_is_told_what_to_do() {
    let workspace = Workspace::fresh().with_content_of(Fixture::sound().root());
    let ask = |set: &dyn Fn(&mut std::process::Command)| {
        let mut command = workspace.pandu();
        command.args(TODAY).arg("--slides");
        set(&mut command);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let none = ask(&|command| {
        command.env_remove("CHROME").env("PATH", "/nowhere");
    });
    let missing = ask(&|command| {
        command.env("CHROME", "/nowhere/chromium");
    });
    assert_snapshot!(format!("{none}\n{missing}"));
}
