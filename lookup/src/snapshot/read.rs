//! Reads one snapshot.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use model::lookup::{EmailBy, SecondFact, TteBy};
use model::status::{MailStatus, TteStatus};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};
use thiserror::Error;

use super::file_id::FileId;
use super::seal::{Seal, SealError};
use super::{LARGEST, Meta, SCHEMA_VERSION};
use crate::key::{Digest, Key, Keys};
use crate::second_fact::SecondFacts;

/// An open snapshot. It never changes.
pub struct Snapshot {
    /// What it is.
    pub meta: Meta,
    /// The version of the key it was made under.
    pub key: Key,
    /// One connection is enough: a look-up takes some microseconds.
    connection: Mutex<Connection>,
    /// The file, where it is answered from; none: it is in memory.
    in_place: Option<InPlace>,
}

/// A file that is answered from where it lies.
struct InPlace {
    file: File,
    /// What it was when its seal was checked.
    id: FileId,
}

impl InPlace {
    fn is_unchanged(&self) -> bool {
        FileId::of_file(&self.file).is_ok_and(|now| self.id.is_unwritten(&now))
    }
}

/// Why a question is not answered.
#[derive(Debug, Error)]
pub enum FindError {
    /// SQLite fails.
    #[error("the snapshot cannot be read: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// Somebody wrote to the file instead of moving another to its place.
    #[error("the snapshot was written to while it was answered from; move a new one to its place")]
    Changed,
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
    /// The system refuses.
    #[error("cannot read the snapshot: {0}")]
    Io(std::io::Error),
    /// It is a folder, a device, or something else than a file.
    #[error("it is no file; pass the file that `lookup import` made")]
    NoFile,
    /// SQLite cannot open it.
    #[error("it cannot be read as a snapshot: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// It is no SQLite database, or it is and no snapshot.
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
    /// Its seal is not right.
    #[error(
        "it was changed or damaged since it was made; import the roster again, or put back a copy of it"
    )]
    Damaged,
    /// Somebody replaces it or writes to it just now.
    #[error("it was replaced or written to while it was read; try again when it is complete")]
    Changing,
    /// It is larger than what is held in memory.
    #[error("it is longer than {LARGEST} bytes, more than can be held in memory")]
    TooLarge,
    /// A fact about it is missing or not understood.
    #[error("its `{0}` is missing or not understood; import the roster again")]
    Meta(&'static str),
    /// It was made under a key that is not there.
    #[error(
        "it was made with a key that this key file does not hold; use the key file that stood beside it, or import the roster again"
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

impl From<SealError> for OpenError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Io(error) => Self::Io(error),
            SealError::Foreign => Self::Foreign,
            SealError::Version(found) => Self::Version { found },
            SealError::Length => Self::Truncated,
            SealError::Absent => Self::Damaged,
        }
    }
}

impl Snapshot {
    /// Opens the snapshot at `path`, which must be `agency`'s and made under one of `keys`: in memory where it has
    /// no more than `memory` bytes, or where the system does not tell when a file is written to.
    ///
    /// # Errors
    /// Where it is none, damaged, or someone else's.
    pub fn open(path: &Path, keys: &Keys, agency: &str, memory: u64) -> Result<Self, OpenError> {
        let (file, seal) = open_sealed(path)?;
        let key = keys.of_id(&seal.key_id).ok_or(OpenError::OtherKey)?;
        let (connection, in_place) = if cfg!(unix) && seal.database() > memory {
            let (connection, in_place) = open_in_place(path, file, &seal, key)?;
            (connection, Some(in_place))
        } else {
            (read_sealed(&file, &seal, key)?, None)
        };
        let meta = Meta::from_rows(&connection)?;
        if meta.key_id != seal.key_id {
            return Err(OpenError::Meta("key_id"));
        }
        if meta.agency != agency {
            return Err(OpenError::OtherAgency {
                found: meta.agency,
                expected: agency.to_owned(),
            });
        }
        Ok(Self {
            meta,
            key: key.clone(),
            connection: Mutex::new(connection),
            in_place,
        })
    }

