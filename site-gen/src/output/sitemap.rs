//! `sitemap.xml` (sitemaps.org 0.9): every page with the day of its last change.

use quick_xml::{Writer, events::BytesText};

use super::{Artifact, Ready};
use crate::{date::Date, front_matter::Kind, page::canonical, site::Page, theme::TemplateError};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let mut writer = Writer::new_with_indent(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec(),
        b' ',
        1,
    );
    let pages: Vec<&Page> = ready
        .site
        .agencies
        .iter()
        .flat_map(|agency| &agency.pages)
        // Search engines are told to pass these by.
        .filter(|page| page.front.kind != Kind::Practice)
        .collect();
    let newest = pages.iter().filter_map(|page| changed(page)).max();
    // Where one chooses an agency, no file stands behind the root.
    let chooser = (ready.site.agencies.len() > 1).then_some(("", newest));
    let own = ready.site.agencies.iter().flat_map(|agency| {
        let offline = ready.renderer.offline.then(|| agency.offline_url());
        [agency.search_url()].into_iter().chain(offline)
    });
    let own: Vec<String> = own.collect();
    let own = own.iter().map(|url| (url.as_str(), newest));
    let pages = pages.iter().map(|page| (page.url.as_str(), changed(page)));
    // Writing to memory does not fail.
    let _ = writer
        .create_element("urlset")
        .with_attribute(("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"))
        .write_inner_content(|writer| {
            for (url, changed) in chooser.into_iter().chain(pages).chain(own) {
                writer.create_element("url").write_inner_content(|writer| {
                    let address = canonical(ready.site, url);
                    writer
                        .create_element("loc")
                        .write_text_content(BytesText::new(&address))?;
                    if let Some(date) = changed {
                        let date = date.to_string();
                        writer
                            .create_element("lastmod")
                            .write_text_content(BytesText::new(&date))?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        });
    vec![Ok(Artifact::new("sitemap.xml", writer.into_inner()))]
}

/// The day on which a page last changed or was last found right.
fn changed(page: &Page) -> Option<Date> {
    let changes = page.front.history.iter().map(|change| change.date);
    let reviewed = page.front.reviewed.as_ref().map(|day| day.value);
    changes.chain(reviewed).max()
}
