//! The theme's stylesheets: bundled from their parts and minified by lightningcss.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use lightningcss::{
    bundler::{Bundler, SourceProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};

use crate::{
    colour::Colour,
    diagnostic::{Diagnostic, Diagnostics},
    load::ThemeFile,
    source::{Source, SourceFile},
};

/// The stylesheet of what follows from an accent colour: made once with the theme's own and once for each agency.
pub const ACCENT: &str = "accent.css";

/// Browsers of the last five years, as cheap phones still carry them (major version in the upper 16 bits).
fn targets() -> Targets {
    let browsers = Browsers {
        android: Some(90 << 16),
        chrome: Some(90 << 16),
        firefox: Some(90 << 16),
        safari: Some(14 << 16),
        ios_saf: Some(14 << 16),
        ..Browsers::default()
    };
    Targets::from(browsers)
}

/// Bundles and minifies `entry` (`site.css`) with all that it imports; empty where it can't be.
pub fn bundle(files: &[ThemeFile], entry: &str, diagnostics: &mut Diagnostics) -> String {
    bundled(&ThemeStyles::of(files), entry, files, diagnostics)
}

/// Bundles the stylesheet of an accent. Its colours are worked out here, as `var(--accent)` stands for what is known
/// already: old browsers can't mix colours, and every page is spared the formulas.
pub fn accent(files: &[ThemeFile], accent: Colour, diagnostics: &mut Diagnostics) -> String {
    let mut provider = ThemeStyles::of(files);
    if let Some(source) = provider.files.get_mut(Path::new(ACCENT)) {
        *source = Arc::new(SourceFile {
            path: source.path.clone(),
            text: with_accent(&source.text, &accent.to_string()),
        });
    }
    bundled(&provider, ACCENT, files, diagnostics)
}

/// The theme's own accent.
pub fn own_accent(files: &[ThemeFile]) -> Option<Colour> {
    let file = files.iter().find(|file| file.path == ACCENT)?;
    Colour::css(declared_accent(&file.source.text)?.trim())
}

/// What stands behind `--accent:`.
fn declared_accent(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("--accent:")?;
    rest.split_once(';').map(|(value, _)| value)
}

fn with_accent(text: &str, accent: &str) -> String {
    let own = declared_accent(text).unwrap_or_default();
    text.replacen(
        &format!("--accent:{own};"),
        &format!("--accent: {accent};"),
        1,
    )
    .replace("var(--accent)", accent)
}

fn bundled(
    provider: &ThemeStyles,
    entry: &str,
    files: &[ThemeFile],
    diagnostics: &mut Diagnostics,
) -> String {
    let mut bundler = Bundler::new(provider, None, ParserOptions::default());
    let printed = bundler
        .bundle(Path::new(entry))
        .map_err(|error| (error.to_string(), error.loc))
        .and_then(|mut sheet| {
            sheet
                .minify(MinifyOptions {
                    targets: targets(),
                    ..MinifyOptions::default()
                })
                .map_err(|error| (error.to_string(), None))?;
            sheet
                .to_css(PrinterOptions {
                    minify: true,
                    targets: targets(),
                    ..PrinterOptions::default()
                })
                .map_err(|error| (error.to_string(), None))
        });
    match printed {
        Ok(printed) => printed.code,
        Err((message, place)) => {
            let (path, line, column) = match place {
                Some(place) => (
                    PathBuf::from(place.filename),
                    place.line as usize,
                    place.column as usize,
                ),
                None => (PathBuf::from(entry), 0, 1),
            };
            if let Some(source) = provider
                .files
                .get(&path)
                .or_else(|| provider.files.get(Path::new(entry)))
            {
                let start = source.line_start(line + 1);
                let at = (start + column.saturating_sub(1)).min(source.text.len());
                diagnostics.push(
                    Diagnostic::new("style", source, at..at + 1, message).hint(
                        "mend the stylesheet; styles are bundled from the theme's folder only",
                    ),
                );
            } else if let Some(file) = files.first() {
                let message = format!("the theme has no stylesheet `{entry}`");
                diagnostics
                    .push(Diagnostic::new("style", &file.source, 0..0, message).hint("add it"));
            }
            String::new()
        }
    }
}

/// Hands lightningcss the files that were loaded; it reads none itself.
struct ThemeStyles {
    files: BTreeMap<PathBuf, Source>,
}

impl ThemeStyles {
    fn of(files: &[ThemeFile]) -> Self {
        let named = |file: &ThemeFile| (PathBuf::from(&file.path), file.source.clone());
        Self {
            files: files.iter().map(named).collect(),
        }
    }
}

impl SourceProvider for ThemeStyles {
    type Error = io::Error;

    fn read<'a>(&'a self, file: &Path) -> Result<&'a str, Self::Error> {
        let source = self.files.get(file);
        source.map(|source| source.text.as_str()).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("there is no stylesheet {}", file.display()),
            )
        })
    }

    fn resolve(
        &self,
        specifier: &str,
        from: &Path,
    ) -> Result<lightningcss::bundler::ResolveResult, Self::Error> {
        Ok(from.with_file_name("").join(specifier).into())
    }
}
