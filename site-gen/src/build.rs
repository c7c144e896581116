//! The one way through: load → parse and resolve → check → render → emit.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use thiserror::Error;
use url::Url;

use crate::{
    budget,
    bundle::Bundle,
    check,
    client::{Client, Sizes},
    contrast::Contrast,
    date::Date,
    deck::{self, Deck},
    diagnostic::{Diagnostics, Severity},
    emit::{EmitError, emit},
    gallery::{self, Shown},
    icons, lint,
    load::{self, LoadError, ThemeFile},
    medium::Medium,
    offline,
    output::{self, Artifact, Ready, slides},
    overfull::{self, OverfullError, Places},
    pack::pack,
    page::{AgencyView, Renderer},
    sealed::{Frame, Frames, Sealed},
    session,
    sign::{SignError, Signer},
    site::{self, Agency, Site},
    site_assets::{self, SiteAssets},
    source::Source,
    theme::{self, TemplateError, Theme},
    web_app::WebApp,
};

/// What to build, from what, to where.
pub struct BuildOptions<'a> {
    /// The project's folder: holds `content/`, `themes/`, `web-app/`.
    pub root: PathBuf,
    /// Where the site goes.
    pub out: PathBuf,
    /// Where it will be published; the one in `content/situs.toml` where none.
    pub base_url: Option<Url>,
    /// One agency alone, as a site of its own.
    pub agency: Option<String>,
    /// What the pages are made for.
    pub medium: Medium,
    /// The same site once more, in a ZIP beside `out` that opens from a USB stick.
    pub bundle: bool,
    /// True where the site is kept on readers' devices, as far as the medium allows it.
    pub offline: bool,
    /// Whether the gallery of the theme's components is among them.
    pub gallery: bool,
    /// With what Apple profiles are signed, where they are.
    pub signer: Option<Signer>,
    /// The compiled browser code.
    pub web_app: &'a WebApp,
}

/// What was built.
pub struct BuildReport {
    /// Ids of the agencies.
    pub agencies: Vec<String>,
    /// Pages written.
    pub pages: usize,
    /// Files written, compressed copies aside.
    pub files: usize,
    /// Their size, uncompressed.
    pub bytes: u64,
    /// The ZIP for a USB stick and its size.
    pub bundle: Option<(PathBuf, u64)>,
    /// Compressed size of the checkers' code; none for the development server.
    pub sizes: Option<Sizes>,
    /// Apple profiles signed.
    pub signed: usize,
    /// How much is better mended; `check` lists it.
    pub warnings: usize,
    /// How long it took.
    pub took: Duration,
}

