//! What a guide says of itself, between two lines `+++`.

use std::cell::RefCell;

use crate::{
    date::Date,
    diagnostic::{Diagnostic, Diagnostics},
    facts::{self, Facts},
    markdown::{self, ast::Inline},
    source::{Source, Span, Spanned},
    toml_table::{self, Table},
};

/// Kind of page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `beranda`: an agency's home page.
    Home,
    /// `topik`: what a folder is about.
    Topic,
    /// `panduan`: a guide.
    Guide,
    /// `periksa`: a page whose island is what one comes for.
    Checker,
    /// `latihan`: practice on invented people; plainly marked, and found by those who are led there.
    Practice,
}

impl Kind {
    /// The word in front matter and templates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Home => "beranda",
            Self::Topic => "topik",
            Self::Guide => "panduan",
            Self::Checker => "periksa",
            Self::Practice => "latihan",
        }
    }

    fn parse(word: &str) -> Result<Self, String> {
        [
            Self::Home,
            Self::Topic,
            Self::Guide,
            Self::Checker,
            Self::Practice,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
        .ok_or_else(|| {
            format!(
                "`{word}` is no kind of page; one of: beranda, topik, panduan, periksa, latihan"
            )
        })
    }
}

/// A page's front matter.
#[derive(Debug)]
pub struct FrontMatter {
    /// `judul`
    pub title: Spanned<String>,
    /// `judul_pendek`, else the title.
    pub short: Spanned<String>,
    /// `ringkasan`
    pub summary: Spanned<String>,
    /// `jenis`
    pub kind: Kind,
    /// `urutan`
    pub order: i64,
    /// `ikon`
    pub icon: Option<Spanned<String>>,
    /// `untuk`
    pub audience: Vec<Spanned<String>>,
    /// `perangkat`
    pub devices: Vec<Spanned<String>>,
    /// `menit`
    pub minutes: Option<i64>,
    /// `siapkan`, as typed.
    pub needs: Vec<Spanned<String>>,
    /// `siapkan`, read: inline Markdown with its facts.
    pub needed: Vec<Vec<Inline>>,
    /// `butuh`: paths of facts without which the page makes no sense.
    pub requires: Vec<Spanned<String>>,
    /// `ditinjau`
    pub reviewed: Option<Spanned<Date>>,
    /// `sumber`
    pub sources: Vec<Citation>,
    /// `riwayat`
    pub history: Vec<Change>,
}

impl FrontMatter {
    /// That of a page which no file describes.
    pub fn bare(title: Spanned<String>) -> Self {
        Self {
            short: title.clone(),
            summary: title.clone(),
            title,
            kind: Kind::Guide,
            order: 0,
            icon: None,
            audience: Vec::new(),
            devices: Vec::new(),
            minutes: None,
            needs: Vec::new(),
            needed: Vec::new(),
            requires: Vec::new(),
            reviewed: None,
            sources: Vec::new(),
            history: Vec::new(),
        }
    }

    /// Fills in the facts that its texts refer to.
    pub fn fill(&mut self, facts: &Facts, diagnostics: &mut Diagnostics) {
        let short_is_title = self.short == self.title;
        for text in [&mut self.title, &mut self.summary] {
            text.value = facts.fill(text, diagnostics);
        }
        if short_is_title {
            self.short = self.title.clone();
        } else {
            self.short.value = facts.fill(&self.short, diagnostics);
        }
        let needs = self.needs.iter();
        self.needed = needs
            .map(|need| markdown::toml_inline(need, facts, diagnostics))
            .collect();
        let lists = [&mut self.audience, &mut self.devices];
        let changes = self.history.iter_mut().map(|change| &mut change.change);
        let sections = self.sources.iter_mut().map(|source| &mut source.section);
        for text in lists.into_iter().flatten().chain(changes).chain(sections) {
            text.value = facts.fill(text, diagnostics);
        }
    }

    /// The texts that people read and authors type, for checks of the words themselves.
    pub fn typed(&self) -> impl Iterator<Item = &Spanned<String>> {
        [&self.title, &self.short, &self.summary]
            .into_iter()
            .chain(&self.needs)
    }
}

/// Where a page's facts come from.
#[derive(Clone, Debug)]
pub struct Citation {
    /// Id of the document in the profile.
    pub document: Spanned<String>,
    /// Where in it.
    pub section: Spanned<String>,
    /// Why it must still be confirmed.
    pub doubt: Option<Spanned<String>>,
}

