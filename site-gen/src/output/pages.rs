//! The HTML pages: every guide, each agency's own pages (search from A to Z, use without the internet), the page that
//! lets one choose an agency, and the one for dead addresses.

use std::collections::BTreeMap;

use minijinja::{Value, context};
use rayon::prelude::*;

use super::{Artifact, Ready};
use crate::{
    medium::{Medium, way_to_root},
    page::{AgencyView, PlainPage},
    site::{Agency, Page},
    theme::TemplateError,
};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let agencies = || ready.site.agencies.iter().zip(&ready.views);
    let pages: Vec<_> = agencies()
        .flat_map(|(agency, view)| agency.pages.iter().map(move |page| (agency, view, page)))
        .collect();
    let mut artifacts: Vec<Result<Artifact, TemplateError>> = pages
        .into_par_iter()
        .map(|(agency, view, page)| {
            let html = ready.renderer.page(agency, view, page)?;
            Ok(Artifact::new(format!("{}index.html", page.url), html))
        })
        .collect();
    for (agency, view) in agencies() {
        artifacts.push(search(ready, agency, view));
        // On a stick, the site is there without the internet already.
        if ready.renderer.offline {
            artifacts.push(offline(ready, agency, view));
        }
    }
    if ready.site.agencies.len() > 1 {
        artifacts.push(chooser(ready));
    }
    // Only a server shows it.
    if ready.renderer.medium != Medium::Usb {
        artifacts.push(not_found(ready));
    }
    artifacts
}

/// The page that searches, and lists every page from A to Z for those who look themselves.
fn search(
    ready: &Ready<'_>,
    agency: &Agency,
    view: &AgencyView,
) -> Result<Artifact, TemplateError> {
    let url = agency.search_url();
    let page = PlainPage {
        agency: Some((agency, view)),
        template: "search.html",
        kind: "cari",
        title: "Cari panduan",
        summary: "Ketik yang Anda perlukan, atau pilih dari daftar A sampai Z.",
        url: &url,
        root: &way_to_root(&url),
        searches: true,
    };
    let mut letters: BTreeMap<char, Vec<&Page>> = BTreeMap::new();
    for page in agency.pages.iter().filter(|page| page.is_listed()) {
        let initial = page.front.title.value.chars().next().unwrap_or('#');
        let letter = initial.to_uppercase().next().unwrap_or('#');
        letters.entry(letter).or_default().push(page);
    }
    let letters = letters.into_iter().map(|(letter, mut pages)| {
        pages.sort_by_key(|page| page.front.title.value.to_lowercase());
        let view = |page: &&Page| {
            context! { title => page.front.title.value.as_str(), url => page.url.as_str(), summary => page.front.summary.value.as_str() }
        };
        context! { letter => letter.to_string(), pages => pages.iter().map(view).collect::<Vec<_>>() }
    });
    let own = context! { letters => letters.collect::<Vec<_>>() };
    plain(ready, &page, own, &format!("{url}index.html"))
}

/// The page on keeping the site on the device; also what is shown where a page is not kept and there is no network.
fn offline(
    ready: &Ready<'_>,
    agency: &Agency,
    view: &AgencyView,
) -> Result<Artifact, TemplateError> {
    let url = agency.offline_url();
    let page = PlainPage {
        agency: Some((agency, view)),
        template: "offline.html",
        kind: "luring",
        title: "Tanpa internet",
        summary: "Simpan semua panduan di perangkat ini, lalu buka kapan saja tanpa sambungan.",
        url: &url,
        root: &way_to_root(&url),
        searches: false,
    };
    plain(ready, &page, Value::UNDEFINED, &format!("{url}index.html"))
}

fn chooser(ready: &Ready<'_>) -> Result<Artifact, TemplateError> {
    let page = PlainPage {
        agency: None,
        template: "chooser.html",
        kind: "pilih",
        title: &ready.site.title,
        summary: &ready.site.summary,
        url: "",
        root: "./",
        searches: false,
    };
    plain(ready, &page, agencies(ready), "index.html")
}

/// Shown at any depth, so its links begin at the site's root.
fn not_found(ready: &Ready<'_>) -> Result<Artifact, TemplateError> {
    let agency = match ready.site.agencies.as_slice() {
        [agency] => ready.views.first().map(|view| (agency, view)),
        _ => None,
    };
    let page = PlainPage {
        agency,
        template: "not-found.html",
        kind: "404",
        title: "Halaman tidak ditemukan",
        summary: &ready.site.summary,
        url: "404.html",
        root: ready.site.address.path(),
        searches: false,
    };
    plain(ready, &page, agencies(ready), "404.html")
}

fn agencies(ready: &Ready<'_>) -> Value {
    let views = ready.views.iter().map(|view| view.agency.clone());
    context! { agencies => views.collect::<Vec<_>>() }
}

fn plain(
    ready: &Ready<'_>,
    page: &PlainPage<'_>,
    own: Value,
    path: &str,
) -> Result<Artifact, TemplateError> {
    Ok(Artifact::new(path, ready.renderer.plain_page(page, own)?))
}
