//! One page: what its template is given, and the template rendered.

use std::collections::BTreeSet;

use minijinja::{Value, context};

use crate::{
    assets::Assets,
    chat,
    date::Date,
    front_matter::Kind,
    html::{Body, safe},
    json_ld,
    markdown::ast::{Block, BlockKind, Island, Named, named_blocks, plain},
    medium::{Medium, relative, way_to_root},
    policy::{Needs, policy},
    sealed::{Frame, Frames},
    site::{Agency, Page, Site},
    source::Spanned,
    squeeze::squeeze,
    theme::{TemplateError, Theme},
};

/// All that pages are rendered with.
pub struct Renderer<'a> {
    /// The site.
    pub site: &'a Site,
    /// The theme.
    pub theme: &'a Theme,
    /// The site's assets.
    pub assets: &'a Assets,
    /// What they are made for.
    pub medium: Medium,
    /// True where the site is kept on readers' devices.
    pub offline: bool,
}

/// One agency as templates see it, made once.
pub struct AgencyView {
    /// `agency`
    pub agency: Value,
    /// `nav`
    pub nav: Value,
    /// Its sealed frames.
    pub frames: Frames,
}

impl AgencyView {
    /// Prepares an agency; `offline` is true where its site is kept on devices.
    pub fn new(agency: &Agency, frames: Frames, offline: bool) -> Self {
        let facts = agency.profile.facts.root().clone();
        let value = context! { home => agency.home_url(), ..facts };
        Self {
            agency: value,
            nav: navigation(agency, offline),
            frames,
        }
    }
}

