//! Indonesian mobile numbers, as contacts of an agency.

use thiserror::Error;

/// A valid mobile number: after the country code an 8 and 8 to 11 more digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Digits after the country code, starting with 8.
    subscriber: String,
}

/// Why a text is no mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing was given.
    #[error("the telephone number is empty")]
    Empty,
    /// Something other than digits, spaces, dots, hyphens, brackets and a leading + is in it.
    #[error("the telephone number holds something other than digits")]
    NotDigits,
    /// Not a mobile number.
    #[error("a mobile number begins with 08 or +628")]
    NotMobile,
    /// Too few or too many digits.
    #[error("a mobile number has 9 to 12 digits after 0 or +62, not {found}")]
    Length {
        /// Number of digits after the 0 or +62.
        found: usize,
    },
}

impl Phone {
    /// Reads a number as people write it: `0813 1358 8684`, `+62 813-1358-8684`, `62813…`, `0062813…`.
    ///
    /// # Errors
    /// A [`PhoneError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let trimmed = text.trim();
        let digits: String = trimmed
            .strip_prefix('+')
            .unwrap_or(trimmed)
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{feff}'))
            .collect();
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneError::NotDigits);
        }
        let bare = ["0062", "62"]
            .iter()
            .find_map(|code| digits.strip_prefix(code))
            .unwrap_or(&digits);
        let subscriber = bare.strip_prefix('0').unwrap_or(bare);
        if !subscriber.starts_with('8') {
            return Err(PhoneError::NotMobile);
        }
        match subscriber.len() {
            9..=12 => Ok(Self {
                subscriber: subscriber.to_owned(),
            }),
            found => Err(PhoneError::Length { found }),
        }
    }

    /// Digits after the country code, by which two numbers are compared: `81313588684`.
    pub fn national(&self) -> &str {
        &self.subscriber
    }

    /// For reading: `0813-1358-8684`.
    pub fn display(&self) -> String {
        let mut text = "0".to_owned();
        for (at, digit) in self.subscriber.char_indices() {
            if matches!(at, 3 | 7) {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }

    /// For `href`: `tel:+6281313588684`.
    pub fn tel(&self) -> String {
        format!("tel:+62{}", self.subscriber)
    }

    /// For `href`: `https://wa.me/6281313588684`.
    pub fn wa(&self) -> String {
        format!("https://wa.me/62{}", self.subscriber)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        for text in [
            "0813 1358 8684",
            "+62 813-1358-8684",
            "6281313588684",
            "0062813.1358.8684",
            "+62 (0) 813 1358 8684",
            "81313588684",
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(phone.national(), "81313588684");
            assert_eq!(phone.display(), "0813-1358-8684");
            assert_eq!(phone.tel(), "tel:+6281313588684");
            assert_eq!(phone.wa(), "https://wa.me/6281313588684");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Phone::parse(" "), Err(PhoneError::Empty));
        assert_eq!(Phone::parse("0813 ABC"), Err(PhoneError::NotDigits));
        assert_eq!(Phone::parse("021 3822 255"), Err(PhoneError::NotMobile));
        assert_eq!(
            Phone::parse("0812345"),
            Err(PhoneError::Length { found: 6 })
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Phone::parse(&text);
        }

        #[test]
        fn reads_back_what_it_shows(text in "(0|62|\\+62 |0062)8[0-9]{8,11}") {
            let phone = Phone::parse(&text).unwrap();
            for shown in [phone.display(), phone.tel().replace("tel:", "")] {
                prop_assert_eq!(Phone::parse(&shown).unwrap(), phone.clone());
            }
        }
    }
}
