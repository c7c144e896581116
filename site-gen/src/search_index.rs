//! What an agency's search box searches: titles, headings, steps, settings, problems, choices, statuses and contacts
//! of all its pages, as the file that the browser loads on first use.

use minijinja::Value;
use search::index::{Index, Kind, Page as Entry, Passage};

use crate::{
    front_matter,
    markdown::ast::{Block, BlockKind, Inline, Named, NamedBlock, plain},
    site::{Agency, Page},
    synonyms::Synonyms,
};

/// Bytes of what explains a passage; more would not be read, and would make the index heavy.
const MORE: usize = 240;

/// The index of an agency as a file.
pub fn make(agency: &Agency, synonyms: &Synonyms) -> String {
    let index = Index {
        synonyms: synonyms.groups.clone(),
        ignored: synonyms.ignored.clone(),
        pages: agency
            .pages
            .iter()
            .filter(|page| page.is_listed())
            .map(|page| entry(agency, page))
            .collect(),
    };
    index.write()
}

fn entry(agency: &Agency, page: &Page) -> Entry {
    let topic = agency
        .topic_page(&page.topic)
        .filter(|topic| topic.url != page.url);
    let mut walk = Walk {
        agency,
        passages: vec![passage(Kind::Heading, "", String::new())],
        into: 0,
    };
    walk.blocks(&page.blocks);
    walk.problems(page);
    // What stands before the first heading is worth a line only where there is something.
    walk.passages
        .retain(|passage| !passage.text.is_empty() || !passage.more.is_empty());
    for passage in &mut walk.passages {
        cut(&mut passage.more);
    }
    Entry {
        url: page
            .url
            .strip_prefix(&agency.prefix)
            .unwrap_or(&page.url)
            .to_owned(),
        title: page.front.title.value.clone(),
        short: page.front.short.value.clone(),
        topic: topic
            .map(|topic| topic.front.short.value.clone())
            .unwrap_or_default(),
        summary: page.front.summary.value.clone(),
        leads_on: matches!(
            page.front.kind,
            front_matter::Kind::Home | front_matter::Kind::Topic | front_matter::Kind::Practice
        ),
        passages: walk.passages,
    }
}

fn passage(kind: Kind, anchor: &str, text: String) -> Passage {
    Passage {
        kind,
        anchor: anchor.to_owned(),
        text,
        more: String::new(),
    }
}

/// A walk through a page: each passage takes the text that follows it.
struct Walk<'a> {
    agency: &'a Agency,
    passages: Vec<Passage>,
    /// The passage that takes running text.
    into: usize,
}

