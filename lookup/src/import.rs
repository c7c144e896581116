//! From the agency's roster to a snapshot.
//!
//! [`table`] finds and reads the tables in the files, [`row`] turns a row into a person, [`people`] joins
//! the two tables and finds duplicates, [`report`] says all that is wrong, [`crate::snapshot::write`] writes.

mod csv;
mod package;
mod people;
pub mod report;
mod row;
mod table;
mod xlsx;

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use model::Date;
use model::lookup::{EmailBy, SecondFact, TteBy};
use thiserror::Error;

use crate::key::{KeyError, KeyFile};
use crate::profile::{Profile, ProfileError};
use crate::second_fact::{Fact, Named};
use crate::snapshot::Meta;
use crate::snapshot::write::{WriteError, write};
use people::{Checked, check};
use report::Report;
pub use row::Person;
use table::{Column, FILE_BYTES, ReadError, Table};

/// What to import, and where to.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The roster, XLSX or CSV: PERANGKAT DAERAH, NRK, NAMA, EMAIL, STATUS EMAIL, STATUS TTE, Keterangan.
    pub roster: PathBuf,
    /// A second table that gives NIP and NIK by NRK, XLSX or CSV.
    pub identity: Option<PathBuf>,
    /// The agency's profile, `instansi.toml`.
    pub profile: PathBuf,
    /// The snapshot to make or replace.
    pub data: PathBuf,
    /// The key file; made where there is none.
    pub key: PathBuf,
    /// Date of the data; where none, the day on which the roster file was last changed.
    pub as_of: Option<Date>,
    /// Whether the people are invented, for practice.
    pub practice: bool,
    /// Whether to leave bad rows out rather than to import nothing.
    pub skip_bad: bool,
}

/// What was imported.
#[derive(Debug)]
pub struct Imported {
    /// The agency's id.
    pub agency: String,
    /// Number of people in the snapshot.
    pub people: usize,
    /// Date of the data, `2025-10-22`.
    pub data_date: String,
    /// Whether the people are invented.
    pub practice: bool,
    /// Ways to look up a mailbox that the snapshot offers.
    pub email_by: Vec<EmailBy>,
    /// Ways to look up a certificate's status that it offers.
    pub tte_by: Vec<TteBy>,
    /// What must be given besides to look up a mailbox.
    pub email_fact: Option<SecondFact>,
    /// What must be given besides to look up a certificate's status.
    pub tte_fact: Option<SecondFact>,
    /// Number of the roster's rows that were left out; only with [`ImportOptions::skip_bad`].
    pub left_out: usize,
    /// Why rows were left out.
    pub skipped: Option<Report>,
    /// What the operator should know, in English, without personal data.
    pub notes: Vec<String>,
}

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A file cannot be read as a table.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong and how to mend it.
        reason: String,
    },
    /// The tables have mistakes.
    #[error("{report}{sum}", report = .0, sum = nothing_imported(.0))]
    Problems(Report),
    /// No row is left.
    #[error("{report}{}: no person in it can be imported; nothing was imported", path.display())]
    Nobody {
        /// The file.
        path: PathBuf,
        /// Why its rows were left out; empty where it has none.
        report: Report,
    },
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The snapshot cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The last line of a report, without which it is a list only.
pub fn nothing_imported(report: &Report) -> String {
    let way = if report.is_skippable() {
        "mend the rows, or pass --skip-bad to leave them out"
    } else {
        "mend the header rows"
    };
    format!("{}; nothing was imported; {way}", report.count())
}

/// Builds a snapshot of the roster and swaps it in. The previous one stays until the very end, and for good
/// where anything fails.
///
/// # Errors
/// Everything that is wrong with the tables, at once; or what file cannot be read or written.
pub fn import(options: &ImportOptions) -> Result<Imported, ImportError> {
    let profile = Profile::read(&options.profile)?;
    let mut roster = read(&options.roster, &Column::ROSTER)?;
    let mut identity = options
        .identity
        .as_deref()
        .map(|path| read(path, &Column::IDENTITY))
        .transpose()?;
    let data_date = match &options.as_of {
        Some(date) => date.clone(),
        None => changed(&options.roster, profile.zone.offset_seconds())?,
    };

    let rows: usize = roster.iter().map(|table| table.rows.len()).sum();
    let Checked {
        people,
        report,
        mut notes,
    } = check(&profile, &mut roster, identity.as_deref_mut());
    if options.practice {
        // Invented numbers look invented.
        notes.clear();
    }
    let is_clean = report.is_empty();
    let may_skip = options.skip_bad && report.is_skippable();
    if !is_clean && !may_skip {
        return Err(ImportError::Problems(report));
    }
    if people.is_empty() {
        return Err(ImportError::Nobody {
            path: options.roster.clone(),
            report,
        });
    }

    let columns: HashSet<Column> = roster
        .iter()
        .chain(identity.iter().flatten())
        .flat_map(|table| table.columns())
        .collect();
    let offer = Offer::of(&profile, &columns, &mut notes);
    let offset = profile.zone.offset_seconds();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    if data_date.as_str() > date_of(now.unwrap_or_default(), offset).as_str() {
        notes.push(format!(
            "the date of the data, {}, lies in the future: a clock is wrong, or pass --as-of",
            data_date.as_str()
        ));
    }
    notes.extend(
        (roster.iter())
            .chain(identity.iter().flatten())
            .filter_map(Table::note),
    );
    note_missing_facts(&profile, &offer, &people, &mut notes);
    // Held until the snapshot stands, so that nobody removes the version it is made with.
    let held = KeyFile::hold(&options.key)?;
    let keys = held.keys();
    let key = keys.newest();
    let meta = Meta {
        agency: profile.agency.clone(),
        data_date: data_date.as_str().to_owned(),
        practice: options.practice,
        email_by: offer.email_by.clone(),
        tte_by: offer.tte_by.clone(),
        second_facts: profile.second_facts,
        people: people.len(),
        key_id: key.id(),
    };
    write(&options.data, key, &meta, &people)?;
    drop(held);
    Ok(Imported {
        agency: profile.agency,
        people: meta.people,
        left_out: rows.saturating_sub(meta.people),
        data_date: meta.data_date,
        practice: options.practice,
        email_by: offer.email_by,
        tte_by: offer.tte_by,
        email_fact: meta.second_facts.email,
        tte_fact: meta.second_facts.tte,
        skipped: (!is_clean).then_some(report),
        notes,
    })
}

