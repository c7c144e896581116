//! A guide as slides: a pure function from its tree to values, which the output writes as HTML. One thing a slide (a step, a settings
//! card, a problem), each with its trainer's notes and the place in the file that it comes from.
//!
//! What fits on a slide is only estimated here, so that text is split at sensible places; the browser sets the type, and
//! [`crate::overfull`] tells what outgrows its slide all the same.

use std::{borrow::Cow, ops::Range};

use crate::{
    front_matter::Kind,
    markdown::ast::{Block, BlockKind, Choice, Inline, Item, Named, NamedBlock, Table, plain},
    problems::Problem,
    site::{Agency, Page},
    source::{Source, Span},
    statuses::StatusPassage,
};

/// Where a guide's slides stand, seen from it.
pub const FOLDER: &str = "slide/";

/// Whether a file of the site is a deck: kept on no device, and found through its guide alone.
pub fn is_page(path: &str) -> bool {
    path.ends_with("/slide/index.html")
}

/// The slides of one guide. A session shows several, one after the other.
pub struct Deck<'a> {
    /// The guide.
    pub page: &'a Page,
    /// At least its title and its closing slide.
    pub slides: Vec<Slide<'a>>,
}

/// Which one, of how many.
pub type Count = (usize, usize);

/// One slide.
#[derive(Clone)]
pub struct Slide<'a> {
    /// What it shows.
    pub content: Content<'a>,
    /// Its title.
    pub title: Cow<'a, [Inline]>,
    /// What it stands in: a section, an option; outermost first, its own title left out.
    pub within: Vec<&'a [Inline]>,
    /// The step that it belongs to: its number, and how many there are.
    pub step: Option<Count>,
    /// Which part it is of what takes several slides: its number, and how many there are.
    pub part: Option<Count>,
    /// What leads to a card, a drawing or a table.
    pub lead: Vec<Piece<'a>>,
    /// What the trainer says.
    pub notes: Vec<&'a [Block]>,
    /// Its anchor on the guide's page.
    pub anchor: Option<String>,
    /// The file that it comes from.
    pub source: Source,
    /// Where in it.
    pub span: Span,
}

