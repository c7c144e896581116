//! What a server's certificate says, and whether a mail program would believe it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use model::host::HostName;
use rustls::{
    CertificateError, OtherError,
    client::verify_server_cert_signed_by_trust_anchor,
    client::verify_server_name,
    pki_types::{CertificateDer, UnixTime},
    server::ParsedCertificate,
};
use serde::Serialize;
use x509_cert::{
    Certificate as X509,
    der::Decode,
    ext::pkix::{SubjectAltName, name::GeneralName},
    name::Name,
    time::Time,
};

use crate::{Finding, authorities::Authorities, tls, visible::shown};

/// Fewer days than these are too few: certificates should be renewed a month before they expire.
const FEW_DAYS: i64 = 30;
const DAY: i64 = 24 * 3600;
/// How many of a certificate's names are told in a sentence.
const TOLD: usize = 5;

/// What the server's own certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// The hosts that it is for (subjectAltName, RFC 6125).
    pub names: Vec<String>,
    /// Who issued it: common name and organisation.
    pub issuer: String,
    /// Valid from, UTC: `2026-11-23T00:00:00Z`.
    pub not_before: String,
    /// Valid until, UTC.
    pub not_after: String,
    /// Whole days until then; below 0 once it has expired.
    pub days_left: i64,
    /// How many certificates the server sends, its own included.
    pub sent: usize,
    /// True where a mail program would believe it: name, dates and issuer are all in order.
    pub trusted: bool,
}

/// Reads the first of the certificates and judges them all. Whatever is wrong is told, not the first only.
pub(crate) fn judge(
    chain: &[CertificateDer<'static>],
    host: &HostName,
    authorities: &Authorities,
    now: SystemTime,
    findings: &mut Vec<Finding>,
) -> Option<Certificate> {
    let Some((own, others)) = chain.split_first() else {
        findings.push(unreadable());
        return None;
    };
    let Ok(certificate) = X509::from_der(own) else {
        findings.push(unreadable());
        return None;
    };
    let tbs = certificate.tbs_certificate();
    let (from, until) = (
        seconds(tbs.validity().not_before),
        seconds(tbs.validity().not_after),
    );
    let today = now.duration_since(UNIX_EPOCH).map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    });
    let days_left = (until - today).div_euclid(DAY);
    let names = names(&certificate);
    let mut wrong = Vec::new();
    if today > until {
        wrong.push(Finding::failure(
            "expired",
            format!("The certificate expired on {}.", day(tbs.validity().not_after)),
            "Renew it, install the new one and reload the service; then see to it that this happens by itself.",
        ));
    } else if today < from {
        wrong.push(Finding::failure(
            "not-yet-valid",
            format!(
                "The certificate is not valid before {}.",
                day(tbs.validity().not_before)
            ),
            "Install the certificate that is valid now, and compare the clock of this machine.",
        ));
    }
    let out_of_date = !wrong.is_empty();
    wrong.extend(name_finding(own, host, &names));
    wrong.extend(trust_finding(
        own,
        others,
        authorities,
        today.max(from).min(until),
        out_of_date,
    ));
    let trusted = wrong.is_empty();
    if trusted && days_left < FEW_DAYS {
        wrong.push(Finding::warning(
            "expires-soon",
            format!("The certificate expires in {days_left} days."),
            "Renew it now; automatic renewal should have done so.",
        ));
    }
    findings.append(&mut wrong);
    Some(Certificate {
        names,
        issuer: called(tbs.issuer()),
        not_before: tbs.validity().not_before.to_string(),
        not_after: tbs.validity().not_after.to_string(),
        days_left,
        sent: chain.len(),
        trusted,
    })
}

fn name_finding(own: &CertificateDer<'_>, host: &HostName, names: &[String]) -> Option<Finding> {
    let fits = ParsedCertificate::try_from(own)
        .and_then(|parsed| verify_server_name(&parsed, &tls::name(host)?));
    if fits.is_ok() {
        return None;
    }
    let host = host.as_str();
    Some(if names.is_empty() {
        Finding::failure(
            "wrong-name",
            format!(
                "The certificate names no host in its subjectAltName, so it is not for {host}."
            ),
            format!(
                "Get a certificate with {host} in its subjectAltName; a common name alone no longer counts."
            ),
        )
    } else {
        let more = match names.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let told = names.iter().take(TOLD).map(String::as_str);
        Finding::failure(
            "wrong-name",
            format!(
                "The certificate is for {}{more}, not for {host}.",
                told.collect::<Vec<_>>().join(", ")
            ),
            format!(
                "Add {host} to the certificate; where the profile means one of the certificate's hosts, correct the profile."
            ),
        )
    })
}

