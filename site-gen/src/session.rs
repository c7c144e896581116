//! `content/bimtek/<id>.toml`: a training session of one agency. Guides, practice and breaks with their times; the page for its
//! participants and its slides are made from it.

use std::{cell::RefCell, collections::BTreeMap, ops::Range};

use model::hours::{TimeOfDay, Zone};
use url::Url;

use crate::{
    check,
    date::Date,
    deck::{self, Content, Count, Deck},
    diagnostic::{Diagnostic, Diagnostics},
    front_matter::Kind,
    load::SessionFile,
    markdown::{
        self,
        ast::{Inline, Named, named_blocks},
    },
    site::{Agency, Page, Target, address_part},
    slug::slug,
    source::{Source, Span, Spanned},
    toml_table::{self, Table},
};

/// Where an agency's sessions stand, seen from where its pages begin.
pub const FOLDER: &str = "bimtek/";
/// Where practice stands, seen from an agency's folder.
const PRACTICE: &str = "latihan/";
/// Entries that one slide of the agenda holds.
const AGENDA: usize = 8;
/// Steps of a guide that still make a checklist.
const STEPS: usize = 8;

/// Whether a file of the site is a session's deck: below `bimtek/` of an agency, which stands at the root or in a folder of its own.
pub fn is_deck(path: &str) -> bool {
    let (_, below) = path.split_once('/').unwrap_or(("", path));
    [path, below]
        .iter()
        .filter_map(|path| path.strip_prefix(FOLDER))
        .any(deck::is_page)
}

/// A session.
#[derive(Debug)]
pub struct Session {
    /// Path of its file below `content/bimtek/`, without the ending.
    pub id: String,
    /// Site path of the page for its participants.
    pub url: String,
    /// `judul`
    pub title: Spanned<String>,
    /// `ringkasan`
    pub summary: String,
    /// `tanggal`
    pub date: Date,
    /// The agency's time zone.
    pub zone: Zone,
    /// `tempat`
    pub place: String,
    /// `[[acara]]`, by time; at least one.
    pub entries: Vec<Entry>,
    /// Its texts, as somebody typed them.
    pub typed: Vec<Spanned<String>>,
}

/// An entry of its agenda.
#[derive(Debug)]
pub struct Entry {
    /// Its anchor on the participants' page, which marks on their devices are kept by.
    pub anchor: String,
    /// `judul`, else the guide's.
    pub title: String,
    /// `mulai`
    pub start: TimeOfDay,
    /// `selesai`
    pub end: TimeOfDay,
    /// `panduan`: the file of a guide or a checker.
    pub guide: Option<String>,
    /// `latihan`: files of pages for practice.
    pub practice: Vec<String>,
    /// `daftar`, empty where it is made from the guide.
    pub checklist: Vec<Vec<Inline>>,
    /// `[[acara.tautan]]`
    pub links: Vec<Link>,
    /// `catatan`: what the trainer says.
    pub note: Option<Vec<Inline>>,
    /// Its file.
    pub source: Source,
    /// Where it stands in it.
    pub span: Span,
}

/// A link of an entry.
#[derive(Debug)]
pub struct Link {
    /// `judul`
    pub title: String,
    /// `alamat`: a web address, or a page of the agency as links in data are written.
    pub target: Spanned<String>,
}

/// What participants have at hand, or go through, during an entry.
pub enum Checklist<'a> {
    /// Written for it.
    Own(&'a [Vec<Inline>]),
    /// What the guide needs.
    Needs(&'a [Vec<Inline>]),
    /// The guide's few steps.
    Steps(Vec<&'a [Inline]>),
}

impl Session {
    /// Site path of its slides.
    pub fn deck_url(&self) -> String {
        format!("{}{}", self.url, deck::FOLDER)
    }

    /// From when to when it lasts.
    pub fn hours(&self) -> Option<(TimeOfDay, TimeOfDay)> {
        let (first, last) = (self.entries.first()?, self.entries.last()?);
        Some((first.start, last.end))
    }
}

impl Entry {
    /// `09.00–09.40`
    pub fn times(&self) -> String {
        format!("{}–{}", self.start.text(), self.end.text())
    }

    /// Its guide or checker.
    pub fn guide<'a>(&self, agency: &'a Agency) -> Option<&'a Page> {
        agency.page(self.guide.as_deref()?)
    }

    /// Its pages for practice.
    pub fn practice<'a>(&'a self, agency: &'a Agency) -> impl Iterator<Item = &'a Page> {
        self.practice.iter().filter_map(|file| agency.page(file))
    }

    /// Its checklist, where there is one.
    pub fn checklist<'a>(&'a self, agency: &'a Agency) -> Option<Checklist<'a>> {
        if !self.checklist.is_empty() {
            return Some(Checklist::Own(&self.checklist));
        }
        let guide = self.guide(agency)?;
        if !guide.front.needed.is_empty() {
            return Some(Checklist::Needs(&guide.front.needed));
        }
        let named = named_blocks(&guide.blocks).into_iter();
        let mut steps = named.filter_map(|(_, named)| match &named.content {
            Named::Steps(steps) => Some(steps),
            _ => None,
        });
        let steps = steps.next().filter(|steps| steps.len() <= STEPS)?;
        let steps = steps.iter().map(|step| step.title.as_slice());
        Some(Checklist::Steps(steps.collect()))
    }
}

