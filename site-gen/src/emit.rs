//! Writes the site: whole into a new folder beside the old one, which then takes its place at once.
//! What goes wrong before that leaves the old one as it was; files no longer made are gone after it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use thiserror::Error;

use crate::pack::Packed;

/// Stands in every folder that Pandu made, so that no other folder is ever replaced.
pub(crate) const MARK: &str = ".pandu";

/// Why the site could not be written.
#[derive(Debug, Error)]
pub enum EmitError {
    /// The folder holds something else.
    #[error("{} holds files that Pandu did not make; choose another folder with --out, or empty it", .0.display())]
    Foreign(PathBuf),
    /// The disk refuses.
    #[error("can't write {}: {error}; nothing was changed", path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

/// Writes the files to `out`, with their compressed forms (`.br`, `.gz`) beside them.
///
/// # Errors
/// Why nothing was written; `out` is then as it was.
pub fn emit(out: &Path, files: &[Packed]) -> Result<u64, EmitError> {
    refuse_foreign(out)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| EmitError::Io { path, error }
    };
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failed(parent))?;
    let new = tempfile::Builder::new()
        .prefix(".pandu-new-")
        .tempdir_in(parent)
        .map_err(failed(parent))?;
    make_public(new.path()).map_err(failed(new.path()))?;
    let bytes = files
        .par_iter()
        .map(|file| {
            let path = new.path().join(&file.artifact.path);
            write(&path, file).map_err(failed(&out.join(&file.artifact.path)))
        })
        .sum::<Result<u64, EmitError>>()?;
    fs::write(
        new.path().join(MARK),
        "Made by Pandu; replaced whole by the next build.\n",
    )
    .map_err(failed(out))?;
    // Whatever stands at the temporary path after the swap, new or old, is removed with `new`.
    swap(new.path(), out).map_err(failed(out))?;
    Ok(bytes)
}

fn refuse_foreign(out: &Path) -> Result<(), EmitError> {
    let Ok(mut entries) = fs::read_dir(out) else {
        return if out.exists() {
            Err(EmitError::Foreign(out.to_owned()))
        } else {
            Ok(())
        };
    };
    if entries.next().is_some() && !out.join(MARK).exists() {
        return Err(EmitError::Foreign(out.to_owned()));
    }
    Ok(())
}

fn write(path: &Path, file: &Packed) -> io::Result<u64> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, &file.artifact.bytes)?;
    if let Some(compressed) = &file.compressed {
        fs::write(with_suffix(path, ".br"), &compressed.brotli)?;
        fs::write(with_suffix(path, ".gz"), &compressed.gzip)?;
    }
    Ok(file.artifact.bytes.len() as u64)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(unix)]
fn make_public(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_public(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Puts `new` in the place of `out`. On Linux there is no moment without a whole site.
fn swap(new: &Path, out: &Path) -> io::Result<()> {
    if !out.exists() {
        return fs::rename(new, out);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, out, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    // Some file systems can't exchange two folders: move the old one aside first.
    let aside = with_suffix(new, "-old");
    fs::rename(out, &aside)?;
    if let Err(error) = fs::rename(new, out) {
        fs::rename(&aside, out)?;
        return Err(error);
    }
    fs::remove_dir_all(&aside)
}
