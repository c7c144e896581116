//! The operator's file `lookup.toml`: where the look-up listens, whom it believes, and its limits.
//!
//! Its keys are Indonesian, like those of the profile that the same operator writes. All may be missing; a
//! server without the file has the defaults. Flags of the command line win over it.
//!
//! `docs/operasi.md` shows the whole file with the defaults; a test reads it there.
//!
//! A table `[esign]` besides makes BSrE's own answer the status of a certificate; see `config::esign`.

mod esign;

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::network::Networks;
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::connections::ConnectionLimits;
use crate::esign::EsignOptions;
use crate::http::limit::{Allowance, Limits};
use crate::log::LogFormat;
use crate::serve::Stopping;
use crate::tls::TlsFiles;

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Proxies whose word on the client's address is believed.
    pub trusted_proxies: Networks,
    /// Where metrics and health are served; none: nowhere.
    pub metrics: Option<SocketAddr>,
    /// How the log is written.
    pub log: LogFormat,
    /// A snapshot of no more bytes is held in memory; a longer one is answered from where it lies.
    pub memory: u64,
    /// Certificate and key; none: no TLS.
    pub tls: Option<TlsFiles>,
    /// How many connections there may be, and how long they may take.
    pub connections: ConnectionLimits,
    /// How it stops.
    pub stopping: Stopping,
    /// How many questions are answered.
    pub limits: Limits,
    /// The agency's Esign Client Service; none: it is not asked.
    pub esign: Option<EsignOptions>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            trusted_proxies: Networks::default(),
            metrics: None,
            log: LogFormat::default(),
            memory: 256 * MIB,
            tls: None,
            connections: ConnectionLimits::default(),
            stopping: Stopping::default(),
            limits: Limits::default(),
            esign: None,
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot read the configuration: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There are mistakes in it.
    #[error("{}", lines(.0))]
    Mistakes(Vec<Mistake>),
}

fn lines(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// One mistake in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    path: PathBuf,
    /// Line and column, from one; the column in characters.
    place: (usize, usize),
    message: String,
}

impl Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.place;
        let path = self.path.display();
        write!(f, "{path}:{line}:{column}: {}", self.message)
    }
}

impl Config {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// All mistakes in it, at once.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text).map_err(ConfigError::Mistakes)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Mistakes {
            path,
            text,
            found: Vec::new(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            mistakes.add(span, format!("not valid TOML: {}", error.message()));
        }
        let mut config = Self::default();
        let (limits, connections) = (&mut config.limits, &mut config.connections);
        let stopping = &mut config.stopping;
        let root = table.get_ref();
        for (key, value) in root.iter() {
            let at = At {
                key,
                value,
                table: "",
            };
            match at.name() {
                "alamat" => at.parsed(&mut mistakes, &mut config.listen, address),
                "metrik" => at.parsed(&mut mistakes, &mut config.metrics, |text| {
                    address(text).map(Some)
                }),
                "proxy" => at.networks(&mut mistakes, &mut config.trusted_proxies),
                "log" => at.parsed(&mut mistakes, &mut config.log, |text| match text {
                    "text" => Ok(LogFormat::Text),
                    "json" => Ok(LogFormat::Json),
                    _ => Err("write \"text\" or \"json\"".to_owned()),
                }),
                "memori_mb" => at.count(&mut mistakes, 0..=2047_u64, |number| {
                    config.memory = number * MIB;
                }),
                "tls" => at.tls(&mut mistakes, &mut config.tls),
                "koneksi" => at.table(&mut mistakes, |at, mistakes| match at.name() {
                    "semua" => {
                        at.count(mistakes, 16..=1_000_000, |number| connections.all = number)
                    }
                    "pengguna" => at.count(mistakes, 1..=1_000_000, |number| {
                        connections.of_client = number;
                    }),
                    "kepala_detik" => at.seconds(mistakes, 1..=120, &mut connections.head),
                    "diam_detik" => at.seconds(mistakes, 5..=600, &mut connections.idle),
                    _ => at.unknown(mistakes, "semua, pengguna, kepala_detik, diam_detik"),
                }),
                "berhenti" => at.table(&mut mistakes, |at, mistakes| match at.name() {
                    "jeda_detik" => at.seconds(mistakes, 0..=300, &mut stopping.drain),
                    "paling_lama_detik" => at.seconds(mistakes, 1..=300, &mut stopping.grace),
                    _ => at.unknown(mistakes, "jeda_detik, paling_lama_detik"),
                }),
                "batas" => at.table(&mut mistakes, |at, mistakes| match at.name() {
                    "ingatan" => at.count(mistakes, 1000..=10_000_000, |number| {
                        limits.entries = NonZeroUsize::new(number).unwrap_or(limits.entries);
                    }),
                    "pengguna" => {
                        at.allowance(mistakes, &mut limits.client, Some(&mut limits.client_day))
                    }
                    "bersama" => at.table(mistakes, |at, mistakes| match at.name() {
                        "jaringan" => at.networks(mistakes, &mut limits.shared_networks),
                        _ => at.of_allowance(
                            mistakes,
                            &mut limits.shared,
                            Some(&mut limits.shared_day),
                            "jaringan, sekaligus, jeda_detik, sehari",
                        ),
                    }),
                    "nama" => {
                        at.allowance(mistakes, &mut limits.names, Some(&mut limits.names_day))
                    }
                    "orang" => at.allowance(mistakes, &mut limits.identifier, None),
                    "harian" => at.table(mistakes, |at, mistakes| match at.name() {
                        "alarm" => at.count(mistakes, DAILY, |number| {
                            limits.daily.alarm =
                                NonZeroU64::new(number).unwrap_or(limits.daily.alarm);
                        }),
                        "tutup_nama" if at.value.get_ref().as_bool() == Some(false) => {
                            limits.daily.close_names = None;
                        }
                        "tutup_nama" => at.count(mistakes, DAILY, |number| {
                            limits.daily.close_names = NonZeroU64::new(number);
                        }),
                        _ => at.unknown(mistakes, "alarm, tutup_nama"),
                    }),
                    _ => at.unknown(mistakes, "ingatan, pengguna, bersama, nama, orang, harian"),
                }),
                "esign" => config.esign = esign::read(&at, &mut mistakes),
                _ => at.unknown(
                    &mut mistakes,
                    "alamat, proxy, log, metrik, memori_mb, tls, koneksi, berhenti, batas, esign",
                ),
            }
        }
        let daily = &config.limits.daily;
        if daily.close_names.is_some_and(|close| close < daily.alarm) && mistakes.found.is_empty() {
            let key = text.find("tutup_nama").or_else(|| text.find("alarm"));
            let span = key.map_or(0..0, |start| start..start);
            mistakes.add(
                span,
                "`batas.harian.tutup_nama` is below `alarm`: names would close before anybody is warned; \
                 write a number at least as high"
                    .to_owned(),
            );
        }
        esign::check(&config, &mut mistakes);
        if mistakes.found.is_empty() {
            Ok(config)
        } else {
            mistakes.found.sort_by_key(|mistake| mistake.place);
            Err(mistakes.found)
        }
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write an address and a port, such as \"127.0.0.1:8081\"".to_owned())
}

