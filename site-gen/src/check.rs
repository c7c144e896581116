//! What can only be judged once every page is known: links, images, sources, icons, facts typed out.

use std::collections::BTreeSet;

use model::phone::Phone;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    facts,
    front_matter::Citation,
    mail::SetupFile,
    markdown::ast::{
        Block, BlockKind, Inline, Island, Named, Part, Run, StatusKind, named_blocks, plain,
        targets, visit,
    },
    profile::{Held, HeldValue, NO_FACTS},
    sealed::Sealed,
    site::{Agency, Page, Site, Target},
    source::{Source, Span, Spanned},
};

/// How sample text of `pandu new` begins: text that must be replaced before anything is published. (Sample values
/// in TOML are marked `# ISI`, and may be published: `lint` warns of them.)
const SAMPLE_TEXT: &str = "[ISI:";
/// Documents that every agency may cite.
const DOCUMENTS: &str = "content/bersama/dokumen.toml";

/// Reports every such mistake of the site; `icons` are the names that the theme offers.
pub fn check(site: &Site, icons: &[&str], diagnostics: &mut Diagnostics) {
    for agency in &site.agencies {
        for page in &agency.pages {
            let mut checker = Checker {
                agency,
                page,
                icons,
                diagnostics,
            };
            checker.front_matter();
            checker.blocks(&page.blocks);
            checker.ids_of_nothing();
            checker.problems_once();
            checker.facts_typed_out();
            sample_text(&page.source, diagnostics);
        }
        profile(agency, icons, diagnostics);
        data(agency, diagnostics);
    }
}

/// Reports every such mistake of a component's example. What it makes up is no fact, even where it resembles one.
pub fn example(agency: &Agency, page: &Page, icons: &[&str], diagnostics: &mut Diagnostics) {
    let mut checker = Checker {
        agency,
        page,
        icons,
        diagnostics,
    };
    checker.blocks(&page.blocks);
    checker.ids_of_nothing();
    checker.problems_once();
}

