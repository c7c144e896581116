//! `instansi.toml`: every fact of one agency, read, checked and ready to be referred to.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use minijinja::Value;
use model::{
    host::{HostName, Port, Security},
    hours::{OpeningHours, Zone},
    identifier::{EmailAddress, NrkFormat},
    lookup::SecondFact,
    mail::{ActiveSync, MailExchanger, MailProfile, Server, Servers, Service},
    network::Networks,
    passphrase::Policy,
    phone::Phone,
};
use toml::de::{DeTable, DeValue};
use url::Url;

use crate::{
    colour::Colour,
    date::Date,
    diagnostic::Diagnostics,
    facts::{self, Facts},
    front_matter::{self, Citation},
    source::{Source, Span, Spanned},
    toml_table::{self, Table},
};

/// One agency.
#[derive(Debug)]
pub struct Profile {
    /// Name of its folder, and of its part of the site.
    pub id: String,
    /// `nama_pendek`
    pub short_name: String,
    /// Accent colour of its pages.
    pub accent: Spanned<Colour>,
    /// `zona_waktu`
    pub zone: Zone,
    /// Facts for guides and templates, derived ones included.
    pub facts: Facts,
    /// Its mail service.
    pub mail: MailProfile,
    /// What guides may not type out.
    pub held: Vec<Held>,
    /// True where `[periksa]` offers to look up a mailbox.
    pub looks_up_email: bool,
    /// True where it offers to look up a certificate's status.
    pub looks_up_tte: bool,
    /// True where `[passphrase]` gives the rules.
    pub has_passphrase: bool,
    /// True where `[tte]` says that it offers TTE.
    pub has_tte: bool,
    /// True where `[juknis]` describes its own document.
    pub has_control_sheet: bool,
    /// Ids of `[kontak.meja.<id>]`.
    pub desks: BTreeSet<String>,
    /// Documents that guides name as their source, by id; those of all agencies included.
    pub documents: BTreeMap<String, SourceDocument>,
    /// `[sumber]`: where facts come from, by their path or their group's.
    pub sources: Vec<(Spanned<String>, Citation)>,
    /// `tinjau_bulan`: months after which a page must be reviewed again.
    pub review_months: u32,
    /// Its file.
    pub source: Source,
    /// Path and place of each fact in it.
    pub leaves: Vec<(String, Span)>,
}

impl Profile {
    /// Where a fact comes from: what `[sumber]` says of it, or of the smallest group that holds it.
    pub fn source_of(&self, path: &str) -> Option<&Citation> {
        self.sources
            .iter()
            .filter(|(group, _)| facts::holds(&group.value, path))
            .max_by_key(|(group, _)| group.value.len())
            .map(|(_, citation)| citation)
    }
}

/// A fact that a guide must refer to instead of typing it.
#[derive(Debug, PartialEq, Eq)]
pub struct Held {
    /// How a guide refers to it: `email.imap.port`.
    pub path: String,
    /// What would be typed.
    pub value: HeldValue,
}

/// What would be typed, in the form in which it is searched for.
#[derive(Debug, PartialEq, Eq)]
pub enum HeldValue {
    /// Host, domain or address, lower case.
    Name(String),
    /// URL without scheme and last slash, lower case.
    Url(String),
    /// A port, or a number under `[fakta]`, as digits without points.
    Number(String),
    /// Digits of a telephone number without its prefix: `81313588684`.
    Phone(String),
}

/// A document that guides are made from.
#[derive(Clone, Debug)]
pub struct SourceDocument {
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// When.
    pub date: Option<Date>,
}

