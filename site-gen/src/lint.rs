//! What can be published as it is and is better mended: told as warnings, errors with `--strict`.

mod claims;
mod words;

use std::collections::BTreeSet;

use crate::{
    date::Date,
    diagnostic::{Diagnostic, Diagnostics},
    front_matter::{Citation, Kind},
    markdown::ast::{Block, BlockKind, Inline, Named, Part, targets, visit},
    site::{Agency, Page, Site, Target},
    source::{Source, Span, Spanned},
};

/// Every kind of warning, as diagnostics and `--allow` name it.
pub const KINDS: [&str; 12] = [
    "contradiction",
    "unheld-fact",
    "review-overdue",
    "review-in-future",
    "doubtful-source",
    "orphan-page",
    "long-sentence",
    "long-page",
    "unfilled",
    "fact-without-source",
    "unused-shared-guide",
    "unused-shared-data",
];

/// Marks a sample value in TOML that is still to be replaced.
const SAMPLE: &str = "# ISI";

/// Reports all such things; reviews are judged as on the day `today`.
pub fn lint(site: &Site, today: Option<Date>, diagnostics: &mut Diagnostics) {
    for agency in &site.agencies {
        unfilled(agency, diagnostics);
        facts_without_source(agency, diagnostics);
        for page in &agency.pages {
            if let Some(today) = today {
                review(agency, page, today, diagnostics);
            }
            let doubtful = &mut page.front.sources.iter();
            doubts(doubtful, diagnostics);
            words::lint(agency, page, diagnostics);
        }
        doubts(
            &mut agency.profile.sources.iter().map(|(_, citation)| citation),
            diagnostics,
        );
        words::lint_data(agency, diagnostics);
        orphans(agency, diagnostics);
        claims::lint(agency, diagnostics);
    }
}

fn unfilled(agency: &Agency, diagnostics: &mut Diagnostics) {
    let pages = agency
        .pages
        .iter()
        .map(|page| (&page.source, front_matter(page)));
    let data = [&agency.profile.source].into_iter().chain(&agency.data);
    let data = data.map(|source| (source, 0..source.text.len()));
    for (source, span) in data.chain(pages) {
        let text = source.text.get(span.clone()).unwrap_or("");
        for (at, _) in text.match_indices(SAMPLE) {
            let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let line = &text[start..at];
            if line.trim_start().starts_with('#') {
                continue; // a comment that speaks of such comments
            }
            let key = line.split('=').next().unwrap_or("").trim();
            let place = span.start + start..span.start + start + line.trim_end().len();
            let message = if key.is_empty() {
                "this is still to be filled in".to_owned()
            } else {
                format!("`{key}` is still a sample value")
            };
            let warning = Diagnostic::warning("unfilled", source, place, message);
            diagnostics
                .push(warning.hint("write your own value, then remove the comment `# ISI: …`"));
        }
    }
}

/// Where a page's front matter stands: all before its body.
fn front_matter(page: &Page) -> Span {
    let body = page.texts.iter().find(|(source, _)| *source == page.source);
    0..body.map_or(0, |(_, span)| span.start)
}

fn facts_without_source(agency: &Agency, diagnostics: &mut Diagnostics) {
    let profile = &agency.profile;
    if profile.sources.is_empty() {
        let warning = Diagnostic::warning(
            "fact-without-source",
            &profile.source,
            0..0,
            format!(
                "the profile of `{}` does not say where its facts come from",
                profile.id
            ),
        );
        diagnostics.push(warning.hint(
            "add [sumber] with lines such as email = { dokumen = \"…\", bagian = \"…\" }; the longest key that fits a fact holds for it",
        ));
        return;
    }
    for (path, span) in &profile.leaves {
        if profile.source_of(path).is_none() {
            let message = format!("nothing says where the fact `{path}` comes from");
            let warning = Diagnostic::warning(
                "fact-without-source",
                &profile.source,
                span.clone(),
                message,
            );
            let group = path.split(['.', '[']).next().unwrap_or(path);
            diagnostics.push(warning.hint(format!(
                "add to [sumber]: {group} = {{ dokumen = \"…\", bagian = \"…\" }}"
            )));
        }
    }
}

