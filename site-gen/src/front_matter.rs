//! What a guide says of itself, between two lines `+++`.

use std::cell::RefCell;

use crate::{
    date::Date,
    diagnostic::{Diagnostic, Diagnostics},
    facts::Facts,
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
}

impl Kind {
    /// The word in front matter and templates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Home => "beranda",
            Self::Topic => "topik",
            Self::Guide => "panduan",
            Self::Checker => "periksa",
        }
    }

    fn parse(word: &str) -> Result<Self, String> {
        [Self::Home, Self::Topic, Self::Guide, Self::Checker]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| {
                format!("`{word}` is no kind of page; one of: beranda, topik, panduan, periksa")
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
    pub audience: Vec<String>,
    /// `perangkat`
    pub devices: Vec<String>,
    /// `menit`
    pub minutes: Option<i64>,
    /// `siapkan`, inline Markdown.
    pub needs: Vec<Spanned<String>>,
    /// `ditinjau`
    pub reviewed: Option<Date>,
    /// `sumber`
    pub sources: Vec<Citation>,
    /// `riwayat`
    pub history: Vec<Change>,
}

impl FrontMatter {
    /// Fills in the facts that title and summary refer to.
    pub fn fill(&mut self, source: &Source, facts: &Facts, diagnostics: &mut Diagnostics) {
        let short_is_title = self.short == self.title;
        for text in [&mut self.title, &mut self.summary] {
            text.value = facts.fill(source, &text.value, text.span.start + 1, diagnostics);
        }
        if short_is_title {
            self.short = self.title.clone();
        } else {
            self.short.value = facts.fill(
                source,
                &self.short.value,
                self.short.span.start + 1,
                diagnostics,
            );
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
#[derive(Debug)]
pub struct Citation {
    /// Id of the document in the profile.
    pub document: Spanned<String>,
    /// Where in it.
    pub section: String,
    /// Why it must still be confirmed.
    pub doubt: Option<String>,
}

/// A version of a page.
#[derive(Debug)]
pub struct Change {
    /// `1.0`
    pub version: String,
    /// When.
    pub date: Date,
    /// What changed.
    pub change: String,
}

/// Reads the front matter of a guide; also says where its body begins.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<(FrontMatter, Span)> {
    const FENCE: &str = "+++\n";
    let text = &source.text;
    let toml_end = text.strip_prefix(FENCE).and_then(|rest| {
        if rest.starts_with(FENCE) {
            Some(FENCE.len())
        } else {
            rest.find("\n+++\n").map(|at| FENCE.len() + at + 1)
        }
    });
    let Some(toml_end) = toml_end else {
        let line = 0..text.find('\n').unwrap_or(text.len());
        let mistake = Diagnostic::new(
            "front-matter",
            source,
            line,
            "the file does not begin with front matter",
        )
        .hint(
            "begin with a line `+++`, then judul = \"…\" and ringkasan = \"…\", then a line `+++`",
        );
        diagnostics.push(mistake);
        return None;
    };
    let found = RefCell::default();
    let tree = toml_table::parse(source, &text[FENCE.len()..toml_end], FENCE.len(), &found);
    let table = Table::root(source, FENCE.len(), 0..3, &tree, &found);
    let front = read(&table);
    table.finish();
    let found = found.into_inner();
    diagnostics.extend(found);
    Some((front?, toml_end + FENCE.len()..text.len()))
}

fn read(table: &Table<'_>) -> Option<FrontMatter> {
    let title = table.text("judul");
    let summary = table.text("ringkasan");
    let kind = table
        .optional_parsed("jenis", "leave it out for a guide", Kind::parse)
        .map_or(Kind::Guide, |kind| kind.value);
    let must_be_reviewed = matches!(kind, Kind::Guide | Kind::Checker);
    let reviewed = if must_be_reviewed {
        table.date("ditinjau")
    } else {
        table.optional_date("ditinjau")
    };
    let short = table.optional_text("judul_pendek");
    let order = table.optional_integer("urutan");
    let icon = table.optional_text("ikon");
    let audience = table.texts("untuk");
    let devices = table.texts("perangkat");
    let minutes = table.optional_integer("menit");
    let needs = table.texts("siapkan");
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
    let sources = table.tables("sumber");
    if must_be_reviewed && sources.is_empty() {
        table.report(
            "missing-key",
            table.span(),
            "a guide names its source: `sumber` names none",
            "add sumber = [{ dokumen = \"…\", bagian = \"…\" }], with the id of a [dokumen.…] of the profile",
        );
    }
    let history = table
        .tables("riwayat")
        .into_iter()
        .filter_map(change)
        .collect();
    let title = title?;
    Some(FrontMatter {
        short: short.unwrap_or_else(|| title.clone()),
        title,
        summary: summary?,
        kind,
        order: order.map_or(100, |order| order.value),
        icon,
        audience: values(audience),
        devices: values(devices),
        minutes: minutes.map(|minutes| minutes.value),
        needs,
        reviewed: reviewed.map(|date| Date::from(date.value)),
        sources: sources.into_iter().filter_map(citation).collect(),
        history,
    })
}

fn citation(table: Table<'_>) -> Option<Citation> {
    let document = table.text("dokumen");
    let section = table.text("bagian");
    let doubt = table.optional_text("ragu").map(|doubt| doubt.value);
    table.finish();
    Some(Citation {
        document: document?,
        section: section?.value,
        doubt,
    })
}

fn change(table: Table<'_>) -> Option<Change> {
    let version = table.text("versi");
    let date = table.date("tanggal");
    let change = table.text("perubahan");
    table.finish();
    Some(Change {
        version: version?.value,
        date: date?.value.into(),
        change: change?.value,
    })
}

fn values(texts: Vec<Spanned<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}