/// Reads and checks a profile; none where too much of it is missing to go on. `shared` are the documents that
/// every agency may cite.
pub fn parse(
    id: &str,
    source: &Source,
    shared: &BTreeMap<String, SourceDocument>,
    diagnostics: &mut Diagnostics,
) -> Option<Profile> {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let root = Table::root(source, 0, 0..0, &tree, &found);
    let mut reader = Reader {
        held: Vec::new(),
        phones: Vec::new(),
        desks: BTreeMap::new(),
    };
    let profile = reader.read(&root);
    root.finish();
    let found = found.into_inner();
    let sound = found.is_empty();
    diagnostics.extend(found);
    let essentials = profile?;
    // Facts of an unsound profile would only raise more mistakes in every guide.
    let facts = Facts::new(id, fact_tree(id, &tree, &reader, essentials.accent.value));
    let mut documents = shared.clone();
    documents.extend(essentials.documents);
    let mut leaves = Vec::new();
    collect_leaves(&tree, "", &mut leaves);
    sound.then_some(Profile {
        id: id.to_owned(),
        short_name: essentials.short_name,
        accent: essentials.accent,
        zone: essentials.zone,
        facts,
        mail: essentials.mail,
        held: reader.held,
        looks_up_email: offers(&tree, "email"),
        looks_up_tte: offers(&tree, "tte"),
        has_passphrase: tree.contains_key("passphrase"),
        has_tte: tree.contains_key("tte"),
        has_control_sheet: tree.contains_key("juknis"),
        desks: reader.desks.into_keys().collect(),
        documents,
        sources: essentials.sources,
        review_months: essentials.review_months,
        source: source.clone(),
        leaves,
    })
}

const URL_HINT: &str = "such as https://mail.contoh.go.id/";
const DOMAIN_HINT: &str = "what stands after the @ of an address, such as contoh.go.id";
const HOST_HINT: &str = "the host's name alone, such as imap.contoh.go.id";
const PORT_HINT: &str =
    "SSL/TLS goes with IMAP 993, SMTP 465 and Exchange 443; STARTTLS with IMAP 143 and SMTP 587";
const FACT_HINT: &str = "butuh_fakta_kedua = { email = \"nik4\", tte = \"nrk\" }";
const HOURS_HINT: &str = "hari = [\"senin\", \"jumat\"], buka = \"08.00\", tutup = \"15.00\"";

/// Whether `periksa.<what>` names anything.
fn offers(tree: &DeTable<'_>, what: &str) -> bool {
    let check = tree
        .get("periksa")
        .and_then(|check| check.get_ref().as_table());
    let ways = check
        .and_then(|check| check.get(what))
        .and_then(|ways| ways.get_ref().as_array());
    ways.is_some_and(|ways| !ways.is_empty())
}

struct Reader {
    held: Vec<Held>,
    phones: Vec<Phone>,
    desks: BTreeMap<String, Vec<Phone>>,
}

struct Essentials {
    short_name: String,
    accent: Spanned<Colour>,
    zone: Zone,
    mail: MailProfile,
    documents: BTreeMap<String, SourceDocument>,
    sources: Vec<(Spanned<String>, Citation)>,
    review_months: u32,
}

/// Months after which a page must be reviewed again where the profile does not say.
const REVIEW_MONTHS: u32 = 12;
/// Groups of the profile that say something of it, and are no facts of the agency.
pub(crate) const NO_FACTS: [&str; 4] = ["sumber", "dokumen", "juknis", "tinjau_bulan"];

fn collect_leaves(table: &DeTable<'_>, path: &str, leaves: &mut Vec<(String, Span)>) {
    for (key, item) in table {
        let name: &str = key.get_ref();
        if path.is_empty() && NO_FACTS.contains(&name) {
            continue;
        }
        let dotted = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
        match item.get_ref() {
            DeValue::Table(inner) => collect_leaves(inner, &dotted, leaves),
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(inner) = item.get_ref().as_table() {
                        collect_leaves(inner, &format!("{dotted}[{index}]"), leaves);
                    }
                }
            }
            _ => leaves.push((dotted, key.span().start..item.span().end)),
        }
    }
}