impl Renderer<'_> {
    /// `site`, as templates see it.
    pub fn site_value(&self) -> Value {
        let single = self.site.agencies.len() == 1;
        context! { title => self.site.title.as_str(), summary => self.site.summary.as_str(), single }
    }

    /// Renders a page of an agency.
    ///
    /// # Errors
    /// The mistake in a template.
    pub fn page(
        &self,
        agency: &Agency,
        view: &AgencyView,
        page: &Page,
    ) -> Result<String, TemplateError> {
        let root = way_to_root(&page.url);
        let practice = page.front.kind == Kind::Practice;
        let base = context! {
            site => self.site_value(), agency => view.agency.clone(), nav => view.nav.clone(),
            page => context! {
                root => root.as_str(), url => page.url.as_str(), title => page.front.title.value.as_str(),
                canonical => canonical(self.site, &page.url), usb => self.medium == Medium::Usb,
                practice,
            }
        };
        let body = self.body(agency, view, page, &base, &page.url);
        let islands = islands(page);
        let sealed = islands.iter().filter_map(|island| match island {
            Island::Sealed(sealed) => view.frames.get(sealed),
            Island::Email | Island::Tte => None,
        });
        let frames: Vec<&Frame> = sealed.collect();
        // A page where what is typed must stay has nothing to do with a worker that may fetch.
        // Nor has a checker for practice, which asks nobody.
        let closed = practice && frames.is_empty() && !islands.is_empty();
        let worker = self.worker(agency).filter(|_| frames.is_empty() && !closed);
        let needs_of = Needs {
            wasm: !islands.is_empty() || page.front.kind == Kind::Home,
            worker: worker.is_some(),
            closed,
            frames,
        };
        let (opening, rest) = opening(&page.blocks);
        let (opening, rest) = (body.blocks(opening)?, body.blocks(rest)?);
        let needs: Vec<Value> = page
            .front
            .needed
            .iter()
            .map(|need| safe(body.inlines(need)))
            .collect();
        let (prev, next) = neighbours(agency, page);
        let canonical = canonical(self.site, &page.url);
        let crumbs = crumbs(agency, page);
        let json_ld = json_ld::of(self.site, agency, page, &crumbs);
        let page_value = context! {
            kind => page.front.kind.word(),
            title => page.front.title.value.as_str(),
            short => page.front.short.value.as_str(),
            summary => page.front.summary.value.as_str(),
            url => page.url.as_str(),
            canonical,
            root,
            crumbs => crumbs.iter().map(|page| link_to(page)).collect::<Vec<_>>(),
            toc => toc(&page.blocks),
            prev => prev.map(link_to),
            next => next.map(link_to),
            topic => agency.topic_page(&page.topic).map(link_to),
            audience => values(&page.front.audience),
            devices => values(&page.front.devices),
            minutes => page.front.minutes,
            needs,
            reviewed => page.front.reviewed.as_ref().map(|reviewed| date(reviewed.value)),
            history => page.front.history.iter().map(|change| {
                context! { version => change.version.as_str(), date => date(change.date), change => change.change.value.as_str() }
            }).collect::<Vec<_>>(),
            sources => sources(agency, page),
            body => safe(format!("{opening}{rest}")),
            opening => safe(opening),
            rest => safe(rest),
            blocks => block_names(page),
            problems => body.problems_of_page(),
            chats => chats(self.site, agency, page),
            json_ld => json_ld.map(safe),
            csp => policy(&needs_of),
            worker,
            dev => self.medium == Medium::Dev,
            usb => self.medium == Medium::Usb,
            practice,
            practices => practices(agency, page),
            sessions => sessions(agency, page),
        };
        let template = match page.front.kind {
            Kind::Home => "home.html",
            Kind::Topic => "topic.html",
            Kind::Guide => "guide.html",
            Kind::Checker => "checker.html",
            Kind::Practice => "practice.html",
        };
        let html = self
            .theme
            .render(template, context! { page => page_value, ..base })?;
        Ok(squeeze(&html))
    }

    /// What draws a page's blocks, shown at a site path.
    pub fn body<'b>(
        &'b self,
        agency: &'b Agency,
        view: &'b AgencyView,
        page: &'b Page,
        base: &Value,
        at: &'b str,
    ) -> Body<'b> {
        Body {
            site: self.site,
            agency,
            page,
            theme: self.theme,
            assets: self.assets,
            frames: &view.frames,
            medium: self.medium,
            base: base.clone(),
            at,
            ids: String::new(),
            notes: false,
        }
    }

    /// Renders a page that belongs to no file, with what only its template sees.
    ///
    /// # Errors
    /// The mistake in the template.
    pub fn plain_page(&self, plain: &PlainPage<'_>, own: Value) -> Result<String, TemplateError> {
        let worker = plain.agency.and_then(|(agency, _)| self.worker(agency));
        let needs_of = Needs {
            wasm: plain.searches,
            worker: worker.is_some(),
            closed: false,
            frames: Vec::new(),
        };
        let context = self.plain_context(plain, worker, &[], &needs_of);
        let html = self
            .theme
            .render(plain.template, context! { ..own, ..context })?;
        Ok(squeeze(&html))
    }

    /// What the gallery and its examples see; `blocks` names the blocks in it. It holds every checker and is kept on
    /// no device.
    pub fn gallery_context(
        &self,
        plain: &PlainPage<'_>,
        view: &AgencyView,
        blocks: &[&'static str],
    ) -> Value {
        let needs_of = Needs {
            wasm: true,
            worker: false,
            closed: false,
            frames: view.frames.values().collect(),
        };
        self.plain_context(plain, None, blocks, &needs_of)
    }

    /// What a page sees that needs nothing but its own style and script, and is kept on no device.
    pub fn bare_context(&self, plain: &PlainPage<'_>) -> Value {
        self.plain_context(plain, None, &[], &Needs::default())
    }

    fn plain_context(
        &self,
        plain: &PlainPage<'_>,
        worker: Option<String>,
        blocks: &[&'static str],
        needs_of: &Needs<'_>,
    ) -> Value {
        let home = plain.agency.and_then(|(agency, _)| agency.home());
        let crumbs: Vec<Value> = home.map(link_to).into_iter().collect();
        let none = Vec::<Value>::new;
        let page = context! {
            kind => plain.kind, title => plain.title, short => plain.title, summary => plain.summary,
            url => plain.url, canonical => canonical(self.site, plain.url), root => plain.root,
            crumbs, toc => none(), prev => (), next => (), topic => (), audience => none(), devices => none(),
            minutes => (), needs => none(), reviewed => (), history => none(), sources => none(), body => "",
            opening => "", rest => "", blocks => blocks.to_vec(), problems => none(), json_ld => (),
            chats => none(), csp => policy(needs_of), worker, dev => self.medium == Medium::Dev, usb => self.medium == Medium::Usb,
            practice => false,
        };
        let context = match plain.agency {
            Some((_, view)) => context! { agency => view.agency.clone(), nav => view.nav.clone() },
            None => context! {},
        };
        context! { page, site => self.site_value(), ..context }
    }

    /// Site path of the worker that keeps an agency's pages on the device.
    fn worker(&self, agency: &Agency) -> Option<String> {
        (self.medium == Medium::Web && self.offline).then(|| agency.worker_url())
    }
}

/// A page that belongs to no file.
pub struct PlainPage<'a> {
    /// The agency whose page it is; none for the site's own.
    pub agency: Option<(&'a Agency, &'a AgencyView)>,
    /// Its template.
    pub template: &'a str,
    /// `page.kind`
    pub kind: &'a str,
    /// Its title.
    pub title: &'a str,
    /// One sentence.
    pub summary: &'a str,
    /// Its site path.
    pub url: &'a str,
    /// Its way to the site's root.
    pub root: &'a str,
    /// True where it holds the search.
    pub searches: bool,
}

