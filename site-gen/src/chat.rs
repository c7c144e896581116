//! A guide as WhatsApp messages, for those who share it and those who never open it: a pure function from its tree to texts.
//!
//! WhatsApp knows `*bold*` and `_italics_`, each from the edge of a word; lists and numbers are plain text. What only makes sense
//! on the page (plots, letters, checkers) is left to the address at the end. A guide that is longer than a message goes on in
//! the next one, between two steps.

use crate::{
    markdown::ast::{Block, BlockKind, FieldKind, Inline, Item, Named, NamedBlock, Table, plain},
    page::canonical,
    site::{Agency, Page, Site, Target},
};

/// Length of a message in UTF-16 units: the `text.body` of WhatsApp's Cloud API, the shortest of its limits (the app itself takes
/// 65,536), so that a service desk's gateway can send it too.
const MESSAGE: usize = 4096;
/// What the number in a message's title and the word that it goes on may take of it.
const AROUND: usize = 64;

/// The name of a message's file beside its guide; the first is number 1.
pub fn file(number: usize) -> String {
    match number {
        1 => "chat.txt".to_owned(),
        more => format!("chat-{more}.txt"),
    }
}

/// A guide as messages, most often one; the last ends with its address.
pub fn messages(site: &Site, agency: &Agency, page: &Page) -> Vec<String> {
    let front = &page.front;
    let mut chat = Chat {
        agency,
        page,
        paragraphs: vec![vec![front.summary.value.clone()]],
        heading: None,
    };
    let needed = front
        .needed
        .iter()
        .map(|need| format!("- {}", chat.run(need)));
    let needed = titled("*Siapkan*", needed.collect());
    if !needed.is_empty() {
        chat.paragraphs.push(needed);
    }
    chat.blocks(&page.blocks);
    let address = canonical(site, &page.url);
    chat.paragraphs
        .push(vec![format!("Selengkapnya: {address}")]);
    split(&front.title.value, &chat.paragraphs)
}

/// Paragraphs, each of pieces that stay whole where they can, as messages below their title.
fn split(title: &str, paragraphs: &[Vec<String>]) -> Vec<String> {
    let whole: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| paragraph.join("\n"))
        .collect();
    let message = format!("*{title}*\n{}\n", whole.join("\n\n"));
    if units(&message) <= MESSAGE {
        return vec![message];
    }
    let room = MESSAGE.saturating_sub(units(title) + AROUND).max(AROUND);
    let mut bodies = vec![String::new()];
    for (paragraph, whole) in paragraphs.iter().zip(&whole) {
        // A card of four settings is not torn apart for the sake of its last.
        let short = units(whole) <= room / 2;
        let pieces = if short {
            std::slice::from_ref(whole)
        } else {
            paragraph
        };
        for (index, piece) in pieces.iter().enumerate() {
            let gap = if index == 0 { "\n\n" } else { "\n" };
            for (index, part) in cut(piece, room).into_iter().enumerate() {
                let gap = if index == 0 { gap } else { "\n" };
                match bodies.last_mut() {
                    Some(body) if body.is_empty() => body.push_str(part),
                    Some(body) if units(body) + gap.len() + units(part) <= room => {
                        body.push_str(gap);
                        body.push_str(part);
                    }
                    _ => bodies.push(part.to_owned()),
                }
            }
        }
    }
    let of = bodies.len();
    let numbered = |(number, body): (usize, String)| {
        let on = if number < of {
            format!("\n\n_Lanjut ke pesan {}._", number + 1)
        } else {
            String::new()
        };
        format!("*{title} ({number}/{of})*\n{body}{on}\n")
    };
    (1..).zip(bodies).map(numbered).collect()
}

/// A piece that is longer than a message, in parts that are not: at the end of a line, else of a word, else anywhere.
fn cut(piece: &str, room: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = piece;
    while units(rest) > room {
        let mut used = 0;
        let fits = rest.char_indices().find(|(_, char)| {
            used += char.len_utf16();
            used > room
        });
        let (fitting, _) = rest.split_at(fits.map_or(rest.len(), |(at, _)| at));
        let end = fitting
            .rfind('\n')
            .or_else(|| fitting.rfind(' '))
            .filter(|at| *at > 0)
            .unwrap_or(fitting.len());
        let (part, more) = rest.split_at(end);
        parts.push(part);
        rest = more.trim_start_matches(['\n', ' ']);
    }
    parts.push(rest);
    parts
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A title stays with the first of what it stands above; nothing stands below none.
fn titled(title: &str, mut pieces: Vec<String>) -> Vec<String> {
    if let Some(first) = pieces.first_mut() {
        first.insert_str(0, &format!("{title}\n"));
    }
    pieces
}

struct Chat<'a> {
    agency: &'a Agency,
    page: &'a Page,
    /// Parts of the text, an empty line between two; each of pieces that stay whole, a line or more.
    paragraphs: Vec<Vec<String>>,
    /// The last heading, until something follows it.
    heading: Option<String>,
}

