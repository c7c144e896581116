//! By what a person is looked up, and what must be typed for it.

use leptos::web_sys::Element;
use model::{
    identifier::{
        EmailAddress, EmailError, Nik, Nik4, Nik4Error, NikError, Nip, NipError, Nrk, NrkError,
    },
    lookup::{EmailBy, FACT_KEY, Info, SecondFact, TteBy},
};

use super::Settings;

/// By what a person is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// NIP.
    Nip,
    /// NRK.
    Nrk,
    /// Full name.
    Nama,
    /// Official mail address.
    Email,
    /// NIK.
    Nik,
    /// The last four digits of the NIK; only ever as a second fact.
    Nik4,
}

/// What is sent: one identifier, normalised, and perhaps a second fact. It is a `model::lookup::EmailQuery` or
/// `TteQuery`, with the fact.
pub struct Query {
    way: Way,
    value: String,
    fact: Option<String>,
}

impl Query {
    /// Of what [`Way::read`] made of the fields.
    pub const fn new(way: Way, value: String, fact: Option<String>) -> Self {
        Self { way, value, fact }
    }

    /// The route that takes it.
    pub const fn route(&self) -> &'static str {
        match self.way {
            Way::Nip | Way::Nrk | Way::Nama => "email",
            Way::Email | Way::Nik | Way::Nik4 => "tte",
        }
    }

    /// Its keys and values.
    pub fn parts(&self) -> Vec<(&str, &str)> {
        let mut parts = vec![(self.way.value(), self.value.as_str())];
        if let Some(fact) = &self.fact {
            parts.push((FACT_KEY, fact));
        }
        parts
    }
}

impl Way {
    /// Every way, and what is asked for besides.
    pub const ALL: [Self; 6] = [
        Self::Nip,
        Self::Nrk,
        Self::Nama,
        Self::Email,
        Self::Nik,
        Self::Nik4,
    ];

    /// Its word in profiles and in the form: `nip`.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Nip => "nip",
            Self::Nrk => "nrk",
            Self::Nama => "nama",
            Self::Email => "email",
            Self::Nik => "nik",
            Self::Nik4 => "nik4",
        }
    }

    /// The way of that word.
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.value() == value)
    }

    /// The way that is asked by the same number as a second fact is.
    pub const fn of_fact(fact: SecondFact) -> Self {
        match fact {
            SecondFact::Nip => Self::Nip,
            SecondFact::Nrk => Self::Nrk,
            SecondFact::Nik4 => Self::Nik4,
        }
    }

    /// Whether the form in `root` has it chosen.
    pub fn is_checked_in(self, root: &Element) -> bool {
        let selector = ["input[value=\"", self.value(), "\"]:checked"].concat();
        matches!(root.query_selector(&selector), Ok(Some(_)))
    }

    /// Name of the field.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nip => "NIP",
            Self::Nrk => "NRK",
            Self::Nama => "Nama lengkap",
            Self::Email => "Alamat email dinas",
            Self::Nik => "NIK",
            Self::Nik4 => "4 angka terakhir NIK",
        }
    }

    /// Which keyboard a phone shows.
    pub const fn input_mode(self) -> &'static str {
        match self {
            Self::Nama => "text",
            Self::Email => "email",
            Self::Nip | Self::Nrk | Self::Nik | Self::Nik4 => "numeric",
        }
    }

    /// What to type, said below the name of the field.
    pub fn hint(self, settings: &Settings) -> String {
        match self {
            Self::Nip => "Nomor pegawai 18 angka. Spasi boleh ikut.".into(),
            Self::Nrk => [
                "Nomor pegawai ",
                &settings.nrk.digits().to_string(),
                " angka dari instansi Anda.",
            ]
            .concat(),
            Self::Nama => "Tanpa gelar, seperti di SK Anda.".into(),
            Self::Email if settings.example.is_empty() => "Alamat lengkap, dengan @.".into(),
            Self::Email => ["Contoh: ", &settings.example].concat(),
            Self::Nik => "Nomor 16 angka di KTP Anda. Spasi boleh ikut.".into(),
            Self::Nik4 => "NIK tertulis di bagian atas KTP. Isi 4 angka paling belakang.".into(),
        }
    }

    /// Whether the roster can be searched by it.
    pub fn is_offered(self, info: &Info) -> bool {
        match self {
            Self::Nip => info.email_by.contains(&EmailBy::Nip),
            Self::Nrk => info.email_by.contains(&EmailBy::Nrk),
            Self::Nama => info.email_by.contains(&EmailBy::Nama),
            Self::Email => info.tte_by.contains(&TteBy::Email),
            Self::Nik => info.tte_by.contains(&TteBy::Nik),
            Self::Nik4 => false,
        }
    }

    /// Reads what was typed.
    ///
    /// # Errors
    /// What is wrong and how to mend it, in Indonesian. Never repeats what was typed.
    pub fn read(self, typed: &str, settings: &Settings) -> Result<String, String> {
        match self {
            Self::Nip => match Nip::parse(typed) {
                Ok(nip) => Ok(nip.as_str().into()),
                Err(error) => Err(match error {
                    NipError::Empty => "Isi NIP Anda.".into(),
                    NipError::NotDigits => only_digits("NIP"),
                    NipError::Old => "Itu NIP lama (9 angka). Isi NIP baru, 18 angka.".into(),
                    NipError::Length { found } => wrong_length("NIP", 18, found),
                    NipError::BirthDate => {
                        "Periksa lagi NIP Anda. Delapan angka pertamanya bukan tanggal lahir (tahun, bulan, hari).".into()
                    }
                    NipError::Sex => "Periksa lagi NIP Anda. Angka ke-15 harus 1 atau 2.".into(),
                }),
            },
            Self::Nrk => match Nrk::parse(typed, settings.nrk) {
                Ok(nrk) => Ok(nrk.as_str().into()),
                Err(error) => Err(match error {
                    NrkError::Empty => "Isi NRK Anda.".into(),
                    NrkError::NotDigits => only_digits("NRK"),
                    NrkError::Length { found, expected } => wrong_length("NRK", expected, found),
                }),
            },
            Self::Nama => read_name(typed),
            Self::Email => match EmailAddress::parse(typed, &settings.domains) {
                Ok(address) => Ok(address.as_str().into()),
                Err(error) => Err(match error {
                    EmailError::Empty => "Isi alamat email dinas Anda.".into(),
                    EmailError::MissingAt => {
                        ["Tulis alamat lengkap, dengan @", &settings.domains.join(" atau @"), "."].concat()
                    }
                    EmailError::SeveralAt => "Hapus tanda @ yang berlebih; satu saja.".into(),
                    EmailError::Space => "Hapus spasi di dalam alamat email.".into(),
                    EmailError::LocalPart => {
                        "Periksa bagian sebelum @. Ada huruf atau tanda yang tidak mungkin di situ.".into()
                    }
                    EmailError::ForeignDomain => {
                        ["Pakai alamat dinas, yang berakhiran @", &settings.domains.join(" atau @"), "."].concat()
                    }
                }),
            },
            Self::Nik => match Nik::parse(typed) {
                Ok(nik) => Ok(nik.as_str().into()),
                Err(error) => Err(match error {
                    NikError::Empty => "Isi NIK Anda.".into(),
                    NikError::NotDigits => only_digits("NIK"),
                    NikError::Length { found } => wrong_length("NIK", 16, found),
                }),
            },
            Self::Nik4 => match Nik4::parse(typed) {
                Ok(digits) => Ok(digits.as_str().into()),
                Err(error) => Err(match error {
                    Nik4Error::Empty => "Isi 4 angka terakhir NIK Anda.".into(),
                    Nik4Error::NotDigits => only_digits(self.label()),
                    Nik4Error::Length { found } => wrong_length(self.label(), 4, found),
                }),
            },
        }
    }
}

