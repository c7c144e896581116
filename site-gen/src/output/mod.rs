//! Everything that is made from the site. An output is a function from the site to files; they stand in
//! one list, so that a new one is a file here and a line there.

mod asset_files;
mod chat;
mod feed;
mod gallery;
mod mail_files;
mod manifest;
mod pages;
mod robots;
mod sessions;
mod sitemap;
pub mod slides;
pub mod usb;

use crate::{
    gallery::Shown,
    medium::Medium,
    page::{AgencyView, Renderer},
    site::Site,
    source::Source,
    theme::TemplateError,
};

/// A file of the site.
pub struct Artifact {
    /// Path below the site's root.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl Artifact {
    pub(crate) fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            bytes: bytes.into(),
        }
    }
}

/// What outputs are made from.
pub struct Ready<'a> {
    /// The site.
    pub site: &'a Site,
    /// How its pages are rendered.
    pub renderer: Renderer<'a>,
    /// Each agency as templates see it, in the site's order.
    pub views: Vec<AgencyView>,
    /// The theme's icon, an SVG.
    pub icon: Option<&'a Source>,
    /// What each agency's gallery of components shows, in the same order; empty where none is published.
    pub galleries: Vec<Vec<Shown<'a>>>,
}

type Output = fn(&Ready<'_>) -> Vec<Result<Artifact, TemplateError>>;

/// What every site has.
const EVERYWHERE: [Output; 6] = [
    pages::make,
    slides::make,
    sessions::make,
    gallery::make,
    chat::make,
    asset_files::make,
];
/// What only makes sense at an address.
const AT_AN_ADDRESS: [Output; 5] = [
    feed::make,
    mail_files::make,
    manifest::make,
    sitemap::make,
    robots::make,
];
/// What only makes sense on a stick.
const ON_A_STICK: [Output; 1] = [usb::make];

/// Makes every file of the site.
pub fn all(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let more: &[Output] = match ready.renderer.medium {
        Medium::Web | Medium::Dev => &AT_AN_ADDRESS,
        Medium::Usb => &ON_A_STICK,
    };
    let outputs = EVERYWHERE.iter().chain(more);
    outputs.flat_map(|make| make(ready)).collect()
}
