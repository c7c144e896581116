//! `bimtek/<id>/`: the page for a session's participants, and below `slide/` one deck of all that is shown there.

use minijinja::{Value, context};

use super::{Artifact, Ready, slides::slides};
use crate::{
    front_matter::Kind,
    html::{Body, data, safe},
    medium::way_to_root,
    page::{AgencyView, PlainPage, canonical, link_to},
    session::{self, Checklist, Entry, Part, Session},
    site::{Agency, Page, Target},
    squeeze::squeeze,
    theme::TemplateError,
};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let agencies = ready.site.agencies.iter().zip(&ready.views);
    let sessions = agencies.flat_map(|(agency, view)| {
        let sessions = agency.sessions.iter();
        sessions.filter_map(move |session| {
            // An agency without a home page was reported: nothing is rendered then.
            let home = agency.home()?;
            Some(Maker {
                ready,
                agency,
                view,
                session,
                home,
            })
        })
    });
    sessions
        .flat_map(|maker| [maker.page(), maker.deck()])
        .collect()
}

/// What a session's pages are made with.
struct Maker<'a> {
    ready: &'a Ready<'a>,
    agency: &'a Agency,
    view: &'a AgencyView,
    session: &'a Session,
    /// Whose place the session's links are read from.
    home: &'a Page,
}

