//! What a guide is made of, once read. Every output (page, feed, later slides and paper) is made from this.

use std::collections::BTreeMap;

use crate::{
    mail::SetupFile,
    sealed::Sealed,
    source::{Source, Span, Spanned},
};

/// A guide's body.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Where it stands in its file.
    pub span: Span,
    /// In reading order.
    pub blocks: Vec<Block>,
}

/// A block and where it stands.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its file: a page can be made of a shared guide's blocks and an agency's.
    pub source: Source,
    /// Where it stands in its file.
    pub span: Span,
    /// What it is.
    pub kind: BlockKind,
}

/// Blocks of CommonMark, and Pandu's own.
#[derive(Clone, Debug)]
pub enum BlockKind {
    /// `## Title {#id}`
    Heading(Heading),
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A list; numbered from `start` where there is one.
    List {
        /// First number of a numbered list.
        start: Option<u64>,
        /// Its items.
        items: Vec<Item>,
    },
    /// A table.
    Table(Table),
    /// Preformatted text.
    Code {
        /// What follows the opening fence; may be empty.
        language: String,
        /// The text.
        text: String,
    },
    /// Quoted blocks.
    Quote(Vec<Block>),
    /// A thematic break.
    Rule,
    /// `::: name … :::`
    Named(NamedBlock),
    /// `::: ganti blok=…`: a change of a shared guide; gone once it is applied.
    Patch(Patch),
}

/// A change of a shared guide.
#[derive(Clone, Debug)]
pub struct Patch {
    /// What is done.
    pub kind: PatchKind,
    /// `blok`: the id of what it is done to.
    pub target: String,
    /// What stands there instead, or beside it.
    pub content: Vec<Block>,
}

/// What an agency does to a block of a shared guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchKind {
    /// `ganti`: puts its own in the place.
    Replace,
    /// `sebelum`: puts its own before.
    Before,
    /// `sesudah`: puts its own after.
    After,
    /// `hapus`: leaves it out.
    Remove,
}

impl PatchKind {
    /// The block's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Replace => "ganti",
            Self::Before => "sebelum",
            Self::After => "sesudah",
            Self::Remove => "hapus",
        }
    }
}

/// A heading; its id is unique in the document.
#[derive(Clone, Debug)]
pub struct Heading {
    /// 2–6.
    pub level: u8,
    /// Anchor.
    pub id: String,
    /// Text.
    pub content: Vec<Inline>,
}

/// A list item.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it stands.
    pub span: Span,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

/// A table of cells.
#[derive(Clone, Debug)]
pub struct Table {
    /// Header row.
    pub head: Vec<Cell>,
    /// Body rows.
    pub rows: Vec<Vec<Cell>>,
    /// True for each column that is aligned to the right (numbers).
    pub right: Vec<bool>,
}

/// A table cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Where it stands.
    pub span: Span,
    /// Its text.
    pub content: Vec<Inline>,
}

/// Running text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// `code`
    Code(String),
    /// *emphasis*
    Emphasis(Vec<Inline>),
    /// **strong**
    Strong(Vec<Inline>),
    /// A link to a page, an anchor or another site.
    Link {
        /// As written.
        target: Spanned<String>,
        /// What is clicked.
        content: Vec<Inline>,
    },
    /// `[[Label]]`: what is filled in on the page; in a form only.
    Blank(Blank),
    /// An image.
    Image {
        /// As written.
        target: Spanned<String>,
        /// Text for those who can't see it.
        alt: String,
    },
    /// A line's end in the source.
    SoftBreak,
    /// A line break.
    HardBreak,
}

/// A block with a meaning of its own.
#[derive(Clone, Debug)]
pub struct NamedBlock {
    /// The name after `:::`, which is also its component's folder.
    pub name: &'static str,
    /// Unique in the document; empty for what no page shows ([`NamedBlock::anchor`]).
    pub id: String,
    /// The rest of the opening line.
    pub title: Vec<Inline>,
    /// `key=value` of the opening line.
    pub attributes: BTreeMap<String, String>,
    /// Its content, as its kind demands.
    pub content: Named,
}

impl NamedBlock {
    /// Its place on the page; a trainer's note has none.
    pub fn anchor(&self) -> Option<&str> {
        (!self.id.is_empty()).then_some(self.id.as_str())
    }
}