/// A version of a page.
#[derive(Clone, Debug)]
pub struct Change {
    /// `1.0`
    pub version: String,
    /// When.
    pub date: Date,
    /// What changed.
    pub change: Spanned<String>,
}

/// Front matter as written: what is missing may come from the shared guide that the page is made from.
#[derive(Clone, Debug)]
pub struct Written {
    source: Source,
    /// Keys that are there, sound or not: a wrong one is not a missing one.
    given: Vec<&'static str>,
    /// `dasar`: the shared guide that this page is made from.
    pub base: Option<Spanned<String>>,
    title: Option<Spanned<String>>,
    short: Option<Spanned<String>>,
    summary: Option<Spanned<String>>,
    kind: Option<Kind>,
    order: Option<i64>,
    icon: Option<Spanned<String>>,
    audience: Option<Vec<Spanned<String>>>,
    devices: Option<Vec<Spanned<String>>>,
    minutes: Option<i64>,
    needs: Option<Vec<Spanned<String>>>,
    requires: Vec<Spanned<String>>,
    reviewed: Option<Spanned<Date>>,
    sources: Vec<Citation>,
    history: Vec<Change>,
}

impl Written {
    /// What cards call the page.
    pub fn name(&self) -> Option<&str> {
        let name = self.short.as_ref().or(self.title.as_ref())?;
        Some(&name.value)
    }

    /// Whether the page makes no sense without a fact of this group.
    pub fn needs_fact(&self, group: &str) -> bool {
        let mut needs = self.requires.iter();
        needs.any(|fact| facts::holds(group, &fact.value))
    }

    /// What this page says, and for the rest what its shared guide says. Its sources stand before the guide's.
    #[must_use]
    pub fn over(self, shared: Self) -> Self {
        Self {
            source: self.source,
            given: [self.given, shared.given].concat(),
            base: self.base,
            title: self.title.or(shared.title),
            short: self.short.or(shared.short),
            summary: self.summary.or(shared.summary),
            kind: self.kind.or(shared.kind),
            order: self.order.or(shared.order),
            icon: self.icon.or(shared.icon),
            audience: self.audience.or(shared.audience),
            devices: self.devices.or(shared.devices),
            minutes: self.minutes.or(shared.minutes),
            needs: self.needs.or(shared.needs),
            requires: [self.requires, shared.requires].concat(),
            reviewed: self.reviewed.or(shared.reviewed),
            sources: joined(self.sources, shared.sources),
            history: if self.history.is_empty() {
                shared.history
            } else {
                self.history
            },
        }
    }

    /// The front matter, where nothing is missing; reports what is.
    pub fn complete(self, diagnostics: &mut Diagnostics) -> Option<FrontMatter> {
        let source = self.source;
        let given = self.given;
        let mut missing = |key: &str, example: &str| {
            if given.contains(&key) {
                return;
            }
            let message = format!("the key `{key}` is missing");
            let mistake = Diagnostic::new("missing-key", &source, 0..3, message)
                .hint(format!("add a line `{key} = {example}`"));
            diagnostics.push(mistake);
        };
        let kind = self.kind.unwrap_or(Kind::Guide);
        let must_be_reviewed = matches!(kind, Kind::Guide | Kind::Checker);
        if self.title.is_none() {
            missing("judul", "\"…\"");
        }
        if self.summary.is_none() {
            missing("ringkasan", "\"…\"");
        }
        if must_be_reviewed && self.reviewed.is_none() {
            missing("ditinjau", "2026-11-23");
        }
        if must_be_reviewed && !given.contains(&"sumber") {
            let mistake = Diagnostic::new(
                "missing-key",
                &source,
                0..3,
                "a guide names its source: `sumber` names none",
            )
            .hint("add sumber = [{ dokumen = \"…\", bagian = \"…\" }], with the id of a [dokumen.…] of the profile or of content/bersama/dokumen.toml");
            diagnostics.push(mistake);
        }
        let title = self.title?;
        Some(FrontMatter {
            short: self.short.unwrap_or_else(|| title.clone()),
            title,
            summary: self.summary?,
            kind,
            order: self.order.unwrap_or(100),
            icon: self.icon,
            audience: self.audience.unwrap_or_default(),
            devices: self.devices.unwrap_or_default(),
            minutes: self.minutes,
            needs: self.needs.unwrap_or_default(),
            needed: Vec::new(),
            requires: self.requires,
            reviewed: self.reviewed,
            sources: self.sources,
            history: self.history,
        })
    }
}

