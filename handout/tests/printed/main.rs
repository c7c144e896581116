//! Hand-outs from outside: the program is run on the project's own content, and what it prints is read as others read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod made;
mod standards;
mod text;
