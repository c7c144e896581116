//! The set-up files of an agency's mail in a real `dist`, each read by a program that others wrote: all of them, and the
//! pages, name the same hosts, ports and encryption as the profile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use insta::assert_snapshot;
use io_pim_discovery::autoconfig::config::{
    DiscoveryAuthenticationType, DiscoveryAutoconfig, DiscoverySecurityType, DiscoveryServer,
    DiscoveryServerType,
};
use io_pim_discovery::pacc::config::DiscoveryPaccConfig;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::authority::Authority;
use tests::needle::files_in;
use tests::nginx::Nginx;
use tests::process::project;
use tests::product::{AGENCIES, AGENCY, Hours, Snapshot, pages, site, whole_site, work_folder};
use tests::quoted::quoted;
use tests::workspace::Workspace;

/// Host, port and encryption of one server.
type Server = (String, u16, &'static str);

/// What an agency's mail is, as one of its sources says it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Mail {
    domains: Vec<String>,
    imap: Option<Server>,
    smtp: Option<Server>,
    activesync: Option<String>,
    exchangers: BTreeSet<(u16, String)>,
}

/// What the profile says.
fn profile(project: &Path, agency: &str) -> (Mail, toml::Table) {
    let file = project.join(format!("content/instansi/{agency}/instansi.toml"));
    let profile: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
    let email = profile["email"].as_table().unwrap().clone();
    let text = |table: &toml::Table, key: &str| table[key].as_str().unwrap().to_owned();
    let server = |key: &str| -> Option<Server> {
        let server = email.get(key)?.as_table()?;
        let port = u16::try_from(server["port"].as_integer().unwrap()).unwrap();
        let security = match server["keamanan"].as_str().unwrap() {
            "SSL/TLS" => "SSL/TLS",
            _ => "STARTTLS",
        };
        Some((text(server, "host"), port, security))
    };
    let mut domains = vec![text(&email, "domain")];
    let others = email.get("domain_lain").and_then(toml::Value::as_array);
    domains.extend(
        others
            .into_iter()
            .flatten()
            .map(|other| other.as_str().unwrap().to_owned()),
    );
    let exchange = email.get("exchange").and_then(toml::Value::as_table);
    let activesync = exchange.filter(|exchange| {
        exchange
            .get("activesync")
            .is_some_and(|it| it.as_bool() == Some(true))
    });
    let exchangers = email.get("mx").and_then(toml::Value::as_array);
    let exchangers = exchangers.into_iter().flatten().map(|record| {
        let record = record.as_table().unwrap();
        let priority = u16::try_from(record["prioritas"].as_integer().unwrap()).unwrap();
        (priority, text(record, "host"))
    });
    let mail = Mail {
        domains,
        imap: server("imap"),
        smtp: server("smtp"),
        activesync: activesync.map(|exchange| text(exchange, "host")),
        exchangers: exchangers.collect(),
    };
    (mail, email)
}

/// A program of the system, with an input; it must succeed.
fn tool(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = attempt(program, arguments, input);
    assert!(
        output.status.success(),
        "{program} {arguments:?} refuses:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn attempt(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{program} is needed ({error}): run `tests/run`, which installs it")
        });
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

// --- the readers: each gives what one file says -------------------------------------------------

