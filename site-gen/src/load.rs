//! Reads `content/` and `themes/` from disk, as they are. Nothing is understood here, and nothing is passed over:
//! what can't be read or used is reported together with all other mistakes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;
use walkdir::WalkDir;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{Source, SourceFile},
};

/// The theme whose folder is used.
const THEME: &str = "themes/dinas";

/// Everything the build reads.
pub struct Input {
    /// `content/situs.toml`
    pub site: Source,
    /// Each folder of `content/instansi/`, by id.
    pub agencies: Vec<AgencyFiles>,
    /// `content/bersama/`: what is written once for all of them.
    pub shared: SharedFiles,
    /// `content/bimtek/`: the sessions of all agencies, by path.
    pub sessions: Vec<SessionFile>,
    /// The ids of all agencies, also of those left out.
    pub known: Vec<String>,
    /// False where `--instansi` left agencies out.
    pub whole: bool,
    /// The theme's files.
    pub theme: Vec<ThemeFile>,
}

/// What is written once for all agencies.
#[derive(Default)]
pub struct SharedFiles {
    /// Shared guides, by path below the folder.
    pub guides: Vec<GuideFile>,
    /// `dokumen.toml`
    pub documents: Option<Source>,
    /// `status.toml`
    pub statuses: Option<Source>,
    /// `masalah.toml`
    pub problems: Option<Source>,
    /// `sinonim.toml`
    pub synonyms: Option<Source>,
    /// `latihan.toml`
    pub practice: Option<Source>,
}

/// The files of one agency.
pub struct AgencyFiles {
    /// Name of its folder.
    pub id: String,
    /// `instansi.toml`
    pub profile: Source,
    /// `status.toml`
    pub statuses: Option<Source>,
    /// `masalah.toml`
    pub problems: Option<Source>,
    /// Its Markdown files, by path.
    pub guides: Vec<GuideFile>,
    /// Markdown files that can't be read; they were reported.
    pub broken: Vec<String>,
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

/// The file of a session.
pub struct SessionFile {
    /// Path below `content/bimtek/`, without the ending: `email-dan-tte`.
    pub id: String,
    /// Its text.
    pub source: Source,
}

/// A file of the theme; all are text.
#[derive(Clone)]
pub struct ThemeFile {
    /// Path below the theme's folder: `templates/base.html`.
    pub path: String,
    /// Its text.
    pub source: Source,
}

/// Why there is nothing to build from.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A file or folder that the build can't do without can't be read.
    #[error("can't read {}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
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
    /// A script of the checkers is none.
    #[error(
        "the script {name} can't be parsed: {message} (byte {at} of all its parts); mend it in web-app/js"
    )]
    Script {
        /// Which.
        name: &'static str,
        /// Where.
        at: usize,
        /// Why.
        message: String,
    },
}

