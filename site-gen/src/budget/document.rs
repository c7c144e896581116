//! An HTML document as a browser meets it: what it loads on its own, where it leads, the places in it.

use std::collections::{BTreeMap, BTreeSet};

use html5gum::{DefaultEmitter, Token, Tokenizer};

use crate::source::Span;

/// How a document refers to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A stylesheet, which the first picture of the page waits for.
    Style,
    /// A script that lets the page be read meanwhile.
    Script,
    /// A script that stops the page until it has come.
    BlockingScript,
    /// A module: its imports load as well.
    Module,
    /// Any other file that is loaded at once: image, icon, preload, manifest.
    File,
    /// A file that is loaded later, when it is scrolled to or a script asks for it.
    Later,
    /// A link that a person may follow.
    Link,
}

/// One reference.
#[derive(Debug)]
pub struct Reference {
    /// How it is used.
    pub used: Use,
    /// The address as written, character references decoded.
    pub target: String,
    /// The hash that the file must have, where one is named.
    pub integrity: Option<String>,
    /// The element, in the page's text.
    pub span: Span,
}

/// What was found in a document; a frame's own document is part of it.
#[derive(Debug, Default)]
pub struct Document {
    /// References, in the order of the text.
    pub references: Vec<Reference>,
    /// Names of places.
    pub ids: BTreeSet<String>,
    /// Names given to two places, with the second of them.
    pub twice: Vec<(String, Span)>,
    /// Style sheets within the document.
    pub styles: Vec<(String, Span)>,
    /// Programs within the document that run while it is read; data blocks are none.
    pub inline_scripts: Vec<Span>,
    /// The text of these programs.
    pub inline_code: Vec<String>,
    /// The text of those inside frames (`srcdoc`).
    pub frame_code: Vec<String>,
    /// The page's whole address (`rel=canonical`).
    pub canonical: Option<String>,
    /// The document without the code inside its frames.
    pub without_frame_code: String,
}

/// The elements that load what an attribute of theirs names, as soon as they are met.
const LOADING: [(&str, &str); 11] = [
    ("img", "src"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("source", "src"),
    ("track", "src"),
    ("use", "href"),
    ("image", "href"),
];

/// Relations of a `<link>` for which browsers load the file at once (apple-touch-icon: only once the page is put on a home screen).
const LOADED_RELATIONS: [&str; 5] = ["icon", "preload", "modulepreload", "prefetch", "manifest"];

/// Reads a document.
pub fn read(html: &str) -> Document {
    let mut reader = Reader {
        html,
        document: Document::default(),
        kept: 0,
    };
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut raw: Option<Raw> = None;
    // Reading from memory does not fail.
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let attributes = tag.attributes.iter().map(|(name, value)| {
                    let at = value.span.start..value.span.end;
                    (text(name), (text(value), at))
                });
                let element = Element {
                    name: text(&tag.name),
                    attributes: attributes.collect(),
                    span: tag.span.start..tag.span.end,
                };
                raw = reader.element(&element);
            }
            Token::String(text) => match raw.take() {
                Some(Raw::Style(span)) => {
                    let style = String::from_utf8_lossy(&text).into_owned();
                    reader.document.styles.push((style, span));
                }
                Some(Raw::Script(span)) => {
                    let code = text.span.start..text.span.end;
                    reader.document.inline_code.push(html[code].to_owned());
                    reader.document.inline_scripts.push(span);
                }
                None => {}
            },
            _ => raw = None,
        }
    }
    reader
        .document
        .without_frame_code
        .push_str(&html[reader.kept..]);
    reader.document
}

/// An element whose text is no text of the page.
enum Raw {
    Style(Span),
    Script(Span),
}

struct Element {
    name: String,
    attributes: BTreeMap<String, (String, Span)>,
    span: Span,
}

impl Element {
    fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes
            .get(attribute)
            .map(|(value, _)| value.as_str())
    }

    fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }
}

struct Reader<'a> {
    html: &'a str,
    document: Document,
    /// Up to here, `without_frame_code` is written.
    kept: usize,
}