/// Mozilla autoconfig, read by io-pim-discovery.
fn autoconfig(folder: &Path) -> Mail {
    let primary = fs::read_to_string(folder.join("mail/config-v1.1.xml")).unwrap();
    let second = folder.join(".well-known/autoconfig/mail/config-v1.1.xml");
    assert_eq!(primary, fs::read_to_string(second).unwrap());
    tool("xmllint", &["--noout", "-"], primary.as_bytes());
    let config: DiscoveryAutoconfig = serde_xml_rs::from_str(&primary).unwrap();
    assert_eq!(config.version, "1.1");
    let provider = config.email_provider;
    assert!(provider.display_name.unwrap().chars().count() <= 60);
    assert!(provider.display_short_name.unwrap().chars().count() <= 20);
    assert_eq!(provider.id, provider.domain[0]);
    assert!(provider.documentation[0].url.starts_with("https://"));
    let [incoming] = provider.incoming_server.as_slice() else {
        panic!("one section for reading");
    };
    let [outgoing] = provider.outgoing_server.as_slice() else {
        panic!("one section for sending");
    };
    assert!(matches!(incoming.r#type, DiscoveryServerType::Imap));
    assert!(matches!(outgoing.r#type, DiscoveryServerType::Smtp));
    let server = |server: &DiscoveryServer| {
        assert!(matches!(
            server.authentication.as_slice(),
            [DiscoveryAuthenticationType::PasswordCleartext]
        ));
        assert_eq!(server.username.as_deref(), Some("%EMAILADDRESS%"));
        let security = match server.socket_type {
            Some(DiscoverySecurityType::Tls) => "SSL/TLS",
            Some(DiscoverySecurityType::Starttls) => "STARTTLS",
            _ => panic!("unencrypted"),
        };
        (
            server.hostname.clone().unwrap(),
            server.port.unwrap(),
            security,
        )
    };
    Mail {
        domains: provider.domain.clone(),
        imap: Some(server(incoming)),
        smtp: Some(server(outgoing)),
        ..Mail::default()
    }
}

/// An Apple profile, read by Python's plistlib.
fn plist(file: &Path) -> Value {
    let read = "import json, plistlib, sys; json.dump(plistlib.loads(sys.stdin.buffer.read()), sys.stdout)";
    let profile = fs::read(file).unwrap();
    tool("xmllint", &["--noout", "--nonet", "-"], &profile);
    serde_json::from_slice(&tool("python3", &["-c", read], &profile)).unwrap()
}

/// The keys that every Apple profile and payload must have, in Apple's types.
fn has_the_keys_of_a_payload(payload: &Value) {
    assert_eq!(payload["PayloadVersion"], json!(1));
    let id = payload["PayloadUUID"].as_str().unwrap();
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{id}");
    assert!(
        id.chars()
            .all(|c| c == '-' || c.is_ascii_digit() || ('A'..='F').contains(&c)),
        "{id}"
    );
    assert_eq!(&id[14..15], "5", "{id} is of version 5");
    let identifier = payload["PayloadIdentifier"].as_str().unwrap();
    assert!(
        identifier.split('.').count() >= 3
            && identifier
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)),
        "{identifier}"
    );
    assert!(!payload["PayloadDisplayName"].as_str().unwrap().is_empty());
}

/// The one payload of a profile, whose own keys are in order.
fn payload(profile: &Value) -> Value {
    has_the_keys_of_a_payload(profile);
    assert_eq!(profile["PayloadType"], "Configuration");
    for key in ["PayloadDescription", "PayloadOrganization"] {
        assert!(!profile[key].as_str().unwrap().is_empty(), "{key}");
    }
    let [payload] = profile["PayloadContent"].as_array().unwrap().as_slice() else {
        panic!("one payload");
    };
    has_the_keys_of_a_payload(payload);
    for own in ["PayloadUUID", "PayloadIdentifier"] {
        assert_ne!(payload[own], profile[own], "{own}");
    }
    // What a person alone knows is asked for by the phone.
    let keys: Vec<&String> = payload.as_object().unwrap().keys().collect();
    for personal in [
        "EmailAddress",
        "EmailAccountName",
        "IncomingMailServerUsername",
        "OutgoingMailServerUsername",
        "IncomingPassword",
        "OutgoingPassword",
        "UserName",
        "Password",
    ] {
        assert!(!keys.iter().any(|key| *key == personal), "{personal}");
    }
    payload.clone()
}

/// Both Apple profiles. They know nothing of STARTTLS: the port says it.
fn apple(folder: &Path) -> Mail {
    let mut mail = Mail::default();
    let imap = folder.join("pasang/imap.mobileconfig");
    if imap.exists() {
        let payload = payload(&plist(&imap));
        assert_eq!(payload["PayloadType"], "com.apple.mail.managed");
        assert_eq!(payload["EmailAccountType"], "EmailTypeIMAP");
        assert_eq!(
            payload["OutgoingPasswordSameAsIncomingPassword"],
            json!(true)
        );
        assert!(
            !payload["EmailAccountDescription"]
                .as_str()
                .unwrap()
                .is_empty()
        );
        let server = |way: &str| -> Server {
            let of = |key: &str| &payload[format!("{way}MailServer{key}")];
            assert_eq!(of("Authentication"), "EmailAuthPassword");
            assert_eq!(of("UseSSL"), &json!(true));
            let port = u16::try_from(of("PortNumber").as_u64().unwrap()).unwrap();
            let security = match port {
                143 | 587 => "STARTTLS",
                _ => "SSL/TLS",
            };
            (of("HostName").as_str().unwrap().to_owned(), port, security)
        };
        mail.imap = Some(server("Incoming"));
        mail.smtp = Some(server("Outgoing"));
    }
    let exchange = folder.join("pasang/exchange.mobileconfig");
    if exchange.exists() {
        let payload = payload(&plist(&exchange));
        assert_eq!(payload["PayloadType"], "com.apple.eas.account");
        assert_eq!(payload["SSL"], json!(true));
        mail.activesync = Some(payload["Host"].as_str().unwrap().to_owned());
    }
    mail
}

/// Autodiscover, read by xmllint's XPath.
fn autodiscover(folder: &Path) -> Mail {
    let file = folder.join("pasang/autodiscover.xml");
    let file = file.to_str().unwrap();
    let of = |kind: &str, key: &str| {
        let path = format!(
            "string(//*[local-name()='Protocol'][*[local-name()='Type']='{kind}']/*[local-name()='{key}'])"
        );
        let value = tool("xmllint", &["--xpath", &path, file], b"");
        String::from_utf8(value).unwrap().trim().to_owned()
    };
    let server = |kind: &str| -> Option<Server> {
        assert_eq!(of(kind, "AuthRequired"), "on");
        let security = match (of(kind, "SSL").as_str(), of(kind, "Encryption").as_str()) {
            ("on", "") => "SSL/TLS",
            ("off", "TLS") => "STARTTLS",
            other => panic!("{other:?}"),
        };
        Some((
            of(kind, "Server"),
            of(kind, "Port").parse().unwrap(),
            security,
        ))
    };
    Mail {
        imap: server("IMAP"),
        smtp: server("SMTP"),
        ..Mail::default()
    }
}

/// Names, kinds and values of a domain's records, as named-checkzone reads them from the zone file, put into a zone of
/// the domain.
fn zone(folder: &Path, domain: &str) -> BTreeSet<(String, String, String)> {
    let piece = fs::read_to_string(folder.join("pasang/zona.txt")).unwrap();
    let start = piece.find(&format!("$ORIGIN {domain}.\n")).unwrap();
    let piece = &piece[start..];
    let end = piece[1..]
        .find("$ORIGIN")
        .map_or(piece.len(), |end| end + 1);
    let piece = &piece[..end];
    // The zone to which the administrator adds them: servers below the domain have their addresses there already.
    let mut whole = format!(
        "$TTL 3600\n@ IN SOA ns1 admin 1 3600 600 86400 3600\n@ IN NS ns1\nns1 IN A 192.0.2.1\n{piece}"
    );
    let below = format!(".{domain}.");
    let hosts: BTreeSet<&str> = piece
        .split_whitespace()
        .filter(|word| word.ends_with(&below))
        .collect();
    for host in hosts {
        whole.push_str(&format!("{host} IN A 192.0.2.2\n"));
    }
    let canonical = tool(
        "named-checkzone",
        &["-q", "-i", "local", "-D", "-o", "-", domain, "/dev/stdin"],
        whole.as_bytes(),
    );
    let canonical = String::from_utf8(canonical).unwrap();
    let records = canonical.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let (kind, value) = (words.nth(2)?, words.collect::<Vec<_>>().join(" "));
        let name = name.trim_end_matches('.').to_owned();
        (!["SOA", "NS", "A"].contains(&kind)).then(|| (name, kind.to_owned(), value))
    });
    records.collect()
}

