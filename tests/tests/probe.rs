//! `pandu probe` against real servers on this machine: Dovecot, nginx, openssl, and peers that behave as none should.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    net::SocketAddr,
    path::Path,
    process::Output,
    time::{Duration, Instant},
};

use insta::assert_snapshot;
use serde_json::Value;
use tests::{
    authority::{Authority, CertificateFiles, Validity},
    bad_peer::BadPeer,
    fixture::Fixture,
    mail_server::{BareTls, Dovecot},
    nginx::Nginx,
    process::{free_address, free_addresses},
};

const IMAP: &str = "imap.contoh.go.id";
const SMTP: &str = "smtp.contoh.go.id";
const WEBMAIL: &str = "mail.contoh.go.id";
const AUTOCONFIG: &str = "autoconfig.contoh.go.id";
const DOMAIN: &str = "contoh.go.id";
const HOSTS: [&str; 5] = [IMAP, SMTP, WEBMAIL, AUTOCONFIG, DOMAIN];

/// What a sound web server has for mail programs.
const LOCATIONS: &str = r#"
location / { return 200 'Selamat datang'; }
location = /Microsoft-Server-ActiveSync {
    add_header MS-ASProtocolVersions '12.1,14.0,14.1';
    return 200;
}
location ~ config-v1.1.xml$ {
    default_type text/xml;
    return 200 '<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="contoh.go.id">
<incomingServer type="imap"><hostname>imap.contoh.go.id</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.contoh.go.id</hostname><port>465</port><socketType>SSL</socketType></outgoingServer>
</emailProvider></clientConfig>';
}
"#;

/// Runs `pandu probe` on the fixture's agency, with each host at an address of this machine.
fn probe(
    fixture: &Fixture,
    authority: &Authority,
    places: &[(&str, SocketAddr)],
    options: &[&str],
) -> Output {
    let root = authority.root();
    let mut arguments = vec!["probe", "kota-contoh", "--ca", root.to_str().unwrap()];
    let places: Vec<String> = places
        .iter()
        .map(|(host, address)| format!("--resolve={host}={address}"))
        .collect();
    arguments.extend(places.iter().map(String::as_str));
    arguments.extend(options);
    let started = Instant::now();
    let output = fixture.pandu(&arguments);
    assert!(
        started.elapsed() < Duration::from_secs(25),
        "the probe took {:?}",
        started.elapsed()
    );
    output
}

/// What it prints, where its exit code is as expected.
fn text(output: &Output, code: i32) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}\n{errors}");
    settled(&format!("{text}{errors}"))
}

/// The one JSON document that it prints, where its exit code is as expected.
fn json(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code));
    let text = std::str::from_utf8(&output.stdout).unwrap();
    let document: Value = serde_json::from_str(text).expect("one JSON document");
    assert_eq!(document["agency"], "kota-contoh");
    settled(text)
}

/// Without what differs from run to run: ports of this machine, and days to come.
fn settled(text: &str) -> String {
    let mut settled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("127.0.0.1:") {
        let (before, port) = rest.split_at(at + "127.0.0.1:".len());
        settled += before;
        settled += "PORT";
        rest = port.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    settled += rest;
    let lines = settled.lines().map(|line| {
        let date = [
            "  valid until   ",
            "\"not_before\": \"",
            "\"not_after\": \"",
        ]
        .into_iter()
        .find_map(|label| line.find(label).map(|at| at + label.len()));
        match date {
            // Dates of their own choice are kept.
            Some(at) if !line[at..].starts_with("2024-") && !line[at..].starts_with("2099-") => {
                let rest = line[at..].trim_start_matches(|c: char| "0123456789-:TZ".contains(c));
                let rest = rest.trim_start_matches(|c: char| " 0123456789:".contains(c));
                format!("{}DATE {rest}", &line[..at])
            }
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The findings of each service, from the JSON.
fn codes(output: &Output) -> Vec<(String, Vec<String>)> {
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let services = report["services"].as_array().unwrap().iter();
    services
        .map(|service| {
            let findings = service["findings"].as_array().unwrap().iter();
            let codes = findings.map(|finding| text(&finding["code"])).collect();
            (text(&service["service"]), codes)
        })
        .collect()
}

/// nginx with this certificate for all hosts, and what it has at its addresses.
fn web_server(certificate: &CertificateFiles, locations: &str) -> Nginx {
    let server = format!(
        "server {{
            listen 443 ssl;
            listen 80;
            ssl_certificate /etc/ssl/pandu/fullchain.pem;
            ssl_certificate_key /etc/ssl/pandu/privkey.pem;
            ssl_protocols TLSv1.2;
            default_type text/html;
            {locations}
        }}"
    );
    Nginx::with_certificate(&server, Path::new("/var/empty"), certificate)
}

fn https(nginx: &Nginx) -> SocketAddr {
    ([127, 0, 0, 1], nginx.ports().https).into()
}

fn http(nginx: &Nginx) -> SocketAddr {
    ([127, 0, 0, 1], nginx.ports().http).into()
}

/// Everything in order: an authority, Dovecot and nginx.
struct Sound {
    authority: Authority,
    certificate: CertificateFiles,
    dovecot: Dovecot,
    nginx: Nginx,
}

impl Sound {
    fn start() -> Self {
        let authority = Authority::named("Otoritas Uji");
        let certificate = authority.issue(&HOSTS, Validity::DaysLeft(45));
        Self {
            dovecot: Dovecot::start(&certificate, ""),
            nginx: web_server(&certificate, LOCATIONS),
            certificate,
            authority,
        }
    }

    /// Where everything is, but for `others`.
    fn places<'a>(&self, others: &[(&'a str, SocketAddr)]) -> Vec<(&'a str, SocketAddr)> {
        let sound = [
            (IMAP, self.dovecot.imaps),
            (SMTP, self.dovecot.submissions),
            (WEBMAIL, https(&self.nginx)),
            (AUTOCONFIG, https(&self.nginx)),
            (DOMAIN, https(&self.nginx)),
        ];
        let is_other = |host: &str| others.iter().any(|(other, _)| *other == host);
        let sound = sound.into_iter().filter(|(host, _)| !is_other(host));
        sound.chain(others.iter().copied()).collect()
    }
}

