//! The present snapshot of a running server: notices a new file and hands it to the requests that follow.
//!
//! A thread of its own looks at the file and reads it, so that no request waits for it: as long as it reads,
//! the previous snapshot answers. A file that was moved into the place is read at once. One that is written
//! where it lies, as `cp` does, is read when it has been left alone from one look to the next; the previous
//! snapshot answers until then, for it is in memory and nobody can write over it. One that is too large for that
//! ([`super::read`]) is written over with it: questions then fail until the new one is complete.
//!
//! The file is not read again while it stays the same one.
//!
//! The key file is looked at likewise. A snapshot keeps the version of the key that it names, so whatever is added
//! to the key file or removed from it changes no answer; a snapshot that was refused is tried again when the key
//! file has changed, since the two may be copied here in any order.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::thread;
use std::time::Duration;

use thiserror::Error;

use super::file_id::FileId;
use super::read::{OpenError, Snapshot};
use crate::key::{KeyError, Keys};

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A snapshot that follows its file.
pub struct Live {
    followed: Arc<Followed>,
}

/// What the thread that looks at the file shares with the requests; it ends when they are gone.
struct Followed {
    path: PathBuf,
    agency: String,
    memory: u64,
    current: RwLock<Arc<Snapshot>>,
    /// Whether the file that lies there now cannot be used.
    is_refused: AtomicBool,
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

/// The versions of the key, and the file they were read from.
pub struct LiveKeys {
    path: PathBuf,
    /// None where the file was not there.
    known: Option<FileId>,
    keys: Keys,
}

impl LiveKeys {
    /// Reads the key file at `path`.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        Ok(Self {
            path: path.to_owned(),
            // Before it is read: whoever replaces it meanwhile is noticed.
            known: FileId::of(path).ok(),
            keys: Keys::read(path)?,
        })
    }

    /// Reads the file again if it is another one, and says whether there are other versions now. A file that
    /// cannot be used changes nothing and is told once.
    fn look(&mut self) -> bool {
        let file = FileId::of(&self.path).ok();
        if file == self.known {
            return false;
        }
        self.known = file;
        match Keys::read(&self.path) {
            Ok(keys) => {
                tracing::info!(versions = keys.count(), "the key file was read again");
                self.keys = keys;
                true
            }
            Err(cause) => {
                tracing::warn!(%cause, "going on with the versions of the key that are known");
                false
            }
        }
    }
}

impl Live {
    /// Opens the snapshot at `path`, which must be `agency`'s and made under one of `keys`, in memory where it has
    /// no more than `memory` bytes.
    pub fn open(
        path: &Path,
        keys: LiveKeys,
        agency: &str,
        memory: u64,
    ) -> Result<Self, SnapshotError> {
        let file = FileId::of(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => SnapshotError::Missing {
                path: path.to_owned(),
            },
            _ => SnapshotError::Io {
                path: path.to_owned(),
                source,
            },
        })?;
        let snapshot = Snapshot::open(path, &keys.keys, agency, memory)
            .map_err(|error| open_error(path, error))?;
        let followed = Arc::new(Followed {
            path: path.to_owned(),
            agency: agency.to_owned(),
            memory,
            current: RwLock::new(Arc::new(snapshot)),
            is_refused: AtomicBool::new(false),
        });
        let watched = Arc::downgrade(&followed);
        thread::Builder::new()
            .name("snapshot".to_owned())
            .spawn(move || follow(&watched, file, keys))
            .map_err(|source| SnapshotError::Io {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self { followed })
    }

    /// Whether the file that lies there now cannot be used, so that an older one answers.
    pub fn is_refused(&self) -> bool {
        self.followed.is_refused.load(Ordering::Relaxed)
    }

    /// The present snapshot. Whoever holds it may finish with it after a newer one came.
    pub fn current(&self) -> Arc<Snapshot> {
        let current = &self.followed.current;
        Arc::clone(&current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Looks at the file, of which `known` was opened, and at the key file, until nobody follows them any more.
fn follow(followed: &Weak<Followed>, mut known: FileId, mut keys: LiveKeys) {
    let mut last = known;
    loop {
        thread::sleep(LOOK_EVERY);
        let Some(followed) = followed.upgrade() else {
            return;
        };
        let file = FileId::of(&followed.path);
        // After the snapshot: a rotation comes before the import that uses it.
        let has_other_keys = keys.look();
        let Ok(file) = file else {
            continue;
        };
        let was_moved_here = file.number != last.number;
        let is_left_alone = file == last;
        last = file;
        let is_new = file != known && (was_moved_here || is_left_alone);
        let is_refused = followed.is_refused.load(Ordering::Relaxed);
        if is_new || (is_refused && has_other_keys && file == known) {
            known = file;
            let is_used = followed.open(&keys.keys);
            followed.is_refused.store(!is_used, Ordering::Relaxed);
        }
    }
}

impl Followed {
    /// Opens the file, which is another one, and says whether it can be used. If not, it changes nothing and is
    /// told once.
    fn open(&self, keys: &Keys) -> bool {
        match Snapshot::open(&self.path, keys, &self.agency, self.memory) {
            Ok(snapshot) => {
                tracing::info!(
                    data_date = snapshot.meta.data_date,
                    people = snapshot.meta.people,
                    "answering from a new snapshot"
                );
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
                true
            }
            Err(error) => {
                let cause = open_error(&self.path, error);
                tracing::warn!(%cause, "going on with the previous snapshot");
                false
            }
        }
    }
}

/// What is wrong with the snapshot at `path`.
pub fn open_error(path: &Path, error: OpenError) -> SnapshotError {
    let path = path.to_owned();
    match error {
        OpenError::Io(source) if source.kind() == std::io::ErrorKind::NotFound => {
            SnapshotError::Missing { path }
        }
        error => SnapshotError::Open {
            path,
            reason: error.to_string(),
        },
    }
}
