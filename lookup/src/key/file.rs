//! The key file: the versions of the key, 64 hexadecimal digits a line, the newest last.
//!
//! Digests cannot be made anew without the identifiers, so a snapshot stays under the version it was made with
//! and names it; the next import uses the newest. A file with one line is one of a key that was never rotated.
//!
//! The file is only ever replaced whole. An import shares its lock from reading it until the snapshot stands, and
//! a rotation has it alone, so that no version goes away that an import is using. The server reads without lock.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::{Key, KeyError, Keys};

/// One version, as it stands in the file.
type Secret = Zeroizing<[u8; BYTES]>;

/// All versions, as they stand in the file.
struct Secrets {
    /// Oldest first.
    older: Vec<Secret>,
    newest: Secret,
}

/// Length of a key.
const BYTES: usize = 32;

/// Length of its line.
const LINE: usize = 2 * BYTES + 1;

/// More versions than this are not held: old ones are there to be removed.
pub const MOST_VERSIONS: usize = 8;

/// A key file that nobody replaces as long as this lives.
pub struct KeyFile {
    path: PathBuf,
    /// Holds the lock.
    file: File,
    secrets: Secrets,
}

/// Who may do what with a file, where the system says it in this way.
#[cfg(unix)]
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o777
}

#[cfg(not(unix))]
pub(crate) fn mode(_: &Metadata) -> u32 {
    0o600 // a user's folder is closed to other users there
}