/// The agency with all that can be probed: ActiveSync and a mail exchanger besides.
fn with_everything() -> Fixture {
    Fixture::sound().replace(
        "instansi.toml",
        "[kontak]\n",
        r#"[email.exchange]
host = "mail.contoh.go.id"
port = 443
keamanan = "SSL/TLS"
activesync = true

[[email.mx]]
host = "mx.contoh.go.id"
prioritas = 10

[kontak]
"#,
    )
}

/// The agency with STARTTLS in place of TLS from the first byte.
fn with_starttls() -> Fixture {
    let imap = "port = 993\nkeamanan = \"SSL/TLS\"";
    let smtp = "port = 465\nkeamanan = \"SSL/TLS\"";
    Fixture::sound()
        .replace("instansi.toml", imap, "port = 143\nkeamanan = \"STARTTLS\"")
        .replace("instansi.toml", smtp, "port = 587\nkeamanan = \"STARTTLS\"")
}

#[test]
fn all_in_order() {
    let sound = Sound::start();
    let places = sound.places(&[("mx.contoh.go.id", ([192, 0, 2, 7], 25).into())]);
    let fixture = with_everything();
    assert_snapshot!(text(&probe(&fixture, &sound.authority, &places, &[]), 0));
    let output = probe(&fixture, &sound.authority, &places, &["--json"]);
    assert_snapshot!("all_in_order_json", json(&output, 0));
}

#[test]
fn certificates_in_disorder() {
    let sound = Sound::start();
    let authority = &sound.authority;
    let stranger = Authority::named("Otoritas Asing");
    let wrong_name = Dovecot::start(
        &authority.issue(&["mail.lain.go.id", "*.lain.go.id"], Validity::DaysLeft(45)),
        "",
    );
    let expired = Dovecot::start(&authority.issue(&[SMTP], Validity::Past), "");
    let unknown = web_server(
        &stranger.issue(&[WEBMAIL], Validity::DaysLeft(45)),
        LOCATIONS,
    );
    let own = web_server(&authority.self_signed(AUTOCONFIG), LOCATIONS);
    let incomplete = web_server(&authority.issue_alone(&[DOMAIN]), LOCATIONS);
    let places = [
        (IMAP, wrong_name.imaps),
        (SMTP, expired.submissions),
        (WEBMAIL, https(&unknown)),
        (AUTOCONFIG, https(&own)),
        (DOMAIN, https(&incomplete)),
    ];
    let fixture = Fixture::sound();
    assert_snapshot!(text(&probe(&fixture, authority, &places, &[]), 1));
    let output = probe(&fixture, authority, &places, &["--json"]);
    assert_snapshot!("certificates_in_disorder_json", json(&output, 1));
}

