//! A resolved site → what is printed: which pages, in which order, each as a chapter.

mod blocks;
mod runs;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde::Deserialize;
use site_gen::{
    date::Date,
    front_matter::Kind,
    html,
    markdown::ast::{Block as Written, BlockKind, Named, Part as Seen, StatusKind, visit},
    page::{canonical, sources},
    problems::Problem as WrittenProblem,
    site::{Agency, Page, Site},
};

use crate::printed::{
    AgencyName, Chapter, Control, Day, Desk, Form, Inline, Part, Place, Printed, Problem, Reviewed,
    Source, Version,
};

/// What a hand-out is read from.
pub struct Reader<'a> {
    site: &'a Site,
    agency: &'a Agency,
    form: Form,
    /// The pages that it holds.
    pages: Vec<&'a Page>,
    /// Every place that a link within it may name.
    labels: BTreeSet<String>,
    /// Addresses that the chapter in hand has told already.
    told: RefCell<BTreeSet<String>>,
}

/// Prints one guide.
pub fn guide(site: &Site, agency: &Agency, page: &Page) -> Option<Printed> {
    let reader = Reader::new(site, agency, Form::Guide, vec![page]);
    let part = Part {
        title: None,
        label: None,
        intro: Vec::new(),
        chapters: vec![reader.chapter(page)],
    };
    Some(Printed {
        form: Form::Guide,
        title: page.front.title.value.clone(),
        summary: page.front.summary.value.clone(),
        place: Place::new(&canonical(site, &page.url)),
        date: newest(&reader.pages)?,
        control: None,
        parts: vec![part],
        agency: reader.name(),
        help: reader.desk(None),
    })
}

/// Prints all guides and checkers of an agency as one document. None where nothing of it was ever reviewed.
pub fn juknis(site: &Site, agency: &Agency) -> Option<Printed> {
    let printed = |page: &&Page| is_chapter(page) || page.front.kind == Kind::Topic;
    let pages: Vec<&Page> = agency.pages.iter().filter(printed).collect();
    let reader = Reader::new(site, agency, Form::Juknis, pages);
    let name = reader.name();
    let home = agency.home();
    let title = reader.fact("juknis.judul");
    Some(Printed {
        form: Form::Juknis,
        title: if title.is_empty() {
            let service = reader.fact("nama_situs");
            let service = if service.is_empty() {
                reader.fact("layanan")
            } else {
                service
            };
            format!("Petunjuk teknis {service}")
        } else {
            title
        },
        summary: home.map(|home| home.front.summary.value.clone())?,
        place: Place::new(&canonical(site, agency.home_url())),
        date: newest(&reader.pages)?,
        control: Some(reader.control()),
        parts: reader.parts(),
        help: reader.desk(None),
        agency: name,
    })
}

/// What pages name as pictures, by the paths under which the template finds them.
pub fn pictures(agency: &Agency) -> BTreeMap<String, Vec<u8>> {
    let images = agency.images.iter();
    images
        .map(|(path, bytes)| (picture(path), bytes.clone()))
        .collect()
}

fn picture(path: &str) -> String {
    format!("handout/gambar/{path}")
}

fn is_chapter(page: &Page) -> bool {
    matches!(page.front.kind, Kind::Guide | Kind::Checker)
}

/// The day of the newest review.
fn newest(pages: &[&Page]) -> Option<Day> {
    let reviewed = pages.iter().filter_map(|page| page.front.reviewed.as_ref());
    Day::read(reviewed.map(|reviewed| reviewed.value).max()?)
}

impl Day {
    fn read(date: Date) -> Option<Self> {
        let text = date.to_string();
        let mut parts = text.split('-');
        let mut part = || parts.next()?.parse::<u16>().ok();
        let (year, month, day) = (part()?, part()?, part()?);
        Some(Self {
            year: i32::from(year),
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
            text: date.indonesian(),
        })
    }
}

impl<'a> Reader<'a> {
    fn new(site: &'a Site, agency: &'a Agency, form: Form, pages: Vec<&'a Page>) -> Self {
        let labels = pages.iter().flat_map(|page| labels(page)).collect();
        Self {
            site,
            agency,
            form,
            pages,
            labels,
            told: RefCell::default(),
        }
    }

    /// A text of the profile; empty where it has none.
    fn fact(&self, path: &str) -> String {
        let facts = &self.agency.profile.facts;
        if facts.has(path) {
            facts.group(path).to_string()
        } else {
            String::new()
        }
    }

    fn name(&self) -> AgencyName {
        AgencyName {
            name: self.fact("nama"),
            short: self.agency.profile.short_name.clone(),
            manager: self.fact("pengelola"),
            accent: self.fact("warna"),
        }
    }

