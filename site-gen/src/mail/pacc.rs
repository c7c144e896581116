//! PACC (draft-ietf-mailmaint-pacc, an Internet-Draft: experimental): hosts as JSON, whose digest stands in DNS.
//!
//! It names hosts only: programs take 993 and 465, encrypted from the first byte, which the profile has made sure of.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::mail::Servers;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Setup;

pub(super) fn text(setup: Setup<'_>, servers: &Servers) -> String {
    let config = json!({
        "protocols": {
            "imap": { "host": servers.imap.host().as_str() },
            "smtp": { "host": servers.smtp.host().as_str() },
        },
        "authentication": { "password": true },
        "info": {
            "provider": { "name": setup.name(60), "shortName": setup.name(20) },
            "help": { "documentation": setup.home() },
        },
    });
    format!("{config:#}\n")
}

/// The TXT record that vouches for the file, byte for byte.
pub(super) fn digest(text: &str) -> String {
    let digest = STANDARD.encode(Sha256::digest(text));
    format!("v=UAAC1; a=sha256; d={digest}")
}
