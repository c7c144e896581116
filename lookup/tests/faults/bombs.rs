//! Workbooks that were made to hurt: each is imported or refused, soon, within bounded memory, and with a word
//! on what is wrong.

use std::fs;
use std::io::{Seek, Write};

use insta::assert_snapshot;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::common::{Room, told};
use super::{import_arguments, measured};

/// Most memory that any of them may take, in MiB.
const MOST_MEMORY: u64 = 300;
/// Most time, in seconds; a machine may be busy.
const MOST_TIME: f64 = 60.0;

const START: &str =
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#;
const ROWS: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>EMAIL</t></is></c><c r="B1" t="inlineStr"><is><t>STATUS TTE</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>joko@contoh.go.id</t></is></c><c r="B2" t="inlineStr"><is><t>ISSUE</t></is></c></row>"#;

/// A workbook whose one sheet's data begin with a row of headings and one person.
fn sheet(before: &str, more_rows: &str, after: &str) -> String {
    format!("{START}{before}<sheetData>{ROWS}{more_rows}</sheetData>{after}</worksheet>")
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().large_file(true)
}

/// Begins a workbook: all parts but the sheet.
fn begin<W: Write + Seek>(file: W, shared: &str) -> ZipWriter<W> {
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut zip = ZipWriter::new(file);
    for (name, content) in [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#
                .to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{relations}"><Relationship Id="a" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns:r="{kind}"><sheets><sheet name="PNS" sheetId="1" r:id="b"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{relations}"><Relationship Id="b" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        ("xl/sharedStrings.xml", shared.to_owned()),
    ] {
        if !content.is_empty() {
            zip.start_file(name, options()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
    }
    zip
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

fn workbook(room: &Room, sheet: &str, shared: &str, more: &[(String, &str)]) {
    let mut zip = begin(fs::File::create(room.path("bom.xlsx")).unwrap(), shared);
    zip.start_file(SHEET, options()).unwrap();
    zip.write_all(sheet.as_bytes()).unwrap();
    for (name, content) in more {
        zip.start_file(name.as_str(), options()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// Imports it and tells what was said, its time and its memory.
fn import(room: &Room, what: &str) -> String {
    let measured = measured(room.command(&import_arguments("bom.xlsx")));
    let (seconds, peak) = (measured.seconds, measured.peak);
    println!("{what}: {seconds:.2} s, {peak} MiB");
    assert!(peak < MOST_MEMORY, "{what}: {peak} MiB");
    assert!(seconds < MOST_TIME, "{what}: {seconds} s");
    assert!(room.path("bom.xlsx").exists());
    let told = told(&measured.output);
    let said: Vec<&str> = told
        .lines()
        .filter(|line| !line.starts_with("---") && !line.starts_with("note:"))
        .collect();
    format!("{what}:\n{}\n\n", said.join("\n"))
}

/// The signature of an entry in a ZIP's directory.
const ENTRY: &[u8] = b"PK\x01\x02";

/// Changes the package: the function gets all bytes and the place of the directory's entry for the sheet.
fn patch(room: &Room, change: impl FnOnce(&mut Vec<u8>, usize)) {
    let mut bytes = fs::read(room.path("bom.xlsx")).unwrap();
    let name = bytes
        .windows(SHEET.len())
        .rposition(|window| window == SHEET.as_bytes())
        .unwrap();
    assert_eq!(&bytes[name - 46..name - 42], ENTRY);
    change(&mut bytes, name - 46);
    room.write("bom.xlsx", bytes);
}

#[test]
fn hostile_workbooks_are_imported_or_refused() {
    let room = Room::new();
    let mut all = String::new();
    let mut try_sheet = |what: &str, before: &str, rows: &str, after: &str, shared: &str| {
        workbook(&room, &sheet(before, rows, after), shared, &[]);
        all += &import(&room, what);
    };
    try_sheet("nothing wrong", "", "", "", "");
    try_sheet(
        "entities that multiply",
        "",
        "",
        "",
        r#"<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><sst><si><t>&c;</t></si></sst>"#,
    );
    try_sheet(
        "an entity that is not there",
        "",
        "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>&c;</t></is></c></row>",
        "",
        "",
    );
    try_sheet(
        "more texts than can be",
        "",
        "",
        "",
        r#"<si/><sst uniqueCount="18446744073709551615"><si><t>a</t></si></sst>"#,
    );
    try_sheet(
        "a lying dimension",
        r#"<dimension ref="A1:XFD1048576"/>"#,
        "",
        "",
        "",
    );
    try_sheet(
        "a dimension upside down",
        r#"<dimension ref="XFD1048576:A1"/>"#,
        "",
        "",
        "",
    );
    try_sheet(
        "a cell in the last corner",
        "",
        r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#,
        "",
        "",
    );
    try_sheet(
        "a cell beyond it",
        "",
        r#"<row r="4294967294"><c r="A4294967294"><v>1</v></c></row>"#,
        "",
        "",
    );
    try_sheet(
        "a row that cannot be counted",
        "",
        r#"<row r="4294967296"><c><v>1</v></c></row>"#,
        "",
        "",
    );
    let empty: String = (3..203)
        .map(|row| {
            let cells: String = (0..500).map(|_| r#"<c s="1"/>"#).collect();
            format!(r#"<row r="{row}">{cells}</row>"#)
        })
        .collect();
    try_sheet("a hundred thousand empty cells", "", &empty, "", "");
    try_sheet(
        "cells in each other",
        "",
        &"<row><c>".repeat(50_000),
        "",
        "",
    );
    try_sheet(
        "a region over the whole sheet",
        "",
        "",
        r#"<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>"#,
        "",
    );
    try_sheet(
        "half a million regions",
        "",
        "",
        &format!(
            "<mergeCells>{}</mergeCells>",
            r#"<mergeCell ref="A2:A9"/>"#.repeat(500_001)
        ),
        "",
    );
    try_sheet(
        "a text of 20 MiB",
        "",
        &format!(
            "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>{}",
            "a".repeat(20 << 20)
        ),
        "",
        "",
    );
    try_sheet(
        "an address of 2 KB",
        "",
        &format!(
            "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>{}</t></is></c></row>",
            "a".repeat(2000)
        ),
        "",
        "",
    );

    // The package.
    let plain = sheet("", "", "");
    let mut many: Vec<(String, &str)> = (0..10_000).map(|at| (format!("xl/{at}"), "")).collect();
    workbook(&room, &plain, "", &many);
    all += &import(&room, "ten thousand parts more");
    many.clear();
    many.push(("../../../../tmp/pandu-keluar".to_owned(), "a"));
    many.push(("/tmp/pandu-keluar".to_owned(), "a"));
    workbook(&room, &plain, "", &many);
    all += &import(&room, "parts that point outside");
    assert!(!std::path::Path::new("/tmp/pandu-keluar").exists());
    let set = |what: &str, change: fn(&mut Vec<u8>, usize)| {
        workbook(&room, &plain, "", &[]);
        patch(&room, change);
        import(&room, what)
    };
    all += &set("says that it unpacks to 3 GiB", |bytes, at| {
        bytes[at + 24..at + 28].copy_from_slice(&(3_u32 << 30).to_le_bytes());
    });
    all += &set("a wrong check sum", |bytes, at| bytes[at + 16] ^= 1);
    all += &set("with a password of its own", |bytes, at| bytes[at + 8] |= 1);
    all += &set("cut short", |bytes, at| bytes.truncate(at + 10));
    all += &set("a directory of four billion parts", |bytes, _| {
        let end = bytes.len() - 22;
        let mut longer = Vec::from(*b"PK\x06\x06");
        longer.extend(44_u64.to_le_bytes());
        longer.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        longer.extend(u64::from(u32::MAX).to_le_bytes().repeat(2));
        longer.extend([0; 16]);
        longer.extend(*b"PK\x06\x07\0\0\0\0");
        longer.extend(u64::try_from(end).unwrap().to_le_bytes());
        longer.extend([1, 0, 0, 0]);
        bytes.splice(end..end, longer);
    });

    // Other kinds of documents under this name.
    let mut zip = ZipWriter::new(fs::File::create(room.path("bom.xlsx")).unwrap());
    for name in ["mimetype", "content.xml"] {
        zip.start_file(name, options()).unwrap();
    }
    zip.finish().unwrap();
    all += &import(&room, "an .ods under another name");
    room.write("bom.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    all += &import(&room, "an .xls, or encrypted");
    let sparse = fs::File::create(room.path("bom.xlsx")).unwrap();
    sparse.set_len((1 << 30) + 1).unwrap();
    all += &import(&room, "a file of more than 1 GiB");
    let row = "NRK;EMAIL;STATUS TTE\n000001;joko@contoh.go.id;\"";
    room.write("bom.xlsx", format!("{row}{}", "a".repeat(2 << 20)));
    all += &import(&room, "a row of CSV of 2 MiB");
    room.write(
        "bom.xlsx",
        format!("{row}\n{}", "000002;a;b\n".repeat(200_000)),
    );
    all += &import(&room, "a quotation mark that swallows 2 MB of rows");
    room.write("bom.xlsx", format!("{row}\n{}", "a;".repeat(400_000)));
    all += &import(&room, "a row of CSV of 400,000 cells");
    assert_snapshot!(all);
}

/// What is cheap to send and dear to unpack.
#[test]
#[ignore = "unpacks gigabytes"]
fn bombs_of_gigabytes() {
    let room = Room::new();
    let bomb = |mebibytes: u32, cells: &str| {
        let mut zip = begin(fs::File::create(room.path("bom.xlsx")).unwrap(), "");
        zip.start_file(SHEET, options()).unwrap();
        write!(zip, "{START}<sheetData>{ROWS}<row r=\"3\">").unwrap();
        let megabyte = cells.repeat((1 << 20) / cells.len());
        for _ in 0..mebibytes {
            zip.write_all(megabyte.as_bytes()).unwrap();
        }
        write!(zip, "</row></sheetData></worksheet>").unwrap();
        zip.finish().unwrap();
        let bytes = fs::metadata(room.path("bom.xlsx")).unwrap().len();
        println!("{bytes} bytes of workbook");
    };
    let cell = r#"<c r="A3"><v>1</v></c>"#;
    bomb(1100, cell);
    let said = import(&room, "1.1 GiB of cells");
    assert!(said.contains("unpacks to more than 1 GiB"), "{said}");
    patch(&room, |bytes, at| {
        // The size stands behind the name, in the longer form.
        let size = bytes[at..].windows(8).position(|window| {
            let number = u64::from_le_bytes(window.try_into().unwrap());
            (1_150_000_000..1_160_000_000).contains(&number)
        });
        let at = at + size.unwrap();
        bytes[at..at + 8].copy_from_slice(&1000_u64.to_le_bytes());
    });
    let said = import(&room, "1.1 GiB of cells, said to be 1,000 bytes");
    assert!(said.contains("error: bom.xlsx: "), "{said}");
    bomb(900, cell);
    let said = import(&room, "0.9 GiB of cells in one place");
    assert!(said.contains("more than 16384 cells"), "{said}");
    bomb(900, r#"<c r="C3"/>"#);
    let said = import(&room, "0.9 GiB of empty cells");
    assert!(said.contains("imported 1 person"), "{said}");
    let texts = format!("<sst>{}</sst>", "<si/>".repeat(12_000_001));
    workbook(&room, &sheet("", "", ""), &texts, &[]);
    let said = import(&room, "12 million texts");
    assert!(said.contains("12000000 texts"), "{said}");
}
