//! The key under which identifiers are stored, and the digests made with it.
//!
//! NIP and NIK are guessable: there are some 10⁸ of each, so a plain hash of one is found in seconds. A
//! digest under a key that lies outside the database tells nothing to whoever has only the database.

mod file;

use std::path::PathBuf;

use hmac::{Hmac, KeyInit, Mac};
use model::identifier::{EmailAddress, FullName, Nik, Nip, Nrk};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

pub(crate) use file::mode;
pub use file::{KeyFile, MOST_VERSIONS};

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

/// One version of the key: 32 random bytes, kept in a file that only its owner reads ([`KeyFile`]). Its memory is
/// cleared when it is dropped.
#[derive(Clone)]
pub struct Key {
    mac: Hmac<Sha256>,
}

/// The versions of the key.
#[derive(Clone)]
pub struct Keys {
    older: Vec<Key>,
    newest: Key,
}

impl Keys {
    /// The version under which the next snapshot is made.
    pub fn newest(&self) -> &Key {
        &self.newest
    }

    /// The version that a snapshot names.
    pub fn of_id(&self, id: &str) -> Option<&Key> {
        self.older
            .iter()
            .chain([&self.newest])
            .find(|key| key.id() == id)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.older.len() + 1
    }
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
    #[error("{}: the key file must hold 64 hexadecimal digits a line and nothing else; restore it from a backup, or remove it and import again", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// An import or a rotation is at work.
    #[error("{}: an import or another rotation is using the key file; wait for it to end", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// There are as many versions as there may be.
    #[error(
        "{}: the key file holds {MOST_VERSIONS} versions already; import, then remove old ones with `lookup rotate-key --retire`",
        path.display()
    )]
    TooMany {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be replaced.
    #[error("{}: cannot write the new key file beside it: {source}; the old one stays as it was", path.display())]
    Replace {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is there, and may not outlive a power failure.
    #[error("{}: the new key file is in its place, but the system does not write its folder to the disk: {source}; make a copy of it", path.display())]
    Flush {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl Key {
    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(bytes);
        // HMAC pads short keys with zeros to its block size: this is the same key.
        let block: &[u8; 64] = &block;
        Self {
            mac: Hmac::new(block.into()),
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

    /// Begins a seal: `HMAC-SHA256(key, "seal:" ‖ bytes)` of the bytes that follow.
    pub fn sealing(&self) -> Sealing {
        let mut mac = self.mac.clone();
        mac.update(b"seal:");
        Sealing { mac }
    }

    fn mac_of(&self, parts: &[&[u8]]) -> Digest {
        let mut mac = self.mac.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// A seal in the making.
pub struct Sealing {
    mac: Hmac<Sha256>,
}

impl Sealing {
    /// Goes on with these bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.mac.update(bytes);
    }

    /// The seal of all bytes.
    pub fn finish(self) -> Digest {
        self.mac.finalize().into_bytes().into()
    }

    /// Whether this is the seal of all bytes. Takes as long whatever it is.
    pub fn matches(self, seal: &Digest) -> bool {
        self.mac.verify_slice(seal).is_ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use model::identifier::NrkFormat;

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
}
