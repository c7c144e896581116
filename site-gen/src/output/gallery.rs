//! The page `komponen/` of each agency: every component of the theme, with what it is written as.

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::{Artifact, Ready};
use crate::{
    gallery::Shown,
    html::{Body, safe},
    markdown::ast::named_blocks,
    medium::way_to_root,
    page::{AgencyView, PlainPage},
    site::Agency,
    squeeze::squeeze,
    theme::TemplateError,
};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let agencies = ready.site.agencies.iter().zip(&ready.views);
    agencies
        .zip(&ready.galleries)
        .map(|((agency, view), shown)| gallery(ready, agency, view, shown))
        .collect()
}

fn gallery(
    ready: &Ready<'_>,
    agency: &Agency,
    view: &AgencyView,
    shown: &[Shown<'_>],
) -> Result<Artifact, TemplateError> {
    let url = agency.gallery_url();
    let root = way_to_root(&url);
    let plain = PlainPage {
        agency: Some((agency, view)),
        template: "gallery.html",
        kind: "komponen",
        title: "Komponen",
        summary: "Semua bagian halaman, dengan contoh dan cara menulisnya.",
        url: &url,
        root: &root,
        searches: false,
    };
    let pages = || shown.iter().filter_map(|shown| shown.page.as_ref());
    let blocks: BTreeSet<&'static str> = pages()
        .flat_map(|page| named_blocks(&page.blocks))
        .map(|(_, named)| named.name)
        .collect();
    let blocks: Vec<&'static str> = blocks.into_iter().collect();
    let base = ready.renderer.gallery_context(&plain, view, &blocks);
    let mut components = Vec::new();
    for shown in shown {
        components.push(component(ready, agency, view, shown, &base)?);
    }
    let html = ready
        .renderer
        .theme
        .render(plain.template, context! { components, ..base })?;
    Ok(Artifact::new(format!("{url}index.html"), squeeze(&html)))
}

/// A component with its examples, each as HTML and as it is written.
fn component(
    ready: &Ready<'_>,
    agency: &Agency,
    view: &AgencyView,
    shown: &Shown<'_>,
    base: &Value,
) -> Result<Value, TemplateError> {
    let component = shown.component;
    let renderer = &ready.renderer;
    let mut examples = Vec::new();
    if let (Some(page), Some(guide)) = (&shown.page, &component.guide) {
        let body = Body {
            notes: true,
            ..renderer.body(agency, view, page, base, &page.url)
        };
        let html = safe(body.blocks(&page.blocks)?);
        examples.push(context! { html, text => guide.text(), lang => "markdown" });
    }
    if let Some(template) = &component.template {
        let name = format!("components/{}/example.html", component.name);
        let html = safe(renderer.theme.render(&name, base.clone())?);
        examples.push(context! { html, text => template.text.trim(), lang => "html" });
    }
    Ok(context! {
        name => component.name.as_str(), purpose => component.purpose.as_str(), examples,
        lacks => shown.lacks.join(", ")
    })
}
