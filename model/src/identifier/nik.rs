//! NIK: the number of the identity card (KTP).

use thiserror::Error;

use super::{DigitsError, Text, digits, number, personal};

/// A valid NIK: 16 digits, `PPKKCC DDMMYY SSSS` (place, birth date with 40 added to women's day, serial).
///
/// There is no check digit, and real numbers break the pattern, so only the length is required.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Nik(Text);

personal!(Nik);

/// Why a text is no NIK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NikError {
    /// Nothing was given.
    #[error("the NIK is empty")]
    Empty,
    /// Something other than digits is in it.
    #[error("the NIK holds something other than digits")]
    NotDigits,
    /// Not 16 digits.
    #[error("the NIK has {found} digits instead of 16")]
    Length {
        /// Number of digits given.
        found: usize,
    },
}

/// What makes a valid NIK look mistyped. Worth a question, no reason to refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NikDoubt {
    /// The first two digits are no province's code.
    #[error("the first 2 digits of the NIK are the code of no province")]
    Province,
    /// Digits 7 to 12 are no birth date.
    #[error("digits 7 to 12 of the NIK are no birth date")]
    BirthDate,
}

impl Nik {
    /// Reads a NIK as people write it.
    ///
    /// # Errors
    /// A [`NikError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NikError> {
        let digits = digits(text).map_err(|error| match error {
            DigitsError::Empty => NikError::Empty,
            DigitsError::NotDigits => NikError::NotDigits,
        })?;
        match digits.len() {
            16 => Ok(Self(digits)),
            found => Err(NikError::Length { found }),
        }
    }

    /// What makes it look mistyped, if anything does.
    pub fn doubt(&self) -> Option<NikDoubt> {
        let (province, day, month) = (
            number(&self.0, 0..2),
            number(&self.0, 6..8),
            number(&self.0, 8..10),
        );
        if !matches!(province, 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97)
        {
            return Some(NikDoubt::Province);
        }
        if !matches!(day, 1..=31 | 41..=71) || !matches!(month, 1..=12) {
            return Some(NikDoubt::BirthDate);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(
            Nik::parse("3171 0141-0190.0001").unwrap().as_str(),
            "3171014101900001"
        );
        assert_eq!(Nik::parse("0000000000000000").unwrap().as_str().len(), 16);
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Nik::parse("").unwrap_err(), NikError::Empty);
        assert_eq!(Nik::parse("3.17101E+15").unwrap_err(), NikError::NotDigits);
        assert_eq!(
            Nik::parse("317101410190001").unwrap_err(),
            NikError::Length { found: 15 }
        );
    }

    #[test]
    fn doubts_without_refusing() {
        let doubt = |text| Nik::parse(text).unwrap().doubt();
        assert_eq!(doubt("3171014101900001"), None);
        assert_eq!(doubt("9971014101900001"), Some(NikDoubt::Province));
        assert_eq!(doubt("3171013501900001"), Some(NikDoubt::BirthDate));
        assert_eq!(doubt("3171010113900001"), Some(NikDoubt::BirthDate));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Nik::parse(&text).map(|nik| nik.doubt());
        }

        #[test]
        fn is_idempotent(text in "([0-9][ .\u{a0}-]?){16}") {
            let once = Nik::parse(&text).unwrap();
            prop_assert_eq!(&Nik::parse(once.as_str()).unwrap(), &once);
        }
    }
}
