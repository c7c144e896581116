//! TLS that goes on with any certificate, so that the report can say what the certificate is.
//!
//! Nothing secret may be sent over it; a probe has nothing secret. What the certificate is worth is judged in
//! [`crate::certificate`].

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use model::host::HostName;
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, DigitallySignedStruct, PeerIncompatible,
    ProtocolVersion, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{
        CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature,
        verify_tls13_signature,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use serde::Serialize;

use crate::{
    Finding,
    link::Link,
    step::{Flood, Step},
    visible::shown,
};

/// What was agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tls {
    /// `1.2` or `1.3`.
    pub version: &'static str,
    /// Name of the cipher suite (IANA's, as rustls writes it).
    pub cipher: String,
}

/// An encrypted connection.
pub(crate) type Encrypted = StreamOwned<ClientConnection, Link>;

/// Agrees on TLS and gives what was agreed on, and the peer's certificates.
pub(crate) fn handshake(
    mut link: Link,
    host: &HostName,
    protocol: Option<&str>,
) -> Result<(Encrypted, Tls, Vec<CertificateDer<'static>>), Finding> {
    link.limits.step(Step::Tls);
    link.forget_first_words();
    let mut connection = client(host, protocol).map_err(|error| broken(&error.to_string()))?;
    if let Err(error) = connection.complete_io(&mut link) {
        return Err(failed(&error, &link));
    }
    if connection.is_handshaking() {
        return Err(link.limits.finding(&io::ErrorKind::UnexpectedEof.into()));
    }
    let tls = Tls {
        version: match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "1.3",
            _ => "1.2",
        },
        cipher: connection
            .negotiated_cipher_suite()
            .map(|suite| format!("{:?}", suite.suite()))
            .unwrap_or_default(),
    };
    let chain = connection
        .peer_certificates()
        .unwrap_or_default()
        .iter()
        .map(|certificate| certificate.clone().into_owned())
        .collect();
    Ok((StreamOwned::new(connection, link), tls, chain))
}

fn client(host: &HostName, protocol: Option<&str>) -> Result<ClientConnection, rustls::Error> {
    let provider = provider();
    let lenient = Lenient(provider.signature_verification_algorithms);
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(lenient))
        .with_no_client_auth();
    config
        .alpn_protocols
        .extend(protocol.map(|name| name.as_bytes().to_vec()));
    ClientConnection::new(Arc::new(config), name(host)?)
}

/// The host's name as certificates and TLS write it.
pub(crate) fn name(host: &HostName) -> Result<ServerName<'static>, rustls::Error> {
    ServerName::try_from(host.as_str().to_owned())
        .map_err(|error| rustls::Error::General(error.to_string()))
}

/// The cryptography behind it all.
pub(crate) fn provider() -> CryptoProvider {
    ring::default_provider()
}

fn failed(error: &io::Error, link: &Link) -> Finding {
    if let Some(words) = link.first_words() {
        return Finding::failure(
            "plain-text",
            format!(
                "The host answers in plain text where TLS is promised; it says \u{201c}{}\u{201d}.",
                shown(words.lines().next().unwrap_or_default())
            ),
            "Switch TLS on for this port of the server; where the server offers STARTTLS here, the profile must say STARTTLS.",
        );
    }
    let told = error
        .get_ref()
        .filter(|inner| !inner.is::<Flood>())
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match told {
        None => link.limits.finding(error),
        Some(
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::Tls12NotOffered
                | PeerIncompatible::Tls12NotOfferedOrEnabled,
            ),
        ) => Finding::failure(
            "old-tls",
            "The host offers no TLS newer than 1.1, which today's mail programs refuse.",
            "Allow TLS 1.2 and 1.3 in the server's configuration; update its TLS library where it knows neither.",
        ),
        Some(rustls::Error::AlertReceived(alert)) => Finding::failure(
            "tls-refused",
            format!("The host breaks TLS off with the alert {alert:?}."),
            "Look in the service's log; mostly its certificate or key is not configured for this name, or it allows only outdated ciphers.",
        ),
        Some(other) => broken(&other.to_string()),
    }
}

fn broken(reason: &str) -> Finding {
    Finding::failure(
        "tls-broken",
        format!("TLS can't be agreed on: {}.", shown(reason)),
        "Look which program really listens at this port, and what its log says of TLS.",
    )
}

/// Takes any certificate; that the peer holds its key is checked all the same.
#[derive(Debug)]
struct Lenient(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// A connection, encrypted or not yet.
pub(crate) enum Channel {
    /// Before STARTTLS.
    Plain(Link),
    /// Since TLS.
    Encrypted(Box<Encrypted>),
}

impl Channel {
    /// The connection below.
    pub fn link(&mut self) -> &mut Link {
        match self {
            Self::Plain(link) => link,
            Self::Encrypted(stream) => &mut stream.sock,
        }
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(link) => link.read(buffer),
            Self::Encrypted(stream) => stream.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(link) => link.write(buffer),
            Self::Encrypted(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(link) => link.flush(),
            Self::Encrypted(stream) => stream.flush(),
        }
    }
}
