//! `docs/panduan-penulis.md`: each example that it gives works as it stands, added to a small project.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use tests::{fixture::Fixture, process::project};

/// The guide that pieces are added to.
const GUIDE: &str = "email/hp.md";
/// What begins the info string of a tested example, after its language.
const TESTED: &str = "contoh";
/// Fewer examples than these teach nobody.
const LEAST: usize = 15;

/// An example.
struct Example {
    /// Line of its fence in the handbook.
    line: usize,
    language: String,
    /// The file that it is, below the agency's folder or `content/`; none where it is a piece of a guide.
    file: Option<String>,
    text: String,
}

/// The tested examples of a Markdown text.
fn examples(text: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let fence = line.trim_start();
        let length = fence.len() - fence.trim_start_matches('`').len();
        if length < 3 {
            continue;
        }
        let end = "`".repeat(length);
        let inside: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line.get(indent.min(line.len())..).unwrap_or(line))
            .take_while(|line| *line != end)
            .collect();
        let mut words = fence[length..].split_whitespace();
        let language = words.next().unwrap_or("").to_owned();
        let Some(tested) = words.next().and_then(|word| word.strip_prefix(TESTED)) else {
            continue;
        };
        found.push(Example {
            line: index + 1,
            language,
            file: tested.strip_prefix('=').map(str::to_owned),
            text: inside.join("\n") + "\n",
        });
    }
    found
}

/// A TOML text as its root and its tables, each with its header.
fn tables(text: &str) -> Vec<(String, String)> {
    let mut tables = vec![(String::new(), String::new())];
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            tables.push((line.trim().to_owned(), String::new()));
        }
        tables.last_mut().unwrap().1.push_str(line);
    }
    tables
}

/// A profile with an example's tables in the place of its own.
fn profile_with(profile: &str, example: &str) -> String {
    let new = tables(example);
    assert!(
        new[0].1.trim().is_empty() || new[0].1.trim_start().starts_with('#'),
        "a key outside of a table would be added to the last one"
    );
    let kept = tables(profile).into_iter().filter(|(header, _)| {
        header.is_empty() || new.iter().all(|(replaced, _)| replaced != header)
    });
    let kept: String = kept.map(|(_, text)| text).collect();
    format!("{kept}\n{example}")
}

fn with(example: &Example) -> Fixture {
    let fixture = Fixture::sound();
    match example.file.as_deref() {
        None => {
            assert_eq!(example.language, "markdown", "line {}", example.line);
            fixture.append(GUIDE, &format!("\n{}", example.text))
        }
        Some("instansi.toml") => {
            let old = fs::read_to_string(fixture.guide("instansi.toml")).unwrap();
            fixture.write("instansi.toml", profile_with(&old, &example.text))
        }
        Some(file) if file.starts_with("content/") => fixture.write_in(file, &example.text),
        Some(file) => fixture.write(file, &example.text),
    }
}

#[test]
fn every_example_works() {
    let text = fs::read_to_string(project().join("docs/panduan-penulis.md")).unwrap();
    let examples = examples(&text);
    assert!(
        examples.len() >= LEAST,
        "only {} examples are tested",
        examples.len()
    );
    let mut failures = Vec::new();
    for example in &examples {
        let output = with(example).check(&[]);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            failures.push(format!("line {}:\n{}\n{said}", example.line, example.text));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn examples_are_found_and_put_into_their_place() {
    let text = "```markdown contoh\na\n```\n\n```text\n```\n\n1. x\n\n   ````toml contoh=instansi.toml\n   [a]\n   ```\n   ````\n";
    let found = examples(text);
    let seen: Vec<_> = found
        .iter()
        .map(|example| (example.line, example.file.as_deref(), example.text.as_str()))
        .collect();
    assert_eq!(
        seen,
        [(1, None, "a\n"), (10, Some("instansi.toml"), "[a]\n```\n")]
    );
    assert_eq!(
        profile_with("x = 1\n[a]\nb = 1\n[a.c]\nd = 1\n", "[a]\nb = 2\n"),
        "x = 1\n[a.c]\nd = 1\n\n[a]\nb = 2\n"
    );
}

#[test]
fn an_example_that_does_not_work_is_found() {
    let example = Example {
        line: 1,
        language: "markdown".to_owned(),
        file: None,
        text: "::: tidak-ada\n:::\n".to_owned(),
    };
    assert!(!with(&example).check(&[]).status.success());
}
