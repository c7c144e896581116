//! `check --dist`: a built site as a browser meets it, read from the disk and judged without knowing how it was made.
//! What a page costs, what it waits for, whom it asks, whether all it names is there.
//!
//! Every budget stands here. KB are 1000 bytes.

mod document;
mod files;
mod report;
mod style;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
    path::{Path, PathBuf},
};

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;
use rayon::prelude::*;
use thiserror::Error;
use url::Url;

use crate::{
    assets::integrity,
    client::brotli,
    deck,
    diagnostic::{Diagnostic, Diagnostics, Unhinted},
    emit::MARK,
    pack::gzip,
    session,
    source::{Source, SourceFile, Span},
};
use document::{Document, Reference, Use};
use files::{File, Files, Target};

/// Bytes (gzip) that a page may cost on the first visit: HTML, styles, scripts, icon.
pub const PAGE: usize = 14_000;
/// The same of a page of slides, which stands on a trainer's computer.
pub const SLIDES: usize = 20_000;
/// The same of a session's slides: those of all its guides, opened once by the one who trains.
pub const SESSION_SLIDES: usize = 50_000;
/// Bytes (brotli) of the code of Cek Email and Cek TTE.
pub const LOOKUP: usize = 68_000;
/// The same of both for practice: one file, since nothing can be fetched there.
pub const PRACTICE: usize = 92_000;
/// The same of Uji Passphrase.
pub const PASSPHRASE: usize = 52_000;
/// The same of the code for Thunderbird.
pub const THUNDERBIRD: usize = 30_000;
/// The same of the search.
pub const SEARCH: usize = 25_000;
/// Bytes (brotli) of what an agency's search looks through.
pub const INDEX: usize = 30_000;
/// Bytes (brotli) of all that one agency's pages are made of: what a phone keeps of it.
pub const AGENCY: usize = 1_000_000;

/// What a page is for, and so what it may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// To be read.
    Read,
    /// To be shown: a guide's slides.
    Show,
    /// To be shown: a session's slides.
    ShowAll,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Read, Self::Show, Self::ShowAll];

    fn of(path: &str) -> Self {
        match path {
            path if session::is_deck(path) => Self::ShowAll,
            path if deck::is_page(path) => Self::Show,
            _ => Self::Read,
        }
    }

    const fn budget(self) -> usize {
        match self {
            Self::Read => PAGE,
            Self::Show => SLIDES,
            Self::ShowAll => SESSION_SLIDES,
        }
    }

    /// What the table calls them.
    const fn word(self) -> &'static str {
        match self {
            Self::Read => "pages",
            Self::Show => "decks of guides",
            Self::ShowAll => "decks of sessions",
        }
    }
}

/// The code of an island, by the names of its files. Pages are weighed without it, unless `first`: what they load
/// of it before anybody uses the island.
struct Island {
    what: &'static str,
    files: &'static [&'static str],
    first: &'static [&'static str],
    budget: usize,
}

const ISLANDS: [Island; 5] = [
    Island {
        what: "the look-up",
        files: &["cek.js", "cek.wasm"],
        first: &[],
        budget: LOOKUP,
    },
    Island {
        what: "the look-up for practice",
        files: &["cek-latihan.js"],
        first: &[],
        budget: PRACTICE,
    },
    Island {
        what: "the passphrase test",
        files: &[SEALED, "passphrase.wasm"],
        first: &[],
        budget: PASSPHRASE,
    },
    Island {
        what: "the code for Thunderbird",
        files: &[SEALED, "kode.wasm"],
        first: &[],
        budget: THUNDERBIRD,
    },
    Island {
        what: "the search",
        files: &["cari.js", "cari.wasm"],
        first: &[],
        budget: SEARCH,
    },
];

/// The script of pages with a sealed frame.
const SEALED: &str = "sealed.js";

/// Each agency has this page on keeping its site: it tells where an agency's pages begin.
const OFFLINE_PAGE: &str = "tanpa-internet/index.html";

/// Why a site was not found sound.
#[derive(Debug, Error)]
pub enum BudgetError {
    /// The folder holds something else, or nothing.
    #[error(
        "{} holds no site that Pandu built; build one with `build`, or name its folder: `check --dist DIR`", .0.display()
    )]
    NotASite(PathBuf),
    /// The disk refuses.
    #[error("can't read {}: {error}", path.display())]
    Io {
        /// What was being read.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Budgets are broken, or rules.
    #[error("{0}")]
    Broken(Diagnostics),
}

