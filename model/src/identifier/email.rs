//! Official mail addresses.

use thiserror::Error;

use super::{Text, is_invisible, personal};

/// A valid official address: lower case, its domain one of the agency's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(Text);

personal!(EmailAddress);

/// Why a text is no official mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailError {
    /// Nothing was given.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`.
    #[error("the address has no @")]
    MissingAt,
    /// There is more than one `@`.
    #[error("the address has more than one @")]
    SeveralAt,
    /// A space stands within.
    #[error("the address has a space in it")]
    Space,
    /// What stands before the `@` is empty, over 64 characters, or has characters or dots that cannot stand there.
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// It is not in one of the agency's domains.
    #[error("the address is in another domain than the agency's")]
    ForeignDomain,
}

impl EmailAddress {
    /// Reads an address as people write it; its domain must be one of `domains` (lower case).
    ///
    /// The part before the `@` is a dot-atom of at most 64 characters (RFC 5322, 3.2.3; RFC 5321, 4.5.3.1.1).
    ///
    /// # Errors
    /// An [`EmailError`] that says what is wrong.
    pub fn parse<D: AsRef<str>>(text: &str, domains: &[D]) -> Result<Self, EmailError> {
        let visible = Text::collect(text.chars().filter(|&c| !is_invisible(c)));
        let address = Text::collect(visible.trim().chars().map(|c| c.to_ascii_lowercase()));
        if address.is_empty() {
            return Err(EmailError::Empty);
        }
        if address.contains(char::is_whitespace) {
            return Err(EmailError::Space);
        }
        let (local, domain) = address.split_once('@').ok_or(EmailError::MissingAt)?;
        if domain.contains('@') {
            return Err(EmailError::SeveralAt);
        }
        if !is_dot_atom(local) {
            return Err(EmailError::LocalPart);
        }
        if !domains.iter().any(|known| known.as_ref() == domain) {
            return Err(EmailError::ForeignDomain);
        }
        Ok(Self(address))
    }
}

/// A valid address with all but the first and last character before the `@` hidden: `j•••i@jakarta.go.id`.
/// Always three dots, so that the length stays hidden too.
pub fn mask_address(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or_default();
    let (first, last) = (local.chars().next(), local.chars().next_back());
    first
        .into_iter()
        .chain("•••".chars())
        .chain(last)
        .chain(['@'])
        .chain(domain.chars())
        .collect()
}

fn is_dot_atom(local: &str) -> bool {
    const SIGNS: &str = "!#$%&'*+/=?^_`{|}~-";
    local.len() <= 64
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || SIGNS.contains(c))
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const DOMAINS: [&str; 2] = ["jakarta.go.id", "contoh.go.id"];

    fn error(text: &str) -> EmailError {
        EmailAddress::parse(text, &DOMAINS).unwrap_err()
    }

    #[test]
    fn reads_what_people_write() {
        for text in [
            "jokoberani.p3k@jakarta.go.id",
            "  JokoBerani.P3K@Jakarta.go.id\u{a0}",
            "\u{feff}jokoberani.p3k@jakarta\u{200b}.go.id",
        ] {
            assert_eq!(
                EmailAddress::parse(text, &DOMAINS).unwrap().as_str(),
                "jokoberani.p3k@jakarta.go.id"
            );
        }
        assert!(EmailAddress::parse("jokoberani.000050390@contoh.go.id", &DOMAINS).is_ok());
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(error(" \u{a0}"), EmailError::Empty);
        assert_eq!(error("joni"), EmailError::MissingAt);
        assert_eq!(error("joni@@jakarta.go.id"), EmailError::SeveralAt);
        assert_eq!(error("joni berani@jakarta.go.id"), EmailError::Space);
        for local in [
            "",
            ".joni",
            "joni.",
            "jo..ni",
            "joñi",
            "jo,ni",
            &"j".repeat(65),
        ] {
            assert_eq!(
                error(&format!("{local}@jakarta.go.id")),
                EmailError::LocalPart
            );
        }
        for domain in ["gmail.com", "email.jakarta.go.id", "jakarta.go.id.", ""] {
            assert_eq!(error(&format!("joni@{domain}")), EmailError::ForeignDomain);
        }
    }

    #[test]
    fn masks_all_lengths_alike() {
        let masked = |text| mask_address(EmailAddress::parse(text, &DOMAINS).unwrap().as_str());
        assert_eq!(masked("joni@jakarta.go.id"), "j•••i@jakarta.go.id");
        assert_eq!(
            masked("jokowaliberani@jakarta.go.id"),
            "j•••i@jakarta.go.id"
        );
        assert_eq!(masked("j@jakarta.go.id"), "j•••j@jakarta.go.id");
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = (EmailAddress::parse(&text, &DOMAINS), mask_address(&text));
        }

        #[test]
        fn is_idempotent(text in " ?[a-zA-Z0-9+'-]{1,20}(\\.[A-Za-z0-9_]{1,9})?@(jakarta|Contoh)\\.go\\.id\u{a0}?") {
            let once = EmailAddress::parse(&text, &DOMAINS).unwrap();
            prop_assert_eq!(&EmailAddress::parse(once.as_str(), &DOMAINS).unwrap(), &once);
        }
    }
}