/// What a slide shows.
#[derive(Clone)]
pub enum Content<'a> {
    /// The guide's title, for whom it is, how long it takes, what to have at hand.
    Title,
    /// Text.
    Text(Vec<Piece<'a>>),
    /// A step, with what helps to do it.
    Step(Vec<Piece<'a>>),
    /// A settings card.
    Settings(&'a NamedBlock),
    /// A drawn screen beside the explanation of some of its fields.
    Screen(&'a NamedBlock, Range<usize>),
    /// A box of its own.
    Alert(&'a NamedBlock),
    /// What there is to choose from; the slides of each choice follow.
    Choices(&'a [Choice]),
    /// Some rows of a table.
    Table(&'a Table, Range<usize>),
    /// A status: what it means, the next step.
    Status(&'a StatusPassage),
    /// A problem: what one sees, what helps.
    Problem(&'a Problem),
    /// Cards, a plot or a desk's contacts: drawn by the theme's component.
    Component(&'a NamedBlock),
    /// What only works on the page: a checker, a letter, a list to be searched.
    OnPage(&'a NamedBlock),
    /// Whom to ask, and where the guide is found.
    Closing,
}

/// A piece of text.
#[derive(Clone, Copy)]
pub enum Piece<'a> {
    /// A whole block.
    Block(&'a Block),
    /// Some items of a list, numbered from a number or not.
    Items(Option<u64>, &'a [Item]),
}

/// The slides of a guide; none for what is no guide.
pub fn deck<'a>(agency: &'a Agency, page: &'a Page) -> Option<Deck<'a>> {
    if page.front.kind != Kind::Guide {
        return None;
    }
    let mut maker = Maker {
        agency,
        page,
        slides: Vec::new(),
        heads: Vec::new(),
        pending: Vec::new(),
        notes: Vec::new(),
        fresh: false,
        step: None,
    };
    maker.whole_page(Content::Title);
    maker.blocks(&page.blocks);
    maker.flush();
    maker.heads.clear();
    for problem in agency.problems_beside(page) {
        maker.problem(problem, None);
    }
    let waiting = std::mem::take(&mut maker.notes);
    if let Some(last) = maker.slides.last_mut() {
        last.notes.extend(waiting);
    }
    maker.whole_page(Content::Closing);
    Some(Deck {
        page,
        slides: maker.slides,
    })
}

/// Letters of a line of running text, at the middle of the three sizes of type.
const LINE: usize = 58;
/// Lines of running text that a slide has room for below its title.
const LINES: usize = 9;
/// Lines that fit above a card, a drawing or a table.
const LEAD: usize = 2;
/// Lines of a box that may stay with its step.
const BOX: usize = 5;
/// Letters of a line beside a drawn screen.
const NOTE_LINE: usize = 34;
/// Lines beside a drawn screen.
const NOTE_LINES: usize = 11;
/// Lines of a table below its head.
const TABLE_LINES: usize = 8;

/// A heading or a choice, below which slides stand.
struct Head<'a> {
    title: &'a [Inline],
    anchor: String,
    /// Of a heading: 2 and more; a choice's is 0.
    level: u8,
}

struct Maker<'a> {
    agency: &'a Agency,
    page: &'a Page,
    slides: Vec<Slide<'a>>,
    heads: Vec<Head<'a>>,
    /// Text that has no slide yet.
    pending: Vec<(Piece<'a>, &'a Block)>,
    /// Notes that wait for the next slide.
    notes: Vec<&'a [Block]>,
    /// True after a heading that no slide stands below yet.
    fresh: bool,
    /// The step that what comes now belongs to.
    step: Option<Within<'a>>,
}

/// A step while its blocks are walked through.
#[derive(Clone)]
struct Within<'a> {
    number: Count,
    title: &'a [Inline],
    anchor: String,
}

impl<'a> Maker<'a> {
    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            match &block.kind {
                BlockKind::Heading(heading) => {
                    self.flush();
                    // Headings below a choice never end it.
                    while self
                        .heads
                        .last()
                        .is_some_and(|head| head.level >= heading.level)
                    {
                        self.heads.pop();
                    }
                    self.heads.push(Head {
                        title: &heading.content,
                        anchor: heading.id.clone(),
                        level: heading.level,
                    });
                    self.fresh = true;
                }
                BlockKind::List { start, items } => {
                    self.pending.extend(one_by_one(block, *start, items));
                }
                BlockKind::Paragraph(_) | BlockKind::Code { .. } | BlockKind::Quote(_) => {
                    self.pending.push((Piece::Block(block), block));
                }
                BlockKind::Table(table) => self.table(block, table),
                BlockKind::Named(named) => self.named(block, named),
                BlockKind::Rule | BlockKind::Patch(_) => {}
            }
        }
    }

    fn named(&mut self, block: &'a Block, named: &'a NamedBlock) {
        match &named.content {
            Named::Note(body) => self.note(body),
            Named::Steps(steps) => {
                self.flush();
                let outer = self.step.take();
                for (index, step) in steps.iter().enumerate() {
                    let numbered = || format!("{}-{}", named.id, index + 1);
                    self.step = Some(Within {
                        number: (index + 1, steps.len()),
                        title: &step.title,
                        anchor: step.id.clone().unwrap_or_else(numbered),
                    });
                    self.step_slides(&step.source, &step.span, &step.body);
                }
                self.step = outer;
            }
            Named::Choice(choices) => {
                self.own(block, named, Content::Choices(choices), None);
                let depth = self.heads.len();
                for (index, choice) in choices.iter().enumerate() {
                    let numbered = || format!("{}-{}", named.id, index + 1);
                    self.heads.push(Head {
                        title: &choice.title,
                        anchor: choice.id.clone().unwrap_or_else(numbered),
                        level: 0,
                    });
                    self.fresh = true;
                    self.blocks(&choice.body);
                    self.flush();
                    self.heads.truncate(depth);
                }
            }
            Named::Settings(_) => self.own(block, named, Content::Settings(named), None),
            Named::Screen(fields) => {
                let lines = fields.iter().map(|field| {
                    let head = [field.label.as_slice(), &field.value].concat();
                    lines_of(&head, NOTE_LINE) + lines_of(&field.note, NOTE_LINE)
                });
                for (fields, part) in parts(&lines.collect::<Vec<_>>(), NOTE_LINES) {
                    self.own(block, named, Content::Screen(named, fields), part);
                }
            }
            Named::Alert(body) => {
                // A short box stays with the text that it belongs to.
                let lines = 1 + blocks_lines(body);
                let beside = !self.pending.is_empty() || self.step.is_some();
                if beside && lines <= BOX {
                    self.pending.push((Piece::Block(block), block));
                } else {
                    self.own(block, named, Content::Alert(named), None);
                }
            }
            Named::Statuses(kind) => {
                self.flush();
                for status in self.agency.statuses.of(*kind) {
                    let within = self.titles();
                    self.add(Slide {
                        content: Content::Status(status),
                        title: Cow::Borrowed(&status.title.value),
                        within,
                        anchor: Some(status.anchor.to_owned()),
                        ..self.at(&status.title.source, &status.title.span)
                    });
                }
            }
            Named::Problems(from) => {
                self.flush();
                for group in self.agency.problems.groups(from.as_deref()) {
                    let title = if group.question.choice.is_empty() {
                        &group.question.question
                    } else {
                        &group.question.choice
                    };
                    for problem in group.problems {
                        self.problem(problem, Some(title));
                    }
                }
            }
            Named::Cards(_) | Named::Chart { .. } | Named::Contact(_) => {
                self.own(block, named, Content::Component(named), None);
            }
            Named::Finder
            | Named::ControlSheet
            | Named::Form(_)
            | Named::SetupFile(_)
            | Named::DnsRecords
            | Named::Island(..)
            | Named::PracticeCards
            | Named::Rehearsal(_) => self.own(block, named, Content::OnPage(named), None),
        }
    }

    /// A step: its own slide with all its text, then what needs slides of its own.
    fn step_slides(&mut self, source: &Source, span: &Span, body: &'a [Block]) {
        let (with_step, later): (Vec<&Block>, Vec<&Block>) =
            body.iter().partition(|block| stays_with_step(block));
        // What stands on the step's own slide, in the order written; what does not fit goes on on a further one.
        let mut own: Vec<(Piece<'a>, &'a Block)> = Vec::new();
        for block in with_step {
            match &block.kind {
                BlockKind::List { start, items } => {
                    own.extend(one_by_one(block, *start, items));
                }
                _ => own.push((Piece::Block(block), block)),
            }
        }
        let step = self.step.clone();
        let title = step.as_ref().map_or(&[][..], |step| step.title);
        // The step itself stands in larger type.
        let taken = lines_of(title, LINE * 2 / 3) * 3 / 2;
        let mut pages = paginate(own, LINES.saturating_sub(taken).max(3), LINES).into_iter();
        let first: Vec<Piece<'a>> = pages.next().unwrap_or_default().0;
        let within = self.titles();
        let anchor = step.as_ref().map(|step| step.anchor.clone());
        self.add(Slide {
            content: Content::Step(first),
            title: Cow::Borrowed(title),
            within: within.clone(),
            anchor: anchor.clone(),
            ..self.at(source, span)
        });
        for (pieces, block) in pages {
            let (source, span) = block.map_or((source, span), |block| (&block.source, &block.span));
            self.add(Slide {
                content: Content::Text(pieces),
                title: Cow::Borrowed(title),
                within: within.clone(),
                anchor: anchor.clone(),
                ..self.at(source, span)
            });
        }
        for block in later {
            self.blocks(std::slice::from_ref(block));
        }
        self.flush();
    }

    /// A table, split at its rows.
    fn table(&mut self, block: &'a Block, table: &'a Table) {
        let width = LINE / table.head.len().max(1);
        let lines = table.rows.iter().map(|row| {
            let cells = row.iter().map(|cell| lines_of(&cell.content, width));
            cells.max().unwrap_or(1)
        });
        for (rows, part) in parts(&lines.collect::<Vec<_>>(), TABLE_LINES) {
            self.own_with(block, None, None, Content::Table(table, rows), part);
        }
    }

    /// A block on a slide of its own.
    fn own(
        &mut self,
        block: &'a Block,
        named: &'a NamedBlock,
        content: Content<'a>,
        part: Option<Count>,
    ) {
        let title = (!named.title.is_empty()).then_some(named.title.as_slice());
        self.own_with(block, title, Some(named.id.clone()), content, part);
    }

    fn own_with(
        &mut self,
        block: &'a Block,
        title: Option<&'a [Inline]>,
        anchor: Option<String>,
        content: Content<'a>,
        part: Option<Count>,
    ) {
        let short: usize = self.pending.iter().map(|(piece, _)| lines(piece)).sum();
        let mut lead = Vec::new();
        if short <= LEAD {
            lead = joined(std::mem::take(&mut self.pending));
        } else {
            self.flush();
        }
        let mut within = self.titles();
        let title = match (title, &self.step) {
            (Some(title), _) => Cow::Borrowed(title),
            (None, Some(step)) => Cow::Borrowed(step.title),
            (None, None) => match within.pop() {
                Some(title) => Cow::Borrowed(title),
                None => self.page_title(),
            },
        };
        let anchor = anchor.or_else(|| self.heads.last().map(|head| head.anchor.clone()));
        self.add(Slide {
            content,
            title,
            within,
            part,
            lead,
            anchor,
            ..self.at(&block.source, &block.span)
        });
    }

    fn problem(&mut self, problem: &'a Problem, group: Option<&'a [Inline]>) {
        let mut within = self.titles();
        within.extend(group);
        let (source, span) = problem
            .typed
            .first()
            .map_or((&self.page.source, 0..0), |typed| {
                (&typed.source, typed.span.clone())
            });
        self.add(Slide {
            content: Content::Problem(problem),
            title: Cow::Borrowed(&problem.symptom),
            within,
            anchor: Some(format!("masalah-{}", problem.id.value)),
            ..self.at(source, &span)
        });
    }

    /// A note belongs to the slide before it; below a heading or text that has no slide yet, to the one that comes.
    fn note(&mut self, body: &'a [Block]) {
        let waits = self.fresh || !self.pending.is_empty();
        match self.slides.last_mut().filter(|_| !waits) {
            Some(last) => last.notes.push(body),
            None => self.notes.push(body),
        }
    }

    /// Gives the text that waits its slides.
    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return;
        }
        let step = self.step.as_ref();
        let mut within = self.titles();
        let title = match step {
            Some(step) => Cow::Borrowed(step.title),
            None => match within.pop() {
                Some(title) => Cow::Borrowed(title),
                None => self.page_title(),
            },
        };
        let anchor = match step {
            Some(step) => Some(step.anchor.clone()),
            None => self.heads.last().map(|head| head.anchor.clone()),
        };
        let pages = paginate(pending, LINES, LINES);
        let count = pages.len();
        for (index, (pieces, block)) in pages.into_iter().enumerate() {
            let (source, span) = block.map_or((&self.page.source, &(0..0)), |block| {
                (&block.source, &block.span)
            });
            self.add(Slide {
                content: Content::Text(pieces),
                title: title.clone(),
                within: within.clone(),
                part: (count > 1).then_some((index + 1, count)),
                anchor: anchor.clone(),
                ..self.at(source, span)
            });
        }
    }

    fn whole_page(&mut self, content: Content<'a>) {
        let title = self.page_title();
        let front = &self.page.front.title;
        let slide = Slide {
            content,
            title,
            ..self.at(&front.source, &front.span)
        };
        self.slides.push(slide);
    }

    /// A slide that is empty but for its place.
    fn at(&self, source: &Source, span: &Span) -> Slide<'a> {
        Slide {
            content: Content::Title,
            title: Cow::Borrowed(&[]),
            within: Vec::new(),
            step: self.step.as_ref().map(|step| step.number),
            part: None,
            lead: Vec::new(),
            notes: Vec::new(),
            anchor: None,
            source: source.clone(),
            span: span.clone(),
        }
    }

    fn add(&mut self, mut slide: Slide<'a>) {
        slide.notes.append(&mut self.notes);
        self.fresh = false;
        self.slides.push(slide);
    }

    fn titles(&self) -> Vec<&'a [Inline]> {
        self.heads.iter().map(|head| head.title).collect()
    }

    fn page_title(&self) -> Cow<'a, [Inline]> {
        Cow::Owned(vec![Inline::Text(self.page.front.title.value.clone())])
    }
}

/// Whether a block stands on its step's own slide.
fn stays_with_step(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Paragraph(_)
        | BlockKind::List { .. }
        | BlockKind::Code { .. }
        | BlockKind::Quote(_) => true,
        BlockKind::Named(named) => {
            matches!(&named.content, Named::Alert(body) if blocks_lines(body) < BOX)
        }
        _ => false,
    }
}

