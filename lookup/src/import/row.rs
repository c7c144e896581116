//! One row of a table, read into valid values or into what is wrong with it.

use model::identifier::{
    EmailAddress, EmailError, FullName, NameError, Nik, NikError, Nip, NipError, Nrk, NrkError,
};
use model::status::{MailStatus, TteStatus};

use super::report::{Problem, Report};
use super::table::{Cell, Column, Place, Row, Table};
use crate::profile::Profile;

/// What a row of the roster says of a person. Fields are empty where the column or the cell is.
pub struct Person {
    /// Agency's staff number.
    pub nrk: Option<Nrk>,
    /// Staff number.
    pub nip: Option<Nip>,
    /// Number of the identity card.
    pub nik: Option<Nik>,
    /// Full name.
    pub name: Option<FullName>,
    /// Official address.
    pub address: EmailAddress,
    /// Status of the mailbox; none only where there is no such column.
    pub mail: Option<MailStatus>,
    /// Status of the certificate; none only where there is no such column.
    pub tte: Option<TteStatus>,
}

/// Reads the cells of one row and keeps account of what is wrong.
pub struct RowReader<'a> {
    profile: &'a Profile,
    table: &'a Table,
    row: &'a Row,
    report: &'a mut Report,
    is_good: bool,
}

impl<'a> RowReader<'a> {
    /// For `row` of `table`.
    pub fn new(
        profile: &'a Profile,
        table: &'a Table,
        row: &'a Row,
        report: &'a mut Report,
    ) -> Self {
        Self {
            profile,
            table,
            row,
            report,
            is_good: true,
        }
    }

    /// Whether nothing was wrong so far.
    pub fn is_good(&self) -> bool {
        self.is_good
    }

    /// Where the cell of `column` stands.
    pub fn place(&self, column: Column) -> Place {
        self.table.place(self.row.number, column)
    }

    /// Notes that something is wrong with the cell of `column`.
    pub fn wrong(&mut self, column: Column, problem: Problem) {
        self.is_good = false;
        self.report.add(self.place(column), problem);
    }

    /// The NRK, if there is one. A number is fine as long as it is whole and has all its digits: it is
    /// refused where digits are missing, since lost leading zeros cannot be told from a typing error.
    pub fn nrk(&mut self) -> Option<Nrk> {
        let format = self.profile.nrk;
        match self.row.cell(Column::Nrk)? {
            Cell::Number(number) if (0.0..1e15).contains(number) && number.fract() == 0.0 => self
                .take(
                    Column::Nrk,
                    Nrk::parse(&format!("{number}"), format).map_err(Problem::Nrk),
                ),
            Cell::Number(_) => self.take(Column::Nrk, Err(Problem::Nrk(NrkError::NotDigits))),
            Cell::Other => self.take(Column::Nrk, Err(Problem::NoText)),
            Cell::Long => self.take(Column::Nrk, Err(Problem::Long)),
            Cell::Text(text) => match Nrk::parse(text, format) {
                Err(NrkError::Empty) => None,
                parsed => self.take(Column::Nrk, parsed.map_err(Problem::Nrk)),
            },
        }
    }

    /// The NIP, if there is one.
    pub fn nip(&mut self) -> Option<Nip> {
        match Nip::parse(self.exact_text(Column::Nip)?) {
            Err(NipError::Empty) => None,
            parsed => self.take(Column::Nip, parsed.map_err(Problem::Nip)),
        }
    }

    /// The NIK, if there is one.
    pub fn nik(&mut self) -> Option<Nik> {
        match Nik::parse(self.exact_text(Column::Nik)?) {
            Err(NikError::Empty) => None,
            parsed => self.take(Column::Nik, parsed.map_err(Problem::Nik)),
        }
    }

    fn name(&mut self) -> Option<FullName> {
        let parsed = match self.row.cell(Column::Name)? {
            Cell::Text(text) => FullName::parse(text).map_err(Problem::Name),
            Cell::Number(_) => Err(Problem::Name(NameError::NoLetter)),
            Cell::Other => Err(Problem::NoText),
            Cell::Long => Err(Problem::Long),
        };
        self.take(Column::Name, parsed)
    }

    fn address(&mut self) -> Option<EmailAddress> {
        let parsed = match self.row.cell(Column::Email) {
            None => Err(Problem::Email(EmailError::Empty)),
            Some(Cell::Text(text)) => {
                EmailAddress::parse(text, &self.profile.domains).map_err(Problem::Email)
            }
            Some(Cell::Number(_)) => Err(Problem::Email(EmailError::MissingAt)),
            Some(Cell::Other) => Err(Problem::NoText),
            Some(Cell::Long) => Err(Problem::Long),
        };
        self.take(Column::Email, parsed)
    }

    fn status<S>(&mut self, column: Column, parse: fn(&str) -> Option<S>) -> Option<S> {
        if !self.table.has(column) {
            return None;
        }
        let parsed = match self.row.cell(column) {
            None => Err(Problem::NoStatus(column)),
            Some(Cell::Text(text)) => parse(text).ok_or(Problem::UnknownStatus(column)),
            Some(_) => Err(Problem::UnknownStatus(column)),
        };
        self.take(column, parsed)
    }

    /// The person of a row of the roster, with the NRK that was read before.
    pub fn person(mut self, nrk: Option<Nrk>) -> Option<Person> {
        let (nip, nik, name) = (self.nip(), self.nik(), self.name());
        let address = self.address();
        let mail = self.status(Column::MailStatus, MailStatus::parse);
        let tte = self.status(Column::TteStatus, TteStatus::parse);
        let address = address.filter(|_| self.is_good)?;
        Some(Person {
            nrk,
            nip,
            nik,
            name,
            address,
            mail,
            tte,
        })
    }

    /// The text of a cell that must not be a number.
    fn exact_text(&mut self, column: Column) -> Option<&'a str> {
        match self.row.cell(column)? {
            Cell::Text(text) => Some(text),
            Cell::Number(_) => self.take(column, Err(Problem::Numeric(column))),
            Cell::Other => self.take(column, Err(Problem::NoText)),
            Cell::Long => self.take(column, Err(Problem::Long)),
        }
    }

    fn take<T>(&mut self, column: Column, parsed: Result<T, Problem>) -> Option<T> {
        parsed.map_err(|problem| self.wrong(column, problem)).ok()
    }
}