/// Bytes in what operators call a megabyte.
const MIB: u64 = 1 << 20;

/// Answers in a day that may be unusual.
const DAILY: RangeInclusive<u64> = 1..=1_000_000_000;

/// Mistakes found so far.
struct Mistakes<'a> {
    path: &'a Path,
    text: &'a str,
    found: Vec<Mistake>,
}

impl Mistakes<'_> {
    fn add(&mut self, span: Range<usize>, message: String) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        self.found.push(Mistake {
            path: self.path.to_owned(),
            place: (line, column),
            message,
        });
    }
}

/// A key and its value.
struct At<'a, 'text> {
    /// The table's dotted name with a dot after it; empty for the file's own.
    table: &'a str,
    key: &'a Spanned<std::borrow::Cow<'text, str>>,
    value: &'a Spanned<DeValue<'text>>,
}

impl At<'_, '_> {
    fn name(&self) -> &str {
        self.key.get_ref()
    }

    fn dotted(&self) -> String {
        format!("{}{}", self.table, self.name())
    }

    fn wrong(&self, mistakes: &mut Mistakes, message: &str) {
        mistakes.add(self.value.span(), format!("`{}`: {message}", self.dotted()));
    }

    fn unknown(&self, mistakes: &mut Mistakes, known: &str) {
        let message = format!("unknown key `{}`; known here: {known}", self.dotted());
        mistakes.add(self.key.span(), message);
    }

    /// Reads every key of a table.
    fn table<'m>(
        &self,
        mistakes: &mut Mistakes<'m>,
        mut each: impl FnMut(At<'_, '_>, &mut Mistakes<'m>),
    ) {
        let Some(table) = self.value.get_ref().as_table() else {
            let message = format!(
                "must be a table; write [{}] and its keys below",
                self.dotted()
            );
            return self.wrong(mistakes, &message);
        };
        let name = format!("{}.", self.dotted());
        for (key, value) in table.iter() {
            let at = At {
                table: &name,
                key,
                value,
            };
            each(at, mistakes);
        }
    }

    /// Reads a text.
    fn parsed<T>(
        &self,
        mistakes: &mut Mistakes,
        into: &mut T,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) {
        let text = self.value.get_ref().as_str();
        match text.map(parse) {
            Some(Ok(value)) => *into = value,
            Some(Err(message)) => self.wrong(mistakes, &message),
            None => self.wrong(mistakes, "must be text in quotes"),
        }
    }

