//! Sheets of a hundred megabytes and more, and the time that a snapshot takes to open.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::time::Instant;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::common::{HEADINGS, Room, told};
use super::{MANY, import_arguments, measured, random};

/// Letters that do not compress.
fn noise(length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        let _ = write!(text, "{:016x}", random(u64::MAX));
    }
    text.truncate(length);
    text
}

fn person(at: usize, remark: usize) -> [String; 7] {
    [
        "Badan Contoh".to_owned(),
        format!("{:06}", at % 1_000_000),
        format!("ORANG NOMOR {at}"),
        format!("orang{at}@contoh.go.id"),
        "Email Baru".to_owned(),
        "ISSUE".to_owned(),
        noise(remark),
    ]
}

fn import(room: &Room, name: &str, people: usize) {
    let bytes = fs::metadata(room.path(name)).unwrap().len();
    let measured = measured(room.command(&import_arguments(name)));
    println!(
        "{name}: {:.1} MB, {people} people: {:.1} s, peak {} MiB\n{}",
        bytes as f64 / 1e6,
        measured.seconds,
        measured.peak,
        told(&measured.output)
    );
    assert!(bytes >= 100_000_000);
    assert!(told(&measured.output).contains(&format!("imported {people} people")));
}

#[test]
#[ignore = "long"]
fn a_hundred_megabytes() {
    let room = Room::new();
    let people = 700_000;
    let mut csv = HEADINGS.join(";");
    for at in 0..people {
        let _ = write!(csv, "\r\n{}", person(at, 90).join(";"));
    }
    room.write("besar.csv", &csv);
    drop(csv);
    import(&room, "besar.csv", people);

    let mut zip = ZipWriter::new(fs::File::create(room.path("besar.xlsx")).unwrap());
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
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
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.start_file(
        "xl/worksheets/sheet1.xml",
        SimpleFileOptions::default().large_file(true),
    )
    .unwrap();
    write!(zip, r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#).unwrap();
    let mut row = |number: usize, cells: &[String]| {
        let cells: String = cells
            .iter()
            .map(|cell| format!(r#"<c t="inlineStr"><is><t>{cell}</t></is></c>"#))
            .collect();
        write!(zip, r#"<row r="{number}">{cells}</row>"#).unwrap();
    };
    row(1, &HEADINGS.map(str::to_owned));
    for at in 0..people {
        row(at + 2, &person(at, 240));
    }
    write!(zip, "</sheetData></worksheet>").unwrap();
    zip.finish().unwrap();
    import(&room, "besar.xlsx", people);
}

/// An agency of the size of Jakarta's.
#[test]
#[ignore = "long"]
fn opening_a_snapshot() {
    let room = Room::new();
    let mut csv = HEADINGS.join(";");
    for at in 0..67_104 {
        let _ = write!(csv, "\n{}", person(at, 0).join(";"));
    }
    room.write("dki.csv", &csv);
    let output = room.run(&import_arguments("dki.csv"));
    assert!(output.status.success(), "{}", told(&output));
    let bytes = room.snapshot().len();
    let mut times: Vec<u128> = (0..9)
        .map(|_| {
            let start = Instant::now();
            drop(room.serve(&MANY));
            start.elapsed().as_millis()
        })
        .collect();
    times.sort_unstable();
    println!("67,104 people, {bytes} bytes: from start to listening {times:?} ms");
    assert!(times[4] < 1000, "{times:?}");
}