impl Chat<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match &block.kind {
                BlockKind::Heading(heading) => {
                    self.heading = Some(format!("*{}*", plain(&heading.content)));
                }
                kind => {
                    let pieces = self.pieces(kind);
                    self.push(pieces);
                }
            }
        }
    }

    /// A heading stands right above what follows it, and is left out with it (a letter, a plot).
    fn push(&mut self, pieces: Vec<String>) {
        let heading = self.heading.take();
        if !pieces.is_empty() {
            self.paragraphs.push(match heading {
                Some(heading) => titled(&heading, pieces),
                None => pieces,
            });
        }
    }

    /// A block of CommonMark as pieces: steps, items, rows.
    fn pieces(&self, kind: &BlockKind) -> Vec<String> {
        match kind {
            BlockKind::Heading(heading) => vec![format!("*{}*", plain(&heading.content))],
            BlockKind::Paragraph(content) => vec![self.run(content)],
            BlockKind::List { start, items } => self.list(*start, items),
            BlockKind::Table(table) => self.table(table),
            BlockKind::Code { text, .. } => vec![text.trim_end().to_owned()],
            BlockKind::Quote(blocks) => self.inner(blocks),
            BlockKind::Named(named) => self.named(named),
            BlockKind::Rule | BlockKind::Patch(_) => Vec::new(),
        }
    }

    fn inner(&self, blocks: &[Block]) -> Vec<String> {
        blocks
            .iter()
            .flat_map(|block| self.pieces(&block.kind))
            .collect()
    }

    fn list(&self, start: Option<u64>, items: &[Item]) -> Vec<String> {
        let mut pieces = Vec::new();
        for (number, item) in (start.unwrap_or(1)..).zip(items) {
            let mark = match start {
                Some(_) => format!("{number}. "),
                None => "- ".to_owned(),
            };
            pieces.push(numbered(&mark, &self.inner(&item.blocks)));
        }
        pieces
    }

    fn table(&self, table: &Table) -> Vec<String> {
        let head: Vec<String> = table.head.iter().map(|cell| plain(&cell.content)).collect();
        let mut pieces = Vec::new();
        for row in &table.rows {
            let mut cells = row.iter().map(|cell| self.run(&cell.content));
            let first = cells.next().unwrap_or_default();
            let rest: Vec<String> = head
                .iter()
                .skip(1)
                .zip(cells)
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            pieces.push(format!("- {first}: {}", rest.join("; ")));
        }
        pieces
    }

    fn named(&self, named: &NamedBlock) -> Vec<String> {
        let mut pieces = Vec::new();
        let title = plain(&named.title);
        match &named.content {
            Named::Steps(steps) => {
                for (number, step) in (1..).zip(steps) {
                    let mut content = vec![self.run(&step.title)];
                    content.extend(self.inner(&step.body));
                    pieces.push(numbered(&format!("{number}. "), &content));
                }
            }
            Named::Settings(settings) => {
                for setting in settings {
                    pieces.push(format!("{}: {}", setting.label, self.run(&setting.value)));
                }
            }
            Named::Choice(choices) => {
                for choice in choices {
                    let title = format!("*{}*", plain(&choice.title));
                    pieces.extend(titled(&title, self.inner(&choice.body)));
                }
            }
            Named::Alert(body) => pieces.extend(self.inner(body)),
            Named::Statuses(kind) => {
                for status in self.agency.statuses.of(*kind) {
                    let (title, step) = (plain(&status.title.value), self.run(&status.step.value));
                    pieces.push(format!("- {title}: {step}"));
                }
            }
            Named::Cards(cards) => {
                for card in cards {
                    pieces.push(format!("- {}", plain(&card.title)));
                }
            }
            Named::Screen(fields) => {
                for field in fields {
                    let (label, note) = (self.run(&field.label), self.run(&field.note));
                    let value = match field.kind() {
                        FieldKind::Input => self.run(&field.value),
                        _ => String::new(), // a word that says how the field looks
                    };
                    let said: Vec<String> = [value, note]
                        .into_iter()
                        .filter(|words| !words.is_empty())
                        .collect();
                    let said = said.join(". ");
                    let colon = if said.is_empty() { "" } else { ": " };
                    pieces.push(format!("- {label}{colon}{said}"));
                }
            }
            // A note is the trainer's; the rest needs the page.
            Named::Note(_)
            | Named::Contact(_)
            | Named::Problems(_)
            | Named::Finder
            | Named::ControlSheet
            | Named::SetupFile(_)
            | Named::DnsRecords
            | Named::PracticeCards
            | Named::Rehearsal(_)
            | Named::Form(_)
            | Named::Chart { .. }
            | Named::Island(..) => return pieces,
        }
        if title.is_empty() {
            return pieces;
        }
        titled(&format!("*{title}*"), pieces)
    }

    /// Running text, as WhatsApp marks it.
    fn run(&self, content: &[Inline]) -> String {
        let mut text = String::new();
        for inline in content {
            match inline {
                Inline::Strong(content) => marked('*', &self.run(content), &mut text),
                Inline::Emphasis(content) => marked('_', &self.run(content), &mut text),
                Inline::Link { target, content } => {
                    let words = self.run(content);
                    text.push_str(&words);
                    // Another site's address can't be guessed; pages of this one are found by the one at the end.
                    if let Ok(Target::External(url)) = self.agency.link(Some(self.page), target)
                        && url.starts_with("http")
                        && !url.contains(words.as_str())
                    {
                        text.push_str(&format!(" ({url})"));
                    }
                }
                Inline::SoftBreak => text.push(' '),
                Inline::HardBreak => text.push('\n'),
                other => text.push_str(&plain(std::slice::from_ref(other))),
            }
        }
        text
    }
}

