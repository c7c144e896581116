//! What can be published as it is and is better mended: told as warnings, errors with `--strict`.

mod claims;
mod samples;
mod words;

use std::collections::BTreeSet;

use crate::{
    check::links,
    date::Date,
    diagnostic::{Diagnostic, Diagnostics},
    front_matter::{Citation, Kind},
    markdown::ast::{Block, Named, Part, named_blocks, visit},
    site::{Agency, Page, Site, Target},
    source::Spanned,
};

/// Every kind of warning, as diagnostics and `--allow` name it.
pub const KINDS: [&str; 13] = [
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
    "overfull-slide",
];

/// Reports all such things; reviews are judged as on the day `today`.
pub fn lint(site: &Site, today: Option<Date>, diagnostics: &mut Diagnostics) {
    for agency in &site.agencies {
        samples::lint(agency, diagnostics);
        facts_without_source(agency, diagnostics);
        for page in &agency.pages {
            if let Some(today) = today {
                review(agency, page, today, diagnostics);
            }
            doubts(&page.front.sources, diagnostics);
            words::lint(agency, page, diagnostics);
        }
        let sources = agency.profile.sources.iter();
        doubts(sources.map(|(_, citation)| citation), diagnostics);
        words::lint_data(agency, diagnostics);
        orphans(agency, diagnostics);
        claims::lint(agency, diagnostics);
    }
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

fn doubts<'a>(citations: impl IntoIterator<Item = &'a Citation>, diagnostics: &mut Diagnostics) {
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
            reached.insert(&page.file);
        }
    };
    for page in &agency.pages {
        each_link(&page.blocks, &mut |target| reach(Some(page), target));
        for need in &page.front.needed {
            links(need, &mut |target| reach(Some(page), target));
        }
    }
    for status in agency.statuses.all() {
        reach(None, &status.guide);
    }
    let statuses = agency.statuses.all().flat_map(|status| status.texts());
    let problems = agency.problems.problems.iter();
    let problems = problems.flat_map(|problem| problem.texts());
    for text in statuses.map(|text| &text.value).chain(problems) {
        links(text, &mut |target| reach(None, target));
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
    visit(blocks, &mut |part| {
        if let Part::Run(run) = part {
            links(run.content, see);
        }
    });
    for (_, named) in named_blocks(blocks) {
        if let Named::Cards(cards) = &named.content {
            cards.iter().for_each(|card| see(&card.target));
        }
    }
}
