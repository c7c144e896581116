//! Hand-outs: an agency's guides as PDF, for a hall where nobody has a network.
//!
//! 1. [`site_gen`]: the project, read and checked as for the site; its mistakes are told in the same way
//! 2. [`read`]: pages → what is printed ([`printed`]): every block in its printed form, links as page numbers and foot notes
//! 3. the theme's templates (`themes/dinas/handout/*.typ`) draw that data; [`typeset`] runs them in Typst
//! 4. [`site_gen::emit`]: all files, written beside the old ones and swapped in whole
//!
//! Every file is PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2) at once: it can be read aloud, and will still be read in
//! twenty years. The same content gives the same bytes.

mod place;
pub mod printed;
pub mod read;
mod stream_ends;
pub mod typeset;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use rayon::prelude::*;
use site_gen::{
    build::{self, BuildError, CheckOptions},
    emit::{EmitError, emit},
    front_matter::Kind,
    output::Artifact,
    pack::Packed,
    site::{Agency, Page, Site},
};
use thiserror::Error;
use url::Url;

use crate::{
    printed::Printed,
    typeset::{Mistake, Pdf, Typesetter},
};

/// What to print, and where to.
pub struct Options {
    /// The project's folder: holds `content/` and `themes/`.
    pub root: PathBuf,
    /// Folder to write, a folder for each agency in it; replaced whole.
    pub out: PathBuf,
    /// Where the site is published; the one in `content/situs.toml` where none.
    pub base_url: Option<Url>,
    /// One agency alone, as a site of its own.
    pub agency: Option<String>,
}

/// What was set of one agency.
pub struct Report<'a> {
    /// Its id, and its folder's name.
    pub agency: &'a str,
    /// Its guides, each a file.
    pub guides: Written,
    /// All of it as one file.
    pub juknis: Written,
    /// What Typst would have better: which file, and what.
    pub warnings: Vec<(&'a str, &'a Mistake)>,
    /// How long it took.
    pub took: Duration,
}

/// Files written.
#[derive(Clone, Copy, Default)]
pub struct Written {
    /// How many.
    pub files: usize,
    /// How many pages they have.
    pub pages: usize,
    /// Their size.
    pub bytes: usize,
}

/// Why nothing was printed.
#[derive(Debug, Error)]
pub enum HandoutError {
    /// The project can't be read, or has mistakes.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The theme has no template for hand-outs, or Typst none of its standards.
    #[error("hand-outs can't be set: {0}")]
    Template(Mistake),
    /// A hand-out has no day that it could bear.
    #[error(
        "{0} was never reviewed, and a hand-out bears the day of its last review; add `ditinjau = 2026-11-23` to its front matter"
    )]
    NoDay(String),
    /// Typst could not set a hand-out.
    #[error("{file} can't be printed:{}", mistakes.iter().map(|mistake| format!("\nerror: {mistake}")).collect::<String>())]
    Typeset {
        /// The guide's file, or the agency's profile.
        file: String,
        /// What is wrong.
        mistakes: Vec<Mistake>,
    },
    /// The files can't be written.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

/// Prints every agency's hand-outs. Each agency is reported as it is set; then all are written at once.
///
/// # Errors
/// Why nothing was written; the folder is then as it was.
pub fn make(options: &Options, done: &mut dyn FnMut(&Report)) -> Result<(), HandoutError> {
    let agency = options.agency.as_deref();
    build::check(&options.root, agency, &CheckOptions::default())?;
    let (mut site, theme) = build::read(&options.root, agency)?;
    if let Some(address) = &options.base_url {
        site.address = address.clone();
    }
    let templates = theme.iter().filter(|file| file.path.ends_with(".typ"));
    let templates = templates.map(|file| (file.path.as_str(), file.source.text.as_str()));
    let typesetter = Typesetter::new(templates).map_err(HandoutError::Template)?;
    let mut files = Vec::new();
    for agency in &site.agencies {
        let start = Instant::now();
        let handouts = print(&site, agency, &typesetter)?;
        done(&report(agency, &handouts, start.elapsed()));
        let id = &agency.profile.id;
        files.extend(handouts.into_iter().map(|handout| Packed {
            artifact: Artifact {
                path: format!("{id}/{}", handout.path),
                bytes: handout.pdf.bytes,
            },
            compressed: None,
        }));
        typeset::forget();
    }
    emit(&options.out, &files)?;
    Ok(())
}

/// A hand-out of an agency.
struct Handout {
    /// Path below the agency's folder.
    path: String,
    pdf: Pdf,
}

/// Sets all hand-outs of an agency, the longest first.
fn print(
    site: &Site,
    agency: &Agency,
    typesetter: &Typesetter,
) -> Result<Vec<Handout>, HandoutError> {
    let pictures = read::pictures(agency);
    let guides = agency.pages.iter();
    let guides = guides
        .filter(|page| page.front.kind == Kind::Guide)
        .map(Some);
    let all: Vec<Option<&Page>> = [None].into_iter().chain(guides).collect();
    let set = |page: Option<&Page>| {
        let (file, url, printed) = match page {
            Some(page) => (
                &page.source.path,
                &page.url,
                read::guide(site, agency, page),
            ),
            None => (
                &agency.profile.source.path,
                &agency.prefix,
                read::juknis(site, agency),
            ),
        };
        let printed: Printed = printed.ok_or_else(|| HandoutError::NoDay(file.clone()))?;
        let identity = format!("{}{url}", site.address);
        let pdf = typesetter
            .set(&printed, &identity, &pictures)
            .map_err(|mistakes| HandoutError::Typeset {
                file: file.clone(),
                mistakes,
            })?;
        Ok(Handout {
            path: page.map_or_else(
                || JUKNIS.to_owned(),
                |page| format!("{}.pdf", page.file.trim_end_matches(".md")),
            ),
            pdf,
        })
    };
    all.into_par_iter().map(set).collect()
}

/// An agency's whole hand-out, in its folder.
pub const JUKNIS: &str = "juknis.pdf";

fn report<'a>(agency: &'a Agency, handouts: &'a [Handout], took: Duration) -> Report<'a> {
    let mut report = Report {
        agency: &agency.profile.id,
        guides: Written::default(),
        juknis: Written::default(),
        warnings: Vec::new(),
        took,
    };
    for handout in handouts {
        let written = if handout.path == JUKNIS {
            &mut report.juknis
        } else {
            &mut report.guides
        };
        written.files += 1;
        written.pages += handout.pdf.pages;
        written.bytes += handout.pdf.bytes.len();
        let warnings = handout.pdf.warnings.iter();
        report
            .warnings
            .extend(warnings.map(|warning| (handout.path.as_str(), warning)));
    }
    report
}
