//! A hand-out says all that its guide says, in the same order; its codes and page numbers lead where they say.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::common::{ADDRESS, PRINTED, SITE, pages, run};
use site_gen::{
    front_matter::Kind,
    mail::{Setup, SetupFile, dns},
    markdown::ast::{
        Block, BlockKind, FieldKind, Inline, Named, NamedBlock, Part, named_blocks, visit,
    },
    problems::Problem,
    site::{Agency, Page},
};

/// Letters without white space: lines break elsewhere on paper.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Running text in pieces: the mark of a foot note may stand behind each link.
fn pieces(content: &[Inline], told: &mut Vec<String>) {
    let mut piece = String::new();
    gather(content, &mut piece, told);
    told.push(piece);
}

fn gather(content: &[Inline], piece: &mut String, told: &mut Vec<String>) {
    for inline in content {
        match inline {
            Inline::Text(text) | Inline::Code(text) => piece.push_str(text),
            Inline::Emphasis(content) | Inline::Strong(content) => gather(content, piece, told),
            Inline::Link { content, .. } => {
                gather(content, piece, told);
                told.push(std::mem::take(piece));
            }
            // Drawn: a line, a box, a picture.
            Inline::Blank(_) | Inline::Image { .. } => told.push(std::mem::take(piece)),
            Inline::SoftBreak | Inline::HardBreak => piece.push(' '),
        }
    }
}

/// Every word of a guide's body that paper must carry, in order.
fn said(agency: &Agency, blocks: &[Block]) -> Vec<String> {
    let mut told = Vec::new();
    // What was told with its block already, or is drawn.
    let mut skipped: Vec<*const Inline> = Vec::new();
    visit(blocks, &mut |part| match part {
        Part::Run(run) if skipped.contains(&run.content.as_ptr()) => {}
        Part::Run(run) => pieces(run.content, &mut told),
        Part::Block(block) => match &block.kind {
            BlockKind::Code { text, .. } => told.push(text.clone()),
            BlockKind::Named(named) => named_block(agency, named, &mut told, &mut skipped),
            _ => {}
        },
    });
    told
}

/// What a named block says beyond its runs of text; all data stand on paper, too.
fn named_block(
    agency: &Agency,
    named: &NamedBlock,
    told: &mut Vec<String>,
    skipped: &mut Vec<*const Inline>,
) {
    let mut title = |told: &mut Vec<String>| {
        pieces(&named.title, told);
        skipped.push(named.title.as_ptr());
    };
    match &named.content {
        Named::Settings(settings) => {
            title(told);
            for setting in settings {
                told.push(setting.label.clone());
                pieces(&setting.value, told);
                skipped.push(setting.value.as_ptr());
            }
        }
        Named::Problems(from) => {
            title(told);
            for group in agency.problems.groups(from.as_deref()) {
                group.problems.iter().for_each(|p| problem(p, told));
            }
        }
        Named::Statuses(kind) => {
            title(told);
            for status in agency.statuses.of(*kind) {
                status
                    .texts()
                    .iter()
                    .for_each(|text| pieces(&text.value, told));
            }
        }
        Named::DnsRecords => {
            title(told);
            for record in dns::records(Setup::new(&SITE, agency)) {
                told.extend([record.name, record.kind.to_owned(), record.value]);
                told.push(record.purpose.to_owned());
            }
        }
        Named::SetupFile(SetupFile::AppleImap | SetupFile::AppleExchange) => {}
        Named::SetupFile(file) => {
            title(told);
            let text = Setup::new(&SITE, agency).text(*file).unwrap();
            told.extend(text.lines().map(str::to_owned));
        }
        // A word that says how a field looks is drawn.
        Named::Screen(fields) => {
            let drawn = fields
                .iter()
                .filter(|field| field.kind() != FieldKind::Input);
            skipped.extend(drawn.map(|field| field.value.as_ptr()));
        }
        // Neither the trainer's words nor what a screen without script says.
        Named::Note(body) | Named::Island(_, body) => visit(body, &mut |part| {
            if let Part::Run(run) = part {
                skipped.push(run.content.as_ptr());
            }
        }),
        _ => {}
    }
}

