//! `build --sign-mobileconfig`: Apple profiles signed through openssl, so that a phone shows who made them instead of
//! "unsigned". The key is read by openssl only and never enters the site.

use std::{
    env,
    ffi::OsStr,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use thiserror::Error;

use crate::output::Artifact;

/// The environment's variable that holds the key's passphrase, where it has one.
pub const PASSPHRASE: &str = "PANDU_SIGN_PASSPHRASE";

/// With what to sign: PEM files.
#[derive(Clone, Debug)]
pub struct Signer {
    key: PathBuf,
    certificate: PathBuf,
    /// The certificates between ours and one that phones know.
    chain: Option<PathBuf>,
}

/// Why nothing was signed.
#[derive(Debug, Error)]
pub enum SignError {
    /// Neither key and certificate, nor with a chain.
    #[error("--sign-mobileconfig takes KEY and CERT, and CHAIN where there is one, not {0} files")]
    Files(usize),
    /// A file can't be read.
    #[error("can't read {} ({error}); --sign-mobileconfig takes PEM files", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// There is no openssl.
    #[error(
        "can't start openssl ({0}), which signs; install it, such as with: apt-get install openssl"
    )]
    NoOpenssl(io::Error),
    /// The certificate is no certificate, or its time is over.
    #[error("{} can't sign: it is no certificate in PEM, or has expired", .0.display())]
    Certificate(PathBuf),
    /// openssl refuses: the key is another's, or its passphrase is wrong.
    #[error(
        "openssl can't sign ({said}): the key must be the certificate's, and its passphrase, where it has one, stand in {PASSPHRASE}; nothing was written"
    )]
    Refused {
        /// What it says.
        said: String,
    },
    /// No agency has a profile.
    #[error(
        "there is nothing to sign: no agency offers an Apple profile ([email.imap] and [email.smtp], or activesync); nothing was written"
    )]
    Nothing,
}

impl Signer {
    /// From KEY, CERT and perhaps CHAIN.
    ///
    /// # Errors
    /// Where a file can't be read or the certificate can't be used today.
    pub fn new(files: &[PathBuf]) -> Result<Self, SignError> {
        let (key, certificate, chain) = match files {
            [key, certificate] => (key, certificate, None),
            [key, certificate, chain] => (key, certificate, Some(chain)),
            _ => return Err(SignError::Files(files.len())),
        };
        for path in files {
            std::fs::File::open(path).map_err(|error| SignError::Unreadable {
                path: path.clone(),
                error,
            })?;
        }
        let days = [
            OsStr::new("x509"),
            "-noout".as_ref(),
            "-checkend".as_ref(),
            "0".as_ref(),
        ];
        let arguments = days
            .into_iter()
            .chain(["-in".as_ref(), certificate.as_os_str()]);
        if !openssl(arguments, b"")?.status.success() {
            return Err(SignError::Certificate(certificate.clone()));
        }
        Ok(Self {
            key: key.clone(),
            certificate: certificate.clone(),
            chain: chain.cloned(),
        })
    }

    /// Signs every profile among the files of a site (CMS SignedData, DER, with its content); tells how many.
    ///
    /// # Errors
    /// Why one could not be signed; the files are then good for nothing.
    pub fn sign_all(&self, artifacts: &mut [Artifact]) -> Result<usize, SignError> {
        let profiles = artifacts
            .iter_mut()
            .filter(|artifact| is_profile(&artifact.path));
        let mut signed = 0;
        for artifact in profiles {
            artifact.bytes = self.sign(&artifact.bytes)?;
            signed += 1;
        }
        if signed == 0 {
            return Err(SignError::Nothing);
        }
        Ok(signed)
    }

    fn sign(&self, profile: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut arguments: Vec<&OsStr> = Vec::new();
        arguments.extend(
            [
                "smime",
                "-sign",
                "-binary",
                "-nodetach",
                "-outform",
                "der",
                "-md",
                "sha256",
            ]
            .map(OsStr::new),
        );
        arguments.extend([OsStr::new("-inkey"), self.key.as_os_str()]);
        arguments.extend([OsStr::new("-signer"), self.certificate.as_os_str()]);
        if let Some(chain) = &self.chain {
            arguments.extend([OsStr::new("-certfile"), chain.as_os_str()]);
        }
        let passphrase = format!("env:{PASSPHRASE}");
        if env::var_os(PASSPHRASE).is_some() {
            arguments.extend([OsStr::new("-passin"), OsStr::new(&passphrase)]);
        } else {
            // Without one it would ask on the terminal, once for each profile.
            arguments.extend([OsStr::new("-passin"), OsStr::new("pass:")]);
        }
        let output = openssl(arguments, profile)?;
        if output.status.success() && !output.stdout.is_empty() {
            return Ok(output.stdout);
        }
        Err(SignError::Refused {
            said: reason(&String::from_utf8_lossy(&output.stderr)),
        })
    }
}

/// Why openssl refuses, out of `40E7…:error:05800074:x509 certificate routines:…:key values mismatch:…` or plain words.
fn reason(said: &str) -> String {
    let error = said.lines().find(|line| line.contains(":error:"));
    let reason = error.and_then(|line| line.split(':').nth(5));
    let words = reason.or_else(|| said.lines().next());
    words.unwrap_or("it gives no reason").to_owned()
}

/// Whether a file of the site is an Apple profile.
fn is_profile(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "mobileconfig")
}

fn openssl<'a>(
    arguments: impl IntoIterator<Item = &'a OsStr>,
    input: &[u8],
) -> Result<Output, SignError> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(SignError::NoOpenssl)?;
    if let Some(mut stdin) = child.stdin.take() {
        // Where it ends before it has read all, it says why.
        let _ = stdin.write_all(input);
    }
    child.wait_with_output().map_err(SignError::NoOpenssl)
}