#[test]
fn several_faults_of_one_certificate() {
    let sound = Sound::start();
    let stranger = Authority::named("Otoritas Asing");
    let all = Dovecot::start(&stranger.issue(&["mail.lain.go.id"], Validity::Past), "");
    let future = Dovecot::start(&sound.authority.issue(&[SMTP], Validity::Future), "");
    let places = sound.places(&[(IMAP, all.imaps), (SMTP, future.submissions)]);
    let output = probe(&Fixture::sound(), &sound.authority, &places, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = codes(&output);
    assert_eq!(found[0].1, ["expired", "wrong-name", "unknown-issuer"]);
    assert_eq!(found[1].1, ["not-yet-valid"]);
    assert!(
        found[2..].iter().all(|(_, codes)| codes.is_empty()),
        "{found:?}"
    );
}

#[test]
fn connections_in_disorder() {
    let sound = Sound::start();
    let silent = BadPeer::silent();
    let [closed] = free_addresses();
    let places = [
        (IMAP, sound.dovecot.imap),
        (SMTP, silent.address),
        (WEBMAIL, closed),
        (AUTOCONFIG, closed),
        (DOMAIN, http(&sound.nginx)),
    ];
    let fixture = Fixture::sound();
    let options = ["--timeout", "2"];
    assert_snapshot!(text(
        &probe(&fixture, &sound.authority, &places, &options),
        1
    ));
    let output = probe(
        &fixture,
        &sound.authority,
        &places,
        &["--timeout=2", "--json"],
    );
    assert_snapshot!("connections_in_disorder_json", json(&output, 1));
}

#[test]
fn starttls_in_order() {
    let sound = Sound::start();
    let locations = LOCATIONS
        .replace("993", "143")
        .replace("465", "587")
        .replace(">SSL<", ">STARTTLS<");
    let site = web_server(&sound.certificate, &locations);
    let places = sound.places(&[
        (IMAP, sound.dovecot.imap),
        (SMTP, sound.dovecot.submission),
        (AUTOCONFIG, https(&site)),
        (DOMAIN, https(&site)),
    ]);
    assert_snapshot!(text(
        &probe(&with_starttls(), &sound.authority, &places, &[]),
        0
    ));
}

#[test]
fn starttls_in_disorder() {
    let sound = Sound::start();
    let without = Dovecot::start(
        &sound.certificate,
        "ssl = no\ndisable_plaintext_auth = no\n",
    );
    let places = sound.places(&[
        (IMAP, without.imap),
        (SMTP, sound.dovecot.submissions),
        (AUTOCONFIG, http(&sound.nginx)),
    ]);
    assert_snapshot!(text(
        &probe(
            &with_starttls(),
            &sound.authority,
            &places,
            &["--timeout=2"]
        ),
        1
    ));
}

#[test]
fn floods_and_old_tls() {
    let sound = Sound::start();
    let [flood, other] = [(); 2].map(|()| BareTls::flood(&sound.certificate));
    let old = BareTls::old(&sound.certificate);
    let plain_flood = BadPeer::flood();
    let places = [
        (IMAP, flood.address),
        (SMTP, plain_flood.address),
        (WEBMAIL, other.address),
        (AUTOCONFIG, old.address),
        (DOMAIN, old.address),
    ];
    assert_snapshot!(text(
        &probe(&Fixture::sound(), &sound.authority, &places, &[]),
        1
    ));
}

#[test]
fn peers_that_talk_nonsense() {
    let sound = Sound::start();
    for (peer, imap, smtp) in [
        (BadPeer::flood(), "flood", "flood"),
        (BadPeer::drip(), "silent", "silent"),
        (
            BadPeer::saying("* BYE terlalu banyak\r\n"),
            "unwelcome",
            "other-protocol",
        ),
        (
            BadPeer::saying("554 tidak diterima\r\n"),
            "other-protocol",
            "unwelcome",
        ),
        (BadPeer::saying("* OK siap\r\n"), "silent", "other-protocol"),
        (
            BadPeer::saying("* OK siap\r\np1 BAD apa\r\n"),
            "unwelcome",
            "other-protocol",
        ),
        (
            BadPeer::saying(
                "* OK siap\r\n* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\np1 OK\r\np2 NO sertifikat\r\n",
            ),
            "starttls-refused",
            "other-protocol",
        ),
        (
            BadPeer::saying(
                "220 siap\r\n250-uji\r\n250 STARTTLS\r\n220 mulai\r\n250 terlalu dini\r\n",
            ),
            "other-protocol",
            "early-words",
        ),
    ] {
        let places = sound.places(&[(IMAP, peer.address), (SMTP, peer.address)]);
        let options = ["--json", "--timeout=2"];
        let found = codes(&probe(
            &with_starttls(),
            &sound.authority,
            &places,
            &options,
        ));
        assert_eq!(found[0].1, [imap]);
        assert_eq!(found[1].1, [smtp]);
    }
}

#[test]
fn warnings_do_not_fail() {
    let sound = Sound::start();
    let soon = sound.authority.issue(&[IMAP, SMTP], Validity::DaysLeft(9));
    let weak = Dovecot::start(&soon, "auth_mechanisms = login\n");
    let odd = web_server(
        &sound.certificate,
        &LOCATIONS
            .replace(
                "return 200 'Selamat datang'",
                "return 302 http://mail.contoh.go.id/masuk?nip=1",
            )
            .replace("default_type text/xml", "types { } default_type text/plain"),
    );
    let none = web_server(&sound.certificate, "location / { return 404; }");
    let places = [
        (IMAP, weak.imaps),
        (SMTP, weak.submissions),
        (WEBMAIL, https(&odd)),
        (AUTOCONFIG, https(&odd)),
        (DOMAIN, https(&none)),
    ];
    assert_snapshot!(text(
        &probe(&Fixture::sound(), &sound.authority, &places, &[]),
        0
    ));
}

#[test]
fn a_set_up_file_that_says_otherwise() {
    let sound = Sound::start();
    let other = LOCATIONS
        .replace("<port>993", "<port>143")
        .replace("smtp.contoh", "lama.contoh");
    let wrong = web_server(&sound.certificate, &other);
    let home_page = web_server(
        &sound.certificate,
        "location / { types { } return 200 '<html></html>'; }",
    );
    let places = sound.places(&[(AUTOCONFIG, https(&wrong)), (DOMAIN, https(&home_page))]);
    let output = probe(&Fixture::sound(), &sound.authority, &places, &["--json"]);
    let found = codes(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(found[3].1, ["autoconfig-differs"]);
    assert_eq!(found[4].1, ["autoconfig-type", "autoconfig-broken"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_snapshot!(
        report["services"][3]["findings"][0]["message"]
            .as_str()
            .unwrap()
    );
}

/// Names below `.invalid` never resolve (RFC 6761). A machine without DNS may take its time to say so.
#[test]
fn a_name_that_does_not_resolve() {
    let sound = Sound::start();
    let fixture = Fixture::sound().replace("instansi.toml", IMAP, "imap.contoh.invalid");
    let places = sound.places(&[]);
    let output = probe(
        &fixture,
        &sound.authority,
        &places,
        &["--json", "--timeout=4"],
    );
    assert_eq!(output.status.code(), Some(1));
    let found = codes(&output);
    assert!(
        found[0].1 == ["unresolved"] || found[0].1 == ["resolve-timeout"],
        "{found:?}"
    );
    assert!(found[1].1.is_empty());
}

#[test]
fn one_address_of_two_is_dead() {
    let sound = Sound::start();
    let mut places = vec![(IMAP, free_address())];
    places.extend(sound.places(&[]));
    let output = probe(&Fixture::sound(), &sound.authority, &places, &["--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(codes(&output)[0].1, ["address-unreachable"]);
}

#[test]
fn asks_and_never_signs_in() {
    let sound = Sound::start();
    let imap = BadPeer::saying(
        "* OK siap\r\n* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\np1 OK\r\np2 NO nanti\r\n",
    );
    let smtp =
        BadPeer::saying("220 siap\r\n250-uji\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n454 nanti\r\n");
    let places = sound.places(&[(IMAP, imap.address), (SMTP, smtp.address)]);
    let output = probe(&with_starttls(), &sound.authority, &places, &["--json"]);
    for (_, codes) in &codes(&output)[..2] {
        assert_eq!(codes[..], ["sign-in-unencrypted", "starttls-refused"]);
    }
    assert_eq!(imap.heard(), "p1 CAPABILITY\r\np2 STARTTLS\r\n");
    assert_eq!(smtp.heard(), "EHLO [127.0.0.1]\r\nSTARTTLS\r\n");
}

#[test]
fn nothing_of_people_is_printed() {
    let sound = Sound::start();
    let peer = BadPeer::saying("* OK hubungi joni.contoh@contoh.go.id\u{1b}[31m\r\n");
    let places = sound.places(&[(IMAP, peer.address)]);
    for options in [&["--timeout=2"][..], &["--timeout=2", "--json"]] {
        let output = probe(&with_starttls(), &sound.authority, &places, options);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            text.contains("[address]") && !text.contains("joni"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn refuses_what_it_cannot_use() {
    let fixture = Fixture::sound();
    let fails = |arguments: &[&str]| {
        let output = fixture.pandu(&[&["probe"], arguments].concat());
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert_snapshot!(
        [
            fails(&["kota-contoh", "--ca", "tidak-ada.pem"]),
            fails(&["kota-contoh", "--ca", "content/situs.toml"]),
            fails(&["kota-contoh", "--resolve", "imap.contoh.go.id=imap"]),
            fails(&["kota-contoh", "--timeout", "0"]),
        ]
        .join("\n")
    );
}