/// Why nothing was built.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The project can't be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Content or theme have mistakes.
    #[error("{0}")]
    Diagnostics(Diagnostics),
    /// The theme lacks a template.
    #[error("the theme has no template `{0}`; add it below themes/dinas")]
    MissingTemplate(String),
    /// A checker's code grew too large.
    #[error(
        "the code of {page} is {size} bytes (brotli), over its budget of {budget}; nothing was written"
    )]
    Budget {
        /// Which page.
        page: &'static str,
        /// Its code, compressed.
        size: usize,
        /// What it may be.
        budget: usize,
    },
    /// The slides can't be measured.
    #[error(transparent)]
    Overfull(#[from] OverfullError),
    /// An Apple profile can't be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The site can't be written.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

/// Builds the site.
///
/// # Errors
/// Why nothing was built; `out` is then as it was.
pub fn build(options: &BuildOptions<'_>) -> Result<BuildReport, BuildError> {
    let start = Instant::now();
    let mut client = Client::assemble(&options.root, options.web_app)?;
    let publish = options.medium != Medium::Dev;
    let sizes = if publish {
        Some(within_budget(client.sizes())?)
    } else {
        None
    };
    let workers = std::mem::take(&mut client.workers);
    let make = |medium, client| {
        let what = What {
            root: &options.root,
            only: options.agency.as_deref(),
            address: options.base_url.as_ref(),
            medium,
            offline: options.offline,
            gallery: options.gallery,
        };
        make(&what, &CheckOptions::default(), client)
    };
    // Written beside its place until the site stands: either both are new, or both are as they were.
    let bundle = if options.bundle {
        let made = make(Medium::Usb, client.clone())?;
        Some(Bundle::write(&options.out, &made.artifacts)?)
    } else {
        None
    };
    let mut made = make(options.medium, client)?;
    let signed = match &options.signer {
        Some(signer) => signer.sign_all(&mut made.artifacts)?,
        None => 0,
    };
    let mut files = pack(made.artifacts, publish);
    let workers = match options.medium {
        Medium::Web if options.offline => offline::workers(&made.roots, &files, &workers.keep),
        // A developer's browser may still have one of a published site that stood at this address.
        Medium::Web | Medium::Dev => offline::gone(&made.roots, &workers.gone),
        Medium::Usb => Vec::new(),
    };
    files.extend(pack(workers, publish));
    let bytes = emit(&options.out, &files)?;
    let bundle = bundle.map(Bundle::publish).transpose()?;
    Ok(BuildReport {
        agencies: made.agencies,
        pages: made.pages,
        files: files.len(),
        bytes,
        bundle,
        sizes,
        signed,
        warnings: made.warnings.count(),
        took: start.elapsed(),
    })
}

/// How strictly to look.
#[derive(Default)]
pub struct CheckOptions {
    /// Warnings are errors.
    pub strict: bool,
    /// Kinds of warnings that are left out.
    pub allowed: Vec<String>,
    /// The day on which reviews are judged; none: they are not.
    pub today: Option<Date>,
    /// Slides are measured, in a browser.
    pub slides: bool,
}

/// What a check found in a project without errors.
pub struct Checked {
    /// How many pages there are.
    pub pages: usize,
    /// What is better mended.
    pub warnings: Diagnostics,
}

/// Finds every mistake without writing anything and without compiling the browser code.
///
/// # Errors
/// The mistakes.
pub fn check(
    root: &Path,
    agency: Option<&str>,
    options: &CheckOptions,
) -> Result<Checked, BuildError> {
    let what = What {
        root,
        only: agency,
        address: None,
        medium: Medium::Web,
        offline: true,
        gallery: false,
    };
    let made = make(&what, options, Client::absent())?;
    let mut warnings = made.warnings;
    if options.slides {
        warnings.extend(overfull::measure(&made.artifacts, &made.decks)?);
        warnings = warnings.judged(options.strict, &options.allowed);
        if warnings.has_errors() {
            return Err(BuildError::Diagnostics(warnings));
        }
    }
    Ok(Checked {
        pages: made.pages,
        warnings,
    })
}

/// Reads the project as a build does, and goes no further.
///
/// # Errors
/// The mistakes.
pub fn read(root: &Path, agency: Option<&str>) -> Result<(Site, Vec<ThemeFile>), BuildError> {
    let mut diagnostics = Diagnostics::default();
    let Some(mut input) = load::load(root, agency, &mut diagnostics)? else {
        return Err(BuildError::Diagnostics(diagnostics));
    };
    let theme = std::mem::take(&mut input.theme);
    match site::resolve(input, None, &mut diagnostics) {
        Some(site) if !diagnostics.has_errors() => Ok((site, theme)),
        _ => Err(BuildError::Diagnostics(diagnostics)),
    }
}

fn within_budget(sizes: Sizes) -> Result<Sizes, BuildError> {
    let sealed = sizes.sealed.iter().map(|(sealed, size)| match sealed {
        Sealed::Passphrase => ("the passphrase page", *size, budget::PASSPHRASE),
        Sealed::Thunderbird => ("the code for Thunderbird", *size, budget::THUNDERBIRD),
    });
    let others = [
        ("the look-up pages", sizes.lookup, budget::LOOKUP),
        ("the practice pages", sizes.practice, budget::PRACTICE),
        ("the search box", sizes.search, budget::SEARCH),
    ];
    for (page, size, budget) in sealed.chain(others) {
        if size > budget {
            return Err(BuildError::Budget { page, size, budget });
        }
    }
    Ok(sizes)
}

/// What is made: of which project, for whom.
struct What<'a> {
    root: &'a Path,
    /// One agency alone.
    only: Option<&'a str>,
    /// Where it will be published.
    address: Option<&'a Url>,
    medium: Medium,
    offline: bool,
    gallery: bool,
}

struct Made {
    agencies: Vec<String>,
    /// Where each agency's pages begin.
    roots: Vec<String>,
    pages: usize,
    artifacts: Vec<Artifact>,
    /// Where each deck's slides come from; none where they are not measured.
    decks: Vec<Places>,
    warnings: Diagnostics,
}

