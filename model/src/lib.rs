//! Pandu's vocabulary, shared by the browser, the look-up and the build tool.
//!
//! Pure: nothing here reads a file, a clock or the network. A value that exists as one of these
//! types is valid; what comes from people is turned into one by `parse`, or refused with a reason.

pub mod lookup;
pub mod status;
