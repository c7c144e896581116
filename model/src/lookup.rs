//! What browser and look-up say to each other, as JSON.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST api/v1/email` | [`EmailQuery`], [`WithFact`] | [`EmailAnswer`] |
//! | `POST api/v1/tte` | [`TteQuery`], [`WithFact`] | [`TteAnswer`] |
//! | `GET api/v1/info` | | [`Info`] |
//! | `GET api/v1/openapi.json` | | all of this as an OpenAPI 3.1 document |
//!
//! Anything but success is a [`Refusal`]. An unknown person and a mismatch are the same answer, a mismatch with
//! the second fact included.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::status::{MailStatus, TteStatus};

/// "Do I have a mailbox?", asked by exactly one of these: `{"nip":"…"}`, `{"nrk":"…"}`, `{"nama":"…"}`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A second fact of the same person, which an agency may demand beside the first (`butuh_fakta_kedua`).
///
/// A whole NIK is none of them: it opens more than a look-up, so nobody should learn to type it where less will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SecondFact {
    /// NIP.
    Nip,
    /// NRK.
    Nrk,
    /// The last four digits of the NIK.
    Nik4,
}

impl SecondFact {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Nip, Self::Nrk, Self::Nik4];

    /// Its word in profiles and messages: `nik4`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nip => "nip",
            Self::Nrk => "nrk",
            Self::Nik4 => "nik4",
        }
    }

    /// The fact of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.word() == word)
    }

    /// The word of the identifier that it stands in.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Nip => "nip",
            Self::Nrk => "nrk",
            Self::Nik4 => "nik",
        }
    }

    /// Whether it adds something to a mailbox asked for by `by`, which may tell it already.
    pub const fn adds_to_email(self, by: EmailBy) -> bool {
        !matches!(
            (self, by),
            (Self::Nip, EmailBy::Nip) | (Self::Nrk, EmailBy::Nrk)
        )
    }

    /// Whether it adds something to a certificate's status asked for by `by`, which may tell it already.
    pub const fn adds_to_tte(self, by: TteBy) -> bool {
        !matches!((self, by), (Self::Nik4, TteBy::Nik))
    }
}

// By hand: what serde would derive takes a browser twice the bytes.
impl<'de> Deserialize<'de> for SecondFact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::from_word(&word).ok_or_else(|| D::Error::custom("write nip, nrk or nik4"))
    }
}

/// The key of the second fact in a query.
pub const FACT_KEY: &str = "fakta";

/// A query and the second fact that goes with it where [`Info`] says that one is asked for:
/// `{"nrk":"…","fakta":"…"}`. Exactly one key of the query is read, and no other.
#[derive(Clone)]
pub struct WithFact<Q> {
    /// An [`EmailQuery`] or a [`TteQuery`].
    pub query: Q,
    /// What was given as second fact.
    pub fact: Option<String>,
}

impl<'de, Q: DeserializeOwned> Deserialize<'de> for WithFact<Q> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys(PhantomData))
    }
}

/// As the query's own schema, with the second fact as one more key that may be there.
#[cfg(feature = "schema")]
impl<Q: schemars::JsonSchema> schemars::JsonSchema for WithFact<Q> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Q::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Q::json_schema(generator);
        let fact = serde_json::json!({
            "type": "string",
            "description": "The second fact, where `GET info` says that one is asked for, and only there.",
        });
        let forms = schema
            .get_mut("oneOf")
            .and_then(|forms| forms.as_array_mut());
        for form in forms.into_iter().flatten() {
            if let Some(properties) = form.get_mut("properties").and_then(|it| it.as_object_mut()) {
                properties.insert(FACT_KEY.to_owned(), fact.clone());
            }
        }
        schema
    }
}

/// Reads the keys of a query one by one.
struct Keys<Q>(PhantomData<Q>);

impl<'de, Q: DeserializeOwned> Visitor<'de> for Keys<Q> {
    type Value = WithFact<Q>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an object with one key of the query, and the second fact where it is asked for",
        )
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut query, mut fact) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            if key == FACT_KEY && fact.is_none() {
                fact = Some(map.next_value()?);
            } else if query.is_none() {
                let entry = Entry {
                    key: Some(key),
                    map: &mut map,
                };
                query = Some(Q::deserialize(MapAccessDeserializer::new(entry))?);
            } else {
                return Err(A::Error::custom("one key too many"));
            }
        }
        let query = query.ok_or_else(|| A::Error::custom("no key of the query"))?;
        Ok(WithFact { query, fact })
    }
}

/// The one entry of a query that remains when its key has been read.
struct Entry<'m, A> {
    key: Option<String>,
    map: &'m mut A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entry<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let key = self.key.take().map(String::into_deserializer);
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// By what a mailbox can be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TteBy {
    /// Official mail address.
    Email,
    /// NIK.
    Nik,
}

/// One mailbox of the person asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Account {
    /// The address; masked (`j•••i@jakarta.go.id`) where only a name was given.
    pub address: String,
    /// What the roster says of the mailbox.
    pub status: MailStatus,
}

/// Mailboxes found; none where the person is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EmailAnswer {
    /// At most five; more than one where several people bear the name.
    #[cfg_attr(feature = "schema", schemars(extend("maxItems" = MAX_ACCOUNTS)))]
    pub accounts: Vec<Account>,
    /// True where more people bear the name than are listed.
    pub more: bool,
}