/// The look-up's address seen from a page of this agency: always below the site's own root, so that pages need
/// no other server.
pub fn api(agency: &Agency, root: &str) -> String {
    relative(root, &format!("{}api/v1/", agency.prefix))
}

/// A page's whole address.
pub fn canonical(site: &Site, url: &str) -> String {
    format!("{}{url}", site.address)
}

/// The islands on a page.
pub fn islands(page: &Page) -> Vec<Island> {
    let named = named_blocks(&page.blocks).into_iter();
    named
        .filter_map(|(_, named)| match &named.content {
            Named::Island(island, _) => Some(*island),
            _ => None,
        })
        .collect()
}

/// What stands before the first heading of a page (a settings card, say), and the rest.
fn opening(blocks: &[Block]) -> (&[Block], &[Block]) {
    let heading = |block: &Block| matches!(block.kind, BlockKind::Heading(_));
    let end = blocks.iter().position(heading);
    end.map_or((&[], blocks), |end| blocks.split_at(end))
}

/// The names of the named blocks on a page, each once: what styles and scripts it needs.
fn block_names(page: &Page) -> Vec<&'static str> {
    let named = named_blocks(&page.blocks).into_iter();
    let names: BTreeSet<&str> = named.map(|(_, named)| named.name).collect();
    names.into_iter().collect()
}

/// The way from the home page to a page, without the page itself.
fn crumbs<'a>(agency: &'a Agency, page: &Page) -> Vec<&'a Page> {
    let topic = agency.topic_page(&page.topic);
    agency
        .home()
        .into_iter()
        .chain(topic)
        .filter(|crumb| crumb.url != page.url)
        .collect()
}

/// The files beside a guide that hold it as messages, in order.
fn chats(site: &Site, agency: &Agency, page: &Page) -> Vec<String> {
    if page.front.kind != Kind::Guide {
        return Vec::new();
    }
    let count = chat::messages(site, agency, page).len();
    (1..=count).map(chat::file).collect()
}

/// What the first page of practice leads to.
fn practices(agency: &Agency, page: &Page) -> Vec<Value> {
    let leads = page.front.kind == Kind::Practice && page.leads();
    let others = agency.pages.iter().filter(|other| {
        leads && other.front.kind == Kind::Practice && other.topic == page.topic && !other.leads()
    });
    others
        .map(|other| {
            context! {
                title => other.front.title.value.as_str(), url => other.url.as_str(), icon => other.front.icon.as_ref().map(|icon| &icon.value),
                summary => other.front.summary.value.as_str(), external => false,
            }
        })
        .collect()
}

/// The sessions, which are found from the first page of practice.
fn sessions(agency: &Agency, page: &Page) -> Vec<Value> {
    let leads = page.front.kind == Kind::Practice && page.leads();
    let sessions = agency.sessions.iter().filter(|_| leads);
    sessions
        .map(|session| {
            context! {
                title => session.title.value.as_str(), url => session.url.as_str(), icon => "calendar",
                summary => format!("{}, {}", session.date.with_weekday(), session.place), external => false,
            }
        })
        .collect()
}

