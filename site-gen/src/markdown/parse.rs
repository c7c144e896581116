//! Events of pulldown-cmark → tree.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use pulldown_cmark::{
    Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use super::{
    ast::{
        Blank, BlankKind, Block, BlockKind, Cell, Document, Heading, Inline, Item, Named,
        NamedBlock, Patch, PatchKind, Table, plain,
    },
    blocks::{self, BLOCK_NAMES},
    fence::{self, Fence},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    facts::Facts,
    slug::slug,
    source::{Source, Span, Spanned},
};

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES
}

/// How deep blocks and emphasis may stand in each other. No guide needs more, and what walks through them recurses.
const DEEPEST: usize = 24;

/// The last heading's level, where any may follow.
const ANY_LEVEL: u8 = 6;

/// What an agency may do to a shared guide.
const PATCHES: [PatchKind; 4] = [
    PatchKind::Replace,
    PatchKind::Before,
    PatchKind::After,
    PatchKind::Remove,
];

/// Ids that the theme's own parts of a page bear.
const RESERVED_IDS: [&str; 7] = [
    "masalah",
    "isi",
    "kontak-bantuan",
    "kontak-bantuan-judul",
    "sumber-riwayat",
    "siapkan",
    "pola",
];

/// Reads the Markdown at `body` of `source`, with the facts of one agency filled in. Ids that are made from
/// titles avoid those `taken`.
pub fn parse(
    source: &Source,
    body: Span,
    facts: &Facts,
    taken: &BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Document {
    let marked = facts.mark(source, &source.text[body.clone()], body.start, diagnostics);
    let hidden = fence::hide(&marked.text);
    let events =
        TextMergeWithOffset::new(Parser::new_ext(&hidden.text, options()).into_offset_iter())
            .collect();
    for span in hidden.malformed {
        let place = body.start + span.start..body.start + span.end;
        let mistake = Diagnostic::new("fence-syntax", source, place, "this line looks like a block's and is none")
            .hint("write `::: info Judul`: three colons, a space, the name; attributes as key=\"two words\"; no `>` before it");
        diagnostics.push(mistake);
    }
    let fences = hidden.fences;
    let mut builder = Builder {
        source,
        base: body.start,
        marked: &marked,
        original: &marked.text,
        events,
        at: 0,
        fences,
        ids: RESERVED_IDS.map(str::to_owned).into(),
        taken: taken.clone(),
        last_level: 1,
        depth: 0,
        told_too_deep: false,
        left_out: 0,
        blanks: Vec::new(),
        diagnostics,
    };
    let blocks = builder.blocks(None);
    builder.blanks_outside_forms();
    Document { span: body, blocks }
}

/// Reads a line of inline Markdown that stands at `span` of `source`.
pub fn inline(
    source: &Source,
    text: &str,
    span: Span,
    facts: &Facts,
    diagnostics: &mut Diagnostics,
) -> Vec<Inline> {
    let marked = facts.mark(source, text, span.start, diagnostics);
    inline_marked(source, &marked, &marked.text, span.start, diagnostics)
}

fn inline_marked(
    source: &Source,
    marked: &crate::facts::Marked,
    text: &str,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Vec<Inline> {
    let events =
        TextMergeWithOffset::new(Parser::new_ext(text, Options::empty()).into_offset_iter())
            .collect();
    let mut builder = Builder {
        source,
        base,
        marked,
        original: text,
        events,
        at: 0,
        fences: BTreeMap::new(),
        ids: BTreeSet::new(),
        taken: BTreeSet::new(),
        last_level: 1,
        depth: 0,
        told_too_deep: false,
        left_out: 0,
        blanks: Vec::new(),
        diagnostics,
    };
    let blocks = builder.blocks(None);
    builder.blanks_outside_forms();
    for block in &blocks {
        if !matches!(block.kind, BlockKind::Paragraph(_)) {
            let place = source.first_line(&block.span);
            let message = "only running text can stand here, no heading, list or table";
            let mistake =
                Diagnostic::new("inline-only", source, place, message).hint("begin it with a word");
            builder.diagnostics.push(mistake);
        }
    }
    blocks
        .into_iter()
        .flat_map(|block| into_inlines(block.kind))
        .collect()
}

fn into_inlines(kind: BlockKind) -> Vec<Inline> {
    match kind {
        BlockKind::Paragraph(content) => content,
        BlockKind::Heading(heading) => heading.content,
        _ => Vec::new(),
    }
}

/// A named block whose closing line has not come yet.
struct Open {
    name: String,
    name_span: Span,
    span: Span,
    attributes: BTreeMap<String, String>,
    title: Vec<Inline>,
    children: Vec<Block>,
}

pub(super) struct Builder<'a> {
    pub(super) source: &'a Source,
    base: usize,
    marked: &'a crate::facts::Marked,
    original: &'a str,
    events: Vec<(Event<'a>, Range<usize>)>,
    at: usize,
    fences: BTreeMap<usize, (Span, Fence)>,
    ids: BTreeSet<String>,
    /// Ids of the shared guide that this one changes.
    taken: BTreeSet<String>,
    last_level: u8,
    depth: usize,
    told_too_deep: bool,
    /// Blocks left out because they lie too deep, whose closing lines are still to come.
    left_out: usize,
    /// Blanks that no form holds, so far.
    blanks: Vec<Span>,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl<'a> Builder<'a> {
    fn shift(&self, range: Range<usize>) -> Span {
        self.base + range.start..self.base + range.end
    }

    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        let event = self.events.get(self.at).cloned();
        self.at += 1;
        event
    }

    fn fill(&self, piece: &str) -> String {
        self.marked.fill(piece)
    }

    /// Steps into what began with the last event; skips it, reporting that once, where it lies too deep.
    fn descend(&mut self) -> bool {
        if self.depth < DEEPEST {
            self.depth += 1;
            return true;
        }
        let range = self
            .events
            .get(self.at.saturating_sub(1))
            .map_or(0..0, |(_, range)| range.clone());
        self.too_deep(self.shift(range));
        let mut open = 1;
        while let Some((event, _)) = self.next() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        false
    }

    fn too_deep(&mut self, span: Span) {
        if !self.told_too_deep {
            self.told_too_deep = true;
            let mistake = Diagnostic::new(
                "nesting",
                self.source,
                span,
                "blocks stand too deep in each other here",
            )
            .hint(format!(
                "use at most {DEEPEST} levels; most guides need three"
            ));
            self.diagnostics.push(mistake);
        }
    }

    /// Reads blocks up to the end of `inside` (or of the text).
    fn blocks(&mut self, inside: Option<TagEnd>) -> Vec<Block> {
        if !self.descend() {
            return Vec::new();
        }
        let blocks = self.blocks_inside(inside);
        self.depth -= 1;
        blocks
    }

    fn blocks_inside(&mut self, inside: Option<TagEnd>) -> Vec<Block> {
        let mut done: Vec<Block> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        // Text directly in a tight list item has no paragraph of its own.
        let mut loose: Option<(Span, Vec<Inline>)> = None;
        while let Some((event, range)) = self.next() {
            if let Event::End(end) = &event
                && Some(*end) == inside
            {
                break;
            }
            let block = match event {
                Event::Start(tag) if is_inline(&tag) => {
                    self.at -= 1;
                    let span = self.shift(range);
                    let content = self.inlines_until_block();
                    append_loose(&mut loose, span, content);
                    continue;
                }
                Event::Text(_)
                | Event::Code(_)
                | Event::SoftBreak
                | Event::HardBreak
                | Event::InlineHtml(_) => {
                    self.at -= 1;
                    let span = self.shift(range);
                    let content = self.inlines_until_block();
                    append_loose(&mut loose, span, content);
                    continue;
                }
                Event::Start(tag) => {
                    flush_loose(self.source, &mut loose, &mut done, &mut open);
                    if matches!(tag, Tag::HtmlBlock) {
                        self.html_block(range, &mut done, &mut open);
                        continue;
                    }
                    self.block(tag, range)
                }
                Event::Rule => {
                    flush_loose(self.source, &mut loose, &mut done, &mut open);
                    Some(self.block_at(self.shift(range), BlockKind::Rule))
                }
                _ => None,
            };
            if let Some(block) = block {
                push(block, &mut done, &mut open);
            }
        }
        flush_loose(self.source, &mut loose, &mut done, &mut open);
        while let Some(block) = open.pop() {
            let message = format!("the block `{}` is not closed", block.name);
            let mistake =
                Diagnostic::new("unclosed-block", self.source, block.span.clone(), message)
                    .hint("end it with a line `:::` at the same indentation");
            self.diagnostics.push(mistake);
        }
        done
    }

    fn block(&mut self, tag: Tag<'a>, range: Range<usize>) -> Option<Block> {
        let span = self.shift(range);
        let kind = match tag {
            Tag::Paragraph => BlockKind::Paragraph(self.inlines(TagEnd::Paragraph)),
            Tag::Heading { level, id, .. } => {
                let content = self.inlines(TagEnd::Heading(level));
                BlockKind::Heading(self.heading(level as u8, id.as_deref(), content, &span))
            }
            Tag::List(start) => BlockKind::List {
                start,
                items: self.items(start.is_some()),
            },
            Tag::Table(alignment) => BlockKind::Table(self.table(&alignment)),
            Tag::CodeBlock(kind) => BlockKind::Code {
                language: match kind {
                    CodeBlockKind::Fenced(language) => self.fill(&language),
                    CodeBlockKind::Indented => String::new(),
                },
                text: self.code(),
            },
            Tag::BlockQuote(kind) => BlockKind::Quote(self.blocks(Some(TagEnd::BlockQuote(kind)))),
            other => {
                self.blocks(Some(other.to_end()));
                return None;
            }
        };
        Some(self.block_at(span, kind))
    }

    fn block_at(&self, span: Span, kind: BlockKind) -> Block {
        Block {
            source: self.source.clone(),
            span,
            kind,
        }
    }

    fn heading(
        &mut self,
        level: u8,
        id: Option<&str>,
        content: Vec<Inline>,
        span: &Span,
    ) -> Heading {
        let line = self.source.first_line(span);
        if level == 1 {
            let mistake = Diagnostic::new(
                "heading-level",
                self.source,
                line,
                "a guide's body has no level-1 heading",
            )
            .hint("the page's h1 is `judul` in the front matter; begin with `##`");
            self.diagnostics.push(mistake);
        } else if level > self.last_level + 1 {
            let message = format!("heading level {level} follows level {}", self.last_level);
            let mistake =
                Diagnostic::new("heading-level", self.source, line, message).hint(format!(
                    "use `{}`: levels may not be skipped",
                    "#".repeat(self.last_level as usize + 1)
                ));
            self.diagnostics.push(mistake);
        } else if let Some(id) = id
            && self.ids.contains(id)
        {
            let message = id_taken(id);
            let mistake = Diagnostic::new("duplicate-id", self.source, line, message)
                .hint("give one of the two another id: `## Judul {#id-lain}`");
            self.diagnostics.push(mistake);
        }
        self.last_level = level;
        let id = id.map_or_else(|| self.unique_id(&plain(&content)), str::to_owned);
        self.ids.insert(id.clone());
        Heading { level, id, content }
    }

    /// An id for this text that no other heading or block of the page has.
    pub(super) fn unique_id(&mut self, text: &str) -> String {
        let stem = slug(text);
        let stem = if stem.is_empty() {
            "bagian".to_owned()
        } else {
            stem
        };
        let mut id = stem.clone();
        let mut number = 1;
        while self.taken.contains(&id) || !self.ids.insert(id.clone()) {
            number += 1;
            id = format!("{stem}-{number}");
        }
        id
    }

    fn items(&mut self, numbered: bool) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::Item) => {
                    let span = self.shift(range);
                    items.push(Item {
                        span,
                        blocks: self.blocks(Some(TagEnd::Item)),
                    });
                }
                Event::End(TagEnd::List(end)) if end == numbered => break,
                _ => {}
            }
        }
        items
    }

    fn table(&mut self, alignment: &[Alignment]) -> Table {
        let right = alignment
            .iter()
            .map(|a| matches!(a, Alignment::Right))
            .collect();
        let mut table = Table {
            head: Vec::new(),
            rows: Vec::new(),
            right,
        };
        let mut row: Option<Vec<Cell>> = None;
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::TableHead) => row = None,
                Event::Start(Tag::TableRow) => row = Some(Vec::new()),
                Event::End(TagEnd::TableRow) => table.rows.extend(row.take()),
                Event::Start(Tag::TableCell) => {
                    let span = self.shift(range);
                    let cell = Cell {
                        span,
                        content: self.inlines(TagEnd::TableCell),
                    };
                    row.as_mut().unwrap_or(&mut table.head).push(cell);
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        table
    }

    fn code(&mut self) -> String {
        let mut code = String::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::Text(text) => code.push_str(&self.fill(&text)),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        code
    }

    fn blanks_outside_forms(&mut self) {
        for span in std::mem::take(&mut self.blanks) {
            let mistake = Diagnostic::new(
                "blank",
                self.source,
                span,
                "a blank outside a form: nobody could print it",
            )
            .hint("put it between `::: formulir Judul` and its `:::`");
            self.diagnostics.push(mistake);
        }
    }

    fn html_block(&mut self, range: Range<usize>, done: &mut Vec<Block>, open: &mut Vec<Open>) {
        while let Some((event, _)) = self.next() {
            if matches!(event, Event::End(TagEnd::HtmlBlock)) {
                break;
            }
        }
        let fences: Vec<(Span, Fence)> = self
            .fences
            .range(range.clone())
            .map(|(_, fence)| fence.clone())
            .collect();
        if fences.is_empty() {
            self.raw_html(range);
        }
        for (span, fence) in fences {
            let span = self.shift(span);
            match fence {
                Fence::Open { .. } if self.depth + open.len() >= DEEPEST => {
                    self.left_out += 1;
                    self.too_deep(span);
                }
                Fence::Close if self.left_out > 0 => self.left_out -= 1,
                Fence::Open {
                    name,
                    name_span,
                    attributes,
                    title,
                } => {
                    let text = &self.original[title.clone()];
                    let title = inline_marked(
                        self.source,
                        self.marked,
                        text,
                        self.base + title.start,
                        self.diagnostics,
                    );
                    let attributes = attributes
                        .into_iter()
                        .map(|(key, value)| (key, self.fill(&value)))
                        .collect();
                    let name_span = self.shift(name_span);
                    if PATCHES.iter().any(|kind| kind.word() == name) {
                        self.last_level = ANY_LEVEL; // what it fits to is known once it is applied
                    }
                    open.push(Open {
                        name,
                        name_span,
                        span,
                        attributes,
                        title,
                        children: Vec::new(),
                    });
                }
                Fence::Close => match open.pop() {
                    Some(block)
                        if block.name == "opsi"
                            && open.last().is_none_or(|outer| !holds_choices(&outer.name)) =>
                    {
                        let mistake = Diagnostic::new(
                            "block-content",
                            self.source,
                            block.span,
                            "`opsi` stands alone",
                        )
                        .hint("put it between `::: pilihan` and its `:::`");
                        self.diagnostics.push(mistake);
                    }
                    Some(block) => {
                        if let Some(block) = self.close(block, span.end) {
                            push(block, done, open);
                        }
                    }
                    None => {
                        let mistake = Diagnostic::new(
                            "unopened-block",
                            self.source,
                            span,
                            "this `:::` closes no block",
                        )
                        .hint("remove it, or open a block before it at the same indentation");
                        self.diagnostics.push(mistake);
                    }
                },
            }
        }
    }

    fn close(&mut self, open: Open, end: usize) -> Option<Block> {
        let Some(name) = BLOCK_NAMES.into_iter().find(|name| *name == open.name) else {
            let message = format!("there is no block `{}`", open.name);
            let mistake = Diagnostic::new("unknown-block", self.source, open.name_span, message)
                .hint(format!("blocks are: {}", BLOCK_NAMES.join(", ")))
                .suggest(&open.name, BLOCK_NAMES);
            self.diagnostics.push(mistake);
            return None;
        };
        let span = open.span.clone();
        if name == "formulir" {
            self.blanks.retain(|blank| blank.start < span.start);
        }
        if let Some(kind) = PATCHES.into_iter().find(|kind| kind.word() == name) {
            // What it is put into may be a form: known once it is applied.
            self.blanks.retain(|blank| blank.start < span.start);
            let patch = self.patch(kind, &open)?;
            return Some(self.block_at(span.start..end, BlockKind::Patch(patch)));
        }
        let content = blocks::shape(self, name, &open.attributes, open.span, open.children)?;
        let title = plain(&open.title);
        let id = match open.attributes.get("id") {
            // No page shows a note, so it needs no place of its own and takes none from what is shown.
            _ if matches!(content, Named::Note(_)) => {
                self.bare(&title, &open.attributes, &span)?;
                String::new()
            }
            Some(id) => self.own_id(id, span.clone()),
            None => self.unique_id(if title.is_empty() { name } else { &title }),
        };
        let named = NamedBlock {
            name,
            id,
            title: open.title,
            attributes: open.attributes,
            content,
        };
        Some(self.block_at(span.start..end, BlockKind::Named(named)))
    }

    /// A trainer's note has neither title nor anchor.
    fn bare(
        &mut self,
        title: &str,
        attributes: &BTreeMap<String, String>,
        span: &Span,
    ) -> Option<()> {
        let (code, message, hint) = if attributes.contains_key("id") {
            (
                "block-attribute",
                "a trainer's note has no `id`: no page shows it, so nothing can lead to it",
                "leave `id=…` out",
            )
        } else if !title.is_empty() {
            (
                "block-content",
                "a trainer's note has no title",
                "write it on the next line: `::: catatan` stands alone",
            )
        } else {
            return Some(());
        };
        let mistake = Diagnostic::new(code, self.source, span.clone(), message).hint(hint);
        self.diagnostics.push(mistake);
        None
    }

    /// A change of a shared guide.
    fn patch(&mut self, kind: PatchKind, open: &Open) -> Option<Patch> {
        let word = kind.word();
        let mut refuse = |message: String, hint: &str| {
            let mistake =
                Diagnostic::new("patch", self.source, open.span.clone(), message).hint(hint);
            self.diagnostics.push(mistake);
        };
        let Some(target) = open.attributes.get("blok") else {
            refuse(
                format!("`{word}` does not say which block"),
                "write `::: ganti blok=id`, with the id of a heading, block or step of the shared guide, or `pembuka`",
            );
            return None;
        };
        let further = open.attributes.keys().find(|key| *key != "blok");
        if further.is_some() || !open.title.is_empty() {
            refuse(
                format!("`{word}` takes nothing but `blok`"),
                "close its line there; a title belongs to a block inside of it",
            );
            return None;
        }
        if open.children.is_empty() != (kind == PatchKind::Remove) {
            let (message, hint) = if kind == PatchKind::Remove {
                (
                    "`hapus` holds nothing".to_owned(),
                    "close it at once with `:::`; to put something in the place, use `ganti`",
                )
            } else {
                (
                    format!("the block `{word}` is empty"),
                    "write its content before the closing `:::`; to leave a block out, use `hapus`",
                )
            };
            refuse(message, hint);
            return None;
        }
        Some(Patch {
            kind,
            target: target.clone(),
            content: open.children.clone(),
        })
    }

    /// An id that the author chose.
    pub(super) fn own_id(&mut self, id: &str, span: Span) -> String {
        let better = slug(id);
        if better != id || id.is_empty() {
            let message = format!("the id `{id}` can't stand in an address");
            let mistake = Diagnostic::new("bad-id", self.source, span, message).hint(format!(
                "write it with small letters, digits and hyphens, such as `{}`",
                if better.is_empty() {
                    "langkah-otp"
                } else {
                    &better
                }
            ));
            self.diagnostics.push(mistake);
        } else if !self.ids.insert(id.to_owned()) {
            let message = id_taken(id);
            let mistake = Diagnostic::new("duplicate-id", self.source, span, message)
                .hint("give one of the two another id");
            self.diagnostics.push(mistake);
        }
        id.to_owned()
    }

    fn raw_html(&mut self, range: Range<usize>) {
        let span = self.shift(range);
        let mistake = Diagnostic::new(
            "raw-html",
            self.source,
            span,
            "raw HTML is not allowed in a guide",
        )
        .hint("use Markdown or one of the named blocks; write `\\<` for a literal <");
        self.diagnostics.push(mistake);
    }

    /// Reads running text up to the end of `inside`.
    fn inlines(&mut self, inside: TagEnd) -> Vec<Inline> {
        let mut content = Vec::new();
        if !self.descend() {
            return content;
        }
        while let Some((event, range)) = self.next() {
            match event {
                Event::End(end) if end == inside => break,
                Event::Text(text) => self.text(&text, range, &mut content),
                event => content.extend(self.inline(event, range)),
            }
        }
        self.depth -= 1;
        content
    }

    /// Reads running text up to the next block or the end of what holds it.
    fn inlines_until_block(&mut self) -> Vec<Inline> {
        let mut content = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(ref tag) if !is_inline(tag) => {
                    self.at -= 1;
                    break;
                }
                Event::End(_) | Event::Rule => {
                    self.at -= 1;
                    break;
                }
                Event::Text(text) => self.text(&text, range, &mut content),
                event => content.extend(self.inline(event, range)),
            }
        }
        content
    }

    /// Plain text, and the blanks of a form that stand in it.
    fn text(&mut self, text: &str, range: Range<usize>, content: &mut Vec<Inline>) {
        // Where entities or escapes made the text differ from the source, the whole run is the place.
        let exact = self.original.get(range.clone()) == Some(text);
        let mut rest = 0;
        while let Some(open) = text[rest..].find("[[") {
            let start = rest + open;
            let Some(length) = text[start..].find("]]") else {
                break;
            };
            let end = start + length + 2;
            let place = if exact {
                range.start + start..range.start + end
            } else {
                range.clone()
            };
            let span = self.shift(place);
            if start > rest {
                content.push(Inline::Text(self.fill(&text[rest..start])));
            }
            match blank(&self.fill(&text[start + 2..end - 2])) {
                Ok(blank) => content.push(Inline::Blank(blank)),
                Err(message) => {
                    let mistake = Diagnostic::new("blank", self.source, span.clone(), message)
                        .hint("write [[Nama lengkap]], [[NIP:angka]], [[Alamat:panjang]], [[Setuju:centang]], [[Status:pilihan PNS/PPPK]] or, in a table's row, [[#]]");
                    self.diagnostics.push(mistake);
                }
            }
            self.blanks.push(span);
            rest = end;
        }
        if rest < text.len() {
            content.push(Inline::Text(self.fill(&text[rest..])));
        }
    }

    fn inline(&mut self, event: Event<'a>, range: Range<usize>) -> Option<Inline> {
        Some(match event {
            Event::Code(code) => Inline::Code(self.fill(&code)),
            Event::SoftBreak => Inline::SoftBreak,
            Event::HardBreak => Inline::HardBreak,
            Event::Start(Tag::Emphasis) => Inline::Emphasis(self.inlines(TagEnd::Emphasis)),
            Event::Start(Tag::Strong) => Inline::Strong(self.inlines(TagEnd::Strong)),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let target = self.target(&dest_url, range);
                Inline::Link {
                    target,
                    content: self.inlines(TagEnd::Link),
                }
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let span = self.shift(range.clone());
                let target = self.target(&dest_url, range);
                let alt = plain(&self.inlines(TagEnd::Image));
                if alt.trim().is_empty() {
                    let mistake = Diagnostic::new("missing-alt", self.source, span, "the image has no alternative text")
                        .hint("say in words what it shows: ![Kotak masuk dengan surat dari BSrE](gambar.png)");
                    self.diagnostics.push(mistake);
                }
                Inline::Image { target, alt }
            }
            Event::InlineHtml(_) => {
                self.raw_html(range);
                return None;
            }
            _ => return None,
        })
    }

    fn target(&self, target: &str, range: Range<usize>) -> Spanned<String> {
        Spanned::new(
            self.fill(target),
            self.source,
            self.target_span(target, range),
        )
    }

    fn target_span(&self, target: &str, range: Range<usize>) -> Span {
        let within = self
            .original
            .get(range.clone())
            .and_then(|text| text.rfind(target));
        let start = within.map_or(range.start, |at| range.start + at);
        let end = within.map_or(range.end, |_| start + target.len());
        self.shift(start..end)
    }
}

