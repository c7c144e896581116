//! The index as a file: lines of texts, fields apart by tabs. What its first field says a line holds:
//!
//! ```text
//! pandu-cari  1
//! =   kata sandi  password         words that mean the same
//! -   bagaimana   cara             words that say nothing in a question
//! P   email/outlook/  Pasang …  Outlook  Email  Pasang dan pakai …     a page (T: one that only leads on)
//! #   langkah  Langkah  Buka …     its passages: anchor, text, what follows it
//! ```

use thiserror::Error;

/// What the first line must say.
const HEADER: &str = "pandu-cari\t1";

/// All that is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Words and phrases that mean the same, group by group.
    pub synonyms: Vec<Vec<String>>,
    /// Words that say nothing in a question: "bagaimana", "cara".
    pub ignored: Vec<String>,
    /// The pages.
    pub pages: Vec<Page>,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path from the agency's home: `email/outlook/`.
    pub url: String,
    /// Title.
    pub title: String,
    /// Title where room is short.
    pub short: String,
    /// The topic it stands in; may be empty.
    pub topic: String,
    /// One sentence.
    pub summary: String,
    /// True where it only leads on to others.
    pub leads_on: bool,
    /// In reading order.
    pub passages: Vec<Passage>,
}

/// A piece of a page to which one can jump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// What it is.
    pub kind: Kind,
    /// Its anchor.
    pub anchor: String,
    /// Its text.
    pub text: String,
    /// What explains it; may be empty.
    pub more: String,
}

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A heading, with the first words of its section.
    Heading,
    /// A symptom, with cause and first fix.
    Problem,
    /// A status, with its meaning.
    Status,
    /// A choice.
    Choice,
    /// A step, with what helps to do it.
    Step,
    /// What to enter where.
    Setting,
    /// Whom to ask, with the ways to reach them.
    Contact,
}

impl Kind {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Heading, "#"),
        (Self::Problem, "!"),
        (Self::Status, "*"),
        (Self::Choice, "?"),
        (Self::Step, "."),
        (Self::Setting, ":"),
        (Self::Contact, "@"),
    ];
}

/// Why a text is no index.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line} of the search index {problem}; build the site again")]
pub struct Unreadable {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Index {
    /// The index as a file.
    pub fn write(&self) -> String {
        let mut file = HEADER.to_owned() + "\n";
        for group in &self.synonyms {
            line(&mut file, "=", group.iter().map(String::as_str));
        }
        if !self.ignored.is_empty() {
            line(&mut file, "-", self.ignored.iter().map(String::as_str));
        }
        for page in &self.pages {
            let sign = if page.leads_on { "T" } else { "P" };
            line(
                &mut file,
                sign,
                [
                    &*page.url,
                    &page.title,
                    &page.short,
                    &page.topic,
                    &page.summary,
                ],
            );
            for passage in &page.passages {
                let sign = Kind::ALL.iter().find(|(kind, _)| *kind == passage.kind);
                let sign = sign.map_or("", |(_, sign)| sign);
                line(
                    &mut file,
                    sign,
                    [&*passage.anchor, &passage.text, &passage.more],
                );
            }
        }
        file
    }

