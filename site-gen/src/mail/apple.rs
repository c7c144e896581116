//! Apple configuration profiles: a person opens one on an iPhone or iPad and is asked for address and password only.
//!
//! Keys after Apple's schema (apple/device-management: TopLevel, com.apple.mail.managed, com.apple.eas.account). Neither
//! holds an address, a name or a password: iOS asks for what is left out.

use model::{
    host::HostName,
    mail::{ActiveSync, Servers},
};
use plist::{Dictionary, Value};
use uuid::{Uuid, uuid};

use super::Setup;

/// Namespace of all our identifiers (RFC 9562, version 5). It must never change: an installed profile is replaced by
/// one with the same identifiers, and stands beside any other.
const NAMESPACE: Uuid = uuid!("6f1d5c52-2f0e-5f3b-9d55-8a0f3c1b7e64");

/// Which of the two profiles.
#[derive(Clone, Copy)]
enum Kind {
    Imap,
    Exchange,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Exchange => "exchange",
        }
    }
}

pub(super) fn imap(setup: Setup<'_>, servers: &Servers) -> String {
    let mut payload = payload(setup, Kind::Imap, "com.apple.mail.managed");
    let mut put = |key: &str, value: Value| payload.insert(key.to_owned(), value);
    put("EmailAccountType", "EmailTypeIMAP".into());
    put("EmailAccountDescription", setup.name(usize::MAX).into());
    for (way, server) in [("Incoming", &servers.imap), ("Outgoing", &servers.smtp)] {
        put(
            &format!("{way}MailServerAuthentication"),
            "EmailAuthPassword".into(),
        );
        put(
            &format!("{way}MailServerHostName"),
            server.host().as_str().into(),
        );
        // Left out, iOS tries 25, 587 and 465 for sending.
        put(
            &format!("{way}MailServerPortNumber"),
            u64::from(server.port().get()).into(),
        );
        // STARTTLS too: iOS takes the port's way.
        put(&format!("{way}MailServerUseSSL"), true.into());
    }
    put("OutgoingPasswordSameAsIncomingPassword", true.into());
    profile(setup, Kind::Imap, payload)
}

pub(super) fn exchange(setup: Setup<'_>, activesync: &ActiveSync) -> String {
    let mut payload = payload(setup, Kind::Exchange, "com.apple.eas.account");
    payload.insert("Host".to_owned(), activesync.host().as_str().into());
    payload.insert("SSL".to_owned(), true.into());
    profile(setup, Kind::Exchange, payload)
}

/// A payload with the keys that each must have.
fn payload(setup: Setup<'_>, kind: Kind, of: &str) -> Dictionary {
    let mut payload = Dictionary::new();
    let identifier = format!("{}.akun", identifier(setup, kind));
    let mut put = |key: &str, value: Value| payload.insert(key.to_owned(), value);
    put("PayloadType", of.into());
    put("PayloadVersion", 1.into());
    put("PayloadUUID", id(&identifier).into());
    put("PayloadIdentifier", identifier.into());
    put("PayloadDisplayName", setup.name(usize::MAX).into());
    payload
}

fn profile(setup: Setup<'_>, kind: Kind, payload: Dictionary) -> String {
    let mut profile = Dictionary::new();
    let identifier = identifier(setup, kind);
    let words = match kind {
        Kind::Imap => {
            "Memasang email dinas (IMAP). Anda diminta mengisi alamat email dan kata sandi."
        }
        Kind::Exchange => {
            "Memasang email dinas, kalender, dan kontak (Exchange). Anda diminta mengisi alamat email dan kata sandi."
        }
    };
    let mut put = |key: &str, value: Value| profile.insert(key.to_owned(), value);
    put("PayloadType", "Configuration".into());
    put("PayloadVersion", 1.into());
    put("PayloadUUID", id(&identifier).into());
    put("PayloadIdentifier", identifier.into());
    put("PayloadDisplayName", setup.name(usize::MAX).into());
    put("PayloadDescription", words.into());
    put("PayloadOrganization", setup.fact("pengelola").into());
    put("PayloadContent", Value::Array(vec![payload.into()]));
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = Value::from(profile).to_writer_xml(&mut text);
    String::from_utf8(text).unwrap_or_default() + "\n"
}

/// The domain backwards, the agency and the kind: `id.go.jakarta.dki-jakarta.imap`. Agencies may share a domain.
fn identifier(setup: Setup<'_>, kind: Kind) -> String {
    let backwards = backwards(&setup.mail().domain);
    format!("{backwards}.{}.{}", setup.agency.profile.id, kind.word())
}

fn backwards(domain: &HostName) -> String {
    let labels: Vec<&str> = domain.as_str().rsplit('.').collect();
    labels.join(".")
}

fn id(identifier: &str) -> String {
    let id = Uuid::new_v5(&NAMESPACE, identifier.as_bytes());
    id.hyphenated().to_string().to_uppercase()
}
