//! What makes each agency's site installable: its web app manifest (W3C) and its icons as PNGs.

use rayon::prelude::*;
use serde_json::json;

use super::{Artifact, Ready};
use crate::{
    colour::Colour,
    diagnostic::Diagnostic,
    icons::{FILE, png, tinted},
    site::Agency,
    theme::TemplateError,
};

/// Paper, in the theme's tokens.css: what the screen shows until the first page is there.
const GROUND: &str = "#fbf7f0";

/// Name, side in pixels, and whether the icon fills its square: iOS and Android cut it to their own shapes.
const ICONS: [(&str, u16, bool); 4] = [
    ("ikon-192.png", 192, false),
    ("ikon-512.png", 512, false),
    ("ikon-penuh.png", 512, true),
    ("ikon-apple.png", 180, true),
];

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let icons = ready.site.agencies.par_iter().flat_map(|agency| {
        ICONS.into_par_iter().map(move |(name, size, full)| {
            let bytes = draw(ready, agency.profile.accent.value, size, full)?;
            Ok(Artifact::new(format!("{}{name}", agency.prefix), bytes))
        })
    });
    let icons: Vec<_> = icons.collect();
    let manifests = ready
        .site
        .agencies
        .iter()
        .map(|agency| Ok(manifest(agency)));
    icons.into_iter().chain(manifests).collect()
}

fn draw(
    ready: &Ready<'_>,
    accent: Colour,
    size: u16,
    full: bool,
) -> Result<Vec<u8>, TemplateError> {
    let missing = TemplateError {
        name: FILE.to_owned(),
        diagnostic: None,
    };
    let source = ready.icon.ok_or(missing)?;
    png(&tinted(&source.text, accent), size, full.then_some(accent)).map_err(|message| {
        let mistake = Diagnostic::new("icon", source, 0..0, message);
        TemplateError {
            name: FILE.to_owned(),
            diagnostic: Some(Box::new(
                mistake.hint("make it a plain SVG: shapes only, with a viewBox"),
            )),
        }
    })
}

fn manifest(agency: &Agency) -> Artifact {
    let facts = agency.profile.facts.root();
    let fact = |name| facts.get_attr(name).unwrap_or_default().to_string();
    let short = fact("nama_pendek");
    let [small, large, full, _] = ICONS.map(|(name, size, full)| {
        let purpose = if full { "maskable" } else { "any" };
        let sizes = format!("{size}x{size}");
        json!({ "src": name, "sizes": sizes, "type": "image/png", "purpose": purpose })
    });
    let manifest = json!({
        "name": format!("{}, {short}", fact("nama_situs")), "short_name": short, "lang": "id",
        "id": "./", "start_url": "./", "scope": "./", "display": "standalone",
        "theme_color": agency.profile.accent.value.to_string(), "background_color": GROUND,
        "icons": [small, large, full],
    });
    let path = format!("{}manifest.webmanifest", agency.prefix);
    Artifact::new(path, manifest.to_string())
}
