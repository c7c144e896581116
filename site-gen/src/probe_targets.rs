//! What `pandu probe` asks of an agency's hosts: everything that its profile promises to mail programs.

use model::{
    host::{HostName, Port},
    mail::{MailProfile, Server},
};
use probe::target::{AUTOCONFIG, Endpoint, Expected, HTTPS, Service, Target, WELL_KNOWN};
use url::Url;

use crate::profile::Profile;

/// The agency's hosts with what each should offer: mail servers, ActiveSync, webmail, set-up files, mail exchangers.
pub fn targets(profile: &Profile) -> Vec<Target> {
    let mail = &profile.mail;
    let mut targets = Vec::new();
    if let Some(servers) = &mail.servers {
        let imap = Service::Imap(endpoint(&servers.imap));
        let smtp = Service::Smtp(endpoint(&servers.smtp));
        targets.push(target(servers.imap.host(), imap));
        targets.push(target(servers.smtp.host(), smtp));
    }
    targets.extend(
        mail.activesync
            .iter()
            .map(|server| target(server.host(), Service::ActiveSync)),
    );
    targets.extend(
        ["email.webmail", "email.webmail_community"]
            .iter()
            .filter_map(|path| webmail(&profile.facts.shown(path))),
    );
    targets.extend(set_up_files(mail));
    targets.extend(mail.exchangers.iter().map(|exchanger| {
        let priority = exchanger.priority;
        target(&exchanger.host, Service::Mx { priority })
    }));
    targets
}

/// Both places where programs look for the set-up file, for every domain. Without servers there is nothing that it could
/// say.
fn set_up_files(mail: &MailProfile) -> Vec<Target> {
    let Some(servers) = &mail.servers else {
        return Vec::new();
    };
    let of_domain = |domain: &HostName| {
        let expected = Box::new(Expected {
            domain: domain.clone(),
            imap: Some((servers.imap.host().clone(), endpoint(&servers.imap))),
            smtp: Some((servers.smtp.host().clone(), endpoint(&servers.smtp))),
        });
        // The longest of domains leaves no room for a name below it.
        let own = HostName::parse(&format!("autoconfig.{}", domain.as_str())).ok();
        let places = [
            own.map(|host| (host, AUTOCONFIG)),
            Some((domain.clone(), WELL_KNOWN)),
        ];
        places.into_iter().flatten().map(move |(host, path)| {
            let path = path.to_owned();
            let expected = expected.clone();
            target(&host, Service::Autoconfig { path, expected })
        })
    };
    mail.domains().flat_map(of_domain).collect()
}

/// A webmail by its address; none where the profile lacks it.
fn webmail(address: &str) -> Option<Target> {
    let url = Url::parse(address).ok()?;
    let host = HostName::parse(url.host_str()?).ok()?;
    let port = Port::new(i64::from(url.port().unwrap_or(HTTPS))).ok()?;
    let path = url.path().to_owned();
    Some(target(&host, Service::Webmail { port, path }))
}

fn target(host: &HostName, service: Service) -> Target {
    Target {
        host: host.clone(),
        service,
    }
}

fn endpoint(server: &Server) -> Endpoint {
    Endpoint {
        port: server.port(),
        security: server.security(),
    }
}
