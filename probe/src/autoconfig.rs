//! What a published set-up file (Mozilla autoconfig) says, compared with the profile.

use model::host::{HostName, Security};
use quick_xml::{Reader, events::Event};

use crate::{
    Finding,
    report::Http,
    target::{Endpoint, Expected},
    visible::shown,
};

/// A server as the file names it: host, port, socket type, each as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Named {
    host: String,
    port: String,
    socket: String,
}

/// The first server of each kind in the file: programs use it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Servers {
    imap: Option<Named>,
    smtp: Option<Named>,
}

/// What is wrong with a published file.
pub(crate) fn judge(http: &Http, body: &[u8], expected: &Expected) -> Vec<Finding> {
    let mut findings = Vec::new();
    if http.content_type.as_deref() != Some("text/xml") {
        findings.push(Finding::warning(
            "autoconfig-type",
            format!(
                "The set-up file is served as {}, not as text/xml.",
                http.content_type
                    .as_deref()
                    .unwrap_or("nothing in particular")
            ),
            "Let the web server send `Content-Type: text/xml` for it.",
        ));
    }
    let servers = match read(body) {
        Ok(servers) => servers,
        Err(reason) => {
            findings.push(Finding::failure(
                "autoconfig-broken",
                format!("What is served is no set-up file: {}.", shown(&reason)),
                "Publish the file that Pandu builds; a site that answers every address with its home page must let this one through.",
            ));
            return findings;
        }
    };
    let differences: Vec<String> = [
        ("incoming", servers.imap, &expected.imap),
        ("outgoing", servers.smtp, &expected.smtp),
    ]
    .into_iter()
    .filter_map(|(kind, found, wanted)| difference(kind, found, wanted.as_ref(), &expected.domain))
    .collect();
    if !differences.is_empty() {
        findings.push(Finding::failure(
            "autoconfig-differs",
            format!(
                "The set-up file differs from the profile: {}.",
                differences.join("; ")
            ),
            "Publish the file that Pandu builds from this profile, or correct the profile.",
        ));
    }
    findings
}

fn difference(
    kind: &str,
    found: Option<Named>,
    wanted: Option<&(HostName, Endpoint)>,
    domain: &HostName,
) -> Option<String> {
    let wanted = wanted.map(|(host, endpoint)| Named {
        host: host.as_str().to_owned(),
        port: endpoint.port.get().to_string(),
        socket: match endpoint.security {
            Security::Tls => "SSL",
            Security::StartTls => "STARTTLS",
        }
        .to_owned(),
    });
    let found = found.map(|named| Named {
        host: named
            .host
            .replace("%EMAILDOMAIN%", domain.as_str())
            .to_ascii_lowercase(),
        ..named
    });
    let told = |named: &Option<Named>| match named {
        Some(named) => shown(&format!("{}:{} {}", named.host, named.port, named.socket)),
        None => "none".to_owned(),
    };
    (found != wanted).then(|| {
        format!(
            "{kind} server is {}, in the profile {}",
            told(&found),
            told(&wanted)
        )
    })
}

/// Reads host, port and socket type of the first IMAP and SMTP server.
fn read(body: &[u8]) -> Result<Servers, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut servers = Servers::default();
    // The server that is being read, and the text of the element within it.
    let mut current: Option<(bool, Named)> = None;
    let mut value = String::new();
    let mut is_config = false;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                value.clear();
                let incoming = start.name().as_ref() == "incomingServer";
                match start.name().as_ref() {
                    "clientConfig" => is_config = true,
                    "incomingServer" | "outgoingServer" => {
                        let kind = start.try_get_attribute("type").ok().flatten();
                        let wanted = if incoming { "imap" } else { "smtp" };
                        current = kind
                            .is_some_and(|kind| kind.value.as_ref() == wanted)
                            .then(|| (incoming, Named::default()));
                    }
                    _ => {}
                }
            }
            Event::Text(piece) => value.push_str(&piece),
            Event::CData(piece) => value.push_str(&piece),
            Event::End(end) => match (end.name().as_ref(), &mut current) {
                ("hostname", Some((_, named))) => value.trim().clone_into(&mut named.host),
                ("port", Some((_, named))) => value.trim().clone_into(&mut named.port),
                ("socketType", Some((_, named))) => value.trim().clone_into(&mut named.socket),
                ("incomingServer" | "outgoingServer", _) => {
                    if let Some((incoming, named)) = current.take() {
                        let slot = if incoming {
                            &mut servers.imap
                        } else {
                            &mut servers.smtp
                        };
                        slot.get_or_insert(named);
                    }
                }
                _ => {}
            },
            Event::Eof if is_config => return Ok(servers),
            Event::Eof => return Err("it has no element clientConfig".to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use model::host::Port;
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="contoh.go.id"><domain>contoh.go.id</domain>
<incomingServer type="pop3"><hostname>pop.contoh.go.id</hostname></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
<outgoingServer type="smtp"><hostname>SMTP.contoh.go.id</hostname><port> 587 </port><socketType>STARTTLS</socketType></outgoingServer>
<outgoingServer type="smtp"><hostname>other.contoh.go.id</hostname></outgoingServer>
</emailProvider></clientConfig>"#;

    fn expected(smtp: (&str, i64, Security)) -> Expected {
        let host = |name: &str| HostName::parse(name).unwrap();
        let endpoint = |port, security| Endpoint {
            port: Port::new(port).unwrap(),
            security,
        };
        Expected {
            domain: host("contoh.go.id"),
            imap: Some((host("imap.contoh.go.id"), endpoint(993, Security::Tls))),
            smtp: Some((host(smtp.0), endpoint(smtp.1, smtp.2))),
        }
    }

    fn codes(content_type: &str, body: &str, expected: &Expected) -> Vec<&'static str> {
        let http = Http {
            content_type: Some(content_type.to_owned()),
            ..Http::default()
        };
        let findings = judge(&http, body.as_bytes(), expected);
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn compares_with_the_profile() {
        let same = expected(("smtp.contoh.go.id", 587, Security::StartTls));
        assert!(codes("text/xml", FILE, &same).is_empty());
        assert_eq!(codes("text/plain", FILE, &same), ["autoconfig-type"]);
        for other in [
            ("smtp.contoh.go.id", 465, Security::StartTls),
            ("smtp.contoh.go.id", 587, Security::Tls),
            ("mail.contoh.go.id", 587, Security::StartTls),
        ] {
            assert_eq!(
                codes("text/xml", FILE, &expected(other)),
                ["autoconfig-differs"]
            );
        }
        for other in [
            "",
            "<html><body>Beranda</body></html>",
            "<clientConfig",
            "Beranda",
        ] {
            assert_eq!(
                codes("text/xml", other, &same),
                ["autoconfig-broken"],
                "{other}"
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(body in ".*", cut in 0..FILE.len()) {
            let _ = (read(body.as_bytes()), read(FILE.get(..cut).unwrap_or_default().as_bytes()));
        }
    }
}
