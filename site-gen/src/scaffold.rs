//! `pandu new`: the files of a new guide, session or agency, ready to be filled in.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use model::status::TteStatus;
use thiserror::Error;

use crate::{
    diagnostic::Diagnostics,
    front_matter,
    load::{self, GuideFile},
    slug::slug,
};

/// Why nothing was made.
#[derive(Debug, Error)]
pub enum ScaffoldError {
    /// The id or path is not usable in an address.
    #[error(
        "`{given}` can't stand in an address; use small letters, digits and hyphens, such as `{better}`"
    )]
    BadName {
        /// What was given.
        given: String,
        /// A name that can.
        better: String,
    },
    /// It exists already.
    #[error("{} exists already; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// The agency does not exist.
    #[error("there is no agency `{0}`; make it first with `new instansi {0}`")]
    NoAgency(String),
    /// The disk refuses.
    #[error("can't write {}: {error}", path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

/// Makes `content/instansi/<agency>/<path>.md`; `path` is `topik/panduan`. Where a shared guide has that path, the
/// page takes it over.
///
/// # Errors
/// Why nothing was made.
pub fn guide(
    root: &Path,
    agency: &str,
    path: &str,
    title: &str,
    today: &str,
) -> Result<Vec<PathBuf>, ScaffoldError> {
    let path = path.strip_suffix(".md").unwrap_or(path);
    for part in path.split('/').chain([agency]) {
        well_named(part)?;
    }
    let folder = root.join("content/instansi").join(agency);
    if !folder.is_dir() {
        return Err(ScaffoldError::NoAgency(agency.to_owned()));
    }
    let title = if title.is_empty() {
        path.rsplit('/').next().unwrap_or(path).replace('-', " ")
    } else {
        title.to_owned()
    };
    let file = format!("{path}.md");
    // A guide that is written for all already needs only be taken over.
    let text = if root.join("content/bersama").join(&file).exists() {
        include_str!("scaffold/dari-bersama.md").replace("@dasar@", &file)
    } else {
        include_str!("scaffold/panduan.md").replace("@judul@", &toml_text(&title))
    };
    write_new(vec![(folder.join(file), dated(&text, today))])
}

/// Makes `content/bimtek/<id>.toml`, a session of an agency.
///
/// # Errors
/// Why nothing was made.
pub fn session(
    root: &Path,
    agency: &str,
    id: &str,
    title: &str,
    today: &str,
) -> Result<Vec<PathBuf>, ScaffoldError> {
    let id = id.strip_suffix(".toml").unwrap_or(id);
    for part in id.split('/').chain([agency]) {
        well_named(part)?;
    }
    if !root.join("content/instansi").join(agency).is_dir() {
        return Err(ScaffoldError::NoAgency(agency.to_owned()));
    }
    let title = if title.is_empty() {
        format!("Bimtek {}", id.replace(['-', '/'], " "))
    } else {
        title.to_owned()
    };
    let text = include_str!("scaffold/bimtek.toml")
        .replace("@instansi@", agency)
        .replace("@judul@", &toml_text(&title));
    let file = root.join("content/bimtek").join(format!("{id}.toml"));
    write_new(vec![(file, dated(&text, today))])
}

/// Makes `content/instansi/<id>`: a profile of sample values, a home page, and a page for each shared guide. It builds
/// at once; what is still to be filled in is marked `# ISI`.
///
/// # Errors
/// Why nothing was made.
pub fn agency(root: &Path, id: &str, today: &str) -> Result<Vec<PathBuf>, ScaffoldError> {
    well_named(id)?;
    let folder = root.join("content/instansi").join(id);
    if folder.exists() {
        return Err(ScaffoldError::Exists(folder));
    }
    // What can't be read there is left out: `check` reports it.
    let shared = load::shared(root, &mut Diagnostics::default());
    let mut files = vec![
        (
            "instansi.toml".to_owned(),
            include_str!("scaffold/instansi.toml").replace("@id@", id),
        ),
        (
            "status.toml".to_owned(),
            if shared.statuses.is_some() {
                include_str!("scaffold/status.toml").to_owned()
            } else {
                every_status()
            },
        ),
    ];
    let contact = "bantuan/kontak.md".to_owned();
    let mut pages = vec![Shared {
        path: contact.clone(),
        name: "Hubungi kami".to_owned(),
    }];
    files.push((contact, dated(include_str!("scaffold/kontak.md"), today)));
    for guide in shared_guides(shared.guides) {
        let text = dated(include_str!("scaffold/dari-bersama.md"), today);
        files.push((guide.path.clone(), text.replace("@dasar@", &guide.path)));
        pages.push(guide);
    }
    let mut cards = String::new();
    for (order, (topic, pages)) in by_topic(&pages).into_iter().enumerate() {
        let (title, summary, icon) = topic_words(topic);
        let index = format!("{topic}/index.md");
        if let Some(index) = pages.iter().find(|page| page.path == index) {
            // Practice brings a page of its own, which leads to the rest.
            cards.push_str(&format!(
                "\n## {title}\n\n::: kartu\n- [{}]({})\n:::\n",
                index.name, index.path
            ));
            continue;
        }
        let page = include_str!("scaffold/topik.md")
            .replace("@judul@", &title)
            .replace("@ringkasan@", summary)
            .replace("@urutan@", &((order + 1) * 10).to_string())
            .replace("@ikon@", icon);
        files.push((index, page));
        cards.push_str(&format!("\n## {title}\n\n::: kartu\n"));
        for page in pages {
            cards.push_str(&format!("- [{}]({})\n", page.name, page.path));
        }
        cards.push_str(":::\n");
    }
    let home = include_str!("scaffold/index.md").replace("@kartu@", &cards);
    files.push(("index.md".to_owned(), home));
    write_new(
        files
            .into_iter()
            .map(|(path, text)| (folder.join(path), text))
            .collect(),
    )
}

