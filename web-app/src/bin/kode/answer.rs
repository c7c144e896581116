//! From what was typed to the code, or to what is wrong with it, in the person's words.

use model::{
    host::{HostName, Port, Security},
    identifier::{EmailAddress, EmailError},
    mail::{
        Server, Servers, Service,
        thunderbird::{SenderName, SenderNameError, payload},
    },
};
use qr::{Code, Drawing};

/// The agency's mail, as the page tells of it.
pub struct Settings {
    servers: Servers,
    domains: Vec<String>,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Address,
    Name,
}

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    pub field: Field,
    pub text: String,
}

impl Settings {
    /// Reads the settings: servers as `host port keamanan`, domains between `|`.
    pub fn read(imap: &str, smtp: &str, domains: &str) -> Option<Self> {
        let server = |service, text: &str| {
            let mut words = text.split(' ');
            let (host, port, security) = (words.next()?, words.next()?, words.next()?);
            let port = Port::new(port.parse().ok()?).ok()?;
            let (host, security) = (HostName::parse(host).ok()?, Security::parse(security).ok()?);
            Server::new(service, host, port, security).ok()
        };
        Some(Self {
            servers: Servers {
                imap: server(Service::Imap, imap)?,
                smtp: server(Service::Smtp, smtp)?,
            },
            domains: domains.split('|').map(str::to_owned).collect(),
        })
    }

    /// The drawing of the code for an address and a name, as typed.
    pub fn answer(&self, address: &str, name: &str) -> Result<Drawing, Mistake> {
        let address = EmailAddress::parse(address, &self.domains)
            .map_err(|error| wrong(Field::Address, self.address_mistake(error)))?;
        let name =
            SenderName::parse(name).map_err(|error| wrong(Field::Name, name_mistake(error)))?;
        let text = payload(&self.servers, &address, &name);
        let too_long = |_| {
            wrong(
                Field::Name,
                "Nama atau alamat terlalu panjang. Pendekkan nama Anda.".to_owned(),
            )
        };
        Code::new(&text)
            .map(|code| Drawing::new(&code))
            .map_err(too_long)
    }

    fn address_mistake(&self, error: EmailError) -> String {
        let domains = || self.domains.join(" atau @");
        match error {
            EmailError::Empty => "Isi alamat email dinas Anda.".to_owned(),
            EmailError::MissingAt => ["Tulis alamat lengkap, dengan @", &domains(), "."].concat(),
            EmailError::SeveralAt => "Hapus tanda @ yang berlebih; satu saja.".to_owned(),
            EmailError::Space => "Hapus spasi di dalam alamat email.".to_owned(),
            EmailError::LocalPart => {
                "Periksa bagian sebelum @. Ada huruf atau tanda yang tidak mungkin di situ."
                    .to_owned()
            }
            EmailError::ForeignDomain => {
                ["Pakai alamat dinas, yang berakhiran @", &domains(), "."].concat()
            }
        }
    }
}

fn name_mistake(error: SenderNameError) -> String {
    match error {
        SenderNameError::TooLong => "Pendekkan nama Anda: paling banyak 80 huruf.",
        SenderNameError::Control => "Ketik ulang nama Anda. Ada tanda yang tidak terlihat di situ.",
    }
    .to_owned()
}

fn wrong(field: Field, text: String) -> Mistake {
    Mistake { field, text }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn settings() -> Settings {
        Settings::read(
            "email.jakarta.go.id 993 SSL/TLS",
            "mail3.jakarta.go.id 465 SSL/TLS",
            "jakarta.go.id|dki.go.id",
        )
        .unwrap()
    }

    #[test]
    fn draws_what_the_phone_reads() {
        let drawing = settings().answer(" Joni@Jakarta.go.id", "Joni").unwrap();
        let text = "[1,[1,1],[0,\"email.jakarta.go.id\",993,3,1,\"joni@jakarta.go.id\"],\
             [[[0,\"mail3.jakarta.go.id\",465,3,1,\"joni@jakarta.go.id\"],[\"joni@jakarta.go.id\",\"Joni\"]]]]";
        assert_eq!(drawing, Drawing::new(&Code::new(text).unwrap()));
    }

    #[test]
    fn says_what_to_mend() {
        let said = |address: &str, name: &str| {
            let mistake = settings().answer(address, name).unwrap_err();
            (mistake.field, mistake.text)
        };
        for (address, word) in [
            ("", "Isi"),
            ("joni", "@jakarta.go.id atau @dki.go.id"),
            ("a@b@jakarta.go.id", "satu saja"),
            ("jo ni@jakarta.go.id", "spasi"),
            ("jo..ni@jakarta.go.id", "sebelum @"),
            ("joni@gmail.com", "alamat dinas"),
        ] {
            let (field, text) = said(address, "Joni");
            assert!(
                field == Field::Address && text.contains(word),
                "{address}: {text}"
            );
        }
        let (field, text) = said("joni@jakarta.go.id", &"o".repeat(81));
        assert!(field == Field::Name && text.contains("80"), "{text}");
    }

    #[test]
    fn reads_no_settings_that_are_none() {
        for imap in [
            "",
            "email.jakarta.go.id",
            "email.jakarta.go.id 993 STARTTLS",
            "x 993 SSL/TLS",
        ] {
            assert!(
                Settings::read(imap, "mail3.jakarta.go.id 465 SSL/TLS", "jakarta.go.id").is_none(),
                "{imap}"
            );
        }
    }
}
