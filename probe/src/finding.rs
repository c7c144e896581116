//! What is wrong with a host, and what to do about it.

use serde::Serialize;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It works, and had better be mended.
    Warning,
    /// People's mail programs fail, or are not safe.
    Failure,
}

/// Something found wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is, for programs: `expired`. The crate's documentation lists them all.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Finding {
    /// What people's mail programs stumble over.
    pub(crate) fn failure(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Failure,
            message: message.into(),
            help: help.into(),
        }
    }

    /// What had better be mended.
    pub(crate) fn warning(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::failure(code, message, help)
        }
    }
}
