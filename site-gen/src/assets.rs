//! Files that pages load: named after their content (SHA-256), so that they can be cached for ever,
//! and referred to with an integrity hash, so that nothing else can be put in their place.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use base64::{Engine, engine::general_purpose::STANDARD};

/// A file under `assets/`.
#[derive(Debug)]
pub struct Asset {
    /// Site path: `assets/site-JSWmDYqc.css`.
    pub path: String,
    /// For the `integrity` attribute: `sha256-…`.
    pub integrity: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// The assets of a site, by the names that templates use.
#[derive(Debug, Default)]
pub struct Assets(BTreeMap<String, Asset>);

impl Assets {
    /// Adds a file under the name by which templates ask for it.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        // As the integrity hash beside the name begins: what is written twice compresses well.
        let integrity = integrity(&bytes);
        let letters = integrity.chars().skip("sha256-".len());
        let hash: String = letters
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect();
        let file = name.rsplit('/').next().unwrap_or(name);
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "bin"));
        let path = format!("assets/{stem}-{hash}.{extension}");
        self.0.insert(
            name.to_owned(),
            Asset {
                path,
                integrity,
                bytes,
            },
        );
    }

    /// The asset of this name.
    pub fn get(&self, name: &str) -> Option<&Asset> {
        self.0.get(name)
    }

    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Every asset.
    pub fn iter(&self) -> impl Iterator<Item = &Asset> {
        self.0.values()
    }
}

/// The hash of a file or inline text as integrity attributes and policies write it (SRI, CSP 3): `sha256-…`.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(bytes)))
}
