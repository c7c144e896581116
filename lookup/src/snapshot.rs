//! The snapshot: one SQLite file that holds what may be answered, and is only ever replaced whole.
//!
//! | table | holds |
//! |---|---|
//! | `meta` | what the snapshot is: agency, date, look-ups offered, id of the key |
//! | `person` | address and statuses, as they are answered |
//! | `identifier` | keyed digest → person; several people for a name, one for anything else; where a look-up demands a second fact, the digest is of both |
//!
//! Behind the database stands a seal ([`seal`]): a file of which any byte was changed or lost is not answered
//! from. A server reads a file once, whole, into memory, and answers from there: whatever becomes of the
//! file afterwards cannot change an answer. It takes as much memory as the file is long, and twice as much
//! while a new one is opened. A file that is longer than the operator allows for that is answered from where it
//! lies, after its seal was checked: then a look at it after each question tells whether it was written to, and
//! if so, nothing is answered from it. What a failing disk changes in it unnoticed is found at the next start.

mod file_id;
pub mod live;
pub mod read;
pub mod seal;
pub mod write;

use model::lookup::{EmailBy, TteBy};

use crate::second_fact::SecondFacts;

/// Marks the file as a snapshot of this program (`PRAGMA application_id`; "Pndu").
const APPLICATION_ID: i32 = 0x506e_6475;

/// Version of the tables and of the seal behind them (`PRAGMA user_version`).
const SCHEMA_VERSION: i32 = 2;

/// The longest snapshot: what SQLite holds in memory, in bytes (its `SQLITE_MAX_ALLOCATION_SIZE`): some seven
/// million people.
const LARGEST: u64 = 0x7fff_fe00;

const SCHEMA: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE person (id INTEGER PRIMARY KEY, address TEXT NOT NULL, mail TEXT, tte TEXT) STRICT;
CREATE TABLE identifier (digest BLOB, person INTEGER, PRIMARY KEY (digest, person)) STRICT, WITHOUT ROWID;
";

/// What a snapshot is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The agency's id.
    pub agency: String,
    /// Date of the data, `2025-10-22`.
    pub data_date: String,
    /// Whether the people are invented.
    pub practice: bool,
    /// Ways to look up a mailbox.
    pub email_by: Vec<EmailBy>,
    /// Ways to look up a certificate's status.
    pub tte_by: Vec<TteBy>,
    /// What each of them demands besides: people are known by it.
    pub second_facts: SecondFacts,
    /// Number of people.
    pub people: usize,
    /// Id of the key under which identifiers are stored.
    pub key_id: String,
}
