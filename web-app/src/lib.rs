//! Pandu's islands: the parts of a page that answer.
//!
//! Each is mounted over the form that the page already holds, with the same markup, so that nothing
//! moves and nothing typed is lost ([`island`]). What is said of an answer is decided apart from how
//! it is shown: [`look_up::message`] and [`passphrase::verdict`] are plain functions with plain tests.

pub mod island;
pub mod json;
pub mod look_up;
pub mod passphrase;
