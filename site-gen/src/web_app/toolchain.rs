//! The compiler's WebAssembly target: looked for, and added through rustup where it is missing.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{WebAppError, not_started};

/// What browsers run.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that the compiler which cargo will use in `root` has [`TARGET`].
pub(super) fn ensure_target(root: &Path, progress: &dyn Fn(&str)) -> Result<(), WebAppError> {
    if has_target(root)? {
        return Ok(());
    }
    progress(&format!("Adding the Rust target {TARGET}"));
    add_target(root)?;
    if has_target(root)? {
        return Ok(());
    }
    // A compiler outside rustup's care (a distribution's, say) stays without it.
    Err(WebAppError::TargetNotAdded {
        reason: "rustup added it to another compiler than the one in use".to_owned(),
    })
}

/// Whether the standard library for the target is installed. Takes the compiler's word for the
/// place only: it names one for a target that is not there, too.
fn has_target(root: &Path) -> Result<bool, WebAppError> {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| not_started(&rustc, source))?;
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let Ok(files) = fs::read_dir(folder) else {
        return Ok(false);
    };
    Ok(files
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
}

fn add_target(root: &Path) -> Result<(), WebAppError> {
    let output = Command::new("rustup")
        .args(["target", "add", TARGET])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => WebAppError::TargetWithoutRustup,
            _ => not_started("rustup", source),
        })?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    // rustup tells the story first and the reason in its first line of error.
    let reason = stderr
        .lines()
        .find_map(|line| line.trim().strip_prefix("error: "))
        .or_else(|| stderr.lines().rfind(|line| !line.trim().is_empty()))
        .unwrap_or("rustup gave no reason");
    Err(WebAppError::TargetNotAdded {
        reason: reason.trim().to_owned(),
    })
}
