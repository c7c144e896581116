//! The people of all tables: the second table joined by NRK, duplicates found.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::mem::take;

use model::identifier::{Nik, Nip, Nrk};

use super::report::{Problem, Report};
use super::row::{Person, RowReader};
use super::table::{Column, Place, Row, Table};
use crate::profile::Profile;

/// The people that can be imported, and what stands against the others.
pub struct Checked {
    /// Those with whom nothing is wrong, in the roster's order.
    pub people: Vec<Person>,
    /// All that is wrong.
    pub report: Report,
    /// What the operator should know.
    pub notes: Vec<String>,
}

/// A person with the place that gave it.
struct Candidate<'t> {
    table: &'t Table,
    row: u32,
    person: Person,
}

/// A row of the second table.
struct Identity<'t> {
    table: &'t Table,
    row: u32,
    nrk: Nrk,
    nip: Option<Nip>,
    nik: Option<Nik>,
}

/// Reads all rows, joins and compares them. Takes the tables' rows: each is let go of when it is read, so that
/// the tables and the people in them are never in memory both.
pub fn check(
    profile: &Profile,
    roster: &mut [Table],
    mut identity: Option<&mut [Table]>,
) -> Checked {
    let roster_rows = take_rows(roster);
    let identity_rows = identity.as_deref_mut().map(take_rows).unwrap_or_default();
    let (roster, identity) = (&*roster, identity.as_deref());
    let (mut report, mut notes) = (Report::default(), Vec::new());
    let has_columns = check_columns(roster, identity, &mut report);
    if !has_columns {
        report.sort(roster.iter().chain(identity.unwrap_or_default()));
        return Checked {
            people: Vec::new(),
            report,
            notes,
        };
    }

    let mut candidates = Vec::new();
    // Also of rows with other mistakes, so that nobody is called unknown for those.
    let mut known_nrks = HashSet::new();
    for (table, rows) in roster.iter().zip(roster_rows) {
        for row in rows {
            let mut reader = RowReader::new(profile, table, &row, &mut report);
            let nrk = reader.nrk();
            if identity.is_some() {
                known_nrks.extend(nrk.clone());
            }
            if let Some(person) = reader.person(nrk) {
                candidates.push(Candidate {
                    table,
                    row: row.number,
                    person,
                });
            }
        }
    }
    let place = |candidate: &Candidate<'_>, column| candidate.table.place(candidate.row, column);
    let mut repeated = Repeated::default();
    repeated.find(
        &candidates,
        |c| Some(&c.person.address),
        |c| place(c, Column::Email),
        Column::Email,
        &mut report,
    );
    repeated.find(
        &candidates,
        |c| c.person.nrk.as_ref(),
        |c| place(c, Column::Nrk),
        Column::Nrk,
        &mut report,
    );
    let mut candidates = repeated.remove_from(candidates);

    if let Some(tables) = identity {
        let tables = tables.iter().zip(identity_rows);
        let identities = identities(profile, tables, &known_nrks, &mut report);
        join(&mut candidates, identities, &mut report);
    }
    // After joining, since a number of the one table may stand with somebody else in the other.
    let mut repeated = Repeated::default();
    repeated.find(
        &candidates,
        |c| c.person.nip.as_ref(),
        |c| place(c, Column::Nip),
        Column::Nip,
        &mut report,
    );
    repeated.find(
        &candidates,
        |c| c.person.nik.as_ref(),
        |c| place(c, Column::Nik),
        Column::Nik,
        &mut report,
    );
    let candidates = repeated.remove_from(candidates);

    report.sort(roster.iter().chain(identity.unwrap_or_default()));
    let people: Vec<Person> = candidates
        .into_iter()
        .map(|candidate| candidate.person)
        .collect();
    let doubtful = people
        .iter()
        .filter(|person| person.nik.as_ref().is_some_and(|nik| nik.doubt().is_some()))
        .count();
    if doubtful > 0 {
        notes.push(format!("{doubtful} of the NIKs name no known province or no birth date; they are imported all the same"));
    }
    Checked {
        people,
        report,
        notes,
    }
}

fn take_rows(tables: &mut [Table]) -> Vec<Vec<Row>> {
    let rows = tables.iter_mut().map(|table| take(&mut table.rows));
    rows.collect()
}

