//! Writing XML: what feeds and set-up files have in common.

use std::io;

use quick_xml::{Writer, events::BytesText};

/// A document being written into memory, which does not fail.
pub(crate) type Xml = Writer<Vec<u8>>;

/// A document in UTF-8 (XML 1.0), with its declaration.
pub(crate) fn document() -> Xml {
    let declaration = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    Writer::new_with_indent(declaration.to_vec(), b' ', 1)
}

/// `<element>content</element>`
pub(crate) fn text(writer: &mut Xml, element: &str, content: &str) -> io::Result<()> {
    writer
        .create_element(element)
        .write_text_content(BytesText::new(content))?;
    Ok(())
}