/// What the records of a domain say; the others must not be there.
fn dns(folder: &Path, domain: &str) -> Mail {
    let mut mail = Mail::default();
    for (name, kind, value) in zone(folder, domain) {
        let short = name.strip_suffix(domain).unwrap().trim_end_matches('.');
        let words: Vec<&str> = value.split(' ').collect();
        let host = |at: usize| words[at].trim_end_matches('.').to_owned();
        let target = |security| (host(3), words[2].parse().unwrap(), security);
        match (short, kind.as_str()) {
            ("", "MX") => {
                mail.exchangers.insert((words[0].parse().unwrap(), host(1)));
            }
            ("_imaps._tcp", "SRV") => mail.imap = Some(target("SSL/TLS")),
            ("_imap._tcp", "SRV") => mail.imap = Some(target("STARTTLS")),
            ("_submissions._tcp", "SRV") => mail.smtp = Some(target("SSL/TLS")),
            ("_submission._tcp", "SRV") => mail.smtp = Some(target("STARTTLS")),
            ("_autodiscover._tcp", "SRV") => {
                assert_eq!(words[2], "443");
                mail.activesync = Some(host(3));
            }
            ("autodiscover", "CNAME") => {}
            ("autoconfig" | "ua-auto-config", "CNAME") => assert_eq!(host(0), "pandu.example"),
            ("_ua-auto-config", "TXT") => assert!(value.starts_with("\"v=UAAC1; a=sha256; d=")),
            other => panic!("{other:?} {value}"),
        }
    }
    mail
}

