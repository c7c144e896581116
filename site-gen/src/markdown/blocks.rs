//! What each named block must hold, and the shape it is given.

use std::collections::BTreeMap;

use super::{
    ast::{
        BlankKind, Block, BlockKind, Card, Cell, ChartKind, Choice, Field, Inline, Island, Item,
        Named, NamedBlock, Part, Run, Series, Setting, StatusKind, Step, Table, plain, visit,
    },
    parse::Builder,
};
use crate::{diagnostic::Diagnostic, mail::SetupFile, sealed::Sealed, source::Span};

/// Every named block; each has a component of this name in the theme (`opsi` is drawn by `pilihan`).
pub(super) const BLOCK_NAMES: [&str; 30] = [
    "langkah",
    "setelan",
    "pilihan",
    "opsi",
    "layar",
    "info",
    "penting",
    "awas",
    "catatan",
    "kontak",
    "daftar-masalah",
    "cari-masalah",
    "lembar-kendali",
    "formulir",
    "kartu",
    "grafik",
    "daftar-status",
    "profil-apple",
    "berkas",
    "catatan-dns",
    "periksa-email",
    "periksa-tte",
    "uji-passphrase",
    "kode-thunderbird",
    "kartu-latihan",
    "gladi-aktivasi",
    "ganti",
    "sebelum",
    "sesudah",
    "hapus",
];

/// Blocks that hold nothing: their content is data.
const FROM_DATA: [&str; 9] = [
    "kontak",
    "daftar-masalah",
    "cari-masalah",
    "lembar-kendali",
    "daftar-status",
    "profil-apple",
    "berkas",
    "catatan-dns",
    "kartu-latihan",
];

/// Attributes each block knows: name and allowed values (none: any text).
fn attributes_of(name: &str) -> &'static [(&'static str, &'static [&'static str])] {
    match name {
        "opsi" => &[("icon", &[])],
        "layar" => &[("jenis", &["hp", "formulir", "kotak-masuk"])],
        "grafik" => &[
            ("jenis", &["batang", "bertumpuk", "bagian"]),
            ("satuan", &[]),
        ],
        "kontak" => &[("meja", &[])],
        "daftar-masalah" => &[("di", &[])],
        "formulir" => &[("berkas", &[]), ("baris", &[])],
        "daftar-status" => &[("jenis", &["tte", "email"])],
        "profil-apple" => &[("jenis", &["imap", "exchange"])],
        "berkas" => &[(
            "jenis",
            &[
                "autoconfig",
                "autodiscover",
                "zona",
                "nginx",
                "caddy",
                "pacc",
            ],
        )],
        _ => &[],
    }
}

/// Gives a block's children the shape that its kind demands, or reports why they don't fit.
pub(super) fn shape(
    builder: &mut Builder<'_>,
    name: &'static str,
    attributes: &BTreeMap<String, String>,
    span: Span,
    children: Vec<Block>,
) -> Option<Named> {
    let mut shaper = Shaper {
        builder,
        name,
        span,
    };
    shaper.check_attributes(attributes)?;
    if children.is_empty() && !FROM_DATA.contains(&name) {
        let span = shaper.span.clone();
        return shaper.refuse(
            span,
            format!("the block `{name}` is empty"),
            "write its content before the closing `:::`",
        );
    }
    let kind = attributes.get("jenis").map(String::as_str);
    match name {
        "langkah" => shaper.steps(children),
        "setelan" => shaper.settings(children),
        "pilihan" => shaper.choices(children),
        "layar" => shaper.screen(children),
        "opsi" | "info" | "penting" | "awas" => Some(Named::Alert(children)),
        "catatan" => shaper.note(children),
        "kontak" => {
            shaper.nothing(children, "[kontak] in the profile")?;
            Some(Named::Contact(attributes.get("meja").cloned()))
        }
        "daftar-masalah" => {
            shaper.nothing(children, "masalah.toml")?;
            Some(Named::Problems(attributes.get("di").cloned()))
        }
        "cari-masalah" => shaper
            .nothing(children, "masalah.toml")
            .map(|()| Named::Finder),
        "lembar-kendali" => shaper
            .nothing(children, "[juknis] in the profile")
            .map(|()| Named::ControlSheet),
        "formulir" => shaper.form(attributes.get("baris").map(String::as_str), children),
        "kartu" => shaper.cards(children),
        "grafik" => shaper.chart(kind, children),
        "daftar-status" => {
            shaper.nothing(children, "status.toml")?;
            Some(Named::Statuses(match kind {
                Some("email") => StatusKind::Email,
                _ => StatusKind::Tte,
            }))
        }
        "profil-apple" => {
            shaper.nothing(children, "[email] in the profile")?;
            Some(Named::SetupFile(match kind {
                Some("exchange") => SetupFile::AppleExchange,
                _ => SetupFile::AppleImap,
            }))
        }
        "berkas" => {
            shaper.nothing(children, "[email] in the profile")?;
            shaper.file(kind).map(Named::SetupFile)
        }
        "catatan-dns" => shaper
            .nothing(children, "[email] in the profile")
            .map(|()| Named::DnsRecords),
        "kartu-latihan" => shaper
            .nothing(children, "latihan.toml")
            .map(|()| Named::PracticeCards),
        "gladi-aktivasi" => Some(Named::Rehearsal(children)),
        "periksa-email" => Some(Named::Island(Island::Email, children)),
        "periksa-tte" => Some(Named::Island(Island::Tte, children)),
        "kode-thunderbird" => Some(Named::Island(Island::Sealed(Sealed::Thunderbird), children)),
        _ => Some(Named::Island(Island::Sealed(Sealed::Passphrase), children)),
    }
}