    fn parts(&self) -> Vec<Part> {
        let mut topics: Vec<&str> = self.pages.iter().map(|page| page.topic.as_str()).collect();
        topics.dedup();
        let part = |topic: &str| {
            let own = self.agency.topic_page(topic);
            let chapters: Vec<Chapter> = self
                .pages
                .iter()
                .filter(|page| page.topic == topic && is_chapter(page))
                .map(|page| self.chapter(page))
                .collect();
            self.told.borrow_mut().clear();
            Part {
                title: Some(own.map_or("Umum", |page| &page.front.title.value).to_owned()),
                label: own.map(label),
                // Cards repeat what the contents say.
                intro: own.map_or_else(Vec::new, |page| {
                    let cards = |block: &&Written| {
                        matches!(&block.kind, BlockKind::Named(named) if matches!(named.content, Named::Cards(_)))
                    };
                    let blocks: Vec<&Written> =
                        page.blocks.iter().filter(|block| !cards(block)).collect();
                    self.blocks(page, blocks)
                }),
                chapters,
            }
        };
        topics.into_iter().map(part).collect()
    }

    fn chapter(&self, page: &Page) -> Chapter {
        self.told.borrow_mut().clear();
        let front = &page.front;
        let values = |texts: &[site_gen::source::Spanned<String>]| {
            let texts: Vec<&str> = texts.iter().map(|text| text.value.as_str()).collect();
            texts.join(", ")
        };
        let minutes = front.minutes.map(|minutes| format!("{minutes} menit"));
        let meta = [
            ("Untuk", values(&front.audience)),
            ("Perangkat", values(&front.devices)),
            ("Waktu", minutes.unwrap_or_default()),
        ];
        let heading = |block: &Written| matches!(block.kind, BlockKind::Heading(_));
        let opening = page.blocks.iter().position(heading);
        let (opening, rest) = page.blocks.split_at(opening.unwrap_or(page.blocks.len()));
        // In the order of the paper: an address is told where it first stands.
        let opening = self.blocks(page, opening);
        let needed = front
            .needed
            .iter()
            .map(|need| self.run(page, need))
            .collect();
        let blocks = self.blocks(page, rest);
        let (problems, elsewhere) = self.problems_of(page);
        Chapter {
            label: label(page),
            title: front.title.value.clone(),
            summary: front.summary.value.clone(),
            place: Place::new(&canonical(self.site, &page.url)),
            meta: meta
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            opening,
            needed,
            blocks,
            problems,
            elsewhere,
            reviewed: front.reviewed.as_ref().map(|day| day.value.indonesian()),
            sources: self.sources(page),
        }
    }

    /// The problems of a guide that no list on it shows. Where a whole agency is printed, a list of its own holds most of
    /// them: the guide then leads there.
    fn problems_of(&self, page: &Page) -> (Vec<Problem>, Option<Inline>) {
        let own: Vec<&WrittenProblem> = self.agency.problems_beside(page);
        let holds_all = |other: &&&Page| {
            let there = self.agency.problems_on(other);
            own.iter()
                .all(|problem| there.contains(problem.id.value.as_str()))
        };
        let list = if own.is_empty() {
            None
        } else {
            self.pages.iter().find(holds_all)
        };
        match list {
            Some(list) => {
                let words = list.front.title.value.clone();
                (
                    Vec::new(),
                    Some(self.see(list, None, vec![Inline::Text { text: words }])),
                )
            }
            None => {
                let own = own.into_iter().map(|problem| self.problem(page, problem));
                (own.collect(), None)
            }
        }
    }

    fn sources(&self, page: &Page) -> Vec<Source> {
        #[derive(Deserialize)]
        struct Cited {
            title: String,
            publisher: String,
            date: Option<InWords>,
            section: String,
            doubt: Option<String>,
        }
        let cited = sources(self.agency, page);
        let cited = cited
            .into_iter()
            .filter_map(|value| Cited::deserialize(value).ok());
        let written = |cited: Cited| {
            let mut text = cited.title;
            if !cited.publisher.is_empty() {
                text.push_str(&format!(", {}", cited.publisher));
            }
            if let Some(date) = cited.date {
                text.push_str(&format!(", {}", date.text));
            }
            if !cited.section.is_empty() {
                text.push_str(&format!(": {}", cited.section));
            }
            text.push('.');
            Source {
                text,
                doubt: cited.doubt.unwrap_or_default(),
            }
        };
        cited.map(written).collect()
    }

    /// The control sheet: of the agency's own document, where it has one, and of this one.
    fn control(&self) -> Control {
        let sheet = Sheet::read(self.agency);
        let guides = self.pages.iter().filter(|page| is_chapter(page));
        Control {
            facts: sheet.facts(),
            versions: sheet.versions(),
            guides: guides
                .map(|page| Reviewed {
                    title: page.front.title.value.clone(),
                    label: label(page),
                    version: page
                        .front
                        .history
                        .iter()
                        .max_by_key(|change| change.date)
                        .map(|change| change.version.clone())
                        .unwrap_or_default(),
                    date: page
                        .front
                        .reviewed
                        .as_ref()
                        .map(|day| day.value.indonesian())
                        .unwrap_or_default(),
                })
                .collect(),
        }
    }