    /// The people of this digest, in the roster's order, at most `limit`; the first of the pair.
    ///
    /// Exactly `limit` people are read, whoever is asked for (fewer only behind the last digests of all): where
    /// there are not so many of this digest, those of the digests that follow, which are anybody's, make up the
    /// number. They are the second of the pair, so that the time it takes does not tell whether somebody was found.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn find(
        &self,
        digest: &Digest,
        limit: usize,
    ) -> Result<(Vec<Found>, Vec<Found>), FindError> {
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare_cached(FIND)?;
        let rows = statement.query_map(
            params![digest, i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| {
                let found = Found {
                    address: row.get(1)?,
                    mail: row
                        .get::<_, Option<String>>(2)?
                        .as_deref()
                        .and_then(MailStatus::parse),
                    tte: row
                        .get::<_, Option<String>>(3)?
                        .as_deref()
                        .and_then(TteStatus::parse),
                };
                // Compared here: SQL takes a step more where it is another one.
                Ok((row.get::<_, Digest>(0)? == *digest, found))
            },
        )?;
        let (mut people, mut others) = (Vec::with_capacity(limit), Vec::with_capacity(limit));
        for row in rows {
            let (is_asked_for, found) = row?;
            let list = if is_asked_for {
                &mut people
            } else {
                &mut others
            };
            list.push(found);
        }
        // After it was read: the system notes a change before it makes it.
        match &self.in_place {
            Some(in_place) if !in_place.is_unchanged() => Err(FindError::Changed),
            _ => Ok((people, others)),
        }
    }
}

/// In the order of the index, of which each step leads to one person.
const FIND: &str = "SELECT digest, address, mail, tte \
     FROM identifier CROSS JOIN person ON person.id = identifier.person \
     WHERE digest >= ? ORDER BY digest, identifier.person LIMIT ?";

/// The id of the key that the snapshot at `path` says it was made under. Nothing else of it is looked at.
///
/// # Errors
/// Where it is no snapshot.
pub fn key_id(path: &Path) -> Result<String, OpenError> {
    Ok(open_sealed(path)?.1.key_id)
}

fn open_sealed(path: &Path) -> Result<(File, Seal), OpenError> {
    // Before it is opened, which would wait for ever at a pipe.
    if !std::fs::metadata(path).map_err(OpenError::Io)?.is_file() {
        return Err(OpenError::NoFile);
    }
    let file = File::open(path).map_err(OpenError::Io)?;
    let seal = Seal::read(&file)?;
    Ok((file, seal))
}

/// Checks the seal of a database that stays where it lies, and opens it there.
fn open_in_place(
    path: &Path,
    file: File,
    seal: &Seal,
    key: &Key,
) -> Result<(Connection, InPlace), OpenError> {
    let id = FileId::of_file(&file).map_err(OpenError::Io)?;
    let in_place = InPlace { file, id };
    // SQLite opens the file here and reads of it what it needs later. It is the same file, since the path led to it
    // before and does after.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let uri = format!("file:{}?immutable=1", uri_path(path));
    let connection = Connection::open_with_flags(uri, flags)?;
    let is_same = || FileId::of(path).is_ok_and(|now| in_place.id.is_unwritten(&now));
    if !is_same() {
        return Err(OpenError::Changing);
    }
    let mut sealed = seal.sealed(&in_place.file, key);
    std::io::copy(&mut sealed, &mut std::io::sink()).map_err(OpenError::Io)?;
    let is_right = sealed.matches(seal);
    if !in_place.is_unchanged() {
        return Err(OpenError::Changing);
    }
    if !is_right {
        return Err(OpenError::Damaged);
    }
    Ok((connection, in_place))
}

