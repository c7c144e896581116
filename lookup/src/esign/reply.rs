//! What the service says: a status, or why there is none.
//!
//! | reply | is |
//! |---|---|
//! | 2xx, JSON with a status in `status`, `userStatus` or `data.status` | that status |
//! | 4xx, JSON with `status_code` 2011 | NOT_REGISTERED |
//! | anything else | [`Trouble`] |
//!
//! Statuses are matched exactly: "INVALID" contains "VALID", and a word that nobody knows must not become one
//! that somebody acts on. Only the body counts, not the type that it is said to have: what is no such JSON
//! is no answer.

use std::fmt::{self, Display};
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, StatusCode, header};
use model::lookup::ToldStatus;
use model::status::TteStatus;
use serde_json::Value;

/// The service's code for somebody who is not registered.
const NOT_REGISTERED: u64 = 2011;

/// The longest rest that is believed.
const LONGEST_REST: Duration = Duration::from_secs(300);

/// Why there is no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No connection, or it broke off: name not resolved, refused, reset, half an answer.
    Connect,
    /// Its certificate is not believed, or no TLS was agreed on.
    Tls,
    /// Nothing came in time.
    Timeout,
    /// 429: it is asked too much, and wants rest.
    Throttled(Option<Duration>),
    /// 503 or 504: it or what stands behind it does not work now.
    Unavailable(Option<Duration>),
    /// 401: it does not know the look-up's name and password.
    Unauthorised,
    /// 4xx: it answers in its own words that it does not answer this question.
    Refused,
    /// 3xx: it wants to be asked elsewhere, where the password is not sent.
    Redirect,
    /// Any other HTTP status.
    Status(StatusCode),
    /// No HTTP, no JSON, or JSON without a status.
    Garbage,
    /// More than any answer is.
    TooLarge,
}

impl Trouble {
    /// Its word in log and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Throttled(_) => "throttled",
            Self::Unavailable(_) => "unavailable",
            Self::Unauthorised => "unauthorised",
            Self::Refused => "refused",
            Self::Redirect => "redirect",
            Self::Status(_) => "http_status",
            Self::Garbage => "not_understood",
            Self::TooLarge => "too_large",
        }
    }

    /// Whether it may be over in a moment.
    pub const fn may_pass(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Throttled(_) | Self::Unavailable(_)
        )
    }

    /// Whether it stays until somebody mends it, and asking on may lock the account.
    pub const fn is_lasting(self) -> bool {
        matches!(self, Self::Unauthorised)
    }

    /// Whether it is the service that fails, and not this question.
    pub const fn is_of_the_service(self) -> bool {
        !matches!(self, Self::Refused)
    }

    /// How long it wants rest.
    pub fn rest(self) -> Option<Duration> {
        match self {
            Self::Throttled(rest) | Self::Unavailable(rest) => {
                rest.map(|rest| rest.min(LONGEST_REST))
            }
            _ => None,
        }
    }
}

/// What is wrong and where to look, for the operator.
impl Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status(status) => {
                return write!(f, "it answers with HTTP {}", status.as_u16());
            }
            Self::Connect => {
                "it cannot be reached; see `esign.alamat`, name resolution and firewall"
            }
            Self::Tls => {
                "its certificate is not believed; see `esign.ca` and the certificate's names and dates"
            }
            Self::Timeout => "it gives no answer in time",
            Self::Throttled(_) => "it is asked too much (429)",
            Self::Unavailable(_) => "it does not work now (503 or 504)",
            Self::Unauthorised => {
                "it refuses name and password (401); see `esign.pengguna` and `esign.sandi_berkas`"
            }
            Self::Refused => "it refuses the question",
            Self::Redirect => "it redirects, which is not followed; see `esign.alamat`",
            Self::Garbage => {
                "what it says is not what an Esign Client Service says; see `esign.alamat`"
            }
            Self::TooLarge => {
                "it says more than an Esign Client Service does; see `esign.alamat`"
            }
        })
    }
}

/// Reads a reply.
pub(super) fn read(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<ToldStatus, Trouble> {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    match status {
        StatusCode::TOO_MANY_REQUESTS => Err(Trouble::Throttled(retry_after(headers))),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Err(Trouble::Unavailable(retry_after(headers)))
        }
        StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            Err(Trouble::Unauthorised)
        }
        status if status.is_success() => body.as_ref().and_then(told).ok_or(Trouble::Garbage),
        status if status.is_client_error() => match body.as_ref().and_then(code) {
            Some(NOT_REGISTERED) => Ok(ToldStatus::Known(TteStatus::NotRegistered)),
            Some(_) => Err(Trouble::Refused),
            None => Err(Trouble::Status(status)),
        },
        status if status.is_redirection() => Err(Trouble::Redirect),
        _ => Err(Trouble::Status(status)),
    }
}

/// The status in an answer. Words that contradict each other are no status.
fn told(body: &Value) -> Option<ToldStatus> {
    let places = [
        body.get("status"),
        body.get("userStatus"),
        body.get("data").and_then(|data| data.get("status")),
    ];
    let words = || places.iter().flatten().filter_map(|word| word.as_str());
    words().next()?;
    let mut known = words().filter_map(TteStatus::from_code);
    let first = known.next();
    match first {
        Some(status) if known.all(|other| other == status) => Some(ToldStatus::Known(status)),
        _ => Some(ToldStatus::Unrecognised),
    }
}