/// The sources of a page, then those of its shared guide. Where the page cites a document itself, its own word on
/// that document's doubts stands: what is strange to others is the agency's own.
fn joined(own: Vec<Citation>, shared: Vec<Citation>) -> Vec<Citation> {
    let cited = |citation: &Citation| {
        own.iter()
            .any(|own| own.document.value == citation.document.value)
    };
    let shared: Vec<Citation> = shared
        .into_iter()
        .map(|citation| Citation {
            doubt: citation.doubt.clone().filter(|_| !cited(&citation)),
            ..citation
        })
        .collect();
    own.into_iter().chain(shared).collect()
}

/// Reads the front matter of a guide; also says where its body begins.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<(Written, Span)> {
    let text = &source.text;
    let first = text.split_inclusive('\n').next().unwrap_or("");
    let mut refuse = |place: Span, message: &str| {
        let mistake = Diagnostic::new("front-matter", source, place, message).hint(
            "begin with a line `+++`, then judul = \"…\" and ringkasan = \"…\", then a line `+++`",
        );
        diagnostics.push(mistake);
    };
    if !is_fence(first) {
        let line = 0..first.trim_end().len();
        refuse(line, "the file does not begin with front matter");
        return None;
    }
    let start = first.len();
    let mut end = start;
    let mut closing = text[start..].split_inclusive('\n');
    let body = loop {
        match closing.next() {
            Some(line) if is_fence(line) => break end + line.len(),
            Some(line) => end += line.len(),
            None => {
                refuse(0..first.trim_end().len(), "the front matter does not end");
                return None;
            }
        }
    };
    let found = RefCell::default();
    let tree = toml_table::parse(source, &text[start..end], start, &found);
    let table = Table::root(source, start, 0..3, &tree, &found);
    let written = read(&table);
    table.finish();
    diagnostics.extend(found.into_inner());
    Some((written, body..text.len()))
}

/// A line that begins or ends the front matter.
fn is_fence(line: &str) -> bool {
    line.trim_end() == "+++"
}

fn read(table: &Table<'_>) -> Written {
    let kind = table.optional_parsed("jenis", "leave it out for a guide", Kind::parse);
    let minutes = table.optional_integer("menit");
    if let Some(minutes) = &minutes
        && minutes.value < 1
    {
        let hint = "write the minutes that most people need, or leave the key out";
        table.report(
            "invalid-value",
            minutes.span.clone(),
            "`menit` must be at least 1",
            hint,
        );
    }
    let list = |key| table.has(key).then(|| table.texts(key));
    let history = table.tables("riwayat").into_iter().filter_map(change);
    let sources = table.tables("sumber");
    let mut given: Vec<&str> = ["judul", "ringkasan", "ditinjau"]
        .into_iter()
        .filter(|key| table.has(key))
        .collect();
    if !sources.is_empty() {
        given.push("sumber");
    }
    Written {
        source: table.source().clone(),
        given,
        base: table.optional_filled_text("dasar"),
        title: table.optional_filled_text("judul"),
        short: table.optional_filled_text("judul_pendek"),
        summary: table.optional_filled_text("ringkasan"),
        kind: kind.map(|kind| kind.value),
        order: table.optional_integer("urutan").map(|order| order.value),
        icon: table.optional_text("ikon"),
        audience: list("untuk"),
        devices: list("perangkat"),
        minutes: minutes.map(|minutes| minutes.value),
        needs: list("siapkan"),
        requires: table.texts("butuh"),
        reviewed: table
            .optional_date("ditinjau")
            .map(|date| date.with(Date::from(date.value))),
        sources: sources.into_iter().filter_map(citation).collect(),
        history: history.collect(),
    }
}

pub(crate) fn citation(table: Table<'_>) -> Option<Citation> {
    let document = table.text("dokumen");
    let section = table.text("bagian");
    let doubt = table.optional_text("ragu");
    table.finish();
    Some(Citation {
        document: document?,
        section: section?,
        doubt,
    })
}

pub(crate) fn change(table: Table<'_>) -> Option<Change> {
    let version = table.text("versi");
    let date = table.date("tanggal");
    let change = table.text("perubahan");
    table.finish();
    Some(Change {
        version: version?.value,
        date: date?.value.into(),
        change: change?,
    })
}
