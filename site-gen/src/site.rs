//! The resolved site: every page of every agency, its address, and what a link means. Immutable.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use model::status::{MailStatus, TteStatus};
use url::Url;

use crate::{
    diagnostic::{Diagnostic, Diagnostics, nearest},
    facts::Facts,
    front_matter::{self, FrontMatter, Kind},
    load::{AgencyFiles, GuideFile, Input, SharedFiles},
    markdown::{
        self,
        ast::{Block, BlockKind, Named, Part, StatusKind, visit},
        patch::{self, Patched},
    },
    offline,
    practice::{self, Practice},
    problems::{self, Problem, Problems},
    profile::{self, Profile, SourceDocument},
    session::{self, Session},
    slug::slug,
    source::{Source, Span, Spanned},
    statuses::{self, Statuses},
    synonyms::{self, Synonyms},
    toml_table::{self, Table},
};

/// How to find an anchor.
const ANCHOR_HINT: &str =
    "anchors come from headings: `## Surat masuk` has `#surat-masuk`; set one with `{#id}`";

/// The whole site.
#[derive(Debug)]
pub struct Site {
    /// `judul`
    pub title: String,
    /// `ringkasan`
    pub summary: String,
    /// Where it is published; ends with `/`.
    pub address: Url,
    /// Its agencies.
    pub agencies: Vec<Agency>,
    /// Words that mean the same to whoever searches.
    pub synonyms: Synonyms,
}

/// One agency's part of the site.
#[derive(Debug)]
pub struct Agency {
    /// Its facts.
    pub profile: Profile,
    /// Where its pages begin: empty for a site of one agency, else `<id>/`.
    pub prefix: String,
    /// Its pages: home first, then topic by topic.
    pub pages: Vec<Page>,
    /// What each status means to its people.
    pub statuses: Statuses,
    /// What goes wrong, and what helps.
    pub problems: Problems,
    /// The invented people and cards that its people practise with.
    pub practice: Practice,
    /// Its training sessions, by date.
    pub sessions: Vec<Session>,
    /// Its own `status.toml` and `masalah.toml`.
    pub data: Vec<Source>,
    /// Files that exist and could not be read as pages; links to them are not dead.
    pub broken: BTreeSet<String>,
    /// Its images by path below the agency's folder.
    pub images: BTreeMap<String, Vec<u8>>,
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// Path of its file below the agency's folder: `email/hp-android.md`.
    pub file: String,
    /// The file.
    pub source: Source,
    /// Site path of the page: `email/hp-android/`, empty for the site's root.
    pub url: String,
    /// First folder of its file, empty at the agency's root.
    pub topic: String,
    /// What it says of itself.
    pub front: FrontMatter,
    /// The shared guide that it is made from.
    pub base: Option<Base>,
    /// Its body.
    pub blocks: Vec<Block>,
    /// Where its body stands: in its own file and in the shared guide's.
    pub texts: Vec<(Source, Span)>,
    /// Every id on it.
    pub anchors: BTreeSet<String>,
}

/// The shared guide that a page is made from.
#[derive(Debug)]
pub struct Base {
    /// Path below `content/bersama/`.
    pub path: String,
    /// The file.
    pub source: Source,
}

