//! Tables as they stand in files: a header row somewhere near the top, and rows of people below it.
//!
//! Only columns that are needed are kept. `PERANGKAT DAERAH` and `Keterangan` are known by their headings
//! and their cells are dropped as they are read: the latter tells whose password is still the default.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use thiserror::Error;
use zeroize::Zeroize;

/// A column that the look-up needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// NRK.
    Nrk,
    /// NIP.
    Nip,
    /// NIK.
    Nik,
    /// NAMA.
    Name,
    /// EMAIL.
    Email,
    /// STATUS EMAIL.
    MailStatus,
    /// STATUS TTE.
    TteStatus,
}

impl Column {
    /// Those of the roster. NIP and NIK are not in agencies' rosters today, and welcome where they are.
    pub const ROSTER: [Self; 7] = [
        Self::Nrk,
        Self::Nip,
        Self::Nik,
        Self::Name,
        Self::Email,
        Self::MailStatus,
        Self::TteStatus,
    ];

    /// Those of the second table.
    pub const IDENTITY: [Self; 3] = [Self::Nrk, Self::Nip, Self::Nik];

    /// As the roster heads it.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Nrk => "NRK",
            Self::Nip => "NIP",
            Self::Nik => "NIK",
            Self::Name => "NAMA",
            Self::Email => "EMAIL",
            Self::MailStatus => "STATUS EMAIL",
            Self::TteStatus => "STATUS TTE",
        }
    }

    /// The column of this heading; its case, spaces, line breaks and punctuation do not matter.
    fn of_heading(text: &str, wanted: &[Self]) -> Option<Self> {
        // A heading is short; a long cell is none, and not worth copying.
        if text.len() > 64 {
            return None;
        }
        let letters: String = text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect();
        let column = match letters.as_str() {
            "NRK" => Self::Nrk,
            "NIP" => Self::Nip,
            "NIK" => Self::Nik,
            "NAMA" | "NAMALENGKAP" | "NAMAPEGAWAI" => Self::Name,
            "EMAIL" | "ALAMATEMAIL" => Self::Email,
            "STATUSEMAIL" => Self::MailStatus,
            "STATUSTTE" => Self::TteStatus,
            _ => return None,
        };
        wanted.contains(&column).then_some(column)
    }
}

/// What stands in a cell.
pub enum Cell {
    /// Text, as typed.
    Text(String),
    /// A number: a spreadsheet keeps 15 digits of it and no leading zero.
    Number(f64),
    /// Neither: a date, a truth value or a formula's error.
    Other,
    /// Text of more than [`CELL_BYTES`], which is not kept.
    Long,
}

impl Drop for Cell {
    /// Clears the memory of what stood in it.
    fn drop(&mut self) {
        if let Self::Text(text) = self {
            text.zeroize();
        }
    }
}
/// What is wanted of a person is shorter, in bytes, whatever stands around it.
pub const CELL_BYTES: usize = 1000;

