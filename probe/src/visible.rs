//! What a peer said, fit to be printed: one short line without control characters and without anybody's address.

/// Longest text of a peer that is printed, in characters.
const LONGEST: usize = 90;

/// A peer's text as it may be printed.
pub(crate) fn shown(text: &str) -> String {
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| {
            if word.contains('@') {
                "[address]"
            } else {
                word
            }
        });
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_line_without_addresses() {
        assert_eq!(
            shown("220 mail ESMTP\u{1b}[31m\r\n by <joni@contoh.go.id>; hello"),
            "220 mail ESMTP [31m by [address] hello"
        );
        assert_eq!(shown(&"a".repeat(91)), format!("{} …", "a".repeat(90)));
    }

    proptest! {
        #[test]
        fn is_always_fit(text in ".*") {
            let line = shown(&text);
            prop_assert!(!line.contains('@') && !line.contains(char::is_control));
            prop_assert!(line.chars().count() <= LONGEST + 2);
        }
    }
}