/// Whether the chain leads to a known authority. Judged on a day on which the server's own certificate is valid, so that
/// its dates hide nothing else.
fn trust_finding(
    own: &CertificateDer<'_>,
    others: &[CertificateDer<'static>],
    authorities: &Authorities,
    day: i64,
    out_of_date: bool,
) -> Option<Finding> {
    let day = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(day).unwrap_or(0)));
    let provider = tls::provider();
    let verdict = ParsedCertificate::try_from(own).and_then(|parsed| {
        verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &authorities.roots,
            others,
            day,
            provider.signature_verification_algorithms.all,
        )
    });
    let error = verdict.err()?;
    let dated = matches!(
        error,
        rustls::Error::InvalidCertificate(
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        )
    );
    // That an authority is younger than an expired certificate is no fault of its own.
    if dated && out_of_date {
        return None;
    }
    let (top, alone) = top_of(own, others);
    if top.self_signed && alone {
        return Some(Finding::failure(
            "self-signed",
            "The certificate is self-signed: no authority vouches for it.",
            "Get a certificate of a public authority, such as Let's Encrypt. For a private authority of your own, pass --ca FILE; people's devices must know it too.",
        ));
    }
    let issuer = &top.issuer;
    match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) if alone => {
            Some(Finding::failure(
                "incomplete-chain",
                format!(
                    "The server sends its own certificate alone, and its issuer, {issuer}, is none of the known authorities: most likely an intermediate certificate is missing."
                ),
                "Let the server send the whole chain (the file that authorities call fullchain), its own certificate first. Where the issuer is a private authority, pass --ca FILE.",
            ))
        }
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            Some(Finding::failure(
                "unknown-issuer",
                format!(
                    "The certificate's chain ends at {issuer}, which is none of the known authorities."
                ),
                "Get a certificate of a public authority. For a private one of your own, pass --ca FILE; people's devices must know it too.",
            ))
        }
        _ if dated => Some(Finding::failure(
            "chain-out-of-date",
            "A certificate of an authority in the chain that the server sends has expired, or is not valid yet.",
            "Install the intermediate certificates that came with the newest certificate.",
        )),
        other => Some(Finding::failure(
            "certificate-rejected",
            format!(
                "Mail programs reject the certificate: {}.",
                shown(&reason(&other))
            ),
            "Get a new certificate for servers (extended key usage serverAuth) with a key of RSA 2048 bits or more, or of ECDSA P-256.",
        )),
    }
}

fn reason(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
            inner.to_string()
        }
        other => other.to_string(),
    }
}

/// What stands at the end of a chain.
struct Top {
    issuer: String,
    self_signed: bool,
}

/// Goes from a certificate to its issuer's, as far as they were sent; true where none but the first was of use.
fn top_of(own: &CertificateDer<'_>, others: &[CertificateDer<'static>]) -> (Top, bool) {
    let mut rest: Vec<X509> = others
        .iter()
        .filter_map(|der| X509::from_der(der).ok())
        .collect();
    let Ok(mut top) = X509::from_der(own) else {
        let unknown = Top {
            issuer: "an unknown authority".to_owned(),
            self_signed: false,
        };
        return (unknown, true);
    };
    let mut alone = true;
    while !is_self_signed(&top) {
        let issuer = top.tbs_certificate().issuer().clone();
        let Some(next) = rest
            .iter()
            .position(|other| *other.tbs_certificate().subject() == issuer)
        else {
            break;
        };
        top = rest.swap_remove(next);
        alone = false;
    }
    let end = Top {
        issuer: called(top.tbs_certificate().issuer()),
        self_signed: is_self_signed(&top),
    };
    (end, alone)
}

fn is_self_signed(certificate: &X509) -> bool {
    let tbs = certificate.tbs_certificate();
    tbs.subject() == tbs.issuer()
}

fn unreadable() -> Finding {
    Finding::failure(
        "certificate-unreadable",
        "The server's certificate can't be read.",
        "Look which file the service is configured with; it must be the certificate in the format that the service wants.",
    )
}

fn names(certificate: &X509) -> Vec<String> {
    let Ok(Some((_, SubjectAltName(names)))) = certificate.tbs_certificate().get_extension() else {
        return Vec::new();
    };
    // Addresses of people may stand here too; they are left out.
    let of_hosts = names.iter().filter_map(|name| match name {
        GeneralName::DnsName(name) => Some(shown(name.as_ref())),
        _ => None,
    });
    of_hosts.collect()
}

/// An authority as people know it: `R11 (Let's Encrypt)`.
fn called(name: &Name) -> String {
    let text = |value: Option<String>| {
        value
            .map(|text| shown(&text))
            .filter(|text| !text.is_empty())
    };
    let common = text(
        name.common_name()
            .ok()
            .flatten()
            .map(|name| name.value().into_owned()),
    );
    let organisation = text(
        name.organization()
            .ok()
            .flatten()
            .map(|name| name.value().into_owned()),
    );
    match (common, organisation) {
        (Some(common), Some(organisation)) => format!("{common} ({organisation})"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => "an authority without a name".to_owned(),
    }
}

fn seconds(time: Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}

/// `2026-11-23`
fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}
