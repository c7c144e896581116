//! The HTML pages: every guide, the page that lets one choose an agency, and the one for dead addresses.

use rayon::prelude::*;

use super::{Artifact, Ready};
use crate::{page::PlainPage, theme::TemplateError};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let pages: Vec<_> = ready
        .site
        .agencies
        .iter()
        .zip(&ready.views)
        .flat_map(|(agency, view)| agency.pages.iter().map(move |page| (agency, view, page)))
        .collect();
    let mut artifacts: Vec<Result<Artifact, TemplateError>> = pages
        .into_par_iter()
        .map(|(agency, view, page)| {
            let html = ready.renderer.page(agency, view, page)?;
            Ok(Artifact::new(format!("{}index.html", page.url), html))
        })
        .collect();
    if ready.site.agencies.len() > 1 {
        let title = ready.site.title.as_str();
        let chooser = PlainPage {
            template: "chooser.html",
            kind: "pilih",
            title,
            url: "",
            root: "./",
        };
        artifacts.push(plain(ready, &chooser, "index.html"));
    }
    // Shown at any depth, so its links begin at the site's root.
    let root = ready.site.address.path();
    let title = "Halaman tidak ditemukan";
    let not_found = PlainPage {
        template: "not-found.html",
        kind: "404",
        title,
        url: "404.html",
        root,
    };
    artifacts.push(plain(ready, &not_found, "404.html"));
    artifacts
}

fn plain(ready: &Ready<'_>, page: &PlainPage<'_>, path: &str) -> Result<Artifact, TemplateError> {
    Ok(Artifact::new(
        path,
        ready.renderer.plain_page(page, &ready.views)?,
    ))
}
