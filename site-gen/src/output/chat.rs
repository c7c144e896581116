//! `chat.txt` beside each guide: the guide as a WhatsApp message, for those who share it and those who never open it.
//!
//! WhatsApp knows `*bold*` and `_italics_`, each from the edge of a word; lists and numbers are plain text. What only makes sense
//! on the page (plots, letters, checkers) is left to the address at the end.

use super::{Artifact, Ready};
use crate::{
    front_matter::Kind,
    markdown::ast::{Block, BlockKind, FieldKind, Inline, Item, Named, NamedBlock, Table, plain},
    page::canonical,
    site::{Agency, Page, Site, Target},
    theme::TemplateError,
};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let mut artifacts = Vec::new();
    for agency in &ready.site.agencies {
        let guides = agency.pages.iter();
        for page in guides.filter(|page| page.front.kind == Kind::Guide) {
            let text = text(ready.site, agency, page);
            artifacts.push(Ok(Artifact::new(format!("{}chat.txt", page.url), text)));
        }
    }
    artifacts
}

/// A guide as a message; ends with its address.
fn text(site: &Site, agency: &Agency, page: &Page) -> String {
    let front = &page.front;
    let mut chat = Chat {
        agency,
        page,
        paragraphs: vec![format!("*{}*\n{}", front.title.value, front.summary.value)],
        heading: None,
    };
    if !front.needed.is_empty() {
        let needed: Vec<String> = front
            .needed
            .iter()
            .map(|need| format!("- {}", chat.run(need)))
            .collect();
        let needed = needed.join("\n");
        chat.paragraphs.push(format!("*Siapkan*\n{needed}"));
    }
    chat.blocks(&page.blocks);
    let address = canonical(site, &page.url);
    chat.paragraphs.push(format!("Selengkapnya: {address}"));
    let mut text = chat.paragraphs.join("\n\n");
    text.push('\n');
    text
}

struct Chat<'a> {
    agency: &'a Agency,
    page: &'a Page,
    /// Parts of the message, an empty line between two.
    paragraphs: Vec<String>,
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
                    let lines = self.lines(kind);
                    self.push(lines);
                }
            }
        }
    }

    /// A heading stands right above what follows it, and is left out with it (a letter, a plot).
    fn push(&mut self, mut lines: Vec<String>) {
        let heading = self.heading.take();
        if !lines.is_empty() {
            lines.splice(0..0, heading);
            self.paragraphs.push(lines.join("\n"));
        }
    }

    /// A block of CommonMark as lines.
    fn lines(&self, kind: &BlockKind) -> Vec<String> {
        match kind {
            BlockKind::Heading(heading) => vec![format!("*{}*", plain(&heading.content))],
            BlockKind::Paragraph(content) => vec![self.run(content)],
            BlockKind::List { start, items } => self.list(*start, items),
            BlockKind::Table(table) => self.table(table),
            BlockKind::Code { text, .. } => vec![text.trim_end().to_owned()],
            BlockKind::Quote(blocks) => self.inner(blocks),
            BlockKind::Named(named) => self.named_lines(named),
            BlockKind::Rule | BlockKind::Patch(_) => Vec::new(),
        }
    }

    fn inner(&self, blocks: &[Block]) -> Vec<String> {
        blocks
            .iter()
            .flat_map(|block| self.lines(&block.kind))
            .collect()
    }

    fn list(&self, start: Option<u64>, items: &[Item]) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, item) in (start.unwrap_or(1)..).zip(items) {
            let mark = match start {
                Some(_) => format!("{number}. "),
                None => "- ".to_owned(),
            };
            numbered(&mark, self.inner(&item.blocks), &mut lines);
        }
        lines
    }

    fn table(&self, table: &Table) -> Vec<String> {
        let head: Vec<String> = table.head.iter().map(|cell| plain(&cell.content)).collect();
        let mut lines = Vec::new();
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
            lines.push(format!("- {first}: {}", rest.join("; ")));
        }
        lines
    }

    fn named_lines(&self, named: &NamedBlock) -> Vec<String> {
        let mut lines = Vec::new();
        let title = plain(&named.title);
        match &named.content {
            Named::Steps(steps) => {
                for (number, step) in (1..).zip(steps) {
                    let mut content = vec![self.run(&step.title)];
                    content.extend(self.inner(&step.body));
                    numbered(&format!("{number}. "), content, &mut lines);
                }
            }
            Named::Settings(settings) => {
                for setting in settings {
                    lines.push(format!("{}: {}", setting.label, self.run(&setting.value)));
                }
            }
            Named::Choice(choices) => {
                for choice in choices {
                    lines.push(format!("*{}*", plain(&choice.title)));
                    lines.extend(self.inner(&choice.body));
                }
            }
            Named::Alert(body) => lines.extend(self.inner(body)),
            Named::Statuses(kind) => {
                for status in self.agency.statuses.of(*kind) {
                    let (title, step) = (plain(&status.title.value), self.run(&status.step.value));
                    lines.push(format!("- {title}: {step}"));
                }
            }
            Named::Cards(cards) => {
                for card in cards {
                    lines.push(format!("- {}", plain(&card.title)));
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
                    lines.push(format!("- {label}{colon}{said}"));
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
            | Named::Island(..) => return lines,
        }
        if !title.is_empty() && !lines.is_empty() {
            lines.insert(0, format!("*{title}*"));
        }
        lines
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

/// Puts `mark` before the first line and as much room before the others.
fn numbered(mark: &str, content: Vec<String>, lines: &mut Vec<String>) {
    for (index, line) in content.iter().flat_map(|text| text.lines()).enumerate() {
        let mark = if index == 0 { mark } else { "   " };
        lines.push(format!("{mark}{line}"));
    }
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