/// The text of a piece of HTML.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.trim().replace("&amp;", "&")
}

/// Every server that a settings card of the pages names: by what stands on the card, in its order.
fn on_pages(site: &Path, prefix: &str) -> BTreeSet<Server> {
    let mut found = BTreeSet::new();
    for page in pages(site).iter().filter(|page| page.starts_with(prefix)) {
        let html = quoted(&fs::read_to_string(site.join(page).join("index.html")).unwrap());
        for card in html.split("<div class=\"setelan\"").skip(1) {
            let card = card.split("</dl>").next().unwrap();
            let values: Vec<String> = card
                .split("<dd id=")
                .skip(1)
                .map(|value| {
                    let value = value.split_once('>').unwrap().1;
                    // Its end tag goes without saying.
                    let value = value.split("<dd ").next().unwrap();
                    plain(value.split("</d").next().unwrap())
                })
                .collect();
            // On each card a host is followed by its port and how it is secured.
            let (mut host, mut port) = (None, None);
            for value in values {
                if let Ok(number) = value.parse::<u16>() {
                    port = Some(number);
                } else if let Some(security) =
                    ["SSL/TLS", "STARTTLS"].into_iter().find(|it| *it == value)
                {
                    let place = format!("/{page} has a card without host or port: {card}");
                    let host = host.take().unwrap_or_else(|| panic!("{place}"));
                    let port = port.take().unwrap_or_else(|| panic!("{place}"));
                    found.insert((host, port, security));
                } else if value.contains('.') && !value.contains([' ', '@', '/']) {
                    host = Some(value);
                }
            }
        }
    }
    found
}

// --- what is built ------------------------------------------------------------------------------

/// One agency's site from a changed profile, and the folder of the project that it was built from.
struct Changed {
    site: PathBuf,
    output: Output,
    email: toml::Table,
    mail: Mail,
}

/// Builds the site of [`AGENCY`] with its `[email]` changed, as an author would change it.
fn changed(name: &str, edits: &[(&str, &str)], options: &[&str]) -> Changed {
    let workspace = Workspace::fresh();
    let file = format!("content/instansi/{AGENCY}/instansi.toml");
    for (from, to) in edits {
        workspace.edit(&file, from, to);
    }
    let site = work_folder().join(name);
    let arguments = [
        "build",
        "--instansi",
        AGENCY,
        "--out",
        site.to_str().unwrap(),
    ];
    let output = workspace.run(&[&arguments, options].concat());
    let (mail, email) = profile(workspace.root(), AGENCY);
    Changed {
        site,
        output,
        email,
        mail,
    }
}

/// Servers on other ports, encrypted later, for two domains, with MX records.
fn elsewhere() -> &'static Changed {
    static ELSEWHERE: OnceLock<Changed> = OnceLock::new();
    ELSEWHERE.get_or_init(|| {
        changed(
            "elsewhere",
            &[
                (
                    "domain = \"jakarta.go.id\"\n",
                    "domain = \"jakarta.go.id\"\ndomain_lain = [\"dki.jakarta.example\"]\n",
                ),
                (
                    "host = \"email.jakarta.go.id\"\nport = 993\nkeamanan = \"SSL/TLS\"",
                    "host = \"surat.jakarta.go.id\"\nport = 143\nkeamanan = \"STARTTLS\"",
                ),
                (
                    "port = 465\nkeamanan = \"SSL/TLS\"",
                    "port = 587\nkeamanan = \"STARTTLS\"",
                ),
                (
                    "[email.exchange]",
                    "[[email.mx]]\nhost = \"mx2.jakarta.go.id\"\nprioritas = 20\n\n[[email.mx]]\nhost = \"mx1.contoh.example\"\nprioritas = 5\n\n[email.exchange]",
                ),
            ],
            &[],
        )
    })
}

