//! The second fact that an agency may demand beside the first (`butuh_fakta_kedua` in the profile).
//!
//! A snapshot made with one knows people of that look-up by the digest of both facts together, so that a wrong
//! second fact and an unknown person are one and the same miss. Limits count by the first fact alone, or the
//! four digits could be tried out. Where the profile has come to demand another fact than the snapshot was made
//! with, nobody could be found, or could be found with less than is demanded: the look-up is not offered until
//! the next import.

use std::fmt::{self, Display};

use model::identifier::{Nik4, Nip, Nrk, NrkFormat};
use model::lookup::SecondFact;
use serde::Deserialize;

use crate::import::Person;

/// What each look-up demands besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table such as { email = \"nik4\", tte = \"nrk\" }"
)]
pub struct SecondFacts {
    /// To look up a mailbox.
    pub email: Option<SecondFact>,
    /// To look up a certificate's status.
    pub tte: Option<SecondFact>,
}

/// A second fact in its value.
pub enum Fact {
    /// NIP.
    Nip(Nip),
    /// NRK.
    Nrk(Nrk),
    /// The last four digits of the NIK.
    Nik4(Nik4),
}

impl Fact {
    /// Reads what was given as `fact`.
    pub fn parse(fact: SecondFact, text: &str, nrk: NrkFormat) -> Option<Self> {
        match fact {
            SecondFact::Nip => Nip::parse(text).ok().map(Self::Nip),
            SecondFact::Nrk => Nrk::parse(text, nrk).ok().map(Self::Nrk),
            SecondFact::Nik4 => Nik4::parse(text).ok().map(Self::Nik4),
        }
    }

    /// The `fact` of a person, if the roster has it.
    pub fn of(person: &Person, fact: SecondFact) -> Option<Self> {
        match fact {
            SecondFact::Nip => person.nip.clone().map(Self::Nip),
            SecondFact::Nrk => person.nrk.clone().map(Self::Nrk),
            SecondFact::Nik4 => person.nik.as_ref().map(Nik4::of).map(Self::Nik4),
        }
    }

    /// Its kind and its digits.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Nip(nip) => (SecondFact::Nip.word(), nip.as_str()),
            Self::Nrk(nrk) => (SecondFact::Nrk.word(), nrk.as_str()),
            Self::Nik4(nik4) => (SecondFact::Nik4.word(), nik4.as_str()),
        }
    }
}

/// A second fact as the operator reads of it.
pub struct Named(pub Option<SecondFact>);

impl Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "no second fact",
            Some(SecondFact::Nip) => "the NIP",
            Some(SecondFact::Nrk) => "the NRK",
            Some(SecondFact::Nik4) => "the last 4 digits of the NIK",
        })
    }
}

impl SecondFacts {
    /// Tells the operator which look-ups are off, since the snapshot was made with another second fact.
    pub fn warn_of_difference(self, made_with: Self) {
        for (look_up, wanted, made) in [
            ("the mailbox", self.email, made_with.email),
            ("the TTE status", self.tte, made_with.tte),
        ] {
            if wanted != made {
                tracing::warn!(
                    "{look_up} is not offered: the profile demands {}, and the snapshot was made with {}; \
                     import the roster again with this profile, and restart if the profile was changed",
                    Named(wanted),
                    Named(made),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use model::identifier::{FullName, Nik};

    use super::*;
    use crate::key::{Identifier, KeyFile};

    /// Equal digits of different kinds, either way round, alone or together: each has a digest of its own.
    #[test]
    fn every_pair_has_its_own_digest() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::hold(&folder.path().join("kunci")).unwrap().keys();
        let key = keys.newest();
        let four = NrkFormat::new(4).unwrap();
        let nrk = |text| Nrk::parse(text, four).unwrap();
        let (one, two) = (nrk("0001"), nrk("0002"));
        let nik = Nik::parse("3171014101900001").unwrap();
        let name = FullName::parse("Nik Nrk").unwrap();
        let identifiers = [
            Identifier::Nrk(&one),
            Identifier::Nrk(&two),
            Identifier::Nik(&nik),
            Identifier::Name(&name),
        ];
        let facts = [
            Fact::Nrk(nrk("0001")),
            Fact::Nrk(nrk("0002")),
            Fact::Nik4(Nik4::of(&nik)),
            Fact::Nik4(Nik4::parse("0002").unwrap()),
        ];
        let mut digests = HashSet::new();
        for identifier in identifiers {
            assert!(digests.insert(key.digest(identifier)));
            for fact in &facts {
                assert!(digests.insert(key.digest_of_pair(identifier, fact)));
            }
        }
        assert_eq!(digests.len(), 20);
    }
}
