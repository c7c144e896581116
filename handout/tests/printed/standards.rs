//! Every hand-out is a sound PDF, and both PDF/UA-1 and PDF/A-2a in the eyes of a validator that is no part of the project.

use std::{fs, path::PathBuf, process::Command, sync::LazyLock};

use crate::common::{PRINTED, files, run, scratch, text};

/// The validator, from PyPI.
const VALIDATOR: &str = "page-validation==0.11.0";

/// A Python that has it: an environment of its own below `target/`, kept from run to run.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(VALIDATOR.replace("==", "-"));
    let python = folder.join("bin/python");
    let has = |python: &PathBuf| {
        let import = Command::new(python).args(["-c", "import page"]).output();
        import.is_ok_and(|import| import.status.success())
    };
    if !has(&python) {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", VALIDATOR]));
    }
    python
});

/// What the validator finds in files, a line each.
fn judge(files: &[PathBuf]) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/printed/standards.py");
    let told = text(&run(Command::new(&*PYTHON).arg(script).args(files)));
    let mut lines: Vec<String> = told.lines().map(str::to_owned).collect();
    let last = lines.pop().unwrap();
    assert_eq!(last, format!("{} files judged", files.len()));
    lines
}

#[test]
fn both_standards_hold() {
    let files = files(&PRINTED);
    assert!(files.len() > 100, "{} files", files.len());
    assert_eq!(judge(&files), Vec::<String>::new());
}

#[test]
fn files_are_sound() {
    for file in files(&PRINTED) {
        run(Command::new("qpdf").arg("--check").arg(&file));
    }
}

/// A file without one thing that a standard demands, everything else in its place.
fn spoilt(name: &str, what: &str, by: &str) -> Vec<String> {
    assert_eq!(what.len(), by.len(), "offsets stay true");
    let mut pdf = fs::read(PRINTED.join("diy/tte/aktivasi-akun.pdf")).unwrap();
    let places: Vec<usize> = pdf
        .windows(what.len())
        .enumerate()
        .filter(|(_, window)| *window == what.as_bytes())
        .map(|(place, _)| place)
        .collect();
    assert!(!places.is_empty(), "the file has {what}");
    for place in places {
        pdf[place..place + by.len()].copy_from_slice(by.as_bytes());
    }
    let folder = scratch(name);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("rusak.pdf");
    fs::write(&file, pdf).unwrap();
    judge(&[file])
}

#[test]
fn a_spoilt_file_fails() {
    let untagged = spoilt("rusak-tag", "/StructTreeRoot", "/StructTreeRuin");
    assert!(
        untagged.iter().any(|told| told.contains("PDF_UA_1")),
        "{untagged:?}"
    );
    let unnamed = spoilt("rusak-xmp", "<pdfaid:part>2", "<pdfaid:part>7");
    assert!(
        unnamed.iter().any(|told| told.contains("PDF_A_2A")),
        "{unnamed:?}"
    );
    let speechless = spoilt("rusak-bahasa", "/Lang", "/Lung");
    assert!(
        speechless.iter().any(|told| told.contains("PDF_UA_1")),
        "{speechless:?}"
    );
}
