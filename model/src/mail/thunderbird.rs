//! What Thunderbird for Android reads from a QR code: one account, without its password.
//!
//! Source: "Export for Mobile" QR code format, version 1 (2025-02-06), `feature/migration/qrcode/qr-code-format.md` of
//! thunderbird/thunderbird-android, read together with what the program refuses (`QrCodePayloadValidator`) and the
//! numbers it knows (`QrCodePayloadMapper`): JSON, arrays without names.
//!
//! ```text
//! [ 1, [1,1],                                             format version; the first code of one
//!   [0, host, port, security, 1, user name],              IMAP (0), password in clear text within TLS (1)
//!   [[[0, host, port, security, 1, user name],            SMTP (0)
//!     [address, name]]] ]                                 the identity
//! ```
//!
//! Security: 2 STARTTLS always, 3 TLS from the first byte. The user name is the whole address. Left out: the account's
//! name, which then is the address, and both passwords, which the person types on the phone.

use thiserror::Error;

use super::{Server, Servers};
use crate::{host::Security, identifier::EmailAddress};

/// The name that stands before the address in what a person sends; may be empty.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderName(String);

/// Why a text is no name to send mail under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SenderNameError {
    /// Longer than [`SenderName::MOST`] characters.
    #[error("the name has more than {} characters", SenderName::MOST)]
    TooLong,
    /// A character that no keyboard writes into a line.
    #[error("the name has a character that can't be shown")]
    Control,
}

impl SenderName {
    /// Characters that it may have: more than any name, and few enough for a code that a phone reads.
    pub const MOST: usize = 80;

    /// Reads a name as people write it; spaces around and between words do not count.
    ///
    /// # Errors
    /// A [`SenderNameError`].
    pub fn parse(text: &str) -> Result<Self, SenderNameError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let name = words.join(" ");
        if name.chars().count() > Self::MOST {
            return Err(SenderNameError::TooLong);
        }
        if name.chars().any(char::is_control) {
            return Err(SenderNameError::Control);
        }
        Ok(Self(name))
    }
}

/// What the code holds.
pub fn payload(servers: &Servers, address: &EmailAddress, name: &SenderName) -> String {
    let address = quoted(address.as_str());
    let (imap, smtp) = (
        server(&servers.imap, &address),
        server(&servers.smtp, &address),
    );
    let name = quoted(&name.0);
    [
        "[1,[1,1],",
        &imap,
        ",[[",
        &smtp,
        ",[",
        &address,
        ",",
        &name,
        "]]]]",
    ]
    .concat()
}

fn server(server: &Server, user: &str) -> String {
    // Both IMAP and SMTP have the number 0, each among its own kind.
    let (host, port) = (
        quoted(server.host().as_str()),
        server.port().get().to_string(),
    );
    let security = match server.security() {
        Security::StartTls => "2",
        Security::Tls => "3",
    };
    ["[0,", &host, ",", &port, ",", security, ",1,", user, "]"].concat()
}

/// A text without control characters as JSON (RFC 8259, section 7).
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        if c == '"' || c == '\\' {
            json.push('\\');
        }
        json.push(c);
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        host::{HostName, Port},
        mail::Service,
    };

    fn servers(security: Security) -> Servers {
        let server = |service, host, port| {
            let port = Port::new(port).unwrap();
            Server::new(service, HostName::parse(host).unwrap(), port, security).unwrap()
        };
        let (imap, smtp) = match security {
            Security::Tls => (993, 465),
            Security::StartTls => (143, 587),
        };
        Servers {
            imap: server(Service::Imap, "email.jakarta.go.id", imap),
            smtp: server(Service::Smtp, "mail3.jakarta.go.id", smtp),
        }
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text, &["jakarta.go.id"]).unwrap()
    }

    #[test]
    fn is_what_the_format_says() {
        let name = SenderName::parse("  Siti  Aminah ").unwrap();
        assert_eq!(
            payload(
                &servers(Security::Tls),
                &address("Siti@jakarta.go.id"),
                &name
            ),
            r#"[1,[1,1],[0,"email.jakarta.go.id",993,3,1,"siti@jakarta.go.id"],[[[0,"mail3.jakarta.go.id",465,3,1,"siti@jakarta.go.id"],["siti@jakarta.go.id","Siti Aminah"]]]]"#
        );
        let none = SenderName::parse("").unwrap();
        assert_eq!(
            payload(
                &servers(Security::StartTls),
                &address("a@jakarta.go.id"),
                &none
            ),
            r#"[1,[1,1],[0,"email.jakarta.go.id",143,2,1,"a@jakarta.go.id"],[[[0,"mail3.jakarta.go.id",587,2,1,"a@jakarta.go.id"],["a@jakarta.go.id",""]]]]"#
        );
    }

    #[test]
    fn refuses_names_that_nobody_has() {
        assert!(SenderName::parse(&"é".repeat(80)).is_ok());
        let too_long = SenderName::parse(&"é".repeat(81)).err();
        assert_eq!(too_long, Some(SenderNameError::TooLong));
        assert_eq!(
            SenderName::parse("a\u{7}b").err(),
            Some(SenderNameError::Control)
        );
    }

    proptest! {
        #[test]
        fn any_name_comes_out_as_it_went_in(text in "\\PC{0,80}", local in "[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}") {
            let name = SenderName::parse(&text).unwrap();
            let address = address(&format!("{local}@jakarta.go.id"));
            let payload = payload(&servers(Security::Tls), &address, &name);
            let read: Value = serde_json::from_str(&payload).unwrap();
            let user = format!("{local}@jakarta.go.id");
            prop_assert_eq!(&read[3][0][1], &json!([user, name.0]));
            prop_assert_eq!(&read[2][5], &json!(user));
            prop_assert!(!payload.contains(['\n', '\r']));
        }
    }
}