/// What a sound site weighs.
pub struct Weighed {
    /// The folder.
    folder: PathBuf,
    /// Every page with its bytes (gzip), heaviest first.
    pages: Vec<(String, usize)>,
    /// Each island's code and each index, with its bytes (brotli) and its budget.
    code: Vec<(String, usize, usize)>,
    /// Each agency with its number of pages and its bytes (brotli).
    agencies: Vec<(String, usize, usize)>,
}

impl fmt::Display for Weighed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        report::table(self, f)
    }
}

/// Judges the site in a folder.
///
/// # Errors
/// All that is wrong with it.
pub fn check(folder: &Path) -> Result<Weighed, BudgetError> {
    if !folder.join(MARK).is_file() {
        return Err(BudgetError::NotASite(folder.to_owned()));
    }
    let root = root(folder)?;
    let read = Files::read(folder, root);
    let files = read.map_err(|(path, error)| BudgetError::Io { path, error })?;
    let built = Built::new(folder, &files);
    let judged: Vec<(usize, Vec<Diagnostic>)> = built
        .pages
        .par_iter()
        .map(|(_, page)| built.judge(page))
        .collect();
    let mut pages = Vec::new();
    let mut mistakes = built.styles_and_fonts();
    for (path, (weight, found)) in built.pages.keys().zip(judged) {
        pages.push(((*path).to_owned(), weight));
        mistakes.extend(found);
    }
    let code = built.code(&mut mistakes);
    let agencies = built.agencies(&mut mistakes);
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(once_each(mistakes));
    if !diagnostics.is_empty() {
        return Err(BudgetError::Broken(diagnostics));
    }
    pages.sort_by(|(a, x), (b, y)| (y, a).cmp(&(x, b)));
    Ok(Weighed {
        folder: folder.to_owned(),
        pages,
        code,
        agencies,
    })
}

/// What stands on many pages is told of the first, with their number.
fn once_each(mistakes: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut told: BTreeMap<(&str, String), (Diagnostic, BTreeSet<String>)> = BTreeMap::new();
    for mistake in mistakes {
        let place = mistake.source.path.clone();
        told.entry((mistake.code, mistake.message.clone()))
            .or_insert_with(|| (mistake, BTreeSet::new()))
            .1
            .insert(place);
    }
    told.into_values()
        .map(|(mut mistake, places)| {
            match places.len() - 1 {
                0 => {}
                1 => mistake.message.push_str(", and on 1 other page"),
                more => mistake
                    .message
                    .push_str(&format!(", and on {more} other pages")),
            }
            mistake
        })
        .collect()
}

/// A page, read.
struct Page<'a> {
    file: &'a File,
    source: Source,
    document: Document,
}

/// A site, read.
struct Built<'a> {
    folder: &'a Path,
    files: &'a Files,
    /// By their paths.
    pages: BTreeMap<&'a str, Page<'a>>,
}

/// What a page is made of: the files that it loads, by their paths.
#[derive(Default)]
struct Parts<'a> {
    /// At once.
    now: BTreeMap<&'a str, &'a File>,
    /// When they are wanted.
    later: BTreeMap<&'a str, &'a File>,
}

