//! Importing, from outside: real workbooks and CSV files in, whole standard error out.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::{HEADINGS, Room, row, text, told};
use insta::assert_snapshot;

const GOOD: [[&str; 7]; 3] = [
    [
        "Badan",
        "000123",
        "JOKO BERANI",
        "joko@contoh.go.id",
        "Email Baru",
        "Pengguna tidak terdaftar",
        "- Password Default",
    ],
    [
        "Badan",
        "000124",
        "SITI MAKMUR",
        "siti@latihan.go.id",
        "Email Existing",
        "TTE Terbit",
        "",
    ],
    [
        "Biro",
        "",
        "TELADAN",
        "teladan@contoh.go.id",
        "Email Baru",
        "NO_CERTIFICATE",
        "RAHASIA-KETERANGAN",
    ],
];

#[test]
fn a_good_roster() {
    let room = Room::new();
    room.roster(&GOOD);
    assert_snapshot!(told(&room.import(&["--practice"])));
}

#[test]
fn everything_wrong_is_told_at_once() {
    let room = Room::new();
    room.workbook("roster.xlsx", "PNS Tahap 1", |sheet| {
        sheet.write(0, 0, "DATA AKUN EMAIL").unwrap();
        row(sheet, 2, &HEADINGS);
        row(
            sheet,
            3,
            &[
                "Badan",
                "000101",
                "SATU",
                "satu@contoh.go.id",
                "Email Baru",
                "TTE Terbit",
            ],
        );
        row(
            sheet,
            4,
            &[
                "Badan",
                "000102",
                "DUA",
                "dua@gmail.com",
                "Email Baru",
                "INVALID",
            ],
        );
        row(
            sheet,
            5,
            &[
                "Badan",
                "000101",
                "TIGA",
                "satu@contoh.go.id",
                "Email Baru",
                "TTE Terbit",
            ],
        );
        row(
            sheet,
            6,
            &["Badan", "", "EMPAT", "empat contoh.go.id", "Lama", ""],
        );
        row(sheet, 7, &["Badan", "00A105", "5", "", "", "TTE Terbit"]);
        row(
            sheet,
            8,
            &[
                "Badan",
                "",
                "ENAM",
                "enam@contoh.go.id",
                "Email Baru",
                "TTE Terbit",
            ],
        );
        sheet.write_number(8, 1, 123).unwrap();
        row(
            sheet,
            9,
            &[
                "Badan",
                "",
                "TUJUH",
                "tujuh@contoh.go.id",
                "Email Baru",
                "TTE Terbit",
            ],
        );
        sheet.write_number(9, 1, 123_456.5).unwrap();
        row(
            sheet,
            10,
            &["Badan", "000108", "DELAPAN", "", "Email Baru", "TTE Terbit"],
        );
        sheet.write_boolean(10, 3, true).unwrap();
    });
    room.workbook("identitas.xlsx", "Identitas", |sheet| {
        row(sheet, 0, &["NIK", "NRK", "NIP"]);
        row(sheet, 1, &["", "000101", "198001312005011999"]);
        sheet
            .write_number(1, 0, 9_901_013_101_809_999_i64 as f64)
            .unwrap();
        row(sheet, 2, &["990101310180999", "000102", "470012345"]);
        row(
            sheet,
            3,
            &["9901013101809998", "000999", "198001312005011998"],
        );
        row(sheet, 4, &["9901013101809997", "", "198001312005011997"]);
        row(
            sheet,
            5,
            &["9901013101809996", "000108", "198002312005011996"],
        );
        row(sheet, 6, &["9901013101809996", "000101", "1,98001E+17"]);
    });
    let output = room.import(&["--identitas", "identitas.xlsx"]);
    assert_snapshot!(told(&output));
    assert!(
        !room.path("data.sqlite").exists() && !room.path("kunci").exists(),
        "nothing was made"
    );
    for personal in ["@contoh", "gmail", "0001", "9901", "1980", "4700", "SATU"] {
        assert!(!text(&output.stderr).contains(personal), "{personal}");
    }
}

