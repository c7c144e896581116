//! Who asks: the address of the client, behind a trusted proxy or not.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;

use axum::extract::{ConnectInfo, Request};
use model::network::Networks;

/// The address of the client. Only a trusted proxy is believed to name another than the peer, and only the
/// right-most entry of its `X-Forwarded-For` is its own word; those before it may be anybody's.
pub fn address(request: &Request, trusted_proxies: &Networks) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| {
        peer.ip().to_canonical()
    });
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .next_back();
    let Some(forwarded) = forwarded else {
        return peer;
    };
    if !trusted_proxies.contains(peer) {
        tell_once();
        return peer;
    }
    let last = forwarded
        .to_str()
        .unwrap_or_default()
        .rsplit(',')
        .next()
        .unwrap_or_default()
        .trim();
    let named = last
        .parse::<IpAddr>()
        .or_else(|_| last.parse::<SocketAddr>().map(|named| named.ip()));
    named.map_or(peer, |named| named.to_canonical())
}

/// A proxy that nobody declared makes all clients look like itself, which may be on the intranet.
fn tell_once() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        tracing::warn!(
            "requests carry X-Forwarded-For and come from no trusted proxy; \
             if there is a proxy in front, pass its address with --trusted-proxy"
        );
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::body::Body;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut request = Request::new(Body::empty());
        request
            .extensions_mut()
            .insert(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
        for value in forwarded {
            request
                .headers_mut()
                .append("x-forwarded-for", value.parse().unwrap());
        }
        address(&request, &Networks::parse(&["10.0.0.1", "::1"]).unwrap()).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("203.0.113.9:1", &[]), "203.0.113.9");
        assert_eq!(client("203.0.113.9:1", &["10.1.1.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1:1", &["10.1.1.1"]), "10.1.1.1");
        assert_eq!(
            client("[::ffff:10.0.0.1]:1", &["198.51.100.7:4711"]),
            "198.51.100.7"
        );
    }

    #[test]
    fn only_the_last_entry_is_believed() {
        assert_eq!(
            client("10.0.0.1:1", &["10.1.1.1, 198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(
            client("10.0.0.1:1", &["10.1.1.1", "10.2.2.2, 2001:db8::1"]),
            "2001:db8::1"
        );
        assert_eq!(client("[::1]:1", &["unknown"]), "::1");
        assert_eq!(client("[::1]:1", &["10.1.1.1,"]), "::1");
    }

    proptest! {
        /// Whatever stands in the header: somebody who is no trusted proxy is the peer, and one who is names the
        /// last entry or is the peer.
        #[test]
        fn any_header_names_the_last_or_the_peer(
            values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4),
            last in prop_oneof![any::<IpAddr>().prop_map(|it| it.to_string()), "[ -+--~]{0,40}"],
            is_trusted in any::<bool>(),
        ) {
            let peer = if is_trusted { "10.0.0.1:1" } else { "203.0.113.9:1" };
            let mut request = Request::new(Body::empty());
            let peer: SocketAddr = peer.parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(peer));
            let values = values.into_iter().filter_map(|value| HeaderValue::from_bytes(&value).ok());
            let last_value = HeaderValue::try_from(format!("{last}, {last}")).unwrap();
            for value in values.chain([last_value]) {
                request.headers_mut().append("x-forwarded-for", value);
            }
            let told = address(&request, &Networks::parse(&["10.0.0.1"]).unwrap());
            let named = last.trim().parse::<IpAddr>().map(|named| named.to_canonical());
            match named {
                Ok(named) if is_trusted => prop_assert_eq!(told, named),
                _ if !is_trusted => prop_assert_eq!(told, peer.ip()),
                // It may have been an address and a port.
                _ => prop_assert!(told == peer.ip() || last.contains(':')),
            }
        }
    }
}
