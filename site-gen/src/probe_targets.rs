//! What `pandu probe` asks of an agency's hosts: everything that its profile promises to mail programs.

use model::host::{HostName, Port, Security};
use probe::target::{AUTOCONFIG, Endpoint, Expected, HTTPS, Service, Target, WELL_KNOWN};
use url::Url;

use crate::profile::Profile;

/// The agency's hosts with what each should offer: mail servers, ActiveSync, webmail, set-up files, mail exchangers.
pub fn targets(profile: &Profile) -> Vec<Target> {
    let imap = server(profile, "imap");
    let smtp = server(profile, "smtp");
    let mut targets = Vec::new();
    if let Some((host, endpoint)) = imap.clone() {
        targets.push(target(host, Service::Imap(endpoint)));
    }
    if let Some((host, endpoint)) = smtp.clone() {
        targets.push(target(host, Service::Smtp(endpoint)));
    }
    if let Some((host, _)) = server(profile, "exchange") {
        targets.push(target(host, Service::ActiveSync));
    }
    targets.extend(
        ["webmail", "webmail_community"]
            .into_iter()
            .filter_map(|key| webmail(&text(profile, &format!("email.{key}"))?)),
    );
    // Without a server there is nothing that a set-up file could say.
    if (imap.is_some() || smtp.is_some())
        && let Some(domain) = host(profile, "email.domain")
    {
        targets.extend(set_up_files(&Expected { domain, imap, smtp }));
    }
    for index in 0.. {
        let Some(host) = host(profile, &format!("email.mx[{index}].host")) else {
            break;
        };
        let priority = number(profile, &format!("email.mx[{index}].prioritas"));
        let priority = priority.and_then(|number| u16::try_from(number).ok());
        targets.push(target(
            host,
            Service::Mx {
                priority: priority.unwrap_or_default(),
            },
        ));
    }
    targets
}

/// Both places where programs look for the set-up file of a domain.
fn set_up_files(expected: &Expected) -> impl Iterator<Item = Target> {
    let own = HostName::parse(&format!("autoconfig.{}", expected.domain.as_str())).ok();
    let places = [
        own.map(|host| (host, AUTOCONFIG)),
        Some((expected.domain.clone(), WELL_KNOWN)),
    ];
    places.into_iter().flatten().map(|(host, path)| {
        target(
            host,
            Service::Autoconfig {
                path: path.to_owned(),
                expected: Box::new(expected.clone()),
            },
        )
    })
}

fn webmail(address: &str) -> Option<Target> {
    let url = Url::parse(address).ok()?;
    let host = HostName::parse(url.host_str()?).ok()?;
    let port = Port::new(i64::from(url.port().unwrap_or(HTTPS))).ok()?;
    let path = url.path().to_owned();
    Some(target(host, Service::Webmail { port, path }))
}

fn target(host: HostName, service: Service) -> Target {
    Target { host, service }
}

fn server(profile: &Profile, name: &str) -> Option<(HostName, Endpoint)> {
    let port = number(profile, &format!("email.{name}.port"))?;
    let endpoint = Endpoint {
        port: Port::new(port).ok()?,
        security: Security::parse(&text(profile, &format!("email.{name}.keamanan"))?).ok()?,
    };
    Some((host(profile, &format!("email.{name}.host"))?, endpoint))
}

fn host(profile: &Profile, path: &str) -> Option<HostName> {
    HostName::parse(&text(profile, path)?).ok()
}

fn number(profile: &Profile, path: &str) -> Option<i64> {
    text(profile, path)?.parse().ok()
}

/// A fact as it is written; none where the profile lacks it.
fn text(profile: &Profile, path: &str) -> Option<String> {
    Some(profile.facts.shown(path)).filter(|text| !text.is_empty())
}
