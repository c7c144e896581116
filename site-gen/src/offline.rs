//! The worker that keeps an agency's site on the device (`web-app/js/sw.js`), with the list of all that it keeps: the
//! agency's pages, and those assets that they name. Made from the packed files, since readers are told what they weigh.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::{
    assets::integrity, deck, gallery, medium::relative, medium::way_to_root, output::Artifact,
    pack::Packed,
};

/// Where the assets stand.
const ASSETS: &str = "assets/";

/// The worker of each agency; `roots` is where their pages begin, `code` what the list is put in front of.
pub fn workers(roots: &[String], files: &[Packed], code: &str) -> Vec<Artifact> {
    let by_path: BTreeMap<&str, &Packed> = files
        .iter()
        .map(|file| (file.artifact.path.as_str(), file))
        .collect();
    let worker = |root: &String| Artifact::new(address(root), worker(root, &by_path, code));
    roots.iter().map(worker).collect()
}

/// What stands at the same addresses once sites are kept no more.
pub fn gone(roots: &[String], code: &str) -> Vec<Artifact> {
    let gone = |root: &String| Artifact::new(address(root), code);
    roots.iter().map(gone).collect()
}

/// Site path of the worker of the agency whose pages begin at `root`. It must never change: browsers ask there for a newer one.
pub fn address(root: &str) -> String {
    format!("{root}sw.js")
}

fn worker(root: &str, files: &BTreeMap<&str, &Packed>, code: &str) -> String {
    // Seen from the worker, which stands where the agency's pages begin.
    let way = way_to_root(root);
    let mut list = Vec::new();
    let mut named = BTreeSet::new();
    let mut bytes = 0;
    for (path, file) in files {
        let page = path.strip_prefix(root);
        let page = page.and_then(|page| page.strip_suffix("index.html"));
        // The gallery is for authors, slides are for halls.
        let Some(page) = page.filter(|_| !gallery::is_page(path) && !deck::is_page(path)) else {
            continue;
        };
        named.extend(assets_in(&file.artifact.bytes));
        bytes += on_the_wire(file);
        list.push((page.to_owned(), sha(file)));
    }
    for asset in named {
        if let Some(file) = files.get(asset.as_str()) {
            bytes += on_the_wire(file);
            list.push((relative(&way, &asset), sha(file)));
        }
    }
    let list = json!(list).to_string();
    let version: String = integrity(format!("{list}{code}").as_bytes())
        .chars()
        .skip("sha256-".len())
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect();
    let size = megabytes(bytes);
    let assets = relative(&way, ASSETS);
    format!(
        "const VERSION={},SIZE={},ASSETS={},FILES={list};{code}",
        json!(version),
        json!(size),
        json!(assets)
    )
}

/// The assets that a page names: `assets/` and what can stand in their names.
fn assets_in(page: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(page);
    let names = text.split(ASSETS).skip(1).map(|rest| {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        format!("{ASSETS}{}", &rest[..end])
    });
    names.collect()
}

/// Of a file's forms, the larger compressed one: not every host knows brotli, and nobody shall be told too little.
fn on_the_wire(file: &Packed) -> usize {
    match &file.compressed {
        Some(compressed) => compressed.gzip.len().max(compressed.brotli.len()),
        None => file.artifact.bytes.len(),
    }
}

fn sha(file: &Packed) -> String {
    integrity(&file.artifact.bytes).split_off("sha256-".len())
}

/// `0,4 MB`, rounded up.
fn megabytes(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{},{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;

    fn site() -> Vec<Packed> {
        let page =
            r#"<link href="../assets/site-1.css"><form data-wasm="../assets/cek-2.wasm"></form>"#;
        let files = [
            ("diy/index.html", page),
            ("diy/tte/index.html", "<p>"),
            ("diy/perubahan.xml", "../assets/no.css"),
            ("dki/index.html", "<link href=\"../assets/other.css\">"),
            ("index.html", "assets/chooser.css"),
            ("assets/site-1.css", "a{}"),
            ("assets/cek-2.wasm", "wasm"),
            ("assets/other.css", "b{}"),
        ];
        pack(
            files.map(|(path, text)| Artifact::new(path, text)).into(),
            true,
        )
    }

    #[test]
    fn lists_an_agencys_pages_and_what_they_name() {
        let workers = workers(&["diy/".to_owned()], &site(), "go()");
        let paths: Vec<&str> = workers.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["diy/sw.js"], "one agency has one worker");
        let bytes: Vec<u8> = workers.into_iter().flat_map(|file| file.bytes).collect();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let listed: Vec<&str> = text
            .split("[\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(
            listed,
            ["", "tte/", "../assets/cek-2.wasm", "../assets/site-1.css"]
        );
        assert!(
            text.contains("SIZE=\"0,1 MB\",ASSETS=\"../assets/\""),
            "{text}"
        );
        assert!(text.ends_with(";go()"), "{text}");
    }

    #[test]
    fn another_code_is_another_version() {
        let version =
            |code| workers(&[String::new()], &site(), code).remove(0).bytes[..30].to_vec();
        assert_ne!(version("a"), version("b"));
        assert_eq!(version("a"), version("a"));
    }

    #[test]
    fn rounds_up() {
        assert_eq!(megabytes(400_001), "0,5 MB");
        assert_eq!(megabytes(1_000_000), "1,0 MB");
    }
}