/// `status_code`, which comes as a number or as text.
fn code(body: &Value) -> Option<u64> {
    match body.get("status_code")? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// `Retry-After`: seconds, or the time of day until which (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        // More seconds than fit are as good as ever so many.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn reply(status: u16, body: &Value) -> Result<ToldStatus, Trouble> {
        let status = StatusCode::from_u16(status).unwrap();
        read(status, &HeaderMap::new(), body.to_string().as_bytes())
    }

    fn known(status: TteStatus) -> Result<ToldStatus, Trouble> {
        Ok(ToldStatus::Known(status))
    }

    #[test]
    fn a_status_stands_in_one_of_three_places() {
        for status in TteStatus::ALL {
            let word = status.code();
            for body in [
                json!({ "status_code": "1111", "message": "x", "status": word }),
                json!({ "status_code": 1111, "userStatus": word }),
                json!({ "data": { "status": word } }),
                json!({ "status": 200, "data": { "status": word } }),
                json!({ "status": "success", "data": { "status": word } }),
                json!({ "status": word, "userStatus": word }),
            ] {
                assert_eq!(reply(200, &body), known(status), "{body}");
            }
        }
    }

    #[test]
    fn words_are_matched_exactly() {
        for body in [
            json!({ "status": "INVALID" }),
            json!({ "status": "ISSUED" }),
            json!({ "status": "REISSUE" }),
            json!({ "status": "issue" }),
            json!({ "status": " ISSUE" }),
            json!({ "status": "" }),
            json!({ "status": "TTE Terbit" }),
            json!({ "status": "ISSUE", "userStatus": "REVOKE" }),
        ] {
            assert_eq!(reply(200, &body), Ok(ToldStatus::Unrecognised), "{body}");
        }
        for body in [
            json!({}),
            json!([]),
            json!("ISSUE"),
            json!(null),
            json!({ "status": 1 }),
            json!({ "status": ["ISSUE"] }),
            json!({ "data": "ISSUE" }),
            json!({ "Status": "ISSUE" }),
            json!({ "error": "x", "status_code": 2011 }),
        ] {
            assert_eq!(reply(200, &body), Err(Trouble::Garbage), "{body}");
        }
    }

    #[test]
    fn only_2011_is_not_registered() {
        for code in [json!(2011), json!("2011")] {
            for status in [400, 403, 404, 422] {
                let body = json!({ "error": "x", "status_code": code });
                assert_eq!(reply(status, &body), known(TteStatus::NotRegistered));
            }
            let body = json!({ "error": "x", "status_code": code, "status": "ISSUE" });
            assert_eq!(reply(401, &body), Err(Trouble::Unauthorised));
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            assert_eq!(reply(500, &body), Err(Trouble::Status(status)));
        }
        for code in [json!(2012), json!("20110"), json!(12011), json!(0)] {
            let body = json!({ "error": "x", "status_code": code });
            assert_eq!(reply(404, &body), Err(Trouble::Refused), "{body}");
        }
        for body in [
            json!({ "status": "ISSUE" }),
            json!({ "status_code": -2011 }),
            json!({ "status_code": "2011 " }),
            json!({ "status_code": [2011] }),
        ] {
            let status = StatusCode::NOT_FOUND;
            assert_eq!(reply(404, &body), Err(Trouble::Status(status)), "{body}");
        }
    }

    #[test]
    fn rest_is_seconds_or_a_time_and_never_long() {
        let rest = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            let trouble = read(StatusCode::TOO_MANY_REQUESTS, &headers, b"").unwrap_err();
            trouble.rest().map(|rest| rest.as_secs())
        };
        assert_eq!(rest("0"), Some(0));
        assert_eq!(rest(" 7 "), Some(7));
        assert_eq!(rest("301"), Some(300));
        assert_eq!(rest("99999999999999999999999"), Some(300));
        assert_eq!(rest("Fri, 31 Dec 1999 23:59:59 GMT"), Some(0));
        assert_eq!(rest("Tue, 31 Dec 2199 23:59:59 GMT"), Some(300));
        for text in ["", "-1", "1.5", "soon", "Fri, 99 Dec 2199"] {
            assert_eq!(rest(text), None, "{text}");
        }
    }

    proptest! {
        /// Whatever a service sends is read to an end.
        #[test]
        fn any_reply_is_read(status in 100_u16..1000, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let status = StatusCode::from_u16(status).unwrap();
            let read = read(status, &HeaderMap::new(), &body);
            prop_assert!(read.is_err() || status.is_success() || status.is_client_error());
        }

        /// No word but the nine becomes one of them.
        #[test]
        fn no_other_word_is_a_status(word in "[A-Z_]{0,24}") {
            let told = reply(200, &json!({ "status": word.as_str() })).unwrap();
            let is_known = TteStatus::ALL.iter().any(|status| status.code() == word);
            prop_assert_eq!(matches!(told, ToldStatus::Known(_)), is_known);
        }
    }
}