/// What the slides of a session show, in their order.
pub enum Part<'a> {
    /// Title, date, place, the way to the participants' page.
    Opening,
    /// Some entries of the agenda.
    Agenda(Range<usize>, Option<Count>),
    /// An entry without a guide, or whose guide has no slides.
    Entry(&'a Entry),
    /// A guide's slides, without its closing one.
    Guide(&'a Entry, Deck<'a>),
    /// Where to practise.
    Practice(&'a Entry, &'a Page),
    /// What an entry links to.
    Links(&'a Entry),
    /// Whom to ask, and where to say how it was.
    Closing,
}

/// The parts of a session's deck.
pub fn parts<'a>(agency: &'a Agency, session: &'a Session) -> Vec<Part<'a>> {
    let mut parts = vec![Part::Opening];
    let count = session.entries.len();
    let slides = count.div_ceil(AGENDA).max(1);
    let share = count.div_ceil(slides).max(1);
    for (index, from) in (0..count).step_by(share).enumerate() {
        let part = (slides > 1).then_some((index + 1, slides));
        parts.push(Part::Agenda(from..(from + share).min(count), part));
    }
    for entry in &session.entries {
        let guide = entry.guide(agency);
        match guide.and_then(|guide| deck::deck(agency, guide)) {
            Some(mut deck) => {
                let closing = |content: &Content<'_>| matches!(content, Content::Closing);
                deck.slides.retain(|slide| !closing(&slide.content));
                parts.push(Part::Guide(entry, deck));
                if !entry.links.is_empty() {
                    parts.push(Part::Links(entry));
                }
            }
            // Its links stand on its own slide.
            None => parts.push(Part::Entry(entry)),
        }
        let practice = entry.practice(agency);
        parts.extend(practice.map(|page| Part::Practice(entry, page)));
    }
    parts.push(Part::Closing);
    parts
}

/// Where each slide of a session's deck comes from; none for a guide's, which are judged with the guide's own deck.
pub fn places(agency: &Agency, session: &Session) -> Vec<Option<(Source, Span)>> {
    let whole = &session.title;
    let whole = || Some((whole.source.clone(), whole.span.clone()));
    let of = |entry: &Entry| Some((entry.source.clone(), entry.span.clone()));
    let mut places = Vec::new();
    for part in parts(agency, session) {
        match part {
            Part::Opening | Part::Agenda(..) | Part::Closing => places.push(whole()),
            Part::Entry(entry) | Part::Practice(entry, _) | Part::Links(entry) => {
                places.push(of(entry));
            }
            Part::Guide(_, deck) => places.extend(deck.slides.iter().map(|_| None)),
        }
    }
    places
}

/// Puts each session into its agency. `known` are the ids of all agencies; where not the `whole` site is built, the sessions of others
/// are nobody's business.
pub fn resolve(
    files: &[SessionFile],
    agencies: &mut [Agency],
    known: &[String],
    whole: bool,
    diagnostics: &mut Diagnostics,
) {
    for file in files {
        let mut found = Diagnostics::default();
        file.id
            .split('/')
            .for_each(|part| address_part(part, &file.source, &mut found));
        let (owner, written) = parse(&file.source, &mut found);
        let Some(owner) = owner else {
            diagnostics.extend(found);
            continue;
        };
        let mut built = agencies.iter_mut();
        let agency = built.find(|agency| agency.profile.id == owner.value);
        match agency {
            Some(agency) => {
                check::own_text(agency, &file.source, &mut found);
                let session = complete(&file.id, written, agency, &mut found);
                diagnostics.extend(found);
                agency.sessions.extend(session);
            }
            None if whole => {
                diagnostics.extend(found);
                if !known.contains(&owner.value) {
                    let message = format!("there is no agency `{}`", owner.value);
                    let ids = known.iter().map(String::as_str);
                    let mistake = Diagnostic::of("unknown-agency", &owner, message)
                        .hint("write the name of a folder of content/instansi")
                        .suggest(&owner.value, ids);
                    diagnostics.push(mistake);
                }
            }
            None => {}
        }
    }
    for agency in agencies {
        agency
            .sessions
            .sort_by_cached_key(|session| (session.date, session.id.clone()));
    }
}

/// A session as written; what it lacks was reported.
struct Written {
    title: Option<Spanned<String>>,
    summary: Option<Spanned<String>>,
    date: Option<Date>,
    place: Option<Spanned<String>>,
    entries: Vec<WrittenEntry>,
}

/// An entry as written; what it lacks was reported.
struct WrittenEntry {
    /// None where they make no sense.
    times: Option<(Spanned<TimeOfDay>, TimeOfDay)>,
    title: Option<Spanned<String>>,
    guide: Option<Spanned<String>>,
    practice: Vec<Spanned<String>>,
    checklist: Vec<Spanned<String>>,
    links: Vec<(Spanned<String>, Spanned<String>)>,
    note: Option<Spanned<String>>,
}

/// Reads a session's file: whose it is, and what it says.
fn parse(source: &Source, diagnostics: &mut Diagnostics) -> (Option<Spanned<String>>, Written) {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let root = Table::root(source, 0, 0..0, &tree, &found);
    let owner = root.text("instansi");
    let written = Written {
        title: root.text("judul"),
        summary: root.text("ringkasan"),
        date: root.date("tanggal").map(|date| date.value.into()),
        place: root.text("tempat"),
        entries: root.tables("acara").into_iter().map(entry).collect(),
    };
    let none = written.entries.is_empty();
    if none && (!root.has("acara") || root.list("acara").is_some()) {
        let message = "a session without an entry: nobody would know what comes when";
        let hint =
            "add [[acara]] with mulai = \"08.30\", selesai = \"09.00\", and judul or panduan";
        root.report("missing-key", root.span(), message, hint);
    }
    root.finish();
    diagnostics.extend(found.into_inner());
    (owner, written)
}

fn entry(table: Table<'_>) -> WrittenEntry {
    let (start, end) = (table.time("mulai"), table.time("selesai"));
    let title = table.optional_filled_text("judul");
    let guide = table.optional_filled_text("panduan");
    if !table.has("judul") && !table.has("panduan") {
        let message = "this entry has neither `judul` nor `panduan`";
        let hint = "judul = \"Istirahat\", or panduan = \"email/hp-android.md\": the title is then the guide's";
        table.report("missing-key", table.span(), message, hint);
    }
    let times = start.zip(end).filter(|(start, end)| {
        let sound = start.value < end.value;
        if !sound {
            let (begins, ends) = (start.value.text(), end.value.text());
            let message = format!("this entry begins at {begins} and ends at {ends}");
            let hint = "`selesai` is later than `mulai`, on the same day: mend one of the two";
            table.report("invalid-value", end.span.clone(), message, hint);
        }
        sound
    });
    let links = table.tables("tautan").into_iter().filter_map(|link| {
        let (title, address) = (link.text("judul"), link.text("alamat"));
        link.finish();
        Some((title?, address?))
    });
    let entry = WrittenEntry {
        times: times.map(|(start, end)| (start, end.value)),
        title,
        guide,
        practice: table.texts("latihan"),
        checklist: table.texts("daftar"),
        links: links.collect(),
        note: table.optional_filled_text("catatan"),
    };
    table.finish();
    entry
}

/// A session with its agency's facts, guides and practice; none where it can't be whole, which was reported.
fn complete(
    id: &str,
    written: Written,
    agency: &Agency,
    diagnostics: &mut Diagnostics,
) -> Option<Session> {
    let facts = &agency.profile.facts;
    let head = [&written.title, &written.summary, &written.place];
    let mut typed: Vec<Spanned<String>> = head.into_iter().flatten().cloned().collect();
    let mut fill = |text: Option<Spanned<String>>| {
        let text = text?;
        let filled = facts.fill(&text, diagnostics);
        Some(text.with(filled))
    };
    let (title, summary, place) = (
        fill(written.title),
        fill(written.summary),
        fill(written.place),
    );
    let count = written.entries.len();
    let mut entries = Vec::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for written in written.entries {
        typed.extend(written.typed().cloned());
        entries.extend(complete_entry(written, agency, &mut taken, diagnostics));
    }
    let whole = count > 0 && entries.len() == count;
    entries.sort_by_key(|entry| (entry.start, entry.end));
    overlaps(&entries, diagnostics);
    Some(Session {
        id: id.to_owned(),
        url: format!("{}{FOLDER}{id}/", agency.prefix),
        title: title?,
        summary: summary?.value,
        date: written.date?,
        zone: agency.profile.zone,
        place: place?.value,
        entries,
        typed,
    })
    .filter(|_| whole)
}

impl WrittenEntry {
    /// What people read.
    fn typed(&self) -> impl Iterator<Item = &Spanned<String>> {
        let titles = self.links.iter().map(|(title, _)| title);
        let texts = self.title.iter().chain(&self.note).chain(titles);
        texts.chain(&self.checklist)
    }
}

fn complete_entry(
    written: WrittenEntry,
    agency: &Agency,
    taken: &mut BTreeMap<String, usize>,
    diagnostics: &mut Diagnostics,
) -> Option<Entry> {
    let facts = &agency.profile.facts;
    let named = written.guide.as_ref();
    let found = named.and_then(|named| guide(agency, named, diagnostics));
    if let (Some(page), Some(named), Some((start, end))) = (found, named, &written.times) {
        too_long(page, named, (start.value, *end), diagnostics);
    }
    let mut practised = Vec::new();
    for name in &written.practice {
        practised.extend(practice(agency, name, diagnostics));
    }
    let title = match (&written.title, found, named) {
        (Some(own), _, _) => facts.fill(own, diagnostics),
        (None, Some(page), _) => page.front.title.value.clone(),
        (None, None, named) => named.map_or(String::new(), |named| named.value.clone()),
    };
    let checklist = written.checklist.iter();
    let checklist = checklist.map(|text| markdown::toml_inline(text, facts, diagnostics));
    let checklist: Vec<Vec<Inline>> = checklist.collect();
    let note = written.note.as_ref();
    let note = note.map(|note| markdown::toml_inline(note, facts, diagnostics));
    let links = written.links.iter().map(|(title, address)| Link {
        title: facts.fill(title, diagnostics),
        target: address.with(facts.fill(address, diagnostics)),
    });
    let links: Vec<Link> = links.collect();
    let links_of = links.iter().map(|link| &link.target);
    links_of.for_each(|target| link(agency, target, diagnostics));
    for text in note.iter().chain(&checklist) {
        check::links(text, &mut |target| link(agency, target, diagnostics));
    }
    let (start, end) = written.times?;
    let mut anchor = format!("acara-{}", slug(&title));
    let times = taken.entry(anchor.clone()).or_default();
    *times += 1;
    if *times > 1 {
        anchor.push_str(&format!("-{times}"));
    }
    Some(Entry {
        anchor,
        title,
        start: start.value,
        end,
        guide: found.map(|page| page.file.clone()),
        practice: practised,
        checklist,
        links,
        note,
        source: start.source,
        span: start.span,
    })
}

/// The guide or checker that an entry names; none where what is wrong was reported.
fn guide<'a>(
    agency: &'a Agency,
    named: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Page> {
    let file = named.value.trim_start_matches('/');
    let is_guide = |page: &Page| matches!(page.front.kind, Kind::Guide | Kind::Checker);
    let id = &agency.profile.id;
    match agency.page(file) {
        Some(page) if is_guide(page) => return Some(page),
        Some(page) => {
            let word = page.front.kind.word();
            let message = format!("`{file}` is no guide: its jenis is \"{word}\"");
            let hint = match page.front.kind {
                Kind::Practice => "name it in the list `latihan` instead",
                _ => "name a guide; for anything else give the entry a `judul` and a link",
            };
            diagnostics.push(Diagnostic::of("unknown-guide", named, message).hint(hint));
        }
        // Its own mistakes were reported.
        None if agency.broken.contains(file) => {}
        None => {
            let guides = agency.pages.iter().filter(|page| is_guide(page));
            let message = format!("the agency `{id}` has no guide `{file}`");
            let hint = format!("write the path of a guide below content/instansi/{id}");
            let mistake = Diagnostic::of("unknown-guide", named, message).hint(hint);
            diagnostics.push(mistake.suggest(file, guides.map(|page| page.file.as_str())));
        }
    }
    None
}

/// The file of a page for practice; none where what is wrong was reported.
fn practice(
    agency: &Agency,
    named: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let name = named.value.as_str();
    let file = format!("{PRACTICE}{name}.md");
    let practice = |page: &&Page| page.front.kind == Kind::Practice;
    if agency.page(&file).filter(practice).is_some() {
        return Some(file);
    }
    if !agency.broken.contains(&file) {
        let id = &agency.profile.id;
        let pages = agency.pages.iter().filter(practice);
        let names = pages.filter_map(|page| {
            page.file
                .strip_prefix(PRACTICE)?
                .strip_suffix(".md")
                .filter(|name| *name != "index")
        });
        let names: Vec<&str> = names.collect();
        let hint = if names.is_empty() {
            format!("make one below content/instansi/{id}/{PRACTICE}, or remove the name")
        } else {
            format!("one of: {}", names.join(", "))
        };
        let message = format!("the agency `{id}` has no page `{file}` to practise on");
        let mistake = Diagnostic::of("unknown-practice", named, message).hint(hint);
        diagnostics.push(mistake.suggest(name, names));
    }
    None
}

/// A guide takes longer than its entry.
fn too_long(
    page: &Page,
    named: &Spanned<String>,
    (start, end): (TimeOfDay, TimeOfDay),
    diagnostics: &mut Diagnostics,
) {
    let room = end.minutes() - start.minutes();
    let minutes = page.front.minutes.and_then(|n| u16::try_from(n).ok());
    let Some(minutes) = minutes.filter(|minutes| *minutes > room) else {
        return;
    };
    let message = format!(
        "this guide takes {minutes} minutes, and its entry lasts {room}: {} to {}",
        start.text(),
        end.text()
    );
    let enough = match start.later(minutes) {
        Some(end) => format!("let the entry last until {} or later", end.text()),
        None => "let the entry begin earlier".to_owned(),
    };
    let file = page.base.as_ref().map_or(&page.source, |base| &base.source);
    let hint = format!(
        "{enough}, or mend `menit` in {} where the guide is quicker",
        file.path
    );
    diagnostics.push(Diagnostic::of("guide-too-long", named, message).hint(hint));
}

/// Two entries at one time; `entries` by time.
fn overlaps(entries: &[Entry], diagnostics: &mut Diagnostics) {
    let mut last: Option<&Entry> = None;
    for entry in entries {
        if let Some(before) = last.filter(|before| entry.start < before.end) {
            let message = format!(
                "\"{}\" begins at {}, while \"{}\" lasts until {}",
                entry.title,
                entry.start.text(),
                before.title,
                before.end.text()
            );
            let hint = format!(
                "let it begin at {} or later, or let the other end sooner",
                before.end.text()
            );
            let place = (&entry.source, entry.span.clone());
            diagnostics
                .push(Diagnostic::new("times-overlap", place.0, place.1, message).hint(hint));
        }
        if last.is_none_or(|before| before.end < entry.end) {
            last = Some(entry);
        }
    }
}

/// Reports what of a link leads nowhere.
fn link(agency: &Agency, target: &Spanned<String>, diagnostics: &mut Diagnostics) {
    match agency.link(None, target) {
        Ok(Target::External(address)) => {
            let web = address.starts_with("https:");
            if !Url::parse(address).is_ok_and(|url| !web || url.host().is_some()) {
                let message = format!("`{address}` is no address");
                let mistake = Diagnostic::of("bad-link", target, message).hint(
                    "copy it from the browser's address bar, such as https://contoh.go.id/daftar",
                );
                diagnostics.push(mistake);
            }
        }
        Ok(_) => {}
        Err(mistake) => diagnostics.push(mistake),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sessions_deck_is_one() {
        assert!(is_deck("bimtek/email-dan-tte/slide/index.html"));
        assert!(is_deck("dki-jakarta/bimtek/2026/desember/slide/index.html"));
        assert!(!is_deck("dki-jakarta/bimtek/email-dan-tte/index.html"));
        assert!(!is_deck("distribusi/bimtek/slide/index.html"));
        assert!(!is_deck("dki-jakarta/distribusi/bimtek/slide/index.html"));
        assert!(!is_deck("dki-jakarta/email/hp-android/slide/index.html"));
    }
}
