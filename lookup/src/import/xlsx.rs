//! Tables in workbooks: every sheet that has a header row.

use std::fs::File;
use std::io::BufReader;
use std::panic;
use std::path::Path;
use std::sync::Once;
use std::thread;

use calamine::{DataRef, Dimensions, Reader, Xlsx, XlsxError, open_workbook};

use super::package;
use super::table::{Budget, COLUMNS, Cell, Column, Gatherer, Merged, ReadError, Source, Table};

/// Reads the tables of a workbook.
///
/// A workbook that no spreadsheet program wrote can make the library below panic (it adds up what stands in
/// references). That ends the thread it runs in, without a word, and is told as what it is: a broken workbook.
pub fn read(path: &Path, wanted: &[Column]) -> Result<Vec<Table>, ReadError> {
    package::check(&File::open(path)?)?;
    quiet(THREAD);
    thread::scope(|scope| {
        let reader = thread::Builder::new()
            .name(THREAD.to_owned())
            .spawn_scoped(scope, || read_workbook(path, wanted))?;
        reader.join().unwrap_or_else(|_| Err(rules_broken()))
    })
}

/// The name of the thread that runs the library.
const THREAD: &str = "workbook";

/// From now on, panics of threads of this name are not written to standard error: what they say may be
/// something that stood in a cell.
fn quiet(thread: &'static str) {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(thread) {
                hook(info);
            }
        }));
    });
}

fn read_workbook(path: &Path, wanted: &[Column]) -> Result<Vec<Table>, ReadError> {
    let mut workbook: Xlsx<BufReader<File>> = open_workbook(path).map_err(unreadable)?;
    let file = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut budget = Budget::new();
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
            guessed: None,
        };
        tables.extend(read_sheet(
            &mut workbook,
            &sheet,
            &merged,
            Gatherer::new(source, wanted, &mut budget),
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
        if row >= ROWS {
            return Err(rules_broken());
        }
        // A row that goes on for ever is one too long.
        if row != number || cells.len() > COLUMNS {
            if !cells.is_empty() {
                gatherer.row(number + 1, std::mem::take(&mut cells))?;
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
        gatherer.row(number + 1, cells)?;
    }
    let merged: Vec<Merged> = merged
        .iter()
        .filter(|region| region.end.0 > region.start.0 && region.end.0 < ROWS)
        .map(|region| Merged {
            column: region.start.1,
            rows: region.start.0 + 1..=region.end.0 + 1,
        })
        .collect();
    gatherer.fill_merged(&merged)?;
    Ok(gatherer.finish())
}

/// Rows of a sheet.
const ROWS: u32 = 1_048_576;

fn value(data: &DataRef<'_>) -> Option<Cell> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::String(text) => Cell::of_text(text),
        DataRef::SharedString(text) => Cell::of_text(text),
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
        _ => rules_broken(),
    }
}

fn rules_broken() -> ReadError {
    ReadError::Workbook("it breaks the rules of its format".to_owned())
}
