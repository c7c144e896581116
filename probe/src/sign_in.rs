//! Whether people can sign in at a mail server, and only where it is safe.

use crate::{Finding, visible::shown};

/// Judges the ways to sign in that an encrypted server offers. `plain_login`: it has a command that takes user name and
/// password besides (IMAP's `LOGIN`).
pub(crate) fn judge(mechanisms: &[String], plain_login: bool) -> Option<Finding> {
    let offers = |name: &str| mechanisms.iter().any(|mechanism| mechanism == name);
    if offers("PLAIN") {
        return None;
    }
    if offers("LOGIN") {
        return Some(Finding::warning(
            "login-only",
            "Of the ways to sign in with a password, the host offers LOGIN and not PLAIN.",
            "Switch the mechanism PLAIN on besides: LOGIN is outdated, and some mail programs lack it.",
        ));
    }
    if mechanisms.is_empty() && !plain_login {
        return Some(Finding::failure(
            "no-sign-in",
            "The host offers no way to sign in, though the connection is encrypted.",
            "Switch signing in on for this port of the server, with the mechanism PLAIN.",
        ));
    }
    Some(Finding::warning(
        "no-plain",
        if mechanisms.is_empty() {
            "The host names no mechanism to sign in; only IMAP's own command LOGIN is left."
                .to_owned()
        } else {
            format!(
                "The host offers neither PLAIN nor LOGIN to sign in, but {}.",
                mechanisms.join(", ")
            )
        },
        "Switch the mechanism PLAIN on: it is what mail programs use with a password over TLS.",
    ))
}

/// Passwords may travel in the clear.
pub(crate) fn unencrypted() -> Finding {
    Finding::warning(
        "sign-in-unencrypted",
        "The host lets people sign in before the connection is encrypted, so a password can be overheard.",
        "Demand TLS before signing in, in the server's configuration.",
    )
}

/// STARTTLS is promised and not offered.
pub(crate) fn no_starttls() -> Finding {
    Finding::failure(
        "starttls-missing",
        "The profile promises STARTTLS, and the host does not offer it: all would travel in plain text.",
        "Configure certificate and TLS of the server; where somebody in between takes the offer away, as some firewalls do, prefer SSL/TLS (IMAP 993, SMTP 465).",
    )
}

/// STARTTLS is offered and refused.
pub(crate) fn starttls_refused(answer: &str) -> Finding {
    Finding::failure(
        "starttls-refused",
        format!(
            "The host offers STARTTLS and refuses to begin it; it says \u{201c}{}\u{201d}.",
            shown(answer)
        ),
        "Look in the service's log; mostly its certificate or key can't be read.",
    )
}
