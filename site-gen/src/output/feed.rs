//! `perubahan.xml`: what changed in the guides, newest first (Atom, RFC 4287).

use std::io;

use super::{Artifact, Ready};
use crate::{
    front_matter::{Change, Kind},
    page::canonical,
    site::{Page, Site},
    theme::TemplateError,
    xml::{Xml, document, text},
};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let site = ready.site;
    let mut changes: Vec<(&Page, &Change)> = site
        .agencies
        .iter()
        .flat_map(|agency| &agency.pages)
        .filter(|page| page.front.kind != Kind::Practice)
        .flat_map(|page| page.front.history.iter().map(move |change| (page, change)))
        .collect();
    changes
        .sort_by(|(a, x), (b, y)| (y.date, &a.url, &y.version).cmp(&(x.date, &b.url, &x.version)));
    let mut writer = document();
    // Writing to memory does not fail.
    let _ = writer
        .create_element("feed")
        .with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "id")])
        .write_inner_content(|writer| {
            text(
                writer,
                "title",
                &format!("{} – perubahan panduan", site.title),
            )?;
            text(writer, "subtitle", &site.summary)?;
            text(writer, "id", &canonical(site, "perubahan.xml"))?;
            link(writer, "self", &canonical(site, "perubahan.xml"))?;
            link(writer, "alternate", &canonical(site, ""))?;
            let updated = changes.iter().map(|(_, change)| change.date).max();
            text(
                writer,
                "updated",
                &updated.map_or("1970-01-01T00:00:00Z".to_owned(), |date| date.rfc3339()),
            )?;
            author(writer, site)?;
            changes
                .iter()
                .try_for_each(|(page, change)| entry(writer, site, page, change))
        });
    vec![Ok(Artifact::new("perubahan.xml", writer.into_inner()))]
}

fn author(writer: &mut Xml, site: &Site) -> io::Result<()> {
    writer
        .create_element("author")
        .write_inner_content(|writer| text(writer, "name", &site.title))?;
    Ok(())
}

fn entry(writer: &mut Xml, site: &Site, page: &Page, change: &Change) -> io::Result<()> {
    let address = canonical(site, &page.url);
    writer
        .create_element("entry")
        .write_inner_content(|writer| {
            text(
                writer,
                "title",
                &format!("{} (versi {})", page.front.title.value, change.version),
            )?;
            text(writer, "id", &format!("{address}#versi-{}", change.version))?;
            link(writer, "alternate", &address)?;
            text(writer, "updated", &change.date.rfc3339())?;
            text(writer, "summary", &change.change.value)
        })?;
    Ok(())
}

fn link(writer: &mut Xml, relation: &str, href: &str) -> io::Result<()> {
    writer
        .create_element("link")
        .with_attributes([("rel", relation), ("href", href)])
        .write_empty()?;
    Ok(())
}
