//! The browser code that checker pages load, put together from `web-app`, and what each page costs.

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use oxc_span::SourceType;

use crate::{load::LoadError, scripts::minify, sealed::Sealed, web_app::WebApp};

/// The code, as files and inline text.
#[derive(Clone)]
pub struct Client {
    /// Module of Cek Email and Cek TTE.
    pub lookup_js: String,
    /// Its WebAssembly.
    pub lookup_wasm: Vec<u8>,
    /// Cek Email and Cek TTE for practice: one script, the program in it.
    pub practice_js: String,
    /// Script of pages around sealed frames.
    pub host_js: String,
    /// What runs inside of them.
    pub sealed: BTreeMap<Sealed, SealedCode>,
    /// Script of the search box.
    pub search_js: String,
    /// Its WebAssembly, loaded on first use.
    pub search_wasm: Vec<u8>,
    /// The workers.
    pub workers: Workers,
}

/// What runs inside a sealed frame.
#[derive(Clone, Default)]
pub struct SealedCode {
    /// The frame's one script.
    pub js: String,
    /// Its WebAssembly, handed in by the page.
    pub wasm: Vec<u8>,
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
    /// Look-up pages for practice.
    pub practice: usize,
    /// Pages with a sealed frame, by what is in it: loader, frame script and WebAssembly.
    pub sealed: BTreeMap<Sealed, usize>,
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
        let practice = format!("{}\n{}", web_app.practice.js, script("latihan.js")?);
        let search = format!("{}\n{}", web_app.search.js, script("cari.js")?);
        // Part by part: the lock stays the first line, whole by itself.
        let in_frame = |bound: &str| {
            let parts = [
                script("frame-lock.js")?,
                script("frame-begin.js")?,
                bound.to_owned(),
                script("frame-start.js")?,
            ];
            let parts = parts.iter().map(|part| small("frame.js", part, classic));
            Ok::<_, LoadError>(parts.collect::<Result<Vec<_>, _>>()?.join("\n"))
        };
        let mut sealed = BTreeMap::new();
        for (which, module) in &web_app.sealed {
            let (js, wasm) = (in_frame(&module.js)?, module.wasm.clone());
            sealed.insert(*which, SealedCode { js, wasm });
        }
        Ok(Self {
            lookup_js: small("cek.js", &lookup, module)?,
            lookup_wasm: web_app.lookup.wasm.clone(),
            practice_js: format!(
                "self.panduCek=\"{}\";\n{}",
                STANDARD.encode(&web_app.practice.wasm),
                small("latihan.js", &practice, classic)?
            ),
            host_js: small("sealed.js", &script("sealed.js")?, classic)?,
            sealed,
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
            practice_js: String::new(),
            host_js: String::new(),
            sealed: Sealed::ALL
                .map(|sealed| (sealed, SealedCode::default()))
                .into(),
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
            practice: size(&[self.practice_js.as_bytes()]),
            sealed: self
                .sealed
                .iter()
                .map(|(which, code)| {
                    let parts = [self.host_js.as_bytes(), code.js.as_bytes(), &code.wasm];
                    (*which, size(&parts))
                })
                .collect(),
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
