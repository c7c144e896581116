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
use std::time::UNIX_EPOCH;

use model::Date;
use model::lookup::{EmailBy, TteBy};
use thiserror::Error;

use crate::key::{KeyError, KeyFile};
use crate::profile::{Profile, ProfileError};
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
    let roster = read(&options.roster, &Column::ROSTER)?;
    let identity = options
        .identity
        .as_deref()
        .map(|path| read(path, &Column::IDENTITY))
        .transpose()?;
    let data_date = match &options.as_of {
        Some(date) => date.clone(),
        None => changed(&options.roster, profile.zone.offset_seconds())?,
    };

    let Checked {
        people,
        report,
        mut notes,
    } = check(&profile, &roster, identity.as_deref());
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
    notes.extend(
        (roster.iter())
            .chain(identity.iter().flatten())
            .filter_map(Table::note),
    );
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
        people: people.len(),
        key_id: key.id(),
    };
    write(&options.data, key, &meta, &people)?;
    drop(held);
    Ok(Imported {
        agency: profile.agency,
        people: meta.people,
        left_out: roster
            .iter()
            .map(|table| table.rows.len())
            .sum::<usize>()
            .saturating_sub(meta.people),
        data_date: meta.data_date,
        practice: options.practice,
        email_by: offer.email_by,
        tte_by: offer.tte_by,
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
        let mut offered = |what: &str, status: Column, by: Column| {
            let missing: Vec<&str> = [status, by]
                .into_iter()
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
        let email_by = profile.email_by.iter().copied().filter(|by| match by {
            EmailBy::Nip => offered("the mailbox by NIP", Column::MailStatus, Column::Nip),
            EmailBy::Nrk => offered("the mailbox by NRK", Column::MailStatus, Column::Nrk),
            EmailBy::Nama => offered("the mailbox by name", Column::MailStatus, Column::Name),
        });
        let email_by = email_by.collect();
        let tte_by = profile.tte_by.iter().copied().filter(|by| match by {
            TteBy::Email => offered(
                "the TTE status by address",
                Column::TteStatus,
                Column::Email,
            ),
            TteBy::Nik => offered("the TTE status by NIK", Column::TteStatus, Column::Nik),
        });
        Self {
            email_by,
            tte_by: tte_by.collect(),
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
    let seconds = modified
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    Ok(Date::at(
        i64::try_from(seconds).unwrap_or(i64::MAX),
        offset_seconds,
    ))
}
