//! The present snapshot of a running server: notices a new file and hands it to the requests that follow.
//!
//! A thread of its own looks at the file and reads it, so that no request waits for it: as long as it reads,
//! the previous snapshot answers. A file that was moved into the place is read at once. One that is written
//! where it lies, as `cp` does, is read when it has been left alone from one look to the next; the previous
//! snapshot answers until then, for it is in memory and nobody can write over it.
//!
//! The file is not read again while it stays the same one. Damage to it on the disk cannot reach an answer; it
//! shows at the next start, which refuses it.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::thread;
use std::time::{Duration, SystemTime};

use thiserror::Error;

use super::read::{OpenError, Snapshot};
use crate::key::Key;

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A snapshot that follows its file.
pub struct Live {
    followed: Arc<Followed>,
}

/// What the thread that looks at the file shares with the requests; it ends when they are gone.
struct Followed {
    path: PathBuf,
    key: Key,
    agency: String,
    current: RwLock<Arc<Snapshot>>,
}

/// Tells one file from another that was put in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FileId {
    /// Device and inode, where the system has them.
    number: (u64, u64),
    modified: SystemTime,
    /// Seconds and nanoseconds, where the system has them: unlike the above it cannot be set back.
    changed: (i64, i64),
    bytes: u64,
}

impl FileId {
    fn of(path: &Path) -> std::io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        Ok(Self {
            number: file_number(&metadata),
            changed: file_changed(&metadata),
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

#[cfg(unix)]
fn file_changed(metadata: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn file_changed(_: &Metadata) -> (i64, i64) {
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
        let followed = Arc::new(Followed {
            path: path.to_owned(),
            key,
            agency: agency.to_owned(),
            current: RwLock::new(Arc::new(snapshot)),
        });
        let watched = Arc::downgrade(&followed);
        thread::Builder::new()
            .name("snapshot".to_owned())
            .spawn(move || follow(&watched, file))
            .map_err(|source| SnapshotError::Io {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self { followed })
    }

    /// The key under which its identifiers are stored.
    pub fn key(&self) -> &Key {
        &self.followed.key
    }

    /// The present snapshot. Whoever holds it may finish with it after a newer one came.
    pub fn current(&self) -> Arc<Snapshot> {
        let current = &self.followed.current;
        Arc::clone(&current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Looks at the file, of which `known` was opened, until nobody follows it any more.
fn follow(followed: &Weak<Followed>, mut known: FileId) {
    let mut last = known;
    loop {
        thread::sleep(LOOK_EVERY);
        let Some(followed) = followed.upgrade() else {
            return;
        };
        let Ok(file) = FileId::of(&followed.path) else {
            continue;
        };
        let was_moved_here = file.number != last.number;
        let is_left_alone = file == last;
        last = file;
        if file != known && (was_moved_here || is_left_alone) {
            known = file;
            followed.open();
        }
    }
}

impl Followed {
    /// Opens the file, which is another one. One that cannot be used changes nothing and is told once.
    fn open(&self) {
        match Snapshot::open(&self.path, &self.key, &self.agency) {
            Ok(snapshot) => {
                tracing::info!(
                    data_date = snapshot.meta.data_date,
                    people = snapshot.meta.people,
                    "answering from a new snapshot"
                );
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
            }
            Err(error) => {
                let cause = open_error(&self.path, &error);
                tracing::warn!(%cause, "going on with the previous snapshot");
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
