//! Asks an agency's mail hosts what a mail program would meet there, and says what is wrong and what to do.
//!
//! [`probe`] visits every [`Target`] at once: it resolves the host, connects, agrees on TLS, judges the certificate, and
//! asks as far as one gets without signing in. It never sends a user name or a password, connects to nothing but its
//! targets, and follows no redirect. A mail exchanger is resolved only. Whatever a peer does, the visit ends: it has limits
//! of time ([`Options::timeout`] for all, half of it for one step) and of what it may send.
//!
//! What peers say is printed shortened, on one line, with `[address]` in place of whatever has an `@`.
//!
//! # JSON
//!
//! [`Report::json`] writes one document; every key always stands there, `null` where it is not known:
//!
//! ```json
//! {
//!   "version": 1,
//!   "agency": "dki-jakarta",
//!   "verdict": "ok | warning | failure",
//!   "services": [
//!     {
//!       "service": "imap | smtp | webmail | activesync | autoconfig | mx",
//!       "host": "email.jakarta.go.id",
//!       "port": 993,
//!       "security": "SSL/TLS | STARTTLS",
//!       "path": "/ for HTTPS, else null",
//!       "verdict": "ok | warning | failure",
//!       "addresses": ["192.0.2.7"],
//!       "addresses_given": false,
//!       "connected": "192.0.2.7:993",
//!       "tls": { "version": "1.3", "cipher": "TLS13_AES_256_GCM_SHA384" },
//!       "certificate": {
//!         "names": ["email.jakarta.go.id"],
//!         "issuer": "R11 (Let's Encrypt)",
//!         "not_before": "2026-11-01T00:00:00Z",
//!         "not_after": "2027-01-30T00:00:00Z",
//!         "days_left": 67,
//!         "sent": 2,
//!         "trusted": true
//!       },
//!       "greeting": "* OK ready",
//!       "capabilities": ["IMAP4REV1", "IDLE"],
//!       "sign_in": ["PLAIN"],
//!       "max_size": null,
//!       "http": {
//!         "status": 200,
//!         "status_line": "HTTP/1.1 200 OK",
//!         "content_type": "text/xml",
//!         "location": null,
//!         "activesync_versions": ["14.0", "14.1"],
//!         "agrees": true
//!       },
//!       "findings": [
//!         { "code": "expired", "severity": "failure", "message": "…", "help": "…" }
//!       ]
//!     }
//!   ]
//! }
//! ```
//!
//! `port`, `security` and `connected` of an `mx` are `null`; `http` is an object for HTTPS hosts that answer. Keys may be
//! added within a version; none is taken away or given another meaning.
//!
//! # Findings
//!
//! | where | failures | warnings |
//! |---|---|---|
//! | name | `unresolved`, `resolve-timeout` | |
//! | connection | `refused`, `connect-timeout`, `unreachable`, `silent`, `closed`, `flood`, `broken` | `address-unreachable` |
//! | TLS | `plain-text`, `old-tls`, `tls-refused`, `tls-broken`, `starttls-missing`, `starttls-refused`, `early-words` | |
//! | certificate | `expired`, `not-yet-valid`, `wrong-name`, `self-signed`, `unknown-issuer`, `incomplete-chain`, `chain-out-of-date`, `certificate-rejected`, `certificate-unreadable` | `expires-soon` (fewer than 30 days) |
//! | IMAP, SMTP | `other-protocol`, `unwelcome`, `no-sign-in` | `login-only`, `no-plain`, `sign-in-unencrypted` |
//! | HTTPS | `other-protocol`, `http-failure`, `no-activesync` | `http-doubt`, `redirect-unencrypted` |
//! | set-up file | `autoconfig-broken`, `autoconfig-differs` | `autoconfig-type`, `not-published` |

pub mod autoconfig;
pub mod http;
pub mod imap;
pub mod smtp;
pub mod target;

mod authorities;
mod certificate;
mod finding;
mod link;
mod report;
mod resolve;
mod sign_in;
mod step;
mod talk;
mod text;
mod tls;
mod visible;
mod visit;

use std::{num::NonZeroU16, thread};

pub use authorities::{Authorities, AuthoritiesError};
pub use certificate::Certificate;
pub use finding::{Finding, Severity};
pub use report::{Http, Report, Seen, Verdict, Visited};
pub use resolve::{Override, OverrideError};
pub use target::{Service, Target};
pub use tls::Tls;

/// How to probe.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long one target may take, in seconds; one step of it, half as long.
    pub timeout: NonZeroU16,
    /// Where to connect instead of asking for a host's address.
    pub overrides: Vec<Override>,
    /// Whose certificates are believed.
    pub authorities: Authorities,
}

/// Visits all targets at the same time and tells what was found, in their order.
pub fn probe(agency: &str, targets: &[Target], options: &Options) -> Report {
    let visited = thread::scope(|scope| {
        let visits: Vec<_> = targets
            .iter()
            .map(|target| scope.spawn(move || visit::visit(target, options)))
            .collect();
        visits
            .into_iter()
            .zip(targets)
            .map(|(visit, target)| {
                visit
                    .join()
                    .unwrap_or_else(|_| visit::given_up(target.clone()))
            })
            .collect()
    });
    Report::new(agency, visited)
}
