//! Words of a text, in one spelling: small letters, `v` as `f` (aktivasi, aktifasi), doubled consonants once
//! (password, pasword), repetition once (surat-surat, surat2).

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// In one spelling.
    pub folded: String,
    /// First byte in the text.
    pub start: usize,
    /// Byte after its last.
    pub end: usize,
}

/// The words of a text, in their order.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (joins(letter), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                hyphenated(text, from, at, &mut words);
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// True for what a word, or one joined by hyphens, is made of.
fn joins(letter: char) -> bool {
    letter == '-' || in_word(letter)
}

fn in_word(letter: char) -> bool {
    // Latin punctuation, and the general one: quotes, dashes, arrows.
    let punctuation =
        ('\u{80}'..='\u{bf}').contains(&letter) || ('\u{2000}'..='\u{2fff}').contains(&letter);
    letter.is_ascii_alphanumeric() || !(letter.is_ascii() || punctuation)
}

/// `e-mail` is one word, `surat-surat` is `surat`, and `set-passphrase` is two.
fn hyphenated(text: &str, start: usize, end: usize, words: &mut Vec<Word>) {
    let mut at = start;
    let mut pending: Option<Word> = None;
    for part in text.get(start..end).unwrap_or_default().split('-') {
        let (from, to) = (at, at + part.len());
        at = to + 1;
        if part.is_empty() {
            continue;
        }
        let word = Word {
            folded: fold(part),
            start: from,
            end: to,
        };
        pending = Some(match pending.take() {
            None => word,
            Some(before) if before.folded.len() == 1 => Word {
                folded: before.folded + &word.folded,
                start: before.start,
                end: to,
            },
            Some(before) if word.folded.starts_with(&before.folded) => Word {
                start: before.start,
                ..word
            },
            Some(before) if before.folded.ends_with(&word.folded) => Word { end: to, ..before },
            Some(before) => {
                words.push(before);
                word
            }
        });
    }
    words.extend(pending);
}

/// A word in the spelling in which all are compared.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars() {
        let letter = match letter.to_ascii_lowercase() {
            'v' => 'f',
            other => other,
        };
        // Kept double: vowels (diisi), digits, and g and n, which end prefixes (menggunakan, pennyata).
        let once = letter.is_ascii_lowercase()
            && !matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'g' | 'n');
        // Not what an abbreviation begins with: TTE, SSL.
        if !(once && folded.len() >= 2 && folded.ends_with(letter)) {
            folded.push(letter);
        }
    }
    // `surat2`: written so for `surat-surat`. `mp3` and `s1` are names.
    match folded.strip_suffix('2') {
        Some(word) if word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            word.to_owned()
        }
        _ => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn words_are_found_in_one_spelling() {
        assert_eq!(of("Aktivasi TTE, \"lupa\"…"), ["aktifasi", "tte", "lupa"]);
        assert_eq!(of("e-mail E-Mail"), ["email", "email"]);
        assert_eq!(
            of("surat-surat langkah-langkahnya berulang-ulang surat2"),
            ["surat", "langkahnya", "berulang", "surat"]
        );
        assert_eq!(
            of("imap.dinas.go.id:993"),
            ["imap", "dinas", "go", "id", "993"]
        );
        assert_eq!(
            of("password masukkan diisi menggunakan"),
            ["pasword", "masukan", "diisi", "menggunakan"]
        );
        assert_eq!(of("— · -- "), [""; 0]);
        assert_eq!(of("mx-1 s1"), ["mx", "1", "s1"]);
    }

    proptest! {
        #[test]
        fn places_are_in_the_text_and_in_order(text in ".{0,80}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(last <= word.start && word.start < word.end);
                prop_assert!(text.get(word.start..word.end).is_some());
                prop_assert!(!word.folded.is_empty());
                last = word.end;
            }
        }
    }
}
