//! The last four digits of a NIK, asked for beside another identifier.

use thiserror::Error;

use super::{DigitsError, Nik, Text, digits, personal};

/// The last four digits of a NIK: a serial number, so that many people share the low ones. They tell nobody
/// apart by themselves.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Nik4(Text);

personal!(Nik4);

/// Why a text is not the last four digits of a NIK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Nik4Error {
    /// Nothing was given.
    #[error("the last 4 digits of the NIK are empty")]
    Empty,
    /// Something other than digits is in it.
    #[error("the last 4 digits of the NIK hold something other than digits")]
    NotDigits,
    /// Not 4 digits.
    #[error("the last 4 digits of the NIK are {found} digits instead of 4")]
    Length {
        /// Number of digits given.
        found: usize,
    },
}

impl Nik4 {
    /// Reads four digits as people write them.
    ///
    /// # Errors
    /// A [`Nik4Error`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, Nik4Error> {
        let digits = digits(text).map_err(|error| match error {
            DigitsError::Empty => Nik4Error::Empty,
            DigitsError::NotDigits => Nik4Error::NotDigits,
        })?;
        match digits.len() {
            4 => Ok(Self(digits)),
            found => Err(Nik4Error::Length { found }),
        }
    }

    /// Those of a NIK.
    pub fn of(nik: &Nik) -> Self {
        Self(Text::collect(nik.as_str().chars().skip(12)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(Nik4::parse(" 00-01").unwrap().as_str(), "0001");
        let nik = Nik::parse("3171 0141-0190.0042").unwrap();
        assert_eq!(Nik4::of(&nik), Nik4::parse("0042").unwrap());
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Nik4::parse(" ").unwrap_err(), Nik4Error::Empty);
        assert_eq!(Nik4::parse("12a4").unwrap_err(), Nik4Error::NotDigits);
        assert_eq!(
            Nik4::parse("3171014101900001").unwrap_err(),
            Nik4Error::Length { found: 16 }
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Nik4::parse(&text);
        }

        #[test]
        fn is_the_end_of_every_nik(start in "[0-9]{12}", end in "[0-9]{4}") {
            let nik = Nik::parse(&format!("{start}{end}")).unwrap();
            prop_assert_eq!(Nik4::of(&nik), Nik4::parse(&end).unwrap());
        }
    }
}