fn problem(problem: &Problem, told: &mut Vec<String>) {
    pieces(&problem.symptom, told);
    pieces(&problem.cause, told);
    problem.fixes.iter().for_each(|fix| pieces(fix, told));
}

/// How far apart two pieces may stand: what a drawn screen shows comes between a step and its explanation.
const APART: usize = 3000;

/// The first piece that is not where it should be.
fn missing<'a>(pieces: &'a [String], paper: &str) -> Option<&'a String> {
    let mut at = 0;
    pieces.iter().find(|piece| {
        let piece = bare(piece);
        let rest = &paper[at..];
        let end = (0..=rest.len())
            .rev()
            .find(|end| *end <= APART + piece.len() && rest.is_char_boundary(*end));
        match rest[..end.unwrap_or(0)].find(&piece) {
            Some(found) => {
                at += found + piece.len();
                false
            }
            None => true,
        }
    })
}

/// The text of a guide's hand-out, without the foot notes at the end of each page: a paragraph may go on above them.
fn paper(pdf: &Path) -> String {
    let mut paper = String::new();
    for page in pages(pdf) {
        let note = |line: &&str| {
            let address = line.trim_start_matches(|c: char| c.is_ascii_digit());
            address.len() < line.len()
                && !address.trim().is_empty()
                && !address.trim().contains(' ')
        };
        let lines: Vec<&str> = page.lines().collect();
        let notes = lines.iter().rev().take_while(|line| note(line)).count();
        for line in &lines[..lines.len() - notes] {
            paper.push_str(&bare(line));
        }
    }
    paper
}

fn guides() -> Vec<(&'static Agency, &'static Page)> {
    let guides = SITE.agencies.iter().flat_map(|agency| {
        let guides = agency.pages.iter();
        let guides = guides.filter(|page| page.front.kind == Kind::Guide);
        guides.map(move |page| (agency, page))
    });
    guides.collect()
}

fn pdf(agency: &Agency, page: &Page) -> PathBuf {
    let folder = PRINTED.join(&agency.profile.id);
    folder.join(&page.file).with_extension("pdf")
}

/// All that a guide's paper must say.
fn whole(agency: &Agency, page: &Page) -> Vec<String> {
    let heading = |block: &Block| matches!(block.kind, BlockKind::Heading(_));
    let opening = page.blocks.iter().position(heading);
    let (opening, rest) = page.blocks.split_at(opening.unwrap_or(page.blocks.len()));
    let front = &page.front;
    let mut told = vec![front.title.value.clone(), front.summary.value.clone()];
    told.extend(said(agency, opening));
    front.needed.iter().for_each(|need| pieces(need, &mut told));
    told.extend(said(agency, rest));
    let lists = named_blocks(&page.blocks);
    let lists = lists
        .iter()
        .any(|(_, named)| matches!(named.content, Named::Problems(_)));
    if !lists {
        let own = agency.problems.of_guide(&page.file);
        own.for_each(|own| problem(own, &mut told));
    }
    told
}

#[test]
fn paper_says_what_the_guide_says() {
    for (agency, page) in guides() {
        let paper = paper(&pdf(agency, page));
        if let Some(piece) = missing(&whole(agency, page), &paper) {
            let file = &page.source.path;
            panic!("{file}: `{piece}` is missing, or in another place:\n{paper}");
        }
    }
}

#[test]
fn a_step_that_is_missing_or_moved_is_found() {
    let find = |id: &str, file: &str| {
        let mut all = guides().into_iter();
        all.find(|(agency, page)| agency.profile.id == id && page.file == file)
            .unwrap()
    };
    let (agency, page) = find("diy", "tte/buat-passphrase.md");
    let paper = paper(&pdf(agency, page));
    let told = whole(agency, page);
    assert_eq!(missing(&told, &paper), None);
    // Without one of its sentences, and with two in each other's place.
    let mut found = 0;
    for (index, piece) in told
        .iter()
        .enumerate()
        .filter(|(_, piece)| bare(piece).len() > 25)
    {
        let without = paper.replace(&bare(piece), "");
        assert_eq!(missing(&told, &without), Some(piece));
        let Some(other) = told[..index]
            .iter()
            .rev()
            .find(|other| bare(other).len() > 25)
        else {
            continue;
        };
        let mut moved = told.clone();
        moved.swap(index, told.iter().position(|told| told == other).unwrap());
        assert!(missing(&moved, &paper).is_some(), "{piece}");
        found += 1;
    }
    assert!(found > 10, "{found}");
}