/// The most accounts that one answer lists.
pub const MAX_ACCOUNTS: usize = 5;

/// Status found; none where the person is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ToldStatus {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ToldStatus".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words = TteStatus::ALL.map(TteStatus::code);
        schemars::json_schema!({
            "description": "BSrE's status of a certificate, or that it is none of these",
            "type": "string",
            "enum": words.into_iter().chain(["UNRECOGNISED"]).collect::<Vec<_>>(),
        })
    }
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What must be given besides to look up a mailbox; none where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_fact: Option<SecondFact>,
    /// What must be given besides to look up a certificate's status; none where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tte_fact: Option<SecondFact>,
}

/// Why a request was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Outside opening hours for this network (HTTP 503).
    Closed,
    /// Too many requests from this client or about this identifier (HTTP 429).
    TooManyRequests,
    /// The identifier has not the form it must have (HTTP 422).
    InvalidIdentifier,
    /// The second fact is missing, not asked for, or has not the form it must have (HTTP 422).
    InvalidFact,
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
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::Closed,
        Self::TooManyRequests,
        Self::InvalidIdentifier,
        Self::InvalidFact,
        Self::NotOffered,
        Self::MalformedBody,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::MethodNotAllowed,
        Self::UnknownRoute,
        Self::Fault,
    ];

    /// What the refusal says, for whoever writes a client, in English.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Closed => "closed to this network now; `opens_at` says when it opens",
            Self::TooManyRequests => "too many requests; wait `retry_after` seconds",
            Self::InvalidIdentifier => "the identifier has not the form it must have",
            Self::InvalidFact => {
                "the second fact `fakta` is missing, not asked for, or has not its form; see `GET info`"
            }
            Self::NotOffered => "the roster cannot be searched by this; see `GET info`",
            Self::MalformedBody => {
                "the body must be one JSON object with exactly one of the keys of this route"
            }
            Self::BodyTooLarge => "the body must have at most 1024 bytes",
            Self::UnsupportedMediaType => "the content type must be application/json",
            Self::MethodNotAllowed => "this route has another method; see the header `Allow`",
            Self::UnknownRoute => {
                "there is no such route; there are `POST email`, `POST tte`, `GET info` and `GET openapi.json`"
            }
            Self::Fault => "the look-up itself fails; try again later",
        }
    }

    /// Its HTTP status (RFC 9110).
    pub const fn status(self) -> u16 {
        match self {
            Self::Closed => 503,
            Self::TooManyRequests => 429,
            Self::InvalidIdentifier | Self::InvalidFact | Self::NotOffered => 422,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// For programs.
    pub code: RefusalCode,
    /// For whoever writes a client, in English. Never repeats what was sent.
    pub message: String,
    /// With `closed`: when it opens again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<OpensAt>,
    /// With `too_many_requests`: seconds to wait.
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

    fn read(json: &str) -> Option<(&'static str, String, Option<String>)> {
        let WithFact { query, fact } = serde_json::from_str(json).ok()?;
        let (key, value) = match query {
            EmailQuery::Nip(value) => ("nip", value),
            EmailQuery::Nrk(value) => ("nrk", value),
            EmailQuery::Nama(value) => ("nama", value),
        };
        Some((key, value, fact))
    }

    #[test]
    fn a_query_has_one_key_and_perhaps_a_second_fact() {
        let fact = Some("0001".to_owned());
        assert_eq!(
            read(r#"{"nrk":"012345"}"#),
            Some(("nrk", "012345".to_owned(), None))
        );
        let both = Some(("nip", "1".to_owned(), fact));
        assert_eq!(read(r#"{"nip":"1","fakta":"0001"}"#), both);
        assert_eq!(read(r#"{"fakta":"0001","nip":"1"}"#), both);
        for refused in [
            "{}",
            "[]",
            r#""nip""#,
            r#"["nip","1"]"#,
            r#"{"fakta":"0001"}"#,
            r#"{"nip":"1","nrk":"1"}"#,
            r#"{"nip":"1","nip":"1"}"#,
            r#"{"nip":"1","fakta":"1","fakta":"1"}"#,
            r#"{"nip":"1","fakta":null}"#,
            r#"{"nip":"1","fakta":1}"#,
            r#"{"nip":"1","lain":"1"}"#,
            r#"{"nip":1}"#,
            r#"{"email":"1"}"#,
            r#"{"nip":{"nrk":"1"}}"#,
        ] {
            assert_eq!(read(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_fact_adds_nothing_to_itself() {
        assert!(!SecondFact::Nip.adds_to_email(EmailBy::Nip));
        assert!(!SecondFact::Nrk.adds_to_email(EmailBy::Nrk));
        assert!(!SecondFact::Nik4.adds_to_tte(TteBy::Nik));
        assert!(SecondFact::Nik4.adds_to_email(EmailBy::Nrk));
        assert!(SecondFact::Nip.adds_to_tte(TteBy::Nik));
        for fact in SecondFact::ALL {
            assert_eq!(SecondFact::from_word(fact.word()), Some(fact));
            assert_eq!(serde_json::to_value(fact).unwrap(), fact.word());
        }
    }
}