/// Reads the project at `root`, all agencies or the one named.
///
/// # Errors
/// Where there is nothing to build from; files that can't be used are reported as `diagnostics`.
pub fn load(
    root: &Path,
    only: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Input>, LoadError> {
    let known = agencies(&root.join("content/instansi"))?;
    let ids = chosen(&known, only)?;
    let mut loader = Loader { root, diagnostics };
    let site = loader.text(&root.join("content/situs.toml"));
    let agencies = ids.into_iter().filter_map(|id| loader.agency(id)).collect();
    let shared = loader.shared();
    let sessions = loader.sessions();
    let theme = loader.theme();
    Ok(site.map(|site| Input {
        site,
        agencies,
        shared,
        sessions,
        known,
        whole: only.is_none(),
        theme,
    }))
}

/// Reads `content/bersama` alone.
pub fn shared(root: &Path, diagnostics: &mut Diagnostics) -> SharedFiles {
    Loader { root, diagnostics }.shared()
}

/// The ids of all agencies.
fn agencies(folder: &Path) -> Result<Vec<String>, LoadError> {
    let failed = |error| LoadError::Io {
        path: folder.to_owned(),
        error,
    };
    let mut ids = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() && !is_hidden(&path) {
            ids.push(
                path.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
    }
    ids.sort();
    if ids.is_empty() {
        return Err(LoadError::NoAgency);
    }
    Ok(ids)
}

/// Those that are built: all, or the one named.
fn chosen(known: &[String], only: Option<&str>) -> Result<Vec<String>, LoadError> {
    match only {
        None => Ok(known.to_vec()),
        Some(id) if known.iter().any(|known| known == id) => Ok(vec![id.to_owned()]),
        Some(id) => Err(LoadError::UnknownAgency {
            id: id.to_owned(),
            known: known.join(", "),
        }),
    }
}

struct Loader<'a> {
    root: &'a Path,
    diagnostics: &'a mut Diagnostics,
}

impl Loader<'_> {
    fn agency(&mut self, id: String) -> Option<AgencyFiles> {
        let folder = self.root.join("content/instansi").join(&id);
        let profile = self.text(&folder.join("instansi.toml"));
        let (mut statuses, mut problems) = (None, None);
        let (mut guides, mut broken, mut images) = (Vec::new(), Vec::new(), Vec::new());
        for path in self.files(&folder) {
            let below = below(&folder, &path);
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("md") => match self.text(&path) {
                    Some(source) => guides.push(GuideFile {
                        path: below,
                        source,
                    }),
                    None => broken.push(below),
                },
                Some("png" | "jpg" | "jpeg" | "webp" | "svg") => {
                    images.extend(self.bytes(&path).map(|bytes| (below, bytes)));
                }
                Some("toml") if below == "instansi.toml" => {}
                Some("toml") if below == "status.toml" => statuses = self.text(&path),
                Some("toml") if below == "masalah.toml" => problems = self.text(&path),
                _ => self.report(
                    "stray-file",
                    &path,
                    "this file is neither a guide, an agency's data nor an image",
                    STRAY_HINT,
                ),
            }
        }
        Some(AgencyFiles {
            id,
            profile: profile?,
            statuses,
            problems,
            guides,
            broken,
            images,
        })
    }

    /// A project may have nothing to share.
    fn shared(&mut self) -> SharedFiles {
        let folder = self.root.join("content/bersama");
        let mut shared = SharedFiles::default();
        if !folder.exists() {
            return shared;
        }
        for path in self.files(&folder) {
            let below = below(&folder, &path);
            match below.as_str() {
                "dokumen.toml" => shared.documents = self.text(&path),
                "status.toml" => shared.statuses = self.text(&path),
                "masalah.toml" => shared.problems = self.text(&path),
                "sinonim.toml" => shared.synonyms = self.text(&path),
                "latihan.toml" => shared.practice = self.text(&path),
                _ if below.ends_with(".md") => {
                    shared
                        .guides
                        .extend(self.text(&path).map(|source| GuideFile {
                            path: below,
                            source,
                        }));
                }
                _ => self.report(
                    "stray-file",
                    &path,
                    "this file is neither a shared guide nor shared data",
                    "guides end in .md; data are dokumen.toml, status.toml, masalah.toml, sinonim.toml and latihan.toml",
                ),
            }
        }
        shared
    }

    /// A project may have no session.
    fn sessions(&mut self) -> Vec<SessionFile> {
        let folder = self.root.join("content/bimtek");
        let mut sessions = Vec::new();
        if !folder.exists() {
            return sessions;
        }
        for path in self.files(&folder) {
            let below = below(&folder, &path);
            match below.strip_suffix(".toml") {
                Some(id) => sessions.extend(self.text(&path).map(|source| SessionFile {
                    id: id.to_owned(),
                    source,
                })),
                None => self.report(
                    "stray-file",
                    &path,
                    "this file is no session",
                    "sessions end in .toml; their guides stand in content/instansi",
                ),
            }
        }
        sessions
    }

    fn theme(&mut self) -> Vec<ThemeFile> {
        let folder = self.root.join(THEME);
        let mut theme = Vec::new();
        for path in self.files(&folder) {
            let extension = path.extension().and_then(|extension| extension.to_str());
            let below = below(&folder, &path);
            // Markdown is an example of a component, or notes for whoever works on the theme. Typst's templates are for hand-outs.
            let example = extension == Some("md") && below.starts_with("components/");
            if example
                || matches!(
                    extension,
                    Some("html" | "css" | "js" | "svg" | "toml" | "typ")
                )
            {
                theme.extend(self.text(&path).map(|source| ThemeFile {
                    path: below,
                    source,
                }));
            } else if extension != Some("md") {
                self.report(
                    "stray-file",
                    &path,
                    "the theme has no use for this file",
                    "remove it, or name it .html, .css, .js, .svg, .toml or .typ",
                );
            }
        }
        theme
    }

    /// Every visible file below a folder, in one order on every machine.
    fn files(&mut self, folder: &Path) -> Vec<PathBuf> {
        let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !is_hidden(entry.path());
        let mut files = Vec::new();
        for entry in WalkDir::new(folder)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(visible)
        {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if entry.path().to_str().is_none() => {
                    let message = "the name of this file is not plain text";
                    self.report(
                        "stray-file",
                        entry.path(),
                        message,
                        "rename it with letters, digits and hyphens",
                    );
                }
                Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
                Ok(entry) => self.report("stray-file", entry.path(), "this is no file", STRAY_HINT),
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let reason = error
                        .io_error()
                        .map_or_else(|| "it leads to itself".to_owned(), ToString::to_string);
                    let message = format!("can't be read: {reason}");
                    self.report("unreadable", &path, message, READ_HINT);
                }
            }
        }
        files
    }

    fn text(&mut self, path: &Path) -> Option<Source> {
        let bytes = self.bytes(path)?;
        let valid = std::str::from_utf8(&bytes).map_err(|error| error.valid_up_to());
        // Windows editors: a byte-order mark and CRLF must change no offset that people see.
        let text = String::from_utf8_lossy(&bytes)
            .trim_start_matches('\u{feff}')
            .replace("\r\n", "\n");
        let source = Arc::new(SourceFile {
            path: below(self.root, path),
            text,
        });
        if valid.is_err() {
            let at = source.text.find('\u{fffd}').unwrap_or(0);
            let place = at..at + '\u{fffd}'.len_utf8();
            let mistake = Diagnostic::new(
                "not-utf8",
                &source,
                place,
                "this file is not UTF-8 text, first of all here",
            )
            .hint("save it again as UTF-8: in Notepad under Save as, Encoding");
            self.diagnostics.push(mistake);
            return None;
        }
        Some(source)
    }

    fn bytes(&mut self, path: &Path) -> Option<Vec<u8>> {
        fs::read(path)
            .map_err(|error| {
                self.report(
                    "unreadable",
                    path,
                    format!("can't be read: {error}"),
                    READ_HINT,
                )
            })
            .ok()
    }

    fn report(&mut self, code: &'static str, path: &Path, message: impl Into<String>, hint: &str) {
        let source = Arc::new(SourceFile {
            path: below(self.root, path),
            text: String::new(),
        });
        self.diagnostics
            .push(Diagnostic::new(code, &source, 0..0, message).hint(hint));
    }
}

const READ_HINT: &str = "see that it is there and that you may read it";
const STRAY_HINT: &str = "guides end in .md, images in .png, .jpg, .webp or .svg, data are status.toml and masalah.toml; anything else belongs elsewhere";

/// Files of editors and systems that nobody means to publish.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(['.', '#', '~'])
        || name.ends_with(['~', '#'])
        || matches!(&*name, "Thumbs.db" | "desktop.ini")
}

/// A path below a folder, with `/` on every system.
fn below(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below
        .iter()
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}
