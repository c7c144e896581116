//! By what a person is looked up, and what must be typed for it.

use leptos::web_sys::Element;
use model::{
    identifier::{EmailAddress, EmailError, Nik, NikError, Nip, NipError, Nrk, NrkError},
    lookup::{EmailBy, Info, TteBy},
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
}

/// What is sent: one identifier, normalised. It is a `model::lookup::EmailQuery` or `TteQuery`.
pub struct Query {
    way: Way,
    value: String,
}

impl Query {
    /// The route that takes it.
    pub const fn route(&self) -> &'static str {
        match self.way {
            Way::Nip | Way::Nrk | Way::Nama => "email",
            Way::Email | Way::Nik => "tte",
        }
    }

    /// Its one key and value.
    pub fn parts(&self) -> (&'static str, &str) {
        (self.way.value(), &self.value)
    }
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Nip, Self::Nrk, Self::Nama, Self::Email, Self::Nik];

    /// Its word in profiles and in the form: `nip`.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Nip => "nip",
            Self::Nrk => "nrk",
            Self::Nama => "nama",
            Self::Email => "email",
            Self::Nik => "nik",
        }
    }

    /// The way of that word.
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.value() == value)
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
        }
    }

    /// Which keyboard a phone shows.
    pub const fn input_mode(self) -> &'static str {
        match self {
            Self::Nama => "text",
            Self::Email => "email",
            Self::Nip | Self::Nrk | Self::Nik => "numeric",
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
        }
    }

    fn query(self, value: &str) -> Query {
        Query {
            way: self,
            value: value.to_owned(),
        }
    }

    /// Reads what was typed.
    ///
    /// # Errors
    /// What is wrong and how to mend it, in Indonesian. Never repeats what was typed.
    pub fn read(self, typed: &str, settings: &Settings) -> Result<Query, String> {
        match self {
            Self::Nip => match Nip::parse(typed) {
                Ok(nip) => Ok(self.query(nip.as_str())),
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
                Ok(nrk) => Ok(self.query(nrk.as_str())),
                Err(error) => Err(match error {
                    NrkError::Empty => "Isi NRK Anda.".into(),
                    NrkError::NotDigits => only_digits("NRK"),
                    NrkError::Length { found, expected } => wrong_length("NRK", expected, found),
                }),
            },
            Self::Nama => read_name(typed),
            Self::Email => match EmailAddress::parse(typed, &settings.domains) {
                Ok(address) => Ok(self.query(address.as_str())),
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
                Ok(nik) => Ok(self.query(nik.as_str())),
                Err(error) => Err(match error {
                    NikError::Empty => "Isi NIK Anda.".into(),
                    NikError::NotDigits => only_digits("NIK"),
                    NikError::Length { found } => wrong_length("NIK", 16, found),
                }),
            },
        }
    }
}

/// The look-up compares names itself; its table of Unicode would double this program's size. Here a
/// name need only be one.
fn read_name(typed: &str) -> Result<Query, String> {
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
        Ok(Way::Nama.query(name))
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
