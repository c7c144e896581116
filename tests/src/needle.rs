//! Searches bytes and whole folders for texts that must not be in them.

use std::path::{Path, PathBuf};

/// A secret and the forms in which programs write it down.
pub struct Needle {
    name: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Needle {
    /// `name` is what a failing test prints; the text itself it never does.
    pub fn new(name: &'static str, text: &str) -> Self {
        let mut forms = vec![text.as_bytes().to_vec()];
        // Chromium keeps texts as UTF-16 too, and URLs in percent-encoding.
        forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        let mut encoded = String::new();
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    encoded.push(byte.into())
                }
                other => encoded.push_str(&format!("%{other:02X}")),
            }
        }
        forms.push(encoded.replace("%20", "+").into_bytes());
        forms.push(encoded.into_bytes());
        forms.sort();
        forms.dedup();
        Self { name, forms }
    }

    /// What this one is called.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether any form of it stands in the bytes, in whatever case. A number counts only where it
    /// stands alone: six digits within a time stamp are not somebody's staff number.
    pub fn is_in(&self, hay: &[u8]) -> bool {
        self.forms.iter().any(|form| {
            let (Some(first), digits) = (
                form.first(),
                form.iter().all(|byte| byte.is_ascii_digit() || *byte == 0),
            ) else {
                return false;
            };
            // In UTF-16 every other byte is zero.
            let step = if form.contains(&0) { 2 } else { 1 };
            let digit_at = |at: Option<usize>| {
                at.and_then(|at| hay.get(at))
                    .is_some_and(u8::is_ascii_digit)
            };
            hay.windows(form.len()).enumerate().any(|(at, window)| {
                window
                    .first()
                    .is_some_and(|byte| byte.eq_ignore_ascii_case(first))
                    && window.eq_ignore_ascii_case(form)
                    && !(digits
                        && (digit_at(at.checked_sub(step)) || digit_at(Some(at + form.len()))))
            })
        })
    }
}

/// Every file below a folder.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .flatten()
        {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// `file: name` for each secret found in a file below the folder.
pub fn find_in_folder(needles: &[Needle], folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in files_in(folder) {
        // A file may go while the browser tidies up.
        let Ok(bytes) = std::fs::read(&file) else {
            continue;
        };
        found.extend(
            needles
                .iter()
                .filter(|needle| needle.is_in(&bytes))
                .map(|needle| format!("{}: {}", file.display(), needle.name())),
        );
    }
    found
}
