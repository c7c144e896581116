//! Content-Security-Policy of each page (CSP 3), as strict as the page allows.

use crate::client::Frame;

/// What a page must be allowed beyond its own styles, scripts and images.
#[derive(Default)]
pub struct Needs<'a> {
    /// It runs WebAssembly.
    pub wasm: bool,
    /// It registers the worker that keeps the site on the device.
    pub worker: bool,
    /// It holds the passphrase checker's frame, which inherits its policy.
    pub frame: Option<&'a Frame>,
}

/// The policy of a page. Every page may ask its own site (look-up, search, `robots.txt` for auditors) and nobody else.
pub fn policy(needs: &Needs<'_>) -> String {
    let wasm = if needs.wasm {
        " 'wasm-unsafe-eval'"
    } else {
        ""
    };
    let (mut script, mut style) = (format!("'self'{wasm}"), "'self'".to_owned());
    if let Some((script_hash, style_hash)) = needs.frame.map(Frame::hashes) {
        script.push_str(&format!(" '{script_hash}'"));
        style.push_str(&format!(" '{style_hash}'"));
    }
    // A worker's address is a script's: the one trusted type that is made names it.
    let (worker, types) = if needs.worker {
        ("'self'", "pandu")
    } else {
        ("'none'", "'none'")
    };
    // No frames: the default holds for them.
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; img-src 'self'; connect-src 'self'; \
         worker-src {worker}; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types {types}"
    )
}
