//! `slide/` beside each guide: its slides on one page, which fetches nothing later. Without script it reads as a long page.

use minijinja::{Value, context};
use rayon::prelude::*;

use super::{Artifact, Ready};
use crate::{
    deck::{self, Content, Deck, Piece, Slide},
    html::{Body, data, safe},
    markdown::ast::{Named, NamedBlock, Table},
    medium::way_to_root,
    page::{AgencyView, PlainPage, canonical, link_to},
    site::{Agency, Page, Target},
    squeeze::squeeze,
    theme::TemplateError,
};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let agencies = ready.site.agencies.iter().zip(&ready.views);
    let decks: Vec<_> = agencies
        .flat_map(|(agency, view)| {
            let decks = agency
                .pages
                .iter()
                .filter_map(|page| deck::deck(agency, page));
            decks.map(move |deck| (agency, view, deck))
        })
        .collect();
    decks
        .into_par_iter()
        .map(|(agency, view, deck)| page(ready, agency, view, &deck))
        .collect()
}

/// The page of one deck.
fn page(
    ready: &Ready<'_>,
    agency: &Agency,
    view: &AgencyView,
    deck: &Deck<'_>,
) -> Result<Artifact, TemplateError> {
    let guide = deck.page;
    let url = address(guide);
    let root = way_to_root(&url);
    let plain = PlainPage {
        agency: Some((agency, view)),
        template: "slides.html",
        kind: "slide",
        title: &guide.front.title.value,
        summary: &guide.front.summary.value,
        url: &url,
        root: &root,
        searches: false,
    };
    let base = ready.renderer.bare_context(&plain);
    let slides = slides(ready, agency, view, deck, &url, &base, 1)?;
    let own = context! {
        slides, canonical => canonical(ready.site, &guide.url), back => link_to(guide),
    };
    let html = ready
        .renderer
        .theme
        .render(plain.template, context! { ..own, ..base })?;
    Ok(Artifact::new(format!("{url}index.html"), squeeze(&html)))
}

/// Site path of a guide's slides.
pub fn address(guide: &Page) -> String {
    format!("{}{}", guide.url, deck::FOLDER)
}

/// The slides of a deck as templates see them, shown at `at` and numbered from `first`: several decks can follow one another on a page.
///
/// # Errors
/// The mistake in a component's template.
pub fn slides(
    ready: &Ready<'_>,
    agency: &Agency,
    view: &AgencyView,
    deck: &Deck<'_>,
    at: &str,
    base: &Value,
    first: usize,
) -> Result<Vec<Value>, TemplateError> {
    let mut all = Vec::new();
    for (number, slide) in (first..).zip(&deck.slides) {
        let body = Body {
            ids: format!("s{number}-"),
            ..ready.renderer.body(agency, view, deck.page, base, at)
        };
        all.push(view_of(&body, slide, number)?);
    }
    Ok(all)
}

