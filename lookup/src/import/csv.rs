//! Tables in CSV files: UTF-8 with or without a byte-order mark, between commas, semicolons or tabs.

use std::path::Path;

use super::table::{Cell, Column, Gatherer, ReadError, Source, Table};

/// What may stand between cells. Indonesian Excel writes semicolons.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Reads the table of a CSV file.
pub fn read(path: &Path, wanted: &[Column]) -> Result<Vec<Table>, ReadError> {
    let bytes = std::fs::read(path)?;
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
    while reader
        .read_record(&mut record)
        .map_err(|error| ReadError::Csv(error.to_string()))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let cells = (0..)
            .zip(&record)
            .filter(|&(at, text)| gatherer.wants(at) && !text.trim().is_empty());
        let cells: Vec<(u32, Cell)> = cells
            .map(|(at, text)| (at, Cell::Text(text.to_owned())))
            .collect();
        if !cells.is_empty() {
            gatherer.row(u32::try_from(line).unwrap_or(u32::MAX), cells);
        }
        if gatherer.is_hopeless() {
            break;
        }
    }
    Ok(gatherer.finish())
}
