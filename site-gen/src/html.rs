//! Document → HTML. CommonMark is written here; named blocks are drawn by the theme's components.

pub(crate) mod data;
mod form;

use minijinja::{Value, context};

pub use self::data::{control_sheet, desk};
use crate::{
    assets::Assets,
    chart,
    front_matter::Kind,
    markdown::ast::{
        Blank, BlankKind, Block, BlockKind, Card, Field, Inline, Island, Item, Named, NamedBlock,
        Table, plain,
    },
    medium::{Medium, relative, way_to_root},
    page::api,
    practice,
    sealed::{Frame, Frames},
    site::{Agency, Page, Site, Target},
    source::Spanned,
    theme::{TemplateError, Theme},
};

/// What the body of one page is rendered with.
pub struct Body<'a> {
    /// The site.
    pub site: &'a Site,
    /// The page's agency.
    pub agency: &'a Agency,
    /// The page.
    pub page: &'a Page,
    /// The theme.
    pub theme: &'a Theme,
    /// The site's assets.
    pub assets: &'a Assets,
    /// The agency's sealed frames.
    pub frames: &'a Frames,
    /// What the page is made for.
    pub medium: Medium,
    /// `site`, `agency`, `nav` and `page`, as every component sees them.
    pub base: Value,
    /// Site path of where it is shown: the page's own, or its slides'.
    pub at: &'a str,
    /// What ids of blocks begin with: empty where each stands once.
    pub ids: String,
    /// Whether trainers' notes are shown.
    pub notes: bool,
}

type Rendered<T = String> = Result<T, TemplateError>;