/// The same files, whatever else the site holds.
fn built(changed: &Changed) -> &Path {
    assert!(
        changed.output.status.success(),
        "{}",
        String::from_utf8_lossy(&changed.output.stderr)
    );
    &changed.site
}

fn agree(mail: &Mail, folder: &Path, site: &Path, prefix: &str) {
    let servers = || (mail.imap.clone(), mail.smtp.clone());
    let said = autoconfig(folder);
    assert_eq!(said.domains, mail.domains);
    assert_eq!((said.imap, said.smtp), servers(), "autoconfig");
    let said = apple(folder);
    assert_eq!((said.imap, said.smtp), servers(), "Apple profile");
    assert_eq!(said.activesync, mail.activesync, "Apple profile");
    let said = autodiscover(folder);
    assert_eq!((said.imap, said.smtp), servers(), "Autodiscover");
    for domain in &mail.domains {
        let said = dns(folder, domain);
        assert_eq!((said.imap, said.smtp), servers(), "DNS of {domain}");
        assert_eq!(said.activesync, mail.activesync, "DNS of {domain}");
        assert_eq!(said.exchangers, mail.exchangers, "DNS of {domain}");
    }
    let on_pages = on_pages(site, prefix);
    for server in [&mail.imap, &mail.smtp] {
        assert!(on_pages.contains(server.as_ref().unwrap()), "{on_pages:?}");
    }
}

#[test]
fn page_file_and_dns_agree_for_all_agencies() {
    let site = whole_site();
    let mut with_files = 0;
    for agency in AGENCIES {
        let (mail, email) = profile(&project(), agency);
        let folder = site.join(agency);
        let prefix = format!("{agency}/");
        // What the pages show is the profile's, and nothing else.
        let known: BTreeSet<Server> = ["imap", "smtp", "exchange"]
            .iter()
            .filter_map(|key| {
                let server = email.get(*key)?.as_table()?;
                let port = u16::try_from(server["port"].as_integer()?).ok()?;
                let security = match server["keamanan"].as_str()? {
                    "SSL/TLS" => "SSL/TLS",
                    _ => "STARTTLS",
                };
                Some((server["host"].as_str()?.to_owned(), port, security))
            })
            .collect();
        let shown = on_pages(site, &prefix);
        assert!(shown.is_subset(&known), "{agency}: {shown:?}");
        if mail.imap.is_some() {
            agree(&mail, &folder, site, &prefix);
            with_files += 1;
        } else {
            for none in ["mail/config-v1.1.xml", ".well-known", "pasang"] {
                assert!(!folder.join(none).exists(), "{agency} offers {none}");
            }
        }
    }
    assert!(with_files > 0, "no agency names its servers");
}

#[test]
fn a_changed_profile_changes_all_of_them() {
    let changed = elsewhere();
    let site = built(changed);
    assert_eq!(
        changed.mail.imap,
        Some(("surat.jakarta.go.id".to_owned(), 143, "STARTTLS"))
    );
    assert_eq!(changed.mail.domains.len(), 2);
    assert_eq!(changed.mail.exchangers.len(), 2);
    agree(&changed.mail, site, site, "");
}

#[test]
fn what_is_written_for_mail_programs() {
    let site = built(elsewhere());
    for (name, file) in [
        ("autoconfig", "mail/config-v1.1.xml"),
        ("autodiscover", "pasang/autodiscover.xml"),
        ("zone", "pasang/zona.txt"),
        ("nginx", "pasang/nginx.conf"),
        ("caddy", "pasang/Caddyfile"),
    ] {
        assert_snapshot!(name, fs::read_to_string(site.join(file)).unwrap());
    }
}

/// A phone replaces an installed profile by one with the same identifiers: they must never change.
#[test]
fn apple_profiles_keep_their_identifiers() {
    let (site, other) = (site(), built(elsewhere()));
    for kind in ["imap", "exchange"] {
        let file = format!("pasang/{kind}.mobileconfig");
        let (one, two) = (plist(&site.join(&file)), plist(&other.join(&file)));
        for key in ["PayloadUUID", "PayloadIdentifier"] {
            assert_eq!(one[key], two[key]);
            assert_eq!(one["PayloadContent"][0][key], two["PayloadContent"][0][key]);
        }
        assert_snapshot!(
            format!("profile_{kind}"),
            fs::read_to_string(site.join(&file)).unwrap()
        );
    }
}

