//! The table `[esign]`: the agency's own Esign Client Service, which is asked for a certificate's status.
//!
//! `docs/operasi.md` shows it with the defaults; a test reads it there.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use super::{At, Config, Mistakes};
use crate::esign::{EsignOptions, Target, UserName};

/// Those that have no default.
const NEEDED: [&str; 3] = ["alamat", "pengguna", "sandi_berkas"];

/// Reads the table; none where there are mistakes in it.
pub(super) fn read(at: &At<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<EsignOptions> {
    let (mut target, mut user, mut password, mut ca) = (None, None, None, None);
    let mut answer_time = Duration::from_secs(3);
    let mut keep = Duration::from_secs(60);
    let mut calls = 8;
    let mut failures = NonZeroU32::MIN.saturating_add(4);
    let mut pause = Duration::from_secs(30);
    let before = mistakes.found.len();
    let mut seen = Vec::new();
    at.table(mistakes, |at, mistakes| {
        seen.push(at.name().to_owned());
        match at.name() {
            "alamat" => at.parsed(mistakes, &mut target, |text| Target::parse(text).map(Some)),
            "pengguna" => at.parsed(mistakes, &mut user, |text| UserName::parse(text).map(Some)),
            "sandi_berkas" => at.parsed(mistakes, &mut password, file),
            "ca" => at.parsed(mistakes, &mut ca, file),
            "waktu_jawab_detik" => at.seconds(mistakes, 1..=8, &mut answer_time),
            "simpan_detik" => at.seconds(mistakes, 0..=600, &mut keep),
            "sambungan" => at.count(mistakes, 1..=64, |number: usize| calls = number),
            "gagal_beruntun" => at.count(mistakes, 1..=100, |number: u32| {
                failures = NonZeroU32::new(number).unwrap_or(failures);
            }),
            "jeda_gagal_detik" => at.seconds(mistakes, 1..=3600, &mut pause),
            _ => at.unknown(
                mistakes,
                "alamat, pengguna, sandi_berkas, ca, waktu_jawab_detik, simpan_detik, sambungan, \
                 gagal_beruntun, jeda_gagal_detik",
            ),
        }
    });
    if at.value.get_ref().as_table().is_some() {
        for key in NEEDED {
            if !seen.iter().any(|seen| seen == key) {
                let message = format!("`esign.{key}` is missing");
                mistakes.add(at.key.span(), message);
            }
        }
    }
    if mistakes.found.len() > before {
        return None;
    }
    Some(EsignOptions {
        target: target?,
        user: user?,
        password: password?,
        ca,
        answer_time,
        keep,
        calls,
        failures,
        pause,
    })
}

/// Every answer waits: a server that ends sooner would break them all off.
pub(super) fn check(config: &Config, mistakes: &mut Mistakes<'_>) {
    let Some(esign) = &config.esign else {
        return;
    };
    if config.stopping.grace <= esign.answer_time && mistakes.found.is_empty() {
        let start = mistakes.text.find("waktu_jawab_detik");
        let start = start.or_else(|| mistakes.text.find("paling_lama_detik"));
        mistakes.add(
            start.map_or(0..0, |start| start..start),
            "`berhenti.paling_lama_detik` must be more than `esign.waktu_jawab_detik`, \
             or stopping breaks off every answer that is under way"
                .to_owned(),
        );
    }
}

fn file(text: &str) -> Result<Option<PathBuf>, String> {
    if text.is_empty() {
        Err("write the path of a file".to_owned())
    } else {
        Ok(Some(PathBuf::from(text)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::super::{Config, lines};

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("lookup.toml"), text).map_err(|mistakes| lines(&mistakes))
    }

    /// The table in this module's documentation says the defaults, and an authority.
    #[test]
    fn the_documented_table_is_the_default() {
        let documented: Vec<&str> = include_str!("../../../docs/operasi.md")
            .lines()
            .skip_while(|line| line.trim() != "[esign]")
            .take_while(|line| line.trim() != "```")
            .collect();
        let needed = documented[..4].join("\n");
        let written = parse(&documented.join("\n")).unwrap().esign.unwrap();
        let mut default = parse(&needed).unwrap().esign.unwrap();
        assert_eq!(default.ca, None);
        default.ca.clone_from(&written.ca);
        assert_eq!(format!("{written:?}"), format!("{default:?}"));
        assert!(parse("").unwrap().esign.is_none());
    }

    #[test]
    fn every_key_is_read() {
        let esign = parse(
            "[esign]\nalamat = \"http://127.0.0.1:9\"\npengguna = \"p\"\nsandi_berkas = \"s\"\nca = \"c\"\n\
             waktu_jawab_detik = 1\nsimpan_detik = 0\nsambungan = 2\ngagal_beruntun = 3\njeda_gagal_detik = 4",
        );
        let esign = esign.unwrap().esign.unwrap();
        assert_eq!(esign.ca.unwrap(), Path::new("c"));
        assert_eq!(esign.password, Path::new("s"));
        assert_eq!(
            [esign.answer_time, esign.keep, esign.pause].map(|time| time.as_secs()),
            [1, 0, 4]
        );
        assert_eq!((esign.calls, esign.failures.get()), (2, 3));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let told = [
            "[esign]\nalamat = \"http://esign.contoh.go.id\"\npengguna = \"pan:du\"\nsandi_berkas = \"\"\nca = 1\n\
             waktu_jawab_detik = 9\nsimpan_detik = 601\nsambungan = 0\ngagal_beruntun = \"5\"\njeda_gagal_detik = 0\n\
             sandi = \"rahasia\"",
            "log = \"xml\"\n\n[esign]\npengguna = \"pandu\"",
            "esign = \"https://esign.contoh.go.id\"",
            "[esign]\nalamat = \"https://esign.contoh.go.id\"\npengguna = \"p\"\nsandi_berkas = \"s\"\n\
             [berhenti]\npaling_lama_detik = 3",
        ]
        .map(|text| parse(text).unwrap_err());
        insta::assert_snapshot!(told.join("\n---\n"));
    }
}
