//! What is said of an answer, or of there being none: plain words, no HTML.

use model::{
    lookup::{Info, OpensAt, Refusal, RefusalCode},
    status::TteStatus,
};

use super::{
    Settings, Subject,
    api::{Failure, Reply},
    way::Way,
};
use crate::date;

/// One panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The state's name, for styles and tests: `found`.
    pub state: &'static str,
    /// `ok`, `info`, `warn` or `error`.
    pub tone: &'static str,
    /// The heading.
    pub title: String,
    /// Paragraphs below it.
    pub lines: Vec<String>,
    /// Addresses found, each with the roster's word for its status.
    pub accounts: Vec<(String, &'static str)>,
    /// Ids of the page's passages that explain the status found.
    pub passages: Vec<&'static str>,
    /// Whether the service desk is named as the next step.
    pub desk: bool,
}

/// The state of waiting for an answer.
pub const CHECKING: &str = "checking";

impl Message {
    fn new(state: &'static str, tone: &'static str, title: &str) -> Self {
        Self {
            state,
            tone,
            title: title.into(),
            lines: Vec::new(),
            accounts: Vec::new(),
            passages: Vec::new(),
            desk: false,
        }
    }

    fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    fn with_desk(mut self) -> Self {
        self.desk = true;
        self
    }

    /// Whether it is about something that went wrong, and is announced as an alert.
    pub fn is_alarm(&self) -> bool {
        self.tone == "error" || self.state == "closed" || self.state == "too-many"
    }

    /// Of an answer under way.
    pub fn checking() -> Self {
        Self::new(CHECKING, "info", "Memeriksa…")
            .line("Sebentar; jaringan lambat perlu beberapa detik.")
    }

    /// Of a reply to a query by `way`.
    pub fn of_reply(reply: &Reply, way: Way, settings: &Settings) -> Self {
        match reply {
            Reply::Email(answer) => {
                let many = answer.more || answer.accounts.len() > 1;
                let mut message = match answer.accounts.as_slice() {
                    [] => return not_found(way, settings),
                    [only] if !many => {
                        let mut message = Self::new("found", "ok", "Email dinas Anda ditemukan");
                        message.passages.push(only.status.anchor());
                        message
                    }
                    several => {
                        let count = several.len().to_string();
                        let title = match (way, answer.more) {
                            (Way::Nama, false) => ["Ada ", &count, " orang dengan nama itu"],
                            (Way::Nama, true) => {
                                ["Ada lebih dari ", &count, " orang dengan nama itu"]
                            }
                            _ => ["Ada ", &count, " email dinas"],
                        };
                        Self::new("several", "info", &title.concat())
                    }
                };
                message.accounts = answer
                    .accounts
                    .iter()
                    .map(|account| (account.address.clone(), account.status.label()))
                    .collect();
                if way == Way::Nama {
                    message = message.line(
                        "Sebagian huruf alamat disamarkan, karena nama saja belum pasti Anda.",
                    );
                    let surer: Vec<&str> = settings
                        .ways
                        .iter()
                        .filter(|way| **way != Way::Nama)
                        .map(|way| way.label())
                        .collect();
                    if !surer.is_empty() {
                        message = message.line(
                            ["Supaya pasti, periksa dengan ", &surer.join(" atau "), "."].concat(),
                        );
                    }
                }
                message
            }
            Reply::Tte(answer) => match answer.status {
                None => not_found(way, settings),
                Some(status) => {
                    let tone = if status == TteStatus::Issue {
                        "ok"
                    } else {
                        "warn"
                    };
                    let mut message = Self::new("found", tone, "Status TTE Anda");
                    message.passages.push(status.anchor());
                    message
                }
            },
        }
    }

    /// Of there being no answer.
    pub fn of_failure(failure: &Failure) -> Self {
        match failure {
            Failure::Offline => Self::new(
                "offline",
                "error",
                "Anda sedang tidak terhubung ke internet",
            )
            .line("Sambungkan internet, lalu tekan Periksa lagi. Isian Anda masih ada."),
            Failure::TimedOut => Self::new("timeout", "error", "Jawaban tidak kunjung datang")
                .line("Jaringan mungkin lambat. Tekan Periksa lagi; isian Anda masih ada."),
            Failure::Unreachable => fault(),
            Failure::Refused(refusal) => Self::of_refusal(refusal),
        }
    }

