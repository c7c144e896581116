//! Can everything be read? The theme's `contrast.toml` names the colours that stand on each other; their values are
//! worked out for each mode of its stylesheets, once for the theme itself and once for each agency's accent.

use std::{cell::RefCell, collections::BTreeMap, fmt};

use lightningcss::{
    media_query::MediaList,
    properties::{Property, custom::CustomPropertyName},
    rules::CssRule,
    stylesheet::{ParserOptions, PrinterOptions, StyleSheet},
    traits::ToCss,
};

use crate::{
    colour::Colour,
    diagnostic::{Diagnostic, Diagnostics},
    load::ThemeFile,
    source::{Source, Spanned},
    toml_table::{self, Table},
};

/// Which colours stand on which.
const PAIRS: &str = "contrast.toml";
/// The stylesheets whose `:root` sets the tokens, in the order in which pages load them.
const TOKENS: [&str; 2] = [crate::styles::ACCENT, "styles/tokens.css"];
/// Text (WCAG 2.2, 1.4.3).
const TEXT: f64 = 4.5;
/// Large text, edges of controls, the focus (1.4.3, 1.4.11).
const EDGE: f64 = 3.0;

/// The theme's pairs of colours and the values that its tokens have in each mode.
pub struct Contrast {
    pairs: Vec<Pair>,
    tokens: Vec<(Mode, Tokens)>,
}

/// One colour on another.
struct Pair {
    of: Spanned<String>,
    on: Spanned<String>,
    least: f64,
}

type Tokens = BTreeMap<String, Spanned<String>>;

/// What a reader prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mode {
    dark: bool,
    more: bool,
}

impl Mode {
    const ALL: [Self; 4] = [
        Self::new(false, false),
        Self::new(true, false),
        Self::new(false, true),
        Self::new(true, true),
    ];

    const fn new(dark: bool, more: bool) -> Self {
        Self { dark, more }
    }

    /// Whether rules of these media apply. Tokens depend on nothing but scheme and contrast.
    fn meets(self, media: &MediaList<'_>) -> bool {
        media.media_queries.iter().any(|query| {
            let text = query.to_css_string(PrinterOptions::default());
            text.unwrap_or_default()
                .split(" and ")
                .all(|part| match part {
                    "screen" | "all" => true,
                    "(prefers-color-scheme: dark)" => self.dark,
                    "(prefers-color-scheme: light)" => !self.dark,
                    "(prefers-contrast: more)" => self.more,
                    _ => false,
                })
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.dark { "dark" } else { "light" };
        let contrast = if self.more { ", more contrast" } else { "" };
        write!(f, "{scheme}{contrast}")
    }
}

/// A pair that is too close.
struct Failure<'a> {
    /// Which of the pairs.
    index: usize,
    pair: &'a Pair,
    mode: Mode,
    ratio: f64,
    /// True where another accent may mend it.
    by_accent: bool,
    /// The token that is too close.
    token: &'a Spanned<String>,
}

impl Failure<'_> {
    fn told(&self) -> String {
        // Rounded down: 4.46 is not 4.5.
        let ratio = (self.ratio * 10.0).floor() / 10.0;
        let (of, on, least) = (&self.pair.of.value, &self.pair.on.value, self.pair.least);
        format!(
            "`{of}` on `{on}` has a contrast of {ratio:.1}:1 ({}), and needs {least}:1",
            self.mode
        )
    }
}

/// The failure that is farthest from what it must be, and what is said of it and the others.
fn told<'f, 'a>(failures: &[&'f Failure<'a>]) -> Option<(&'f Failure<'a>, String)> {
    let far = |failure: &Failure<'_>| failure.ratio / failure.pair.least;
    let worst = failures.iter().min_by(|a, b| far(a).total_cmp(&far(b)))?;
    let more = match failures.len() - 1 {
        0 => String::new(),
        1 => "; one more pair fails".to_owned(),
        more => format!("; {more} more pairs fail"),
    };
    Some((worst, format!("{}{more}", worst.told())))
}