impl Reader {
    fn read(&mut self, root: &Table<'_>) -> Option<Essentials> {
        for key in ["nama", "pengelola", "pengelola_pendek", "layanan"] {
            root.text(key);
        }
        let short_name = root.text("nama_pendek");
        root.optional_filled_text("nama_situs");
        let accent = root.parsed(
            "warna",
            "a dark, strong colour, such as #9b1c1c or #0b5d4e",
            Colour::parse,
        );
        let zone = root.parsed("zona_waktu", "zona_waktu = \"WIB\"", |zone| {
            Zone::parse(zone).ok_or_else(|| {
                format!("`{zone}` is no time zone of Indonesia; write WIB, WITA or WIT")
            })
        });
        let mail = root.table("email").and_then(|email| self.email(email));
        if let Some(contact) = root.table("kontak") {
            self.contact(contact);
        }
        if let Some(links) = root.optional_table("tautan") {
            self.links(links);
        }
        if let Some(check) = root.optional_table("periksa") {
            check_lookup(check, zone.as_ref().map(|zone| zone.value));
        }
        if let Some(rules) = root.optional_table("passphrase") {
            check_passphrase(rules);
        }
        if let Some(tte) = root.optional_table("tte") {
            tte.text("verifikator");
            tte.text("kanal_tautan");
            if tte.texts("aplikasi").is_empty() {
                let hint = "aplikasi = [\"SRIKANDI\"], the applications in which TTE is used";
                tte.report("missing-key", tte.span(), "`tte.aplikasi` names none", hint);
            }
        }
        if let Some(juknis) = root.optional_table("juknis") {
            juknis.text("judul");
            for key in ["nomor", "status", "klasifikasi", "pemilik"] {
                juknis.optional_filled_text(key);
            }
            let versions = juknis.tables("riwayat");
            if versions.is_empty() {
                let hint = "riwayat = [{ versi = \"1.0\", tanggal = 2026-11-23, perubahan = \"Terbit pertama.\" }]";
                juknis.report(
                    "missing-key",
                    juknis.span(),
                    "a control sheet names its versions: `juknis.riwayat` names none",
                    hint,
                );
            }
            versions.into_iter().for_each(|version| {
                front_matter::change(version);
            });
            juknis.finish();
        }
        if let Some(sessions) = root.optional_table("bimtek") {
            let path = "bimtek.umpan_balik";
            self.url(&sessions, "umpan_balik", path, true);
            sessions.finish();
        }
        if let Some(facts) = root.optional_table("fakta") {
            self.free_facts(&facts);
        }
        let documents = root
            .optional_table("dokumen")
            .map(|table| documents(&table))
            .unwrap_or_default();
        let sources = root
            .optional_table("sumber")
            .map(|table| fact_sources(&table))
            .unwrap_or_default();
        let months = root.optional_integer("tinjau_bulan");
        let review_months = match months.map(|months| (u32::try_from(months.value), months)) {
            None => REVIEW_MONTHS,
            Some((Ok(months @ 1..=120), _)) => months,
            Some((_, months)) => {
                let hint = "write the months after which a page must be reviewed again, such as 12";
                root.report(
                    "invalid-value",
                    months.span,
                    "`tinjau_bulan` must be from 1 to 120",
                    hint,
                );
                REVIEW_MONTHS
            }
        };
        Some(Essentials {
            short_name: short_name?.value,
            accent: accent?,
            zone: zone?.value,
            mail: mail?,
            documents,
            sources,
            review_months,
        })
    }

    fn hold(&mut self, path: &str, value: HeldValue) {
        self.held.push(Held {
            path: path.to_owned(),
            value,
        });
    }

    fn hold_name(&mut self, path: &str, name: &str) {
        self.hold(path, HeldValue::Name(name.to_lowercase()));
    }

