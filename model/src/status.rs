//! What a roster or BSrE says of an account: the mailbox's status and the certificate's.

use serde::{Deserialize, Serialize};

/// Status of a person's electronic certificate (TTE), as BSrE's Esign Client Service names it.
///
/// Source: Esign Client Service v2, `user/check/status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TteStatus {
    /// The certificate is active.
    Issue,
    /// Its validity has ended.
    Expired,
    /// A renewal is in progress.
    Renew,
    /// The registration is being verified.
    WaitingForVerification,
    /// A certificate exists and the account is not activated.
    New,
    /// Registered, no certificate yet.
    NoCertificate,
    /// Not registered with BSrE.
    NotRegistered,
    /// Registered and suspended.
    Suspend,
    /// The certificate was revoked.
    Revoke,
}

impl TteStatus {
    /// Every status, in the order in which pages list them.
    pub const ALL: [Self; 9] = [
        Self::Issue,
        Self::New,
        Self::NoCertificate,
        Self::NotRegistered,
        Self::WaitingForVerification,
        Self::Renew,
        Self::Expired,
        Self::Revoke,
        Self::Suspend,
    ];

    /// BSrE's own word: `ISSUE`, `WAITING_FOR_VERIFICATION`, …
    pub const fn code(self) -> &'static str {
        match self {
            Self::Issue => "ISSUE",
            Self::Expired => "EXPIRED",
            Self::Renew => "RENEW",
            Self::WaitingForVerification => "WAITING_FOR_VERIFICATION",
            Self::New => "NEW",
            Self::NoCertificate => "NO_CERTIFICATE",
            Self::NotRegistered => "NOT_REGISTERED",
            Self::Suspend => "SUSPEND",
            Self::Revoke => "REVOKE",
        }
    }

    /// The status of BSrE's own word, exactly as BSrE writes it.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The id of the passage that explains this status on a page: `status-waiting-for-verification`.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Issue => "status-issue",
            Self::Expired => "status-expired",
            Self::Renew => "status-renew",
            Self::WaitingForVerification => "status-waiting-for-verification",
            Self::New => "status-new",
            Self::NoCertificate => "status-no-certificate",
            Self::NotRegistered => "status-not-registered",
            Self::Suspend => "status-suspend",
            Self::Revoke => "status-revoke",
        }
    }

    /// Reads a status as BSrE or a roster writes it. Matches whole words only ("INVALID" contains
    /// "VALID"), whatever their case; the roster's own two phrases are understood.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("TTE Terbit") {
            return Some(Self::Issue);
        }
        if text.eq_ignore_ascii_case("Pengguna tidak terdaftar") {
            return Some(Self::NotRegistered);
        }
        Self::ALL
            .into_iter()
            .find(|status| status.code().eq_ignore_ascii_case(text))
    }
}

/// Status of a mailbox in the roster that agencies receive (`STATUS EMAIL`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum MailStatus {
    /// "Email Baru": made for the person, handed out with a first password.
    New,
    /// "Email Existing": the person had it already.
    Existing,
}

impl MailStatus {
    /// Every status, in the order in which pages list them.
    pub const ALL: [Self; 2] = [Self::New, Self::Existing];

    /// The roster's own words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "Email Baru",
            Self::Existing => "Email Existing",
        }
    }

    /// The id of the passage that explains this status on a page.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::New => "status-email-baru",
            Self::Existing => "status-email-existing",
        }
    }

    /// Reads the roster's words, whatever their case and the spaces within.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        match words
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
        {
            ["email", "baru"] => Some(Self::New),
            ["email", "existing"] => Some(Self::Existing),
            _ => None,
        }
    }
}
