//! The gallery of the theme's components: each has a folder with its template, its style and an example, and the page
//! `komponen/` shows them all, rendered with each agency's facts. `example.md` is written as authors write; parts of
//! pages, which no author writes, have `example.html`, a template that makes up what it shows.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    check,
    diagnostic::{Diagnostic, Diagnostics},
    front_matter::FrontMatter,
    load::ThemeFile,
    markdown,
    site::{Agency, Page, anchors},
    source::{Source, Span, Spanned},
    toml_table::{self, Table},
};

/// Where components stand in the theme.
const FOLDER: &str = "components/";
/// The one need that no fact tells: the agency has problems to show.
const PROBLEMS: &str = "masalah";

/// Whether a file of the site is a gallery: no page for the agency's people.
pub fn is_page(path: &str) -> bool {
    path == "komponen/index.html" || path.ends_with("/komponen/index.html")
}

/// A component of the theme.
pub struct Component {
    /// Name of its folder.
    pub name: String,
    /// What it is for: the first sentence of its template.
    pub purpose: String,
    /// `example.md`
    pub guide: Option<Guide>,
    /// `example.html`
    pub template: Option<Source>,
}

/// An example as an author writes it.
pub struct Guide {
    source: Source,
    body: Span,
    /// `butuh`: the facts without which an agency can't show it.
    needs: Vec<Spanned<String>>,
}

impl Guide {
    /// Its Markdown.
    pub fn text(&self) -> &str {
        self.source.text[self.body.clone()].trim()
    }
}

/// The theme's components; reports those that lack a part.
pub fn components(files: &[ThemeFile], diagnostics: &mut Diagnostics) -> Vec<Component> {
    let mut folders: BTreeMap<&str, BTreeMap<&str, &Source>> = BTreeMap::new();
    for file in files {
        let below = file.path.strip_prefix(FOLDER);
        if let Some((name, part)) = below.and_then(|path| path.split_once('/')) {
            folders.entry(name).or_default().insert(part, &file.source);
        }
    }
    let mut components = Vec::new();
    for (name, parts) in folders {
        let example = ["example.md", "example.html"]
            .into_iter()
            .find(|part| parts.contains_key(part));
        for (part, there) in [
            ("template.html", parts.contains_key("template.html")),
            ("style.css", parts.contains_key("style.css")),
            ("example.md or example.html", example.is_some()),
        ] {
            if let (false, Some(source)) = (there, parts.values().next()) {
                let message = format!("the component `{name}` has no {part}");
                let mistake = Diagnostic::new("component-incomplete", source, 0..0, message);
                diagnostics.push(mistake.hint(format!(
                    "add {part} to {FOLDER}{name}: a component is its template, its style and its example"
                )));
            }
        }
        let Some(template) = parts.get("template.html") else {
            continue;
        };
        let guide = parts.get("example.md");
        components.push(Component {
            name: name.to_owned(),
            purpose: purpose(&template.text),
            guide: guide.map(|source| guide_of(source, diagnostics)),
            template: parts.get("example.html").map(|source| (*source).clone()),
        });
    }
    components
}

/// The first sentence of a template's first remark.
fn purpose(template: &str) -> String {
    let remark = template
        .strip_prefix("{#")
        .and_then(|rest| rest.split_once("#}"))
        .map_or("", |(remark, _)| remark);
    let words: Vec<&str> = remark.split_whitespace().collect();
    let sentence = words.join(" ");
    match sentence.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => sentence,
    }
}

/// Reads what an example says of itself, where it does.
fn guide_of(source: &Source, diagnostics: &mut Diagnostics) -> Guide {
    let text = &source.text;
    let front = text
        .strip_prefix("+++\n")
        .and_then(|rest| rest.split_once("\n+++\n"));
    let mut guide = Guide {
        source: source.clone(),
        body: 0..text.len(),
        needs: Vec::new(),
    };
    if let Some((front, body)) = front {
        let found = RefCell::default();
        let tree = toml_table::parse(source, front, 4, &found);
        let table = Table::root(source, 4, 0..3, &tree, &found);
        guide.body = text.len() - body.len()..text.len();
        guide.needs = table.texts("butuh");
        table.finish();
        diagnostics.extend(found.into_inner());
    }
    guide
}

/// What one agency's gallery shows of a component.
pub struct Shown<'a> {
    /// The component.
    pub component: &'a Component,
    /// Its `example.md`, read with the agency's facts.
    pub page: Option<Page>,
    /// What the agency lacks to show that.
    pub lacks: Vec<&'a str>,
}

/// Reads every example with an agency's facts, and checks it as a page is checked. Ids stand once in the whole gallery.
pub fn read<'a>(
    agency: &Agency,
    components: &'a [Component],
    icons: &[&str],
    diagnostics: &mut Diagnostics,
) -> Vec<Shown<'a>> {
    let mut taken: BTreeSet<String> = components.iter().map(|c| c.name.clone()).collect();
    let mut shown = Vec::new();
    for component in components {
        let mut page = None;
        let mut lacks = Vec::new();
        if let Some(guide) = &component.guide {
            let needs = guide.needs.iter().map(|need| need.value.as_str());
            lacks = needs.filter(|need| !has(agency, need)).collect();
            if lacks.is_empty() {
                page = Some(parse(agency, guide, &mut taken, icons, diagnostics));
            }
        }
        shown.push(Shown {
            component,
            page,
            lacks,
        });
    }
    shown
}

fn has(agency: &Agency, need: &str) -> bool {
    if need == PROBLEMS {
        return !agency.problems.problems.is_empty();
    }
    agency.profile.facts.has(need)
}

fn parse(
    agency: &Agency,
    guide: &Guide,
    taken: &mut BTreeSet<String>,
    icons: &[&str],
    diagnostics: &mut Diagnostics,
) -> Page {
    let source = &guide.source;
    let facts = &agency.profile.facts;
    let body = markdown::parse(source, guide.body.clone(), facts, taken, diagnostics);
    markdown::patch::refuse(&body.blocks, diagnostics);
    let mut page = Page {
        file: "komponen/index.md".to_owned(),
        source: source.clone(),
        url: agency.gallery_url(),
        topic: String::new(),
        front: FrontMatter::bare(Spanned::new("Komponen".to_owned(), source, 0..0)),
        base: None,
        blocks: body.blocks,
        texts: vec![(source.clone(), guide.body.clone())],
        anchors: BTreeSet::new(),
    };
    page.anchors = anchors(&page, &agency.problems, diagnostics);
    for id in page.anchors.intersection(taken) {
        let message = format!("the id `{id}` stands in the gallery already");
        let start = guide.body.start;
        let at = start + source.text[start..].find(id.as_str()).unwrap_or(0);
        let mistake = Diagnostic::new("duplicate-id", source, at..at + id.len(), message);
        diagnostics
            .push(mistake.hint("components are shown on one page: give this block another id"));
    }
    taken.extend(page.anchors.iter().cloned());
    check::example(agency, &page, icons, diagnostics);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_says_what_it_is_for() {
        assert_eq!(
            purpose("{# Numbered steps. role=\"list\": Safari\n   drops it. #}\n<ol>"),
            "Numbered steps."
        );
        assert_eq!(
            purpose("{# Copy button; waits hidden. #}"),
            "Copy button; waits hidden."
        );
        assert_eq!(purpose("<ol>"), "");
    }
}