    /// The mail service; none where what is wrong with it was reported.
    fn email(&mut self, email: Table<'_>) -> Option<MailProfile> {
        let domain = email.parsed("domain", DOMAIN_HINT, HostName::parse);
        let mut other_domains = Vec::new();
        for (index, other) in email.texts("domain_lain").into_iter().enumerate() {
            match HostName::parse(&other.value) {
                Ok(host) => {
                    self.hold_name(&format!("email.domain_lain[{index}]"), host.as_str());
                    other_domains.push(host);
                }
                Err(error) => {
                    email.report("invalid-value", other.span, error.to_string(), DOMAIN_HINT);
                }
            }
        }
        if let Some(domain) = &domain {
            self.hold_name("email.domain", domain.value.as_str());
            let domains = std::iter::once(&domain.value).chain(&other_domains);
            let domains: Vec<&str> = domains.map(HostName::as_str).collect();
            if let Some(example) = email.parsed(
                "contoh",
                "an address that people see as an example, such as nama@contoh.go.id",
                |text| EmailAddress::parse(text, &domains),
            ) {
                self.hold_name("email.contoh", example.value.as_str());
            }
        } else {
            email.skip("contoh");
        }
        self.url(&email, "webmail", "email.webmail", true);
        self.url(
            &email,
            "webmail_community",
            "email.webmail_community",
            false,
        );
        let imap = self.server(&email, "imap", Service::Imap);
        let smtp = self.server(&email, "smtp", Service::Smtp);
        for (there, other) in [("imap", "smtp"), ("smtp", "imap")] {
            if email.has(there) && !email.has(other) {
                let message = format!("the profile has `[email.{there}]` but no `[email.{other}]`");
                let hint = format!(
                    "a mail program needs both: add `[email.{other}]` with host, port and keamanan, or remove `[email.{there}]`"
                );
                email.report("missing-key", email.span(), message, hint);
            }
        }
        let activesync = self.exchange(&email);
        self.carbonio(&email);
        let exchangers = email.tables("mx").into_iter().enumerate();
        let exchangers = exchangers
            .filter_map(|(index, record)| self.mail_exchanger(index, record))
            .collect();
        let servers = imap.zip(smtp).map(|(imap, smtp)| Servers { imap, smtp });
        let pacc = email.optional_boolean("pacc");
        if let Some(switch) = &pacc
            && switch.value
            && !servers
                .as_ref()
                .is_some_and(|servers| servers.imap.is_standard() && servers.smtp.is_standard())
        {
            let message = "`pacc` can't tell of these servers: its file names hosts only";
            let hint = "it takes [email.imap] at 993 and [email.smtp] at 465, both with SSL/TLS; otherwise leave `pacc` out";
            email.report("invalid-value", switch.span.clone(), message, hint);
        }
        email.finish();
        Some(MailProfile {
            domain: domain?.value,
            other_domains,
            servers,
            activesync,
            exchangers,
            pacc: pacc.is_some_and(|switch| switch.value),
        })
    }

    fn server(
        &mut self,
        email: &Table<'_>,
        name: &'static str,
        service: Service,
    ) -> Option<Server> {
        if let Some(list) = email.list(name) {
            let message = format!(
                "`email.{name}`: an agency has one {} server, since set-up files can't offer a choice",
                service.name()
            );
            let hint = format!(
                "keep one, under `[email.{name}]`; people whose mail lies elsewhere are another agency, with a folder of their own"
            );
            email.report("invalid-value", list, message, hint);
            return None;
        }
        let server = email.optional_table(name)?;
        let (host, port, security) = self.connection(name, &server);
        server.finish();
        let (host, (port, span), security) = (host?, port?, security?);
        Server::new(service, host, port, security)
            .map_err(|error| {
                let message = format!("`email.{name}.port`: {error}");
                email.report("invalid-value", span, message, PORT_HINT);
            })
            .ok()
    }

    /// Exchange as phones are told of it by hand, and ActiveSync where the profile says that it is spoken there.
    fn exchange(&mut self, email: &Table<'_>) -> Option<ActiveSync> {
        let exchange = email.optional_table("exchange")?;
        let (host, port, security) = self.connection("exchange", &exchange);
        let declared = exchange.optional_boolean("activesync");
        exchange.finish();
        if !declared?.value {
            return None;
        }
        let (host, (port, span), security) = (host?, port?, security?);
        ActiveSync::new(host, port, security)
            .map_err(|error| {
                let hint = "set-up files have no place for another port: mend `port` and `keamanan`, or remove `activesync`";
                let message = format!("`email.exchange.port`: {error}");
                email.report("invalid-value", span, message, hint);
            })
            .ok()
    }

    /// The server that Carbonio's own applications ask for.
    fn carbonio(&mut self, email: &Table<'_>) {
        if let Some(carbonio) = email.optional_table("carbonio") {
            if let Some(host) = carbonio.parsed("host", HOST_HINT, HostName::parse) {
                self.hold_name("email.carbonio.host", host.value.as_str());
            }
            carbonio.finish();
        }
    }