    /// Reads a list of networks.
    fn networks(&self, mistakes: &mut Mistakes, into: &mut Networks) {
        let items = self.value.get_ref().as_array();
        let texts: Option<Vec<&str>> =
            items.and_then(|items| items.iter().map(|item| item.get_ref().as_str()).collect());
        let Some(texts) = texts else {
            return self.wrong(
                mistakes,
                "must be a list of networks, such as [\"127.0.0.1\"]",
            );
        };
        match Networks::parse(&texts) {
            Ok(networks) => *into = networks,
            Err(errors) => {
                for error in errors {
                    self.wrong(mistakes, &error.to_string());
                }
            }
        }
    }

    /// Reads a whole number in `range`.
    fn count<T: TryFrom<i64> + PartialOrd + Display>(
        &self,
        mistakes: &mut Mistakes,
        range: RangeInclusive<T>,
        then: impl FnOnce(T),
    ) {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number.and_then(|number| T::try_from(number).ok()) {
            Some(number) if range.contains(&number) => then(number),
            _ => {
                let (from, to) = (range.start(), range.end());
                let message = format!("must be a whole number from {from} to {to}, without quotes");
                self.wrong(mistakes, &message);
            }
        }
    }

    /// Reads a time in seconds.
    fn seconds(&self, mistakes: &mut Mistakes, range: RangeInclusive<u64>, into: &mut Duration) {
        self.count(mistakes, range, |seconds| {
            *into = Duration::from_secs(seconds);
        });
    }

    /// Reads the places of a certificate and its key, of which neither is of use alone.
    fn tls(&self, mistakes: &mut Mistakes, into: &mut Option<TlsFiles>) {
        let (mut certificate, mut key) = (None, None);
        self.table(mistakes, |at, mistakes| {
            let path = |text: &str| Ok(Some(PathBuf::from(text)));
            match at.name() {
                "sertifikat" => at.parsed(mistakes, &mut certificate, path),
                "kunci" => at.parsed(mistakes, &mut key, path),
                _ => at.unknown(mistakes, "sertifikat, kunci"),
            }
        });
        match (certificate, key) {
            (Some(certificate), Some(key)) => *into = Some(TlsFiles { certificate, key }),
            _ if self.value.get_ref().as_table().is_none() => {}
            _ => mistakes.add(
                self.key.span(),
                "`tls` needs both `sertifikat` and `kunci`".to_owned(),
            ),
        }
    }

    /// Reads an allowance; where there is a `day`, also that of a day.
    fn allowance(
        &self,
        mistakes: &mut Mistakes,
        into: &mut Allowance,
        mut day: Option<&mut NonZeroU32>,
    ) {
        let known = match day {
            Some(_) => "sekaligus, jeda_detik, sehari",
            None => "sekaligus, jeda_detik",
        };
        self.table(mistakes, |at, mistakes| {
            at.of_allowance(mistakes, into, day.as_deref_mut(), known);
        });
    }

    /// Reads one key of an allowance, in a table whose keys are `known`.
    fn of_allowance(
        &self,
        mistakes: &mut Mistakes,
        into: &mut Allowance,
        day: Option<&mut NonZeroU32>,
        known: &str,
    ) {
        match (self.name(), day) {
            ("sekaligus", _) => self.count(mistakes, 1..=10_000_000, |number| {
                into.burst = NonZeroU32::new(number).unwrap_or(into.burst);
            }),
            ("jeda_detik", _) => self.seconds(mistakes, 1..=86_400, &mut into.every),
            ("sehari", Some(day)) => self.count(mistakes, 1..=1_000_000_000, |number| {
                *day = NonZeroU32::new(number).unwrap_or(*day);
            }),
            _ => self.unknown(mistakes, known),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("lookup.toml"), text).map_err(|mistakes| lines(&mistakes))
    }

    /// The file in `docs/operasi.md` is the defaults, with a proxy, metrics and TLS.
    #[test]
    fn the_documented_file_is_the_default() {
        let guide = include_str!("../../docs/operasi.md");
        let documented: Vec<&str> = guide
            .lines()
            .skip_while(|line| *line != "```toml")
            .skip(1)
            .take_while(|line| *line != "```")
            .collect();
        let default = Config {
            metrics: Some(SocketAddr::from(([127, 0, 0, 1], 9091))),
            trusted_proxies: Networks::parse(&["127.0.0.1"]).unwrap(),
            tls: Some(TlsFiles {
                certificate: "/etc/ssl/pandu/fullchain.pem".into(),
                key: "/etc/ssl/pandu/privkey.pem".into(),
            }),
            ..Config::default()
        };
        assert_eq!(
            format!("{:?}", parse(&documented.join("\n")).unwrap()),
            format!("{default:?}")
        );
        assert!(parse("").is_ok());
    }

