//! Reads `content/` and `themes/` from disk, as they are. Nothing is understood here.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;
use walkdir::WalkDir;

use crate::source::{Source, SourceFile};

/// The theme whose folder is used.
const THEME: &str = "themes/dinas";

/// Everything the build reads.
pub struct Input {
    /// `content/situs.toml`
    pub site: Source,
    /// Each folder of `content/instansi/`, by id.
    pub agencies: Vec<AgencyFiles>,
    /// The theme's files.
    pub theme: Vec<ThemeFile>,
}

/// The files of one agency.
pub struct AgencyFiles {
    /// Name of its folder.
    pub id: String,
    /// `instansi.toml`
    pub profile: Source,
    /// Its Markdown files, by path.
    pub guides: Vec<GuideFile>,
    /// Its images, by path below the agency's folder.
    pub images: Vec<(String, Vec<u8>)>,
}

/// A Markdown file.
pub struct GuideFile {
    /// Path below the agency's folder: `email/hp-android.md`.
    pub path: String,
    /// Its text.
    pub source: Source,
}

/// A file of the theme; all are text.
pub struct ThemeFile {
    /// Path below the theme's folder: `templates/base.html`.
    pub path: String,
    /// Its text.
    pub source: Source,
}

/// Why the input could not be read.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A file or folder can't be read.
    #[error("can't read {}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is not UTF-8.
    #[error("{} is not UTF-8 text; save it as UTF-8 (line {line} is the first that is not)", path.display())]
    NotUtf8 {
        /// Which.
        path: PathBuf,
        /// First line that is not.
        line: usize,
    },
    /// A path is not UTF-8.
    #[error("the file name {} is not plain text; rename it with letters, digits and hyphens", .0.display())]
    OddName(PathBuf),
    /// `--instansi` names no folder.
    #[error("there is no agency `{id}` in content/instansi; there are: {known}")]
    UnknownAgency {
        /// What was asked for.
        id: String,
        /// What there is.
        known: String,
    },
    /// There is no agency at all.
    #[error("content/instansi holds no agency; make one with `pandu new instansi ID`")]
    NoAgency,
}

/// Reads the project at `root`, all agencies or the one named.
///
/// # Errors
/// The first file that can't be read; content is not judged here.
pub fn load(root: &Path, only: Option<&str>) -> Result<Input, LoadError> {
    let folder = root.join("content/instansi");
    let mut ids = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| LoadError::Io {
        path: folder.clone(),
        error,
    })? {
        let path = entry
            .map_err(|error| LoadError::Io {
                path: folder.clone(),
                error,
            })?
            .path();
        if path.is_dir() {
            ids.push(name(&path)?);
        }
    }
    ids.sort();
    if ids.is_empty() {
        return Err(LoadError::NoAgency);
    }
    if let Some(id) = only {
        if !ids.iter().any(|known| known == id) {
            return Err(LoadError::UnknownAgency {
                id: id.to_owned(),
                known: ids.join(", "),
            });
        }
        ids.retain(|known| known == id);
    }
    let agencies = ids
        .into_iter()
        .map(|id| agency(root, &folder.join(&id), id))
        .collect::<Result<_, _>>()?;
    Ok(Input {
        site: text(root, &root.join("content/situs.toml"))?,
        agencies,
        theme: theme(root)?,
    })
}

fn agency(root: &Path, folder: &Path, id: String) -> Result<AgencyFiles, LoadError> {
    let profile = text(root, &folder.join("instansi.toml"))?;
    let (mut guides, mut images) = (Vec::new(), Vec::new());
    for path in files(folder)? {
        let below = below(folder, &path)?;
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("md") => guides.push(GuideFile {
                path: below,
                source: text(root, &path)?,
            }),
            Some("png" | "jpg" | "jpeg" | "webp" | "svg") => images.push((below, bytes(&path)?)),
            _ => {}
        }
    }
    Ok(AgencyFiles {
        id,
        profile,
        guides,
        images,
    })
}

fn theme(root: &Path) -> Result<Vec<ThemeFile>, LoadError> {
    let folder = root.join(THEME);
    let mut theme = Vec::new();
    for path in files(&folder)? {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("html" | "css" | "js" | "svg")) {
            theme.push(ThemeFile {
                path: below(&folder, &path)?,
                source: text(root, &path)?,
            });
        }
    }
    Ok(theme)
}

/// Every visible file below a folder, in one order on every machine.
fn files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut files = Vec::new();
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0
            || !entry
                .file_name()
                .to_str()
                .is_some_and(|n| n.starts_with('.') || n.ends_with('~'))
    };
    for entry in WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(visible)
    {
        let entry = entry.map_err(|error| LoadError::Io {
            path: error.path().unwrap_or(folder).to_owned(),
            error: error.into(),
        })?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

fn text(root: &Path, path: &Path) -> Result<Source, LoadError> {
    let text = String::from_utf8(bytes(path)?).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        LoadError::NotUtf8 {
            path: path.strip_prefix(root).unwrap_or(path).to_owned(),
            line: good.iter().filter(|b| **b == b'\n').count() + 1,
        }
    })?;
    // Windows editors: a byte-order mark and CRLF must change no offset that people see.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    Ok(Arc::new(SourceFile {
        path: below(root, path)?,
        text,
    }))
}

fn bytes(path: &Path) -> Result<Vec<u8>, LoadError> {
    fs::read(path).map_err(|error| LoadError::Io {
        path: path.to_owned(),
        error,
    })
}

fn below(root: &Path, path: &Path) -> Result<String, LoadError> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    parts
        .map(|parts| parts.join("/"))
        .ok_or_else(|| LoadError::OddName(path.to_owned()))
}

fn name(path: &Path) -> Result<String, LoadError> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned)
        .ok_or_else(|| LoadError::OddName(path.to_owned()))
}
