//! The theme's stylesheets: bundled from their parts and minified by lightningcss.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use lightningcss::{
    bundler::{Bundler, SourceProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Features, Targets},
};

use crate::{
    colour::Colour,
    diagnostic::{Diagnostic, Diagnostics},
    load::ThemeFile,
    source::{Source, SourceFile},
};

/// The stylesheet of what follows from the accent.
pub const ACCENT: &str = "styles/accent.css";

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
    Targets {
        browsers: Some(browsers),
        // Spelled out for Safari 14.0 alone, of which nothing is left: 14.1 and iOS 14.5 know them. The theme uses no light-dark().
        exclude: Features::LogicalProperties | Features::LightDark,
        ..Targets::default()
    }
}

/// Bundles and minifies `entry` (`site.css`) with all that it imports, for an agency's accent or the theme's own; empty
/// where it can't be.
pub fn bundle(
    files: &[ThemeFile],
    entry: &str,
    accent: Option<Colour>,
    diagnostics: &mut Diagnostics,
) -> String {
    let provider = ThemeStyles::new(files, accent);
    let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
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

/// The bundle whose pages let one choose between light and dark: a hall's lamps ask for the one or the other.
const CHOOSES: &str = "deck.css";

/// The colours of light and dark once more, for `data-scheme` on the root, which holds against the system's.
fn with_schemes(css: &str) -> String {
    const DARK: &str = "@media screen and (prefers-color-scheme:dark){:root{";
    let (mut light, mut dark) = (String::new(), String::new());
    let mut at = 0;
    while let Some(found) = css[at..].find(":root{") {
        let start = at + found + ":root{".len();
        let end = css[start..].find('}').map_or(css.len(), |end| start + end);
        let colours = match css[..start].ends_with(DARK) {
            true => Some(&mut dark),
            // At the top: what stands in another query is not every light page's.
            false => (depth(&css[..at + found]) == 0).then_some(&mut light),
        };
        if let Some(colours) = colours {
            colours.push_str(&css[start..end]);
            colours.push(';');
        }
        at = end;
    }
    format!(
        "{css}@media screen{{:root[data-scheme=light]{{{light}color-scheme:light}}:root[data-scheme=dark]{{{dark}color-scheme:dark}}}}"
    )
}

/// How many blocks are open at the end.
fn depth(css: &str) -> usize {
    let (open, closed) = (css.matches('{').count(), css.matches('}').count());
    open.saturating_sub(closed)
}

/// A bundle as it is published: its custom properties named by letters, the same in every bundle of a theme. With
/// `var(--b)` for `var(--accent-ink)`, a page weighs a hundred bytes less.
pub fn publish(
    files: &[ThemeFile],
    entry: &str,
    accent: Option<Colour>,
    diagnostics: &mut Diagnostics,
) -> String {
    let mut css = bundle(files, entry, accent, diagnostics);
    if entry == CHOOSES {
        css = with_schemes(&css);
    }
    with_short_names(&css, files)
}

/// A whole document's only stylesheet, as it is published: besides, without the custom properties that nothing in it
/// uses.
pub fn publish_alone(
    files: &[ThemeFile],
    entry: &str,
    accent: Option<Colour>,
    diagnostics: &mut Diagnostics,
) -> String {
    let mut css = bundle(files, entry, accent, diagnostics);
    // One may have been used by another alone.
    loop {
        let less = without_unused_properties(&css);
        if less.len() == css.len() {
            return with_short_names(&css, files);
        }
        css = less;
    }
}

/// Leaves out each `--name:value` of minified CSS that no `var(--name)` asks for.
fn without_unused_properties(css: &str) -> String {
    let uses = |(at, _): &(usize, &str)| css[..*at].ends_with("var(");
    let used: BTreeSet<&str> = custom_properties(css)
        .filter(uses)
        .map(|(_, name)| name)
        .collect();
    let mut kept = String::with_capacity(css.len());
    let mut from = 0;
    for (at, name) in custom_properties(css) {
        if used.contains(name) || !css[at + name.len()..].starts_with(':') {
            continue;
        }
        let end = css[at..].find([';', '}']).map_or(css.len(), |end| at + end);
        kept.push_str(&css[from..at]);
        // The semicolon goes along; where there is none behind it, that before it.
        if !css[end..].starts_with(';') && kept.ends_with(';') {
            kept.pop();
        }
        from = end + usize::from(css[end..].starts_with(';'));
    }
    kept.push_str(&css[from..]);
    kept
}

fn with_short_names(css: &str, files: &[ThemeFile]) -> String {
    let sheets = files.iter().filter(|file| file.path.ends_with(".css"));
    let names: BTreeSet<&str> = sheets
        .flat_map(|file| custom_properties(&file.source.text))
        .map(|(_, name)| name)
        .collect();
    // A property that a script sets keeps its name.
    let scripts = files.iter().filter(|file| file.path.ends_with(".js"));
    let scripts: Vec<&str> = scripts.map(|file| file.source.text.as_str()).collect();
    let set = |name: &&str| {
        let quoted = format!("\"{name}\"");
        scripts.iter().any(|text| text.contains(&quoted))
    };
    let names = names.into_iter().filter(|name| !set(name));
    let short: BTreeMap<&str, String> = names.zip((0..).map(letters)).collect();
    let mut shortened = String::with_capacity(css.len());
    let mut from = 0;
    for (at, name) in custom_properties(css) {
        if let Some(letters) = short.get(name) {
            shortened.push_str(&css[from..at]);
            shortened.push_str("--");
            shortened.push_str(letters);
            from = at + name.len();
        }
    }
    shortened.push_str(&css[from..]);
    shortened
}

/// The custom properties named in a stylesheet, each with its place; `row--own` is a class.
fn custom_properties(css: &str) -> impl Iterator<Item = (usize, &str)> {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    css.match_indices("--").filter_map(move |(at, _)| {
        let (before, rest) = css.split_at(at);
        let end = rest.find(|c| !part_of_name(c)).unwrap_or(rest.len());
        let alone = !before.ends_with(part_of_name) && end > 2;
        alone.then_some((at, &rest[..end]))
    })
}

/// a, b, … z, A, … Z, ba, bb, …: upper and lower case are two names.
fn letters(number: usize) -> String {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let at = number % LETTERS.len();
    match number / LETTERS.len() {
        0 => LETTERS[at..=at].to_owned(),
        more => letters(more) + &LETTERS[at..=at],
    }
}

/// Hands lightningcss the files that were loaded; it reads none itself.
struct ThemeStyles {
    files: BTreeMap<PathBuf, Source>,
}

impl ThemeStyles {
    fn new(files: &[ThemeFile], accent: Option<Colour>) -> Self {
        let named = |file: &ThemeFile| (PathBuf::from(&file.path), file.source.clone());
        let mut files: BTreeMap<_, _> = files.iter().map(named).collect();
        if let Some(source) = files.get_mut(Path::new(ACCENT)) {
            *source = Arc::new(SourceFile {
                path: source.path.clone(),
                text: with_accent(&source.text, accent),
            });
        }
        Self { files }
    }
}

/// The stylesheet of the accent, which is known by now: `var(--accent)` can stand in formulas, which are worked out
/// here, since old browsers can't, and every page is spared them.
fn with_accent(text: &str, accent: Option<Colour>) -> String {
    let Some((before, rest)) = text.split_once("--accent:") else {
        return text.to_owned();
    };
    let (own, after) = rest.split_once(';').unwrap_or((rest, ""));
    let accent = accent.map_or(own.trim().to_owned(), |accent| accent.to_string());
    format!("{before}--accent:{accent};{after}").replace("var(--accent)", &accent)
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
        // Files are known by their path from the theme's folder, so `components/a/../b` is `components/b`.
        let mut path = PathBuf::new();
        for part in from.with_file_name("").join(specifier).components() {
            if part == Component::ParentDir {
                path.pop();
            } else {
                path.push(part);
            }
        }
        Ok(path.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn works_out_what_follows_from_the_accent() {
        let file = |path: &str, text: &str| ThemeFile {
            path: path.to_owned(),
            source: Arc::new(SourceFile {
                path: path.to_owned(),
                text: text.to_owned(),
            }),
        };
        let files = [
            file(
                "site.css",
                "@import \"styles/accent.css\"; a { color: var(--soft) }",
            ),
            file(
                ACCENT,
                ":root { --accent: #900; --soft: color-mix(in srgb, var(--accent) 50%, #fff); }",
            ),
        ];
        let mut diagnostics = Diagnostics::default();
        let own = bundle(&files, "site.css", None, &mut diagnostics);
        assert_eq!(
            own,
            ":root{--accent:#900;--soft:#cc8080}a{color:var(--soft)}"
        );
        let green = Colour::parse("#008000").ok();
        let agency = bundle(&files, "site.css", green, &mut diagnostics);
        assert_eq!(
            agency,
            ":root{--accent:green;--soft:#80c080}a{color:var(--soft)}"
        );
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn both_schemes_can_be_chosen() {
        let css = ":root{--a:1;color-scheme:light dark}@media screen and (prefers-color-scheme:dark){:root{--a:2}}@media (prefers-contrast:more){:root{--a:3}}p{x:var(--a)}";
        let chosen = with_schemes(css);
        let added = chosen.strip_prefix(css);
        assert_eq!(
            added,
            Some(
                "@media screen{:root[data-scheme=light]{--a:1;color-scheme:light dark;color-scheme:light}:root[data-scheme=dark]{--a:2;color-scheme:dark}}"
            )
        );
    }

    #[test]
    fn leaves_out_custom_properties_that_nothing_uses() {
        for (css, expected) in [
            (
                ":root{--a:1;--b:2;--c:3}p{x:var(--b)}",
                ":root{--b:2}p{x:var(--b)}",
            ),
            (":root{--a:var(--b);--b:2}", ":root{--b:2}"),
            (":root{color:red;--a:1;--b:2;--c:3}", ":root{color:red}"),
            (":root{--a:1;color:red;--b:2}", ":root{color:red}"),
            ("p{--a:1}.p--b{x:var(--a,1)}", "p{--a:1}.p--b{x:var(--a,1)}"),
        ] {
            assert_eq!(without_unused_properties(css), expected);
        }
    }

    #[test]
    fn names_custom_properties_by_letters() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 53, 2703, 2704].map(letters).into();
        assert_eq!(names, ["a", "z", "A", "Z", "ba", "bb", "ZZ", "baa"]);
        let css = ".row--own{--ink:red}.a:not(.b--c){color:var(--ink)}.way--first{--ink-soft:0}";
        let found: Vec<&str> = custom_properties(css).map(|(_, name)| name).collect();
        assert_eq!(found, ["--ink", "--ink", "--ink-soft"]);
        let file = ThemeFile {
            path: "a.css".to_owned(),
            source: Arc::new(SourceFile {
                path: "a.css".to_owned(),
                text: css.to_owned(),
            }),
        };
        assert_eq!(
            with_short_names(css, &[file]),
            ".row--own{--a:red}.a:not(.b--c){color:var(--a)}.way--first{--b:0}"
        );
    }
}
