//! What the look-up needs of an agency's profile (`instansi.toml`); the rest of it is the build tool's.

use std::path::{Path, PathBuf};

use model::host::HostName;
use model::hours::{OpeningHours, Zone};
use model::identifier::NrkFormat;
use model::lookup::{EmailBy, TteBy};
use model::network::Networks;
use serde::Deserialize;
use thiserror::Error;

use crate::second_fact::SecondFacts;

/// An agency, as the look-up knows it.
pub struct Profile {
    /// Its id: the name of the folder that holds the profile.
    pub agency: String,
    /// Domains of its official addresses, lower case.
    pub domains: Vec<String>,
    /// Ways to look up a mailbox that it wants to offer.
    pub email_by: Vec<EmailBy>,
    /// Ways to look up a certificate's status that it wants to offer.
    pub tte_by: Vec<TteBy>,
    /// What each of them demands besides.
    pub second_facts: SecondFacts,
    /// Form of its own staff numbers.
    pub nrk: NrkFormat,
    /// Its time zone.
    pub zone: Zone,
    /// When it may be asked; none: always.
    pub access: Option<Access>,
}

/// When the look-up may be asked, and from where at any time.
pub struct Access {
    /// Opening hours on the internet.
    pub hours: OpeningHours,
    /// Networks from which it is always open.
    pub intranet: Networks,
}

/// Why a profile cannot be used.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("{}: cannot read the profile: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder that holds the file has no name to take the agency's id from.
    #[error("{}: the profile must lie in a folder named after the agency, such as content/instansi/dki-jakarta/instansi.toml", path.display())]
    NoAgency {
        /// The file.
        path: PathBuf,
    },
    /// It is no TOML, or a key is missing or has another type.
    #[error("{}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        message: String,
    },
    /// Values are not valid.
    #[error("{}: {}", path.display(), problems.join("; "))]
    Facts {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong.
        problems: Vec<String>,
    },
}

#[derive(Deserialize)]
struct Document {
    zona_waktu: String,
    email: Email,
    periksa: Option<Periksa>,
}

#[derive(Deserialize)]
struct Email {
    domain: String,
    #[serde(default)]
    domain_lain: Vec<String>,
}

/// A misspelt key is a mistake here: it might be the one that demands a second fact.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Periksa {
    #[serde(default)]
    email: Vec<EmailBy>,
    #[serde(default)]
    tte: Vec<TteBy>,
    #[serde(default)]
    butuh_fakta_kedua: SecondFacts,
    nrk_digit: Option<i64>,
    jam: Option<Jam>,
}

#[derive(Deserialize)]
struct Jam {
    hari: Vec<String>,
    buka: String,
    tutup: String,
    #[serde(default)]
    intranet: Vec<String>,
}

impl Profile {
    /// True where the agency wants anything to be looked up.
    pub fn offers(&self) -> bool {
        !self.email_by.is_empty() || !self.tte_by.is_empty()
    }

    /// Reads the profile at `path`.
    ///
    /// # Errors
    /// Everything that the look-up cannot use, at once.
    pub fn read(path: &Path) -> Result<Self, ProfileError> {
        let text = std::fs::read_to_string(path).map_err(|source| ProfileError::Read {
            path: path.to_owned(),
            source,
        })?;
        let agency = agency_id(path).ok_or_else(|| ProfileError::NoAgency {
            path: path.to_owned(),
        })?;
        let document: Document = toml::from_str(&text).map_err(|error| ProfileError::Syntax {
            path: path.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        Self::from_document(agency, document).map_err(|problems| ProfileError::Facts {
            path: path.to_owned(),
            problems,
        })
    }

    fn from_document(agency: String, document: Document) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut domains = Vec::new();
        let main = ("email.domain", document.email.domain);
        let others = document.email.domain_lain.into_iter();
        for (key, domain) in std::iter::once(main).chain(others.map(|it| ("email.domain_lain", it)))
        {
            match HostName::parse(&domain) {
                Ok(host) => domains.push(host.as_str().to_owned()),
                Err(error) => problems.push(format!("{key}: {error}")),
            }
        }
        let zone = Zone::parse(&document.zona_waktu);
        if zone.is_none() {
            problems.push("zona_waktu: write WIB, WITA or WIT".to_owned());
        }
        let periksa = document.periksa.unwrap_or_default();
        let nrk = match periksa.nrk_digit.map(NrkFormat::new) {
            None => NrkFormat::JAKARTA,
            Some(Ok(format)) => format,
            Some(Err(error)) => {
                problems.push(format!("periksa.nrk_digit: {error}"));
                NrkFormat::JAKARTA
            }
        };
        let access = periksa.jam.and_then(|jam| {
            // The zone's own problem is told above, once.
            let zone = zone.map_or("WIB", Zone::name);
            let hours = OpeningHours::parse(&jam.hari, &jam.buka, &jam.tutup, zone);
            let intranet = Networks::parse(&jam.intranet);
            let hours = hours.map_err(|errors| {
                problems.extend(errors.iter().map(|error| format!("periksa.jam: {error}")))
            });
            let intranet = intranet.map_err(|errors| {
                problems.extend(
                    errors
                        .iter()
                        .map(|error| format!("periksa.jam.intranet: {error}")),
                )
            });
            Some(Access {
                hours: hours.ok()?,
                intranet: intranet.ok()?,
            })
        });
        match zone {
            Some(zone) if problems.is_empty() => Ok(Self {
                agency,
                domains,
                email_by: periksa.email,
                tte_by: periksa.tte,
                second_facts: periksa.butuh_fakta_kedua,
                nrk,
                zone,
                access,
            }),
            _ => Err(problems),
        }
    }
}

/// The name of the folder that holds `path`.
fn agency_id(path: &Path) -> Option<String> {
    let folder = std::path::absolute(path).ok()?;
    Some(folder.parent()?.file_name()?.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// What profiles hold, in any order.
    fn file() -> impl Strategy<Value = String> {
        let pieces = [
            "zona_waktu = \"WIB\"\n",
            "zona_waktu = \"GMT\"\n",
            "[email]\n",
            "domain = \"contoh.go.id\"\n",
            "domain = \"https://é/\"\n",
            "domain_lain = [\"\", \"a..b\"]\n",
            "[periksa]\n",
            "email = [\"nip\", \"nama\"]\n",
            "tte = [\"nip\"]\n",
            "nrk_digit = 6\n",
            "nrk_digit = -9223372036854775808\n",
            "[periksa.jam]\n",
            "hari = [\"senin\", \"senin\", \"\"]\n",
            "buka = \"08.00\"\n",
            "buka = \"99.99\"\n",
            "tutup = \"24.00\"\n",
            "intranet = [\"10.0.0.0/99\", \"::/0\"]\n",
            "[[periksa]]\n",
            "\"",
            "\u{0}",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..20)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        /// Any file is read or refused, and what is read has domains that are host names.
        #[test]
        fn any_file_is_read_or_refused(text in prop_oneof![file(), "\\PC{0,200}"]) {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("instansi.toml");
            std::fs::write(&path, &text)?;
            match Profile::read(&path) {
                Ok(profile) => {
                    prop_assert!(!profile.domains.is_empty());
                    for domain in &profile.domains {
                        prop_assert!(HostName::parse(domain).is_ok());
                    }
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
}