impl Walk<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match &block.kind {
                BlockKind::Heading(heading) => {
                    self.into = self.add(Kind::Heading, &heading.id, plain(&heading.content));
                }
                BlockKind::Paragraph(content) => self.text(content),
                BlockKind::List { items, .. } => {
                    items.iter().for_each(|item| self.blocks(&item.blocks))
                }
                BlockKind::Table(table) => {
                    table
                        .head
                        .iter()
                        .chain(table.rows.iter().flatten())
                        .for_each(|cell| self.text(&cell.content));
                }
                BlockKind::Quote(blocks) => self.blocks(blocks),
                BlockKind::Code { text, .. } => self.words(text),
                BlockKind::Named(named) => self.named(named),
                BlockKind::Rule | BlockKind::Patch(_) => {}
            }
        }
    }

    fn named(&mut self, named: &NamedBlock) {
        let numbered = |index: usize| format!("{}-{}", named.id, index + 1);
        match &named.content {
            Named::Steps(steps) => {
                for (index, step) in steps.iter().enumerate() {
                    let id = step.id.clone().unwrap_or_else(|| numbered(index));
                    self.within(Kind::Step, &id, &step.title, &step.body);
                }
            }
            Named::Choice(choices) => {
                for (index, choice) in choices.iter().enumerate() {
                    let id = choice.id.clone().unwrap_or_else(|| numbered(index));
                    self.within(Kind::Choice, &id, &choice.title, &choice.body);
                }
            }
            Named::Settings(settings) => {
                for (index, setting) in settings.iter().enumerate() {
                    let text = format!("{}: {}", setting.label, plain(&setting.value));
                    let at = self.add(Kind::Setting, &numbered(index), text);
                    if let Some(passage) = self.passages.get_mut(at) {
                        passage.more = plain(&named.title);
                    }
                }
            }
            Named::Statuses(kind) => {
                for status in self.agency.statuses.of(*kind) {
                    let at = self.add(Kind::Status, status.anchor, plain(&status.title.value));
                    if let Some(passage) = self.passages.get_mut(at) {
                        passage.more = format!(
                            "{} {}",
                            plain(&status.meaning.value),
                            plain(&status.step.value)
                        );
                    }
                }
            }
            Named::Screen(fields) => {
                self.text(&named.title);
                for field in fields {
                    for content in [&field.label, &field.value, &field.note] {
                        self.text(content);
                    }
                }
            }
            Named::Alert(body)
            | Named::Form(body)
            | Named::Island(_, body)
            | Named::Rehearsal(body) => {
                self.text(&named.title);
                self.blocks(body);
            }
            Named::Contact(desk) => {
                let (name, ways) = contact(self.agency, desk.as_deref());
                let at = self.add(Kind::Contact, &named.id, name);
                if let Some(passage) = self.passages.get_mut(at) {
                    passage.more = ways;
                }
            }
            // Nothing that the page doesn't show.
            Named::Note(_) => {}
            // These repeat what stands elsewhere, where it is found.
            Named::Problems(_)
            | Named::Finder
            | Named::ControlSheet
            | Named::SetupFile(_)
            | Named::DnsRecords
            | Named::PracticeCards
            | Named::Cards(_)
            | Named::Chart { .. } => {}
        }
    }

    /// A passage with a body of its own; what comes after it belongs again to what came before.
    fn within(&mut self, kind: Kind, anchor: &str, title: &[Inline], body: &[Block]) {
        let outer = self.into;
        self.into = self.add(kind, anchor, plain(title));
        self.blocks(body);
        self.into = outer;
    }

    /// A problem stands on several guides; it is found on the first that it names.
    fn problems(&mut self, page: &Page) {
        for problem in &self.agency.problems.problems {
            if problem
                .guides
                .first()
                .is_none_or(|guide| guide.value != page.file)
            {
                continue;
            }
            let anchor = format!("masalah-{}", problem.id.value);
            self.into = self.add(Kind::Problem, &anchor, plain(&problem.symptom));
            self.text(&problem.cause);
            problem.fixes.iter().for_each(|fix| self.text(fix));
        }
    }

    fn add(&mut self, kind: Kind, anchor: &str, text: String) -> usize {
        self.passages.push(passage(kind, anchor, text));
        self.passages.len() - 1
    }

    fn text(&mut self, content: &[Inline]) {
        self.words(&plain(content));
    }

    fn words(&mut self, text: &str) {
        if let Some(passage) = self
            .passages
            .get_mut(self.into)
            .filter(|passage| passage.more.len() < MORE)
        {
            passage.more.push(' ');
            passage.more.push_str(text);
        }
    }
}

/// A desk's name, or the main contact's, and the ways to reach it.
fn contact(agency: &Agency, desk: Option<&str>) -> (String, String) {
    let group = desk.map_or_else(|| "kontak".to_owned(), |id| format!("kontak.meja.{id}"));
    let desk = agency.profile.facts.group(&group);
    let text = |value: &Value, key: &str| {
        let value = value.get_attr(key).ok();
        value.and_then(|value| value.as_str().map(str::to_owned))
    };
    let mut ways = Vec::new();
    let numbers = desk.get_attr("telepon").ok();
    for number in numbers.iter().flat_map(Value::try_iter).flatten() {
        // In doubt, nothing is said of WhatsApp.
        let how = match text(&desk, "whatsapp_ragu") {
            Some(_) => "Telepon",
            None => "WhatsApp, telepon",
        };
        ways.extend(text(&number, "tampil").map(|number| format!("{how} {number}")));
    }
    ways.extend(text(&desk, "email").map(|email| format!("Email {email}")));
    ways.extend(text(&desk, "alamat").map(|address| format!("Alamat {address}")));
    let channels = desk.get_attr("kanal").ok();
    for channel in channels.iter().flat_map(Value::try_iter).flatten() {
        ways.extend(text(&channel, "nama"));
    }
    (text(&desk, "nama").unwrap_or_default(), ways.join(". "))
}

/// Cuts a text that is too long, after a word.
fn cut(text: &mut String) {
    let start = text.len() - text.trim_start().len();
    text.drain(..start);
    if text.len() > MORE {
        let end = text
            .char_indices()
            .rev()
            .find(|(at, letter)| *at <= MORE && *letter == ' ')
            .map_or(0, |(at, _)| at);
        text.truncate(end);
    }
}