struct Shaper<'b, 'a> {
    builder: &'b mut Builder<'a>,
    name: &'static str,
    span: Span,
}

impl Shaper<'_, '_> {
    fn refuse<T>(&mut self, span: Span, message: impl Into<String>, hint: &str) -> Option<T> {
        let mistake =
            Diagnostic::new("block-content", self.builder.source, span, message).hint(hint);
        self.builder.diagnostics.push(mistake);
        None
    }

    fn check_attributes(&mut self, attributes: &BTreeMap<String, String>) -> Option<()> {
        let known = attributes_of(self.name);
        for (key, value) in attributes.iter().filter(|(key, _)| *key != "id") {
            let Some((_, allowed)) = known.iter().find(|(name, _)| name == key) else {
                let message = format!("the block `{}` has no attribute `{key}`", self.name);
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                let hint = if names.is_empty() {
                    "it takes none".to_owned()
                } else {
                    format!("it takes: {}", names.join(", "))
                };
                let mistake = Diagnostic::new(
                    "block-attribute",
                    self.builder.source,
                    self.span.clone(),
                    message,
                )
                .hint(hint)
                .suggest(key, names);
                self.builder.diagnostics.push(mistake);
                return None;
            };
            if !allowed.is_empty() && !allowed.contains(&value.as_str()) {
                let message = format!("`{key}` of `{}` can't be `{value}`", self.name);
                let mistake = Diagnostic::new(
                    "block-attribute",
                    self.builder.source,
                    self.span.clone(),
                    message,
                )
                .hint(format!("one of: {}", allowed.join(", ")))
                .suggest(value, allowed.iter().copied());
                self.builder.diagnostics.push(mistake);
                return None;
            }
        }
        Some(())
    }

    /// The items of the one list that a block holds.
    fn only_list(&mut self, children: Vec<Block>, numbered: bool) -> Option<Vec<Item>> {
        let what = if numbered {
            "one numbered list (`1. …`)"
        } else {
            "one list (`- …`)"
        };
        let mut children = children.into_iter();
        match (children.next(), children.next()) {
            (
                Some(Block {
                    kind: BlockKind::List { start, items },
                    ..
                }),
                None,
            ) if start.is_some() == numbered => Some(items),
            (first, second) => {
                let span = second
                    .or(first)
                    .map_or(self.span.clone(), |block| block.span);
                let span = self.first_line(span);
                let (name, hint) = (
                    self.name,
                    format!("put everything into {what}; indent what belongs to an item"),
                );
                self.refuse(
                    span,
                    format!("the block `{name}` holds {what} and nothing else"),
                    &hint,
                )
            }
        }
    }

    fn first_line(&self, span: Span) -> Span {
        self.builder.source.first_line(&span)
    }

    /// An item's first paragraph and the blocks after it.
    fn split_item(&mut self, item: Item) -> Option<(Vec<Inline>, Vec<Block>)> {
        let mut blocks = item.blocks.into_iter();
        match blocks.next() {
            Some(Block {
                kind: BlockKind::Paragraph(first),
                ..
            }) => Some((first, blocks.collect())),
            _ => {
                let span = self.first_line(item.span);
                self.refuse(
                    span,
                    "this item does not begin with text",
                    "begin each item with a line of text",
                )
            }
        }
    }

