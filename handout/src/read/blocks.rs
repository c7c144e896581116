//! Blocks: every one that authors write has a printed form, or says where to go.

use site_gen::{
    mail::{Setup, SetupFile, dns},
    markdown::ast::{
        self, BlockKind, Card, Field as WrittenField, Named, NamedBlock, StatusKind, Table, plain,
    },
    page::canonical,
    problems::Problem as WrittenProblem,
    site::{Page, Target},
};

use super::{Reader, Sheet, label_in};
use crate::printed::{
    Block, Field, Inline, Place, Problem, ProblemGroup, Run, Screen, Setting, Status, Step,
};

impl Reader<'_> {
    /// Blocks of a page.
    pub(super) fn blocks<'b>(
        &self,
        page: &Page,
        blocks: impl IntoIterator<Item = &'b ast::Block>,
    ) -> Vec<Block> {
        let mut printed = Vec::new();
        for block in blocks {
            match &block.kind {
                BlockKind::Heading(heading) => printed.push(Block::Heading {
                    depth: heading.level.saturating_sub(1),
                    label: label_in(page, &heading.id),
                    content: self.run(page, &heading.content),
                }),
                BlockKind::Paragraph(content) => printed.push(Block::Paragraph {
                    content: self.run(page, content),
                }),
                BlockKind::List { start, items } => printed.push(Block::List {
                    start: *start,
                    items: items
                        .iter()
                        .map(|item| self.blocks(page, &item.blocks))
                        .collect(),
                }),
                BlockKind::Table(table) => printed.push(self.table(page, Run::new(), table)),
                BlockKind::Code { text, .. } => printed.push(Block::Code {
                    title: Run::new(),
                    text: text.trim_end().to_owned(),
                }),
                BlockKind::Quote(blocks) => printed.push(Block::Quote {
                    blocks: self.blocks(page, blocks),
                }),
                BlockKind::Rule => printed.push(Block::Rule),
                BlockKind::Patch(_) => {} // applied long ago
                BlockKind::Named(named) => self.named(page, named, &mut printed),
            }
        }
        printed
    }

    fn table(&self, page: &Page, title: Run, table: &Table) -> Block {
        let cells = |cells: &[ast::Cell]| -> Vec<Run> {
            cells
                .iter()
                .map(|cell| self.run(page, &cell.content))
                .collect()
        };
        Block::Table {
            title,
            head: cells(&table.head),
            rows: table.rows.iter().map(|row| cells(row)).collect(),
            right: table.right.clone(),
        }
    }

    fn named(&self, page: &Page, named: &NamedBlock, printed: &mut Vec<Block>) {
        let title = self.run(page, &named.title);
        let block = match &named.content {
            Named::Steps(steps) => {
                let steps = steps.iter().map(|step| Step {
                    title: self.run(page, &step.title),
                    blocks: self.blocks(page, &step.body),
                });
                Block::Steps {
                    title,
                    steps: steps.collect(),
                }
            }
            Named::Settings(settings) => {
                let rows = settings.iter().map(|setting| Setting {
                    label: setting.label.clone(),
                    value: self.run(page, &setting.value),
                    literal: setting.literal,
                });
                Block::Settings {
                    title,
                    rows: rows.collect(),
                }
            }
            Named::Choice(choices) => {
                let choices = choices.iter().map(|choice| Step {
                    title: self.run(page, &choice.title),
                    blocks: self.blocks(page, &choice.body),
                });
                Block::Choice {
                    title,
                    choices: choices.collect(),
                }
            }
            Named::Screen(fields) => {
                let look = named.attributes.get("jenis");
                Block::Screen(Screen {
                    look: look.map_or("formulir", String::as_str).to_owned(),
                    title,
                    title_text: plain(&named.title),
                    fields: fields.iter().map(|field| self.field(page, field)).collect(),
                })
            }
            Named::Alert(body) => Block::Alert {
                tone: named.name,
                title,
                blocks: self.blocks(page, body),
            },
            Named::Contact(id) => Block::Contact {
                title,
                desk: self.desk(id.as_deref()),
            },
            Named::Problems(from) => Block::Problems {
                title,
                groups: self.groups(page, from.as_deref()),
            },
            Named::ControlSheet => {
                let sheet = Sheet::read(self.agency);
                printed.push(facts(title, &sheet.facts()));
                let rows = sheet.versions();
                let rows = rows
                    .into_iter()
                    .map(|row| vec![text(row.version), text(row.date), text(row.change)]);
                plain_table(&["Versi", "Tanggal", "Perubahan"], rows.collect())
            }
            Named::Form(body) => Block::Form {
                title,
                blocks: self.blocks(page, body),
            },
            Named::Cards(cards) => Block::Cards {
                title,
                cards: cards.iter().map(|card| self.card(page, card)).collect(),
            },
            Named::Chart { table, .. } => {
                let mut title = title;
                if let Some(unit) = named.attributes.get("satuan") {
                    title.extend(text(format!(" ({unit})")));
                }
                self.table(page, title, table)
            }
            Named::Statuses(kind) => Block::Statuses {
                title,
                statuses: self.statuses(page, *kind),
            },
            Named::SetupFile(file) => self.setup_file(title, *file),
            Named::DnsRecords => {
                let records = dns::records(Setup::new(self.site, self.agency)).into_iter();
                let rows = records.map(|record| {
                    vec![
                        code(record.name),
                        text(record.kind),
                        code(record.value),
                        text(record.purpose),
                    ]
                });
                plain_table(&["Nama", "Jenis", "Nilai", "Untuk"], rows.collect())
            }
            Named::Note(_) => return, // the trainer's own
            // What stands in a checker is for a screen that can't show it.
            Named::Finder | Named::PracticeCards | Named::Island(..) => {
                self.online(page, title, Vec::new())
            }
            Named::Rehearsal(body) => {
                let body = self.blocks(page, body);
                self.online(page, title, body)
            }
        };
        printed.push(block);
    }

    /// What a page does that paper can't.
    fn online(&self, page: &Page, title: Run, blocks: Vec<Block>) -> Block {
        let title = if title.is_empty() {
            text(&page.front.title.value)
        } else {
            title
        };
        Block::Online {
            title,
            place: Place::new(&canonical(self.site, &page.url)),
            blocks,
        }
    }

    fn field(&self, page: &Page, field: &WrittenField) -> Field {
        let look = field.kind();
        Field {
            look: look.word(),
            label: self.run(page, &field.label),
            // A word that only says how the field looks is drawn.
            value: match look {
                ast::FieldKind::Input => self.run(page, &field.value),
                _ => Run::new(),
            },
            note: self.run(page, &field.note),
        }
    }

    fn card(&self, page: &Page, card: &Card) -> (Inline, Run) {
        let words = self.run(page, &card.title);
        let link = self.link(page, &card.target, words, &plain(&card.title));
        let summary = match self.agency.link(Some(page), &card.target) {
            Ok(Target::Page(to, _)) if card.summary.is_empty() => text(&to.front.summary.value),
            _ => self.run(page, &card.summary),
        };
        (link, summary)
    }

    fn statuses(&self, page: &Page, kind: StatusKind) -> Vec<Status> {
        let statuses = self.agency.statuses.of(kind).iter();
        statuses
            .map(|status| Status {
                label: label_in(page, status.anchor),
                title: self.run(page, &status.title.value),
                meaning: self.run(page, &status.meaning.value),
                step: self.run(page, &status.step.value),
                guide: match self.agency.link(None, &status.guide) {
                    Ok(Target::Page(to, anchor)) => {
                        Some(self.see(to, anchor, text(&to.front.short.value)))
                    }
                    _ => None, // reported
                },
            })
            .collect()
    }

    fn groups(&self, page: &Page, from: Option<&str>) -> Vec<ProblemGroup> {
        let problems = &self.agency.problems;
        let groups = problems.groups(from).into_iter().map(|group| ProblemGroup {
            title: problems.words_to(group.question),
            problems: group
                .problems
                .into_iter()
                .map(|problem| self.problem(page, problem))
                .collect(),
        });
        groups.collect()
    }

    /// A problem; the main contact stands at the end of every hand-out.
    pub(super) fn problem(&self, page: &Page, problem: &WrittenProblem) -> Problem {
        let main = self.desk(None).name;
        let desk = self.desk(problem.desk.as_deref());
        Problem {
            symptom: self.run(page, &problem.symptom),
            cause: self.run(page, &problem.cause),
            fixes: problem
                .fixes
                .iter()
                .map(|fix| self.run(page, fix))
                .collect(),
            desk: (desk.name != main).then_some(desk),
        }
    }

    fn setup_file(&self, title: Run, file: SetupFile) -> Block {
        let setup = Setup::new(self.site, self.agency);
        let place = Place::new(&setup.address(file));
        match file {
            SetupFile::AppleImap | SetupFile::AppleExchange => Block::Online {
                title: if title.is_empty() {
                    text("Profil untuk iPhone dan iPad")
                } else {
                    title
                },
                place,
                blocks: Vec::new(),
            },
            _ => {
                let mut title = title;
                if title.is_empty() {
                    title = code(place.shown);
                }
                // A profile that is missing was reported.
                let text = setup.text(file).unwrap_or_default();
                Block::Code {
                    title,
                    text: text.trim_end().to_owned(),
                }
            }
        }
    }
}

/// A table of names and values.
fn facts(title: Run, facts: &[(String, String)]) -> Block {
    let rows = facts.iter();
    Block::Table {
        title,
        head: Vec::new(),
        rows: rows
            .map(|(name, value)| vec![text(name), text(value)])
            .collect(),
        right: vec![false; 2],
    }
}

fn plain_table(head: &[&str], rows: Vec<Vec<Run>>) -> Block {
    Block::Table {
        title: Run::new(),
        head: head.iter().map(|name| text(*name)).collect(),
        rows,
        right: vec![false; head.len()],
    }
}

fn text(text: impl Into<String>) -> Run {
    vec![Inline::Text { text: text.into() }]
}

fn code(text: impl Into<String>) -> Run {
    vec![Inline::Code { text: text.into() }]
}