/// What a link leads to.
#[derive(Debug, PartialEq)]
pub enum Target<'site, 'link> {
    /// A web address, telephone number or mail address.
    External(&'link str),
    /// A page of this agency, with the anchor in it.
    Page(&'site Page, Option<&'link str>),
    /// An anchor on the same page.
    Anchor(&'link str),
    /// A page whose own mistakes were reported; never rendered.
    Broken,
}

impl Page {
    /// Whether it says what its folder is about: a topic, or the first page of practice.
    pub fn leads(&self) -> bool {
        match self.front.kind {
            Kind::Topic => true,
            Kind::Practice => self.file.ends_with("/index.md"),
            Kind::Home | Kind::Guide | Kind::Checker => false,
        }
    }

    /// Whether lists and searches of the whole site name it. Of practice they name the first page.
    pub fn is_listed(&self) -> bool {
        self.front.kind != Kind::Practice || self.leads()
    }
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.file == other.file
    }
}

/// Parses and resolves all that was read.
pub fn resolve(input: Input, address: Option<&Url>, diagnostics: &mut Diagnostics) -> Option<Site> {
    let (title, summary, mut own_address) = site_file(&input.site, diagnostics)?;
    if let Some(address) = address {
        own_address = address.clone();
    }
    let single = input.agencies.len() == 1; // a broken one was reported: nothing is rendered then
    let shared = Shared::new(input.shared, diagnostics);
    let mut agencies: Vec<Agency> = input
        .agencies
        .into_iter()
        .filter_map(|files| agency(files, &shared, single, diagnostics))
        .collect();
    session::resolve(
        &input.sessions,
        &mut agencies,
        &input.known,
        input.whole,
        diagnostics,
    );
    if input.whole {
        unused(&shared.guides, &agencies, diagnostics);
        unused_data(&shared.problems, &agencies, diagnostics);
    }
    Some(Site {
        title,
        summary,
        address: own_address,
        agencies,
        synonyms: shared.synonyms,
    })
}

/// A shared guide that nobody takes over is read by nobody: not even its mistakes are found.
fn unused(guides: &[GuideFile], agencies: &[Agency], diagnostics: &mut Diagnostics) {
    let pages = || agencies.iter().flat_map(|agency| &agency.pages);
    for guide in guides {
        let used = |page: &Page| {
            page.base
                .as_ref()
                .is_some_and(|base| base.path == guide.path)
        };
        if !pages().any(used) {
            let message = format!("no agency uses the shared guide `{}`", guide.path);
            let warning = Diagnostic::warning("unused-shared-guide", &guide.source, 0..3, message);
            diagnostics.push(warning.hint(format!(
                "take it over with a page whose front matter says dasar = \"{}\", or remove it",
                guide.path
            )));
        }
    }
}

/// What shared problems name and no agency has: most likely it is misspelt.
fn unused_data(problems: &problems::Written, agencies: &[Agency], diagnostics: &mut Diagnostics) {
    let page = |file: &str| {
        let file = file.trim_start_matches('/');
        let has = |agency: &Agency| agency.pages.iter().any(|page| page.file == file);
        agencies.iter().any(has)
    };
    let desk = |desk: &str| {
        agencies
            .iter()
            .any(|agency| agency.profile.desks.contains(desk))
    };
    let mut warn = |named: &Spanned<String>, message: String, hint: &str| {
        let place = named.span.clone();
        let warning = Diagnostic::warning("unused-shared-data", &named.source, place, message);
        diagnostics.push(warning.hint(hint));
    };
    for named in problems.guides().filter(|named| !page(&named.value)) {
        let message = format!("no agency has a page `{}`", named.value);
        warn(named, message, "mend the path, or remove it from `panduan`");
    }
    for named in problems.desks().filter(|named| !desk(&named.value)) {
        let message = format!("no agency has a desk `{}`", named.value);
        warn(
            named,
            message,
            "mend its name, or remove `hubungi`: all are sent to the main contact",
        );
    }
}

fn site_file(source: &Source, diagnostics: &mut Diagnostics) -> Option<(String, String, Url)> {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let table = Table::root(source, 0, 0..0, &tree, &found);
    let title = table.text("judul");
    let summary = table.text("ringkasan");
    let address = table.parsed("alamat", "such as https://panduan.contoh.go.id/", base_url);
    table.finish();
    diagnostics.extend(found.into_inner());
    Some((title?.value, summary?.value, address?.value))
}

/// Reads the address of a site.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn base_url(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text)
        .map_err(|error| format!("not a web address ({error}); write it as https://…/"))?;
    if !matches!(url.scheme(), "http" | "https")
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err("a site's address is https://host/ or https://host/path/".to_owned());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// What all agencies share, read once.
struct Shared {
    guides: Vec<GuideFile>,
    documents: BTreeMap<String, SourceDocument>,
    statuses: statuses::Written,
    problems: problems::Written,
    practice: practice::Written,
    synonyms: Synonyms,
}

impl Shared {
    fn new(files: SharedFiles, diagnostics: &mut Diagnostics) -> Self {
        let documents = files.documents;
        Self {
            guides: files.guides,
            documents: documents
                .map(|source| profile::shared_documents(&source, diagnostics))
                .unwrap_or_default(),
            statuses: files
                .statuses
                .map(|source| statuses::parse(&source, diagnostics))
                .unwrap_or_default(),
            problems: files
                .problems
                .map(|source| problems::parse(&source, diagnostics))
                .unwrap_or_default(),
            practice: files
                .practice
                .map(|source| practice::parse(&source, diagnostics))
                .unwrap_or_default(),
            synonyms: files
                .synonyms
                .map(|source| synonyms::parse(&source, diagnostics))
                .unwrap_or_default(),
        }
    }
}

fn agency(
    files: AgencyFiles,
    shared: &Shared,
    single: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Agency> {
    let profile = profile::parse(&files.id, &files.profile, &shared.documents, diagnostics);
    let prefix = if single {
        String::new()
    } else {
        format!("{}/", files.id)
    };
    let mut pages: Vec<Page> = Vec::new();
    let mut broken = BTreeSet::from_iter(files.broken);
    address_part(&files.id, &files.profile, diagnostics);
    for guide in files.guides {
        let parts = guide
            .path
            .strip_suffix(".md")
            .unwrap_or(&guide.path)
            .split('/');
        parts.for_each(|part| address_part(part, &guide.source, diagnostics));
        below_sessions(&guide, diagnostics);
        // Without facts a page would only raise mistakes that are none.
        let content = profile
            .as_ref()
            .and_then(|profile| content(&guide.source, shared, &profile.facts, diagnostics));
        let Some(content) = content else {
            if profile.is_none() {
                front_matter::parse(&guide.source, diagnostics);
            }
            broken.insert(guide.path);
            continue;
        };
        let url = page_url(&prefix, &guide.path);
        if let Some(other) = pages.iter().find(|page| page.url == url) {
            let message = format!(
                "this page would have the address `/{url}`, which {} has already",
                other.source.path
            );
            let mistake = Diagnostic::new("duplicate-url", &guide.source, 0..3, message)
                .hint("rename one of the two files");
            diagnostics.push(mistake);
            broken.insert(guide.path);
            continue;
        }
        let topic = guide
            .path
            .split_once('/')
            .map_or("", |(topic, _)| topic)
            .to_owned();
        pages.push(Page {
            file: guide.path,
            source: guide.source,
            base: content.base,
            url,
            topic,
            front: content.front,
            blocks: content.blocks,
            texts: content.texts,
            anchors: BTreeSet::new(),
        });
    }
    let profile = profile?;
    if !pages.iter().any(|page| page.front.kind == Kind::Home) {
        let message = format!("the agency `{}` has no home page", profile.id);
        let mistake = Diagnostic::new("missing-home", &files.profile, 0..0, message)
            .hint("write index.md with jenis = \"beranda\" beside this file");
        diagnostics.push(mistake);
    }
    topics_have_pages(&pages, diagnostics);
    sort(&mut pages);
    let own = files
        .statuses
        .as_ref()
        .map(|source| statuses::parse(source, diagnostics))
        .unwrap_or_default();
    let wanted = statuses::Wanted {
        tte: profile.has_tte || profile.looks_up_tte,
        email: profile.looks_up_email,
    };
    let place = files.statuses.as_ref().unwrap_or(&files.profile);
    let statuses = statuses::resolve(
        &profile.id,
        place,
        &shared.statuses,
        &own,
        &wanted,
        &profile.facts,
        diagnostics,
    );
    let own = files
        .problems
        .as_ref()
        .map(|source| problems::parse(source, diagnostics))
        .unwrap_or_default();
    // Only these show their problems.
    let guides = pages
        .iter()
        .filter(|page| matches!(page.front.kind, Kind::Guide | Kind::Checker));
    let there: BTreeSet<String> = guides.map(|page| page.file.clone()).collect();
    let mut made_from: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for page in &pages {
        if let Some(base) = &page.base {
            let made = made_from.entry(base.path.clone()).or_default();
            made.insert(page.file.clone());
        }
    }
    let with = problems::Agency {
        made_from: &made_from,
        facts: &profile.facts,
        files: &there.union(&broken).cloned().collect(),
        desks: &profile.desks,
    };
    let problems = problems::resolve(&shared.problems, &own, &with, diagnostics);
    for page in &mut pages {
        page.anchors = anchors(page, &problems, diagnostics);
    }
    let practice = Practice::of(&shared.practice, &profile, &pages);
    Some(Agency {
        data: [files.statuses, files.problems]
            .into_iter()
            .flatten()
            .collect(),
        profile,
        prefix,
        pages,
        statuses,
        problems,
        practice,
        sessions: Vec::new(),
        broken,
        images: files.images.into_iter().collect(),
    })
}

/// What a page says: of itself, and in its body.
struct Content {
    front: FrontMatter,
    base: Option<Base>,
    blocks: Vec<Block>,
    texts: Vec<(Source, Span)>,
}

/// Reads a page, together with the shared guide that it is made from where it names one.
fn content(
    source: &Source,
    shared: &Shared,
    facts: &Facts,
    diagnostics: &mut Diagnostics,
) -> Option<Content> {
    let (written, span) = front_matter::parse(source, diagnostics)?;
    let Some(base) = written.base.clone() else {
        let mut front = written.complete(diagnostics)?;
        lacking(&front, source, facts, diagnostics);
        front.fill(facts, diagnostics);
        let body = markdown::parse(source, span.clone(), facts, &BTreeSet::new(), diagnostics);
        patch::refuse(&body.blocks, diagnostics);
        return Some(Content {
            front,
            base: None,
            blocks: body.blocks,
            texts: vec![(source.clone(), span)],
        });
    };
    let path = base.value.trim_start_matches('/');
    let Some(guide) = shared.guides.iter().find(|guide| guide.path == path) else {
        let known = shared.guides.iter().map(|guide| guide.path.as_str());
        let message = format!("there is no shared guide `{}`", base.value);
        let mistake = Diagnostic::of("unknown-shared-guide", &base, message)
            .hint("write its path below content/bersama: dasar = \"tte/aktivasi-akun.md\"")
            .suggest(path, known);
        diagnostics.push(mistake);
        return None;
    };
    let (of_all, shared_span) = front_matter::parse(&guide.source, diagnostics)?;
    if let Some(base) = &of_all.base {
        let message = "a shared guide is not made from another one";
        let mistake = Diagnostic::of("unknown-key", base, message)
            .hint("write its whole text here, and remove `dasar`");
        diagnostics.push(mistake);
    }
    let mut front = written.over(of_all).complete(diagnostics)?;
    let mut of_guide = Diagnostics::default();
    let lacks = lacking(&front, source, facts, diagnostics);
    front.fill(facts, &mut of_guide);
    let all = markdown::parse(
        &guide.source,
        shared_span.clone(),
        facts,
        &BTreeSet::new(),
        &mut of_guide,
    );
    let taken = patch::taken(&all.blocks);
    let own = markdown::parse(source, span.clone(), facts, &taken, diagnostics);
    patch::refuse(&all.blocks, diagnostics);
    let Patched { blocks, gone } = patch::apply(all.blocks, own, diagnostics);
    // An agency without a fact replaces the block that needs it. One that lacks what the whole guide needs was told so.
    of_guide.retain(|mistake| {
        let place = mistake.span.start;
        !mistake.code.contains("fact") || !lacks && !gone.iter().any(|gone| gone.contains(&place))
    });
    diagnostics.extend(of_guide);
    let left = without(shared_span, gone).into_iter();
    let mut texts: Vec<_> = left.map(|span| (guide.source.clone(), span)).collect();
    texts.push((source.clone(), span));
    Some(Content {
        front,
        base: Some(Base {
            path: guide.path.clone(),
            source: guide.source.clone(),
        }),
        blocks,
        texts,
    })
}

/// Reports what a page needs (`butuh`) and the profile lacks; true where it lacks anything.
fn lacking(
    front: &FrontMatter,
    source: &Source,
    facts: &Facts,
    diagnostics: &mut Diagnostics,
) -> bool {
    let lacking = front.requires.iter().filter(|path| !facts.has(&path.value));
    let lacking: Vec<String> = lacking.map(|path| format!("`{}`", path.value)).collect();
    if lacking.is_empty() {
        return false;
    }
    let (owner, lacking) = (facts.owner(), lacking.join(" and "));
    let message = format!("this guide needs {lacking}, which the profile of `{owner}` lacks");
    let hint = format!(
        "add it to content/instansi/{owner}/instansi.toml, or remove this page: the agency doesn't offer this way"
    );
    diagnostics.push(Diagnostic::new("missing-fact", source, 0..3, message).hint(hint));
    true
}

/// What is left of a text's span once pieces of it are gone.
fn without(whole: Span, mut gone: Vec<Span>) -> Vec<Span> {
    gone.sort_by_key(|gone| gone.start);
    let mut left = Vec::new();
    let mut start = whole.start;
    for gone in gone {
        left.push(start..gone.start.max(start));
        start = start.max(gone.end);
    }
    left.push(start..whole.end.max(start));
    left.retain(|span| !span.is_empty());
    left
}

/// Home first, then topic by topic.
fn sort(pages: &mut [Page]) {
    let topic_order: BTreeMap<String, i64> = pages
        .iter()
        .filter(|page| page.front.kind == Kind::Topic)
        .map(|page| (page.topic.clone(), page.front.order))
        .collect();
    pages.sort_by_cached_key(|page| {
        let topic = topic_order.get(&page.topic).copied().unwrap_or(i64::MAX);
        let rank = match page.front.kind {
            Kind::Home => 0,
            Kind::Topic => 1,
            Kind::Practice if page.leads() => 1,
            Kind::Guide | Kind::Checker | Kind::Practice => 2,
        };
        (
            rank != 0,
            topic,
            page.topic.clone(),
            rank,
            page.front.order,
            page.file.clone(),
        )
    });
}

/// Sessions stand in a folder of their own, which is no topic's.
fn below_sessions(guide: &GuideFile, diagnostics: &mut Diagnostics) {
    let url = page_url("", &guide.path);
    if url.starts_with(session::FOLDER) {
        let message = format!("the address `/{url}` is kept for sessions of content/bimtek");
        let mistake = Diagnostic::new("bad-name", &guide.source, 0..0, message);
        diagnostics.push(mistake.hint("choose another name, such as `pelatihan`"));
    }
}

/// A file or folder name becomes part of addresses, which must stay short, plain and free for the site's own files.
pub(crate) fn address_part(part: &str, source: &Source, diagnostics: &mut Diagnostics) {
    const OWN: [&str; 8] = [
        "assets",
        "api",
        "404",
        "cari",
        "tanpa-internet",
        "komponen",
        "pasang",
        "slide",
    ];
    let better = slug(part);
    if part != better {
        let message = format!("the name `{part}` can't stand in an address");
        let hint = format!("rename it with small letters, digits and hyphens, such as `{better}`");
        diagnostics.push(Diagnostic::new("bad-name", source, 0..0, message).hint(hint));
    } else if OWN.contains(&part) {
        let message = format!("`{part}` is an address of the site's own");
        diagnostics
            .push(Diagnostic::new("bad-name", source, 0..0, message).hint("choose another name"));
    }
}

/// A folder without its own page would be found by nobody.
fn topics_have_pages(pages: &[Page], diagnostics: &mut Diagnostics) {
    let is_topic = |topic: &str| pages.iter().any(|page| page.topic == topic && page.leads());
    let mut told = BTreeSet::new();
    for page in pages
        .iter()
        .filter(|page| !page.topic.is_empty() && !is_topic(&page.topic))
    {
        if told.insert(&page.topic) {
            let message = format!(
                "the folder `{}` has no page of its own, so nothing leads to this one",
                page.topic
            );
            let hint = format!("write {}/index.md with jenis = \"topik\"", page.topic);
            diagnostics
                .push(Diagnostic::new("missing-topic", &page.source, 0..3, message).hint(hint));
        }
    }
}

fn page_url(prefix: &str, file: &str) -> String {
    let stem = file.strip_suffix(".md").unwrap_or(file);
    let path = stem
        .strip_suffix("index")
        .filter(|path| path.is_empty() || path.ends_with('/'));
    match path {
        Some(folder) => format!("{prefix}{folder}"),
        None => format!("{prefix}{stem}/"),
    }
}

/// Every id on a page that a link may name; reports those that data bring along and that stand there already.
pub(crate) fn anchors(
    page: &Page,
    problems: &Problems,
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut from_data: Vec<String> = Vec::new();
    let of_problem = |problem: &Problem| format!("masalah-{}", problem.id.value);
    visit(&page.blocks, &mut |part| {
        let Part::Block(block) = part else { return };
        match &block.kind {
            BlockKind::Heading(heading) => {
                anchors.insert(heading.id.clone());
            }
            BlockKind::Named(named) => {
                anchors.extend(named.anchor().map(str::to_owned));
                match &named.content {
                    Named::Statuses(StatusKind::Tte) => {
                        from_data.extend(TteStatus::ALL.map(|s| s.anchor().to_owned()));
                    }
                    Named::Statuses(StatusKind::Email) => {
                        from_data.extend(MailStatus::ALL.map(|s| s.anchor().to_owned()));
                    }
                    Named::Steps(steps) => {
                        anchors.extend(steps.iter().filter_map(|step| step.id.clone()));
                    }
                    Named::Choice(choices) => {
                        anchors.extend(choices.iter().filter_map(|choice| choice.id.clone()));
                    }
                    Named::Problems(from) => {
                        let groups = problems.groups(from.as_deref());
                        let shown = groups.iter().flat_map(|group| &group.problems);
                        from_data.extend(shown.map(|problem| of_problem(problem)));
                    }
                    Named::Finder => {
                        let asked = problems.questions.iter();
                        from_data.extend(asked.map(|question| format!("tanya-{}", question.id)));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    });
    for problem in problems.of_guide(&page.file) {
        let id = of_problem(problem);
        if !from_data.contains(&id) {
            from_data.push(id); // shown at the end of the guide, unless a list on it does
        }
    }
    if let Some(id) = from_data.iter().find(|id| anchors.contains(*id)) {
        let message = format!("the id `{id}` stands twice on this page");
        let mistake = Diagnostic::new("duplicate-id", &page.source, 0..3, message).hint(
            "a heading or block has the id of a status, a problem or a question: give it another with `{#id}` or id=…",
        );
        diagnostics.push(mistake);
    }
    let mut seen = BTreeSet::new();
    let twice = from_data.iter().find(|id| !seen.insert(*id));
    if let Some(id) = twice.filter(|id| !id.starts_with("masalah-")) {
        let message = format!("what has the id `{id}` is shown twice on this page");
        let mistake = Diagnostic::new("duplicate-id", &page.source, 0..3, message)
            .hint("`cari-masalah`, and `daftar-status` of each kind, stand on a page once");
        diagnostics.push(mistake);
    }
    anchors.extend(from_data);
    anchors
}

impl Agency {
    /// The ids of the problems that a page lists.
    pub fn problems_on(&self, page: &Page) -> BTreeSet<&str> {
        let mut listed: BTreeSet<&str> = BTreeSet::new();
        for (_, named) in markdown::ast::named_blocks(&page.blocks) {
            if let Named::Problems(from) = &named.content {
                let groups = self.problems.groups(from.as_deref());
                let problems = groups.into_iter().flat_map(|group| group.problems);
                listed.extend(problems.map(|problem| problem.id.value.as_str()));
            }
        }
        listed
    }

    /// The problems that belong to a page and that it does not list itself.
    pub fn problems_beside(&self, page: &Page) -> Vec<&Problem> {
        let listed = self.problems_on(page);
        let own = self.problems.problems.iter().filter(|problem| {
            let guides = problem.guides.iter();
            guides
                .map(|guide| &guide.value)
                .any(|guide| *guide == page.file)
        });
        own.filter(|problem| !listed.contains(problem.id.value.as_str()))
            .collect()
    }

    /// The page of a file below its folder.
    pub fn page(&self, file: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.file == file)
    }

    /// Its home page's site path.
    pub fn home_url(&self) -> &str {
        &self.prefix
    }

    /// Its home page.
    pub fn home(&self) -> Option<&Page> {
        self.pages.iter().find(|page| page.front.kind == Kind::Home)
    }

    /// Site path of the page on which one searches; without script it lists all pages from A to Z.
    pub fn search_url(&self) -> String {
        format!("{}cari/", self.prefix)
    }

    /// Site path of the page on keeping the site on the device.
    pub fn offline_url(&self) -> String {
        format!("{}tanpa-internet/", self.prefix)
    }

    /// Site path of the gallery of the theme's components.
    pub fn gallery_url(&self) -> String {
        format!("{}komponen/", self.prefix)
    }

    /// Site path of the worker that does so.
    pub fn worker_url(&self) -> String {
        offline::address(&self.prefix)
    }

    /// The page of a kind in a topic's folder, such as its index.
    pub fn topic_page(&self, topic: &str) -> Option<&Page> {
        self.pages
            .iter()
            .find(|page| page.topic == topic && page.leads())
    }

    /// What a link on `from` leads to. Data stand on no page: their links begin at the agency's root.
    ///
    /// # Errors
    /// A diagnostic that marks the link's target.
    pub fn link<'site, 'link>(
        &'site self,
        from: Option<&Page>,
        target: &'link Spanned<String>,
    ) -> Result<Target<'site, 'link>, Diagnostic> {
        let mistake = |code, message: String| Diagnostic::of(code, target, message);
        let text = target.value.as_str();
        if let Some((scheme, _)) = text
            .split_once(':')
            .filter(|(scheme, _)| !scheme.contains(['/', '#', '.']))
        {
            return match scheme {
                "https" | "mailto" | "tel" => Ok(Target::External(text)),
                _ => Err(mistake(
                    "bad-link",
                    format!("links with `{scheme}:` are not allowed"),
                )
                .hint("use https://, mailto: or tel:")),
            };
        }
        let (path, anchor) = text
            .split_once('#')
            .map_or((text, None), |(path, anchor)| (path, Some(anchor)));
        let Some(from) = from.or_else(|| path.starts_with('/').then(|| self.pages.first())?) else {
            return Err(
                mistake("dead-link", format!("`{text}` does not begin with `/`"))
                    .hint("in data, links begin at the agency's folder: /tte/aktivasi-akun.md"),
            );
        };
        if path.is_empty() {
            let anchor = anchor.unwrap_or("");
            return if from.anchors.contains(anchor) {
                Ok(Target::Anchor(anchor))
            } else {
                let message = if target.source.is_shared() {
                    format!(
                        "the page {} has no anchor `{anchor}`, to which this shared guide leads",
                        from.source.path
                    )
                } else {
                    format!("this page has no anchor `{anchor}`")
                };
                Err(mistake("dead-anchor", message)
                    .hint(ANCHOR_HINT)
                    .suggest(anchor, from.anchors.iter().map(String::as_str)))
            };
        }
        if target.source.is_shared() && !path.starts_with('/') {
            let message =
                format!("`{text}` leads elsewhere on each page that is made from this file");
            let hint = "in what is written for all, links begin at the agency's folder: /tte/aktivasi-akun.md";
            return Err(mistake("bad-link", message).hint(hint));
        }
        let file = join(&from.file, path);
        let Some(page) = self
            .pages
            .iter()
            .find(|page| Some(&page.file) == file.as_ref())
        else {
            if file.as_ref().is_some_and(|file| self.broken.contains(file)) {
                return Ok(Target::Broken);
            }
            let known = self.pages.iter().map(|page| page.file.as_str());
            let id = &self.profile.id;
            if target.source.is_shared() {
                let message = format!(
                    "the agency `{id}` has no page `{path}`, to which this shared file leads"
                );
                return Err(mistake("dead-link", message).hint(format!(
                    "add the page to content/instansi/{id}, or replace there what leads to it: the guide's block, or the key in status.toml or masalah.toml"
                )));
            }
            let hint = match file.as_deref().and_then(|file| nearest(file, known)) {
                Some(known) => format!("maksudnya `/{known}`?"),
                None => "write the path of a .md file, relative to this one or from the agency's folder (`/…`)".into(),
            };
            return Err(mistake("dead-link", format!("there is no page `{path}`")).hint(hint));
        };
        match anchor {
            Some(anchor) if !page.anchors.contains(anchor) => Err(mistake(
                "dead-anchor",
                format!("{} has no anchor `{anchor}`", page.source.path),
            )
            .hint(ANCHOR_HINT)
            .suggest(anchor, page.anchors.iter().map(String::as_str))),
            anchor => Ok(Target::Page(page, anchor)),
        }
    }

    /// The path, below the agency's folder, of an image named on `from`.
    ///
    /// # Errors
    /// A diagnostic that marks the image's target.
    pub fn image<'a>(
        &'a self,
        from: &Page,
        target: &Spanned<String>,
    ) -> Result<&'a str, Diagnostic> {
        let path = join(&from.file, &target.value);
        path.and_then(|path| self.images.get_key_value(&path)).map(|(path, _)| path.as_str()).ok_or_else(|| {
            if target.source.is_shared() {
                let id = &self.profile.id;
                let message = format!("the agency `{id}` has no image `{}`, which this shared guide shows", target.value);
                return Diagnostic::of("missing-image", target, message).hint(format!(
                    "images are each agency's own: put it below content/instansi/{id}, named from there (`/…`)"
                ));
            }
            let message = format!("there is no image `{}`", target.value);
            Diagnostic::of("missing-image", target, message)
                .hint("put the file beside the guide, or write its path from the agency's folder (`/…`)")
                .suggest(&target.value, self.images.keys().map(String::as_str))
        })
    }
}

/// `../tte/a.md` seen from `email/b.md` → `tte/a.md`; none where it leaves the agency's folder.
fn join(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let path = match path.strip_prefix('/') {
        Some(rooted) => rooted,
        None => {
            parts.extend(from.split('/'));
            parts.pop();
            path
        }
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths() {
        assert_eq!(
            join("email/b.md", "../tte/a.md").as_deref(),
            Some("tte/a.md")
        );
        assert_eq!(join("email/b.md", "/index.md").as_deref(), Some("index.md"));
        assert_eq!(join("b.md", "../a.md"), None);
    }

    #[test]
    fn leaves_what_is_not_gone() {
        let spans = without(10..50, vec![30..40, 10..12, 32..35]);
        assert_eq!(spans, [12..30, 40..50]);
    }

    #[test]
    fn makes_addresses() {
        assert_eq!(page_url("", "index.md"), "");
        assert_eq!(page_url("diy/", "tte/index.md"), "diy/tte/");
        assert_eq!(page_url("", "email/hp-android.md"), "email/hp-android/");
    }
}