    /// Reads what [`Index::write`] wrote.
    ///
    /// # Errors
    /// The first line that no index holds.
    pub fn read(file: &str) -> Result<Self, Unreadable> {
        let mut lines = file.lines().zip(1..);
        if lines.next().map(|(line, _)| line) != Some(HEADER) {
            return Err(Unreadable {
                line: 1,
                problem: "is not the first of an index of this version",
            });
        }
        let mut index = Self::default();
        for (text, line) in lines {
            let wrong = |problem| Unreadable { line, problem };
            let mut fields = text.split('\t').map(str::to_owned);
            let sign = fields.next().unwrap_or_default();
            match sign.as_str() {
                "=" => index.synonyms.push(fields.collect()),
                "-" => index.ignored.extend(fields),
                "P" | "T" => {
                    let (Some(url), Some(title), Some(short), Some(topic), Some(summary), None) = (
                        fields.next(),
                        fields.next(),
                        fields.next(),
                        fields.next(),
                        fields.next(),
                        fields.next(),
                    ) else {
                        return Err(wrong("is a page without five fields"));
                    };
                    let leads_on = sign == "T";
                    index.pages.push(Page {
                        url,
                        title,
                        short,
                        topic,
                        summary,
                        leads_on,
                        passages: Vec::new(),
                    });
                }
                sign => {
                    let kind = Kind::ALL.iter().find(|(_, known)| *known == sign);
                    let (Some((kind, _)), Some(page)) = (kind, index.pages.last_mut()) else {
                        return Err(wrong("begins with no known sign, or belongs to no page"));
                    };
                    let (Some(anchor), Some(text), Some(more), None) =
                        (fields.next(), fields.next(), fields.next(), fields.next())
                    else {
                        return Err(wrong("is a passage without three fields"));
                    };
                    page.passages.push(Passage {
                        kind: *kind,
                        anchor,
                        text,
                        more,
                    });
                }
            }
        }
        Ok(index)
    }
}

/// Writes a line; any white space in a field becomes one space.
fn line<'a>(file: &mut String, sign: &str, fields: impl IntoIterator<Item = &'a str>) {
    file.push_str(sign);
    for field in fields {
        file.push('\t');
        for (at, word) in field.split_whitespace().enumerate() {
            if at > 0 {
                file.push(' ');
            }
            file.push_str(word);
        }
    }
    file.push('\n');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        // One line, single spaces: so it is written.
        "[a-zé#=.!-]{0,6}( [a-z]{1,4}){0,2}".prop_map(|text| text.trim().to_owned())
    }

    fn passage() -> impl Strategy<Value = Passage> {
        let kind = prop::sample::select(Kind::ALL.map(|(kind, _)| kind).to_vec());
        (kind, text(), text(), text()).prop_map(|(kind, anchor, text, more)| Passage {
            kind,
            anchor,
            text,
            more,
        })
    }

    fn page() -> impl Strategy<Value = Page> {
        let texts = (text(), text(), text(), text(), text());
        (texts, any::<bool>(), prop::collection::vec(passage(), 0..3)).prop_map(
            |((url, title, short, topic, summary), leads_on, passages)| Page {
                url,
                title,
                short,
                topic,
                summary,
                leads_on,
                passages,
            },
        )
    }

    #[test]
    fn a_line_that_is_none_is_told() {
        for (file, line) in [
            ("", 1),
            ("pandu-cari\t2\n", 1),
            ("pandu-cari\t1\nP\ta\n", 2),
            ("pandu-cari\t1\n#\ta\tb\tc\n", 2),
            ("pandu-cari\t1\nP\ta\tb\tc\td\te\n#\ta\n", 3),
            ("pandu-cari\t1\nP\ta\tb\tc\td\te\nX\ta\tb\tc\n", 3),
        ] {
            assert_eq!(Index::read(file).unwrap_err().line, line, "{file:?}");
        }
    }

    #[test]
    fn white_space_does_not_break_lines() {
        let mut index = Index {
            synonyms: vec![vec!["a\tb\n c".to_owned()]],
            ..Index::default()
        };
        let read = Index::read(&index.write()).unwrap();
        index.synonyms = vec![vec!["a b c".to_owned()]];
        assert_eq!(read, index);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            pages in prop::collection::vec(page(), 0..3),
            synonyms in prop::collection::vec(prop::collection::vec(text(), 1..3), 0..3),
            ignored in prop::collection::vec(text(), 0..3),
        ) {
            let index = Index { synonyms, ignored, pages };
            prop_assert_eq!(Index::read(&index.write()), Ok(index));
        }

        #[test]
        fn any_text_is_an_index_or_none(lines in prop::collection::vec("[PT#=.!:@-]?\t?.{0,12}\t?.{0,5}\t.{0,3}\t\t?\t?", 0..6)) {
            let file = format!("{HEADER}\n{}", lines.join("\n"));
            if let Ok(index) = Index::read(&file) {
                let _ = index.write();
            }
        }
    }
}
