//! Printed → PDF. Typst lives here and nowhere else: it sees the theme's templates, the data and our fonts, no disk and no network.

use std::collections::{BTreeMap, HashMap};

use thiserror::Error;
use typst::{
    Feature, Library, LibraryExt, World, WorldExt,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{printed::Printed, stream_ends};

/// The template that a hand-out begins with, below the theme's folder.
const MAIN: &str = "handout/main.typ";
/// Where it finds what is printed.
const DATA: &str = "handout/data.json";

/// Inter 3.19 and JetBrains Mono 2.242, whole, under the SIL Open Font License 1.1 (`fonts/OFL.txt`). A hand-out embeds the
/// letters that it uses.
const FONTS: [&[u8]; 4] = [
    include_bytes!("../fonts/Inter-Regular.otf"),
    include_bytes!("../fonts/Inter-Italic.otf"),
    include_bytes!("../fonts/Inter-Bold.otf"),
    include_bytes!("../fonts/JetBrainsMono-Regular.ttf"),
];

/// All that hand-outs have in common.
pub struct Typesetter {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    data: FileId,
    templates: HashMap<FileId, Source>,
    standards: PdfStandards,
}

/// A finished hand-out.
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// What Typst would have better.
    pub warnings: Vec<Mistake>,
}

/// What Typst says of a hand-out.
#[derive(Debug, Error)]
#[error("{message}{}{}", place.as_ref().map(|place| format!("\n  --> {place}")).unwrap_or_default(),
    hints.iter().map(|hint| format!("\n  = help: {hint}")).collect::<String>())]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// File and line of the template.
    pub place: Option<String>,
    /// How to mend it.
    pub hints: Vec<String>,
}

impl Typesetter {
    /// With the theme's templates: path below the theme's folder, and text.
    ///
    /// # Errors
    /// What the theme lacks.
    pub fn new<'a>(templates: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, Mistake> {
        let fonts: Vec<Font> = FONTS
            .into_iter()
            .flat_map(|font| Font::iter(Bytes::new(font)))
            .collect();
        let mut sources = HashMap::new();
        for (path, text) in templates {
            let id = file(path)?;
            sources.insert(id, Source::new(id, text.to_owned()));
        }
        let main = file(MAIN)?;
        if !sources.contains_key(&main) {
            let message = format!("the theme has no template `{MAIN}`");
            return Err(Mistake::new(message).hint("add it below themes/dinas"));
        }
        // Header cells of rows, without which a table of settings can't be read aloud.
        let features = [Feature::A11yExtras].into_iter().collect();
        let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a])
            .map_err(|error| Mistake::new(error.message().to_string()))?;
        Ok(Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main,
            data: file(DATA)?,
            templates: sources,
            standards,
        })
    }

    /// Sets a hand-out. `identity` names it for ever: its address. `pictures` are what [`Image`](crate::printed::Inline::Image)
    /// names. The same input gives the same bytes: no clock, no chance, no font of the system.
    ///
    /// # Errors
    /// What Typst says: a letter that no font has, a mistake in the template.
    pub fn set(
        &self,
        printed: &Printed,
        identity: &str,
        pictures: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Pdf, Vec<Mistake>> {
        let data = serde_json::to_vec(printed)
            .map_err(|error| vec![Mistake::new(format!("can't be written as JSON: {error}"))])?;
        let mut files = HashMap::from([(self.data, Bytes::new(data))]);
        for (path, bytes) in pictures {
            let id = file(path).map_err(|mistake| vec![mistake])?;
            files.insert(id, Bytes::new(bytes.clone()));
        }
        let table = Table {
            shared: self,
            files,
        };
        let told = |mistakes: &[SourceDiagnostic]| -> Vec<Mistake> {
            mistakes.iter().map(|told| table.mistake(told)).collect()
        };
        let set = typst::compile::<PagedDocument>(&table);
        let document = set.output.map_err(|mistakes| told(&mistakes))?;
        let options = PdfOptions {
            ident: Smart::Custom(identity.to_owned()),
            creator: Smart::Custom(Some("Pandu".to_owned())),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(&document, &options).map_err(|mistakes| told(&mistakes))?;
        Ok(Pdf {
            bytes: stream_ends::mend(bytes),
            pages: document.pages().len(),
            warnings: told(&set.warnings),
        })
    }
}

/// Forgets what Typst remembers of the hand-outs before: another agency's have little in common with them.
pub fn forget() {
    typst::comemo::evict(0);
}

impl Mistake {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: None,
            hints: Vec::new(),
        }
    }

    fn hint(mut self, hint: &str) -> Self {
        self.hints.push(hint.to_owned());
        self
    }
}

/// What one hand-out is made from.
struct Table<'a> {
    shared: &'a Typesetter,
    files: HashMap<FileId, Bytes>,
}

impl Table<'_> {
    fn mistake(&self, told: &SourceDiagnostic) -> Mistake {
        Mistake {
            message: told.message.to_string(),
            place: self.place(told.span),
            hints: told.hints.iter().map(|hint| hint.v.to_string()).collect(),
        }
    }

    fn place(&self, span: DiagSpan) -> Option<String> {
        let id = span.id()?;
        let range = self.range(span)?;
        let source = self.source(id).ok()?;
        let line = source.text().get(..range.start)?.lines().count().max(1);
        Some(format!(
            "themes/dinas/{}:{line}",
            id.vpath().get_without_slash()
        ))
    }
}

impl World for Table<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shared.book
    }

    fn main(&self) -> FileId {
        self.shared.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.shared.templates.get(&id);
        source.cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let file = self.files.get(&id);
        file.cloned().ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.get(index).cloned()
    }

    /// None: a hand-out's day is that of its last review.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

fn file(path: &str) -> Result<FileId, Mistake> {
    let path = VirtualPath::new(path)
        .map_err(|_| Mistake::new(format!("`{path}` is no path that Typst can read")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}