    #[test]
    fn every_key_is_read() {
        let config = parse(
            "alamat = \"[::1]:9\"\nmemori_mb = 3\nlog = \"json\"\n[batas]\ningatan = 1000\n\
             [batas.pengguna]\nsekaligus = 1\njeda_detik = 2\nsehari = 3\n\
             [batas.bersama]\njaringan = [\"10.0.0.0/8\"]\nsekaligus = 10\njeda_detik = 11\nsehari = 12\n\
             [koneksi]\nsemua = 16\npengguna = 17\nkepala_detik = 18\ndiam_detik = 19\n\
             [berhenti]\njeda_detik = 20\npaling_lama_detik = 21\n\
             [batas.nama]\nsekaligus = 4\njeda_detik = 5\nsehari = 6\n\
             [batas.orang]\nsekaligus = 7\njeda_detik = 8\n\
             [batas.harian]\nalarm = 9\ntutup_nama = false",
        );
        let Config {
            listen,
            log,
            limits,
            connections,
            stopping,
            memory,
            ..
        } = config.unwrap();
        assert_eq!(memory, 3 * 1024 * 1024);
        assert_eq!(
            format!("{connections:?}"),
            "ConnectionLimits { all: 16, of_client: 17, head: 18s, idle: 19s }"
        );
        assert_eq!(
            format!("{stopping:?}"),
            "Stopping { drain: 20s, grace: 21s }"
        );
        assert!(limits.shared_networks.contains([10, 1, 1, 1].into()));
        assert_eq!(
            (listen.to_string().as_str(), log),
            ("[::1]:9", LogFormat::Json)
        );
        assert_eq!(limits.entries.get(), 1000);
        let numbers = |allowance: Allowance| (allowance.burst.get(), allowance.every.as_secs());
        assert_eq!(
            (numbers(limits.client), limits.client_day.get()),
            ((1, 2), 3)
        );
        assert_eq!(
            (numbers(limits.shared), limits.shared_day.get()),
            ((10, 11), 12)
        );
        assert_eq!((numbers(limits.names), limits.names_day.get()), ((4, 5), 6));
        assert_eq!(numbers(limits.identifier), (7, 8));
        assert_eq!(
            (limits.daily.alarm.get(), limits.daily.close_names),
            (9, None)
        );
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let told = parse(
            "alamat = \"8081\"\nlog = 1\nlain = 2\nproxy = [\"proxy\", \"10.0.0.0/8\"]\n\
             [batas]\ningatan = 0\nnama = 3\n\
             [batas.pengguna]\nsekaligus = 0\njeda_detik = \"3 s\"\nsehari = 1.5\n\
             [batas.orang]\nsehari = 5\njeda_detik = 86401\n\
             [batas.harian]\nalarm = -1\ntutup_nama = true\n\
             [batas.bersama]\njaringan = [\"kantor\"]\nlain = 1\n\
             [tls]\nsertifikat = \"a\"\n[koneksi]\nsemua = 1\nlain = 2\n[berhenti]\njeda_detik = -1\n",
        );
        insta::assert_snapshot!(told.unwrap_err());
        let told = parse("[batas.harian]\nalarm = 10\ntutup_nama = 9");
        insta::assert_snapshot!(told.unwrap_err());
        assert!(
            parse("alamat = ")
                .unwrap_err()
                .starts_with("lookup.toml:1:")
        );
    }

    /// What operators' files hold, in any order.
    fn file() -> impl Strategy<Value = String> {
        let pieces = [
            "alamat = ",
            "proxy = ",
            "log = ",
            "metrik = ",
            "[batas]\n",
            "[batas.pengguna]\n",
            "[batas.harian]\n",
            "batas = ",
            "batas.harian.alarm = ",
            "sekaligus = ",
            "sehari = ",
            "tutup_nama = ",
            "\"127.0.0.1:8081\"",
            "[\"10.0.0.0/8\", \"é\"]",
            "99999999999999999999",
            "0x7fff",
            "-1",
            "1e9",
            "false",
            "{ }",
            "\"\"\"",
            "\n",
            "# é\n",
            "\u{0}",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..30)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        /// Any file is read, or refused with mistakes that stand in it.
        #[test]
        fn any_file_is_read_or_refused(text in prop_oneof![file(), "\\PC{0,200}"]) {
            if let Err(mistakes) = Config::parse(Path::new("lookup.toml"), &text) {
                prop_assert!(!mistakes.is_empty());
                for Mistake { place: (line, column), .. } in mistakes {
                    prop_assert!((1..=text.matches('\n').count() + 1).contains(&line));
                    let length = text.split('\n').nth(line - 1).unwrap().chars().count();
                    prop_assert!((1..=length + 1).contains(&column), "{line}:{column}");
                }
            }
        }
    }
}