/// A guide that every agency may take over.
struct Shared {
    /// Below `content/bersama/`.
    path: String,
    /// What cards call it.
    name: String,
}

/// Sample words for every status of a certificate, where nobody has written them for all agencies.
fn every_status() -> String {
    let head = "# What each status means, and what to do next.\n".to_owned();
    TteStatus::ALL.iter().fold(head, |text, status| {
        let word = status.anchor().trim_start_matches("status-");
        text + &include_str!("scaffold/satu-status.toml")
            .replace("@kata@", word)
            .replace("@status@", status.code())
    })
}

/// The shared guides, in the order of their paths. One with mistakes is left out: `check` reports them.
fn shared_guides(files: Vec<GuideFile>) -> Vec<Shared> {
    let mut ignored = Diagnostics::default();
    let guides = files.into_iter().filter_map(|guide| {
        let (front, _) = front_matter::parse(&guide.source, &mut ignored)?;
        // The profile of a new agency offers no look-up.
        if front.needs_fact("periksa") {
            return None;
        }
        Some(Shared {
            path: guide.path,
            name: front.name()?.to_owned(),
        })
    });
    guides.collect()
}

fn by_topic(pages: &[Shared]) -> Vec<(&str, Vec<&Shared>)> {
    let mut topics: Vec<(&str, Vec<&Shared>)> = Vec::new();
    for page in pages {
        let topic = page
            .path
            .split_once('/')
            .map_or("bantuan", |(topic, _)| topic);
        match topics.iter_mut().find(|(known, _)| *known == topic) {
            Some((_, pages)) => pages.push(page),
            None => topics.push((topic, vec![page])),
        }
    }
    let rank = |topic: &str| {
        ["email", "tte", "cek"]
            .iter()
            .position(|known| *known == topic)
    };
    topics.sort_by_key(|(topic, _)| {
        (
            *topic == "admin",
            *topic == "bantuan",
            rank(topic).unwrap_or(9),
            *topic,
        )
    });
    topics
}

/// Title, summary and icon of a topic.
fn topic_words(topic: &str) -> (String, &'static str, &'static str) {
    match topic {
        "email" => (
            "Email dinas".into(),
            "Buka dan pasang email dinas Anda.",
            "mail",
        ),
        "tte" => (
            "Tanda tangan elektronik".into(),
            "Aktifkan, pakai, dan perpanjang TTE Anda.",
            "signature",
        ),
        "cek" => ("Cek".into(), "Periksa sendiri sebelum bertanya.", "check"),
        "admin" => (
            "Admin".into(),
            "DNS, server web, dan pemasangan otomatis.",
            "shield",
        ),
        "latihan" => (
            "Latihan".into(),
            "Coba dengan orang rekaan, tanpa risiko.",
            "users",
        ),
        "bantuan" => ("Bantuan".into(), "Masalah, solusi, dan kontak.", "help"),
        other => (other.replace('-', " "), "Panduan lainnya.", "document"),
    }
}

fn dated(text: &str, today: &str) -> String {
    text.replace("@tanggal@", today)
}

fn well_named(part: &str) -> Result<(), ScaffoldError> {
    let better = slug(part);
    if part == better && !part.is_empty() {
        return Ok(());
    }
    let better = if better.is_empty() {
        "kota-contoh".to_owned()
    } else {
        better
    };
    Err(ScaffoldError::BadName {
        given: part.to_owned(),
        better,
    })
}

/// A title may hold quotes.
fn toml_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn write_new(files: Vec<(PathBuf, String)>) -> Result<Vec<PathBuf>, ScaffoldError> {
    let mut written = Vec::new();
    for (path, text) in files {
        let failed = |error| ScaffoldError::Io {
            path: path.clone(),
            error,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        // Never over a file that is there.
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path);
        let mut file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => ScaffoldError::Exists(path.clone()),
            _ => failed(error),
        })?;
        io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
        written.push(path);
    }
    Ok(written)
}
