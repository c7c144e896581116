//! Tells one file from another that was put in its place, and from itself when it was written to.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::SystemTime;

/// What the system says of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    /// Device and inode, where the system has them.
    pub number: (u64, u64),
    modified: SystemTime,
    /// Seconds and nanoseconds, where the system has them: unlike the above it cannot be set back.
    changed: (i64, i64),
    bytes: u64,
}

impl FileId {
    /// The file at `path`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn of(path: &Path) -> std::io::Result<Self> {
        Self::of_metadata(&std::fs::metadata(path)?)
    }

    /// An open file.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub fn of_file(file: &File) -> std::io::Result<Self> {
        Self::of_metadata(&file.metadata()?)
    }

    /// Whether it is the same file and nobody has written to it since, as far as the times of files tell: it may have
    /// got or lost a name or other rights.
    pub fn is_unwritten(&self, now: &Self) -> bool {
        let what = |id: &Self| (id.number, id.modified, id.bytes);
        what(self) == what(now)
    }

    fn of_metadata(metadata: &Metadata) -> std::io::Result<Self> {
        Ok(Self {
            number: file_number(metadata),
            changed: file_changed(metadata),
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
