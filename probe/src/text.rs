//! The report as text, to be read at a terminal and in a log.

use std::fmt::{self, Display, Formatter};

use crate::{
    Severity, Verdict,
    report::{Report, Seen, Visited},
};

/// Longest line of a list or sentence, in characters.
const WIDTH: usize = 110;
/// Column at which values begin.
const VALUES: usize = 16;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for visited in &self.services {
            service(f, visited)?;
            writeln!(f)?;
        }
        let count = |verdict| self.count(verdict);
        writeln!(
            f,
            "{}: {} probed, {} in order, {} with warnings, {} failed",
            self.agency,
            self.services.len(),
            count(Verdict::Ok),
            count(Verdict::Warning),
            count(Verdict::Failure)
        )
    }
}

fn service(f: &mut Formatter<'_>, visited: &Visited) -> fmt::Result {
    let verdict = match visited.verdict {
        Verdict::Ok => "in order",
        Verdict::Warning => "warning",
        Verdict::Failure => "FAILURE",
    };
    writeln!(f, "{}: {verdict}", visited.target)?;
    seen(f, &visited.seen)?;
    for finding in &visited.findings {
        let grade = match finding.severity {
            Severity::Warning => "warning",
            Severity::Failure => "FAILURE",
        };
        row(f, grade, &format!("{} [{}]", finding.message, finding.code))?;
        row(f, "do", &finding.help)?;
    }
    Ok(())
}

fn seen(f: &mut Formatter<'_>, seen: &Seen) -> fmt::Result {
    if !seen.addresses.is_empty() {
        let addresses: Vec<String> = seen.addresses.iter().map(ToString::to_string).collect();
        let given = if seen.addresses_given {
            " (given by --resolve)"
        } else {
            ""
        };
        row(f, "addresses", &(addresses.join(", ") + given))?;
    }
    if let Some(connected) = seen.connected {
        row(f, "connected", &connected.to_string())?;
    }
    if let Some(tls) = &seen.tls {
        row(f, "TLS", &format!("{}, {}", tls.version, tls.cipher))?;
    }
    if let Some(certificate) = &seen.certificate {
        let names = match certificate.names.as_slice() {
            [] => "names no host".to_owned(),
            names => names.join(", "),
        };
        row(f, "certificate", &names)?;
        let sent = match certificate.sent {
            1 => "1 certificate sent".to_owned(),
            sent => format!("{sent} certificates sent"),
        };
        row(f, "issued by", &format!("{} ({sent})", certificate.issuer))?;
        let until = certificate.not_after.replace('T', " ").replace('Z', " UTC");
        let left = match certificate.days_left {
            days if days < 0 => "expired".to_owned(),
            1 => "1 day left".to_owned(),
            days => format!("{days} days left"),
        };
        row(f, "valid until", &format!("{until} ({left})"))?;
    }
    if let Some(greeting) = &seen.greeting {
        row(f, "greeting", greeting)?;
    }
    if let Some(capabilities) = &seen.capabilities {
        row(f, "capabilities", &capabilities.join(", "))?;
    }
    if let Some(ways) = &seen.sign_in {
        let ways = match ways.as_slice() {
            [] => "no mechanism".to_owned(),
            ways => ways.join(", "),
        };
        row(f, "sign-in", &ways)?;
    }
    if let Some(bytes) = seen.max_size {
        row(
            f,
            "largest mail",
            &format!("{bytes} bytes ({} MiB)", bytes >> 20),
        )?;
    }
    if let Some(http) = &seen.http {
        row(f, "answer", &http.status_line)?;
        if let Some(media) = &http.content_type {
            row(f, "type", media)?;
        }
        if let Some(to) = &http.location {
            row(f, "leads to", to)?;
        }
        if let Some(versions) = &http.activesync_versions {
            row(f, "versions", &versions.join(", "))?;
        }
        match http.agrees {
            Some(true) => row(f, "content", "names the profile's servers")?,
            Some(false) => row(f, "content", "does not agree with the profile")?,
            None => {}
        }
    }
    Ok(())
}

/// A label and its value, which goes on below itself where it is long.
fn row(f: &mut Formatter<'_>, label: &str, value: &str) -> fmt::Result {
    let mut label = label;
    for line in wrapped(value, WIDTH - VALUES) {
        writeln!(f, "  {label:<width$}{line}", width = VALUES - 2)?;
        label = "";
    }
    Ok(())
}

/// Breaks a text between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
