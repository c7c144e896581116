//! Makes the practice roster in `content/contoh/`: `cargo run --release -p lookup --example sample-roster`.
//!
//! Everybody in it is invented. The numbers pass every check and belong to nobody: NIPs end in 999 or less
//! common serials counted down from there, NIKs begin with 99, which is no province.

use std::path::Path;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

const PNS: &str = "200501";
const P3K: &str = "202321";

/// One invented person.
struct Person {
    department: &'static str,
    name: &'static str,
    mailbox: &'static str,
    is_new: bool,
    tte: &'static str,
    born: &'static str,
    appointed: &'static str,
    sex: u8,
    has_identity: bool,
}

const fn person(
    department: &'static str,
    name: &'static str,
    mailbox: &'static str,
    is_new: bool,
    tte: &'static str,
    born: &'static str,
    sex: u8,
) -> Person {
    Person {
        department,
        name,
        mailbox,
        is_new,
        tte,
        born,
        appointed: PNS,
        sex,
        has_identity: true,
    }
}

const INSPEKTORAT: &str = "INSPEKTORAT";
const DPRD: &str = "SEKRETARIAT DPRD";
const BADAN: &str = "BADAN LATIHAN DAERAH";
const BIRO: &str = "BIRO LATIHAN";
const TERBIT: &str = "TTE Terbit";
const TIDAK_TERDAFTAR: &str = "Pengguna tidak terdaftar";

/// Every status of mailbox and certificate, one name borne by three, one by seven, one of a single word.
const PEOPLE: [Person; 30] = [
    Person {
        appointed: P3K,
        ..person(
            BADAN,
            "JOKO BERANI",
            "jokoberani.p3k",
            false,
            TERBIT,
            "19900228",
            1,
        )
    },
    person(
        INSPEKTORAT,
        "MELATI SENYUM",
        "melatisenyum",
        true,
        "NEW",
        "19880417",
        2,
    ),
    person(
        INSPEKTORAT,
        "BINTANG RAJIN, S.Kom.",
        "bintangrajin",
        true,
        "NO_CERTIFICATE",
        "19850912",
        1,
    ),
    person(
        INSPEKTORAT,
        "Drs. GUNUNG SABAR, M.Si.",
        "gunungsabar",
        false,
        "WAITING_FOR_VERIFICATION",
        "19720305",
        1,
    ),
    person(
        INSPEKTORAT,
        "Hj. MENTARI TENANG",
        "mentaritenang",
        false,
        "RENEW",
        "19751121",
        2,
    ),
    person(
        INSPEKTORAT,
        "ANGIN RAMAH",
        "anginramah",
        false,
        "EXPIRED",
        "19800131",
        1,
    ),
    person(
        DPRD,
        "SAMUDRA JUJUR",
        "samudrajujur",
        false,
        "REVOKE",
        "19830708",
        1,
    ),
    person(
        DPRD,
        "PELANGI LUWES",
        "pelangiluwes",
        false,
        "SUSPEND",
        "19910614",
        2,
    ),
    person(
        DPRD,
        "TELADAN",
        "teladan",
        true,
        TIDAK_TERDAFTAR,
        "19931010",
        1,
    ),
    person(
        DPRD,
        "SITI MAKMUR",
        "sitimakmur",
        false,
        TERBIT,
        "19790809",
        2,
    ),
    person(
        BADAN,
        "SITI MAKMUR, S.E.",
        "sitimakmur2",
        true,
        TIDAK_TERDAFTAR,
        "19860223",
        2,
    ),
    person(
        BIRO,
        "Dr. SITI MAKMUR",
        "sitimakmur3",
        true,
        "NEW",
        "19941205",
        2,
    ),
    person(
        INSPEKTORAT,
        "BUDI CERIA",
        "budiceria",
        false,
        TERBIT,
        "19700101",
        1,
    ),
    person(
        DPRD,
        "BUDI CERIA",
        "budiceria2",
        true,
        TIDAK_TERDAFTAR,
        "19740202",
        1,
    ),
    person(
        BADAN,
        "BUDI CERIA, S.T.",
        "budiceria3",
        true,
        "NEW",
        "19780303",
        1,
    ),
    person(
        BADAN,
        "H. BUDI CERIA",
        "budiceria4",
        false,
        "EXPIRED",
        "19820404",
        1,
    ),
    person(
        BIRO,
        "BUDI CERIA",
        "budiceria5",
        true,
        "NO_CERTIFICATE",
        "19860505",
        1,
    ),
    person(
        BIRO,
        "BUDI CERIA, M.M.",
        "budiceria6",
        true,
        TIDAK_TERDAFTAR,
        "19900606",
        1,
    ),
    Person {
        has_identity: false,
        ..person(
            BIRO,
            "BUDI CERIA",
            "budiceria7",
            true,
            TIDAK_TERDAFTAR,
            "19940707",
            1,
        )
    },
    person(
        BADAN,
        "AWAN LINCAH",
        "awanlincah",
        true,
        TIDAK_TERDAFTAR,
        "19870818",
        1,
    ),
    person(
        BADAN,
        "NUR'AINI SANTUN",
        "nurainisantun",
        true,
        "NEW",
        "19890919",
        2,
    ),
    person(
        BADAN,
        "DAHLIA CERDAS, A.Md.",
        "dahliacerdas",
        true,
        TIDAK_TERDAFTAR,
        "19951020",
        2,
    ),
    person(
        BADAN,
        "KARANG TEGUH",
        "karangteguh",
        false,
        TERBIT,
        "19771122",
        1,
    ),
    person(
        BADAN,
        "M. EMBUN SEGAR",
        "embunsegar",
        false,
        TERBIT,
        "19811224",
        1,
    ),
    person(
        BIRO,
        "KENANGA ULET",
        "kenangaulet",
        true,
        "WAITING_FOR_VERIFICATION",
        "19920126",
        2,
    ),
    person(
        BIRO,
        "RIMBA TELITI, S.H., M.H.",
        "rimbateliti",
        false,
        TERBIT,
        "19730227",
        1,
    ),
    person(
        BIRO,
        "CAHAYA TERTIB",
        "cahayatertib",
        true,
        TIDAK_TERDAFTAR,
        "19960328",
        2,
    ),
    person(
        BIRO,
        "ir. LEMBAH SIGAP",
        "lembahsigap",
        false,
        "RENEW",
        "19690429",
        1,
    ),
    Person {
        appointed: P3K,
        ..person(
            DPRD,
            "SEKAR GEMBIRA",
            "sekargembira.p3k",
            true,
            "NO_CERTIFICATE",
            "19970530",
            2,
        )
    },
    Person {
        appointed: P3K,
        ..person(
            INSPEKTORAT,
            "OMBAK RAPI",
            "ombakrapi.p3k",
            true,
            TIDAK_TERDAFTAR,
            "19980630",
            1,
        )
    },
];

