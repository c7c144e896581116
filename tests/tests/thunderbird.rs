//! Thunderbird's own account look-up reads the autoconfig file of a built site, over HTTPS and under the domain's real names,
//! and comes to exactly the servers of the profile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::Command;

use tests::authority::Authority;
use tests::fixture::Fixture;
use tests::nginx::Nginx;
use tests::process::{program, project, run};
use tests::product::{AGENCIES, AGENCY, whole_site, work_folder};
use tests::thunderbird::{Found, Server, Thunderbird};
use tests::workspace::Workspace;
use toml::{Table, Value};

/// What Thunderbird calls the domain's own file, got by HTTPS.
const OWN_FILE: &str = "xml-from-isp-https";

/// `[email]` of an agency's profile, as the agency wrote it.
fn email(content: &Path, agency: &str) -> Table {
    let file = content.join("instansi").join(agency).join("instansi.toml");
    let profile: Table = fs::read_to_string(file).unwrap().parse().unwrap();
    profile["email"].as_table().unwrap().clone()
}

/// The servers that the profile promises to whoever has the address, where it names any.
fn promised(email: &Table, address: &str) -> Option<(Server, Server)> {
    let server = |protocol: &str| {
        let facts = email.get(protocol)?.as_table()?;
        Some(Server {
            protocol: protocol.to_owned(),
            host: facts["host"].as_str()?.to_owned(),
            port: facts["port"].as_integer()?.try_into().ok()?,
            security: match facts["keamanan"].as_str()? {
                "SSL/TLS" => "SSL/TLS",
                "STARTTLS" => "STARTTLS",
                other => panic!("Thunderbird has no word for {other}"),
            },
            normal_password: true,
            user: address.to_owned(),
        })
    };
    Some((server("imap")?, server("smtp")?))
}

/// Every domain of the agency's addresses.
fn domains(email: &Table) -> Vec<&str> {
    let others = email.get("domain_lain").and_then(Value::as_array);
    let others = others.into_iter().flatten().filter_map(Value::as_str);
    std::iter::once(text(email, "domain"))
        .chain(others)
        .collect()
}

fn text<'a>(email: &'a Table, key: &str) -> &'a str {
    email[key].as_str().unwrap()
}

/// What a new Thunderbird finds for the address where nothing in the world answers but these hosts; and all that their web
/// server wrote down.
fn look_up(servers: &str, site: &Path, hosts: &[String], address: &str) -> (Option<Found>, String) {
    let authority = Authority::new();
    let nginx = Nginx::start(servers, site, &authority, hosts);
    let found = Thunderbird::start(nginx.ports(), &authority).look_up(address);
    (found, nginx.log())
}

/// The web server's configuration that Pandu made for the agency.
fn generated(agency: &Path) -> String {
    fs::read_to_string(agency.join("pasang/nginx.conf")).unwrap()
}

/// Thunderbird asks with the person's address behind a `?`, which is nothing for a log.
fn assert_unwritten(address: &str, log: &str) {
    let (person, _) = address.split_once('@').unwrap();
    assert!(!log.contains(person), "the address is written down: {log}");
}

/// Fails unless exactly these servers were found, in the domain's own file, and stand before the person's eyes.
fn assert_found(found: Option<Found>, (incoming, outgoing): (Server, Server)) {
    let found = found.expect("Thunderbird finds the servers by itself");
    assert_eq!(found.source, OWN_FILE);
    assert_eq!(found.alternatives, 0, "more is offered: {found:?}");
    for server in [&incoming, &outgoing] {
        for shown in [&server.host, &server.port.to_string(), &server.user] {
            assert!(
                found.shown.contains(shown),
                "{shown} is not in sight: {:?}",
                found.shown
            );
        }
    }
    assert_eq!((found.incoming, found.outgoing), (incoming, outgoing));
    assert!(
        !["", "undefined"].contains(&found.service.as_str()),
        "the service has no name"
    );
}

