//! What a hand-out says, as the template is given it: plain data, every text a string. Nothing in it is code to Typst.

use serde::Serialize;

/// One hand-out.
#[derive(Debug, Serialize)]
pub struct Printed {
    /// A guide alone, or all of an agency.
    pub form: Form,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Whose it is.
    pub agency: AgencyName,
    /// Where its page stands.
    pub place: Place,
    /// The newest day on which something in it was reviewed.
    pub date: Day,
    /// Whom to ask.
    pub help: Desk,
    /// The document that the agency published itself, and the state of each guide; a whole agency's only.
    pub control: Option<Control>,
    /// In reading order; a guide alone is one part without a title.
    pub parts: Vec<Part>,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// One guide.
    Guide,
    /// All that an agency's people need to know.
    Juknis,
}

/// Whose hand-out it is.
#[derive(Clone, Debug, Serialize)]
pub struct AgencyName {
    /// `nama`
    pub name: String,
    /// `nama_pendek`
    pub short: String,
    /// `pengelola`: who answers for it.
    pub manager: String,
    /// `warna`, such as `#9b1c1c`.
    pub accent: String,
}

/// A page on the web, for those who hold the paper.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// Whole address.
    pub address: String,
    /// The same without `https://`, as it is printed.
    pub shown: String,
    /// The same as a QR code: an SVG.
    pub code: String,
}

/// A day.
#[derive(Clone, Debug, Serialize)]
pub struct Day {
    /// Year of our era.
    pub year: i32,
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
    /// In words.
    pub text: String,
}

/// The control sheet.
#[derive(Debug, Serialize)]
pub struct Control {
    /// `[juknis]`: a name and a value each.
    pub facts: Vec<(String, String)>,
    /// Its versions.
    pub versions: Vec<Version>,
    /// Every guide printed here.
    pub guides: Vec<Reviewed>,
}

/// A version of a document.
#[derive(Debug, Serialize)]
pub struct Version {
    /// `versi`
    pub version: String,
    /// In words.
    pub date: String,
    /// What is new.
    pub change: String,
}

/// The state of a guide.
#[derive(Debug, Serialize)]
pub struct Reviewed {
    /// Its title.
    pub title: String,
    /// Where it stands in this document.
    pub label: String,
    /// Its newest version; may be empty.
    pub version: String,
    /// When it was reviewed, in words; may be empty.
    pub date: String,
}

/// A topic.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its title; none where a guide stands alone.
    pub title: Option<String>,
    /// Its name among the labels of the document, where it has a page.
    pub label: Option<String>,
    /// What the topic's own page says.
    pub intro: Vec<Block>,
    /// Its guides and checkers.
    pub chapters: Vec<Chapter>,
}

/// A guide or a checker.
#[derive(Debug, Serialize)]
pub struct Chapter {
    /// Its name among the labels of the document.
    pub label: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Its page.
    pub place: Place,
    /// For whom, on what, how long: a name and a value each.
    pub meta: Vec<(String, String)>,
    /// What to have at hand.
    pub needed: Vec<Run>,
    /// What stands before its first heading, and before what is needed.
    pub opening: Vec<Block>,
    /// The rest of its body.
    pub blocks: Vec<Block>,
    /// What goes wrong.
    pub problems: Vec<Problem>,
    /// The chapter that tells what goes wrong instead.
    pub elsewhere: Option<Inline>,
    /// When it was reviewed, in words.
    pub reviewed: Option<String>,
    /// What it rests on.
    pub sources: Vec<Source>,
}

/// A document that a guide rests on.
#[derive(Debug, Serialize)]
pub struct Source {
    /// Title, publisher, day and place in it.
    pub text: String,
    /// Why it must still be confirmed; may be empty.
    pub doubt: String,
}

/// Running text.
pub type Run = Vec<Inline>;

/// A piece of running text.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Inline {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// To be typed as it stands.
    Code {
        /// The text.
        text: String,
    },
    /// Emphasis.
    Em {
        /// What is emphasised.
        content: Run,
    },
    /// The words of a screen.
    Strong {
        /// What is strong.
        content: Run,
    },
    /// A link that leaves the paper.
    Link {
        /// Whole address.
        address: String,
        /// The address as a foot note; none where it stands in the text, or in a note before.
        note: Option<String>,
        /// What is clicked.
        content: Run,
    },
    /// A link within this document.
    See {
        /// The label.
        label: String,
        /// True where the page is told.
        page: bool,
        /// What is clicked.
        content: Run,
    },
    /// What is filled in by hand.
    Blank {
        /// What goes there.
        label: String,
        /// How much room it needs.
        room: Room,
    },
    /// A picture.
    Image {
        /// Its path among the document's files.
        path: String,
        /// For those who can't see it.
        alt: String,
    },
    /// A line break.
    Break,
}

/// How a blank is printed.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "size", rename_all = "lowercase")]
pub enum Room {
    /// A line.
    Line,
    /// Several lines.
    Lines,
    /// A box to be ticked.
    Tick,
    /// One of these.
    Choice {
        /// What there is to choose from.
        options: Vec<String>,
    },
    /// Nothing: a row's number.
    Number {
        /// From 1.
        row: usize,
    },
}

