//! The look-up's name and password at the service. The same credential opens its signing calls, so it stands
//! in a file of its own that only its owner may read, and nowhere else.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use zeroize::Zeroizing;

use super::target::UserName;
use crate::key::mode;

/// Bytes of a password, at most.
const LONGEST: u64 = 1024;

/// Why the password cannot be used.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("{}: cannot read the password of `esign`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Others than the owner may read the file.
    #[error("{}: others may read the password of `esign` (mode {mode:03o}); run: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold a password.
    #[error("{}: must hold the password of `esign` in one line, of at most {LONGEST} bytes, and nothing else", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

/// The value of `Authorization` (RFC 7617). What it is made of is cleared.
pub(super) fn credential(user: &UserName, path: &Path) -> Result<HeaderValue, SecretError> {
    let read = |source: std::io::Error| SecretError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(read)?;
    let mode = mode(&file.metadata().map_err(read)?);
    if mode & 0o077 != 0 {
        return Err(SecretError::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    let malformed = || SecretError::Malformed {
        path: path.to_owned(),
    };
    let room = usize::try_from(LONGEST).unwrap_or(0) + 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    // The end of line, and one byte more than there may be.
    file.take(LONGEST + 3)
        .read_to_end(&mut bytes)
        .map_err(read)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed())?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let fits = u64::try_from(text.len()).is_ok_and(|length| length <= LONGEST);
    if text.is_empty() || !fits || text.chars().any(char::is_control) {
        return Err(malformed());
    }
    let pair = Zeroizing::new([user.as_str(), ":", text].concat());
    let mut value = Zeroizing::new(String::with_capacity(6 + pair.len().div_ceil(3) * 4));
    value.push_str("Basic ");
    STANDARD.encode_string(pair.as_bytes(), &mut value);
    let mut value = HeaderValue::from_str(&value).map_err(|_| malformed())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn of(content: &[u8], mode: u32) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandi");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let value = credential(&UserName::parse("Aladdin").unwrap(), &path);
        value
            .map(|value| {
                assert!(value.is_sensitive() && !format!("{value:?}").contains("QWxh"));
                value.to_str().unwrap().to_owned()
            })
            .map_err(|error| {
                let error = error.to_string();
                assert!(!error.contains("sesame"));
                error.split_once(": ").unwrap().1.to_owned()
            })
    }

    /// The example of RFC 7617.
    #[test]
    fn is_basic() {
        let expected = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        for content in ["open sesame", "open sesame\n", "open sesame\r\n"] {
            assert_eq!(of(content.as_bytes(), 0o600).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn refuses_what_is_no_password_or_no_secret() {
        for content in [
            &b""[..],
            b"\n",
            b"open\nsesame",
            b"sesame\0",
            b"sesame\xff",
            &[b'a'; 1025],
            &[b'a'; 5000],
        ] {
            assert!(of(content, 0o600).unwrap_err().starts_with("must hold"));
        }
        assert!(of(&[b'a'; 1024], 0o400).is_ok());
        for mode in [0o640, 0o604, 0o610, 0o666] {
            let error = of(b"open sesame", mode).unwrap_err();
            assert!(error.contains(&format!("mode {mode:03o}")), "{error}");
        }
    }
}
