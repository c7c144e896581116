//! Writes a snapshot: into a new file beside its place, sealed, flushed to the disk, then renamed over the old one.
//!
//! Whoever reads meanwhile keeps the old file; whoever dies meanwhile leaves the old file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use model::lookup::{EmailBy, SecondFact, TteBy};
use rusqlite::{Connection, params};
use thiserror::Error;

use super::{APPLICATION_ID, LARGEST, Meta, SCHEMA, SCHEMA_VERSION, seal};
use crate::import::Person;
use crate::key::{Digest, Identifier, Key};
use crate::second_fact::{Fact, SecondFacts};

/// Why a snapshot cannot be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The system refuses.
    #[error("{}: cannot write the snapshot: {source}", path.display())]
    Io {
        /// The snapshot's place.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// SQLite refuses.
    #[error("{}: cannot write the snapshot: {source}", path.display())]
    Sqlite {
        /// The snapshot's place.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// Another import writes to the same place.
    #[error("{}: another import is writing this snapshot; wait for it to end", path.display())]
    Busy {
        /// The snapshot's place.
        path: PathBuf,
    },
    /// No server could hold it in memory.
    #[error("{}: the snapshot would be longer than {LARGEST} bytes, more than a server can hold in memory; import fewer people", path.display())]
    TooLarge {
        /// The snapshot's place.
        path: PathBuf,
    },
    /// The path names no file.
    #[error("{}: this is no name for a file", path.display())]
    NoName {
        /// The path given.
        path: PathBuf,
    },
}

/// Writes a snapshot of `people` to `path`.
pub fn write(path: &Path, key: &Key, meta: &Meta, people: &[Person]) -> Result<(), WriteError> {
    let io = |source: io::Error| WriteError::Io {
        path: path.to_owned(),
        source,
    };
    let sqlite = |source: rusqlite::Error| WriteError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let name = path.file_name().ok_or_else(|| WriteError::NoName {
        path: path.to_owned(),
    })?;
    let name = name.to_string_lossy();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(io)?;
    let lock = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(format!(".{name}.lock")))
        .map_err(io)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(WriteError::Busy {
                path: path.to_owned(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(io(error)),
    }

    let prefix = format!(".{name}.new-");
    remove_leftovers(folder, &prefix).map_err(io)?;
    let new = tempfile::Builder::new()
        .prefix(&prefix)
        .tempfile_in(folder)
        .map_err(io)?;
    let connection = Connection::open(new.path()).map_err(sqlite)?;
    fill(connection, key, meta, people).map_err(sqlite)?;
    if new.as_file().metadata().map_err(io)?.len() > LARGEST {
        return Err(WriteError::TooLarge {
            path: path.to_owned(),
        });
    }
    seal::append(new.as_file(), key).map_err(io)?;
    new.as_file().sync_all().map_err(io)?;
    new.persist(path).map_err(|error| io(error.error))?;
    // The new name is on the disk once its folder is.
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io)
}

/// Removes what imports left that were killed. The lock tells that none is at work.
fn remove_leftovers(folder: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn fill(
    mut connection: Connection,
    key: &Key,
    meta: &Meta,
    people: &[Person],
) -> rusqlite::Result<()> {
    // No journal and no flushing by SQLite: a file that is not finished is never used, and is flushed whole after.
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;",
    )?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO meta VALUES (?, ?)")?;
        for (name, value) in meta.to_rows() {
            insert.execute(params![name, value])?;
        }
        let mut insert = transaction.prepare("INSERT INTO person VALUES (?, ?, ?, ?)")?;
        for (id, person) in (1_i64..).zip(people) {
            let (mail, tte) = (
                person.mail.map(|mail| mail.label()),
                person.tte.map(|tte| tte.code()),
            );
            insert.execute(params![id, person.address.as_str(), mail, tte])?;
        }
        let mut insert = transaction.prepare("INSERT INTO identifier VALUES (?, ?)")?;
        let parts = people.len() / PART + 1;
        for part in 0..parts {
            for (digest, id) in digests(key, meta.second_facts, people, part, parts) {
                insert.execute(params![digest, id])?;
            }
        }
    }
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

/// The digests of so many people are held in memory at once. Those of more are made several times over, which
/// takes less time than it would to swap.
const PART: usize = 2_000_000;

/// One part of every identifier's digests, with its person, in the order of the index, which makes inserting fast.
/// Parts follow each other in that order.
fn digests(
    key: &Key,
    demanded: SecondFacts,
    people: &[Person],
    part: usize,
    parts: usize,
) -> Vec<(Digest, i64)> {
    let is_in_part = |digest: &Digest| usize::from(digest[0]) * parts / 256 == part;
    let mut digests = Vec::new();
    let SecondFacts { email, tte } = demanded;
    let adds_to_email = |by| email.is_none_or(|fact| fact.adds_to_email(by));
    let adds_to_tte = |by| tte.is_none_or(|fact| fact.adds_to_tte(by));
    for (id, person) in (1..).zip(people) {
        // Whoever lacks the fact that is demanded is known by nothing of that look-up.
        let of_person = |demanded: Option<SecondFact>| match demanded {
            None => Some(None),
            Some(fact) => Fact::of(person, fact).map(Some),
        };
        let mut add =
            |identifier: Option<Identifier<'_>>, fact: &Option<Option<Fact>>, adds: bool| {
                let (Some(identifier), Some(fact), true) = (identifier, fact, adds) else {
                    return;
                };
                let digest = match fact {
                    None => key.digest(identifier),
                    Some(fact) => key.digest_of_pair(identifier, fact),
                };
                if is_in_part(&digest) {
                    digests.push((digest, id));
                }
            };
        let (email, tte) = (of_person(email), of_person(tte));
        let nip = person.nip.as_ref().map(Identifier::Nip);
        let nrk = person.nrk.as_ref().map(Identifier::Nrk);
        let nik = person.nik.as_ref().map(Identifier::Nik);
        let name = person.name.as_ref().map(Identifier::Name);
        let address = Some(Identifier::Email(&person.address));
        add(nip, &email, adds_to_email(EmailBy::Nip));
        add(nrk, &email, adds_to_email(EmailBy::Nrk));
        add(name, &email, adds_to_email(EmailBy::Nama));
        add(address, &tte, adds_to_tte(TteBy::Email));
        add(nik, &tte, adds_to_tte(TteBy::Nik));
    }
    digests.sort_unstable();
    digests
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use model::identifier::EmailAddress;

    use super::*;
    use crate::key::KeyFile;

    #[test]
    fn parts_are_the_whole_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::hold(&folder.path().join("kunci")).unwrap().keys();
        let key = keys.newest();
        let domains = ["contoh.go.id".to_owned()];
        let person = |at| Person {
            nrk: None,
            nip: None,
            nik: None,
            name: None,
            address: EmailAddress::parse(&format!("o{at}@contoh.go.id"), &domains).unwrap(),
            mail: None,
            tte: None,
        };
        let people: Vec<Person> = (0..1000).map(person).collect();
        let whole = digests(key, SecondFacts::default(), &people, 0, 1);
        assert_eq!(whole.len(), people.len());
        for parts in [2, 3, 7] {
            let each = (0..parts)
                .flat_map(|part| digests(key, SecondFacts::default(), &people, part, parts));
            assert_eq!(each.collect::<Vec<_>>(), whole);
        }
    }
}
