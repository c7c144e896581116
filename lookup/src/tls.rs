//! TLS without a proxy in front: certificate and key from two PEM files that may be renewed while it serves.
//!
//! TLS 1.2 and 1.3, with HTTP/2 or HTTP/1.1 as the client likes (ALPN, RFC 7301). The files are looked at once
//! a minute and on SIGHUP; connections that begin after a change get the new certificate. Files that cannot be
//! used change nothing: the old certificate goes on, and the log says why.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

use crate::signals::Hangups;

/// The files are looked at no more often than this.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and behind it those between it and the authority (PEM).
    pub certificate: PathBuf,
    /// Its private key, without a password (PEM).
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{}: cannot read the {what}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// Everybody on this machine may read the key.
    #[error("{}: everybody may read this private key (mode {mode:03o}); run: chmod o= {}", path.display(), path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file holds something else.
    #[error("{}: holds no {what} in PEM form (-----BEGIN {label}-----)", path.display())]
    Nothing {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// How PEM calls it (RFC 7468).
        label: &'static str,
    },
    /// The two do not belong together, or the key is of an unknown kind.
    #[error("{}: this certificate and the key {} do not go together: {source}", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        source: rustls::Error,
    },
    /// Versions and algorithms do not fit.
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

/// The certificate that connections get.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// Where they cannot be read, or are no certificate and its key.
    pub fn open(files: &TlsFiles) -> Result<Arc<Self>, TlsError> {
        Ok(Arc::new(Self {
            current: RwLock::new(read(files)?),
            files: files.clone(),
        }))
    }

    /// What accepts TLS connections with it.
    ///
    /// # Errors
    /// Where the library's own parts do not fit together.
    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, TlsError> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Follows the files for as long as it is polled.
    pub async fn follow(&self, mut hangups: Hangups) {
        let mut known = changed(&self.files);
        loop {
            let is_asked = tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => false,
                () = hangups.next() => true,
            };
            let now = changed(&self.files);
            if now == known && !is_asked {
                continue;
            }
            known = now;
            match read(&self.files) {
                Ok(pair) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = pair;
                    tracing::info!("the TLS certificate was read again");
                }
                Err(error) => tracing::error!(
                    cause = %error,
                    "the new TLS certificate cannot be used; the old one goes on"
                ),
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

fn read(files: &TlsFiles) -> Result<Arc<CertifiedKey>, TlsError> {
    let failed = |path: &Path, what: &'static str, label: &'static str| {
        let path = path.to_owned();
        move |error| match error {
            pem::Error::Io(source) => TlsError::Read { path, what, source },
            _ => TlsError::Nothing { path, what, label },
        }
    };
    let no_certificate = || failed(&files.certificate, "certificate", "CERTIFICATE");
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(no_certificate())?;
    if chain.is_empty() {
        return Err(no_certificate()(pem::Error::NoItemsFound));
    }
    closed_to_others(&files.key)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(failed(
        &files.key,
        "private key without a password",
        "PRIVATE KEY",
    ))?;
    let pair = CertifiedKey::from_der(chain, key, &ring::default_provider());
    pair.map(Arc::new).map_err(|source| TlsError::Pair {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        source,
    })
}

/// A group may read it, as Debian's `ssl-cert` does; everybody may not.
#[cfg(unix)]
fn closed_to_others(key: &Path) -> Result<(), TlsError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(key).map_err(|source| TlsError::Read {
        path: key.to_owned(),
        what: "private key",
        source,
    })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o007 == 0 {
        Ok(())
    } else {
        Err(TlsError::Exposed {
            path: key.to_owned(),
            mode,
        })
    }
}

#[cfg(not(unix))]
fn closed_to_others(_: &Path) -> Result<(), TlsError> {
    Ok(()) // a user's folder is closed to other users there
}

/// When the files were last changed, where the system says it.
fn changed(files: &TlsFiles) -> [Option<SystemTime>; 2] {
    [&files.certificate, &files.key]
        .map(|path| fs::metadata(path).and_then(|it| it.modified()).ok())
}
