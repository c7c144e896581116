//! A sample of what a server answers to Microsoft Autodiscover (MS-OXDSCLI, the Outlook schema). It must be answered to
//! a POST at `/autodiscover/autodiscover.xml`, which plain files can't: an operator who wants it sets it up.

use std::io;

use model::{
    host::Security,
    mail::{Server, Servers},
};

use crate::xml::{Xml, document, text as element};

const RESPONSE: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const OUTLOOK: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

pub(super) fn text(servers: &Servers) -> String {
    let mut writer = document();
    // Writing to memory does not fail.
    let _ = writer
        .create_element("Autodiscover")
        .with_attribute(("xmlns", RESPONSE))
        .write_inner_content(|writer| {
            let response = writer
                .create_element("Response")
                .with_attribute(("xmlns", OUTLOOK));
            response.write_inner_content(|writer| {
                writer
                    .create_element("Account")
                    .write_inner_content(|writer| {
                        element(writer, "AccountType", "email")?;
                        element(writer, "Action", "settings")?;
                        protocol(writer, &servers.imap)?;
                        protocol(writer, &servers.smtp)
                    })?;
                Ok(())
            })?;
            Ok(())
        });
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

fn protocol(writer: &mut Xml, server: &Server) -> io::Result<()> {
    writer
        .create_element("Protocol")
        .write_inner_content(|writer| {
            element(writer, "Type", server.service().name())?;
            element(writer, "Server", server.host().as_str())?;
            element(writer, "Port", &server.port().get().to_string())?;
            element(writer, "DomainRequired", "off")?;
            element(writer, "SPA", "off")?;
            match server.security() {
                Security::Tls => element(writer, "SSL", "on")?,
                // What `Encryption` says goes before `SSL`; TLS is STARTTLS here.
                Security::StartTls => {
                    element(writer, "SSL", "off")?;
                    element(writer, "Encryption", "TLS")?;
                }
            }
            element(writer, "AuthRequired", "on")
        })?;
    Ok(())
}