/// What is wrong with an id that is not free.
fn id_taken(id: &str) -> String {
    if RESERVED_IDS.contains(&id) {
        format!("the id `{id}` is one that every page has")
    } else {
        format!("the id `{id}` stands twice on this page")
    }
}

/// Choices stand in a chooser, or in an agency's change of one.
fn holds_choices(block: &str) -> bool {
    block == "pilihan" || PATCHES.iter().any(|kind| kind.word() == block)
}

/// Reads what stands between `[[` and `]]`.
fn blank(text: &str) -> Result<Blank, String> {
    let (label, kind) = text
        .split_once(':')
        .map_or((text, None), |(label, kind)| (label, Some(kind.trim())));
    let label = label.trim().to_owned();
    if label.is_empty() {
        return Err("this blank has no label".to_owned());
    }
    let kind = match kind {
        None if label == "#" => BlankKind::RowNumber,
        None => BlankKind::Text,
        Some("angka") => BlankKind::Digits,
        Some("panjang") => BlankKind::Lines,
        Some("centang") => BlankKind::Tick,
        Some(kind) => match kind.strip_prefix("pilihan ") {
            Some(choices) if choices.contains('/') => {
                BlankKind::Choice(choices.split('/').map(|c| c.trim().to_owned()).collect())
            }
            Some(_) => {
                return Err("a choice names two answers or more, with `/` between".to_owned());
            }
            None => return Err(format!("`{kind}` is no kind of blank")),
        },
    };
    Ok(Blank {
        label,
        kind,
        row: None,
    })
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

fn push(block: Block, done: &mut Vec<Block>, open: &mut [Open]) {
    open.last_mut()
        .map_or(done, |innermost| &mut innermost.children)
        .push(block);
}

fn append_loose(loose: &mut Option<(Span, Vec<Inline>)>, span: Span, content: Vec<Inline>) {
    match loose {
        Some((whole, gathered)) => {
            whole.end = span.end;
            gathered.extend(content);
        }
        None => *loose = Some((span, content)),
    }
}

fn flush_loose(
    source: &Source,
    loose: &mut Option<(Span, Vec<Inline>)>,
    done: &mut Vec<Block>,
    open: &mut [Open],
) {
    if let Some((span, content)) = loose.take() {
        push(
            Block {
                source: source.clone(),
                span,
                kind: BlockKind::Paragraph(content),
            },
            done,
            open,
        );
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use minijinja::Value;
    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceFile;

    fn parsed(text: &str) -> (Document, Diagnostics) {
        let source = Arc::new(SourceFile {
            path: "a.md".to_owned(),
            text: text.to_owned(),
        });
        let facts = Facts::new(
            "contoh",
            Value::from(BTreeMap::from([("port", Value::from(993))])),
        );
        let mut diagnostics = Diagnostics::default();
        let document = parse(
            &source,
            0..text.len(),
            &facts,
            &BTreeSet::new(),
            &mut diagnostics,
        );
        (document, diagnostics)
    }

    /// What authors write, in any order: pieces that open, close, indent and interrupt each other.
    fn guide() -> impl Strategy<Value = String> {
        let pieces = [
            "\n",
            "\n\n",
            "   ",
            "# ",
            "## ",
            "#### ",
            "## A {#a}",
            "1. ",
            "- ",
            "> ",
            "::: langkah",
            "::: setelan A",
            "::: info x=\"y",
            "::: opsi",
            "::: grafik",
            ":::",
            "  :::",
            "```",
            "~~~\n",
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "{{ port }}",
            "{{ nope }}",
            "{{ port",
            "}}",
            "**",
            "*",
            "`",
            "[a](b.md#c)",
            "[[Nama]]",
            "[[",
            "::: formulir",
            "::: ganti blok=a",
            "{#id}",
            "![](x.png)",
            "<b>",
            "<?x?>",
            "<?>",
            "<!-- ",
            "Label: nilai",
            "é—“",
            "\u{91}0\u{92}",
            "\u{0}",
            "\t",
            "\\",
            "&amp;",
            "teks",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_guide_is_read_and_every_mistake_has_a_place(text in guide()) {
            let (_, diagnostics) = parsed(&text);
            for diagnostic in diagnostics.clone() {
                prop_assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= text.len());
                prop_assert!(text.get(diagnostic.span.clone()).is_some(), "a mark inside a character");
            }
            prop_assert!(!diagnostics.render(false).is_empty());
        }

        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            parsed(&text);
        }
    }

    #[test]
    fn facts_are_not_read_as_markdown() {
        let source = Arc::new(SourceFile {
            path: "a.md".to_owned(),
            text: "**{{ nama.a }}**".to_owned(),
        });
        let tree = Value::from(BTreeMap::from([(
            "nama",
            Value::from(BTreeMap::from([("a", "x**y_z_")])),
        )]));
        let mut diagnostics = Diagnostics::default();
        let document = parse(
            &source,
            0..source.text.len(),
            &Facts::new("contoh", tree),
            &BTreeSet::new(),
            &mut diagnostics,
        );
        let Some(BlockKind::Paragraph(content)) = document.blocks.first().map(|block| &block.kind)
        else {
            unreachable!("the text is a paragraph")
        };
        assert_eq!(
            *content,
            [Inline::Strong(vec![Inline::Text("x**y_z_".to_owned())])]
        );
    }
}
