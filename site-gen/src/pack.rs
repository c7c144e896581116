//! What the site's files weigh on the wire: each text beside its compressed forms, made once.

use libdeflater::{CompressionLvl, Compressor};
use rayon::prelude::*;

use crate::{client::brotli, output::Artifact};

/// A file with its compressed forms.
pub struct Packed {
    /// The file.
    pub artifact: Artifact,
    /// Its brotli and gzip forms; none for what is compressed already, and where nobody asked.
    pub compressed: Option<Compressed>,
}

/// The compressed forms of a text.
pub struct Compressed {
    /// RFC 7932
    pub brotli: Vec<u8>,
    /// RFC 1952
    pub gzip: Vec<u8>,
}

/// Compresses every text, or (`compress` false) leaves all as it is.
pub fn pack(artifacts: Vec<Artifact>, compress: bool) -> Vec<Packed> {
    artifacts
        .into_par_iter()
        .map(|artifact| Packed {
            compressed: compress.then(|| compressed(&artifact)).flatten(),
            artifact,
        })
        .collect()
}

fn compressed(artifact: &Artifact) -> Option<Compressed> {
    let (_, extension) = artifact.path.rsplit_once('.')?;
    // Code is fetched by everyone and changes seldom: worth the slowest setting.
    let quality = match extension {
        "wasm" | "js" | "css" => 11,
        "html" | "svg" | "xml" | "txt" | "json" | "webmanifest" => 9,
        _ => return None,
    };
    Some(Compressed {
        brotli: brotli(&artifact.bytes, quality),
        gzip: gzip(&artifact.bytes)?,
    })
}

/// As small as gzip gets; without name and time, so that two builds are equal byte for byte.
pub fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut packed = vec![0; compressor.gzip_compress_bound(bytes.len())];
    // The bound holds whatever the bytes are.
    let length = compressor.gzip_compress(bytes, &mut packed).ok()?;
    packed.truncate(length);
    Some(packed)
}
