//! What is wrong with the tables: every mistake with its place and how to mend it.
//!
//! No text here repeats the content of a cell, since that may be personal.

use std::collections::{HashMap, HashSet};
use std::fmt;

use model::identifier::{EmailError, NameError, NikError, NipError, NrkError};
use thiserror::Error;

use super::table::{CELL_BYTES, Column, Place, Table};

/// Everything that is wrong with the tables, in the order of the files.
#[derive(Default)]
pub struct Report {
    problems: Vec<(Place, Problem)>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// A column that cannot be done without is not there.
    #[error("there is no column {}", .0.heading())]
    MissingColumn(Column),
    /// Neither status is there, so that nothing could be answered.
    #[error("there is neither a column STATUS EMAIL nor a column STATUS TTE")]
    NoStatusColumn,
    /// Nobody could be told apart by NIP or NIK.
    #[error("there is neither a column NIP nor a column NIK")]
    NoIdentityColumn,
    /// A column stands twice.
    #[error("the column {} stands twice", .0.heading())]
    RepeatedColumn(Column),
    /// A NIP or NIK that the file holds as a number.
    #[error("the {} is stored as a number, and a spreadsheet keeps only 15 digits of a number", .0.heading())]
    Numeric(Column),
    /// Neither text nor number.
    #[error("the cell holds a date, a truth value or a formula's error instead of text")]
    NoText,
    /// Text that is longer than anything that belongs there.
    #[error("the cell holds more than {CELL_BYTES} bytes")]
    Long,
    /// No valid NIP.
    #[error(transparent)]
    Nip(NipError),
    /// No valid NIK.
    #[error(transparent)]
    Nik(NikError),
    /// No valid NRK.
    #[error(transparent)]
    Nrk(NrkError),
    /// No valid name.
    #[error(transparent)]
    Name(NameError),
    /// No valid address.
    #[error(transparent)]
    Email(EmailError),
    /// A status that nobody knows.
    #[error("the {} is none that is known", .0.heading())]
    UnknownStatus(Column),
    /// No status.
    #[error("the {} is empty", .0.heading())]
    NoStatus(Column),
    /// No NRK in the second table.
    #[error("the NRK is empty, so the row belongs to nobody")]
    NoNrk,
    /// The same value stands in another row.
    #[error("the same {} stands in {first} already", .column.heading())]
    Repeated {
        /// The column.
        column: Column,
        /// Where it stands first.
        first: String,
    },
    /// A row of the second table that belongs to nobody.
    #[error("no row of the roster has this NRK")]
    Unmatched,
    /// Both tables give a number, and not the same.
    #[error("the roster gives this person another {}", .0.heading())]
    Contradiction(Column),
}

impl Problem {
    /// How to mend it.
    fn hint(&self) -> &'static str {
        match self {
            Self::MissingColumn(_) | Self::NoStatusColumn | Self::NoIdentityColumn => {
                "add the column, or correct its heading in this row"
            }
            Self::RepeatedColumn(_) => "remove one of the two, or give it another heading",
            Self::Numeric(_) => {
                "format the column as text, then enter the number again from its source"
            }
            Self::NoText => "enter it as text",
            Self::Long => "leave only what the column's heading says",
            Self::Nip(NipError::NotDigits) | Self::Nik(NikError::NotDigits) => {
                "write digits only; a number like 1,98E+17 was cut by a spreadsheet: take it from its source again"
            }
            Self::Nip(NipError::Old) => "take the present NIP from the personnel system",
            Self::Nip(_) | Self::Nik(_) => "compare it with the personnel system",
            Self::Nrk(NrkError::Length { found, expected }) if found < expected => {
                "write it whole, in a column formatted as text; a number loses its leading zeros"
            }
            Self::Nrk(_) => {
                "compare it with the personnel system; `nrk_digit` in the profile says how many digits it has"
            }
            Self::Name(_) => "write the full name",
            Self::Email(EmailError::ForeignDomain) => {
                "write the official address; `domain` in the profile lists its domains"
            }
            Self::Email(EmailError::Empty) => "write the official address, or remove the row",
            Self::Email(_) => "write it as nama@domain",
            Self::UnknownStatus(Column::MailStatus) | Self::NoStatus(Column::MailStatus) => {
                "write Email Baru or Email Existing"
            }
            Self::UnknownStatus(_) | Self::NoStatus(_) => {
                "write TTE Terbit, Pengguna tidak terdaftar, or BSrE's own word: ISSUE, EXPIRED, RENEW, \
                 WAITING_FOR_VERIFICATION, NEW, NO_CERTIFICATE, NOT_REGISTERED, SUSPEND, REVOKE"
            }
            Self::NoNrk => "write the person's NRK, or remove the row",
            Self::Repeated { .. } => "find out whose it is, and correct or remove the other row",
            Self::Unmatched => "correct the NRK, add the person to the roster, or remove the row",
            Self::Contradiction(_) => "find out which is right, and correct the other",
        }
    }

    /// Whether it concerns one row, which can be left out.
    fn is_of_a_row(&self) -> bool {
        !matches!(
            self,
            Self::MissingColumn(_)
                | Self::NoStatusColumn
                | Self::NoIdentityColumn
                | Self::RepeatedColumn(_)
        )
    }
}

impl Report {
    /// Adds a problem.
    pub(super) fn add(&mut self, place: Place, problem: Problem) {
        self.problems.push((place, problem));
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether leaving out rows would be enough.
    pub fn is_skippable(&self) -> bool {
        self.problems
            .iter()
            .all(|(_, problem)| problem.is_of_a_row())
    }

    /// `3 problems in 2 rows`.
    pub fn count(&self) -> String {
        let rows: HashSet<_> = self
            .problems
            .iter()
            .map(|(place, _)| place.row_key())
            .collect();
        let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        format!(
            "{} in {}",
            count(self.problems.len(), "problem"),
            count(rows.len(), "row")
        )
    }

    /// Puts problems in the order in which they stand in `tables`.
    pub(super) fn sort<'t>(&mut self, tables: impl Iterator<Item = &'t Table>) {
        let ranks: HashMap<_, usize> = tables.map(Table::source_key).zip(0..).collect();
        self.problems.sort_by_key(|(place, _)| {
            let (source, row) = place.row_key();
            (ranks.get(&source).copied(), row, place.column_number())
        });
    }
}

impl fmt::Display for Report {
    /// Every problem with its hint, on lines of their own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in &self.problems {
            writeln!(f, "{place}: {problem}\n  hint: {}", problem.hint())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
