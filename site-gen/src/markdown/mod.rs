//! Markdown with named blocks → [`ast::Document`].
//!
//! 1. [`crate::facts`] marks `{{ … }}`
//! 2. `fence` hides the `:::` lines
//! 3. pulldown-cmark reads CommonMark with offsets
//! 4. `parse` builds the tree and closes blocks
//! 5. `blocks` gives each named block the shape its kind demands
//!
//! Every mistake is reported with its place.

pub mod ast;
mod blocks;
mod fence;
mod parse;

pub use parse::{inline, parse};
