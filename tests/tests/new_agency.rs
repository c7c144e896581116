//! A further agency is a folder: `pandu new instansi` makes one that builds at once, and `check` lists what is left.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use tests::{needle::files_in, visible::Visible, workspace::Workspace};

const ID: &str = "kota-baru";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines of the agency's files whose value is a sample.
fn samples(folder: &Path) -> usize {
    let is_sample = |line: &&str| line.contains("# ISI") && !line.trim_start().starts_with('#');
    let count = |file: PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        text.lines().filter(is_sample).count()
    };
    files_in(folder).into_iter().map(count).sum()
}

/// As if each sample value were right: their marks are removed.
fn fill_in(folder: &Path) {
    for file in files_in(folder) {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(|line| match line.find("# ISI") {
            Some(at) if !line.trim_start().starts_with('#') => line[..at].trim_end(),
            _ => line,
        });
        fs::write(&file, lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    }
}

#[test]
fn a_new_agency_builds_at_once_and_lists_what_is_left() {
    let workspace = Workspace::fresh();
    let made = workspace.run(&["new", "instansi", ID]);
    assert!(made.status.success(), "{}", said(&made));
    let folder = workspace.path("content/instansi").join(ID);
    let left = samples(&folder);
    assert!(left > 20, "only {left} sample values");

    let checked = workspace.run(&["check", "--instansi", ID]);
    assert!(checked.status.success(), "{}", said(&checked));
    let text = said(&checked);
    assert_eq!(text.matches("warning[unfilled]").count(), left, "{text}");

    let built = workspace.run(&["build", "--instansi", ID]);
    assert!(built.status.success(), "{}", said(&built));
    let home = fs::read_to_string(workspace.path("dist/index.html")).unwrap();
    assert!(Visible::of(&home).has("Email Dinas dan tanda tangan elektronik"));

    // Once all is filled in, nothing else is left to do: among the others it passes as they do.
    let strict = ["check", "--strict", "--allow", "doubtful-source"];
    assert!(!workspace.run(&strict).status.success());
    fill_in(&folder);
    let checked = workspace.run(&strict);
    assert!(checked.status.success(), "{}", said(&checked));
}
