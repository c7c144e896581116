//! Colours and how far they stand apart (WCAG 2.2, contrast ratio).

use std::fmt;

use lightningcss::{
    traits::Parse,
    values::color::{CssColor, HSL, RGBA, SRGB},
};

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub(crate) [u8; 3]);

impl Colour {
    /// Reads `#9b1c1c`, as profiles write it.
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
        Ok(Self([red, green, blue]))
    }

    /// Reads any opaque colour of CSS, `color-mix(…)` included.
    pub fn css(text: &str) -> Option<Self> {
        match CssColor::parse_string(text).ok()?.to_rgb().ok()? {
            CssColor::RGBA(RGBA {
                red,
                green,
                blue,
                alpha: 255,
            }) => Some(Self([red, green, blue])),
            _ => None,
        }
    }

    /// How far two colours stand apart: from 1 (not at all) to 21 (black and white).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Relative luminance.
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

    /// Colours of the same hue, one for each percent of lightness, the nearest first.
    pub fn shades(self) -> impl Iterator<Item = Self> {
        let [red, green, blue] = self.0;
        let hsl = HSL::from(SRGB::from(RGBA {
            red,
            green,
            blue,
            alpha: 255,
        }));
        let mut shades: Vec<u8> = (0..=100).collect();
        shades.sort_by(|a, b| {
            let far = |l: u8| (f32::from(l) - hsl.l).abs();
            far(*a).total_cmp(&far(*b))
        });
        shades.into_iter().map(move |l| {
            let rgb = RGBA::from(SRGB::from(HSL {
                l: f32::from(l),
                ..hsl
            }));
            Self([rgb.red, rgb.green, rgb.blue])
        })
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
    #![allow(clippy::unwrap_used)]

    use super::Colour;

    fn colour(text: &str) -> Colour {
        Colour::css(text).unwrap()
    }

    #[test]
    fn reads_colours() {
        assert_eq!(Colour::parse("#9b1c1c"), Ok(colour("rgb(155 28 28)")));
        assert!(Colour::parse("merah").is_err());
        assert_eq!(
            colour("color-mix(in srgb, #fff 50%, #000)").to_string(),
            "#808080"
        );
        assert_eq!(Colour::css("rgb(0 0 0 / 50%)"), None);
        assert_eq!(Colour::css("0.75rem"), None);
    }

    #[test]
    fn measures_as_wcag_does() {
        let ratio = |a, b| (colour(a).contrast(colour(b)) * 100.0).round() / 100.0;
        assert_eq!(ratio("#000", "#fff"), 21.0);
        assert_eq!(ratio("#777", "#fff"), 4.48);
        assert_eq!(ratio("#fff", "#767676"), 4.54);
        assert_eq!(ratio("#9b1c1c", "#9b1c1c"), 1.0);
    }

    #[test]
    fn shades_keep_the_hue() {
        let shades: Vec<Colour> = colour("#1f5c3a").shades().collect();
        assert_eq!(shades.len(), 101);
        let Colour([red, green, blue]) = shades[0];
        assert!(red < blue && blue < green, "{}", shades[0]);
        assert!(shades.contains(&colour("#000")) && shades.contains(&colour("#fff")));
    }
}
