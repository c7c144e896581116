//! What is to be probed: one service of one host.

use std::fmt;

use model::host::{HostName, Port, Security};

/// One thing to ask of one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The host.
    pub host: HostName,
    /// What it should offer.
    pub service: Service,
}

/// What a host should offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// Mailboxes (RFC 9051, RFC 3501).
    Imap(Endpoint),
    /// Sending mail, by people who sign in (RFC 6409, RFC 8314).
    Smtp(Endpoint),
    /// A site: its first answer to `GET path`.
    Webmail {
        /// Where it listens, HTTPS.
        port: Port,
        /// What is asked for, `/` at least; without query.
        path: String,
    },
    /// Exchange ActiveSync (MS-ASHTTP): `OPTIONS /Microsoft-Server-ActiveSync`. Always at port 443.
    ActiveSync,
    /// Mozilla's set-up file, always at port 443.
    Autoconfig {
        /// Where it stands: [`AUTOCONFIG`] or [`WELL_KNOWN`].
        path: String,
        /// What it must say.
        expected: Box<Expected>,
    },
    /// A mail exchanger of the domain: its name is resolved, and nothing is sent to it.
    Mx {
        /// The smaller is tried first (RFC 5321, section 5).
        priority: u16,
    },
}

/// Where `autoconfig.DOMAIN` has the set-up file.
pub const AUTOCONFIG: &str = "/mail/config-v1.1.xml";
/// Where the domain's own site has it.
pub const WELL_KNOWN: &str = "/.well-known/autoconfig/mail/config-v1.1.xml";
/// Where ActiveSync answers.
pub const ACTIVESYNC: &str = "/Microsoft-Server-ActiveSync";
/// The port of HTTPS.
pub const HTTPS: u16 = 443;

/// Where a mail server listens, and how its connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its port.
    pub port: Port,
    /// Its security.
    pub security: Security,
}

/// The servers that a set-up file must name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The domain that the file is for.
    pub domain: HostName,
    /// Host of the IMAP server and where it listens.
    pub imap: Option<(HostName, Endpoint)>,
    /// Host of the SMTP server and where it listens.
    pub smtp: Option<(HostName, Endpoint)>,
}

impl Target {
    /// The port that is connected to; none for a mail exchanger.
    pub fn port(&self) -> Option<u16> {
        match &self.service {
            Service::Imap(endpoint) | Service::Smtp(endpoint) => Some(endpoint.port.get()),
            Service::Webmail { port, .. } => Some(port.get()),
            Service::ActiveSync | Service::Autoconfig { .. } => Some(HTTPS),
            Service::Mx { .. } => None,
        }
    }

    /// How its connection is secured; none for a mail exchanger.
    pub fn security(&self) -> Option<Security> {
        match &self.service {
            Service::Imap(endpoint) | Service::Smtp(endpoint) => Some(endpoint.security),
            Service::Mx { .. } => None,
            _ => Some(Security::Tls),
        }
    }

    /// What is asked for at an HTTPS host.
    pub fn path(&self) -> Option<&str> {
        match &self.service {
            Service::Webmail { path, .. } | Service::Autoconfig { path, .. } => Some(path),
            Service::ActiveSync => Some(ACTIVESYNC),
            _ => None,
        }
    }
}

impl Service {
    /// Its name in JSON.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Imap(_) => "imap",
            Self::Smtp(_) => "smtp",
            Self::Webmail { .. } => "webmail",
            Self::ActiveSync => "activesync",
            Self::Autoconfig { .. } => "autoconfig",
            Self::Mx { .. } => "mx",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.as_str();
        match &self.service {
            Service::Imap(at) => write!(
                f,
                "IMAP  {host}:{} ({})",
                at.port.get(),
                at.security.label()
            ),
            Service::Smtp(at) => write!(
                f,
                "SMTP  {host}:{} ({})",
                at.port.get(),
                at.security.label()
            ),
            Service::Webmail { port, path } if port.get() == HTTPS => {
                write!(f, "Webmail  https://{host}{path}")
            }
            Service::Webmail { port, path } => {
                write!(f, "Webmail  https://{host}:{}{path}", port.get())
            }
            Service::ActiveSync => write!(f, "ActiveSync  https://{host}{ACTIVESYNC}"),
            Service::Autoconfig { path, .. } => write!(f, "Autoconfig  https://{host}{path}"),
            Service::Mx { priority } => write!(f, "MX  {host} (priority {priority})"),
        }
    }
}