impl Maker<'_> {
    /// The participants' page.
    fn page(&self) -> Result<Artifact, TemplateError> {
        let url = &self.session.url;
        let root = way_to_root(url);
        let plain = self.plain("session.html", "bimtek", url, &root);
        let body = self.body(&Value::UNDEFINED, url);
        let entries: Vec<Value> = self
            .session
            .entries
            .iter()
            .map(|entry| self.entry(&body, entry))
            .collect();
        let own = context! {
            session => context! {
                entries, deck => self.session.deck_url(), feedback => self.feedback(), ..self.facts()
            }
        };
        let html = self.ready.renderer.plain_page(&plain, own)?;
        Ok(Artifact::new(format!("{url}index.html"), html))
    }

    /// Its slides.
    fn deck(&self) -> Result<Artifact, TemplateError> {
        let url = self.session.deck_url();
        let root = way_to_root(&url);
        let plain = self.plain("slides.html", "slide", &url, &root);
        let base = self.ready.renderer.bare_context(&plain);
        let body = self.body(&base, &url);
        let mut all: Vec<Value> = Vec::new();
        for part in session::parts(self.agency, self.session) {
            let first = all.len() + 1;
            match part {
                Part::Guide(entry, deck) => {
                    let (agency, view) = (self.agency, self.view);
                    let of_guide = slides(self.ready, agency, view, &deck, &url, &base, first)?;
                    for (index, slide) in of_guide.into_iter().enumerate() {
                        let slide = if index == 0 {
                            self.first_of(&body, entry, slide)
                        } else {
                            slide
                        };
                        all.push(context! { ..self.timed(entry), ..slide });
                    }
                }
                part => all.push(context! { n => first, ..self.own_slide(&body, &part) }),
            }
        }
        let own = context! {
            slides => all, canonical => canonical(self.ready.site, &self.session.url),
            back => context! {
                url => self.session.url.as_str(), way => "Kembali ke halaman peserta", word => "Halaman peserta",
            },
        };
        let theme = self.ready.renderer.theme;
        let html = theme.render(plain.template, context! { ..own, ..base })?;
        Ok(Artifact::new(format!("{url}index.html"), squeeze(&html)))
    }

    /// A guide's first slide as its entry shows it: under the entry's title, with what the trainer says of the entry before what is said of
    /// the guide.
    fn first_of(&self, body: &Body<'_>, entry: &Entry, slide: Value) -> Value {
        let of_guide = slide.get_attr("notes").unwrap_or_default();
        let note = entry.note.as_ref();
        let note = note.map(|note| format!("<p>{}</p>\n", body.inlines(note)));
        let notes = format!("{}{of_guide}", note.unwrap_or_default());
        context! { title => entry.title.as_str(), notes => safe(notes), ..slide }
    }

    fn plain<'b>(
        &'b self,
        template: &'b str,
        kind: &'b str,
        url: &'b str,
        root: &'b str,
    ) -> PlainPage<'b> {
        PlainPage {
            agency: Some((self.agency, self.view)),
            template,
            kind,
            title: &self.session.title.value,
            summary: &self.session.summary,
            url,
            root,
            searches: false,
        }
    }

    fn body<'b>(&'b self, base: &Value, at: &'b str) -> Body<'b> {
        let renderer = &self.ready.renderer;
        renderer.body(self.agency, self.view, self.home, base, at)
    }

    /// When and where it is.
    fn facts(&self) -> Value {
        let session = self.session;
        let hours = session.hours();
        let text = |time: Option<model::hours::TimeOfDay>| time.map(|time| time.text());
        context! {
            title => session.title.value.as_str(), place => session.place.as_str(), zone => session.zone.name(),
            day => session.date.with_weekday(), midnight => self.moment("00.00"),
            start => text(hours.map(|(start, _)| start)), end => text(hours.map(|(_, end)| end)),
        }
    }

    /// A time of the session's day, for clocks anywhere (RFC 3339): `2026-12-02T08:30+07:00`.
    fn moment(&self, time: &str) -> String {
        let hours = self.session.zone.offset_seconds() / 3600;
        let time = time.replace('.', ":");
        format!("{}T{time}+{hours:02}:00", self.session.date)
    }

    /// `[bimtek] umpan_balik` of the profile.
    fn feedback(&self) -> Option<String> {
        let facts = &self.agency.profile.facts;
        let path = "bimtek.umpan_balik";
        facts.has(path).then(|| facts.shown(path))
    }

    /// An entry as the participants' page sees it.
    fn entry(&self, body: &Body<'_>, entry: &Entry) -> Value {
        let guide = entry.guide(self.agency);
        let checklist = self
            .checklist(body, entry)
            .map(|(word, texts)| context! { word, texts });
        let problems = guide.filter(|guide| !self.agency.problems_beside(guide).is_empty());
        let practice = entry.practice(self.agency).map(link_to);
        let links = entry.links.iter().map(|link| {
            let (href, external) = body.href(&link.target);
            context! { title => link.title.as_str(), href, external }
        });
        let (start, end) = (entry.start.text(), entry.end.text());
        context! {
            id => entry.anchor.as_str(), title => entry.title.as_str(),
            from => self.moment(&start), to => self.moment(&end), start, end,
            guide => guide.map(link_to), checker => guide.is_some_and(|guide| guide.front.kind == Kind::Checker),
            practice => practice.collect::<Vec<_>>(), links => links.collect::<Vec<_>>(), checklist,
            problems => problems.map(|guide| format!("{}#masalah", guide.url)),
        }
    }

    /// An entry's checklist: what it is called, and its points. Links in a guide's words begin at the guide.
    fn checklist(&self, body: &Body<'_>, entry: &Entry) -> Option<(&'static str, Vec<Value>)> {
        let of_guide = Body {
            page: entry.guide(self.agency).unwrap_or(body.page),
            base: body.base.clone(),
            ids: body.ids.clone(),
            ..*body
        };
        Some(match entry.checklist(self.agency)? {
            Checklist::Own(texts) => (
                "Daftar periksa",
                texts.iter().map(|text| body.safe(text)).collect(),
            ),
            Checklist::Needs(texts) => (
                "Siapkan",
                texts.iter().map(|text| of_guide.safe(text)).collect(),
            ),
            Checklist::Steps(steps) => (
                "Langkahnya",
                steps.iter().map(|text| of_guide.safe(text)).collect(),
            ),
        })
    }

    /// What every slide of an entry knows: when it is, and when it should be over.
    fn timed(&self, entry: &Entry) -> Value {
        context! { when => entry.times(), until => entry.end.text() }
    }

    /// A slide that no guide brings along.
    fn own_slide(&self, body: &Body<'_>, part: &Part<'_>) -> Value {
        let site = self.ready.site;
        let session = self.session;
        let address = canonical(site, &session.url);
        let bare = context! {
            title => session.title.value.as_str(), within => Vec::<Value>::new(), step => (), part => (), lead => "", notes => "",
        };
        let timed = |entry: &Entry| context! { ..self.timed(entry), ..bare.clone() };
        match part {
            Part::Opening => context! {
                kind => "title", summary => session.summary.as_str(), session => self.facts(), address, ..bare
            },
            Part::Agenda(range, part) => {
                let entries = session.entries.get(range.clone()).unwrap_or_default();
                let rows = entries.iter().map(
                    |entry| context! { time => entry.start.text(), title => entry.title.as_str() },
                );
                let part = part.map(|(n, of)| context! { n, of });
                context! { kind => "agenda", title => "Acara", rows => rows.collect::<Vec<_>>(), part, ..bare }
            }
            Part::Entry(entry) => {
                let guide = entry.guide(self.agency);
                let texts = self.checklist(body, entry);
                let texts = texts.map_or_else(Vec::new, |(_, texts)| texts);
                let note = entry
                    .note
                    .as_ref()
                    .map(|note| format!("<p>{}</p>", body.inlines(note)));
                // Who comes late finds the participants' page here.
                let address = guide.map_or(address, |guide| canonical(site, &guide.url));
                context! {
                    kind => "entry", title => entry.title.as_str(), texts, links => self.addresses(body, entry), address,
                    notes => safe(note.unwrap_or_default()), ..timed(entry)
                }
            }
            Part::Practice(entry, page) => {
                let lead = format!("<p>{}</p>", crate::html::escape(&page.front.summary.value));
                context! {
                    kind => "page", title => page.front.title.value.as_str(), within => ["LATIHAN"], lead => safe(lead),
                    address => canonical(site, &page.url), ..timed(entry)
                }
            }
            Part::Links(entry) => context! {
                kind => "entry", title => "Tautan", within => vec![entry.title.clone()], texts => Vec::<Value>::new(),
                links => self.addresses(body, entry), address => (), ..timed(entry)
            },
            Part::Closing => context! {
                kind => "closing", desk => data::desk(self.agency, None), address, feedback => self.feedback(), ..bare
            },
            Part::Guide(..) => Value::UNDEFINED, // brings its own
        }
    }

    /// An entry's links as a hall can type them.
    fn addresses(&self, body: &Body<'_>, entry: &Entry) -> Vec<Value> {
        let links = entry.links.iter().map(|link| {
            let address = match body.agency.link(None, &link.target) {
                Ok(Target::Page(page, anchor)) => {
                    let anchor = anchor.map_or(String::new(), |anchor| format!("#{anchor}"));
                    format!("{}{anchor}", canonical(self.ready.site, &page.url))
                }
                Ok(Target::External(address)) => address.to_owned(),
                _ => String::new(), // reported
            };
            context! { title => link.title.as_str(), address }
        });
        links.collect()
    }
}
