//! The DNS records by which mail programs find an agency's mail by themselves: for its administrator, as a table and as a
//! piece of a zone file.

use model::{
    host::{HostName, Security},
    mail::{ActiveSync, Server, Service},
};

use super::{Setup, SetupFile, pacc};

/// A record.
pub struct Record {
    /// Its name below the domain; `@` is the domain itself.
    pub name: String,
    /// `MX`, `SRV`, `CNAME`, `TXT`.
    pub kind: &'static str,
    /// What it holds, as in a zone file: names end with a dot.
    pub value: String,
    /// What it is for, in Indonesian.
    pub purpose: &'static str,
}

/// The records of one of the agency's domains: all have the same.
pub fn records(setup: Setup<'_>) -> Vec<Record> {
    let mail = setup.mail();
    let mut records = Vec::new();
    let mut add = |name: &str, kind, value: String, purpose| {
        records.push(Record {
            name: name.to_owned(),
            kind,
            value,
            purpose,
        });
    };
    let mut exchangers: Vec<_> = mail.exchangers.iter().collect();
    exchangers.sort_by_key(|exchanger| exchanger.priority);
    for exchanger in exchangers {
        let value = format!("{} {}.", exchanger.priority, exchanger.host.as_str());
        add(
            "@",
            "MX",
            value,
            "Menerima email untuk domain ini; angka kecil didahulukan",
        );
    }
    let site = setup.site.host_str().unwrap_or_default();
    if let Some(servers) = &mail.servers {
        add(
            "autoconfig",
            "CNAME",
            format!("{site}."),
            "Thunderbird menemukan setelan sendiri",
        );
        for server in [&servers.imap, &servers.smtp] {
            let purpose = match server.service() {
                Service::Imap => "Server surat masuk (RFC 6186, RFC 8314)",
                Service::Smtp => "Server surat keluar (RFC 6186, RFC 8314)",
            };
            let port = server.port().get();
            add(
                service(server),
                "SRV",
                target(1, port, server.host()),
                purpose,
            );
        }
    }
    if let Some(activesync) = &mail.activesync {
        let host = activesync.host();
        add(
            "autodiscover",
            "CNAME",
            format!("{}.", host.as_str()),
            "HP menemukan Exchange; menunjuk ke server email",
        );
        add(
            "_autodiscover._tcp",
            "SRV",
            target(0, ActiveSync::PORT, host),
            "Sama, untuk aplikasi yang memakai SRV",
        );
    }
    if let Some(file) = setup.text(SetupFile::Pacc) {
        add(
            "ua-auto-config",
            "CNAME",
            format!("{site}."),
            "PACC (percobaan): tempat berkasnya",
        );
        let digest = format!("\"{}\"", pacc::digest(&file));
        add(
            "_ua-auto-config",
            "TXT",
            digest,
            "PACC (percobaan): sidik berkasnya",
        );
    }
    records
}

/// The name under which programs look for a server (RFC 6186, section 3.1; RFC 8314, section 5.1).
const fn service(server: &Server) -> &'static str {
    match (server.service(), server.security()) {
        (Service::Imap, Security::Tls) => "_imaps._tcp",
        (Service::Imap, Security::StartTls) => "_imap._tcp",
        (Service::Smtp, Security::Tls) => "_submissions._tcp",
        (Service::Smtp, Security::StartTls) => "_submission._tcp",
    }
}

/// What an SRV record holds (RFC 2782): priority 0, weight, port, host.
fn target(weight: u16, port: u16, host: &HostName) -> String {
    format!("0 {weight} {port} {}.", host.as_str())
}

/// The records of all of the agency's domains, to be put into their zone files.
pub(super) fn zone(setup: Setup<'_>) -> String {
    let records = records(setup);
    let column = |of: fn(&Record) -> usize| records.iter().map(of).max().unwrap_or(0);
    let name = column(|record| record.name.len());
    let kind = column(|record| record.kind.len());
    let mut text = String::from(
        "; Tambahkan ke berkas zona domain. Dibuat Pandu dari profil instansi; ubah profilnya, bukan berkas ini.\n\
         ; Tujuan SRV dan MX tidak boleh berupa CNAME.\n",
    );
    for domain in setup.mail().domains() {
        text.push_str(&format!("\n$ORIGIN {}.\n$TTL 3600\n", domain.as_str()));
        for record in &records {
            let Record {
                name: n, kind: k, ..
            } = record;
            text.push_str(&format!("{n:name$}  IN {k:kind$}  {}\n", record.value));
        }
    }
    text
}
