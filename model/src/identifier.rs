//! The identifiers by which people are looked up: NIP, NRK, NIK, mail address and full name.
//!
//! People copy them out of letters and spreadsheets, so spaces, dots, hyphens and invisible characters
//! are dropped before anything is judged. They are text, never numbers: leading zeros count. Errors say
//! what is wrong and never repeat what was given; no type here shows its value when debugged.
//!
//! NIP and NIK encode birth date and sex: they are checked by that and never decoded for display.
//!
//! With the feature `zeroize`, their memory is cleared when they are dropped, and so is what they are read from
//! on the way.

mod email;
mod name;
mod nik;
mod nik4;
mod nip;
mod nrk;

pub use email::{EmailAddress, EmailError, mask_address};
pub use name::{FullName, NameError};
pub use nik::{Nik, NikDoubt, NikError};
pub use nik4::{Nik4, Nik4Error};
pub use nip::{Nip, NipError};
pub use nrk::{Nrk, NrkError, NrkFormat, NrkFormatError};

/// Why a text is no row of digits.
enum DigitsError {
    Empty,
    NotDigits,
}

/// A text that tells who somebody is.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Text(String);

impl Text {
    /// Never grows: what it would have grown out of would stay in memory.
    fn collect(chars: impl Iterator<Item = char> + Clone) -> Self {
        #[cfg(feature = "zeroize")]
        let mut text = String::with_capacity(chars.clone().map(char::len_utf8).sum());
        #[cfg(not(feature = "zeroize"))]
        let mut text = String::new();
        text.extend(chars);
        Self(text)
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "zeroize")]
impl Drop for Text {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// The digits of `text`, freed of what people put between them.
fn digits(text: &str) -> Result<Text, DigitsError> {
    let digits = text.chars().filter(|&c| !is_separator(c));
    if digits.clone().any(|c| !c.is_ascii_digit()) {
        return Err(DigitsError::NotDigits);
    }
    let digits = Text::collect(digits);
    if digits.is_empty() {
        Err(DigitsError::Empty)
    } else {
        Ok(digits)
    }
}

/// Whether `c` only separates digits for the eye: a space of any kind, a dot, a hyphen, or nothing visible.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(c, '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Whether `c` takes no room: zero-width and directional marks that come along when text is copied.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The number that the ASCII digits `at` of `digits` form; 0 where there are none.
fn number(digits: &str, at: std::ops::Range<usize>) -> u32 {
    digits
        .get(at)
        .unwrap_or_default()
        .bytes()
        .fold(0, |n, b| n * 10 + u32::from(b.saturating_sub(b'0')))
}

/// Gives an identifier what all of them share: reading its text, and debug output without it.
macro_rules! personal {
    ($type:ident) => {
        impl $type {
            /// The normalised text. Personal: never to be logged, put into a URL or stored in a browser.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $type {
            /// Shows the type only, since the value is personal.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    };
}
use personal;
