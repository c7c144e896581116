//! What browser and look-up say to each other, as JSON.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST api/v1/email` | [`EmailQuery`] | [`EmailAnswer`] |
//! | `POST api/v1/tte` | [`TteQuery`] | [`TteAnswer`] |
//! | `GET api/v1/info` | | [`Info`] |
//!
//! Anything but success is a [`Refusal`]. An unknown person and a mismatch are the same answer.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::status::{MailStatus, TteStatus};

/// "Do I have a mailbox?", asked by exactly one of these: `{"nip":"…"}`, `{"nrk":"…"}`, `{"nama":"…"}`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailQuery {
    /// Staff number of every civil servant, 18 digits.
    Nip(String),
    /// The agency's own staff number.
    Nrk(String),
    /// The full name.
    Nama(String),
}

/// "Is my certificate active?", asked by exactly one of these: `{"email":"…"}`, `{"nik":"…"}`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TteQuery {
    /// Official mail address.
    Email(String),
    /// Number of the identity card (KTP), 16 digits.
    Nik(String),
}

#[cfg(feature = "zeroize")]
impl Drop for EmailQuery {
    /// Clears the memory of what was asked.
    fn drop(&mut self) {
        let (Self::Nip(text) | Self::Nrk(text) | Self::Nama(text)) = self;
        zeroize::Zeroize::zeroize(text);
    }
}

#[cfg(feature = "zeroize")]
impl Drop for TteQuery {
    /// Clears the memory of what was asked.
    fn drop(&mut self) {
        let (Self::Email(text) | Self::Nik(text)) = self;
        zeroize::Zeroize::zeroize(text);
    }
}

/// By what a mailbox can be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailBy {
    /// NIP.
    Nip,
    /// NRK.
    Nrk,
    /// Full name.
    Nama,
}

/// By what a certificate's status can be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TteBy {
    /// Official mail address.
    Email,
    /// NIK.
    Nik,
}

/// One mailbox of the person asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The address; masked (`j•••i@jakarta.go.id`) where only a name was given.
    pub address: String,
    /// What the roster says of the mailbox.
    pub status: MailStatus,
}

/// Mailboxes found; none where the person is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailAnswer {
    /// At most [`MAX_ACCOUNTS`]; more than one where several people bear the name.
    pub accounts: Vec<Account>,
    /// True where more people bear the name than are listed.
    pub more: bool,
}

/// The most accounts that one answer lists.
pub const MAX_ACCOUNTS: usize = 5;

/// Status found; none where the person is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TteAnswer {
    /// BSrE's status: one of its nine words, or `UNRECOGNISED`.
    pub status: Option<ToldStatus>,
    /// The day on which it was so, `2026-11-23` in the agency's zone, where the look-up asks BSrE itself. Left
    /// out where it does not, and where the person is unknown: then the status is of [`Info::data_date`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// With [`Self::date`]: when BSrE itself said so, `10.15 WIB`. Left out where BSrE gave no answer: the
    /// roster of that date says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// What is told of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldStatus {
    /// One of the nine.
    Known(TteStatus),
    /// BSrE says something that is none of them.
    Unrecognised,
}

impl Serialize for ToldStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Known(status) => status.code(),
            Self::Unrecognised => "UNRECOGNISED",
        })
    }
}

impl<'de> Deserialize<'de> for ToldStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Ok(TteStatus::from_code(&code).map_or(Self::Unrecognised, Self::Known))
    }
}

/// When a closed look-up opens again, in the agency's time zone, ready to be read out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpensAt {
    /// Indonesian day name: `Senin`.
    pub day: String,
    /// `2026-11-23`.
    pub date: String,
    /// `08.00`.
    pub time: String,
    /// `WIB`.
    pub zone: String,
}

