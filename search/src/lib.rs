//! Search of one agency's guides, in Indonesian. Pure: no I/O, and no words of any language but in the index.
//!
//! 1. [`text`]: words of a text, in one spelling
//! 2. [`stem`]: what a word may be derived from
//! 3. [`index`]: the file that the build tool writes and the browser reads
//! 4. [`ask`]: from a query to pages, best first
//!
//! The file holds texts, no postings: compressed, they are smaller than anything made from them, and the vocabulary
//! is made in milliseconds when the file is read.

pub mod ask;
pub mod index;
pub mod stem;
pub mod text;

pub use ask::{Hit, Piece, Search};
