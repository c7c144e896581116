//! Mistakes as values: what, where, and how to mend it. Collected on the way and reported together.

use std::{collections::BTreeSet, fmt};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use crate::source::{Source, Span, Spanned};

/// How much a mistake matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is built.
    Error,
    /// Told by `check`, an error with `--strict`.
    Warning,
}

/// One mistake in content or theme.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// Stable name of the kind of mistake: `dead-link`.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// The file and the place in it.
    pub source: Source,
    /// Byte range of the place.
    pub span: Span,
    /// How it is most likely mended.
    pub hint: String,
}

/// A mistake that does not yet say how to mend it, and so can't be reported.
#[must_use]
pub struct Unhinted {
    severity: Severity,
    code: &'static str,
    message: String,
    source: Source,
    span: Span,
}

impl Unhinted {
    /// Says how it is most likely mended.
    pub fn hint(self, hint: impl Into<String>) -> Diagnostic {
        let Self {
            severity,
            code,
            message,
            source,
            span,
        } = self;
        Diagnostic {
            severity,
            code,
            message,
            source,
            span,
            hint: hint.into(),
        }
    }
}

impl Diagnostic {
    /// A mistake at a place; say how to mend it with [`Unhinted::hint`].
    #[allow(clippy::new_ret_no_self)] // a diagnostic without a hint must not exist
    pub fn new(
        code: &'static str,
        source: &Source,
        span: Span,
        message: impl Into<String>,
    ) -> Unhinted {
        Unhinted {
            severity: Severity::Error,
            code,
            message: message.into(),
            source: source.clone(),
            span,
        }
    }

    /// A mistake in a value.
    pub fn of<T>(code: &'static str, value: &Spanned<T>, message: impl Into<String>) -> Unhinted {
        Self::new(code, &value.source, value.span.clone(), message)
    }

    /// Something that is better mended, and can be published as it is.
    pub fn warning(
        code: &'static str,
        source: &Source,
        span: Span,
        message: impl Into<String>,
    ) -> Unhinted {
        Unhinted {
            severity: Severity::Warning,
            ..Self::new(code, source, span, message)
        }
    }

    /// Says "maksudnya …?" instead where one of `known` resembles what was written.
    #[must_use]
    pub fn suggest<'a>(mut self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(nearest) = nearest(written, known) {
            self.hint = format!("maksudnya `{nearest}`?");
        }
        self
    }
}

/// The known word that most resembles what was written, if any does.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(written, word), word))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, word)| word)
}

/// All mistakes of one run; never empty when it is an error.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Leaves out those that `keep` refuses.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.0.retain(keep);
    }

    /// True where one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are, each told once: a shared guide's mistake shows in every agency that uses it.
    pub fn count(&self) -> usize {
        self.sorted().len()
    }

    /// Leaves out the warnings of the kinds named, and makes errors of the others where `strict`.
    #[must_use]
    pub fn judged(mut self, strict: bool, allowed: &[String]) -> Self {
        self.0.retain(|d| {
            d.severity == Severity::Error || !allowed.iter().any(|code| code == d.code)
        });
        if strict {
            self.0.iter_mut().for_each(|d| d.severity = Severity::Error);
        }
        self
    }

    fn sorted(&self) -> Vec<&Diagnostic> {
        let key = |d: &Diagnostic| {
            (
                d.source.path.clone(),
                d.span.start,
                d.code,
                d.message.clone(),
                d.span.end,
            )
        };
        let mut sorted: Vec<&Diagnostic> = self.0.iter().collect();
        sorted.sort_by_cached_key(|d| key(d));
        sorted.dedup_by_key(|d| key(d));
        sorted
    }

    /// The text for a terminal: every mistake with its source line, by file and place, then their number.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let sorted = self.sorted();
        let mut text = String::new();
        for diagnostic in &sorted {
            text.push_str(&renderer.render(&[group(diagnostic)]));
            text.push_str("\n\n");
        }
        let files: BTreeSet<&str> = sorted.iter().map(|d| d.source.path.as_str()).collect();
        let is_error = |d: &&&Diagnostic| d.severity == Severity::Error;
        let errors = sorted.iter().filter(is_error).count();
        let warnings = sorted.len() - errors;
        let numbers = match (errors, warnings) {
            (0, _) => count(warnings, "warning"),
            (_, 0) => count(errors, "mistake"),
            _ => format!(
                "{} and {}",
                count(errors, "mistake"),
                count(warnings, "warning")
            ),
        };
        let files = count(files.len(), "file");
        let outcome = if errors > 0 {
            "; nothing was written"
        } else {
            ""
        };
        text.push_str(&format!("{numbers} in {files}{outcome}\n"));
        text
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let text = diagnostic.source.text.as_str();
    let start = floor_boundary(text, diagnostic.span.start);
    let end = floor_boundary(text, diagnostic.span.end.max(start));
    // A mark over several lines hides more than it shows: mark the first line only.
    let end = text[start..end]
        .find('\n')
        .map_or(end, |newline| start + newline);
    let snippet = Snippet::source(text)
        .path(diagnostic.source.path.as_str())
        .annotation(AnnotationKind::Primary.span(start..end));
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code)
        .element(snippet)
        .element(Level::HELP.message(diagnostic.hint.as_str()))
}

fn floor_boundary(text: &str, index: usize) -> usize {
    let index = index.min(text.len());
    (0..=index)
        .rev()
        .find(|i| text.is_char_boundary(*i))
        .unwrap_or(0)
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
