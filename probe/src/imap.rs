//! Asking an IMAP server what it can do (RFC 9051, 6.1.1; RFC 3501 where older).

use model::host::Security;

use crate::{
    Finding, link::Link, report::Seen, sign_in, step::Step, talk::Talk, visible::shown,
    visit::Visit,
};

/// What an IMAP server can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// All but `AUTH=…`, upper case: `IMAP4REV1`.
    pub keywords: Vec<String>,
    /// The mechanisms of `AUTH=…`, upper case: `PLAIN`.
    pub mechanisms: Vec<String>,
}

impl Capabilities {
    /// Reads an untagged answer, `* CAPABILITY IMAP4rev1 AUTH=PLAIN`; none where the line is another.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        if words.next()? != "*" || !words.next()?.eq_ignore_ascii_case("CAPABILITY") {
            return None;
        }
        let mut found = Self::default();
        for word in words {
            let word = shown(word).to_ascii_uppercase();
            let (list, word) = match word.strip_prefix("AUTH=") {
                Some(mechanism) => (&mut found.mechanisms, mechanism.to_owned()),
                None => (&mut found.keywords, word),
            };
            if !word.is_empty() && !list.contains(&word) {
                list.push(word);
            }
        }
        Some(found)
    }

    /// True where it has this keyword.
    pub fn has(&self, keyword: &str) -> bool {
        self.keywords.iter().any(|word| word == keyword)
    }
}

/// What an IMAP server's line is, to one who waits for the end of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// `* …`
    Untagged,
    /// `tag OK …`: the command is done.
    Done,
    /// `tag NO …`, `tag BAD …`, `* BYE …`: it is refused.
    Refused,
    /// Something else.
    Foreign,
}

impl Line {
    /// Reads a line of the answer to the command that bears `tag`.
    pub fn parse(line: &str, tag: &str) -> Self {
        let mut words = line.split_ascii_whitespace();
        let (first, second) = (words.next(), words.next().unwrap_or_default());
        let is = |word: &str| second.eq_ignore_ascii_case(word);
        match first {
            Some("*") if is("BYE") => Self::Refused,
            Some("*") => Self::Untagged,
            Some(found) if found == tag && is("OK") => Self::Done,
            Some(found) if found == tag => Self::Refused,
            _ => Self::Foreign,
        }
    }
}

/// Talks to the server as far as one gets without signing in.
pub(crate) fn visit(
    visit: &mut Visit<'_>,
    link: Link,
    security: Security,
    seen: &mut Seen,
) -> Result<(), Finding> {
    let mut talk = Talk::awaiting_greeting(visit, link, security, seen)?;
    let greeting = talk.line()?;
    seen.greeting = Some(shown(&without_capabilities(&greeting)));
    let mut words = greeting.split_ascii_whitespace();
    match (
        words.next(),
        words.next().map(str::to_ascii_uppercase).as_deref(),
    ) {
        (Some("*"), Some("OK" | "PREAUTH")) => {}
        (Some("*"), Some("BYE")) => return Err(Talk::unwelcome(&greeting)),
        _ => return Err(Talk::not_the_protocol("IMAP", &greeting)),
    }
    if security == Security::StartTls {
        let plain = capabilities(&mut talk, "p1")?;
        if !plain.has("STARTTLS") {
            return Err(sign_in::no_starttls());
        }
        if !plain.has("LOGINDISABLED") {
            visit.findings.push(sign_in::unencrypted());
        }
        talk.step(Step::StartTls);
        let answers = command(&mut talk, "p2", "STARTTLS")?;
        if let Err(answer) = answers {
            return Err(sign_in::starttls_refused(&answer));
        }
        talk = talk.encrypt(visit, seen)?;
    }
    let offered = capabilities(&mut talk, "p3")?;
    let plain_login = !offered.has("LOGINDISABLED");
    visit
        .findings
        .extend(sign_in::judge(&offered.mechanisms, plain_login));
    seen.capabilities = Some(offered.keywords);
    seen.sign_in = Some(offered.mechanisms);
    talk.leave("p4 LOGOUT");
    Ok(())
}

/// A greeting without its list of what the server can do before it is encrypted.
fn without_capabilities(greeting: &str) -> String {
    let list = greeting.find("[CAPABILITY").and_then(|start| {
        let length = greeting.get(start..)?.find(']')?;
        Some(start..=start + length)
    });
    let mut greeting = greeting.to_owned();
    if let Some(list) = list {
        greeting.replace_range(list, "");
    }
    greeting
}

