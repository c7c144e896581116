//! Rotation of the key, without a break in answers.
//!
//! 1. [`add_key_version`]: the key file has one version more. Nothing else changes.
//! 2. An import makes the next snapshot under it. Servers open each snapshot with the version that it names.
//! 3. [`retire_key_versions`]: once every snapshot is of the newest version, the older ones are removed.
//!
//! The identifiers themselves are held nowhere, so that no snapshot can be brought under another version without
//! the roster; hence the import between.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::key::{KeyError, KeyFile};
use crate::snapshot::live::{SnapshotError, open_error};
use crate::snapshot::read::{OpenError, key_id};

/// What a key file holds after a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyVersions {
    /// The id of the newest version; tells nothing of the key.
    pub newest: String,
    /// Number of versions.
    pub count: usize,
    /// Number of versions that were removed.
    pub removed: usize,
}

/// Why a key is not rotated.
#[derive(Debug, Error)]
pub enum RotateError {
    /// The key file cannot be used or replaced.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A snapshot does not tell its version.
    #[error("{0}; no version was removed")]
    Snapshot(SnapshotError),
    /// A snapshot needs a version that should be removed.
    #[error(
        "{}: was made with version {used} of the key and not with the newest, {newest}; run `lookup import` first; no version was removed",
        data.display()
    )]
    InUse {
        /// The snapshot.
        data: PathBuf,
        /// The id of the version it was made with.
        used: String,
        /// The id of the newest version.
        newest: String,
    },
}

/// Adds a version to the key file at `key`.
///
/// # Errors
/// Where it cannot be used or replaced, or an import or another rotation is using it.
pub fn add_key_version(key: &Path) -> Result<KeyVersions, RotateError> {
    let keys = KeyFile::take(key)?.add()?;
    Ok(KeyVersions {
        newest: keys.newest().id(),
        count: keys.count(),
        removed: 0,
    })
}

/// Removes all versions but the newest from the key file at `key`; `data` are all snapshots made under it.
///
/// # Errors
/// Where a snapshot was made with another version than the newest, or is none, or as [`add_key_version`].
pub fn retire_key_versions(key: &Path, data: &[PathBuf]) -> Result<KeyVersions, RotateError> {
    // Taken first: no import can bring an older version into use from here on.
    let file = KeyFile::take(key)?;
    let keys = file.keys();
    let newest = keys.newest().id();
    for path in data {
        let refused = |error| RotateError::Snapshot(open_error(path, error));
        let used = key_id(path).map_err(refused)?;
        if keys.of_id(&used).is_none() {
            return Err(refused(OpenError::OtherKey));
        }
        if used != newest {
            return Err(RotateError::InUse {
                data: path.clone(),
                used,
                newest,
            });
        }
    }
    Ok(KeyVersions {
        newest,
        count: 1,
        removed: file.keep_newest()?,
    })
}
