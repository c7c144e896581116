//! HTML without the line breaks that only templates need: between two tags of which the second is a block's, no browser shows one.

/// Elements at whose edges white space is never shown.
const BLOCKS: [&str; 37] = [
    "body",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "html",
    "legend",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "script",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Leaves out line breaks between tags, where none is seen.
pub fn squeeze(html: &str) -> String {
    let mut squeezed = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('\n') {
        let (line, after) = rest.split_at(at);
        squeezed.push_str(line);
        let next = after.trim_start_matches('\n');
        if !(squeezed.ends_with('>') && begins_with_block(next)) {
            squeezed.push_str(&after[..after.len() - next.len()]);
        }
        rest = next;
    }
    squeezed.push_str(rest);
    squeezed
}

fn begins_with_block(html: &str) -> bool {
    let Some(tag) = html.strip_prefix('<') else {
        return false;
    };
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
    end.is_some_and(|end| BLOCKS.contains(&&tag[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_seen() {
        let html = "<ul>\n\n<li>a <b>b</b>\n<i>c</i>\n</li>\n</ul>\n<pre><code>x\n\n&lt;p&gt;\n</code></pre>\n";
        assert_eq!(
            squeeze(html),
            "<ul><li>a <b>b</b>\n<i>c</i></li></ul>\n<pre><code>x\n\n&lt;p&gt;\n</code></pre>\n"
        );
    }
}