/// Whether both are the same file; yes where the system does not say.
#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Gives the new file to whom the old one belongs: root may rotate the key of a server that is not root.
#[cfg(unix)]
fn keep_owner(old: &Metadata, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let made = new.metadata()?;
    if (made.uid(), made.gid()) != (old.uid(), old.gid()) {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    new.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn keep_owner(_: &Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

impl Keys {
    /// Reads the versions in the file at `path`.
    ///
    /// # Errors
    /// Where there is no such file, others may read it, or it holds no key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let secrets = secrets(path, &open(path)?)?;
        Ok(Self::of(&secrets))
    }

    fn of(secrets: &Secrets) -> Self {
        let older = secrets.older.iter();
        Self {
            older: older.map(|bytes| Key::from_bytes(bytes)).collect(),
            newest: Key::from_bytes(&secrets.newest),
        }
    }
}

impl KeyFile {
    /// Reads the file at `path`, or makes one there if there is none, and keeps rotations away. A key that exists
    /// is never replaced.
    ///
    /// # Errors
    /// As [`Keys::read`], or where it cannot be made.
    pub fn hold(path: &Path) -> Result<Self, KeyError> {
        let shared = |file: &File| file.lock_shared().map_err(|source| read(path, source));
        match Self::locked(path, shared) {
            Err(KeyError::Missing { .. }) => {}
            other => return other,
        }
        create(path)?;
        Self::locked(path, shared)
    }

    /// Reads the file at `path` and keeps imports and other rotations away.
    ///
    /// # Errors
    /// As [`Keys::read`], or where one of them is at work.
    pub fn take(path: &Path) -> Result<Self, KeyError> {
        Self::locked(path, |file| match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(KeyError::Busy {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(read(path, source)),
        })
    }

    fn locked(path: &Path, lock: impl Fn(&File) -> Result<(), KeyError>) -> Result<Self, KeyError> {
        loop {
            let file = open(path)?;
            lock(&file)?;
            // A rotation may have put another file there between opening and locking.
            let opened = file.metadata().map_err(|source| read(path, source))?;
            let present = fs::metadata(path).map_err(|source| read(path, source))?;
            if is_same(&opened, &present) {
                return Ok(Self {
                    secrets: secrets(path, &file)?,
                    path: path.to_owned(),
                    file,
                });
            }
        }
    }

    /// Its versions.
    pub fn keys(&self) -> Keys {
        Keys::of(&self.secrets)
    }

    /// Adds a new version, and returns all of them.
    ///
    /// # Errors
    /// Where there are too many, or the file cannot be replaced.
    pub fn add(mut self) -> Result<Keys, KeyError> {
        let Secrets { older, newest } = &mut self.secrets;
        if older.len() + 1 >= MOST_VERSIONS {
            return Err(KeyError::TooMany {
                path: self.path.clone(),
            });
        }
        older.push(std::mem::replace(newest, random()?));
        self.replace()?;
        Ok(self.keys())
    }

    /// Removes all versions but the newest, and returns how many those are.
    ///
    /// # Errors
    /// Where the file cannot be replaced.
    pub fn keep_newest(mut self) -> Result<usize, KeyError> {
        let old = self.secrets.older.len();
        if old > 0 {
            self.secrets.older.clear();
            self.replace()?;
        }
        Ok(old)
    }

    /// Puts a file with the present versions in the place of the old one.
    fn replace(&self) -> Result<(), KeyError> {
        let failed = |source: io::Error| KeyError::Replace {
            path: self.path.clone(),
            source,
        };
        // Where the path is a link, the file it leads to.
        let place = fs::canonicalize(&self.path).map_err(failed)?;
        let (folder, name) = (folder_of(&place), place.file_name().unwrap_or_default());
        let prefix = format!(".{}.new-", name.to_string_lossy());
        remove_leftovers(folder, &prefix).map_err(failed)?;
        let new = write_beside(folder, &prefix, &self.secrets).map_err(failed)?;
        let old = self.file.metadata().map_err(failed)?;
        keep_owner(&old, new.as_file()).map_err(failed)?;
        new.persist(&place).map_err(|error| failed(error.error))?;
        flush(folder, &self.path)
    }
}

/// The new name is on the disk once its folder is.
fn flush(folder: &Path, path: &Path) -> Result<(), KeyError> {
    let flushed = File::open(folder).and_then(|folder| folder.sync_all());
    flushed.map_err(|source| KeyError::Flush {
        path: path.to_owned(),
        source,
    })
}

fn read(path: &Path, source: io::Error) -> KeyError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => KeyError::Missing { path },
        _ => KeyError::Read { path, source },
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Opens the file, unless others may read it.
fn open(path: &Path) -> Result<File, KeyError> {
    let read = |source| read(path, source);
    let file = File::open(path).map_err(read)?;
    let mode = mode(&file.metadata().map_err(read)?);
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(file)
}

/// What stands in the file.
fn secrets(path: &Path, mut file: &File) -> Result<Secrets, KeyError> {
    // Lines may end as on Windows; and one byte more, to see that there is more.
    let mut text = Zeroizing::new([0; (LINE + 1) * MOST_VERSIONS + 1]);
    let mut length = 0;
    loop {
        let room = text.get_mut(length..).unwrap_or_default();
        match file.read(room) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(read(path, error)),
        }
    }
    let text = text.get(..length).unwrap_or_default();
    let lines = text.trim_ascii_end().split(|&byte| byte == b'\n');
    let secrets: Option<Vec<Secret>> = lines
        .map(|line| from_hex(line.strip_suffix(b"\r").unwrap_or(line)))
        .collect();
    let mut older = secrets.unwrap_or_default();
    match older.pop() {
        Some(newest) if older.len() < MOST_VERSIONS => Ok(Secrets { older, newest }),
        _ => Err(KeyError::Malformed {
            path: path.to_owned(),
        }),
    }
}

/// Makes the file with a first version.
fn create(path: &Path) -> Result<(), KeyError> {
    let failed = |source: io::Error| KeyError::Create {
        path: path.to_owned(),
        source,
    };
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(failed)?;
    let first = Secrets {
        older: Vec::new(),
        newest: random()?,
    };
    let new = write_beside(folder, ".key-", &first).map_err(failed)?;
    match new.persist_noclobber(path) {
        Ok(_) => flush(folder, path),
        // Another import was faster: its key is the key.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error.error)),
    }
}

/// Writes the file whole beside its place first (mode 0600), so that a half-written key never stands there.
fn write_beside(folder: &Path, prefix: &str, secrets: &Secrets) -> io::Result<NamedTempFile> {
    let Secrets { older, newest } = secrets;
    let mut text = Zeroizing::new(Vec::with_capacity((older.len() + 1) * LINE));
    for secret in older.iter().chain([newest]) {
        text.extend(
            secret
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15].map(digit)),
        );
        text.push(b'\n');
    }
    let mut file = tempfile::Builder::new()
        .prefix(prefix)
        .tempfile_in(folder)?;
    // Not by itself: its errors name it, and its name is nobody's concern.
    file.as_file_mut().write_all(&text)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Removes what rotations left that were killed. The lock tells that none is at work.
fn remove_leftovers(folder: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn random() -> Result<Secret, KeyError> {
    let mut bytes = Secret::new([0; BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(KeyError::Random)?;
    Ok(bytes)
}

fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' + value - 10,
    }
}

fn from_hex(digits: &[u8]) -> Option<Secret> {
    if digits.len() != 2 * BYTES {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16);
    let mut bytes = Secret::new([0; BYTES]);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = u8::try_from(value(high)? * 16 + value(low)?).ok()?;
    }
    Some(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use proptest::prelude::*;

    use super::*;

    fn ids(keys: &Keys) -> Vec<String> {
        keys.older
            .iter()
            .chain([&keys.newest])
            .map(Key::id)
            .collect()
    }

    /// Writes a file as an operator may have put it back.
    fn put(path: &Path, text: &[u8]) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    #[test]
    fn is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/kunci");
        let made = ids(&KeyFile::hold(&path).unwrap().keys());
        assert_eq!(mode(&fs::metadata(&path).unwrap()), 0o600);
        assert_eq!(ids(&KeyFile::hold(&path).unwrap().keys()), made);
        assert_eq!(fs::read_dir(folder.path().join("deep")).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        for refused in [
            KeyFile::hold(&path).err(),
            KeyFile::take(&path).err(),
            Keys::read(&path).err(),
        ] {
            assert!(matches!(
                refused,
                Some(KeyError::Exposed { mode: 0o640, .. })
            ));
        }
    }

    #[test]
    fn versions_are_added_behind_and_removed_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kunci");
        let first = ids(&KeyFile::hold(&path).unwrap().keys());
        // Read-only, through a link, and with what a killed rotation left.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        std::os::unix::fs::symlink(&path, folder.path().join("tautan")).unwrap();
        let link = folder.path().join("tautan");
        put(&folder.path().join(".kunci.new-x"), b"half");
        let second = ids(&KeyFile::take(&link).unwrap().add().unwrap());
        assert_eq!(second.len(), 2);
        assert_eq!(second[..1], first);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(mode(&fs::metadata(&path).unwrap()), 0o400);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        for versions in 3..=MOST_VERSIONS {
            let all = ids(&KeyFile::take(&path).unwrap().add().unwrap());
            assert_eq!((all.len(), &all[..2]), (versions, &second[..]));
        }
        let all = ids(&Keys::read(&path).unwrap());
        assert!(matches!(
            KeyFile::take(&path).unwrap().add(),
            Err(KeyError::TooMany { .. })
        ));
        assert_eq!(
            KeyFile::take(&path).unwrap().keep_newest().unwrap(),
            MOST_VERSIONS - 1
        );
        assert_eq!(
            ids(&Keys::read(&path).unwrap()),
            all[MOST_VERSIONS - 1..],
            "the newest"
        );
    }

    #[test]
    fn imports_and_rotations_keep_off_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kunci");
        let import = KeyFile::hold(&path).unwrap();
        let other_import = KeyFile::hold(&path).unwrap();
        let busy = |path| matches!(KeyFile::take(path), Err(KeyError::Busy { .. }));
        assert!(busy(&path));
        drop((import, other_import));
        let rotation = KeyFile::take(&path).unwrap();
        assert!(busy(&path));
        // Whoever waits meanwhile has the new file afterwards.
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || ids(&KeyFile::hold(&path).unwrap().keys())
        });
        std::thread::sleep(std::time::Duration::from_millis(100));
        let new = ids(&rotation.add().unwrap());
        assert_eq!(waiting.join().unwrap(), new);
    }

    #[test]
    fn refuses_what_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kunci");
        let line = format!("{}\n", "0".repeat(64));
        for text in [
            "",
            "\n",
            "00",
            &"g".repeat(64),
            &"0".repeat(65),
            &format!("{line}\n{line}"),
            &format!("{line}00"),
            &line.repeat(MOST_VERSIONS + 1),
            &line.repeat(1000),
        ] {
            put(&path, text.as_bytes());
            assert!(
                matches!(KeyFile::hold(&path), Err(KeyError::Malformed { .. })),
                "{text}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), text, "left as it was");
        }
        for (text, versions) in [
            (line.trim_end(), 1),
            (&line.replace('\n', "\r\n").repeat(MOST_VERSIONS), 8),
        ] {
            put(&path, text.as_bytes());
            assert_eq!(Keys::read(&path).unwrap().count(), versions);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..700)) {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("kunci");
            put(&path, &bytes);
            let _ = Keys::read(&path);
        }

        #[test]
        fn what_is_written_is_read(keys in prop::collection::vec(any::<[u8; BYTES]>(), 1..=MOST_VERSIONS)) {
            let mut older: Vec<Secret> = keys.into_iter().map(Secret::new).collect();
            let newest = older.pop().unwrap();
            let written = Secrets { older, newest };
            let folder = tempfile::tempdir()?;
            let file = write_beside(folder.path(), "kunci", &written)?;
            let read = secrets(file.path(), &File::open(file.path())?).unwrap();
            prop_assert_eq!((read.older, read.newest), (written.older, written.newest));
        }
    }
}