struct Checker<'a> {
    agency: &'a Agency,
    page: &'a Page,
    icons: &'a [&'a str],
    diagnostics: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn front_matter(&mut self) {
        if let Some(icon) = &self.page.front.icon {
            self.icon(&icon.value, &icon.source, icon.span.clone());
        }
        for citation in &self.page.front.sources {
            document(self.agency, citation, self.diagnostics);
        }
        for need in &self.page.front.needed {
            self.inlines(need);
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        visit(blocks, &mut |part| match part {
            Part::Run(run) => self.inlines(run.content),
            Part::Block(block) => self.block(block),
        });
    }

    /// `{#id}` where nothing takes it: people would read it.
    fn ids_of_nothing(&mut self) {
        visit(&self.page.blocks, &mut |part| {
            let Part::Run(Run { content, .. }) = part else {
                return;
            };
            // Only the words at the end: `{#id}` in code is shown as it is.
            let words = |inline: &&Inline| matches!(inline, Inline::Text(_));
            let from = content.len() - content.iter().rev().take_while(words).count();
            let text = plain(content.get(from..).unwrap_or_default());
            let text = text.trim_end();
            let Some(at) = text.rfind("{#").filter(|_| text.ends_with('}')) else {
                return;
            };
            let id = &text[at..];
            for (source, span) in &self.page.texts {
                let Some(at) = source.text[span.clone()].find(id) else {
                    continue;
                };
                let place = span.start + at..span.start + at + id.len();
                let message = format!("`{id}` names nothing here, and would be read out");
                let mistake = Diagnostic::new("bad-id", source, place, message).hint(
                    "headings, and steps of a block `langkah`, take an id; give one to a block with id=nama",
                );
                self.diagnostics.push(mistake);
            }
        });
    }

    /// A problem's anchor stands once on a page.
    fn problems_once(&mut self) {
        let mut listed = BTreeSet::new();
        for (block, named) in named_blocks(&self.page.blocks) {
            let Named::Problems(from) = &named.content else {
                continue;
            };
            let groups = self.agency.problems.groups(from.as_deref());
            let questions = groups.iter().map(|group| &group.question.id);
            let twice: Vec<&String> = questions.filter(|id| !listed.insert(*id)).collect();
            if let Some(id) = twice.first() {
                let message = format!("the problems below `{id}` are on this page already");
                let mistake = Diagnostic::new(
                    "duplicate-id",
                    &block.source,
                    block.span.clone(),
                    message,
                )
                .hint("remove one of the two lists, or let each begin at another question: di=…");
                self.diagnostics.push(mistake);
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let BlockKind::Named(named) = &block.kind else {
            return;
        };
        match &named.content {
            Named::Cards(cards) => cards.iter().for_each(|card| self.link(&card.target)),
            Named::Choice(choices) => {
                for icon in choices.iter().filter_map(|choice| choice.icon.as_ref()) {
                    self.icon(icon, &block.source, block.span.clone());
                }
            }
            Named::Island(island, _) => self.island(*island, block),
            Named::Contact(Some(desk)) if !self.agency.profile.desks.contains(desk) => {
                let known = self.agency.profile.desks.iter().map(String::as_str);
                let mistake = self.lacking(block, &format!("[kontak.meja.{desk}]"));
                self.diagnostics.push(mistake.suggest(desk, known));
            }
            Named::ControlSheet if !self.agency.profile.has_control_sheet => {
                self.lacks(block, "[juknis]");
            }
            Named::Statuses(kind) if self.agency.statuses.of(*kind).is_empty() => {
                let wanted = match kind {
                    StatusKind::Tte => "[tte]",
                    StatusKind::Email => "email in [periksa]",
                };
                self.lacks(block, wanted);
            }
            Named::SetupFile(file) if !file.is_offered(&self.agency.profile.mail) => {
                self.lacks(block, file.needs());
            }
            Named::DnsRecords if !SetupFile::Zone.is_offered(&self.agency.profile.mail) => {
                self.lacks(block, SetupFile::Zone.needs());
            }
            Named::PracticeCards if self.agency.practice.cards.is_empty() => {
                let message = format!(
                    "the agency `{}` has no card to practise with",
                    self.agency.profile.id
                );
                let mistake = Diagnostic::new(
                    "missing-fact",
                    &block.source,
                    block.span.clone(),
                    message,
                )
                .hint("take over a page that cards of content/bersama/latihan.toml are for, such as latihan/uji-passphrase.md");
                self.diagnostics.push(mistake);
            }
            Named::Rehearsal(_) if !self.agency.profile.has_tte => self.lacks(block, "[tte]"),
            Named::Problems(Some(question)) => self.question(question, block),
            Named::Problems(None) | Named::Finder if self.agency.problems.problems.is_empty() => {
                let mistake = Diagnostic::new(
                    "missing-fact",
                    &block.source,
                    block.span.clone(),
                    format!(
                        "the agency `{}` has no problem to show",
                        self.agency.profile.id
                    ),
                )
                .hint("write some in masalah.toml beside its profile, or leave the block out");
                self.diagnostics.push(mistake);
            }
            _ => {}
        }
    }

    fn question(&mut self, id: &str, block: &Block) {
        let questions = &self.agency.problems.questions;
        if questions.iter().all(|question| question.id != id) {
            let known = questions.iter().map(|question| question.id.as_str());
            let message = format!(
                "the agency `{}` has no problem below a question `{id}`",
                self.agency.profile.id
            );
            let mistake = Diagnostic::new(
                "unknown-question",
                &block.source,
                block.span.clone(),
                message,
            )
            .hint("write the id of a [[pertanyaan]] in masalah.toml, or leave `di` out")
            .suggest(id, known);
            self.diagnostics.push(mistake);
        }
    }

    fn island(&mut self, island: Island, block: &Block) {
        let profile = &self.agency.profile;
        let (has, wanted) = match island {
            Island::Email => (profile.looks_up_email, "email in [periksa]"),
            Island::Tte => (profile.looks_up_tte, "tte in [periksa]"),
            Island::Sealed(sealed) => (
                sealed.is_offered(profile),
                match sealed {
                    Sealed::Passphrase => "[passphrase]",
                    Sealed::Thunderbird => "[email.imap] and [email.smtp]",
                },
            ),
        };
        if !has {
            self.lacks(block, wanted);
        }
    }

    fn lacks(&mut self, block: &Block, wanted: &str) {
        let mistake = self.lacking(block, wanted);
        self.diagnostics.push(mistake);
    }

    fn lacking(&self, block: &Block, wanted: &str) -> Diagnostic {
        let id = &self.agency.profile.id;
        let message = format!("this block needs {wanted}, which the profile of `{id}` lacks");
        let without = if block.source.is_shared() {
            "replace the block in the agency's page"
        } else {
            "leave the block out"
        };
        Diagnostic::new("missing-fact", &block.source, block.span.clone(), message).hint(format!(
            "add {wanted} to content/instansi/{id}/instansi.toml, or {without}"
        ))
    }

    fn inlines(&mut self, content: &[Inline]) {
        targets(content, &mut |inline| match inline {
            Inline::Link { target, .. } => self.link(target),
            Inline::Image { target, .. } => {
                if let Err(mistake) = self.agency.image(self.page, target) {
                    self.diagnostics.push(mistake);
                }
            }
            _ => {}
        });
    }

    fn link(&mut self, target: &Spanned<String>) {
        if let Err(mistake) = self.agency.link(Some(self.page), target) {
            self.diagnostics.push(mistake);
        }
    }

    fn icon(&mut self, name: &str, source: &Source, span: Span) {
        unknown_icon(name, source, span, self.icons, self.diagnostics);
    }

    fn facts_typed_out(&mut self) {
        for (source, span) in page_texts(self.page) {
            typed_out_in(source, span, &self.agency.profile.held, self.diagnostics);
        }
    }
}

/// Reports what may not stand in a file of an agency's data, whatever it is: its facts typed out, and sample text.
pub fn own_text(agency: &Agency, source: &Source, diagnostics: &mut Diagnostics) {
    sample_text(source, diagnostics);
    let whole = 0..source.text.len();
    typed_out_in(source, whole, &agency.profile.held, diagnostics);
}

/// The sample text of `pandu new` must not be published.
fn sample_text(source: &Source, diagnostics: &mut Diagnostics) {
    let text = &source.text;
    for (at, _) in text.match_indices(SAMPLE_TEXT) {
        let end = text[at..]
            .find(']')
            .map_or(at + SAMPLE_TEXT.len(), |length| at + length + 1);
        let mistake = Diagnostic::new(
            "sample-text",
            source,
            at..end,
            "this is still the sample text",
        )
        .hint("write your own words here, or remove it");
        diagnostics.push(mistake);
    }
}

/// A source names a document that somebody described.
fn document(agency: &Agency, citation: &Citation, diagnostics: &mut Diagnostics) {
    let id = &citation.document;
    if agency.profile.documents.contains_key(&id.value) {
        return;
    }
    let known = agency.profile.documents.keys().map(String::as_str);
    let (message, hint) = if id.source.is_shared() {
        let message = format!("there is no shared document `{}`", id.value);
        (message, format!("add [{}] to {DOCUMENTS}", id.value))
    } else {
        let message = format!("the profile has no document `{}`", id.value);
        let hint = format!(
            "add [dokumen.{0}] to instansi.toml, or [{0}] to {DOCUMENTS}",
            id.value
        );
        (message, hint)
    };
    let mistake = Diagnostic::of("unknown-document", id, message).hint(hint);
    diagnostics.push(mistake.suggest(&id.value, known));
}

/// What can go wrong in a profile beyond its own keys: its sources, and the icons of its channels.
fn profile(agency: &Agency, icons: &[&str], diagnostics: &mut Diagnostics) {
    let profile = &agency.profile;
    for (path, citation) in &profile.sources {
        document(agency, citation, diagnostics);
        let holds = |leaf: &str| facts::holds(&path.value, leaf);
        let leaves = profile.leaves.iter().map(|(leaf, _)| leaf.as_str());
        if !leaves.clone().any(holds) && !NO_FACTS.contains(&path.value.as_str()) {
            let message = format!(
                "the profile has no fact `{}`, nor a group of that name",
                path.value
            );
            let mistake = Diagnostic::of("undefined-fact", path, message)
                .hint("name a fact or a group of facts, such as email or \"email.imap\", or remove the line");
            let groups = |leaf: &'_ str| {
                let ends = leaf.match_indices('.').map(|(at, _)| at);
                ends.chain([leaf.len()])
                    .filter_map(|end| leaf.get(..end).map(str::to_owned))
                    .collect::<Vec<_>>()
            };
            let known: BTreeSet<String> = leaves.flat_map(groups).collect();
            let known = known.iter().map(String::as_str);
            diagnostics.push(mistake.suggest(&path.value, known));
        }
    }
    for (path, span) in &profile.leaves {
        let better = speakable(path);
        if better != *path {
            let message = format!("guides can't refer to a fact named `{path}`");
            let mistake = Diagnostic::new("bad-key", &profile.source, span.clone(), message).hint(
                format!("write it with letters, digits and `_`, and no digit first: {better}"),
            );
            diagnostics.push(mistake);
        }
    }
    let icon = |path: &str| path.starts_with("kontak.kanal[") && path.ends_with("].ikon");
    for (path, span) in profile.leaves.iter().filter(|(path, _)| icon(path)) {
        let name = profile.facts.shown(path);
        unknown_icon(&name, &profile.source, span.clone(), icons, diagnostics);
    }
}

/// The path of a fact as an expression can name it.
fn speakable(path: &str) -> String {
    let part = |part: &str| {
        let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '[' | ']'));
        let word = part.replace(odd, "_");
        if word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            word
        } else {
            format!("_{word}")
        }
    };
    path.split('.').map(part).collect::<Vec<_>>().join(".")
}

