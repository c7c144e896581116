//! `robots.txt` (RFC 9309).

use super::{Artifact, Ready};
use crate::{page::canonical, theme::TemplateError};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let sitemap = canonical(ready.site, "sitemap.xml");
    vec![Ok(Artifact::new(
        "robots.txt",
        format!("User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n"),
    ))]
}