/// The look-up compares names itself; its table of Unicode would double this program's size. Here a
/// name need only be one.
fn read_name(typed: &str) -> Result<String, String> {
    /// The look-up reads no longer name.
    const LONGEST: usize = 120;
    let name = typed.trim();
    if name.is_empty() {
        Err("Isi nama lengkap Anda.".into())
    } else if !name.chars().any(char::is_alphabetic) {
        Err("Isi nama dengan huruf, bukan angka.".into())
    } else if name.chars().count() > LONGEST {
        Err("Nama terlalu panjang. Isi nama lengkap saja, tanpa gelar.".into())
    } else {
        Ok(name.into())
    }
}

fn only_digits(name: &str) -> String {
    ["Isi ", name, " dengan angka saja."].concat()
}

fn wrong_length(name: &str, expected: usize, found: usize) -> String {
    [
        name,
        " harus ",
        &expected.to_string(),
        " angka. Yang Anda isi ",
        &found.to_string(),
        " angka.",
    ]
    .concat()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use model::identifier::NrkFormat;
    use model::lookup::{EmailQuery, TteQuery, WithFact};

    use super::*;
    use crate::look_up::Subject;

    fn settings() -> Settings {
        Settings {
            subject: Subject::Email,
            api: "api/v1/".into(),
            ways: Way::ALL.to_vec(),
            fact: None,
            domains: vec!["jakarta.go.id".into()],
            nrk: NrkFormat::new(6).unwrap(),
            example: "joni@jakarta.go.id".into(),
            desk_name: "Layanan TIK".into(),
            desk_url: "https://example.go.id/".into(),
        }
    }

    fn mistake(way: Way, typed: &str) -> String {
        way.read(typed, &settings()).err().unwrap_or_default()
    }

    /// What the island sends by hand is what the look-up reads by type.
    #[test]
    fn a_query_is_what_the_look_up_reads() {
        for (way, typed, sent) in [
            (
                Way::Nip,
                "19800229 200501 1 999",
                "{\"nip\":\"198002292005011999\"}",
            ),
            (Way::Nrk, "012.345", "{\"nrk\":\"012345\"}"),
            (Way::Nama, " joko berani ", "{\"nama\":\"joko berani\"}"),
            (
                Way::Email,
                "Joni@Jakarta.go.id ",
                "{\"email\":\"joni@jakarta.go.id\"}",
            ),
            (
                Way::Nik,
                "9971-0102-0380-0001",
                "{\"nik\":\"9971010203800001\"}",
            ),
        ] {
            let value = way.read(typed, &settings()).unwrap();
            let query = Query::new(way, value.clone(), None);
            let object = |query: &Query| {
                let entries = query
                    .parts()
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value.into()));
                serde_json::Value::Object(entries.collect()).to_string()
            };
            assert_eq!(object(&query), sent);
            let fact = Way::Nik4.read(" 00-01 ", &settings()).unwrap();
            let query = Query::new(way, value, Some(fact));
            let with_fact = object(&query);
            let (read, fact) = match query.route() {
                "email" => {
                    let read: WithFact<EmailQuery> = serde_json::from_str(&with_fact).unwrap();
                    (serde_json::to_string(&read.query), read.fact)
                }
                route => {
                    assert_eq!(route, "tte");
                    let read: WithFact<TteQuery> = serde_json::from_str(&with_fact).unwrap();
                    (serde_json::to_string(&read.query), read.fact)
                }
            };
            assert_eq!(read.unwrap(), sent);
            assert_eq!(fact, query.fact);
        }
    }

    #[test]
    fn every_mistake_says_how_to_mend_it_and_repeats_nothing() {
        let long = "a".repeat(121);
        let said: Vec<String> = [
            (Way::Nip, " "),
            (Way::Nip, "1980x"),
            (Way::Nip, "470012345"),
            (Way::Nip, "19800229200501199"),
            (Way::Nip, "198002302005011999"),
            (Way::Nip, "198002292005013999"),
            (Way::Nrk, ""),
            (Way::Nrk, "12a"),
            (Way::Nrk, "12345"),
            (Way::Nama, "  "),
            (Way::Nama, "123456"),
            (Way::Nama, &long),
            (Way::Email, ""),
            (Way::Email, "joni"),
            (Way::Email, "joni@@jakarta.go.id"),
            (Way::Email, "jo ni@jakarta.go.id"),
            (Way::Email, "jo,ni@jakarta.go.id"),
            (Way::Email, "joni@gmail.com"),
            (Way::Nik, ""),
            (Way::Nik, "99710x"),
            (Way::Nik, "997101020380001"),
            (Way::Nik4, " "),
            (Way::Nik4, "12a4"),
            (Way::Nik4, "123"),
            (Way::Nik4, "9971010203800001"),
        ]
        .into_iter()
        .map(|(way, typed)| mistake(way, typed))
        .collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        Isi NIP Anda.
        Isi NIP dengan angka saja.
        Itu NIP lama (9 angka). Isi NIP baru, 18 angka.
        NIP harus 18 angka. Yang Anda isi 17 angka.
        Periksa lagi NIP Anda. Delapan angka pertamanya bukan tanggal lahir (tahun, bulan, hari).
        Periksa lagi NIP Anda. Angka ke-15 harus 1 atau 2.
        Isi NRK Anda.
        Isi NRK dengan angka saja.
        NRK harus 6 angka. Yang Anda isi 5 angka.
        Isi nama lengkap Anda.
        Isi nama dengan huruf, bukan angka.
        Nama terlalu panjang. Isi nama lengkap saja, tanpa gelar.
        Isi alamat email dinas Anda.
        Tulis alamat lengkap, dengan @jakarta.go.id.
        Hapus tanda @ yang berlebih; satu saja.
        Hapus spasi di dalam alamat email.
        Periksa bagian sebelum @. Ada huruf atau tanda yang tidak mungkin di situ.
        Pakai alamat dinas, yang berakhiran @jakarta.go.id.
        Isi NIK Anda.
        Isi NIK dengan angka saja.
        NIK harus 16 angka. Yang Anda isi 15 angka.
        Isi 4 angka terakhir NIK Anda.
        Isi 4 angka terakhir NIK dengan angka saja.
        4 angka terakhir NIK harus 4 angka. Yang Anda isi 3 angka.
        4 angka terakhir NIK harus 4 angka. Yang Anda isi 16 angka.
        ");
    }

    #[test]
    fn words_and_ways_are_one_to_one() {
        for way in Way::ALL {
            assert_eq!(Way::from_value(way.value()), Some(way));
        }
        assert_eq!(Way::from_value("npwp"), None);
        for fact in SecondFact::ALL {
            let way = Way::from_value(fact.word()).unwrap();
            assert_eq!(way, Way::of_fact(fact));
            assert_eq!(way.input_mode(), "numeric");
        }
    }
}
