//! What a reader finds on a page: the text of its HTML, spoken labels included.

use crate::quoted::quoted;

/// Elements whose content is no text of the page.
const SILENT: [&str; 4] = ["script", "style", "template", "iframe"];
/// Elements that stand in the middle of words and sentences.
const INLINE: [&str; 12] = [
    "a", "abbr", "b", "code", "em", "i", "kbd", "mark", "small", "span", "strong", "wbr",
];
/// Attributes that are shown or spoken.
const SPOKEN: [&str; 4] = ["aria-label", "alt", "placeholder", "value"];

/// The text of a page's `<main>`, white space collapsed, in small letters.
pub struct Visible {
    /// Inline elements join what they separate: `<b>imap</b>.contoh.go.id`.
    joined: String,
    /// They stand apart: `<span>Server</span><span>imap…</span>`.
    apart: String,
}

impl Visible {
    /// Reads HTML that Pandu wrote.
    pub fn of(html: &str) -> Self {
        let html = quoted(html);
        let html = html.as_str();
        let main = html.split_once("<main").map_or(html, |(_, main)| main);
        let main = main.split_once("</main>").map_or(main, |(main, _)| main);
        let main = format!("<main{main}");
        Self {
            joined: small(&text(&main, "")),
            apart: small(&text(&main, " ")),
        }
    }

    /// True where a piece of text stands on the page, however it is broken and in whatever case.
    pub fn has(&self, piece: &str) -> bool {
        let piece = small(piece);
        self.joined.contains(&piece) || self.apart.contains(&piece)
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        &self.joined
    }
}

/// White space collapsed, in small letters.
fn small(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn text(html: &str, between_inline: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(&decoded(before));
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        rest = after;
        let name = tag.trim_start_matches('/');
        let name = name.split([' ', '\n', '/']).next().unwrap_or("");
        if SILENT.contains(&name) && !tag.starts_with('/') {
            let end = format!("</{name}>");
            rest = after.split_once(&end).map_or("", |(_, rest)| rest);
        }
        text.push_str(if INLINE.contains(&name) {
            between_inline
        } else {
            " "
        });
        for attribute in SPOKEN {
            let start = format!(" {attribute}=\"");
            if let Some((_, value)) = tag.split_once(&start) {
                let value = value.split('"').next().unwrap_or("");
                text.push_str(&format!(" {} ", decoded(value)));
            }
        }
    }
    text.push_str(&decoded(rest));
    text
}

fn decoded(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        decoded.push_str(before);
        let Some((name, after)) = entity.split_once(';').filter(|(name, _)| name.len() < 10) else {
            decoded.push('&');
            rest = entity;
            continue;
        };
        let number = name
            .strip_prefix('#')
            .and_then(|digits| match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => digits.parse().ok(),
            });
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            "shy" => None,
            _ => number.and_then(char::from_u32),
        };
        decoded.extend(character);
        rest = after;
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::Visible;

    #[test]
    fn finds_what_a_reader_sees_and_hears() {
        let page = Visible::of(
            "<nav>Menu</nav><main id=\"isi\"><p>Buka\n <b>imap</b>.contoh.go.id &amp; tunggu&nbsp;15 menit</p>\
             <script>rahasia()</script><input aria-label=\"NIP &#39;baru&#39;\"><i>A</i><span>B</span></main>kaki",
        );
        for seen in [
            "imap.contoh.go.id & tunggu 15 menit",
            "BUKA IMAP",
            "NIP 'baru'",
            "A B",
        ] {
            assert!(page.has(seen), "{seen}: {}", page.text());
        }
        for unseen in ["rahasia", "Menu", "kaki", "isi"] {
            assert!(!page.has(unseen), "{unseen}: {}", page.text());
        }
    }
}
