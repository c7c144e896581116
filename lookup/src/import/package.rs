//! What a workbook costs to read, found out before it is read: a file of some kilobytes can unpack to terabytes.
//!
//! | bound | value | what real workbooks need |
//! |---|---|---|
//! | parts (files in the package) | 10,000 | some dozens |
//! | one part, unpacked | 1 GiB | 0.5 GiB: a full sheet of 1,048,576 people |
//! | all parts, unpacked | 4 GiB | 2.5 GiB: five such sheets |
//! | one text or tag | 16 MiB | 32,767 characters in a cell |
//! | shared texts | 12 million | two for each of five million people |
//! | styles, sheets, names, links, merged regions | 500,000 | some thousands |
//! | elements within each other | 256 | ten |
//!
//! Every part is unpacked once to count, by the same library that unpacks it afterwards, and nothing of it is
//! kept. What a part's header says of its length is not believed. That also finds parts that are damaged (their
//! CRC-32 is wrong), of which reading alone might not see the end. Documents of the format have no document
//! type and no entities of their own (ECMA-376, part 2), which spares us what grows out of those.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::table::ReadError;

const PARTS: usize = 10_000;
const PART_BYTES: u64 = 1 << 30;
const ALL_BYTES: u64 = 4 << 30;
const TEXT_BYTES: usize = 16 << 20;
const SHARED_TEXTS: u64 = 12_000_000;
const KEPT: u64 = 500_000;
const DEPTH: u32 = 256;

/// Elements of which the library keeps something for as long as the workbook is open.
const KEPT_ELEMENTS: [&str; 14] = [
    "Relationship",
    "sheet",
    "definedName",
    "numFmt",
    "xf",
    "font",
    "fill",
    "border",
    "dxf",
    "cellStyle",
    "mergeCell",
    "Override",
    "Default",
    "color",
];

/// Whether the workbook in `file` can be read at a bearable cost. The file is at its beginning afterwards.
pub fn check(mut file: &File) -> Result<(), ReadError> {
    check_directory(file)?;
    file.seek(SeekFrom::Start(0))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.len() > PARTS {
        return Err(too_large(format!("it has more than {PARTS} parts")));
    }
    if let Some(kind) = other_kind(&archive) {
        return Err(ReadError::OtherKind(kind));
    }
    let mut all = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(broken)?;
        let name = part.name().map(|name| shown(&name)).map_err(broken)?;
        all += check_part(part, &name)?;
        if all > ALL_BYTES {
            return Err(too_large(format!(
                "its parts unpack to more than {}",
                gibibytes(ALL_BYTES)
            )));
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

/// Whether the package's directory can be read: the library keeps all of it, and believes what its end says of
/// its length.
fn check_directory(mut file: &File) -> Result<(), ReadError> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let (mut entries, mut last) = (0_usize, [0_u8; 3]);
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        // Each entry of the directory begins so; one may begin in the chunk before.
        let joint: Vec<u8> = last.iter().chain(chunk.iter().take(3)).copied().collect();
        entries += count(&joint, b"PK\x01\x02") + count(chunk, b"PK\x01\x02");
        if let Some(end) = chunk.last_chunk() {
            last = *end;
        }
        let length = chunk.len();
        reader.consume(length);
    }
    if entries > PARTS {
        return Err(too_large(format!("it has more than {PARTS} parts")));
    }
    // The longer form of the directory's end (APPNOTE 4.3.14, 4.3.15), just before the end.
    let length = file.metadata()?.len();
    let tail_length = length.min(56 + 20 + 22 + 65_535);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(length - tail_length))?;
    file.take(tail_length).read_to_end(&mut tail)?;
    for (at, _) in tail
        .windows(4)
        .enumerate()
        .filter(|(_, bytes)| bytes == b"PK\x06\x07")
    {
        let end = at.checked_sub(56).and_then(|at| tail.get(at..at + 56));
        let number = |at: usize| {
            let bytes = end.and_then(|end| end.get(at..)?.first_chunk::<8>());
            bytes.map(|bytes| u64::from_le_bytes(*bytes))
        };
        let entries = number(24).max(number(32));
        let is_small = entries.is_some_and(|entries| entries <= PARTS as u64);
        if !is_small || !end.is_some_and(|end| end.starts_with(b"PK\x06\x06")) {
            return Err(ReadError::Workbook("its directory is damaged".to_owned()));
        }
    }
    Ok(())
}

/// How often the four bytes stand in others.
fn count(bytes: &[u8], wanted: &[u8; 4]) -> usize {
    bytes.windows(4).filter(|window| window == wanted).count()
}

/// Another kind of document that comes in such a package.
fn other_kind<R: Read + Seek>(archive: &ZipArchive<R>) -> Option<&'static str> {
    let has = |wanted: &str| {
        let mut names = archive.file_names().flatten();
        names.any(|name| name.eq_ignore_ascii_case(wanted))
    };
    if has("xl/workbook.bin") {
        Some("a binary workbook (.xlsb)")
    } else if has("[Content_Types].xml") {
        None
    } else if has("mimetype") && has("content.xml") {
        Some("an OpenDocument file (.ods)")
    } else {
        Some("a ZIP file without a workbook")
    }
}