#[test]
fn bad_rows_are_left_out_when_told_so() {
    let room = Room::new();
    let mut people = GOOD.to_vec();
    people.push([
        "Biro",
        "000125",
        "LAIN",
        "lain@gmail.com",
        "Email Baru",
        "TTE Terbit",
        "",
    ]);
    people.push([
        "Biro",
        "000126",
        "KEMBAR",
        "siti@latihan.go.id",
        "Email Baru",
        "TTE Terbit",
        "",
    ]);
    room.roster(&people);
    assert_snapshot!(told(&room.import(&["--skip-bad"])));
    let server = room.serve(&[]);
    assert!(
        server
            .ask("email", r#"{"nrk":"000123"}"#)
            .told()
            .contains("joko@contoh.go.id")
    );
    for left_out in ["000124", "000125", "000126"] {
        assert!(
            server
                .ask("email", &format!(r#"{{"nrk":"{left_out}"}}"#))
                .told()
                .contains(r#""accounts":[]"#)
        );
    }
}

#[test]
fn missing_columns_cannot_be_left_out() {
    let room = Room::new();
    room.workbook("roster.xlsx", "PNS", |sheet| {
        row(sheet, 0, &["NAMA", "STATUS", "NRK", "NRK"]);
        row(sheet, 1, &["JOKO BERANI", "Email Baru", "000123", "000123"]);
    });
    room.write(
        "identitas.csv",
        "NIP;NIK\n198001312005011999;9901013101809999\n",
    );
    assert_snapshot!(told(&room.import(&[
        "--identitas",
        "identitas.csv",
        "--skip-bad"
    ])));
}

#[test]
fn a_look_up_without_its_column_is_not_offered() {
    let room = Room::new();
    room.write("roster.csv", "EMAIL,STATUS TTE\njoko@contoh.go.id,ISSUE\n");
    assert_snapshot!(told(&room.import_from("roster.csv", &[])));
    let server = room.serve(&[]);
    let info = server.get("/api/v1/info").told();
    assert!(
        info.contains(r#""email_by":[],"tte_by":["email"]"#),
        "{info}"
    );
    assert!(
        server
            .ask("email", r#"{"nrk":"000123"}"#)
            .told()
            .starts_with(r#"422 {"code":"not_offered""#)
    );
    assert_eq!(
        server.ask("tte", r#"{"email":"joko@contoh.go.id"}"#).told(),
        r#"200 {"status":"ISSUE"}"#
    );
}

#[test]
fn files_that_are_no_table() {
    let room = Room::new();
    room.write(
        "mac.csv",
        b"NRK,NAMA,EMAIL\n000123,JOS\x83,jose@contoh.go.id\n",
    );
    room.write("utf16.csv", b"\xff\xfeN\0R\0K\0");
    room.write("kosong.csv", "");
    room.write("tanpa-tanda.csv", "NRK,EMAIL\n1,a\n".replace("", "\0"));
    room.write("folder/isi", "");
    room.write("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    room.write("rusak.xlsx", b"PK\x03\x04 and no more");
    room.write("tanpa-kepala.csv", "000123,JOKO BERANI,joko@contoh.go.id\n");
    room.write("tanpa-orang.csv", "NRK,NAMA,EMAIL,STATUS EMAIL\n,,,\n");
    let names = [
        "tiada.xlsx",
        "mac.csv",
        "utf16.csv",
        "tanpa-tanda.csv",
        "folder",
        "kosong.csv",
        "old.xls",
        "rusak.xlsx",
        "tanpa-kepala.csv",
        "tanpa-orang.csv",
    ];
    let all: Vec<String> = names
        .map(|name| told(&room.import_from(name, &[])))
        .to_vec();
    assert_snapshot!(all.join("\n"));
}

#[test]
fn spreadsheets_as_people_make_them() {
    let room = Room::new();
    room.workbook("roster.xlsx", "Lembar1", |sheet| {
        sheet
            .merge_range(
                0,
                0,
                1,
                6,
                "DATA AKUN EMAIL PNS\nDAN STATUS TTE",
                &Default::default(),
            )
            .unwrap();
        row(
            sheet,
            4,
            &[
                "No",
                " Status\nTTE ",
                "Nama ",
                "E-Mail",
                "keterangan",
                "nrk",
                "status  email",
            ],
        );
        row(
            sheet,
            5,
            &[
                "1",
                " tte TERBIT ",
                "Drs. Joko  Berani, M.Si.",
                " Joko@Contoh.go.id\u{a0}",
                "x",
                "",
                "email baru",
            ],
        );
        sheet.write_number(5, 5, 123_456).unwrap();
        // An empty row, one with a remark only, the header once more, and statuses merged over two rows.
        row(sheet, 7, &["", "", "", "", "sisa"]);
        row(
            sheet,
            8,
            &[
                "No",
                "STATUS TTE",
                "NAMA",
                "EMAIL",
                "Keterangan",
                "NRK",
                "STATUS EMAIL",
            ],
        );
        row(
            sheet,
            9,
            &[
                "2",
                "",
                "Siti Makmur",
                "siti@contoh.go.id",
                "",
                "000.124",
                "EMAIL EXISTING",
            ],
        );
        row(
            sheet,
            10,
            &[
                "3",
                "",
                "Teladan",
                "teladan@contoh.go.id",
                "",
                "-",
                "Email  Existing",
            ],
        );
        sheet
            .merge_range(9, 1, 10, 1, "WAITING_FOR_VERIFICATION", &Default::default())
            .unwrap();
    });
    assert_snapshot!(told(&room.import(&[])));
    let server = room.serve(&[]);
    let nama = |name: &str| {
        server
            .ask("email", &format!(r#"{{"nama":"{name}"}}"#))
            .told()
    };
    assert_eq!(
        nama("JOKO BERANI"),
        r#"200 {"accounts":[{"address":"j•••o@contoh.go.id","status":"new"}],"more":false}"#
    );
    assert_eq!(
        nama("joko"),
        r#"200 {"accounts":[],"more":false}"#,
        "the full name only"
    );
    assert_eq!(
        server.ask("email", r#"{"nrk":"123456"}"#).told(),
        r#"200 {"accounts":[{"address":"joko@contoh.go.id","status":"new"}],"more":false}"#
    );
    for address in ["siti@contoh.go.id", "teladan@contoh.go.id"] {
        let told = server
            .ask("tte", &format!(r#"{{"email":"{address}"}}"#))
            .told();
        assert_eq!(told, r#"200 {"status":"WAITING_FOR_VERIFICATION"}"#);
    }
}

#[test]
fn where_every_row_is_bad_it_says_why() {
    let room = Room::new();
    room.roster(&[
        ["Badan", "000123", "JOKO", "joko", "Email Baru", "NEW", ""],
        [
            "Badan",
            "000124",
            "SITI",
            "siti@contoh.go.id",
            "Email Lama",
            "NEW",
            "",
        ],
    ]);
    let output = room.import(&["--skip-bad"]);
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(told(&output));
}

#[test]
fn a_lone_quotation_mark_swallows_nobody() {
    let header = "PERANGKAT DAERAH,NRK,NAMA,EMAIL,STATUS EMAIL,STATUS TTE,Keterangan\n";
    let person = |nrk: u32, name: &str, remark: &str| {
        format!("Badan,{nrk},{name},orang{nrk}@contoh.go.id,Email Baru,NEW,{remark}\n")
    };
    let many: String = (100_000..100_400)
        .map(|nrk| person(nrk, "ORANG", ""))
        .collect();
    let room = Room::new();
    for (name, spoilt) in [
        ("nama.csv", person(100_500, "\"ORANG", "")),
        (
            "keterangan.csv",
            person(100_500, "ORANG", "\"- Password Default"),
        ),
    ] {
        room.write(name, format!("{header}{spoilt}{many}"));
        let output = room.import_from(name, &["--skip-bad"]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        assert!(
            told(&output).contains("the cell that begins on line 2 runs over several lines"),
            "{}",
            told(&output)
        );
    }
}

#[test]
fn csv_as_people_make_it() {
    let header = "PERANGKAT DAERAH;NRK;NAMA;EMAIL;STATUS EMAIL;STATUS TTE;Keterangan\r\n";
    let people = "Badan;000123;\"BERANI; JOKO\";joko@contoh.go.id;Email Baru;NEW;\"- Password Default\r\n- Proses\"\r\n;;;;;;\r\n";
    let room = Room::new();
    for (name, separator) in [
        ("titik-koma.csv", ";"),
        ("koma.csv", ","),
        ("tab.csv", "\t"),
    ] {
        let content = format!("\u{feff}DATA AKUN\r\n{header}{people}")
            .replace("\"BERANI; JOKO\"", "JOKO BERANI")
            .replace(';', separator);
        room.write(name, content);
        let output = room.import_from(name, &[]);
        assert!(
            text(&output.stdout).starts_with("imported 1 person "),
            "{name}: {}",
            told(&output)
        );
    }
    // Places count lines of the file.
    room.write(
        "salah.csv",
        format!("{header}{people}Biro;12;X;x@contoh.go.id;Email Baru;NEW;\r\n"),
    );
    assert_snapshot!(told(&room.import_from("salah.csv", &[])));
}

/// Excel's "Unicode Text", and its "CSV" of western languages.
#[test]
fn csv_in_other_encodings() {
    let rows = "NRK;NAMA;EMAIL;STATUS EMAIL\r\n000123;JOSÉ MA’RUF;jose@contoh.go.id;Email Baru\n";
    let windows: Vec<u8> = (rows.chars())
        .map(|c| match c {
            'É' => 0xc9,
            '’' => 0x92,
            c => u8::try_from(c).unwrap(),
        })
        .collect();
    let unicode: Vec<u8> = (rows.replace(';', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let room = Room::new();
    let mut all = String::new();
    for (name, bytes) in [
        ("windows.csv", windows),
        ("unicode.txt", [&b"\xff\xfe"[..], &unicode].concat()),
    ] {
        room.write(name, bytes);
        all += &told(&room.import_from(name, &[]));
        let server = room.serve(&[]);
        let answer = server.ask("email", r#"{"nama":"José Ma’ruf"}"#).told();
        assert!(answer.contains(r#""status":"new""#), "{name}: {answer}");
    }
    assert_snapshot!(all);
}

#[test]
fn several_sheets_are_one_roster() {
    let room = Room::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, person) in [("Badan", GOOD[0]), ("Biro", GOOD[1])] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        row(sheet, 0, &HEADINGS);
        row(sheet, 1, &person);
    }
    row(
        workbook.add_worksheet().set_name("Petunjuk").unwrap(),
        0,
        &["Isi lembar Badan dan Biro."],
    );
    let twice = workbook.add_worksheet().set_name("Susulan").unwrap();
    row(twice, 0, &HEADINGS);
    row(
        twice,
        1,
        &[
            "Badan",
            "",
            "LAIN",
            "joko@contoh.go.id",
            "Email Baru",
            "NEW",
        ],
    );
    workbook.save(room.path("roster.xlsx")).unwrap();
    assert_snapshot!(told(&room.import(&[])));
}

#[test]
fn nothing_personal_is_in_the_snapshot_but_addresses() {
    let room = Room::new();
    room.roster(&GOOD);
    room.write(
        "identitas.csv",
        "NRK,NIP,NIK\n000123,198001312005011999,9901013101809999\n000124,,\n",
    );
    room.imported(&["--identitas", "identitas.csv"]);
    let bytes = text(&room.snapshot());
    for absent in [
        "000123",
        "198001312005011999",
        "9901013101809999",
        "JOKO BERANI",
        "Joko",
        "Password",
        "RAHASIA",
        "Keterangan",
        "Badan",
    ] {
        assert!(!bytes.contains(absent), "{absent}");
    }
    assert!(bytes.contains("joko@contoh.go.id"));
    let mode = |name: &str| fs::metadata(room.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("kunci"), mode("data.sqlite")), (0o600, 0o600));
}

#[test]
fn the_key_is_never_replaced_and_must_be_private() {
    let room = Room::new();
    room.roster(&GOOD);
    room.imported(&[]);
    let key = fs::read(room.path("kunci")).unwrap();
    room.imported(&[]);
    assert_eq!(fs::read(room.path("kunci")).unwrap(), key);
    fs::set_permissions(room.path("kunci"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_snapshot!(told(&room.import(&[])));
}

#[test]
fn equal_tables_make_equal_snapshots() {
    let room = Room::new();
    room.roster(&GOOD);
    room.imported(&[]);
    let first = room.snapshot();
    room.imported(&[]);
    assert!(first == room.snapshot());
}

#[test]
fn profiles_with_mistakes() {
    let room = Room::new();
    room.roster(&GOOD);
    let wrong = "zona_waktu = \"GMT\"\n[email]\ndomain = \"https://contoh.go.id\"\n[periksa]\nemail = [\"nip\"]\nnrk_digit = 40\n\
                 [periksa.jam]\nhari = [\"senen\"]\nbuka = \"8\"\ntutup = \"07.00\"\nintranet = [\"10.0.0.0/99\"]\n";
    room.write("contoh/instansi.toml", wrong);
    let facts = told(&room.import(&[]));
    room.write("contoh/instansi.toml", PROFILE_WITH_UNKNOWN_LOOK_UP);
    assert_snapshot!(format!("{facts}\n{}", told(&room.import(&[]))));
}

const PROFILE_WITH_UNKNOWN_LOOK_UP: &str =
    "zona_waktu = \"WIB\"\n[email]\ndomain = \"contoh.go.id\"\n[periksa]\nemail = [\"nipp\"]\n";
