//! What each status means and what to do next: `status.toml`, an agency's over the one of all.

use std::{cell::RefCell, collections::BTreeMap};

use model::status::{MailStatus, TteStatus};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    facts::Facts,
    markdown::{
        self,
        ast::{Inline, StatusKind},
    },
    source::{Source, Spanned},
    toml_table::{self, Table},
};

/// What a status means for the people of one agency.
#[derive(Debug)]
pub struct StatusPassage {
    /// Its anchor, as `model::status` names it.
    pub anchor: &'static str,
    /// `judul`
    pub title: Spanned<Vec<Inline>>,
    /// `arti`
    pub meaning: Spanned<Vec<Inline>>,
    /// `langkah`: the one next step.
    pub step: Spanned<Vec<Inline>>,
    /// `panduan`: its guide.
    pub guide: Spanned<String>,
}

impl StatusPassage {
    /// What people read.
    pub fn texts(&self) -> [&Spanned<Vec<Inline>>; 3] {
        [&self.title, &self.meaning, &self.step]
    }
}

/// The statuses that an agency explains.
#[derive(Debug, Default)]
pub struct Statuses {
    /// Of certificates; empty where the agency offers no TTE.
    pub tte: Vec<StatusPassage>,
    /// Of mailboxes; empty where they can't be looked up.
    pub email: Vec<StatusPassage>,
}

impl Statuses {
    /// Those of a kind, in the order in which pages list them.
    pub fn of(&self, kind: StatusKind) -> &[StatusPassage] {
        match kind {
            StatusKind::Tte => &self.tte,
            StatusKind::Email => &self.email,
        }
    }

    /// All of both kinds.
    pub fn all(&self) -> impl Iterator<Item = &StatusPassage> {
        self.tte.iter().chain(&self.email)
    }
}

/// The keys of one status, each where somebody wrote it.
#[derive(Clone, Debug, Default)]
struct Entry {
    title: Option<Spanned<String>>,
    meaning: Option<Spanned<String>>,
    step: Option<Spanned<String>>,
    guide: Option<Spanned<String>>,
}

/// A `status.toml` as written: statuses by their anchors, each with the place of its header.
#[derive(Clone, Debug, Default)]
pub struct Written(BTreeMap<&'static str, Spanned<Entry>>);

/// What an agency must explain.
pub struct Wanted {
    /// The nine of certificates.
    pub tte: bool,
    /// The two of mailboxes.
    pub email: bool,
}

/// The word for each anchor in `status.toml`: `status-email-baru` is `[email.baru]`.
fn words(kind: StatusKind) -> Vec<(&'static str, &'static str)> {
    let (prefix, anchors): (_, Vec<&str>) = match kind {
        StatusKind::Tte => (
            "status-",
            TteStatus::ALL
                .iter()
                .map(|status| status.anchor())
                .collect(),
        ),
        StatusKind::Email => (
            "status-email-",
            MailStatus::ALL
                .iter()
                .map(|status| status.anchor())
                .collect(),
        ),
    };
    anchors
        .into_iter()
        .map(|anchor| (anchor.strip_prefix(prefix).unwrap_or(anchor), anchor))
        .collect()
}

/// Reads a `status.toml`.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Written {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let root = Table::root(source, 0, 0..0, &tree, &found);
    let mut entries = BTreeMap::new();
    for (group, kind) in [("tte", StatusKind::Tte), ("email", StatusKind::Email)] {
        let Some(table) = root.optional_table(group) else {
            continue;
        };
        let known = words(kind);
        for key in table.keys() {
            let Some((_, anchor)) = known.iter().find(|(word, _)| *word == key.value) else {
                let names: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
                let mistake = Diagnostic::of(
                    "unknown-status",
                    &key,
                    format!("there is no status `{group}.{}`", key.value),
                )
                .hint(format!("one of: {}", names.join(", ")))
                .suggest(&key.value, names);
                found.borrow_mut().push(mistake);
                continue;
            };
            if let Some(status) = table.free_table(&key) {
                let entry = Entry {
                    title: status.optional_filled_text("judul"),
                    meaning: status.optional_filled_text("arti"),
                    step: status.optional_filled_text("langkah"),
                    guide: status.optional_filled_text("panduan"),
                };
                entries.insert(*anchor, key.with(entry));
                status.finish();
            }
        }
    }
    root.finish();
    diagnostics.extend(found.into_inner());
    Written(entries)
}

