//! Asking a submission server what it can do: EHLO (RFC 5321, 4.1.1.1).

use model::host::Security;

use crate::{
    Finding, link::Link, report::Seen, sign_in, step::Step, talk::Talk, visible::shown,
    visit::Visit,
};

/// Who asks, as an address literal (RFC 5321, 4.1.3). Mail programs without a name of their own say the same; it tells
/// nothing of the network that they are in.
const EHLO: &str = "EHLO [127.0.0.1]";

/// One line of an SMTP answer: `250-SIZE 1000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// 200 to 599.
    pub code: u16,
    /// True for the answer's last line.
    pub last: bool,
    /// What follows.
    pub text: &'a str,
}

impl<'a> Reply<'a> {
    /// Reads a line; none where it is none of SMTP's.
    pub fn parse(line: &'a str) -> Option<Self> {
        let (code, rest) = line.split_at_checked(3)?;
        let digits = code.bytes().all(|byte| byte.is_ascii_digit());
        let code = code
            .parse()
            .ok()
            .filter(|code| digits && (200..600).contains(code))?;
        let (last, text) = match rest.as_bytes().first() {
            None => (true, ""),
            Some(b' ') => (true, rest.get(1..)?),
            Some(b'-') => (false, rest.get(1..)?),
            Some(_) => return None,
        };
        Some(Self { code, last, text })
    }
}

/// What a submission server can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ehlo {
    /// Its keywords with their parameters, `AUTH` left out: `SIZE 1000`.
    pub keywords: Vec<String>,
    /// The mechanisms of `AUTH`, upper case (RFC 4954).
    pub mechanisms: Vec<String>,
    /// Largest message, in bytes (RFC 1870); none where it is not said, or has no limit.
    pub max_size: Option<u64>,
}

impl Ehlo {
    /// Reads the lines that follow the first of an answer to EHLO, without their codes.
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        for line in lines {
            let line = shown(line);
            // Old servers write `AUTH=LOGIN` besides.
            let (keyword, values) = line.split_once([' ', '=']).unwrap_or((&line, ""));
            match keyword.to_ascii_uppercase().as_str() {
                "" => {}
                "AUTH" => {
                    for mechanism in values.split_ascii_whitespace() {
                        let mechanism = mechanism.to_ascii_uppercase();
                        if !found.mechanisms.contains(&mechanism) {
                            found.mechanisms.push(mechanism);
                        }
                    }
                }
                name => {
                    if name == "SIZE" {
                        found.max_size = values.trim().parse().ok().filter(|size| *size > 0);
                    }
                    let values = line.get(keyword.len()..).unwrap_or_default();
                    found.keywords.push(format!("{name}{values}"));
                }
            }
        }
        found
    }

    /// True where it has this keyword.
    pub fn has(&self, keyword: &str) -> bool {
        self.keywords
            .iter()
            .any(|line| line.split(' ').next() == Some(keyword))
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
    let (code, lines) = answer(&mut talk)?;
    let greeting = lines.join(" ");
    seen.greeting = Some(shown(&format!("{code} {greeting}")));
    if code != 220 {
        return Err(Talk::unwelcome(&format!("{code} {greeting}")));
    }
    if security == Security::StartTls {
        let plain = ehlo(&mut talk)?;
        if !plain.has("STARTTLS") {
            return Err(sign_in::no_starttls());
        }
        if !plain.mechanisms.is_empty() {
            visit.findings.push(sign_in::unencrypted());
        }
        talk.step(Step::StartTls);
        talk.say("STARTTLS")?;
        let (code, lines) = answer(&mut talk)?;
        if code != 220 {
            let said = format!("{code} {}", lines.join(" "));
            return Err(sign_in::starttls_refused(&said));
        }
        talk = talk.encrypt(visit, seen)?;
    }
    let offered = ehlo(&mut talk)?;
    visit
        .findings
        .extend(sign_in::judge(&offered.mechanisms, false));
    seen.capabilities = Some(offered.keywords);
    seen.sign_in = Some(offered.mechanisms);
    seen.max_size = offered.max_size;
    talk.leave("QUIT");
    Ok(())
}

fn ehlo(talk: &mut Talk) -> Result<Ehlo, Finding> {
    talk.step(Step::Capabilities);
    talk.say(EHLO)?;
    let (code, lines) = answer(talk)?;
    if code != 250 {
        return Err(Talk::unwelcome(&format!("{code} {}", lines.join(" "))));
    }
    Ok(Ehlo::parse(lines.iter().skip(1).map(String::as_str)))
}

/// One whole answer: its code, and its lines without it.
fn answer(talk: &mut Talk) -> Result<(u16, Vec<String>), Finding> {
    let lines = talk.lines(|line| Reply::parse(line).is_none_or(|reply| reply.last))?;
    let mut code = 0;
    let mut texts = Vec::new();
    for line in &lines {
        let reply = Reply::parse(line).ok_or_else(|| Talk::not_the_protocol("SMTP", line))?;
        code = reply.code;
        texts.push(reply.text.to_owned());
    }
    Ok((code, texts))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_replies() {
        let reply = Reply::parse("250-SIZE 1000").unwrap();
        assert_eq!(
            (reply.code, reply.last, reply.text),
            (250, false, "SIZE 1000")
        );
        let reply = Reply::parse("220").unwrap();
        assert_eq!((reply.code, reply.last, reply.text), (220, true, ""));
        for other in [
            "", "25", "* OK", "+20 a", "250_a", "600 a", "199 a", "25é a", "2500 a",
        ] {
            assert_eq!(Reply::parse(other), None, "{other}");
        }
    }

    #[test]
    fn reads_ehlo() {
        let found = Ehlo::parse([
            "SIZE 52428800",
            "auth PLAIN login",
            "AUTH=LOGIN",
            "starttls",
            "ENHANCEDSTATUSCODES",
            "",
        ]);
        assert_eq!(
            found.keywords,
            ["SIZE 52428800", "STARTTLS", "ENHANCEDSTATUSCODES"]
        );
        assert_eq!(found.mechanisms, ["PLAIN", "LOGIN"]);
        assert_eq!(found.max_size, Some(52_428_800));
        assert!(found.has("STARTTLS") && found.has("SIZE") && !found.has("AUTH"));
        for unlimited in ["SIZE", "SIZE 0", "SIZE x", "SIZE 99999999999999999999"] {
            assert_eq!(Ehlo::parse([unlimited]).max_size, None, "{unlimited}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(line in ".*", lines in proptest::collection::vec(".*", 0..5)) {
            let _ = Reply::parse(&line);
            let _ = Ehlo::parse(lines.iter().map(String::as_str));
        }

        #[test]
        fn reads_what_servers_write(code in 200..600_u16, last in any::<bool>(), text in "[ -~]{0,40}") {
            let line = format!("{code}{}{text}", if last { ' ' } else { '-' });
            prop_assert_eq!(Reply::parse(&line), Some(Reply { code, last, text: &text }));
        }

        #[test]
        fn reads_every_size(size in 1..u64::MAX) {
            let line = format!("SIZE {size}");
            prop_assert_eq!(Ehlo::parse([line.as_str()]).max_size, Some(size));
        }
    }
}