/// The guides before and after a page in its topic.
fn neighbours<'a>(agency: &'a Agency, page: &Page) -> (Option<&'a Page>, Option<&'a Page>) {
    let guides: Vec<&Page> = agency
        .pages
        .iter()
        .filter(|other| {
            other.topic == page.topic && matches!(other.front.kind, Kind::Guide | Kind::Checker)
        })
        .collect();
    let Some(at) = guides.iter().position(|guide| guide.url == page.url) else {
        return (None, None);
    };
    (
        at.checked_sub(1).and_then(|at| guides.get(at).copied()),
        guides.get(at + 1).copied(),
    )
}

/// A page as templates see it where they link to it.
pub fn link_to(page: &Page) -> Value {
    context! { title => page.front.short.value.as_str(), url => page.url.as_str() }
}

fn values(texts: &[Spanned<String>]) -> Vec<String> {
    texts.iter().map(|text| text.value.clone()).collect()
}

fn date(date: Date) -> Value {
    context! { iso => date.to_string(), text => date.indonesian() }
}

fn toc(blocks: &[Block]) -> Vec<Value> {
    let headings = blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading(heading) if heading.level <= 3 => Some(heading),
        _ => None,
    });
    headings
        .map(|h| context! { level => h.level, id => h.id.as_str(), text => plain(&h.content) })
        .collect()
}

/// The documents that a page cites, each once: a page made from a shared guide may cite one for itself and for that.
pub fn sources(agency: &Agency, page: &Page) -> Vec<Value> {
    let mut cited: Vec<(&str, Vec<&str>, Vec<&str>)> = Vec::new();
    for citation in &page.front.sources {
        let (section, doubt) = (citation.section.value.as_str(), citation.doubt.as_ref());
        let doubt = doubt.map(|doubt| doubt.value.as_str());
        match cited
            .iter_mut()
            .find(|(id, _, _)| *id == citation.document.value)
        {
            Some((_, sections, doubts)) => {
                if !sections.contains(&section) {
                    sections.push(section);
                }
                doubts.extend(doubt);
            }
            None => cited.push((
                &citation.document.value,
                vec![section],
                doubt.into_iter().collect(),
            )),
        }
    }
    let view = |(id, sections, doubts): (&str, Vec<&str>, Vec<&str>)| {
        let document = agency.profile.documents.get(id)?;
        Some(context! {
            title => document.title.clone(), publisher => document.publisher.clone(), date => document.date.map(date),
            section => sections.join("; "), doubt => (!doubts.is_empty()).then(|| doubts.join(" ")),
        })
    };
    cited.into_iter().filter_map(view).collect()
}

/// Where an agency says how to reach it: shared guides lead there.
const CONTACT: &str = "bantuan/kontak.md";

fn navigation(agency: &Agency, offline: bool) -> Value {
    let view = |page: &Page| {
        context! {
            title => page.front.title.value.as_str(), short => page.front.short.value.as_str(),
            summary => page.front.summary.value.as_str(), icon => page.front.icon.as_ref().map(|icon| &icon.value),
            url => page.url.as_str(), devices => values(&page.front.devices), kind => page.front.kind.word(),
        }
    };
    let of_kind = |kind| {
        agency
            .pages
            .iter()
            .filter(move |page| page.front.kind == kind)
    };
    let topics: Vec<Value> = of_kind(Kind::Topic)
        .map(|topic| {
            let pages = agency.pages.iter().filter(|page| {
                page.topic == topic.topic && matches!(page.front.kind, Kind::Guide | Kind::Checker)
            });
            context! { pages => pages.map(view).collect::<Vec<_>>(), ..view(topic) }
        })
        .collect();
    let contact = agency.pages.iter().find(|page| page.file == CONTACT);
    context! {
        topics, checkers => of_kind(Kind::Checker).map(view).collect::<Vec<_>>(),
        contact => contact.map(link_to), search => agency.search_url(), offline => offline.then(|| agency.offline_url()),
    }
}
