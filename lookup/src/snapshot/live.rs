//! The present snapshot of a running server: notices a new file and hands it to the requests that follow.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use thiserror::Error;

use super::read::{OpenError, Snapshot};
use crate::key::Key;

/// The file is looked at no more often than this.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A snapshot that follows its file.
pub struct Live {
    path: PathBuf,
    key: Key,
    agency: String,
    current: RwLock<Arc<Snapshot>>,
    watch: Mutex<Watch>,
}

/// What is known of the file.
struct Watch {
    looked: Instant,
    file: FileId,
}

/// Tells one file from another that was put in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FileId {
    /// Device and inode, where the system has them.
    number: (u64, u64),
    modified: SystemTime,
    bytes: u64,
}

impl FileId {
    fn of(path: &Path) -> std::io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        Ok(Self {
            number: file_number(&metadata),
            modified: metadata.modified()?,
            bytes: metadata.len(),
        })
    }
}

#[cfg(unix)]
fn file_number(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn file_number(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Why a server cannot answer from a snapshot.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// There is no such file.
    #[error("{}: there is no such snapshot; make it with `lookup import`", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}: cannot read the snapshot: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no snapshot to answer from.
    #[error("{}: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What is wrong and how to mend it.
        reason: String,
    },
}

impl Live {
    /// Opens the snapshot at `path`, which must be `agency`'s and made under `key`.
    pub fn open(path: &Path, key: Key, agency: &str) -> Result<Self, SnapshotError> {
        let file = FileId::of(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => SnapshotError::Missing {
                path: path.to_owned(),
            },
            _ => SnapshotError::Io {
                path: path.to_owned(),
                source,
            },
        })?;
        let snapshot =
            Snapshot::open(path, &key, agency).map_err(|error| open_error(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            key,
            agency: agency.to_owned(),
            current: RwLock::new(Arc::new(snapshot)),
            watch: Mutex::new(Watch {
                looked: Instant::now(),
                file,
            }),
        })
    }

    /// The key under which its identifiers are stored.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The present snapshot. Whoever holds it may finish with it after a newer one came.
    pub fn current(&self) -> Arc<Snapshot> {
        // Whoever finds another at it already goes on with what is there.
        if let Ok(mut watch) = self.watch.try_lock()
            && watch.looked.elapsed() >= LOOK_EVERY
        {
            self.look(&mut watch);
        }
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the file if it is another one. A file that cannot be used changes nothing and is told once.
    fn look(&self, watch: &mut Watch) {
        watch.looked = Instant::now();
        let Ok(file) = FileId::of(&self.path) else {
            return;
        };
        if file == watch.file {
            return;
        }
        watch.file = file;
        match Snapshot::open(&self.path, &self.key, &self.agency) {
            Ok(snapshot) => {
                tracing::info!(
                    data_date = snapshot.meta.data_date,
                    people = snapshot.meta.people,
                    "answering from a new snapshot"
                );
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot)
            }
            Err(error) => {
                let cause = open_error(&self.path, &error);
                tracing::warn!(%cause, "going on with the previous snapshot")
            }
        }
    }
}

fn open_error(path: &Path, error: &OpenError) -> SnapshotError {
    SnapshotError::Open {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
