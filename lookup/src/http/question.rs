//! Questions: an identifier that is valid and that the roster can be searched by.

use model::identifier::{EmailAddress, FullName, Nik, Nip, Nrk};
use model::lookup::{EmailBy, EmailQuery, RefusalCode, SecondFact, TteBy, TteQuery};

use super::answer::Refused;
use crate::esign::Person;
use crate::key::{Digest, Identifier, Key};
use crate::profile::Profile;
use crate::second_fact::{Fact, SecondFacts};
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

    /// What `facts` demand besides.
    pub fn demanded(self, facts: SecondFacts) -> Option<SecondFact> {
        match self {
            Self::Email(_) => facts.email,
            Self::Tte(_) => facts.tte,
        }
    }

    /// Whether `fact` tells more than this tells already.
    pub fn is_added_to_by(self, fact: SecondFact) -> bool {
        match self {
            Self::Email(by) => fact.adds_to_email(by),
            Self::Tte(by) => fact.adds_to_tte(by),
        }
    }

    /// Whether it is by name, which many people may bear.
    pub fn is_name(self) -> bool {
        self == Self::Email(EmailBy::Nama)
    }

    fn is_wanted(self, profile: &Profile) -> bool {
        let is_listed = match self {
            Self::Email(by) => profile.email_by.contains(&by),
            Self::Tte(by) => profile.tte_by.contains(&by),
        };
        let demanded = self.demanded(profile.second_facts);
        is_listed && demanded.is_none_or(|fact| self.is_added_to_by(fact))
    }
}

/// A valid question.
pub struct Question {
    /// What is asked for, and by what.
    pub by: By,
    asked: Asked,
    fact: Option<Fact>,
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
    pub fn of_email(
        query: &EmailQuery,
        fact: Option<&str>,
        profile: &Profile,
    ) -> Result<Self, Refused> {
        match query {
            EmailQuery::Nip(text) => Self::new(By::Email(EmailBy::Nip), fact, profile, || {
                Nip::parse(text).ok().map(Asked::Nip)
            }),
            EmailQuery::Nrk(text) => Self::new(By::Email(EmailBy::Nrk), fact, profile, || {
                Nrk::parse(text, profile.nrk).ok().map(Asked::Nrk)
            }),
            EmailQuery::Nama(text) => Self::new(By::Email(EmailBy::Nama), fact, profile, || {
                FullName::parse(text).ok().map(Asked::Name)
            }),
        }
    }

    /// "Is my certificate active?"
    pub fn of_tte(
        query: &TteQuery,
        fact: Option<&str>,
        profile: &Profile,
    ) -> Result<Self, Refused> {
        match query {
            TteQuery::Email(text) => Self::new(By::Tte(TteBy::Email), fact, profile, || {
                EmailAddress::parse(text, &profile.domains)
                    .ok()
                    .map(Asked::Address)
            }),
            TteQuery::Nik(text) => Self::new(By::Tte(TteBy::Nik), fact, profile, || {
                Nik::parse(text).ok().map(Asked::Nik)
            }),
        }
    }

    fn new(
        by: By,
        fact: Option<&str>,
        profile: &Profile,
        parse: impl FnOnce() -> Option<Asked>,
    ) -> Result<Self, Refused> {
        if !by.is_wanted(profile) {
            return Err(Refused::Because(RefusalCode::NotOffered));
        }
        let asked = parse().ok_or(Refused::Because(RefusalCode::InvalidIdentifier))?;
        let fact = match (by.demanded(profile.second_facts), fact) {
            (None, None) => Some(None),
            (Some(demanded), Some(text)) => Fact::parse(demanded, text, profile.nrk).map(Some),
            _ => None,
        };
        let fact = fact.ok_or(Refused::Because(RefusalCode::InvalidFact))?;
        Ok(Self { by, asked, fact })
    }

    /// What the question is counted by: what is asked for alone, whatever the second fact.
    pub fn digest_of_first(&self, key: &Key) -> Digest {
        key.digest(self.identifier())
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
        match &self.fact {
            None => self.digest_of_first(key),
            Some(fact) => key.digest_of_pair(self.identifier(), fact),
        }
    }

    fn identifier(&self) -> Identifier<'_> {
        match &self.asked {
            Asked::Nip(nip) => Identifier::Nip(nip),
            Asked::Nrk(nrk) => Identifier::Nrk(nrk),
            Asked::Nik(nik) => Identifier::Nik(nik),
            Asked::Address(address) => Identifier::Email(address),
            Asked::Name(name) => Identifier::Name(name),
        }
    }
}
