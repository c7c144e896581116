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

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its file.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value that stands at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}
