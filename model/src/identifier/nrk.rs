//! NRK: an agency's own staff number.

use thiserror::Error;

use super::{DigitsError, Text, digits, personal};

/// How an agency's own staff numbers look: so many digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NrkFormat {
    digits: u8,
}

/// Why a number of digits cannot be that of staff numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("staff numbers have 1 to 18 digits, not {found}")]
pub struct NrkFormatError {
    /// The number of digits asked for.
    pub found: i64,
}

impl NrkFormat {
    /// DKI Jakarta's: six digits.
    pub const JAKARTA: Self = Self { digits: 6 };

    /// Staff numbers of `digits` digits (`periksa.nrk_digit` in the profile).
    ///
    /// # Errors
    /// Where `digits` is not in 1 to 18.
    pub const fn new(digits: i64) -> Result<Self, NrkFormatError> {
        match digits {
            1..=18 => Ok(Self {
                digits: digits as u8,
            }),
            found => Err(NrkFormatError { found }),
        }
    }

    /// The number of digits.
    pub const fn digits(self) -> usize {
        self.digits as usize
    }
}

/// A valid NRK: as many digits as the agency's format says, leading zeros kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Nrk(Text);

personal!(Nrk);

/// Why a text is no NRK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NrkError {
    /// Nothing was given.
    #[error("the NRK is empty")]
    Empty,
    /// Something other than digits is in it.
    #[error("the NRK holds something other than digits")]
    NotDigits,
    /// Not the agency's number of digits.
    #[error("the NRK has {found} digits instead of {expected}")]
    Length {
        /// Number of digits given.
        found: usize,
        /// Number of digits that the agency's staff numbers have.
        expected: usize,
    },
}

impl Nrk {
    /// Reads an NRK as people write it.
    ///
    /// # Errors
    /// An [`NrkError`] that says what is wrong.
    pub fn parse(text: &str, format: NrkFormat) -> Result<Self, NrkError> {
        let digits = digits(text).map_err(|error| match error {
            DigitsError::Empty => NrkError::Empty,
            DigitsError::NotDigits => NrkError::NotDigits,
        })?;
        let (found, expected) = (digits.len(), format.digits());
        if found == expected {
            Ok(Self(digits))
        } else {
            Err(NrkError::Length { found, expected })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_leading_zeros() {
        assert_eq!(
            Nrk::parse(" 001-234", NrkFormat::JAKARTA).unwrap().as_str(),
            "001234"
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(
            Nrk::parse("\u{200b}", NrkFormat::JAKARTA).unwrap_err(),
            NrkError::Empty
        );
        assert_eq!(
            Nrk::parse("A12345", NrkFormat::JAKARTA).unwrap_err(),
            NrkError::NotDigits
        );
        assert_eq!(
            Nrk::parse("1234", NrkFormat::JAKARTA).unwrap_err(),
            NrkError::Length {
                found: 4,
                expected: 6
            }
        );
        assert_eq!(NrkFormat::new(0), Err(NrkFormatError { found: 0 }));
        assert_eq!(NrkFormat::new(6), Ok(NrkFormat::JAKARTA));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", digits in any::<i64>()) {
            let _ = Nrk::parse(&text, NrkFormat::new(digits).unwrap_or(NrkFormat::JAKARTA));
        }

        #[test]
        fn is_idempotent(text in "([0-9][ .-]?){6}") {
            let once = Nrk::parse(&text, NrkFormat::JAKARTA).unwrap();
            prop_assert_eq!(&Nrk::parse(once.as_str(), NrkFormat::JAKARTA).unwrap(), &once);
        }
    }
}