/// A block.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 below the chapter's title.
        depth: u8,
        /// Its name among the labels.
        label: String,
        /// Its text.
        content: Run,
    },
    /// Running text.
    Paragraph {
        /// The text.
        content: Run,
    },
    /// A list, numbered from `start` where there is one.
    List {
        /// First number.
        start: Option<u64>,
        /// Its items.
        items: Vec<Vec<Block>>,
    },
    /// A table.
    Table {
        /// Above it; may be empty.
        title: Run,
        /// Header row; may be empty, the first column then says what stands in each row.
        head: Vec<Run>,
        /// Body rows.
        rows: Vec<Vec<Run>>,
        /// True for each column of numbers.
        right: Vec<bool>,
    },
    /// Preformatted text.
    Code {
        /// Above it; may be empty.
        title: Run,
        /// The text.
        text: String,
    },
    /// Quoted blocks.
    Quote {
        /// What is quoted.
        blocks: Vec<Block>,
    },
    /// A thematic break.
    Rule,
    /// Numbered steps.
    Steps {
        /// Above them; may be empty.
        title: Run,
        /// The steps.
        steps: Vec<Step>,
    },
    /// What to enter where.
    Settings {
        /// Above them; may be empty.
        title: Run,
        /// The lines.
        rows: Vec<Setting>,
    },
    /// One way or another.
    Choice {
        /// Above them; may be empty.
        title: Run,
        /// The ways.
        choices: Vec<Step>,
    },
    /// A drawn screen.
    Screen(Screen),
    /// Something to mind.
    Alert {
        /// `info`, `penting` or `awas`.
        tone: &'static str,
        /// Its title.
        title: Run,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// How somebody is reached.
    Contact {
        /// Above it; may be empty.
        title: Run,
        /// The desk.
        desk: Desk,
    },
    /// What goes wrong.
    Problems {
        /// Above them; may be empty.
        title: Run,
        /// By the question that they answer.
        groups: Vec<ProblemGroup>,
    },
    /// A letter or form.
    Form {
        /// Its title; may be empty.
        title: Run,
        /// Its text with blanks.
        blocks: Vec<Block>,
    },
    /// What leads on.
    Cards {
        /// Above them; may be empty.
        title: Run,
        /// The cards: a link each, and what it offers.
        cards: Vec<(Inline, Run)>,
    },
    /// What each status means.
    Statuses {
        /// Above them; may be empty.
        title: Run,
        /// In the order in which pages list them.
        statuses: Vec<Status>,
    },
    /// What only makes sense on a screen.
    Online {
        /// What is there.
        title: Run,
        /// Where.
        place: Place,
        /// What to do without it.
        blocks: Vec<Block>,
    },
}

/// A step, or a choice.
#[derive(Debug, Serialize)]
pub struct Step {
    /// What to do, or what is chosen.
    pub title: Run,
    /// The rest.
    pub blocks: Vec<Block>,
}

/// A line of a settings card.
#[derive(Debug, Serialize)]
pub struct Setting {
    /// What the form calls it.
    pub label: String,
    /// What to enter.
    pub value: Run,
    /// False where the value describes what to enter.
    pub literal: bool,
}

/// A drawn screen.
#[derive(Debug, Serialize)]
pub struct Screen {
    /// `hp`, `formulir` or `kotak-masuk`.
    pub look: String,
    /// What it shows; may be empty.
    pub title: Run,
    /// The same as plain text.
    pub title_text: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a drawn screen.
#[derive(Debug, Serialize)]
pub struct Field {
    /// `isian`, `tombol`, `menu`, `dicentang` or `pilihan`.
    pub look: &'static str,
    /// What the screen calls it.
    pub label: Run,
    /// What stands in it; may be empty.
    pub value: Run,
    /// What to know of it; may be empty.
    pub note: Run,
}

/// How a desk is reached.
#[derive(Clone, Debug, Serialize)]
pub struct Desk {
    /// Its name.
    pub name: String,
    /// A word, what is printed, and the address behind it.
    pub ways: Vec<(String, String, String)>,
    /// What is not sure about its WhatsApp; may be empty.
    pub doubt: String,
    /// Where it stands; may be empty.
    pub place: String,
}

/// Problems that answer one question.
#[derive(Debug, Serialize)]
pub struct ProblemGroup {
    /// The way to the question.
    pub title: String,
    /// At least one.
    pub problems: Vec<Problem>,
}

/// Something that goes wrong.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// What one sees.
    pub symptom: Run,
    /// Why; may be empty.
    pub cause: Run,
    /// What helps, one action each.
    pub fixes: Vec<Run>,
    /// Whom to ask, where it is not the main contact.
    pub desk: Option<Desk>,
}

/// A status and the one next step.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Its name among the labels.
    pub label: String,
    /// What it is called.
    pub title: Run,
    /// What it means.
    pub meaning: Run,
    /// What to do.
    pub step: Run,
    /// Its guide.
    pub guide: Option<Inline>,
}