/// What can be looked up: what the profile wants and the tables allow.
struct Offer {
    email_by: Vec<EmailBy>,
    tte_by: Vec<TteBy>,
}

impl Offer {
    fn of(profile: &Profile, columns: &HashSet<Column>, notes: &mut Vec<String>) -> Self {
        let mut offered = |what: &str,
                           status: Column,
                           by: Column,
                           fact: Option<SecondFact>,
                           adds: bool| {
            if !adds {
                notes.push(format!(
                    "{what} is not offered: the second fact that the profile demands is in it already"
                ));
                return false;
            }
            let wanted = [Some(status), Some(by), fact.map(column)];
            let missing: Vec<&str> = wanted
                .into_iter()
                .flatten()
                .filter(|column| !columns.contains(column))
                .map(Column::heading)
                .collect();
            if !missing.is_empty() {
                notes.push(format!(
                    "{what} is not offered: there is no column {}",
                    missing.join(" and no column ")
                ));
            }
            missing.is_empty()
        };
        let facts = profile.second_facts;
        let email_by = profile.email_by.iter().copied().filter(|&by| {
            let (what, column) = match by {
                EmailBy::Nip => ("the mailbox by NIP", Column::Nip),
                EmailBy::Nrk => ("the mailbox by NRK", Column::Nrk),
                EmailBy::Nama => ("the mailbox by name", Column::Name),
            };
            let adds = facts.email.is_none_or(|fact| fact.adds_to_email(by));
            offered(what, Column::MailStatus, column, facts.email, adds)
        });
        let email_by = email_by.collect();
        let tte_by = profile.tte_by.iter().copied().filter(|&by| {
            let (what, column) = match by {
                TteBy::Email => ("the TTE status by address", Column::Email),
                TteBy::Nik => ("the TTE status by NIK", Column::Nik),
            };
            let adds = facts.tte.is_none_or(|fact| fact.adds_to_tte(by));
            offered(what, Column::TteStatus, column, facts.tte, adds)
        });
        Self {
            email_by,
            tte_by: tte_by.collect(),
        }
    }
}

/// The column that a second fact is read from.
fn column(fact: SecondFact) -> Column {
    match fact {
        SecondFact::Nip => Column::Nip,
        SecondFact::Nrk => Column::Nrk,
        SecondFact::Nik4 => Column::Nik,
    }
}

/// Notes how many people nobody can find, since they have not the second fact that is demanded.
fn note_missing_facts(
    profile: &Profile,
    offer: &Offer,
    people: &[Person],
    notes: &mut Vec<String>,
) {
    let facts = profile.second_facts;
    for (what, fact, is_offered) in [
        ("the mailbox", facts.email, !offer.email_by.is_empty()),
        ("the TTE status", facts.tte, !offer.tte_by.is_empty()),
    ] {
        let Some(fact) = fact.filter(|_| is_offered) else {
            continue;
        };
        let lacking = people
            .iter()
            .filter(|person| Fact::of(person, fact).is_none());
        let count = lacking.count();
        if count > 0 {
            notes.push(format!(
                "{what}: {count} of {} people cannot be found: their rows lack {}, which the profile demands besides",
                people.len(),
                Named(Some(fact))
            ));
        }
    }
}

/// Reads the tables in a file, whose kind is told by its first bytes.
fn read(path: &Path, wanted: &[Column]) -> Result<Vec<Table>, ImportError> {
    let fail = |error: ReadError| ImportError::Read {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let mut start = Vec::new();
    // Before it is opened, which would wait for ever at a pipe.
    let metadata = std::fs::metadata(path).map_err(|error| fail(ReadError::from(error)))?;
    if !metadata.is_file() {
        return Err(fail(ReadError::NoFile));
    }
    if metadata.len() > FILE_BYTES {
        let limit = format!("the file is longer than {FILE_BYTES} bytes");
        return Err(fail(ReadError::TooLarge(limit)));
    }
    let file = File::open(path).map_err(|error| fail(ReadError::from(error)))?;
    file.take(4)
        .read_to_end(&mut start)
        .map_err(|error| fail(ReadError::from(error)))?;
    let tables = match start.as_slice() {
        b"PK\x03\x04" => xlsx::read(path, wanted),
        b"\xd0\xcf\x11\xe0" => Err(ReadError::OldOrEncrypted),
        _ => csv::read(path, wanted),
    };
    tables.map_err(fail)
}

/// The day on which a file was last changed.
fn changed(path: &Path, offset_seconds: i64) -> Result<Date, ImportError> {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    let modified = modified.map_err(|error| ImportError::Read {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(date_of(since, offset_seconds))
}

/// The day of a moment since 1970, `offset_seconds` east of UTC.
fn date_of(since: Duration, offset_seconds: i64) -> Date {
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    Date::at(seconds, offset_seconds)
}
