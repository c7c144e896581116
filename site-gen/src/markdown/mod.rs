//! Markdown with named blocks → [`ast::Document`].
//!
//! 1. [`crate::facts`] marks `{{ … }}`
//! 2. `fence` hides the `:::` lines
//! 3. pulldown-cmark reads CommonMark with offsets
//! 4. `parse` builds the tree and closes blocks
//! 5. `blocks` gives each named block the shape its kind demands
//! 6. [`patch`] applies an agency's changes to a shared guide
//!
//! Every mistake is reported with its place.

pub mod ast;
mod blocks;
mod fence;
mod parse;
pub mod patch;

pub use parse::{inline, parse};

use crate::{diagnostic::Diagnostics, facts::Facts, source::Spanned};

/// Reads a line of inline Markdown that stands in a TOML text.
pub fn toml_inline(
    text: &Spanned<String>,
    facts: &Facts,
    diagnostics: &mut Diagnostics,
) -> Vec<ast::Inline> {
    inline(
        &text.source,
        &text.value,
        text.inside_quotes(),
        facts,
        diagnostics,
    )
}