impl Cell {
    /// Of text as it stands in the file.
    pub fn of_text(text: &str) -> Self {
        if text.len() > CELL_BYTES {
            Self::Long
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// Whether nothing is to be seen in it.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// A row below the header, with its wanted cells that are not blank.
pub struct Row {
    /// Its number in the file, from 1: a spreadsheet's row, a CSV file's line.
    pub number: u32,
    /// Few: a map of them would take most of the memory that a large roster needs.
    cells: Vec<(Column, Cell)>,
}

impl Row {
    /// The cell in `column`, unless it is blank.
    pub fn cell(&self, column: Column) -> Option<&Cell> {
        let cell = self.cells.iter().find(|(known, _)| *known == column);
        cell.map(|(_, cell)| cell)
    }
}

/// A table: where it stands, where its columns are, and its rows that are not empty.
pub struct Table {
    source: Arc<Source>,
    header_row: u32,
    columns: Vec<(u32, Column)>,
    /// The rows below the header.
    pub rows: Vec<Row>,
}

/// The file, and in a workbook the sheet, that a table stands in.
pub struct Source {
    /// The file's name, without its folder.
    pub file: String,
    /// The sheet's name.
    pub sheet: Option<String>,
    /// The encoding of its text, where that had to be found out.
    pub guessed: Option<&'static str>,
}

impl Table {
    /// What the operator should know of how it was read.
    pub fn note(&self) -> Option<String> {
        let Source { file, guessed, .. } = &*self.source;
        guessed.map(|encoding| {
            format!("{file} is not UTF-8 and was read as {encoding}; if names look wrong, save it as \"CSV UTF-8\"")
        })
    }

    /// Whether it has this column.
    pub fn has(&self, column: Column) -> bool {
        self.columns.iter().any(|&(_, known)| known == column)
    }

    /// The columns it has.
    pub fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        self.columns.iter().map(|&(_, column)| column)
    }

    /// What tells its sheet from every other sheet, as in [`Place::row_key`].
    pub fn source_key(&self) -> *const Source {
        Arc::as_ptr(&self.source)
    }

    /// Columns that stand more than once.
    pub fn repeated(&self) -> impl Iterator<Item = (u32, Column)> + '_ {
        self.columns
            .iter()
            .enumerate()
            .filter(|&(at, &(_, column))| {
                self.columns
                    .iter()
                    .take(at)
                    .any(|&(_, earlier)| earlier == column)
            })
            .map(|(_, &repeated)| repeated)
    }

    /// The place of a cell.
    pub fn place(&self, row: u32, column: Column) -> Place {
        let at = self
            .columns
            .iter()
            .find(|&&(_, known)| known == column)
            .map(|&(at, _)| at);
        Place {
            source: Arc::clone(&self.source),
            row,
            column: at.map(|at| (at, column)),
        }
    }

    /// The place of the header row.
    pub fn header_place(&self) -> Place {
        Place {
            source: Arc::clone(&self.source),
            row: self.header_row,
            column: None,
        }
    }

    /// The place of a heading in column `at`.
    pub fn heading_place(&self, at: u32, column: Column) -> Place {
        Place {
            source: Arc::clone(&self.source),
            row: self.header_row,
            column: Some((at, column)),
        }
    }
}

/// Where something stands: file, sheet, row and column.
#[derive(Clone)]
pub struct Place {
    source: Arc<Source>,
    row: u32,
    column: Option<(u32, Column)>,
}

impl Place {
    /// Its row, and whether that is of the same sheet as `other`'s, for "the same as in row 5".
    pub fn relative_to(&self, other: &Self) -> String {
        if Arc::ptr_eq(&self.source, &other.source) {
            return format!("{} {}", self.source.row_word(), self.row);
        }
        match &self.source.sheet {
            Some(sheet) => format!("sheet \"{sheet}\", row {}", self.row),
            None => format!("{}, line {}", self.source.file, self.row),
        }
    }

    /// The number of its column, if it is a cell's.
    pub fn column_number(&self) -> Option<u32> {
        self.column.map(|(at, _)| at)
    }

    /// What tells its row from every other row.
    pub fn row_key(&self) -> (*const Source, u32) {
        (Arc::as_ptr(&self.source), self.row)
    }
}

impl Source {
    fn row_word(&self) -> &'static str {
        if self.sheet.is_some() { "row" } else { "line" }
    }
}

impl fmt::Display for Place {
    /// `roster.xlsx, sheet "PNS", row 7, column D (EMAIL)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source.file)?;
        if let Some(sheet) = &self.source.sheet {
            write!(f, ", sheet \"{sheet}\"")?;
        }
        write!(f, ", {} {}", self.source.row_word(), self.row)?;
        if let Some((at, column)) = self.column {
            write!(f, ", column {} ({})", letters(at), column.heading())?;
        }
        Ok(())
    }
}

/// A column's letters: 0 is A, 26 is AA.
fn letters(at: u32) -> String {
    let digit = char::from(b'A' + (at % 26) as u8);
    match at / 26 {
        0 => digit.to_string(),
        rest => letters(rest - 1) + &digit.to_string(),
    }
}

