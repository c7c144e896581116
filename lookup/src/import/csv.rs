//! Tables in CSV files, between commas, semicolons or tabs.
//!
//! Their text is UTF-8, with or without a byte-order mark; or UTF-16 with one, as Excel's "Unicode Text" is; or
//! Windows-1252, as "CSV" of Excel in western languages is, where it plainly is (see [`is_windows_1252`]), of
//! which the operator is told. Everything else is refused: a name read in the wrong encoding is a person who is
//! told to be unknown.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::Path;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use zeroize::Zeroizing;

use super::table::{Budget, Cell, Column, Gatherer, ReadError, Source, Table};

/// What may stand between cells. Indonesian Excel writes semicolons.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The longest row that is read, in bytes.
const ROW_BYTES: usize = 1 << 20;

/// Reads the table of a CSV file.
pub fn read(path: &Path, wanted: &[Column]) -> Result<Vec<Table>, ReadError> {
    // Memory that holds the file is cleared.
    let bytes = Zeroizing::new(std::fs::read(path)?);
    let (text, guessed) = decode(&bytes)?;
    let decoded;
    let text: &str = match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => {
            decoded = Zeroizing::new(text);
            &decoded
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    // The right delimiter is the one with which a header row appears.
    for delimiter in DELIMITERS {
        let source = Source {
            file: file.clone().into_owned(),
            sheet: None,
            guessed,
        };
        let mut budget = Budget::new();
        let gatherer = Gatherer::new(source, wanted, &mut budget);
        if let Some(table) = read_with(text, delimiter, gatherer)? {
            return Ok(vec![table]);
        }
    }
    Err(ReadError::NoHeader(wanted.to_vec()))
}

/// The text of a file, and its encoding where that is not told by the file itself.
fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<&'static str>), ReadError> {
    let (text, guessed) = match bytes {
        [0xff, 0xfe, rest @ ..] => (decode_as(UTF_16LE, rest)?, None),
        [0xfe, 0xff, rest @ ..] => (decode_as(UTF_16BE, rest)?, None),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), None),
            Err(_) if is_windows_1252(bytes) => {
                (decode_as(WINDOWS_1252, bytes)?, Some("Windows-1252"))
            }
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                return Err(ReadError::Encoding(line(before)));
            }
        },
    };
    // UTF-16 without its mark, which looks like UTF-8 with zeros in it.
    match text.find('\0') {
        None => Ok((text, guessed)),
        Some(at) => {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            Err(ReadError::Encoding(line(before)))
        }
    }
}

fn decode_as<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Result<Cow<'b, str>, ReadError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(ReadError::Encoding(1))
}

/// The number of the line that begins after `before`, from 1.
fn line(before: &[u8]) -> u32 {
    u32::try_from(breaks(before)).map_or(u32::MAX, |breaks| breaks.saturating_add(1))
}

/// Whether text that is no UTF-8 is plainly Windows-1252. No part of it is UTF-8 either; and beside ASCII it has
/// nothing but accented letters (À–ÿ), never four in a row as other alphabets would, the apostrophe `’`, and, not
/// between two letters, where the alphabets of DOS and of old Macs have letters, other typographic signs.
fn is_windows_1252(bytes: &[u8]) -> bool {
    if !bytes.utf8_chunks().all(|chunk| chunk.valid().is_ascii()) {
        return false;
    }
    let is_letter = |byte: u8| matches!(byte, 0xc0..=0xff) && !matches!(byte, 0xd7 | 0xf7);
    let mut row_of_letters = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        row_of_letters = if is_letter(byte) {
            row_of_letters + 1
        } else {
            0
        };
        let is_beside_letter = |at: Option<usize>| {
            let beside = at.and_then(|at| bytes.get(at));
            beside.is_some_and(|&byte| byte.is_ascii_alphabetic() || is_letter(byte))
        };
        let is_fine = match byte {
            b'\t' | b'\r' | b'\n' | b' '..=b'~' | 0x92 => true,
            // … ‘ “ ” – — and the space that does not break.
            0x85 | 0x91 | 0x93 | 0x94 | 0x96 | 0x97 | 0xa0 => {
                !is_beside_letter(at.checked_sub(1)) || !is_beside_letter(at.checked_add(1))
            }
            byte => is_letter(byte) && row_of_letters < 4,
        };
        if !is_fine {
            return false;
        }
    }
    true
}

