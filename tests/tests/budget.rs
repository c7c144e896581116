//! `pandu check --dist` from outside: a real site, whole and broken in every way that it tells.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use insta::assert_snapshot;
use sha2::{Digest, Sha256};
use tests::{
    needle::files_in,
    process::program,
    product::{site, whole_site, work_folder},
};

/// A copy of the site of one agency, in a folder of its own.
struct Site(PathBuf);

impl Site {
    fn copy(name: &str) -> Self {
        let copy = Self(work_folder().join(name).join("dist"));
        if copy.0.exists() {
            fs::remove_dir_all(&copy.0).unwrap();
        }
        for file in files_in(site()) {
            copy.write(
                file.strip_prefix(site()).unwrap().to_str().unwrap(),
                fs::read(&file).unwrap(),
            );
        }
        // What the real pages weigh is `our_own_site_keeps_its_budgets`.
        copy.light()
    }

    /// With no page that is over its budget of itself: the mistakes told are then the test's own.
    fn light(self) -> Self {
        let heavy = self.heavy_pages();
        for page in heavy {
            let html = fs::read_to_string(self.0.join(&page)).unwrap();
            let ids: String = html
                .match_indices(" id=\"")
                .map(|(at, start)| {
                    let id = html[at + start.len()..].split('"').next().unwrap();
                    format!("<p id=\"{id}\"></p>")
                })
                .collect();
            self.page(&page, &ids);
        }
        self
    }

    fn heavy_pages(&self) -> Vec<String> {
        let text = String::from_utf8(self.check().stderr).unwrap();
        let mut lines = text.lines();
        let mut pages = Vec::new();
        while let Some(line) = lines.next() {
            if line.starts_with("error[page-too-heavy]") {
                let place = lines.next().unwrap().trim().trim_start_matches("--> dist/");
                pages.push(place.trim_end_matches(":1:1").to_owned());
            }
        }
        pages
    }

