//! Networks of an agency: ranges of addresses from which the look-up is always open.

use std::net::IpAddr;

use ipnet::IpNet;
use thiserror::Error;

/// A list of networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no network; write it as 10.0.0.0/8 or 2001:db8::/32, a single machine as 10.1.2.3"
)]
pub struct NetworkError(pub String);

impl Networks {
    /// Reads networks in CIDR notation; an address alone is a network of one.
    ///
    /// # Errors
    /// All that are none.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, Vec<NetworkError>> {
        let (mut networks, mut errors) = (Vec::new(), Vec::new());
        for text in texts.iter().map(AsRef::as_ref) {
            let trimmed = text.trim();
            match trimmed
                .parse::<IpNet>()
                .or_else(|_| trimmed.parse::<IpAddr>().map(IpNet::from))
            {
                Ok(network) => networks.push(network),
                Err(_) => errors.push(NetworkError(text.to_owned())),
            }
        }
        if errors.is_empty() {
            Ok(Self(networks))
        } else {
            Err(errors)
        }
    }

    /// Whether one of them holds `address`. IPv4 addresses written as IPv6 (`::ffff:10.0.0.1`) count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_its_own() {
        let networks = Networks::parse(&["10.0.0.0/8", " ::1 ", "192.168.1.7"]).unwrap();
        for inside in ["10.255.0.1", "::1", "192.168.1.7", "::ffff:10.1.2.3"] {
            assert!(networks.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["11.0.0.1", "::2", "192.168.1.8"] {
            assert!(!networks.contains(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn reports_everything_at_once() {
        let errors = Networks::parse(&["10.0.0.0/33", "10.0.0.0/8", "intranet"]).unwrap_err();
        assert_eq!(
            errors,
            [
                NetworkError("10.0.0.0/33".into()),
                NetworkError("intranet".into())
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Networks::parse(&[text]);
        }
    }
}