    /// `host`, `port` and `keamanan` of a server, as far as they are sound.
    fn connection(
        &mut self,
        name: &str,
        server: &Table<'_>,
    ) -> (Option<HostName>, Option<(Port, Span)>, Option<Security>) {
        let host = server.parsed("host", HOST_HINT, HostName::parse);
        if let Some(host) = &host {
            self.hold_name(&format!("email.{name}.host"), host.value.as_str());
        }
        let port = server
            .integer("port")
            .and_then(|number| match Port::new(number.value) {
                Ok(port) => {
                    let digits = HeldValue::Number(port.get().to_string());
                    self.hold(&format!("email.{name}.port"), digits);
                    Some((port, number.span))
                }
                Err(error) => {
                    server.report("invalid-value", number.span, error.to_string(), PORT_HINT);
                    None
                }
            });
        let security = server.parsed("keamanan", PORT_HINT, Security::parse);
        (
            host.map(|host| host.value),
            port,
            security.map(|security| security.value),
        )
    }

    fn mail_exchanger(&mut self, index: usize, record: Table<'_>) -> Option<MailExchanger> {
        let host = record.parsed("host", "such as mx.contoh.go.id", HostName::parse);
        if let Some(host) = &host {
            self.hold_name(&format!("email.mx[{index}].host"), host.value.as_str());
        }
        let number = record.integer("prioritas");
        let priority = number.and_then(|number| {
            let priority = u16::try_from(number.value);
            if priority.is_err() {
                record.report(
                    "invalid-value",
                    number.span,
                    "a priority is a number from 0 to 65535",
                    "prioritas = 10",
                );
            }
            priority.ok()
        });
        record.finish();
        Some(MailExchanger {
            host: host?.value,
            priority: priority?,
        })
    }

    /// Another desk than the main one, or another channel to it.
    fn desks_and_channels(&mut self, contact: &Table<'_>) {
        for (index, channel) in contact.tables("kanal").into_iter().enumerate() {
            channel.text("nama");
            channel.optional_text("ikon");
            let path = format!("kontak.kanal[{index}].alamat");
            self.url(&channel, "alamat", &path, true);
            channel.finish();
        }
        let Some(desks) = contact.optional_table("meja") else {
            return;
        };
        for key in desks.keys() {
            let Some(desk) = desks.free_table(&key) else {
                continue;
            };
            let path = format!("kontak.meja.{}", key.value);
            desk.text("nama");
            desk.optional_text("whatsapp_ragu");
            self.url(&desk, "situs", &format!("{path}.situs"), false);
            if let Some(email) =
                desk.optional_parsed("email", "such as layanan@contoh.go.id", mail_address)
            {
                self.hold_name(&format!("{path}.email"), &email.value);
            }
            let phones = self.phones(&desk, &path);
            desk.finish();
            self.desks.insert(key.value, phones);
        }
    }

    fn phones(&mut self, desk: &Table<'_>, path: &str) -> Vec<Phone> {
        let mut phones = Vec::new();
        for text in desk.texts("whatsapp") {
            match Phone::parse(&text.value) {
                Ok(phone) => {
                    self.hold(
                        &format!("{path}.telepon[{}].tampil", phones.len()),
                        HeldValue::Phone(phone.national().to_owned()),
                    );
                    phones.push(phone);
                }
                Err(error) => {
                    let hint = "write it as 0812-3456-7890";
                    desk.report("invalid-value", text.span, error.to_string(), hint);
                }
            }
        }
        phones
    }

    fn contact(&mut self, contact: Table<'_>) {
        contact.text("nama");
        contact.optional_text("alamat");
        contact.optional_text("whatsapp_ragu");
        self.url(&contact, "situs", "kontak.situs", false);
        if let Some(email) =
            contact.optional_parsed("email", "such as layanan@contoh.go.id", mail_address)
        {
            self.hold_name("kontak.email", &email.value);
        }
        self.phones = self.phones(&contact, "kontak");
        self.desks_and_channels(&contact);
        contact.finish();
    }

    fn links(&mut self, links: Table<'_>) {
        for key in links.keys() {
            if let Some(url) = links.free_parsed(&key, URL_HINT, web_address) {
                self.hold_url(&format!("tautan.{}", key.value), &url);
            }
        }
    }

    fn free_facts(&mut self, facts: &Table<'_>) {
        for key in facts.keys() {
            if let Some(number) = facts.free_integer(&key)
                && number >= 1000
            {
                self.hold(
                    &format!("fakta.{}", key.value),
                    HeldValue::Number(number.to_string()),
                );
            }
        }
    }

    fn url(&mut self, table: &Table<'_>, key: &'static str, path: &str, required: bool) {
        let url = if required {
            table.parsed(key, URL_HINT, web_address)
        } else {
            table.optional_parsed(key, URL_HINT, web_address)
        };
        if let Some(url) = url {
            self.hold_url(path, &url.value);
        }
    }

