//! Text as a QR code (ISO/IEC 18004), and the code as an SVG drawing. Pure: the build tool prints pages' addresses with
//! it, the browser what a person types.

mod code;
mod drawing;

pub use code::{Code, TooLong};
pub use drawing::{Drawing, QUIET};
