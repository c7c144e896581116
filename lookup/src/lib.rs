//! The thin endpoint behind Cek Email and Cek TTE.
//!
//! [`import`] reads the agency's roster (XLSX or CSV) and builds a snapshot of it: one SQLite file that is
//! swapped in whole. [`router`] answers questions from the snapshot:
//!
//! 1. `http::client` tells who asks: the peer, or whom a trusted proxy names;
//! 2. `http::body` reads at most 1 KB of JSON into one of `model::lookup`'s queries;
//! 3. the profile's opening hours, `http::limit` and `http::daily` say whether it is answered now;
//! 4. `http::question` turns the identifier into a valid one and that into a keyed digest (`key`);
//! 5. `snapshot::live` hands out the present snapshot, which knows people by digest only;
//! 6. `http::answer` pads every answer to one size and forbids storing it;
//! 7. `log` writes one line: route, outcome and time it took.
//!
//! Nothing that identifies a person is logged, and the snapshot holds no identifier, only digests and
//! the addresses that are answered.

mod config;
mod connections;
mod http;
mod import;
mod key;
mod log;
mod metrics;
mod profile;
mod second_fact;
mod security;
mod serve;
mod site;
mod snapshot;

pub use config::{Config, ConfigError};
pub use http::daily::DailyLimits;
pub use http::limit::{Allowance, Limits};
pub use http::{Service, ServiceError, ServiceOptions, router};
pub use import::report::Report;
pub use import::{ImportError, ImportOptions, Imported, import, nothing_imported};
pub use key::KeyError;
pub use log::{LogFormat, log_to_stderr};
pub use profile::{Profile, ProfileError};
pub use serve::{ServeError, ServeOptions, serve};
pub use site::content_type;
pub use snapshot::live::SnapshotError;
pub use snapshot::write::WriteError;