    fn hold_url(&mut self, path: &str, url: &Url) {
        let text = url.as_str();
        let bare = text
            .split_once("://")
            .map_or(text, |(_, rest)| rest)
            .trim_end_matches('/');
        self.hold(path, HeldValue::Url(bare.to_lowercase()));
    }
}

fn check_lookup(check: Table<'_>, zone: Option<Zone>) {
    let demanded = check.optional_table("butuh_fakta_kedua").map(|facts| {
        let read = |key| facts.optional_parsed(key, FACT_HINT, second_fact);
        let demanded = [read("email"), read("tte")];
        facts.finish();
        demanded.map(|fact| fact.map(|fact| fact.value))
    });
    let [email_fact, tte_fact] = demanded.unwrap_or_default();
    for (key, known, demanded) in [
        ("email", ["nip", "nrk", "nama"].as_slice(), email_fact),
        ("tte", &["email", "nik"], tte_fact),
    ] {
        for word in check.texts(key) {
            if !known.contains(&word.value.as_str()) {
                let message = format!(
                    "`{}` can't be asked for here; one of: {}",
                    word.value,
                    known.join(", ")
                );
                check.report(
                    "invalid-value",
                    word.span,
                    message,
                    format!("{key} = [\"{}\"]", known.join("\", \"")),
                );
            } else if demanded.is_some_and(|fact| fact.identifier() == word.value) {
                check.report(
                    "invalid-value",
                    word.span,
                    format!(
                        "`{}` tells the second fact already, so the fact adds nothing",
                        word.value
                    ),
                    format!("leave it out here, or demand another fact: {FACT_HINT}"),
                );
            }
        }
    }
    if let Some(digits) = check.optional_integer("nrk_digit")
        && let Err(error) = NrkFormat::new(digits.value)
    {
        check.report(
            "invalid-value",
            digits.span,
            error.to_string(),
            "nrk_digit = 6",
        );
    }
    if let Some(hours) = check.optional_table("jam") {
        let days: Vec<String> = hours
            .texts("hari")
            .into_iter()
            .map(|day| day.value)
            .collect();
        if let (Some(open), Some(close), Some(zone)) =
            (hours.text("buka"), hours.text("tutup"), zone)
            && let Err(errors) = OpeningHours::parse(&days, &open.value, &close.value, zone.name())
        {
            errors.iter().for_each(|error| {
                hours.report("invalid-value", hours.span(), error.to_string(), HOURS_HINT)
            });
        }
        for network in hours.texts("intranet") {
            if let Err(errors) = Networks::parse(&[&network.value]) {
                errors.iter().for_each(|e| {
                    hours.report(
                        "invalid-value",
                        network.span.clone(),
                        e.to_string(),
                        "intranet = [\"10.0.0.0/8\"]",
                    )
                });
            }
        }
        hours.finish();
    }
    check.finish();
}

fn second_fact(word: &str) -> Result<SecondFact, String> {
    SecondFact::from_word(word).ok_or_else(|| {
        let known = SecondFact::ALL.map(SecondFact::word).join(", ");
        format!("`{word}` is no second fact; one of: {known}")
    })
}

fn check_passphrase(rules: Table<'_>) {
    rules.text("sumber");
    let minimum = rules.integer("minimal");
    let required: Vec<String> = rules
        .texts("wajib")
        .into_iter()
        .map(|word| word.value)
        .collect();
    let context: Vec<String> = rules
        .texts("kata_konteks")
        .into_iter()
        .map(|word| word.value)
        .collect();
    let forbidden = rules
        .optional_text("dilarang")
        .map(|text| text.value)
        .unwrap_or_default();
    if let Some(minimum) = minimum {
        let number = usize::try_from(minimum.value).unwrap_or(0);
        if let Err(error) = Policy::from_words(number, &required, &forbidden, &context) {
            rules.report(
                "invalid-value",
                rules.span(),
                error.to_string(),
                "copy the rules from BSrE's form, and their source",
            );
        }
    }
    rules.finish();
}