    /// Writes a page with this content.
    fn page(&self, path: &str, content: &str) -> &Self {
        self.write(
            path,
            format!("<!doctype html>\n<html lang=\"id\">\n{content}\n"),
        );
        for packed in [".gz", ".br"] {
            let _ = fs::remove_file(self.0.join(format!("{path}{packed}")));
        }
        self
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Runs the check where the site stands, so that paths are the same everywhere.
    fn check(&self) -> Output {
        check(self.0.parent().unwrap(), &["--dist"])
    }

    /// What it says; it must refuse.
    fn mistakes(&self) -> String {
        let output = self.check();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "the check passes: {text}");
        assert!(output.stdout.is_empty());
        text
    }
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program("pandu"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Text that does not compress: each line is a hash.
fn noise(lines: u32) -> String {
    (0..lines)
        .map(|n| format!("{:x?}\n", Sha256::digest(n.to_le_bytes())))
        .collect()
}

#[test]
fn our_own_site_keeps_its_budgets() {
    let output = check(Path::new("."), &["--dist", whole_site().to_str().unwrap()]);
    let (told, wrong) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(output.status.success(), "{wrong}");
    println!("{told}");
    for part in [
        "all within their budgets",
        "pages: 170; the heaviest (bytes, gzip; budget 14,000)",
        "; the heaviest (bytes, gzip; budget 20,000)",
        "decks of sessions: 1; the heaviest (bytes, gzip; budget 50,000)",
        "  the look-up, of 68,000",
        "  the passphrase test, of 52,000",
        "  dki-jakarta/ (",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn what_a_page_must_not_do() {
    let site = Site::copy("halaman");
    site.page(
        "rusak/index.html",
        "<script src=\"../assets/ada.js\"></script>
<script>alert(1)</script>
<script src=\"https://cdn.example/jquery.js\" defer></script>
<link rel=\"stylesheet\" href=\"//fonts.example/css\">
<link rel=\"stylesheet\" href=\"/assets/huruf.css\">
<script src=\"../assets/ada.js\" defer integrity=\"sha256-AAAA\"></script>
<script type=\"application/ld+json\">{}</script>
<style>p { background: url(https://iklan.example/p.gif) }</style>
<p id=\"a\"></p><p id=\"a\"></p>
<img src=\"tidak-ada.png\" alt=\"\">
<a href=\"../tidak/ada/\">x</a> <a href=\"#b\">x</a> <a href=\"#a\">x</a> <a href=\"../lain/#a\">x</a>
<a href=\"https://bsre.example/\">x</a> <a href=\"tel:+62211\">x</a>",
    )
    .page("lain/index.html", "<script src=\"https://cdn.example/jquery.js\" defer></script>")
    .write("assets/ada.js", "1")
    .write(
        "assets/huruf.css",
        "@font-face { font-family: X; src: url(x.woff2) }",
    )
    .write("assets/x.woff2", "x");
    assert_snapshot!(site.mistakes());
}

#[test]
fn a_page_that_outgrows_its_budget() {
    let site = Site::copy("besar");
    // Lazy images, links and data cost nothing at once; what styles and modules ask for does.
    site.page(
        "besar/index.html",
        "<link rel=\"stylesheet\" href=\"../assets/besar.css\">
<script type=\"module\" src=\"../assets/besar.js\"></script>
<img src=\"../assets/nanti.png\" loading=\"lazy\" alt=\"\">",
    )
    .write("assets/besar.css", "p { background: url(latar.png) }")
    .write("assets/latar.png", noise(200))
    .write("assets/besar.js", "import './bagian.js'")
    .write("assets/bagian.js", format!("/*{}*/", noise(200)))
    .write("assets/nanti.png", noise(9000));
    let text = site.mistakes();
    assert_snapshot!(text);
}

#[test]
fn code_an_index_and_an_agency_that_outgrow_theirs() {
    let site = Site::copy("kode");
    site.write(
        "assets/cari-000000000000.js",
        format!("/*{}*/", noise(1200)),
    )
    .write("assets/cari-dki-jakarta-000000000000.txt", noise(1200))
    .page(
        "tebal/index.html",
        "<img src=\"../assets/foto.png\" loading=\"lazy\" alt=\"\">",
    )
    .write("assets/foto.png", noise(20_000));
    // The agency's own weight changes with every guide, the search's with its program.
    let text: Vec<String> = site
        .mistakes()
        .lines()
        .map(|line| match line.split_once(" weighs ") {
            Some((what, _)) if what.contains("all of") || what.contains("the search") => {
                format!("{what} weighs …")
            }
            _ => line.to_owned(),
        })
        .collect();
    assert_snapshot!(text.join("\n"));
}

#[test]
fn a_published_file_that_was_changed() {
    let site = Site::copy("diubah");
    let script = files_in(&site.0).into_iter().find(|file| {
        let name = file.file_name().unwrap().to_str().unwrap();
        name.starts_with("site-") && name.ends_with(".js")
    });
    let script = script.unwrap();
    fs::write(&script, "alert(1)").unwrap();
    let text = site.mistakes();
    let name = script.file_name().unwrap().to_str().unwrap();
    let told = format!(
        "error[wrong-integrity]: `assets/{name}` is not the file that its hash promises: browsers refuse it, and on "
    );
    assert!(
        text.starts_with(&told) && text.ends_with("1 mistake in 1 file; nothing was written\n"),
        "{text}"
    );
    fs::remove_file(&script).unwrap();
    let told = format!("error[missing-file]: `assets/{name}` is named and is not there, and on ");
    assert!(site.mistakes().starts_with(&told));
}

#[test]
fn a_folder_that_is_no_site_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    let told = |folder: &str| {
        let output = check(Path::new("/"), &["--dist", folder]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let foreign = folder.path().to_str().unwrap();
    let hint = "holds no site that Pandu built; build one with `build`, or name its folder: `check --dist DIR`\n";
    assert_eq!(told(foreign), format!("error: {foreign} {hint}"));
    assert_eq!(told("/tidak/ada"), format!("error: /tidak/ada {hint}"));
}