/// A path as SQLite's URIs want it: `%`, `?` and `#` would end or change it.
fn uri_path(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

/// Reads the database before `seal` into memory. SQLite makes nothing of it before all is known to be right.
fn read_sealed(file: &File, seal: &Seal, key: &Key) -> Result<Connection, OpenError> {
    if seal.database() > LARGEST {
        return Err(OpenError::TooLarge);
    }
    let bytes = usize::try_from(seal.database()).map_err(|_| OpenError::TooLarge)?;
    let mut connection = Connection::open_in_memory()?;
    let mut sealed = seal.sealed(file, key);
    let read = connection.deserialize_read_exact("main", &mut sealed, bytes, true);
    match read {
        Ok(()) if sealed.matches(seal) => {}
        Ok(()) => return Err(OpenError::Damaged),
        // It shrinks while it is read: somebody writes there.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
            return Err(match file.metadata() {
                Ok(metadata) if metadata.len() < seal.database() => OpenError::Truncated,
                _ => OpenError::Sqlite(error),
            });
        }
        Err(error) => return Err(OpenError::Sqlite(error)),
    }
    // Pages are used where they lie instead of being copied first.
    connection.pragma_update(None, "mmap_size", i64::try_from(bytes).unwrap_or(i64::MAX))?;
    Ok(connection)
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

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;
    use std::path::PathBuf;

    use model::identifier::{EmailAddress, Nrk, NrkFormat};
    use proptest::prelude::*;
    use rusqlite::StatementStatus;
    use tempfile::TempDir;

    use super::*;
    use crate::import::Person;
    use crate::key::{Identifier, KeyFile};
    use crate::snapshot::write::write;

    /// A snapshot of 300 people, and a place for others.
    struct Room {
        folder: TempDir,
        keys: Keys,
        whole: Vec<u8>,
    }

    impl Room {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let keys = KeyFile::hold(&folder.path().join("kunci")).unwrap().keys();
            let key = keys.newest();
            let people: Vec<Person> = (0..300).map(person).collect();
            let meta = Meta {
                agency: "contoh".to_owned(),
                data_date: "2025-10-22".to_owned(),
                practice: false,
                email_by: vec![EmailBy::Nrk],
                tte_by: vec![],
                people: people.len(),
                key_id: key.id(),
                second_facts: SecondFacts::default(),
            };
            let path = folder.path().join("data.sqlite");
            write(&path, key, &meta, &people).unwrap();
            let whole = fs::read(path).unwrap();
            Self {
                folder,
                keys,
                whole,
            }
        }

        /// In memory, and where it lies it is judged likewise.
        fn open(&self, bytes: &[u8]) -> Result<Snapshot, OpenError> {
            let in_memory = self.open_with(bytes, u64::MAX);
            let in_place = self.open_with(bytes, 0);
            let judged = |opened: &Result<Snapshot, OpenError>| {
                opened.as_ref().map(|_| ()).map_err(ToString::to_string)
            };
            assert_eq!(judged(&in_memory), judged(&in_place));
            in_memory
        }

        fn open_with(&self, bytes: &[u8], memory: u64) -> Result<Snapshot, OpenError> {
            let path: PathBuf = self.folder.path().join("lain # 100%?.sqlite");
            fs::write(&path, bytes).unwrap();
            Snapshot::open(&path, &self.keys, "contoh", memory)
        }

        fn page(&self) -> usize {
            usize::from(u16::from_be_bytes([self.whole[16], self.whole[17]]))
        }
    }

    fn nrk(number: u32) -> Nrk {
        Nrk::parse(&format!("{number:06}"), NrkFormat::JAKARTA).unwrap()
    }

    fn person(number: u32) -> Person {
        let address = format!("orang{number}@contoh.go.id");
        Person {
            nrk: Some(nrk(number)),
            nip: None,
            nik: None,
            name: None,
            address: EmailAddress::parse(&address, &["contoh.go.id"]).unwrap(),
            mail: Some(MailStatus::New),
            tte: None,
        }
    }

    #[test]
    fn a_whole_file_answers() {
        let room = Room::new();
        let snapshot = room.open(&room.whole).unwrap();
        // Whatever becomes of the file afterwards.
        assert!(room.open(&[0; 100_000]).is_err());
        for number in 0..300 {
            let digest = snapshot.key.digest(Identifier::Nrk(&nrk(number)));
            let (found, _) = snapshot.find(&digest, 9).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].address, format!("orang{number}@contoh.go.id"));
        }
    }

    /// Where it lies it answers until somebody writes there, be it the very same; another in its place changes nothing.
    #[test]
    fn a_file_that_is_written_to_is_not_answered_from() {
        let room = Room::new();
        let snapshot = room.open_with(&room.whole, 0).unwrap();
        let digest = snapshot.key.digest(Identifier::Nrk(&nrk(7)));
        let found = || snapshot.find(&digest, 1).map(|(found, _)| found.len());
        let path = room.folder.path().join("lain # 100%?.sqlite");
        assert_eq!(found().unwrap(), 1);
        let kept = room.folder.path().join("kept");
        fs::hard_link(&path, &kept).unwrap();
        let other = room.folder.path().join("other");
        fs::write(&other, b"other").unwrap();
        fs::rename(other, path).unwrap();
        assert_eq!(found().unwrap(), 1);
        let mut bytes = room.whole.clone();
        bytes[room.page() + 7] ^= 1;
        for bytes in [bytes, room.whole.clone()] {
            fs::write(&kept, bytes).unwrap();
            assert!(matches!(found(), Err(FindError::Changed)));
        }
    }

    /// The work is counted instead of the time, which other programs disturb.
    #[test]
    fn found_and_not_found_cost_the_same() {
        let room = Room::new();
        let snapshot = room.open(&room.whole).unwrap();
        for limit in [1, 6] {
            let work = |number: u32| {
                let digest = snapshot.key.digest(Identifier::Nrk(&nrk(number)));
                let (found, others) = snapshot.find(&digest, limit).unwrap();
                let connection = snapshot.connection.lock().unwrap();
                let statement = connection.prepare_cached(FIND).unwrap();
                let counted = [
                    StatementStatus::VmStep,
                    StatementStatus::Sort,
                    StatementStatus::FullscanStep,
                ]
                .map(|status| statement.reset_status(status));
                (found.len(), others.len(), counted)
            };
            let (known, unknown) = ((0..200).map(work), (300..500).map(work));
            let of = |(_, _, counted)| counted;
            // Behind the last digests there are not so many people.
            let full = |&(found, others, _): &(usize, usize, _)| found + others == limit;
            let known: Vec<_> = known.filter(full).collect();
            let unknown: Vec<_> = unknown.filter(full).collect();
            assert!(known.len() > 150 && unknown.len() > 150);
            assert!(known.iter().all(|&(found, _, _)| found == 1));
            assert!(unknown.iter().all(|&(found, _, _)| found == 0));
            let expected = of(known[0]);
            assert!(expected[0] > 10 && expected[1..] == [0, 0], "{expected:?}");
            for counted in known.into_iter().chain(unknown) {
                assert_eq!(of(counted), expected, "{counted:?}");
            }
        }
    }

    /// Of each page every 97th byte, and all of the first header and of the seal.
    #[test]
    fn no_byte_can_be_changed() {
        let room = Room::new();
        let (page, seal) = (room.page(), room.whole.len() - 64);
        assert!(room.whole.len() > 8 * page);
        let many = (0..room.whole.len()).filter(|&at| at < 100 || at >= seal || at % 97 == 0);
        for at in many {
            let mut bytes = room.whole.clone();
            bytes[at] ^= 1 << (at % 8);
            assert!(room.open(&bytes).is_err(), "byte {at}");
        }
        let mut bytes = room.whole.clone();
        bytes[page + 7] ^= 1;
        assert!(matches!(room.open(&bytes), Err(OpenError::Damaged)));
    }

    #[test]
    fn no_byte_can_be_missing_or_added() {
        let room = Room::new();
        let length = room.whole.len();
        let boundaries = (0..length).step_by(room.page());
        for end in boundaries.chain([1, 15, 99, 101, length - 64, length - 1]) {
            let error = room.open(&room.whole[..end]).err();
            assert!(matches!(error, Some(OpenError::Truncated)), "{end} bytes");
        }
        let longer = [&room.whole[..], b"\0"].concat();
        assert!(matches!(room.open(&longer), Err(OpenError::Truncated)));
        // As long as it should be, and the end not yet there.
        let mut holed = room.whole.clone();
        holed[length / 2..].fill(0);
        assert!(matches!(room.open(&holed), Err(OpenError::Damaged)));
    }

    #[test]
    fn the_database_of_another_seal_is_refused() {
        let (room, other) = (Room::new(), Room::new());
        let end = room.whole.len() - 64;
        let mixed = [&other.whole[..end], &room.whole[end..]].concat();
        assert!(matches!(room.open(&mixed), Err(OpenError::Damaged)));
        assert!(matches!(room.open(&other.whole), Err(OpenError::OtherKey)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Any bytes, and any that begin like a snapshot.
        #[test]
        fn strangers_files_are_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..600),
            begin in 0_usize..200,
        ) {
            thread_local! { static ROOM: Room = Room::new(); }
            ROOM.with(|room| {
                let begun = [&room.whole[..begin], &bytes[..]].concat();
                prop_assert!(room.open(&bytes).is_err());
                prop_assert!(room.open(&begun).is_err());
                Ok(())
            })?;
        }

        /// A stretch of a snapshot overwritten, left out, or doubled.
        #[test]
        fn changed_snapshots_are_refused(
            start in any::<prop::sample::Index>(),
            length in 1_usize..5000,
            how in 0..3,
            byte in any::<u8>(),
        ) {
            thread_local! { static ROOM: Room = Room::new(); }
            ROOM.with(|room| {
                let start = start.index(room.whole.len());
                let end = (start + length).min(room.whole.len());
                let mut bytes = room.whole.clone();
                match how {
                    0 => bytes[start..end].fill(byte),
                    1 => drop(bytes.drain(start..end)),
                    _ => drop(bytes.splice(end..end, room.whole[start..end].to_vec())),
                }
                prop_assert!(bytes == room.whole || room.open(&bytes).is_err());
                Ok(())
            })?;
        }
    }
}
