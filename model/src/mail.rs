//! An agency's mail service as mail programs must be told of it: which server, which port, secured how.
//!
//! What exists as one of these types can be expressed in every file that is made from it: a port that goes with the
//! way it is secured, Exchange ActiveSync at the one port it has.

pub mod thunderbird;

use thiserror::Error;

use crate::host::{HostName, Port, Security};

/// What a mail server is spoken to for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Reading mail (RFC 9051).
    Imap,
    /// Handing in mail to be sent (RFC 6409).
    Smtp,
}

impl Service {
    /// Its name, as mail programs write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Imap => "IMAP",
            Self::Smtp => "SMTP",
        }
    }

    /// The port on which it is encrypted from the first byte (RFC 8314, section 7).
    const fn tls_port(self) -> u16 {
        match self {
            Self::Imap => 993,
            Self::Smtp => 465,
        }
    }

    /// The port on which it is encrypted after STARTTLS (RFC 9051, section 11; RFC 6409, section 3.1).
    const fn start_tls_port(self) -> u16 {
        match self {
            Self::Imap => 143,
            Self::Smtp => 587,
        }
    }
}

/// A server for one service. Its port and security go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    service: Service,
    host: HostName,
    port: Port,
    security: Security,
}

/// Why a port doesn't fit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ServerError {
    /// The port is another service's.
    #[error("port {port} is for {owner}, not for {}", service.name())]
    OtherService {
        /// The port given.
        port: u16,
        /// What speaks there.
        owner: &'static str,
        /// What it was given for.
        service: Service,
    },
    /// The port is secured in the other way.
    #[error("port {port} goes with {}, not with {}", expected.label(), found.label())]
    OtherSecurity {
        /// The port given.
        port: u16,
        /// What goes with it.
        expected: Security,
        /// What was given.
        found: Security,
    },
}

/// What speaks at the ports of mail that are not the service's own.
const OWNERS: [(u16, &str); 9] = [
    (25, "mail between servers"),
    (80, "web pages"),
    (110, "POP3"),
    (143, "IMAP"),
    (443, "web pages and Exchange"),
    (465, "SMTP"),
    (587, "SMTP"),
    (993, "IMAP"),
    (995, "POP3"),
];

impl Server {
    /// A server. Ports that no service owns go with either security.
    ///
    /// # Errors
    /// A [`ServerError`] where the port belongs to another service, or goes with the other security.
    pub fn new(
        service: Service,
        host: HostName,
        port: Port,
        security: Security,
    ) -> Result<Self, ServerError> {
        let number = port.get();
        let expected = if number == service.tls_port() {
            Some(Security::Tls)
        } else if number == service.start_tls_port() {
            Some(Security::StartTls)
        } else {
            None
        };
        match expected {
            Some(expected) if expected != security => {
                return Err(ServerError::OtherSecurity {
                    port: number,
                    expected,
                    found: security,
                });
            }
            None => {
                if let Some((_, owner)) = OWNERS.iter().find(|(port, _)| *port == number) {
                    return Err(ServerError::OtherService {
                        port: number,
                        owner,
                        service,
                    });
                }
            }
            Some(_) => {}
        }
        Ok(Self {
            service,
            host,
            port,
            security,
        })
    }

    /// What it is spoken to for.
    pub const fn service(&self) -> Service {
        self.service
    }

    /// Its host.
    pub const fn host(&self) -> &HostName {
        &self.host
    }

    /// Its port.
    pub const fn port(&self) -> Port {
        self.port
    }

    /// How it is secured.
    pub const fn security(&self) -> Security {
        self.security
    }

    /// True at the port that programs assume unless told otherwise: 993 or 465, encrypted from the first byte.
    pub fn is_standard(&self) -> bool {
        self.port.get() == self.service.tls_port()
    }
}

/// The two servers that a mail program needs: one to read, one to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servers {
    /// Where mail is read.
    pub imap: Server,
    /// Where mail is handed in.
    pub smtp: Server,
}

/// The host of Exchange ActiveSync. Its port is 443 and nothing else: the files that tell phones of it have no place
/// for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSync(HostName);

/// Settings that are not ActiveSync's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Exchange ActiveSync is spoken at port 443 with SSL/TLS only, not at {port} with {}", security.label())]
pub struct ActiveSyncError {
    /// The port given.
    pub port: u16,
    /// The security given.
    pub security: Security,
}