impl Contrast {
    /// Reads the theme's pairs and tokens; what they name must be there.
    pub fn read(files: &[ThemeFile], diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(ThemeFile { source, .. }) = files.iter().find(|file| file.path == PAIRS) else {
            if let Some(file) = files.first() {
                let message =
                    format!("the theme has no `{PAIRS}`: nobody knows what stands on what");
                let mistake = Diagnostic::new("contrast", &file.source, 0..0, message);
                diagnostics.push(mistake.hint(
                    "add it: [[text]] and [[edge]], each with on = [\"paper\"] and of = [\"ink\"]",
                ));
            }
            return None;
        };
        let (pairs, mixed) = pairs(source, diagnostics);
        let tokens = |mode| {
            let mut tokens = tokens(files, mode);
            tokens.extend(mixed.clone());
            (mode, tokens)
        };
        let contrast = Self {
            pairs,
            tokens: Mode::ALL.into_iter().map(tokens).collect(),
        };
        let mut sound = true;
        for colour in contrast.pairs.iter().flat_map(|pair| [&pair.of, &pair.on]) {
            let unknown = |(_, tokens): &&(Mode, Tokens)| resolve(&colour.value, tokens).is_none();
            if let Some((mode, tokens)) = contrast.tokens.iter().find(unknown) {
                sound = false;
                let message = format!("`{}` is no opaque colour ({mode})", colour.value);
                let mistake = Diagnostic::of("contrast", colour, message).hint(format!(
                    "name a colour that :root sets in {}, or one below [mixed]",
                    TOKENS.join(" or ")
                ));
                let others = tokens.keys().filter(|name| **name != colour.value);
                diagnostics.push(mistake.suggest(&colour.value, others.map(String::as_str)));
            }
        }
        sound.then_some(contrast)
    }

    /// Reports every token of the theme that is too close to another, with the theme's own accent. These pairs are told
    /// by now, and no agency's accent is blamed for them.
    pub fn check_theme(&mut self, diagnostics: &mut Diagnostics) {
        let failures = self.failures(None);
        let mut by_token: BTreeMap<(&str, usize), Vec<&Failure<'_>>> = BTreeMap::new();
        for failure in &failures {
            let place = (failure.token.source.path.as_str(), failure.token.span.start);
            by_token.entry(place).or_default().push(failure);
        }
        for failures in by_token.into_values() {
            if let Some((worst, told)) = told(&failures) {
                let mistake = Diagnostic::of("contrast", worst.token, told);
                diagnostics.push(mistake.hint("make one of the two lighter or darker"));
            }
        }
        let failed: Vec<usize> = failures.iter().map(|failure| failure.index).collect();
        let mut index = 0..;
        self.pairs
            .retain(|_| index.next().is_some_and(|index| !failed.contains(&index)));
    }

    /// Reports an agency's accent where a pair that follows from it is too close.
    pub fn check(&self, accent: &Spanned<Colour>, diagnostics: &mut Diagnostics) {
        let failures = self.failures_by(accent.value);
        let failures: Vec<&Failure<'_>> = failures.iter().collect();
        let Some((_, told)) = told(&failures) else {
            return;
        };
        let hint = match self.nearest(accent.value) {
            Some(colour) => format!("the nearest colour of this hue that can be read everywhere is {colour}"),
            None => "no colour of this hue can be read everywhere: choose another, dark and strong, such as #9b1c1c".to_owned(),
        };
        let message = format!("this colour can't be read everywhere: {told}");
        diagnostics.push(Diagnostic::of("contrast", accent, message).hint(hint));
    }

    /// The colour of the same hue nearest to this one that every pair can be read in.
    fn nearest(&self, accent: Colour) -> Option<Colour> {
        accent
            .shades()
            .find(|shade| self.failures_by(*shade).is_empty())
    }

    fn failures_by(&self, accent: Colour) -> Vec<Failure<'_>> {
        let mut failures = self.failures(Some(accent));
        failures.retain(|failure| failure.by_accent);
        failures
    }

    /// Each pair that is too close, in the mode in which it is closest; with the theme's own accent where none is given.
    fn failures(&self, accent: Option<Colour>) -> Vec<Failure<'_>> {
        let mut closest: Vec<Option<Failure<'_>>> = self.pairs.iter().map(|_| None).collect();
        for (mode, tokens) in &self.tokens {
            let mut own = tokens.clone();
            if let (Some(accent), Some(token)) = (accent, own.get_mut("accent")) {
                token.value = accent.to_string();
            }
            let pairs = self.pairs.iter().enumerate();
            for ((index, pair), closest) in pairs.zip(&mut closest) {
                let (Some(of), Some(on)) =
                    (resolve(&pair.of.value, &own), resolve(&pair.on.value, &own))
                else {
                    continue;
                };
                let ratio = of.colour.contrast(on.colour);
                let closer = closest.as_ref().is_none_or(|closest| ratio < closest.ratio);
                if ratio >= pair.least || !closer {
                    continue;
                }
                let token = tokens.get(&pair.of.value);
                *closest = Some(Failure {
                    index,
                    pair,
                    mode: *mode,
                    ratio,
                    by_accent: of.by_accent || on.by_accent,
                    token: token.unwrap_or(&pair.of),
                });
            }
        }
        closest.into_iter().flatten().collect()
    }
}