/// Why a file holds no table.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is not there.
    #[error("there is no such file")]
    Missing,
    /// It is a folder, a device, or something else than a file.
    #[error("this is no file")]
    NoFile,
    /// It cannot be read.
    #[error("cannot read the file: {0}")]
    Io(std::io::Error),
    /// An .xls file, or a workbook with a password.
    #[error(
        "this is an old .xls file or it has a password; save it as .xlsx (Excel Workbook) without one"
    )]
    OldOrEncrypted,
    /// Another kind of document.
    #[error("this is {0}; save it as .xlsx (Excel Workbook) or as \"CSV UTF-8\"")]
    OtherKind(&'static str),
    /// It costs more than any roster.
    #[error(
        "this is more than a roster can be: {0}; take only the sheets of the roster, in a new workbook or as CSV"
    )]
    TooLarge(String),
    /// No valid workbook.
    #[error(
        "the workbook cannot be read ({0}); open it in a spreadsheet program and save it as .xlsx again"
    )]
    Workbook(String),
    /// Text in another encoding.
    #[error(
        "the text on line {0} is neither UTF-8 nor plainly Windows-1252 or UTF-16; save it as \"CSV UTF-8\""
    )]
    Encoding(u32),
    /// A CSV file that breaks its own rules.
    #[error("the CSV cannot be read: {0}")]
    Csv(String),
    /// A cell runs over several lines: a quotation mark stands alone, and rows would be swallowed.
    #[error(
        "the cell that begins on line {0} runs over several lines; a quotation mark (\") before it has no partner: mend it, or remove the line break"
    )]
    RunOn(u32),
    /// No row looks like the header.
    #[error("no header row found: two or more of {} must stand in one of the first {HEADER_WITHIN} rows", headings(.0))]
    NoHeader(Vec<Column>),
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

fn headings(columns: &[Column]) -> String {
    columns
        .iter()
        .map(|column| column.heading())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The header is looked for in so many rows; title rows stand above it.
const HEADER_WITHIN: usize = 50;

/// The longest file that is read, in bytes.
pub const FILE_BYTES: u64 = 1 << 30;

/// Rows that are kept of one file: the largest roster there can be, of all civil servants of Indonesia, and half
/// as many again.
const ROWS: usize = 7_000_000;

/// Columns of a sheet.
pub const COLUMNS: usize = 16_384;

/// How often a row may lie in merged regions. Those of a spreadsheet do not overlap, and a row has few columns.
const MERGED: usize = 32;

/// What is kept of all their cells, in bytes: many cells may show one text of the file.
const TEXT_BYTES: usize = 1 << 30;

/// What one file may still bring.
pub struct Budget {
    rows: usize,
    bytes: usize,
}

impl Budget {
    /// For a file.
    pub const fn new() -> Self {
        Self {
            rows: ROWS,
            bytes: TEXT_BYTES,
        }
    }

    fn spend<'c>(
        &mut self,
        rows: usize,
        cells: impl IntoIterator<Item = &'c Cell>,
    ) -> Result<(), ReadError> {
        let bytes = cells.into_iter().map(|cell| match cell {
            Cell::Text(text) => text.len(),
            _ => 0,
        });
        let left = |left: usize, spent: usize, what: &str| {
            let left = left.checked_sub(spent);
            left.ok_or_else(|| ReadError::TooLarge(format!("it has more than {what} of people")))
        };
        self.rows = left(self.rows, rows, "7,000,000 rows")?;
        self.bytes = left(self.bytes, bytes.sum(), "1 GiB of cells")?;
        Ok(())
    }
}

/// A region of a sheet whose cells are one.
pub struct Merged {
    /// Its first column, from 0.
    pub column: u32,
    /// Numbers of its rows, from 1.
    pub rows: RangeInclusive<u32>,
}

/// Gathers a table from rows as they come out of a file.
pub struct Gatherer<'a> {
    wanted: &'a [Column],
    source: Arc<Source>,
    budget: &'a mut Budget,
    seen: usize,
    table: Option<Table>,
}

impl<'a> Gatherer<'a> {
    /// For the table with the columns `wanted` in `source`.
    pub fn new(source: Source, wanted: &'a [Column], budget: &'a mut Budget) -> Self {
        Self {
            wanted,
            source: Arc::new(source),
            budget,
            seen: 0,
            table: None,
        }
    }

    /// Whether the header was found.
    pub fn has_header(&self) -> bool {
        self.table.is_some()
    }

    /// Whether the cells of column `at` are to be handed in: all until the header is found, then wanted ones.
    pub fn wants(&self, at: u32) -> bool {
        self.table
            .as_ref()
            .is_none_or(|table| table.columns.iter().any(|&(known, _)| known == at))
    }

    /// Whether no header stood where it should; there is no use in reading on.
    pub fn is_hopeless(&self) -> bool {
        self.table.is_none() && self.seen >= HEADER_WITHIN
    }