impl ActiveSync {
    /// The only port.
    pub const PORT: u16 = 443;

    /// ActiveSync at a host.
    ///
    /// # Errors
    /// Where the port is not 443, or the connection not encrypted from the first byte.
    pub fn new(host: HostName, port: Port, security: Security) -> Result<Self, ActiveSyncError> {
        if port.get() == Self::PORT && security == Security::Tls {
            Ok(Self(host))
        } else {
            Err(ActiveSyncError {
                port: port.get(),
                security,
            })
        }
    }

    /// Its host.
    pub const fn host(&self) -> &HostName {
        &self.0
    }
}

/// Where a domain's mail is delivered (RFC 5321, section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailExchanger {
    /// The server.
    pub host: HostName,
    /// The smaller is tried first.
    pub priority: u16,
}

/// An agency's mail service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailProfile {
    /// What stands behind the @ of most of its addresses.
    pub domain: HostName,
    /// Its further domains.
    pub other_domains: Vec<HostName>,
    /// The servers for mail programs, where the agency names them.
    pub servers: Option<Servers>,
    /// Where phones speak Exchange ActiveSync, where the agency says so.
    pub activesync: Option<ActiveSync>,
    /// Where mail for the domain is delivered.
    pub exchangers: Vec<MailExchanger>,
    /// Whether the experimental PACC file is published (draft-ietf-mailmaint-pacc).
    pub pacc: bool,
}

impl MailProfile {
    /// All of its domains, the main one first.
    pub fn domains(&self) -> impl Iterator<Item = &HostName> {
        std::iter::once(&self.domain).chain(&self.other_domains)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn server(service: Service, port: u16, security: Security) -> Result<Server, ServerError> {
        let host = HostName::parse("imap.contoh.go.id").unwrap();
        Server::new(service, host, Port::new(port.into()).unwrap(), security)
    }

    #[test]
    fn ports_go_with_their_security() {
        use Security::{StartTls, Tls};
        use Service::{Imap, Smtp};
        for (service, port, security) in [
            (Imap, 993, Tls),
            (Imap, 143, StartTls),
            (Imap, 1993, Tls),
            (Smtp, 465, Tls),
            (Smtp, 587, StartTls),
            (Smtp, 2525, StartTls),
        ] {
            assert!(
                server(service, port, security).is_ok(),
                "{service:?} {port}"
            );
        }
        for (service, port, security, message) in [
            (
                Imap,
                993,
                StartTls,
                "port 993 goes with SSL/TLS, not with STARTTLS",
            ),
            (
                Imap,
                143,
                Tls,
                "port 143 goes with STARTTLS, not with SSL/TLS",
            ),
            (Imap, 995, Tls, "port 995 is for POP3, not for IMAP"),
            (Imap, 465, Tls, "port 465 is for SMTP, not for IMAP"),
            (
                Smtp,
                465,
                StartTls,
                "port 465 goes with SSL/TLS, not with STARTTLS",
            ),
            (
                Smtp,
                587,
                Tls,
                "port 587 goes with STARTTLS, not with SSL/TLS",
            ),
            (
                Smtp,
                25,
                StartTls,
                "port 25 is for mail between servers, not for SMTP",
            ),
            (Smtp, 993, Tls, "port 993 is for IMAP, not for SMTP"),
        ] {
            let error = server(service, port, security).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn activesync_has_one_port() {
        let host = || HostName::parse("email.contoh.go.id").unwrap();
        let at = |port, security| ActiveSync::new(host(), Port::new(port).unwrap(), security);
        assert_eq!(at(443, Security::Tls).unwrap().host(), &host());
        assert_eq!(
            at(8443, Security::Tls).unwrap_err().to_string(),
            "Exchange ActiveSync is spoken at port 443 with SSL/TLS only, not at 8443 with SSL/TLS"
        );
        assert!(at(443, Security::StartTls).is_err());
    }

    proptest! {
        #[test]
        fn what_exists_is_sound(port in 1_u16.., tls in any::<bool>(), smtp in any::<bool>()) {
            let service = if smtp { Service::Smtp } else { Service::Imap };
            let security = if tls { Security::Tls } else { Security::StartTls };
            if let Ok(server) = server(service, port, security) {
                prop_assert_eq!(server.is_standard(), tls && port == service.tls_port());
                prop_assert!(tls || port != 993 && port != 465);
            }
        }
    }
}
