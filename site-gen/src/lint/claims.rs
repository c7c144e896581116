//! Contradictions: what two texts, or a text and the profile, say of one and the same thing.
//!
//! A claim is a value that a text gives to a subject: the port of IMAP in a settings card, the telephone number
//! behind the name of a desk.

use std::collections::BTreeMap;

use model::phone::Phone;

use crate::{
    check::{data_texts, page_texts, phone_runs},
    diagnostic::{Diagnostic, Diagnostics},
    markdown::ast::{Block, Inline, Named, NamedBlock, named_blocks, plain},
    profile::HeldValue,
    site::{Agency, Page},
    source::{Source, Span},
};

/// What a text says of a subject.
struct Claim {
    subject: Subject,
    value: String,
    source: Source,
    span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    /// A key of a mail service: `imap`, `host`.
    Service(&'static str, &'static str),
    /// What stands before a telephone number.
    Desk(String),
}

impl Subject {
    fn words(&self) -> String {
        match self {
            Self::Service(service, key) => format!("email.{service}.{key}"),
            Self::Desk(name) => format!("the number of \"{name}\""),
        }
    }
}

pub(super) fn lint(agency: &Agency, diagnostics: &mut Diagnostics) {
    let mut claims: Vec<Claim> = Vec::new();
    for page in &agency.pages {
        services(page, &mut claims);
    }
    let domain = held(agency, "email", "domain");
    let pages = agency.pages.iter().flat_map(page_texts);
    for (source, span) in pages.chain(data_texts(agency)) {
        phones(agency, source, &span, &mut claims, diagnostics);
        if let Some(domain) = &domain {
            hosts(agency, domain, source, &span, diagnostics);
        }
    }
    let mut first: BTreeMap<&Subject, &Claim> = BTreeMap::new();
    for claim in &claims {
        if let Subject::Service(service, key) = claim.subject
            && let Some(held) = held(agency, &format!("email.{service}"), key)
        {
            if !held.eq_ignore_ascii_case(&claim.value) {
                let message = format!(
                    "this says `{}`, the profile says `{held}` (email.{service}.{key})",
                    claim.value
                );
                let hint = format!("write {{{{ {} }}}}", claim.subject.words());
                warn(claim, message, diagnostics, &hint);
            }
            continue;
        }
        match first.get(&claim.subject) {
            None => {
                first.insert(&claim.subject, claim);
            }
            Some(other) if other.value != claim.value => {
                let message = format!(
                    "this gives `{}` for {}, {} gives `{}`",
                    claim.value,
                    claim.subject.words(),
                    other.source.path,
                    other.value
                );
                let hint =
                    "find out which is right, put it into instansi.toml, and refer to it in both";
                warn(claim, message, diagnostics, hint);
            }
            Some(_) => {}
        }
    }
}

fn warn(claim: &Claim, message: String, diagnostics: &mut Diagnostics, hint: &str) {
    let warning = Diagnostic::warning("contradiction", &claim.source, claim.span.clone(), message);
    diagnostics.push(warning.hint(hint));
}

/// A fact of the profile, where it has it.
fn held(agency: &Agency, group: &str, key: &str) -> Option<String> {
    let value = agency.profile.facts.group(group).get_attr(key).ok()?;
    (!value.is_undefined()).then(|| value.to_string())
}

/// Rows of settings cards and drawn screens that name a mail service.
fn services(page: &Page, claims: &mut Vec<Claim>) {
    for (block, named) in named_blocks(&page.blocks) {
        let title = service(&plain(&named.title));
        // A port that names no service, where the title names none either, belongs to the server above it.
        let mut above = None;
        for row in rows(named) {
            let Some(key) = key(&row.label) else { continue };
            let service = service(&row.label).or(title);
            let service = if key == "host" {
                above = service;
                service
            } else {
                service.or(above)
            };
            let Some(service) = service else { continue };
            let value = plain(row.value).trim().to_owned();
            let fits = match key {
                "port" => !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()),
                _ => value.contains('.') && !value.contains(char::is_whitespace),
            };
            if fits {
                claims.push(Claim {
                    subject: Subject::Service(service, key),
                    span: row_place(block, row.number),
                    source: block.source.clone(),
                    value,
                });
            }
        }
    }
}

