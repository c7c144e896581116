//! An accent colour, and whether white text can be read on it.

use std::fmt;

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub(crate) [u8; 3]);

impl Colour {
    /// Reads `#9b1c1c`. Refused where white text on it, or it on white, falls below 4.5:1 (WCAG 2.2, 1.4.3).
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.is_ascii());
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = number
            .map(u32::to_be_bytes)
            .ok_or_else(|| format!("`{text}` is no colour; write it as #9b1c1c"))?;
        let colour = Self([red, green, blue]);
        let contrast = 1.05 / (colour.luminance() + 0.05);
        if contrast < 4.5 {
            return Err(format!(
                "white text on {text} has a contrast of {contrast:.1}:1; choose a darker colour (4.5:1)"
            ));
        }
        Ok(colour)
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::Colour;

    #[test]
    fn refuses_what_white_text_cannot_be_read_on() {
        assert_eq!(
            Colour::parse("#9b1c1c").map(|colour| colour.to_string()),
            Ok("#9b1c1c".to_owned())
        );
        assert!(Colour::parse("#ffcc00").is_err());
        assert!(Colour::parse("merah").is_err());
    }
}