fn review(agency: &Agency, page: &Page, today: Date, diagnostics: &mut Diagnostics) {
    let Some(reviewed) = &page.front.reviewed else {
        return;
    };
    let mut warn = |code, message: String, hint: &str| {
        let warning = Diagnostic::warning(code, &reviewed.source, reviewed.span.clone(), message);
        diagnostics.push(warning.hint(hint));
    };
    let months = agency.profile.review_months;
    let due = reviewed.value.months_later(months);
    if reviewed.value > today {
        warn(
            "review-in-future",
            format!(
                "reviewed on {}, which is after today ({today})",
                reviewed.value
            ),
            "write the day on which somebody last read the page and found it right",
        );
    } else if due <= today {
        warn(
            "review-overdue",
            format!(
                "last reviewed on {}; due again since {due} (every {months} months)",
                reviewed.value
            ),
            "read the page, mend what has changed, and set `ditinjau` to the day on which you did",
        );
    }
}

fn doubts(citations: &mut dyn Iterator<Item = &Citation>, diagnostics: &mut Diagnostics) {
    for citation in citations {
        if let Some(doubt) = &citation.doubt {
            let message = format!(
                "this source is doubtful: {}, {}",
                citation.document.value, citation.section.value
            );
            let warning = Diagnostic::warning(
                "doubtful-source",
                &doubt.source,
                doubt.span.clone(),
                message,
            );
            diagnostics.push(warning.hint("confirm it with whoever knows, then remove `ragu`"));
        }
    }
}

/// Pages that no other page's own text, card, status or problem leads to.
fn orphans(agency: &Agency, diagnostics: &mut Diagnostics) {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut reach = |from: Option<&Page>, target: &Spanned<String>| {
        if let Ok(Target::Page(page, _)) = agency.link(from, target)
            && from.is_none_or(|from| from.file != page.file)
        {
            // The file name outlives this look-up: it is the agency's.
            if let Some(page) = agency.pages.iter().find(|other| other.file == page.file) {
                reached.insert(&page.file);
            }
        }
    };
    let problems = &agency.problems.problems;
    for page in &agency.pages {
        each_link(&page.blocks, &mut |target| reach(Some(page), target));
    }
    for status in agency.statuses.tte.iter().chain(&agency.statuses.email) {
        reach(None, &status.guide);
    }
    for problem in problems {
        for text in problem.fixes.iter().chain([&problem.cause]) {
            link_targets(text, &mut |target| reach(None, target));
        }
    }
    let lonely = agency.pages.iter().filter(|page| {
        matches!(page.front.kind, Kind::Guide | Kind::Checker)
            && !reached.contains(page.file.as_str())
    });
    for page in lonely {
        let message = format!("no other page of `{}` leads to this one", agency.profile.id);
        let warning = Diagnostic::warning("orphan-page", &page.source, 0..3, message);
        diagnostics.push(warning.hint(
            "link to it where a reader needs it: in a guide, a card of the home page or of its topic",
        ));
    }
}

fn each_link(blocks: &[Block], see: &mut dyn FnMut(&Spanned<String>)) {
    visit(blocks, &mut |part| match part {
        Part::Inlines(content) => link_targets(content, see),
        Part::Block(Block {
            kind: BlockKind::Named(named),
            ..
        }) => {
            if let Named::Cards(cards) = &named.content {
                cards.iter().for_each(|card| see(&card.target));
            }
        }
        Part::Block(_) => {}
    });
}

fn link_targets(content: &[Inline], see: &mut dyn FnMut(&Spanned<String>)) {
    targets(content, &mut |inline| {
        if let Inline::Link { target, .. } = inline {
            see(target);
        }
    });
}

/// The first line of what stands at `span`.
fn first_line(source: &Source, span: &Span) -> Span {
    let text = source.text.get(span.clone()).unwrap_or("");
    span.start..span.start + text.lines().next().unwrap_or("").len()
}