/// What each kind of named block holds.
#[derive(Clone, Debug)]
pub enum Named {
    /// `langkah`
    Steps(Vec<Step>),
    /// `setelan`
    Settings(Vec<Setting>),
    /// `pilihan`
    Choice(Vec<Choice>),
    /// `layar`
    Screen(Vec<Field>),
    /// `info`, `penting`, `awas`
    Alert(Vec<Block>),
    /// `catatan`: what the trainer says; only the speaker's view of the slides shows it.
    Note(Vec<Block>),
    /// `kontak`: the desk named by `meja`, else the agency's main contact.
    Contact(Option<String>),
    /// `daftar-masalah`: the problems below the question named by `di`, else all.
    Problems(Option<String>),
    /// `cari-masalah`
    Finder,
    /// `lembar-kendali`
    ControlSheet,
    /// `formulir`
    Form(Vec<Block>),
    /// `kartu`
    Cards(Vec<Card>),
    /// `grafik`
    Chart {
        /// How it is drawn.
        kind: ChartKind,
        /// The numbers, a column a series.
        series: Vec<Series>,
        /// The table they come from.
        table: Table,
    },
    /// `daftar-status`
    Statuses(StatusKind),
    /// `profil-apple`, `berkas`: a set-up file of the agency's mail.
    SetupFile(SetupFile),
    /// `catatan-dns`
    DnsRecords,
    /// `kartu-latihan`
    PracticeCards,
    /// `gladi-aktivasi`: the steps in words, for people without script.
    Rehearsal(Vec<Block>),
    /// `periksa-email`, `periksa-tte`, `uji-passphrase`, `kode-thunderbird`: the text for people without script.
    Island(Island, Vec<Block>),
}

/// A step: what to do, and what helps to do it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its file.
    pub source: Source,
    /// Where it stands in its file.
    pub span: Span,
    /// `{#id}` at the end of its first paragraph.
    pub id: Option<String>,
    /// The instruction.
    pub title: Vec<Inline>,
    /// The rest.
    pub body: Vec<Block>,
}

/// A line of a settings card.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What the form calls it.
    pub label: String,
    /// What to enter.
    pub value: Vec<Inline>,
    /// False where the value is a description, written in *italics*.
    pub literal: bool,
}

/// One choice of a chooser.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its file.
    pub source: Source,
    /// Where it stands in its file.
    pub span: Span,
    /// `id`
    pub id: Option<String>,
    /// Name of an icon.
    pub icon: Option<String>,
    /// What is chosen.
    pub title: Vec<Inline>,
    /// What it leads to.
    pub body: Vec<Block>,
}

/// A field of a drawn screen.
#[derive(Clone, Debug)]
pub struct Field {
    /// What the screen calls it.
    pub label: Vec<Inline>,
    /// What stands in it.
    pub value: Vec<Inline>,
    /// What to know of it.
    pub note: Vec<Inline>,
}

/// How a field of a drawn screen looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Something to fill in.
    Input,
    /// `*tombol*`
    Button,
    /// `*menu*`: an item of a menu.
    MenuItem,
    /// `*dicentang*`: a ticked box.
    Tick,
    /// `*pilihan*`: a list to choose from.
    Select,
}

impl FieldKind {
    /// Every kind that a word in italics names instead of a value.
    const NAMED: [Self; 4] = [Self::Button, Self::MenuItem, Self::Tick, Self::Select];

    /// The word in Markdown and templates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Input => "isian",
            Self::Button => "tombol",
            Self::MenuItem => "menu",
            Self::Tick => "dicentang",
            Self::Select => "pilihan",
        }
    }
}

impl Field {
    /// How it looks.
    pub fn kind(&self) -> FieldKind {
        let [Inline::Emphasis(value)] = self.value.as_slice() else {
            return FieldKind::Input;
        };
        let word = plain(value);
        let named = FieldKind::NAMED
            .into_iter()
            .find(|kind| kind.word() == word);
        named.unwrap_or(FieldKind::Input)
    }
}

/// A card that leads on.
#[derive(Clone, Debug)]
pub struct Card {
    /// As written.
    pub target: Spanned<String>,
    /// What it is called.
    pub title: Vec<Inline>,
    /// What it offers; the target's summary where empty.
    pub summary: Vec<Inline>,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// `batang`: a bar for each row and series.
    Bar,
    /// `bertumpuk`: a bar for each row, its series one after the other.
    Stacked,
    /// `bagian`: one bar, divided.
    Share,
}

/// A column of numbers.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// A label and a number for each row.
    pub points: Vec<(String, f64)>,
}

/// Whose statuses are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusKind {
    /// `tte`: of certificates.
    Tte,
    /// `email`: of mailboxes.
    Email,
}

/// What is filled in on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Blank {
    /// What it is called.
    pub label: String,
    /// What goes into it.
    pub kind: BlankKind,
    /// The row of a repeated row, from 1.
    pub row: Option<usize>,
}

/// What goes into a blank.
#[derive(Clone, Debug, PartialEq)]
pub enum BlankKind {
    /// A line of text.
    Text,
    /// `:angka`: digits.
    Digits,
    /// `:panjang`: several lines.
    Lines,
    /// `:centang`: a tick.
    Tick,
    /// `:pilihan A/B`: one of these.
    Choice(Vec<String>),
    /// `[[#]]`: nothing, it is the row's number.
    RowNumber,
}

/// The interactive parts of `web-app`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Island {
    /// `periksa-email`
    Email,
    /// `periksa-tte`
    Tte,
    /// `uji-passphrase`, `kode-thunderbird`
    Sealed(Sealed),
}