fn unknown_icon(
    name: &str,
    source: &Source,
    span: Span,
    icons: &[&str],
    diagnostics: &mut Diagnostics,
) {
    if !icons.contains(&name) {
        let message = format!("there is no icon `{name}`");
        let mistake = Diagnostic::new("unknown-icon", source, span, message)
            .hint(format!("icons are: {}", icons.join(", ")));
        diagnostics.push(mistake.suggest(name, icons.iter().copied()));
    }
}

/// What can go wrong in an agency's statuses and problems.
fn data(agency: &Agency, diagnostics: &mut Diagnostics) {
    for status in agency.statuses.all() {
        match agency.link(None, &status.guide) {
            Ok(Target::External(_)) => {
                let message = "the guide of a status is a page of this site";
                let mistake = Diagnostic::of("dead-link", &status.guide, message)
                    .hint("write its path from the agency's folder: /tte/aktivasi-akun.md");
                diagnostics.push(mistake);
            }
            Ok(_) => {}
            Err(mistake) => diagnostics.push(mistake),
        }
    }
    let mut link = |target: &Spanned<String>| {
        if let Err(mistake) = agency.link(None, target) {
            diagnostics.push(mistake);
        }
    };
    for text in agency.statuses.all().flat_map(|status| status.texts()) {
        links(&text.value, &mut link);
    }
    let problems = &agency.problems;
    for question in &problems.questions {
        links(&question.choice, &mut link);
        links(&question.question, &mut link);
    }
    for text in problems.problems.iter().flat_map(|problem| problem.texts()) {
        links(text, &mut link);
    }
    // The agency's own files are judged whole; of what is written for all, what it shows.
    let own = agency.data.iter();
    let own = own.map(|source| (source, 0..source.text.len()));
    let shared = data_texts(agency).filter(|(source, _)| source.is_shared());
    for (source, span) in own.chain(shared) {
        typed_out_in(source, span, &agency.profile.held, diagnostics);
    }
}

