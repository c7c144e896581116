//! Hand-outs of the project's own content, printed once for all tests, and the programs that look at them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use site_gen::{build, site::Site};

/// The address for which the hand-outs are printed.
pub const ADDRESS: &str = "https://panduan.contoh.go.id/";

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder for this test run's files.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    folder
}

/// All agencies' hand-outs.
pub static PRINTED: LazyLock<PathBuf> = LazyLock::new(|| {
    let out = scratch("cetak");
    let printed = handout(&root(), &out, &["--base-url", ADDRESS]);
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    assert_eq!(text(&printed.stderr), "", "nothing to warn of");
    out
});

/// The site that they were printed from.
pub static SITE: LazyLock<Site> = LazyLock::new(|| {
    let (mut site, _) = build::read(&root(), None).unwrap();
    site.address = ADDRESS.parse().unwrap();
    site
});

/// Runs the program on a project.
pub fn handout(root: &Path, out: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_handout"))
        .arg("--project")
        .arg(root)
        .arg("--out")
        .arg(out)
        .args(arguments)
        .output()
        .unwrap()
}

/// Every PDF below a folder, in one order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "pdf") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Runs a program and demands that it succeeds.
pub fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?} can't be run ({error}); tests/run installs it")
    });
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    output.stdout
}

/// The text of each page, in the order of its content, without header and footer.
pub fn pages(pdf: &Path) -> Vec<String> {
    // A4 in points, and the margins in which header and footer stand.
    let body = ["-x", "0", "-y", "62", "-W", "596", "-H", "716"];
    let text = run(Command::new("pdftotext")
        .arg("-raw")
        .args(body)
        .arg(pdf)
        .arg("-"));
    let text = String::from_utf8(text).unwrap();
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    pages.pop(); // each page ends with a form feed
    pages
}

/// Bytes as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
