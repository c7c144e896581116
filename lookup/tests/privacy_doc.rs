//! `docs/privasi.md` names a test for each claim: every one of them is there.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

#[test]
fn the_tests_that_the_privacy_notes_name_are_there() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let notes = fs::read_to_string(project.join("docs/privasi.md")).unwrap();
    let named: Vec<(&str, &str)> = notes
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once("::"))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for (file, test) in named {
        let code = fs::read_to_string(project.join(file)).unwrap_or_default();
        let (before, _) = code
            .split_once(&format!("fn {test}("))
            .unwrap_or_else(|| panic!("{file} has no test {test}"));
        // In a `proptest!` block, too, it is marked as a test.
        let marked = before.rfind("#[test]").unwrap_or_default();
        assert!(!before[marked..].contains("fn "), "{test} is no test");
    }
    let points = [
        "ASVS 2.4.1",
        "ASVS 6.2.8",
        "ASVS 6.3.8",
        "ASVS 14.2.1",
        "ASVS 14.2.6",
        "ASVS 14.3.2",
        "ASVS 14.3.3",
        "ASVS 16.2.5",
        "API3",
        "API4",
        "API6",
        "BSSN 4/2021",
    ];
    for point in points {
        assert!(notes.contains(&format!("| {point} |")), "{point}");
    }
}
