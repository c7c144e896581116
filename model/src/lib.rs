//! Pandu's vocabulary, shared by the browser, the look-up and the build tool.
//!
//! Pure: nothing here reads a file, a clock or the network. A value that exists as one of these
//! types is valid; what comes from people is turned into one by `parse`, or refused with a reason.

mod calendar;
pub mod host;
pub mod hours;
pub mod identifier;
pub mod lookup;
pub mod mail;
pub mod network;
pub mod passphrase;
pub mod phone;
pub mod status;

pub use calendar::{Date, DateError, date_in_words};
