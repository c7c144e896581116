//! The icon of each agency's site, all made from the theme's one SVG: tinted in the agency's accent, and as the PNGs that
//! phones put on their home screens.

use resvg::{
    render,
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

use crate::colour::Colour;

/// The theme's icon. Its `color` is what parts in `currentColor` are tinted with.
pub const FILE: &str = "favicon.svg";

/// Of the mark on a maskable icon: systems cut off all but a circle of 80 %.
const SAFE: f32 = 0.78;

/// The icon in an agency's accent.
pub fn tinted(svg: &str, accent: Colour) -> String {
    let tinted = svg.split_once(" color=\"").and_then(|(before, rest)| {
        let (_, after) = rest.split_once('"')?;
        Some(format!("{before} color=\"{accent}\"{after}"))
    });
    tinted.unwrap_or_else(|| svg.to_owned())
}

/// A square PNG of an icon, as small as it gets. With `ground`, the icon stands on that colour, which fills the square.
///
/// # Errors
/// Why the SVG can't be drawn.
pub fn png(svg: &str, size: u16, ground: Option<Colour>) -> Result<Vec<u8>, String> {
    let tree = Tree::from_str(svg, &Options::default()).map_err(|error| error.to_string())?;
    let side = f32::from(size);
    let mut pixmap = Pixmap::new(size.into(), size.into()).ok_or("an icon has no size")?;
    let mut share = 1.0;
    if let Some(Colour([red, green, blue])) = ground {
        pixmap.fill(resvg::tiny_skia::Color::from_rgba8(red, green, blue, 255));
        share = SAFE;
    }
    let scale = side * share / tree.size().width().max(tree.size().height());
    let margin = side * (1.0 - share) / 2.0;
    let place = Transform::from_translate(margin, margin).pre_scale(scale, scale);
    render(&tree, place, &mut pixmap.as_mut());
    let png = pixmap.encode_png().map_err(|error| error.to_string())?;
    oxipng::optimize_from_memory(&png, &oxipng::Options::from_preset(2))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" color="#9b1c1c"><rect width="32" height="32" fill="currentColor"/></svg>"##;

    #[test]
    fn takes_the_accent() {
        let accent = Colour::parse("#12487f").unwrap_or(Colour([0; 3]));
        let icon = tinted(ICON, accent);
        assert!(icon.contains(r##" color="#12487f"><rect"##), "{icon}");
        let drawn = png(&icon, 32, None)
            .and_then(|png| Pixmap::decode_png(&png).map_err(|error| error.to_string()));
        let middle = drawn.map(|drawn| drawn.pixel(16, 16).map(|pixel| pixel.red()));
        assert_eq!(middle, Ok(Some(0x12)));
    }

    #[test]
    fn says_what_is_no_picture() {
        assert!(png("<p>", 32, None).is_err());
    }
}
