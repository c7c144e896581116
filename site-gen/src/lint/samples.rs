//! Sample values that are still to be replaced: in TOML, with a comment `# ISI: what belongs there` after them.

use std::collections::BTreeMap;

use crate::{
    check::data_texts,
    diagnostic::{Diagnostic, Diagnostics},
    front_matter,
    site::Agency,
    source::{Source, Span},
};

/// The word that begins such a comment.
const SAMPLE: &str = "ISI";

/// Reports those of an agency: in its profile and data, in front matter, and in what it shows of the shared ones.
pub(super) fn lint(agency: &Agency, diagnostics: &mut Diagnostics) {
    // By path: many texts come from one file.
    let mut files: BTreeMap<&str, (&Source, Span)> = BTreeMap::new();
    let data = [&agency.profile.source].into_iter().chain(&agency.data);
    for source in data.chain(data_texts(agency).map(|(source, _)| source)) {
        if !source.path.ends_with(".md") {
            files.insert(&source.path, (source, 0..source.text.len()));
        }
    }
    let guides = agency.pages.iter().flat_map(|page| {
        let shared = page.base.as_ref().map(|base| &base.source);
        [&page.source].into_iter().chain(shared)
    });
    for source in guides {
        // Its mistakes were told when it was read.
        let mut told = Diagnostics::default();
        let body = front_matter::parse(source, &mut told).map_or(0, |(_, body)| body.start);
        files.insert(&source.path, (source, 0..body));
    }
    for (source, span) in files.into_values() {
        let text = source.text.get(span).unwrap_or("");
        for sample in samples(text) {
            let message = match &sample.key {
                Some(key) => format!("`{key}` is still a sample value"),
                None => "this is still to be filled in".to_owned(),
            };
            let warning = Diagnostic::warning("unfilled", source, sample.span, message);
            diagnostics
                .push(warning.hint("write your own value, then remove the comment `# ISI: …`"));
        }
    }
}

/// A line that holds a sample value.
#[derive(Debug, PartialEq, Eq)]
struct Sample {
    /// Whose value it is; none where the comment stands beside no value.
    key: Option<String>,
    /// The line without its comment; the comment where it stands alone.
    span: Span,
}

/// The samples of a TOML text, front matter's fences included.
fn samples(text: &str) -> Vec<Sample> {
    let mut found = Vec::new();
    let mut key = None;
    let mut quote: Option<&str> = None;
    let mut depth = 0_usize;
    let mut line = 0;
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or("");
        let mut length = c.len_utf8();
        if let Some(mark) = quote {
            let basic = mark.starts_with('"');
            if rest.starts_with(mark) || (mark.len() == 1 && c == '\n') {
                quote = None;
                length = if c == '\n' { 1 } else { mark.len() };
            } else if basic && c == '\\' {
                length += rest.chars().nth(1).map_or(0, char::len_utf8);
            }
        } else {
            match c {
                '"' | '\'' => {
                    let marks = ["\"\"\"", "'''", "\"", "'"];
                    quote = marks.into_iter().find(|mark| rest.starts_with(mark));
                    length = quote.map_or(1, str::len);
                }
                '[' | '{' => {
                    if depth == 0
                        && text
                            .get(line..at)
                            .is_some_and(|before| before.trim().is_empty())
                    {
                        key = None; // a table begins
                    }
                    depth += 1;
                }
                ']' | '}' => depth = depth.saturating_sub(1),
                '=' if depth == 0 => {
                    key = text.get(line..at).map(|key| key.trim().to_owned());
                }
                '#' => {
                    let comment = rest.lines().next().unwrap_or("");
                    length = comment.len();
                    let value = text.get(line..at).unwrap_or("");
                    if is_sample(comment) && value.trim().is_empty() {
                        found.push(Sample {
                            key: None,
                            span: at..at + comment.trim_end().len(),
                        });
                    } else if is_sample(comment) {
                        let start = line + value.len() - value.trim_start().len();
                        found.push(Sample {
                            key: key.clone(),
                            span: start..line + value.trim_end().len(),
                        });
                    }
                }
                _ => {}
            }
        }
        at += length;
        if text.get(..at).is_some_and(|read| read.ends_with('\n')) {
            line = at;
        }
    }
    found
}

/// `# ISI`, `# ISI: …`; not `# ISIAN`.
fn is_sample(comment: &str) -> bool {
    let words = comment.trim_start_matches('#').trim_start();
    words
        .strip_prefix(SAMPLE)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':', '\t']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(Option<String>, &str)> {
        samples(text)
            .into_iter()
            .map(|sample| (sample.key, text.get(sample.span).unwrap_or("?")))
            .collect()
    }

    #[test]
    fn a_sample_is_named_by_its_key() {
        assert_eq!(
            found("nama = \"A\" # ISI: nama\n[email]\n  port = 993 #ISI\n"),
            [
                (Some("nama".to_owned()), "nama = \"A\""),
                (Some("port".to_owned()), "port = 993"),
            ]
        );
        assert_eq!(
            found("aplikasi = [\n  \"SRIKANDI\", # ISI\n  { a = 1 }, # ISI: b\n]\n"),
            [
                (Some("aplikasi".to_owned()), "\"SRIKANDI\","),
                (Some("aplikasi".to_owned()), "{ a = 1 },"),
            ]
        );
        assert_eq!(found("a = 1\n[kontak] # ISI\n"), [(None, "[kontak]")]);
        assert_eq!(found("+++\n# ISI: semua\n"), [(None, "# ISI: semua")]);
    }

    #[test]
    fn other_words_are_none() {
        for text in [
            "a = 1 # ISIAN tetap",
            "a = \"Email # ISI Dinas\"",
            "a = '\\' # isi",
            "a = \"\\\" # ISI\"",
            "a = \"\"\"\nx # ISI\n\"\"\"",
            "# tulis `# ISI` di belakang nilai",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
        assert_eq!(found("a = '\\' # ISI").len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_searched(text in "([\"'#=\\[\\]{}\\\\é\n ]|ISI|\"\"\"|.){0,30}") {
            for sample in samples(&text) {
                prop_assert!(text.get(sample.span).is_some());
            }
        }
    }
}
