//! NIP: the staff number of every civil servant.

use thiserror::Error;

use super::{DigitsError, Text, digits, number, personal};
use crate::calendar::is_date;

/// A valid NIP: 18 digits, `YYYYMMDD YYYYMM S NNN` (birth date, month of appointment, sex, serial).
///
/// The month of appointment is not checked: numbers of PPPK carry other digits there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Nip(Text);

personal!(Nip);

/// Why a text is no NIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NipError {
    /// Nothing was given.
    #[error("the NIP is empty")]
    Empty,
    /// Something other than digits is in it.
    #[error("the NIP holds something other than digits")]
    NotDigits,
    /// Nine digits: the number used until 2009.
    #[error("this is an old NIP of 9 digits; the present one has 18")]
    Old,
    /// Not 18 digits.
    #[error("the NIP has {found} digits instead of 18")]
    Length {
        /// Number of digits given.
        found: usize,
    },
    /// The first eight digits are no date.
    #[error("the first 8 digits of the NIP are no birth date (year, month, day)")]
    BirthDate,
    /// Digit 15 is neither 1 nor 2.
    #[error("digit 15 of the NIP is neither 1 nor 2")]
    Sex,
}

impl Nip {
    /// Reads a NIP as people write it.
    ///
    /// # Errors
    /// A [`NipError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NipError> {
        let digits = digits(text).map_err(|error| match error {
            DigitsError::Empty => NipError::Empty,
            DigitsError::NotDigits => NipError::NotDigits,
        })?;
        match digits.len() {
            18 => {}
            9 => return Err(NipError::Old),
            found => return Err(NipError::Length { found }),
        }
        let (year, month, day) = (
            number(&digits, 0..4),
            number(&digits, 4..6),
            number(&digits, 6..8),
        );
        if !(1900..=2099).contains(&year) || !is_date(year, month, day) {
            return Err(NipError::BirthDate);
        }
        if !matches!(number(&digits, 14..15), 1 | 2) {
            return Err(NipError::Sex);
        }
        Ok(Self(digits))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> NipError {
        Nip::parse(text).unwrap_err()
    }

    #[test]
    fn reads_what_people_write() {
        for text in [
            "198001312005011999",
            " 19800131 200501 1 999 ",
            "19800131.200501-1\u{a0}999",
            "\u{feff}198001312005011999\u{200b}",
        ] {
            assert_eq!(Nip::parse(text).unwrap().as_str(), "198001312005011999");
        }
        // PPPK: no month of appointment in digits 13 and 14.
        assert!(Nip::parse("199002282023212001").is_ok());
        assert!(
            Nip::parse("200002292023011001").is_ok(),
            "29 February of a leap year"
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(error(" . - "), NipError::Empty);
        assert_eq!(error("19800131200501199O"), NipError::NotDigits);
        assert_eq!(error("470012345"), NipError::Old);
        assert_eq!(error("19800131200501199"), NipError::Length { found: 17 });
        assert_eq!(error("198002312005011999"), NipError::BirthDate);
        assert_eq!(error("190002292005011999"), NipError::BirthDate);
        assert_eq!(error("198001312005013999"), NipError::Sex);
        assert_eq!(error("١٩٨٠٠١٣١٢٠٠٥٠١١٩٩٩"), NipError::NotDigits);
    }

    #[test]
    fn shows_nothing() {
        assert_eq!(
            format!("{:?}", Nip::parse("198001312005011999").unwrap()),
            "Nip(…)"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Nip::parse(&text);
        }

        #[test]
        fn is_idempotent(text in "[ .-]?19[5-9][0-9] ?(0[1-9]|1[0-2])[. ]?(0[1-9]|1[0-9]|2[0-8])[0-9]{6}[12]-?[0-9]{3}") {
            let once = Nip::parse(&text).unwrap();
            prop_assert_eq!(&Nip::parse(once.as_str()).unwrap(), &once);
        }
    }
}