/// `[sumber]`: the path of a fact or a group of facts → where it comes from.
fn fact_sources(table: &Table<'_>) -> Vec<(Spanned<String>, Citation)> {
    let mut sources = Vec::new();
    for key in table.keys() {
        if let Some(source) = table.free_table(&key)
            && let Some(citation) = front_matter::citation(source)
        {
            sources.push((key, citation));
        }
    }
    sources
}

/// Reads `content/bersama/dokumen.toml`: documents that every agency may cite.
pub fn shared_documents(
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, SourceDocument> {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let documents = documents(&Table::root(source, 0, 0..0, &tree, &found));
    diagnostics.extend(found.into_inner());
    documents
}

fn documents(table: &Table<'_>) -> BTreeMap<String, SourceDocument> {
    let mut documents = BTreeMap::new();
    for key in table.keys() {
        let Some(document) = table.free_table(&key) else {
            continue;
        };
        let title = document.text("judul");
        let publisher = document.text("penerbit");
        let date = document
            .optional_date("tanggal")
            .map(|date| Date::from(date.value));
        document.finish();
        if let (Some(title), Some(publisher)) = (title, publisher) {
            documents.insert(
                key.value,
                SourceDocument {
                    title: title.value,
                    publisher: publisher.value,
                    date,
                },
            );
        }
    }
    documents
}

fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|error| format!("not a web address ({error}); write it as https://…"))?;
    match url.scheme() {
        "https" if url.host_str().is_some() => Ok(url),
        scheme => Err(format!("a web address begins with https://, not {scheme}:")),
    }
}

/// A mail address of any domain: the service desk's may stand elsewhere.
fn mail_address(text: &str) -> Result<String, String> {
    let domain = text.rsplit_once('@').map_or("", |(_, domain)| domain);
    EmailAddress::parse(text, &[domain.to_lowercase()])
        .map(|address| address.as_str().to_owned())
        .map_err(|error| error.to_string())
}

/// The facts as written, and those that are made from them.
fn fact_tree(id: &str, tree: &DeTable<'_>, reader: &Reader, accent: Colour) -> Value {
    let mut root = map(tree);
    root.insert("id".to_owned(), Value::from(id));
    if let Some(service) = root.get("layanan").cloned() {
        root.entry("nama_situs".to_owned()).or_insert(service);
    }
    root.insert("warna".to_owned(), Value::from(accent.to_string()));
    if let Some(contact) = tree
        .get("kontak")
        .and_then(|contact| contact.get_ref().as_table())
    {
        let desks = contact
            .get("meja")
            .and_then(|desks| desks.get_ref().as_table());
        let desks = reader.desks.iter().filter_map(|(id, numbers)| {
            let desk = desks?.get(id.as_str())?.get_ref().as_table()?;
            let mut desk = map(desk);
            desk.insert("telepon".to_owned(), phone_facts(numbers));
            Some((id.clone(), Value::from(desk)))
        });
        let desks: BTreeMap<String, Value> = desks.collect();
        let mut contact = map(contact);
        contact.insert("telepon".to_owned(), phone_facts(&reader.phones));
        contact.insert("meja".to_owned(), Value::from(desks));
        root.insert("kontak".to_owned(), Value::from(contact));
    }
    Value::from(root)
}

/// How a number is shown, dialled and messaged.
fn phone_facts(phones: &[Phone]) -> Value {
    let phones = phones.iter().map(|phone| {
        Value::from(BTreeMap::from([
            ("tampil", phone.display()),
            ("tel", phone.tel()),
            ("wa", phone.wa()),
        ]))
    });
    phones.collect()
}

fn map(table: &DeTable<'_>) -> BTreeMap<String, Value> {
    table
        .iter()
        .map(|(key, item)| (key.get_ref().to_string(), value(item.get_ref())))
        .collect()
}

fn value(item: &DeValue<'_>) -> Value {
    match item {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::from(number.as_str()), Value::from),
        DeValue::Float(number) => number
            .as_str()
            .parse::<f64>()
            .map_or(Value::from(number.as_str()), Value::from),
        DeValue::Boolean(boolean) => Value::from(*boolean),
        DeValue::Datetime(datetime) => Value::from(datetime.to_string()),
        DeValue::Array(items) => items.iter().map(|item| value(item.get_ref())).collect(),
        DeValue::Table(table) => Value::from(map(table)),
    }
}
