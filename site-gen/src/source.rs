//! A text file as it was read, shared by every value and every diagnostic that came from it.

use std::{ops::Range, sync::Arc};

/// A file of `content/` or `themes/`.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below the project's root, with `/`: `content/situs.toml`.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

impl SourceFile {
    /// True for what is written once for all agencies: an error in it must name the agency it fails for.
    pub fn is_shared(&self) -> bool {
        self.path.starts_with("content/bersama/")
    }

    /// The first line of what stands at `span`.
    pub fn first_line(&self, span: &Span) -> Span {
        let text = self.text.get(span.clone()).unwrap_or("");
        span.start..span.start + text.lines().next().unwrap_or("").len()
    }

    /// The byte at which a line begins, counted from 1.
    pub fn line_start(&self, line: usize) -> usize {
        self.text
            .split_inclusive('\n')
            .take(line.saturating_sub(1))
            .map(str::len)
            .sum()
    }
}

/// Shared handle to a file.
pub type Source = Arc<SourceFile>;

/// Byte range in a file's text.
pub type Span = Range<usize>;

/// A value and where it stands. A page can be made of two files, so the place names its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The file.
    pub source: Source,
    /// Where it stands in its file.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value that stands at `span` of `source`.
    pub fn new(value: T, source: &Source, span: Span) -> Self {
        Self {
            value,
            source: source.clone(),
            span,
        }
    }

    /// Another value at the same place.
    pub fn with<U>(&self, value: U) -> Spanned<U> {
        Spanned::new(value, &self.source, self.span.clone())
    }
}

impl Spanned<String> {
    /// The place of a TOML text's own characters: they begin after its quote.
    pub fn inside_quotes(&self) -> Span {
        self.span.start + 1..self.span.end
    }
}
