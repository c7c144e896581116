//! wasm-bindgen as a library: a compiled program in, the JavaScript beside it out.
//!
//! The result is kept under the SHA-256 of what it was made from, so that an unchanged program costs one hash.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use super::compile::Programs;
use super::{Module, WebAppError};

/// Version of wasm-bindgen, which names what is kept. A test holds it to `Cargo.lock`.
const VERSION: &str = "0.2.130";

/// How a page loads the JavaScript.
#[derive(Clone, Copy)]
pub(super) enum Flavour {
    /// `import init from …`
    EsModule,
    /// A script that defines `wasm_bindgen`.
    PlainScript,
}

/// Makes the folder of kept results and tries to write to it.
pub(super) fn prepare(cache: &Path) -> Result<(), WebAppError> {
    fs::create_dir_all(cache)
        .and_then(|()| tempfile::tempfile_in(cache).map(drop))
        .map_err(|source| not_writable(cache, source))
}

/// Binds one program; returns it with the name under which it is kept.
pub(super) fn bind(
    programs: &Programs,
    name: &'static str,
    flavour: Flavour,
    cache: &Path,
    progress: &dyn Fn(&str),
) -> Result<(Module, String), WebAppError> {
    let path = programs
        .get(name)
        .ok_or(WebAppError::ProgramMissing { name })?;
    let compiled = fs::read(path).map_err(|source| WebAppError::NotReadable {
        path: path.clone(),
        source,
    })?;
    let entry = entry(name, flavour, &compiled);
    let folder = cache.join(&entry);
    if let Ok(module) = read(&folder, name) {
        return Ok((module, entry));
    }
    progress(&format!("Binding {name} to JavaScript"));
    let module = generate(name, flavour, compiled, cache, &folder)?;
    Ok((module, entry))
}

/// Removes what is kept of earlier programs. Left-overs do no harm, so a failure is none.
pub(super) fn forget_all_but(cache: &Path, entries: &[String]) {
    for found in fs::read_dir(cache).into_iter().flatten().flatten() {
        let name = found.file_name();
        // What begins with a dot is another build's, being made just now.
        let in_the_making = name.to_string_lossy().starts_with('.');
        if !in_the_making && !entries.iter().any(|entry| name == entry.as_str()) {
            let _ = fs::remove_dir_all(found.path());
        }
    }
}

/// The name under which a result is kept: a hash of all that shapes it.
fn entry(name: &str, flavour: Flavour, compiled: &[u8]) -> String {
    let kind: &[u8] = match flavour {
        Flavour::EsModule => b"module",
        Flavour::PlainScript => b"script",
    };
    let hash = Sha256::new()
        .chain_update(VERSION)
        .chain_update(kind)
        .chain_update(compiled)
        .finalize();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name}-{hex}")
}

fn generate(
    name: &'static str,
    flavour: Flavour,
    compiled: Vec<u8>,
    cache: &Path,
    folder: &Path,
) -> Result<Module, WebAppError> {
    let refused = |reason: String| WebAppError::Bindings { name, reason };
    let mut bindgen = Bindgen::new();
    match flavour {
        Flavour::EsModule => bindgen.web(true),
        Flavour::PlainScript => bindgen.no_modules(true),
    }
    .map_err(|error| refused(format!("{error:#}")))?;
    let mut output = bindgen
        .input_bytes(name, compiled)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .generate_output()
        .map_err(|error| refused(format!("{error:#}")))?;
    // Crates that could bring some are listed even where they bring none.
    let inline = output
        .snippets()
        .values()
        .any(|snippets| !snippets.is_empty());
    if inline || !output.local_modules().is_empty() {
        // They would be files of their own beside the one that pages name with its integrity hash.
        let files = "it brings JavaScript files of its own, which pages do not load";
        return Err(refused(files.to_owned()));
    }

    // Made aside and moved into place whole: a build killed here leaves no half of a result.
    let made = tempfile::tempdir_in(cache).map_err(|source| not_writable(cache, source))?;
    output
        .emit(made.path())
        .map_err(|error| not_writable(cache, io::Error::other(format!("{error:#}"))))?;
    let module = read(made.path(), name).map_err(|source| not_writable(cache, source))?;
    // Where another build was faster its result is the same, and ours goes away with `made`.
    let _ = fs::rename(made.path(), folder);
    Ok(module)
}

/// Reads a result as wasm-bindgen names its files.
fn read(folder: &Path, name: &str) -> io::Result<Module> {
    Ok(Module {
        js: fs::read_to_string(folder.join(format!("{name}.js")))?,
        wasm: fs::read(folder.join(format!("{name}_bg.wasm")))?,
    })
}

fn not_writable(path: &Path, source: io::Error) -> WebAppError {
    WebAppError::NotWritable {
        path: PathBuf::from(path),
        source,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The library and the macro speak a private protocol that changes without notice.
    #[test]
    fn the_locked_versions_of_wasm_bindgen_agree() {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        let lock: toml::Table = fs::read_to_string(lock).unwrap().parse().unwrap();
        for wanted in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
            let versions: Vec<&str> = lock
                .get("package")
                .and_then(toml::Value::as_array)
                .unwrap()
                .iter()
                .filter(|package| package.get("name").and_then(|n| n.as_str()) == Some(wanted))
                .filter_map(|package| package.get("version")?.as_str())
                .collect();
            assert_eq!(versions, [VERSION], "{wanted}");
        }
    }

    #[test]
    fn what_is_kept_is_named_after_all_that_shapes_it() {
        let names = [
            entry("cek", Flavour::EsModule, b"one"),
            entry("cek", Flavour::EsModule, b"two"),
            entry("cek", Flavour::PlainScript, b"one"),
            entry("passphrase", Flavour::EsModule, b"one"),
        ];
        let distinct: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn a_file_that_is_no_program_is_refused_with_its_name() {
        let cache = tempfile::tempdir().unwrap();
        let file = cache.path().join("cek.wasm");
        fs::write(&file, b"no program").unwrap();
        let programs = Programs::from([("cek".to_owned(), file)]);
        let result = bind(&programs, "cek", Flavour::EsModule, cache.path(), &|_| {});
        let error = result.err().unwrap().to_string();
        assert!(error.contains("program `cek`"), "{error}");
        let missing = bind(
            &programs,
            "passphrase",
            Flavour::PlainScript,
            cache.path(),
            &|_| {},
        );
        let error = missing.err().unwrap().to_string();
        assert!(error.contains("web-app/src/bin/passphrase.rs"), "{error}");
    }
}