#[test]
fn only_what_the_profile_declares_is_offered() {
    let without = changed(
        "without-activesync",
        &[("activesync = true", "activesync = false")],
        &[],
    );
    // The guide that needs it is named, and nothing is written.
    let told = String::from_utf8(without.output.stderr).unwrap();
    assert!(
        told.contains(
            "needs `email.exchange.activesync`, which the profile of `dki-jakarta` lacks"
        ),
        "{told}"
    );
    assert!(!without.output.status.success());
    assert!(!without.site.exists());
}

#[test]
fn pacc_stands_behind_its_switch() {
    let file = ".well-known/user-agent-configuration.json";
    assert!(!site().join(file).exists());
    let changed = changed(
        "pacc",
        &[(
            "domain = \"jakarta.go.id\"\n",
            "domain = \"jakarta.go.id\"\npacc = true\n",
        )],
        &[],
    );
    let site = built(&changed);
    let bytes = fs::read(site.join(file)).unwrap();
    let config: DiscoveryPaccConfig = serde_json::from_slice(&bytes).unwrap();
    let host = |key: &str| changed.email[key]["host"].as_str().unwrap().to_owned();
    assert_eq!(config.protocols.imap.unwrap().host, host("imap"));
    assert_eq!(config.protocols.smtp.unwrap().host, host("smtp"));
    assert_eq!(config.authentication.password, Some(true));
    let records = zone(site, "jakarta.go.id");
    let digest = STANDARD.encode(Sha256::digest(&bytes));
    let record = (
        "_ua-auto-config.jakarta.go.id".to_owned(),
        "TXT".to_owned(),
        format!("\"v=UAAC1; a=sha256; d={digest}\""),
    );
    assert!(records.contains(&record), "{records:?}");
    assert!(
        records
            .iter()
            .any(|(name, kind, _)| name == "ua-auto-config.jakarta.go.id" && kind == "CNAME")
    );
}

// --- web servers --------------------------------------------------------------------------------

/// Status, type and one more header of an address, asked for as the world would ask.
fn asked(nginx: &Nginx, authority: &Path, host: &str, path: &str) -> (String, String) {
    let port = nginx.ports().https;
    let headers = tool(
        "curl",
        &[
            "-sS",
            "-D",
            "-",
            "-o",
            "/dev/null",
            "--cacert",
            authority.to_str().unwrap(),
            "--resolve",
            &format!("{host}:{port}:127.0.0.1"),
            &format!("https://{host}:{port}{path}"),
        ],
        b"",
    );
    let headers = String::from_utf8(headers).unwrap().to_lowercase();
    let status = headers.split_whitespace().nth(1).unwrap().to_owned();
    (status, headers)
}

