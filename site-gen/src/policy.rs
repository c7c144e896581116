//! Content-Security-Policy of each page (CSP 3), as strict as the page allows.

use crate::sealed::Frame;

/// What a page must be allowed beyond its own styles, scripts and images.
#[derive(Default)]
pub struct Needs<'a> {
    /// It runs WebAssembly.
    pub wasm: bool,
    /// It registers the worker that keeps the site on the device.
    pub worker: bool,
    /// It asks nobody, its own site included: practice.
    pub closed: bool,
    /// The sealed frames that it holds, which inherit its policy.
    pub frames: Vec<&'a Frame>,
}

/// The policy of a page. Every page may ask its own site (look-up, search, `robots.txt` for auditors) and nobody else;
/// a checker for practice not even that.
pub fn policy(needs: &Needs<'_>) -> String {
    let wasm = if needs.wasm {
        " 'wasm-unsafe-eval'"
    } else {
        ""
    };
    let (mut script, mut style) = (format!("'self'{wasm}"), "'self'".to_owned());
    for (script_hash, style_hash) in needs.frames.iter().map(|frame| frame.hashes()) {
        script.push_str(&format!(" '{script_hash}'"));
        style.push_str(&format!(" '{style_hash}'"));
    }
    // A worker's address is a script's: the one trusted type that is made names it.
    let (worker, types) = if needs.worker {
        ("'self'", "pandu")
    } else {
        ("'none'", "'none'")
    };
    let connect = if needs.closed { "'none'" } else { "'self'" };
    // No frames at an address: the default holds for them.
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; img-src 'self'; connect-src {connect}; \
         worker-src {worker}; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types {types}"
    )
}
