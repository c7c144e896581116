//! A built site on the disk: its files, what each weighs on the wire, and which of them an address means.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use percent_encoding::percent_decode_str;
use rayon::prelude::*;
use url::Url;
use walkdir::WalkDir;

use crate::{
    client::brotli,
    pack::gzip,
    source::{Source, SourceFile},
};

/// A file as it is served.
pub struct File {
    /// The path below the site's folder.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
    /// Bytes on the wire from a host that compresses with gzip, as the poorest does.
    pub gzip: usize,
    /// Bytes on the wire from one that knows brotli.
    pub brotli: usize,
}

impl File {
    /// The name by which templates ask for an asset: `cek.js` of `assets/cek-9100442caf5d.js`.
    pub fn name(&self) -> String {
        let file = self.path.rsplit('/').next().unwrap_or(&self.path);
        match file.rsplit_once('.') {
            Some((stem, extension)) if self.path.starts_with("assets/") => {
                let stem = stem.rsplit_once('-').map_or(stem, |(stem, _)| stem);
                format!("{stem}.{extension}")
            }
            _ => file.to_owned(),
        }
    }

    /// Its text, for a mistake in it.
    pub fn source(&self, folder: &Path) -> Source {
        let path = folder.join(&self.path);
        let path = path.to_string_lossy().replace('\\', "/");
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        Source::new(SourceFile { path, text })
    }
}

/// The files of a site.
pub struct Files {
    files: BTreeMap<String, File>,
    /// The site's own address; any will do, since pages refer to each other relatively.
    root: Url,
}

/// What an address means.
pub enum Target<'a> {
    /// A file, and the place in it where one is named.
    File(&'a File, Option<String>),
    /// A path of the site at which no file stands.
    Missing(String),
    /// Another host.
    Elsewhere,
    /// Something that is not fetched: `tel:`, `mailto:`, `data:`.
    NotFetched,
}

impl Files {
    /// Reads a folder. `root` is the site's address.
    ///
    /// # Errors
    /// The file that can't be read, and why.
    pub fn read(folder: &Path, root: Url) -> Result<Self, (PathBuf, io::Error)> {
        let mut paths = Vec::new();
        for entry in WalkDir::new(folder) {
            let entry = entry.map_err(|error| (folder.to_owned(), error.into()))?;
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let path = path.to_string_lossy().replace('\\', "/");
            if entry.file_type().is_file() && !path.ends_with(".br") && !path.ends_with(".gz") {
                paths.push(path);
            }
        }
        let files = paths.into_par_iter().map(|path| {
            let whole = folder.join(&path);
            let bytes = fs::read(&whole).map_err(|error| (whole.clone(), error))?;
            let beside = |suffix: &str| {
                let packed = fs::metadata(folder.join(format!("{path}{suffix}")));
                packed
                    .ok()
                    .and_then(|packed| usize::try_from(packed.len()).ok())
            };
            // What is compressed already only grows.
            let raw = bytes.len();
            let gzip = beside(".gz")
                .unwrap_or_else(|| gzip(&bytes).map_or(raw, |packed| packed.len().min(raw)));
            let brotli = beside(".br").unwrap_or_else(|| brotli(&bytes, 11).len().min(raw));
            Ok((
                path.clone(),
                File {
                    path,
                    bytes,
                    gzip,
                    brotli,
                },
            ))
        });
        Ok(Self {
            files: files.collect::<Result<_, _>>()?,
            root,
        })
    }

    /// Every file.
    pub fn iter(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// What an address means that is written in the file `from`.
    pub fn target(&self, from: &str, address: &str) -> Target<'_> {
        let here = self.root.join(from);
        let url = match here.and_then(|here| here.join(address)) {
            Ok(url) => url,
            Err(_) => return Target::Missing(address.to_owned()),
        };
        if url.cannot_be_a_base() || matches!(url.scheme(), "tel" | "mailto" | "data" | "geo") {
            return Target::NotFetched;
        }
        if url.origin() != self.root.origin() {
            return Target::Elsewhere;
        }
        let Some(path) = url.path().strip_prefix(self.root.path()) else {
            return Target::Missing(url.path().to_owned());
        };
        let path = decoded(path);
        let file = if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.clone()
        };
        match self.files.get(&file) {
            Some(file) => {
                let place = url.fragment().filter(|place| !place.is_empty());
                Target::File(file, place.map(decoded))
            }
            None => Target::Missing(path),
        }
    }
}

/// An address's text without `%20` and its like (RFC 3986, 2.1).
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