#[test]
fn a_real_nginx_serves_the_site_with_its_types() {
    let (plain, whole) = (site(), whole_site());
    for (folder, configuration, prefix) in [
        (plain, "pasang/nginx.conf".to_owned(), ""),
        (whole, format!("{AGENCY}/pasang/nginx.conf"), "dki-jakarta/"),
    ] {
        let authority = Authority::new();
        let certificate = work_folder().join("authority.pem");
        fs::write(&certificate, authority.certificate()).unwrap();
        let names = ["pandu.example", "autoconfig.jakarta.go.id"].map(str::to_owned);
        let text = fs::read_to_string(folder.join(configuration)).unwrap();
        let nginx = Nginx::start(&text, folder, &authority, &names);
        for (host, path, kind) in [
            ("pandu.example", "", "text/html"),
            ("pandu.example", "email/hp-android/", "text/html"),
            ("pandu.example", "mail/config-v1.1.xml", "text/xml"),
            (
                "pandu.example",
                "pasang/imap.mobileconfig",
                "application/x-apple-aspen-config",
            ),
            (
                "pandu.example",
                "manifest.webmanifest",
                "application/manifest+json",
            ),
            ("pandu.example", "pasang/nginx.conf", "text/plain"),
            ("pandu.example", "pasang/Caddyfile", "text/plain"),
        ] {
            let (status, headers) = asked(&nginx, &certificate, host, &format!("/{prefix}{path}"));
            assert_eq!(status, "200", "{path}: {headers}\n{}", nginx.log());
            assert!(
                headers.contains(&format!("content-type: {kind}")),
                "{path}: {headers}"
            );
            for header in [
                "cache-control: no-cache",
                "x-content-type-options: nosniff",
                "referrer-policy: no-referrer",
                "content-security-policy: frame-ancestors 'none'",
                "strict-transport-security: max-age=31536000",
            ] {
                assert!(headers.contains(header), "{path} lacks {header}: {headers}");
            }
        }
        // Files that are named by their content are kept for good.
        let code = files_in(&folder.join("assets"));
        for (ending, kind) in [("wasm", "application/wasm"), ("css", "text/css")] {
            let file = code
                .iter()
                .find(|file| file.extension().is_some_and(|it| it == ending))
                .unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            let (status, headers) = asked(
                &nginx,
                &certificate,
                "pandu.example",
                &format!("/assets/{name}"),
            );
            assert_eq!(status, "200");
            assert!(
                headers.contains(&format!("content-type: {kind}")),
                "{headers}"
            );
            assert!(headers.contains("immutable"), "{headers}");
        }
        let (status, headers) = asked(&nginx, &certificate, "pandu.example", "/tidak/ada/");
        assert_eq!(status, "404");
        assert!(headers.contains("content-type: text/html"), "{headers}");
        // Mail programs find their file, and nothing else, at the domain's own name.
        let host = "autoconfig.jakarta.go.id";
        let (status, headers) = asked(
            &nginx,
            &certificate,
            host,
            "/mail/config-v1.1.xml?emailaddress=x",
        );
        assert_eq!(status, "200", "{}", nginx.log());
        assert!(headers.contains("content-type: text/xml"), "{headers}");
        assert_eq!(asked(&nginx, &certificate, host, "/email/").0, "404");
    }
}