/// An agency's statuses: its own words over those of all, complete. `place` is reported for what is missing.
pub fn resolve(
    agency: &str,
    place: &Source,
    shared: &Written,
    own: &Written,
    wanted: &Wanted,
    facts: &Facts,
    diagnostics: &mut Diagnostics,
) -> Statuses {
    let mut of = |kind, wanted: bool| {
        let (group, offer) = match kind {
            StatusKind::Tte => ("tte", "[tte]"),
            StatusKind::Email => ("email", "email in [periksa]"),
        };
        if !wanted {
            // Nobody would read what is written here, nor find its mistakes.
            for (word, anchor) in words(kind) {
                let Some(entry) = own.0.get(anchor) else {
                    continue;
                };
                let message = format!(
                    "the status `{group}.{word}` is shown to nobody: the profile of `{agency}` lacks {offer}"
                );
                let mistake = Diagnostic::of("missing-fact", entry, message).hint(format!(
                    "add {offer} to content/instansi/{agency}/instansi.toml, or remove [{group}.{word}]"
                ));
                diagnostics.push(mistake);
            }
            return Vec::new();
        }
        let mut passages = Vec::new();
        for (word, anchor) in words(kind) {
            let entry = merged(own.0.get(anchor), shared.0.get(anchor));
            let missing: Vec<&str> = [
                ("judul", entry.title.is_none()),
                ("arti", entry.meaning.is_none()),
                ("langkah", entry.step.is_none()),
                ("panduan", entry.guide.is_none()),
            ]
            .into_iter()
            .filter_map(|(key, missing)| missing.then_some(key))
            .collect();
            if !missing.is_empty() {
                let message = format!(
                    "the agency `{agency}` leaves out the status `{group}.{word}`: {} missing",
                    missing.join(", ")
                );
                let hint = format!(
                    "add [{group}.{word}] with {} to content/instansi/{agency}/status.toml",
                    missing.join(", ")
                );
                diagnostics
                    .push(Diagnostic::new("missing-status", place, 0..0, message).hint(hint));
            }
            let mut inline = |text: Option<Spanned<String>>| {
                let text = text?;
                Some(text.with(markdown::toml_inline(&text, facts, diagnostics)))
            };
            let texts = (
                inline(entry.title),
                inline(entry.meaning),
                inline(entry.step),
            );
            if let ((Some(title), Some(meaning), Some(step)), Some(guide)) = (texts, entry.guide) {
                passages.push(StatusPassage {
                    anchor,
                    title,
                    meaning,
                    step,
                    guide,
                });
            }
        }
        passages
    };
    Statuses {
        tte: of(StatusKind::Tte, wanted.tte),
        email: of(StatusKind::Email, wanted.email),
    }
}

fn merged(own: Option<&Spanned<Entry>>, shared: Option<&Spanned<Entry>>) -> Entry {
    let entry = |written: Option<&Spanned<Entry>>| {
        written.map_or_else(Entry::default, |written| written.value.clone())
    };
    let (own, shared) = (entry(own), entry(shared));
    Entry {
        title: own.title.or(shared.title),
        meaning: own.meaning.or(shared.meaning),
        step: own.step.or(shared.step),
        guide: own.guide.or(shared.guide),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use minijinja::Value;
    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceFile;

    /// Lines of a `status.toml`, in any order.
    fn written() -> impl Strategy<Value = String> {
        let lines = [
            "[tte.issue]",
            "[tte]",
            "[email.baru]",
            "[[email]]",
            "tte = 5",
            "issue = \"x\"",
            "judul = \"{{ nope }} **\"",
            "arti = \"\"",
            "langkah = 5",
            "panduan = \"/a.md#b\"",
            "\"é\" = [",
        ];
        prop::collection::vec(prop::sample::select(lines.to_vec()), 0..12)
            .prop_map(|lines| lines.join("\n"))
    }

    fn read(text: &str) {
        let file = SourceFile {
            path: "content/bersama/status.toml".to_owned(),
            text: text.to_owned(),
        };
        let (source, mut diagnostics) = (Arc::new(file), Diagnostics::default());
        let written = parse(&source, &mut diagnostics);
        let facts = Facts::new("contoh", Value::from(BTreeMap::<String, Value>::new()));
        let wanted = Wanted {
            tte: true,
            email: true,
        };
        let none = Written::default();
        let statuses = resolve(
            "contoh",
            &source,
            &written,
            &none,
            &wanted,
            &facts,
            &mut diagnostics,
        );
        let complete = statuses.tte.len() == TteStatus::ALL.len()
            && statuses.email.len() == MailStatus::ALL.len();
        assert!(complete || diagnostics.has_errors());
        assert!(complete || !diagnostics.render(false).is_empty());
    }

    proptest! {
        #[test]
        fn any_file_is_read(text in written()) {
            read(&text);
        }

        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            read(&text);
        }
    }
}
