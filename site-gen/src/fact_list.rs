//! `pandu facts`: every fact of an agency, where it comes from, and the pages that use it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use crate::{
    check::page_texts,
    facts::{holds, paths_in},
    load::ThemeFile,
    markdown::ast::{Island, Named, named_blocks},
    problems::Problem,
    sealed::Sealed,
    session,
    site::{Agency, Page},
    source::Spanned,
    statuses::StatusPassage,
};

/// A fact and what is known of it.
pub struct Fact {
    /// `email.imap.port`
    pub path: String,
    /// As guides show it.
    pub value: String,
    /// Document and section, with the doubt where there is one.
    pub source: Option<String>,
    /// Files of the pages that use it; `every page` where the theme does.
    pub pages: Vec<String>,
}

/// Lists the facts of an agency, in the order of its profile.
pub fn list(agency: &Agency, theme: &[ThemeFile]) -> Vec<Fact> {
    let pages = agency.pages.iter().map(|page| {
        let used = used_on(agency, page);
        (page.file.clone(), with_origins(agency, used))
    });
    let sessions = agency.sessions.iter().map(|session| {
        let used = paths_in(&session.title.source.text).into_iter();
        // Its last slide says whom to ask, and where to say how it was.
        let used = used
            .chain(["kontak", "bimtek"].map(str::to_owned))
            .collect();
        (
            format!("{}{}.toml", session::FOLDER, session.id),
            with_origins(agency, used),
        )
    });
    let used: Vec<(String, BTreeSet<String>)> = pages.chain(sessions).collect();
    let everywhere = with_origins(agency, used_by(theme));
    let fact = |path: &String| {
        let source = agency.profile.source_of(path).map(|citation| {
            let doubt = citation.doubt.as_ref();
            let doubt = doubt.map_or(String::new(), |doubt| {
                format!(" (to be confirmed: {})", doubt.value)
            });
            format!(
                "{}: {}{doubt}",
                citation.document.value, citation.section.value
            )
        });
        let pages = if everywhere.iter().any(|used| covers(used, path)) {
            vec!["every page".to_owned()]
        } else {
            let pages = used
                .iter()
                .filter(|(_, facts)| facts.iter().any(|used| covers(used, path)));
            pages.map(|(file, _)| file.clone()).collect()
        };
        Fact {
            path: path.clone(),
            value: agency.profile.facts.shown(path),
            source,
            pages,
        }
    };
    let mut leaves: Vec<_> = agency.profile.leaves.iter().collect();
    leaves.sort_by_key(|(_, span)| span.start);
    leaves.into_iter().map(|(path, _)| fact(path)).collect()
}

/// A list for people: a fact, then its source and its pages, indented.
pub fn render(facts: &[Fact]) -> String {
    let mut text = String::new();
    for fact in facts {
        let source = fact.source.as_deref().unwrap_or("no source");
        let pages = if fact.pages.is_empty() {
            "no page".to_owned()
        } else {
            fact.pages.join(", ")
        };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{} = {}\n    source: {source}\n    used on: {pages}",
            fact.path, fact.value
        );
    }
    text
}

/// The site's name is the service's where the profile gives none of its own.
fn with_origins(agency: &Agency, mut used: BTreeSet<String>) -> BTreeSet<String> {
    let own = || {
        let mut leaves = agency.profile.leaves.iter();
        leaves.any(|(path, _)| path == "nama_situs")
    };
    if used.contains("nama_situs") && !own() {
        used.insert("layanan".to_owned());
    }
    used
}

/// True where what is named (a fact or a group) is, or holds, the fact. `kontak.telepon` is made from
/// `kontak.whatsapp`; the main contact does not hold the desks.
fn covers(used: &str, path: &str) -> bool {
    if used == "kontak" && path.starts_with("kontak.meja.") {
        return false;
    }
    let phones = path
        .strip_suffix(".whatsapp")
        .filter(|desk| desk.starts_with("kontak"))
        .map(|desk| format!("{desk}.telepon"));
    let related = |path: &str| holds(used, path) || holds(path, used);
    related(path) || phones.is_some_and(|path| related(&path))
}

/// The facts that a page refers to: in its texts, by its blocks, and in the data that it shows.
fn used_on(agency: &Agency, page: &Page) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (source, span) in page_texts(page) {
        used.extend(paths_in(source.text.get(span).unwrap_or("")));
    }
    let mut problems: BTreeMap<&str, &Problem> = agency
        .problems
        .of_guide(&page.file)
        .map(|problem| (problem.id.value.as_str(), problem))
        .collect();
    for (_, named) in named_blocks(&page.blocks) {
        match &named.content {
            Named::Contact(None) => used.extend(["kontak".to_owned()]),
            Named::Contact(Some(desk)) => used.extend([format!("kontak.meja.{desk}")]),
            Named::Island(Island::Sealed(Sealed::Passphrase), _) => {
                used.extend(["passphrase".to_owned()]);
            }
            Named::Island(Island::Sealed(Sealed::Thunderbird), _) => {
                used.extend(["domain", "imap", "smtp"].map(|fact| format!("email.{fact}")))
            }
            Named::SetupFile(_) | Named::DnsRecords => used.extend(["email".to_owned()]),
            Named::Island(_, _) => used.extend(["periksa".to_owned()]),
            Named::Statuses(kind) => {
                let statuses = agency.statuses.of(*kind).iter();
                for text in statuses.flat_map(StatusPassage::texts) {
                    let typed = text.source.text.get(text.span.clone());
                    used.extend(paths_in(typed.unwrap_or("")));
                }
            }
            Named::Problems(from) => {
                for group in agency.problems.groups(from.as_deref()) {
                    // A list is headed by all choices that lead to it.
                    for question in agency.problems.way_to(group.question) {
                        used.extend(named_in(&question.typed));
                    }
                    let shown = group.problems.into_iter();
                    problems.extend(shown.map(|problem| (problem.id.value.as_str(), problem)));
                }
            }
            Named::Finder => {
                for question in &agency.problems.questions {
                    used.extend(named_in(&question.typed));
                }
                let all = agency.problems.problems.iter();
                problems.extend(all.map(|problem| (problem.id.value.as_str(), problem)));
            }
            _ => {}
        }
    }
    for problem in problems.values() {
        used.extend(named_in(&problem.typed));
        used.extend(
            problem
                .desk
                .iter()
                .map(|desk| format!("kontak.meja.{desk}")),
        );
    }
    used
}

/// The facts that texts of TOML name.
fn named_in(texts: &[Spanned<String>]) -> impl Iterator<Item = String> {
    texts.iter().flat_map(|text| paths_in(&text.value))
}

/// The facts that the theme shows on every page: in its layout, and in the components that the layout includes.
fn used_by(theme: &[ThemeFile]) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut names = vec!["templates/base.html".to_owned()];
    let mut at = 0;
    while let Some(name) = names.get(at).cloned() {
        at += 1;
        let Some(file) = theme.iter().find(|file| file.path == name) else {
            continue;
        };
        let text = &file.source.text;
        for included in text.split("{% include \"").skip(1) {
            let path = included.split('"').next().unwrap_or("").to_owned();
            if !names.contains(&path) {
                names.push(path);
            }
        }
        for rest in text.split("agency.").skip(1) {
            let length = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
                .unwrap_or(rest.len());
            let path = rest.get(..length).unwrap_or("").trim_end_matches('.');
            if !path.is_empty() {
                used.insert(path.to_owned());
            }
        }
    }
    used
}
