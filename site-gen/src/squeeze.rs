//! HTML without what only templates and editors need: line breaks where no browser shows one, since one of the tags around
//! is a block's, and end tags that go without saying (HTML, 13.1.2.4).

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

/// Leaves out line breaks between tags, where none is seen, end tags that the next tag implies, and quotes around
/// values that need none.
pub fn squeeze(html: &str) -> String {
    without_quotes(&without_end_tags(&without_line_breaks(html)))
}

/// `class=row` for `class="row"` (HTML, 13.1.2.3).
fn without_quotes(html: &str) -> String {
    let mut bare = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        bare.push_str(before);
        let starts = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic());
        let end = if starts { end_of_tag(tag) } else { 1 };
        let (tag, after) = tag.split_at(end);
        let mut parts = tag.split('"');
        // Outside and inside of quotes, in turns; a value is followed by what begins the next part.
        let mut outside = parts.next().unwrap_or_default();
        bare.push_str(outside);
        while let Some(value) = parts.next() {
            let next = parts.next().unwrap_or_default();
            let plain = outside.ends_with('=')
                && !value.is_empty()
                && !value.contains(|c: char| c.is_ascii_whitespace() || "'=<>`".contains(c))
                && next.starts_with([' ', '\n', '>']);
            if plain {
                bare.push_str(value);
            } else {
                bare.extend(["\"", value, "\""]);
            }
            bare.push_str(next);
            outside = next;
        }
        rest = after;
    }
    bare.push_str(rest);
    bare
}

/// Where a start tag ends; values may hold `>`.
fn end_of_tag(tag: &str) -> usize {
    let mut quoted = false;
    let end = tag.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    end.map_or(tag.len(), |end| end + 1)
}

/// Elements that may leave their end tag out, and the start tags that end them; so does the end of what they stand in.
const ENDED: [(&str, &[&str]); 6] = [
    ("li", &["li"]),
    ("dt", &["dt", "dd"]),
    ("dd", &["dt", "dd"]),
    ("tr", &["tr"]),
    ("td", &["td", "th"]),
    ("th", &["td", "th"]),
];

/// A paragraph ends before these, and with these, but not with a link around it.
const AFTER_PARAGRAPH: [&str; 19] = [
    "blockquote",
    "details",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h2",
    "h3",
    "header",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];
const AROUND_PARAGRAPH: [&str; 15] = [
    "blockquote",
    "body",
    "dd",
    "details",
    "div",
    "fieldset",
    "figure",
    "footer",
    "form",
    "header",
    "li",
    "main",
    "nav",
    "section",
    "td",
];

fn without_end_tags(html: &str) -> String {
    let mut bare = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        let (before, tag) = rest.split_at(at);
        bare.push_str(before);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        if !goes_without_saying(tag, after) {
            bare.push_str(tag);
        }
        rest = after;
    }
    bare.push_str(rest);
    bare
}

/// True of `</li>` before `<li>` or `</ul>`, and its like.
fn goes_without_saying(tag: &str, after: &str) -> bool {
    let name = tag.trim_start_matches("</").trim_end_matches('>');
    let (next, closes) = match after.strip_prefix("</") {
        Some(after) => (after, true),
        None => (after.strip_prefix('<').unwrap_or(""), false),
    };
    let next = &next[..next
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(next.len())];
    if next.is_empty() {
        return false;
    }
    if name == "p" {
        let ends: &[&str] = if closes {
            &AROUND_PARAGRAPH
        } else {
            &AFTER_PARAGRAPH
        };
        return ends.contains(&next);
    }
    let element = ENDED.iter().find(|(element, _)| *element == name);
    element.is_some_and(|(_, starts)| closes || starts.contains(&next))
}

fn without_line_breaks(html: &str) -> String {
    let mut squeezed = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('\n') {
        let (line, after) = rest.split_at(at);
        squeezed.push_str(line);
        let next = after.trim_start_matches('\n');
        if !between_tags_of_blocks(&squeezed, next) {
            squeezed.push_str(&after[..after.len() - next.len()]);
        }
        rest = next;
    }
    squeezed.push_str(rest);
    squeezed
}

/// True where one tag ends and another begins, of which one is a block's.
fn between_tags_of_blocks(before: &str, after: &str) -> bool {
    let last = before.strip_suffix('>').and_then(|tag| tag.rfind('<'));
    let last = last.and_then(|at| before.get(at..));
    last.is_some_and(|last| {
        begins_with_block(after) || (after.starts_with('<') && begins_with_block(last))
    })
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
    fn leaves_out_end_tags_that_go_without_saying() {
        let bare = [
            ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a<li>b</ul>"),
            ("<li><p>a</p></li></ul>", "<li><p>a</ul>"),
            ("<p>a</p><p>b</p></div>", "<p>a<p>b</div>"),
            ("<dl><dt>a</dt><dd>b</dd></dl>", "<dl><dt>a<dd>b</dl>"),
            (
                "<tr><th>a</th><td>b</td></tr></tbody>",
                "<tr><th>a<td>b</tbody>",
            ),
        ];
        for (html, expected) in bare {
            assert_eq!(without_end_tags(html), expected);
        }
        let needed = [
            "<p>a</p></a>",
            "<p>a</p>b",
            "<p>a</p><b>c</b>",
            "<li>a</li>b",
            "<p>a</p> ",
            "<b>a</b></li",
        ];
        for html in needed {
            assert_eq!(without_end_tags(html), html);
        }
    }

    #[test]
    fn leaves_out_quotes_that_nothing_needs() {
        let bare = [
            (
                "<a class=\"way\" href=\"../\">\"b\"</a>",
                "<a class=way href=../>\"b\"</a>",
            ),
            ("<p title=\"a b\" id=\"c\">", "<p title=\"a b\" id=c>"),
            (
                "<i a=\"1>0\" b=\"\" c=\"x=1\" d=\"2\"></i>",
                "<i a=\"1>0\" b=\"\" c=\"x=1\" d=2></i>",
            ),
            ("<path d=\"M0\"/>", "<path d=\"M0\"/>"),
            (
                "<script>{\"a\":\"b\"}</script>",
                "<script>{\"a\":\"b\"}</script>",
            ),
            ("a < \"b\" <", "a < \"b\" <"),
        ];
        for (html, expected) in bare {
            assert_eq!(without_quotes(html), expected);
        }
    }

    #[test]
    fn keeps_what_is_seen() {
        let html = "<ul>\n\n<li>a <b>b</b>\n<i>c</i>\n</li>\n</ul>\n<pre><code>x\n\n&lt;p&gt;\n</code></pre>\n";
        assert_eq!(
            without_line_breaks(html),
            "<ul><li>a <b>b</b>\n<i>c</i></li></ul><pre><code>x\n\n&lt;p&gt;\n</code></pre>\n"
        );
        let html = "<nav>\n<a>b</a>\n<a>c</a>\n</nav>\n<i>d</i>\n<p>\ne</p>\nf";
        assert_eq!(
            without_line_breaks(html),
            "<nav><a>b</a>\n<a>c</a></nav><i>d</i><p>\ne</p>\nf"
        );
    }
}
