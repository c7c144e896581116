//! What is said of an answer, or of there being none: plain words, no HTML.

use model::{
    date_in_words,
    lookup::{Info, OpensAt, Refusal, RefusalCode, ToldStatus},
    status::TteStatus,
};

use super::{
    Settings, Subject,
    api::{Failure, Reply},
    way::Way,
};

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
        self.tone == "error" || matches!(self.state, "closed" | "too-many" | "unavailable")
    }

    /// Of an answer under way.
    pub fn checking() -> Self {
        Self::new(CHECKING, "info", "Memeriksa…")
            .line("Sebentar; jaringan lambat perlu beberapa detik.")
    }

    /// Of a reply to a query by `way`, with this second fact.
    pub fn of_reply(reply: &Reply, way: Way, second: Option<Way>, settings: &Settings) -> Self {
        match reply {
            Reply::Email(answer) => {
                let many = answer.more || answer.accounts.len() > 1;
                let mut message = match answer.accounts.as_slice() {
                    [] => return not_found(way, second, settings),
                    [only] if !many => {
                        let title = if way == Way::Nama {
                            "Ada satu orang dengan nama itu"
                        } else {
                            "Email dinas Anda ditemukan"
                        };
                        let mut message = Self::new("found", "ok", title);
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
                    let why = match second {
                        None => "nama saja belum pasti Anda.",
                        Some(_) => "Anda mencari dengan nama.",
                    };
                    message =
                        message.line(["Sebagian huruf alamat disamarkan, karena ", why].concat());
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
                None => not_found(way, second, settings),
                Some(status) => {
                    let mut message = match status {
                        ToldStatus::Known(status) => {
                            let tone = if status == TteStatus::Issue {
                                "ok"
                            } else {
                                "warn"
                            };
                            let mut message = Self::new("found", tone, "Status TTE Anda");
                            message.passages.push(status.anchor());
                            message
                        }
                        ToldStatus::Unrecognised => {
                            Self::new("unrecognised", "warn", "Status belum dikenali")
                                .line("Tanyakan artinya kepada layanan bantuan.")
                                .with_desk()
                        }
                    };
                    if let Some(date) = answer.date.as_deref().map(date_in_words) {
                        message = message.line(match &answer.time {
                            Some(time) => {
                                ["Langsung dari BSrE, ", &date, " pukul ", time, "."].concat()
                            }
                            None => ["Data per ", &date, "; BSrE sedang tidak menjawab."].concat(),
                        });
                    }
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
            RefusalCode::InvalidFact => Self::outdated(),
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
                    &date_in_words(&at.date),
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

    /// Of the look-up demanding another second fact than the page was made with.
    pub fn outdated() -> Self {
        Self::new("unavailable", "warn", "Halaman ini sudah berubah")
            .line("Muat ulang halaman ini, lalu isi lagi.")
    }

    /// Of the roster offering none of the ways that the page has.
    pub fn nothing_offered() -> Self {
        Self::new("unavailable", "warn", "Pemeriksaan ini belum tersedia")
            .line("Data untuk pemeriksaan ini belum dimuat.")
            .with_desk()
    }
}

fn not_found(way: Way, second: Option<Way>, settings: &Settings) -> Message {
    let title = match settings.subject {
        Subject::Email => "Email tidak ditemukan",
        Subject::Tte => "Data TTE tidak ditemukan",
    };
    let advice = match way {
        Way::Nama => "Tulis nama lengkap persis seperti di SK, tanpa gelar.",
        Way::Email => "Periksa lagi ejaan alamat itu, huruf demi huruf.",
        Way::Nip | Way::Nrk | Way::Nik | Way::Nik4 => {
            "Cocokkan lagi nomor itu dengan kartu atau SK Anda."
        }
    };
    let message = Message::new("not-found", "info", title);
    // Which of the two is wrong is known to nobody, the look-up included.
    let message = match second {
        None => message.line(advice),
        Some(second) => message.line(
            [
                way.label(),
                " dan ",
                second.label(),
                " harus milik orang yang sama. Cocokkan lagi keduanya.",
            ]
            .concat(),
        ),
    };
    message
        .line("Bila sudah benar, data Anda mungkin belum masuk. Tanyakan kepada layanan bantuan.")
        .with_desk()
}

fn fault() -> Message {
    Message::new("fault", "error", "Pemeriksa sedang terganggu")
        .line("Gangguan ini bukan karena isian Anda. Coba lagi beberapa menit lagi.")
        .with_desk()
}

/// What is said of the data below the button. Short: room is kept for it before it comes.
pub fn about(info: &Info) -> String {
    let data = if info.practice {
        "Data rekaan, per "
    } else {
        "Data per "
    };
    let date = date_in_words(&info.data_date);
    match &info.hours {
        Some(hours) => [data, &date, ". Jam layanan dari internet: ", hours, "."].concat(),
        None => [data, &date, "."].concat(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use model::{
        identifier::NrkFormat,
        lookup::{Account, EmailAnswer, EmailBy, TteAnswer},
        status::MailStatus,
    };

    use super::*;

    fn settings(subject: Subject) -> Settings {
        Settings {
            subject,
            api: String::new(),
            ways: vec![Way::Nip, Way::Nrk, Way::Nama],
            fact: None,
            domains: Vec::new(),
            nrk: NrkFormat::new(6).unwrap(),
            example: String::new(),
            desk_name: String::new(),
            desk_url: String::new(),
        }
    }

    fn accounts(number: usize, more: bool) -> Reply {
        let account = |_| Account {
            address: "j•••i@jakarta.go.id".into(),
            status: MailStatus::New,
        };
        Reply::Email(EmailAnswer {
            accounts: (0..number).map(account).collect(),
            more,
        })
    }

    fn refused(code: RefusalCode) -> Message {
        let opens_at = OpensAt {
            day: "Senin".into(),
            date: "2026-11-30".into(),
            time: "08.00".into(),
            zone: "WIB".into(),
        };
        Message::of_failure(&Failure::Refused(Box::new(Refusal {
            code,
            message: "never shown".into(),
            opens_at: (code == RefusalCode::Closed).then_some(opens_at),
            retry_after: (code == RefusalCode::TooManyRequests).then_some(12),
        })))
    }

    /// Every message as it is read, so that a change of words shows whole.
    #[test]
    fn every_state_has_its_words() {
        let email = settings(Subject::Email);
        let tte = settings(Subject::Tte);
        let status = |status: Option<TteStatus>| {
            Reply::Tte(TteAnswer {
                status: status.map(ToldStatus::Known),
                ..TteAnswer::default()
            })
        };
        let asked = |status, date: &str, time: Option<&str>| {
            Reply::Tte(TteAnswer {
                status: Some(status),
                date: Some(date.into()),
                time: time.map(Into::into),
            })
        };
        let issue = ToldStatus::Known(TteStatus::Issue);
        let live = asked(issue, "2026-11-23", Some("10.15 WIB"));
        let unrecognised = asked(ToldStatus::Unrecognised, "2026-11-23", Some("10.15 WIB"));
        let kept = asked(issue, "2025-10-22", None);
        let nik4 = Some(Way::Nik4);
        let messages = [
            Message::checking(),
            Message::of_reply(&accounts(1, false), Way::Nip, None, &email),
            Message::of_reply(&accounts(1, false), Way::Nama, None, &email),
            Message::of_reply(&accounts(3, false), Way::Nama, None, &email),
            Message::of_reply(&accounts(5, true), Way::Nama, None, &email),
            Message::of_reply(&accounts(2, false), Way::Nrk, None, &email),
            Message::of_reply(&accounts(0, false), Way::Nama, None, &email),
            Message::of_reply(&accounts(0, false), Way::Nrk, nik4, &email),
            Message::of_reply(&accounts(1, false), Way::Nama, nik4, &email),
            Message::of_reply(&status(None), Way::Email, Some(Way::Nrk), &tte),
            Message::of_reply(&status(Some(TteStatus::Issue)), Way::Nik, None, &tte),
            Message::of_reply(&status(Some(TteStatus::Suspend)), Way::Email, None, &tte),
            Message::of_reply(&live, Way::Nik, None, &tte),
            Message::of_reply(&kept, Way::Nik, None, &tte),
            Message::of_reply(&unrecognised, Way::Nik, None, &tte),
            Message::of_reply(&status(None), Way::Email, None, &tte),
            Message::of_failure(&Failure::Offline),
            Message::of_failure(&Failure::TimedOut),
            Message::of_failure(&Failure::Unreachable),
            refused(RefusalCode::Closed),
            refused(RefusalCode::TooManyRequests),
            refused(RefusalCode::NotOffered),
            refused(RefusalCode::InvalidIdentifier),
            refused(RefusalCode::InvalidFact),
            refused(RefusalCode::Fault),
            Message::nothing_offered(),
        ];
        let read = |message: &Message| {
            let mut text = format!(
                "{} ({}{})\n  {}\n",
                message.state,
                message.tone,
                if message.is_alarm() { ", alert" } else { "" },
                message.title
            );
            for line in &message.lines {
                text += &format!("  {line}\n");
            }
            for (address, status) in &message.accounts {
                text += &format!("  - {address} {status}\n");
            }
            for passage in &message.passages {
                text += &format!("  → #{passage}\n");
            }
            if message.desk {
                text += "  → desk\n";
            }
            text
        };
        insta::assert_snapshot!(messages.iter().map(read).collect::<String>(), @r"
        checking (info)
          Memeriksa…
          Sebentar; jaringan lambat perlu beberapa detik.
        found (ok)
          Email dinas Anda ditemukan
          - j•••i@jakarta.go.id Email Baru
          → #status-email-baru
        found (ok)
          Ada satu orang dengan nama itu
          Sebagian huruf alamat disamarkan, karena nama saja belum pasti Anda.
          Supaya pasti, periksa dengan NIP atau NRK.
          - j•••i@jakarta.go.id Email Baru
          → #status-email-baru
        several (info)
          Ada 3 orang dengan nama itu
          Sebagian huruf alamat disamarkan, karena nama saja belum pasti Anda.
          Supaya pasti, periksa dengan NIP atau NRK.
          - j•••i@jakarta.go.id Email Baru
          - j•••i@jakarta.go.id Email Baru
          - j•••i@jakarta.go.id Email Baru
        several (info)
          Ada lebih dari 5 orang dengan nama itu
          Sebagian huruf alamat disamarkan, karena nama saja belum pasti Anda.
          Supaya pasti, periksa dengan NIP atau NRK.
          - j•••i@jakarta.go.id Email Baru
          - j•••i@jakarta.go.id Email Baru
          - j•••i@jakarta.go.id Email Baru
          - j•••i@jakarta.go.id Email Baru
          - j•••i@jakarta.go.id Email Baru
        several (info)
          Ada 2 email dinas
          - j•••i@jakarta.go.id Email Baru
          - j•••i@jakarta.go.id Email Baru
        not-found (info)
          Email tidak ditemukan
          Tulis nama lengkap persis seperti di SK, tanpa gelar.
          Bila sudah benar, data Anda mungkin belum masuk. Tanyakan kepada layanan bantuan.
          → desk
        not-found (info)
          Email tidak ditemukan
          NRK dan 4 angka terakhir NIK harus milik orang yang sama. Cocokkan lagi keduanya.
          Bila sudah benar, data Anda mungkin belum masuk. Tanyakan kepada layanan bantuan.
          → desk
        found (ok)
          Ada satu orang dengan nama itu
          Sebagian huruf alamat disamarkan, karena Anda mencari dengan nama.
          Supaya pasti, periksa dengan NIP atau NRK.
          - j•••i@jakarta.go.id Email Baru
          → #status-email-baru
        not-found (info)
          Data TTE tidak ditemukan
          Alamat email dinas dan NRK harus milik orang yang sama. Cocokkan lagi keduanya.
          Bila sudah benar, data Anda mungkin belum masuk. Tanyakan kepada layanan bantuan.
          → desk
        found (ok)
          Status TTE Anda
          → #status-issue
        found (warn)
          Status TTE Anda
          → #status-suspend
        found (ok)
          Status TTE Anda
          Langsung dari BSrE, 23 November 2026 pukul 10.15 WIB.
          → #status-issue
        found (ok)
          Status TTE Anda
          Data per 22 Oktober 2025; BSrE sedang tidak menjawab.
          → #status-issue
        unrecognised (warn)
          Status belum dikenali
          Tanyakan artinya kepada layanan bantuan.
          Langsung dari BSrE, 23 November 2026 pukul 10.15 WIB.
          → desk
        not-found (info)
          Data TTE tidak ditemukan
          Periksa lagi ejaan alamat itu, huruf demi huruf.
          Bila sudah benar, data Anda mungkin belum masuk. Tanyakan kepada layanan bantuan.
          → desk
        offline (error, alert)
          Anda sedang tidak terhubung ke internet
          Sambungkan internet, lalu tekan Periksa lagi. Isian Anda masih ada.
        timeout (error, alert)
          Jawaban tidak kunjung datang
          Jaringan mungkin lambat. Tekan Periksa lagi; isian Anda masih ada.
        fault (error, alert)
          Pemeriksa sedang terganggu
          Gangguan ini bukan karena isian Anda. Coba lagi beberapa menit lagi.
          → desk
        closed (warn, alert)
          Pemeriksaan sedang tutup
          Buka lagi Senin, 30 November 2026 pukul 08.00 WIB.
          Isian Anda tetap ada selama halaman ini terbuka.
          → desk
        too-many (warn, alert)
          Terlalu banyak percobaan
          Coba lagi dalam 12 detik.
          Isian Anda masih ada.
        unavailable (warn, alert)
          Cara ini belum tersedia
          Data yang ada belum dapat dicari dengan cara itu. Pilih cara lain di atas.
          → desk
        unavailable (warn, alert)
          Isian itu tidak dapat dicari
          Periksa lagi yang Anda tulis, lalu tekan Periksa.
          → desk
        unavailable (warn, alert)
          Halaman ini sudah berubah
          Muat ulang halaman ini, lalu isi lagi.
        fault (error, alert)
          Pemeriksa sedang terganggu
          Gangguan ini bukan karena isian Anda. Coba lagi beberapa menit lagi.
          → desk
        unavailable (warn, alert)
          Pemeriksaan ini belum tersedia
          Data untuk pemeriksaan ini belum dimuat.
          → desk
        ");
    }

    #[test]
    fn practice_data_is_called_so() {
        let info = |practice, hours: Option<&str>| Info {
            agency: "dki-jakarta".into(),
            practice,
            data_date: "2025-10-22".into(),
            email_by: vec![EmailBy::Nip],
            tte_by: Vec::new(),
            hours: hours.map(str::to_owned),
            opens_at: None,
            email_fact: None,
            tte_fact: None,
        };
        assert_eq!(
            about(&info(true, Some("Senin–Jumat 08.00–15.00 WIB"))),
            "Data rekaan, per 22 Oktober 2025. Jam layanan dari internet: Senin–Jumat 08.00–15.00 WIB."
        );
        assert_eq!(about(&info(false, None)), "Data per 22 Oktober 2025.");
    }
}