/// A row of a settings card or a drawn screen.
struct Row<'a> {
    /// From 0.
    number: usize,
    label: String,
    value: &'a [Inline],
}

fn rows(named: &NamedBlock) -> Vec<Row<'_>> {
    match &named.content {
        Named::Settings(settings) => settings
            .iter()
            .enumerate()
            .filter(|(_, setting)| setting.literal)
            .map(|(number, setting)| Row {
                number,
                label: setting.label.clone(),
                value: &setting.value,
            })
            .collect(),
        Named::Screen(fields) => fields
            .iter()
            .enumerate()
            .map(|(number, field)| Row {
                number,
                label: plain(&field.label),
                value: &field.value,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The one service that a text names; none where it names several.
fn service(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let named: Vec<&str> = [
        ("imap", ["imap", "surat masuk", "server masuk", "incoming"]),
        (
            "smtp",
            ["smtp", "surat keluar", "server keluar", "outgoing"],
        ),
        ("exchange", ["exchange", "activesync", "active sync", "eas"]),
    ]
    .into_iter()
    .filter(|(_, words)| {
        text.split(|c: char| !c.is_alphanumeric() && c != ' ')
            .any(|piece| words.iter().any(|word| contains_word(piece, word)))
    })
    .map(|(service, _)| service)
    .collect();
    match named.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    format!(" {} ", text.trim()).contains(&format!(" {word} "))
}

fn key(label: &str) -> Option<&'static str> {
    let label = label.to_lowercase();
    let names = |word: &str| {
        label
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| w == word)
    };
    if names("port") {
        Some("port")
    } else if names("server") || names("host") || names("hostname") {
        Some("host")
    } else {
        None
    }
}

/// Where a block's row stands, without the mark of its list.
fn row_place(block: &Block, row: usize) -> Span {
    let text = block.source.text.get(block.span.clone()).unwrap_or("");
    let mut at = block.span.start;
    let mut rows = text.split_inclusive('\n').filter_map(|line| {
        let start = at;
        at += line.len();
        let content = after_list_mark(line)?.trim_start_matches('*');
        let start = start + line.len() - content.len();
        Some(start..start + content.trim_end().len())
    });
    rows.nth(row)
        .unwrap_or_else(|| block.source.first_line(&block.span))
}

/// What follows `- ` or `2. ` at the start of a line; none where it begins no item of a list.
fn after_list_mark(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix(['-', '*', '+']).or_else(|| {
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let has_digits = number.len() < line.len();
        number.strip_prefix(['.', ')']).filter(|_| has_digits)
    })?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}

/// Telephone numbers that are typed: the profile holds them, or it should.
fn phones(
    agency: &Agency,
    source: &Source,
    span: &Span,
    claims: &mut Vec<Claim>,
    diagnostics: &mut Diagnostics,
) {
    let text = source.text.get(span.clone()).unwrap_or("");
    for at in phone_runs(text) {
        let Ok(phone) = Phone::parse(&text[at.clone()]) else {
            continue;
        };
        let known = |held: &HeldValue| matches!(held, HeldValue::Phone(d) if d == phone.national());
        if agency.profile.held.iter().any(|held| known(&held.value)) {
            continue; // reported as typed out
        }
        let place = span.start + at.start..span.start + at.end;
        let before = text[..at.start].rsplit('\n').next().unwrap_or("");
        let message = format!(
            "the profile of `{}` holds no such telephone number",
            agency.profile.id
        );
        let warning = Diagnostic::warning("unheld-fact", source, place.clone(), message);
        diagnostics.push(warning.hint(
            "put it into instansi.toml, under [kontak] or as a desk [kontak.meja.…], and refer to it",
        ));
        if let Some(name) = desk_name(before) {
            claims.push(Claim {
                subject: Subject::Desk(name),
                value: phone.display(),
                source: source.clone(),
                span: place,
            });
        }
    }
}

/// The words before a number, on its line, that say whose it is; none where another number stands among them.
fn desk_name(before: &str) -> Option<String> {
    let lower = after_list_mark(before).unwrap_or(before).to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| {
            !word.is_empty()
                && !matches!(
                    *word,
                    "wa" | "whatsapp"
                        | "telepon"
                        | "telp"
                        | "hp"
                        | "nomor"
                        | "di"
                        | "ke"
                        | "hubungi"
                )
        })
        .collect();
    let last = words.get(words.len().saturating_sub(3)..)?;
    let numbers = last.iter().any(|word| word.contains(char::is_numeric));
    (!last.is_empty() && !numbers).then(|| last.join(" "))
}