/// Text on as many slides as it takes, each with the block that it begins in; `first` lines fit on the first, `rest` on each other.
fn paginate<'a>(
    pieces: Vec<(Piece<'a>, &'a Block)>,
    first: usize,
    rest: usize,
) -> Vec<(Vec<Piece<'a>>, Option<&'a Block>)> {
    let mut pages: Vec<Vec<(Piece<'a>, &'a Block)>> = vec![Vec::new()];
    let mut left = first;
    for (piece, block) in pieces {
        let lines = lines(&piece);
        let begun = pages.last().is_some_and(|page| !page.is_empty());
        if lines > left && begun {
            pages.push(Vec::new());
            left = rest;
        }
        left = left.saturating_sub(lines);
        if let Some(page) = pages.last_mut() {
            page.push((piece, block));
        }
    }
    let page = |page: Vec<(Piece<'a>, &'a Block)>| {
        let begins = page.first().map(|(_, block)| *block);
        (joined(page), begins)
    };
    pages.into_iter().map(page).collect()
}

/// The items of a list, each a piece of its own.
fn one_by_one<'a>(
    block: &'a Block,
    start: Option<u64>,
    items: &'a [Item],
) -> impl Iterator<Item = (Piece<'a>, &'a Block)> {
    items.iter().enumerate().map(move |(index, item)| {
        let start = start.map(|start| start + index as u64);
        (Piece::Items(start, std::slice::from_ref(item)), block)
    })
}