/// Where the texts stand that somebody typed for a page.
pub fn page_texts(page: &Page) -> impl Iterator<Item = (&Source, Span)> {
    let front = page.front.typed();
    let front = front.map(|typed| (&typed.source, typed.span.clone()));
    let body = page.texts.iter();
    front.chain(body.map(|(source, span)| (source, span.clone())))
}

/// Where the texts stand that an agency's statuses, problems, questions and sessions are made of.
pub fn data_texts(agency: &Agency) -> impl Iterator<Item = (&Source, Span)> {
    let statuses = agency.statuses.all().flat_map(|status| status.texts());
    let statuses = statuses.map(|text| (&text.source, text.span.clone()));
    let problems = &agency.problems;
    let questions = problems.questions.iter().flat_map(|q| &q.typed);
    let problems = problems.problems.iter().flat_map(|p| &p.typed);
    let sessions = agency.sessions.iter().flat_map(|session| &session.typed);
    let typed = questions.chain(problems).chain(sessions);
    statuses.chain(typed.map(|text| (&text.source, text.span.clone())))
}

/// The target of every link in running text.
pub fn links(content: &[Inline], see: &mut dyn FnMut(&Spanned<String>)) {
    targets(content, &mut |inline| {
        if let Inline::Link { target, .. } = inline {
            see(target);
        }
    });
}