#[test]
fn every_agency_with_servers_is_found_at_its_autoconfig_name() {
    let mut found_at = Vec::new();
    for agency in AGENCIES {
        let email = email(&project().join("content"), agency);
        if promised(&email, "").is_none() {
            continue;
        }
        let (person, _) = text(&email, "contoh").split_once('@').unwrap();
        for domain in domains(&email) {
            let address = format!("{person}@{domain}");
            let (found, log) = look_up(
                &generated(&whole_site().join(agency)),
                whole_site(),
                &[format!("autoconfig.{domain}")],
                &address,
            );
            assert_found(found, promised(&email, &address).unwrap());
            assert_unwritten(&address, &log);
            found_at.push(address);
        }
    }
    assert!(!found_at.is_empty(), "no agency names its servers");
}

/// As where the site stands at the domain itself, and the certificate has no name but that.
#[test]
fn the_domain_itself_answers_where_there_is_no_autoconfig_name() {
    let email = email(&project().join("content"), AGENCY);
    let (domain, address) = (text(&email, "domain"), text(&email, "contoh"));
    let site = work_folder().join("site-at-domain");
    run(Command::new(program("pandu"))
        .args([
            "build",
            "--base-url",
            &format!("https://{domain}/"),
            "--out",
        ])
        .arg(&site));
    let servers = generated(&site.join(AGENCY));
    let (found, log) = look_up(&servers, &site, &[domain.to_owned()], address);
    assert_found(found, promised(&email, address).unwrap());
    assert_unwritten(address, &log);
}

/// What the other tests see comes from the profile and from nowhere else: another port and encryption there, and
/// Thunderbird has them.
#[test]
fn a_change_of_the_profile_is_a_change_in_thunderbird() {
    let workspace = Workspace::fresh().with_content_of(Fixture::sound().root());
    let agency = "kota-contoh";
    for (from, to) in [("993", "143"), ("465", "587")] {
        workspace.edit(
            &format!("content/instansi/{agency}/instansi.toml"),
            &format!("port = {from}\nkeamanan = \"SSL/TLS\""),
            &format!("port = {to}\nkeamanan = \"STARTTLS\""),
        );
    }
    let output = workspace.run(&["build", "--out", "dist"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let email = email(&workspace.path("content"), agency);
    let (domain, address) = (text(&email, "domain"), text(&email, "contoh"));
    let servers = promised(&email, address).unwrap();
    let changed = [&servers.0, &servers.1].map(|server| (server.port, server.security));
    assert_eq!(changed, [(143, "STARTTLS"), (587, "STARTTLS")]);
    let site = workspace.path("dist");
    let hosts = [format!("autoconfig.{domain}")];
    let (found, _) = look_up(&generated(&site), &site, &hosts, address);
    assert_found(found, servers);
}

/// Nor does anything else in the world answer. This host writes down what it is asked: what the others must not.
#[test]
fn for_an_agency_without_servers_nothing_is_made_up() {
    let (agency, email) = AGENCIES
        .into_iter()
        .map(|agency| (agency, email(&project().join("content"), agency)))
        .find(|(_, email)| promised(email, "").is_none())
        .expect("some agency has webmail alone");
    let (domain, address) = (text(&email, "domain"), text(&email, "contoh"));
    let server = format!(
        "server {{
            listen 443 ssl;
            server_name {domain};
            ssl_certificate /etc/ssl/pandu/fullchain.pem;
            ssl_certificate_key /etc/ssl/pandu/privkey.pem;
            root /var/www/pandu;
        }}"
    );
    let site = whole_site().join(agency);
    let (found, log) = look_up(&server, &site, &[domain.to_owned()], address);
    assert!(found.is_none(), "{found:?}");
    let asked = format!(
        "GET /.well-known/autoconfig/mail/config-v1.1.xml?emailaddress={}",
        address.replace('@', "%40")
    );
    assert!(log.contains(&asked), "Thunderbird did not ask: {log}");
}