/// Unpacks a part and counts; the number of bytes.
fn check_part<R: Read + ?Sized>(part: ZipFile<'_, R>, name: &str) -> Result<u64, ReadError> {
    let long = || {
        too_large(format!(
            "its part {name} unpacks to more than {}",
            gibibytes(PART_BYTES)
        ))
    };
    if part.size() > PART_BYTES {
        return Err(long());
    }
    let mut source = Frugal {
        source: BufReader::with_capacity(1 << 16, part),
        read: 0,
        left: TEXT_BYTES,
    };
    let judged = check_markup(&mut source, name);
    if source.left == 0 && judged.is_ok() {
        return Err(too_large(format!(
            "its part {name} holds a text of more than {} MiB",
            TEXT_BYTES >> 20
        )));
    }
    // What is no XML, such as a picture, ends before its end.
    let mut rest = source
        .source
        .take(PART_BYTES + 1 - source.read.min(PART_BYTES));
    let read = source.read + io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    if read > PART_BYTES {
        return Err(long());
    }
    judged.map(|()| read)
}

/// Counts the elements of a part, up to its end or to where it is no XML.
fn check_markup<R: BufRead>(source: &mut Frugal<R>, name: &str) -> Result<(), ReadError> {
    let mut reader = Reader::from_reader(source);
    // As the library that reads workbooks has it.
    reader.config_mut().check_end_names = false;
    let (mut texts, mut kept, mut depth, mut buffer) = (0_u64, 0_u64, 0_u32, Vec::new());
    loop {
        buffer.clear();
        reader.get_mut().left = TEXT_BYTES;
        if reader.get_mut().read > PART_BYTES {
            return Ok(());
        }
        match reader.read_event_into(&mut buffer) {
            Err(_) | Ok(Event::Eof) => return Ok(()),
            Ok(Event::DocType(_)) => {
                return Err(ReadError::Workbook(format!(
                    "its part {name} defines a document type, which workbooks never do"
                )));
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Start(element)) => {
                depth += 1;
                note(&element, &mut texts, &mut kept);
            }
            Ok(Event::Empty(element)) => note(&element, &mut texts, &mut kept),
            Ok(_) => {}
        }
        let too_much = [
            (texts > SHARED_TEXTS, format_args!("{SHARED_TEXTS} texts")),
            (
                kept > KEPT,
                format_args!("{KEPT} styles, sheets, names or merged regions"),
            ),
            (
                depth > DEPTH,
                format_args!("{DEPTH} elements within each other"),
            ),
        ]
        .iter()
        .find(|(is, _)| *is)
        .map(|(_, what)| format!("its part {name} holds more than {what}"));
        if let Some(message) = too_much {
            return Err(too_large(message));
        }
    }
}

/// Counts what an element makes the library keep.
fn note(element: &BytesStart<'_>, texts: &mut u64, kept: &mut u64) {
    let name = element.local_name();
    let name = name.as_ref();
    if name == "si" {
        *texts += 1;
    } else if name == "sst" {
        // The library makes room for so many at once.
        let told = element.try_get_attribute("uniqueCount").ok().flatten();
        let told = told.map(|attribute| attribute.value.trim().parse().unwrap_or(u64::MAX));
        *texts = texts.saturating_add(told.filter(|told| *told > SHARED_TEXTS).unwrap_or(0));
    } else if KEPT_ELEMENTS.contains(&name) {
        *kept += 1;
    }
}

/// Reads, counts, and ends where what is read in one piece becomes too long.
struct Frugal<R> {
    source: R,
    read: u64,
    left: usize,
}

impl<R: BufRead> Read for Frugal<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let chunk = self.fill_buf()?;
        let length = chunk.len().min(buffer.len());
        if let (Some(into), Some(from)) = (buffer.get_mut(..length), chunk.get(..length)) {
            into.copy_from_slice(from);
        }
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Frugal<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let left = self.left;
        let chunk = self.source.fill_buf()?;
        Ok(chunk.get(..left).unwrap_or(chunk))
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.read += amount as u64;
        self.source.consume(amount);
    }
}

fn too_large(message: String) -> ReadError {
    ReadError::TooLarge(message)
}

fn gibibytes(bytes: u64) -> String {
    format!("{} GiB", bytes >> 30)
}

/// A part's name, made harmless and short.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn broken(error: ZipError) -> ReadError {
    match error {
        ZipError::Io(error) => damaged(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ReadError::OldOrEncrypted,
        _ => ReadError::Workbook("it is damaged or not complete".to_owned()),
    }
}

/// The system's errors have a number; all others are of the packing.
fn damaged(error: io::Error) -> ReadError {
    if error.raw_os_error().is_some() {
        ReadError::from(error)
    } else {
        ReadError::Workbook("it is damaged or not complete".to_owned())
    }
}
