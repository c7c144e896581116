//! The browser code that checker pages load, put together from `web-app`: what each page costs, and the
//! sealed document in which a passphrase is tested.

use std::{fs, io::Write, path::Path};

use minijinja::context;
use oxc_span::SourceType;

use crate::{
    assets::integrity,
    html::safe,
    load::LoadError,
    scripts::minify,
    site::Agency,
    theme::{TemplateError, Theme},
    web_app::WebApp,
};

/// The code, as files and inline text.
#[derive(Clone)]
pub struct Client {
    /// Module of Cek Email and Cek TTE.
    pub lookup_js: String,
    /// Its WebAssembly.
    pub lookup_wasm: Vec<u8>,
    /// Script of the page around the passphrase frame.
    pub passphrase_js: String,
    /// The one script inside the frame.
    pub frame_js: String,
    /// The frame's WebAssembly, handed in by the page.
    pub passphrase_wasm: Vec<u8>,
    /// Script of the search box.
    pub search_js: String,
    /// Its WebAssembly, loaded on first use.
    pub search_wasm: Vec<u8>,
    /// The workers.
    pub workers: Workers,
}

/// What stands at the address of an agency's worker.
#[derive(Clone, Default)]
pub struct Workers {
    /// Keeps the site on the device; wants its list put in front.
    pub keep: String,
    /// Takes that one away.
    pub gone: String,
}

/// Compressed size of the code of each checker page.
pub struct Sizes {
    /// Look-up pages: script and WebAssembly.
    pub lookup: usize,
    /// Passphrase page: loader, frame script and WebAssembly.
    pub passphrase: usize,
    /// Search box: script and WebAssembly.
    pub search: usize,
}

impl Client {
    /// Joins what wasm-bindgen wrote with the hand-written scripts of `web-app/js`, minified.
    ///
    /// # Errors
    /// A script that can't be read or parsed.
    pub fn assemble(root: &Path, web_app: &WebApp) -> Result<Self, LoadError> {
        let script = |name: &str| {
            let path = root.join("web-app/js").join(name);
            fs::read_to_string(&path).map_err(|error| LoadError::Io { path, error })
        };
        let small = |name: &'static str, text: &str, kind| {
            minify(text, kind).map_err(|(at, message)| LoadError::Script { name, at, message })
        };
        let (classic, module) = (SourceType::script(), SourceType::mjs());
        let lookup = format!("{}\n{}", web_app.lookup.js, script("cek.js")?);
        let search = format!("{}\n{}", web_app.search.js, script("cari.js")?);
        // Part by part: the lock stays the first line, whole by itself.
        let frame = [
            script("passphrase-frame-lock.js")?,
            script("passphrase-frame-begin.js")?,
            web_app.passphrase.js.clone(),
            script("passphrase-frame.js")?,
        ]
        .iter()
        .map(|part| small("passphrase-frame.js", part, classic))
        .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            lookup_js: small("cek.js", &lookup, module)?,
            lookup_wasm: web_app.lookup.wasm.clone(),
            passphrase_js: small("uji-passphrase.js", &script("uji-passphrase.js")?, classic)?,
            frame_js: frame.join("\n"),
            passphrase_wasm: web_app.passphrase.wasm.clone(),
            search_js: small("cari.js", &search, classic)?,
            search_wasm: web_app.search.wasm.clone(),
            workers: Workers {
                keep: small("sw.js", &script("sw.js")?, classic)?,
                gone: small("sw-gone.js", &script("sw-gone.js")?, classic)?,
            },
        })
    }

    /// No code at all: enough to check content and theme.
    pub fn absent() -> Self {
        Self {
            lookup_js: String::new(),
            lookup_wasm: Vec::new(),
            passphrase_js: String::new(),
            frame_js: String::new(),
            passphrase_wasm: Vec::new(),
            search_js: String::new(),
            search_wasm: Vec::new(),
            workers: Workers::default(),
        }
    }

    /// What each checker page loads, compressed.
    pub fn sizes(&self) -> Sizes {
        let size = |parts: &[&[u8]]| parts.iter().map(|part| brotli(part, 11).len()).sum();
        Sizes {
            lookup: size(&[self.lookup_js.as_bytes(), &self.lookup_wasm]),
            passphrase: size(&[
                self.passphrase_js.as_bytes(),
                self.frame_js.as_bytes(),
                &self.passphrase_wasm,
            ]),
            search: size(&[self.search_js.as_bytes(), &self.search_wasm]),
        }
    }
}

/// Compresses with brotli; quality 0–11.
pub fn brotli(bytes: &[u8], quality: u32) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 22);
    // Writing to memory does not fail.
    let _ = writer.write_all(bytes);
    writer.into_inner()
}

/// The document inside the passphrase checker's frame, with a policy of its own that allows nothing but
/// its one script and its one style, both named by their hash.
#[derive(Default)]
pub struct Frame {
    document: String,
    script: String,
    style: String,
}

impl Frame {
    /// Renders it for an agency. `style` is its whole stylesheet, the agency's accent included.
    ///
    /// # Errors
    /// The mistake in `frame.html`.
    pub fn new(
        theme: &Theme,
        agency: &Agency,
        style: &str,
        script: &str,
    ) -> Result<Self, TemplateError> {
        // Anything but the raw bytes between the tags would change the hash.
        let script = script
            .replace("</script", "<\\/script")
            .replace("<!--", "<\\!--");
        let (script_hash, style_hash) = (integrity(script.as_bytes()), integrity(style.as_bytes()));
        let csp = format!(
            "default-src 'none'; script-src '{script_hash}' 'wasm-unsafe-eval'; style-src '{style_hash}'; \
             base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        );
        let context = context! {
            agency => agency.profile.facts.root(), csp, style => safe(style.to_owned()), script => safe(script)
        };
        let document = theme.render("frame.html", context)?;
        Ok(Self {
            document,
            script: script_hash,
            style: style_hash,
        })
    }

    /// Its HTML.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// What the page's own policy must allow, since the frame inherits it: script and style hash.
    pub fn hashes(&self) -> (&str, &str) {
        (&self.script, &self.style)
    }
}
