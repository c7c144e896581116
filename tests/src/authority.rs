//! A certificate authority of the test's own: openssl makes its certificates.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::process::run;

/// A server's certificate and its key, as PEM files that stay as long as the authority.
pub struct CertificateFiles {
    /// The certificate.
    pub chain: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// A certificate authority that nobody trusts who wasn't told to, made by openssl.
pub struct Authority {
    folder: TempDir,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one, valid for two days.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the authority");
        let authority = Self { folder };
        authority.make(
            "ca",
            &[
                "-subj",
                "/CN=Test authority",
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign",
            ],
        );
        authority
    }

    /// Its own certificate, PEM.
    pub fn certificate(&self) -> String {
        std::fs::read_to_string(self.path("ca", "pem")).expect("openssl wrote the file")
    }

    /// A server's certificate for these names, and its key.
    pub fn certify(&self, names: &[String]) -> CertificateFiles {
        let names: Vec<String> = names.iter().map(|name| format!("DNS:{name}")).collect();
        let names = format!("subjectAltName={}", names.join(","));
        let authority = |ending: &str| self.path("ca", ending).display().to_string();
        self.make(
            "server",
            &[
                "-subj",
                "/CN=Test server",
                "-addext",
                &names,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-addext",
                "extendedKeyUsage=serverAuth",
                "-CA",
                &authority("pem"),
                "-CAkey",
                &authority("key"),
            ],
        );
        CertificateFiles {
            chain: self.path("server", "pem"),
            key: self.path("server", "key"),
        }
    }

    fn make(&self, name: &str, more: &[&str]) {
        run(Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
            .args([
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-config",
                "/dev/null",
            ])
            .args(more)
            .arg("-keyout")
            .arg(self.path(name, "key"))
            .arg("-out")
            .arg(self.path(name, "pem")));
    }

    fn path(&self, name: &str, ending: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.{ending}"))
    }
}