impl<'a> Built<'a> {
    fn new(folder: &'a Path, files: &'a Files) -> Self {
        let pages = files.iter().filter(|file| file.path.ends_with(".html"));
        let read = |file: &'a File| {
            let source = file.source(folder);
            let document = document::read(&source.text);
            (
                file.path.as_str(),
                Page {
                    file,
                    source,
                    document,
                },
            )
        };
        let pages: Vec<_> = pages.collect();
        Self {
            folder,
            files,
            pages: pages.into_par_iter().map(read).collect(),
        }
    }

    /// All that is wrong with a page, and what it weighs.
    fn judge(&self, page: &Page<'a>) -> (usize, Vec<Diagnostic>) {
        let mut mistakes = Vec::new();
        let document = &page.document;
        for (id, span) in &document.twice {
            let message = format!("`{id}` names two places of the page");
            mistakes.push(
                page.mistake("id-twice", span, message)
                    .hint("name each place once"),
            );
        }
        for span in &document.inline_scripts {
            let message = "a script within the page: it is read before the page is shown";
            let hint = "make a file of it below themes/, named in a bundle";
            mistakes.push(page.mistake("inline-script", span, message).hint(hint));
        }
        for reference in &document.references {
            self.judge_reference(page, reference, &mut mistakes);
        }
        let parts = self.parts(page);
        let mut weights = vec![("the page itself".to_owned(), html_weight(page))];
        weights.extend(
            parts
                .now
                .values()
                .filter(|file| counts(file))
                .map(|file| (file.path.clone(), file.gzip)),
        );
        let weight = weights.iter().map(|(_, weight)| weight).sum();
        let budget = Purpose::of(&page.file.path).budget();
        if weight > budget {
            weights.sort_by(|(a, x), (b, y)| (y, a).cmp(&(x, b)));
            let heaviest = weights
                .iter()
                .take(3)
                .map(|(part, bytes)| format!("{part} {}", number(*bytes)));
            let message = format!(
                "{} costs {} bytes (gzip) of {}; the heaviest parts: {}",
                address(&page.file.path),
                number(weight),
                number(budget),
                heaviest.collect::<Vec<_>>().join(", ")
            );
            let hint = "shorten the page or make two of it; what all pages load is site.css and site.js of the theme";
            mistakes.push(page.mistake("page-too-heavy", &(0..0), message).hint(hint));
        }
        (weight, mistakes)
    }

    fn judge_reference(
        &self,
        page: &Page<'a>,
        reference: &Reference,
        mistakes: &mut Vec<Diagnostic>,
    ) {
        let Reference {
            used, target, span, ..
        } = reference;
        let mut push = |code, message: String, hint: &str| {
            mistakes.push(page.mistake(code, span, message).hint(hint));
        };
        let path = &page.file.path;
        let found = self.files.target(path, target);
        let loaded = *used != Use::Link && !matches!(found, Target::NotFetched);
        if *used == Use::BlockingScript {
            push(
                "blocking-script",
                format!("the page waits for `{target}` before it is shown"),
                "add `defer`, or write {{ script(\"…\") }} in the template",
            );
        }
        if loaded && (target.starts_with("//") || Url::parse(target).is_ok()) {
            push(
                "third-party",
                format!("`{target}` is asked for at an address of its own"),
                "keep the file below themes/ or content/: a page asks nobody but its own site",
            );
            return;
        }
        // The page for dead addresses is shown at any depth.
        if loaded && target.starts_with('/') && path != "404.html" {
            push(
                "absolute-address",
                format!(
                    "`{target}` begins at the host's root: it fails where the site stands below a path"
                ),
                "write {{ link(\"…\") }} or {{ asset(\"…\").href }} in the template",
            );
        }
        match found {
            Target::Missing(path) => push(
                "missing-file",
                format!("`{path}` is named and is not there"),
                "build the site anew; if that does not help, mend the template that names it",
            ),
            Target::File(file, Some(place)) => {
                let there = self.pages.get(file.path.as_str());
                let known = there.is_none_or(|page| page.document.ids.contains(&place));
                if !known {
                    push(
                        "missing-place",
                        format!("{} has no place `#{place}`", address(&file.path)),
                        "mend the link, or give the place its id",
                    );
                }
            }
            Target::File(file, None) => {
                let expected = reference.integrity.as_ref();
                if expected.is_some_and(|expected| *expected != integrity(&file.bytes)) {
                    push(
                        "wrong-integrity",
                        format!(
                            "`{}` is not the file that its hash promises: browsers refuse it",
                            file.path
                        ),
                        "build the site anew, and publish it whole",
                    );
                }
                if loaded && is_font(&file.path) {
                    push("web-font", format!("`{}` is a font", file.path), FONT_HINT);
                }
            }
            Target::Elsewhere | Target::NotFetched => {}
        }
    }

    /// Every file that a page needs, those included that its styles and modules ask for.
    fn parts(&self, page: &Page<'a>) -> Parts<'a> {
        let mut parts = Parts::default();
        let mut open: Vec<(&'a File, bool)> = Vec::new();
        for reference in &page.document.references {
            let later = match reference.used {
                Use::Link => continue,
                Use::Later => true,
                _ => false,
            };
            if let Target::File(file, _) = self.files.target(&page.file.path, &reference.target) {
                open.push((file, later));
            }
        }
        for (sheet, _) in &page.document.styles {
            for address in style::read(sheet).addresses {
                if let Target::File(file, _) = self.files.target(&page.file.path, &address) {
                    open.push((file, false));
                }
            }
        }
        while let Some((file, later)) = open.pop() {
            let seen = if later {
                &mut parts.later
            } else {
                &mut parts.now
            };
            if seen.insert(&file.path, file).is_some() || file.path == page.file.path {
                continue;
            }
            let text = || String::from_utf8_lossy(&file.bytes);
            let addresses = match file.path.rsplit('.').next() {
                Some("css") => style::read(&text()).addresses,
                Some("js") => imports(&text()),
                _ => Vec::new(),
            };
            for address in addresses {
                if let Target::File(file, _) = self.files.target(&file.path, &address) {
                    open.push((file, later));
                }
            }
        }
        parts.now.remove(page.file.path.as_str());
        parts
    }

    /// Fonts, and what stylesheets load from elsewhere or in vain.
    fn styles_and_fonts(&self) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        let sheets = self
            .files
            .iter()
            .filter(|file| file.path.ends_with(".css"))
            .map(|file| {
                let source = file.source(self.folder);
                (
                    file.path.as_str(),
                    source.clone(),
                    source.text.clone(),
                    None,
                )
            });
        let within = self.pages.values().flat_map(|page| {
            let styles = page.document.styles.iter();
            styles.map(|(sheet, span)| {
                (
                    page.file.path.as_str(),
                    page.source.clone(),
                    sheet.clone(),
                    Some(span.clone()),
                )
            })
        });
        for (path, source, text, whole) in sheets.chain(within) {
            let sheet = style::read(&text);
            let place = |piece: &str| {
                whole.clone().unwrap_or_else(|| {
                    let start = text.find(piece).unwrap_or(0);
                    start..start + piece.len().min(text.len() - start)
                })
            };
            if sheet.has_font {
                let mistake = Diagnostic::new(
                    "web-font",
                    &source,
                    place("@font-face"),
                    "a stylesheet loads a font",
                );
                mistakes.push(mistake.hint(FONT_HINT));
            }
            for address in &sheet.addresses {
                let (code, message) = match self.files.target(path, address) {
                    Target::Elsewhere => (
                        "third-party",
                        format!("`{address}` is asked for at an address of its own"),
                    ),
                    Target::Missing(path) => (
                        "missing-file",
                        format!("`{path}` is named and is not there"),
                    ),
                    Target::File(..) | Target::NotFetched => continue,
                };
                let mistake = Diagnostic::new(code, &source, place(address), message);
                mistakes.push(
                    mistake.hint("mend the theme's style: it may name files of the site only"),
                );
            }
        }
        mistakes
    }

    /// The programs that a page loads, at once or later.
    fn programs(&self, page: &Page<'a>) -> BTreeSet<&'a str> {
        let parts = self.parts(page);
        let loaded = parts.now.into_keys().chain(parts.later.into_keys());
        loaded.filter(|path| path.ends_with(".wasm")).collect()
    }

    /// What each island's code weighs, and each index of a search.
    fn code(&self, mistakes: &mut Vec<Diagnostic>) -> Vec<(String, usize, usize)> {
        let mut code = Vec::new();
        for island in &ISLANDS {
            let files = self
                .files
                .iter()
                .filter(|file| island.files.contains(&file.name().as_str()));
            let files: Vec<&File> = files.collect();
            // Sealed frames hold code of their own, the same for every agency but for its length.
            let users = self.pages.values().filter(|page| {
                island.files.contains(&SEALED) && self.programs(page) == programs_of(&files)
            });
            let frame =
                users.map(|page| brotli(page.document.frame_code.concat().as_bytes(), 11).len());
            let frame = frame.max().unwrap_or(0);
            let Some(first) = files.first() else { continue };
            let weight = files.iter().map(|file| file.brotli).sum::<usize>() + frame;
            code.push((island.what.to_owned(), weight, island.budget));
            if weight > island.budget {
                let mut parts: Vec<String> = files
                    .iter()
                    .map(|file| format!("{} {}", file.path, number(file.brotli)))
                    .collect();
                if frame > 0 {
                    parts.push(format!("the code in its frame {}", number(frame)));
                }
                mistakes.push(
                    self.too_heavy(
                        "code-too-heavy",
                        first,
                        island.what,
                        weight,
                        island.budget,
                        &parts,
                    )
                    .hint("leave a feature or a library of web-app/ out"),
                );
            }
        }
        for file in self.files.iter().filter(|file| is_index(file)) {
            let what = format!("the index {}", file.name());
            if file.brotli > INDEX {
                mistakes.push(
                    self.too_heavy("index-too-heavy", file, &what, file.brotli, INDEX, &[])
                        .hint("take words out of the index that nobody searches for"),
                );
            }
            code.push((what, file.brotli, INDEX));
        }
        code
    }

    /// What each agency's pages weigh with all that they are made of.
    fn agencies(&self, mistakes: &mut Vec<Diagnostic>) -> Vec<(String, usize, usize)> {
        let prefixes = self
            .pages
            .keys()
            .filter_map(|path| path.strip_suffix(OFFLINE_PAGE));
        let mut agencies = Vec::new();
        for prefix in prefixes {
            let pages: Vec<&Page<'_>> = self
                .pages
                .iter()
                // Slides are kept on no device.
                .filter(|(path, _)| path.starts_with(prefix) && !deck::is_page(path))
                .map(|(_, page)| page)
                .collect();
            let mut files = BTreeMap::new();
            for page in &pages {
                let parts = self.parts(page);
                files.extend(parts.now);
                files.extend(parts.later);
                files.insert(&page.file.path, page.file);
            }
            let weight = files.values().map(|file| file.brotli).sum();
            let name = if prefix.is_empty() {
                "the site"
            } else {
                prefix
            };
            if weight > AGENCY {
                let mut heaviest: Vec<&&File> = files.values().collect();
                heaviest.sort_by_key(|file| std::cmp::Reverse(file.brotli));
                let heaviest = heaviest
                    .iter()
                    .take(3)
                    .map(|file| format!("{} {}", file.path, number(file.brotli)));
                let heaviest: Vec<String> = heaviest.collect();
                if let Some(home) = self.files.get(&format!("{prefix}index.html")) {
                    mistakes.push(
                        self.too_heavy(
                            "agency-too-heavy",
                            home,
                            &format!("all of {name}"),
                            weight,
                            AGENCY,
                            &heaviest,
                        )
                        .hint("make its heaviest files smaller, its images first"),
                    );
                }
            }
            agencies.push((name.to_owned(), pages.len(), weight));
        }
        agencies
    }

    fn too_heavy(
        &self,
        code: &'static str,
        file: &File,
        what: &str,
        weight: usize,
        budget: usize,
        parts: &[String],
    ) -> Unhinted {
        let mut message = format!(
            "{what} weighs {} bytes (brotli) of {}",
            number(weight),
            number(budget)
        );
        if !parts.is_empty() {
            message.push_str(&format!(": {}", parts.join(", ")));
        }
        // Programs are no text: no line of theirs is shown.
        let path = self
            .folder
            .join(&file.path)
            .to_string_lossy()
            .replace('\\', "/");
        let source = Source::new(SourceFile {
            path,
            text: String::new(),
        });
        Diagnostic::new(code, &source, 0..0, message)
    }
}

impl Page<'_> {
    fn mistake(&self, code: &'static str, span: &Span, message: impl Into<String>) -> Unhinted {
        Diagnostic::new(code, &self.source, span.clone(), message)
    }
}

