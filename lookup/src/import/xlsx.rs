//! Tables in workbooks: every sheet that has a header row.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Dimensions, Reader, Xlsx, XlsxError, open_workbook};

use super::table::{Cell, Column, Gatherer, ReadError, Source, Table};

/// Reads the tables of a workbook.
pub fn read(path: &Path, wanted: &[Column]) -> Result<Vec<Table>, ReadError> {
    let mut workbook: Xlsx<BufReader<File>> = open_workbook(path).map_err(unreadable)?;
    let file = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut tables = Vec::new();
    for sheet in workbook.sheet_names() {
        let merged = match workbook.merge_cells_by_sheet_name(&sheet) {
            Ok(merged) => merged,
            // A sheet of another kind, such as a chart.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(unreadable(error)),
        };
        let source = Source {
            file: file.clone(),
            sheet: Some(sheet.clone()),
        };
        tables.extend(read_sheet(
            &mut workbook,
            &sheet,
            &merged,
            Gatherer::new(source, wanted),
        )?);
    }
    if tables.is_empty() {
        Err(ReadError::NoHeader(wanted.to_vec()))
    } else {
        Ok(tables)
    }
}

fn read_sheet(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    merged: &[Dimensions],
    mut gatherer: Gatherer<'_>,
) -> Result<Option<Table>, ReadError> {
    let mut reader = match workbook.worksheet_cells_reader(sheet) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let (mut number, mut cells) = (0, Vec::new());
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, at) = cell.get_position();
        if row != number {
            if !cells.is_empty() {
                gatherer.row(number + 1, std::mem::take(&mut cells));
            }
            if gatherer.is_hopeless() {
                return Ok(None);
            }
            number = row;
        }
        // Whatever is not wanted, `Keterangan` first of all, is dropped before it is copied.
        if gatherer.wants(at)
            && let Some(value) = value(cell.get_value())
        {
            cells.push((at, value));
        }
    }
    if !cells.is_empty() {
        gatherer.row(number + 1, cells);
    }
    for region in merged.iter().filter(|region| region.end.0 > region.start.0) {
        gatherer.fill_merged(region.start.1, region.start.0 + 1..=region.end.0 + 1);
    }
    Ok(gatherer.finish())
}

fn value(data: &DataRef<'_>) -> Option<Cell> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        _ => Cell::Other,
    })
}

/// The library's message, which names parts of the file and no content of cells.
fn unreadable(error: XlsxError) -> ReadError {
    match error {
        XlsxError::Io(error) => ReadError::from(error),
        XlsxError::Password => ReadError::OldOrEncrypted,
        XlsxError::Zip(_) => ReadError::Workbook("it is damaged or not complete".to_owned()),
        XlsxError::FileNotFound(part) => ReadError::Workbook(format!("its part {part} is missing")),
        _ => ReadError::Workbook("it breaks the rules of its format".to_owned()),
    }
}
