//! One visit: everything that is asked of one target.

use std::time::{Duration, SystemTime};

use rustls::pki_types::CertificateDer;

use crate::{
    Authorities, Finding, Options, Service, Target, certificate, http, imap,
    link::Link,
    report::{Seen, Visited},
    resolve::resolve,
    smtp,
    step::Limits,
    tls::{self, Channel},
};

/// A visit under way.
pub(crate) struct Visit<'a> {
    pub target: &'a Target,
    authorities: &'a Authorities,
    pub findings: Vec<Finding>,
}

/// Asks a target everything that there is to ask.
pub(crate) fn visit(target: &Target, options: &Options) -> Visited {
    let mut visit = Visit {
        target,
        authorities: &options.authorities,
        findings: Vec::new(),
    };
    let mut seen = Seen::default();
    if let Err(end) = visit.run(options, &mut seen) {
        visit.findings.push(end);
    }
    let mut findings = visit.findings;
    if let Service::Autoconfig { .. } = target.service {
        http::soften(&mut findings);
    }
    Visited::new(target.clone(), seen, findings)
}

impl Visit<'_> {
    fn run(&mut self, options: &Options, seen: &mut Seen) -> Result<(), Finding> {
        let target = self.target;
        let limits = Limits::begin(Duration::from_secs(options.timeout.get().into()));
        let resolved = resolve(&target.host, target.port(), &options.overrides, &limits)?;
        seen.addresses = resolved
            .addresses
            .iter()
            .map(|address| address.ip())
            .collect();
        seen.addresses_given = resolved.given;
        if target.port().is_none() {
            return Ok(());
        }
        let (link, connected) = Link::open(&resolved.addresses, limits, &mut self.findings)?;
        seen.connected = Some(connected);
        match &target.service {
            Service::Imap(endpoint) => imap::visit(self, link, endpoint.security, seen),
            Service::Smtp(endpoint) => smtp::visit(self, link, endpoint.security, seen),
            _ => http::visit(self, link, seen),
        }
    }

    /// Agrees on TLS; what the certificate is worth is a finding and no reason to stop.
    pub fn encrypt(
        &mut self,
        link: Link,
        protocol: Option<&str>,
        seen: &mut Seen,
    ) -> Result<Channel, Finding> {
        let (encrypted, agreed, chain) = tls::handshake(link, &self.target.host, protocol)?;
        seen.tls = Some(agreed);
        self.judge(&chain, seen);
        Ok(Channel::Encrypted(Box::new(encrypted)))
    }

    fn judge(&mut self, chain: &[CertificateDer<'static>], seen: &mut Seen) {
        seen.certificate = certificate::judge(
            chain,
            &self.target.host,
            self.authorities,
            SystemTime::now(),
            &mut self.findings,
        );
    }
}

/// What is told of a visit that ended by a mistake of this program.
pub(crate) fn given_up(target: Target) -> Visited {
    let finding = Finding::failure(
        "internal",
        "The probe of this host broke off by a mistake in Pandu.",
        "Please report it, with the host's name.",
    );
    Visited::new(target, Seen::default(), vec![finding])
}