/// One slide as templates see it.
fn view_of(body: &Body<'_>, slide: &Slide<'_>, number: usize) -> Result<Value, TemplateError> {
    let guide = body.page;
    let within = slide.within.iter().map(|title| body.safe(title));
    let counted = |count: Option<(usize, usize)>| count.map(|(n, of)| context! { n, of });
    let mut notes = String::new();
    for note in &slide.notes {
        notes.push_str(&body.blocks(note)?);
    }
    // Where the page has what the slide can't show.
    let anchor = slide.anchor.as_ref();
    let place = anchor.map_or(String::new(), |anchor| format!("#{anchor}"));
    let address = format!("{}{place}", canonical(body.site, &guide.url));
    let own = match &slide.content {
        Content::Title => {
            let front = &guide.front;
            let words = |texts: &[crate::source::Spanned<String>]| {
                let texts: Vec<&str> = texts.iter().map(|text| text.value.as_str()).collect();
                texts.join(", ")
            };
            let needs = front.needed.iter().map(|need| body.safe(need));
            context! {
                kind => "title", summary => front.summary.value.as_str(), audience => words(&front.audience),
                devices => words(&front.devices), minutes => front.minutes, needs => needs.collect::<Vec<_>>(),
                address => canonical(body.site, &guide.url),
            }
        }
        Content::Text(pieces) => context! { kind => "text", body => text(body, pieces)? },
        Content::Step(pieces) => context! { kind => "step", body => text(body, pieces)? },
        Content::Settings(named) => {
            context! { kind => "settings", body => untitled(body, named)? }
        }
        Content::Screen(named, explained) => {
            let Named::Screen(fields) = &named.content else {
                return Ok(Value::UNDEFINED); // the deck puts no other block here
            };
            let fields: Vec<Value> = body
                .fields(fields)
                .into_iter()
                .enumerate()
                .map(|(index, field)| context! { marked => explained.contains(&index), ..field })
                .collect();
            let attrs = Value::from(named.attributes.clone());
            let own_title = (!named.title.is_empty()).then(|| body.safe(&named.title));
            context! { kind => "screen", fields, attrs, own_title }
        }
        Content::Alert(named) => {
            let Named::Alert(blocks) = &named.content else {
                return Ok(Value::UNDEFINED);
            };
            context! { kind => "alert", tone => named.name, body => safe(body.blocks(blocks)?) }
        }
        Content::Choices(choices) => {
            let choices = choices.iter().map(
                |choice| context! { title => body.safe(&choice.title), icon => choice.icon.clone() },
            );
            context! { kind => "choices", choices => choices.collect::<Vec<_>>() }
        }
        Content::Table(table, rows) => {
            let table = Table {
                rows: table.rows.get(rows.clone()).unwrap_or_default().to_vec(),
                ..(*table).clone()
            };
            context! { kind => "table", body => safe(body.table(&table)) }
        }
        Content::Status(status) => {
            let (meaning, next) = (
                body.safe(&status.meaning.value),
                body.safe(&status.step.value),
            );
            context! { kind => "status", meaning, next }
        }
        Content::Problem(problem) => {
            context! { kind => "problem", problem => body.problem(problem) }
        }
        Content::Component(named) => component(body, named)?,
        Content::OnPage(_) => context! { kind => "page", address },
        Content::Closing => {
            let desk = data::desk(body.agency, None);
            context! { kind => "closing", desk, address => canonical(body.site, &guide.url) }
        }
    };
    Ok(context! {
        n => number,
        title => body.safe(&slide.title),
        within => within.collect::<Vec<_>>(),
        step => counted(slide.step),
        part => counted(slide.part),
        lead => text(body, &slide.lead)?,
        notes => safe(notes),
        ..own
    })
}

fn text(body: &Body<'_>, pieces: &[Piece<'_>]) -> Result<Value, TemplateError> {
    let mut html = String::new();
    for piece in pieces {
        html.push_str(&match piece {
            Piece::Block(block) => body.blocks(std::slice::from_ref(*block))?,
            Piece::Items(start, items) => body.items(*start, items)?,
        });
    }
    Ok(safe(html))
}

/// A block whose title is the slide's.
fn untitled(body: &Body<'_>, named: &NamedBlock) -> Result<Value, TemplateError> {
    let named = NamedBlock {
        title: Vec::new(),
        ..named.clone()
    };
    Ok(safe(body.named(&named)?))
}

fn component(body: &Body<'_>, named: &NamedBlock) -> Result<Value, TemplateError> {
    Ok(match &named.content {
        Named::Contact(id) => {
            context! { kind => "contact", desk => data::desk(body.agency, id.as_deref()) }
        }
        Named::Cards(cards) => {
            let cards = cards.iter().map(|card| {
                let summary = match body.agency.link(Some(body.page), &card.target) {
                    Ok(Target::Page(page, _)) if card.summary.is_empty() => {
                        Value::from(page.front.summary.value.as_str())
                    }
                    _ => body.safe(&card.summary),
                };
                context! { title => body.safe(&card.title), summary }
            });
            context! { kind => "cards", cards => cards.collect::<Vec<_>>() }
        }
        _ => context! { kind => "chart", body => untitled(body, named)? },
    })
}