/// The QR codes on a page, as a camera would read them.
fn codes(pdf: &Path, page: usize) -> Vec<String> {
    let page = page.to_string();
    let mut draw = Command::new("pdftoppm");
    draw.args(["-gray", "-r", "300", "-f", &page, "-l", &page])
        .arg(pdf);
    let picture = run(&mut draw);
    // Netpbm: `P5`, width, height, greatest value, then a byte a pixel.
    let mut words = picture.splitn(4, |byte| *byte == b'\n');
    assert_eq!(words.next().unwrap(), b"P5");
    let size = String::from_utf8(words.next().unwrap().to_vec()).unwrap();
    let (width, height) = size.split_once(' ').unwrap();
    let (width, height): (usize, usize) = (width.parse().unwrap(), height.parse().unwrap());
    assert_eq!(words.next().unwrap(), b"255");
    let pixels = words.next().unwrap();
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let mut codes: Vec<String> = prepared
        .detect_grids()
        .iter()
        .map(|code| code.decode().expect("a code can be read").1)
        .collect();
    codes.dedup();
    codes
}

#[test]
fn codes_lead_to_the_pages() {
    for agency in &SITE.agencies {
        let id = &agency.profile.id;
        let cover = codes(&PRINTED.join(id).join("juknis.pdf"), 1);
        assert_eq!(cover, [format!("{ADDRESS}{id}/")]);
    }
    for (agency, page) in guides().into_iter().step_by(3) {
        let codes = codes(&pdf(agency, page), 1);
        let address = format!("{ADDRESS}{}", page.url);
        assert!(codes.contains(&address), "{}: {codes:?}", page.source.path);
    }
}

#[test]
fn page_numbers_lead_to_the_guides() {
    for agency in &SITE.agencies {
        let pages = pages(&PRINTED.join(&agency.profile.id).join("juknis.pdf"));
        let bare: Vec<String> = pages.iter().map(|page| bare(page)).collect();
        // The control sheet: title, version, day, page.
        let sheet = bare[1..4].concat();
        let mut told = 0;
        for page in agency
            .pages
            .iter()
            .filter(|page| page.front.kind == Kind::Guide)
        {
            let front = &page.front;
            let title = self::bare(&front.title.value);
            let newest = front.history.iter().max_by_key(|change| change.date);
            let version = newest.map_or("", |newest| newest.version.as_str());
            let reviewed = front.reviewed.as_ref().unwrap().value.indonesian();
            let row = format!("{title}{version}{}", self::bare(&reviewed));
            let (_, rest) = sheet
                .split_once(&row)
                .unwrap_or_else(|| panic!("{row} is not in\n{sheet}"));
            // The next row's title may begin with a digit: then the guide is looked for on no page at all.
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let number: usize = number.parse().unwrap_or_else(|_| panic!("{row}: {rest}"));
            let there = bare
                .get(number - 1)
                .is_some_and(|page| page.contains(&title));
            assert!(there, "{title} is not on page {number}");
            told += 1;
        }
        assert!(told > 10, "{told}");
    }
}

#[test]
fn pages_are_numbered() {
    let pdf = PRINTED.join("diy/juknis.pdf");
    let all = String::from_utf8(run(Command::new("pdftotext")
        .arg("-raw")
        .arg(&pdf)
        .arg("-")))
    .unwrap();
    let pages: Vec<&str> = all.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(!pages[0].contains("Halaman 1"), "the cover bears no number");
    for (number, page) in pages.iter().enumerate().skip(1) {
        let footer = format!("Halaman {} dari {}", number + 1, pages.len());
        assert!(page.contains(&footer), "{footer}\n{page}");
    }
}
