//! Where the service is, and who the look-up is there.

use std::fmt;
use std::net::IpAddr;

use axum::http::Uri;

/// The route that is asked.
const ROUTE: &str = "/api/v2/user/check/status";

/// Address of an Esign Client Service: `https`, or `http` on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(super) is_secure: bool,
    /// Name or address, without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// As in the header `Host`.
    pub(super) authority: String,
    /// Path of the route.
    pub(super) path: String,
}

impl Target {
    /// Reads an address such as `https://esign.contoh.go.id` or `https://gerbang.contoh.go.id/esign`.
    ///
    /// # Errors
    /// What is wrong and how to mend it.
    pub fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write an address such as \"https://esign.contoh.go.id\"";
        if text.contains('@') {
            return Err(
                "must not hold name or password; write them in `pengguna` and the file of `sandi_berkas`"
                    .to_owned(),
            );
        }
        let uri: Uri = text.parse().map_err(|_| EXAMPLE.to_owned())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(EXAMPLE.to_owned());
        };
        if text.contains(['?', '#']) {
            return Err(format!("must end with its path; {EXAMPLE}"));
        }
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let is_secure = match scheme {
            "https" => true,
            "http" if host.parse().is_ok_and(|host: IpAddr| host.is_loopback()) => false,
            "http" => {
                return Err(
                    "must begin with https://, or everybody on the way reads the password and who is asked about; \
                     http:// is only for 127.0.0.1 and [::1]"
                        .to_owned(),
                );
            }
            _ => return Err(EXAMPLE.to_owned()),
        };
        let path = uri.path().trim_end_matches('/');
        if path.contains("/api/") {
            return Err(format!(
                "must be the service's address alone, without {ROUTE}, which is added"
            ));
        }
        let has_port = authority.as_str().len() > authority.host().len();
        if host.is_empty() || has_port != authority.port_u16().is_some() {
            return Err(EXAMPLE.to_owned());
        }
        Ok(Self {
            is_secure,
            host: host.to_owned(),
            port: authority
                .port_u16()
                .unwrap_or(if is_secure { 443 } else { 80 }),
            authority: authority.as_str().to_owned(),
            path: [path, ROUTE].concat(),
        })
    }
}

/// The look-up's name at the service. It is half of a credential, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct UserName(String);

impl UserName {
    /// Reads a name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.chars().any(|c| c == ':' || c.is_control()) {
            return Err("must be a name without a colon, in one line".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserName(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn is_an_address_whose_way_is_closed_to_others() {
        let read = |text: &str| {
            let target = Target::parse(text).unwrap();
            (
                target.is_secure,
                target.host,
                target.port,
                target.authority,
                target.path,
            )
        };
        let of = |secure, host: &str, port, authority: &str, path: &str| {
            (secure, host.into(), port, authority.into(), path.into())
        };
        assert_eq!(
            read("https://esign.contoh.go.id"),
            of(true, "esign.contoh.go.id", 443, "esign.contoh.go.id", ROUTE)
        );
        assert_eq!(
            read("https://10.1.2.3:8443/esign/"),
            of(
                true,
                "10.1.2.3",
                8443,
                "10.1.2.3:8443",
                "/esign/api/v2/user/check/status"
            )
        );
        assert_eq!(
            read("http://[::1]:8080/"),
            of(false, "::1", 8080, "[::1]:8080", ROUTE)
        );
        assert_eq!(
            read("http://127.0.0.1"),
            of(false, "127.0.0.1", 80, "127.0.0.1", ROUTE)
        );
    }

    #[test]
    fn refuses_what_is_open_to_others_or_no_address() {
        for (text, told) in [
            ("", "write an address"),
            ("esign.contoh.go.id", "write an address"),
            ("/esign", "write an address"),
            ("ftp://esign.contoh.go.id", "write an address"),
            ("https://", "write an address"),
            ("https://esign contoh", "write an address"),
            ("https://esign.contoh.go.id:99999", "write an address"),
            ("http://esign.contoh.go.id", "must begin with https://"),
            ("http://10.0.0.1", "must begin with https://"),
            ("http://localhost", "must begin with https://"),
            ("http://127.0.0.1.contoh.go.id", "must begin with https://"),
            ("https://pandu:sandi@esign.contoh.go.id", "must not hold"),
            ("https://esign.contoh.go.id/?nik=", "must end"),
            ("https://esign.contoh.go.id/#x", "must end"),
            (
                "https://esign.contoh.go.id/api/v2/user/check/status",
                "must be the service's address alone",
            ),
        ] {
            let error = Target::parse(text).unwrap_err();
            assert!(error.starts_with(told), "{text}: {error}");
        }
    }

    #[test]
    fn a_name_is_not_printed() {
        let name = UserName::parse("pandu").unwrap();
        assert_eq!(format!("{name:?}"), "UserName(…)");
        for text in ["", "pan:du", "pan\ndu"] {
            assert!(UserName::parse(text).is_err());
        }
    }
}
