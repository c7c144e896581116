//! What was found out, as values: printed by [`crate::text`], and as JSON.

use std::net::SocketAddr;

use serde::Serialize;

use crate::{Certificate, Finding, Severity, Target, Tls};

/// All that was found out of one agency's hosts.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of this document's shape.
    pub version: u32,
    /// The agency's id.
    pub agency: String,
    /// The worst of all.
    pub verdict: Verdict,
    /// In the order in which they were asked for.
    pub services: Vec<Visited>,
}

/// What was found out of one service.
#[derive(Clone, Debug, Serialize)]
pub struct Visited {
    /// What was asked; printed, not part of the JSON.
    #[serde(skip)]
    pub target: Target,
    /// `imap`, `smtp`, `webmail`, `activesync`, `autoconfig` or `mx`.
    pub service: &'static str,
    /// The host.
    pub host: String,
    /// The port; none for an MX.
    pub port: Option<u16>,
    /// `SSL/TLS` or `STARTTLS`; none for an MX.
    pub security: Option<&'static str>,
    /// What was asked for over HTTPS.
    pub path: Option<String>,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// What was seen.
    #[serde(flatten)]
    pub seen: Seen,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What was seen of a service, as far as it got. All keys always stand in the JSON, `null` where not known.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// The host's addresses.
    pub addresses: Vec<std::net::IpAddr>,
    /// True where the operator gave them.
    pub addresses_given: bool,
    /// The one that was connected to.
    pub connected: Option<SocketAddr>,
    /// What was agreed on.
    pub tls: Option<Tls>,
    /// The server's own certificate.
    pub certificate: Option<Certificate>,
    /// Its first words, without anybody's address.
    pub greeting: Option<String>,
    /// What it says it can do, ways to sign in left out; IMAP and SMTP, once encrypted.
    pub capabilities: Option<Vec<String>>,
    /// Ways to sign in (SASL mechanisms), once encrypted.
    pub sign_in: Option<Vec<String>>,
    /// Largest message that it takes, in bytes (RFC 1870).
    pub max_size: Option<u64>,
    /// Its answer over HTTP.
    pub http: Option<Http>,
}

/// An answer over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Http {
    /// `200`
    pub status: u16,
    /// `HTTP/1.1 200 OK`
    pub status_line: String,
    /// Its media type, without parameters.
    pub content_type: Option<String>,
    /// Where it leads, without query.
    pub location: Option<String>,
    /// `MS-ASProtocolVersions`
    pub activesync_versions: Option<Vec<String>>,
    /// Whether the set-up file says what the profile says.
    pub agrees: Option<bool>,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong.
    Ok,
    /// It works, and had better be mended.
    Warning,
    /// Something does not work.
    Failure,
}

impl Verdict {
    fn of(findings: &[Finding]) -> Self {
        match findings.iter().map(|finding| finding.severity).max() {
            None => Self::Ok,
            Some(Severity::Warning) => Self::Warning,
            Some(Severity::Failure) => Self::Failure,
        }
    }
}

impl Report {
    /// Of what was visited for an agency.
    pub(crate) fn new(agency: &str, services: Vec<Visited>) -> Self {
        Self {
            version: 1,
            agency: agency.to_owned(),
            verdict: services
                .iter()
                .map(|visited| visited.verdict)
                .max()
                .unwrap_or(Verdict::Ok),
            services,
        }
    }

    /// How many services stand so.
    pub fn count(&self, verdict: Verdict) -> usize {
        let such = self.services.iter().filter(|it| it.verdict == verdict);
        such.count()
    }

    /// As one JSON document.
    ///
    /// # Errors
    /// None for a report that [`crate::probe`] made.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

impl Visited {
    /// Of one target.
    pub(crate) fn new(target: Target, seen: Seen, findings: Vec<Finding>) -> Self {
        Self {
            service: target.service.id(),
            host: target.host.as_str().to_owned(),
            port: target.port(),
            security: target.security().map(model::host::Security::label),
            path: target.path().map(str::to_owned),
            verdict: Verdict::of(&findings),
            seen,
            findings,
            target,
        }
    }
}
