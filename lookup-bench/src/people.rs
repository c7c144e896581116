//! Invented people, any number of them: the same number always gives the same person.
//!
//! Their numbers are valid in form and nobody's: NIP have no month of appointment (`00`), NIK no province (`99`).

use std::path::Path;

use anyhow::Context as _;
use rust_xlsxwriter::Workbook;

/// The domain of their addresses.
pub const DOMAIN: &str = "contoh.go.id";

/// The profile under which they are imported; `nrk_digit` leaves room for five million.
pub const PROFILE: &str = r#"
nama = "Daerah Contoh"
zona_waktu = "WIB"
[email]
domain = "contoh.go.id"
[periksa]
email = ["nip", "nrk", "nama"]
tte = ["email", "nik"]
nrk_digit = 8
"#;

/// So many of every roster bear [`SHARED_NAME`].
pub const NAMESAKES: u64 = 1000;

/// The name that [`NAMESAKES`] people bear.
pub const SHARED_NAME: &str = "NAMA YANG SAMA";

/// So many people can be told apart by NIP: years, months, days, sexes, serials.
pub const MOST: u64 = 40 * 12 * 28 * 2 * 1000;

/// Prime, and no divisor of [`MOST`]: neighbours in the roster have nothing in common.
const STEP: u64 = 7_368_787;

/// One of them.
pub struct Invented {
    pub nip: String,
    pub nik: String,
    pub nrk: String,
    pub name: String,
    pub address: String,
    pub mail: &'static str,
    pub tte: &'static str,
}

/// The NIP of number `at`; those from the roster's size to [`MOST`] are unknown to it.
pub fn nip(at: u64) -> String {
    let (date, sex, serial) = parts(at);
    let (year, month, day) = date;
    format!("{year}{month:02}{day:02}{}00{sex}{serial:03}", year + 23)
}

/// Birth date, sex, serial.
fn parts(at: u64) -> ((u64, u64, u64), u64, u64) {
    let mut rest = (at % MOST) * STEP % MOST;
    let mut digit = |base: u64| {
        let digit = rest % base;
        rest /= base;
        digit
    };
    let (serial, sex) = (digit(1000), digit(2) + 1);
    let (day, month, year) = (digit(28) + 1, digit(12) + 1, digit(40) + 1960);
    ((year, month, day), sex, serial)
}

/// The address of number `at`.
pub fn address(at: u64) -> String {
    let [first, second] = words(at);
    format!("{first}.{second}.{at}@{DOMAIN}")
}

/// Two words of three syllables that mean nothing.
fn words(at: u64) -> [String; 2] {
    const SYLLABLES: [&str; 16] = [
        "bo", "ca", "du", "fe", "go", "hi", "jo", "ku", "lo", "mi", "no", "pu", "ro", "tu", "wo",
        "yu",
    ];
    let mixed = mix(at);
    [0, 12].map(|from| {
        [0, 4, 8]
            .map(|shift| SYLLABLES[(mixed >> (from + shift) & 15) as usize])
            .concat()
    })
}

/// Scatters a number (splitmix64).
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Number `at` of a roster of `people`.
pub fn person(at: u64, people: u64) -> Invented {
    let ((year, month, day), sex, serial) = parts(at);
    let apart = (people / NAMESAKES).max(1);
    let name = if at.is_multiple_of(apart) && at / apart < NAMESAKES {
        SHARED_NAME.to_owned()
    } else {
        words(at).join(" ").to_uppercase()
    };
    let is_new = at.is_multiple_of(3);
    Invented {
        nip: nip(at),
        nik: format!(
            "990101{:02}{month:02}{:02}{serial:04}",
            day + 40 * (sex - 1),
            year % 100
        ),
        nrk: format!("{at:08}"),
        name,
        address: address(at),
        mail: if is_new {
            "Email Baru"
        } else {
            "Email Existing"
        },
        tte: if at.is_multiple_of(4) {
            "Pengguna tidak terdaftar"
        } else {
            "TTE Terbit"
        },
    }
}

const HEADINGS: [&str; 9] = [
    "PERANGKAT DAERAH",
    "NRK",
    "NIP",
    "NIK",
    "NAMA",
    "EMAIL",
    "STATUS EMAIL",
    "STATUS TTE",
    "Keterangan",
];

/// Writes a roster of `people`: a workbook where one sheet holds them (1,048,576 rows), else CSV.
pub fn write_roster(folder: &Path, people: u64) -> anyhow::Result<std::path::PathBuf> {
    let rows = (0..people).map(|at| {
        let person = person(at, people);
        let office = format!("DINAS {}", at % 40);
        (office, person)
    });
    if people < 1_048_576 {
        let path = folder.join(format!("roster-{people}.xlsx"));
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_row(0, 0, HEADINGS)?;
        for (row, (office, person)) in (1..).zip(rows) {
            sheet.write_row(row, 0, cells(&office, &person))?;
        }
        workbook.save(&path)?;
        Ok(path)
    } else {
        let path = folder.join(format!("roster-{people}.csv"));
        let mut writer = csv::WriterBuilder::new()
            .from_path(&path)
            .context("the roster")?;
        writer.write_record(HEADINGS)?;
        for (office, person) in rows {
            writer.write_record(cells(&office, &person))?;
        }
        writer.flush()?;
        Ok(path)
    }
}

fn cells<'a>(office: &'a str, person: &'a Invented) -> [&'a str; 9] {
    [
        office,
        &person.nrk,
        &person.nip,
        &person.nik,
        &person.name,
        &person.address,
        person.mail,
        person.tte,
        "Password Default",
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use model::identifier::{Nik, Nip};

    use super::*;

    #[test]
    fn numbers_are_valid_and_of_one_person_only() {
        let mut seen = HashSet::new();
        for at in (0..20_000).chain(MOST - 20_000..MOST) {
            let person = person(at, 20_000);
            assert!(Nip::parse(&person.nip).is_ok() && Nik::parse(&person.nik).is_ok());
            assert!(seen.insert(person.nip) && seen.insert(person.nik));
        }
    }

    #[test]
    fn a_thousand_share_a_name() {
        for people in [1000, 67_104] {
            let sharing = (0..people).filter(|&at| person(at, people).name == SHARED_NAME);
            assert_eq!(sharing.count() as u64, NAMESAKES);
        }
    }
}
