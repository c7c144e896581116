//! Contradictions: what two guides, or a guide and the profile, say of one and the same thing.
//!
//! A claim is a value that a guide gives to a subject: the port of IMAP in a settings card, the telephone number
//! behind the name of a desk.

use std::collections::BTreeMap;

use model::phone::Phone;

use super::first_line;
use crate::{
    check::phone_runs,
    diagnostic::{Diagnostic, Diagnostics},
    markdown::ast::{Block, BlockKind, Inline, Named, NamedBlock, Part, plain, visit},
    profile::HeldValue,
    site::{Agency, Page},
    source::{Source, Span},
};

/// What a guide says of a subject.
struct Claim<'a> {
    subject: Subject,
    value: String,
    page: &'a Page,
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
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for page in &agency.pages {
        services(page, &mut claims);
        phones(agency, page, &mut claims, diagnostics);
        hosts(agency, page, diagnostics);
    }
    let mut first: BTreeMap<&Subject, &Claim<'_>> = BTreeMap::new();
    for claim in &claims {
        if let Subject::Service(service, key) = claim.subject
            && let Some(held) = held(agency, service, key)
        {
            if held != claim.value {
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
                    other.page.source.path,
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

fn warn(claim: &Claim<'_>, message: String, diagnostics: &mut Diagnostics, hint: &str) {
    let warning = Diagnostic::warning("contradiction", &claim.source, claim.span.clone(), message);
    diagnostics.push(warning.hint(hint));
}

fn held(agency: &Agency, service: &str, key: &str) -> Option<String> {
    let server = agency.profile.facts.group(&format!("email.{service}"));
    let value = server.get_attr(key).ok()?;
    (!value.is_undefined()).then(|| value.to_string())
}

/// Rows of settings cards and drawn screens that name a mail service.
fn services<'a>(page: &'a Page, claims: &mut Vec<Claim<'a>>) {
    visit(&page.blocks, &mut |part| {
        let Part::Block(block) = part else { return };
        let BlockKind::Named(named) = &block.kind else {
            return;
        };
        // A port that names no service belongs to the server above it.
        let mut above = service(&plain(&named.title));
        for (label, value) in rows(named) {
            let Some(key) = key(&label) else { continue };
            above = service(&label).or(above);
            let Some(service) = above else { continue };
            let value = plain(value).trim().to_owned();
            let fits = match key {
                "port" => !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()),
                _ => value.contains('.') && !value.contains(char::is_whitespace),
            };
            if fits {
                claims.push(Claim {
                    subject: Subject::Service(service, key),
                    span: row_place(block, &label),
                    source: block.source.clone(),
                    value,
                    page,
                });
            }
        }
    });
}

fn rows(named: &NamedBlock) -> Vec<(String, &[Inline])> {
    match &named.content {
        Named::Settings(settings) => settings
            .iter()
            .filter(|setting| setting.literal)
            .map(|setting| (setting.label.clone(), setting.value.as_slice()))
            .collect(),
        Named::Screen(fields) => fields
            .iter()
            .map(|field| (plain(&field.label), field.value.as_slice()))
            .collect(),
        _ => Vec::new(),
    }
}

/// The one service that a text names; none where it names several.
fn service(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let named: Vec<&str> = [
        ("imap", ["imap", "surat masuk", "incoming"]),
        ("smtp", ["smtp", "surat keluar", "outgoing"]),
        ("exchange", ["exchange", "activesync", "eas"]),
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
    if label.contains("port") {
        Some("port")
    } else if label.contains("server") || label.contains("host") {
        Some("host")
    } else {
        None
    }
}

fn row_place(block: &Block, label: &str) -> Span {
    let text = block.source.text.get(block.span.clone()).unwrap_or("");
    let line = text.match_indices(label).map(|(at, _)| at).next();
    match line {
        Some(at) => {
            let start = block.span.start + at;
            first_line(&block.source, &(start..block.span.end))
        }
        None => first_line(&block.source, &block.span),
    }
}

/// Telephone numbers that are typed: the profile holds them, or it should.
fn phones<'a>(
    agency: &Agency,
    page: &'a Page,
    claims: &mut Vec<Claim<'a>>,
    diagnostics: &mut Diagnostics,
) {
    for (source, span) in &page.texts {
        let text = source.text.get(span.clone()).unwrap_or("");
        for at in phone_runs(text) {
            let typed = &text[at.clone()];
            let Ok(phone) = Phone::parse(typed) else {
                continue;
            };
            let digits = phone.tel().trim_start_matches("tel:+62").to_owned();
            let known = |held: &HeldValue| matches!(held, HeldValue::Phone(d) if *d == digits);
            if agency.profile.held.iter().any(|held| known(&held.value)) {
                continue; // reported as typed out
            }
            let place = span.start + at.start..span.start + at.end;
            let before = text[..at.start].lines().last().unwrap_or("");
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
                    page,
                    source: source.clone(),
                    span: place,
                });
            }
        }
    }
}

/// The words before a number that say whose it is.
fn desk_name(before: &str) -> Option<String> {
    let lower = before.to_lowercase();
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
    (!last.is_empty()).then(|| last.join(" "))
}

/// Hosts of the agency's own domain that the profile does not know.
fn hosts(agency: &Agency, page: &Page, diagnostics: &mut Diagnostics) {
    let email = agency.profile.facts.group("email");
    let domain = match email.get_attr("domain") {
        Ok(domain) if !domain.is_undefined() => domain.to_string(),
        _ => return,
    };
    let suffix = format!(".{domain}");
    for (source, span) in &page.texts {
        let text = source
            .text
            .get(span.clone())
            .unwrap_or("")
            .to_ascii_lowercase();
        for (at, _) in text.match_indices(&suffix) {
            let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
            let start = text[..at]
                .rfind(|c: char| !is_host(c))
                .map_or(0, |before| before + 1);
            let end = at + suffix.len();
            let goes_on = text[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
            let host = &text[start..end];
            if goes_on || start == at || knows(agency, host) {
                continue;
            }
            let message = format!(
                "the profile of `{}` knows no host `{host}`",
                agency.profile.id
            );
            let place = span.start + start..span.start + end;
            let warning = Diagnostic::warning("unheld-fact", source, place, message);
            diagnostics.push(warning.hint(
                "put it into instansi.toml (under [email], [kontak] or [tautan]) and refer to it",
            ));
        }
    }
}

fn knows(agency: &Agency, host: &str) -> bool {
    agency.profile.held.iter().any(|held| match &held.value {
        HeldValue::Name(name) => name == host,
        HeldValue::Url(url) => url.split('/').next() == Some(host),
        _ => false,
    })
}