fn make(what: &What<'_>, options: &CheckOptions, client: Client) -> Result<Made, BuildError> {
    let medium = what.medium;
    let mut diagnostics = Diagnostics::default();
    let Some(mut input) = load::load(what.root, what.only, &mut diagnostics)? else {
        return Err(BuildError::Diagnostics(diagnostics));
    };
    let theme_files = std::mem::take(&mut input.theme);
    let site = site::resolve(input, what.address, &mut diagnostics);
    let icons = theme::icon_names(&theme_files);
    if let Some(site) = &site {
        check::check(site, &icons, &mut diagnostics);
    }
    let components = gallery::components(&theme_files, &mut diagnostics);
    let agencies = site.iter().flat_map(|site| &site.agencies);
    let mut galleries: Vec<Vec<Shown<'_>>> = agencies
        .map(|agency| gallery::read(agency, &components, &icons, &mut diagnostics))
        .collect();
    if !what.gallery {
        galleries.clear();
    }
    // Warnings judge the whole: where a page or a profile can't be read, half of them would be wrong.
    match &site {
        Some(site) if !diagnostics.has_errors() => {
            lint::lint(site, options.today, &mut diagnostics);
        }
        _ => diagnostics.retain(|mistake| mistake.severity == Severity::Error),
    }
    if let Some(mut contrast) = Contrast::read(&theme_files, &mut diagnostics) {
        contrast.check_theme(&mut diagnostics);
        let agencies = site.iter().flat_map(|site| &site.agencies);
        agencies.for_each(|agency| contrast.check(&agency.profile.accent, &mut diagnostics));
    }
    let SiteAssets {
        assets,
        frame_styles,
        frame_scripts,
    } = site_assets::make(
        site.as_ref(),
        &theme_files,
        client,
        medium,
        &mut diagnostics,
    );
    let assets = Arc::new(assets);
    let theme = Theme::new(&theme_files, &assets, medium, &mut diagnostics);
    // Templates are rendered with sound content only: everything they stumble over is then their own.
    let diagnostics = diagnostics.judged(options.strict, &options.allowed);
    let (Some(site), false) = (site, diagnostics.has_errors()) else {
        return Err(BuildError::Diagnostics(diagnostics));
    };
    let renderer = Renderer {
        site: &site,
        theme: &theme,
        assets: &assets,
        medium,
        offline: what.offline && medium != Medium::Usb,
    };
    let icon = theme_files.iter().find(|file| file.path == icons::FILE);
    let artifacts = render(
        renderer,
        icon.map(|file| &file.source),
        galleries,
        &frame_styles,
        &frame_scripts,
    )?;
    let roots = site.agencies.iter();
    let roots = roots.map(|agency| agency.prefix.clone()).collect();
    let agencies = site
        .agencies
        .iter()
        .map(|agency| agency.profile.id.clone())
        .collect();
    let decks = if options.slides {
        site.agencies.iter().flat_map(decks_of).collect()
    } else {
        Vec::new()
    };
    let pages = artifacts
        .iter()
        .map(|artifact| artifact.path.as_str())
        .filter(|path| path.ends_with(".html"))
        .filter(|path| !gallery::is_page(path) && !deck::is_page(path))
        .count();
    Ok(Made {
        agencies,
        roots,
        pages,
        artifacts,
        decks,
        warnings: diagnostics,
    })
}

/// Where the slides of an agency's guides and sessions come from.
fn decks_of(agency: &Agency) -> Vec<Places> {
    let decks = agency
        .pages
        .iter()
        .filter_map(|page| deck::deck(agency, page));
    let places = |deck: Deck<'_>| Places {
        url: slides::address(deck.page),
        slides: deck
            .slides
            .into_iter()
            .map(|slide| Some((slide.source, slide.span)))
            .collect(),
    };
    let sessions = agency.sessions.iter().map(|session| Places {
        url: session.deck_url(),
        slides: session::places(agency, session),
    });
    decks.map(places).chain(sessions).collect()
}

fn render(
    renderer: Renderer<'_>,
    icon: Option<&Source>,
    galleries: Vec<Vec<Shown<'_>>>,
    frame_styles: &BTreeMap<(Sealed, String), String>,
    frame_scripts: &BTreeMap<Sealed, String>,
) -> Result<Vec<Artifact>, BuildError> {
    let (site, theme) = (renderer.site, renderer.theme);
    let mut views = Vec::new();
    let mut mistakes: Vec<TemplateError> = Vec::new();
    for agency in &site.agencies {
        let mut frames = Frames::new();
        for ((sealed, _), style) in frame_styles
            .iter()
            .filter(|((_, id), _)| *id == agency.profile.id)
        {
            let script = frame_scripts.get(sealed).map_or("", String::as_str);
            match Frame::new(*sealed, theme, agency, style, script) {
                Ok(frame) => {
                    frames.insert(*sealed, frame);
                }
                Err(mistake) => mistakes.push(mistake),
            }
        }
        views.push(AgencyView::new(agency, frames, renderer.offline));
    }
    let ready = Ready {
        site,
        renderer,
        views,
        icon,
        galleries,
    };
    let mut artifacts = Vec::new();
    for made in output::all(&ready) {
        match made {
            Ok(artifact) => artifacts.push(artifact),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() {
        return Ok(artifacts);
    }
    // One mistake in a template shows on every page that uses it: say it once.
    let mut once = BTreeMap::new();
    for mistake in mistakes {
        let diagnostic = mistake
            .diagnostic
            .ok_or(BuildError::MissingTemplate(mistake.name))?;
        once.entry((
            diagnostic.source.path.clone(),
            diagnostic.span.start,
            diagnostic.message.clone(),
        ))
        .or_insert(*diagnostic);
    }
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(once.into_values());
    Err(BuildError::Diagnostics(diagnostics))
}