#[test]
fn nginx_and_caddy_accept_their_configurations() {
    for site in [site(), built(elsewhere())] {
        // nginx -t
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let certificate = authority.certify(&["pandu.example".to_owned()]);
        let text = fs::read_to_string(site.join("pasang/nginx.conf")).unwrap();
        let text = text
            .replace(
                "/etc/ssl/pandu/fullchain.pem",
                certificate.chain.to_str().unwrap(),
            )
            .replace(
                "/etc/ssl/pandu/privkey.pem",
                certificate.key.to_str().unwrap(),
            );
        let whole = format!(
            "pid nginx.pid;\nevents {{ }}\nhttp {{\ninclude /etc/nginx/mime.types;\n{text}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, whole).unwrap();
        let place = folder.path().to_str().unwrap();
        let said = attempt(
            "nginx",
            &[
                "-t",
                "-e",
                "error.log",
                "-p",
                place,
                "-c",
                file.to_str().unwrap(),
            ],
            b"",
        );
        let said_text = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{said_text}");
        assert!(!said_text.contains("[warn]"), "{said_text}");
        // Caddy
        let file = site.join("pasang/Caddyfile");
        let said = attempt(
            "caddy",
            &[
                "adapt",
                "--adapter",
                "caddyfile",
                "--validate",
                "--config",
                file.to_str().unwrap(),
            ],
            b"",
        );
        assert!(
            said.status.success(),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        );
        let adapted: Value = serde_json::from_slice(&said.stdout).unwrap();
        let adapted = adapted.to_string();
        for name in [
            "pandu.example",
            "autoconfig.jakarta.go.id",
            "x-apple-aspen-config",
        ] {
            assert!(adapted.contains(name), "{adapted}");
        }
    }
}

#[test]
fn our_own_servers_know_the_types_too() {
    let server = Snapshot::practice(Hours::Always).serve(site());
    for (path, kind) in [
        (
            "pasang/imap.mobileconfig",
            "application/x-apple-aspen-config",
        ),
        ("mail/config-v1.1.xml", "text/xml"),
        (".well-known/autoconfig/mail/config-v1.1.xml", "text/xml"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("pasang/Caddyfile", "text/plain; charset=utf-8"),
    ] {
        let answer = ureq::get(server.url(path)).call().unwrap();
        let found = answer.headers()["content-type"].to_str().unwrap();
        assert_eq!(found, kind, "{path}");
    }
}

// --- signing ------------------------------------------------------------------------------------

#[test]
fn profiles_are_signed_through_openssl() {
    let authority = Authority::new();
    let certificate = authority.certify(&["pandu.example".to_owned()]);
    let trusted = work_folder().join("signing-authority.pem");
    fs::write(&trusted, authority.certificate()).unwrap();
    let folder = work_folder().join("signed");
    let [key, chain] = [&certificate.key, &certificate.chain].map(|path| path.to_str().unwrap());
    let trusted = trusted.to_str().unwrap();
    tests::product::build_site(&folder, &["--sign-mobileconfig", key, chain, trusted]);
    for kind in ["imap", "exchange"] {
        let file = format!("pasang/{kind}.mobileconfig");
        let signed = folder.join(&file);
        let content = tool(
            "openssl",
            &[
                "smime",
                "-verify",
                "-binary",
                "-inform",
                "der",
                "-CAfile",
                trusted,
                "-purpose",
                "any",
                "-in",
                signed.to_str().unwrap(),
            ],
            b"",
        );
        assert_eq!(content, fs::read(site().join(&file)).unwrap(), "{kind}");
        // One byte of the host changed, and it is nobody's word any more.
        let mut forged = fs::read(&signed).unwrap();
        let at = forged
            .windows(14)
            .position(|piece| piece == b"jakarta.go.id<")
            .unwrap();
        forged[at] = b'k';
        let verdict = attempt(
            "openssl",
            &[
                "smime", "-verify", "-binary", "-inform", "der", "-CAfile", trusted, "-purpose",
                "any",
            ],
            &forged,
        );
        assert!(!verdict.status.success());
    }
    // A key under a passphrase.
    let locked = work_folder().join("locked.key");
    let locked = locked.to_str().unwrap();
    let passphrase = "Rahasia-7";
    tool(
        "openssl",
        &[
            "pkey",
            "-in",
            key,
            "-aes256",
            "-passout",
            &format!("pass:{passphrase}"),
            "-out",
            locked,
        ],
        b"",
    );
    let with_passphrase = |passphrase: &str| {
        let mut pandu = Command::new(tests::process::program("pandu"));
        pandu
            .current_dir(project())
            .env("PANDU_SIGN_PASSPHRASE", passphrase)
            .args(["build", "--instansi", AGENCY, "--out"])
            .arg(work_folder().join("signed-with-passphrase"))
            .args(["--sign-mobileconfig", locked, chain]);
        pandu.output().unwrap()
    };
    let output = with_passphrase(passphrase);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("2 Apple profiles signed"));
    assert!(!with_passphrase("lain").status.success());

    // No key or certificate of ours has come along.
    let secret = fs::read_to_string(&certificate.key).unwrap();
    let secret = secret.lines().nth(1).unwrap();
    for file in files_in(&folder) {
        let bytes = fs::read(&file).unwrap();
        assert!(
            !bytes
                .windows(secret.len())
                .any(|piece| piece == secret.as_bytes()),
            "{}",
            file.display()
        );
    }
}

#[test]
fn what_cannot_sign_is_told_and_nothing_is_written() {
    let (one, other) = (Authority::new(), Authority::new());
    let names = ["pandu.example".to_owned()];
    let (good, stranger) = (one.certify(&names), other.certify(&names));
    let [key, chain] = [&good.key, &good.chain].map(|path| path.to_str().unwrap());
    let foreign = stranger.key.to_str().unwrap();
    let mut told = BTreeMap::new();
    for (case, files) in [
        ("a key that is another's", vec![foreign, chain]),
        ("no certificate", vec![key, key]),
        ("a file that is not there", vec![key, "tidak-ada.pem"]),
        ("one file only", vec![key]),
    ] {
        let options = [&["--sign-mobileconfig"], files.as_slice()].concat();
        let changed = changed("unsigned", &[], &options);
        assert!(!changed.output.status.success(), "{case}");
        assert!(!changed.site.exists(), "{case}");
        let text = String::from_utf8(changed.output.stderr).unwrap();
        // Before it stands how far the build came.
        let text = text[text.find("error: ").unwrap()..].to_owned();
        let known = [(key, "KEY"), (chain, "CERT"), (foreign, "OTHER")];
        let text = known
            .iter()
            .fold(text, |text, (path, name)| text.replace(path, name));
        told.insert(case, text);
    }
    assert_snapshot!(format!("{told:#?}"));
}
