//! Pages as they were before the build left out the quotes that no browser needs: tests look for `id="langkah"`.

/// HTML in which every attribute's value stands between quotes.
pub fn quoted(html: &str) -> String {
    let mut quoted = String::with_capacity(html.len() * 11 / 10);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        quoted.push_str(text);
        rest = if tag[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            start_tag(tag, &mut quoted)
        } else {
            quoted.push('<');
            &tag[1..]
        };
    }
    quoted + rest
}

/// Writes the tag that HTML begins with, and gives what follows it.
fn start_tag<'a>(html: &'a str, quoted: &mut String) -> &'a str {
    let mut rest = html;
    while let Some(at) = rest.find(['=', '>']) {
        let (before, after) = rest.split_at(at + 1);
        quoted.push_str(before);
        rest = after;
        if before.ends_with('>') {
            return rest;
        }
        let (value, after) = match rest.strip_prefix('"') {
            Some(value) => value.split_once('"').unwrap_or((value, "")),
            None => rest.split_at(rest.find([' ', '\n', '>']).unwrap_or(rest.len())),
        };
        quoted.extend(["\"", value, "\""]);
        rest = after;
    }
    quoted.push_str(rest);
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_quotes_around_values() {
        let html = "<a class=way href=../ hidden title=\"a > b\">x=1</a> a < b <svg><path d=\"M0\"/></svg>";
        assert_eq!(
            quoted(html),
            "<a class=\"way\" href=\"../\" hidden title=\"a > b\">x=1</a> a < b <svg><path d=\"M0\"/></svg>"
        );
    }
}
