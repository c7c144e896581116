//! Questions: an identifier that is valid and that the roster can be searched by.

use model::identifier::{EmailAddress, FullName, Nik, Nip, Nrk};
use model::lookup::{EmailBy, EmailQuery, RefusalCode, TteBy, TteQuery};

use super::answer::Refused;
use crate::esign::Person;
use crate::key::{Digest, Identifier, Key};
use crate::profile::Profile;
use crate::snapshot::Meta;

/// What is asked for, and by what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A mailbox.
    Email(EmailBy),
    /// A certificate's status.
    Tte(TteBy),
}

impl By {
    /// Whether the snapshot can be searched by it.
    pub fn is_offered(self, meta: &Meta) -> bool {
        match self {
            Self::Email(by) => meta.email_by.contains(&by),
            Self::Tte(by) => meta.tte_by.contains(&by),
        }
    }

    /// Whether it is by name, which many people may bear.
    pub fn is_name(self) -> bool {
        self == Self::Email(EmailBy::Nama)
    }

    fn is_wanted(self, profile: &Profile) -> bool {
        match self {
            Self::Email(by) => profile.email_by.contains(&by),
            Self::Tte(by) => profile.tte_by.contains(&by),
        }
    }
}

/// A valid question.
pub struct Question {
    /// What is asked for, and by what.
    pub by: By,
    asked: Asked,
}

enum Asked {
    Nip(Nip),
    Nrk(Nrk),
    Nik(Nik),
    Address(EmailAddress),
    Name(FullName),
}

impl Question {
    /// "Do I have a mailbox?"
    pub fn of_email(query: &EmailQuery, profile: &Profile) -> Result<Self, Refused> {
        match query {
            EmailQuery::Nip(text) => Self::new(By::Email(EmailBy::Nip), profile, || {
                Nip::parse(text).ok().map(Asked::Nip)
            }),
            EmailQuery::Nrk(text) => Self::new(By::Email(EmailBy::Nrk), profile, || {
                Nrk::parse(text, profile.nrk).ok().map(Asked::Nrk)
            }),
            EmailQuery::Nama(text) => Self::new(By::Email(EmailBy::Nama), profile, || {
                FullName::parse(text).ok().map(Asked::Name)
            }),
        }
    }

    /// "Is my certificate active?"
    pub fn of_tte(query: &TteQuery, profile: &Profile) -> Result<Self, Refused> {
        match query {
            TteQuery::Email(text) => Self::new(By::Tte(TteBy::Email), profile, || {
                EmailAddress::parse(text, &profile.domains)
                    .ok()
                    .map(Asked::Address)
            }),
            TteQuery::Nik(text) => Self::new(By::Tte(TteBy::Nik), profile, || {
                Nik::parse(text).ok().map(Asked::Nik)
            }),
        }
    }

    fn new(
        by: By,
        profile: &Profile,
        parse: impl FnOnce() -> Option<Asked>,
    ) -> Result<Self, Refused> {
        if !by.is_wanted(profile) {
            return Err(Refused::Because(RefusalCode::NotOffered));
        }
        let asked = parse().ok_or(Refused::Because(RefusalCode::InvalidIdentifier))?;
        Ok(Self { by, asked })
    }

    /// The person as BSrE is asked about them; none where it cannot be asked by this.
    pub fn person(&self) -> Option<Person> {
        match &self.asked {
            Asked::Nik(nik) => Person::of_nik(nik),
            Asked::Address(address) => Person::of_email(address),
            Asked::Nip(_) | Asked::Nrk(_) | Asked::Name(_) => None,
        }
    }

    /// The digest under which the person is stored.
    pub fn digest(&self, key: &Key) -> Digest {
        key.digest(match &self.asked {
            Asked::Nip(nip) => Identifier::Nip(nip),
            Asked::Nrk(nrk) => Identifier::Nrk(nrk),
            Asked::Nik(nik) => Identifier::Nik(nik),
            Asked::Address(address) => Identifier::Email(address),
            Asked::Name(name) => Identifier::Name(name),
        })
    }
}
