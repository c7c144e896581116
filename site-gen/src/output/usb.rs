//! What stands beside the site on a USB stick: the file that one opens, and a few words for those who wonder.

use minijinja::context;

use super::{Artifact, Ready};
use crate::{page::PlainPage, theme::TemplateError};

/// The folder of the site on the stick.
pub const FOLDER: &str = "panduan/";
/// The file that one opens.
pub const START: &str = "BUKA PANDUAN.html";
/// The words.
pub const README: &str = "BACA SAYA.txt";

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let site = ready.site;
    let page = PlainPage {
        agency: None,
        template: "usb.html",
        kind: "usb",
        title: &site.title,
        summary: &site.summary,
        url: "",
        root: FOLDER,
        searches: false,
    };
    let start = ready.renderer.plain_page(&page, context! {});
    // As Windows' own editor has always liked it.
    let words = format!(
        "{}\n\n\
         1. Ekstrak dulu seluruh berkas ZIP (klik kanan, lalu Ekstrak Semua).\n\
         2. Buka \"{START}\" dengan klik ganda.\n\
         3. Pindahkan atau salin semuanya bersama: \"{START}\" memerlukan folder \"panduan\".\n\n\
         Internet tidak diperlukan, kecuali untuk Cek Email dan Cek TTE.\n\
         Versi terbaru: {}\n",
        site.title, site.address
    )
    .replace('\n', "\r\n");
    vec![
        start.map(|html| Artifact::new(START, html)),
        Ok(Artifact::new(README, words)),
    ]
}