/// Whether the tables have the columns that cannot be done without.
fn check_columns(roster: &[Table], identity: Option<&[Table]>, report: &mut Report) -> bool {
    for table in roster {
        if !table.has(Column::Email) {
            report.add(table.header_place(), Problem::MissingColumn(Column::Email));
        }
        if !table.has(Column::MailStatus) && !table.has(Column::TteStatus) {
            report.add(table.header_place(), Problem::NoStatusColumn);
        }
        if identity.is_some() && !table.has(Column::Nrk) {
            report.add(table.header_place(), Problem::MissingColumn(Column::Nrk));
        }
    }
    for table in identity.unwrap_or_default() {
        if !table.has(Column::Nrk) {
            report.add(table.header_place(), Problem::MissingColumn(Column::Nrk));
        }
        if !table.has(Column::Nip) && !table.has(Column::Nik) {
            report.add(table.header_place(), Problem::NoIdentityColumn);
        }
    }
    for table in roster.iter().chain(identity.unwrap_or_default()) {
        for (at, column) in table.repeated() {
            report.add(
                table.heading_place(at, column),
                Problem::RepeatedColumn(column),
            );
        }
    }
    report.is_empty()
}

/// The good rows of the second table that belong to somebody.
fn identities<'t>(
    profile: &Profile,
    tables: impl Iterator<Item = (&'t Table, Vec<Row>)>,
    known: &HashSet<Nrk>,
    report: &mut Report,
) -> Vec<Identity<'t>> {
    let mut identities = Vec::new();
    for (table, rows) in tables {
        for row in rows {
            let mut reader = RowReader::new(profile, table, &row, report);
            let (nrk, nip, nik) = (reader.nrk(), reader.nip(), reader.nik());
            match nrk {
                Some(nrk) if known.contains(&nrk) && reader.is_good() => {
                    identities.push(Identity {
                        table,
                        row: row.number,
                        nrk,
                        nip,
                        nik,
                    });
                }
                Some(nrk) if !known.contains(&nrk) => reader.wrong(Column::Nrk, Problem::Unmatched),
                None if reader.is_good() => reader.wrong(Column::Nrk, Problem::NoNrk),
                _ => {}
            }
        }
    }
    let place = |identity: &Identity<'_>, column| identity.table.place(identity.row, column);
    let mut repeated = Repeated::default();
    repeated.find(
        &identities,
        |i| Some(&i.nrk),
        |i| place(i, Column::Nrk),
        Column::Nrk,
        report,
    );
    repeated.find(
        &identities,
        |i| i.nip.as_ref(),
        |i| place(i, Column::Nip),
        Column::Nip,
        report,
    );
    repeated.find(
        &identities,
        |i| i.nik.as_ref(),
        |i| place(i, Column::Nik),
        Column::Nik,
        report,
    );
    repeated.remove_from(identities)
}

/// Gives people the NIP and NIK that the second table has for their NRK.
fn join(candidates: &mut [Candidate<'_>], identities: Vec<Identity<'_>>, report: &mut Report) {
    let mut by_nrk: HashMap<Nrk, Identity<'_>> = identities
        .into_iter()
        .map(|identity| (identity.nrk.clone(), identity))
        .collect();
    for Candidate { person, .. } in candidates {
        let Some(identity) = person.nrk.as_ref().and_then(|nrk| by_nrk.remove(nrk)) else {
            continue;
        };
        let mut contradiction = |column| {
            report.add(
                identity.table.place(identity.row, column),
                Problem::Contradiction(column),
            );
        };
        match (&person.nip, identity.nip) {
            (Some(old), Some(new)) if *old != new => contradiction(Column::Nip),
            (None, new) => person.nip = new,
            _ => {}
        }
        match (&person.nik, identity.nik) {
            (Some(old), Some(new)) if *old != new => contradiction(Column::Nik),
            (None, new) => person.nik = new,
            _ => {}
        }
    }
}

/// Which items share a value that only one may have. None of them can be trusted: all are left out.
#[derive(Default)]
struct Repeated {
    items: HashSet<usize>,
}

impl Repeated {
    fn find<'i, I, V: Eq + Hash + 'i>(
        &mut self,
        items: &'i [I],
        value: impl Fn(&'i I) -> Option<&'i V>,
        place: impl Fn(&I) -> Place,
        column: Column,
        report: &mut Report,
    ) {
        // Growing would hash all of them again, time and again.
        let mut first_with: HashMap<&V, usize> = HashMap::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let Some(value) = value(item) else { continue };
            let first = *first_with.entry(value).or_insert(at);
            if first != at
                && let Some(first_item) = items.get(first)
            {
                self.items.extend([first, at]);
                let here = place(item);
                let first = place(first_item).relative_to(&here);
                report.add(here, Problem::Repeated { column, first });
            }
        }
    }

    fn remove_from<I>(&self, items: Vec<I>) -> Vec<I> {
        items
            .into_iter()
            .enumerate()
            .filter(|(at, _)| !self.items.contains(at))
            .map(|(_, item)| item)
            .collect()
    }
}
