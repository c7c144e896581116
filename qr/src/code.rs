//! Text → the square of dark and light modules.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};
use thiserror::Error;

/// A QR code: a square of dark and light modules, without the quiet zone around it.
#[derive(Clone)]
pub struct Code(QrCode);

/// The text has more bytes than the largest code holds: 2,953 of ordinary text.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{0} bytes are more than a QR code holds; shorten the text")]
pub struct TooLong(pub usize);

impl Code {
    /// The code of a text. Its modules should be large rather than many, for old cameras: it is of the lowest version
    /// that holds the text with error correction L (7 %), or of the next if that brings M (15 %); what room is left
    /// there goes into a still higher level.
    ///
    /// # Errors
    /// The text is too long.
    pub fn new(text: &str) -> Result<Self, TooLong> {
        let segments = QrSegment::make_segments(text);
        let encode = |level, largest| {
            let smallest = Version::MIN;
            QrCode::encode_segments_advanced(&segments, level, smallest, largest, None, true)
        };
        let low = encode(QrCodeEcc::Low, Version::MAX).map_err(|_| TooLong(text.len()))?;
        let next = Version::new((low.version().value() + 1).min(Version::MAX.value()));
        Ok(Self(encode(QrCodeEcc::Medium, next).unwrap_or(low)))
    }

    /// Modules of a side: 21 to 177.
    pub fn size(&self) -> usize {
        usize::try_from(self.0.size()).unwrap_or_default()
    }

    /// True where the module is dark; `x` from the left, `y` from the top. Outside of the code all is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        match (i32::try_from(x), i32::try_from(y)) {
            (Ok(x), Ok(y)) => self.0.get_module(x, y),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// What a reader that nobody here wrote sees.
    fn read(code: &Code) -> String {
        const SCALE: usize = 3;
        const QUIET: usize = 4;
        let side = (code.size() + 2 * QUIET) * SCALE;
        let dark = |x: usize, y: usize| {
            let module = |at: usize| (at / SCALE).checked_sub(QUIET);
            matches!((module(x), module(y)), (Some(x), Some(y)) if code.is_dark(x, y))
        };
        let picture = |x, y| if dark(x, y) { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, picture);
        let codes = picture.detect_grids();
        assert_eq!(codes.len(), 1);
        codes[0].decode().unwrap().1
    }

    #[test]
    fn corrects_more_where_it_costs_one_version_at_most() {
        let of = |bytes: usize| {
            let code = Code::new(&"x".repeat(bytes)).unwrap();
            ((code.size() - 17) / 4, code.0.error_correction_level())
        };
        // Version 3 holds 53 bytes at L, 42 at M, 32 at Q; version 4 78, 62 and 46; version 19 792 and 624; version 20
        // 858 and 666 (ISO/IEC 18004, table 7).
        assert!(of(32) == (3, QrCodeEcc::Quartile));
        assert!(of(42) == (3, QrCodeEcc::Medium));
        assert!(of(53) == (4, QrCodeEcc::Medium));
        assert!(of(792) == (19, QrCodeEcc::Low));
    }

    #[test]
    fn says_what_is_too_long() {
        assert!(Code::new(&"x".repeat(2_953)).is_ok());
        assert_eq!(Code::new(&"x".repeat(2_954)).err(), Some(TooLong(2_954)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn is_read_as_it_was_written(text in "\\PC{1,120}") {
            prop_assert_eq!(read(&Code::new(&text).unwrap()), text);
        }
    }
}
