//! Tables in CSV files: UTF-8 with or without a byte-order mark, between commas, semicolons or tabs.

use std::path::Path;

use zeroize::Zeroizing;

use super::table::{Cell, Column, Gatherer, ReadError, Source, Table};

/// What may stand between cells. Indonesian Excel writes semicolons.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Reads the table of a CSV file.
pub fn read(path: &Path, wanted: &[Column]) -> Result<Vec<Table>, ReadError> {
    let bytes = Zeroizing::new(std::fs::read(path)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| ReadError::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    // The right delimiter is the one with which a header row appears.
    for delimiter in DELIMITERS {
        let source = Source {
            file: file.clone().into_owned(),
            sheet: None,
        };
        if let Some(table) = read_with(text, delimiter, Gatherer::new(source, wanted))? {
            return Ok(vec![table]);
        }
    }
    Err(ReadError::NoHeader(wanted.to_vec()))
}

fn read_with(
    text: &str,
    delimiter: u8,
    mut gatherer: Gatherer<'_>,
) -> Result<Option<Table>, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut lines = Lines {
        text,
        read: 0,
        line: 1,
    };
    while reader
        .read_record(&mut record)
        .map_err(|error| ReadError::Csv(error.to_string()))?
    {
        let line = lines.line_of(record.position().map_or(0, csv::Position::byte));
        if gatherer.has_header() {
            let mut cells = (0..).zip(&record);
            if cells.any(|(at, text)| runs_on(text, delimiter, gatherer.wants(at))) {
                return Err(ReadError::RunOn(line));
            }
        }
        let cells: Vec<(u32, Cell)> = (0..)
            .zip(&record)
            .filter(|&(at, text)| gatherer.wants(at) && !text.trim().is_empty())
            .map(|(at, text)| (at, Cell::Text(text.to_owned())))
            .collect();
        if !cells.is_empty() {
            gatherer.row(line, cells);
        }
        if gatherer.is_hopeless() {
            break;
        }
    }
    Ok(gatherer.finish())
}

/// Whether a cell below the header has swallowed what follows it: a lone quotation mark runs to the next one,
/// however many people stand between. Only remarks, which nobody wants, may have lines, and no rows among them.
fn runs_on(text: &str, delimiter: u8, wanted: bool) -> bool {
    let looks_like_row = |line: &str| line.bytes().filter(|byte| *byte == delimiter).count() >= 3;
    let mut further = text.trim().lines().skip(1);
    further.any(|line| wanted || looks_like_row(line))
}

/// Counts lines as editors do. The library's own count is one behind after `\r\n` and blank lines.
struct Lines<'a> {
    text: &'a str,
    read: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line on which the record begins that was found at byte `at`, or after the line breaks there.
    fn line_of(&mut self, at: u64) -> u32 {
        let bytes = self.text.as_bytes();
        let mut start = usize::try_from(at).unwrap_or(usize::MAX);
        while matches!(bytes.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let passed = bytes.get(self.read..start).unwrap_or_default();
        let breaks = passed.iter().filter(|&&byte| byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.read = start.max(self.read);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    /// What people's files hold, in any order.
    fn file() -> impl Strategy<Value = String> {
        let pieces = [
            "PERANGKAT DAERAH;NRK;NAMA;EMAIL\n",
            "NRK,NIP,NIK\r\n",
            "NAMA\tEMAIL\n",
            "\u{feff}",
            "\"",
            "\"\"",
            ";",
            ",",
            "\t",
            "\n",
            "\r\n",
            "\r",
            "990001",
            " JOKO ",
            "a@jakarta.go.id",
            "- Password Default\n- Proses",
            "é",
            "\u{0}",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused_and_no_cell_holds_a_line(text in file()) {
            let mut roster = tempfile::NamedTempFile::new()?;
            roster.write_all(text.as_bytes())?;
            if let Ok(tables) = read(roster.path(), &Column::ROSTER) {
                for row in tables.iter().flat_map(|table| &table.rows) {
                    for cell in Column::ROSTER.into_iter().filter_map(|column| row.cell(column)) {
                        let holds_line = matches!(cell, Cell::Text(text) if text.trim().contains('\n'));
                        prop_assert!(!holds_line);
                    }
                }
            }
        }
    }
}