/// Puts `mark` before the first line and as much room before the others: one piece.
fn numbered(mark: &str, content: &[String]) -> String {
    let lines = content.iter().flat_map(|text| text.lines());
    let lines: Vec<String> = lines
        .enumerate()
        .map(|(index, line)| format!("{}{line}", if index == 0 { mark } else { "   " }))
        .collect();
    lines.join("\n")
}

/// Marks need words at both edges, and must not stand inside each other's like.
fn marked(mark: char, words: &str, text: &mut String) {
    let inner: String = words.chars().filter(|c| *c != mark).collect();
    let trimmed = inner.trim();
    if trimmed.is_empty() {
        text.push_str(&inner);
        return;
    }
    text.push(mark);
    text.push_str(trimmed);
    text.push(mark);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_is_one_message() {
        let paragraphs = [
            vec!["Ringkas.".to_owned()],
            vec!["1. Satu".to_owned(), "2. Dua".to_owned()],
        ];
        assert_eq!(
            split("Judul", &paragraphs),
            ["*Judul*\nRingkas.\n\n1. Satu\n2. Dua\n"]
        );
    }

    #[test]
    fn a_card_stays_whole_and_steps_are_parted_between_two() {
        let steps: Vec<String> = (1..=40)
            .map(|n| format!("{n}. {}", "kata ".repeat(30).trim_end()))
            .collect();
        let card = vec![
            "Server: imap.contoh.go.id\n".repeat(10),
            "Port: 993".to_owned(),
        ];
        let messages = split("Judul", &[steps.clone(), card.clone()]);
        assert_eq!(messages.len(), 2);
        let lines: Vec<&str> = messages
            .iter()
            .flat_map(|message| message.lines())
            .collect();
        for step in &steps {
            assert!(lines.contains(&step.as_str()), "{step}");
        }
        assert!(
            messages
                .iter()
                .any(|message| message.contains(&card.join("\n")))
        );
    }

    proptest! {
        #[test]
        fn no_message_is_too_long_and_no_word_is_lost(
            paragraphs in prop::collection::vec(prop::collection::vec("[a-z😀]{1,9}( [a-z😀]{1,9}){0,400}", 1..9), 1..9),
        ) {
            let messages = split("Judul", &paragraphs);
            let mut words: Vec<&str> = Vec::new();
            for message in &messages {
                prop_assert!(units(message) <= MESSAGE, "{}", units(message));
                let (_title, body) = message.split_once('\n').unwrap_or_default();
                let body = body.trim_end();
                let body = body.split_once("\n\n_Lanjut").map_or(body, |(body, _)| body);
                words.extend(body.split_whitespace());
            }
            let asked: Vec<&str> = paragraphs.iter().flatten().flat_map(|piece| piece.split_whitespace()).collect();
            prop_assert_eq!(words, asked);
        }

        #[test]
        fn one_endless_word_is_cut_and_kept(word in "[a-z😀]{5000,9000}") {
            let parts = cut(&word, 100);
            prop_assert!(parts.iter().all(|part| units(part) <= 100));
            prop_assert_eq!(parts.concat(), word);
        }
    }
}
