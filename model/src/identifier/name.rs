//! Full names, made comparable.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::{Text, is_invisible, personal};

/// A full name as it is compared: NFKC, upper case, without titles, degrees and punctuation, single spaces.
///
/// Many people share a name: it identifies nobody by itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FullName(Text);

personal!(FullName);

/// Why a text is no full name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing was given.
    #[error("the name is empty")]
    Empty,
    /// There is no letter in it.
    #[error("the name has no letter in it")]
    NoLetter,
    /// It is over 120 characters.
    #[error("the name has more than {MAX_CHARS} characters")]
    TooLong,
}

/// The longest name that is read, in characters.
const MAX_CHARS: usize = 120;

/// Titles that stand before a name, without dots.
const BEFORE: [&str; 16] = [
    "DR", "DRA", "DRG", "DRH", "DRS", "H", "HJ", "IR", "KH", "NS", "APT", "PROF", "UST", "USTADZ",
    "HAJI", "HAJJAH",
];

/// Degrees that stand after a name, without dots.
#[rustfmt::skip]
const AFTER: [&str; 74] = [
    "AK", "AKS", "AMAK", "AMD", "AMDAK", "AMDKEB", "AMDKEP", "AMDKOM", "AMK", "AMKEB", "AMKEP", "AP", "APT", "BA", "BSC",
    "CA", "CFRA", "CPA", "DEA", "DIPLING", "IPM", "LLM", "MA", "MAK", "MBA", "MENG", "MH", "MHUM", "MIKOM", "MKEB", "MKEP",
    "MKES", "MKOM", "MM", "MP", "MPA", "MPD", "MPH", "MSC", "MSI", "MT", "MTI", "NERS", "PHD", "SAG", "SAK", "SAP", "SE",
    "SFARM", "SGZ", "SH", "SHI", "SHUM", "SI", "SIKOM", "SIP", "SKED", "SKEP", "SKG", "SKH", "SKM", "SKOM", "SP", "SPD",
    "SPI", "SPSI", "SPT", "SSI", "SSOS", "SST", "SSTP", "ST", "STP", "STR",
];

impl FullName {
    /// Reads a name as people write it, with or without titles and degrees.
    ///
    /// Degrees follow a comma by custom, so the first part between commas that holds a name is it. Without
    /// commas, known titles are taken off both ends; the last word left is never taken.
    ///
    /// # Errors
    /// A [`NameError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(NameError::Empty);
        }
        // Before, to bound the work; after, since normalising can lengthen.
        if text.chars().nth(MAX_CHARS).is_some() {
            return Err(NameError::TooLong);
        }
        let name = normalise(text);
        if name.chars().nth(MAX_CHARS).is_some() {
            return Err(NameError::TooLong);
        }
        if !name.chars().any(char::is_alphabetic) {
            return Err(NameError::NoLetter);
        }
        Ok(Self(name))
    }
}

fn normalise(text: &str) -> Text {
    let upper = compatible_upper(text);
    let parts = upper
        .split(',')
        .map(words)
        .filter(|words| !words.is_empty());
    let (mut first, mut name) = (None, None);
    for words in parts {
        let bare = without_titles(&words);
        let is_title = bare.len() == 1
            && bare
                .iter()
                .all(|word| BEFORE.contains(word) || AFTER.contains(word));
        let joined = Text(bare.join(" "));
        if !is_title {
            name = Some(joined);
            break;
        }
        first.get_or_insert(joined);
    }
    name.or(first).unwrap_or_else(|| Text(String::new()))
}

/// NFKC and upper case, both once more: the upper case of some letters is not normal itself.
fn compatible_upper(text: &str) -> Text {
    let visible = text.chars().filter(|&c| !is_invisible(c));
    let upper = Text::collect(visible.nfkc().flat_map(char::to_uppercase));
    Text::collect(upper.nfkc().flat_map(char::to_uppercase).nfkc())
}

/// The words of one part: apostrophes vanish (`NUR'AINI`), other punctuation separates (`M.YUSUF`), and
/// a degree written with dots (`S.KOM`) stays one word.
fn words(part: &str) -> Vec<Text> {
    let mut words = Vec::new();
    for raw in part.split_whitespace() {
        let raw = raw.chars();
        let raw = Text::collect(raw.filter(|c| !matches!(c, '\'' | '’' | '‘' | '`' | 'ʼ')));
        let compact = Text::collect(raw.chars().filter(|c| c.is_alphanumeric()));
        if BEFORE.contains(&&*compact) || AFTER.contains(&&*compact) {
            words.push(compact);
        } else {
            words.extend(
                raw.split(|c: char| !c.is_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .map(|word| Text(word.to_owned())),
            );
        }
    }
    words
}

/// Takes known titles off both ends, as long as a word is left.
fn without_titles(words: &[Text]) -> Vec<&str> {
    let mut words: Vec<&str> = words.iter().map(|word| &**word).collect();
    loop {
        match words.as_slice() {
            [title, _, ..] if BEFORE.contains(title) => {
                words.remove(0);
            }
            [.., _, degree] if AFTER.contains(degree) => {
                words.pop();
            }
            // "S. KOM": a degree in two words.
            [.., _, one, two]
                if one.chars().count() == 1
                    && two.chars().count() > 1
                    && AFTER.contains(&&*Text([*one, *two].concat())) =>
            {
                words.truncate(words.len() - 2);
            }
            _ => return words,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> String {
        FullName::parse(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn writings_of_one_name_are_equal() {
        for text in [
            "Joko Berani",
            " joko\u{a0} BERANI\u{200b} ",
            "Drs. Joko Berani, M.Si.",
            "Dr. Ir. H. Joko Berani, S.T., M.T., Ph.D",
            "H.JOKO BERANI S.Kom",
            "JOKO BERANI S. Kom.",
            "Dr., Joko Berani, SE",
            "Joko-Berani",
            "ｊｏｋｏ berani",
        ] {
            assert_eq!(name(text), "JOKO BERANI");
        }
        assert_eq!(name("Nur’aini"), "NURAINI");
        assert_eq!(name("M.Yusuf"), "M YUSUF");
        assert_eq!(name("Sumarni"), "SUMARNI");
    }

    #[test]
    fn a_name_is_never_taken_for_a_title_whole() {
        assert_eq!(name("Ma"), "MA");
        assert_eq!(name("Dr. Ma, S.E."), "MA");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(FullName::parse(" \u{feff}").unwrap_err(), NameError::Empty);
        assert_eq!(FullName::parse("123").unwrap_err(), NameError::NoLetter);
        assert_eq!(FullName::parse("?!").unwrap_err(), NameError::NoLetter);
        assert_eq!(
            FullName::parse(&"a".repeat(121)).unwrap_err(),
            NameError::TooLong
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = FullName::parse(&text);
        }

        #[test]
        fn is_idempotent(text in "([A-Za-zÀ-ž.,' -]|S\\.Kom|Dr\\. |, M\\.Si){1,30}") {
            if let Ok(once) = FullName::parse(&text) {
                prop_assert_eq!(&FullName::parse(once.as_str()).unwrap(), &once);
            }
        }
    }
}