/// What this look-up offers, as of now and to this client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The agency's id: `dki-jakarta`.
    pub agency: String,
    /// True where the people in it are invented, for practice.
    pub practice: bool,
    /// Date of the data, `2025-10-22`.
    pub data_date: String,
    /// Ways to look up a mailbox; empty where the roster has none.
    pub email_by: Vec<EmailBy>,
    /// Ways to look up a certificate's status.
    pub tte_by: Vec<TteBy>,
    /// Opening hours on the internet, ready to be read out: `Senin–Jumat 08.00–15.00 WIB`; none where always open.
    pub hours: Option<String>,
    /// None where it is open to this client now.
    pub opens_at: Option<OpensAt>,
}

/// Why a request was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Outside opening hours for this network (HTTP 503).
    Closed,
    /// Too many requests from this client or about this identifier (HTTP 429).
    TooManyRequests,
    /// The identifier has not the form it must have (HTTP 422).
    InvalidIdentifier,
    /// The roster cannot be searched by this (HTTP 422).
    NotOffered,
    /// The body is not the JSON that is expected (HTTP 400).
    MalformedBody,
    /// The body is over 1 KB (HTTP 413).
    BodyTooLarge,
    /// The body is not `application/json` (HTTP 415).
    UnsupportedMediaType,
    /// No such method here (HTTP 405).
    MethodNotAllowed,
    /// No such route (HTTP 404).
    UnknownRoute,
    /// The look-up itself fails (HTTP 500).
    Fault,
}

impl RefusalCode {
    /// What the refusal says, for whoever writes a client, in English.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Closed => "closed to this network now; `opens_at` says when it opens",
            Self::TooManyRequests => "too many requests; wait `retry_after` seconds",
            Self::InvalidIdentifier => "the identifier has not the form it must have",
            Self::NotOffered => "the roster cannot be searched by this; see `GET info`",
            Self::MalformedBody => {
                "the body must be one JSON object with exactly one of the keys of this route"
            }
            Self::BodyTooLarge => "the body must have at most 1024 bytes",
            Self::UnsupportedMediaType => "the content type must be application/json",
            Self::MethodNotAllowed => "this route has another method; see the header `Allow`",
            Self::UnknownRoute => {
                "there is no such route; there are `POST email`, `POST tte` and `GET info`"
            }
            Self::Fault => "the look-up itself fails; try again later",
        }
    }

    /// Its HTTP status (RFC 9110).
    pub const fn status(self) -> u16 {
        match self {
            Self::Closed => 503,
            Self::TooManyRequests => 429,
            Self::InvalidIdentifier | Self::NotOffered => 422,
            Self::MalformedBody => 400,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::MethodNotAllowed => 405,
            Self::UnknownRoute => 404,
            Self::Fault => 500,
        }
    }
}

/// A request not answered: the body of every HTTP error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: RefusalCode,
    /// For whoever writes a client, in English. Never repeats what was sent.
    pub message: String,
    /// With [`RefusalCode::Closed`]: when it opens again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<OpensAt>,
    /// With [`RefusalCode::TooManyRequests`]: seconds to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(status: Option<ToldStatus>) -> String {
        let answer = TteAnswer {
            status,
            ..TteAnswer::default()
        };
        serde_json::to_string(&answer).unwrap()
    }

    #[test]
    fn a_status_is_its_word() {
        assert_eq!(written(None), r#"{"status":null}"#);
        for status in TteStatus::ALL {
            let text = written(Some(ToldStatus::Known(status)));
            assert_eq!(text, format!(r#"{{"status":"{}"}}"#, status.code()));
            let read: TteAnswer = serde_json::from_str(&text).unwrap();
            assert_eq!(read.status, Some(ToldStatus::Known(status)));
        }
        assert_eq!(
            written(Some(ToldStatus::Unrecognised)),
            r#"{"status":"UNRECOGNISED"}"#
        );
    }

    /// A word of a newer look-up is no reason to show nothing, and never becomes another.
    #[test]
    fn any_other_word_is_unrecognised() {
        for word in ["UNRECOGNISED", "INVALID", "issue", ""] {
            let text = format!(r#"{{"status":"{word}"}}"#);
            let read: TteAnswer = serde_json::from_str(&text).unwrap();
            assert_eq!(read.status, Some(ToldStatus::Unrecognised));
        }
        assert!(serde_json::from_str::<TteAnswer>(r#"{"status":1}"#).is_err());
    }
}
