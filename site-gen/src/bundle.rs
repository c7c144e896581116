//! `build --bundle`: the site in one ZIP that opens from a USB stick, without a server and without the internet.
//! No times and one order: two bundles are equal byte for byte.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    emit::EmitError,
    output::{
        Artifact,
        usb::{FOLDER, README, START},
    },
};

/// A bundle that is written, and not yet in its place.
pub struct Bundle {
    file: NamedTempFile,
    path: PathBuf,
}

impl Bundle {
    /// Writes the files of a site made for a stick; the bundle of `dist` will be `dist-usb.zip` beside it.
    ///
    /// # Errors
    /// What could not be written; an older bundle is as it was.
    pub fn write(out: &Path, artifacts: &[Artifact]) -> Result<Self, EmitError> {
        let name = out.file_name().unwrap_or("panduan".as_ref());
        let path = out.with_file_name(format!("{}-usb.zip", name.to_string_lossy()));
        let failed = |error| EmitError::Io {
            path: path.clone(),
            error,
        };
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(parent).map_err(failed)?;
        let mut file = public_file(parent).map_err(failed)?;
        zip(file.as_file_mut(), artifacts).map_err(failed)?;
        Ok(Self { file, path })
    }

    /// Puts the bundle in its place, and tells where that is and how large it is.
    ///
    /// # Errors
    /// Why it can't be put there.
    pub fn publish(self) -> Result<(PathBuf, u64), EmitError> {
        let Self { file, path } = self;
        let failed = |error| EmitError::Io {
            path: path.clone(),
            error,
        };
        let bytes = file.as_file().metadata().map_err(failed)?.len();
        file.persist(&path)
            .map_err(|refused| failed(refused.error))?;
        Ok((path, bytes))
    }
}

fn zip(file: &mut File, artifacts: &[Artifact]) -> io::Result<()> {
    let mut sorted: Vec<(String, &[u8])> = artifacts.iter().map(place).collect();
    sorted.sort();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(file);
    for (path, bytes) in sorted {
        zip.start_file(path, options)?;
        zip.write_all(bytes)?;
    }
    zip.finish()?;
    Ok(())
}

/// A file's path in the ZIP: what one opens lies on top, all else in a folder.
fn place(artifact: &Artifact) -> (String, &[u8]) {
    let path = match artifact.path.as_str() {
        top @ (START | README) => top.to_owned(),
        path => format!("{FOLDER}{path}"),
    };
    (path, &artifact.bytes)
}

#[cfg(unix)]
fn public_file(folder: &Path) -> io::Result<NamedTempFile> {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};
    tempfile::Builder::new()
        .prefix(".pandu-new-")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn public_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".pandu-new-")
        .tempfile_in(folder)
}
