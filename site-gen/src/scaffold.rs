//! `pandu new`: the files of a new guide or agency, ready to be filled in.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::slug::slug;

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

/// Makes `content/instansi/<agency>/<path>.md`; `path` is `topik/panduan`.
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
    let text = include_str!("scaffold/panduan.md")
        .replace("@judul@", &toml_text(&title))
        .replace("@tanggal@", today);
    write_new(vec![(folder.join(format!("{path}.md")), text)])
}

/// Makes `content/instansi/<id>` with a profile and a home page that build at once.
///
/// # Errors
/// Why nothing was made.
pub fn agency(root: &Path, id: &str) -> Result<Vec<PathBuf>, ScaffoldError> {
    well_named(id)?;
    let folder = root.join("content/instansi").join(id);
    if folder.exists() {
        return Err(ScaffoldError::Exists(folder));
    }
    let profile = include_str!("scaffold/instansi.toml").replace("@id@", id);
    let home = include_str!("scaffold/index.md").to_owned();
    write_new(vec![
        (folder.join("instansi.toml"), profile),
        (folder.join("index.md"), home),
    ])
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