fn read_with(
    text: &str,
    delimiter: u8,
    mut gatherer: Gatherer<'_>,
) -> Result<Option<Table>, ReadError> {
    let source = Rationed {
        rest: text.as_bytes(),
        left: ROW_BYTES,
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(source);
    let mut record = csv::StringRecord::new();
    let mut lines = Lines {
        text,
        read: 0,
        line: 1,
    };
    loop {
        let start = reader.position().byte();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) if error.is_io_error() => return Err(endless(&mut lines, start)),
            Err(error) => return Err(ReadError::Csv(error.to_string())),
        }
        reader.get_mut().left = ROW_BYTES;
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
            .map(|(at, text)| (at, Cell::of_text(text)))
            .collect();
        if !cells.is_empty() {
            gatherer.row(line, cells)?;
        }
        if gatherer.is_hopeless() {
            break;
        }
    }
    Ok(gatherer.finish())
}

/// What is wrong with a row that begins at byte `start` and is longer than any.
fn endless(lines: &mut Lines<'_>, start: u64) -> ReadError {
    let line = lines.line_of(start);
    let row = lines.text.as_bytes().get(lines.read..).unwrap_or_default();
    let row = row.get(..ROW_BYTES).unwrap_or(row);
    if breaks(row) > 0 {
        ReadError::RunOn(line)
    } else {
        ReadError::TooLarge(format!("line {line} is longer than {ROW_BYTES} bytes"))
    }
}

/// Text of which only so much is given out before somebody allows more.
struct Rationed<'a> {
    rest: &'a [u8],
    left: usize,
}

impl Read for Rationed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !self.rest.is_empty() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = buffer.len().min(self.left);
        let read = self.rest.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left -= read;
        Ok(read)
    }
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
        self.line = self
            .line
            .saturating_add(u32::try_from(breaks(passed)).unwrap_or(u32::MAX));
        self.read = start.max(self.read);
        self.line
    }
}

/// Line breaks as editors count them: `\n`, `\r\n` and, of old Macs, `\r`.
fn breaks(bytes: &[u8]) -> usize {
    let next = bytes.iter().skip(1).chain([&b'\n']);
    let is_break = |(&byte, &next): (&u8, &u8)| byte == b'\n' || (byte == b'\r' && next != b'\n');
    // A `\r` at the very end has its `\n` in what follows, or is counted there by what comes with it.
    bytes
        .iter()
        .zip(next)
        .filter(|&pair| is_break(pair))
        .count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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

    #[test]
    fn windows_1252_is_known_where_it_is_plain() {
        let text = |bytes: &[u8]| decode(bytes).ok().map(|(text, _)| text.into_owned());
        assert_eq!(
            text(b"Jos\xe9 Ma\x92ruf \x96 R&D").unwrap(),
            "José Ma’ruf – R&D"
        );
        assert_eq!(text("José".as_bytes()).unwrap(), "José");
        for refused in [
            &b"Jos\xe9 \xc3\xa9"[..], // both encodings
            b"Jos\x8e",               // an old Mac's
            b"Jos\x82",               // of DOS
            b"J\x94rg",               // of DOS
            b"\xc8\xe2\xe0\xed",      // Cyrillic
            b"Jos\xe9\x00",
            b"J\0o\0",
            b"\xff\xfeJ",
            b"\xff\xfe\x00\xd8",
        ] {
            assert_eq!(text(refused), None, "{refused:?}");
        }
        assert_eq!(text(b"\xff\xfeJ\0\xe9\0").unwrap(), "Jé");
        assert_eq!(text(b"\xfe\xff\0J\0\xe9").unwrap(), "Jé");
    }

    #[test]
    fn lines_are_counted_as_in_editors() {
        for (text, expected) in [
            ("a", 1),
            ("a\nb", 2),
            ("a\r\nb", 2),
            ("a\rb", 2),
            ("a\r\r\nb", 3),
        ] {
            assert_eq!(line(text.as_bytes()), expected, "{text:?}");
        }
    }

    proptest! {
        /// Text comes back as it was, and is told to be Windows-1252 only where it is no UTF-8.
        #[test]
        fn encodings_come_back(text in "[ -~À-ÖØ-öø-ÿ\\r\\n]{0,200}") {
            let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let utf_16 = [&b"\xff\xfe"[..], &utf_16].concat();
            let (windows, _, _) = WINDOWS_1252.encode(&text);
            for bytes in [text.as_bytes(), &utf_16, &windows] {
                if let Ok((decoded, guessed)) = decode(bytes) {
                    let is_utf_8 = std::str::from_utf8(bytes).is_ok();
                    prop_assert!(decoded == text || is_utf_8, "{bytes:?}");
                    prop_assert_eq!(guessed.is_some(), !is_utf_8 && !bytes.starts_with(b"\xff\xfe"));
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut roster = tempfile::NamedTempFile::new()?;
            roster.write_all(b"NRK;EMAIL\n")?;
            roster.write_all(&bytes)?;
            let _ = read(roster.path(), &Column::ROSTER);
        }

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
