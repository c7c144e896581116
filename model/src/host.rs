//! Where a mail server listens and how its connection is secured.

use std::num::NonZeroU16;

use thiserror::Error;

/// A valid host name of at least two labels, lower case: `email.jakarta.go.id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

/// Why a text is no host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HostError {
    /// Nothing was given.
    #[error("the host name is empty")]
    Empty,
    /// A web address was given.
    #[error("this is a web address; write the host name alone, without https:// and path")]
    WebAddress,
    /// A port was given along.
    #[error("write the host name without the port")]
    WithPort,
    /// A character cannot stand in a host name.
    #[error("a host name has only letters, digits, hyphens and dots, not `{0}`")]
    Character(char),
    /// A label is empty, over 63 characters, or begins or ends with a hyphen.
    #[error("between dots, a host name has 1 to 63 characters and no hyphen at either end")]
    Label,
    /// Over 253 characters.
    #[error("a host name has at most 253 characters")]
    TooLong,
    /// One label only, or a number.
    #[error("write the whole host name, such as email.contoh.go.id")]
    NotQualified,
}

impl HostName {
    /// Reads a host name (RFC 1123, 2.1), whatever its case.
    ///
    /// # Errors
    /// A [`HostError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let host = text.trim().to_ascii_lowercase();
        if host.is_empty() {
            return Err(HostError::Empty);
        }
        if host.contains('/') {
            return Err(HostError::WebAddress);
        }
        if host.contains(':') {
            return Err(HostError::WithPort);
        }
        if let Some(c) = host
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.'))
        {
            return Err(HostError::Character(c));
        }
        if host.len() > 253 {
            return Err(HostError::TooLong);
        }
        if host.split('.').any(|label| {
            label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-')
        }) {
            return Err(HostError::Label);
        }
        match host.rsplit_once('.') {
            Some((_, top)) if !top.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(host)),
            _ => Err(HostError::NotQualified),
        }
    }

    /// The host name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port(NonZeroU16);

/// A number that is no port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a port is a number from 1 to 65535, not {found}")]
pub struct PortError {
    /// The number given.
    pub found: i64,
}

impl Port {
    /// A port from a profile's number.
    ///
    /// # Errors
    /// Where it is not in 1 to 65535.
    pub fn new(number: i64) -> Result<Self, PortError> {
        u16::try_from(number)
            .ok()
            .and_then(NonZeroU16::new)
            .map(Self)
            .ok_or(PortError { found: number })
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

/// How a connection to a mail server is secured. Unsecured ones do not exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Encrypted from the first byte.
    Tls,
    /// Encrypted after a command.
    StartTls,
}

/// A text that is no kind of security.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write SSL/TLS or STARTTLS")]
pub struct SecurityError;

impl Security {
    /// Reads `SSL/TLS` or `STARTTLS`, as profiles write it.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn parse(text: &str) -> Result<Self, SecurityError> {
        match text.trim() {
            "SSL/TLS" => Ok(Self::Tls),
            "STARTTLS" => Ok(Self::StartTls),
            _ => Err(SecurityError),
        }
    }

    /// As mail programs show it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Tls => "SSL/TLS",
            Self::StartTls => "STARTTLS",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_hosts() {
        assert_eq!(
            HostName::parse(" Email.Jakarta.go.id ").unwrap().as_str(),
            "email.jakarta.go.id"
        );
        for (text, error) in [
            ("", HostError::Empty),
            ("https://email.jakarta.go.id/", HostError::WebAddress),
            ("email.jakarta.go.id:993", HostError::WithPort),
            ("email jakarta.go.id", HostError::Character(' ')),
            ("emäil.go.id", HostError::Character('ä')),
            ("email..go.id", HostError::Label),
            ("email.go.id.", HostError::Label),
            ("-email.go.id", HostError::Label),
            ("localhost", HostError::NotQualified),
            ("10.0.0.1", HostError::NotQualified),
        ] {
            assert_eq!(HostName::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn reads_ports_and_security() {
        assert_eq!(Port::new(993).unwrap().get(), 993);
        for found in [0, -1, 65_536, i64::MAX] {
            assert_eq!(Port::new(found), Err(PortError { found }));
        }
        for security in [Security::Tls, Security::StartTls] {
            assert_eq!(Security::parse(security.label()), Ok(security));
        }
        assert_eq!(Security::parse("none"), Err(SecurityError));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", number in any::<i64>()) {
            let _ = (HostName::parse(&text), Port::new(number), Security::parse(&text));
        }

        #[test]
        fn is_idempotent(text in "([a-zA-Z0-9]{1,9}\\.){1,4}[a-z]{2,5}") {
            let once = HostName::parse(&text).unwrap();
            prop_assert_eq!(&HostName::parse(once.as_str()).unwrap(), &once);
        }
    }
}