    /// A desk of the agency: the one named, else its main contact.
    fn desk(&self, id: Option<&str>) -> Desk {
        let desk = ReadDesk::deserialize(html::desk(self.agency, id)).unwrap_or_default();
        let mut ways = Vec::new();
        let unsure = if desk.ragu.is_empty() {
            ""
        } else {
            " (belum pasti)"
        };
        for phone in desk.telepon {
            let call = ("Telepon".to_owned(), phone.tampil.clone(), phone.tel);
            let chat = (format!("WhatsApp{unsure}"), phone.tampil, phone.wa);
            // Where WhatsApp is in doubt, the telephone comes first.
            if unsure.is_empty() {
                ways.extend([chat, call]);
            } else {
                ways.extend([call, chat]);
            }
        }
        if !desk.email.is_empty() {
            let address = format!("mailto:{}", desk.email);
            ways.push(("Email".to_owned(), desk.email, address));
        }
        let web = |name: String, address: String| {
            let shown = crate::place::shown(&address).to_owned();
            (name, shown, address)
        };
        if !desk.situs.is_empty() {
            ways.push(web("Situs".to_owned(), desk.situs));
        }
        let channels = desk.kanal.into_iter();
        ways.extend(channels.map(|channel| web(channel.nama, channel.alamat)));
        Desk {
            name: desk.nama,
            ways,
            doubt: desk.ragu,
            place: desk.alamat,
        }
    }
}

/// Every place on a page that a link may name: the page, its headings, its statuses.
fn labels(page: &Page) -> Vec<String> {
    let mut labels = vec![label(page)];
    visit(&page.blocks, &mut |seen| {
        let Seen::Block(block) = seen else { return };
        match &block.kind {
            BlockKind::Heading(heading) => labels.push(label_in(page, &heading.id)),
            BlockKind::Named(named) => {
                if let Named::Statuses(kind) = &named.content {
                    labels.extend(anchors(*kind).map(|anchor| label_in(page, anchor)));
                }
            }
            _ => {}
        }
    });
    labels
}

fn anchors(kind: StatusKind) -> Box<dyn Iterator<Item = &'static str>> {
    match kind {
        StatusKind::Tte => Box::new(
            model::status::TteStatus::ALL
                .iter()
                .map(|status| status.anchor()),
        ),
        StatusKind::Email => Box::new(
            model::status::MailStatus::ALL
                .iter()
                .map(|status| status.anchor()),
        ),
    }
}

/// A page's name among the labels of a document.
fn label(page: &Page) -> String {
    page.file.trim_end_matches(".md").to_owned()
}

fn label_in(page: &Page, anchor: &str) -> String {
    format!("{}#{anchor}", label(page))
}

#[derive(Deserialize)]
struct InWords {
    text: String,
}

/// A desk as the theme's components see it.
#[derive(Default, Deserialize)]
struct ReadDesk {
    nama: String,
    telepon: Vec<Phone>,
    email: String,
    situs: String,
    ragu: String,
    alamat: String,
    kanal: Vec<Channel>,
}

#[derive(Deserialize)]
struct Phone {
    tampil: String,
    tel: String,
    wa: String,
}

#[derive(Deserialize)]
struct Channel {
    nama: String,
    alamat: String,
}

/// The agency's own document as the theme's components see it.
#[derive(Default, Deserialize)]
struct Sheet {
    judul: String,
    nomor: String,
    status: String,
    klasifikasi: String,
    pemilik: String,
    riwayat: Vec<SheetVersion>,
}

#[derive(Deserialize)]
struct SheetVersion {
    versi: String,
    perubahan: String,
    tanggal: InWords,
}

impl Sheet {
    fn read(agency: &Agency) -> Self {
        Self::deserialize(html::control_sheet(agency)).unwrap_or_default()
    }

    fn facts(&self) -> Vec<(String, String)> {
        let facts = [
            ("Judul", &self.judul),
            ("Nomor", &self.nomor),
            ("Status", &self.status),
            ("Klasifikasi", &self.klasifikasi),
            ("Pemilik", &self.pemilik),
        ];
        let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
        facts
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect()
    }

    fn versions(&self) -> Vec<Version> {
        let versions = self.riwayat.iter();
        let read = |version: &SheetVersion| Version {
            version: version.versi.clone(),
            date: version.tanggal.text.clone(),
            change: version.perubahan.clone(),
        };
        versions.map(read).collect()
    }
}
