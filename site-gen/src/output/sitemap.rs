//! `sitemap.xml` (sitemaps.org 0.9): every page with the day of its last change.

use quick_xml::{Writer, events::BytesText};

use super::{Artifact, Ready};
use crate::{page::canonical, theme::TemplateError};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let mut writer = Writer::new_with_indent(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec(),
        b' ',
        1,
    );
    let pages = ready.site.agencies.iter().flat_map(|agency| &agency.pages);
    // Writing to memory does not fail.
    let _ = writer
        .create_element("urlset")
        .with_attribute(("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"))
        .write_inner_content(|writer| {
            for page in pages {
                writer.create_element("url").write_inner_content(|writer| {
                    let address = canonical(ready.site, &page.url);
                    writer
                        .create_element("loc")
                        .write_text_content(BytesText::new(&address))?;
                    let changed = page
                        .front
                        .history
                        .iter()
                        .map(|change| change.date)
                        .chain(page.front.reviewed.as_ref().map(|day| day.value))
                        .max();
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
