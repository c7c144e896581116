//! Builds the WASM client: Rust → WebAssembly → what a page loads.
//!
//! 1. `toolchain`: the compiler's WebAssembly target is there, or is added
//! 2. `compile`: cargo compiles the programs of `web-app`
//! 3. `bindings`: wasm-bindgen writes the JavaScript beside each (kept until the program changes)
//!
//! Nothing but Rust need be installed: cargo is the only program run, and rustup where the target is missing.

mod bindings;
mod compile;
mod toolchain;

use std::collections::BTreeMap;
use std::env;
use std::io;
use std::path::{Path, PathBuf};

use bindings::Flavour;

use crate::sealed::Sealed;

/// One program as a page loads it.
#[derive(Clone)]
pub struct Module {
    /// What wasm-bindgen wrote: loads the program and joins it to the page.
    pub js: String,
    /// The program.
    pub wasm: Vec<u8>,
}

/// All code that runs in the reader's browser and is written in Rust.
#[derive(Clone)]
pub struct WebApp {
    /// Cek Email and Cek TTE. Its JavaScript is an ES module that exports its initialiser as default.
    pub lookup: Module,
    /// The same program for practice. Its JavaScript is a plain script, so that a page opened from a file runs it too.
    pub practice: Module,
    /// What runs in sealed frames. Its JavaScript is a plain script that defines `wasm_bindgen`,
    /// since a sandboxed frame takes no module without further headers.
    pub sealed: BTreeMap<Sealed, Module>,
    /// The search box. Its JavaScript is a plain script, so that it also works on a page opened from a file.
    pub search: Module,
}

/// Why there is no WASM client, in one sentence each, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum WebAppError {
    /// Rust is not installed, or a shell without its PATH was used.
    #[error(
        "`{program}` was not found: install Rust from https://rustup.rs (or add it to PATH) and run this command again"
    )]
    ToolMissing {
        /// The program that was looked for.
        program: String,
    },
    /// A program is there but does not start.
    #[error("`{program}` could not be started ({source}): check that it may be executed")]
    ToolBroken {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The target is missing, and so is rustup.
    #[error(
        "the Rust target {target} is missing and rustup, which adds it, was not found: install Rust from https://rustup.rs, then run `rustup target add {target}`",
        target = toolchain::TARGET
    )]
    TargetWithoutRustup,
    /// The target is missing and could not be fetched.
    #[error(
        "the Rust target {target} is missing and could not be added ({reason}): connect to the network, then run `rustup target add {target}`",
        target = toolchain::TARGET
    )]
    TargetNotAdded {
        /// The last thing that rustup said.
        reason: String,
    },
    /// A library has never been fetched, and cannot be now.
    #[error(
        "a library of the web app could not be downloaded: connect to the network and run this command again\n\n{output}"
    )]
    Download {
        /// What cargo said.
        output: String,
    },
    /// The compiler refuses `web-app` or `model`.
    #[error("the web app does not compile: mend what the compiler reports\n\n{output}")]
    Compile {
        /// What the compiler said.
        output: String,
    },
    /// `web-app` compiles but lacks a program that pages need.
    #[error("web-app has no program `{name}`: it belongs in web-app/src/bin/{name}.rs")]
    ProgramMissing {
        /// The program's name.
        name: &'static str,
    },
    /// wasm-bindgen refuses a program.
    #[error("wasm-bindgen could not process the program `{name}`: {reason}")]
    Bindings {
        /// The program's name.
        name: &'static str,
        /// What wasm-bindgen said.
        reason: String,
    },
    /// A full or read-only disk, or a folder of somebody else's.
    #[error(
        "cannot write to {} ({source}): make that folder writable, or name another in CARGO_TARGET_DIR",
        path.display()
    )]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A compiled program cannot be read back.
    #[error("cannot read {} ({source}): run this command again", path.display())]
    NotReadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Builds the WASM client of the project at `root`. What did not change is not made again.
///
/// `progress` hears what is being done, a few words at a time; the first build takes minutes.
///
/// # Errors
/// See [`WebAppError`]. Nothing outside cargo's target folder is written in any case.
pub fn build(root: &Path, progress: &dyn Fn(&str)) -> Result<WebApp, WebAppError> {
    let cache = target_dir(root).join("pandu").join("bindgen");
    // First, so that a disk which takes nothing is told before minutes of compiling.
    bindings::prepare(&cache)?;
    toolchain::ensure_target(root, progress)?;
    let programs = compile::compile(root, progress)?;
    let bind = |name, flavour| bindings::bind(&programs, name, flavour, &cache, progress);
    let (lookup, lookup_entry) = bind("cek", Flavour::EsModule)?;
    let (practice, practice_entry) = bind("cek", Flavour::PlainScript)?;
    let (search, search_entry) = bind("cari", Flavour::PlainScript)?;
    let mut entries = vec![lookup_entry, practice_entry, search_entry];
    let mut sealed = BTreeMap::new();
    for which in Sealed::ALL {
        let (module, entry) = bind(which.program(), Flavour::PlainScript)?;
        sealed.insert(which, module);
        entries.push(entry);
    }
    bindings::forget_all_but(&cache, &entries);
    Ok(WebApp {
        lookup,
        practice,
        sealed,
        search,
    })
}

/// Cargo's target folder: what it builds stands there, and so does what we derive from it.
fn target_dir(root: &Path) -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        // A relative one is relative to where cargo is run, and we run it in `root`.
        Some(dir) if !dir.is_empty() => root.join(dir),
        _ => root.join("target"),
    }
}

/// What to say when `program` does not start.
fn not_started(program: &str, source: io::Error) -> WebAppError {
    let program = program.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => WebAppError::ToolMissing { program },
        _ => WebAppError::ToolBroken { program, source },
    }
}
