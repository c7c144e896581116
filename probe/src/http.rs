//! One request over HTTPS and its answer (RFC 9112). No redirect is followed: it may lead to hosts that the profile does
//! not name.

use crate::{
    Finding, Service, Severity, Target, autoconfig,
    link::Link,
    report::{Http, Seen},
    step::Step,
    talk::Talk,
    target::{ACTIVESYNC, HTTPS},
    visible::shown,
    visit::Visit,
};

/// Longest body that is read, in bytes: a set-up file has about two thousand.
const LONGEST_BODY: usize = 64 * 1024;

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// `200`
    pub status: u16,
    /// Its first line.
    pub line: String,
    /// Names, lower case, and values.
    pub fields: Vec<(String, String)>,
}

impl Head {
    /// Reads the lines of an answer's head; none where they are none of HTTP's.
    pub fn parse(lines: &[String]) -> Option<Self> {
        let (line, fields) = lines.split_first()?;
        let mut words = line.split(' ');
        if !words.next()?.starts_with("HTTP/1.") {
            return None;
        }
        let status = words
            .next()?
            .parse()
            .ok()
            .filter(|status| (100..600).contains(status))?;
        let fields = fields.iter().filter_map(|field| {
            let (name, value) = field.split_once(':')?;
            Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        });
        Some(Self {
            status,
            line: line.clone(),
            fields: fields.collect(),
        })
    }

    /// The first value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    fn media_type(&self) -> Option<String> {
        let value = self.field("content-type")?;
        let media = value.split(';').next().unwrap_or_default();
        Some(shown(&media.to_ascii_lowercase()))
    }

    /// Where a redirect leads, without what stands after `?`.
    fn location(&self) -> Option<String> {
        let value = self.field("location")?;
        Some(shown(value.split(['?', '#']).next().unwrap_or_default()))
    }
}

/// Sends the one request of a target and judges the answer.
pub(crate) fn visit(visit: &mut Visit<'_>, link: Link, seen: &mut Seen) -> Result<(), Finding> {
    let target = visit.target;
    let mut talk = Talk::over(visit.encrypt(link, Some("http/1.1"), seen)?);
    talk.step(Step::Answer);
    talk.say(&request(target))?;
    let lines = talk.lines(|line| line.is_empty())?;
    let head = Head::parse(&lines)
        .ok_or_else(|| Talk::not_the_protocol("HTTP", lines.first().map_or("", String::as_str)))?;
    let mut http = Http {
        status: head.status,
        status_line: shown(&head.line),
        content_type: head.media_type(),
        location: head.location(),
        ..Http::default()
    };
    match &target.service {
        Service::ActiveSync => {
            http.activesync_versions = head.field("ms-asprotocolversions").map(|versions| {
                let versions = versions.split(',').map(|version| shown(version.trim()));
                versions.collect()
            });
            visit.findings.extend(activesync(&http));
        }
        Service::Autoconfig { expected, .. } if head.status == 200 => {
            let body = body(&mut talk, &head)?;
            let findings = autoconfig::judge(&http, &body, expected);
            http.agrees = Some(
                findings
                    .iter()
                    .all(|finding| finding.severity == Severity::Warning),
            );
            visit.findings.extend(findings);
        }
        Service::Autoconfig { .. } => visit.findings.push(unpublished(&http)),
        _ => visit.findings.extend(webmail(&http)),
    }
    seen.http = Some(http);
    Ok(())
}