fn main() -> Result<(), XlsxError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/contoh");
    roster()?.save(folder.join("roster-latihan.xlsx"))?;
    identity()?.save(folder.join("identitas-latihan.xlsx"))
}

fn roster() -> Result<Workbook, XlsxError> {
    let mut workbook = workbook("Roster latihan")?;
    let sheet = workbook.add_worksheet().set_name("DATA AKUN")?;
    let headings = [
        "PERANGKAT DAERAH",
        "NRK",
        "NAMA",
        "EMAIL",
        "STATUS EMAIL",
        "STATUS TTE",
        "Keterangan",
    ];
    let title = Format::new().set_bold().set_align(FormatAlign::Center);
    sheet.merge_range(0, 0, 0, 6, "DATA AKUN EMAIL PNS DAN STATUS TTE", &title)?;
    sheet.merge_range(
        1,
        0,
        1,
        6,
        "DATA LATIHAN: semua orang di sini rekaan",
        &title,
    )?;
    write_row(sheet, 3, &headings, &heading())?;
    for (row, (at, person)) in (4..).zip(PEOPLE.iter().enumerate()) {
        let address = format!("{}@jakarta.go.id", person.mailbox);
        let status = if person.is_new {
            "Email Baru"
        } else {
            "Email Existing"
        };
        let remark = if person.is_new {
            "- Password Default\n- Proses Penerbitan TTE"
        } else {
            ""
        };
        let cells = [
            person.department,
            &nrk(at),
            person.name,
            &address,
            status,
            person.tte,
            remark,
        ];
        write_row(sheet, row, &cells, &text_cell())?;
    }
    for (column, width) in (0..).zip([24, 9, 28, 34, 15, 28, 26]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(4, 0)?;
    Ok(workbook)
}

fn identity() -> Result<Workbook, XlsxError> {
    let mut workbook = workbook("Identitas latihan")?;
    let sheet = workbook.add_worksheet().set_name("IDENTITAS")?;
    sheet.write_with_format(
        0,
        0,
        "DATA LATIHAN: nomor rekaan, bukan milik siapa pun",
        &Format::new().set_bold(),
    )?;
    write_row(sheet, 2, &["NRK", "NIP", "NIK"], &heading())?;
    let known = PEOPLE
        .iter()
        .enumerate()
        .filter(|(_, person)| person.has_identity);
    for (row, (at, person)) in (3..).zip(known) {
        write_row(
            sheet,
            row,
            &[&nrk(at), &nip(at, person), &nik(at, person)],
            &text_cell(),
        )?;
    }
    for (column, width) in (0..).zip([9, 22, 20]) {
        sheet.set_column_width(column, width)?;
    }
    Ok(workbook)
}

/// A workbook without the date of its making, so that each making gives the same bytes.
fn workbook(title: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2025, 10, 22)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_comment("Data rekaan")
            .set_creation_datetime(&made),
    );
    Ok(workbook)
}

fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::Center)
}

/// Cells formatted as text (`@`), which keeps every digit of a number typed into them.
fn text_cell() -> Format {
    Format::new()
        .set_num_format("@")
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
}

fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[&str],
    format: &Format,
) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(cells) {
        sheet.write_string_with_format(row, column, *cell, format)?;
    }
    Ok(())
}

fn nrk(at: usize) -> String {
    format!("{:06}", 990_001 + at)
}

/// Birth date, appointment, sex, and a serial counted down from 999.
fn nip(at: usize, person: &Person) -> String {
    format!(
        "{}{}{}{:03}",
        person.born,
        person.appointed,
        person.sex,
        999 - at
    )
}

/// A province that does not exist, birth date (women's day plus 40), serial.
fn nik(at: usize, person: &Person) -> String {
    let (year, month, day) = (&person.born[2..4], &person.born[4..6], &person.born[6..8]);
    let day = day.parse::<u8>().unwrap_or(1) + if person.sex == 2 { 40 } else { 0 };
    format!("990101{day:02}{month}{year}{:04}", 9999 - at)
}