/// Items of one list stand in one list again.
fn joined<'a>(pieces: Vec<(Piece<'a>, &'a Block)>) -> Vec<Piece<'a>> {
    let mut all: Vec<Piece<'a>> = Vec::new();
    let mut of: Option<(&'a Block, usize)> = None;
    for (piece, block) in pieces {
        let Piece::Items(_, one) = piece else {
            of = None;
            all.push(piece);
            continue;
        };
        let BlockKind::List { items, .. } = &block.kind else {
            continue;
        };
        let same = of.filter(|(list, _)| std::ptr::eq(*list, block));
        match (same, all.last_mut(), one.first()) {
            (Some((_, from)), Some(Piece::Items(_, run)), Some(_)) => {
                *run = items.get(from..from + run.len() + 1).unwrap_or(run);
            }
            (_, _, Some(item)) => {
                let from = items.iter().position(|other| std::ptr::eq(other, item));
                of = from.map(|from| (block, from));
                all.push(piece);
            }
            _ => {}
        }
    }
    all
}

/// Things of so many lines each, on as few slides as hold `room` lines, about as many on each.
fn parts(lines: &[usize], room: usize) -> Vec<(Range<usize>, Option<Count>)> {
    let all: usize = lines.iter().sum();
    let count = all.div_ceil(room).clamp(1, lines.len().max(1));
    let share = lines.len().div_ceil(count);
    let ranges: Vec<Range<usize>> = (0..lines.len().max(1))
        .step_by(share.max(1))
        .map(|from| from..(from + share).min(lines.len()))
        .collect();
    let count = ranges.len();
    let part = |(index, range)| (range, (count > 1).then_some((index + 1, count)));
    ranges.into_iter().enumerate().map(part).collect()
}

/// Lines of type that a piece takes.
fn lines(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Block(block) => block_lines(block),
        Piece::Items(_, items) => items.iter().map(item_lines).sum(),
    }
}

