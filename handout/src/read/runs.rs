//! Running text. What can be clicked on a screen is told on paper: a page of this document by its number, any other by a foot
//! note with its address, once a chapter.

use site_gen::{
    markdown::ast::{self, Blank, BlankKind, plain},
    page::canonical,
    site::{Page, Target},
    source::Spanned,
};

use super::{Reader, label, label_in, picture};
use crate::{
    place::shown,
    printed::{Form, Inline, Room, Run},
};

impl Reader<'_> {
    /// Running text of a page.
    pub(super) fn run(&self, page: &Page, content: &[ast::Inline]) -> Run {
        let mut run = Run::new();
        for inline in content {
            match inline {
                ast::Inline::Text(text) => push(&mut run, text),
                ast::Inline::SoftBreak => push(&mut run, " "),
                inline => run.push(self.inline(page, inline)),
            }
        }
        run
    }

    fn inline(&self, page: &Page, inline: &ast::Inline) -> Inline {
        match inline {
            ast::Inline::Text(text) => Inline::Text { text: text.clone() },
            ast::Inline::SoftBreak => Inline::Text {
                text: " ".to_owned(),
            },
            ast::Inline::Code(text) => Inline::Code { text: text.clone() },
            ast::Inline::HardBreak => Inline::Break,
            ast::Inline::Emphasis(content) => Inline::Em {
                content: self.run(page, content),
            },
            ast::Inline::Strong(content) => Inline::Strong {
                content: self.run(page, content),
            },
            ast::Inline::Link { target, content } => {
                let words = self.run(page, content);
                self.link(page, target, words, &plain(content))
            }
            ast::Inline::Blank(blank) => Inline::Blank {
                label: blank.label.clone(),
                room: room(blank),
            },
            ast::Inline::Image { target, alt } => {
                // A picture that is missing was reported.
                let path = self.agency.image(page, target).unwrap_or_default();
                Inline::Image {
                    path: format!("/{}", picture(path)),
                    alt: alt.clone(),
                }
            }
        }
    }

    /// What a link leads to; dead ones were reported.
    pub(super) fn link(
        &self,
        page: &Page,
        target: &Spanned<String>,
        words: Run,
        plain: &str,
    ) -> Inline {
        match self.agency.link(Some(page), target) {
            Ok(Target::Page(to, anchor)) => self.see(to, anchor, words),
            Ok(Target::Anchor(anchor)) => self.see(page, Some(anchor), words),
            Ok(Target::External(address)) => {
                let told = match address.strip_prefix("tel:") {
                    Some(_) => plain.contains(|c: char| c.is_ascii_digit()),
                    None => plain.contains(shown(address)),
                };
                self.away(address.to_owned(), words, told)
            }
            Ok(Target::Broken) | Err(_) => Inline::Em { content: words },
        }
    }

    /// Leads to a page: by its number where this document holds it, else by its address.
    pub(super) fn see(&self, to: &Page, anchor: Option<&str>, content: Run) -> Inline {
        let in_page = anchor.map(|anchor| label_in(to, anchor));
        let label = in_page
            .filter(|label| self.labels.contains(label))
            .unwrap_or_else(|| label(to));
        if self.labels.contains(&label) {
            let page = self.form == Form::Juknis;
            return Inline::See {
                label,
                page,
                content,
            };
        }
        let anchor = anchor.map_or_else(String::new, |anchor| format!("#{anchor}"));
        let address = format!("{}{anchor}", canonical(self.site, &to.url));
        self.away(address, content, false)
    }

    fn away(&self, address: String, content: Run, told: bool) -> Inline {
        let first = !told && self.told.borrow_mut().insert(address.clone());
        let note = first.then(|| shown(&address).to_owned());
        Inline::Link {
            address,
            note,
            content,
        }
    }
}

fn push(run: &mut Run, text: &str) {
    match run.last_mut() {
        Some(Inline::Text { text: before }) => before.push_str(text),
        _ => run.push(Inline::Text {
            text: text.to_owned(),
        }),
    }
}

fn room(blank: &Blank) -> Room {
    match &blank.kind {
        BlankKind::Text | BlankKind::Digits => Room::Line,
        BlankKind::Lines => Room::Lines,
        BlankKind::Tick => Room::Tick,
        BlankKind::Choice(options) => Room::Choice {
            options: options.clone(),
        },
        BlankKind::RowNumber => Room::Number {
            row: blank.row.unwrap_or(1),
        },
    }
}
