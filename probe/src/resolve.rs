//! From a host's name to its addresses: by the system, or as the operator says.

use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    str::FromStr,
    sync::mpsc,
    thread,
};

use model::host::{HostError, HostName, Port};
use thiserror::Error;

use crate::{Finding, step::Limits};

/// `HOST[:PORT]=ADDRESS[:PORT]`: where to connect instead of asking for the host's address. For a server that DNS does
/// not point to yet, or that is reached through a tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    host: HostName,
    /// Only for connections to this port.
    port: Option<Port>,
    address: IpAddr,
    /// Connects there instead of the asked port.
    to: Option<u16>,
}

/// Why a text is no [`Override`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OverrideError {
    /// There is no `=`.
    #[error("write HOST=ADDRESS, such as imap.contoh.go.id=192.0.2.7")]
    NoEquals,
    /// What stands before it is no host.
    #[error("`{0}`: {1}")]
    Host(String, HostError),
    /// The port of the host is none.
    #[error("`{0}` is no port from 1 to 65535")]
    Port(String),
    /// What stands after it is no address.
    #[error(
        "`{0}` is no address; write 192.0.2.7, 192.0.2.7:1993, 2001:db8::7 or [2001:db8::7]:1993"
    )]
    Address(String),
}

impl FromStr for Override {
    type Err = OverrideError;

    fn from_str(text: &str) -> Result<Self, OverrideError> {
        let (name, address) = text.split_once('=').ok_or(OverrideError::NoEquals)?;
        let (name, port) = match name.split_once(':') {
            Some((name, port)) => (name, Some(number(port)?)),
            None => (name, None),
        };
        let host =
            HostName::parse(name).map_err(|error| OverrideError::Host(name.to_owned(), error))?;
        let bare = address
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(address);
        if let Ok(address) = bare.parse() {
            return Ok(Self {
                host,
                port,
                address,
                to: None,
            });
        }
        match address.parse::<SocketAddr>() {
            Ok(address) if address.port() != 0 => Ok(Self {
                host,
                port,
                address: address.ip(),
                to: Some(address.port()),
            }),
            _ => Err(OverrideError::Address(address.to_owned())),
        }
    }
}

fn number(text: &str) -> Result<Port, OverrideError> {
    let number = text.parse().ok().and_then(|number| Port::new(number).ok());
    number.ok_or_else(|| OverrideError::Port(text.to_owned()))
}

/// The addresses of a host.
pub(crate) struct Resolved {
    /// Each once, in the resolver's order.
    pub addresses: Vec<SocketAddr>,
    /// The operator said them.
    pub given: bool,
}

/// Looks a host up; where no port is asked for, the addresses bear port 0.
pub(crate) fn resolve(
    host: &HostName,
    port: Option<u16>,
    overrides: &[Override],
    limits: &Limits,
) -> Result<Resolved, Finding> {
    let addresses = given(host, port, overrides);
    if !addresses.is_empty() {
        return Ok(Resolved {
            addresses,
            given: true,
        });
    }
    let (answer, answered) = mpsc::channel();
    let question = (host.as_str().to_owned(), port.unwrap_or(0));
    // The system's resolver can't be told to hurry: a thread that it holds up is left behind.
    thread::spawn(move || {
        let found = question.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let _ = answer.send(found);
    });
    let found = answered.recv_timeout(limits.left().unwrap_or_default());
    let Ok(found) = found else {
        return Err(Finding::failure(
            "resolve-timeout",
            format!("The name was not resolved {}.", limits.met()),
            "Look whether this machine reaches its DNS server, and whether the domain's name servers answer.",
        ));
    };
    let mut addresses = found.unwrap_or_default();
    let mut seen = Vec::new();
    addresses.retain(|address| {
        let new = !seen.contains(address);
        seen.push(*address);
        new
    });
    if addresses.is_empty() {
        return Err(Finding::failure(
            "unresolved",
            "The name does not resolve: DNS gives no address for it.",
            "Compare the name in the profile letter by letter; where it is right, let the domain's administrator add its A or AAAA record. \
             To test a server before that, pass --resolve HOST=ADDRESS.",
        ));
    }
    Ok(Resolved {
        addresses,
        given: false,
    })
}

/// What the operator says of a host; what is said of the port alone goes before what is said of the host.
fn given(host: &HostName, port: Option<u16>, overrides: &[Override]) -> Vec<SocketAddr> {
    let of_host = || overrides.iter().filter(|line| line.host == *host);
    let of_port: Vec<&Override> = of_host()
        .filter(|line| line.port.is_some() && line.port.map(Port::get) == port)
        .collect();
    let lines = if of_port.is_empty() {
        of_host().filter(|line| line.port.is_none()).collect()
    } else {
        of_port
    };
    lines
        .into_iter()
        .map(|line| SocketAddr::new(line.address, line.to.or(port).unwrap_or(0)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn of(port: Option<u16>, lines: &[&str]) -> Vec<String> {
        let host = HostName::parse("imap.contoh.go.id").unwrap();
        let lines: Vec<Override> = lines.iter().map(|line| line.parse().unwrap()).collect();
        let addresses = given(&host, port, &lines);
        addresses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_said_of_a_port_goes_first() {
        let lines = [
            "imap.contoh.go.id=192.0.2.7",
            "IMAP.contoh.go.id=[2001:db8::7]",
            "imap.contoh.go.id:993=127.0.0.1:1993",
            "smtp.contoh.go.id=192.0.2.9",
        ];
        assert_eq!(of(Some(993), &lines), ["127.0.0.1:1993"]);
        assert_eq!(
            of(Some(143), &lines),
            ["192.0.2.7:143", "[2001:db8::7]:143"]
        );
        assert_eq!(of(None, &lines), ["192.0.2.7:0", "[2001:db8::7]:0"]);
        assert!(of(Some(993), &lines[3..]).is_empty());
    }

    #[test]
    fn says_what_is_wrong_with_an_override() {
        for text in [
            "imap.contoh.go.id",
            "imap=192.0.2.7",
            "imap.contoh.go.id:0=192.0.2.7",
            "imap.contoh.go.id=smtp.contoh.go.id",
            "imap.contoh.go.id=192.0.2.7:0",
            "imap.contoh.go.id=",
        ] {
            assert!(text.parse::<Override>().is_err(), "{text}");
        }
        assert_eq!(
            "a.go.id=x".parse::<Override>(),
            Err(OverrideError::Address("x".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", port in any::<u16>(), address in any::<std::net::IpAddr>()) {
            let _ = text.parse::<Override>();
            let line = format!("a.go.id={}", SocketAddr::new(address, port));
            prop_assert_eq!(line.parse::<Override>().is_ok(), port != 0);
        }
    }
}
