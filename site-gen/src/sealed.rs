//! Islands in sealed frames: what is typed there must not leave the page.
//!
//! Each stands in a document of its own within the page (`sandbox`, `srcdoc`), without origin and network, whose policy
//! allows nothing but its one script and its one style, both named by their hash. The page hands it its program.

use std::collections::BTreeMap;

use minijinja::context;

use crate::{
    assets::integrity,
    html::safe,
    profile::Profile,
    site::Agency,
    theme::{TemplateError, Theme},
};

/// Which island.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sealed {
    /// Uji Passphrase.
    Passphrase,
    /// The code for Thunderbird, made from an address.
    Thunderbird,
}

impl Sealed {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Passphrase, Self::Thunderbird];

    /// The block that authors write; its component has the form in `frame.html`.
    pub const fn block(self) -> &'static str {
        match self {
            Self::Passphrase => "uji-passphrase",
            Self::Thunderbird => "kode-thunderbird",
        }
    }

    /// Its program in `web-app`, which names its asset too.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::Thunderbird => "kode",
        }
    }

    /// The frame's name, for screen readers.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Passphrase => "Uji Passphrase",
            Self::Thunderbird => "Kode QR untuk Thunderbird",
        }
    }

    /// The theme's stylesheet of the frame.
    pub fn stylesheet(self) -> String {
        format!("{STYLES}{}.css", self.program())
    }

    /// True where the agency's profile has what it needs.
    pub fn is_offered(self, profile: &Profile) -> bool {
        match self {
            Self::Passphrase => profile.has_passphrase,
            Self::Thunderbird => profile.mail.servers.is_some(),
        }
    }
}

/// How the names of the frames' stylesheets begin.
pub const STYLES: &str = "frame-";

/// An agency's frames.
pub type Frames = BTreeMap<Sealed, Frame>;

/// The document inside a frame.
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
        sealed: Sealed,
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
            agency => agency.profile.facts.root(), block => sealed.block(), title => sealed.title(), csp,
            style => safe(style.to_owned()), script => safe(script)
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
