//! Mozilla autoconfig (draft-ietf-mailmaint-autoconfig): read by Thunderbird on desktop and Android, Evolution, KMail,
//! Delta Chat, FairEmail and Nextcloud Mail.
//!
//! One section for reading and one for sending, in the plainest form: Thunderbird for Android refuses a whole file for one
//! section that it doesn't know, Evolution keeps the last of a kind.

use std::io;

use model::{
    host::Security,
    mail::{Server, Servers, Service},
};
use quick_xml::events::BytesText;

use super::Setup;
use crate::xml::{Xml, document, text as element};

/// Most characters of `displayName` and `displayShortName`.
const LONGEST: (usize, usize) = (60, 20);

pub(super) fn text(setup: Setup<'_>, servers: &Servers) -> String {
    let mut writer = document();
    // Writing to memory does not fail.
    let _ = writer
        .create_element("clientConfig")
        .with_attribute(("version", "1.1"))
        .write_inner_content(|writer| provider(writer, setup, servers));
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

fn provider(writer: &mut Xml, setup: Setup<'_>, servers: &Servers) -> io::Result<()> {
    let mail = setup.mail();
    writer
        .create_element("emailProvider")
        .with_attribute(("id", mail.domain.as_str()))
        .write_inner_content(|writer| {
            for domain in mail.domains() {
                element(writer, "domain", domain.as_str())?;
            }
            element(writer, "displayName", &setup.name(LONGEST.0))?;
            element(writer, "displayShortName", &setup.name(LONGEST.1))?;
            server(writer, "incomingServer", &servers.imap)?;
            server(writer, "outgoingServer", &servers.smtp)?;
            writer
                .create_element("documentation")
                .with_attribute(("url", setup.home().as_str()))
                .write_inner_content(|writer| {
                    let words = format!("Petunjuk {}", setup.name(LONGEST.0));
                    let descr = writer
                        .create_element("descr")
                        .with_attribute(("lang", "id"));
                    descr.write_text_content(BytesText::new(&words))?;
                    Ok(())
                })?;
            Ok(())
        })?;
    Ok(())
}

fn server(writer: &mut Xml, name: &str, server: &Server) -> io::Result<()> {
    let kind = match server.service() {
        Service::Imap => "imap",
        Service::Smtp => "smtp",
    };
    // Never "TLS": programs know these two words only.
    let socket = match server.security() {
        Security::Tls => "SSL",
        Security::StartTls => "STARTTLS",
    };
    writer
        .create_element(name)
        .with_attribute(("type", kind))
        .write_inner_content(|writer| {
            element(writer, "hostname", server.host().as_str())?;
            element(writer, "port", &server.port().get().to_string())?;
            element(writer, "socketType", socket)?;
            element(writer, "authentication", "password-cleartext")?;
            element(writer, "username", "%EMAILADDRESS%")
        })?;
    Ok(())
}
