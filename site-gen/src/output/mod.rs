//! Everything that is made from the site. An output is a function from the site to files; they stand in
//! one list, so that a new one is a file here and a line there.

mod asset_files;
mod chat;
mod feed;
mod gallery;
mod pages;
mod robots;
mod sitemap;

use crate::{
    gallery::Shown,
    page::{AgencyView, Renderer},
    site::Site,
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
    fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
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
    /// What each agency's gallery of components shows, in the same order; empty where none is published.
    pub galleries: Vec<Vec<Shown<'a>>>,
}

type Output = fn(&Ready<'_>) -> Vec<Result<Artifact, TemplateError>>;

/// Every output.
const OUTPUTS: [Output; 7] = [
    pages::make,
    gallery::make,
    chat::make,
    asset_files::make,
    feed::make,
    sitemap::make,
    robots::make,
];

/// Makes every file of the site.
pub fn all(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    OUTPUTS.iter().flat_map(|make| make(ready)).collect()
}