impl Reader<'_> {
    fn element(&mut self, element: &Element) -> Option<Raw> {
        if let Some(id) = element.get("id")
            && !self.document.ids.insert(id.to_owned())
        {
            self.document
                .twice
                .push((id.to_owned(), element.span.clone()));
        }
        match element.name.as_str() {
            "script" => return self.script(element),
            "style" => return Some(Raw::Style(element.span.clone())),
            "link" => self.link(element),
            "a" | "area" => self.refer(element, Use::Link, element.get("href")),
            _ => self.loading(element),
        }
        // What an island's script asks for by itself.
        for (name, (value, _)) in &element.attributes {
            if name.starts_with("data-") && value.contains("assets/") {
                let own = element.get(&format!("{name}-integrity"));
                let integrity = own.or_else(|| element.get("data-integrity"));
                let integrity = integrity.map(str::to_owned);
                self.push(element, Use::Later, value, integrity);
            }
        }
        None
    }

    fn script(&mut self, element: &Element) -> Option<Raw> {
        let kind = element.get("type").unwrap_or("");
        let module = kind.eq_ignore_ascii_case("module");
        let Some(src) = element.get("src") else {
            // A block of data, such as JSON-LD, runs nothing.
            let runs =
                module || kind.is_empty() || kind.to_ascii_lowercase().contains("javascript");
            return runs.then(|| Raw::Script(element.span.clone()));
        };
        let used = if module {
            Use::Module
        } else if element.has("defer") || element.has("async") {
            Use::Script
        } else {
            Use::BlockingScript
        };
        self.refer(element, used, Some(src));
        None
    }

    fn link(&mut self, element: &Element) {
        let relations = element.get("rel").unwrap_or("").to_ascii_lowercase();
        let relations: Vec<&str> = relations.split_ascii_whitespace().collect();
        let href = element.get("href");
        if relations.contains(&"canonical") {
            self.document.canonical = href.map(str::to_owned);
        } else if relations.contains(&"stylesheet") && !relations.contains(&"alternate") {
            self.refer(element, Use::Style, href);
        } else if relations.iter().any(|name| LOADED_RELATIONS.contains(name)) {
            self.refer(element, Use::File, href);
        } else if relations.contains(&"alternate") {
            self.refer(element, Use::Link, href);
        }
    }

    fn loading(&mut self, element: &Element) {
        let lazy = element.get("loading") == Some("lazy");
        let used = if lazy { Use::Later } else { Use::File };
        for (_, attribute) in LOADING.iter().filter(|(name, _)| *name == element.name) {
            self.refer(element, used, element.get(attribute));
        }
        // A browser takes one of these; each must be there.
        for candidate in element.get("srcset").unwrap_or("").split(',') {
            self.refer(
                element,
                Use::Later,
                candidate.split_ascii_whitespace().next(),
            );
        }
        if let Some((frame, at)) = element.attributes.get("srcdoc") {
            self.frame(frame, at, &element.span);
        }
    }

    /// A frame's document: what it holds and loads is the page's; its places and its code are its own.
    fn frame(&mut self, html: &str, at: &Span, span: &Span) {
        let frame = read(html);
        let code = [frame.inline_code, frame.frame_code].concat();
        let bare = code
            .iter()
            .fold(html.to_owned(), |html, code| html.replace(code, ""));
        self.document
            .without_frame_code
            .push_str(&self.html[self.kept..at.start]);
        self.document.without_frame_code.push_str(&bare);
        self.kept = at.end;
        self.document.frame_code.extend(code);
        let here = |reference| Reference {
            span: span.clone(),
            ..reference
        };
        self.document
            .references
            .extend(frame.references.into_iter().map(here));
        let twice = frame.twice.into_iter().map(|(id, _)| (id, span.clone()));
        self.document.twice.extend(twice);
        let styles = frame
            .styles
            .into_iter()
            .map(|(style, _)| (style, span.clone()));
        self.document.styles.extend(styles);
    }

    fn refer(&mut self, element: &Element, used: Use, target: Option<&str>) {
        if let Some(target) = target {
            let integrity = element.get("integrity").map(str::to_owned);
            self.push(element, used, target, integrity);
        }
    }

    fn push(&mut self, element: &Element, used: Use, target: &str, integrity: Option<String>) {
        self.document.references.push(Reference {
            used,
            target: target.trim().to_owned(),
            integrity,
            span: element.span.clone(),
        });
    }
}