impl Body<'_> {
    /// Renders blocks.
    ///
    /// # Errors
    /// The mistake in a component's template.
    pub fn blocks(&self, blocks: &[Block]) -> Rendered {
        let mut html = String::new();
        for block in blocks {
            self.block(block, &mut html)?;
        }
        Ok(html)
    }

    fn block(&self, block: &Block, html: &mut String) -> Result<(), TemplateError> {
        match &block.kind {
            BlockKind::Heading(heading) => {
                let (level, id, content) =
                    (heading.level, &heading.id, self.inlines(&heading.content));
                html.push_str(&format!(
                    "<h{level} id=\"{}\">{content}</h{level}>\n",
                    escape(id)
                ));
            }
            BlockKind::Paragraph(content) => {
                html.push_str(&format!("<p>{}</p>\n", self.inlines(content)))
            }
            BlockKind::List { start, items } => html.push_str(&self.items(*start, items)?),
            BlockKind::Table(table) => html.push_str(&self.table(table)),
            BlockKind::Code { language, text } => {
                let context = context! {
                    code => text.as_str(), lang => language.as_str(),
                    id => self.own(&code_id(block)), ..self.base.clone()
                };
                let code = self
                    .theme
                    .render("components/kode/template.html", context)?;
                html.push_str(code.trim());
                html.push('\n');
            }
            BlockKind::Patch(_) => {} // applied long ago
            BlockKind::Named(NamedBlock {
                content: Named::Note(_),
                ..
            }) if !self.notes => {}
            BlockKind::Quote(blocks) => {
                html.push_str(&format!(
                    "<blockquote>\n{}</blockquote>\n",
                    self.blocks(blocks)?
                ));
            }
            BlockKind::Rule => html.push_str("<hr>\n"),
            BlockKind::Named(named) => {
                html.push_str(self.named(named)?.trim());
                html.push('\n');
            }
        }
        Ok(())
    }

    /// Items of a list, numbered from a number or not.
    pub(crate) fn items(&self, start: Option<u64>, items: &[Item]) -> Rendered {
        let mut html = String::new();
        match start {
            None => self.list("ul", "", items, &mut html)?,
            Some(1) => self.list("ol", "", items, &mut html)?,
            Some(n) => self.list("ol", &format!(" start=\"{n}\""), items, &mut html)?,
        }
        Ok(html)
    }

    fn list(
        &self,
        tag: &str,
        attributes: &str,
        items: &[Item],
        html: &mut String,
    ) -> Result<(), TemplateError> {
        html.push_str(&format!("<{tag}{attributes}>\n"));
        for item in items {
            html.push_str("<li>");
            // A first line without a paragraph of its own keeps short lists tight.
            match item.blocks.split_first() {
                Some((
                    Block {
                        kind: BlockKind::Paragraph(first),
                        ..
                    },
                    rest,
                )) => {
                    html.push_str(&self.inlines(first));
                    html.push_str(&self.blocks(rest)?);
                }
                _ => html.push_str(&self.blocks(&item.blocks)?),
            }
            html.push_str("</li>\n");
        }
        html.push_str(&format!("</{tag}>\n"));
        Ok(())
    }

    pub(crate) fn table(&self, table: &Table) -> String {
        let class = |column: usize| {
            if table.right.get(column) == Some(&true) {
                " class=\"number\""
            } else {
                ""
            }
        };
        let names: Vec<String> = table.head.iter().map(|cell| plain(&cell.content)).collect();
        let label = escape(&format!("Tabel: {}", names.join(", ")));
        // It may scroll sideways on a phone, so it must be reachable by keyboard.
        let mut html = format!(
            "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\"><table>\n<thead><tr>"
        );
        for (column, cell) in table.head.iter().enumerate() {
            html.push_str(&format!(
                "<th scope=\"col\"{}>{}</th>",
                class(column),
                self.inlines(&cell.content)
            ));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        let numbered = |inline: &Inline| {
            matches!(
                inline,
                Inline::Blank(Blank {
                    kind: BlankKind::RowNumber,
                    ..
                })
            )
        };
        for row in &table.rows {
            // The form's script adds further rows like it.
            let repeated = row.iter().any(|cell| cell.content.iter().any(numbered));
            html.push_str(if repeated { "<tr data-baris>" } else { "<tr>" });
            for (column, cell) in row.iter().enumerate() {
                let content = self.inlines(&cell.content);
                if column == 0 {
                    html.push_str(&format!("<th scope=\"row\">{content}</th>"));
                } else {
                    html.push_str(&format!("<td{}>{content}</td>", class(column)));
                }
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table></div>\n");
        html
    }

    /// Renders running text.
    pub fn inlines(&self, content: &[Inline]) -> String {
        let mut html = String::new();
        for inline in content {
            self.inline(inline, &mut html);
        }
        html
    }

    fn inline(&self, inline: &Inline, html: &mut String) {
        match inline {
            Inline::Text(text) => html.push_str(&escape(text)),
            Inline::Code(code) => html.push_str(&format!("<code>{}</code>", escape(code))),
            Inline::Emphasis(content) => {
                html.push_str(&format!("<em>{}</em>", self.inlines(content)))
            }
            Inline::Strong(content) => {
                html.push_str(&format!("<strong>{}</strong>", self.inlines(content)))
            }
            Inline::Blank(blank) => html.push_str(&form::blank(blank)),
            Inline::SoftBreak => html.push('\n'),
            Inline::HardBreak => html.push_str("<br>\n"),
            Inline::Link { target, content } => {
                let (href, external) = self.href(target);
                let rel = if external { " rel=\"noreferrer\"" } else { "" };
                html.push_str(&format!(
                    "<a href=\"{}\"{rel}>{}</a>",
                    escape(&href),
                    self.inlines(content)
                ));
            }
            Inline::Image { target, alt } => {
                let path = self.agency.image(self.page, target).unwrap_or_default();
                let bytes = self
                    .agency
                    .images
                    .get(path)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                let size = imagesize::blob_size(bytes)
                    .map(|size| format!(" width=\"{}\" height=\"{}\"", size.width, size.height))
                    .unwrap_or_default();
                let asset = self
                    .assets
                    .get(&format!("{}/{path}", self.agency.profile.id));
                let src = asset.map(|asset| relative(way_to_root(self.at).as_str(), &asset.path));
                let (src, alt) = (escape(&src.unwrap_or_default()), escape(alt));
                html.push_str(&format!(
                    "<img src=\"{src}\" alt=\"{alt}\"{size} loading=\"lazy\" decoding=\"async\">"
                ));
            }
        }
    }

    /// The address that a link leads to, and whether it leaves the site. Dead links were reported by the check.
    pub(crate) fn href(&self, target: &Spanned<String>) -> (String, bool) {
        let from = self.at;
        let root = way_to_root(from);
        match self.agency.link(Some(self.page), target) {
            Ok(Target::External(url)) => (url.to_owned(), true),
            Ok(Target::Page(page, Some(anchor))) => (
                self.medium
                    .page(from, &root, &format!("{}#{anchor}", page.url)),
                false,
            ),
            Ok(Target::Page(page, None)) => (self.medium.page(from, &root, &page.url), false),
            Ok(Target::Anchor(anchor)) if self.at == self.page.url => (format!("#{anchor}"), false),
            Ok(Target::Anchor(anchor)) => {
                let place = format!("{}#{anchor}", self.page.url);
                (self.medium.page(from, &root, &place), false)
            }
            Ok(Target::Broken) | Err(_) => (String::new(), false),
        }
    }

    /// Renders a named block by its component.
    ///
    /// # Errors
    /// The mistake in its template.
    pub(crate) fn named(&self, named: &NamedBlock) -> Rendered {
        let content = match &named.content {
            Named::Steps(steps) => {
                let mut values = Vec::new();
                for (index, step) in steps.iter().enumerate() {
                    let numbered = || format!("{}-{}", named.id, index + 1);
                    let id = self.own(&step.id.clone().unwrap_or_else(numbered));
                    let (title, body) = (self.safe(&step.title), safe(self.blocks(&step.body)?));
                    values.push(context! { n => index + 1, id, title, body });
                }
                context! { steps => values }
            }
            Named::Settings(settings) => {
                let rows = settings.iter().enumerate().map(|(index, setting)| {
                    let text = plain(&setting.value);
                    let (label, value) = (&setting.label, self.safe(&setting.value));
                    context! { label, value, text, copy => setting.literal, id => self.own(&format!("{}-{}", named.id, index + 1)) }
                });
                context! { rows => rows.collect::<Vec<_>>() }
            }
            Named::Choice(choices) => {
                let mut options = Vec::new();
                for (index, choice) in choices.iter().enumerate() {
                    let (title, body) =
                        (self.safe(&choice.title), safe(self.blocks(&choice.body)?));
                    let numbered = || format!("{}-{}", named.id, index + 1);
                    let id = self.own(&choice.id.clone().unwrap_or_else(numbered));
                    options.push(context! { id, title, icon => choice.icon.clone(), body });
                }
                context! { options }
            }
            Named::Screen(fields) => context! { fields => self.fields(fields) },
            Named::Alert(body) | Named::Note(body) => context! { body => safe(self.blocks(body)?) },
            Named::Contact(id) => context! { desk => data::desk(self.agency, id.as_deref()) },
            Named::Problems(from) => context! { groups => self.groups(from.as_deref()) },
            Named::Finder => self.finder(),
            Named::ControlSheet => context! { juknis => data::control_sheet(self.agency) },
            Named::Form(body) => {
                let file = named.attributes.get("berkas").cloned();
                let file = file.unwrap_or_else(|| named.id.clone());
                context! { file, body => safe(self.blocks(body)?) }
            }
            Named::Cards(cards) => {
                context! { cards => cards.iter().map(|card| self.card(card)).collect::<Vec<_>>() }
            }
            Named::Chart {
                kind,
                series,
                table,
            } => {
                let unit = named.attributes.get("satuan").map_or("", String::as_str);
                let svg = chart::svg(*kind, series, unit, &plain(&named.title));
                context! { svg => safe(svg), table => safe(self.table(table)), unit }
            }
            Named::Statuses(kind) => {
                let statuses = self.agency.statuses.of(*kind).iter().map(|status| {
                    let guide = match self.agency.link(None, &status.guide) {
                        Ok(Target::Page(page, anchor)) => with_anchor(page, anchor),
                        _ => context! {}, // reported by the check
                    };
                    context! {
                        anchor => status.anchor, title => self.safe(&status.title.value),
                        meaning => self.safe(&status.meaning.value), step => self.safe(&status.step.value), guide
                    }
                });
                context! { statuses => statuses.collect::<Vec<_>>() }
            }
            Named::SetupFile(file) => data::setup_file(self, *file),
            Named::DnsRecords => data::dns_records(self),
            Named::PracticeCards => data::practice_cards(self),
            Named::Rehearsal(body) => data::rehearsal(self, safe(self.blocks(body)?)),
            Named::Island(island, body) => self.island(*island, body)?,
        };
        let title_text = plain(&named.title);
        let (title, title_text) = if title_text.is_empty() {
            (Value::from(()), Value::from(()))
        } else {
            (self.safe(&named.title), Value::from(title_text))
        };
        let base = context! { body => "", ..self.base.clone() };
        let content = context! { ..content, ..base };
        let attributes = Value::from(named.attributes.clone());
        let context = context! { title, title_text, id => self.own(&named.id), attrs => attributes, ..content };
        self.theme
            .render(&format!("components/{}/template.html", named.name), context)
    }

    /// The fields of a drawn screen as components see them.
    pub(crate) fn fields(&self, fields: &[Field]) -> Vec<Value> {
        let field = |(index, field): (usize, &Field)| {
            let (label, value, note) = (
                self.safe(&field.label),
                self.safe(&field.value),
                self.safe(&field.note),
            );
            context! { n => index + 1, kind => field.kind().word(), label, value, note, marked => false }
        };
        fields.iter().enumerate().map(field).collect()
    }

    fn card(&self, card: &Card) -> Value {
        let title = self.safe(&card.title);
        let summary = self.safe(&card.summary);
        match self.agency.link(Some(self.page), &card.target) {
            Ok(Target::Page(page, anchor)) => {
                let anchor = anchor
                    .map(|anchor| format!("#{anchor}"))
                    .unwrap_or_default();
                let icon = page.front.icon.as_ref().map(|icon| icon.value.as_str());
                let summary = if card.summary.is_empty() {
                    safe(escape(&page.front.summary.value))
                } else {
                    summary
                };
                context! { title, summary, url => format!("{}{anchor}", page.url), icon, external => false }
            }
            _ => {
                let (href, _) = self.href(&card.target);
                context! { title, summary, href, icon => (), external => true }
            }
        }
    }

    fn island(&self, island: Island, body: &[Block]) -> Rendered<Value> {
        let body = safe(self.blocks(body)?);
        Ok(match island {
            Island::Email | Island::Tte => {
                if self.page.front.kind == Kind::Practice {
                    let table = practice::table(self.agency).replace('<', "\\u003c");
                    context! { body, api => practice::ADDRESS, table => safe(table) }
                } else {
                    context! { body, api => api(self.agency, &way_to_root(self.at)) }
                }
            }
            Island::Sealed(sealed) => {
                let srcdoc = self.frames.get(&sealed).map_or("", Frame::document);
                let (block, program, title) = (sealed.block(), sealed.program(), sealed.title());
                context! { body, island => context! { block, program, title, srcdoc } }
            }
        })
    }

    /// Running text that templates must not escape again.
    pub(crate) fn safe(&self, content: &[Inline]) -> Value {
        safe(self.inlines(content))
    }

    /// An id as it stands here.
    fn own(&self, id: &str) -> String {
        format!("{}{id}", self.ids)
    }
}

/// An id for a block of code. A page made of two files may have one at the same place of each.
fn code_id(block: &Block) -> String {
    let file = if block.source.is_shared() { "b" } else { "" };
    format!("kode-{file}{}", block.span.start)
}

fn with_anchor(page: &Page, anchor: Option<&str>) -> Value {
    let anchor = anchor
        .map(|anchor| format!("#{anchor}"))
        .unwrap_or_default();
    context! { title => page.front.short.value.as_str(), url => format!("{}{anchor}", page.url) }
}

/// HTML that templates must not escape again.
pub fn safe(html: String) -> Value {
    Value::from_safe_string(html)
}

/// Text as HTML, in content and in attributes between double quotes.
pub fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
    html
}
