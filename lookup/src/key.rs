//! The key under which identifiers are stored, and the digests made with it.
//!
//! NIP and NIK are guessable: there are some 10⁸ of each, so a plain hash of one is found in seconds. A
//! digest under a key that lies outside the database tells nothing to whoever has only the database.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use model::identifier::{EmailAddress, FullName, Nik, Nip, Nrk};
use sha2::Sha256;
use thiserror::Error;

use crate::second_fact::Fact;

/// A keyed digest of an identifier.
pub type Digest = [u8; 32];

/// An identifier by which a person can be looked up.
#[derive(Clone, Copy)]
pub enum Identifier<'a> {
    /// NIP.
    Nip(&'a Nip),
    /// NRK.
    Nrk(&'a Nrk),
    /// NIK.
    Nik(&'a Nik),
    /// Mail address.
    Email(&'a EmailAddress),
    /// Full name.
    Name(&'a FullName),
}

impl Identifier<'_> {
    /// Its kind and its normalised text. The kind keeps equal digits of different kinds apart.
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Nip(nip) => ("nip", nip.as_str()),
            Self::Nrk(nrk) => ("nrk", nrk.as_str()),
            Self::Nik(nik) => ("nik", nik.as_str()),
            Self::Email(address) => ("email", address.as_str()),
            Self::Name(name) => ("nama", name.as_str()),
        }
    }
}

/// The key: 32 random bytes, kept as hexadecimal digits in a file that only its owner reads.
pub struct Key {
    mac: Hmac<Sha256>,
}

/// Why a key cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// There is no such file.
    #[error("{}: there is no such key file; `lookup import` makes it", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}: cannot read the key file: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file cannot be made.
    #[error("{}: cannot make the key file: {source}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Others than the owner may read the file.
    #[error("{}: others may read the key file (mode {mode:03o}); run: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold a key.
    #[error("{}: the key file must hold 64 hexadecimal digits and nothing else; restore it from a backup, or remove it and import again", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

/// Who may do what with a file, where the system says it in this way.
#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0o600 // a user's folder is closed to other users there
}

impl Key {
    /// Reads the key at `path`.
    ///
    /// # Errors
    /// Where there is none, others may read it, or it is no key.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let read = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => KeyError::Missing {
                path: path.to_owned(),
            },
            _ => KeyError::Read {
                path: path.to_owned(),
                source,
            },
        };
        let file = File::open(path).map_err(read)?;
        let mode = mode(&file.metadata().map_err(read)?);
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
        let mut text = String::new();
        // One digit more than a key has, and the end of line.
        file.take(66).read_to_string(&mut text).map_err(read)?;
        let bytes = from_hex(text.trim_end()).ok_or_else(|| KeyError::Malformed {
            path: path.to_owned(),
        })?;
        Ok(Self::from_bytes(&bytes))
    }

    /// Reads the key at `path`, or makes one there if there is none. A key that exists is never replaced.
    ///
    /// # Errors
    /// As [`Key::open`], or where it cannot be made.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyError> {
        match Self::open(path) {
            Err(KeyError::Missing { .. }) => {}
            other => return other,
        }
        let create = |source: std::io::Error| KeyError::Create {
            path: path.to_owned(),
            source,
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(create)?;
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(KeyError::Random)?;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        // Written whole beside its place first (mode 0600), so that a half-written key never stands there.
        let mut file = tempfile::Builder::new()
            .prefix(".key-")
            .tempfile_in(folder)
            .map_err(create)?;
        writeln!(file, "{hex}")
            .and_then(|()| file.as_file().sync_all())
            .map_err(create)?;
        match file.persist_noclobber(path) {
            Ok(_) => {}
            // Another import was faster: its key is the key.
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(create(error.error)),
        }
        Self::open(path)
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(bytes);
        // HMAC pads short keys with zeros to its block size: this is the same key.
        Self {
            mac: Hmac::new(&block.into()),
        }
    }

    /// `HMAC-SHA256(key, kind ‖ ":" ‖ normalised text)`.
    pub fn digest(&self, identifier: Identifier<'_>) -> Digest {
        let (kind, text) = identifier.parts();
        self.mac_of(&[kind.as_bytes(), b":", text.as_bytes()])
    }

    /// The digest of an identifier and a second fact together. The fact comes first: it has digits only, so that
    /// the sign after them is its end, whatever is in a name.
    pub fn digest_of_pair(&self, identifier: Identifier<'_>, fact: &Fact) -> Digest {
        let (kind, text) = identifier.parts();
        let (fact_kind, digits) = fact.parts();
        self.mac_of(&[
            fact_kind.as_bytes(),
            b":",
            digits.as_bytes(),
            b"+",
            kind.as_bytes(),
            b":",
            text.as_bytes(),
        ])
    }

    /// Tells keys apart without telling the key.
    pub fn id(&self) -> String {
        let digest = self.mac_of(&[b"key id"]);
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn mac_of(&self, parts: &[&[u8]]) -> Digest {
        let mut mac = self.mac.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use model::identifier::NrkFormat;

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// RFC 4231 has no case with a 32-byte key; the expected value was computed with OpenSSL:
    /// `printf nrk:001234 | openssl mac -digest SHA256 -macopt hexkey:0b…0b HMAC`.
    #[test]
    fn is_hmac_sha256() {
        let nrk = Nrk::parse("001234", NrkFormat::JAKARTA).unwrap();
        let digest = Key::from_bytes(&[0x0b; 32]).digest(Identifier::Nrk(&nrk));
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "93f4eb2816e71c4e9364a8dd5f81ec89c56a3e9d33350d602a9ae21ddd2b97d5"
        );
    }

    #[test]
    fn kinds_are_kept_apart() {
        let key = Key::from_bytes(&[1; 32]);
        let (nrk, nik) = (
            Nrk::parse("3171014101900001", NrkFormat::new(16).unwrap()).unwrap(),
            Nik::parse("3171014101900001").unwrap(),
        );
        assert_ne!(
            key.digest(Identifier::Nrk(&nrk)),
            key.digest(Identifier::Nik(&nik))
        );
    }

    #[test]
    fn is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/kunci");
        let id = Key::open_or_create(&path).unwrap().id();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(Key::open_or_create(&path).unwrap().id(), id);
        assert_eq!(fs::read_dir(folder.path().join("deep")).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            Key::open_or_create(&path),
            Err(KeyError::Exposed { mode: 0o640, .. })
        ));
    }

    #[test]
    fn refuses_what_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kunci");
        for text in ["", "00", &"g".repeat(64), &"0".repeat(65)] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            assert!(
                matches!(Key::open_or_create(&path), Err(KeyError::Malformed { .. })),
                "{text}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), text, "left as it was");
        }
    }
}