fn capabilities(talk: &mut Talk, tag: &str) -> Result<Capabilities, Finding> {
    talk.step(Step::Capabilities);
    match command(talk, tag, "CAPABILITY")? {
        Ok(lines) => {
            let found = lines.iter().find_map(|line| Capabilities::parse(line));
            found.ok_or_else(|| {
                Talk::not_the_protocol("IMAP", lines.last().map_or("", String::as_str))
            })
        }
        Err(answer) => Err(Talk::unwelcome(&answer)),
    }
}

/// Sends a command: all lines of its answer, or the line that refuses it.
fn command(
    talk: &mut Talk,
    tag: &str,
    command: &str,
) -> Result<Result<Vec<String>, String>, Finding> {
    talk.say(&format!("{tag} {command}"))?;
    let mut lines = talk.lines(|line| Line::parse(line, tag) != Line::Untagged)?;
    let last = lines.last().cloned().unwrap_or_default();
    match Line::parse(&last, tag) {
        Line::Done => {
            lines.pop();
            Ok(Ok(lines))
        }
        Line::Refused => Ok(Err(last)),
        Line::Untagged | Line::Foreign => Err(Talk::not_the_protocol("IMAP", &last)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_capabilities() {
        let found = Capabilities::parse(
            "* capability IMAP4rev1 STARTTLS AUTH=PLAIN auth=login AUTH= IDLE idle LOGINDISABLED",
        )
        .unwrap();
        assert_eq!(
            found.keywords,
            ["IMAP4REV1", "STARTTLS", "IDLE", "LOGINDISABLED"]
        );
        assert_eq!(found.mechanisms, ["PLAIN", "LOGIN"]);
        assert!(found.has("STARTTLS") && !found.has("PLAIN"));
        for other in ["", "*", "* OK ready", "p1 OK CAPABILITY", "* CAPABILITYX A"] {
            assert_eq!(Capabilities::parse(other), None, "{other}");
        }
    }

    #[test]
    fn shows_a_greeting_once() {
        for (greeting, shown) in [
            ("* OK [CAPABILITY IMAP4rev1 IDLE] ready", "* OK  ready"),
            ("* OK [CAPABILITY IMAP4rev1", "* OK [CAPABILITY IMAP4rev1"),
            ("* OK ready]", "* OK ready]"),
        ] {
            assert_eq!(without_capabilities(greeting), shown);
        }
    }

    #[test]
    fn tells_lines_apart() {
        for (line, kind) in [
            ("* CAPABILITY IMAP4rev1", Line::Untagged),
            ("* BYE going down", Line::Refused),
            ("p1 ok done", Line::Done),
            ("p1 NO not now", Line::Refused),
            ("p1 BAD what", Line::Refused),
            ("p2 OK done", Line::Foreign),
            ("HTTP/1.1 400 Bad Request", Line::Foreign),
            ("", Line::Foreign),
        ] {
            assert_eq!(Line::parse(line, "p1"), kind, "{line}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(line in ".*") {
            let _ = (Capabilities::parse(&line), Line::parse(&line, "p1"));
            let _ = (without_capabilities(&line), without_capabilities(&format!("[CAPABILITY{line}")));
        }

        #[test]
        fn finds_each_word_once(
            keywords in proptest::collection::vec("[A-Z][A-Z0-9+-]{0,9}", 0..9),
            mechanisms in proptest::collection::vec("[A-Z][A-Z0-9-]{0,9}", 0..5),
        ) {
            let mechanism_words = mechanisms.iter().map(|word| format!("AUTH={word}"));
            let words: Vec<String> = keywords.iter().cloned().chain(mechanism_words).collect();
            let found = Capabilities::parse(&format!("* CAPABILITY {}", words.join(" "))).unwrap();
            for (list, said) in [(&found.keywords, &keywords), (&found.mechanisms, &mechanisms)] {
                prop_assert!(said.iter().all(|word| list.contains(word)));
                prop_assert!(list.iter().all(|word| said.contains(word)));
                let once: BTreeSet<&String> = list.iter().collect();
                prop_assert_eq!(once.len(), list.len());
            }
        }
    }
}