/// Lines of the request; the last is ended by who sends it.
fn request(target: &Target) -> String {
    let (method, path) = match (&target.service, target.path()) {
        (Service::ActiveSync, _) => ("OPTIONS", ACTIVESYNC),
        (_, path) => ("GET", path.unwrap_or("/")),
    };
    let host = target.host.as_str();
    let port = match target.port() {
        Some(port) if port != HTTPS => format!(":{port}"),
        _ => String::new(),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}{port}\r\nUser-Agent: pandu-probe\r\nAccept: */*\r\nConnection: close\r\n"
    )
}

/// The body, as far as it may be long: whole, in chunks, or up to the connection's end.
fn body(talk: &mut Talk, head: &Head) -> Result<Vec<u8>, Finding> {
    let chunked = head
        .field("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    if !chunked {
        let length = head
            .field("content-length")
            .and_then(|value| value.parse().ok());
        return talk.bytes(length.unwrap_or(LONGEST_BODY).min(LONGEST_BODY));
    }
    let mut body = Vec::new();
    while body.len() < LONGEST_BODY {
        let line = talk.line()?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(size, 16) else {
            return Err(Talk::not_the_protocol("HTTP", &line));
        };
        if size == 0 {
            break;
        }
        body.extend(talk.bytes(size.min(LONGEST_BODY - body.len()))?);
        talk.line()?;
    }
    Ok(body)
}

fn webmail(http: &Http) -> Option<Finding> {
    let plain = |to: &String| to.to_ascii_lowercase().starts_with("http://");
    match http.status {
        300..=399 if http.location.as_ref().is_some_and(plain) => Some(Finding::warning(
            "redirect-unencrypted",
            "The host leads people on to an address without encryption (http://).",
            "Let it lead to an https:// address.",
        )),
        status => status_finding(status),
    }
}

fn activesync(http: &Http) -> Option<Finding> {
    match (&http.activesync_versions, http.status) {
        // Most servers ask who is there before they say more.
        (_, 401) | (Some(_), 200) => None,
        (None, 200..=399) => Some(Finding::failure(
            "no-activesync",
            "The host answers, but not as an ActiveSync server: it names no protocol versions.",
            "Switch ActiveSync on at the mail server, and let the proxy before it pass /Microsoft-Server-ActiveSync on; where the agency does not offer it, take it out of the profile.",
        )),
        (_, status) => status_finding(status),
    }
}

/// What a status alone means.
fn status_finding(status: u16) -> Option<Finding> {
    match status {
        404 | 410 => Some(Finding::failure(
            "http-failure",
            format!("The host answers {status}: there is nothing at this address."),
            "Compare the address with the server's configuration; where the profile is wrong, correct it.",
        )),
        500.. => Some(Finding::failure(
            "http-failure",
            format!("The host answers {status}: it has failed itself."),
            "Look in the web server's log, and whether the service behind it runs.",
        )),
        401 => None,
        400..=499 => Some(Finding::warning(
            "http-doubt",
            format!("The host answers {status}; people may be refused as well."),
            "Open the address in a browser; where it works there, the server only refuses programs.",
        )),
        _ => None,
    }
}

fn unpublished(http: &Http) -> Finding {
    let reason = match &http.location {
        Some(to) if (300..400).contains(&http.status) => {
            format!("the host leads on to {to}, which is not followed")
        }
        _ => format!("the host answers {}", http.status),
    };
    not_published(&reason)
}

fn not_published(reason: &str) -> Finding {
    Finding::warning(
        "not-published",
        format!("No set-up file was found here: {reason}."),
        "Publish it here, and people's programs set themselves up; one of its two places is enough.",
    )
}

/// A set-up file that is not there keeps nobody from their mail: programs go on to the next place.
pub(crate) fn soften(findings: &mut [Finding]) {
    for finding in findings {
        let reason = match finding.code {
            "unresolved" | "resolve-timeout" => "the name does not resolve",
            "refused" => "the host refuses the connection",
            "connect-timeout" | "unreachable" | "silent" | "closed" => "the host does not answer",
            _ => continue,
        };
        *finding = not_published(reason);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn reads_heads() {
        let head = Head::parse(&lines(
            "HTTP/1.1 302 Found\nLocation: https://mail.contoh.go.id/?user=joni\nContent-Type: Text/HTML; charset=utf-8\n: x\nbroken\n",
        ))
        .unwrap();
        assert_eq!(head.status, 302);
        assert_eq!(head.location().unwrap(), "https://mail.contoh.go.id/");
        assert_eq!(head.media_type().unwrap(), "text/html");
        for other in [
            "",
            "HTTP/2 200",
            "HTTP/1.1",
            "HTTP/1.1 9",
            "HTTP/1.1 x",
            "220 mail",
        ] {
            assert_eq!(Head::parse(&lines(other)), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(lines in proptest::collection::vec(".*", 0..9)) {
            if let Some(head) = Head::parse(&lines) {
                let _ = (head.location(), head.media_type());
            }
        }
    }
}
