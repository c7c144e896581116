//! Search, on the indexes of the real build: `tests/questions.toml` holds what people type and the page they want.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use search::Search;
use search::index::Index;
use tests::needle::files_in;
use tests::process::project;
use tests::product::{AGENCIES, whole_site};
use tests::quoted::quoted;

/// Bytes of an agency's index, compressed.
const INDEX_BUDGET: u64 = 30_000;
/// Of ten questions, so many must be answered by one of the first pages.
const FOUND_OF_TEN: usize = 9;
/// How many pages are first.
const FIRST: usize = 3;
/// Fewer questions say little.
const LEAST_QUESTIONS: usize = 60;

/// The file of an agency's index.
fn index_file(agency: &str) -> PathBuf {
    let prefix = format!("cari-{agency}-");
    let is_index = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with(&prefix) && name.ends_with(".txt")
    };
    let mut found = files_in(whole_site()).into_iter().filter(is_index);
    let file = found
        .next()
        .unwrap_or_else(|| panic!("no index of {agency}"));
    assert!(found.next().is_none(), "two indexes of {agency}");
    file
}

fn index_of(agency: &str) -> String {
    fs::read_to_string(index_file(agency)).unwrap()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    pertanyaan: Vec<Question>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    instansi: String,
    tanya: String,
    halaman: Vec<String>,
}

#[test]
fn what_people_ask_finds_the_page_they_want() {
    let file = fs::read_to_string(project().join("tests/questions.toml")).unwrap();
    let questions: Questions = toml::from_str(&file).unwrap();
    assert!(questions.pertanyaan.len() >= LEAST_QUESTIONS);
    let searches: BTreeMap<&str, Search> = AGENCIES
        .iter()
        .map(|agency| (*agency, Search::new(&index_of(agency)).unwrap()))
        .collect();
    let mut missed = Vec::new();
    let mut first = 0;
    for Question {
        instansi,
        tanya,
        halaman,
    } in &questions.pertanyaan
    {
        for page in halaman {
            let there = whole_site()
                .join(instansi)
                .join(page)
                .join("index.html")
                .exists();
            assert!(
                there,
                "{tanya:?} wants a page that {instansi} does not have: {page}"
            );
        }
        let hits = searches[instansi.as_str()].ask(tanya);
        let place = hits
            .iter()
            .position(|hit| halaman.iter().any(|page| page == hit.url));
        first += usize::from(place == Some(0));
        if place.is_none_or(|place| place >= FIRST) {
            let urls: Vec<&str> = hits.iter().take(5).map(|hit| hit.url).collect();
            missed.push(format!(
                "{instansi}: {tanya:?} wants {halaman:?} (at {place:?}), finds {urls:?}"
            ));
        }
    }
    let (all, found) = (
        questions.pertanyaan.len(),
        questions.pertanyaan.len() - missed.len(),
    );
    println!("{found} of {all} questions found among the first {FIRST}, {first} as the very first");
    println!("{}", missed.join("\n"));
    assert!(
        found * 10 >= all * FOUND_OF_TEN,
        "only {found} of {all}:\n{}",
        missed.join("\n")
    );
}

#[test]
fn each_index_is_small_and_made_ready_at_once() {
    for agency in AGENCIES {
        let text = index_of(agency);
        let size = fs::metadata(index_file(agency).with_extension("txt.br"))
            .unwrap()
            .len();
        let start = Instant::now();
        let search = Search::new(&text).unwrap();
        let ready = start.elapsed();
        let start = Instant::now();
        assert!(!search.ask("lupa kata sandi email").is_empty());
        println!(
            "{agency}: {size} bytes (brotli) of {}, ready in {ready:?}, asked in {:?}",
            text.len(),
            start.elapsed()
        );
        assert!(
            size <= INDEX_BUDGET,
            "the index of {agency} is {size} bytes"
        );
    }
}

#[test]
fn every_passage_leads_to_an_anchor_of_its_page() {
    for agency in AGENCIES {
        let index = Index::read(&index_of(agency)).unwrap();
        assert!(
            index.pages.len() > 10,
            "{agency}: {} pages",
            index.pages.len()
        );
        for page in &index.pages {
            let file = whole_site().join(agency).join(&page.url).join("index.html");
            let html = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let html = quoted(&html);
            for passage in page
                .passages
                .iter()
                .filter(|passage| !passage.anchor.is_empty())
            {
                assert!(
                    html.contains(&format!("id=\"{}\"", passage.anchor)),
                    "{agency}/{} has no #{}",
                    page.url,
                    passage.anchor
                );
            }
        }
    }
}

/// The words by which the search was asked for: each finds what is written in another way.
#[test]
fn other_words_for_the_same_find_the_same() {
    let search = Search::new(&index_of("dki-jakarta")).unwrap();
    let top = |query: &str| search.ask(query).first().map(|hit| hit.url.to_owned());
    for (asked, written) in [
        ("mengaktifkan akun tte", "aktivasi akun tte"),
        ("reset kata sandi", "reset password"),
        ("surel untuk p3k", "email untuk p3k"),
        ("pasang di androd", "pasang di android"),
    ] {
        assert!(top(asked).is_some(), "{asked:?} finds nothing");
        assert_eq!(top(asked), top(written), "{asked:?} and {written:?}");
    }
    let urls: Vec<&str> = search.ask("email").iter().map(|hit| hit.url).collect();
    let once: std::collections::BTreeSet<&&str> = urls.iter().collect();
    assert_eq!(once.len(), urls.len(), "a page is found twice: {urls:?}");
    assert!(urls.len() <= 10);
    for nothing in ["", "   ", "?!", "zzzzqqqq"] {
        assert!(
            search.ask(nothing).is_empty(),
            "{nothing:?} finds something"
        );
    }
}