    /// Takes the next row that is not empty: its number and its cells by column.
    pub fn row(&mut self, number: u32, cells: Vec<(u32, Cell)>) -> Result<(), ReadError> {
        if cells.len() > COLUMNS {
            let row = format!("{} {number}", self.source.row_word());
            return Err(ReadError::TooLarge(format!(
                "its {row} has more than {COLUMNS} cells"
            )));
        }
        let Some(table) = &mut self.table else {
            self.seen += 1;
            self.table = header(&cells, self.wanted).map(|columns| Table {
                source: Arc::clone(&self.source),
                header_row: number,
                columns,
                rows: Vec::new(),
            });
            return Ok(());
        };
        let mut row = Row {
            number,
            cells: Vec::with_capacity(cells.len()),
        };
        for (at, cell) in cells {
            if let Some(&(_, column)) = table.columns.iter().find(|&&(known, _)| known == at)
                && !cell.is_blank()
                && row.cell(column).is_none()
            {
                row.cells.push((column, cell));
            }
        }
        let repeats_heading = |(column, cell): &(Column, Cell)| matches!(cell, Cell::Text(text) if Column::of_heading(text, &[*column]).is_some());
        let is_header_again = row
            .cells
            .iter()
            .filter(|cell| repeats_heading(cell))
            .count()
            >= 2;
        if !row.cells.is_empty() && !is_header_again {
            self.budget
                .spend(1, row.cells.iter().map(|(_, cell)| cell))?;
            table.rows.push(row);
        }
        Ok(())
    }

    /// Gives the cells of merged regions the value of their first row (a spreadsheet keeps it there only).
    pub fn fill_merged(&mut self, regions: &[Merged]) -> Result<(), ReadError> {
        let Some(table) = &mut self.table else {
            return Ok(());
        };
        // Rows stand in any order in a file that a spreadsheet did not write.
        let mut order: Vec<(u32, usize)> = (0..)
            .zip(&table.rows)
            .map(|(at, row)| (row.number, at))
            .collect();
        order.sort_unstable();
        let mut left = order.len().saturating_mul(MERGED);
        for region in regions {
            let wanted = table.columns.iter().find(|&&(at, _)| at == region.column);
            let Some(&(_, column)) = wanted else {
                continue;
            };
            let (first, last) = (*region.rows.start(), *region.rows.end());
            let start = order.partition_point(|&(number, _)| number < first);
            let end = order.partition_point(|&(number, _)| number <= last);
            let rows = order.get(start..end).unwrap_or_default();
            left = left.checked_sub(rows.len()).ok_or_else(|| {
                ReadError::Workbook("its merged regions lie over each other".to_owned())
            })?;
            let Some(&(number, at)) = rows.first() else {
                continue;
            };
            let text = match table.rows.get(at).and_then(|row| row.cell(column)) {
                Some(Cell::Text(text)) if number == first => text.clone(),
                _ => continue,
            };
            for &(_, at) in rows {
                if let Some(row) = table.rows.get_mut(at)
                    && row.cell(column).is_none()
                {
                    let cell = Cell::Text(text.clone());
                    self.budget.spend(0, [&cell])?;
                    row.cells.push((column, cell));
                }
            }
        }
        Ok(())
    }

    /// The table, if its header was found.
    pub fn finish(self) -> Option<Table> {
        self.table
    }
}

/// The columns of a row, if it is the header: two different headings at least.
fn header(cells: &[(u32, Cell)], wanted: &[Column]) -> Option<Vec<(u32, Column)>> {
    let mut columns = Vec::new();
    for (at, cell) in cells {
        if let Cell::Text(text) = cell
            && let Some(column) = Column::of_heading(text, wanted)
        {
            columns.push((*at, column));
        }
    }
    let is_header = columns
        .iter()
        .any(|&(_, column)| columns.iter().any(|&(_, other)| other != column));
    is_header.then_some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered() {
        assert_eq!(
            [0, 25, 26, 51, 52, 701, 702].map(letters),
            ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
        );
    }

    #[test]
    fn headings_are_known_as_people_write_them() {
        for text in [
            "STATUS EMAIL",
            " status\nemail ",
            "Status E-Mail",
            "STATUS  EMAIL:",
        ] {
            assert_eq!(
                Column::of_heading(text, &Column::ROSTER),
                Some(Column::MailStatus)
            );
        }
        for text in ["", "Keterangan", "PERANGKAT DAERAH", "EMAIL BARU", "NIPPON"] {
            assert_eq!(Column::of_heading(text, &Column::ROSTER), None);
        }
    }
}
