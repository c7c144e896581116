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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{Cursor, Read, Write};

    use proptest::prelude::*;
    use rust_xlsxwriter::Workbook;
    use zip::write::SimpleFileOptions;
    use zip::{ZipArchive, ZipWriter};

    use super::*;

    /// The parts of a real workbook: a title, merged cells, numbers, two sheets.
    fn parts() -> Vec<(String, Vec<u8>)> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet
            .merge_range(0, 0, 1, 3, "DATA AKUN", &Default::default())
            .unwrap();
        for row in 0..6 {
            for (at, text) in (0..).zip(["NRK", "NAMA", "EMAIL", "STATUS TTE"]) {
                let text = if row == 0 {
                    text.to_owned()
                } else {
                    format!("{text}{row}")
                };
                sheet.write(row + 3, at, text).unwrap();
            }
            sheet.write(row + 3, 5, f64::from(row) * 1.5).unwrap();
        }
        sheet
            .merge_range(5, 3, 7, 3, "ISSUE", &Default::default())
            .unwrap();
        workbook.add_worksheet().write(0, 0, "Petunjuk").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        (0..archive.len())
            .map(|at| {
                let mut part = archive.by_index(at).unwrap();
                let mut content = Vec::new();
                part.read_to_end(&mut content).unwrap();
                (part.name().unwrap().into_owned(), content)
            })
            .collect()
    }

    fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer
                .start_file(name.as_str(), SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read_bytes(bytes: &[u8]) -> Result<Vec<Table>, ReadError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        read(file.path(), &Column::ROSTER)
    }

    /// What a stranger would put into markup.
    const PIECES: [&str; 24] = [
        "<",
        ">",
        "\"",
        "</row>",
        "<row r=\"4294967295\">",
        "<row r=\"99999999999\">",
        "<c r=\"XFD1048576\"><v>1</v></c>",
        "<c r=\"A0\">",
        "<c r=\"ZZZZZZZZ1\" t=\"s\"><v>1</v></c>",
        "<c r=\"A5\" t=\"s\"><v>-1</v></c>",
        "<v>99999999999999999999</v>",
        " t=\"inlineStr\"",
        "<mergeCells><mergeCell ref=\"D9:A1\"/></mergeCells>",
        "<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>",
        "<dimension ref=\"Z9:A1\"/>",
        "<sst uniqueCount=\"18446744073709551615\">",
        "<!--",
        "<![CDATA[",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>",
        "&b;",
        "&#x0;",
        "</sheetData>",
        "xmlns:x=\"y\"",
        "\u{0}",
    ];

    #[test]
    fn a_real_workbook_is_read() {
        let tables = read_bytes(&packed(&parts())).unwrap();
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].rows.len(), 5);
    }

    /// Regions in any order, over each other or over rows that are not there, neither fail nor take long.
    #[test]
    fn merged_regions_cannot_multiply() {
        let mut parts = parts();
        let sheet = parts
            .iter_mut()
            .find(|(name, _)| name == "xl/worksheets/sheet1.xml");
        let (_, content) = sheet.unwrap();
        let text = String::from_utf8(content.clone()).unwrap();
        let region = "<mergeCell ref=\"D6:D1048576\"/>";
        let regions = format!("<mergeCells>{}</mergeCells>", region.repeat(100_000));
        let end = text.find("<mergeCells").unwrap();
        *content = format!("{}{regions}</worksheet>", &text[..end]).into_bytes();
        let error = read_bytes(&packed(&parts)).err().unwrap().to_string();
        assert!(error.contains("lie over each other"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Markup of any part with a stretch of it left out, doubled, or something put into it.
        #[test]
        fn workbooks_with_changed_markup_are_read_or_refused(
            changes in prop::collection::vec(
                (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..40, prop::sample::select(PIECES.to_vec())),
                1..4,
            ),
        ) {
            let mut parts = parts();
            for (part, at, length, piece) in changes {
                let (_, content) = part.get(&parts).clone();
                let start = at.index(content.len() + 1);
                let end = (start + length).min(content.len());
                let changed = [&content[..start], piece.as_bytes(), &content[end..]].concat();
                let part = part.index(parts.len());
                parts[part].1 = changed;
            }
            if let Ok(tables) = read_bytes(&packed(&parts)) {
                let mut rows = tables.iter().flat_map(|table| &table.rows);
                prop_assert!(rows.all(|row| (1..=ROWS).contains(&row.number)));
            }
        }

        /// The package itself with bytes changed, left out or doubled.
        #[test]
        fn changed_packages_are_read_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..3), 1..6),
        ) {
            thread_local! { static WHOLE: Vec<u8> = packed(&parts()); }
            let mut bytes = WHOLE.with(Clone::clone);
            for (at, byte, how) in changes {
                let at = at.index(bytes.len());
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.truncate(at.max(30)),
                    _ => bytes.insert(at, byte),
                }
            }
            let _ = read_bytes(&bytes);
        }
    }
}
