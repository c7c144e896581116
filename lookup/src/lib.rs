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
//! 6. `esign` asks BSrE for the certificate's status of somebody known, where the agency has such a service;
//! 7. `http::answer` pads every answer to one size and forbids storing it;
//! 8. `log` writes one line: route, outcome and time it took.
//!
//! Nothing that identifies a person is logged, and the snapshot holds no identifier, only digests and
//! the addresses that are answered. [`memory`] says what becomes of identifiers and the key in memory.

mod config;
mod connections;
mod esign;
mod http;
mod import;
mod key;
mod log;
pub mod memory;
mod metrics;
mod profile;
mod rotate;
mod second_fact;
mod security;
mod serve;
mod signals;
mod site;
mod snapshot;
mod tls;

pub use config::{Config, ConfigError};
pub use connections::ConnectionLimits;
pub use esign::{EsignError, EsignOptions, SecretError, SetupError, Target, UserName};
pub use http::daily::DailyLimits;
pub use http::limit::{Allowance, Limits};
pub use http::{Service, ServiceError, ServiceOptions, router};
pub use import::report::Report;
pub use import::{ImportError, ImportOptions, Imported, import, nothing_imported};
pub use key::KeyError;
pub use log::{LogFormat, log_to_stderr};
pub use profile::{Profile, ProfileError};
pub use rotate::{KeyVersions, RotateError, add_key_version, retire_key_versions};
pub use serve::{ServeError, ServeOptions, Stopping, serve};
pub use site::content_type;
pub use snapshot::live::SnapshotError;
pub use snapshot::write::WriteError;
pub use tls::{TlsError, TlsFiles};