    fn of_refusal(refusal: &Refusal) -> Self {
        match refusal.code {
            RefusalCode::Closed => Self::closed(refusal.opens_at.as_ref(), None),
            RefusalCode::TooManyRequests => {
                let wait = match refusal.retry_after {
                    Some(seconds) => {
                        ["Coba lagi dalam ", &seconds.max(1).to_string(), " detik."].concat()
                    }
                    None => "Coba lagi sebentar lagi.".into(),
                };
                Self::new("too-many", "warn", "Terlalu banyak percobaan")
                    .line(wait)
                    .line("Isian Anda masih ada.")
            }
            RefusalCode::NotOffered => Self::new("unavailable", "warn", "Cara ini belum tersedia")
                .line("Data yang ada belum dapat dicari dengan cara itu. Pilih cara lain di atas.")
                .with_desk(),
            // The form reads an identifier as the look-up does; only names are read more strictly there.
            RefusalCode::InvalidIdentifier => {
                Self::new("unavailable", "warn", "Isian itu tidak dapat dicari")
                    .line("Periksa lagi yang Anda tulis, lalu tekan Periksa.")
                    .with_desk()
            }
            RefusalCode::MalformedBody
            | RefusalCode::BodyTooLarge
            | RefusalCode::UnsupportedMediaType
            | RefusalCode::MethodNotAllowed
            | RefusalCode::UnknownRoute
            | RefusalCode::Fault => fault(),
        }
    }

    /// Of the look-up being closed; `hours` are its opening hours in words.
    pub fn closed(opens_at: Option<&OpensAt>, hours: Option<&str>) -> Self {
        let mut message = Self::new("closed", "warn", "Pemeriksaan sedang tutup");
        if let Some(at) = opens_at {
            message = message.line(
                [
                    "Buka lagi ",
                    &at.day,
                    ", ",
                    &date::in_words(&at.date),
                    " pukul ",
                    &at.time,
                    " ",
                    &at.zone,
                    ".",
                ]
                .concat(),
            );
        }
        if let Some(hours) = hours {
            message = message.line(["Jam layanan dari internet: ", hours, "."].concat());
        }
        message
            .line("Isian Anda tetap ada selama halaman ini terbuka.")
            .with_desk()
    }

    /// Of the roster offering none of the ways that the page has.
    pub fn nothing_offered() -> Self {
        Self::new("unavailable", "warn", "Pemeriksaan ini belum tersedia")
            .line("Data untuk pemeriksaan ini belum dimuat.")
            .with_desk()
    }
}

fn not_found(way: Way, settings: &Settings) -> Message {
    let title = match settings.subject {
        Subject::Email => "Email tidak ditemukan",
        Subject::Tte => "Data TTE tidak ditemukan",
    };
    let advice = match way {
        Way::Nama => "Tulis nama lengkap persis seperti di SK, tanpa gelar.",
        Way::Email => "Periksa lagi ejaan alamat itu, huruf demi huruf.",
        Way::Nip | Way::Nrk | Way::Nik => "Cocokkan lagi nomor itu dengan kartu atau SK Anda.",
    };
    Message::new("not-found", "info", title)
        .line(advice)
        .line("Bila sudah benar, data Anda mungkin belum masuk. Tanyakan kepada layanan bantuan.")
        .with_desk()
}

fn fault() -> Message {
    Message::new("fault", "error", "Pemeriksa sedang terganggu")
        .line("Gangguan ini bukan karena isian Anda. Coba lagi beberapa menit lagi.")
        .with_desk()
}

/// What is said of the data below the button.
pub fn about(info: &Info) -> String {
    let mut text = String::new();
    if info.practice {
        text.push_str("Data rekaan untuk belajar, bukan data Anda. ");
    }
    text.push_str("Data per ");
    text.push_str(&date::in_words(&info.data_date));
    text.push_str(". ");
    match &info.hours {
        Some(hours) => {
            text.push_str("Dari internet dibuka ");
            text.push_str(hours);
        }
        None => text.push_str("Selalu dibuka"),
    }
    text.push('.');
    text
}