    /// The file that a block `berkas` shows.
    fn file(&mut self, kind: Option<&str>) -> Option<SetupFile> {
        Some(match kind {
            Some("autoconfig") => SetupFile::Autoconfig,
            Some("autodiscover") => SetupFile::Autodiscover,
            Some("zona") => SetupFile::Zone,
            Some("nginx") => SetupFile::Nginx,
            Some("caddy") => SetupFile::Caddy,
            Some("pacc") => SetupFile::Pacc,
            _ => {
                let span = self.span.clone();
                return self.refuse(
                    span,
                    "the block `berkas` doesn't say which file it shows",
                    "such as ::: berkas jenis=zona",
                );
            }
        })
    }

    fn steps(&mut self, children: Vec<Block>) -> Option<Named> {
        let items = self.only_list(children, true)?;
        let places: Vec<Span> = items.iter().map(|item| item.span.clone()).collect();
        match steps_of(items) {
            Ok(steps) => {
                for (step, place) in steps.iter().zip(places) {
                    if let Some(id) = &step.id {
                        let place = self.first_line(place);
                        self.builder.own_id(id, place);
                    }
                }
                Some(Named::Steps(steps))
            }
            Err(span) => {
                let span = self.first_line(span);
                self.refuse(
                    span,
                    "this item does not begin with text",
                    "begin each item with a line of text",
                )
            }
        }
    }

    fn settings(&mut self, children: Vec<Block>) -> Option<Named> {
        let items = self.only_list(children, false)?;
        let settings = items
            .into_iter()
            .filter_map(|item| self.setting(item))
            .collect();
        Some(Named::Settings(settings))
    }

    fn setting(&mut self, item: Item) -> Option<Setting> {
        const HINT: &str = "write `- Label: value`; put a value that is not literal in *italics*";
        let span = self.first_line(item.span.clone());
        let (mut content, rest) = self.split_item(item)?;
        let Some(Inline::Text(first)) = content.first_mut() else {
            return self.refuse(span, "a setting begins with its label", HINT);
        };
        let Some((label, value)) = first.split_once(':') else {
            return self.refuse(span, "a setting has a label and a value", HINT);
        };
        let (label, value) = (label.trim().to_owned(), value.trim_start().to_owned());
        *first = value;
        if matches!(content.first(), Some(Inline::Text(text)) if text.is_empty()) {
            content.remove(0);
        }
        if !rest.is_empty() || content.is_empty() || label.is_empty() {
            return self.refuse(span, "a setting has a label and a value, on one line", HINT);
        }
        let literal = !content
            .iter()
            .any(|inline| matches!(inline, Inline::Emphasis(_)));
        Some(Setting {
            label,
            value: content,
            literal,
        })
    }

    fn choices(&mut self, children: Vec<Block>) -> Option<Named> {
        match choices_of(children) {
            Ok(choices) => Some(Named::Choice(choices)),
            Err(span) => {
                let span = self.first_line(span);
                self.refuse(
                    span,
                    "`pilihan` holds `opsi` blocks only",
                    "wrap it in `::: opsi Judul … :::`",
                )
            }
        }
    }

    fn screen(&mut self, children: Vec<Block>) -> Option<Named> {
        const HINT: &str = "write `1. **Label** isi — penjelasan`";
        let items = self.only_list(children, true)?;
        let mut fields = Vec::new();
        for item in items {
            let span = self.first_line(item.span.clone());
            let (mut content, rest) = self.split_item(item)?;
            if content.is_empty() || !rest.is_empty() {
                return self.refuse(span, "a field of a screen is one line of text", HINT);
            }
            let Inline::Strong(label) = content.remove(0) else {
                return self.refuse(
                    span,
                    "a field of a screen begins with its label in **bold**",
                    HINT,
                );
            };
            let (value, note) = split_at_dash(content);
            fields.push(Field { label, value, note });
        }
        Some(Named::Screen(fields))
    }

    /// What a trainer says. Pages don't show it, so nothing in it may be led to.
    fn note(&mut self, children: Vec<Block>) -> Option<Named> {
        let mut refused = None;
        visit(&children, &mut |part| {
            if let Part::Block(block) = part
                && refused.is_none()
            {
                refused = match &block.kind {
                    BlockKind::Heading(_) => Some(("a heading".to_owned(), block.span.clone())),
                    BlockKind::Named(named) => {
                        Some((format!("a block `{}`", named.name), block.span.clone()))
                    }
                    BlockKind::Patch(_) => Some(("a change".to_owned(), block.span.clone())),
                    _ => None,
                };
            }
        });
        let Some((what, span)) = refused else {
            return Some(Named::Note(children));
        };
        let span = self.first_line(span);
        self.refuse(
            span,
            format!("a trainer's note holds {what}"),
            "write it as text, lists or tables; what readers need stands outside of the note",
        )
    }

