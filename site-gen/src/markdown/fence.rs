//! Finds the `::: name … :::` lines of named blocks and hides them from the CommonMark parser.
//!
//! Each such line is replaced, byte for byte in length, by a processing instruction (`<?…?>`): CommonMark
//! then ends paragraphs there and keeps list items whole, every offset stays true, and raw HTML that an
//! author wrote can still be told from it by its place.

use std::collections::BTreeMap;

use crate::source::Span;

/// A `:::` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fence {
    /// `::: name key=value Title`
    Open {
        /// The name.
        name: String,
        /// Where the name stands.
        name_span: Span,
        /// `key=value` pairs.
        attributes: BTreeMap<String, String>,
        /// Where the title stands (may be empty).
        title: Span,
    },
    /// `:::`
    Close,
}

/// Text with its fences hidden, and the fences by the byte at which they begin.
pub struct Hidden {
    /// Same length as the text given.
    pub text: String,
    /// Fences by offset.
    pub fences: BTreeMap<usize, (Span, Fence)>,
    /// Lines that look like a fence and are none: they would be read out with their colons.
    pub malformed: Vec<Span>,
}

/// Hides the fences of `text`.
pub fn hide(text: &str) -> Hidden {
    let mut hidden = String::with_capacity(text.len());
    let mut fences = BTreeMap::new();
    let mut malformed = Vec::new();
    let mut code: Option<(char, usize)> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let trimmed = content.trim_start();
        let start = offset + content.len() - trimmed.len();
        let end = offset + content.len();
        let marker = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'));
        let run = marker.map_or(0, |m| trimmed.chars().take_while(|c| *c == m).count());
        match (code, marker) {
            (Some((open, length)), Some(m))
                if m == open && run >= length && trimmed.len() == run =>
            {
                code = None
            }
            (None, Some(m)) if run >= 3 => code = Some((m, run)),
            _ => {}
        }
        if code.is_none() && is_fence(trimmed) {
            if has_open_quote(trimmed) {
                malformed.push(start..end);
            }
            fences.insert(start, (start..end, parse(text, start, end)));
            hidden.push_str(&line[..start - offset]);
            hidden.push_str(&disguise(end - start));
            hidden.push_str(&line[content.len()..]);
        } else {
            if code.is_none() && looks_like_fence(trimmed) {
                malformed.push(start..end);
            }
            hidden.push_str(line);
        }
        offset += line.len();
    }
    Hidden {
        text: hidden,
        fences,
        malformed,
    }
}

fn is_fence(trimmed: &str) -> bool {
    trimmed == ":::"
        || trimmed
            .strip_prefix(":::")
            .is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// `:::info`, `:::: info`, `:: info`, `> ::: info`, `::: grafik jenis="batang`.
fn looks_like_fence(trimmed: &str) -> bool {
    let inside = trimmed.trim_start_matches(['>', '-', '*', ' ']);
    inside.starts_with("::")
}

/// True where an attribute's quotation mark is not closed.
fn has_open_quote(content: &str) -> bool {
    content.split_whitespace().any(|word| {
        word.split_once("=\"").is_some_and(|(key, value)| {
            !key.is_empty()
                && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !value.contains('"')
        })
    }) && content.matches('"').count() % 2 == 1
}

fn disguise(length: usize) -> String {
    match length {
        3 => "<?>".to_owned(),
        _ => format!("<?{}?>", "x".repeat(length.saturating_sub(4))),
    }
}

fn parse(text: &str, start: usize, end: usize) -> Fence {
    let mut at = skip_spaces(text, start + 3, end);
    if at == end {
        return Fence::Close;
    }
    let name_span = at..word_end(text, at, end);
    let name = text[name_span.clone()].to_owned();
    at = skip_spaces(text, name_span.end, end);
    let mut attributes = BTreeMap::new();
    while let Some((key, value, next)) = attribute(text, at, end) {
        attributes.insert(key, value);
        at = skip_spaces(text, next, end);
    }
    Fence::Open {
        name,
        name_span,
        attributes,
        title: at..end,
    }
}

fn attribute(text: &str, at: usize, end: usize) -> Option<(String, String, usize)> {
    let rest = &text[at..end];
    let equals = rest.find('=')?;
    let key = &rest[..equals];
    if key.is_empty()
        || !key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    {
        return None;
    }
    let value_at = at + equals + 1;
    match text[value_at..end].strip_prefix('"') {
        Some(quoted) => {
            let length = quoted.find('"')?;
            Some((
                key.to_owned(),
                quoted[..length].to_owned(),
                value_at + length + 2,
            ))
        }
        None => {
            let value_end = word_end(text, value_at, end);
            Some((
                key.to_owned(),
                text[value_at..value_end].to_owned(),
                value_end,
            ))
        }
    }
}

fn skip_spaces(text: &str, at: usize, end: usize) -> usize {
    at + text[at..end].len() - text[at..end].trim_start().len()
}

fn word_end(text: &str, at: usize, end: usize) -> usize {
    text[at..end]
        .find(char::is_whitespace)
        .map_or(end, |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_offset() {
        let text = "a\n::: info jenis=x \"y\"\nb\n   ::: kontak\n   :::\n:::\n```\n::: not\n```\n";
        let hidden = hide(text);
        assert_eq!(hidden.text.len(), text.len());
        assert_eq!(hidden.fences.len(), 4);
        assert!(hidden.text.ends_with("```\n::: not\n```\n"));
    }

    #[test]
    fn reads_name_attributes_and_title() {
        let text = "::: grafik jenis=batang satuan=\"akun baru\" Jumlah = banyak";
        let Some((
            _,
            Fence::Open {
                name,
                attributes,
                title,
                ..
            },
        )) = hide(text).fences.remove(&0)
        else {
            unreachable!("the text opens a block")
        };
        assert_eq!(name, "grafik");
        assert_eq!(
            attributes.get("satuan").map(String::as_str),
            Some("akun baru")
        );
        assert_eq!(&text[title], "Jumlah = banyak");
    }
}
