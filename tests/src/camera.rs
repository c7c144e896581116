//! What a camera sees: QR codes on pictures, read by a reader that is no part of the project.

use resvg::tiny_skia::Pixmap;

/// The texts of all codes on a PNG.
///
/// # Panics
/// If it is no PNG, or a code on it can't be read.
pub fn codes_on(png: &[u8]) -> Vec<String> {
    let picture = Pixmap::decode_png(png).expect("a picture is a PNG");
    let width = picture.width() as usize;
    let pixels = picture.pixels();
    let grey = |x: usize, y: usize| {
        let colour = pixels[y * width + x].demultiply();
        let sum = u16::from(colour.red()) + u16::from(colour.green()) + u16::from(colour.blue());
        // A picture's own ground, where it has none: paper.
        if colour.alpha() == 0 {
            255
        } else {
            (sum / 3) as u8
        }
    };
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, picture.height() as usize, grey);
    prepared
        .detect_grids()
        .iter()
        .map(|code| code.decode().expect("a code can be read").1)
        .collect()
}