    /// Blocks that are filled from data.
    fn nothing(&mut self, children: Vec<Block>, from: &str) -> Option<()> {
        match children.into_iter().next() {
            None => Some(()),
            Some(child) => {
                let span = self.first_line(child.span);
                let (name, hint) = (self.name, format!("its content comes from {from}"));
                self.refuse(span, format!("the block `{name}` holds nothing"), &hint)
            }
        }
    }

    fn form(&mut self, rows: Option<&str>, mut children: Vec<Block>) -> Option<Named> {
        let rows = match rows.map(str::parse::<usize>) {
            None => USUAL_ROWS,
            Some(Ok(rows)) if (1..=MOST_ROWS).contains(&rows) => rows,
            Some(_) => {
                let span = self.span.clone();
                let message = format!("`baris` is a number of rows, from 1 to {MOST_ROWS}");
                return self.refuse(span, message, "write baris=5");
            }
        };
        let mut blanks = 0;
        visit(&children, &mut |part| {
            if let Part::Run(Run { content, .. }) = part {
                blanks += blanks_in(content);
            }
        });
        if blanks == 0 {
            let span = self.span.clone();
            return self.refuse(
                span,
                "this form has nothing to fill in",
                "write a blank where something is filled in: [[Nama lengkap]]",
            );
        }
        for child in &mut children {
            if let BlockKind::Table(table) = &mut child.kind {
                repeat_rows(table, rows);
            }
        }
        let mut alone = false;
        visit(&children, &mut |part| {
            if let Part::Run(Run { content, .. }) = part {
                alone |= content.iter().any(is_number_of_no_row);
            }
        });
        if alone {
            let span = self.span.clone();
            return self.refuse(
                span,
                "`[[#]]` stands outside of a table's row",
                "it numbers the rows of a table that stands in the form itself, and in no other block",
            );
        }
        Some(Named::Form(children))
    }

    fn cards(&mut self, children: Vec<Block>) -> Option<Named> {
        const HINT: &str = "write `- [Judul](halaman.md) penjelasan singkat`";
        let items = self.only_list(children, false)?;
        let mut cards = Vec::new();
        for item in items {
            let span = self.first_line(item.span.clone());
            let (mut content, rest) = self.split_item(item)?;
            if content.is_empty() || !rest.is_empty() {
                return self.refuse(span, "a card is one link and a short text", HINT);
            }
            let Inline::Link {
                target,
                content: title,
            } = content.remove(0)
            else {
                return self.refuse(span, "a card begins with a link", HINT);
            };
            trim_start(&mut content);
            cards.push(Card {
                target,
                title,
                summary: content,
            });
        }
        Some(Named::Cards(cards))
    }

    fn chart(&mut self, kind: Option<&str>, children: Vec<Block>) -> Option<Named> {
        let mut children = children.into_iter();
        let (
            Some(Block {
                kind: BlockKind::Table(table),
                ..
            }),
            None,
        ) = (children.next(), children.next())
        else {
            let span = self.span.clone();
            return self.refuse(
                span,
                "`grafik` holds one table and nothing else",
                "first column: labels; then numbers",
            );
        };
        let mut series: Vec<Series> = table
            .head
            .iter()
            .skip(1)
            .map(|cell| Series {
                name: plain(&cell.content),
                points: Vec::new(),
            })
            .collect();
        let mut all_numbers = true;
        for row in &table.rows {
            let label = row
                .first()
                .map(|cell| plain(&cell.content))
                .unwrap_or_default();
            for (cell, series) in row.iter().skip(1).zip(&mut series) {
                match self.number(cell) {
                    Some(number) => series.points.push((label.clone(), number)),
                    None => all_numbers = false,
                }
            }
        }
        if !all_numbers {
            return None;
        }
        if series.iter().all(|series| series.points.is_empty()) {
            let span = self.span.clone();
            return self.refuse(
                span,
                "the table has no number to draw",
                "first column: labels; then numbers",
            );
        }
        let kind = match kind {
            Some("bagian") => ChartKind::Share,
            Some("bertumpuk") => ChartKind::Stacked,
            _ => ChartKind::Bar,
        };
        Some(Named::Chart {
            kind,
            series,
            table: Table {
                right: right_aligned(&table),
                ..table
            },
        })
    }

    fn number(&mut self, cell: &Cell) -> Option<f64> {
        let text = plain(&cell.content)
            .trim()
            .replace('.', "")
            .replace(',', ".");
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Some(number),
            _ => self.refuse(
                cell.span.clone(),
                "this cell is not a number",
                "write digits, such as 20.000 or 12,5",
            ),
        }
    }
}