fn typed_out_in(source: &Source, span: Span, held: &[Held], diagnostics: &mut Diagnostics) {
    for (at, held) in typed_out(&source.text[span.clone()], held) {
        let place = span.start + at.start..span.start + at.end;
        let message = format!(
            "`{}` is a fact of the profile, typed out",
            &source.text[place.clone()]
        );
        let mistake = Diagnostic::new("fact-typed-out", source, place, message)
            .hint(format!("write {{{{ {} }}}}", held.path));
        diagnostics.push(mistake);
    }
}

/// Facts that stand in `text` as typed words, the longest where several overlap.
fn typed_out<'a>(text: &str, held: &'a [Held]) -> Vec<(Span, &'a Held)> {
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<(Span, &Held)> = Vec::new();
    for held in held {
        match &held.value {
            HeldValue::Name(name) => {
                let places = lower
                    .match_indices(name.as_str())
                    .map(|(at, _)| at..at + name.len());
                found.extend(
                    places
                        .filter(|at| is_whole_name(&lower, at))
                        .map(|at| (at, held)),
                );
            }
            HeldValue::Url(bare) => {
                let places = lower
                    .match_indices(bare.as_str())
                    .map(|(at, _)| at..at + bare.len());
                let places = places.filter(|at| is_whole_name(&lower, at));
                found.extend(places.map(|at| (with_scheme(&lower, at), held)));
            }
            HeldValue::Number(digits) => {
                let same = |at: &Span| lower[at.clone()].replace('.', "") == *digits;
                found.extend(
                    runs(&lower, |c| c.is_ascii_digit() || c == '.')
                        .filter(same)
                        .map(|at| (at, held)),
                );
            }
            HeldValue::Phone(digits) => {
                let same = |at: &Span| {
                    Phone::parse(&lower[at.clone()]).is_ok_and(|phone| phone.national() == digits)
                };
                found.extend(phone_runs(&lower).filter(same).map(|at| (at, held)));
            }
        }
    }
    let referred = facts::expressions(text);
    found.retain(|(at, _)| {
        !referred
            .iter()
            .any(|span| span.start <= at.start && at.end <= span.end)
    });
    // The longest wins, and of equals the one that is no URL: a bare host is a host.
    found.sort_by_key(|(at, held)| {
        (
            at.start,
            std::cmp::Reverse(at.end),
            matches!(held.value, HeldValue::Url(_)),
        )
    });
    let mut end = 0;
    found.retain(|(at, _)| {
        let first = at.start >= end;
        end = end.max(at.end);
        first
    });
    found
}