fn item_lines(item: &Item) -> usize {
    blocks_lines(&item.blocks)
}

fn blocks_lines(blocks: &[Block]) -> usize {
    blocks.iter().map(block_lines).sum()
}

fn block_lines(block: &Block) -> usize {
    match &block.kind {
        BlockKind::Paragraph(content) => lines_of(content, LINE),
        BlockKind::Heading(heading) => lines_of(&heading.content, LINE),
        BlockKind::List { items, .. } => items.iter().map(item_lines).sum(),
        BlockKind::Code { text, .. } => text.lines().count().max(1),
        BlockKind::Quote(blocks) => blocks_lines(blocks),
        BlockKind::Table(table) => table.rows.len() + 1,
        BlockKind::Named(named) => match &named.content {
            Named::Alert(body) => 1 + blocks_lines(body),
            Named::Note(_) => 0,
            _ => LINES,
        },
        BlockKind::Rule | BlockKind::Patch(_) => 0,
    }
}

fn lines_of(content: &[Inline], width: usize) -> usize {
    plain(content).chars().count().div_ceil(width.max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use std::{
        collections::{BTreeMap, BTreeSet},
        sync::Arc,
    };

    use minijinja::Value;

    use super::*;
    use crate::{diagnostic::Diagnostics, facts::Facts, markdown, source::SourceFile};

    fn blocks(text: &str) -> Vec<Block> {
        let source: Source = Arc::new(SourceFile {
            path: "content/a.md".to_owned(),
            text: text.to_owned(),
        });
        let mut told = Diagnostics::default();
        let read = markdown::parse(
            &source,
            0..text.len(),
            &Facts::new("contoh", Value::from(BTreeMap::<String, Value>::new())),
            &BTreeSet::new(),
            &mut told,
        );
        assert!(told.is_empty());
        read.blocks
    }

    #[test]
    fn things_are_shared_out_evenly() {
        assert_eq!(parts(&[1, 1, 1], 8), [(0..3, None)]);
        assert_eq!(
            parts(&[4, 4, 4, 4], 8),
            [(0..2, Some((1, 2))), (2..4, Some((2, 2)))]
        );
        assert_eq!(
            parts(&[3; 5], 8),
            [(0..3, Some((1, 2))), (3..5, Some((2, 2)))]
        );
        assert_eq!(parts(&[], 8), [(0..0, None)]);
    }

    #[test]
    fn a_long_list_goes_on_on_the_next_slide_with_its_numbers() {
        let list: String = (1..=12)
            .map(|n| format!("{n}. Satu baris saja.\n"))
            .collect();
        let blocks = blocks(&list);
        let [block] = blocks.as_slice() else {
            panic!("one list")
        };
        let BlockKind::List { start, items } = &block.kind else {
            panic!("a list")
        };
        let pieces = items.iter().enumerate().map(|(index, item)| {
            let start = start.map(|start| start + index as u64);
            (Piece::Items(start, std::slice::from_ref(item)), block)
        });
        let pages = paginate(pieces.collect(), LINES, LINES);
        let seen: Vec<(Option<u64>, usize)> = pages
            .iter()
            .flat_map(|(pieces, _)| pieces)
            .map(|piece| match piece {
                Piece::Items(start, items) => (*start, items.len()),
                Piece::Block(_) => panic!("only items"),
            })
            .collect();
        assert_eq!(
            seen,
            [(Some(1), LINES), (Some(LINES as u64 + 1), 12 - LINES)]
        );
    }

    #[test]
    fn only_a_guides_deck_is_a_deck() {
        assert!(is_page("dki-jakarta/email/hp-android/slide/index.html"));
        assert!(!is_page("dki-jakarta/email/hp-android/index.html"));
    }
}