/// Number columns are aligned to the right.
fn right_aligned(table: &Table) -> Vec<bool> {
    (0..table.head.len()).map(|column| column > 0).collect()
}

/// Rows that a form's list begins with where it does not say.
const USUAL_ROWS: usize = 5;
/// The most rows that a form's list begins with.
const MOST_ROWS: usize = 30;

/// Blanks in running text.
pub(super) fn blanks_in(content: &[Inline]) -> usize {
    let blanks = content.iter().map(|inline| match inline {
        Inline::Blank(_) => 1,
        Inline::Emphasis(content) | Inline::Strong(content) => blanks_in(content),
        _ => 0,
    });
    blanks.sum()
}

fn is_number_of_no_row(inline: &Inline) -> bool {
    matches!(inline, Inline::Blank(blank) if blank.kind == BlankKind::RowNumber && blank.row.is_none())
}

/// Each row with `[[#]]` stands `times` times, numbered.
fn repeat_rows(table: &mut Table, times: usize) {
    let is_number = |inline: &Inline| matches!(inline, Inline::Blank(blank) if blank.kind == BlankKind::RowNumber);
    let mut rows = Vec::new();
    for row in std::mem::take(&mut table.rows) {
        if !row.iter().any(|cell| cell.content.iter().any(is_number)) {
            rows.push(row);
            continue;
        }
        for number in 1..=times {
            let mut row = row.clone();
            for inline in row.iter_mut().flat_map(|cell| &mut cell.content) {
                if let Inline::Blank(blank) = inline {
                    blank.row = Some(number);
                }
            }
            rows.push(row);
        }
    }
    table.rows = rows;
}

/// Takes `{#id}` off the end of a step's first line.
fn take_id(title: &mut [Inline]) -> Option<String> {
    let Some(Inline::Text(text)) = title.last_mut() else {
        return None;
    };
    let rest = text.trim_end().strip_suffix('}')?;
    let (before, id) = rest.rsplit_once("{#")?;
    let id = id.to_owned();
    *text = before.trim_end().to_owned();
    Some(id)
}

/// The choices that `opsi` blocks stand for, or where another block stands.
pub(super) fn choices_of(blocks: Vec<Block>) -> Result<Vec<Choice>, Span> {
    let choice = |block: Block| match block.kind {
        BlockKind::Named(NamedBlock {
            name: "opsi",
            content: Named::Alert(body),
            title,
            attributes,
            ..
        }) => Ok(Choice {
            source: block.source,
            span: block.span,
            id: attributes.get("id").cloned(),
            icon: attributes.get("icon").cloned(),
            title,
            body,
        }),
        _ => Err(block.span),
    };
    blocks.into_iter().map(choice).collect()
}

/// The steps that a numbered list's items stand for, or the item that begins with no text.
pub(super) fn steps_of(items: Vec<Item>) -> Result<Vec<Step>, Span> {
    let step = |item: Item| {
        let mut blocks = item.blocks.into_iter();
        let Some(Block {
            kind: BlockKind::Paragraph(mut title),
            source,
            ..
        }) = blocks.next()
        else {
            return Err(item.span);
        };
        Ok(Step {
            source,
            span: item.span,
            id: take_id(&mut title),
            title,
            body: blocks.collect(),
        })
    };
    items.into_iter().map(step).collect()
}

fn trim_start(content: &mut Vec<Inline>) {
    if let Some(Inline::SoftBreak | Inline::HardBreak) = content.first() {
        content.remove(0);
    }
    if let Some(Inline::Text(text)) = content.first_mut() {
        *text = text.trim_start_matches([':', '—', '–', ' ']).to_owned();
        if text.is_empty() {
            content.remove(0);
        }
    }
}

/// Splits `isi — penjelasan` at the dash.
fn split_at_dash(content: Vec<Inline>) -> (Vec<Inline>, Vec<Inline>) {
    let (mut value, mut note) = (Vec::new(), Vec::new());
    let mut after = false;
    for inline in content {
        match inline {
            Inline::Text(text) if !after && text.contains('—') => {
                let (before, rest) = text.split_once('—').unwrap_or((&text, ""));
                value.push(Inline::Text(before.to_owned()));
                note.push(Inline::Text(rest.trim_start().to_owned()));
                after = true;
            }
            inline => if after { &mut note } else { &mut value }.push(inline),
        }
    }
    for side in [&mut value, &mut note] {
        trim_start(side);
        if let Some(Inline::Text(text)) = side.last_mut() {
            text.truncate(text.trim_end().len());
        }
        side.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    }
    (value, note)
}
