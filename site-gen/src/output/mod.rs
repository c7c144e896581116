//! Everything that is made from the site. An output is a function from the site to files; they stand in
//! one list, so that a new one is a file here and a line there.

mod asset_files;
mod feed;
mod manifest;
mod pages;
mod robots;
mod sitemap;

use crate::{
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
}

type Output = fn(&Ready<'_>) -> Vec<Result<Artifact, TemplateError>>;

/// Every output.
const OUTPUTS: [Output; 6] = [
    pages::make,
    asset_files::make,
    feed::make,
    manifest::make,
    sitemap::make,
    robots::make,
];

/// Makes every file of the site.
pub fn all(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    OUTPUTS.iter().flat_map(|make| make(ready)).collect()
}
