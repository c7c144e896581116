//! A small project of an invented agency, or of two, that a test may spoil, and `pandu` run on it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::process::{program, project};

/// Where the invented agency's files stand.
const AGENCY: &str = "content/instansi/kota-contoh";
/// The day on which its reviews are judged.
pub const TODAY: &str = "2026-11-23";

/// A copy of `tests/fixtures/kota-contoh` with the repository's theme.
pub struct Fixture {
    folder: TempDir,
}

impl Fixture {
    /// The project as it is in the repository: without a mistake.
    pub fn sound() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the project");
        copy(&project().join("tests/fixtures/kota-contoh"), folder.path());
        copy(&project().join("themes"), &folder.path().join("themes"));
        Self { folder }
    }

    /// The same, with a second agency beside the first: `tests/fixtures/kab-contoh`.
    pub fn two_agencies() -> Self {
        let fixture = Self::sound();
        copy(&project().join("tests/fixtures/kab-contoh"), fixture.root());
        fixture
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The path of one of the agency's files.
    pub fn guide(&self, file: &str) -> PathBuf {
        self.root().join(AGENCY).join(file)
    }

    /// Replaces a piece of one of the agency's files.
    pub fn replace(self, file: &str, from: &str, to: &str) -> Self {
        self.replace_in(&format!("{AGENCY}/{file}"), from, to)
    }

    /// Replaces a piece of any file.
    pub fn replace_in(self, file: &str, from: &str, to: &str) -> Self {
        let path = self.root().join(file);
        let text = fs::read_to_string(&path).expect("the file to spoil is there");
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(&path, text.replacen(from, to, 1)).expect("the file can be written");
        self
    }

    /// Adds text to the end of one of the agency's files.
    pub fn append(self, file: &str, text: &str) -> Self {
        self.append_in(&format!("{AGENCY}/{file}"), text)
    }

    /// Adds text to the end of any file.
    pub fn append_in(self, file: &str, text: &str) -> Self {
        let path = self.root().join(file);
        let old = fs::read_to_string(&path).expect("the file to add to is there");
        fs::write(&path, old + text).expect("the file can be written");
        self
    }

    /// Writes one of the agency's files.
    pub fn write(self, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.write_in(&format!("{AGENCY}/{file}"), bytes)
    }

    /// Writes any file.
    pub fn write_in(self, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
        self
    }

    /// Runs `pandu` in it.
    pub fn pandu(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program("pandu"));
        command
            .args(arguments)
            .current_dir(self.root())
            .output()
            .expect("pandu starts")
    }

    /// Runs `pandu check` as on [`TODAY`].
    pub fn check(&self, options: &[&str]) -> Output {
        self.pandu(&[&["check", "--today", TODAY], options].concat())
    }

    /// What `pandu check` says; it must refuse, and write nothing.
    pub fn mistakes(&self) -> String {
        let output = self.check(&[]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "the check passes: {text}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        text
    }

    /// What `pandu check` says where it warns; it must pass.
    pub fn warnings(&self) -> String {
        let output = self.check(&[]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "the check refuses: {text}");
        assert!(text.contains("warning["), "the check does not warn");
        text
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from)
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read"))
    {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
