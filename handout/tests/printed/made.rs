//! Printing: the same content gives the same bytes; a mistake is told as by `pandu check`, and nothing is written.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::common::{PRINTED, files, handout, root, scratch, text};
use site_gen::build::{self, BuildError, CheckOptions};

#[test]
fn the_same_content_gives_the_same_bytes() {
    let again = scratch("cetak-lagi");
    // Another day, another place, another machine.
    let printed = Command::new(env!("CARGO_BIN_EXE_handout"))
        .arg("--project")
        .arg(root())
        .arg("--out")
        .arg(&again)
        .args(["--base-url", crate::common::ADDRESS])
        .env("TZ", "Asia/Jayapura")
        .env("LANG", "C")
        .env("RAYON_NUM_THREADS", "1")
        .env("SOURCE_DATE_EPOCH", "86400")
        .output()
        .unwrap();
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    let (first, second) = (files(&PRINTED), files(&again));
    assert_eq!(first.len(), second.len());
    for (first, second) in first.iter().zip(&second) {
        assert!(
            fs::read(first).unwrap() == fs::read(second).unwrap(),
            "{} differs",
            first.display()
        );
    }
}

/// A project of one agency, as `pandu new instansi` would make it from this one.
fn project(name: &str) -> PathBuf {
    let folder = scratch(name);
    for part in ["content/bersama", "content/instansi/diy", "themes"] {
        copy(&root().join(part), &folder.join(part));
    }
    fs::copy(
        root().join("content/situs.toml"),
        folder.join("content/situs.toml"),
    )
    .unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).unwrap();
        }
    }
}

fn append(file: &Path, text: &str) {
    let before = fs::read_to_string(file).unwrap();
    fs::write(file, format!("{before}{text}")).unwrap();
}

#[test]
fn a_mistake_is_told_as_by_check() {
    let project = project("proyek-salah");
    append(
        &project.join("content/instansi/diy/tte/daftar.md"),
        "\nBaca [ini](tidak-ada.md) dan {{ tidak.ada }}.\n",
    );
    let out = project.join("cetak");
    let printed = handout(&project, &out, &[]);
    assert!(!printed.status.success());
    let Err(BuildError::Diagnostics(told)) = build::check(&project, None, &CheckOptions::default())
    else {
        panic!("the project has mistakes");
    };
    assert_eq!(text(&printed.stderr), told.render(false));
    assert!(text(&printed.stderr).contains("dead-link"));
    assert_eq!(text(&printed.stdout), "");
    assert!(!out.exists(), "nothing is written");
}

#[test]
fn a_letter_without_a_font_names_its_guide() {
    let project = project("proyek-huruf");
    let out = project.join("cetak");
    let printed = handout(&project, &out, &[]);
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    let before = fs::read(out.join("diy/tte/daftar.pdf")).unwrap();
    append(
        &project.join("content/instansi/diy/tte/daftar.md"),
        "\nTulis 漢 di sini.\n",
    );
    let printed = handout(&project, &out, &[]);
    assert!(!printed.status.success());
    let told = text(&printed.stderr);
    assert!(told.starts_with("error: content/instansi/diy/"), "{told}");
    assert!(told.contains("can't be printed"), "{told}");
    assert!(
        before == fs::read(out.join("diy/tte/daftar.pdf")).unwrap(),
        "what was there stays"
    );
}

#[test]
fn what_an_author_writes_is_no_code() {
    let project = project("proyek-kode");
    let file = project.join("content/instansi/diy/tte/daftar.md");
    let code = "#panic() $x$ \\#let _a_ `#import \"x\"` @label \\<label> //* [#x] ~~~ \\*";
    append(&file, &format!("\n{code}\n"));
    let out = project.join("cetak");
    let printed = handout(&project, &out, &[]);
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    let page: String = crate::common::pages(&out.join("diy/tte/daftar.pdf")).join("\n");
    let bare: String = page.chars().filter(|c| !c.is_whitespace()).collect();
    for word in [
        "#panic()",
        "$x$",
        "#let",
        "#import\"x\"",
        "@label",
        "//*",
        "[#x]",
    ] {
        assert!(bare.contains(word), "{word} is not in\n{page}");
    }
}

#[test]
fn a_foreign_folder_is_never_replaced() {
    let project = project("proyek-asing");
    let out = project.join("cetak");
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join("surat.txt"), "milik orang").unwrap();
    let printed = handout(&project, &out, &[]);
    assert!(!printed.status.success());
    assert!(text(&printed.stderr).contains("did not make"));
    assert_eq!(
        fs::read_to_string(out.join("surat.txt")).unwrap(),
        "milik orang"
    );
}

#[test]
fn one_agency_stands_at_the_root() {
    let project = project("proyek-satu");
    let out = project.join("cetak");
    let printed = handout(
        &project,
        &out,
        &[
            "--instansi",
            "diy",
            "--base-url",
            "https://contoh.go.id/tte/",
        ],
    );
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    let told = text(&printed.stdout);
    assert!(told.contains("juknis.pdf: "), "{told}");
    assert!(told.lines().last().unwrap().contains(" files, "), "{told}");
    let cover = crate::common::pages(&out.join("diy/juknis.pdf"));
    assert!(cover[0].contains("contoh.go.id/tte"), "{}", cover[0]);
}
