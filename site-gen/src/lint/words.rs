//! Sentences that are too long to read on a phone, and pages that are.

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    markdown::ast::{Block, Inline, Named, Part, named_blocks, plain, visit},
    site::{Agency, Page},
    source::{Source, Span},
};

/// Words of the longest sentence that most people read at once.
const LONGEST_SENTENCE: usize = 25;
/// Words of the longest page: some five minutes.
const READING_BUDGET: usize = 1000;

/// Judges a page's summary and running text.
pub(super) fn lint(agency: &Agency, page: &Page, diagnostics: &mut Diagnostics) {
    let summary = &page.front.summary;
    sentences(&summary.value, &summary.source, &summary.span, diagnostics);
    let mut words = 0;
    visit(&page.blocks, &mut |part| {
        let Part::Run(run) = part else { return };
        if run.in_table {
            return;
        }
        for text in lines(run.content) {
            words += count(&text);
            sentences(&text, run.source, run.span, diagnostics);
        }
    });
    // Nobody reads a trainer's notes on the page.
    let words = words - words_of_notes(&page.blocks);
    if words > READING_BUDGET {
        let message = format!(
            "a page of {words} words, over the reading budget of {READING_BUDGET} (agency `{}`)",
            agency.profile.id
        );
        let warning = Diagnostic::warning("long-page", &page.source, 0..3, message);
        diagnostics
            .push(warning.hint("split it into two guides that link to each other, or shorten it"));
    }
}

/// Judges an agency's statuses and problems.
pub(super) fn lint_data(agency: &Agency, diagnostics: &mut Diagnostics) {
    let mut judge = |content: &[Inline], source: &Source, span: &Span| {
        for text in lines(content) {
            sentences(&text, source, span, diagnostics);
        }
    };
    for status in agency.statuses.all() {
        for text in [&status.meaning, &status.step] {
            judge(&text.value, &text.source, &text.span);
        }
    }
    for problem in &agency.problems.problems {
        for (text, typed) in problem.texts().zip(&problem.typed) {
            judge(text, &typed.source, &typed.span);
        }
    }
}

fn words_of_notes(blocks: &[Block]) -> usize {
    let mut words = 0;
    for (_, named) in named_blocks(blocks) {
        let Named::Note(body) = &named.content else {
            continue;
        };
        visit(body, &mut |part| {
            if let Part::Run(run) = part
                && !run.in_table
            {
                words += lines(run.content).map(|text| count(&text)).sum::<usize>();
            }
        });
    }
    words
}

/// Running text as it is read aloud: only a hard break, as between the lines of an address, ends a sentence.
fn lines(content: &[Inline]) -> impl Iterator<Item = String> {
    content
        .split(|inline| matches!(inline, Inline::HardBreak))
        .map(plain)
}

fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| is_word(word)).count()
}

fn sentences(text: &str, source: &Source, span: &Span, diagnostics: &mut Diagnostics) {
    for sentence in split(text) {
        let words = count(sentence);
        if words > LONGEST_SENTENCE {
            let place = place(sentence, source, span);
            let message =
                format!("a sentence of {words} words; at most {LONGEST_SENTENCE} are read at once");
            let warning = Diagnostic::warning("long-sentence", source, place, message);
            diagnostics.push(warning.hint("make two of it, or a list"));
        }
    }
}

/// Sentences end at `.`, `!` or `?` before a space and something that begins a sentence.
fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if !matches!(c, '.' | '!' | '?' | ':') {
            continue;
        }
        let end = at + c.len_utf8();
        let rest = text.get(end..).unwrap_or("");
        let closed = rest.trim_start_matches(['"', '”', ')', '*']);
        let next = closed.trim_start();
        let ends =
            closed.len() > next.len() && next.chars().next().is_none_or(|c| !c.is_lowercase());
        if ends {
            found.push(text.get(start..end).unwrap_or(""));
            start = end;
        }
    }
    found.push(text.get(start..).unwrap_or(""));
    found
}

fn is_word(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// Where a sentence stands: its first words as the author typed them, else the first line of what holds it.
fn place(sentence: &str, source: &Source, span: &Span) -> Span {
    let text = source.text.get(span.clone()).unwrap_or("");
    let words: Vec<&str> = sentence.split_whitespace().collect();
    for count in [4, 3, 2] {
        let start: String = words
            .iter()
            .take(count)
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        if words.len() >= count
            && let Some(at) = text.find(&start)
        {
            let line = text
                .get(at..)
                .and_then(|rest| rest.lines().next())
                .unwrap_or("");
            return span.start + at..span.start + at + line.trim_end().len();
        }
    }
    source.first_line(span)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn splits_where_a_sentence_ends() {
        let sentences: Vec<&str> =
            split("Buka No. 5 di Jl. merdeka. Lalu \"tutup.\" Selesai 12.30 WIB")
                .into_iter()
                .map(str::trim)
                .collect();
        assert_eq!(
            sentences,
            [
                "Buka No.",
                "5 di Jl. merdeka.",
                "Lalu \"tutup.",
                "\" Selesai 12.30 WIB"
            ]
        );
    }
}
