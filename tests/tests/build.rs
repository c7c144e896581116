//! `pandu build` from outside: real content in, a real `dist` out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::Path,
    process::Output,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use insta::assert_snapshot;
use sha2::{Digest, Sha256};
use tests::{product, quoted::quoted, workspace::Workspace};

/// Every file below a folder, by its path in it; pages with the quotes that the build leaves out.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry
                    .path()
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                let bytes = unsqueezed(&name, fs::read(entry.path()).unwrap());
                found.insert(name, bytes);
            }
        }
    }
    found
}

/// A page with its quotes; any other file as it is.
fn unsqueezed(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    if name.ends_with(".html") {
        quoted(text(&bytes)).into_bytes()
    } else {
        bytes
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn pages(files: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(name, bytes)| (name.as_str(), text(bytes)))
}

/// The values of an attribute in HTML that Pandu wrote: always between double quotes, as `quoted` gives it.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.match_indices(&start)
        .map(|(at, _)| {
            let value = &html[at + start.len()..];
            &value[..value.find('"').unwrap()]
        })
        .collect()
}

fn said(output: &Output) -> String {
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn succeeds(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn two_builds_are_equal_byte_for_byte() {
    let workspace = Workspace::fresh();
    succeeds(&workspace.run(&["build", "--out", "dist-1"]));
    succeeds(&workspace.run(&["build", "--out", "dist-2"]));
    let (one, two) = (
        files(&workspace.path("dist-1")),
        files(&workspace.path("dist-2")),
    );
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        two.keys().collect::<Vec<_>>()
    );
    let differ: Vec<&String> = one.keys().filter(|name| one[*name] != two[*name]).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

#[test]
fn a_failed_build_leaves_the_last_good_site() {
    let workspace = Workspace::fresh();
    succeeds(&workspace.run(&["build"]));
    let before = files(&workspace.path("dist"));
    workspace.edit(
        "content/instansi/dki-jakarta/email/masuk-pertama.md",
        "\n## ",
        "\n#### ",
    );
    assert!(said(&workspace.run(&["build"])).contains("error[heading-level]"));
    assert!(files(&workspace.path("dist")) == before);
    let strangers = fs::read_dir(workspace.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = strangers
        .filter(|name| name.to_string_lossy().starts_with(".pandu-new"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn files_no_longer_made_disappear() {
    let workspace = Workspace::fresh();
    let guide = workspace.path("content/instansi/dki-jakarta/email/sementara.md");
    fs::copy(
        workspace.path("content/instansi/dki-jakarta/email/masuk-pertama.md"),
        &guide,
    )
    .unwrap();
    succeeds(&workspace.run(&["build"]));
    assert!(
        workspace
            .path("dist/dki-jakarta/email/sementara/index.html")
            .exists()
    );
    fs::remove_file(guide).unwrap();
    succeeds(&workspace.run(&["build"]));
    assert!(!workspace.path("dist/dki-jakarta/email/sementara").exists());
    assert!(
        workspace
            .path("dist/dki-jakarta/email/hp-android/index.html")
            .exists()
    );
}

#[test]
fn a_folder_of_somebody_else_is_never_replaced() {
    let workspace = Workspace::fresh();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("skripsi.odt"), "tiga tahun kerja").unwrap();
    let text = said(&workspace.run(&["build", "--out", folder.path().to_str().unwrap()]));
    assert!(
        text.ends_with("choose another folder with --out, or empty it\n"),
        "{text}"
    );
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn a_place_that_takes_no_files_is_told_in_one_sentence() {
    let workspace = Workspace::fresh();
    let text = said(&workspace.run(&["build", "--out", "/proc/pandu/dist"]));
    let last = text.lines().last().unwrap();
    assert!(
        last.starts_with("error: can't write /proc/pandu") && last.ends_with("nothing was changed"),
        "{text}"
    );
}

#[test]
fn prints_what_it_made_and_what_the_checkers_cost() {
    let output = succeeds(&Workspace::fresh().run(&["build"]));
    let code: Vec<&str> = output
        .lines()
        .filter(|line| line.starts_with("code of"))
        .collect();
    assert_eq!(code.len(), 4, "{output}");
    for (line, budget) in code.iter().zip([68, 52, 30, 25]) {
        assert!(line.contains(&format!("of {budget} (brotli)")), "{output}");
    }
}

#[test]
fn code_over_its_budget_fails_the_build() {
    let workspace = Workspace::fresh();
    // Text that does not compress: each number is hashed.
    let noise: String = (0..2000_u32)
        .map(|n| {
            format!(
                "globalThis.n{n} = \"{:x?}\";\n",
                Sha256::digest(n.to_le_bytes())
            )
        })
        .collect();
    let script = workspace.path("web-app/js/cek.js");
    let old = fs::read_to_string(&script).unwrap();
    fs::write(&script, old + &noise).unwrap();
    let text = said(&workspace.run(&["build"]));
    let last = text.lines().last().unwrap();
    assert!(
        last.starts_with("error: the code of the look-up pages is ")
            && last.ends_with("nothing was written"),
        "{text}"
    );
    assert!(!workspace.path("dist").exists());
}

#[test]
fn every_page_is_whole_and_strict() {
    let site = files(product::whole_site());
    assert!(pages(&site).count() > 40);
    for (name, html) in pages(&site) {
        let policy = attributes(html, "content")
            .into_iter()
            .find(|value| value.starts_with("default-src"))
            .unwrap();
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{name}: {policy}"
        );
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("base-uri 'none'"),
            "{name}: {policy}"
        );
        assert!(
            attributes(html, "style").is_empty(),
            "{name} has a style attribute"
        );
        for tag in html.split('<').filter(|tag| tag.starts_with("script")) {
            assert!(
                tag.contains(" src=\"")
                    || tag.contains("application/ld+json")
                    || tag.contains("application/json"),
                "{name}: <{tag}"
            );
        }
        let has = |start: &str| assert!(html.contains(start), "{name} lacks {start}");
        [
            "<html lang=\"id\"",
            "<title>",
            "<meta name=\"description\" content=\"",
            "<meta property=\"og:title\"",
            "<h1",
        ]
        .into_iter()
        .for_each(has);
        if name != "404.html" {
            let url = name.strip_suffix("index.html").unwrap();
            // Slides are their guide once more.
            let url = url.strip_suffix("slide/").unwrap_or(url);
            has(&format!(
                "<link rel=\"canonical\" href=\"https://pandu.example/{url}\">"
            ));
        }
    }
}

#[test]
fn every_reference_leads_to_a_file_with_the_promised_content() {
    let site = files(product::whole_site());
    let mut checked = 0;
    for (name, html) in pages(&site).filter(|(name, _)| *name != "404.html") {
        for reference in attributes(html, "href")
            .into_iter()
            .chain(attributes(html, "src"))
        {
            if reference.contains(':') || reference.starts_with('#') {
                continue;
            }
            let path = reference.split('#').next().unwrap();
            assert!(!path.starts_with('/'), "{name} names {path}: not relative");
            let mut parts: Vec<&str> = name.split('/').collect();
            parts.pop();
            for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
                if part == ".." {
                    parts.pop().expect("a link does not leave the site");
                } else {
                    parts.push(part);
                }
            }
            let mut file = parts.join("/");
            if path.ends_with('/') || path.is_empty() {
                file = if file.is_empty() {
                    "index.html".into()
                } else {
                    format!("{file}/index.html")
                };
            }
            assert!(
                site.contains_key(&file),
                "{name} leads to {reference}, which is not there"
            );
            checked += 1;
        }
        for tag in html
            .split('<')
            .filter(|tag| tag.contains(" integrity=\"sha256-"))
        {
            let link = attributes(tag, "href")
                .into_iter()
                .chain(attributes(tag, "src"))
                .next()
                .unwrap();
            let file = link.trim_start_matches("../").trim_start_matches("./");
            let digest = format!("sha256-{}", STANDARD.encode(Sha256::digest(&site[file])));
            assert_eq!(
                attributes(tag, "integrity"),
                [digest.as_str()],
                "{name}: {file}"
            );
        }
    }
    assert!(checked > 500, "only {checked} references");
}

#[test]
fn compressed_copies_hold_the_same_bytes() {
    let site = files(product::whole_site());
    let mut compressed = 0;
    for (name, bytes) in &site {
        if let Some(plain) = name.strip_suffix(".br") {
            let mut unpacked = Vec::new();
            brotli::Decompressor::new(bytes.as_slice(), 4096)
                .read_to_end(&mut unpacked)
                .unwrap();
            assert!(unsqueezed(plain, unpacked) == site[plain], "{name}");
            compressed += 1;
        } else if let Some(plain) = name.strip_suffix(".gz") {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice())
                .read_to_end(&mut unpacked)
                .unwrap();
            assert!(unsqueezed(plain, unpacked) == site[plain], "{name}");
            compressed += 1;
        } else if [".html", ".css", ".js", ".wasm", ".xml", ".svg"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            assert!(
                site.contains_key(&format!("{name}.br"))
                    && site.contains_key(&format!("{name}.gz")),
                "{name}"
            );
        }
    }
    assert!(compressed > 100);
}

#[test]
fn search_engines_and_readers_are_told_of_every_page() {
    let site = files(product::whole_site());
    let sitemap = text(&site["sitemap.xml"]);
    for (name, html) in pages(&site).filter(|(name, _)| *name != "404.html") {
        let url = format!(
            "https://pandu.example/{}",
            name.strip_suffix("index.html").unwrap()
        );
        // Practice is for those who are led there, a session for those who are there on its day; slides are found through their guide.
        let led = ["/latihan/", "-jakarta/bimtek/"]
            .iter()
            .any(|folder| name.contains(folder));
        let told = !led && !name.ends_with("/slide/index.html");
        assert_eq!(
            sitemap.contains(&format!("<loc>{url}</loc>")),
            told,
            "{name} and the sitemap"
        );
        for json in html.split("<script type=\"application/ld+json\">").skip(1) {
            let json = &json[..json.find("</script>").unwrap()];
            let value: serde_json::Value = serde_json::from_str(json).expect("JSON-LD is JSON");
            assert_eq!(value["@context"], "https://schema.org", "{name}");
        }
    }
    assert!(text(&site["dki-jakarta/email/hp-android/index.html"]).contains("\"@type\":\"HowTo\""));
    assert!(text(&site["dki-jakarta/email/masalah/index.html"]).contains("\"@type\":\"FAQPage\""));
    assert_eq!(
        text(&site["robots.txt"]),
        "User-agent: *\nAllow: /\n\nSitemap: https://pandu.example/sitemap.xml\n"
    );
    let feed = text(&site["perubahan.xml"]);
    assert!(feed.contains("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"id\">"));
    assert!(
        feed.contains(
            "<link rel=\"alternate\" href=\"https://pandu.example/dki-jakarta/email/hp-android/\"/>"
        ),
        "{feed}"
    );
}

#[test]
fn the_address_of_publication_reaches_every_absolute_link() {
    let folder = product::work_folder().join("sub-path");
    product::build_site(&folder, &["--base-url", "https://contoh.go.id/panduan"]);
    let site = files(&folder);
    let page = text(&site["email/hp-android/index.html"]);
    assert!(page.contains(
        "<link rel=\"canonical\" href=\"https://contoh.go.id/panduan/email/hp-android/\">"
    ));
    let lost = text(&site["404.html"]);
    assert!(
        attributes(lost, "href")
            .iter()
            .any(|href| href.starts_with("/panduan/assets/")),
        "{lost}"
    );
    assert!(text(&site["sitemap.xml"]).contains("https://contoh.go.id/panduan/"));
}

#[test]
fn the_gallery_is_published_where_asked_for_and_told_to_nobody() {
    let workspace = Workspace::fresh();
    succeeds(&workspace.run(&["build"]));
    let without = files(&workspace.path("dist"));
    let told = succeeds(&workspace.run(&["build", "--komponen"]));
    let with = files(&workspace.path("dist"));
    assert!(told.contains("170 pages"), "{told}");
    let added: Vec<&String> = with
        .keys()
        .filter(|name| !without.contains_key(*name))
        .collect();
    let galleries = added
        .iter()
        .filter(|name| name.ends_with("/komponen/index.html"));
    assert_eq!(galleries.count(), 5, "{added:?}");
    assert!(
        added
            .iter()
            .all(|name| name.contains("/komponen/index.html")),
        "{added:?}"
    );
    for (name, bytes) in &with {
        let Some(html) = name.strip_suffix(".html").map(|_| text(bytes)) else {
            let named =
                !name.ends_with(".br") && !name.ends_with(".gz") && !name.ends_with(".wasm");
            assert!(
                !named || !String::from_utf8_lossy(bytes).contains("komponen/"),
                "{name} names it"
            );
            continue;
        };
        if name.contains("komponen/") {
            assert!(
                html.contains("<meta name=\"robots\" content=\"noindex\">"),
                "{name}"
            );
            assert!(
                html.contains(" id=\"langkah\""),
                "{name} can't be linked into"
            );
            let ids = attributes(html, "id");
            let once: BTreeSet<&&str> = ids.iter().collect();
            let twice: Vec<&&str> = once
                .iter()
                .copied()
                .filter(|id| ids.iter().filter(|other| other == id).count() > 1)
                .collect();
            assert!(twice.is_empty(), "{name} has twice: {twice:?}");
        } else {
            assert!(!html.contains("komponen/"), "{name} leads to it");
        }
    }
}

#[test]
fn several_agencies_stand_side_by_side() {
    let site = files(product::whole_site());
    let home = text(&site["index.html"]);
    for agency in product::AGENCIES {
        assert!(home.contains(&format!("href=\"{agency}/\"")), "{agency}");
        assert!(site.contains_key(&format!("{agency}/index.html")));
    }
}

#[test]
fn each_agency_alone_is_a_site_of_its_own() {
    let workspace = Workspace::fresh();
    for agency in product::AGENCIES {
        succeeds(&workspace.run(&["build", "--instansi", agency]));
        let site = files(&workspace.path("dist"));
        assert!(
            text(&site["index.html"]).contains("class=\"hero\""),
            "{agency}"
        );
        assert!(
            !site.keys().any(|name| name.starts_with(agency)),
            "{agency}"
        );
        for other in product::AGENCIES.iter().filter(|other| **other != agency) {
            let link = format!("href=\"{other}/");
            assert!(
                !pages(&site).any(|(_, html)| html.contains(&link)),
                "{agency}: {other}"
            );
        }
    }
}

#[test]
fn our_own_content_is_strictly_sound_doubtful_sources_aside() {
    let workspace = Workspace::fresh();
    // A review runs out some day, and that must fail nobody's tests: judged on the day of the reviews.
    let day = ["--today", "2026-11-23"];
    let strict = ["check", "--strict", "--allow", "doubtful-source"];
    let output = workspace.run(&[strict.as_slice(), &day].concat());
    assert!(succeeds(&output).ends_with("pages checked, no mistake\n"));
    for agency in product::AGENCIES {
        let one = ["--instansi", agency];
        succeeds(&workspace.run(&[strict.as_slice(), &day, &one].concat()));
    }
}

#[test]
fn a_new_agency_builds_at_once_and_its_check_lists_what_is_to_be_filled_in() {
    let workspace = Workspace::fresh();
    let made = succeeds(&workspace.run(&["new", "instansi", "kota-contoh"]));
    assert!(made.contains("kota-contoh/tte/aktivasi-akun.md"), "{made}");
    let check = ["check", "--instansi", "kota-contoh"];
    let output = workspace.run(&check);
    succeeds(&output);
    let warnings = String::from_utf8_lossy(&output.stderr).into_owned();
    let profile =
        fs::read_to_string(workspace.path("content/instansi/kota-contoh/instansi.toml")).unwrap();
    let marked = |line: &&str| line.contains("# ISI") && !line.starts_with('#');
    for line in profile.lines().filter(marked) {
        let fact = line.split("# ISI").next().unwrap().trim();
        assert!(warnings.contains(fact), "`{fact}` is not told of");
    }
    let strict = said(&workspace.run(&[check.as_slice(), &["--strict"]].concat()));
    assert!(strict.contains("error[unfilled]"), "{strict}");

    succeeds(&workspace.run(&["build", "--instansi", "kota-contoh"]));
    let site = files(&workspace.path("dist"));
    assert!(text(&site["email/outlook/index.html"]).contains("imap.contoh.go.id"));
    succeeds(&workspace.run(&["build"]));
    let site = files(&workspace.path("dist"));
    assert!(text(&site["index.html"]).contains("href=\"kota-contoh/\""));
}

#[test]
fn a_new_page_takes_over_the_shared_guide_of_its_path() {
    let workspace = Workspace::fresh();
    let guide = "content/instansi/diy/email/outlook.md";
    let new = ["new", "panduan", "email/outlook", "--instansi", "diy"];
    succeeds(&workspace.run(&new));
    let text = fs::read_to_string(workspace.path(guide)).unwrap();
    assert!(text.contains("dasar = \"email/outlook.md\""), "{text}");
    // DIY's document names no mail server, and the error says so at the page that wants it.
    let mistakes = said(&workspace.run(&["check", "--instansi", "diy"]));
    assert!(
        mistakes.contains(
            "this guide needs `email.imap` and `email.smtp`, which the profile of `diy` lacks"
        ) && mistakes.contains(guide),
        "{mistakes}"
    );
}

#[test]
fn a_new_session_stands_at_once_and_its_check_lists_what_is_to_be_filled_in() {
    let workspace = Workspace::fresh();
    let new = [
        "new",
        "bimtek",
        "2027/email",
        "--instansi",
        "diy",
        "--judul",
        "Bimtek \"TTE\"",
    ];
    let made = succeeds(&workspace.run(&new));
    assert!(made.contains("content/bimtek/2027/email.toml"), "{made}");
    let output = workspace.run(&["check", "--instansi", "diy"]);
    succeeds(&output);
    let warnings = String::from_utf8_lossy(&output.stderr);
    for key in ["ringkasan", "tanggal", "tempat"] {
        let told = format!("`{key}` is still a sample value");
        assert!(warnings.contains(&told), "{told}: {warnings}");
    }
    succeeds(&workspace.run(&["build", "--instansi", "diy"]));
    let site = files(&workspace.path("dist"));
    assert!(text(&site["bimtek/2027/email/index.html"]).contains("Bimtek &quot;TTE&quot;"));
    assert!(site.contains_key("bimtek/2027/email/slide/index.html"));
    assert!(text(&site["latihan/index.html"]).contains("bimtek/2027/email/"));
}

#[test]
fn new_never_writes_over_what_is_there() {
    let workspace = Workspace::fresh();
    let guide = workspace.path("content/instansi/dki-jakarta/email/hp-android.md");
    let before = fs::read(&guide).unwrap();
    let shorten = |text: String| text.replace(&workspace.root().display().to_string(), ".");
    let refusals = [
        &[
            "new",
            "panduan",
            "email/hp-android",
            "--instansi",
            "dki-jakarta",
        ][..],
        &[
            "new",
            "panduan",
            "email/HP Baru",
            "--instansi",
            "dki-jakarta",
        ],
        &["new", "panduan", "email/hp", "--instansi", "tidak-ada"],
        &[
            "new",
            "bimtek",
            "email-dan-tte",
            "--instansi",
            "dki-jakarta",
        ],
        &["new", "bimtek", "Email 2027", "--instansi", "dki-jakarta"],
        &["new", "bimtek", "email", "--instansi", "tidak-ada"],
        &["new", "instansi", "dki-jakarta"],
        &["new", "instansi", "../luar"],
    ];
    let said: Vec<String> = refusals
        .iter()
        .map(|arguments| shorten(said(&workspace.run(arguments))))
        .collect();
    assert_snapshot!(said.concat());
    assert_eq!(fs::read(&guide).unwrap(), before);
}

#[test]
fn help_names_every_command_and_option() {
    let workspace = Workspace::fresh();
    let mut text = String::new();
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["build", "--help"],
        &["check", "--help"],
        &["facts", "--help"],
        &["probe", "--help"],
        &["new", "panduan", "--help"],
        &["new", "bimtek", "--help"],
    ] {
        text.push_str(&format!(
            "$ pandu {}\n{}\n",
            arguments.join(" "),
            succeeds(&workspace.run(arguments))
        ));
    }
    assert_snapshot!(text);
}
