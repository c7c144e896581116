//! Words that mean the same to whoever searches: `content/bersama/sinonim.toml`.

use std::cell::RefCell;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{Source, Spanned},
    toml_table::{self, Table},
};

/// What searching knows of words.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// `[[kelompok]]`: the words and phrases of each group.
    pub groups: Vec<Vec<String>>,
    /// `abaikan`: words that say nothing in a question.
    pub ignored: Vec<String>,
}

/// Reads a `sinonim.toml`.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Synonyms {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let root = Table::root(source, 0, 0..0, &tree, &found);
    let ignored = words(&root, "abaikan", &found);
    let groups = root
        .tables("kelompok")
        .into_iter()
        .map(|table| group(table, &found))
        .collect();
    root.finish();
    diagnostics.extend(found.into_inner());
    Synonyms { groups, ignored }
}

fn group(table: Table<'_>, found: &RefCell<Diagnostics>) -> Vec<String> {
    let words = words(&table, "kata", found);
    if words.len() < 2 {
        let message = "a group needs two words that mean the same";
        table.report(
            "invalid-value",
            table.span(),
            message,
            "kata = [\"kata sandi\", \"password\"]",
        );
    }
    table.finish();
    words
}

/// A list of words, each once and none empty.
fn words(table: &Table<'_>, key: &'static str, found: &RefCell<Diagnostics>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mistake = |word: &Spanned<String>, message: String, hint: &str| {
        found
            .borrow_mut()
            .push(Diagnostic::of("invalid-value", word, message).hint(hint));
    };
    for word in table.texts(key) {
        let spelt = search::text::words(&word.value);
        if spelt.is_empty() {
            mistake(
                &word,
                format!("`{}` is no word", word.value),
                "write letters or digits, or remove it",
            );
        } else if words.contains(&word.value) {
            mistake(
                &word,
                format!("`{}` stands twice in this list", word.value),
                "remove one of the two",
            );
        } else {
            words.push(word.value);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceFile;

    fn read(text: &str) -> (Synonyms, String) {
        let file = SourceFile {
            path: "content/bersama/sinonim.toml".to_owned(),
            text: text.to_owned(),
        };
        let mut diagnostics = Diagnostics::default();
        let synonyms = parse(&Arc::new(file), &mut diagnostics);
        let told = if diagnostics.is_empty() {
            String::new()
        } else {
            diagnostics.render(false)
        };
        (synonyms, told)
    }

    #[test]
    fn groups_are_read() {
        let (synonyms, told) =
            read("abaikan = [\"apa\"]\n[[kelompok]]\nkata = [\"kata sandi\", \"password\"]\n");
        assert_eq!(told, "");
        assert_eq!(synonyms.ignored, ["apa"]);
        assert_eq!(synonyms.groups, [["kata sandi", "password"]]);
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, place, message) in [
            (
                "[[kelompok]]\nkata = [\"surel\"]\n",
                "sinonim.toml:1:",
                "a group needs two words",
            ),
            (
                "[[kelompok]]\nkata = [\"a\", \"–\", \"b\"]\n",
                "sinonim.toml:2:14",
                "`–` is no word",
            ),
            (
                "abaikan = [\"apa\", \"apa\"]\n",
                "sinonim.toml:1:19",
                "stands twice",
            ),
            ("kelompok = 5\n", "sinonim.toml:1:12", "a list of tables"),
            ("kata = []\n", "sinonim.toml:1:1", "kata"),
        ] {
            let (_, told) = read(text);
            assert!(
                told.contains(place) && told.contains(message),
                "{text}\n{told}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            read(&text);
        }
    }
}
