//! The certificate authorities that are believed: the system's, and one that the operator names.

use std::path::{Path, PathBuf};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use thiserror::Error;

/// Authorities whose certificates count as known.
#[derive(Clone, Debug)]
pub struct Authorities {
    pub(crate) roots: RootCertStore,
}

/// Why there are none.
#[derive(Debug, Error)]
pub enum AuthoritiesError {
    /// The file can't be read or is no PEM.
    #[error("can't read certificates from {}: {reason}; it must be a PEM file with the authority's certificate", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no certificate in it.
    #[error("{} holds no certificate; it must be a PEM file with a part `BEGIN CERTIFICATE`", .0.display())]
    Empty(PathBuf),
    /// The system has no authorities, and none was named.
    #[error(
        "this system knows no certificate authority; install the package ca-certificates, or name one with --ca FILE"
    )]
    None,
}

impl Authorities {
    /// The system's own, and those in `file` (PEM).
    ///
    /// # Errors
    /// Where the file is not what it should be, or there are none at all.
    pub fn load(file: Option<&Path>) -> Result<Self, AuthoritiesError> {
        let mut roots = RootCertStore::empty();
        // A system's list may hold what is broken: the sound ones count.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = file {
            let fails = |reason: String| AuthoritiesError::File {
                file: file.to_owned(),
                reason,
            };
            let mut found = false;
            let certificates =
                CertificateDer::pem_file_iter(file).map_err(|error| fails(pem_reason(&error)))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| fails(pem_reason(&error)))?;
                roots
                    .add(certificate)
                    .map_err(|error| fails(error.to_string()))?;
                found = true;
            }
            if !found {
                return Err(AuthoritiesError::Empty(file.to_owned()));
            }
        }
        if roots.is_empty() {
            return Err(AuthoritiesError::None);
        }
        Ok(Self { roots })
    }
}

fn pem_reason(error: &rustls::pki_types::pem::Error) -> String {
    match error {
        rustls::pki_types::pem::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}
