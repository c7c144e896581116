//! Runs cargo on `web-app` and learns from its messages where the programs are.

use std::collections::HashMap;
use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde::Deserialize;

use super::{WebAppError, not_started, toolchain};

/// Compiled programs by name, still without their JavaScript.
pub(super) type Programs = HashMap<String, PathBuf>;

/// Compiles every program of `web-app`. Cargo itself sees to it that nothing is done twice.
pub(super) fn compile(root: &Path, progress: &dyn Fn(&str)) -> Result<Programs, WebAppError> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(&cargo);
    command
        .args(["build", "--package", "web-app", "--bins"])
        .args(["--profile", "wasm", "--target", toolchain::TARGET])
        .args(["--message-format", "json-render-diagnostics"])
        .args(["--color", "never"]);
    if let Some(setting) = without_local_paths() {
        command.args(["--config", &setting]);
    }
    if root.join("Cargo.lock").exists() {
        command.arg("--locked");
    }
    let mut child = command
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| not_started(&cargo, source))?;

    // Both pipes are drained at once: cargo stops when either is full.
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (programs, said) = thread::scope(|scope| {
        let programs = scope.spawn(move || stdout.map(programs).unwrap_or_default());
        let said = stderr.map(|stderr| listen(stderr, progress));
        (
            programs.join().unwrap_or_default(),
            said.unwrap_or_default(),
        )
    });
    let status = child.wait().map_err(|source| not_started(&cargo, source))?;
    if status.success() {
        Ok(programs)
    } else {
        Err(refusal(root, said))
    }
}

/// The setting that keeps this machine's folders out of the programs: panics name source files, and published
/// code must neither tell where it was compiled nor differ for it. Files of the workspace are named relatively anyway.
fn without_local_paths() -> Option<String> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home =
        cargo_home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))?;
    let flag = toml::Value::String(format!(
        "--remap-path-prefix={}=cargo",
        cargo_home.to_str()?
    ));
    Some(format!("target.{}.rustflags=[{flag}]", toolchain::TARGET))
}

/// The part of cargo's messages that matters here.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Collects the `.wasm` files that cargo reports, made now or long ago.
fn programs(stdout: impl Read) -> Programs {
    let mut programs = Programs::new();
    for line in lines(stdout) {
        let Ok(Message {
            target: Some(target),
            filenames,
        }) = serde_json::from_str(&line)
        else {
            continue;
        };
        let is_wasm = |file: &PathBuf| file.extension().is_some_and(|end| end == "wasm");
        if let Some(file) = filenames.into_iter().find(is_wasm) {
            programs.insert(target.name, file);
        }
    }
    programs
}

/// Passes on what cargo is doing; returns the rest: errors and warnings.
fn listen(stderr: impl Read, progress: &dyn Fn(&str)) -> String {
    let mut said = String::new();
    for line in lines(stderr) {
        match status(&line) {
            // It is over in an instant, and the caller says what comes next.
            Some(status) if status.starts_with("Finished") => {}
            Some(status) => progress(status),
            None => {
                said.push_str(&line);
                said.push('\n');
            }
        }
    }
    said
}

/// Cargo's news of the sort `   Compiling leptos v0.8.23`: a verb that ends in column 12.
fn status(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let verb = text.split(' ').next()?;
    let is_verb = verb.starts_with(|c: char| c.is_ascii_uppercase())
        && verb.chars().all(|c| c.is_ascii_alphabetic());
    (is_verb && line.len() - text.len() + verb.len() == 12).then_some(text)
}

fn lines(pipe: impl Read) -> impl Iterator<Item = String> {
    BufReader::new(pipe)
        .split(b'\n')
        .map_while(|line| Some(String::from_utf8_lossy(&line.ok()?).into_owned()))
}

/// Sorts out why cargo failed, from its own words: it has one exit code for everything.
fn refusal(root: &Path, output: String) -> WebAppError {
    let said = |words: &[&str]| words.iter().any(|word| output.contains(word));
    if said(&["failed to download", "Could not resolve host", "--offline"]) {
        WebAppError::Download { output }
    } else if said(&[
        "Read-only file system",
        "Permission denied",
        "No space left",
    ]) {
        let reason = output.lines().rfind(|line| line.contains("os error"));
        WebAppError::NotWritable {
            path: super::target_dir(root),
            source: io::Error::other(reason.unwrap_or_default().trim().to_owned()),
        }
    } else {
        WebAppError::Compile { output }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_and_errors_are_told_apart() {
        assert_eq!(
            status("   Compiling leptos v0.8.23"),
            Some("Compiling leptos v0.8.23")
        );
        assert_eq!(
            status("    Blocking waiting for file lock on build directory"),
            Some("Blocking waiting for file lock on build directory")
        );
        for line in [
            "error[E0425]: cannot find value `x` in this scope",
            "warning: unused variable: `x`",
            "   --> web-app/src/lib.rs:3:5",
            "    |",
            "3   |     Compiling of this",
            "",
        ] {
            assert_eq!(status(line), None, "{line}");
        }
    }

    #[test]
    fn programs_are_found_among_all_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"model"},"filenames":["/t/libmodel.rlib"]}"#,
            "\n",
            r#"{"reason":"build-script-executed","linked_libs":[]}"#,
            "\n",
            "printed by a build script\n",
            r#"{"reason":"compiler-artifact","target":{"name":"cek"},"filenames":["/t/cek.wasm"],"executable":"/t/cek.wasm","fresh":true}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
            "\n",
        );
        let found = programs(messages.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found.get("cek"), Some(&PathBuf::from("/t/cek.wasm")));
    }
}
