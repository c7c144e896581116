//! Text → the form that stands in an address or anchor.

/// Lower-case ASCII letters, digits and single hyphens: `Surat masuk (IMAP)` → `surat-masuk-imap`.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn makes_anchors() {
        assert_eq!(
            super::slug("  Surat masuk (IMAP) — 993 "),
            "surat-masuk-imap-993"
        );
        assert_eq!(super::slug("…"), "");
    }
}
