//! What is sent of the person asked about.

use axum::body::Bytes;
use model::identifier::{EmailAddress, Nik};
use serde::Serialize;
use zeroize::Zeroizing;

/// Longer than any body: a NIK has 16 digits, a mail address at most 254 characters.
const LONGEST: usize = 512;

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Asked<'a> {
    Nik(&'a str),
    Email(&'a str),
}

/// The body that asks about one person: `{"nik":"…"}` or `{"email":"…"}`. It is cleared when the last who
/// holds it lets go.
#[derive(Clone)]
pub(crate) struct Person {
    body: Bytes,
}

impl Person {
    /// By NIK.
    pub fn of_nik(nik: &Nik) -> Option<Self> {
        Self::new(&Asked::Nik(nik.as_str()))
    }

    /// By official mail address.
    pub fn of_email(address: &EmailAddress) -> Option<Self> {
        Self::new(&Asked::Email(address.as_str()))
    }

    fn new(asked: &Asked<'_>) -> Option<Self> {
        // With room for all of it: growing would leave a copy behind.
        let mut body = Zeroizing::new(Vec::with_capacity(LONGEST));
        serde_json::to_writer(&mut *body, asked).ok()?;
        Some(Self {
            body: Bytes::from_owner(body),
        })
    }

    /// As it is sent.
    pub fn body(&self) -> Bytes {
        self.body.clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn is_json_with_every_digit() {
        let nik = Nik::parse("0171 0168 0290 0007").unwrap();
        let body = Person::of_nik(&nik).unwrap().body();
        assert_eq!(&body[..], br#"{"nik":"0171016802900007"}"#);
        let address = EmailAddress::parse("Joko@contoh.go.id", &["contoh.go.id".to_owned()]);
        let body = Person::of_email(&address.unwrap()).unwrap().body();
        assert_eq!(&body[..], br#"{"email":"joko@contoh.go.id"}"#);
    }
}
