//! `docs/sumber.md`: every section of every source document is carried by a page that holds its facts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeMap, fs, path::Path};

use tests::{process::project, product, visible::Visible};

/// The documents by their numbers.
const DOCUMENTS: [&str; 5] = ["000", "001", "002", "003", "004"];

/// A row of the table.
struct Row<'a> {
    line: usize,
    agency: &'a str,
    section: &'a str,
    pages: Vec<&'a str>,
    facts: &'a str,
}

/// Reads the tables; what can't be read is a failure too.
fn rows<'a>(text: &'a str, failures: &mut Vec<String>) -> BTreeMap<&'a str, Vec<Row<'a>>> {
    let mut rows: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    let mut at: Option<(&str, &str)> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(heading) = line.strip_prefix("## ") {
            let document = heading.split(' ').next().unwrap_or("");
            let agency = heading.split('`').nth(1).unwrap_or("");
            at = Some((document, agency));
            continue;
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if !line.starts_with('|') || matches!(cells.get(1), Some(&"Bagian" | &"---")) {
            continue;
        }
        let ([_, section, pages, facts, _], Some((document, agency))) = (cells.as_slice(), at)
        else {
            failures.push(format!("line {}: not a row of three cells", index + 1));
            continue;
        };
        let pages = pages
            .split("<br>")
            .map(|page| page.trim().trim_matches('`'));
        rows.entry(document).or_default().push(Row {
            line: index + 1,
            agency,
            section,
            pages: pages.filter(|page| *page != "—").collect(),
            facts,
        });
    }
    rows
}

/// What of a row is not so on the site.
fn judge(row: &Row<'_>, site: &Path) -> Vec<String> {
    let told = |what: String| format!("line {} ({}): {what}", row.line, row.section);
    if row.pages.is_empty() {
        let reason = row.facts.split(' ').count() > 2;
        let missing = (!reason).then(|| told("left out without a reason".to_owned()));
        return missing.into_iter().collect();
    }
    let mut failures = Vec::new();
    let mut texts = Vec::new();
    for page in &row.pages {
        if !page.starts_with(&format!("{}/", row.agency)) || !page.ends_with('/') {
            failures.push(told(format!("`{page}` is no page of `{}`", row.agency)));
            continue;
        }
        match fs::read_to_string(site.join(page).join("index.html")) {
            Ok(html) => texts.push(Visible::of(&html)),
            Err(_) => failures.push(told(format!("there is no page `{page}`"))),
        }
    }
    let facts = row.facts.split(';').map(str::trim);
    let mut facts = facts.filter(|fact| !fact.is_empty()).peekable();
    if facts.peek().is_none() {
        failures.push(told("names no fact".to_owned()));
    }
    for fact in facts {
        if !texts.iter().any(|text| text.has(fact)) {
            failures.push(told(format!("\"{fact}\" stands on none of its pages")));
        }
    }
    failures
}

#[test]
fn every_section_of_every_document_stands_on_its_page() {
    let text = fs::read_to_string(project().join("docs/sumber.md")).unwrap();
    let site = product::whole_site();
    let mut failures = Vec::new();
    let rows = rows(&text, &mut failures);
    for document in DOCUMENTS {
        if rows.get(document).is_none_or(Vec::is_empty) {
            failures.push(format!("the document {document} has no row"));
        }
    }
    for row in rows.values().flatten() {
        failures.extend(judge(row, site));
    }
    assert!(
        failures.is_empty(),
        "docs/sumber.md and the site differ:\n{}",
        failures.join("\n")
    );
}

#[test]
fn what_is_not_so_is_found() {
    let site = tempfile::tempdir().unwrap();
    let page = site.path().join("diy/tte");
    fs::create_dir_all(&page).unwrap();
    fs::write(
        page.join("index.html"),
        "<main><p>Kode <b>6</b> angka</main>",
    )
    .unwrap();
    let text = "## 004 · Juknis → `diy`\n\n| Bagian | Halaman | Fakta |\n|---|---|---|\n\
        | A | `diy/tte/` | kode 6 ANGKA; 15 menit |\n\
        | B | `diy/email/`<br>`diy/tte/` | angka |\n\
        | C | `tte/` | angka |\n\
        | D | — | Nama orang tidak dimuat |\n\
        | E | — | Nama |\n\
        | F | `diy/tte/` | |\n\
        | G | angka |\n";
    let mut failures = Vec::new();
    let rows = rows(text, &mut failures);
    let judged = rows["004"].iter().flat_map(|row| judge(row, site.path()));
    failures.extend(judged);
    assert_eq!(
        failures,
        [
            "line 11: not a row of three cells",
            "line 5 (A): \"15 menit\" stands on none of its pages",
            "line 6 (B): there is no page `diy/email/`",
            "line 7 (C): `tte/` is no page of `diy`",
            "line 7 (C): \"angka\" stands on none of its pages",
            "line 9 (E): left out without a reason",
            "line 10 (F): names no fact",
        ]
    );
}