/// `[[text]]` and `[[edge]]`, each with `on` (a list) and `of` (a list); and below `[mixed]` colours that no token has,
/// made of those that have one.
fn pairs(source: &Source, diagnostics: &mut Diagnostics) -> (Vec<Pair>, Tokens) {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let root = Table::root(source, 0, 0..0, &tree, &found);
    let mut pairs = Vec::new();
    for (key, least) in [("text", TEXT), ("edge", EDGE)] {
        for table in root.tables(key) {
            let (ons, ofs) = (table.texts("on"), table.texts("of"));
            table.finish();
            let crossed = ons.iter().flat_map(|on| ofs.iter().map(move |of| (on, of)));
            pairs.extend(crossed.map(|(on, of)| Pair {
                of: of.clone(),
                on: on.clone(),
                least,
            }));
        }
    }
    let mut mixed = Tokens::new();
    if let Some(table) = root.optional_table("mixed") {
        for name in table.keys() {
            let hint = "write a colour of CSS, such as color-mix(in srgb, var(--paper), #000 10%)";
            let colour = table.free_parsed(&name, hint, |text| Ok::<_, String>(text.to_owned()));
            mixed.extend(colour.map(|colour| (name.value.clone(), name.with(colour))));
        }
    }
    root.finish();
    diagnostics.extend(found.into_inner());
    (pairs, mixed)
}

/// The custom properties that `:root` has in a mode. A stylesheet that can't be parsed is reported by its bundle.
fn tokens(files: &[ThemeFile], mode: Mode) -> Tokens {
    let mut tokens = Tokens::new();
    for path in TOKENS {
        let Some(file) = files.iter().find(|file| file.path == path) else {
            continue;
        };
        let text = &file.source.text;
        if let Ok(sheet) = StyleSheet::parse(text, ParserOptions::default()) {
            collect(&sheet.rules.0, mode, &file.source, &mut tokens);
        }
    }
    tokens
}

