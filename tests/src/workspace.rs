//! A copy of the whole repository in which a test may edit, so that `pandu` builds from changed content.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::process::{program, project};

/// What `pandu` needs of the repository.
const PARTS: [&str; 17] = [
    "Cargo.toml",
    "Cargo.lock",
    "content",
    "themes",
    "model",
    "qr",
    "search",
    "web-app",
    "site-gen",
    "lookup",
    "probe",
    // Members of the workspace that `pandu` does not compile.
    "handout/Cargo.toml",
    "handout/src",
    "lookup-bench/Cargo.toml",
    "lookup-bench/src",
    "tests/Cargo.toml",
    "tests/src",
];

/// The copy. It always stands in the same place, so that cargo compiles the web app once and not for every test.
pub struct Workspace {
    root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Workspace {
    /// As in the repository, whatever an earlier test did to it.
    pub fn fresh() -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let root = target().join("tests/workspace");
        fs::create_dir_all(&root).expect("the tests may write below target/");
        for part in PARTS {
            mirror(&project().join(part), &root.join(part));
        }
        for made in ["target", "dist"] {
            if root.join(made).exists() {
                fs::remove_dir_all(root.join(made)).expect("what a test made can be removed");
            }
        }
        Self {
            root,
            _alone: alone,
        }
    }

    /// With the content of another project instead.
    #[must_use]
    pub fn with_content_of(self, project: &Path) -> Self {
        mirror(&project.join("content"), &self.root.join("content"));
        self
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a file in it.
    pub fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// Saves a file with a piece of its text replaced, as editors do: written aside, then moved into place.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).expect("the file to edit is there");
        assert!(text.contains(from), "{file} has no {from:?}");
        let aside = path.with_extension("tmp");
        fs::write(&aside, text.replace(from, to)).expect("the file can be written");
        fs::rename(&aside, &path).expect("the file can be moved into place");
    }

    /// `pandu`, to be run in it, sharing what is compiled already.
    pub fn pandu(&self) -> Command {
        let mut command = Command::new(program("pandu"));
        command
            .env("CARGO_TARGET_DIR", target())
            .current_dir(&self.root);
        command
    }

    /// Runs `pandu` to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.pandu().args(arguments).output().expect("pandu starts")
    }
}

/// The folder into which cargo builds: the programs' own.
pub fn target() -> PathBuf {
    program("pandu")
        .ancestors()
        .nth(2)
        .expect("programs stand in target/release")
        .to_owned()
}

/// Makes `to` equal to `from` and touches only what differs: cargo goes by dates.
fn mirror(from: &Path, to: &Path) {
    if from.is_file() {
        let bytes = fs::read(from).expect("the repository can be read");
        if fs::read(to).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(to.parent().expect("a file has a folder"))
                .expect("a folder can be made");
            fs::write(to, bytes).expect("a file can be written");
        }
        return;
    }
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in entries(to) {
        let original = from.join(entry.file_name());
        if original.is_dir() == entry.path().is_dir() && original.exists() {
            continue;
        }
        let removed = if entry.path().is_dir() {
            fs::remove_dir_all(entry.path())
        } else {
            fs::remove_file(entry.path())
        };
        removed.expect("what a test made can be removed");
    }
    for entry in entries(from) {
        mirror(&entry.path(), &to.join(entry.file_name()));
    }
}

fn entries(folder: &Path) -> Vec<fs::DirEntry> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    entries
        .map(|entry| entry.expect("the folder can be read"))
        .collect()
}