/// What may be a telephone number.
pub fn phone_runs(text: &str) -> impl Iterator<Item = Span> {
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '.');
    runs(text, dialled)
}

/// `https://` before and `/` after belong to a URL that is typed out.
fn with_scheme(text: &str, at: Span) -> Span {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text[..at.start].ends_with(scheme));
    let start = at.start - scheme.map_or(0, str::len);
    let end = if text[at.end..].starts_with('/') {
        at.end + 1
    } else {
        at.end
    };
    start..end
}

fn is_whole_name(text: &str, at: &Span) -> bool {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let before = text[..at.start].chars().next_back();
    let mut after = text[at.end..].chars();
    let continues = match after.next() {
        Some('.') => after.next().is_some_and(part_of_name),
        Some(c) => part_of_name(c),
        None => false,
    };
    !before.is_some_and(|c| part_of_name(c) || c == '.') && !continues
}

/// Runs of certain characters that no letter touches, without separators at their ends.
fn runs(text: &str, belongs: impl Fn(char) -> bool) -> impl Iterator<Item = Span> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        match (belongs(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                let run = &text[from..at];
                let trimmed = run.trim_matches([' ', '-', '.']);
                let from = from + (run.len() - run.trim_start_matches([' ', '-', '.']).len());
                let touched = text[..from]
                    .chars()
                    .next_back()
                    .is_some_and(char::is_alphanumeric)
                    || text[from + trimmed.len()..]
                        .chars()
                        .next()
                        .is_some_and(char::is_alphanumeric);
                if !trimmed.is_empty() && !touched {
                    found.push(from..from + trimmed.len());
                }
            }
            _ => {}
        }
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, String)> {
        let held = [
            ("email.domain", HeldValue::Name("jakarta.go.id".into())),
            (
                "email.imap.host",
                HeldValue::Name("email.jakarta.go.id".into()),
            ),
            ("email.imap.port", HeldValue::Number("993".into())),
            ("fakta.lisensi", HeldValue::Number("20000".into())),
            (
                "kontak.telepon[0].tampil",
                HeldValue::Phone("81313588684".into()),
            ),
        ]
        .map(|(path, value)| Held {
            path: path.into(),
            value,
        });
        let spans: Vec<(Span, String)> = typed_out(text, &held)
            .into_iter()
            .map(|(at, held)| (at, held.path.clone()))
            .collect();
        spans
            .into_iter()
            .map(|(at, path)| (&text[at], path))
            .collect()
    }

    #[test]
    fn finds_facts_however_they_are_written() {
        assert_eq!(
            found("Server Email.Jakarta.go.id."),
            [("Email.Jakarta.go.id", "email.imap.host".into())]
        );
        assert_eq!(
            found("nama@jakarta.go.id"),
            [("jakarta.go.id", "email.domain".into())]
        );
        assert_eq!(found("port 993, 20.000 lisensi").len(), 2);
        assert_eq!(
            found("WA +62 813-1358-8684")[0].1,
            "kontak.telepon[0].tampil"
        );
    }

    #[test]
    fn names_facts_as_guides_can() {
        assert_eq!(speakable("kontak.kanal[0].ikon"), "kontak.kanal[0].ikon");
        assert_eq!(speakable("tautan.2025"), "tautan._2025");
        assert_eq!(speakable("fakta.jumlah-akun"), "fakta.jumlah_akun");
    }

    #[test]
    fn leaves_other_words_alone() {
        assert!(
            found("servicedesk.jakarta.go.id jakarta.go.idx v993 1993 {{ email.domain }}")
                .is_empty()
        );
    }
}