/// The plain text of running text.
pub fn plain(content: &[Inline]) -> String {
    let mut text = String::new();
    push_plain(content, &mut text);
    text
}

fn push_plain(content: &[Inline], text: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(t) | Inline::Code(t) | Inline::Image { alt: t, .. } => text.push_str(t),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Link { content, .. } => {
                push_plain(content, text);
            }
            Inline::Blank(blank) => text.push_str(&blank.label),
            Inline::SoftBreak | Inline::HardBreak => text.push(' '),
        }
    }
}

/// What [`visit`] comes by.
pub enum Part<'a> {
    /// A block, before what is in it.
    Block(&'a Block),
    /// A run of text.
    Run(Run<'a>),
}

/// A run of text and the smallest thing with a place of its own that holds it.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The text.
    pub content: &'a [Inline],
    /// Its file.
    pub source: &'a Source,
    /// Where what holds it stands in its file.
    pub span: &'a Span,
    /// True for a cell: figures and words, no sentences.
    pub in_table: bool,
}

/// The named blocks among blocks, those within others included, in reading order.
pub fn named_blocks(blocks: &[Block]) -> Vec<(&Block, &NamedBlock)> {
    let mut found = Vec::new();
    visit(blocks, &mut |part| {
        if let Part::Block(block) = part
            && let BlockKind::Named(named) = &block.kind
        {
            found.push((block, named));
        }
    });
    found
}

/// Walks through blocks in reading order.
pub fn visit<'a>(blocks: &'a [Block], see: &mut dyn FnMut(Part<'a>)) {
    for block in blocks {
        see(Part::Block(block));
        let mut run = |content| see(Part::Run(run_in(block, content)));
        match &block.kind {
            BlockKind::Heading(heading) => run(&heading.content),
            BlockKind::Paragraph(content) => run(content),
            BlockKind::List { items, .. } => items.iter().for_each(|item| visit(&item.blocks, see)),
            BlockKind::Table(table) => visit_table(block, table, see),
            BlockKind::Quote(blocks) => visit(blocks, see),
            BlockKind::Code { .. } | BlockKind::Rule => {}
            BlockKind::Patch(patch) => visit(&patch.content, see),
            BlockKind::Named(named) => {
                run(&named.title);
                visit_named(block, &named.content, see);
            }
        }
    }
}

fn run_in<'a>(block: &'a Block, content: &'a [Inline]) -> Run<'a> {
    Run {
        content,
        source: &block.source,
        span: &block.span,
        in_table: false,
    }
}

fn visit_table<'a>(block: &'a Block, table: &'a Table, see: &mut dyn FnMut(Part<'a>)) {
    for cell in table.head.iter().chain(table.rows.iter().flatten()) {
        see(Part::Run(Run {
            span: &cell.span,
            in_table: true,
            ..run_in(block, &cell.content)
        }));
    }
}

fn visit_named<'a>(block: &'a Block, content: &'a Named, see: &mut dyn FnMut(Part<'a>)) {
    let mut run = |content| see(Part::Run(run_in(block, content)));
    match content {
        Named::Steps(steps) => {
            for step in steps {
                see(Part::Run(Run {
                    source: &step.source,
                    span: &step.span,
                    ..run_in(block, &step.title)
                }));
                visit(&step.body, see);
            }
        }
        Named::Settings(settings) => settings.iter().for_each(|setting| run(&setting.value)),
        Named::Choice(choices) => {
            for choice in choices {
                see(Part::Run(run_in(block, &choice.title)));
                visit(&choice.body, see);
            }
        }
        Named::Screen(fields) => {
            for field in fields {
                run(&field.label);
                run(&field.value);
                run(&field.note);
            }
        }
        Named::Alert(body)
        | Named::Note(body)
        | Named::Island(_, body)
        | Named::Form(body)
        | Named::Rehearsal(body) => visit(body, see),
        Named::Contact(_)
        | Named::Problems(_)
        | Named::Finder
        | Named::ControlSheet
        | Named::SetupFile(_)
        | Named::DnsRecords
        | Named::PracticeCards
        | Named::Statuses(_) => {}
        Named::Cards(cards) => {
            for card in cards {
                run(&card.title);
                run(&card.summary);
            }
        }
        Named::Chart { table, .. } => visit_table(block, table, see),
    }
}

/// Every link and image target in running text.
pub fn targets<'a>(content: &'a [Inline], see: &mut dyn FnMut(&'a Inline)) {
    for inline in content {
        match inline {
            Inline::Link { content, .. } => {
                see(inline);
                targets(content, see);
            }
            Inline::Image { .. } => see(inline),
            Inline::Emphasis(content) | Inline::Strong(content) => targets(content, see),
            Inline::Text(_)
            | Inline::Code(_)
            | Inline::Blank(_)
            | Inline::SoftBreak
            | Inline::HardBreak => {}
        }
    }
}