const FONT_HINT: &str = "use the device's own fonts: they cost nothing and are there at once";

/// Bytes of a page's own text, without the code inside its frame, which is the island's.
fn html_weight(page: &Page<'_>) -> usize {
    if page.document.frame_code.is_empty() {
        page.file.gzip
    } else {
        let bare = page.document.without_frame_code.as_bytes();
        gzip(bare).map_or(bare.len(), |packed| packed.len())
    }
}

/// True where a file that a page loads counts as the page's own: an island's code has a budget of its own.
fn counts(file: &File) -> bool {
    let name = file.name();
    let island = ISLANDS
        .iter()
        .find(|island| island.files.contains(&name.as_str()));
    island.is_none_or(|island| island.first.contains(&name.as_str()))
}

/// The programs among an island's files.
fn programs_of<'a>(files: &[&'a File]) -> BTreeSet<&'a str> {
    let paths = files.iter().map(|file| file.path.as_str());
    paths.filter(|path| path.ends_with(".wasm")).collect()
}

fn is_index(file: &File) -> bool {
    let name = file.name();
    file.path.starts_with("assets/") && name.starts_with("cari-") && name.ends_with(".txt")
}

fn is_font(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or("");
    ["woff", "woff2", "ttf", "otf", "eot"].contains(&extension)
}

/// What a module imports; nothing of a classic script.
fn imports(code: &str) -> Vec<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let modules = parsed.module_record.requested_modules.keys();
    modules.map(|module| module.to_string()).collect()
}

/// A page as people name it: `dki-jakarta/email/` for its `index.html`.
fn address(path: &str) -> &str {
    match path.strip_suffix("index.html") {
        Some("") => "the first page",
        Some(folder) => folder,
        None => path,
    }
}

/// A number of bytes, in groups of three digits.
fn number(bytes: usize) -> String {
    let digits = bytes.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The site's address, as its first page tells it.
fn root(folder: &Path) -> Result<Url, BudgetError> {
    let path = folder.join("index.html");
    let first = std::fs::read_to_string(&path).map_err(|error| BudgetError::Io { path, error })?;
    let told = document::read(&first).canonical;
    let told = told.and_then(|told| Url::parse(&told).ok());
    match told {
        Some(root) => Ok(root),
        None => Err(BudgetError::NotASite(folder.to_owned())),
    }
}
