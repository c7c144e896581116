//! Content-Security-Policy of each page (CSP 3), as strict as the page allows.

use crate::{client::Frame, markdown::ast::Island};

/// The policy of a page that holds these islands, or the search box. Every page may ask its own site (look-up, `robots.txt` for
/// auditors) and nobody else.
pub fn policy(islands: &[Island], searches: bool, frame: &Frame) -> String {
    let wasm = if islands.is_empty() && !searches {
        ""
    } else {
        " 'wasm-unsafe-eval'"
    };
    let (mut script, mut style) = (format!("'self'{wasm}"), "'self'".to_owned());
    if islands.contains(&Island::Passphrase) {
        let (script_hash, style_hash) = frame.hashes();
        script.push_str(&format!(" '{script_hash}'"));
        style.push_str(&format!(" '{style_hash}'"));
    }
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; img-src 'self'; connect-src 'self'; \
         frame-src 'none'; worker-src 'none'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}
