//! Reads one snapshot.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use model::lookup::{EmailBy, SecondFact, TteBy};
use model::status::{MailStatus, TteStatus};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};
use thiserror::Error;

use super::{APPLICATION_ID, Meta, SCHEMA_VERSION};
use crate::key::{Digest, Key};
use crate::second_fact::SecondFacts;

/// An open snapshot. It never changes.
pub struct Snapshot {
    /// What it is.
    pub meta: Meta,
    /// One connection is enough: a look-up takes some microseconds.
    connection: Mutex<Connection>,
}

/// What is stored of a person.
pub struct Found {
    /// Address.
    pub address: String,
    /// Status of the mailbox.
    pub mail: Option<MailStatus>,
    /// Status of the certificate.
    pub tte: Option<TteStatus>,
}

/// Why a file is no snapshot to answer from.
#[derive(Debug, Error)]
pub enum OpenError {
    /// SQLite cannot open it.
    #[error("it cannot be read as a snapshot: {0}")]
    Sqlite(rusqlite::Error),
    /// It is SQLite and no snapshot.
    #[error("it is no snapshot made by `lookup import`")]
    Foreign,
    /// It was made by another version.
    #[error(
        "it was made by another version of this program (tables {found}, expected {SCHEMA_VERSION}); import the roster again"
    )]
    Version {
        /// Version of its tables.
        found: i32,
    },
    /// It is not whole.
    #[error(
        "it is not whole; import the roster again, or copy it again and move it here when it is complete"
    )]
    Truncated,
    /// A fact about it is missing or not understood.
    #[error("its `{0}` is missing or not understood; import the roster again")]
    Meta(&'static str),
    /// It was made under another key.
    #[error(
        "it was made with another key than this key file's; use the key file that stood beside it, or import the roster again"
    )]
    OtherKey,
    /// It is another agency's.
    #[error("it is of the agency `{found}` and the profile of `{expected}`")]
    OtherAgency {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => Self::Truncated,
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            _ => Self::Sqlite(error),
        }
    }
}

impl Snapshot {
    /// Opens the snapshot at `path`, which must be `agency`'s and made under `key`.
    ///
    /// # Errors
    /// Where it is none, damaged, or someone else's.
    pub fn open(path: &Path, key: &Key, agency: &str) -> Result<Self, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // Immutable: no locks, no journal; snapshots are replaced, never changed.
        let connection =
            Connection::open_with_flags(format!("file:{}?immutable=1", uri_path(path)), flags)?;
        let pragma =
            |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        if pragma("application_id")? != APPLICATION_ID {
            return Err(OpenError::Foreign);
        }
        match pragma("user_version")? {
            SCHEMA_VERSION => {}
            found => return Err(OpenError::Version { found }),
        }
        let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let pages: i64 = connection.query_row(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |row| row.get(0),
        )?;
        if i64::try_from(bytes) != Ok(pages) {
            return Err(OpenError::Truncated);
        }
        let meta = Meta::from_rows(&connection)?;
        if meta.key_id != key.id() {
            return Err(OpenError::OtherKey);
        }
        if meta.agency != agency {
            return Err(OpenError::OtherAgency {
                found: meta.agency,
                expected: agency.to_owned(),
            });
        }
        Ok(Self {
            meta,
            connection: Mutex::new(connection),
        })
    }

    /// The people of this digest, in the roster's order, at most `limit`.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn find(&self, digest: &Digest, limit: usize) -> rusqlite::Result<Vec<Found>> {
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare_cached(
            "SELECT address, mail, tte FROM identifier JOIN person ON person.id = identifier.person \
             WHERE digest = ? ORDER BY person.id LIMIT ?",
        )?;
        let rows = statement.query_map(
            params![digest, i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| {
                Ok(Found {
                    address: row.get(0)?,
                    mail: row
                        .get::<_, Option<String>>(1)?
                        .as_deref()
                        .and_then(MailStatus::parse),
                    tte: row
                        .get::<_, Option<String>>(2)?
                        .as_deref()
                        .and_then(TteStatus::parse),
                })
            },
        )?;
        rows.collect()
    }
}

/// A path as SQLite's URIs want it: `%`, `?` and `#` would end or change it.
fn uri_path(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

const EMAIL_BY: [(EmailBy, &str); 3] = [
    (EmailBy::Nip, "nip"),
    (EmailBy::Nrk, "nrk"),
    (EmailBy::Nama, "nama"),
];
const TTE_BY: [(TteBy, &str); 2] = [(TteBy::Email, "email"), (TteBy::Nik, "nik")];

impl Meta {
    /// As it stands in the table `meta`.
    pub(super) fn to_rows(&self) -> [(&'static str, String); 9] {
        [
            ("agency", self.agency.clone()),
            ("data_date", self.data_date.clone()),
            ("practice", u8::from(self.practice).to_string()),
            ("email_by", words(&self.email_by, &EMAIL_BY)),
            ("tte_by", words(&self.tte_by, &TTE_BY)),
            ("email_fact", word(self.second_facts.email)),
            ("tte_fact", word(self.second_facts.tte)),
            ("people", self.people.to_string()),
            ("key_id", self.key_id.clone()),
        ]
    }

    fn from_rows(connection: &Connection) -> Result<Self, OpenError> {
        let mut statement = connection.prepare("SELECT value FROM meta WHERE key = ?")?;
        let mut text = |key: &'static str| -> Result<String, OpenError> {
            statement
                .query_row([key], |row| row.get(0))
                .optional()?
                .ok_or(OpenError::Meta(key))
        };
        Ok(Self {
            agency: text("agency")?,
            data_date: text("data_date")?,
            practice: text("practice")? == "1",
            email_by: from_words(&text("email_by")?, &EMAIL_BY)
                .ok_or(OpenError::Meta("email_by"))?,
            tte_by: from_words(&text("tte_by")?, &TTE_BY).ok_or(OpenError::Meta("tte_by"))?,
            second_facts: SecondFacts {
                email: from_word(&text("email_fact")?).ok_or(OpenError::Meta("email_fact"))?,
                tte: from_word(&text("tte_fact")?).ok_or(OpenError::Meta("tte_fact"))?,
            },
            people: text("people")?
                .parse()
                .map_err(|_| OpenError::Meta("people"))?,
            key_id: text("key_id")?,
        })
    }
}

fn word(fact: Option<SecondFact>) -> String {
    fact.map_or("", SecondFact::word).to_owned()
}

fn from_word(text: &str) -> Option<Option<SecondFact>> {
    match text {
        "" => Some(None),
        word => SecondFact::from_word(word).map(Some),
    }
}

fn words<T: PartialEq>(values: &[T], names: &[(T, &str)]) -> String {
    let named = names.iter().filter(|(value, _)| values.contains(value));
    named.map(|&(_, name)| name).collect::<Vec<_>>().join(" ")
}

fn from_words<T: Copy>(text: &str, names: &[(T, &str)]) -> Option<Vec<T>> {
    text.split_whitespace()
        .map(|word| {
            names
                .iter()
                .find(|&&(_, name)| name == word)
                .map(|&(value, _)| value)
        })
        .collect()
}
