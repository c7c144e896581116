//! One question to the service: a connection of its own, one POST, one bounded answer.
//!
//! | bound | value |
//! |---|---|
//! | name, connection and TLS | a third of the time of an answer, then it may be tried again |
//! | one address of several | half of that, so that a dead one leaves time for the next |
//! | head of the answer | 16 KiB, 64 fields |
//! | body of the answer | 16 KiB |
//!
//! Redirects are not followed and proxies of the environment not used: the password goes to the address that
//! the operator wrote, whose certificate is checked, and nowhere else.

use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, header};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use model::lookup::ToldStatus;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use super::Person;
use super::reply::{self, Trouble};
use super::target::Target;

const HEAD_BYTES: usize = 16 * 1024;
const HEAD_FIELDS: usize = 64;
const BODY_BYTES: usize = 16 * 1024;

/// Why the service cannot be asked.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The file of the authority cannot be read or is no PEM.
    #[error("{}: cannot read the authority of `esign`: {reason}; it must be a PEM file with the authority's certificate", path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The system knows no authorities.
    #[error(
        "this system knows no certificate authority, so `esign` could not be believed; install the package ca-certificates, or name one with `esign.ca`"
    )]
    NoAuthority,
    /// The host is no name or address that a certificate can be of.
    #[error("`esign.alamat`: no certificate can be of this host; write its name or IP address")]
    Host,
    /// TLS cannot be set up.
    #[error("TLS for `esign` cannot be set up: {0}")]
    Tls(rustls::Error),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

pub(super) struct Service {
    target: Target,
    host: HeaderValue,
    credential: HeaderValue,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    /// Time for name, connection and TLS.
    connect_time: Duration,
}

impl Service {
    /// With the authority in `ca` (PEM) and no other, or those of the system.
    pub fn new(
        target: Target,
        credential: HeaderValue,
        ca: Option<&Path>,
        connect_time: Duration,
    ) -> Result<Self, SetupError> {
        let tls = if target.is_secure {
            let name = ServerName::try_from(target.host.clone()).map_err(|_| SetupError::Host)?;
            Some((connector(ca)?, name))
        } else {
            None
        };
        Ok(Self {
            host: HeaderValue::from_str(&target.authority).map_err(|_| SetupError::Host)?,
            target,
            credential,
            tls,
            connect_time,
        })
    }

    /// Asks about a person.
    pub async fn check(&self, person: &Person) -> Result<ToldStatus, Trouble> {
        let connecting = async {
            let stream = self.connect().await?;
            Ok(match &self.tls {
                None => Connected::Plain(stream),
                Some((connector, name)) => {
                    let agreed = connector.connect(name.clone(), stream).await;
                    Connected::Tls(Box::new(agreed.map_err(|error| of_handshake(&error))?))
                }
            })
        };
        let connected = timeout(self.connect_time, connecting).await;
        let request = self.request(person)?;
        match connected.map_err(|_| Trouble::Connect)?? {
            Connected::Plain(stream) => exchange(stream, request).await,
            Connected::Tls(stream) => exchange(*stream, request).await,
        }
    }

    async fn connect(&self) -> Result<TcpStream, Trouble> {
        let addresses = lookup_host((self.target.host.as_str(), self.target.port)).await;
        for address in addresses.map_err(|_| Trouble::Connect)? {
            let connecting = TcpStream::connect(address);
            if let Ok(Ok(stream)) = timeout(self.connect_time / 2, connecting).await {
                // The question is small and whole: it need not wait for more.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
        }
        Err(Trouble::Connect)
    }

    fn request(&self, person: &Person) -> Result<Request<Body>, Trouble> {
        Request::builder()
            .method(Method::POST)
            .uri(self.target.path.as_str())
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, &self.credential)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, "Pandu")
            .header(header::CONNECTION, "close")
            .body(Body::from(person.body()))
            // Its parts were read before: none of them can be wrong now.
            .map_err(|_| Trouble::Garbage)
    }
}

enum Connected {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

fn connector(ca: Option<&Path>) -> Result<TlsConnector, SetupError> {
    let mut roots = RootCertStore::empty();
    match ca {
        None => {
            // A system's list may hold what is broken: the sound ones count.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err(SetupError::NoAuthority);
            }
        }
        Some(path) => {
            let fails = |reason: String| SetupError::Authority {
                path: path.to_owned(),
                reason,
            };
            let told = |error: pem::Error| match error {
                pem::Error::Io(error) => error.to_string(),
                _ => "it is no PEM".to_owned(),
            };
            let certificates =
                CertificateDer::pem_file_iter(path).map_err(|error| fails(told(error)))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| fails(told(error)))?;
                roots
                    .add(certificate)
                    .map_err(|error| fails(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(fails("there is no certificate in it".to_owned()));
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(SetupError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A connection that breaks off may be whole next time; a certificate that is not believed will not.
fn of_handshake(error: &io::Error) -> Trouble {
    let is_tls = error
        .get_ref()
        .is_some_and(|cause| cause.is::<rustls::Error>());
    if is_tls {
        Trouble::Tls
    } else {
        Trouble::Connect
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Result<ToldStatus, Trouble> {
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|_| Trouble::Connect)?;
    // Ends with this question, whether it was answered or not.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender
        .send_request(request)
        .await
        .map_err(|error| of_exchange(&error))?;
    let (head, body) = into_whole(response).await?;
    reply::read(head.status, &head.headers, &body)
}

fn of_exchange(error: &hyper::Error) -> Trouble {
    if error.is_parse_too_large() {
        Trouble::TooLarge
    } else if error.is_parse() {
        Trouble::Garbage
    } else {
        Trouble::Connect
    }
}

/// Head and body; the body is cleared after it was read, since it may name the person.
async fn into_whole(
    response: Response<Incoming>,
) -> Result<(axum::http::response::Parts, Zeroizing<Vec<u8>>), Trouble> {
    let (head, mut body) = response.into_parts();
    let mut whole = Zeroizing::new(Vec::with_capacity(BODY_BYTES));
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| of_exchange(&error))?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if whole.len() + data.len() > BODY_BYTES {
            return Err(Trouble::TooLarge);
        }
        whole.extend_from_slice(data);
    }
    Ok((head, whole))
}