fn collect(rules: &[CssRule<'_>], mode: Mode, source: &Source, tokens: &mut Tokens) {
    for rule in rules {
        match rule {
            CssRule::Media(media) if mode.meets(&media.query) => {
                collect(&media.rules.0, mode, source, tokens);
            }
            CssRule::Style(style) => {
                let selectors = style.selectors.to_css_string(PrinterOptions::default());
                if selectors.as_deref() != Ok(":root") {
                    continue;
                }
                let start = source.line_start(style.loc.line as usize + 1);
                for property in &style.declarations.declarations {
                    let Property::Custom(custom) = property else {
                        continue;
                    };
                    let CustomPropertyName::Custom(name) = &custom.name else {
                        continue;
                    };
                    let name = name.as_ref();
                    let value = property.value_to_css_string(PrinterOptions::default());
                    let declared = source.text[start..].find(&format!("{name}:"));
                    let at = start + declared.unwrap_or(0);
                    let length = source.text[at..].find([';', '}']).unwrap_or(name.len());
                    tokens.insert(
                        name.trim_start_matches('-').to_owned(),
                        Spanned::new(value.unwrap_or_default(), source, at..at + length),
                    );
                }
            }
            _ => {}
        }
    }
}

struct Resolved {
    colour: Colour,
    by_accent: bool,
}

/// The colour of a token, or of any CSS colour made from tokens.
fn resolve(colour: &str, tokens: &Tokens) -> Option<Resolved> {
    let named = tokens.get(colour);
    let mut text = named.map_or(colour, |token| &token.value).to_owned();
    let mut by_accent = colour == "accent";
    // Deeper than a theme's tokens refer to each other, and an end for those that refer to themselves.
    for _ in 0..8 {
        let Some((before, rest)) = text.split_once("var(--") else {
            break;
        };
        let (name, after) = rest.split_once(')')?;
        by_accent |= name == "accent";
        text = format!("{before}{}{after}", tokens.get(name)?.value);
    }
    let colour = Colour::css(&text)?;
    Some(Resolved { colour, by_accent })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{path::Path, sync::Arc};

    use proptest::prelude::*;

    use super::*;
    use crate::{source::SourceFile, styles};

    /// The theme's own stylesheets and pairs.
    fn theme() -> Vec<ThemeFile> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/dinas");
        [PAIRS, TOKENS[0], TOKENS[1]]
            .map(|path| file(path, &std::fs::read_to_string(root.join(path)).unwrap()))
            .into()
    }

    fn file(path: &str, text: &str) -> ThemeFile {
        ThemeFile {
            path: path.to_owned(),
            source: Arc::new(SourceFile {
                path: path.to_owned(),
                text: text.to_owned(),
            }),
        }
    }

    fn contrast(files: &[ThemeFile]) -> Contrast {
        let mut diagnostics = Diagnostics::default();
        let contrast = Contrast::read(files, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics}");
        contrast.unwrap()
    }

    #[test]
    fn media_decide_what_applies() {
        let files = [
            file(PAIRS, "[[text]]\non = [\"paper\"]\nof = [\"ink\"]\n"),
            file(TOKENS[0], ":root { --accent: #900 }"),
            file(
                TOKENS[1],
                ":root { --paper: #fff; --ink: #000; }
                 @media print { :root { --ink: #fff } }
                 @media screen and (prefers-color-scheme: dark) { :root { --paper: #000; --ink: #444 } }
                 @media (prefers-contrast: more) and (prefers-color-scheme: dark) { :root { --ink: #fff } }
                 .letter { --ink: #fff }",
            ),
        ];
        let contrast = contrast(&files);
        let failures = contrast.failures(None);
        assert_eq!(failures.len(), 1);
        assert_eq!(
            failures[0].told(),
            "`ink` on `paper` has a contrast of 2.1:1 (dark), and needs 4.5:1"
        );
        assert!(!failures[0].by_accent);
        let token = failures[0].token;
        assert_eq!(token.source.text[token.span.clone()].trim(), "--ink: #444");
    }

    #[test]
    fn the_theme_can_be_read() {
        let contrast = contrast(&theme());
        let failures = contrast.failures(None);
        let told: Vec<String> = failures.iter().map(Failure::told).collect();
        assert_eq!(told, [""; 0]);
        assert!(contrast.pairs.len() > 40);
    }

    #[test]
    fn a_tokens_own_colour_may_refer_to_others() {
        let token = |value: &str| Spanned::new(value.to_owned(), &file("a.css", "").source, 0..0);
        let tokens = Tokens::from([
            ("accent".to_owned(), token("#800000")),
            ("masthead".to_owned(), token("var(--accent)")),
            ("loop".to_owned(), token("var(--loop)")),
        ]);
        let found =
            |text| resolve(text, &tokens).map(|found| (found.colour.to_string(), found.by_accent));
        let half = "color-mix(in srgb, var(--masthead), #fff 50%)";
        assert_eq!(found(half), Some(("#c08080".to_owned(), true)));
        assert_eq!(found("#fff"), Some(("#ffffff".to_owned(), false)));
        assert_eq!(found("loop"), None);
        assert_eq!(found("ink"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Judged by the stylesheet that is published, not by the formulas that it is made from.
        #[test]
        fn what_is_accepted_can_be_read(red: u8, green: u8, blue: u8) {
            let files = theme();
            let contrast = contrast(&files);
            let asked = Colour::css(&format!("rgb({red} {green} {blue})")).unwrap();
            let accepted = if contrast.failures_by(asked).is_empty() {
                Some(asked)
            } else {
                contrast.nearest(asked)
            };
            prop_assert!(accepted.is_some(), "no colour is offered instead of {asked}");
            let entry = "@import \"styles/accent.css\"; @import \"styles/tokens.css\";";
            let files = [theme(), vec![file("site.css", entry)]].concat();
            let mut diagnostics = Diagnostics::default();
            let published = styles::bundle(&files, "site.css", accepted, &mut diagnostics);
            prop_assert!(!published.contains("color-mix"));
            let published = file("site.css", &published).source;
            let sheet = StyleSheet::parse(&published.text, ParserOptions::default()).unwrap();
            let pairs_file = files.iter().find(|file| file.path == PAIRS).unwrap();
            let (_, mixed) = super::pairs(&pairs_file.source, &mut diagnostics);
            for mode in Mode::ALL {
                let mut tokens = mixed.clone();
                collect(&sheet.rules.0, mode, &published, &mut tokens);
                for pair in &contrast.pairs {
                    let colour = |name: &str| resolve(name, &tokens).unwrap().colour;
                    let ratio = colour(&pair.of.value).contrast(colour(&pair.on.value));
                    prop_assert!(ratio >= pair.least, "{} on {}: {ratio} ({mode})", pair.of.value, pair.on.value);
                }
            }
        }
    }
}