/// Hosts of the agency's own domain that the profile does not know.
fn hosts(
    agency: &Agency,
    domain: &str,
    source: &Source,
    span: &Span,
    diagnostics: &mut Diagnostics,
) {
    let text = source.text.get(span.clone()).unwrap_or("");
    for (at, host) in hosts_in(text, domain) {
        if knows(agency, &host) {
            continue;
        }
        let message = format!(
            "the profile of `{}` knows no host `{host}`",
            agency.profile.id
        );
        let place = span.start + at.start..span.start + at.end;
        let warning = Diagnostic::warning("unheld-fact", source, place, message);
        diagnostics.push(warning.hint(
            "put it into instansi.toml (under [email], [kontak] or [tautan]) and refer to it",
        ));
    }
}

/// The hosts below a domain that a text names, in small letters.
fn hosts_in(text: &str, domain: &str) -> Vec<(Span, String)> {
    let suffix = format!(".{}", domain.to_ascii_lowercase());
    let text = text.to_ascii_lowercase();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&suffix) {
        let before = &text[..at];
        let start = before.trim_end_matches(is_host).len();
        let end = at + suffix.len();
        let mut after = text[end..].chars();
        let goes_on = match after.next() {
            Some('.') => after.next().is_some_and(|c| c.is_ascii_alphanumeric()),
            Some(c) => c.is_ascii_alphanumeric() || c == '-',
            None => false,
        };
        if start < at && !goes_on {
            found.push((start..end, text[start..end].to_owned()));
        }
    }
    found
}

fn knows(agency: &Agency, host: &str) -> bool {
    agency.profile.held.iter().any(|held| match &held.value {
        HeldValue::Name(name) => name == host,
        HeldValue::Url(url) => url.split('/').next() == Some(host),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_hosts_whatever_stands_before_them() {
        for text in [
            "“arsip.contoh.go.id”",
            "—Arsip.contoh.go.id.",
            "Buka …arsip.contoh.go.id, lalu",
        ] {
            let hosts = hosts_in(text, "contoh.go.id");
            let names: Vec<&str> = hosts.iter().map(|(_, host)| host.as_str()).collect();
            assert_eq!(names, ["arsip.contoh.go.id"], "{text}");
            let (at, host) = &hosts[0];
            assert_eq!(text[at.clone()].to_lowercase(), *host);
        }
        for text in [
            ".contoh.go.id",
            "arsip.contoh.go.idx",
            "a.contoh.go.id.example",
        ] {
            assert!(hosts_in(text, "contoh.go.id").is_empty(), "{text}");
        }
    }

    #[test]
    fn a_key_is_a_whole_word() {
        assert_eq!(key("Port SMTP"), Some("port"));
        assert_eq!(key("Nama server"), Some("host"));
        for label in ["Portal", "Transport", "Paspor", "Hosting"] {
            assert_eq!(key(label), None, "{label}");
        }
    }

    #[test]
    fn a_desk_is_named_in_words() {
        assert_eq!(
            desk_name("Hubungi Meja Sandi di "),
            Some("meja sandi".into())
        );
        assert_eq!(desk_name("2. Meja Sandi: "), Some("meja sandi".into()));
        assert_eq!(desk_name("Hubungi 0812 7777 1111 atau "), None);
        assert_eq!(desk_name(""), None);
    }

    proptest! {
        #[test]
        fn any_text_is_searched(text in "(.|[“”—é. ]|x\\.contoh\\.go\\.id){0,40}") {
            for (at, host) in hosts_in(&text, "contoh.go.id") {
                prop_assert_eq!(text[at].to_ascii_lowercase(), host);
            }
            for line in text.lines() {
                desk_name(line);
                after_list_mark(line);
            }
        }
    }
}
